package main

import (
	"fmt"
	"strings"
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// outage is the intake of a ticket for which everything is dropped.
func outage() form {
	return form{"customer": "Contoso", "details": "Since Monday, error 4711", "users": "31"}
}

// classOf has the owner set the class of a ticket.
func (w *world) classOf(number int64, owner *teamstest.Person, class ticket.Class) {
	w.t.Helper()
	w.changes(number, owner, func(c *ticket.Change) error { return c.OverrideClass(class, "It turned out so") })
}

// changes has the owner change a ticket, and Handrail do what follows.
func (w *world) changes(number int64, owner *teamstest.Person, how func(*ticket.Change) error) {
	w.t.Helper()
	press := ticket.Press{ID: ticket.ID{Tenant: w.Tenant(), Number: number}}
	if _, err := w.desk().Change(w.t.Context(), w.actor(owner), press, how); err != nil {
		w.t.Fatalf("change T-%d: %v", number, err)
	}
	w.settle()
}

// follow has a person write what their conversation follows.
func follow(who *teamstest.Person, chat *teamstest.Conversation, what string) *teamstest.Conversation {
	chat = chat.Says(who, strings.TrimSpace("follow "+what))
	chat.ExpectText("I post here what happens to")
	return chat
}

func TestStoryWhoFollowsIsToldAndOneCardIsEditedInPlace(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		everything, urgent := w.GroupChat("All", "Kofi Annan"), w.GroupChat("Urgent", "Kofi Annan")
		follow(kofi, everything, "")
		follow(kofi, urgent, "expedite")
		thread := follow(kofi, w.Channel("Support", "Kofi Annan"), "priority")
		live := w.opens(ana, w.Personal("Ana Lima"), "Invoices cannot be posted", outage())
		w.settle()
		one := follow(kofi, w.Personal("Kofi Annan"), "T-1")

		cards := []*teamstest.Card{}
		for _, chat := range []*teamstest.Conversation{everything, urgent, thread} {
			cards = append(cards, chat.ExpectCard("T-1 · Contoso", "Expedite", "31 users", "Ana Lima", "Step 1 of 7"))
		}
		if got := cards[0].Buttons(); len(got) != 1 || got[0] != "Show ticket" {
			t.Errorf("the status card has the buttons %q", got)
		}
		live.Press(ana, "Next step")
		for _, card := range cards {
			card.Expect("Step 2 of 7")
		}
		w.settle()
		for _, chat := range []*teamstest.Conversation{everything, urgent, thread, one} {
			if n := len(chat.Texts()); n != 1 {
				t.Errorf("what need not be noticed is told: %q", chat.Texts())
			}
		}
		w.classOf(1, ana, ticket.Standard)
		for _, chat := range []*teamstest.Conversation{everything, urgent, thread} {
			saysNot(t, chat.ExpectText("T-1", "Invoices cannot be posted: now Standard (31 users)"), "<at>")
		}
		one.ExpectCard("T-1 · Contoso", "Standard")
		fills(ana, live, "Acknowledge", form{"choice": "mail", "words": "We have it"})
		w.changes(1, ana, func(c *ticket.Change) error { return c.CloseEarly("A duplicate of T-9") })
		everything.ExpectText("T-1", "closed early: A duplicate of T-9")
		one.ExpectText("T-1", "closed early: A duplicate of T-9")
		for _, card := range append(cards, one.ExpectCard("T-1 · Contoso")) {
			card.Expect("Closed early", "A duplicate of T-9", "Show ticket")
		}
		for chat, notes := range map[*teamstest.Conversation]int{everything: 3, urgent: 2, thread: 2, one: 2} {
			if got := chat.Texts(); len(got) != notes {
				t.Errorf("there are the texts %q, want %d", got, notes)
			}
			counted(t, chat, "T-1 · Contoso", 1)
		}
	})
}

func TestStoryWhoUnfollowsKeepsTheCardAndHearsNoMore(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("All", "Ana Lima")
		follow(ana, chat, "")
		follow(ana, chat, "")
		w.ticketOf(ticket.Intake{Title: "Invoices cannot be posted", Customer: "Contoso", Details: "Since Monday", Users: "31"}, ticket.Reception, ana)
		card := chat.ExpectCard("T-1 · Contoso")
		w.settle()
		chat.Says(ana, "unfollow T-1")
		chat.ExpectText("That is not followed here.", "Still followed: all tickets.")
		chat.Says(ana, "following").ExpectCard("What is followed here", "all tickets").Press(ana, "End")
		w.settle()
		chat.Says(ana, "unfollow")
		chat.ExpectText("That is not followed here.")
		before := card.Edits()
		w.classOf(1, ana, ticket.Standard)
		if n := card.Edits() - before; n != 0 {
			t.Errorf("the card was edited %d times", n)
		}
		chat.Says(ana, "following").ExpectCard("No ticket is followed here.")
		chat.Says(ana, "follow T-99")
		chat.ExpectText("There is no ticket T-99 here.")
		chat.Says(ana, "follow elephants")
		chat.ExpectText("I cannot follow “elephants”.")
	})
}

