package ticket_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

func TestOpeningATicket(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.now = morning.Add(123_456_789 * time.Nanosecond).In(time.FixedZone("CET", 3600))
	now := morning.Add(123_456 * time.Microsecond) // as every store keeps it
	got := d.open(ana, opening("k1"))
	due := now.Add(time.Hour)
	want := &ticket.Ticket{
		ID: ticket.ID{Tenant: "desk", Number: 1}, Version: 1, NextDue: &due,
		Title: "Invoices cannot be posted", Customer: "Contoso", Details: "Since this morning.", Users: new(12),
		Derived: ticket.Priority, Because: ticket.BecauseSomeUsers, Step: ticket.Reception, State: ticket.Open,
		Owner: &ana.Person, OpenedBy: ana.Person, OpenedAt: now, UpdatedAt: now,
		Marks: map[ticket.ItemID]ticket.Mark{
			ticket.ItemLog:   {State: ticket.Done, By: ana.Person, At: now},
			ticket.ItemClass: {State: ticket.Done, Evidence: ticket.Evidence{Choice: "priority"}, By: ana.Person, At: now},
			ticket.ItemOwner: {State: ticket.Done, Evidence: ticket.Evidence{Words: "Ana"}, By: ana.Person, At: now},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, d.stored(got.ID)); diff != "" {
		t.Errorf("another one is stored: %s", diff)
	}
	lines := d.history(got.ID)
	wantHistory(t, lines,
		line{Kind: ticket.EntryOpened, To: "Invoices cannot be posted"},
		line{Kind: ticket.EntryDone, Subject: "log"},
		line{Kind: ticket.EntryDone, Subject: "class", To: "priority"},
		line{Kind: ticket.EntryTaken, To: "Ana"},
		line{Kind: ticket.EntryDone, Subject: "owner", Note: "Ana"},
	)
	if lines[0].Key != "k1" || lines[1].Key != "" {
		t.Errorf("the keys are %q and %q; the click's belongs to its first line", lines[0].Key, lines[1].Key)
	}
	d.wantTasks(
		ring(got, ticket.ClockAcknowledge, now.Add(time.Hour)),
		ticket.Task{Job: ticket.PostCard{Tenant: "desk", Post: 1}},
	)
}

func TestTheIntakeCardBecomesTheLiveCard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := opening("")
	o.Activity, o.Take, o.Date = "msg-1", false, "2026-03-04"
	got := d.open(dan, o)
	if got.Owner != nil || got.Class() != ticket.Fixed {
		t.Errorf("owner %v, %s", got.Owner, got.Class())
	}
	due := time.Date(2026, 3, 4, 23, 59, 0, 0, time.UTC)
	span := due.Sub(morning)
	d.wantTasks(
		ring(got, ticket.ClockAcknowledge, morning.Add(time.Hour)),
		ring(got, ticket.ClockDateHalf, morning.Add(span/2)),
		ring(got, ticket.ClockDateDayBefore, due.Add(-24*time.Hour)),
		ring(got, ticket.ClockDateThree, morning.Add(span/4*3)),
		ring(got, ticket.ClockDateNine, morning.Add(span/10*9)),
		ring(got, ticket.ClockDate, due),
		refresh(got),
	)
	posts, err := d.store.Posts(t.Context(), got.ID)
	want := []ticket.Post{{ID: 1, Place: thread, Number: 1, Activity: "msg-1"}}
	if diff := cmp.Diff(want, posts); diff != "" || err != nil {
		t.Error(diff, err)
	}

	o.Place, o.Activity = ticket.Place{}, ""
	second := d.open(dan, o)
	if posts, _ := d.store.Posts(t.Context(), second.ID); second.Number != 2 || len(posts) > 0 {
		t.Errorf("without a place, %s is shown in %v", second, posts)
	}
}

