package main

import (
	"testing"
	"time"

	"handrail/internal/ticket"
)

func TestStoryTheBoardSaysWhoHasAnEscalatedTicketAndHandbackReturnsIt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		w.ticketIn(ticket.Diagnosis, d.ana)
		desk := w.GroupChat("Desk", "Ana Lima")
		desk.Says(d.ana, "board escalated")
		desk.ExpectCard("No ticket is escalated. Press All to see every open ticket.")
		w.escalates(1, d.ana, ticket.Dev)
		d.chat.Says(d.ana, "board escalated")
		board := d.chat.ExpectCard("Board: escalated", "1 open ticket", "T-1", "waits for Kofi Annan, Dev team, climbs 11:00")
		w.changes(1, d.kofi, func(c *ticket.Change) error { return c.Ask(1, "Which release?", ticket.Place{}) })
		w.passes(3 * time.Second)
		board.Expect("a question of Kofi Annan, Dev team, waits for the owner")
		w.changes(1, d.ana, func(c *ticket.Change) error { return c.Reply(1, "That of May") })
		w.changes(1, d.kofi, func(c *ticket.Change) error { return c.Accept(1) })
		w.passes(3 * time.Second)
		board.Expect("with Kofi Annan, Dev team, since 10:00")

		// Others may not hand it back; whoever accepted may.
		eve, evening := w.Person("Eve Other"), w.Personal("Eve Other")
		evening.Says(eve, "handback T-1 It is mine")
		evening.ExpectText("Ana Lima")
		evening.Says(eve, "handback")
		evening.ExpectText("Which ticket? Write its number, as in: handback T-1")
		home := w.reaches(d.kofi)
		home.Says(d.kofi, "handback T-1")
		form := home.ExpectCard("Hand the ticket back", "T-1")
		form.Press(d.kofi, "Hand back", map[string]string{"words": "The flag of May was off. It is on again."})
		form.Expect("T-1 is back with Ana Lima, who is told what came of it.")
		w.settle()
		d.chat.ExpectText("Kofi Annan has answered the escalation of T-1")
		card := shows(d.ana, d.chat, "T-1")
		card.Expect("Dev team answered", "The flag of May was off.")
		says(t, historyOf(d.ana, card), "The flag of May was off.")

		// With its words at once, and never twice.
		w.escalates(2, d.ana, ticket.Dev)
		home.Says(d.kofi, "handback T-2: Nothing is wrong there")
		home.ExpectText("T-2 is back with Ana Lima")
		home.Says(d.kofi, "handback T-2 Once more")
		home.ExpectText("T-2 belongs to Ana Lima.")
		desk.Says(d.ana, "board escalated")
		desk.ExpectCard("No ticket is escalated.")
	})
}

func TestStoryAReportCountsEscalations(t *testing.T) {
	onEachWith(t, withSite, func(t *testing.T, w *world) {
		d := escalating(w)
		w.escalates(1, d.ana, ticket.Dev)
		w.passes(61 * time.Minute)
		w.changes(1, d.kofi, func(c *ticket.Change) error { return c.Answer("The flag of May") })
		w.changes(1, d.ana, func(c *ticket.Change) error {
			return c.Escalate(ticket.Escalating{
				Level: ticket.Management, Reasons: []ticket.Reason{ticket.NeedsApproval, ticket.BusinessRisk}, Ask: "May we?",
			})
		})
		d.chat.Says(d.ana, "report")
		report := d.chat.ExpectCard("Report: 30 days", "Escalations", "Beyond the owner's knowledge: 1, Needs approval: 1, High business risk: 1",
			"Dev team: 1, Management: 1", "1 of 2, 1 times in all", "Answered: 1, Still open: 1", "1 h")
		_, sheet := gets(t, linkOf(t, w, report))
		says(t, sheet, "Breaches,Escalations,Climbs", ",0,2,1")
	})
}
