package main

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/outlook/outlooktest"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// drafts has a person ask for a text and gives its form.
func drafts(who *teamstest.Person, chat *teamstest.Conversation, about, heading string) *teamstest.Card {
	return chat.Says(who, "draft T-1 "+about).ExpectCard(heading, "nothing goes out before")
}

func TestStoryTheFactsOfTheStepsFillEveryText(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.InitialResponse, ana)
		card := shows(ana, chat, "T-1")
		preview := card.Press(ana, "Acknowledge").Press(ana, "Preview", form{"text_questions": "Which invoices are it?"})
		says(t, preview.Text(), "thank you for telling us about “Invoices cannot be posted”", "Which invoices are it?", "You will hear from us by")
		preview.Press(ana, "I sent it", form{"way": "ticket"})
		card.Expect("In the customer's ticket", "Which invoices are it?")
		card.Press(ana, "Next step")
		card.Expect("Step 3 of 7")
		fills(ana, card, "To do: Try to reproduce", form{"choice": "yes", "words": "Post an invoice with two tax lines"})
		fills(ana, card, "To do: Review logs and monitoring", form{"words": "ERROR tax: 12.34 != 12.35"})
		fills(ana, card, "To do: Likely root cause", form{"choice": "code", "words": "Each tax line is rounded by itself"})
		w.settle()

		dev := drafts(ana, chat, "dev", "Text for engineers").Press(ana, "Preview", form{"text_effort": "A day"})
		says(t, dev.Text(), "12 users at Contoso", "Post an invoice with two tax lines", "ERROR tax", "rounded by itself", "Priority", "A day")
		management := drafts(ana, chat, "management", "Text for management")
		says(t, management.Text(), "Still missing: Options (two at least, each with what follows), Recommendation, Decision needed (what, who decides, and by when).", "Which two ways or more are there")
		// The edge of the summer time: half past two comes twice in Berlin that day.
		management = management.Press(ana, "Preview", form{
			"option_1": "Roll back", "consequence_1": "No service for a while", "option_2": "Go on", "consequence_2": "Invoices wait",
			"text_recommendation": "Roll back", "text_decision": "May we?", "decider": "Maria", "date": "2038-10-31", "time": "02:30",
		})
		says(t, management.Text(), "Contoso cannot work as usual", "Roll back → No service for a while", "Maria", "31 Oct")
		saysNot(t, management.Text(), "Still missing")
		says(t, drafts(ana, chat, "update", "Update for the customer").Press(ana, "Preview").Text(), "We have found the likely cause.")
		if facts := w.stored(1).Gathered; facts[ticket.FactEffort].Words != "A day" || len(facts[ticket.FactOptions].Options) != 2 ||
			facts[ticket.FactEffort].Source.Reader != ticket.ForDev {
			t.Errorf("the facts are %+v", facts)
		}
		says(t, historyOf(ana, shows(ana, chat, "T-1")), "wrote down the expected effort", "A day")
		says(t, chat.Says(ana, "draft T-1 status").ExpectCard("Write the status").Text(), "How it stands")
	})
}

func TestStoryEveryTextForTheCustomerGoesOutAndIsKept(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.FollowUp, ana)
		for _, kind := range ticket.TextKinds() {
			preview := drafts(ana, chat, string(kind), " for the customer").Press(ana, "Preview", form{"text_contact": "Reply to this message, please."})
			preview.Press(ana, "I sent it", form{"way": "mail", "note": "kind " + string(kind)})
			w.rest()
		}
		if mark := w.stored(1).Marks[ticket.ItemCloseOut]; mark.Choice != "mail" || !strings.Contains(mark.Words, "T-1 is closed now") {
			t.Errorf("the evidence of closing is %+v", mark)
		}
		list := chat.Says(ana, "draft T-1").ExpectCard("Texts of T-1")
		says(t, list.Text(), "Acknowledgement for the customer", "Sent by Ana Lima", "By mail")
		says(t, list.Press(ana, "See").Text(), "Sent: Closing for the customer", "kind closing", "Reply to this message, please.")
	})
}

