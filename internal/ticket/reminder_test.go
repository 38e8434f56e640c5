package ticket_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

// inDiagnosis opens a ticket of ana's with everything acknowledged in the
// morning and brings it to Diagnosis, where its customer's clock runs.
func (d *desk) inDiagnosis() *ticket.Ticket {
	d.tb.Helper()
	t := d.open(ana, opening(""))
	t = d.change(ana, ticket.Press{ID: t.ID}, func(c *ticket.Change) error {
		return errors.Join(c.Complete(ticket.Reception), acknowledge(c), c.SkipRest("Clear."), c.Complete(ticket.InitialResponse))
	})
	d.store.TakeTasks()
	return t
}

func (d *desk) ring(kind ticket.ClockKind, due time.Time) {
	d.tb.Helper()
	if err := d.Ring(d.tb.Context(), ticket.RingClock{Tenant: "desk", Number: 1, Clock: kind, Due: due}); err != nil {
		d.tb.Fatal(err)
	}
}

// remind is the task that reminds a lead, or without one the owner.
func remind(kind ticket.ClockKind, due time.Time, lead string) ticket.Task {
	return ticket.Task{Job: ticket.Remind{Tenant: "desk", Number: 1, Clock: kind, Due: due, Lead: lead}}
}

func TestAClockThatIsDueRingsOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.open(ana, opening(""))
	d.store.TakeTasks()
	due := morning.Add(time.Hour)
	d.now = due.Add(time.Second)
	d.ring(ticket.ClockAcknowledge, due)

	got := d.stored(tk.ID)
	d.wantTasks(remind(ticket.ClockAcknowledge, due, ""), refresh(got))
	if got.Version != 2 || !got.Reminded[ticket.ClockAcknowledge].Equal(due) {
		t.Errorf("version %d, reminded %v", got.Version, got.Reminded)
	}
	lines := d.history(tk.ID)
	last := lines[len(lines)-1]
	wantHistory(t, lines[len(lines)-1:], line{Kind: ticket.EntryRang, Subject: "acknowledge", To: "2026-03-02T10:00:00Z"})
	if last.By != ticket.Handrail("desk").Person || !last.At.Equal(d.now) {
		t.Errorf("the line is by %v at %v", last.By, last.At)
	}
	d.unchanged(tk.ID, func() { d.ring(ticket.ClockAcknowledge, due) }) // the job comes twice
}

func TestAClockThatIsNotDueIsPostponed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.open(ana, opening(""))
	d.now = morning.Add(50 * time.Minute)
	d.unchanged(tk.ID, func() {
		err := d.Ring(t.Context(), ticket.RingClock{Tenant: "desk", Number: 1, Clock: ticket.ClockAcknowledge, Due: morning.Add(time.Hour)})
		var later *ticket.Postponed
		if !errors.As(err, &later) || later.After != 10*time.Minute {
			t.Errorf("10 minutes too early: %v", err)
		}
	})
}

func TestAClockThatWasMovedOrStoppedIsSilent(t *testing.T) {
	t.Parallel()
	acknowledged := morning.Add(time.Hour)
	told := morning.Add(24 * time.Hour)
	for _, test := range []struct {
		name  string
		clock ticket.ClockKind
		due   time.Time
		do    func(*ticket.Change) error
	}{
		{"moved by a word to the customer", ticket.ClockCustomer, told, update},
		{"stopped by closing", ticket.ClockCustomer, told, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") }},
		{"stopped by the acknowledgement", ticket.ClockAcknowledge, acknowledged, func(*ticket.Change) error { return nil }},
		{"a date that there is not", ticket.ClockDate, told, func(*ticket.Change) error { return nil }},
		{"a clock that there is not", "lunch", told, func(*ticket.Change) error { return nil }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			tk := d.inDiagnosis()
			d.now = morning.Add(10 * time.Hour)
			d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error {
				return errors.Join(c.OverrideClass(ticket.Standard, "So."), test.do(c))
			})
			d.now = morning.Add(48 * time.Hour)
			d.unchanged(tk.ID, func() { d.ring(test.clock, test.due) })
		})
	}
}

