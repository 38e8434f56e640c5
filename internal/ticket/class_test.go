package ticket_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

func TestTheClassFollowsFromUsersAndDate(t *testing.T) {
	t.Parallel()
	few, some, many, date := ticket.BecauseFewUsers, ticket.BecauseSomeUsers, ticket.BecauseManyUsers, ticket.BecauseDate
	other := ticket.DefaultPolicy()
	other.ExpediteAbove, other.PriorityFrom = 100, 10
	for _, test := range []struct {
		name    string
		policy  ticket.Policy
		users   *int
		date    bool
		want    ticket.Class
		because ticket.Because
	}{
		{"nobody knows how many", ticket.DefaultPolicy(), nil, false, ticket.Standard, few},
		{"nobody knows how many, with a date", ticket.DefaultPolicy(), nil, true, ticket.Fixed, date},
		{"no users", ticket.DefaultPolicy(), new(0), false, ticket.Standard, few},
		{"no users, with a date", ticket.DefaultPolicy(), new(0), true, ticket.Fixed, date},
		{"4 users", ticket.DefaultPolicy(), new(4), false, ticket.Standard, few},
		{"4 users, with a date", ticket.DefaultPolicy(), new(4), true, ticket.Fixed, date},
		{"5 users", ticket.DefaultPolicy(), new(5), false, ticket.Priority, some},
		{"5 users, with a date", ticket.DefaultPolicy(), new(5), true, ticket.Fixed, date},
		{"25 users", ticket.DefaultPolicy(), new(25), false, ticket.Priority, some},
		{"25 users, with a date", ticket.DefaultPolicy(), new(25), true, ticket.Fixed, date},
		{"26 users", ticket.DefaultPolicy(), new(26), false, ticket.Expedite, many},
		{"26 users, with a date", ticket.DefaultPolicy(), new(26), true, ticket.Expedite, many},
		{"other thresholds: 9", other, new(9), false, ticket.Standard, few},
		{"other thresholds: 10", other, new(10), false, ticket.Priority, some},
		{"other thresholds: 100", other, new(100), false, ticket.Priority, some},
		{"other thresholds: 100, with a date", other, new(100), true, ticket.Fixed, date},
		{"other thresholds: 101", other, new(101), true, ticket.Expedite, many},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			class, because := test.policy.Derive(test.users, test.date)
			if class != test.want || because != test.because {
				t.Errorf("%s because %s, want %s because %s", class, because, test.want, test.because)
			}
		})
	}
}

func TestAcknowledgementTimesAreReplacedInACopy(t *testing.T) {
	t.Parallel()
	policy := ticket.DefaultPolicy()
	other := policy.With(map[ticket.Class]time.Duration{ticket.Standard: time.Minute}, nil)
	if policy.Acknowledge[ticket.Standard] != 4*time.Hour {
		t.Error("the first policy has changed")
	}
	want := map[ticket.Class]time.Duration{
		ticket.Expedite: 15 * time.Minute, ticket.Fixed: time.Hour, ticket.Priority: time.Hour, ticket.Standard: time.Minute,
	}
	if diff := cmp.Diff(want, other.Acknowledge); diff != "" {
		t.Error(diff)
	}
}

func TestAnOverrideHoldsWithItsReasonUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	tk := opened()
	c := changing(tk, ana)
	if err := c.OverrideClass(ticket.Expedite, " The board is\u202e watching. "); err != nil {
		t.Fatal(err)
	}
	want := &ticket.Override{Class: ticket.Expedite, Reason: "The board is watching.", By: ana.Person, At: c.At}
	if diff := cmp.Diff(want, tk.Override); diff != "" {
		t.Error(diff)
	}
	if tk.Class() != ticket.Expedite || tk.Derived != ticket.Standard {
		t.Errorf("in force %s, derived %s", tk.Class(), tk.Derived)
	}
	if got := tk.Marks[ticket.ItemClass].Choice; got != "expedite" {
		t.Errorf("the checklist shows the class as %q", got)
	}
	if err := c.OverrideClass(ticket.Standard, "They have stopped."); err != nil {
		t.Fatal(err)
	}
	if tk.Override != nil || tk.Class() != ticket.Standard {
		t.Errorf("the derived class does not end the override: %v", tk.Override)
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntryClass, From: "standard", To: "expedite", Note: "The board is watching."},
		line{Kind: ticket.EntryClass, From: "expedite", To: "standard", Note: "They have stopped."},
	)
}

