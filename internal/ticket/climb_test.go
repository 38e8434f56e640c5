package ticket_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// The people behind the levels.
var (
	kim = ticket.Person{ID: "kim", Name: "Kim"}
	per = ticket.Person{ID: "per", Name: "Per"}
	mia = ticket.Person{ID: "mia", Name: "Mia"}
)

// route puts people behind a level in a room of their own, which the desk knows.
func (d *desk) route(level ticket.Level, mail string, people ...ticket.Person) ticket.Place {
	d.tb.Helper()
	place := d.room(string(level))
	_, err := d.SetRoute(d.tb.Context(), lea, ticket.Route{Place: place, Level: level, People: people, Mail: mail})
	if err != nil {
		d.tb.Fatal(err)
	}
	return place
}

// escalated gives a ticket of ana's that was escalated to the level.
func (d *desk) escalated(level ticket.Level) *ticket.Ticket {
	d.tb.Helper()
	t := d.inDiagnosis()
	return d.change(ana, ticket.Press{ID: t.ID}, func(c *ticket.Change) error { return c.Escalate(toLevel(level)) })
}

func toLevel(level ticket.Level) ticket.Escalating {
	return ticket.Escalating{
		Level: level, Reasons: []ticket.Reason{ticket.NeedsApproval}, Ask: "May we roll back?",
		Options: []ticket.Option{{Words: "Roll back", Consequence: "20 minutes without service"}, {Words: "Wait", Consequence: "No invoices"}},
	}
}

// climb does the jobs of looking after an escalation whenever they are due,
// until nothing is left to do.
func (d *desk) climb() {
	d.tb.Helper()
	for range 100 {
		tasks := d.store.TakeTasks()
		tasks = slices.DeleteFunc(tasks, func(t ticket.Task) bool { _, is := t.Job.(ticket.ClimbEscalation); return !is })
		if len(tasks) == 0 {
			return
		}
		slices.SortStableFunc(tasks, func(a, b ticket.Task) int { return a.At.Compare(b.At) })
		for _, task := range tasks {
			if task.At.After(d.now) {
				d.now = task.At
			}
			if err := d.Climb(d.tb.Context(), task.Job.(ticket.ClimbEscalation)); err != nil {
				d.tb.Fatal(err)
			}
		}
	}
	d.tb.Fatal("it climbs for ever")
}

// trail says how the last escalation of a ticket went on.
func (d *desk) trail(id ticket.ID) string {
	d.tb.Helper()
	t := d.stored(id)
	var steps []string
	for _, climb := range t.Escalations[len(t.Escalations)-1].Climbs {
		whom := strings.Join(climb.Mail, "+")
		if climb.Person != nil {
			whom = climb.Person.Name
		}
		steps = append(steps, fmt.Sprintf("%s %s %s %s", climb.At.Format("15:04"), climb.Kind, climb.Level, cmp.Or(whom, climb.Why, "-")))
	}
	return strings.Join(steps, "\n")
}

