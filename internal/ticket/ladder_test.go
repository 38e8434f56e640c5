package ticket_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// left takes the jobs that were left, and gives those of one kind.
func left[J ticket.Job](d *desk) []J {
	d.tb.Helper()
	var found []J
	for _, task := range d.store.TakeTasks() {
		if job, is := task.Job.(J); is {
			found = append(found, job)
		}
	}
	return found
}

// absent has a person be away for a week, with nobody to stand in.
func (d *desk) absent(person ticket.Person) {
	d.tb.Helper()
	d.write(func(ctx context.Context, tx ticket.Tx) error {
		return tx.SaveAbsence(ctx, ticket.Absence{Tenant: "desk", Person: person, Since: d.now, Until: d.now.Add(7 * 24 * time.Hour)})
	})
}

func TestALevelGoesOnWhereItsFirstOneIsAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	d.route(ticket.Management, "", per, mia)
	d.absent(per)
	tk := d.escalated(ticket.Dev)
	d.climb()
	d.wantTrail(tk.ID, "09:00 first dev Kim", "10:00 reminded dev Kim",
		"11:00 skipped management Per", "11:00 level management Mia", "12:00 reminded management Mia", "13:00 end management -")
}

func TestNobodyIsAskedByThemselves(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", ana.Person, kim)
	d.route(ticket.Management, "", ana.Person)
	tk := d.escalated(ticket.Dev)
	d.climb()
	d.wantTrail(tk.ID, "09:00 first dev Kim", "10:00 reminded dev Kim",
		"11:00 level management -", "12:00 reminded management -", "13:00 end management -")
}

func TestWhoeverHandsItOnAfterTheEndHasItClimbAnew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	tk := d.escalated(ticket.Dev)
	d.climb()
	err := d.by(kim, tk.ID, func(c *ticket.Change) error { return c.Reassign(1, &per, "", "") })
	if err != nil {
		t.Fatal(err)
	}
	d.climb()
	d.wantTrail(tk.ID, "09:00 first dev Kim", "10:00 reminded dev Kim", "11:00 end dev -",
		"11:00 reassign dev Per", "12:00 reminded dev Per", "13:00 end dev -")
}

func TestACardThatWaitsForTheMorningGoesAtOnceWhenItBecomesExpedite(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	place := d.route(ticket.Dev, "", kim)
	quiet := &ticket.Quiet{From: 8 * 60, To: 12 * 60, Zone: "UTC"}
	if err := d.SetQuiet(t.Context(), place, quiet); err != nil {
		t.Fatal(err)
	}
	tk := d.escalated(ticket.Dev)
	d.now = d.now.Add(30 * time.Minute)
	d.store.TakeTasks()
	class := func(class ticket.Class) {
		d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.OverrideClass(class, "So it is") })
	}
	class(ticket.Standard)
	d.wantTrail(tk.ID, "12:00 first dev Kim")
	if sent := left[ticket.PostCard](d); len(sent) > 0 {
		t.Errorf("it is sent in the quiet hours: %v", sent)
	}
	class(ticket.Expedite)
	d.wantTrail(tk.ID, "09:30 first dev Kim")
	tasks := d.store.TakeTasks()
	if i := slices.IndexFunc(tasks, func(task ticket.Task) bool { return task.Kind() == "card.post" }); i < 0 || tasks[i].At.After(d.now) {
		t.Errorf("it is not sent at once: %v", tasks)
	}
	i := slices.IndexFunc(tasks, func(task ticket.Task) bool { return task.Kind() == "escalation.climb" })
	if want := d.now.Add(15 * time.Minute); i < 0 || !tasks[i].At.Equal(want) {
		t.Errorf("it climbs with %v, want at %s", tasks, want)
	}
}

func TestTheOwnerIsToldOfThoseWhoWereSkippedTogetherWithWhoIsAskedInstead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	place := d.route(ticket.Dev, "", kim, per, mia)
	d.absent(per)
	d.write(func(ctx context.Context, tx ticket.Tx) error {
		_, err := tx.Refuse(ctx, place, ticket.ConversationGone)
		return err
	})
	tk := d.escalated(ticket.Dev)
	ask := d.asks(tk)
	if err := d.Unasked(t.Context(), ask, string(ticket.Blocked)); err != nil {
		t.Fatal(err)
	}
	told := left[ticket.TellClimb](d)
	if len(told) != 1 || told[0].From != 1 || told[0].To != 4 {
		t.Errorf("it is told as %v", told)
	}
	d.wantTrail(tk.ID, "09:00 first dev Kim", "09:00 skipped dev Kim", "09:00 skipped dev Per", "09:00 person dev Mia")
}

func TestTheSameRefusalOfACardTwiceLooksForThePersonOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	tk := d.escalated(ticket.Dev)
	posts, err := d.store.Posts(t.Context(), tk.ID)
	if err != nil || len(posts) == 0 {
		t.Fatal(posts, err)
	}
	refused := func() {
		if err := d.PostRefused(t.Context(), posts[len(posts)-1], ticket.Blocked); err != nil {
			t.Fatal(err)
		}
	}
	d.store.TakeTasks()
	refused()
	if told := left[ticket.TellClimb](d); len(told) > 0 {
		t.Errorf("it is told before it is known how it goes on: %v", told)
	}
	d.unchanged(tk.ID, refused)
}

