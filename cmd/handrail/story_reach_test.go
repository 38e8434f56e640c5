package main

import (
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

func TestStoryAnOwnerWhoNeverWroteToTheBotIsRemindedInAChatThatItOpens(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, group := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		card := w.opens(ana, group, "Invoices cannot be posted", invoices())
		w.passes(65 * time.Minute)
		chat := w.Personal("Ana Lima")
		nudge := chat.ExpectCard(unacknowledged, "T-1")
		saysNot(t, nudge.Text(), "<at>")
		counted(t, group, unacknowledged, 0)
		says(t, historyOf(ana, card), "reminded Ana Lima: acknowledgement")
		saysNot(t, card.Text(), "cannot write")
	})
}

func TestStoryAnOwnerWithoutTheAppIsMentionedAndTheCardSaysSoUntilTheyAddIt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, group := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.WithoutApp(ana)
		card := w.opens(ana, group, "Invoices cannot be posted", invoices())
		w.passes(65 * time.Minute)
		group.ExpectCard(unacknowledged, "<at>Ana Lima</at>")
		card.Expect("Handrail cannot write to Ana Lima: the app is not installed for them. Ask them to add Handrail, or tell them yourself.")
		chat := w.Personal("Ana Lima")
		w.Install(ana, chat)
		w.settle()
		saysNot(t, card.Text(), "cannot write")
		says(t, historyOf(ana, card), "could not write to Ana Lima", "can write to Ana Lima again")
		toDiagnosis(ana, card)
		w.passes(23 * time.Hour)
		counted(t, chat, dueSoon, 1)
		counted(t, group, dueSoon, 0)
	})
}

func TestStoryARefusalOfEachKindLeadsToTheThreadAndShowsOnTheCard(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		group := w.GroupChat("Desk")
		for name, refusal := range map[string]struct {
			fault teamstest.Fault
			says  string
		}{
			"Bea Blocked":   {teamstest.WritesBlocked(), "they have blocked it"},
			"Rosa Roster":   {teamstest.Forbidden("BotNotInConversationRoster"), "it was removed from their chat"},
			"Ina Installed": {teamstest.Forbidden("ForbiddenOperationException"), "the app is not installed for them"},
			"Dan Disabled":  {teamstest.Forbidden("BotDisabledByAdmin"), "an administrator has switched it off"},
			"Per Mission":   {teamstest.Forbidden("NotEnoughPermissions"), "the app lacks a permission"},
			"Gus Gone":      {teamstest.ConversationGone(), "their chat with it is gone"},
		} {
			who := w.Person(name)
			chat := w.reaches(who)
			card := w.opens(who, group, name+"'s trouble", invoices())
			w.settle()
			chat.FailNext(1, refusal.fault)
			w.passes(65 * time.Minute)
			group.ExpectCard(unacknowledged, "<at>"+name+"</at>")
			counted(t, chat, unacknowledged, 0)
			card.Expect("Handrail cannot write to " + name + ": " + refusal.says)
			chat.Says(who, "help")
			w.settle()
			saysNot(t, card.Text(), "cannot write")
		}
	})
}

func TestStoryAChatThatTheBotWasRemovedFromShowsOnTheOtherCards(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chat, group := w.reaches(ana), w.GroupChat("Desk", "Ana Lima")
		w.opens(ana, group, "Invoices cannot be posted", invoices())
		card := shows(ana, chat, "T-1")
		w.settle()
		group.FailNext(1, teamstest.Forbidden("BotNotInConversationRoster").On("PUT"))
		moves(ana, card, "Step 2 of 7")
		card.Expect("Handrail cannot write in a chat that shows this ticket: it was removed there. Add it again or ignore this.")
		group.Says(ana, "help")
		w.settle()
		saysNot(t, card.Text(), "cannot write")
	})
}

func TestStoryAssigningClosingAndTheClassMoveClocksAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, lena := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person(lead)
		chat, kofis := w.reaches(ana), w.reaches(kofi)
		group := w.GroupChat("Desk", "Ana Lima", "Kofi Annan", lead)
		card := w.opens(ana, group, "Invoices cannot be posted", invoices())
		w.opens(ana, group, "Printers are silent", invoices())
		closed := w.opens(ana, group, "Mail is slow", invoices())
		w.settle()
		// Expedite is nudged after a quarter of an hour, which comes earlier.
		card.Press(ana, "Change the class of service").Press(ana, "Save", form{"class": "expedite", "reason": "The board asks"})
		card.Expect("by 10:15")
		group.Says(lena, "assign T-2 @Kofi Annan", kofi)
		group.ExpectText("is yours now")
		closed.Press(ana, "Close early").Press(ana, "Save", form{"reason": "A duplicate"})
		w.passes(16 * time.Minute)
		counted(t, chat, unacknowledged, 1)
		w.passes(50 * time.Minute)
		counted(t, chat, unacknowledged, 1)
		counted(t, kofis, unacknowledged, 1)
	})
}

func TestStoryRunningClocksFollowTimesThatAreChangedAtARestart(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chat := w.reaches(ana)
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		card.Expect("Acknowledge the customer by 11:00")
		w.settle()
		w.handrail.end()
		w.environ["HANDRAIL_ACKNOWLEDGE_PRIORITY"] = "20m"
		w.start()
		w.settle()
		card.Expect("Acknowledge the customer by 10:20")
		w.passes(21 * time.Minute)
		counted(t, chat, unacknowledged, 1)
		w.handrail.end()
		w.start() // the same times: nothing is said twice
		w.passes(10 * time.Hour)
		counted(t, chat, unacknowledged, 1)
	})
}

func TestStoryASnoozedReminderComesAgainAndHidesNoBreach(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, lena := w.Person("Ana Lima"), w.Person(lead)
		chat, leads := w.reaches(ana), w.reaches(lena)
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.passes(22*time.Hour + time.Minute)
		soon := chat.ExpectCard(dueSoon)
		says(t, soon.Text(), "by 10:00") // the promise, not the reminder
		asked := soon.Press(ana, "Snooze")
		back := asked.Press(ana, "Save", form{"until": "4h", "reason": "They are at lunch"})
		says(t, back.Text(), "the promise would be broken at 10:00")
		back.Press(ana, "Save", form{"until": "1h", "reason": "They are at lunch"})
		card.Expect("snoozed until")
		w.passes(50 * time.Minute)
		counted(t, chat, dueSoon, 1)
		w.passes(15 * time.Minute)
		counted(t, chat, dueSoon, 2)
		saysNot(t, card.Text(), "snoozed until")
		w.passes(time.Hour)
		late := chat.ExpectCard(overdue)
		counted(t, leads, overdue, 1)
		late.Press(ana, "Snooze").Press(ana, "Save", form{"until": "2h", "reason": "Nobody answers"})
		card.Expect("Customer update was due", "snoozed until")
		w.passes(2 * time.Hour)
		counted(t, chat, overdue, 2)
		counted(t, leads, overdue, 1)
		chat.ExpectCard(overdue).Press(ana, "Snooze").Press(ana, "Save", form{"until": "4h", "reason": "Nobody answers"})
		evidence(ana, card, "Update").Press(ana, "Save", form{"choice": "mail", "words": "We are still at it"})
		w.passes(5 * time.Hour) // what was due is done: the snooze has ended
		counted(t, chat, overdue, 2)
		says(t, historyOf(ana, card), "snoozed until", "Nobody answers", "the clock rang: customer update is overdue")
		if got := w.stored(1); got.Breaches != 1 || len(got.Snoozes) > 0 {
			t.Errorf("%d breaches, snoozes %v", got.Breaches, got.Snoozes)
		}
	})
}
