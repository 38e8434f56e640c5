package bot

import (
	"context"
	"encoding/json"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// The lists of tickets; stored words in the buttons that turn their pages.
const (
	listBoard = "board"
	listMine  = "mine"
)

// pageSize is how many tickets a list shows at once: a card of them stays
// readable on a phone and well below the size that Teams takes.
const pageSize = 8

// sendList answers "board" and "my tickets".
func (b *Bot) sendList(ctx context.Context, t *turn, name string) error {
	card, err := b.listCard(ctx, t, name, 0)
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("list."+name))
}

// listShow turns the pages of a list, in place.
func (b *Bot) listShow(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	name := v.text("list")
	if name != listMine {
		name = listBoard
	}
	card, err := b.listCard(ctx, t, name, int(min(max(v.number("page"), 0), 100_000)))
	return reply{card: card}, err
}

func (b *Bot) listCard(ctx context.Context, t *turn, name string, page int) (json.RawMessage, error) {
	query := ticket.Query{Tenant: t.actor.Tenant, Open: true, Skip: page * pageSize, Limit: pageSize}
	if name == listMine {
		query.Owner = t.actor.ID
	}
	found, err := b.store.Tickets(ctx, query)
	if err == nil && len(found.Tickets) == 0 && found.Total > 0 {
		// The list became shorter since the button was drawn: its last page.
		page = (found.Total - 1) / pageSize
		query.Skip = page * pageSize
		found, err = b.store.Tickets(ctx, query)
	}
	if err != nil {
		return nil, err
	}
	view := cards.List{
		Words: t.words(), Heading: t.say("list." + name),
		Subtitle: t.say("list.count", args{"Count": found.Total}),
	}
	if len(found.Tickets) == 0 {
		view.Subtitle, view.Empty = "", t.say("list."+name+".empty")
		view.Buttons = []cards.Button{b.button(t.speech, "button.new", verbIntakeOpen, cards.Data{})}
	} else if found.Total > pageSize {
		from := page*pageSize + 1
		view.Subtitle = t.say("list.range", args{"From": from, "To": from + len(found.Tickets) - 1, "Count": found.Total})
	}
	for _, listed := range found.Tickets {
		view.Rows = append(view.Rows, b.listRow(t.speech, listed))
	}
	if page > 0 {
		view.Buttons = append(view.Buttons, b.button(t.speech, "button.previous", verbListShow, cards.Data{List: name, Page: page - 1}))
	}
	if (page+1)*pageSize < found.Total {
		view.Buttons = append(view.Buttons, b.button(t.speech, "button.more", verbListShow, cards.Data{List: name, Page: page + 1}))
	}
	return b.cards.List(view)
}

func (b *Bot) listRow(s speech, t *ticket.Ticket) cards.ListRow {
	owner := s.say("list.unowned")
	if t.Owner != nil {
		owner = t.Owner.Name
	}
	lines := []string{s.markdown("list.who", args{"Owner": owner, "Age": s.span(s.now.Sub(t.OpenedAt))})}
	if clock, _ := b.clockLine(s, t); clock != "" {
		lines = append(lines, clock)
	}
	return cards.ListRow{
		Number: t.String(), Title: cards.Text(cards.Shorten(t.Title, 90)),
		Class: s.say("class." + string(t.Class())), ClassKey: string(t.Class()), Step: s.say("step." + string(t.Step)),
		Detail: strings.Join(lines, " · "),
		Open:   b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()}),
	}
}
