package ticket_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// method is a method of a change with good arguments, and a ticket of ana's for which they are good.
type method struct {
	name   string
	ticket func(testing.TB) *ticket.Ticket
	do     func(*ticket.Change) error
}

func in(step ticket.Step) func(testing.TB) *ticket.Ticket {
	return func(tb testing.TB) *ticket.Ticket { tb.Helper(); return at(tb, step) }
}

// methods lists what only the owner or a lead may do with an open ticket.
func methods() []method {
	assign := func(c *ticket.Change) error { return c.Assign(ticket.Person{ID: "eve", Name: "Eve"}) }
	edit := func(c *ticket.Change) error {
		return c.Edit(ticket.Facts{Title: "Other", Customer: "Contoso", Details: "Since noon.", Users: new(30)})
	}
	return []method{
		{"assign", in(ticket.Reception), assign},
		{"edit", in(ticket.Reception), edit},
		{"override the class", in(ticket.Reception), func(c *ticket.Change) error { return c.OverrideClass(ticket.Expedite, "So.") }},
		{"tick", in(ticket.InitialResponse), func(c *ticket.Change) error {
			return c.Tick(ticket.ItemExpectations, ticket.Evidence{Words: "Told."})
		}},
		{"skip", in(ticket.InitialResponse), func(c *ticket.Change) error { return c.Skip(ticket.ItemClarify, "Clear.") }},
		{"skip the rest", in(ticket.InitialResponse), func(c *ticket.Change) error { return c.SkipRest("Clear.") }},
		{"tell the customer", in(ticket.Diagnosis), func(c *ticket.Change) error { return c.TellCustomer(ticket.ByChat, "Hi.") }},
		{"complete", in(ticket.Reception), func(c *ticket.Change) error { return c.Complete(ticket.Reception) }},
		{"not fixed", in(ticket.FollowUp), func(c *ticket.Change) error { return c.NotFixed("Still broken.") }},
		{"close early", in(ticket.Diagnosis), func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") }},
		{"fix", diagnosed, func(c *ticket.Change) error { return c.Fix("We can mend it.") }},
		{"escalate", in(ticket.Diagnosis), escalate},
		{"answer", escalated, func(c *ticket.Change) error { return c.Answer("Restart it.") }},
		{"withdraw", escalated, func(c *ticket.Change) error { return c.Withdraw("Found it.") }},
	}
}

func escalate(c *ticket.Change) error {
	return c.Escalate(ticket.Escalating{Level: ticket.Senior, Reasons: []ticket.Reason{ticket.BeyondKnowledge}, Ask: "What is error 17?"})
}

// diagnosed gives a ticket of ana's in Diagnosis with its cause found and nothing decided.
func diagnosed(tb testing.TB) *ticket.Ticket {
	tb.Helper()
	t := at(tb, ticket.Diagnosis)
	if err := changing(t, ana).Tick(ticket.ItemCause, ticket.Evidence{Choice: "code", Words: "A bug."}); err != nil {
		tb.Fatal(err)
	}
	return t
}

// escalated gives a ticket of ana's that waits for a senior engineer.
func escalated(tb testing.TB) *ticket.Ticket {
	tb.Helper()
	t := at(tb, ticket.Diagnosis)
	if err := escalate(changing(t, ana)); err != nil {
		tb.Fatal(err)
	}
	return t
}

// refused does something that must be refused, and insists that it changes nothing.
func refused(tb testing.TB, c *ticket.Change, do func(*ticket.Change) error) error {
	tb.Helper()
	was := tickettest.Clone(c.Ticket)
	err := do(c)
	if diff := cmp.Diff(was, c.Ticket); diff != "" {
		tb.Errorf("what was refused has changed the ticket: %s", diff)
	}
	if n := len(c.Entries()); n > 0 {
		tb.Errorf("what was refused has written %d lines", n)
	}
	return err
}

func TestEveryMethodAsksForTheRight(t *testing.T) {
	t.Parallel()
	for _, m := range methods() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, by := range []ticket.Actor{ana, lea} {
				tk := m.ticket(t)
				c := changing(tk, by)
				if err := m.do(c); err != nil {
					t.Errorf("%s is refused: %v", by.Name, err)
				}
				if len(c.Entries()) == 0 {
					t.Error("no line of the history")
				}
				for _, e := range c.Entries() {
					if e.By != by.Person || !e.At.Equal(c.At) || e.Version != tk.Version+1 || e.Key != "" {
						t.Errorf("the line is of the wrong person, time or version: %+v", e)
					}
				}
			}
			for _, by := range []ticket.Actor{bo, dan} {
				err := refused(t, changing(m.ticket(t), by), m.do)
				wantSaid(t, err, "error.not_owner")
				if kind := ticket.KindOf(err); kind != ticket.Forbidden {
					t.Errorf("the kind is %s", kind)
				}
			}
			over := m.ticket(t)
			over.State = ticket.Closed
			for _, by := range []ticket.Actor{ana, bo, lea} {
				wantSaid(t, refused(t, changing(over, by), m.do), "error.already_closed")
			}
			unowned := m.ticket(t)
			unowned.Owner = nil
			for _, by := range []ticket.Actor{ana, bo, dan} {
				wantSaid(t, refused(t, changing(unowned, by), m.do), "error.unowned")
			}
			if err := m.do(changing(unowned, lea)); err != nil {
				t.Errorf("a lead is refused on a ticket without owner: %v", err)
			}
		})
	}
}

