package ticket_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handrail/internal/ticket"
)

// line gives the last line of a kind in a ticket's history.
func (o *office) line(id ticket.ID, kind ticket.EntryKind) ticket.Entry {
	o.tb.Helper()
	for _, e := range slices.Backward(o.history(id)) {
		if e.Kind == kind {
			return e
		}
	}
	o.tb.Fatalf("the history has no %q: %s", kind, o.kinds(id))
	return ticket.Entry{}
}

// unsaid gives the fields of which the ticket has something else than its record.
func (o *office) unsaid(id ticket.ID) []ticket.RecordField {
	o.tb.Helper()
	t := o.stored(id)
	r, _, err := o.store.Record(o.tb.Context(), id)
	if err != nil {
		o.tb.Fatal(err)
	}
	mail := ""
	if t.Owner != nil {
		who, _, err := o.store.Person(o.tb.Context(), id.Tenant, t.Owner.ID)
		if err != nil {
			o.tb.Fatal(err)
		}
		mail = append(who.Mails(), "")[0]
	}
	return r.Unsaid(t, mail)
}

func TestWhatIsChangedInTheRecordIsChangedHere(t *testing.T) {
	t.Parallel()
	kofi := ticket.Person{ID: "kofi", Name: "Kofi Annan"}
	cases := map[string]struct {
		how  func(*ticket.RecordState)
		want func(t *testing.T, o *office, one *ticket.Ticket)
	}{
		"title": {
			func(s *ticket.RecordState) { s.Title = "Another  title" },
			func(t *testing.T, o *office, one *ticket.Ticket) {
				e := o.line(one.ID, ticket.EntryEdited)
				if one.Title != "Another title" || e.From != "Invoices cannot be posted" || e.By.Name != "Ben Okoro" {
					t.Errorf("it is %q, by %+v", one.Title, e)
				}
			},
		},
		"customer": {
			func(s *ticket.RecordState) { s.Customer = ticket.RecordPerson{Number: 5, Name: "Fabrikam"} },
			func(t *testing.T, _ *office, one *ticket.Ticket) {
				if one.Customer != "Fabrikam" {
					t.Errorf("the customer is %q", one.Customer)
				}
			},
		},
		"class": {
			func(s *ticket.RecordState) { s.Class = ticket.Expedite },
			func(t *testing.T, o *office, one *ticket.Ticket) {
				e := o.line(one.ID, ticket.EntryClass)
				if one.Class() != ticket.Expedite || one.Override == nil || one.Override.Reason != "Set in Odoo" || e.From != "priority" {
					t.Errorf("the class is %s, %+v, %+v", one.Class(), one.Override, e)
				}
			},
		},
		"an owner whom Teams knows": {
			func(s *ticket.RecordState) {
				s.Owner = ticket.RecordPerson{Number: 9, Name: "K. Annan", Mail: "Kofi@Contoso.com"}
			},
			func(t *testing.T, o *office, one *ticket.Ticket) {
				if !one.OwnedBy(kofi) || o.line(one.ID, ticket.EntryAssigned).To != "Kofi Annan" {
					t.Errorf("the owner is %+v", one.Owner)
				}
			},
		},
		"an owner whom nobody knows": {
			func(s *ticket.RecordState) {
				s.Owner = ticket.RecordPerson{Number: 9, Name: "Zoe", Mail: "zoe@contoso.com"}
			},
			func(t *testing.T, o *office, one *ticket.Ticket) {
				if !one.OwnedBy(ana.Person) || o.line(one.ID, ticket.EntryRecordOwner).To != "Zoe (zoe@contoso.com)" {
					t.Errorf("the owner is %+v", one.Owner)
				}
				if r, _, err := o.store.Record(o.tb.Context(), one.ID); err != nil || !r.Base.Owner.Stranger {
					t.Errorf("nobody sees whose it is there (%v)", err)
				}
			},
		},
		"no owner": {
			func(s *ticket.RecordState) { s.Owner = ticket.RecordPerson{} },
			func(t *testing.T, o *office, one *ticket.Ticket) {
				if one.Owner != nil || o.line(one.ID, ticket.EntryRecordOwner).From != "Ana" || len(one.Missing()) == 0 {
					t.Errorf("the owner is %+v", one.Owner)
				}
			},
		},
		"a stage of other steps": {
			func(s *ticket.RecordState) {
				s.Stage, s.Steps = "In progress", []ticket.Step{ticket.Diagnosis, ticket.Resolution}
			},
			func(t *testing.T, o *office, one *ticket.Ticket) {
				e := o.line(one.ID, ticket.EntryRecordStage)
				if one.Step != ticket.Diagnosis || e.From != "reception" || e.To != "diagnosis" || e.Note != "In progress" {
					t.Errorf("it is in %s, %+v", one.Step, e)
				}
			},
		},
		"a stage of no step": {
			func(s *ticket.RecordState) { s.Stage, s.Steps = "On hold", nil },
			func(t *testing.T, _ *office, one *ticket.Ticket) {
				if one.Step != ticket.Reception {
					t.Errorf("it is in %s", one.Step)
				}
			},
		},
		"a stage that is the end": {
			func(s *ticket.RecordState) { s.Stage, s.Steps, s.Closed = "Solved", nil, true },
			func(t *testing.T, _ *office, one *ticket.Ticket) {
				if one.State != ticket.Closed || one.ClosedEarly != "Closed in Odoo by Ben Okoro: Solved" {
					t.Errorf("it is %s: %q", one.State, one.ClosedEarly)
				}
			},
		},
		"put away": {
			func(s *ticket.RecordState) { s.Archived = true },
			func(t *testing.T, o *office, one *ticket.Ticket) {
				if e := o.line(one.ID, ticket.EntryRecordArchived); e.To != "HT00001" || one.State != ticket.Open {
					t.Errorf("%+v", e)
				}
			},
		},
		"merged": {
			func(s *ticket.RecordState) { s.Archived, s.Into = true, 2 },
			func(t *testing.T, o *office, one *ticket.Ticket) {
				if e := o.line(one.ID, ticket.EntryRecordMerged); e.From != "HT00001" || e.To != "HT00002" {
					t.Errorf("%+v", e)
				}
				if r, _, err := o.store.Record(t.Context(), one.ID); err != nil || r.Ref.Number != 2 {
					t.Errorf("its record is %+v (%v)", r.Ref, err)
				}
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.knows(kofi, "kofi@contoso.com")
			o.polls()
			one, ref := o.recordOf("k1")
			o.recordOf("k2")
			o.pass(time.Minute)
			before := len(o.history(one.ID))
			o.there.Change(benThere, ref.Number, c.how)
			o.pass(20 * time.Second)
			after := len(o.history(one.ID))
			c.want(t, o, o.stored(one.ID))
			// A class is sent once more, as its tag there is the old one.
			if unsaid := o.unsaid(one.ID); len(unsaid) > 0 && (name != "class" || len(unsaid) > 1) {
				t.Errorf("%q would be sent back", unsaid)
			}
			for _, e := range o.history(one.ID)[before:] {
				if !e.FromRecord() {
					t.Errorf("%+v would be sent back", e)
				}
			}
			o.pass(5 * time.Minute)
			if again := len(o.history(one.ID)); again != after {
				t.Errorf("it was taken again: %s", o.kinds(one.ID))
			}
		})
	}
}

