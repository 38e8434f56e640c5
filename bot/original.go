package bot

import (
	"context"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// verbTicketOriginal asks for the words behind what is masked on a ticket's card.
const verbTicketOriginal = "ticket.original"

// mostOriginal is how many characters of the original words a card holds at most,
// so that it is one that Teams takes. What is longer stands whole in its form.
const mostOriginal = 4000

// masked gives words of a person as many may read them. They are masked before
// they are shortened: half a secret is not known for one.
func (b *Bot) masked(words string) string { return ticket.Masked(words, b.guard.Secrets(words)) }

// cut shortens words of people that are to be kept. A secret in or after which it would cut
// goes as a whole: half a secret is not known for one.
func (b *Bot) cut(words string, runes int) string {
	short := cards.Shorten(words, runes)
	if short == words {
		return words
	}
	end := len(strings.TrimSuffix(short, "…"))
	for _, secret := range b.guard.Secrets(words) {
		if secret.Start < end && end <= secret.End {
			return strings.TrimSpace(words[:secret.Start]) + "…"
		}
	}
	return short
}

// original is a text of a ticket that is masked where many read it.
type original struct {
	item  ticket.ItemID // empty for the details
	words string
}

// originals gives what is masked in the details and the evidence of a ticket, in
// the order of the checklists.
func originals(t, masked *ticket.Ticket) []original {
	var all []original
	if t.Details != masked.Details {
		all = append(all, original{words: t.Details})
	}
	for _, step := range ticket.Steps() {
		for _, item := range ticket.Checklist(step) {
			if words := t.Marks[item.ID].Words; words != masked.Marks[item.ID].Words {
				all = append(all, original{item.ID, words})
			}
		}
	}
	return all
}

// ticketOriginal shows the words as they were written to one person who may read
// them, and to nobody else: a client that gets its answers as messages has to be
// in a chat of one.
func (b *Bot) ticketOriginal(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	actor, err := b.desk.Acting(ctx, t.actor, current)
	switch {
	case err != nil:
		return reply{}, err
	case !current.MayChange(actor):
		return reply{text: t.say("original.not_yours", args{"Ticket": current.String()})}, nil
	case !action.Replaces && t.address.Kind != ticket.Personal:
		return reply{text: t.say("original.elsewhere", args{"Ticket": current.String()})}, nil
	}
	all := originals(current, current.Masked(b.guard))
	view := cards.History{
		Words: t.words(), Heading: t.say("original.heading", args{"Ticket": current.String()}), Title: cards.Text(b.masked(current.Title)),
		Buttons: []cards.Button{b.button(t.speech, "button.back", verbTicketShow, cards.Data{Ticket: current.String()})},
	}
	for _, o := range all {
		line := cards.HistoryLine{
			When: t.when(current.OpenedAt), Who: cards.Text(current.OpenedBy.Name), What: t.say("label.details"),
			Note: cards.Text(cards.Shorten(o.words, mostOriginal/len(all))),
		}
		if mark, marked := current.Marks[o.item]; marked {
			line.When, line.Who, line.What = t.when(mark.At), cards.Text(mark.By.Name), t.say("item."+string(o.item))
		}
		view.Lines = append(view.Lines, line)
	}
	if len(all) == 0 {
		view.Empty = t.say("original.none")
	}
	card, err := b.cards.History(view)
	return reply{card: card}, err
}