func TestTakingATicket(t *testing.T) {
	t.Parallel()
	take := (*ticket.Change).Take
	tk := opened()
	tk.Owner = nil
	delete(tk.Marks, ticket.ItemOwner)
	c := changing(tk, bo)
	if err := c.Take(); err != nil {
		t.Fatal(err)
	}
	if !tk.OwnedBy(bo.Person) {
		t.Errorf("the owner is %v", tk.Owner)
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntryTaken, To: "Bo"},
		line{Kind: ticket.EntryDone, Subject: "owner", Note: "Bo"},
	)
	wantSaid(t, refused(t, changing(tk, bo), take), "error.unchanged")
	wantSaid(t, refused(t, changing(tk, ana), take), "error.already_owned")
	wantSaid(t, refused(t, changing(tk, lea), take), "error.already_owned")
	tk.State, tk.Owner = ticket.Closed, nil
	wantSaid(t, refused(t, changing(tk, ana), take), "error.already_closed")
}

func TestAssigningATicket(t *testing.T) {
	t.Parallel()
	tk := opened()
	c := changing(tk, ana)
	if err := c.Assign(bo.Person); err != nil {
		t.Fatal(err)
	}
	if !tk.OwnedBy(bo.Person) || tk.MayChange(ana) {
		t.Errorf("the owner is %v", tk.Owner)
	}
	if got := tk.Marks[ticket.ItemOwner].Words; got != "Bo" {
		t.Errorf("the checklist shows %q as the owner", got)
	}
	wantHistory(t, c.Entries(), line{Kind: ticket.EntryAssigned, From: "Ana", To: "Bo"})
	wantSaid(t, refused(t, changing(tk, lea), func(c *ticket.Change) error { return c.Assign(bo.Person) }), "error.already_owned")
	wantSaid(t, refused(t, changing(tk, lea), func(c *ticket.Change) error { return c.Assign(ticket.Person{Name: "Bo"}) }),
		"person: error.person_required")
}

func TestATicketWithoutOwnerIsAssignedByALead(t *testing.T) {
	t.Parallel()
	tk := opened()
	tk.Owner = nil
	delete(tk.Marks, ticket.ItemOwner)
	c := changing(tk, lea)
	if err := c.Assign(bo.Person); err != nil {
		t.Fatal(err)
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntryAssigned, To: "Bo"},
		line{Kind: ticket.EntryDone, Subject: "owner", Note: "Bo"},
	)
}

