package ticket_test

import (
	"testing"
	"time"

	"handrail/internal/ticket"
)

func TestOnlyThoseBehindALevelThatWasAskedAndLeadsAnswer(t *testing.T) {
	t.Parallel()
	answers := map[string]func(c *ticket.Change) error{
		"accept":   func(c *ticket.Change) error { return c.Accept(1) },
		"ask":      func(c *ticket.Change) error { return c.Ask(1, "Which release?", thread) },
		"decline":  func(c *ticket.Change) error { return c.Decline(1, "Not ours.") },
		"reassign": func(c *ticket.Change) error { return c.Reassign(1, &mia, "", "") },
		"decide":   func(c *ticket.Change) error { return c.Decide(1, 1, "Go.") },
		"answer":   func(c *ticket.Change) error { return c.Answer("Restart it.") },
	}
	for name, answer := range answers {
		for who, may := range map[ticket.Person]bool{per: true, mia: false, lea.Person: true} {
			t.Run(name+" by "+who.Name, func(t *testing.T) {
				t.Parallel()
				d := newDesk(t)
				d.route(ticket.Dev, "", kim, per)
				d.route(ticket.Management, "", mia)
				tk := d.escalated(ticket.Dev)
				by := ticket.Actor{Person: who, Tenant: "desk", Lead: who == lea.Person}
				_, err := d.Change(t.Context(), by, ticket.Press{ID: tk.ID}, answer)
				if may && err != nil {
					t.Errorf("refused: %v", err)
				}
				if kind := ticket.KindOf(err); !may && kind != ticket.Forbidden {
					t.Errorf("%v (%s) for somebody who was not asked", err, kind)
				}
			})
		}
	}
}

func TestTheNextLevelMayAnswerOnceItWasAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim)
	d.route(ticket.Management, "", mia, per)
	tk := d.escalated(ticket.Dev)
	accept := func(c *ticket.Change) error { return c.Accept(1) }
	if err := d.by(per, tk.ID, accept); ticket.KindOf(err) != ticket.Forbidden {
		t.Errorf("before: %v", err)
	}
	d.climb()
	if err := d.by(per, tk.ID, accept); err != nil {
		t.Errorf("after: %v", err)
	}
}

func TestOfTwoAnswersTheFirstCountsAndTheOtherIsToldSo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Management, "", kim, per)
	tk := d.escalated(ticket.Management)
	if err := d.by(kim, tk.ID, func(c *ticket.Change) error { return c.Decide(1, 1, "Go on.") }); err != nil {
		t.Fatal(err)
	}
	d.unchanged(tk.ID, func() {
		err := d.by(per, tk.ID, func(c *ticket.Change) error { return c.Decide(1, 2, "") })
		wantSaid(t, err, "error.escalation_over")
	})
	e := d.stored(tk.ID).Escalations[0]
	if e.Outcome() != ticket.Decided || e.Chosen != 1 || e.Answer != "Roll back\nGo on." || e.EndedBy.Name != "Kim" {
		t.Errorf("it ended as %s, %d, %q by %v", e.Outcome(), e.Chosen, e.Answer, e.EndedBy)
	}
}

func TestWhoHasAcceptedKeepsItUntilItIsHandedOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Dev, "", kim, per)
	tk := d.escalated(ticket.Dev)
	d.now = d.now.Add(20 * time.Minute)
	accept := func(c *ticket.Change) error { return c.Accept(1) }
	if err := d.by(kim, tk.ID, accept); err != nil {
		t.Fatal(err)
	}
	wantSaid(t, d.by(per, tk.ID, accept), "error.escalation_taken")
	wantSaid(t, d.by(kim, tk.ID, accept), "error.unchanged")
	if err := d.by(kim, tk.ID, func(c *ticket.Change) error { return c.Reassign(1, &per, "", "You know it better.") }); err != nil {
		t.Fatal(err)
	}
	if err := d.by(per, tk.ID, accept); err != nil {
		t.Fatal(err)
	}
	e := d.stored(tk.ID).Escalations[0]
	if e.AcceptedBy.Name != "Per" || !e.FirstAnswerAt.Equal(morning.Add(20*time.Minute)) {
		t.Errorf("accepted by %v, first answered at %v", e.AcceptedBy, e.FirstAnswerAt)
	}
}

