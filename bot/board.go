package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// What a board can be asked to leave out; stored words in its buttons. A class
// is asked for by its own word.
const (
	filterAll     = "all"
	filterMine    = "mine"
	filterUnowned = "unowned"
	filterLate    = "late"

	filterEscalated = "escalated"
)

// filterOf gives what a word behind "board" asks for; false for a word to look for.
func filterOf(word string) (string, bool) {
	switch word {
	case filterAll, "everything", "everyone", "everybody":
		return filterAll, true
	case filterMine, "my", "me":
		return filterMine, true
	case filterUnowned, "nobody", "free":
		return filterUnowned, true
	case filterLate, "overdue":
		return filterLate, true
	case filterEscalated, "escalations":
		return filterEscalated, true
	}
	return word, ticket.Class(word).Valid()
}

// isFilter tells whether the words stand for a board: at most one of them is to
// be looked for, so that "board of directors is late" opens no board.
func isFilter(rest []word, most int) bool {
	free := 0
	for _, w := range rest {
		if _, known := filterOf(w.text); !known {
			free++
		}
	}
	return free <= most
}

// viewOf gives the view that words ask for.
func viewOf(by ticket.Person, asked ...string) ticket.View {
	var view ticket.View
	for _, w := range asked {
		switch filter, known := filterOf(w); {
		case !known:
			view.Word = cards.Shorten(w, 100)
		case filter == filterMine:
			view.Owner, view.Unowned = &by, false
		case filter == filterUnowned:
			view.Owner, view.Unowned = nil, true
		case filter == filterLate:
			view.Late = true
		case filter == filterEscalated:
			view.Escalated = true
		case filter != filterAll:
			view.Class = ticket.Class(filter)
		}
	}
	return view
}

// board answers "board" and what stands behind it.
func (b *Bot) board(ctx context.Context, t *turn, rest string) error {
	var asked []string
	for _, w := range fields(rest) {
		asked = append(asked, w.text)
	}
	return b.desk.ShowBoard(ctx, t.place(), viewOf(t.actor.Person, asked...))
}

// turnBoard turns the board on which a button was pressed, for everybody in the
// conversation. A button elsewhere, as on the greeting, asks for a new board.
func (b *Bot) turnBoard(ctx context.Context, t *turn, v values, page int, action teams.Action) (reply, error) {
	filter := v.text("filter")
	board, found, err := b.desk.TurnBoard(ctx, t.place(), action.Card, v.number("version"), func(board *ticket.Board) {
		board.Page = page
		if filter != "" {
			board.View, board.Page = viewOf(t.actor.Person, filter), 0
		}
	})
	if err != nil {
		return reply{}, err
	}
	if !found {
		if err := b.desk.ShowBoard(ctx, t.place(), viewOf(t.actor.Person, filter)); err != nil {
			return reply{}, err
		}
		return reply{text: t.say("notice.board_below"), settled: true}, nil
	}
	card, _, err := b.boardCard(ctx, t.speech, board)
	return reply{card: card, settled: true}, err
}

// boardCard draws a board as the tickets are now, and says it in a few words.
func (b *Bot) boardCard(ctx context.Context, s speech, board ticket.Board) (card json.RawMessage, summary string, err error) {
	query := board.View.Query(board.Tenant, s.now)
	query.Skip, query.Limit = board.Page*pageSize, pageSize
	found, err := b.store.Overview(ctx, query)
	if err != nil {
		return nil, "", err
	}
	board.View.Word = b.masked(board.View.Word)
	heading := s.boardHeading(board.View)
	view := cards.List{Words: s.words(), Heading: cards.Text(heading), Steps: s.bySteps(found.Counts), Groups: b.boardGroups(s, found)}
	shown := s.pageOf(found)
	if found.Total() == 0 {
		shown, view.Empty = "", s.emptyBoard(board.View)
	}
	age := s.say("board.as_of", args{"At": s.when(s.now)})
	if !board.Follows(s.now) {
		age = s.say("board.rests", args{"At": s.date(s.now)})
	}
	view.Subtitle = strings.TrimPrefix(shown+" · "+age, " · ")
	view.Buttons = b.pageButtons(s, found, listBoard)
	if found.Total() == 0 && board.View.All() {
		view.Buttons = append(view.Buttons, b.button(s, "button.new", verbIntakeOpen, cards.Data{}))
	}
	view.Buttons = append(view.Buttons, b.filterButtons(s, board, len(view.Buttons))...)
	for i := range view.Buttons {
		view.Buttons[i].Data.Version = board.Round
	}
	card, err = b.cards.List(view)
	return card, heading, err
}

