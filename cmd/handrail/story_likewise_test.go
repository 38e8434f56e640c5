package main

import (
	"strings"
	"testing"

	"handrail/internal/outlook/outlooktest"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// led opens a ticket of Contoso in a step and two that follow it, of Fabrikam and Northwind.
func (w *world) led(step ticket.Step, owner *teamstest.Person) {
	w.t.Helper()
	w.ticketOf(trouble("Contoso", "4"), step, owner)
	for i, customer := range []string{"Fabrikam", "Northwind"} {
		w.ticketOf(trouble(customer, "4"), ticket.Diagnosis, owner)
		w.links(int64(i)+2, 1, owner)
	}
	w.settle()
}

// links has a ticket follow another one, before the story or beside it.
func (w *world) links(number, to int64, by *teamstest.Person) {
	w.t.Helper()
	press := ticket.Press{ID: ticket.ID{Tenant: w.Tenant(), Number: number}}
	if _, err := w.desk().Link(w.t.Context(), w.actor(by), press, to); err != nil {
		w.t.Fatalf("link T-%d to T-%d: %v", number, to, err)
	}
}

func TestStoryWhatIsDoneOnALeaderIsOfferedForItsFollowers(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.recording()
		w.led(ticket.Resolution, ana)

		chat.Says(ana, "status T-1").ExpectCard("Write the status").
			Press(ana, "Send", form{"words": "Contoso waits: the gateway of T-1 is replaced."})
		offer := chat.ExpectCard("The status of T-1: also for the tickets that follow it?", "T-2 Fabrikam", "Fabrikam waits: the gateway of T-2", "T-3 Northwind")
		says(t, clickOf(t, offer, "Also do it").by(t, ana).Text(), "Choose at least one ticket.")
		offer.Press(ana, "Also do it", form{"likewise": "2"})
		offer.Expect("On its way for T-2.")
		w.settle()
		if got := w.stored(2).StatusText; got != "Fabrikam waits: the gateway of T-2 is replaced." {
			t.Errorf("the status of the follower is %q", got)
		}
		if got := w.stored(3).StatusText; got != "" {
			t.Errorf("the one that was not chosen has the status %q", got)
		}

		card := chat.Says(ana, "show T-1").ExpectCard("T-1 ·", "Determine and apply the solution")
		card.Press(ana, "To do: Determine and apply the solution").
			Press(ana, "Save", form{"choice": "fix", "words": "A new gateway for Contoso"})
		offer = chat.ExpectCard("The solution of T-1", "A new gateway for Northwind")
		offer.Press(ana, "Also do it", form{"likewise": "2,3"})
		w.settle()
		for number, want := range map[int64]string{2: "A new gateway for Fabrikam", 3: "A new gateway for Northwind"} {
			if got, _ := w.stored(number).Fact(ticket.FactSolution); got.Words != want {
				t.Errorf("T-%d has the solution %q", number, got.Words)
			}
		}
		says(t, historyOf(ana, shows(ana, chat, "T-2")), "Determine and apply the solution: as for T-1", "A new gateway for Fabrikam")

		// Each customer gets a text of their own, in their own record.
		drafts(ana, chat, "update", "Update for the customer").Press(ana, "Preview", form{"text_next_steps": "Contoso gets its gateway, see T-1."}).
			Press(ana, "In the ticket")
		offer = chat.ExpectCard("Update for the customer of T-1", "Fabrikam gets its gateway, see T-2.", "Northwind gets its gateway, see T-3.")
		send := clickOf(t, offer, "Also do it").with("likewise", "2,3")
		send.by(t, ana)
		send.by(t, ana) // delivered twice
		w.settle()
		customers := []string{"Contoso", "Fabrikam", "Northwind"}
		for i, customer := range customers {
			lines := w.thread(w.only("VPN drops at " + customer))
			var told []string
			for _, line := range lines {
				if strings.HasPrefix(line, "customer: ") && strings.Contains(line, "gateway") {
					told = append(told, line)
				}
			}
			if len(told) != 1 {
				t.Fatalf("the customer %s was told %d times: %q", customer, len(told), lines)
			}
			says(t, told[0], "VPN drops at "+customer, customer+" gets its gateway, see "+ticket.Number(int64(i)+1))
			for j, other := range customers {
				if i != j {
					saysNot(t, told[0], other, ticket.Number(int64(j)+1))
				}
			}
		}
		ordered(t, w.thread(w.only("VPN drops at Fabrikam")), "linked it to T-1", "Fabrikam waits", "as for T-1", "Fabrikam gets its gateway")
		ordered(t, w.thread(w.only("VPN drops at Contoso")), "linked T-2, which follows it now", "Contoso waits", "Contoso gets its gateway")

		// What would name another customer is not offered, and not done where it is asked for all the same.
		drafts(ana, chat, "update", "Update for the customer").Press(ana, "Preview", form{"text_next_steps": "Northwind has it already, Contoso is next."}).
			Press(ana, "In the ticket")
		offer = chat.ExpectCard("Update for the customer of T-1", "Not offered: the words name Northwind. Write it on T-2 itself.")
		forged := clickOf(t, offer, "Also do it").with("likewise", "2")
		says(t, forged.by(t, ana).Text(), "Choose at least one ticket.")
		w.settle()
		if told := strings.Join(w.thread(w.only("VPN drops at Fabrikam")), "\n"); strings.Contains(told, "is next") {
			t.Errorf("another customer is named in %s", told)
		}
	})
}

