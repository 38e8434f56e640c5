package ticket_test

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// snooze gives a change that snoozes a clock for a while.
func snooze(kind ticket.ClockKind, by time.Duration) func(*ticket.Change) error {
	return func(c *ticket.Change) error { return c.Snooze(kind, c.At.Add(by), "The customer is at lunch.") }
}

func TestASnoozedClockRingsAgainForItsOwner(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	due := morning.Add(24 * time.Hour)
	d.now = due.Add(time.Minute)
	d.ring(ticket.ClockCustomer, due)
	d.store.TakeTasks()
	tk = d.change(ana, ticket.Press{ID: tk.ID}, snooze(ticket.ClockCustomer, time.Hour))
	until := d.now.Add(time.Hour)
	again := ticket.RingClock{Tenant: "desk", Number: 1, Clock: ticket.ClockCustomer, Due: due, Again: until}
	d.wantTasks(ticket.Task{Job: again, At: until}, refresh(tk))
	if got, snoozed := tk.SnoozedUntil(ticket.ClockCustomer, d.now); !snoozed || !got.Equal(until) {
		t.Errorf("snoozed until %v (%t)", got, snoozed)
	}
	if clock, _ := tk.NextClock(d.Policy); clock.Kind != ticket.ClockCustomer || clock.Due.After(d.now) {
		t.Errorf("the snooze hides the breach: %v is next", clock)
	}
	lines := d.history(tk.ID)
	wantHistory(t, lines[len(lines)-1:], line{
		Kind: ticket.EntrySnoozed, Subject: "customer", To: "2026-03-03T10:01:00Z", Note: "The customer is at lunch.",
	})

	d.now = until.Add(-time.Minute)
	d.unchanged(tk.ID, func() {
		if err := d.Ring(t.Context(), again); err == nil {
			t.Error("the snooze is not over, and the job is done")
		}
	})
	d.now = until
	if err := d.Ring(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	tk = d.stored(tk.ID)
	reminder := remind(ticket.ClockCustomer, due, "").Job.(ticket.Remind)
	reminder.Again = until
	d.wantTasks(ticket.Task{Job: reminder}, refresh(tk)) // no lead is told a second time
	if tk.Breaches != 1 || len(tk.Snoozes) > 0 {
		t.Errorf("%d breaches, snoozes %v", tk.Breaches, tk.Snoozes)
	}
	d.unchanged(tk.ID, func() {
		if err := d.Ring(t.Context(), again); err != nil {
			t.Fatal(err)
		}
	})
}

func TestASnoozedWarningDoesNotHoldTheBreachBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	d.now = morning.Add(22 * time.Hour)
	d.ring(ticket.ClockCustomerSoon, d.now)
	d.change(ana, ticket.Press{ID: tk.ID}, snooze(ticket.ClockCustomerSoon, time.Hour))
	d.store.TakeTasks()
	due := morning.Add(24 * time.Hour)
	d.now = due
	d.ring(ticket.ClockCustomer, due)
	rung := d.stored(tk.ID)
	d.wantTasks(remind(ticket.ClockCustomer, due, ""), remind(ticket.ClockCustomer, due, "oid-lea"), announce(rung), refresh(rung))
}

func TestWhatIsSnoozedRingsAgainAlsoWhereALaterWarningHasCome(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]time.Duration{"in time": 0, "after the date": 72 * time.Hour} {
		d := newDesk(t)
		o := opening("")
		date := morning.Add(240 * time.Hour)
		o.Date, o.Time, o.Zone = date.Format(time.DateOnly), date.Format("15:04"), time.UTC
		press := ticket.Press{ID: d.open(ana, o).ID}
		d.now = morning.Add(181 * time.Hour) // three quarters
		d.change(ana, press, snooze(ticket.ClockDateHalf, time.Hour))
		d.store.TakeTasks()
		again := ticket.RingClock{Tenant: "desk", Number: 1, Clock: ticket.ClockDateHalf, Due: morning.Add(120 * time.Hour), Again: d.now.Add(time.Hour)}
		d.now = again.Again.Add(late)
		if err := d.Ring(t.Context(), again); err != nil {
			t.Fatal(err)
		}
		if rung := len(d.store.TakeTasks()) > 0; rung != (late == 0) {
			t.Errorf("%s: it rings: %t", name, rung)
		}
	}
}

func TestWhatASnoozeMustNot(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		hours int // after the morning in which the customer was told
		by    ticket.Actor
		do    func(*ticket.Change) error
		want  string
	}{
		{"last longer than a day", 25, ana, snooze(ticket.ClockCustomer, 25*time.Hour), "until: error.snooze_long"},
		{"put a warning off past its breach", 22, ana, snooze(ticket.ClockCustomerSoon, 2*time.Hour), "until: error.snooze_breach"},
		{"be over already", 25, ana, snooze(ticket.ClockCustomer, 0), "until: error.snooze_required"},
		{"be of a clock that has not come", 20, ana, snooze(ticket.ClockCustomerSoon, time.Hour), "error.snooze_nothing"},
		{"be of a clock that does not run", 22, ana, snooze(ticket.ClockAcknowledge, time.Hour), "error.snooze_nothing"},
		{"be of no clock", 22, ana, snooze("lunch", time.Hour), "error.snooze_nothing"},
		{"be another's", 22, bo, snooze(ticket.ClockCustomerSoon, time.Hour), "error.not_owner"},
		{"be without a reason", 22, ana, func(c *ticket.Change) error {
			return c.Snooze(ticket.ClockCustomerSoon, c.At.Add(time.Hour), " ")
		}, "reason: error.reason_required"},
		{"last a day and no more", 25, ana, snooze(ticket.ClockCustomer, 24*time.Hour), ""},
		{"be a lead's, too", 22, lea, snooze(ticket.ClockCustomerSoon, time.Hour), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			tk := d.inDiagnosis()
			d.now = morning.Add(time.Duration(test.hours) * time.Hour)
			_, err := d.Change(t.Context(), test.by, ticket.Press{ID: tk.ID}, test.do)
			if got := strings.Join(said(err), ", "); got != test.want {
				t.Errorf("it says %q, want %q", got, test.want)
			}
		})
	}
}

func TestActingEndsASnooze(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*ticket.Change) error{
		"an update":  update,
		"closing":    func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") },
		"not before": func(c *ticket.Change) error { return c.OverrideClass(ticket.Standard, "So.") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			tk := d.inDiagnosis()
			due := morning.Add(22 * time.Hour)
			d.now = due
			tk = d.change(ana, ticket.Press{ID: tk.ID}, snooze(ticket.ClockCustomerSoon, time.Hour))
			until := tk.Snoozes[ticket.ClockCustomerSoon].Until
			d.now = d.now.Add(time.Minute)
			tk = d.change(ana, ticket.Press{ID: tk.ID}, act)
			if ended := len(tk.Snoozes) == 0; ended != (name != "not before") {
				t.Fatalf("the snoozes are %v", tk.Snoozes)
			}
			if name == "not before" {
				return
			}
			d.now = until
			d.unchanged(tk.ID, func() {
				err := d.Ring(t.Context(), ticket.RingClock{Tenant: "desk", Number: 1, Clock: ticket.ClockCustomerSoon, Due: due, Again: until})
				if err != nil {
					t.Error(err)
				}
			})
		})
	}
}