func TestATicketThatWasClosedThereIsOpenedAgainThere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	one, ref := o.recordOf("k1")
	o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) { s.Stage, s.Steps, s.Closed = "Solved", nil, true })
	o.pass(30 * time.Second)
	o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) {
		s.Stage, s.Steps, s.Closed = "In progress", []ticket.Step{ticket.Diagnosis}, false
	})
	o.pass(30 * time.Second)
	if now := o.stored(one.ID); now.State != ticket.Open || now.Step != ticket.Diagnosis {
		t.Errorf("it is %s in %s", now.State, now.Step)
	}
}

func TestOfTwoChangesOfAFieldTheNewerWinsAndTheHistoryHasBoth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		ours        time.Duration // after the change there
		title, kind string
		sent        bool
	}{
		{"ours is newer", 5 * time.Second, "Ours", "record_kept", true},
		{"ours in the same second", 0, "Ours", "record_kept", true},
		{"theirs is newer", -5 * time.Second, "Theirs", "edited", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.polls()
			one, ref := o.recordOf("k1")
			o.pass(time.Minute)
			o.down = &ticket.RecordError{Why: ticket.RecordBusy} // neither side knows of the other
			o.pass(time.Minute)
			start := o.now.Add(10 * time.Second)
			there := func() {
				o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) { s.Title = "Theirs" })
			}
			here := func() {
				one = o.change(ana, ticket.Press{ID: one.ID}, func(c *ticket.Change) error {
					return c.Edit(ticket.Facts{Title: "Ours", Customer: one.Customer, Details: one.Details, Users: one.Users})
				})
			}
			if c.ours < 0 {
				o.now = start.Add(c.ours)
				here()
				o.now = start
				there()
			} else {
				o.now = start
				there()
				o.now = start.Add(c.ours)
				here()
			}
			o.down = nil
			o.pass(3 * time.Minute)
			if now := o.stored(one.ID); now.Title != c.title {
				t.Errorf("it is %q", now.Title)
			}
			e := o.line(one.ID, ticket.EntryKind(c.kind))
			if !strings.Contains(fmt.Sprint(e.From, e.To), "Theirs") || !strings.Contains(fmt.Sprint(e.From, e.To), "Ours") {
				t.Errorf("the history has %+v", e)
			}
			if sent := slices.Contains(o.unsaid(one.ID), ticket.RecordTitle); sent != c.sent {
				t.Errorf("sent there again: %t", sent)
			}
		})
	}
}