// boardGroups puts the tickets of a page under the headings of their classes,
// which count those of all pages.
func (b *Bot) boardGroups(s speech, found ticket.Overview) []cards.ListGroup {
	totals := map[ticket.Class]int{}
	for _, count := range found.Counts {
		totals[count.Class] += count.Tickets
	}
	var groups []cards.ListGroup
	for _, t := range found.Tickets {
		class := t.Class()
		if len(groups) == 0 || groups[len(groups)-1].ClassKey != string(class) {
			groups = append(groups, cards.ListGroup{
				Class: s.say("class." + string(class)), ClassKey: string(class), Count: s.say("board.tickets", args{"Count": totals[class]}),
			})
		}
		last := &groups[len(groups)-1]
		last.Rows = append(last.Rows, b.listRow(s, t))
	}
	return groups
}

// filterButtons choose what the board shows; beside those that turn pages, at
// most two stand in the open, so that a narrow card shows their titles whole.
func (b *Bot) filterButtons(s speech, board ticket.Board, before int) []cards.Button {
	var buttons []cards.Button
	add := func(title, filter string, shown bool) {
		if shown {
			return
		}
		button := b.button(s, title, verbListShow, cards.Data{List: listBoard, Filter: filter})
		button.Secondary = before+len(buttons) >= 2
		buttons = append(buttons, button)
	}
	v := board.View
	// A board that rests offers itself again.
	add("button.all", filterAll, v.All() && board.Follows(s.now))
	add("button.filter_mine", filterMine, false) // whoever presses it means their own
	add("button.late", filterLate, v == ticket.View{Late: true})
	add("button.unowned", filterUnowned, v == ticket.View{Unowned: true})
	add("button.escalated", filterEscalated, v == ticket.View{Escalated: true})
	return buttons
}

// boardHeading says what a board shows.
func (s speech) boardHeading(v ticket.View) string {
	var parts []string
	if v.Owner != nil {
		parts = append(parts, s.say("board.of", args{"Owner": v.Owner.Name}))
	}
	if v.Unowned {
		parts = append(parts, s.say("board.unowned"))
	}
	if v.Late {
		parts = append(parts, s.say("board.late"))
	}
	if v.Escalated {
		parts = append(parts, s.say("board.escalated"))
	}
	if v.Class != "" {
		parts = append(parts, s.say("class."+string(v.Class)))
	}
	if v.Word != "" {
		parts = append(parts, s.say("board.word", args{"Word": v.Word}))
	}
	if len(parts) == 0 {
		return s.say("list.board")
	}
	return s.say("board.heading", args{"What": strings.Join(parts, ", ")})
}

// emptyBoard says that there is nothing, and what to do.
func (s speech) emptyBoard(v ticket.View) string {
	switch {
	case v.All():
		return s.say("list.board.empty")
	case v == ticket.View{Late: true}:
		return s.say("board.late.empty")
	case v == ticket.View{Escalated: true}:
		return s.say("board.escalated.empty")
	case v == ticket.View{Unowned: true}:
		return s.say("board.unowned.empty")
	}
	return s.say("board.empty")
}

// bySteps counts the tickets by step, on one line.
func (s speech) bySteps(counts []ticket.Count) string {
	var parts []string
	for _, step := range ticket.Steps() {
		if n := inStep(counts, step); n > 0 {
			parts = append(parts, s.say("board.step", args{"Step": s.say("step." + string(step)), "Count": n}))
		}
	}
	return strings.Join(parts, " · ")
}

func inStep(counts []ticket.Count, step ticket.Step) (n int) {
	for count := range slices.Values(counts) {
		if count.Step == step {
			n += count.Tickets
		}
	}
	return n
}
