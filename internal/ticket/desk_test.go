package ticket_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// desk is a desk over a store in memory, with a clock that tests move.
type desk struct {
	*ticket.Desk
	tb    testing.TB
	store *tickettest.Store
	now   time.Time
}

func newDesk(tb testing.TB) *desk {
	tb.Helper()
	d := &desk{tb: tb, store: tickettest.NewStore(), now: morning}
	d.Desk = &ticket.Desk{Store: d.store, Policy: ticket.DefaultPolicy(), Leads: []string{"oid-lea"}, Guard: tickettest.Guard{}}
	d.Now = func() time.Time { return d.now }
	err := d.store.InTx(tb.Context(), func(tx ticket.Tx) error {
		return tx.Learn(tb.Context(), ticket.Address{Place: thread, Kind: ticket.Channel})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

var thread = ticket.Place{Tenant: "desk", Conversation: "19:room", Thread: "1"}

// opening gives a good opening in the thread, with ana as the owner.
func opening(key string) ticket.Opening {
	return ticket.Opening{
		Intake: ticket.Intake{Title: "Invoices cannot be posted", Customer: "Contoso", Details: "Since this morning.", Users: "12"},
		Take:   true, Key: key, Place: thread,
	}
}

func (d *desk) open(by ticket.Actor, o ticket.Opening) *ticket.Ticket {
	d.tb.Helper()
	t, err := d.Open(d.tb.Context(), by, o)
	if err != nil {
		d.tb.Fatal(err)
	}
	return t
}

func (d *desk) change(by ticket.Actor, press ticket.Press, how func(*ticket.Change) error) *ticket.Ticket {
	d.tb.Helper()
	t, err := d.Change(d.tb.Context(), by, press, how)
	if err != nil {
		d.tb.Fatal(err)
	}
	return t
}

func (d *desk) stored(id ticket.ID) *ticket.Ticket {
	d.tb.Helper()
	t, err := d.store.Ticket(d.tb.Context(), id)
	if err != nil {
		d.tb.Fatal(err)
	}
	return t
}

// history gives a ticket's lines, oldest first.
func (d *desk) history(id ticket.ID) []ticket.Entry {
	d.tb.Helper()
	lines, err := d.store.History(d.tb.Context(), id, 0, 10_000)
	if err != nil {
		d.tb.Fatal(err)
	}
	slices.Reverse(lines)
	return lines
}

// learn makes the desk know the personal conversation with a person.
func (d *desk) learn(person ticket.Person, refused string) ticket.Place {
	d.tb.Helper()
	address := ticket.Address{
		Place: ticket.Place{Tenant: "desk", Conversation: "a:" + person.ID}, Kind: ticket.Personal, Person: person, Refused: refused,
	}
	err := d.store.InTx(d.tb.Context(), func(tx ticket.Tx) error { return tx.Learn(d.tb.Context(), address) })
	if err != nil {
		d.tb.Fatal(err)
	}
	return address.Place
}

// write runs the work in a transaction that must be kept.
func (d *desk) write(work func(ctx context.Context, tx ticket.Tx) error) {
	d.tb.Helper()
	ctx := d.tb.Context()
	if err := d.store.InTx(ctx, func(tx ticket.Tx) error { return work(ctx, tx) }); err != nil {
		d.tb.Fatal(err)
	}
}

func (d *desk) wantTasks(want ...ticket.Task) {
	d.tb.Helper()
	if diff := cmp.Diff(want, d.store.TakeTasks()); diff != "" {
		d.tb.Errorf("other tasks (-want +got):\n%s", diff)
	}
}

// unchanged insists that the function changes neither the ticket nor its history nor the tasks.
func (d *desk) unchanged(id ticket.ID, do func()) {
	d.tb.Helper()
	was, lines, tasks := d.stored(id), d.history(id), d.store.Tasks()
	do()
	if diff := cmp.Diff(was, d.stored(id)); diff != "" {
		d.tb.Errorf("the ticket has changed: %s", diff)
	}
	if diff := cmp.Diff(lines, d.history(id)); diff != "" {
		d.tb.Errorf("the history has changed: %s", diff)
	}
	if diff := cmp.Diff(tasks, d.store.Tasks()); diff != "" {
		d.tb.Errorf("there are other tasks: %s", diff)
	}
}

func ring(t *ticket.Ticket, kind ticket.ClockKind, due time.Time) ticket.Task {
	return ticket.Task{Job: ticket.RingClock{Tenant: t.Tenant, Number: t.Number, Clock: kind, Due: due}, At: due}
}

func refresh(t *ticket.Ticket) ticket.Task {
	return ticket.Task{Job: ticket.RefreshCards{Tenant: t.Tenant, Number: t.Number}}
}

func acknowledge(c *ticket.Change) error {
	return c.Tick(ticket.ItemAcknowledge, ticket.Evidence{Choice: ticket.ByMail, Words: "We have it."})
}

func update(c *ticket.Change) error { return c.TellCustomer(ticket.ByMail, "We are at it.") }

func TestALateClickChangesNothingAndSaysWhoWasFaster(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening("k1"))
	d.now = morning.Add(10 * time.Minute)
	d.change(lea, ticket.Press{ID: first.ID, Version: 1, Key: "k2"}, func(c *ticket.Change) error { return c.Complete(ticket.Reception) })
	d.now = morning.Add(20 * time.Minute)
	d.unchanged(first.ID, func() {
		got, err := d.Change(t.Context(), ana, ticket.Press{ID: first.ID, Version: 1, Key: "k3"}, update)
		var stale *ticket.Error
		if !errors.As(err, &stale) || stale.Kind != ticket.Stale {
			t.Fatalf("the late click: %v", err)
		}
		want := map[string]any{"Ticket": "T-1", "By": "Lea", "At": morning.Add(10 * time.Minute)}
		if diff := cmp.Diff(want, stale.Args); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(d.stored(first.ID), got); diff != "" {
			t.Errorf("it does not give the ticket as it is: %s", diff)
		}
	})
}

func TestALateClickIsFoundAfterChangesOfManyLines(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening("k1"))
	for range 30 {
		d.change(lea, ticket.Press{ID: first.ID}, func(c *ticket.Change) error {
			return errors.Join(update(c), update(c), update(c), update(c))
		})
	}
	_, err := d.Change(t.Context(), ana, ticket.Press{ID: first.ID, Version: 1}, update)
	wantSaid(t, err, "error.stale")
}

func TestTheSameClickAgainIsNoError(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening("k1"))
	press := ticket.Press{ID: first.ID, Version: 1, Key: "k2"}
	take := func(c *ticket.Change) error { return c.Assign(bo.Person) }
	d.change(ana, press, take)
	command := ticket.Press{ID: first.ID, Key: "k3"}
	d.change(bo, command, update)
	for _, test := range []struct {
		name  string
		by    ticket.Actor
		press ticket.Press
		how   func(*ticket.Change) error
	}{
		{"a click", ana, press, take},
		{"a click whose work is no longer allowed", ana, press, update},
		{"a command", bo, command, update},
		{"a command that would now be refused", ana, command, take},
		{"a click of the newest version with a key that is used", bo, ticket.Press{ID: first.ID, Version: 3, Key: "k3"}, update},
	} {
		d.unchanged(first.ID, func() {
			got, err := d.Change(t.Context(), test.by, test.press, test.how)
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			if diff := cmp.Diff(d.stored(first.ID), got); diff != "" {
				t.Errorf("%s: %s", test.name, diff)
			}
		})
	}
}

func TestAReminderInBetweenMakesNoClickLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening("k1"))
	d.now = morning.Add(time.Hour)
	if err := d.Ring(t.Context(), ticket.RingClock{Tenant: "desk", Number: 1, Clock: ticket.ClockAcknowledge, Due: d.now}); err != nil {
		t.Fatal(err)
	}
	if v := d.stored(first.ID).Version; v != 2 {
		t.Fatalf("the reminder gave version %d", v)
	}
	got := d.change(ana, ticket.Press{ID: first.ID, Version: 1, Key: "k2"}, update)
	if got.Version != 3 || got.CustomerToldAt == nil {
		t.Errorf("the click on the card from before the reminder gave version %d", got.Version)
	}
	// The person's change counts, however many reminders come after it.
	d.now = morning.Add(25 * time.Hour)
	d.change(lea, ticket.Press{ID: first.ID}, func(c *ticket.Change) error { return c.Complete(ticket.Reception) })
	_, err := d.Change(t.Context(), ana, ticket.Press{ID: first.ID, Version: 3}, update)
	wantSaid(t, err, "error.stale")
}

func TestForgedClicksAreRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening("k1"))
	neighbour := ticket.Actor{Tenant: "elsewhere", Person: ana.Person, Lead: true}
	for _, test := range []struct {
		name  string
		by    ticket.Actor
		press ticket.Press
		want  string
	}{
		{"of a version to come", ana, ticket.Press{ID: first.ID, Version: 99}, "error.item_unknown"},
		{"of a version before the first", ana, ticket.Press{ID: first.ID, Version: -1}, "error.stale"},
		{"on a ticket that there is not", ana, ticket.Press{ID: ticket.ID{Tenant: "desk", Number: 7}}, "error.not_found"},
		{"of another tenant", neighbour, ticket.Press{ID: first.ID}, "error.not_found"},
		{"of somebody without the right", bo, ticket.Press{ID: first.ID, Version: 1}, "error.not_owner"},
	} {
		d.unchanged(first.ID, func() {
			_, err := d.Change(t.Context(), test.by, test.press, update)
			wantSaid(t, err, test.want)
		})
	}
}

func TestACommandMeansTheTicketAsItIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening(""))
	for i := range 3 {
		if got := d.change(ana, ticket.Press{ID: first.ID}, update); got.Version != int64(i+2) {
			t.Errorf("command %d gave version %d", i, got.Version)
		}
	}
}

func TestAChangeLeavesTasksForNewClocksAndCards(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(ana, opening(""))
	d.store.TakeTasks()
	press := ticket.Press{ID: ticket.ID{Tenant: "desk", Number: 1}}

	got := d.change(ana, press, func(c *ticket.Change) error { return c.Complete(ticket.Reception) })
	d.wantTasks(refresh(got)) // the acknowledgement's clock runs on
	if got.Version != 2 || !got.UpdatedAt.Equal(d.now) {
		t.Errorf("version %d, updated at %v", got.Version, got.UpdatedAt)
	}

	got = d.change(ana, press, func(c *ticket.Change) error { return c.OverrideClass(ticket.Expedite, "The board is watching.") })
	d.wantTasks(ring(got, ticket.ClockAcknowledge, morning.Add(15*time.Minute)), announce(got), refresh(got))

	d.now = morning.Add(10 * time.Minute)
	got = d.change(ana, press, func(c *ticket.Change) error { return errors.Join(acknowledge(c), c.SkipRest("Clear.")) })
	d.wantTasks(refresh(got)) // the customer's clock waits for Diagnosis
	got = d.change(ana, press, func(c *ticket.Change) error { return c.Complete(ticket.InitialResponse) })
	d.wantTasks(
		ring(got, ticket.ClockCustomerSoon, d.now.Add(22*time.Hour)), ring(got, ticket.ClockCustomer, d.now.Add(24*time.Hour)), refresh(got),
	)
	d.now = morning.Add(5 * time.Hour)
	got = d.change(ana, press, update)
	d.wantTasks(
		ring(got, ticket.ClockCustomerSoon, d.now.Add(22*time.Hour)), ring(got, ticket.ClockCustomer, d.now.Add(24*time.Hour)), refresh(got),
	)
	got = d.change(ana, press, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
	d.wantTasks(announce(got), refresh(got))
}

func TestAChangeThatFailsHalfwayGivesTheTicketAsItIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening(""))
	d.unchanged(first.ID, func() {
		got, err := d.Change(t.Context(), ana, ticket.Press{ID: first.ID, Version: 1}, func(c *ticket.Change) error {
			if err := errors.Join(c.OverrideClass(ticket.Expedite, "So."), c.Complete(ticket.Reception)); err != nil {
				t.Error(err)
			}
			return c.Complete(ticket.InitialResponse)
		})
		wantSaid(t, err, "error.gate")
		if diff := cmp.Diff(d.stored(first.ID), got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAStoreThatIsLostLosesNothingThatWasKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening(""))
	lost := errors.New("the database is gone")
	d.store.Break(lost)
	d.unchanged(first.ID, func() {
		got, err := d.Change(t.Context(), ana, ticket.Press{ID: first.ID}, update)
		if !errors.Is(err, lost) || ticket.KindOf(err) != ticket.Internal || got != nil {
			t.Errorf("%v, %v", got, err)
		}
		if got, err := d.Open(t.Context(), ana, opening("k2")); !errors.Is(err, lost) || got != nil {
			t.Errorf("%v, %v", got, err)
		}
		if got, err := d.Show(t.Context(), first.ID, thread); !errors.Is(err, lost) || got != nil {
			t.Errorf("%v, %v", got, err)
		}
	})
	d.store.Break(nil)
	ended, end := context.WithCancel(t.Context())
	end()
	d.unchanged(first.ID, func() {
		if _, err := d.Change(ended, ana, ticket.Press{ID: first.ID}, update); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	if got := d.open(ana, opening("k2")); got.Number != 2 {
		t.Errorf("after the loss, %s is opened", got)
	}
}
