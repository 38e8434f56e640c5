package bot

import (
	"context"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Remind does the job of reminding people of a clock. It looks at the ticket
// as it is now: what has been done meanwhile needs no reminder.
func (b *Bot) Remind(ctx context.Context, job ticket.Remind) error {
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
	if ticket.KindOf(err) == ticket.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if !runs(t.Clocks(b.desk.Policy), ticket.Clock{Kind: job.Clock, Due: job.Due}) {
		return nil
	}
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	view := cards.Reminder{
		Words: s.words(), What: s.say("reminder."+string(job.Clock), args{"At": s.when(job.Due)}), Breach: job.Clock.Breach(),
		Number: t.String(), Title: cards.Text(t.Title), Class: s.say("class." + string(t.Class())), ClassKey: string(t.Class()),
		Detail: b.ownerLine(s, t), Fallback: b.fallback(s, t),
	}
	if job.Whom != nil {
		view.Mention = &cards.Mention{ID: job.Whom.ID, Name: job.Whom.Name}
	}
	if t.AcknowledgedAt == nil && t.Step == ticket.InitialResponse {
		view.Buttons = append(view.Buttons, b.button(s, "button.item.acknowledge", "item"+suffixOpen, b.data(t, ticket.ItemAcknowledge)))
	} else if t.AcknowledgedAt != nil {
		view.Buttons = append(view.Buttons, b.button(s, "button.customer", "customer"+suffixOpen, b.data(t, "")))
	}
	view.Buttons = append(view.Buttons, b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()}))
	card, err := b.cards.Reminder(view)
	if err != nil {
		return err
	}
	_, err = b.chat.Send(ctx, reference(address), teams.Message{Card: card, Summary: b.fallback(s, t)})
	return b.delivered(ctx, address, err)
}

func runs(clocks []ticket.Clock, clock ticket.Clock) bool {
	for _, c := range clocks {
		if c.Kind == clock.Kind && c.Due.Equal(clock.Due) {
			return true
		}
	}
	return false
}
