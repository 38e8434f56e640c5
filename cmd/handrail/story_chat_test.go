package main

import (
	"fmt"
	"testing"

	"handrail/internal/ticket"
)

func TestStoryWhateverIsWrittenIsAnsweredWithSomethingUseful(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Reception, ana)
		for _, c := range []struct {
			said  string
			words []string
		}{
			{"help", []string{"What you can write", "assign T-1 @name"}},
			{"hepl", []string{"What you can write"}},
			{"", []string{"What you can write"}},
			{"BORD", []string{"Board", "1 open ticket", "T-1 · Reception"}},
			{"my tikets", []string{"My tickets", "Invoices cannot be posted"}},
			{"xyzzy", []string{"I do not know “xyzzy”", "What you can write"}},
			{"shwo T-1", []string{"T-1 · Contoso", "Step 1 of 7"}},
			{"1", []string{"T-1 · Contoso", "Step 1 of 7"}},
			{"#1", []string{"T-1 · Contoso", "Step 1 of 7"}},
			{"t 1", []string{"T-1 · Contoso", "Step 1 of 7"}},
			{"show t1", []string{"T-1 · Contoso", "Step 1 of 7"}},
			{"<at>everyone</at>", []string{"I do not know", "What you can write"}},
		} {
			before := len(chat.Cards())
			chat.Says(ana, c.said)
			w.settle()
			cards := chat.Cards()
			if len(cards) != before+1 {
				t.Fatalf("%q is answered with %d cards and the texts %q, want one card", c.said, len(cards)-before, chat.Texts())
			}
			says(t, cards[before].Text(), c.words...)
		}
		for said, words := range map[string]string{
			"show T-99": "There is no ticket T-99 here", "99": "There is no ticket T-99 here",
			"take T-99": "There is no ticket T-99 here", "show": "Which ticket?", "take": "Which ticket?", "assign": "Which ticket?",
			"assign T-1": "To whom?", "take T-1": "like that already",
		} {
			chat.Says(ana, said)
			chat.ExpectText(words)
		}
	})
}

func TestStoryASentenceThatIsNoCommandIsOfferedAsATicket(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		chat.Says(ana, "Contoso cannot post invoices <b>since</b> Monday")
		offer := chat.ExpectCard("Is it a new ticket?")
		if said := offer.Press(ana, "Open with this").Said; said != "Fill in the form below." {
			t.Errorf("the answer is %q", said)
		}
		form := chat.ExpectCard("New ticket", "Contoso cannot post invoices <b>since</b> Monday")
		form.Press(ana, "Open ticket", invoices())
		form.Expect("T-1 · Contoso")

		chat.Says(ana, "new")
		form = chat.ExpectCard("New ticket")
		form.Press(ana, "Cancel")
		form.Expect("No ticket was opened.")
		if page := w.stored(1); page.Title != "Contoso cannot post invoices <b>since</b> Monday" {
			t.Errorf("the title is %q", page.Title)
		}
	})
}

func TestStoryTheBoardHasPagesAndOpensTickets(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, chat := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Personal("Ana Lima")
		for n := range 10 {
			owner := ana
			if n == 9 {
				owner = kofi
			}
			in := ticket.Intake{Title: fmt.Sprintf("Trouble %d", n), Customer: "Contoso", Details: "Trouble", Users: fmt.Sprint(n)}
			w.ticketOf(in, ticket.Reception, owner)
		}
		chat.Says(ana, "board")
		board := chat.ExpectCard("Board", "1 to 8 of 10 open tickets")
		says(t, board.Text(), "Trouble 5", "Trouble 9", "Kofi Annan", "Priority")
		second := board.Press(ana, "More")
		says(t, second.Text(), "9 to 10 of 10 open tickets")
		saysNot(t, second.Text(), "Trouble 5")
		first := board.Press(ana, "Previous")
		if said := first.Press(ana, "T-6 Trouble 5").Said; said != "T-6 is shown below." {
			t.Errorf("the answer is %q, want that of the row", said)
		}
		chat.ExpectCard("T-6 · Contoso", "Trouble 5", "Step 1 of 7")

		chat.Says(ana, "my tickets")
		mine := chat.ExpectCard("My tickets", "1 to 8 of 9 open tickets")
		saysNot(t, mine.Text()+mine.Press(ana, "More").Text(), "Trouble 9")
		w.Personal("Kofi Annan").Says(kofi, "mine")
		w.Personal("Kofi Annan").ExpectCard("My tickets", "Trouble 9", "1 open ticket")
		w.Personal(lead).Says(w.Person(lead), "mine")
		w.Personal(lead).ExpectCard("You own no open ticket")
	})
}

func TestStoryATicketIsTakenAndGivenAway(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, chat := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.GroupChat("Desk", "Ana Lima", "Kofi Annan")
		facts := invoices()
		facts["take"] = "false"
		card := w.opens(ana, chat, "Invoices cannot be posted", facts)
		card.Expect("Nobody owns it yet", "take the ticket or assign it")

		chat.Says(kofi, "taek T-1")
		card.Expect("T-1 is shown further down.")
		card = chat.ExpectCard("T-1 · Contoso", "Owner **Kofi Annan**")
		chat.Says(ana, "take T-1")
		chat.ExpectText("already belongs to Kofi Annan")
		chat.Says(ana, "assign T-1 @Ana Lima", ana)
		chat.ExpectText("belongs to Kofi Annan")

		chat.Says(kofi, "assign T-1 @Ana Lima @Lena Lead", ana, w.Person(lead))
		chat.ExpectText("A ticket has one owner")
		// A mention carries the 29: id alone.
		chat.Says(kofi, "assign T-1 @Ana Lima", ana)
		chat.ExpectText("<at>Ana Lima</at>, T-1 Invoices cannot be posted is yours now.")
		card.Expect("Owner **Ana Lima**")
		if owner := w.stored(1).Owner; owner.ID != ana.ID || owner.Name != "Ana Lima" {
			t.Errorf("the owner is %+v", owner)
		}
		card.Press(ana, "Next step")
		card.Expect("Step 2 of 7")
		chat.Says(w.Person(lead), "assign T-1 @Kofi Annan", kofi)
		card.Expect("Owner **Kofi Annan**")
	})
}

func TestStoryAConversationIsWelcomedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chat, group, channel := w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima"), w.Channel("Support", "Ana Lima")
		for range 3 {
			w.Install(ana, chat)
			w.Install(ana, group)
			w.Install(ana, channel)
		}
		w.settle()
		welcome := chat.ExpectCard("Hello, I am Handrail")
		saysNot(t, welcome.Text(), "Local mode")
		group.ExpectCard("Hello, I am Handrail")
		channel.ExpectCard("Hello, I am Handrail")
		chat.ExpectNoMore()
		group.ExpectNoMore()
		channel.ExpectNoMore()
		welcome.Press(ana, "Board")
		chat.ExpectCard("No ticket is open")
	})
}
