package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// desk opens tickets of all classes before the story begins.
func (w *world) deskOf(owner *teamstest.Person, titles ...string) {
	w.t.Helper()
	for i, title := range titles {
		in := ticket.Intake{Title: title, Customer: "Contoso", Details: "Since Monday", Users: []string{"1", "12", "30"}[i%3]}
		w.ticketOf(in, []ticket.Step{ticket.Reception, ticket.Diagnosis}[i%2], owner)
	}
}

func TestStoryTheBoardIsFilteredAndTurned(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, chat := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Personal("Ana Lima")
		chat.Says(ana, "board")
		chat.ExpectCard("No ticket is open. Write: new What is wrong")
		w.deskOf(ana, "Printer", "Invoices", "Mail", "100% CPU", "Ärger mit O'Neill", "Login", "Backup", "Phones", "Slow desk")
		w.deskOf(kofi, "Kofi's ticket")
		chat.Says(ana, "board")
		board := chat.ExpectCard("1 to 8 of 10 open tickets", "Expedite", "Priority", "Standard", "Reception 6 · Diagnosis 4")
		says(t, board.Press(ana, "More").Text(), "9 to 10 of 10")
		board.Expect("9 to 10 of 10", "Kofi's ticket")
		board.Press(ana, "Mine")
		board.Expect("tickets of Ana Lima", "1 to 8 of 9")
		board.Press(ana, "Unowned")
		board.Expect("Every open ticket has an owner.")
		for asked, want := range map[string][]string{
			"board mine expedite":   {"3 open tickets", "T-3", "T-6", "T-9"},
			"board LOGIN":           {"1 open ticket,", "T-6"},
			"board ärger":           {"1 open ticket,", "T-5"},
			"board o'neill":         {"1 open ticket,", "T-5"},
			"board %":               {"1 open ticket,", "T-4"},
			"board t-7":             {"1 open ticket,", "T-7"},
			"board '\"--;":          {"No open ticket is like that."},
			`board \_%`:             {"No open ticket is like that."},
			"board late contoso":    {"No open ticket is like that."},
			"board standard kofi's": {"1 open ticket,", "T-10"},
		} {
			chat.Says(ana, asked)
			chat.ExpectCard(append([]string{"Board: ", "as of"}, want...)...)
		}
		w.clock.Advance(25 * time.Hour)
		chat.Says(ana, "board late")
		chat.ExpectCard("Board: late", "1 to 8 of 10", "Customer update was due")
		w.settle()
		open := 0
		for _, card := range chat.Cards() {
			if slices.Contains(card.Buttons(), "Mine") {
				open++
			}
		}
		if open != 1 {
			t.Errorf("%d boards are in the chat, want one", open)
		}
	})
}

func TestStoryABoardOpensItsTickets(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.deskOf(ana, "Printer")
		chat.Says(ana, "board")
		chat.ExpectCard("1 open ticket").Press(ana, "T-1 Printer")
		chat.ExpectCard("T-1 · Contoso", "Step 1 of 7")
	})
}

func TestStoryEveryBoardFollowsTheTicketsAndNeverGoesBack(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		chat, group, channel := w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima", "Kofi Annan"), w.Channel("Support", "Kofi Annan")
		w.ticketIn(ticket.Diagnosis, ana)
		first := w.handrail
		chat.Says(ana, "board mine")
		group.Says(kofi, "board")
		channel = channel.Says(kofi, "board late invoices")
		boards := []*teamstest.Card{
			chat.ExpectCard("Board: tickets of Ana Lima", "T-1"), group.ExpectCard("Board", "T-1"), channel.ExpectCard("Board: late"),
		}
		card := shows(ana, chat, "T-1")
		w.settle()
		w.start() // a second process on the same database
		edits := boards[1].Edits()
		for i := range 12 {
			// The edit that the last change has left may come after the form, as nobody else is so fast.
			for !slices.Contains(card.View(ana).Buttons(), "Save") {
				card.Press(ana, "Edit")
			}
			card.Press(ana, "Save", form{"title": fmt.Sprintf("Invoices, try %d", i)})
		}
		w.settle()
		boards[0].Expect("Invoices, try 11")
		boards[1].Expect("Invoices, try 11")
		if n := boards[1].Edits() - edits; n > 12 {
			t.Errorf("the board was edited %d times for 12 changes", n)
		}
		w.clock.Advance(26 * time.Hour)
		w.settle()
		// The ring of the clock is a change, but the boards of yesterday rest.
		boards[0].Expect("press All to see it as it is now")
		channel.Says(kofi, "board late invoices")
		channel.ExpectCard("Board: late", "Invoices, try 11")
		w.settle()
		first.end()
	})
}

func TestStoryABoardShowsATicketThatIsOpenedAndDropsOneThatIsClosed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat, group := w.Person("Ana Lima"), w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		group.Says(ana, "board")
		board := group.ExpectCard("No ticket is open")
		w.settle()
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		board.Expect("1 open ticket", "Invoices cannot be posted")
		w.settle()
		card.Press(ana, "Close early").Press(ana, "Save", form{"reason": "A duplicate"})
		board.Expect("No ticket is open")
	})
}

func TestStoryADeletedBoardIsNotMissed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat, group := w.Person("Ana Lima"), w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		group.Says(ana, "board")
		group.Delete(group.ExpectCard("No ticket is open"))
		w.settle()
		w.opens(ana, chat, "Invoices cannot be posted", invoices())
		w.settle()
		if n := len(group.Cards()); n != 0 {
			t.Errorf("there are %d cards in the group, want none", n)
		}
		group.Says(ana, "board")
		group.ExpectCard("1 open ticket")
	})
}
