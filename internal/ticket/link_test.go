package ticket_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// opens gives a new ticket of ana's with so many users.
func (d *desk) opens(users string) ticket.ID { return d.open(ana, withUsers(users)).ID }

// links has somebody link a ticket to another one.
func (d *desk) links(by ticket.Actor, id, to ticket.ID) (ticket.Linked, error) {
	return d.Link(d.tb.Context(), by, ticket.Press{ID: id}, to.Number)
}

func (d *desk) linked(id, to ticket.ID) ticket.Linked {
	d.tb.Helper()
	l, err := d.links(ana, id, to)
	if err != nil {
		d.tb.Fatal(err)
	}
	return l
}

// counts does the jobs that count linked tickets anew.
func (d *desk) counts() {
	d.tb.Helper()
	for _, task := range d.store.TakeTasks() {
		if job, ok := task.Job.(ticket.CountLinked); ok {
			if err := d.CountLinked(d.tb.Context(), job); err != nil {
				d.tb.Fatal(err)
			}
		}
	}
}

// wantClass says what the class of a ticket has to be, and how many users it counts.
func (d *desk) wantClass(id ticket.ID, class ticket.Class, users int) {
	d.tb.Helper()
	t := d.stored(id)
	if got := t.Affected(); t.Class() != class || got == nil || *got != users {
		d.tb.Errorf("%s is %s with %v users, not %s with %d", id, t.Class(), got, class, users)
	}
}

// lines gives the lines of a ticket's history of some kinds, the newest first.
func (d *desk) lines(id ticket.ID, kinds ...ticket.EntryKind) string {
	d.tb.Helper()
	var said []string
	for _, entry := range d.history(id) {
		if slices.Contains(kinds, entry.Kind) {
			said = append(said, fmt.Sprintf("%s %s>%s", entry.Kind, entry.From, entry.To))
		}
	}
	return strings.Join(said, ", ")
}

func TestLinkedTicketsAddUpAndPartAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.opens("4"), d.opens("22")
	l := d.linked(two, one)
	if l.Already || l.Leader.ID != one || l.Follower.ID != two {
		t.Fatalf("the link is %+v", l)
	}
	d.wantClass(one, ticket.Expedite, 26)
	d.wantClass(two, ticket.Priority, 22)
	kinds := []ticket.EntryKind{ticket.EntryLinked, ticket.EntryLeads, ticket.EntryUnlinked, ticket.EntryParted, ticket.EntryClass}
	if got := d.lines(one, kinds...); !strings.Contains(got, "leads >T-2") || !strings.Contains(got, "class standard>expedite") {
		t.Errorf("the leader's history has %q", got)
	}
	if got := d.lines(two, kinds...); got != "linked >T-1" {
		t.Errorf("the follower's history has %q", got)
	}
	d.unchanged(one, func() {
		if again := d.linked(two, one); !again.Already {
			t.Error("the same link is made twice")
		}
	})
	if _, err := d.Unlink(t.Context(), ana, ticket.Press{ID: two}); err != nil {
		t.Fatal(err)
	}
	d.wantClass(one, ticket.Standard, 4)
	if d.stored(two).Leader != 0 || d.stored(one).Following != nil {
		t.Error("something is left of the link")
	}
	if got := d.lines(one, ticket.EntryParted); got != "parted T-2>" {
		t.Errorf("the leader's history has %q", got)
	}
	_, err := d.Unlink(t.Context(), ana, ticket.Press{ID: two})
	says(t, err, "error.link_none")
}

func TestAnOverrideStaysAndTheEarliestDateCounts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	dated := withUsers("2")
	dated.Date = morning.Add(72 * time.Hour).Format(time.DateOnly)
	one, two := d.opens("4"), d.open(ana, dated).ID
	d.linked(two, one)
	leader := d.stored(one)
	due, _ := leader.FixedDate()
	if leader.Class() != ticket.Fixed || due == nil || !due.Equal(*d.stored(two).DueAt) || leader.DueAt != nil {
		t.Errorf("the leader is %s, due %v", leader.Class(), due)
	}
	if !slices.ContainsFunc(leader.Clocks(d.Policy), func(c ticket.Clock) bool { return c.Kind == ticket.ClockDate }) {
		t.Error("the date of the follower does not count down on its leader")
	}
	d.change(ana, ticket.Press{ID: one}, func(c *ticket.Change) error { return c.OverrideClass(ticket.Priority, "They can wait") })
	three := d.opens("30")
	d.linked(three, one)
	if got := d.stored(one); got.Class() != ticket.Priority || got.Derived != ticket.Expedite {
		t.Errorf("the override became %s, derived %s", got.Class(), got.Derived)
	}
}

func TestALinkIsRefusedInPlainWords(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two, three, closed := d.opens("4"), d.opens("4"), d.opens("4"), d.opens("4")
	d.linked(two, one)
	d.change(ana, ticket.Press{ID: closed}, func(c *ticket.Change) error { return c.CloseEarly("A mistake") })
	other := ana
	other.Tenant = "other"
	for name, test := range map[string]struct {
		by      ticket.Actor
		id, to  ticket.ID
		message string
	}{
		"to itself":               {ana, one, one, "error.link_self"},
		"in a ring":               {ana, one, two, "error.link_ring"},
		"to a closed one":         {ana, three, closed, "error.link_closed"},
		"to one that is not":      {ana, three, ticket.ID{Number: 99}, "error.not_found"},
		"of another one already":  {ana, two, three, "error.link_other"},
		"of another tenant":       {other, three, one, "error.not_found"},
		"by somebody else":        {bo, three, one, "error.not_owner"},
		"from one that is closed": {bo, closed, one, "error.not_owner"},
	} {
		d.unchanged(test.id, func() {
			_, err := d.links(test.by, test.id, test.to)
			if err == nil {
				t.Errorf("%s: it is linked", name)
				return
			}
			if !strings.Contains(err.Error(), test.message) {
				t.Errorf("%s: the error is %v", name, err)
			}
		})
	}
	d.linked(closed, one) // what is closed may follow, and counts nothing
	d.wantClass(one, ticket.Priority, 8)
	d.change(ana, ticket.Press{ID: closed}, func(c *ticket.Change) error { return c.Reopen("It is there again") })
	d.counts()
	d.wantClass(one, ticket.Priority, 12)
}

