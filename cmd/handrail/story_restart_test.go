package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"handrail/internal/store/storetest"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

func TestStoryHandrailIsStoppedAndStartedInTheMiddle(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		moves(ana, card, "Step 2 of 7")
		half := clickOf(t, evidence(ana, card, "Acknowledge"), "Save").with("choice", "mail").with("words", "We have it")
		w.handrail.end()
		w.start()
		// The form that was open is saved, and the card goes on.
		says(t, half.by(t, ana).Text(), "We have it")
		card.Expect("We have it")
		fills(ana, card, "Expectations", form{"words": "We write again tomorrow"})
		w.settle()
		chat.ExpectNoMore()
	})
}

func TestStoryHandrailIsKilledInTheMidstOfItsWork(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat, group := w.Person("Ana Lima"), w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		other := shows(ana, group, "T-1")
		w.settle()

		// Teams hangs while it is told of a change, and refuses what else is said.
		hanging := make(chan struct{})
		chat.FailNext(1, teamstest.Slow(hanging))
		group.FailNext(3, teamstest.Failing(http.StatusServiceUnavailable))
		clickOf(t, card, "Next step").by(t, ana)
		group.Says(ana, "board")
		w.isAt("card.refresh running")
		w.handrail.kill()
		close(hanging)

		w.clock.Advance(time.Minute) // nobody waits for the dead any more
		w.start()
		w.settle()
		card.Expect("Step 2 of 7")
		other.Expect("Step 2 of 7")
		group.ExpectCard("Board", "1 open ticket")
		fills(ana, card, "Acknowledge", form{"choice": "mail", "words": "We have it"})
		other.Expect("We have it")
		if entries, err := w.desk().Store.History(t.Context(), w.stored(1).ID, 0, 50); err != nil || count(entries, ticket.EntryStep) != 1 {
			t.Errorf("the step was moved %d times (%v)", count(entries, ticket.EntryStep), err)
		}
	})
}

func TestStoryHandrailIsKilledWhileItTellsTwoHundredConversations(t *testing.T) {
	const many = 200
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chats := make([]*teamstest.Conversation, many)
		for i := range chats {
			chats[i] = w.GroupChat(fmt.Sprint("Desk ", i), "Ana Lima")
			place := ticket.Place{Tenant: w.Tenant(), Conversation: chats[i].Root()}
			w.knows(place)
			if err := w.desk().Follow(t.Context(), ticket.Follow{Place: place, By: w.actor(ana).Person}); err != nil {
				t.Fatal(err)
			}
		}
		// killed ends Handrail after so many calls to Teams, and starts it again.
		killed := func(method string, calls int) {
			t.Helper()
			w.waits(fmt.Sprintf("makes %d calls of %s", calls, method), func([]string, time.Time) bool {
				made := 0
				for _, call := range w.Calls() {
					if call.Method == method {
						made++
					}
				}
				return made >= calls
			})
			w.handrail.kill()
			w.clock.Advance(time.Minute)
			w.start()
		}
		w.opens(ana, w.Personal("Ana Lima"), "Invoices cannot be posted", outage())
		killed(http.MethodPost, 20)
		killed(http.MethodPut, 60)
		w.settle()
		_, err := w.desk().Change(t.Context(), w.actor(ana), ticket.Press{ID: w.stored(1).ID}, func(c *ticket.Change) error {
			return c.OverrideClass(ticket.Standard, "It turned out so")
		})
		if err != nil {
			t.Fatal(err)
		}
		killed(http.MethodPut, 300)
		w.settle()
		for _, chat := range chats {
			counted(t, chat, "T-1 · Contoso", 1)
			chat.ExpectCard("T-1 · Contoso", "Standard")
		}
		neverOlder(t, w)
	})
}

func TestStoryHandrailIsKilledAfterEveryClick(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		chat.Says(ana, "new Invoices cannot be posted")
		card := chat.ExpectCard("New ticket")
		again := func(c click) {
			c.by(t, ana)
			w.settle()
			w.handrail.kill()
			w.start()
			// Whoever sees no answer presses again.
			saysNot(t, c.by(t, ana).Text(), "changed nothing")
			w.settle()
		}
		save := clickOf(t, card, "Open ticket")
		for name, value := range invoices() {
			save = save.with(name, value)
		}
		again(save)
		card = card.Expect("T-1", "Step 1 of 7")
		again(clickOf(t, card, "Next step"))
		card = card.Expect("Step 2 of 7")
		again(clickOf(t, evidence(ana, card, "Acknowledge"), "Save").with("choice", "mail").with("words", "We have it"))
		card.Expect("We have it")
		if version := w.stored(1).Version; version != 3 {
			t.Errorf("the ticket is at version %d, want 3", version)
		}
		if page, err := w.desk().Store.Tickets(t.Context(), ticket.Query{Tenant: w.Tenant(), Limit: 5}); err != nil || page.Total != 1 {
			t.Errorf("there are %d tickets (%v), want one", page.Total, err)
		}
	})
}

func count(entries []ticket.Entry, kind ticket.EntryKind) int {
	n := 0
	for _, entry := range entries {
		if entry.Kind == kind {
			n++
		}
	}
	return n
}

func TestStoryTwoHandrailsShareTheWorkOnOnePostgres(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Postgres(t))
	one, two := w.start(), w.start()
	ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
	w.ticketIn(ticket.Diagnosis, ana)
	copies := []*teamstest.Card{
		shows(ana, w.Personal("Ana Lima"), "T-1"),
		shows(kofi, w.GroupChat("Desk", "Ana Lima", "Kofi Annan"), "T-1"),
		shows(kofi, w.Channel("Support", "Kofi Annan"), "T-1"),
	}
	w.settle()
	for i, said := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight"} {
		w.Connect([]*running{one, two}[i%2].url + "/api/messages")
		edit := clickOf(t, copies[0].Reload(), "Edit")
		save := clickOf(t, edit.by(t, ana), "Save").with("details", "Try "+said)
		saysNot(t, save.by(t, ana).Text(), "What you typed is still here")
	}
	w.settle()
	for _, card := range copies {
		says(t, card.Reload().Text(), "Try eight")
		if shown, want := version(card.Reload()), w.stored(1).Version; shown != want {
			t.Errorf("a copy shows version %d, want %d", shown, want)
		}
	}
	// When one of them dies, the other has all the work.
	one.kill()
	w.Connect(two.url + "/api/messages")
	w.Personal("Ana Lima").Says(ana, "board")
	w.Personal("Ana Lima").ExpectCard("Board", "1 open ticket")
	copies[0].Press(ana, "Edit").Press(ana, "Save", form{"details": "Alone now"})
	for _, card := range copies {
		card.Expect("Alone now")
	}
}
