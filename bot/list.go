package bot

import (
	"context"
	"encoding/json"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// The lists of tickets; stored words in the buttons on them.
const (
	listBoard = "board"
	listMine  = "mine"
)

// pageSize is how many tickets a list shows at once: a card of them stays
// readable on a phone and well below the size that Teams takes.
const pageSize = 8

// sendMine answers "my tickets".
func (b *Bot) sendMine(ctx context.Context, t *turn) error {
	card, err := b.mineCard(ctx, t, 0)
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("list.mine"))
}

// listShow turns the pages of a list, in place, and chooses what a board shows.
func (b *Bot) listShow(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	page := int(min(max(v.number("page"), 0), 100_000))
	if v.text("list") != listMine {
		return b.turnBoard(ctx, t, v, page, action)
	}
	card, err := b.mineCard(ctx, t, page)
	return reply{card: card}, err
}

// mineCard draws the tickets of the person of the turn.
func (b *Bot) mineCard(ctx context.Context, t *turn, page int) (json.RawMessage, error) {
	found, err := b.store.Overview(ctx, ticket.Query{
		Tenant: t.actor.Tenant, Open: true, Owner: t.actor.ID, Skip: page * pageSize, Limit: pageSize,
	})
	if err != nil {
		return nil, err
	}
	view, total := cards.List{Words: t.words(), Heading: cards.Text(t.say("list.mine")), Subtitle: t.pageOf(found)}, found.Total()
	if total == 0 {
		view.Subtitle, view.Empty = "", t.say("list.mine.empty")
		view.Buttons = []cards.Button{
			b.button(t.speech, "button.board", verbListShow, cards.Data{List: listBoard}),
			b.button(t.speech, "button.new", verbIntakeOpen, cards.Data{}),
		}
	}
	group := cards.ListGroup{}
	for _, listed := range found.Tickets {
		row := b.listRow(t.speech, listed)
		row.Class, row.ClassKey = t.say("class."+string(listed.Class())), string(listed.Class())
		group.Rows = append(group.Rows, row)
	}
	if total > 0 {
		view.Groups = []cards.ListGroup{group}
	}
	view.Buttons = append(view.Buttons, b.pageButtons(t.speech, found, listMine)...)
	return b.cards.List(view)
}

// pageOf says which part of how many tickets is shown.
func (s speech) pageOf(found ticket.Overview) string {
	if total := found.Total(); total > len(found.Tickets) {
		return s.say("list.range", args{"From": found.Skip + 1, "To": found.Skip + len(found.Tickets), "Count": total})
	}
	return s.say("list.count", args{"Count": found.Total()})
}

// pageButtons turn the pages of a list.
func (b *Bot) pageButtons(s speech, found ticket.Overview, name string) []cards.Button {
	var buttons []cards.Button
	page := found.Skip / pageSize
	if page > 0 {
		buttons = append(buttons, b.button(s, "button.previous", verbListShow, cards.Data{List: name, Page: page - 1}))
	}
	if found.Skip+len(found.Tickets) < found.Total() {
		buttons = append(buttons, b.button(s, "button.more", verbListShow, cards.Data{List: name, Page: page + 1}))
	}
	return buttons
}

func (b *Bot) listRow(s speech, t *ticket.Ticket) cards.ListRow {
	owner := s.say("list.unowned")
	if t.Owner != nil {
		owner = t.Owner.Name
	}
	lines := []string{s.markdown("list.who", args{"Owner": owner, "Age": s.span(s.now.Sub(t.OpenedAt))})}
	if has := b.hasIt(s, t); has != "" {
		lines = append(lines, has)
	}
	if t.Leader != 0 {
		lines = append(lines, s.say("linked.row", args{"Ticket": ticket.Number(t.Leader)}))
	}
	switch clock, late := b.clockLine(s, t); {
	case late:
		lines = append(lines, s.say("list.late", args{"Clock": clock}))
	case clock != "":
		lines = append(lines, clock)
	}
	return cards.ListRow{
		Number: t.String(), Title: cards.Text(cards.Shorten(b.masked(t.Title), 90)),
		Step:   s.say("step." + string(t.Step)),
		Detail: strings.Join(lines, " · "),
		Open:   b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()}),
	}
}
