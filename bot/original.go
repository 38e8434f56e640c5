package bot

import (
	"context"
	"strings"
	"time"

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
	// what is the id of what the text is called.
	what  string
	by    ticket.Person
	at    time.Time
	words string
}

// originals gives what is masked of what people wrote on a ticket: in its details,
// the evidence in the order of the checklists, the facts for its texts and its
// escalations.
func originals(t, masked *ticket.Ticket) []original {
	var all []original
	add := func(what string, by ticket.Person, at time.Time, words, shown string) {
		if words != shown {
			all = append(all, original{what, by, at, words})
		}
	}
	add("label.details", t.OpenedBy, t.OpenedAt, t.Details, masked.Details)
	for _, step := range ticket.Steps() {
		for _, item := range ticket.Checklist(step) {
			mark := t.Marks[item.ID]
			add("item."+string(item.ID), mark.By, mark.At, mark.Words, masked.Marks[item.ID].Words)
		}
	}
	for _, id := range ticket.FactIDs() {
		fact, shown := t.Gathered[id], masked.Gathered[id]
		add("fact."+string(id), fact.Source.By, fact.Source.At, fact.Whole(), shown.Whole())
	}
	for i, e := range t.Escalations {
		shown := masked.Escalations[i]
		add("original.ask", e.By, e.At, e.Ask, shown.Ask)
		for k, q := range e.Questions {
			add("original.question", q.By, q.At, q.Words, shown.Questions[k].Words)
			if q.AnsweredBy != nil {
				add("original.reply", *q.AnsweredBy, *q.AnsweredAt, q.Answer, shown.Questions[k].Answer)
			}
		}
		if !e.Open() {
			add("original.answer", *e.EndedBy, *e.EndedAt, e.Answer+e.Declined+e.Withdrawn, shown.Answer+shown.Declined+shown.Withdrawn)
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
		view.Lines = append(view.Lines, cards.HistoryLine{
			When: t.when(o.at), Who: cards.Text(o.by.Name), What: t.say(o.what),
			Note: cards.Text(cards.Shorten(o.words, mostOriginal/len(all))),
		})
	}
	if len(all) == 0 {
		view.Empty = t.say("original.none")
	}
	card, err := b.cards.History(view)
	return reply{card: card}, err
}
