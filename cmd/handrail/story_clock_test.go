package main

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// passes has time go by, until Handrail has done what fell due.
func (w *world) passes(by time.Duration) {
	w.t.Helper()
	w.settle()
	w.clock.Advance(by)
	w.settle()
}

// counted counts the cards of a conversation that say something.
func counted(t *testing.T, chat *teamstest.Conversation, words string, want int) {
	t.Helper()
	n := 0
	for _, card := range chat.Cards() {
		if strings.Contains(card.Text(), words) {
			n++
		}
	}
	if n != want {
		t.Errorf("%d cards say %q, want %d", n, words, want)
	}
}

// reaches has a person write to the bot, so that it can write to them.
func (w *world) reaches(who *teamstest.Person) *teamstest.Conversation {
	w.t.Helper()
	chat := w.Personal(who.Name)
	chat.Says(who, "help")
	chat.ExpectCard("What you can write")
	return chat
}

const (
	unacknowledged = "The customer has not heard from us yet"
	dueSoon        = "The customer is due a word from us by"
	overdue        = "the update is overdue"
)

func TestStoryTheOwnerIsNudgedInPersonToAcknowledge(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, group := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		chat := w.reaches(ana)
		card := w.opens(ana, group, "Invoices cannot be posted", invoices())
		moves(ana, card, "Step 2 of 7")
		w.passes(45 * time.Minute)
		counted(t, chat, unacknowledged, 0)
		w.passes(20 * time.Minute)
		nudge := chat.ExpectCard(unacknowledged, "T-1", "Priority", "Acknowledge")
		saysNot(t, nudge.Text(), "<at>")
		card.Expect("The customer should have been acknowledged by 11:00")

		// The nudge is of use by itself.
		evidence(ana, nudge, "Acknowledge").Press(ana, "Save", form{"choice": "phone", "words": "Called them"})
		card.Expect("Called them")
		w.passes(10 * time.Hour)
		counted(t, chat, unacknowledged, 1)
		counted(t, group, unacknowledged, 0)
	})
}

func TestStoryAnOwnerWhoCannotBeReachedIsNudgedInTheThread(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		w.WithoutApp(ana)
		thread := w.Channel("Support", "Ana Lima").Thread()
		facts := invoices()
		facts["users"] = "30"
		w.opens(ana, thread, "Nobody can log in", facts)
		w.passes(20 * time.Minute)
		nudge := thread.ExpectCard(unacknowledged, "<at>Ana Lima</at>", "Expedite")
		says(t, nudge.Summary(), "T-1 Nobody can log in")

		// Kofi leaves the company with a ticket of his.
		chat, group := w.reaches(kofi), w.GroupChat("Desk", "Kofi Annan")
		w.opens(kofi, group, "Printers are silent", invoices())
		w.Uninstall(kofi, chat)
		w.passes(70 * time.Minute)
		group.ExpectCard(unacknowledged, "<at>Kofi Annan</at>", "T-2")
		counted(t, chat, unacknowledged, 0)
		group.Says(w.Person(lead), "assign T-2 @Ana Lima", ana)
		group.ExpectText("is yours now")
		counted(t, thread, unacknowledged, 1)
	})
}

func TestStoryWhoHasAcknowledgedIsNotNudged(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chat := w.reaches(ana)
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		toDiagnosis(ana, card)
		closed := w.opens(ana, chat, "Printers are silent", invoices())
		closed.Press(ana, "Close early").Press(ana, "Save", form{"reason": "A duplicate"})
		closed.Expect("Closed early")
		w.passes(5 * time.Hour)
		counted(t, chat, unacknowledged, 0)
	})
}

func TestStoryTheCustomerHearsFromUsEveryDayOrTheLeadIsTold(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, lena := w.Person("Ana Lima"), w.Person(lead)
		chat, leads := w.reaches(ana), w.reaches(lena)
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.passes(21 * time.Hour)
		counted(t, chat, dueSoon, 0)
		w.passes(90 * time.Minute)
		soon := chat.ExpectCard(dueSoon, "T-1")
		counted(t, leads, "Invoices", 0)

		// An update moves the clock.
		evidence(ana, soon, "Update").Press(ana, "Save", form{"choice": "mail", "words": "We are still at it"})
		w.passes(4 * time.Hour)
		counted(t, chat, overdue, 0)
		says(t, historyOf(ana, card), "We are still at it")
		w.passes(19 * time.Hour)
		counted(t, chat, dueSoon, 2)
		w.passes(3 * time.Hour)
		counted(t, chat, overdue, 1)
		counted(t, leads, overdue, 1)
		card.Expect("Customer update was due")
		w.passes(50 * time.Hour)
		counted(t, chat, overdue, 1)
		counted(t, leads, overdue, 1)
		counted(t, chat, dueSoon, 2)
	})
}

func TestStoryAFixedDateNudgesMoreAndMore(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, lena := w.Person("Ana Lima"), w.Person(lead)
		chat, leads := w.reaches(ana), w.reaches(lena)
		in := ticket.Intake{Title: "Move the database", Customer: "Contoso", Details: "By then", Date: "2037-12-13", Time: "10:00"}
		w.ticketOf(in, ticket.Reception, ana)
		day := 24 * time.Hour
		for _, c := range []struct {
			by   time.Duration
			said string
		}{
			{10*day + time.Hour, "Half of the time to the fixed date"},
			{5 * day, "Three quarters of the time to the fixed date"},
			{3 * day, "Nine tenths of the time to the fixed date"},
			{1 * day, "One day is left to the fixed date"},
		} {
			w.passes(c.by - 3*time.Hour)
			counted(t, chat, c.said, 0)
			w.passes(3 * time.Hour)
			counted(t, chat, c.said, 1)
		}
		counted(t, leads, "fixed date", 0)
		w.passes(day)
		counted(t, chat, "has come and the work is not done", 1)
		counted(t, leads, "has come and the work is not done", 1)
		w.passes(30 * day)
		counted(t, leads, "has come and the work is not done", 1)
	})
}

func TestStoryAfterDaysAsleepEveryClockRingsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, lena := w.Person("Ana Lima"), w.Person(lead)
		chat, leads := w.reaches(ana), w.reaches(lena)
		w.ticketIn(ticket.Diagnosis, ana)
		in := ticket.Intake{Title: "Move the database", Customer: "Contoso", Details: "By then", Date: "2037-12-13", Time: "10:00"}
		w.ticketOf(in, ticket.Reception, ana)
		w.settle()
		w.handrail.end()
		w.clock.Advance(40 * 24 * time.Hour)
		w.start()
		w.settle()
		for range 2 {
			counted(t, chat, overdue, 1)
			counted(t, leads, overdue, 1)
			counted(t, chat, "has come and the work is not done", 1)
			counted(t, leads, "has come and the work is not done", 1)
			counted(t, chat, unacknowledged, 1)
			w.passes(40 * 24 * time.Hour)
		}
	})
}
