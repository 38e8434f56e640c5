package main

import (
	"testing"

	"handrail/internal/ticket"
)

func TestStoryTheSameTroubleIsAskedAboutBeforeATicketIsOpened(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketOf(trouble("Contoso", "4"), ticket.Diagnosis, ana)
		w.ticketOf(ticket.Intake{Title: "Printer jams", Customer: "Contoso", Details: "Floor 2", Users: "1"}, ticket.Reception, ana)

		// Nothing similar: nothing is asked.
		chat.Says(ana, "new Screens flicker").ExpectCard("New ticket").
			Press(ana, "Open ticket", form{"customer": "Fabrikam", "details": "All of them", "users": "3"})
		chat.ExpectCard("T-3", "Screens flicker")

		// A fault comes first, then the question, with everything kept; who says no opens a new one.
		sheet := chat.Says(ana, "new VPN drops again").ExpectCard("New ticket")
		wrong := sheet.Press(ana, "Open ticket", form{"customer": "Fabrikam", "details": "Since noon", "users": "many"})
		saysNot(t, wrong.Text(), "Same trouble?")
		asked := wrong.Press(ana, "Open ticket", form{"users": "22"})
		says(t, asked.Text(), "These open tickets look alike.", "Same trouble?", "No, another trouble", "Yes, link it to T-1 VPN drops at Contoso · Contoso · Standard · since")
		saysNot(t, asked.Text(), "Printer jams")
		if got := filled(asked); got["details"] != "Since noon" || got["users"] != "22" || got["link"] != "new" {
			t.Errorf("of what was typed there is %v", got)
		}
		if n := w.tickets(); n != 3 {
			t.Errorf("there are %d tickets before the question is answered", n)
		}
		save := clickOf(t, asked, "Open ticket").with("link", "1")
		save.by(t, ana)
		save.by(t, ana) // delivered twice
		w.settle()
		sheet.Expect("T-4", "Follows T-1")
		if got := w.stored(4); w.tickets() != 4 || got.Leader != 1 {
			t.Errorf("there are %d tickets, and T-4 follows %d", w.tickets(), got.Leader)
		}
		if leader := w.stored(1); leader.Class() != ticket.Expedite || *leader.Affected() != 26 {
			t.Errorf("the leader is %s with %d users", leader.Class(), *leader.Affected())
		}

		// What was chosen is closed meanwhile: the form comes back with what there is to choose now.
		sheet = chat.Says(ana, "new VPN drops again at Contoso").ExpectCard("New ticket")
		asked = sheet.Press(ana, "Open ticket", form{"customer": "Northwind", "details": "Since noon", "users": "2"})
		w.changes(1, ana, func(c *ticket.Change) error { return c.CloseEarly("Solved") })
		back := clickOf(t, asked, "Open ticket").with("link", "1").by(t, ana)
		says(t, back.Text(), "T-1 was closed or linked meanwhile.", "T-4 VPN drops again")
		back = clickOf(t, back, "Open ticket").with("link", "new").by(t, ana)
		w.settle()
		says(t, back.Text(), "T-5", "VPN drops again at Contoso")
		if got := w.stored(5); got.Leader != 0 {
			t.Errorf("a new trouble follows T-%d", got.Leader)
		}
	})
}
