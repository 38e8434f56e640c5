package ticket_test

import (
	"context"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// starts has the desk begin again, with other times.
func (d *desk) starts(p ticket.Policy) []ticket.Task {
	d.tb.Helper()
	d.Policy = p
	if err := d.Start(d.tb.Context()); err != nil {
		d.tb.Fatal(err)
	}
	return d.works()
}

func TestRunningClocksFollowTheDesksTimes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.starts(d.Policy)
	waiting := d.open(ana, opening("")) // its acknowledgement is due at ten
	closed := d.open(ana, opening(""))
	d.change(ana, ticket.Press{ID: closed.ID}, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
	for range 60 { // more than a page
		d.open(ana, opening(""))
	}
	d.store.TakeTasks()
	was := d.stored(closed.ID)

	if tasks := d.starts(d.Policy); len(tasks) > 0 {
		t.Fatalf("nothing has changed, and there is work: %v", tasks)
	}
	p := d.Policy.With(map[ticket.Class]time.Duration{ticket.Priority: 30 * time.Minute}, nil)
	tasks := d.starts(p)
	due := morning.Add(30 * time.Minute)
	got := d.stored(waiting.ID)
	if len(tasks) != 2*61 || tasks[0] != ring(got, ticket.ClockAcknowledge, due) || tasks[1] != refresh(got) {
		t.Errorf("%d tasks, the first are %v", len(tasks), tasks[:min(len(tasks), 2)])
	}
	if got.NextDue == nil || !got.NextDue.Equal(due) {
		t.Errorf("the next clock is due at %v", got.NextDue)
	}
	lines := d.history(waiting.ID)
	wantHistory(t, lines[len(lines)-1:], line{Kind: ticket.EntryRetimed, From: "2026-03-02T10:00:00Z", To: "2026-03-02T09:30:00Z"})
	if now := d.stored(closed.ID); now.Version != was.Version {
		t.Error("a closed ticket was changed")
	}

	// The job that was left before is harmless; the new one rings.
	d.now = morning.Add(time.Hour)
	d.unchanged(waiting.ID, func() { d.ring(ticket.ClockAcknowledge, morning.Add(time.Hour)) })
	d.ring(ticket.ClockAcknowledge, due)
	if got := d.stored(waiting.ID); !got.Reminded[ticket.ClockAcknowledge].Equal(due) {
		t.Errorf("reminded of %v", got.Reminded)
	}
}

func TestTheClocksOfTicketsFromBeforeAreFilledInWithoutAWord(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	d.write(func(ctx context.Context, tx ticket.Tx) error {
		old := d.stored(tk.ID)
		old.NextDue = nil
		return tx.Retime(ctx, old)
	})
	tasks := d.starts(d.Policy)
	got := d.stored(tk.ID)
	due := morning.Add(24 * time.Hour)
	if got.NextDue == nil || !got.NextDue.Equal(due) || got.Version != tk.Version {
		t.Errorf("due at %v in version %d", got.NextDue, got.Version)
	}
	if len(tasks) != 2 || tasks[0] != ring(got, ticket.ClockCustomerSoon, due.Add(-2*time.Hour)) || tasks[1] != ring(got, ticket.ClockCustomer, due) {
		t.Errorf("the tasks are %v", tasks)
	}
}

func TestWhatHasRungOrWarnsOfNothingIsNotLaidAnew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.inDiagnosis()
	due := morning.Add(24 * time.Hour)
	d.now = due
	d.ring(ticket.ClockCustomer, due)
	d.store.TakeTasks()
	if tasks := d.starts(d.Policy); len(tasks) > 0 {
		t.Errorf("the tasks are %v", tasks)
	}
	// It is over by the new times, too, and everybody knows.
	shorter := d.Policy
	shorter.CustomerUpdate = 20 * time.Hour
	tk := d.stored(ticket.ID{Tenant: "desk", Number: 1})
	if tasks := d.starts(shorter); len(tasks) != 1 || tasks[0].Kind() != (ticket.RefreshCards{}).Kind() {
		t.Errorf("the tasks are %v", tasks)
	}
	// By longer times it is not over yet, and will be.
	longer := d.Policy
	longer.CustomerUpdate = 30 * time.Hour
	if tasks := d.starts(longer); len(tasks) != 3 || tasks[1] != ring(tk, ticket.ClockCustomer, morning.Add(30*time.Hour)) {
		t.Errorf("the tasks are %v", tasks)
	}
}

func TestAWarningThatHasComeByTheNewTimesRingsBeforeItsBreach(t *testing.T) {
	t.Parallel()
	for hours, want := range map[int]bool{9: false, 11: true, 13: false} {
		d := newDesk(t)
		d.starts(d.Policy)
		tk := d.inDiagnosis()
		d.now = morning.Add(time.Duration(hours) * time.Hour)
		shorter := d.Policy
		shorter.CustomerUpdate = 12 * time.Hour
		now := false
		for _, task := range d.starts(shorter) {
			now = now || task == ring(tk, ticket.ClockCustomerSoon, morning.Add(10*time.Hour)) && !task.At.After(d.now)
		}
		if now != want {
			t.Errorf("after %d hours it rings: %t", hours, now)
		}
	}
}