func TestTheSameOpeningTwiceOpensOneTicket(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening("k1"))
	d.change(ana, ticket.Press{ID: first.ID}, update)
	d.unchanged(first.ID, func() {
		again := d.open(ana, opening("k1"))
		if diff := cmp.Diff(d.stored(first.ID), again); diff != "" {
			t.Error(diff)
		}
	})
	if other := d.open(ana, opening("k2")); other.Number != 2 {
		t.Errorf("another key opens %s", other)
	}
	if keyless := d.open(ana, opening("")); keyless.Number != 3 {
		t.Errorf("an opening without a key gives %s", keyless)
	}
	if keyless := d.open(ana, opening("")); keyless.Number != 4 {
		t.Errorf("a second opening without a key gives %s", keyless)
	}
	neighbour := ticket.Actor{Tenant: "elsewhere", Person: ana.Person}
	o := opening("k1")
	o.Place = ticket.Place{}
	if theirs := d.open(neighbour, o); theirs.Number != 1 || theirs.Tenant != "elsewhere" {
		t.Errorf("the same key of another tenant gives %+v", theirs.ID)
	}
}

func TestTheSameOpeningAtTheSameMomentOpensOneTicket(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var all sync.WaitGroup
	numbers := make([]int64, 8)
	for i := range numbers {
		all.Go(func() {
			tk, err := d.Open(t.Context(), ana, opening("k1"))
			if err != nil {
				t.Error(err)
				return
			}
			numbers[i] = tk.Number
		})
	}
	all.Wait()
	if diff := cmp.Diff([]int64{1, 1, 1, 1, 1, 1, 1, 1}, numbers); diff != "" {
		t.Error(diff)
	}
}

func TestAnIntakeWithFaultsOpensNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := opening("k1")
	o.Title, o.Users = " ", "lots"
	_, err := d.Open(t.Context(), ana, o)
	wantSaid(t, err, "title: error.title_required", "users: error.users_unclear")
	d.wantTasks()
	if got := d.open(ana, opening("k1")); got.Number != 1 {
		t.Errorf("after the faults, the form opens %s", got)
	}
}

func TestShowingATicketSendsACopyOfItsCard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening(""))
	d.store.TakeTasks()
	place := ticket.Place{Tenant: "desk", Conversation: "a:bo"}
	got, err := d.Show(t.Context(), first.ID, place)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, got); diff != "" {
		t.Error(diff)
	}
	d.wantTasks(ticket.Task{Job: ticket.PostCard{Tenant: "desk", Post: 2}})
	_, err = d.Show(t.Context(), ticket.ID{Tenant: "desk", Number: 7}, place)
	wantSaid(t, err, "error.not_found")
	_, err = d.Show(t.Context(), first.ID, ticket.Place{Tenant: "elsewhere", Conversation: "a:eve"})
	wantSaid(t, err, "error.not_found")
	d.wantTasks()
}

func TestACardThatWasSentRetiresTheOnesBeforeItInItsPlace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.open(ana, opening(""))
	other := ticket.Place{Tenant: "desk", Conversation: "19:other"}
	sent := func(place ticket.Place, activity string) {
		t.Helper()
		if _, err := d.Show(t.Context(), first.ID, place); err != nil {
			t.Fatal(err)
		}
		posts, err := d.store.Posts(t.Context(), first.ID)
		if err != nil {
			t.Fatal(err)
		}
		post := posts[len(posts)-1]
		post.Activity, post.Shown = activity, 1
		d.store.TakeTasks()
		if err := d.Posted(t.Context(), post); err != nil {
			t.Fatal(err)
		}
	}
	// The ticket may have changed meanwhile.
	edit := func(post int64) ticket.Task {
		return ticket.Task{Job: ticket.EditCard{Tenant: "desk", Number: 1, Post: post}}
	}

	sent(thread, "m1")
	d.wantTasks(edit(2))
	sent(other, "m2")
	d.wantTasks(edit(3))
	sent(thread, "m3")
	d.wantTasks(edit(4), ticket.Task{Job: ticket.RetireCard{Place: thread, Number: 1, Activity: "m1"}})
}