func TestAClockOfATicketThatThereIsNotIsSilent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ring(ticket.ClockCustomer, morning)
	d.wantTasks()
}

func TestAMovedClockRingsAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	d.now = morning.Add(22 * time.Hour)
	d.ring(ticket.ClockCustomerSoon, d.now)
	d.change(ana, ticket.Press{ID: tk.ID}, update)
	d.now = morning.Add(44 * time.Hour)
	d.ring(ticket.ClockCustomerSoon, d.now)
	if got := d.stored(tk.ID).Reminded[ticket.ClockCustomerSoon]; !got.Equal(d.now) {
		t.Errorf("reminded of %v", got)
	}
}

func TestWhoIsReminded(t *testing.T) {
	t.Parallel()
	soon, breach := ticket.ClockCustomerSoon, ticket.ClockCustomer
	for _, test := range []struct {
		name  string
		clock ticket.ClockKind
		leads []string
		owner *ticket.Person
		want  []string // the leads, and "" for the owner
	}{
		{"the owner alone, before a breach", soon, []string{"oid-lea"}, &ana.Person, []string{""}},
		{"of a breach the owner and the leads", breach, []string{"oid-lea", "oid-max"}, &ana.Person, []string{"", "oid-lea", "oid-max"}},
		{"of a breach an owner who leads, once", breach, []string{"OID-ana", "oid-lea"}, &ana.Person, []string{"", "oid-lea"}},
		{"an owner who was mentioned and leads, once", breach, []string{"oid-bo", "oid-lea"}, &ticket.Person{ID: "bo"}, []string{"", "oid-lea"}},
		{"without an owner, whoever is in the conversation", breach, []string{"oid-lea"}, nil, []string{"", "oid-lea"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.Leads = test.leads
			d.learn(ticket.Person{ID: "bo", ObjectID: "oid-bo"}, "")
			tk := d.inDiagnosis()
			d.write(func(ctx context.Context, tx ticket.Tx) error {
				stored, err := tx.Lock(ctx, tk.ID)
				if err != nil {
					return err
				}
				stored.Owner = test.owner
				return tx.Save(ctx, stored, ticket.Entry{Version: stored.Version + 1, Kind: ticket.EntryAssigned})
			})
			due := morning.Add(24 * time.Hour)
			if test.clock == soon {
				due = due.Add(-2 * time.Hour)
			}
			d.now = due
			d.ring(test.clock, due)
			want, rung := make([]ticket.Task, 0, len(test.want)+2), d.stored(tk.ID)
			for _, lead := range test.want {
				want = append(want, remind(test.clock, due, lead))
			}
			if test.clock == breach {
				want = append(want, announce(rung))
			}
			d.wantTasks(append(want, refresh(rung))...)
		})
	}
}