func TestStoryATextIsHeldBackMendedAndOverruled(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		told := w.stored(1).CustomerToldAt
		w.clock.Advance(time.Hour)
		sheet := drafts(ana, chat, "update", "Update for the customer")
		held := sheet.Press(ana, "Preview", form{"text_next_steps": "It will be fixed by 5 pm."})
		says(t, held.Text(), "“by 5 pm”", "promises a time for the fix")
		held = held.Press(ana, "I sent it", form{"way": "chat"})
		says(t, held.Text(), "“by 5 pm”")
		secret := held.Press(ana, "Edit").Press(ana, "Preview", form{"text_next_steps": "Your password: kX9#mm21"})
		says(t, secret.Text(), "take it out", "••••")
		forged := clickOf(t, secret, "I sent it").with("way", "chat").with("override", "They know it.")
		says(t, forged.by(t, ana).Text(), "take it out")
		if at := w.stored(1).CustomerToldAt; !at.Equal(*told) {
			t.Fatal("a text that was held counts as told")
		}
		held = secret.Press(ana, "Edit").Press(ana, "Preview", form{"text_next_steps": "It will be fixed by 5 pm."})
		held.Press(ana, "I sent it", form{"way": "chat", "override": "The vendor has promised it to them."})
		w.settle()
		says(t, historyOf(ana, shows(ana, chat, "T-1")), "in spite of a time for the fix", "The vendor has promised it")
		if !w.stored(1).CustomerToldAt.After(*told) {
			t.Error("the customer's clock does not run anew")
		}
	})
}

func TestStoryTwoPeopleAtOneDraftAndAKillBetween(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, lena, chat := w.Person("Ana Lima"), w.Person(lead), w.GroupChat("Desk", "Ana Lima", lead)
		w.ticketIn(ticket.Diagnosis, ana)
		first, second := drafts(ana, chat, "dev", "Text for engineers"), drafts(lena, chat, "dev", "Text for engineers")
		mine := clickOf(t, first, "Preview").with("text_effort", "One day, says Ana")
		hers := clickOf(t, second, "Preview").with("text_effort", "Two days, says Lena")
		var answers [2]*teamstest.Card
		together(func() { answers[0] = mine.by(t, ana) }, func() { answers[1] = hers.by(t, lena) })
		kept, told := 0, 0
		for i, answer := range answers {
			switch words := answer.Text(); {
			case strings.Contains(words, "changed this draft at"):
				told++
				if got, want := filled(answer)["text_effort"], []string{"One day, says Ana", "Two days, says Lena"}[i]; got != want {
					t.Errorf("what was typed comes back as %v", got)
				}
			case strings.Contains(words, "Preview:"):
				kept++
			}
		}
		if kept != 1 || told != 1 {
			t.Errorf("%d were kept and %d told:\n%s\n%s", kept, told, answers[0].Text(), answers[1].Text())
		}
		// Handrail dies; the same click comes again to the next one, and is served once.
		update := drafts(ana, chat, "update", "Update for the customer").Press(ana, "Preview")
		send := clickOf(t, update, "I sent it").with("way", "phone")
		send.by(t, ana)
		w.handrail.kill()
		w.clock.Advance(time.Minute) // nobody waits for the dead any more
		w.start()
		send.by(t, ana)
		w.settle()
		texts, err := w.desk().Store.Texts(t.Context(), w.stored(1).ID, 9)
		if err != nil || len(texts) != 1 || texts[0].Way != "phone" {
			t.Errorf("the texts are %+v (%v)", texts, err)
		}
	})
}

func TestStoryATextForTheCustomerGoesByMail(t *testing.T) {
	onEachWithMail(t, func(t *testing.T, w *world, server *outlooktest.Server) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		preview := drafts(ana, chat, "update", "Update for the customer").Press(ana, "Preview")
		bad := clickOf(t, preview, "By mail").with("mail", "contoso").by(t, ana)
		if got := filled(bad)["mail"]; got != "contoso" || len(server.Mails()) > 0 {
			t.Errorf("the address comes back as %v", got)
		}
		send := clickOf(t, bad, "By mail").with("mail", "help@contoso.com")
		send.by(t, ana)
		send.by(t, ana)
		w.settle()
		got := server.Only(t)
		if got.Subject != "Invoices cannot be posted (T-1)" || !strings.Contains(got.Text, "still looking into it") {
			t.Errorf("arrived: %+v", got)
		}
		again := drafts(ana, chat, "update", "Update for the customer").Press(ana, "Preview")
		if got := filled(again)["mail"]; got != "help@contoso.com" {
			t.Errorf("the address is remembered as %v", got)
		}
	})
}