func TestStoryAFollowerIsLeftOutOrClosedAsItIsChosen(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, eve := w.Person("Ana Lima"), w.Person("Eve Other")
		chat := w.GroupChat("Desk", "Ana Lima", "Eve Other")
		w.led(ticket.Diagnosis, ana)
		w.ticketOf(trouble("Adventure Works", "4"), ticket.Diagnosis, ana)
		w.links(4, 1, ana)
		w.settle()
		card := shows(ana, chat, "T-1")
		card.Press(ana, "Close early").Press(ana, "Save", form{"reason": "The provider has mended its line"})
		offer := chat.ExpectCard("T-1 is closed. Also the tickets that follow it?", "Closed with T-1, which it follows. The provider has mended its line")
		w.changes(2, ana, func(c *ticket.Change) error { return c.CloseEarly("By itself") })
		if _, err := w.desk().Unlink(t.Context(), w.actor(ana), ticket.Press{ID: w.stored(3).ID}); err != nil {
			t.Fatal(err)
		}
		accept := clickOf(t, offer, "Also do it").with("likewise", "2,3,4")
		saysNot(t, accept.by(t, eve).Text(), "On its way")
		accept.by(t, ana)
		chat.ExpectText("T-2 was left out. T-2 is closed.")
		chat.ExpectText("T-3 was left out. T-3 no longer follows T-1.")
		w.settle()
		if early, open, done := w.stored(2).ClosedEarly, w.stored(3).State, w.stored(4); early != "By itself" || open != ticket.Open || done.State != ticket.Closed {
			t.Errorf("T-2 was closed as %q, T-3 is %s and T-4 %s", early, open, done.State)
		}
		again := chat.Says(ana, "show T-1").ExpectCard("T-1 ·", "The provider has mended")
		again.Press(ana, "Reopen").Press(ana, "Save", form{"reason": "It drops again"})
		offer = chat.ExpectCard("T-1 is open again. Also the tickets that follow it?", "T-4 Adventure Works")
		offer.Press(ana, "Not these")
		offer.Expect("Nothing was done for the tickets that follow T-1.")
	})
}

func TestStoryAFollowersCustomerGetsAMailOrTheTextIsKept(t *testing.T) {
	onEachWithMail(t, func(t *testing.T, w *world, server *outlooktest.Server) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.led(ticket.Diagnosis, ana)
		w.changes(2, ana, func(c *ticket.Change) error {
			return c.Gather(ticket.FactAddress, ticket.Fact{Words: "desk@fabrikam.example", Source: ticket.Source{Reader: ticket.ForCustomer}})
		})
		preview := drafts(ana, chat, "update", "Update for the customer").Press(ana, "Preview", form{"text_next_steps": "We look at T-1 of Contoso."})
		preview.Press(ana, "By mail", form{"mail": "it@contoso.example"})
		offer := chat.ExpectCard("Update for the customer of T-1", "We look at T-2 of Fabrikam.", "It is kept on T-3 for you to send")
		offer.Press(ana, "Also do it", form{"likewise": "2,3"})
		chat.ExpectCard("The text for the customer of T-3 is kept there.")
		w.settle()
		got := server.Mails()
		if len(got) != 2 {
			t.Fatalf("%d mails arrived", len(got))
		}
		for _, mail := range got {
			own, other := "Contoso", "Fabrikam"
			if strings.Contains(strings.Join(mail.To, " "), "fabrikam") {
				own, other = other, own
			}
			says(t, mail.Subject+mail.Text, own)
			saysNot(t, mail.Subject+mail.Text, other, "Northwind")
		}
		kept, inWork, err := w.desk().Store.Draft(t.Context(), w.stored(3).ID, ticket.ForCustomer, ticket.TextUpdate)
		if err != nil || !inWork || !strings.Contains(kept.Text(), "We look at T-3 of Northwind.") {
			t.Errorf("kept on T-3 is %q, %v", kept.Text(), err)
		}
	})
}
