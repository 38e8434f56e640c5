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
		Title: cards.Text(cards.Shorten(b.masked(current.Title), 120)),
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
	e = e.Masked(b.guard)
	id, with := s.history(e)
	return cards.HistoryLine{
		When: s.when(e.At), Who: cards.Text(e.By.Name), What: s.markdown(id, with),
		Note: cards.Text(cards.Shorten(strings.Join(strings.Fields(e.Note), " "), 300)),
	}
}

// history gives the sentence that says a stored line, and what it mentions.
func (s speech) history(e ticket.Entry) (id string, with args) {
	id = sentenceOf(e)
	subject, from, to := historyWords(e.Kind)
	with = args{"Subject": s.stored(subject, e.Subject), "From": s.stored(from, e.From), "To": s.stored(to, e.To)}
	switch e.Kind {
	case ticket.EntryDone:
		if item, ok := ticket.FindItem(ticket.ItemID(e.Subject)); ok && len(item.Choices) > 0 && e.To != "" {
			id, with["To"] = "history.done.choice", s.stored("choice."+choiceGroup(item)+".", e.To)
		}
	case ticket.EntryEdited:
		with["From"] = cards.Shorten(s.fact(e.Subject, e.From), 80)
		with["To"] = cards.Shorten(s.fact(e.Subject, e.To), 80)
	case ticket.EntrySnoozed, ticket.EntryRetimed, ticket.EntryAway:
		with["To"] = s.instant(e.To)
	case ticket.EntryUnreached, ticket.EntryReached, ticket.EntryTold:
		with["To"] = s.nameOrLead(e.To)
	case ticket.EntryLinked:
		if e.From != "" {
			id = "history.linked.along"
		}
	case ticket.EntryRecordWaits:
		with["Subject"] = s.recordWhy(ticket.RecordTrouble(e.Subject), e.To)
	case ticket.EntryRecordKept:
		with["Subject"] = s.say("field." + e.Subject)
		with["From"] = cards.Shorten(s.keptWords(e.Subject, e.From), 80)
		with["To"] = cards.Shorten(s.keptWords(e.Subject, e.To), 80)
	default:
	}
	return id, with
}

// sentenceOf gives the id of the sentence that says a line: where there are several for
// its kind, the one that is meant.
func sentenceOf(e ticket.Entry) string {
	switch {
	case e.Kind == ticket.EntryReminded && e.From != "":
		return "history.reminded.whom"
	case e.Kind == ticket.EntryUnreached && e.From == ticket.UnreachedPlace:
		return "history.unreached.place"
	case (e.Kind == ticket.EntryReached || e.Kind == ticket.EntryTold) && e.From == ticket.UnreachedPlace:
		return "history.reached.place"
	case e.Kind == ticket.EntryAway && e.Subject != "":
		return "history.away.stand_in"
	case e.Kind == ticket.EntryRecorded && e.Subject != "":
		return "history.recorded.note"
	case e.Kind == ticket.EntryRecordOwner && e.To == "":
		return "history.record_owner.none"
	}
	return "history." + string(e.Kind)
}

// keptWords puts what a field was on one of two sides into the reader's words.
func (s speech) keptWords(field, text string) string {
	switch {
	case text == "":
		return s.say("field.nothing")
	case field == string(ticket.RecordClass):
		return s.say("class." + text)
	case field == string(ticket.RecordStanding) && text == string(ticket.Closed):
		return s.say("status.word.closed")
	case field == string(ticket.RecordStanding) && ticket.Step(text).Number() > 0:
		return s.say("step." + text)
	}
	return text
}

// stored puts a stored word, or several with commas between, into the reader's
// words; without a prefix it is a text of people and stays as it is.
func (s speech) stored(prefix, word string) string {
	if prefix == "" || word == "" {
		return word
	}
	return s.list(prefix, strings.Split(word, ","))
}

// historyWords gives, for a kind of line, where the catalog has the words that
// are stored as its subject, and as what it was before and after.
func historyWords(kind ticket.EntryKind) (subject, from, to string) {
	switch kind {
	case ticket.EntryDone, ticket.EntrySkipped, ticket.EntryRecorded, ticket.EntryLikewise:
		return "item.", "", ""
	case ticket.EntryStep, ticket.EntryNotFixed, ticket.EntryReopened, ticket.EntryRecordStage:
		return "", "step.", "step."
	case ticket.EntryClass:
		return "", "class.", "class."
	case ticket.EntryDecided:
		return "", "", "decided."
	case ticket.EntryOverruled:
		return "", "", "found."
	case ticket.EntryEscalated:
		return "", "", "choice.level."
	case ticket.EntryClimbed:
		return "climb.", "choice.level.", ""
	case ticket.EntryAnswered, ticket.EntryWithdrawn, ticket.EntryDeclined:
		return "", "choice.level.", ""
	case ticket.EntryTold:
		return "told.", "", ""
	case ticket.EntryCustomerTold:
		return "", "", "choice.way."
	case ticket.EntryReminded, ticket.EntryRang, ticket.EntrySnoozed:
		return "clockname.", "", ""
	case ticket.EntryEdited:
		return "field.", "", ""
	case ticket.EntryFact:
		return "fact.", "", "text."
	default:
		return refusedWords(kind), "", ""
	}
}

// refusedWords gives where the catalog has the words for why something did not go.
func refusedWords(kind ticket.EntryKind) string {
	switch kind {
	case ticket.EntryMailRefused:
		return "mail.refused."
	case ticket.EntryUnshelved:
		return "shelf."
	default:
		return ""
	}
}

// fact puts a stored fact of the intake into the reader's words.
func (s speech) fact(field, text string) string {
	if text == "" {
		return s.say("field.nothing")
	}
	if field == ticket.FieldDate {
		return s.instant(text)
	}
	return text
}

// instant says a stored time on the reader's clock.
func (s speech) instant(text string) string {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return s.when(at)
	}
	return text
}
