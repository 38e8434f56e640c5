package ticket

import (
	"slices"
	"time"
)

// ClockKind names a clock of a ticket; a stored word.
type ClockKind string

// The clocks of a ticket.
const (
	ClockAcknowledge   ClockKind = "acknowledge"   // the owner should acknowledge receipt
	ClockCustomerSoon  ClockKind = "customer_soon" // an update to the customer will soon be due
	ClockCustomer      ClockKind = "customer"      // the customer has waited too long: a breach
	ClockDateHalf      ClockKind = "date_half"     // half of the time to the fixed date has gone
	ClockDateThree     ClockKind = "date_three"    // three quarters
	ClockDateNine      ClockKind = "date_nine"     // nine tenths
	ClockDateDayBefore ClockKind = "date_day"      // a day is left
	ClockDate          ClockKind = "date"          // the fixed date has come: a breach
)

// ClockKinds lists the clocks, so that a catalog can be checked for them.
func ClockKinds() []ClockKind {
	return []ClockKind{
		ClockAcknowledge, ClockCustomerSoon, ClockCustomer,
		ClockDateHalf, ClockDateThree, ClockDateNine, ClockDateDayBefore, ClockDate,
	}
}

// Breach tells whether the clock's end breaks a promise of the desk, so that leads are told.
func (k ClockKind) Breach() bool { return k == ClockCustomer || k == ClockDate }

// Promise gives the clock that ends what the clock is about: a warning goes
// with the breach that it warns of.
func (k ClockKind) Promise() ClockKind {
	switch k {
	case ClockCustomerSoon:
		return ClockCustomer
	case ClockDateHalf, ClockDateThree, ClockDateNine, ClockDateDayBefore:
		return ClockDate
	default:
		return k
	}
}

// warns tells whether the clock comes before another that counts.
func (k ClockKind) warns() bool { return k.Promise() != k }

// Clock is a time at which somebody is to be reminded of a ticket.
type Clock struct {
	Kind ClockKind
	Due  time.Time
}

// Clocks gives the clocks that run on the ticket, earliest first, with those
// that have already come. A closed ticket has none.
//
// Times are instants: neither a daylight-saving change nor a machine clock that
// jumps makes a clock longer or shorter.
func (t *Ticket) Clocks(p Policy) []Clock {
	if t.State == Closed {
		return nil
	}
	var clocks []Clock
	if t.AcknowledgedAt == nil && t.Step.Before(Diagnosis) {
		clocks = append(clocks, Clock{ClockAcknowledge, t.OpenedAt.Add(p.Acknowledge[t.Class()])})
	}
	if t.CustomerToldAt != nil && InitialResponse.Before(t.Step) && t.Step.Before(TrendAnalysis) {
		due := t.CustomerToldAt.Add(p.CustomerUpdate)
		clocks = append(clocks, Clock{ClockCustomerSoon, due.Add(-p.CustomerSoon)}, Clock{ClockCustomer, due})
	}
	if due, since := t.FixedDate(); due != nil && since != nil && t.Step.Before(FollowUp) {
		clocks = append(clocks, dateClocks(*since, *due)...)
	}
	slices.SortStableFunc(clocks, func(a, b Clock) int { return a.Due.Compare(b.Due) })
	return clocks
}

func (t *Ticket) clock(p Policy, kind ClockKind) (Clock, bool) {
	clocks := t.Clocks(p)
	i := slices.IndexFunc(clocks, func(clock Clock) bool { return clock.Kind == kind })
	if i < 0 {
		return Clock{}, false
	}
	return clocks[i], true
}

// NextClock gives the clock that people should see: the earliest of those that
// end in something which has to be done by then; it may be over. False when none runs.
func (t *Ticket) NextClock(p Policy) (Clock, bool) {
	clocks := t.Clocks(p)
	for _, clock := range clocks {
		if !clock.Kind.warns() {
			return clock, true
		}
	}
	return Clock{}, false
}

// Rings tells whether the clock runs to the given time, so that somebody has
// to be reminded of it then.
func (t *Ticket) Rings(p Policy, kind ClockKind, due time.Time) bool {
	clock, runs := t.clock(p, kind)
	return runs && clock.Due.Equal(due)
}

// PromisedAt gives by when the promise has to be kept that a running clock is
// about: a warning comes before that.
func (t *Ticket) PromisedAt(p Policy, kind ClockKind) time.Time {
	clock, _ := t.clock(p, kind.Promise())
	return clock.Due
}

// overtaken tells whether a reminder of the clock would say less than another:
// a later warning of the same promise, or its breach, has come as well.
func (t *Ticket) overtaken(p Policy, clock Clock, now time.Time) bool {
	later := false
	for _, other := range t.Clocks(p) {
		switch {
		case other.Kind == clock.Kind:
			later = true
		case later && other.Kind.Promise() == clock.Kind.Promise() && !other.Due.After(now):
			return true
		}
	}
	return false
}

// settle brings what follows from a ticket's facts up to date, before it is stored.
func (t *Ticket) settle(p Policy) {
	t.NextDue = nil
	if clock, ok := t.NextClock(p); ok {
		t.NextDue = &clock.Due
	}
	t.endSnoozes(p)
	if t.State == Closed {
		t.Unreached = nil // nobody has to be told any more
	}
}

func dateClocks(since, due time.Time) []Clock {
	span := due.Sub(since)
	clocks := []Clock{
		{ClockDateHalf, since.Add(span / 2)},
		{ClockDateThree, since.Add(span / 4 * 3)},
		{ClockDateNine, since.Add(span / 10 * 9)},
		{ClockDate, due},
	}
	if day := due.Add(-24 * time.Hour); day.After(since) {
		clocks = append(clocks, Clock{ClockDateDayBefore, day})
	}
	return clocks
}

// started gives the clocks that run after a change and did not run, or ran to
// another time, before it.
func started(before, after []Clock) []Clock {
	return slices.DeleteFunc(slices.Clone(after), func(clock Clock) bool {
		return slices.ContainsFunc(before, func(old Clock) bool {
			return old.Kind == clock.Kind && old.Due.Equal(clock.Due)
		})
	})
}