func TestALevelWithNobodyBehindItIsSaidBeforeItIsAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	d.unchanged(tk.ID, func() {
		_, err := d.Change(t.Context(), ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.Escalate(toLevel(ticket.Dev)) })
		wantSaid(t, err, "level: error.route_none")
	})
}

func TestBadAnswersAreRefusedAndChangeNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.route(ticket.Management, "", kim)
	tk := d.escalated(ticket.Management)
	for _, test := range []struct {
		name   string
		answer func(c *ticket.Change) error
		want   []string
	}{
		{"no such escalation", func(c *ticket.Change) error { return c.Accept(2) }, []string{"error.item_unknown"}},
		{"an escalation below the first", func(c *ticket.Change) error { return c.Accept(0) }, []string{"error.item_unknown"}},
		{"an empty question", func(c *ticket.Change) error { return c.Ask(1, " ", thread) }, []string{"words: error.evidence_required"}},
		{"a very long question", func(c *ticket.Change) error { return c.Ask(1, long("?", 4001), thread) }, []string{"words: error.evidence_long"}},
		{"declined without a reason", func(c *ticket.Change) error { return c.Decline(1, "") }, []string{"reason: error.reason_required"}},
		{"no option", func(c *ticket.Change) error { return c.Decide(1, 0, "") }, []string{"option: error.option_required"}},
		{"an option that there is not, and a long comment", func(c *ticket.Change) error { return c.Decide(1, 3, long("!", 4001)) }, []string{
			"option: error.option_required", "words: error.evidence_long",
		}},
		{"handed on to nobody", func(c *ticket.Change) error { return c.Reassign(1, nil, "", "") }, []string{"person: error.person_required"}},
		{"handed on to a level with nobody behind it", func(c *ticket.Change) error { return c.Reassign(1, nil, ticket.Infra, "") }, []string{
			"level: error.route_none",
		}},
		{"a reply to no question", func(c *ticket.Change) error { return c.Reply(1, "4.2") }, []string{"error.not_owner"}},
	} {
		d.unchanged(tk.ID, func() {
			t.Log(test.name)
			wantSaid(t, d.by(kim, tk.ID, test.answer), test.want...)
		})
	}
	wantSaid(t, d.by(ana.Person, tk.ID, func(c *ticket.Change) error { return c.Reply(1, "4.2") }), "error.question_none")
}

func TestARouteIsSetByLeadsOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.SetRoute(t.Context(), ana, ticket.Route{Place: d.room("dev"), Level: ticket.Dev})
	wantSaid(t, err, "error.route_leads")
	_, err = d.EndRoute(t.Context(), ana, ticket.Dev)
	wantSaid(t, err, "error.route_leads")
	_, err = d.SetRoute(t.Context(), lea, ticket.Route{Place: d.room("dev"), Level: "heaven", People: make([]ticket.Person, 11)})
	wantSaid(t, err, "level: error.level_unknown", "people: error.route_many")

	set, err := d.SetRoute(t.Context(), lea, ticket.Route{Place: d.room("dev"), Level: ticket.Dev, People: []ticket.Person{kim, per, kim}})
	if err != nil || len(set.People) != 2 || set.By != lea.Person || !set.At.Equal(morning) {
		t.Errorf("it is %v (%v)", set, err)
	}
	for _, want := range []bool{true, false} {
		if had, err := d.EndRoute(t.Context(), lea, ticket.Dev); had != want || err != nil {
			t.Errorf("ended %v, %v", had, err)
		}
	}
}
