package main

import (
	"strings"
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// historyOf has a person look at the newest page of a ticket's history.
func historyOf(who *teamstest.Person, card *teamstest.Card) string {
	history := card.Press(who, "History")
	history.Press(who, "Back")
	return history.Text()
}

func TestStoryATicketIsEscalatedAndDecidedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		fills(ana, card, "To do: Try to reproduce", form{"choice": "no", "words": "It works here"})
		fills(ana, card, "To do: Likely root cause", form{"choice": "unknown", "words": "No idea yet"})

		// What cannot be decided comes back with what was typed.
		decide := card.Press(ana, "To do: Decide: fix or escalate")
		refused := decide.Press(ana, "Save", form{"choice": "fix", "words": "I try something"})
		says(t, refused.Text(), "Record the likely root cause first", "I try something")
		refused = refused.Press(ana, "Save", form{"choice": "alone", "words": "Please look at the service"})
		says(t, refused.Text(), "Choose at least one reason", "Please look at the service")
		refused.Press(ana, "Save", form{"reasons": "knowledge"})
		card.Expect("Escalated to Senior engineer by Ana Lima", "Please look at the service", "the answer of Senior engineer")

		card.Press(ana, "Withdraw").Press(ana, "Save", form{"reason": "Found it myself"})
		card.Expect("decide to fix or to escalate")
		fills(ana, card, "Done: Likely root cause", form{"choice": "code", "words": "A race in the posting service"})
		card.Press(ana, "To do: Decide: fix or escalate").Press(ana, "Save", form{
			"choice": "alone", "words": "Please mend the race", "reasons": "knowledge,business_risk", "level": "dev",
		})
		card.Expect("Escalated to Dev team by Ana Lima")

		fills(ana, card, "Answer", form{"words": "Mended in release 7, says Kofi"})
		card.Expect("Dev team answered", "decide to fix or to escalate")
		fills(ana, card, "To do: Decide: fix or escalate", form{"choice": "fix", "words": "I roll out release 7"})
		card.Press(ana, "Skip rest").Press(ana, "Save", form{"reason": "Not needed any more"})
		card.Expect("skipped: Not needed any more")
		moves(ana, card, "Step 4 of 7")
		says(t, historyOf(ana, card),
			"escalated to Dev team", "recorded the answer of Dev team", "withdrew the escalation to Senior engineer", "decided: Fix")
	})
}

func TestStoryATicketComesBackToDiagnosisAndIsReopened(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.FollowUp, ana)
		card := shows(ana, chat, "T-1")
		card.Press(ana, "Not fixed").Press(ana, "Save", form{"reason": "The error is back"})
		card.Expect("Step 3 of 7", "record the likely root cause, decide to fix or to escalate")
		says(t, historyOf(ana, card), "not fixed after all: Follow-up → Diagnosis", "The error is back")
		card.Press(ana, "Close early").Press(ana, "Save", form{"reason": "Contoso needs it no more"})
		card.Expect("Closed early", "Contoso needs it no more")
		chat.Says(ana, "board")
		chat.ExpectCard("No ticket is open")
		card.Press(ana, "Reopen").Press(ana, "Save", form{"reason": "They do need it"})
		card.Expect("Step 3 of 7", "opened")
		says(t, historyOf(ana, card), "opened the ticket again, in Diagnosis", "They do need it", "closed the ticket early")

		fills(ana, card, "To do: Likely root cause", form{"choice": "data", "words": "A broken record"})
		fills(ana, card, "To do: Decide: fix or escalate", form{"choice": "fix", "words": "I mend the record"})
		moves(ana, card, "Step 4 of 7")
	})
}

func TestStoryTheClassFollowsTheFactsUntilAPersonSaysOtherwise(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Reception, ana)
		card := shows(ana, chat, "T-1")
		for _, c := range []struct{ users, date, why string }{
			{"4", "", "Standard because 4 users are affected (fewer than 5)"},
			{"5", "", "Priority because 5 users are affected (5 to 25)"},
			{"25", "", "Priority because 25 users are affected (5 to 25)"},
			{"26", "", "Expedite because 26 users are affected (more than 25)"},
			{"1", "2037-12-24", "Fixed deadline because it has to be done by Thu 24 Dec, 23:59"},
			{"26", "2037-12-24", "Expedite because 26 users are affected (more than 25) · fixed date Thu 24 Dec, 23:59"},
			{"", "2037-12-24", "Fixed deadline because it has to be done by Thu 24 Dec, 23:59"},
		} {
			card.Press(ana, "Edit").Press(ana, "Save", form{"users": c.users, "date": c.date})
			card.Expect(c.why)
		}
		card.Press(ana, "Change the class of service").Press(ana, "Save", form{"class": "expedite", "reason": "The chief *called*"})
		card.Expect("Expedite, set by Ana Lima: The chief \\*called\\* (by the rule it would be Fixed deadline)")
		card.Press(ana, "Edit").Press(ana, "Save", form{"users": "2", "date": "", "time": ""})
		card.Expect("Expedite, set by Ana Lima", "by the rule it would be Standard")
		card.Press(ana, "Change the class of service").Press(ana, "Save", form{"class": "standard", "reason": "Calm again"})
		card.Expect("Standard because 2 users are affected")
	})
}

func TestStoryTheHistoryHasPages(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.TrendAnalysis, ana)
		card := shows(ana, chat, "T-1")
		newest := card.Press(ana, "History")
		says(t, newest.Text(), "History of T-1", "Follow-up → Trend analysis")
		saysNot(t, newest.Text(), "opened the ticket")
		seen, page := newest.Text(), newest
		for range 10 {
			if !strings.Contains(strings.Join(page.Buttons(), " "), "Older") {
				break
			}
			page = page.Press(ana, "Older")
			seen += page.Text()
		}
		says(t, page.Text(), "opened the ticket", "Newer", "Back")
		for _, line := range []string{"Acknowledge receipt: In the customer's ticket", "decided: Fix", "Verify and test: done", "Resolution → Communication"} {
			if n := strings.Count(seen, line); n != 1 {
				t.Errorf("%q is said %d times on the pages", line, n)
			}
		}
		says(t, page.Press(ana, "Back").Text(), "Step 7 of 7")
	})
}
