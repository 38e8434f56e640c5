package main

import (
	"strings"
	"testing"

	"handrail/internal/ticket"
)

// onEachWithDialogs tells a story where forms open as dialogs.
func onEachWithDialogs(t *testing.T, story func(t *testing.T, w *world)) {
	t.Helper()
	onEachWith(t, func(w *world) { w.environ["HANDRAIL_DIALOGS"] = "on" }, story)
}

func TestStoryATicketIsOpenedInADialogAndTheOfferBecomesItsCard(t *testing.T) {
	onEachWithDialogs(t, func(t *testing.T, w *world) {
		ana, binh, chat := w.Person("Ana Lima"), w.Person("Bình Trần"), w.GroupChat("Desk", "Ana Lima", "Bình Trần")
		chat.Says(ana, "new Invoices cannot be posted")
		offer := chat.ExpectCard("A new ticket: Invoices cannot be posted")
		mine, theirs := offer.Open(ana, "Fill in"), offer.Open(binh, "Fill in")
		says(t, mine.Text(), "New ticket", "Invoices cannot be posted")
		saysNot(t, strings.Join(mine.Buttons(), ","), "Cancel")
		wrong := mine.Submit("Open ticket", form{"customer": "Contoso", "details": "Since Monday, error 4711", "users": "lots"})
		says(t, wrong.Text(), "“lots” is no number of users", "nothing you typed is lost", "Since Monday, error 4711")
		saved := wrong.Submit("Open ticket", form{"users": "12"})
		again := saved.SubmitAgain()
		if !saved.Closed || !again.Closed {
			t.Errorf("the dialog says %q, and then %q", saved.Text(), again.Text())
		}
		offer.Expect("T-1 · Contoso", "12 users are affected")
		if page, err := w.desk().Store.Tickets(t.Context(), ticket.Query{Tenant: w.Tenant(), Limit: 9}); err != nil || page.Total != 1 {
			t.Errorf("%d tickets were opened (%v)", page.Total, err)
		}
		// Somebody else had the same form open: what they typed is another ticket, if they say so.
		late := theirs.Submit("Open ticket", form{"customer": "Fabrikam", "details": "The same?", "users": "3"})
		says(t, late.Text(), "Ana Lima has opened T-1 with this form", "Fabrikam")
		asked := late.Submit("Open ticket")
		says(t, asked.Text(), "These open tickets look alike.", "T-1 Invoices cannot be posted", "Fabrikam")
		if !asked.Submit("Open ticket").Closed {
			t.Error("the other ticket was not opened")
		}
		chat.ExpectCard("T-2 · Fabrikam")
		offer.Expect("T-1 · Contoso")
	})
}

func TestStoryEvidenceIsGivenInADialogAndTheSharedCardFollows(t *testing.T) {
	onEachWithDialogs(t, func(t *testing.T, w *world) {
		ana, lena, chat := w.Person("Ana Lima"), w.Person(lead), w.GroupChat("Desk", "Ana Lima", lead)
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		dialog := card.Open(ana, "To do: Try to reproduce")
		bad := dialog.Submit("Save", form{"choice": "yes", "words": strings.Repeat("evidence ", 600)})
		says(t, bad.Text(), "At most 4000 characters", "evidence e")
		saved := bad.Submit("Save", form{"words": "Post an invoice with two tax lines"})
		again := saved.SubmitAgain()
		if !saved.Closed || !again.Closed {
			t.Errorf("the dialog says %q, and then %q", saved.Text(), again.Text())
		}
		card.Expect("Post an invoice with two tax lines")
		if n := strings.Count(historyOf(ana, card), "two tax lines"); n != 1 {
			t.Errorf("it was written down %d times", n)
		}
		// Whoever has a dialog open keeps nobody from seeing what is new.
		open := card.Open(ana, "Edit")
		if closed := card.Open(lena, "Edit").Submit("Save", form{"details": "Lena knows more"}); !closed.Closed {
			t.Errorf("the dialog says %q", closed.Text())
		}
		card.Expect("Lena knows more")
		late := open.Submit("Save", form{"details": "Ana knows it, too"})
		says(t, late.Text(), "Lena Lead changed T-1 at", "What you typed is still here", "Ana knows it, too")
		skip := card.Open(ana, "To do: Review logs and monitoring").Submit("Skip")
		says(t, skip.Text(), "Review logs and monitoring", "Reason")
		if !skip.Submit("Save", form{"reason": "No logs are kept there"}).Closed {
			t.Error("the item was not skipped")
		}
		card.Expect("No logs are kept there")
	})
}

