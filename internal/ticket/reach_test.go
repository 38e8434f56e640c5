package ticket_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

// shownIn has a ticket's card in a place.
func (d *desk) shownIn(place ticket.Place, number int64) {
	d.tb.Helper()
	d.write(func(ctx context.Context, tx ticket.Tx) error {
		return tx.AddPost(ctx, &ticket.Post{Place: place, Number: number, Activity: place.Conversation + ticket.Number(number)})
	})
}

// works does the jobs about who is reached.
func (d *desk) works() (others []ticket.Task) {
	d.tb.Helper()
	tasks := d.store.TakeTasks()
	for len(tasks) > 0 {
		var err error
		switch job := tasks[0].Job.(type) {
		case ticket.MarkUnreached:
			err = d.MarkUnreached(d.tb.Context(), job)
		case ticket.MarkReached:
			err = d.MarkReached(d.tb.Context(), job)
		case ticket.RetimeClocks:
			err = d.Retime(d.tb.Context(), job)
		default:
			others = append(others, tasks[0])
		}
		if err != nil {
			d.tb.Fatal(err)
		}
		tasks = append(tasks[1:], d.store.TakeTasks()...)
	}
	return others
}

func (d *desk) reached(place ticket.Place, person ticket.Person) {
	d.tb.Helper()
	d.write(func(ctx context.Context, tx ticket.Tx) error {
		return tx.Later(ctx, ticket.Task{Job: ticket.MarkReached{Place: place, Person: person}})
	})
}

func (d *desk) refused(place ticket.Place, why ticket.Refusal) {
	d.tb.Helper()
	if err := d.Unreached(d.tb.Context(), place, why); err != nil {
		d.tb.Fatal(err)
	}
}

func TestAPlaceThatRefusesMarksItsOpenTicketsUntilItIsReachedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const many = 60 // more than a job marks
	for n := range int64(many) {
		d.open(ana, opening(""))
		d.shownIn(thread, n+1)
	}
	closed, elsewhere := d.open(ana, opening("")), d.open(ana, opening(""))
	d.shownIn(thread, closed.Number)
	closed = d.change(ana, ticket.Press{ID: closed.ID}, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
	d.store.TakeTasks()

	d.now = morning.Add(time.Hour)
	d.refused(thread, ticket.NotInRoster)
	if got := len(d.works()); got != many {
		t.Errorf("the cards of %d tickets are drawn again, want %d", got, many)
	}
	want := []ticket.Unreached{{Place: thread, Why: ticket.NotInRoster, Since: d.now}}
	for n := range int64(many) {
		if diff := cmp.Diff(want, d.stored(ticket.ID{Tenant: "desk", Number: n + 1}).Unreached); diff != "" {
			t.Fatalf("T-%d: %s", n+1, diff)
		}
	}
	last := ticket.ID{Tenant: "desk", Number: many}
	for _, id := range []ticket.ID{closed.ID, elsewhere.ID} {
		if got := d.stored(id); len(got.Unreached) > 0 {
			t.Errorf("%s is marked: %v", id, got.Unreached)
		}
	}
	d.refused(thread, ticket.NotInRoster) // again: no news
	if got := d.works(); len(got) > 0 {
		t.Errorf("what is known makes work: %v", got)
	}
	lines := d.history(last)
	wantHistory(t, lines[len(lines)-1:], line{Kind: ticket.EntryUnreached, Subject: "not_in_roster", From: "place"})

	d.learn(ticket.Person{ID: "nobody"}, "")
	d.reached(thread, ticket.Person{})
	if got := len(d.works()); got != many {
		t.Errorf("the cards of %d tickets are drawn again, want %d", got, many)
	}
	if got := d.stored(last).Unreached; len(got) > 0 {
		t.Errorf("the mark stays: %v", got)
	}
	lines = d.history(last)
	wantHistory(t, lines[len(lines)-1:], line{Kind: ticket.EntryReached, From: "place"})
}