func TestEditingWritesALineForEveryFieldThatChanged(t *testing.T) {
	t.Parallel()
	tk := opened()
	same := ticket.Facts{Title: tk.Title, Customer: tk.Customer, Details: tk.Details, Users: new(3)}
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Edit(same) }), "error.unchanged")

	c := changing(tk, ana)
	due := morning.Add(72 * time.Hour)
	facts := ticket.Facts{Title: "Nobody can post", Customer: "Contoso Ltd", Details: "Since noon.", Users: new(40), DueAt: &due}
	if err := c.Edit(facts); err != nil {
		t.Fatal(err)
	}
	got := ticket.Facts{Title: tk.Title, Customer: tk.Customer, Details: tk.Details, Users: tk.Users, DueAt: tk.DueAt}
	if diff := cmp.Diff(facts, got); diff != "" {
		t.Error(diff)
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntryEdited, Subject: "title", From: "Invoices cannot be posted", To: "Nobody can post"},
		line{Kind: ticket.EntryEdited, Subject: "customer", From: "Contoso", To: "Contoso Ltd"},
		line{Kind: ticket.EntryEdited, Subject: "details", From: "Since this morning.", To: "Since noon."},
		line{Kind: ticket.EntryEdited, Subject: "users", From: "3", To: "40"},
		line{Kind: ticket.EntryEdited, Subject: "date", To: "2026-03-05T09:00:00Z"},
		line{Kind: ticket.EntryClass, From: "standard", To: "expedite"},
	)
	c = changing(tk, ana)
	facts.Users = nil
	if err := c.Edit(facts); err != nil {
		t.Fatal(err)
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntryEdited, Subject: "users", From: "40"},
		line{Kind: ticket.EntryClass, From: "expedite", To: "fixed"},
	)
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	solution, verify, category := ticket.ItemSolution, ticket.ItemVerify, ticket.ItemCategory
	noWords, tooLong := []string{"words: error.evidence_required"}, []string{"words: error.evidence_long"}
	noChoice := []string{"choice: error.choice_unknown"}
	for _, test := range []struct {
		name     string
		step     ticket.Step
		item     ticket.ItemID
		evidence ticket.Evidence
		want     []string
	}{
		{"words", ticket.Resolution, verify, ticket.Evidence{Words: "Tested."}, nil},
		{"a choice and words", ticket.Resolution, solution, ticket.Evidence{Choice: "fix", Words: "Patched."}, nil},
		{"a choice alone, where it may stand alone", ticket.TrendAnalysis, category, ticket.Evidence{Choice: "code"}, nil},
		{"as many words as there may be", ticket.Resolution, verify, ticket.Evidence{Words: long("é", 4000)}, nil},
		{"nothing", ticket.Resolution, verify, ticket.Evidence{}, noWords},
		{"nothing that can be seen", ticket.Resolution, verify, ticket.Evidence{Words: " \u200b\u2060\r\n"}, noWords},
		{"too many words", ticket.Resolution, verify, ticket.Evidence{Words: long("é", 4001)}, tooLong},
		{"words without the choice", ticket.Resolution, solution, ticket.Evidence{Words: "Patched."}, noChoice},
		{"the choice without words", ticket.Resolution, solution, ticket.Evidence{Choice: "fix"}, noWords},
		{"a choice that there is not", ticket.Resolution, solution, ticket.Evidence{Choice: "magic", Words: "Done."}, noChoice},
		{"a choice where there are none", ticket.Resolution, verify, ticket.Evidence{Choice: "fix", Words: "Done."}, noChoice},
		{"neither", ticket.Resolution, solution, ticket.Evidence{}, []string{"choice: error.choice_unknown", "words: error.evidence_required"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tk := at(t, test.step)
			c := changing(tk, ana)
			tick := func(c *ticket.Change) error { return c.Tick(test.item, test.evidence) }
			if test.want != nil {
				wantSaid(t, refused(t, c, tick), test.want...)
				return
			}
			if err := tick(c); err != nil {
				t.Fatal(err)
			}
			want := ticket.Mark{State: ticket.Done, Evidence: test.evidence, By: ana.Person, At: c.At}
			if diff := cmp.Diff(want, tk.Marks[test.item]); diff != "" {
				t.Error(diff)
			}
			wantHistory(t, c.Entries(), line{
				Kind: ticket.EntryDone, Subject: string(test.item), To: test.evidence.Choice, Note: test.evidence.Words,
			})
		})
	}
}

func TestItemsThatCannotBeTicked(t *testing.T) {
	t.Parallel()
	words := ticket.Evidence{Words: "Done."}
	for _, test := range []struct {
		name string
		step ticket.Step
		item ticket.ItemID
		want string
	}{
		{"one that there is not", ticket.Reception, "lunch", "error.item_unknown"},
		{"one of a step before", ticket.Diagnosis, ticket.ItemClarify, "error.item_other_step"},
		{"one of a step to come", ticket.Diagnosis, ticket.ItemVerify, "error.item_other_step"},
		{"one that ticks itself", ticket.Reception, ticket.ItemOwner, "error.item_automatic"},
		{"the decision", ticket.Diagnosis, ticket.ItemDecide, "error.item_decides"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tk := at(t, test.step)
			wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Tick(test.item, words) }), test.want)
			wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Skip(test.item, "No.") }), test.want)
		})
	}
}

func TestTickingAgainReplacesTheEvidenceAndTheHistoryKeepsBoth(t *testing.T) {
	t.Parallel()
	tk := at(t, ticket.Resolution)
	c := changing(tk, ana)
	for _, evidence := range []ticket.Evidence{{Choice: "workaround", Words: "Restarted."}, {Choice: "fix", Words: "Patched."}} {
		if err := c.Tick(ticket.ItemSolution, evidence); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(ticket.Evidence{Choice: "fix", Words: "Patched."}, tk.Marks[ticket.ItemSolution].Evidence); diff != "" {
		t.Error(diff)
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntryDone, Subject: "solution", To: "workaround", Note: "Restarted."},
		line{Kind: ticket.EntryDone, Subject: "solution", From: "workaround", To: "fix", Note: "Patched."},
	)
}

