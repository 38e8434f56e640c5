package main

import (
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// fills has a person open a form, fill it in and save it, and waits until
// everybody sees the evidence on the card.
func fills(who *teamstest.Person, card *teamstest.Card, button string, typed form) {
	evidence(who, card, button).Press(who, "Save", typed)
	card.Expect(typed["words"] + typed["reason"])
}

// moves has a person end the step of a ticket, and waits until everybody sees
// the next one.
func moves(who *teamstest.Person, card *teamstest.Card, step string) {
	card.Press(who, "Next step")
	card.Expect(step)
}

// toDiagnosis has a person bring a new ticket to Diagnosis.
func toDiagnosis(who *teamstest.Person, card *teamstest.Card) {
	moves(who, card, "Step 2 of 7")
	fills(who, card, "Acknowledge", form{
		"choice": "mail", "words": "We have it and look into it", "expectations": "true", "clarify": "true",
	})
	moves(who, card, "Step 3 of 7")
}

// diagnoses has a person do all of Diagnosis but the decision.
func diagnoses(who *teamstest.Person, card *teamstest.Card) {
	fills(who, card, "Gather", form{"words": "Screenshot of the error"})
	fills(who, card, "Reproduce", form{"choice": "yes", "words": "Posted an invoice on the test system"})
	fills(who, card, "Logs", form{"words": "The posting service logs 4711"})
	fills(who, card, "Root cause", form{"choice": "configuration", "words": "A tax code is missing"})
}

// toResolution has a person bring a ticket from Diagnosis to Resolution.
func toResolution(who *teamstest.Person, card *teamstest.Card) {
	diagnoses(who, card)
	fills(who, card, "Decide", form{"choice": "fix", "words": "I add the tax code"})
	moves(who, card, "Step 4 of 7")
}

// toFollowUp has a person bring a ticket from Resolution to Follow-up.
func toFollowUp(who *teamstest.Person, card *teamstest.Card) {
	fills(who, card, "Solution", form{"choice": "fix", "words": "Added tax code V7"})
	fills(who, card, "Verify", form{"words": "Posted ten invoices"})
	fills(who, card, "Document", form{"words": "Note in the handbook"})
	moves(who, card, "Step 5 of 7")

	fills(who, card, "Outcome", form{"choice": "mail", "words": "Told Contoso that posting works"})
	card.Press(who, "Skip rest").Press(who, "Save", form{"reason": "Nobody else was touched"})
	card.Expect("skipped: Nobody else was touched")
	moves(who, card, "Step 6 of 7")
}

// toClosed has a person bring a ticket from Follow-up to its end.
func toClosed(who *teamstest.Person, card *teamstest.Card) {
	fills(who, card, "Confirm", form{"words": "Contoso says thanks"})
	fills(who, card, "Feedback", form{"words": "Quick, but the error was hard to read"})
	fills(who, card, "Close out", form{"choice": "phone", "words": "Said that we close it"})
	card.Press(who, "Knowledge").Press(who, "Skip").Press(who, "Save", form{"reason": "Known already"})
	card.Expect("skipped: Known already")
	moves(who, card, "Step 7 of 7")

	fills(who, card, "Patterns", form{"words": "Two more after the same change"})
	fills(who, card, "Category", form{"choice": "configuration", "words": "Tax codes are kept by hand"})
	fills(who, card, "Recurrence", form{"choice": "recurring", "words": "Third time this year"})
	fills(who, card, "Improvements", form{"words": "Asked for a check of tax codes"})
	card.Press(who, "Close ticket")
	card.Expect("Closed")
}

func TestStoryATicketWalksThroughAllSevenSteps(t *testing.T) {
	for name, place := range map[string]func(w *world) *teamstest.Conversation{
		"in a personal chat": func(w *world) *teamstest.Conversation { return w.Personal("Ana Lima") },
		"in a group chat":    func(w *world) *teamstest.Conversation { return w.GroupChat("Desk", "Ana Lima", "Kofi Annan") },
		"in a channel thread": func(w *world) *teamstest.Conversation {
			return w.Channel("Support", "Ana Lima", "Kofi Annan").Thread()
		},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, w *world) {
				ana, chat := w.Person("Ana Lima"), place(w)
				card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
				card.Expect("T-1 · Contoso", "Priority because 12 users are affected", "Owner **Ana Lima**", "Step 1 of 7")
				toDiagnosis(ana, card)
				toResolution(ana, card)
				toFollowUp(ana, card)
				toClosed(ana, card)

				says(t, historyOf(ana, card), "closed the ticket", "Third time this year", "Feed it into improvements: done")
				w.settle()
				chat.ExpectNoMore()
				if cards := chat.Cards(); len(cards) != 1 {
					t.Errorf("the ticket has left %d cards, want the live one only", len(cards))
				}
			})
		})
	}
}