func TestAWarningThatCameWhileTheTicketWasClosedRingsWhenItIsOpenAgain(t *testing.T) {
	t.Parallel()
	for hours, want := range map[int]ticket.ClockKind{100: "", 130: ticket.ClockDateHalf, 190: ticket.ClockDateThree, 250: ticket.ClockDate} {
		d := newDesk(t)
		o := opening("")
		due := morning.Add(240 * time.Hour)
		o.Date, o.Time, o.Zone = due.Format(time.DateOnly), due.Format("15:04"), time.UTC
		press := ticket.Press{ID: d.open(ana, o).ID}
		d.change(ana, press, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
		d.store.TakeTasks()
		d.now = morning.Add(time.Duration(hours) * time.Hour)
		d.change(ana, press, func(c *ticket.Change) error { return c.Reopen("None after all.") })
		rung := ticket.ClockKind("")
		for _, task := range d.store.TakeTasks() {
			if job, ok := task.Job.(ticket.RingClock); ok && !task.At.After(d.now) && job.Clock.Promise() == ticket.ClockDate {
				rung += job.Clock
			}
		}
		if rung != want {
			t.Errorf("after %d hours it is %q that rings, want %q", hours, rung, want)
		}
	}
}

func TestOfSeveralWarningsThatHavePassedTheLatestRings(t *testing.T) {
	t.Parallel()
	hours := func(n int) time.Time { return morning.Add(time.Duration(n) * time.Hour) }
	for _, test := range []struct {
		name  string
		days  int
		after int // hours asleep
		want  []ticket.ClockKind
	}{
		{"two have passed", 10, 181, []ticket.ClockKind{ticket.ClockDateThree}},
		{"two that fall together and one before", 10, 217, []ticket.ClockKind{ticket.ClockDateDayBefore}},
		{"all, and the date itself", 10, 241, []ticket.ClockKind{ticket.ClockDate}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			o := opening("")
			due := hours(24 * test.days)
			o.Date, o.Time, o.Zone = due.Format(time.DateOnly), due.Format("15:04"), time.UTC
			tk := d.open(ana, o)
			d.change(ana, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error {
				return errors.Join(c.Complete(ticket.Reception), acknowledge(c), c.SkipRest("Clear."), c.Complete(ticket.InitialResponse))
			})
			d.now = hours(test.after)
			d.change(ana, ticket.Press{ID: tk.ID}, update)
			var rang []ticket.ClockKind
			for range 2 {
				for _, clock := range d.stored(tk.ID).Clocks(d.Policy) {
					if !clock.Due.After(d.now) {
						version := d.stored(tk.ID).Version
						d.ring(clock.Kind, clock.Due)
						if d.stored(tk.ID).Version > version {
							rang = append(rang, clock.Kind)
						}
					}
				}
			}
			if diff := cmp.Diff(test.want, rang); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAWarningWhoseBreachHasComeIsSilent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	d.now = morning.Add(25 * time.Hour)
	d.unchanged(tk.ID, func() { d.ring(ticket.ClockCustomerSoon, morning.Add(22*time.Hour)) })
	d.ring(ticket.ClockCustomer, morning.Add(24*time.Hour))
	if got := d.stored(tk.ID); got.Breaches != 1 {
		t.Errorf("%d breaches", got.Breaches)
	}
}

func TestAMachineClockThatJumpsBackRingsNothingTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	due := morning.Add(22 * time.Hour)
	d.now = due.Add(time.Minute)
	d.ring(ticket.ClockCustomerSoon, due)
	for _, jump := range []time.Duration{-30 * time.Hour, -time.Minute, 0, 40 * time.Hour} {
		d.now = due.Add(jump)
		if jump < 0 {
			d.unchanged(tk.ID, func() { d.ring(ticket.ClockCustomerSoon, due) })
			continue
		}
		version := d.stored(tk.ID).Version
		d.ring(ticket.ClockCustomerSoon, due)
		if d.stored(tk.ID).Version != version {
			t.Errorf("it has rung again after a jump by %s", jump)
		}
	}
}

func TestAReminderIsNotedOnceWithWhoWasTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	job := ticket.Remind{Tenant: "desk", Number: 1, Clock: ticket.ClockCustomer, Due: morning}
	missed := ticket.Unreached{Person: ana.Person, Why: ticket.Blocked}
	for range 2 {
		if err := d.Reminded(t.Context(), job, &ana.Person, missed); err != nil {
			t.Fatal(err)
		}
	}
	lines := d.history(tk.ID)
	wantHistory(t, lines[len(lines)-2:],
		line{Kind: ticket.EntryReminded, Subject: "customer", From: "Ana", To: "2026-03-02T09:00:00Z"},
		line{Kind: ticket.EntryUnreached, Subject: "blocked", From: "person", To: "Ana"})
	if _, noted, err := d.store.Pressed(t.Context(), "desk", job.Key()); !noted || err != nil {
		t.Errorf("the reminder is not found by its key: %v", err)
	}
	d.wantTasks(refresh(d.stored(tk.ID)))

	// Nobody was told, and that is known: nothing to write down.
	job.Clock = ticket.ClockDate
	d.unchanged(tk.ID, func() {
		if err := d.Reminded(t.Context(), job, nil, missed); err != nil {
			t.Fatal(err)
		}
	})
	job.Number = 7
	if err := d.Reminded(t.Context(), job, nil, missed); err != nil {
		t.Errorf("of a ticket that there is not: %v", err)
	}
}
