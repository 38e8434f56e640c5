package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

func TestABoardIsAskedForInWords(t *testing.T) {
	t.Parallel()
	who := ticket.Person{ID: "29:ana", Name: "Ana"}
	for rest, want := range map[string]ticket.View{
		"":                       {},
		"all":                    {},
		"everything!":            {},
		"mine":                   {Owner: &who},
		"Unowned":                {Unowned: true},
		"late":                   {Late: true},
		"overdue":                {Late: true},
		"expedite":               {Class: ticket.Expedite},
		"late invoices":          {Late: true, Word: "invoices"},
		"Priority mine late":     {Owner: &who, Late: true, Class: ticket.Priority},
		"unowned mine":           {Owner: &who},
		"mine unowned":           {Unowned: true},
		`100%_\`:                 {Word: `100%_\`},
		"o'neill":                {Word: "o'neill"},
		strings.Repeat("x", 999): {Word: strings.Repeat("x", 99) + "…"},
	} {
		h := newHouse(t)
		h.says(someone{who.ID, "", who.Name}, "board "+rest)
		board, ok, err := h.store.Board(h.ctx(), ticket.Place{Tenant: tenant, Conversation: group})
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		got := board.View
		if (got.Owner == nil) != (want.Owner == nil) || got.Owner != nil && *got.Owner != *want.Owner {
			t.Errorf("%.40q shows the tickets of %v", rest, got.Owner)
		}
		got.Owner, want.Owner = nil, nil
		if got != want {
			t.Errorf("%.40q shows %+v, want %+v", rest, got, want)
		}
	}
}

func TestABoardIsTurnedForEverybody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "board")
	h.chat.last().expect("No ticket is open.", "as of 11:00")
	for i := range pageSize + 1 {
		h.opened(ana, map[string]string{"users": []string{"1", "12"}[i%2]})
	}
	h.says(ana, "board")
	board := h.chat.last().expect("1 to 8 of 9 open tickets", "Reception 9", "4 tickets", "5 tickets")
	h.press(ana, board, "More", nil).card.expect("9 to 9 of 9", "5 tickets")
	shared := h.chat.message(board.id).expect("9 to 9 of 9")
	h.press(ben, shared, "Previous", nil).card.expect("1 to 8 of 9")
	h.press(ben, h.chat.message(board.id), "Mine", nil).card.expect(`Board: tickets of Ben \[Bold\] \*Okoro\*`, "Press All to see every open ticket")
	h.chat.message(board.id).expect("Board: tickets of Ben")
	h.press(ana, h.chat.message(board.id), "Mine", nil).card.expect("Board: tickets of Ana Ng")
	h.submit(ana, h.chat.message(board.id), "Unowned", nil)
	h.chat.message(board.id).expect("Every open ticket has an owner.")
	h.pass(5 * time.Hour)
	h.press(ana, h.chat.message(board.id), "Late", nil).card.expect("Board: late", "1 to 8 of 9")
	h.press(ana, h.chat.message(board.id), "All", nil).card.expect("9 open tickets")
}

func TestABoardFollowsManyChangesWithFewEdits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h)
	h.says(ana, "board")
	board := h.chat.posts[len(h.chat.posts)-1]
	h.pass(time.Minute)
	for i := range 10 {
		p.form("Edit", map[string]string{"title": fmt.Sprintf("Title %d", i)})
	}
	h.pass(ticket.BoardPause)
	h.chat.message(board.id).expect("Title 9", "as of 11:01")
	if board.edits > 2 {
		t.Errorf("ten changes are %d edits", board.edits)
	}
	before := board.edits
	h.pass(time.Minute)
	if board.edits != before {
		t.Error("a board is edited without a change")
	}
}

func TestTheListThatBecameShorterShowsItsLastPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range pageSize + 1 {
		h.opened(ana, nil)
	}
	h.says(ana, "board")
	board := h.chat.last()
	h.press(ana, board, "More", nil).card.expect("9 to 9 of 9")
	w := way{h: h, who: ana, card: h.execute(ana, "", verbTicketShow, map[string]any{"ticket": "T-9"}).card}
	w.form("Close early", map[string]string{"reason": "A duplicate."})
	h.pass(ticket.BoardPause)
	if got := h.chat.message(board.id).expect("8 open tickets", "T-8"); slices.Contains(got.titles(), "Previous") {
		t.Errorf("the board is %s", got.raw)
	}
}

func TestANewBoardRetiresTheOneBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h)
	h.says(ana, "board")
	old := h.chat.last()
	h.says(ana, "board late")
	board := h.chat.last().expect("Board: late")
	h.chat.message(old.id).expect("The board has moved down")
	p.form("Edit", map[string]string{"title": "Another title"})
	h.pass(5 * time.Hour)
	h.chat.message(old.id).expect("The board has moved down")
	h.chat.message(board.id).expect("Another title")
	h.press(ana, h.chat.message(old.id), "Board", nil)
	h.chat.last().expect("Another title", "1 open ticket")
	h.chat.message(board.id).expect("The board has moved down")
	// Each conversation has its own.
	newest := h.chat.last()
	h.conversation = "19:other@thread.v2"
	h.says(ana, "board")
	h.chat.message(newest.id).expect("Another title")
}

func TestABoardRestsAfterADayAndSaysWhenItWasDrawn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h)
	h.says(ana, "board")
	board := h.chat.last()
	h.pass(20 * time.Hour)
	h.press(ana, h.chat.message(board.id), "Late", nil)
	h.pass(23 * time.Hour)
	p.form("Edit", map[string]string{"title": "Followed"})
	h.pass(time.Minute)
	h.chat.message(board.id).expect("Followed", "as of ")
	h.pass(time.Hour)
	rests := h.chat.message(board.id).expect("Followed", "as of Wed 25 Nov, 07:01; press All to see it as it is now")
	p.form("Edit", map[string]string{"title": "Not followed"})
	h.pass(time.Minute)
	h.chat.message(board.id).expect("Followed")
	h.press(ana, rests, "All", nil).card.expect("Not followed")
	p.form("Edit", map[string]string{"title": "Followed again"})
	h.pass(time.Minute)
	h.chat.message(board.id).expect("Followed again")
}

func TestABoardThatSomebodyDeletedIsForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h)
	h.says(ana, "board")
	board := h.chat.last()
	h.chat.fail = func(op string, _ teams.Reference, id string) error {
		if op == "update" && id == board.id {
			return &teams.Error{Op: op, Kind: teams.Gone}
		}
		return nil
	}
	h.pass(time.Minute)
	p.form("Edit", map[string]string{"title": "Another title"})
	if _, ok, err := h.store.Board(h.ctx(), ticket.Place{Tenant: tenant, Conversation: group}); ok || err != nil {
		t.Error("the board is kept", err)
	}
	if sent := len(h.chat.posts); sent != 2 {
		t.Errorf("there are %d messages, want the ticket and the board", sent)
	}
}

func TestABoardIsTriedAgainWhereTeamsIsBusy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h)
	h.says(ana, "board")
	board, times := h.chat.last(), 0
	h.chat.fail = func(op string, _ teams.Reference, id string) error {
		if id == board.id && times < 2 {
			times++
			return &teams.Error{Op: op, Kind: teams.Throttled, RetryAfter: 3 * time.Second}
		}
		return nil
	}
	h.pass(time.Minute)
	p.form("Edit", map[string]string{"title": "Another title"})
	for range 4 {
		h.pass(5 * time.Second)
	}
	h.chat.message(board.id).expect("Another title")
	if times != 2 {
		t.Errorf("Teams was busy %d times", times)
	}
}

func TestABoardIsDrawnByOneWorkerAtATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h)
	h.says(ana, "board")
	board := h.chat.last()
	h.pass(time.Minute)
	// While the first worker draws, the ticket changes and another comes.
	first := true
	h.chat.fail = func(op string, _ teams.Reference, id string) error {
		if op != "update" || id != board.id || !first {
			return nil
		}
		first = false
		p.form("Edit", map[string]string{"title": "Newer"})
		if shown := h.chat.message(board.id); shown.says("Newer") {
			t.Error("two workers draw at once")
		}
		return nil
	}
	p.form("Edit", map[string]string{"title": "Older"})
	h.pass(10 * time.Second)
	h.chat.message(board.id).expect("Newer")
}

func TestWhatAKilledWorkerWasToDrawIsDrawnByAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h)
	h.says(ana, "board")
	board := h.chat.last()
	h.pass(time.Minute)
	place := ticket.Place{Tenant: tenant, Conversation: group}
	p.form("Edit", map[string]string{"title": "First"})
	h.pass(time.Minute)
	if err := h.bot.desk.BoardsFollow(h.ctx(), tenant); err != nil {
		t.Fatal(err)
	}
	killed := h.tasks()[0].Job.(ticket.RefreshBoard)
	if _, ok, err := h.bot.desk.HoldBoard(h.ctx(), place, killed.Round, false, h.now.Add(hold)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	edits := h.chat.posts[len(h.chat.posts)-1].edits
	h.now = h.now.Add(hold)
	if err := h.bot.RefreshBoard(h.ctx(), killed); err != nil {
		t.Fatal(err)
	}
	if got := h.chat.posts[len(h.chat.posts)-1]; got.id != board.id || got.edits != edits+1 {
		t.Errorf("the board was edited %d times, want %d", got.edits, edits+1)
	}
}