func TestAChainIsFlattened(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	zero, one, two, three := d.opens("1"), d.opens("2"), d.opens("3"), d.opens("20")
	d.linked(two, one)
	l := d.linked(one, zero)
	if len(l.Along) != 1 || l.Along[0] != two.Number {
		t.Errorf("%v came along", l.Along)
	}
	d.wantClass(zero, ticket.Priority, 6)
	d.wantClass(one, ticket.Standard, 2)
	if l = d.linked(three, two); l.Leader.ID != zero {
		t.Errorf("what is linked to a follower follows %s", l.Leader)
	}
	d.wantClass(zero, ticket.Expedite, 26)
	for _, id := range []ticket.ID{one, two, three} {
		if got := d.stored(id); got.Leader != zero.Number || got.Following != nil {
			t.Errorf("%s follows %d and leads %+v", id, got.Leader, got.Following)
		}
	}
	if got := d.lines(two, ticket.EntryLinked); got != "linked T-2>T-1, linked >T-2" && got != "linked >T-2, linked T-2>T-1" {
		t.Errorf("the history of what came along has %q", got)
	}
}

func TestWhatChangesOnAFollowerIsCountedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.opens("4"), d.opens("4")
	d.linked(two, one)
	d.store.TakeTasks()
	d.change(ana, ticket.Press{ID: two}, func(c *ticket.Change) error {
		users := 40
		return c.Edit(ticket.Facts{Title: c.Ticket.Title, Customer: c.Ticket.Customer, Details: c.Ticket.Details, Users: &users})
	})
	d.counts()
	d.wantClass(one, ticket.Expedite, 44)
	if got := d.lines(one, ticket.EntryTallied); got != "tallied 8>44" {
		t.Errorf("the history has %q", got)
	}
	d.change(ana, ticket.Press{ID: two}, func(c *ticket.Change) error { return c.CloseEarly("Withdrawn") })
	d.counts()
	d.wantClass(one, ticket.Standard, 4)
	// Counted again, nothing changes; and a closed leader keeps its class.
	before := d.stored(one).Version
	if err := d.CountLinked(t.Context(), ticket.CountLinked(one)); err != nil {
		t.Error(err)
	}
	if got := d.stored(one).Version; got != before {
		t.Error("what was counted before is counted as news")
	}
	d.change(ana, ticket.Press{ID: two}, func(c *ticket.Change) error { return c.Reopen("Again") })
	d.counts()
	d.change(ana, ticket.Press{ID: one}, func(c *ticket.Change) error { return c.CloseEarly("Solved") })
	d.change(ana, ticket.Press{ID: two}, func(c *ticket.Change) error { return c.CloseEarly("Solved") })
	d.counts()
	if got := d.stored(one).Class(); got != ticket.Expedite {
		t.Errorf("a closed leader became %s", got)
	}
	d.change(ana, ticket.Press{ID: one}, func(c *ticket.Change) error { return c.Reopen("Again") })
	d.counts()
	d.wantClass(one, ticket.Standard, 4)
}

func TestALinkThatComesTwiceIsMadeOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.opens("4"), d.opens("4")
	press := ticket.Press{ID: two, Key: "link", Version: d.stored(two).Version}
	for range 2 {
		if l, err := d.Link(t.Context(), ana, press, one.Number); err != nil || l.Follower.Leader != one.Number {
			t.Fatal(l, err)
		}
	}
	press = ticket.Press{ID: two, Key: "unlink", Version: d.stored(two).Version}
	for range 2 {
		if l, err := d.Unlink(t.Context(), ana, press); err != nil || l.Follower.Leader != 0 {
			t.Fatal(l, err)
		}
	}
	late := ticket.Press{ID: two, Key: "late", Version: 1}
	_, err := d.Link(t.Context(), ana, late, one.Number)
	says(t, err, "error.stale")
}

// meddling links a ticket while another link is about to lock it.
type meddling struct {
	ticket.Store
	meddle func()
}

func (m *meddling) InTx(ctx context.Context, work func(ticket.Tx) error) error {
	return m.Store.InTx(ctx, func(tx ticket.Tx) error { return work(&meddlingTx{tx, m}) })
}

type meddlingTx struct {
	ticket.Tx
	m *meddling
}

// LinkedTo gives what follows, and after the first time something else.
func (tx *meddlingTx) LinkedTo(ctx context.Context, id ticket.ID) ([]*ticket.Ticket, error) {
	if meddle := tx.m.meddle; meddle != nil {
		tx.m.meddle = nil
		return []*ticket.Ticket{{ID: ticket.ID{Tenant: id.Tenant, Number: id.Number}}}, nil
	}
	return tx.Tx.LinkedTo(ctx, id)
}

func TestALinkIsTriedAgainWhereOthersHaveChangedMeanwhile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.opens("4"), d.opens("4")
	d.Store = &meddling{Store: d.store, meddle: func() {}}
	if l := d.linked(two, one); l.Follower.Leader != one.Number {
		t.Errorf("it follows %d", l.Follower.Leader)
	}
}