func TestAnOverrideOutlivesNewFacts(t *testing.T) {
	t.Parallel()
	tk := opened()
	facts := ticket.Facts{Title: tk.Title, Customer: tk.Customer, Details: tk.Details, Users: new(12)}
	if err := changing(tk, ana).OverrideClass(ticket.Expedite, "The board is watching."); err != nil {
		t.Fatal(err)
	}
	c := changing(tk, ana)
	if err := c.Edit(facts); err != nil {
		t.Fatal(err)
	}
	if tk.Class() != ticket.Expedite || tk.Derived != ticket.Priority || tk.Because != ticket.BecauseSomeUsers {
		t.Errorf("in force %s, derived %s because %s", tk.Class(), tk.Derived, tk.Because)
	}
	wantHistory(t, c.Entries(), line{Kind: ticket.EntryEdited, Subject: ticket.FieldUsers, From: "3", To: "12"})

	// The facts catch up with the override; it can still be ended.
	facts.Users = new(26)
	c = changing(tk, ana)
	if err := c.Edit(facts); err != nil {
		t.Fatal(err)
	}
	if tk.Override == nil {
		t.Fatal("new facts have ended the override")
	}
	if err := c.OverrideClass(ticket.Expedite, "The number says so by itself."); err != nil {
		t.Fatal(err)
	}
	if tk.Override != nil {
		t.Error("the override cannot be ended")
	}
	facts.Users = new(1)
	if err := c.Edit(facts); err != nil {
		t.Fatal(err)
	}
	if tk.Class() != ticket.Standard {
		t.Errorf("after the override, the class is %s", tk.Class())
	}
}

func TestNewFactsDeriveTheClassAgain(t *testing.T) {
	t.Parallel()
	tk := opened()
	c := changing(tk, ana)
	due := morning.Add(48 * time.Hour)
	err := c.Edit(ticket.Facts{Title: tk.Title, Customer: tk.Customer, Details: tk.Details, Users: new(3), DueAt: &due})
	if err != nil {
		t.Fatal(err)
	}
	if tk.Class() != ticket.Fixed || tk.Because != ticket.BecauseDate {
		t.Errorf("%s because %s", tk.Class(), tk.Because)
	}
	if tk.DueSince == nil || !tk.DueSince.Equal(c.At) {
		t.Errorf("the date was set at %v, want %v", tk.DueSince, c.At)
	}
	if got := tk.Marks[ticket.ItemClass].Choice; got != "fixed" {
		t.Errorf("the checklist shows the class as %q", got)
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntryEdited, Subject: ticket.FieldDate, To: "2026-03-04T09:00:00Z"},
		line{Kind: ticket.EntryClass, From: "standard", To: "fixed"},
	)

	later := changing(tk, ana)
	later.At = morning.Add(5 * time.Hour)
	err = later.Edit(ticket.Facts{Title: "Another title", Customer: tk.Customer, Details: tk.Details, Users: new(3), DueAt: new(due)})
	if err != nil {
		t.Fatal(err)
	}
	if !tk.DueSince.Equal(c.At) {
		t.Error("the same date again has started its clocks anew")
	}
	err = later.Edit(ticket.Facts{Title: tk.Title, Customer: tk.Customer, Details: tk.Details, Users: new(3)})
	if err != nil {
		t.Fatal(err)
	}
	if tk.DueAt != nil || tk.DueSince != nil || tk.Class() != ticket.Standard {
		t.Errorf("without the date: due %v since %v, %s", tk.DueAt, tk.DueSince, tk.Class())
	}
}

func TestAnOverrideNeedsAClassAReasonAndADifference(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		class  ticket.Class
		reason string
		want   []string
	}{
		{"a class that there is not", "urgent", "It is.", []string{"class: error.class_unknown"}},
		{"no class and no reason", "", " \u200b ", []string{"class: error.class_unknown", "reason: error.reason_required"}},
		{"no reason", ticket.Expedite, "", []string{"reason: error.reason_required"}},
		{"a very long reason", ticket.Expedite, long("ü", 501), []string{"reason: error.reason_long"}},
		{"the class that it has", ticket.Standard, "It is.", []string{"class: error.unchanged"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantSaid(t, changing(opened(), ana).OverrideClass(test.class, test.reason), test.want...)
		})
	}
	if err := changing(opened(), ana).OverrideClass(ticket.Fixed, long("ü", 500)); err != nil {
		t.Errorf("a reason of 500 characters: %v", err)
	}
}
