package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// summaryLines is how many tickets a summary names.
const summaryLines = 10

// newsWords is how much of what a person wrote stands in a note.
const newsWords = 200

// TellNews does the job of telling a conversation what happened to a ticket
// whose card it has. The note mentions nobody: who must act is reminded.
func (b *Bot) TellNews(ctx context.Context, job ticket.TellNews) error {
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
	if ticket.KindOf(err) == ticket.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok || address.Refused != "" {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	t = t.Masked(b.guard)
	happened := make([]string, len(job.Events))
	for i, event := range job.Events {
		event.Words = b.masked(event.Words)
		happened[i] = s.event(t, event)
	}
	_, err = b.chat.Send(ctx, reference(address), teams.Message{Text: s.news(t, strings.Join(happened, "; "))})
	return b.delivered(ctx, address, err)
}

// news says of which ticket something is told, as Markdown.
func (s speech) news(t *ticket.Ticket, happened string) string {
	return s.say("news.line", args{"Ticket": t.String(), "Title": cards.Escape(cards.Shorten(t.Title, 120)), "Happened": happened})
}

// event says what happened, as Markdown.
func (s speech) event(t *ticket.Ticket, e ticket.Event) string {
	id := "event." + string(e.Kind)
	with := args{"Words": cards.Shorten(strings.Join(strings.Fields(e.Words), " "), newsWords)}
	switch e.Kind {
	case ticket.EventClass, ticket.EventExpedite:
		with["To"] = s.say("class." + e.To)
		if t.Users != nil {
			return s.say("event.with_users", args{"Happened": s.markdown(id, with), "Affected": affected(s, t)})
		}
	case ticket.EventEscalated:
		with["To"] = s.say("choice.level." + e.To)
	case ticket.EventAnswered, ticket.EventDeclined:
		with["From"] = s.say("choice.level." + e.From)
	case ticket.EventBreach, ticket.EventReminder:
		with["Clock"] = s.say("clockname." + e.To)
	default:
	}
	return s.markdown(id, with)
}

// Summarize does the job of telling a conversation, once, what its quiet hours
// have held back. Where it cannot be told any more, that waits for nothing: as
// long as something waits, no other summary is asked for.
func (b *Bot) Summarize(ctx context.Context, job ticket.Summarize) error {
	quiet, ok, err := b.store.Quiet(ctx, job.Tenant, job.Conversation)
	if err != nil {
		return err
	}
	if until := quiet.Until(b.now()); ok && !until.IsZero() {
		return &ticket.Postponed{After: until.Sub(b.now()), Cause: errors.New("the quiet hours are not over")}
	}
	address, known, err := b.store.Address(ctx, job.Place)
	if err != nil {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	err = b.store.InTx(ctx, func(tx ticket.Tx) error {
		held, err := tx.Release(ctx, job.Place)
		if err != nil || len(held) == 0 || !known || address.Refused != "" {
			return err
		}
		follows, err := tx.Follows(ctx, job.Place)
		if err != nil {
			return err
		}
		held = slices.DeleteFunc(held, func(notice ticket.HeldNotice) bool { return !notice.Wanted(follows) })
		if len(held) == 0 {
			return nil
		}
		card, err := b.summaryCard(ctx, tx, s, held)
		if err != nil {
			return err
		}
		return tx.Later(ctx, ticket.Task{Job: ticket.Say{Place: job.Place, Card: card, Summary: s.say("summary.heading")}})
	})
	if err != nil {
		return fmt.Errorf("bot: sum up the quiet hours: %w", err)
	}
	return nil
}

// summaryCard lists what was held back: what happened last to each ticket, and
// how it stands now.
func (b *Bot) summaryCard(ctx context.Context, tx ticket.Reader, s speech, held []ticket.HeldNotice) (json.RawMessage, error) {
	view := cards.Digest{Words: s.words(), Heading: s.say("summary.heading"), Subtitle: s.say("summary.count", args{"Count": len(held)})}
	if more := len(held) - summaryLines; more > 0 {
		view.More = s.say("summary.more", args{"Count": more})
		held = held[:summaryLines]
	}
	for _, notice := range held {
		t, err := tx.Ticket(ctx, ticket.ID{Tenant: notice.Tenant, Number: notice.Number})
		if err != nil {
			return nil, err
		}
		t, notice.Event.Words = t.Masked(b.guard), b.masked(notice.Event.Words)
		show := b.button(s, "button.show", verbTicketPost, cards.Data{Ticket: t.String()})
		view.Lines = append(view.Lines, cards.DigestLine{What: s.news(t, s.event(t, notice.Event)), Detail: b.standsLine(s, t), Button: &show})
	}
	return b.cards.Digest(view)
}

// standsLine says on one line how a ticket stands now.
func (b *Bot) standsLine(s speech, t *ticket.Ticket) string {
	if closed := b.closedLine(s, t); closed != "" {
		return closed
	}
	owner := s.say("list.unowned")
	if t.Owner != nil {
		owner = cards.Escape(t.Owner.Name)
	}
	line := []string{s.say("class." + string(t.Class())), s.say("step." + string(t.Step)), owner}
	if clock, _ := b.clockLine(s, t); clock != "" {
		line = append(line, clock)
	}
	return strings.Join(line, " · ")
}

// day says an instant with its day, also where that is today: it may be read later.
func (s speech) day(at time.Time) string {
	tomorrow := s
	tomorrow.now = s.now.AddDate(0, 0, 2)
	return tomorrow.when(at)
}
