package bot

import (
	"context"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// historyPage is how many lines of the history a card shows at once.
const historyPage = 12

// ticketHistory shows a page of a ticket's history, newest first.
func (b *Bot) ticketHistory(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	page := int(min(max(v.number("page"), 0), 100_000))
	// One line more than is shown tells whether there is an older page.
	entries, err := b.store.History(ctx, current.ID, page*historyPage, historyPage+1)
	if err != nil {
		return reply{}, err
	}
	number := current.String()
	view := cards.History{
		Words: t.words(), Heading: t.say("history.heading", args{"Ticket": number}),
		Title: cards.Text(cards.Shorten(current.Title, 120)),
	}
	older := len(entries) > historyPage
	if older {
		entries = entries[:historyPage]
	}
	for _, entry := range entries {
		view.Lines = append(view.Lines, b.historyLine(t.speech, entry))
	}
	if len(entries) == 0 {
		view.Empty = t.say("history.empty")
	}
	view.Buttons = append(view.Buttons, b.button(t.speech, "button.back", verbTicketShow, cards.Data{Ticket: number}))
	if page > 0 {
		view.Buttons = append(view.Buttons, b.button(t.speech, "button.newer", verbTicketHistory, cards.Data{Ticket: number, Page: page - 1}))
	}
	if older {
		view.Buttons = append(view.Buttons, b.button(t.speech, "button.older", verbTicketHistory, cards.Data{Ticket: number, Page: page + 1}))
	}
	card, err := b.cards.History(view)
	return reply{card: card}, err
}

// historyLine puts a stored line into the reader's words.
func (b *Bot) historyLine(s speech, e ticket.Entry) cards.HistoryLine {
	id := "history." + string(e.Kind)
	with := args{"From": e.From, "To": e.To, "Subject": e.Subject}
	word := func(name, prefix, stored string) {
		if stored != "" {
			with[name] = s.say(prefix + stored)
		}
	}
	switch e.Kind {
	case ticket.EntryDone, ticket.EntrySkipped:
		word("Subject", "item.", e.Subject)
		if item, ok := ticket.FindItem(ticket.ItemID(e.Subject)); ok && e.Kind == ticket.EntryDone && len(item.Choices) > 0 && e.To != "" {
			word("To", "choice."+choiceGroup(item)+".", e.To)
			id = "history.done.choice"
		}
	case ticket.EntryStep, ticket.EntryNotFixed, ticket.EntryReopened:
		word("From", "step.", e.From)
		word("To", "step.", e.To)
	case ticket.EntryClass:
		word("From", "class.", e.From)
		word("To", "class.", e.To)
	case ticket.EntryDecided:
		word("To", "decided.", e.To)
	case ticket.EntryEscalated:
		word("To", "choice.level.", e.To)
	case ticket.EntryAnswered, ticket.EntryWithdrawn:
		word("From", "choice.level.", e.From)
	case ticket.EntryCustomerTold:
		word("To", "choice.way.", e.To)
	case ticket.EntryReminded:
		word("Subject", "clockname.", e.Subject)
	case ticket.EntryEdited:
		word("Subject", "field.", e.Subject)
		for _, side := range []string{"From", "To"} {
			with[side] = cards.Shorten(s.fact(e.Subject, with[side]), 80)
		}
	case ticket.EntryOpened, ticket.EntryTaken, ticket.EntryAssigned, ticket.EntryClosed, ticket.EntryClosedEarly:
	}
	what := s.markdown(id, with)
	return cards.HistoryLine{
		When: s.when(e.At), Who: cards.Text(e.By.Name), What: what,
		Note: cards.Text(cards.Shorten(strings.Join(strings.Fields(e.Note), " "), 300)),
	}
}

// fact puts a stored fact of the intake into the reader's words.
func (s speech) fact(field string, stored any) string {
	text, _ := stored.(string)
	if text == "" {
		return s.say("field.nothing")
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil && field == ticket.FieldDate {
		return s.when(at)
	}
	return text
}