func (d *desk) wantTrail(id ticket.ID, want ...string) {
	d.tb.Helper()
	if got := d.trail(id); got != strings.Join(want, "\n") {
		d.tb.Errorf("it went\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestAnUnansweredEscalationClimbsToItsEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Mails = true
	d.route(ticket.Dev, "dev@contoso.example", kim, per)
	d.route(ticket.Management, "board@contoso.example", mia)
	tk := d.escalated(ticket.Dev) // Priority: one hour
	d.climb()
	d.wantTrail(tk.ID,
		"09:00 first dev Kim", "10:00 reminded dev Kim", "11:00 person dev Per",
		"12:00 level management Mia", "13:00 reminded management Mia",
		"14:00 mail management dev@contoso.example+board@contoso.example", "15:00 end management -")
	posts, err := d.store.Posts(t.Context(), tk.ID)
	if err != nil {
		t.Fatal(err)
	}
	cards := map[string]int{}
	for _, post := range posts {
		if post.Purpose == ticket.PurposeEscalation && post.Subject == 1 {
			cards[post.Conversation]++
		}
	}
	if cards["19:dev"] != 3 || cards["19:management"] != 2 {
		t.Errorf("cards were sent as %v", cards)
	}
}

func TestAtItsEndTheOwnerAndTheLeadsAreTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	tk := d.escalated(ticket.Dev)
	d.now = d.now.Add(time.Hour)
	for step := 1; step <= 2; step++ {
		d.store.TakeTasks()
		if err := d.Climb(t.Context(), ticket.ClimbEscalation{Tenant: "desk", Number: tk.Number, Escalation: 1, Step: step}); err != nil {
			t.Fatal(err)
		}
		d.now = d.now.Add(time.Hour)
	}
	d.wantTrail(tk.ID, "09:00 first dev Kim", "10:00 reminded dev Kim", "11:00 end dev -")
	var told []string
	for _, task := range d.store.TakeTasks() {
		switch job := task.Job.(type) {
		case ticket.TellUnanswered:
			told = append(told, job.Lead)
		case ticket.TellOfChange:
			told = append(told, string(job.What))
		}
	}
	if want := []string{"oid-lea", "unanswered"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestAnEscalationThatSomebodyHasDealtWithClimbsNoMore(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]func(d *desk, id ticket.ID) error{
		"declined": func(d *desk, id ticket.ID) error {
			return d.by(kim, id, func(c *ticket.Change) error { return c.Decline(1, "Not ours.") })
		},
		"decided": func(d *desk, id ticket.ID) error {
			return d.by(kim, id, func(c *ticket.Change) error { return c.Decide(1, 2, "") })
		},
		"answered": func(d *desk, id ticket.ID) error {
			return d.by(kim, id, func(c *ticket.Change) error { return c.Answer("Restart it.") })
		},
		"withdrawn": func(d *desk, id ticket.ID) error {
			return d.by(ana.Person, id, func(c *ticket.Change) error { return c.Withdraw("Found it.") })
		},
		"closed": func(d *desk, id ticket.ID) error {
			return d.by(ana.Person, id, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.route(ticket.Dev, "", kim, per)
			tk := d.escalated(ticket.Dev)
			if err := how(d, tk.ID); err != nil {
				t.Fatal(err)
			}
			d.now = d.now.Add(time.Hour)
			d.unchanged(tk.ID, func() {
				if err := d.Climb(t.Context(), ticket.ClimbEscalation{Tenant: "desk", Number: tk.Number, Escalation: 1, Step: 1}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// by changes a ticket as a person without any rights of their own.
func (d *desk) by(person ticket.Person, id ticket.ID, how func(*ticket.Change) error) error {
	_, err := d.Change(d.tb.Context(), ticket.Actor{Person: person, Tenant: id.Tenant}, ticket.Press{ID: id}, how)
	return err
}

func TestAQuestionHoldsTheClimbUntilTheOwnerHasReplied(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim, per)
	tk := d.escalated(ticket.Dev)
	d.now = d.now.Add(10 * time.Minute)
	if err := d.by(kim, tk.ID, func(c *ticket.Change) error { return c.Ask(1, "Which release?", thread) }); err != nil {
		t.Fatal(err)
	}
	d.store.TakeTasks()
	d.now = d.now.Add(3 * time.Hour)
	tk = d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.Reply(1, "4.2") })
	tasks := d.store.TakeTasks()
	if !slices.ContainsFunc(tasks, func(task ticket.Task) bool {
		return task.Job == ticket.TellReply{Tenant: "desk", Number: tk.Number, Escalation: 1, Question: 1}
	}) {
		t.Error("nobody tells who has asked")
	}
	want := ticket.ClimbEscalation{Tenant: "desk", Number: tk.Number, Escalation: 1, Step: 1}
	if !slices.ContainsFunc(tasks, func(task ticket.Task) bool { return task.Job == want && task.At.Equal(d.now.Add(time.Hour)) }) {
		t.Errorf("it does not climb an hour later: %v", tasks)
	}
}

func TestTheOwnerIsRemindedOfAQuestionAndThenLeftAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim, per)
	tk := d.escalated(ticket.Dev)
	if err := d.by(kim, tk.ID, func(c *ticket.Change) error { return c.Ask(1, "Which release?", thread) }); err != nil {
		t.Fatal(err)
	}
	told := 0
	for range 6 {
		d.now = d.now.Add(time.Hour)
		for _, task := range d.store.TakeTasks() {
			switch job := task.Job.(type) {
			case ticket.ClimbEscalation:
				if err := d.Climb(t.Context(), job); err != nil {
					t.Fatal(err)
				}
			case ticket.TellOfChange:
				if job.What == ticket.EntryAsked && job.By == kim {
					told++
				}
			}
		}
	}
	d.wantTrail(tk.ID, "09:00 first dev Kim", "10:00 owner dev Ana", "11:00 owner dev Ana", "12:00 owner dev Ana")
	if told != 1+ticket.MaxQuestionReminders {
		t.Errorf("the owner was told %d times", told)
	}
	d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.Reply(1, "4.2") })
	if turn, _ := d.stored(tk.ID).Escalations[0].Turn(); *turn.Person != kim {
		t.Errorf("then it is the turn of %v", turn.Person)
	}
}

func TestWhoHasTakenItOnIsRemindedEveryDayOfTheAnswer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	place := d.route(ticket.Dev, "", kim, per)
	tk := d.escalated(ticket.Dev)
	if err := d.by(per, tk.ID, func(c *ticket.Change) error { return c.Accept(1) }); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		tasks := d.store.TakeTasks()
		d.now = d.now.Add(24 * time.Hour)
		for _, task := range tasks {
			if _, is := task.Job.(ticket.ClimbEscalation); is && !task.At.Equal(d.now) && len(d.stored(tk.ID).Escalations[0].Climbs) > 1 {
				t.Errorf("it is looked at again at %v", task.At)
			}
			if job, is := task.Job.(ticket.ClimbEscalation); is {
				if err := d.Climb(t.Context(), job); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	d.wantTrail(tk.ID, "09:00 first dev Kim", "09:00 holder dev Per", "09:00 holder dev Per")
	e := d.stored(tk.ID).Escalations[0]
	if turn, _ := e.Turn(); turn.Place != place || !turn.Called {
		t.Errorf("they were asked in %v", turn.Place)
	}
	if err := d.by(per, tk.ID, func(c *ticket.Change) error { return c.Answer("Restart it.") }); err != nil {
		t.Fatal(err)
	}
	before := len(d.history(tk.ID))
	d.now = d.now.Add(24 * time.Hour)
	for _, task := range d.store.TakeTasks() {
		if job, is := task.Job.(ticket.ClimbEscalation); is {
			if err := d.Climb(t.Context(), job); err != nil {
				t.Fatal(err)
			}
		}
	}
	if after := len(d.history(tk.ID)); after != before {
		t.Errorf("after the answer %d lines were written", after-before)
	}
}

func TestAMoreUrgentClassClimbsSooner(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim, per)
	tk := d.escalated(ticket.Dev)
	d.store.TakeTasks()
	d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.OverrideClass(ticket.Expedite, "The press has called.") })
	d.climb()
	d.wantTrail(tk.ID, "09:00 first dev Kim", "09:15 reminded dev Kim", "09:30 person dev Per", "09:45 end dev -")
}

