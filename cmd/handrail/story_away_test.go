package main

import (
	"testing"
	"time"

	"handrail/internal/ticket"
)

func TestStoryWhileAnOwnerIsAwayTheStandInIsNudgedAndActs(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		chat, home, group := w.reaches(ana), w.reaches(kofi), w.GroupChat("Desk", "Ana Lima", "Kofi Annan")
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, group, "T-1")
		chat.Says(ana, "away until Thursday kofi")
		chat.ExpectCard("You are away until Thu", "1 open ticket is yours: T-1", "Kofi Annan")
		home.ExpectCard("You stand in for Ana Lima until Thu", "T-1 ·", "Step 3 of 7: Diagnosis")
		card.Expect("Owner **Ana Lima** (away until Thu", "Kofi Annan stands in)")

		w.passes(23 * time.Hour)
		nudge := home.ExpectCard(dueSoon, "T-1", "Ana Lima", "Kofi Annan stands in")
		counted(t, chat, dueSoon, 0)
		evidence(kofi, nudge, "Update").Press(kofi, "Save", form{"choice": "mail", "words": "We are still at it"})
		says(t, historyOf(ana, card), "Kofi Annan", "We are still at it", "Ana Lima is away until Thu", "Kofi Annan stands in")
		w.owns(ana.ID, 1)

		// The time is over: the owner again.
		w.passes(36 * time.Hour)
		w.passes(24 * time.Hour)
		card.Expect("Owner **Ana Lima** · opened")
		counted(t, chat, overdue, 0)
		home.ExpectCard(overdue)
		live := shows(ana, chat, "T-1")
		says(t, historyOf(ana, live), "Ana Lima is back")
		evidence(ana, live, "Update").Press(ana, "Save", form{"choice": "mail", "words": "Nearly there"})
		w.passes(23 * time.Hour)
		counted(t, chat, dueSoon, 1)
		counted(t, home, dueSoon, 1)
	})
}

func TestStoryWithoutAStandInRemindersGoToTheThreadAndCallNobody(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chat, thread := w.reaches(ana), w.Channel("Support", "Ana Lima").Thread()
		w.opens(ana, thread, "Invoices cannot be posted", invoices())
		chat.Says(ana, "away until tomorrow")
		chat.ExpectCard("You are away until Tue", "Without a stand-in")
		w.passes(2 * time.Hour)
		nudge := thread.ExpectCard(unacknowledged, "Ana Lima", "away until Tue")
		saysNot(t, nudge.Text(), "<at>")
		counted(t, chat, unacknowledged, 0)
	})
}

func TestStoryBackEndsAnAbsence(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		chat, home := w.reaches(ana), w.reaches(kofi)
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		chat.Says(ana, "away until Friday")
		asked := chat.ExpectCard("You are away until Fri")
		asked.Press(ana, "Save", form{"person": kofi.ID})
		card.Expect("Kofi Annan stands in")
		chat.Says(ana, "back")
		chat.ExpectText("Welcome back.")
		card.Expect("Owner **Ana Lima** · opened")
		w.passes(23 * time.Hour)
		counted(t, chat, dueSoon, 1)
		counted(t, home, dueSoon, 0)
		chat.Says(ana, "back")
		chat.ExpectText("You are not away.")
	})
}

func TestStoryWhoGoesAwayForLongHandsTheirTicketsOver(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		chat, home := w.reaches(ana), w.reaches(kofi)
		w.ticketIn(ticket.Diagnosis, ana)
		w.ticketIn(ticket.Reception, ana)
		chat.Says(ana, "away until Friday")
		asked := chat.ExpectCard("2 open tickets are yours: T-1, T-2")
		done := asked.Press(ana, "Save", form{"person": kofi.ID, "choice": "tickets"})
		says(t, done.Text(), "T-1, T-2 belong to Kofi Annan now.", "Kofi Annan stands in")
		home.ExpectCard("Ana Lima hands 2 tickets over to you")
		w.settle()
		w.owns(kofi.ID, 1, 2)
		counted(t, home, "You stand in", 0)
		// A ticket that comes to her while she is away is looked after all the same.
		w.opens(kofi, home, "Printers are silent", invoices())
		group := w.GroupChat("Desk", "Ana Lima", "Kofi Annan")
		group.Says(kofi, "handover T-3 @Ana Lima", ana)
		group.ExpectText("T-3 belongs to Ana Lima now.", "Mind that Ana Lima is away until Fri")
		w.passes(2 * time.Hour)
		counted(t, home, "Please acknowledge receipt", 2)
	})
}