func TestAPersonWhoRefusesMarksTheirOwnTickets(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	home := d.learn(ana.Person, "")
	hers, bos := d.open(ana, opening("")), d.open(bo, opening(""))
	d.shownIn(home, hers.Number)
	d.shownIn(home, bos.Number)
	d.store.TakeTasks()
	d.refused(home, ticket.Blocked)
	d.works()
	want := []ticket.Unreached{{Person: ana.Person, Why: ticket.Blocked, Since: morning}}
	if diff := cmp.Diff(want, d.stored(hers.ID).Unreached); diff != "" {
		t.Error(diff)
	}
	if got := d.stored(bos.ID).Unreached; len(got) > 0 {
		t.Errorf("another's ticket is marked: %v", got)
	}
	// A second reason takes the place of the first; another person's word ends nothing.
	d.refused(home, ticket.Disabled)
	d.works()
	d.reached(ticket.Place{Tenant: "desk", Conversation: "a:bo"}, bo.Person)
	d.works()
	if got := d.stored(hers.ID).Unreached; len(got) != 1 || got[0].Why != ticket.Disabled {
		t.Errorf("the marks are %v", got)
	}
	// A lead is known by the Entra id first.
	d.reached(home, ticket.Person{ID: "other", ObjectID: "OID-ANA"})
	d.works()
	if got := d.stored(hers.ID).Unreached; len(got) > 0 {
		t.Errorf("the mark stays: %v", got)
	}
}

func TestAMarkThatCameTooLateIsNotMade(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	home := d.learn(ana.Person, "")
	tk := d.open(ana, opening(""))
	d.shownIn(home, tk.Number)
	d.refused(home, ticket.Blocked)
	d.learn(ana.Person, "") // she has written meanwhile
	d.works()
	if got := d.stored(tk.ID).Unreached; len(got) > 0 {
		t.Errorf("the marks are %v", got)
	}
}

func TestAMarkGoesWithItsPersonAndWithTheTicketsEnd(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*ticket.Change) error{
		"assigned to another": func(c *ticket.Change) error { return c.Assign(bo.Person) },
		"closed":              func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") },
	} {
		d := newDesk(t)
		home := d.learn(ana.Person, "")
		tk := d.open(ana, opening(""))
		d.shownIn(home, tk.Number)
		d.refused(home, ticket.Blocked)
		d.works()
		if len(d.stored(tk.ID).Unreached) != 1 {
			t.Fatal("it is not marked")
		}
		if got := d.change(ana, ticket.Press{ID: tk.ID}, act); len(got.Unreached) > 0 {
			t.Errorf("%s: the marks are %v", name, got.Unreached)
		}
	}
}

func TestWhoCannotBeWrittenToIsNotedUnlessTheyHaveWritten(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.learn(bo.Person, "")
	for _, person := range []ticket.Person{ana.Person, bo.Person, {ObjectID: "oid-lea"}} {
		if err := d.Unopened(t.Context(), "desk", person, ticket.NotInstalled); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[string]string{"ana": "not_installed", "oid-ana": "not_installed", "bo": "", "oid-lea": "not_installed"} {
		address, known, err := d.store.PersonalAddress(t.Context(), "desk", id)
		if !known || err != nil || address.Refused != want {
			t.Errorf("%s: known %t, refused %q, %v", id, known, address.Refused, err)
		}
	}
}

func TestAWordThatNobodyStoresAnyMoreMeansThatTheAppIsNotThere(t *testing.T) {
	t.Parallel()
	for _, refusal := range ticket.Refusals() {
		if got := ticket.RefusalOf(string(refusal)); got != refusal {
			t.Errorf("%s is read as %s", refusal, got)
		}
	}
	if got := ticket.RefusalOf("the app was removed"); got != ticket.NotInstalled {
		t.Errorf("it is read as %s", got)
	}
}