func TestWhoIsAwayIsSkippedOrStoodInFor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim, per)
	d.leaves(ticket.Actor{Person: kim, Tenant: "desk"}, 3, nil)
	d.leaves(ticket.Actor{Person: per, Tenant: "desk"}, 3, &mia)
	tk := d.escalated(ticket.Dev)
	d.climb()
	d.wantTrail(tk.ID, "09:00 skipped dev Kim", "09:00 first dev Mia", "10:00 reminded dev Mia", "11:00 end dev -")
}

func TestWhereEverybodyIsAwayTheirPlaceIsAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	d.leaves(ticket.Actor{Person: kim, Tenant: "desk"}, 3, nil)
	tk := d.escalated(ticket.Dev)
	d.climb()
	d.wantTrail(tk.ID, "09:00 skipped dev Kim", "09:00 first dev -", "10:00 reminded dev -", "11:00 end dev -")
}

func TestAPlaceThatIsGoneHasItsPeopleAskedInPersonAndThoseWhoCannotBeReachedSkipped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	place := d.route(ticket.Dev, "", kim, per)
	d.route(ticket.Management, "", mia)
	d.write(func(ctx context.Context, tx ticket.Tx) error {
		_, err := tx.Refuse(ctx, place, ticket.ConversationGone)
		return err
	})
	tk := d.escalated(ticket.Dev)
	ask := d.asks(tk)
	if ask.Person != kim {
		t.Fatalf("%v is looked for", ask.Person)
	}
	if err := d.Unasked(t.Context(), ask, string(ticket.Blocked)); err != nil {
		t.Fatal(err)
	}
	d.unchanged(tk.ID, func() { // the job comes twice
		if err := d.Unasked(t.Context(), ask, string(ticket.Blocked)); err != nil {
			t.Error(err)
		}
	})
	ask = d.asks(tk)
	if ask.Person != per {
		t.Fatalf("%v is looked for", ask.Person)
	}
	if err := d.AskThere(t.Context(), ask, d.learn(per, "")); err != nil {
		t.Fatal(err)
	}
	d.climb()
	d.wantTrail(tk.ID,
		"09:00 first dev Kim", "09:00 skipped dev Kim", "09:00 person dev Per", "09:00 in_person dev Per",
		"10:00 reminded dev Per", "11:00 level management Mia", "12:00 reminded management Mia", "13:00 end management -")
}