func TestStoryAStatusGoesToAllWhoFollow(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		chat, group := w.Personal("Ana Lima"), w.GroupChat("All", "Kofi Annan")
		w.ticketIn(ticket.Diagnosis, ana)
		w.settle()
		form1 := chat.Says(ana, "status T-1").ExpectCard("Write the status")
		says(t, fmt.Sprint(filled(form1)["words"]), "Invoices cannot be posted", "12 users", "Step 3 of 7, Diagnosis.", "Next: gather information")
		again := form1.Press(ana, "Send", form{"words": "\u2800"})
		says(t, again.Text(), "Write how the ticket stands.")
		again.Press(ana, "Send", form{"words": "The release is rolled back."})
		form1.Expect("Nobody follows T-1, so it is sent here only.")
		chat.ExpectCard("T-1 · Contoso", "The release is rolled back.", "Written")

		follow(kofi, group, "")
		follow(kofi, w.Channel("Support", "Kofi Annan"), "T-1")
		group.Says(kofi, "status T-1")
		group.ExpectText("T-1 belongs to Ana Lima.")
		form2 := chat.Says(ana, "status T-1").ExpectCard("Write the status")
		form2.Press(ana, "Send", form{"words": "It works again."})
		form2.Expect("Sent to 2 conversations.")
		group.ExpectCard("T-1 · Contoso", "It works again.")
		w.settle()
		form2.Expect("Sent to 2 conversations.")
	})
}

func TestStoryAConversationThatRefusesHoldsUpNobody(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		refusing, willing := w.GroupChat("Refusing", "Ana Lima"), w.GroupChat("Willing", "Ana Lima")
		follow(ana, refusing, "")
		follow(ana, willing, "")
		refusing.FailNext(1, teamstest.WritesBlocked())
		w.opens(ana, w.Personal("Ana Lima"), "Invoices cannot be posted", outage())
		willing.ExpectCard("T-1 · Contoso")
		w.settle()
		before := len(w.Calls())
		w.classOf(1, ana, ticket.Standard)
		willing.ExpectText("now Standard")
		for _, call := range w.Calls()[before:] {
			if call.Status >= 400 {
				t.Errorf("the bot called where it is refused: %s %s: %d", call.Method, call.Path, call.Status)
			}
		}
		// Whoever writes there again has let the bot in again.
		refusing.Says(ana, "help").ExpectCard("What you can write")
		w.classOf(1, ana, ticket.Fixed)
		refusing.ExpectCard("T-1 · Contoso", "Fixed deadline")
	})
}

func TestStoryTwoHundredConversationsGetOneCardEach(t *testing.T) {
	const many = 200
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chats := make([]*teamstest.Conversation, many)
		for i := range chats {
			chats[i] = w.GroupChat(fmt.Sprint("Desk ", i), "Ana Lima")
			place := ticket.Place{Tenant: w.Tenant(), Conversation: chats[i].Root()}
			w.knows(place)
			if err := w.desk().Follow(t.Context(), ticket.Follow{Place: place, By: w.actor(ana).Person}); err != nil {
				t.Fatal(err)
			}
		}
		if w.database.URL != "" {
			w.start() // two processes share the work
		}
		w.opens(ana, w.Personal("Ana Lima"), "Invoices cannot be posted", outage())
		w.settle()
		w.classOf(1, ana, ticket.Standard)
		for _, chat := range chats {
			counted(t, chat, "T-1 · Contoso", 1)
			if texts := chat.Texts(); len(texts) != 1 || !strings.Contains(texts[0], "now Standard") {
				t.Errorf("there are the texts %q", texts)
			}
			chat.ExpectCard("T-1 · Contoso", "Standard")
		}
	})
}

// knows makes Handrail know a group chat, as if somebody had written there.
func (w *world) knows(place ticket.Place) {
	w.t.Helper()
	err := w.desk().Store.InTx(w.t.Context(), func(tx ticket.Tx) error {
		return tx.Learn(w.t.Context(), ticket.Address{
			Place: place, Kind: ticket.Group, ServiceURL: w.ServiceURL(), BotID: "28:" + w.environ["BOT_ID"], BotName: teamstest.BotName,
		})
	})
	if err != nil {
		w.t.Fatalf("learn an address: %v", err)
	}
}
