package ticket_test

import (
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

func remind(place ticket.Place, kind ticket.ClockKind, due time.Time, whom *ticket.Person) ticket.Task {
	return ticket.Task{Job: ticket.Remind{Place: place, Number: 1, Clock: kind, Due: due, Whom: whom}}
}

func TestAClockThatIsDueRemindsItsOwnerInPersonOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	home := d.learn(ana.Person, "")
	d.learn(lea.Person, "")
	tk := d.open(ana, opening(""))
	d.store.TakeTasks()
	due := morning.Add(time.Hour)
	d.now = due.Add(time.Second)
	d.ring(ticket.ClockAcknowledge, due)

	got := d.stored(tk.ID)
	d.wantTasks(remind(home, ticket.ClockAcknowledge, due, nil), refresh(got))
	if got.Version != 2 || !got.Reminded[ticket.ClockAcknowledge].Equal(due) {
		t.Errorf("version %d, reminded %v", got.Version, got.Reminded)
	}
	lines := d.history(tk.ID)
	last := lines[len(lines)-1]
	wantHistory(t, lines[len(lines)-1:], line{Kind: ticket.EntryReminded, Subject: "acknowledge", To: "2026-03-02T10:00:00Z"})
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
	// home is a personal conversation of these tests.
	home := func(id string) ticket.Place { return ticket.Place{Tenant: "desk", Conversation: "a:" + id} }
	type reminder struct {
		Place ticket.Place
		Whom  *ticket.Person
	}
	for _, test := range []struct {
		name    string
		clock   ticket.ClockKind
		leads   []string
		known   []ticket.Person // with a personal conversation
		refused []ticket.Person // with one in which nothing can be sent
		unowned bool
		nowhere bool             // shown in no conversation
		at      ticket.PlaceKind // where it is shown; empty for a channel
		want    []reminder
	}{
		{"the owner in person", soon, []string{"oid-lea"}, []ticket.Person{ana.Person, lea.Person}, nil, false, false, "",
			[]reminder{{home("ana"), nil}}},
		{"else the owner in the conversation", soon, []string{"oid-lea"}, []ticket.Person{lea.Person}, nil, false, false, "",
			[]reminder{{thread, &ana.Person}}},
		{"in the conversation where the person cannot be reached", soon, nil, nil, []ticket.Person{ana.Person}, false, false, "",
			[]reminder{{thread, &ana.Person}}},
		{"nobody, where nobody can be reached", soon, nil, nil, nil, false, true, "", nil},
		{"nobody, in the personal conversation of another", soon, nil, nil, nil, false, false, ticket.Personal, nil},
		{"without an owner the conversation, with nobody named", soon, []string{"oid-lea"}, []ticket.Person{lea.Person}, nil, true, false, "",
			[]reminder{{thread, nil}}},
		{"of a breach the owner and the leads", breach, []string{"oid-lea", "oid-max"},
			[]ticket.Person{ana.Person, lea.Person, {ID: "max", ObjectID: "oid-max"}}, nil, false, false, "",
			[]reminder{{home("ana"), nil}, {home("lea"), nil}, {home("max"), nil}}},
		{"of a breach an owner who leads, once", breach, []string{"oid-ana", "oid-lea"}, []ticket.Person{ana.Person, lea.Person}, nil, false, false, "",
			[]reminder{{home("ana"), nil}, {home("lea"), nil}}},
		{"of a breach the leads, and the owner in the conversation", breach, []string{"oid-lea"}, []ticket.Person{lea.Person}, nil, false, false, "",
			[]reminder{{home("lea"), nil}, {thread, &ana.Person}}},
		{"of a breach without an owner the leads and the conversation", breach, []string{"oid-lea"}, []ticket.Person{lea.Person}, nil, true, false, "",
			[]reminder{{home("lea"), nil}, {thread, nil}}},
		{"of a breach a lead whom nobody knows yet", breach, []string{"oid-lea"}, []ticket.Person{ana.Person}, nil, false, false, "",
			[]reminder{{home("ana"), nil}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.Leads = test.leads
			for _, person := range test.known {
				d.learn(person, "")
			}
			for _, person := range test.refused {
				d.learn(person, "BotDisabledByAdmin")
			}
			tk := d.inDiagnosis()
			err := d.store.InTx(t.Context(), func(tx ticket.Tx) error {
				if test.at != "" {
					if err := tx.Learn(t.Context(), ticket.Address{Place: thread, Kind: test.at}); err != nil {
						return err
					}
				}
				if test.nowhere {
					if err := tx.ForgetPost(t.Context(), 1); err != nil {
						return err
					}
				}
				stored, err := tx.Lock(t.Context(), tk.ID)
				if err != nil || !test.unowned {
					return err
				}
				stored.Owner = nil
				return tx.Save(t.Context(), stored, ticket.Entry{Version: stored.Version + 1, Kind: ticket.EntryAssigned})
			})
			if err != nil {
				t.Fatal(err)
			}
			due := morning.Add(24 * time.Hour)
			if test.clock == soon {
				due = due.Add(-2 * time.Hour)
			}
			d.now = due
			d.ring(test.clock, due)
			var got []reminder
			for _, task := range d.store.TakeTasks() {
				if job, ok := task.Job.(ticket.Remind); ok {
					got = append(got, reminder{job.Place, job.Whom})
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