// asks gives the job that looks for the person whose turn it is.
func (d *desk) asks(t *ticket.Ticket) ticket.AskInPerson {
	d.tb.Helper()
	for _, task := range d.store.TakeTasks() {
		if ask, is := task.Job.(ticket.AskInPerson); is && ask.Number == t.Number {
			return ask
		}
	}
	d.tb.Fatal("nobody is looked for")
	return ticket.AskInPerson{}
}

func TestACardThatIsRefusedIsSentInPersonElseTheNextLevelIsAsked(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		people []ticket.Person
		want   []string
	}{
		{"with somebody behind it", []ticket.Person{kim}, []string{"09:00 first dev Kim", "09:00 no_place dev conversation_gone"}},
		{"with nobody behind it", nil, []string{
			"09:00 first dev -", "09:00 no_place dev conversation_gone",
			"09:00 level management Mia", "10:00 reminded management Mia", "11:00 end management -",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.route(ticket.Dev, "", test.people...)
			d.route(ticket.Management, "", mia)
			tk := d.escalated(ticket.Dev)
			posts, err := d.store.Posts(t.Context(), tk.ID)
			if err != nil {
				t.Fatal(err)
			}
			post := posts[slices.IndexFunc(posts, func(p ticket.Post) bool { return p.Purpose == ticket.PurposeEscalation })]
			d.store.TakeTasks()
			elsewhere := post
			elsewhere.Place = d.room("where it was asked before")
			d.unchanged(tk.ID, func() {
				if err := d.PostRefused(t.Context(), elsewhere, ticket.ConversationGone); err != nil {
					t.Error(err)
				}
			})
			if err := d.PostRefused(t.Context(), post, ticket.ConversationGone); err != nil {
				t.Fatal(err)
			}
			if len(test.people) > 0 {
				d.asks(tk)
			}
			d.climb()
			d.wantTrail(tk.ID, test.want...)
		})
	}
}

func TestQuietHoursHoldAnEscalationBackUnlessItIsExpedite(t *testing.T) {
	t.Parallel()
	for users, want := range map[string]string{"12": "12:00 first dev Kim", "40": "09:00 first dev Kim"} {
		d := newDesk(t)
		place := d.route(ticket.Dev, "", kim)
		d.write(func(ctx context.Context, tx ticket.Tx) error {
			return tx.SetQuiet(ctx, ticket.Quiet{Tenant: "desk", Conversation: place.Conversation, From: 8 * 60, To: 12 * 60, Zone: "UTC"})
		})
		opened := d.open(ana, withUsers(users))
		d.store.TakeTasks()
		d.change(ana, ticket.Press{ID: opened.ID}, func(c *ticket.Change) error { return c.Escalate(toLevel(ticket.Dev)) })
		d.wantTrail(opened.ID, want)
		for _, task := range d.store.TakeTasks() {
			if _, posts := task.Job.(ticket.PostCard); posts && users == "12" && !task.At.Equal(morning.Add(3*time.Hour)) {
				t.Errorf("the card is sent at %v", task.At)
			}
		}
	}
}

func TestHandingOnStartsTheClimbAgainFromThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim, per)
	d.route(ticket.Infra, "", mia)
	tk := d.escalated(ticket.Dev)
	d.now = d.now.Add(30 * time.Minute)
	if err := d.by(kim, tk.ID, func(c *ticket.Change) error { return c.Reassign(1, nil, ticket.Infra, "It is the proxy.") }); err != nil {
		t.Fatal(err)
	}
	d.climb()
	d.wantTrail(tk.ID, "09:00 first dev Kim", "09:30 reassign infra Mia", "10:30 reminded infra Mia", "11:30 end infra -")
}

func TestAnEscalationThatTheOwnerAsksAboutAloneClimbsNot(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	tk := d.inDiagnosis()
	alone := toLevel(ticket.Dev)
	alone.Alone = true
	d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.Escalate(alone) })
	d.wantTrail(tk.ID, "")
	for _, task := range d.store.TakeTasks() {
		switch task.Job.(type) {
		case ticket.PostCard, ticket.ClimbEscalation:
			t.Errorf("there is %v to do", task)
		}
	}
}