// submits has a person do the same as fills with a client that knows no
// Action.Execute: the form comes as a message of its own.
func submits(who *teamstest.Person, chat *teamstest.Conversation, card *teamstest.Card, button, heading string, typed form) {
	card.Submit(who, button)
	sheet := chat.ExpectCard(heading, "Save")
	sheet.Submit(who, "Save", typed)
	sheet.Expect("T-1 is saved.")
	card.Expect(typed["words"] + typed["reason"])
}

func TestStoryATicketWalksThroughAllSevenStepsInAClientWithoutExecute(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		chat.Says(ana, "new Invoices cannot be posted")
		card := chat.ExpectCard("New ticket")
		card.Submit(ana, "Open ticket", invoices())
		card = card.Expect("T-1 · Contoso", "Step 1 of 7")
		fill := func(button, heading string, typed form) { submits(ana, chat, card, button, heading, typed) }
		next := func(step string) {
			card.Submit(ana, "Next step")
			card.Expect(step)
		}
		next("Step 2 of 7")
		fill("To do: Acknowledge receipt", "Acknowledge receipt", form{"choice": "mail", "words": "We have it"})
		fill("Skip rest", "Skip the rest of this step", form{"reason": "All is clear"})
		next("Step 3 of 7")
		fill("To do: Try to reproduce", "Try to reproduce", form{"choice": "sometimes", "words": "Twice in ten tries"})
		fill("To do: Likely root cause", "Likely root cause", form{"choice": "code", "words": "A race"})
		fill("To do: Decide: fix or escalate", "Decide: fix or escalate", form{"choice": "fix", "words": "I patch it"})
		fill("Skip rest", "Skip the rest of this step", form{"reason": "No logs there"})
		next("Step 4 of 7")
		fill("Solution", "Determine and apply the solution", form{"choice": "workaround", "words": "Post one by one"})
		fill("Verify", "Verify and test", form{"words": "Ten went through"})
		fill("Document", "Document the actions", form{"words": "Wrote it down"})
		next("Step 5 of 7")
		fill("To do: Tell the customer the outcome", "Tell the customer the outcome", form{"choice": "chat", "words": "Told how to work around"})
		fill("Skip rest", "Skip the rest of this step", form{"reason": "Nobody to tell"})
		next("Step 6 of 7")
		fill("Skip rest", "Skip the rest of this step", form{"reason": "No answer in a week"})
		next("Step 7 of 7")
		fill("To do: Root-cause category", "Root-cause category", form{"choice": "code", "words": "Locking"})
		fill("Skip rest", "Skip the rest of this step", form{"reason": "First one"})
		fill("To do: Has it happened before?", "Has it happened before?", form{"choice": "first", "words": "Never seen"})
		card.Submit(ana, "Close ticket")
		card.Expect("Closed", "Reopen")
		w.settle()
		if state := w.stored(1).State; state != ticket.Closed {
			t.Errorf("the ticket is %s", state)
		}
	})
}
