package main

import (
	"testing"

	"handrail/internal/ticket"
)

func TestStoryAnEngineerEscalatesWithATextThatIsSeenFirst(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		home, dev := w.reaches(ana), w.GroupChat("Dev", "Kofi Annan", lead)
		w.ticketIn(ticket.Diagnosis, ana)
		sheet := home.Says(ana, "escalate T-1").ExpectCard("Beyond the owner's knowledge → Senior engineer", "Needs approval → Management", "Dev team: nobody yet")
		facts := form{"reasons": "knowledge", "level": "dev", "words": "Please mend the rounding."}
		says(t, sheet.Press(ana, "Go on", facts).Text(), "Nobody stands behind Dev team yet", "Please mend the rounding.")

		w.routed(dev, ticket.Dev, kofi)
		text := sheet.Press(ana, "Go on", facts)
		preview := text.Press(ana, "Preview", form{"text_steps": "Press Post", "text_logs": "sum 119.01", "text_impact": "12 users wait"})
		says(t, preview.Text(), "This is what Dev team will read", "Please mend the rounding.", "Press Post")
		again := preview.Press(ana, "Change the question")
		says(t, again.Text(), "Please mend the rounding.")
		preview = again.Press(ana, "Go on", form{"reasons": "knowledge", "level": "dev", "words": "Please mend the rounding of tax lines."}).Press(ana, "Preview")
		says(t, preview.Text(), "Please mend the rounding of tax lines.", "Press Post", "sum 119.01")
		preview.Press(ana, "Send")
		w.settle()
		dev.ExpectCard("Please mend the rounding of tax lines.", "Press Post", "sum 119.01", "Waits for Kofi Annan")
		e := w.stored(1).Escalations[0]
		if sent, err := w.desk().Store.Text(t.Context(), w.Tenant(), e.Text); err != nil || sent.SentAt == nil {
			t.Errorf("the text that was sent: %+v, %v", sent, err)
		}
		home.Says(ana, "escalate T-1")
		home.ExpectText("The escalation to Dev team is still open.")
	})
}

func TestStoryTheDecisionLeadsToTheTextForManagement(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, maria := w.Person("Ana Lima"), w.Person("Maria Sol")
		home, group := w.reaches(ana), w.GroupChat("Management", "Maria Sol", lead)
		w.routed(group, ticket.Management, maria)
		w.ticketIn(ticket.Diagnosis, ana)
		live := shows(ana, home, "T-1")
		decide := live.Press(ana, "To do: Decide: fix or escalate")
		text := decide.Press(ana, "Save", form{"choice": "escalate", "words": "May we roll back?", "reasons": "approval"})
		preview := text.Press(ana, "Preview", form{
			"option_1": "Roll back", "consequence_1": "20 minutes without service", "option_2": "Wait", "consequence_2": "invoices wait",
			"text_recommendation": "Roll back", "decider": "Maria", "date": "2037-11-24",
		})
		send := clickOf(t, preview, "Send")
		w.changes(1, ana, func(c *ticket.Change) error { return c.CloseEarly("A duplicate") })
		says(t, send.by(t, ana).Text(), "T-1 is closed.", "Nothing was sent; your text is kept with T-1.")
		w.changes(1, ana, func(c *ticket.Change) error { return c.Reopen("It is none") })
		together(func() { send.by(t, ana) }, func() { send.by(t, ana) })
		w.settle()
		group.ExpectCard("Decision needed", "May we roll back?", "Option 1:", "20 minutes without service")
		counted(t, group, "Decision needed", 1)
	})
}

func TestStoryAnEngineerAsksByThemselves(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, zoe := w.Person("Ana Lima"), w.Person("Zoe Out")
		home, other := w.reaches(ana), w.GroupChat("Other", "Zoe Out")
		w.ticketIn(ticket.Diagnosis, ana)
		other.Says(zoe, "escalate T-1")
		other.ExpectText("T-1 belongs to Ana Lima.")
		sheet := home.Says(ana, "escalate T-1").ExpectCard("Escalate")
		sheet.Press(ana, "Go on", form{"reasons": "security_data", "words": "May we tell them?", "choice": "alone"})
		sheet.Expect("T-1 waits for Management: you ask them yourself")
		w.settle()
		if e := w.stored(1).Escalations[0]; !e.Alone || len(e.Climbs) != 0 || e.Level != ticket.Management {
			t.Errorf("the escalation is %+v", e)
		}
	})
}

func TestStoryASecondTextGoesAsTheFirstDid(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		home, dev := w.reaches(ana), w.GroupChat("Dev", "Kofi Annan", lead)
		w.routed(dev, ticket.Dev, kofi)
		w.ticketIn(ticket.Diagnosis, ana)
		for range 2 {
			w.settle()
			sheet := home.Says(ana, "escalate T-1").ExpectCard("Beyond the owner")
			text := sheet.Press(ana, "Go on", form{"reasons": "knowledge", "level": "dev", "words": "Please mend the rounding."})
			text.Press(ana, "Preview", form{"text_steps": "Press Post", "text_logs": "sum 119.01", "text_impact": "12 users wait"}).Press(ana, "Send")
			w.changes(1, ana, func(c *ticket.Change) error { return c.Withdraw("Asked for too early") })
			update := home.Says(ana, "draft T-1 update").ExpectCard("Update for the customer", "Current status")
			update.Press(ana, "Preview", form{
				"text_acknowledge": "Thank you for your patience.", "text_current_status": "We are looking into it.", "text_next_steps": "Next, we will test it.",
				"text_expectations": "You will hear from us soon.", "text_contact": "Please reply to this message.",
			}).Press(ana, "I sent it", form{"way": "mail"})
		}
		if sent := w.stored(1).Escalations; len(sent) != 2 {
			t.Errorf("%d escalations are on the ticket, want 2", len(sent))
		}
		texts, err := w.desk().Store.Texts(t.Context(), ticket.ID{Tenant: w.Tenant(), Number: 1}, 9)
		if err != nil || len(texts) != 4 {
			t.Errorf("%d texts were sent, want 4 (%v)", len(texts), err)
		}
	})
}
