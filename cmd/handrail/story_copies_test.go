package main

import (
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

func TestStoryEveryCopyOfTheCardFollowsTheTicket(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		w.ticketIn(ticket.Diagnosis, ana)
		copies := []*teamstest.Card{
			shows(ana, w.Personal("Ana Lima"), "T-1"),
			shows(kofi, w.GroupChat("Desk", "Ana Lima", "Kofi Annan"), "T-1"),
			shows(kofi, w.Channel("Support", "Kofi Annan"), "T-1"),
		}
		for i, words := range []string{"First try", "Second try", "Third try", "Last try"} {
			copies[i%2].Press(ana, "Edit").Press(ana, "Save", form{"details": words})
		}
		for _, card := range copies {
			card.Expect("Last try")
		}
		w.settle()
		for _, card := range copies {
			if shown, want := version(card.Reload()), w.stored(1).Version; shown != want {
				t.Errorf("a copy shows version %d, want %d", shown, want)
			}
		}
	})
}

func TestStoryACardThatWasDeletedIsPostedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat, group := w.Person("Ana Lima"), w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.ticketIn(ticket.Reception, ana)
		deleted, card := shows(ana, chat, "T-1"), shows(ana, group, "T-1")
		chat.Delete(deleted)
		moves(ana, card, "Step 2 of 7")
		again := chat.ExpectCard("T-1 · Contoso", "Step 2 of 7")
		fills(ana, again, "Acknowledge", form{"choice": "mail", "words": "We have it"})
		card.Expect("We have it")
		w.settle()
		if n := len(chat.Cards()); n != 1 {
			t.Errorf("there are %d cards, want one", n)
		}
	})
}

func TestStoryAConversationThatBlocksTheBotDoesNoHarm(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat, group := w.Person("Ana Lima"), w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.ticketIn(ticket.Reception, ana)
		card, blocked := shows(ana, chat, "T-1"), shows(ana, group, "T-1")
		w.settle()
		before := blocked.Edits()
		group.FailNext(1, teamstest.WritesBlocked())
		moves(ana, card, "Step 2 of 7")
		w.settle()
		if n := len(w.diary.find("the connector refused a message", "MessageWritesBlocked")); n != 1 {
			t.Errorf("the log tells %d times of the block, want once", n)
		}
		fills(ana, card, "Acknowledge", form{"choice": "mail", "words": "We have it"})
		w.settle()
		if n := blocked.Edits() - before; n != 0 {
			t.Errorf("the blocked conversation was written to %d times", n)
		}
		// Whoever writes there again has let the bot in again.
		group.Says(ana, "help")
		group.ExpectCard("What you can write")
		card.Press(ana, "Edit").Press(ana, "Save", form{"details": "Everybody sees this"})
		blocked.Expect("Everybody sees this")
	})
}

func TestStoryABotThatWasTakenOutComesBack(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat, group := w.Person("Ana Lima"), w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.ticketIn(ticket.Reception, ana)
		card, left := shows(ana, chat, "T-1"), shows(ana, group, "T-1")
		w.Uninstall(ana, group)
		moves(ana, card, "Step 2 of 7")
		w.settle()
		for _, call := range w.Calls() {
			if call.Status >= 400 {
				t.Errorf("the bot called where it was taken out: %s %s: %d", call.Method, call.Path, call.Status)
			}
		}
		w.Install(ana, group)
		group.ExpectCard("Hello, I am Handrail")
		card.Press(ana, "Edit").Press(ana, "Save", form{"details": "Everybody sees this"})
		left.Expect("Everybody sees this")
	})
}
