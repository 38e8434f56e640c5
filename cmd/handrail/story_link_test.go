package main

import (
	"strings"
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// trouble gives an intake of a customer with so many users.
func trouble(customer, users string) ticket.Intake {
	return ticket.Intake{Title: "VPN drops at " + customer, Customer: customer, Details: "Every few minutes", Users: users}
}

func TestStoryTheSameTroubleIsWorkedOnOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		kofi, desk := w.Person("Kofi Annan"), w.GroupChat("Desk", "Ana Lima", "Kofi Annan")
		w.ticketOf(trouble("Contoso", "4"), ticket.Diagnosis, ana)
		w.ticketOf(trouble("Fabrikam", "22"), ticket.InitialResponse, kofi)
		leader, follower := shows(ana, chat, "T-1"), shows(kofi, desk, "T-2")

		desk.Says(kofi, "link T-2 to T-1")
		desk.ExpectText("T-2 follows T-1", "VPN drops at Contoso", "Expedite because 26 users are affected", "22 of them by 1 linked ticket")
		w.settle()
		leader.Expect("26 users are affected (more than 25), 22 of them by 1 linked ticket", "Followed by", "T-2 Fabrikam")
		follower.Expect("Follows T-1", "Expedite", "Step 3 of 7: Diagnosis", "Priority because 22 users")
		chat.ExpectText("Kofi Annan has linked another ticket to T-1", "Expedite")
		says(t, historyOf(ana, leader), "linked T-2, which follows it now", "changed the class: Standard → Expedite")
		says(t, historyOf(kofi, follower), "linked it to T-1")
		desk.Says(kofi, "link T-2 to T-1")
		desk.ExpectText("T-2 follows T-1 already. Nothing has changed.")

		// The board says so, the leader's step is on the follower's card, and each leads to the other.
		desk.Says(kofi, "board")
		desk.ExpectCard("Board", "follows T-1")
		list := leader.Press(ana, "Linked tickets")
		says(t, list.Text(), "Tickets that follow T-1", "T-2 Fabrikam", "Step 2 of 7: Initial response")

		// Users that change on the follower count on the leader, and a closed one counts nothing.
		w.changes(2, kofi, func(c *ticket.Change) error {
			few := 3
			return c.Edit(ticket.Facts{Title: c.Ticket.Title, Customer: c.Ticket.Customer, Details: c.Ticket.Details, Users: &few})
		})
		w.settle()
		leader.Expect("Priority because 7 users are affected", "3 of them by 1 linked ticket")

		chat.Says(ana, "unlink T-2")
		chat.ExpectText("T-2 no longer follows T-1", "Standard because 3 users", "Standard because 4 users")
		w.settle()
		if text := leader.View(ana).Text(); strings.Contains(text, "Followed by") || strings.Contains(text, "linked ticket") {
			t.Errorf("something is left of the link: %s", text)
		}
		saysNot(t, follower.View(kofi).Text(), "Follows T-1")
		says(t, historyOf(ana, leader), "unlinked T-2, which followed it")
		if got := w.stored(2); got.Step != ticket.InitialResponse || got.Leader != 0 {
			t.Errorf("the follower is in %s and follows %d", got.Step, got.Leader)
		}
	})
}

func TestStoryALinkIsMadeAndEndedWithButtonsAndRefusedInWords(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		eve, evening := w.Person("Eve Other"), w.Personal("Eve Other")
		w.ticketOf(trouble("Contoso", "4"), ticket.Diagnosis, ana)
		w.ticketOf(trouble("Fabrikam", "9"), ticket.Diagnosis, ana)
		w.ticketOf(trouble("Northwind", "9"), ticket.Diagnosis, ana)
		w.changes(3, ana, func(c *ticket.Change) error { return c.CloseEarly("A mistake") })
		card := shows(ana, chat, "T-2")
		form := card.Press(ana, "Link")
		for typed, want := range map[string]string{
			"the printer": "Write the number of the other ticket", "T-2": "cannot follow itself", "T-99": "There is no ticket T-99 here",
			"T-3": "T-3 is closed. Reopen it first, or link the other way: link T-3 to T-2",
		} {
			got := form.Press(ana, "Link", map[string]string{"link": typed})
			says(t, got.Text(), want)
			if filled(got)["link"] != typed {
				t.Errorf("%q comes back as %v", typed, filled(got)["link"])
			}
		}
		form.Press(ana, "Link", map[string]string{"link": "t1"})
		w.settle()
		card = card.Expect("Follows T-1")
		chat.Says(ana, "link T-1 to T-2")
		chat.ExpectText("T-2 follows T-1 already. To turn that round, unlink T-2 first.")
		chat.Says(ana, "link T-3 to T-2") // a closed one may follow
		chat.ExpectText("T-3 follows T-1", "T-2 follows T-1 itself")
		evening.Says(eve, "unlink T-2")
		evening.ExpectText("T-2 belongs to Ana Lima.")
		evening.Says(eve, "link in the mail is broken since Monday")
		evening.ExpectCard("I do not know “link in the mail is broken")
		chat.Says(ana, "link T-2")
		chat.ExpectText("Write both numbers, as in: link T-2 to T-1")
		unlink := clickOf(t, card, "Unlink")
		unlink.by(t, ana)
		again := unlink.by(t, ana) // delivered twice
		saysNot(t, again.Text(), "changed nothing")
		w.settle()
		saysNot(t, card.View(ana).Text(), "Follows")
	})
}

func TestStoryTwoLinksInBothDirectionsAtOnceMakeOne(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		for range 4 {
			w.ticketOf(trouble("Contoso", "4"), ticket.Diagnosis, ana)
		}
		forms := make([]*teamstest.Card, 5)
		for i, number := range []string{"T-1", "T-2", "T-3", "T-4"} {
			forms[i+1] = shows(ana, chat, number).Press(ana, "Link")
		}
		link := func(form *teamstest.Card, to string) func() {
			click := clickOf(t, form, "Link").with("link", to)
			return func() { click.by(t, ana) }
		}
		together(link(forms[1], "T-2"), link(forms[2], "T-1"), link(forms[3], "T-1"), link(forms[4], "T-2"))
		w.settle()
		leads := 0
		for number := range int64(4) {
			got := w.stored(number + 1)
			if got.Leader == 0 {
				leads++
				continue
			}
			if w.stored(got.Leader).Leader != 0 {
				t.Errorf("T-%d follows T-%d, which follows another one", got.Number, got.Leader)
			}
			if following := w.stored(got.Leader).Following; following == nil || following.Tickets == 0 {
				t.Errorf("T-%d does not count T-%d", got.Leader, got.Number)
			}
		}
		if leads == 4 || leads == 0 {
			t.Errorf("%d of 4 follow nothing", leads)
		}
	})
}
