package ticket

import (
	"maps"
	"time"
)

// LongestSnooze is how long a clock may be silent.
const LongestSnooze = 24 * time.Hour

// Snooze has a clock that has come ring again later.
type Snooze struct {
	// Due is that of the clock: one that has moved since is not snoozed.
	Due    time.Time `json:"due"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     Person    `json:"by"`
}

// Snooze has a clock that has come ring again at a later time. It hides no
// breach: the clock stays over, leads are told of a breach whatever was
// snoozed, and a warning cannot be put off past what it warns of.
func (c *Change) Snooze(kind ClockKind, until time.Time, reason string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	t := c.Ticket
	clock, runs := t.clock(c.Policy, kind)
	if !runs || clock.Due.After(c.At) {
		return unmet("error.snooze_nothing", map[string]any{"Ticket": t.String()})
	}
	until = until.UTC().Truncate(time.Microsecond)
	reason, faults := needReason(reason, c.untilFaults(kind, until))
	if len(faults) > 0 {
		return faults
	}
	t.Snoozes = maps.Clone(t.Snoozes)
	if t.Snoozes == nil {
		t.Snoozes = map[ClockKind]Snooze{}
	}
	t.Snoozes[kind] = Snooze{Due: clock.Due, Until: until, Reason: reason, By: c.By.Person}
	c.note(EntrySnoozed, string(kind), "", instant(&until), reason)
	return nil
}

// untilFaults gives what is wrong with the end of a snooze.
func (c *Change) untilFaults(kind ClockKind, until time.Time) Faults {
	breach := c.Ticket.PromisedAt(c.Policy, kind)
	switch {
	case !until.After(c.At):
		return Faults{fault(FieldUntil, "error.snooze_required", nil)}
	case kind.warns() && !until.Before(breach):
		return Faults{fault(FieldUntil, "error.snooze_breach", map[string]any{"At": breach})}
	case until.After(c.At.Add(LongestSnooze)):
		return Faults{fault(FieldUntil, "error.snooze_long", nil)}
	}
	return nil
}

// SnoozedUntil gives until when the reminders of a promise are snoozed.
func (t *Ticket) SnoozedUntil(promise ClockKind, now time.Time) (until time.Time, snoozed bool) {
	for kind, snooze := range t.Snoozes {
		if kind.Promise() == promise && snooze.Until.After(now) && snooze.Until.After(until) {
			until, snoozed = snooze.Until, true
		}
	}
	return until, snoozed
}

// endSnoozes drops the snoozes of clocks that have moved or stopped.
func (t *Ticket) endSnoozes(p Policy) {
	for kind, snooze := range t.Snoozes {
		if !t.Rings(p, kind, snooze.Due) {
			t.endSnooze(kind)
		}
	}
}

func (t *Ticket) endSnooze(kind ClockKind) {
	t.Snoozes = maps.Clone(t.Snoozes)
	delete(t.Snoozes, kind)
	if len(t.Snoozes) == 0 {
		t.Snoozes = nil
	}
}