func TestStoryADialogThatIsSubmittedAfterItsTicketWasClosedKeepsWhatWasTyped(t *testing.T) {
	onEachWithDialogs(t, func(t *testing.T, w *world) {
		ana, lena, chat := w.Person("Ana Lima"), w.Person(lead), w.GroupChat("Desk", "Ana Lima", lead)
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		evidence, decide := card.Open(ana, "To do: Likely root cause"), card.Open(ana, "To do: Decide: fix or escalate")
		escalate, texts := card.Open(ana, "Escalate"), card.Press(ana, "All texts")
		draft := texts.Open(ana, "Write")
		if !card.Open(lena, "Close early").Submit("Save", form{"reason": "The customer has withdrawn it"}).Closed {
			t.Fatal("the ticket was not closed")
		}
		w.settle()
		for what, late := range map[string]string{
			"evidence": evidence.Submit("Save", form{"choice": "code", "words": "Kept: the tax lines"}).Text(),
			"decide":   decide.Submit("Save", form{"choice": "escalate", "words": "Kept: which of them?", "reasons": "knowledge"}).Text(),
			"escalate": escalate.Submit("Go on", form{"words": "Kept: which one?", "reasons": "knowledge"}).Text(),
			"draft":    draft.Submit("Preview", form{"text_next_steps": "Kept: we are looking into it"}).Text(),
		} {
			says(t, late, "Kept: ", "closed")
			if t.Failed() {
				t.Fatalf("it was the form to %s", what)
			}
		}
	})
}

func TestStoryATextIsWrittenShownAndSentInOneDialog(t *testing.T) {
	onEachWithDialogs(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima", lead)
		w.ticketIn(ticket.InitialResponse, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		dialog := card.Open(ana, "Acknowledge")
		says(t, dialog.Text(), "Acknowledgement for the customer", "nothing goes out before")
		held := dialog.Submit("Preview", form{"text_next_steps": "It will be fixed by 5 pm."}).Submit("I sent it", form{"way": "ticket"})
		says(t, held.Text(), "“by 5 pm”", "promises a time for the fix")
		sent := held.Submit("Edit").Submit("Preview", form{"text_next_steps": "We look at the postings."}).Submit("I sent it", form{"way": "ticket"})
		again := sent.SubmitAgain()
		if !sent.Closed || !again.Closed {
			t.Errorf("the dialog says %q, and then %q", sent.Text(), again.Text())
		}
		card.Expect("Acknowledge receipt", "In the customer's ticket")
		if texts, err := w.desk().Store.Texts(t.Context(), w.stored(1).ID, 9); err != nil || len(texts) != 1 ||
			texts[0].Part(ticket.PartID(ticket.PartNextSteps)) != "We look at the postings." {
			t.Errorf("the texts are %+v (%v)", texts, err)
		}
		// From a message that shows no ticket, the dialog says itself what became of it.
		list := chat.Says(ana, "draft T-1").ExpectCard("Texts of T-1")
		said := list.Open(ana, "Write").Submit("Preview").Submit("I sent it", form{"way": "mail"})
		says(t, said.Text(), "of T-1: noted as sent.")
	})
}

func TestStoryAnEscalationIsWrittenAndAnsweredInDialogs(t *testing.T) {
	onEachWithDialogs(t, func(t *testing.T, w *world) {
		ana, lena, chat := w.Person("Ana Lima"), w.Person(lead), w.GroupChat("Desk", "Ana Lima", lead)
		chat.Says(lena, "route senior @Lena Lead", lena)
		w.settle()
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		draft := card.Open(ana, "Escalate").Submit("Go on", form{"reasons": "knowledge", "level": "senior", "words": "Is it the tax table?"})
		says(t, draft.Text(), "Text for engineers")
		sent := draft.Submit("Preview", form{"text_steps": "Press Post", "text_logs": "sum 119.01"}).Submit("Send")
		if !sent.Closed {
			t.Fatalf("the dialog says %q", sent.Text())
		}
		card.Expect("Escalated to")
		asked := chat.ExpectCard("Help needed")
		question := asked.Open(lena, "Need info").Submit("Send", form{"words": "Which release was it?"})
		if !question.Closed || !question.SubmitAgain().Closed {
			t.Errorf("the dialog says %q", question.Text())
		}
		card.Expect("Which release was it?")
	})
}

func TestStoryAClientThatOpensNoDialogGetsTheFormAsACard(t *testing.T) {
	onEachWithDialogs(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		card.Submit(ana, "To do: Try to reproduce") // the button's data come as a message
		chat.ExpectCard("Try to reproduce", "Cancel").Press(ana, "Save", form{"choice": "yes", "words": "Post an invoice"})
		card.Expect("Post an invoice")
		chat.Says(ana, "new Mail is slow")
		chat.ExpectCard("A new ticket: Mail is slow").Submit(ana, "Fill in")
		sheet := chat.ExpectCard("New ticket", "Mail is slow", "Cancel")
		sheet.Press(ana, "Open ticket", invoices())
		sheet.Expect("T-2 · Contoso")
	})
}