func TestChangesOfDifferentFieldsOnBothSidesAreBothKept(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	one, ref := o.recordOf("k1")
	o.change(ana, ticket.Press{ID: one.ID}, func(c *ticket.Change) error { return c.OverrideClass(ticket.Expedite, "The boss") })
	o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) { s.Title = "Theirs" })
	o.pass(time.Minute)
	now := o.stored(one.ID)
	if now.Title != "Theirs" || now.Class() != ticket.Expedite || !slices.Equal(o.unsaid(one.ID), []ticket.RecordField{ticket.RecordClass}) {
		t.Errorf("%q, %s, unsaid %q", now.Title, now.Class(), o.unsaid(one.ID))
	}
}

// Whatever is changed on both sides, in whichever order and at whichever time, each
// change is in the history, a change is never taken twice, and after all was read the
// two agree, but for what is sent there.
func TestWhateverIsChangedWhereverTheTwoAgreeInTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		o := newOffice(t)
		o.polls()
		one, ref := o.recordOf("k1")
		titles := map[string]bool{}
		for i := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				title := fmt.Sprint("there ", i)
				titles[title] = true
				o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) { s.Title = title })
			case 1:
				title := fmt.Sprint("here ", i)
				now := o.stored(one.ID)
				if now.State == ticket.Open {
					o.change(ana, ticket.Press{ID: one.ID}, func(c *ticket.Change) error {
						return c.Edit(ticket.Facts{Title: title, Customer: now.Customer, Details: now.Details, Users: now.Users})
					})
				}
			case 2:
				class := rapid.SampledFrom(ticket.Classes()).Draw(rt, "class")
				o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) { s.Class = class })
			case 3:
				step := rapid.SampledFrom(ticket.Steps()).Draw(rt, "step")
				closed := rapid.Bool().Draw(rt, "closed")
				o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) {
					s.Stage, s.Steps, s.Closed = fmt.Sprint(step, closed), []ticket.Step{step}, closed
				})
			case 4:
				o.pass(time.Duration(rapid.IntRange(1, 60).Draw(rt, "seconds")) * time.Second)
			}
			o.pass(time.Duration(rapid.IntRange(0, 3).Draw(rt, "wait")) * time.Second)
		}
		o.pass(time.Minute)
		now, unsaid := o.stored(one.ID), o.unsaid(one.ID)
		state := o.there.All()[0]
		if now.Title != state.Title && !slices.Contains(unsaid, ticket.RecordTitle) {
			rt.Fatalf("%q here and %q there, and nothing is sent", now.Title, state.Title)
		}
		if now.Class() != state.Class && !slices.Contains(unsaid, ticket.RecordClass) {
			rt.Fatalf("%s here and %s there, and nothing is sent", now.Class(), state.Class)
		}
		if closed := now.State == ticket.Closed; closed != state.Closed && !slices.Contains(unsaid, ticket.RecordStanding) {
			rt.Fatalf("closed %t here and %t there, and nothing is sent", closed, state.Closed)
		}
		lines := len(o.history(one.ID))
		o.pass(5 * time.Minute)
		if again := len(o.history(one.ID)); again != lines {
			rt.Fatalf("something was taken again: %s", o.kinds(one.ID))
		}
	})
}