func TestWhoLeadsAndOwnsTheTicketIsToldOfTheEndOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	tk := d.escalated(ticket.Dev)
	d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.Assign(lea.Person) })
	for step := 1; step <= 2; step++ {
		d.store.TakeTasks()
		d.now = d.now.Add(time.Hour)
		if err := d.Climb(t.Context(), ticket.ClimbEscalation{Tenant: "desk", Number: tk.Number, Escalation: 1, Step: step}); err != nil {
			t.Fatal(err)
		}
	}
	var told []string
	for _, task := range d.store.TakeTasks() {
		if kind := task.Kind(); kind == "escalation.unanswered" || kind == "change.tell" {
			told = append(told, kind)
		}
	}
	if !slices.Equal(told, []string{"change.tell"}) {
		t.Errorf("told by %q", told)
	}
}

func TestWhoWasAskedAlreadyDoesNotStandIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", per, kim)
	d.leaves(ticket.Actor{Person: kim, Tenant: "desk"}, 3, &per)
	tk := d.escalated(ticket.Dev)
	d.climb()
	d.wantTrail(tk.ID, "09:00 first dev Per", "10:00 reminded dev Per", "11:00 skipped dev Kim", "11:00 end dev -")
}

func TestHandingOnToSomebodyWhoIsAwayGoesOnAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		people  []ticket.Person
		standIn *ticket.Person
		to      *ticket.Person
		want    []string
	}{
		"to the next person": {people: []ticket.Person{kim, per}, want: []string{"09:00 reassign infra Kim", "09:00 skipped infra Kim", "09:00 level infra Per"}},
		"to the place":       {people: []ticket.Person{kim}, want: []string{"09:00 reassign infra Kim", "09:00 skipped infra Kim", "09:00 level infra -"}},
		"to the stand-in":    {people: []ticket.Person{kim}, standIn: &per, want: []string{"09:00 reassign infra Per"}},
		"of a person":        {to: &kim, want: []string{"09:00 reassign dev Kim", "09:00 skipped dev Kim", "09:00 end dev -"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.route(ticket.Dev, "", mia)
			d.route(ticket.Infra, "", c.people...)
			d.leaves(ticket.Actor{Person: kim, Tenant: "desk"}, 3, c.standIn)
			tk := d.escalated(ticket.Dev)
			err := d.by(mia, tk.ID, func(change *ticket.Change) error { return change.Reassign(1, c.to, ticket.Infra, "") })
			if err != nil {
				t.Fatal(err)
			}
			d.wantTrail(tk.ID, append([]string{"09:00 first dev Mia"}, c.want...)...)
		})
	}
}

func TestALevelThatIsHandedAnEscalationDoesNotAskTheAsker(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	d.route(ticket.Infra, "", ana.Person, mia)
	tk := d.escalated(ticket.Dev)
	if err := d.by(kim, tk.ID, func(c *ticket.Change) error { return c.Reassign(1, nil, ticket.Infra, "") }); err != nil {
		t.Fatal(err)
	}
	d.wantTrail(tk.ID, "09:00 first dev Kim", "09:00 reassign infra Mia")
}

func TestAnEscalationOfBeforeThereWereRoutesRaisesNoAlarm(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	d.write(func(ctx context.Context, tx ticket.Tx) error {
		old, err := tx.Lock(ctx, tk.ID)
		if err != nil {
			return err
		}
		old.Escalations = []ticket.Escalation{{Level: ticket.Dev, Reasons: []ticket.Reason{ticket.BeyondKnowledge}, Ask: "Why?", By: ana.Person, At: d.now}}
		return tx.Save(ctx, old, ticket.Entry{Version: old.Version + 1, Kind: ticket.EntryEscalated, By: ana.Person, At: d.now})
	})
	class := func(class ticket.Class) {
		d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.OverrideClass(class, "So it is") })
	}
	class(ticket.Standard)
	d.wantTrail(tk.ID, "")
	d.route(ticket.Dev, "", kim)
	class(ticket.Expedite)
	d.wantTrail(tk.ID, "09:00 first dev Kim")
}

func TestACardInPersonGoesToWhoseChatItIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	place := d.route(ticket.Dev, "", kim)
	d.write(func(ctx context.Context, tx ticket.Tx) error {
		_, err := tx.Refuse(ctx, place, ticket.ConversationGone)
		return err
	})
	tk := d.escalated(ticket.Dev)
	ask := d.asks(tk)
	d.leaves(ticket.Actor{Person: kim, Tenant: "desk"}, 3, &per) // while the chat is looked for
	if err := d.AskThere(t.Context(), ask, d.learn(kim, "")); err != nil {
		t.Fatal(err)
	}
	d.wantTrail(tk.ID, "09:00 first dev Kim", "09:00 in_person dev Kim")
}