func TestSkipping(t *testing.T) {
	t.Parallel()
	tk := at(t, ticket.InitialResponse)
	skip := func(id ticket.ItemID, reason string) func(*ticket.Change) error {
		return func(c *ticket.Change) error { return c.Skip(id, reason) }
	}
	err := refused(t, changing(tk, ana), skip(ticket.ItemAcknowledge, "They know."))
	wantSaid(t, err, "error.required_item")
	if kind := ticket.KindOf(err); kind != ticket.Unmet {
		t.Errorf("the kind is %s", kind)
	}
	wantSaid(t, refused(t, changing(tk, ana), skip(ticket.ItemClarify, "\u200b ")), "reason: error.reason_required")
	wantSaid(t, refused(t, changing(tk, ana), skip(ticket.ItemClarify, long("x", 501))), "reason: error.reason_long")
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.SkipRest("") }), "reason: error.reason_required")

	c := changing(tk, ana)
	if err := c.Skip(ticket.ItemClarify, " All is clear. "); err != nil {
		t.Fatal(err)
	}
	want := ticket.Mark{State: ticket.Skipped, Evidence: ticket.Evidence{Words: "All is clear."}, By: ana.Person, At: c.At}
	if diff := cmp.Diff(want, tk.Marks[ticket.ItemClarify]); diff != "" {
		t.Error(diff)
	}
	if err := c.SkipRest("They know us."); err != nil {
		t.Fatal(err)
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntrySkipped, Subject: "clarify", Note: "All is clear."},
		line{Kind: ticket.EntrySkipped, Subject: "expectations", Note: "They know us."},
	)
	if _, marked := tk.Marks[ticket.ItemAcknowledge]; marked {
		t.Error("skipping the rest has skipped a required item")
	}
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.SkipRest("All.") }), "error.nothing_to_skip")
}

func TestTheCustomerHearsOnceOfEachMessage(t *testing.T) {
	t.Parallel()
	tk := at(t, ticket.InitialResponse)
	tell := func(at time.Duration, do func(*ticket.Change) error) {
		t.Helper()
		c := changing(tk, ana)
		c.At = morning.Add(at)
		if err := do(c); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, acknowledged, told time.Duration) {
		t.Helper()
		if !tk.AcknowledgedAt.Equal(morning.Add(acknowledged)) || !tk.CustomerToldAt.Equal(morning.Add(told)) {
			t.Errorf("%s: acknowledged at %v, told at %v", what, tk.AcknowledgedAt, tk.CustomerToldAt)
		}
	}
	acknowledge := func(c *ticket.Change) error {
		return c.Tick(ticket.ItemAcknowledge, ticket.Evidence{Choice: ticket.ByMail, Words: "We have it."})
	}
	tell(time.Hour, acknowledge)
	want("acknowledged", time.Hour, time.Hour)
	tell(2*time.Hour, acknowledge)
	want("with the evidence corrected", time.Hour, time.Hour)
	tell(3*time.Hour, func(c *ticket.Change) error { return c.TellCustomer(ticket.ByChat, "We are at it.") })
	want("updated", time.Hour, 3*time.Hour)

	tk = at(t, ticket.FollowUp)
	tell(4*time.Hour, func(c *ticket.Change) error { return c.Skip(ticket.ItemCloseOut, "Later.") })
	want("the closing message skipped", time.Hour, time.Hour)
	tell(5*time.Hour, func(c *ticket.Change) error {
		return c.Tick(ticket.ItemCloseOut, ticket.Evidence{Choice: ticket.ByMail, Words: "Closed."})
	})
	want("the closing message sent after all", time.Hour, 5*time.Hour)
}

func TestAnUpdateToTheCustomerNamesItsWay(t *testing.T) {
	t.Parallel()
	tk := at(t, ticket.Reception)
	tell := func(way, words string) func(*ticket.Change) error {
		return func(c *ticket.Change) error { return c.TellCustomer(way, words) }
	}
	wantSaid(t, refused(t, changing(tk, ana), tell("pigeon", "")), "choice: error.choice_unknown", "words: error.evidence_required")
	c := changing(tk, ana)
	if err := c.TellCustomer(ticket.ByPhone, "We have it."); err != nil {
		t.Fatal(err)
	}
	wantHistory(t, c.Entries(), line{Kind: ticket.EntryCustomerTold, To: "phone", Note: "We have it."})
	if tk.AcknowledgedAt == nil || !tk.AcknowledgedAt.Equal(c.At) {
		t.Error("the first word to the customer does not acknowledge the ticket")
	}
}
