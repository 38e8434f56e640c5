package ticket_test

import (
	"reflect"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// nothingChanged insists that the ticket and its history are as before.
func (m *machine) nothingChanged(rt *rapid.T, before, after *ticket.Ticket) {
	same(rt, "ticket", before, after)
	same(rt, "history", m.lines, m.history(rt))
}

// same is cmp.Diff for the many times in which nothing differs.
func same[T any](rt *rapid.T, what string, want, got T) {
	if !reflect.DeepEqual(want, got) {
		rt.Errorf("the %s has changed (-want +got):\n%s", what, cmp.Diff(want, got))
	}
}

// historyGrew insists that the change is in the history and that nothing else there has changed.
func (m *machine) historyGrew(rt *rapid.T, by ticket.Actor, before, after *ticket.Ticket) {
	lines := m.history(rt)
	kept := len(m.lines)
	if len(lines) <= kept {
		rt.Fatalf("a change without a line: %d before, %d after", kept, len(lines))
	}
	same(rt, "history until now", m.lines, lines[:kept])
	if after.Version != before.Version+1 {
		rt.Errorf("version %d follows %d", after.Version, before.Version)
	}
	for _, e := range lines[kept:] {
		if e.Version != after.Version || e.By != by.Person || !e.At.Equal(m.now) || !slices.Contains(ticket.EntryKinds(), e.Kind) {
			rt.Errorf("a line of the wrong version, person, time or kind: %+v", e)
		}
	}
	m.isTold(rt, before, after, lines[kept:])
	m.lines = lines
}

// isTold insists that what has changed is said by a line.
func (m *machine) isTold(rt *rapid.T, before, after *ticket.Ticket, lines []ticket.Entry) {
	says := func(changed bool, kinds ...ticket.EntryKind) {
		said := slices.ContainsFunc(lines, func(e ticket.Entry) bool { return slices.Contains(kinds, e.Kind) })
		if changed && !said {
			rt.Errorf("no line is one of %v: %+v", kinds, lines)
		}
	}
	says(before.Step != after.Step, ticket.EntryStep, ticket.EntryNotFixed, ticket.EntryReopened)
	says(before.State != after.State, ticket.EntryClosed, ticket.EntryClosedEarly, ticket.EntryReopened)
	says(before.Class() != after.Class() || !reflect.DeepEqual(before.Override, after.Override), ticket.EntryClass)
	says(!reflect.DeepEqual(before.Owner, after.Owner), ticket.EntryTaken, ticket.EntryAssigned)
	says(!reflect.DeepEqual(before.Users, after.Users) || !reflect.DeepEqual(before.DueAt, after.DueAt), ticket.EntryEdited)
	says(!reflect.DeepEqual(before.Escalations, after.Escalations), ticket.EntryEscalated, ticket.EntryAnswered, ticket.EntryWithdrawn)
	for id, mark := range after.Marks {
		if item, _ := ticket.FindItem(id); !reflect.DeepEqual(before.Marks[id], mark) && !item.Automatic {
			says(true, ticket.EntryDone, ticket.EntrySkipped, ticket.EntryDecided)
		}
	}
}

// wentByTheGate insists that the ticket moved along an arrow, and forward only
// when all was done.
func (m *machine) wentByTheGate(rt *rapid.T, before, after *ticket.Ticket) {
	along := slices.ContainsFunc(ticket.Arrows(), func(a ticket.Arrow) bool { return a.From == before.Step && a.To == after.Step })
	if before.Step != after.Step && !along {
		rt.Errorf("there is no arrow from %s to %s", before.Step, after.Step)
	}
	ended := before.State == ticket.Open && after.State == ticket.Closed && after.ClosedEarly == ""
	if ended && before.Step != ticket.TrendAnalysis {
		rt.Errorf("a ticket is closed in %s without a reason", before.Step)
	}
	if !before.Step.Before(after.Step) && !ended {
		return
	}
	if before.State == ticket.Closed {
		rt.Errorf("a closed ticket has moved to %s", after.Step)
	}
	for _, item := range ticket.Checklist(before.Step) {
		mark, marked := before.Marks[item.ID]
		if !marked || item.Required && mark.State != ticket.Done {
			rt.Errorf("the gate of %s was passed without %s: %+v", before.Step, item.ID, mark)
		}
	}
}

// check holds for every ticket at every time; a version is looked at once.
func (m *machine) check(rt *rapid.T) {
	t := m.stored(rt)
	if t.Version == m.checked {
		return
	}
	m.checked = t.Version
	m.isProven(rt, t)
	m.isConsistent(rt, t)
	m.isOnTime(rt, t)
	m.isWhole(rt)
	m.canBeClosed(rt, t)
}

// isOnTime insists that the stored due time is that of the clock which people
// see, and that what is snoozed runs and hides no breach.
func (m *machine) isOnTime(rt *rapid.T, t *ticket.Ticket) {
	clock, runs := t.NextClock(m.desk.Policy)
	if runs != (t.NextDue != nil) || runs && !t.NextDue.Equal(clock.Due) {
		rt.Errorf("the next clock is %v (%t), and %v is stored", clock, runs, t.NextDue)
	}
	for kind, snooze := range t.Snoozes {
		if !t.Rings(m.desk.Policy, kind, snooze.Due) || !snooze.Until.After(snooze.Due) || ticket.Clean(snooze.Reason) == "" {
			rt.Errorf("%s is snoozed: %+v", kind, snooze)
		}
		for _, breach := range t.Clocks(m.desk.Policy) {
			if breach.Kind == kind.Promise() && kind != breach.Kind && !snooze.Until.Before(breach.Due) {
				rt.Errorf("%s is snoozed until %s, past its breach at %s", kind, snooze.Until, breach.Due)
			}
		}
	}
}

// isProven insists on evidence for what is done and a reason for what is skipped.
func (m *machine) isProven(rt *rapid.T, t *ticket.Ticket) {
	for id, mark := range t.Marks {
		item, ok := ticket.FindItem(id)
		switch {
		case !ok || mark.By.ID == "" || mark.At.IsZero():
			rt.Errorf("%s is marked by %q at %s", id, mark.By.ID, mark.At)
		case mark.State == ticket.Skipped:
			if item.Required || item.Automatic || ticket.Clean(mark.Words) == "" {
				rt.Errorf("%s is skipped because %q", id, mark.Words)
			}
		case mark.State != ticket.Done:
			rt.Errorf("%s is %q", id, mark.State)
		case item.Automatic: // its evidence is the ticket itself
		case id == ticket.ItemDecide:
			if mark.Choice != "fix" || t.Area() == "" || t.Area() == ticket.CauseUnknown && !answered(t) {
				rt.Errorf("the decision %q stands on the cause %q", mark.Choice, t.Area())
			}
		default:
			if ticket.Clean(mark.Words) == "" && !item.WordsOptional {
				rt.Errorf("%s is ticked without a word", id)
			}
			if chosen := slices.Contains(item.Choices, mark.Choice); chosen != (len(item.Choices) > 0) || !chosen && mark.Choice != "" {
				rt.Errorf("%s is ticked with the choice %q", id, mark.Choice)
			}
		}
	}
}

// isConsistent insists that the fields of a ticket do not contradict each other.
func (m *machine) isConsistent(rt *rapid.T, t *ticket.Ticket) {
	class, because := m.desk.Policy.Derive(t.Users, t.DueAt != nil)
	if t.Derived != class || t.Because != because {
		rt.Errorf("the class is %s because %s; want %s because %s", t.Derived, t.Because, class, because)
	}
	if got := t.Marks[ticket.ItemClass].Choice; got != string(t.Class()) {
		rt.Errorf("the class is %s, and the checklist shows %q", t.Class(), got)
	}
	if mark, marked := t.Marks[ticket.ItemOwner]; marked != (t.Owner != nil) || marked && mark.Words != t.Owner.Name {
		rt.Errorf("the owner is %v, and the checklist shows %+v", t.Owner, mark)
	}
	if (t.State == ticket.Closed) != (t.ClosedAt != nil) || t.ClosedEarly != "" && t.State != ticket.Closed {
		rt.Errorf("%s at %v, early %q", t.State, t.ClosedAt, t.ClosedEarly)
	}
	if (t.DueAt == nil) != (t.DueSince == nil) || (t.AcknowledgedAt == nil) != (t.CustomerToldAt == nil) {
		rt.Errorf("due %v since %v; acknowledged %v, told %v", t.DueAt, t.DueSince, t.AcknowledgedAt, t.CustomerToldAt)
	}
	if resolved := t.ResolvedAt != nil; resolved != ticket.Resolution.Before(t.Step) {
		rt.Errorf("in %s the ticket was resolved at %v", t.Step, t.ResolvedAt)
	}
	open := 0
	for _, e := range t.Escalations {
		if e.Open() {
			open++
		}
	}
	if open > 1 || open == 1 && (t.Step != ticket.Diagnosis || t.State != ticket.Open) {
		rt.Errorf("%d escalations wait in %s of a ticket that is %s", open, t.Step, t.State)
	}
	if mark, decided := t.Marks[ticket.ItemDecide]; decided && open > 0 {
		rt.Errorf("the decision %q is taken while an escalation waits", mark.Choice)
	}
	if t.State == ticket.Closed && len(t.Clocks(m.desk.Policy)) > 0 {
		rt.Error("the clocks of a closed ticket run")
	}
}

// isWhole insists that the versions of the history count up one by one.
func (m *machine) isWhole(rt *rapid.T) {
	version := int64(0)
	for _, e := range m.lines {
		if e.Version != version && e.Version != version+1 {
			rt.Errorf("a line of version %d follows one of %d", e.Version, version)
		}
		version = e.Version
	}
	if stored := m.stored(rt).Version; stored != version {
		rt.Errorf("the ticket's version is %d and its last line's %d", stored, version)
	}
}

// canBeClosed proves that the ticket can still be moved: by its owner, or by who
// takes it, through all steps to the end, and at once by closing it early.
func (m *machine) canBeClosed(rt *rapid.T, t *ticket.Ticket) {
	for _, way := range []func(*ticket.Change) error{next, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") }} {
		driven := tickettest.Clone(t)
		by := bo
		if driven.Owner != nil {
			by = ticket.Actor{Tenant: driven.Tenant, Person: *driven.Owner}
		}
		c := &ticket.Change{Ticket: driven, By: by, At: m.now.Add(time.Minute), Policy: m.desk.Policy, Guard: tickettest.Guard{}}
		if driven.State == ticket.Closed {
			if driven.Owner == nil {
				c.By = lea // closed before anybody took it
			}
			if err := c.Reopen("It is back."); err != nil {
				rt.Fatalf("%s cannot be reopened by %s: %v", t, c.By.Name, err)
			}
			c.By = by
		}
		if driven.Owner == nil {
			if err := c.Take(); err != nil {
				rt.Fatalf("%s cannot be taken: %v", t, err)
			}
		}
		for range 60 { // more than there are items, steps and an answer
			if driven.State == ticket.Closed {
				break
			}
			if err := way(c); err != nil {
				rt.Fatalf("%s is stuck in %s: %v", t, driven.Step, err)
			}
		}
		if driven.State != ticket.Closed {
			rt.Fatalf("%s does not come to its end; it is in %s", t, driven.Step)
		}
	}
}
