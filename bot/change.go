package bot

import (
	"context"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// TellOfChange does the job of telling a ticket's owner what somebody else has
// done to it: below the card that shows it, where people talk about it, else in
// person. An edited card notifies nobody.
func (b *Bot) TellOfChange(ctx context.Context, job ticket.TellOfChange) error {
	id := ticket.ID{Tenant: job.Tenant, Number: job.Number}
	t, err := b.store.Ticket(ctx, id)
	if err != nil {
		return err
	}
	if t.Owner == nil || t.Owner.ID == job.By.ID {
		return nil // it changed hands meanwhile
	}
	address, ok, err := b.ownersPlace(ctx, t)
	if err != nil || !ok {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	message := teams.Message{}
	whom := ""
	if address.Kind != ticket.Personal {
		mention := teams.Mention{ID: t.Owner.ID, Name: t.Owner.Name}
		message.Mentions, whom = []teams.Mention{mention}, mention.Markup()+" "
	}
	message.Text = whom + s.say("tell."+string(job.What), args{
		"Ticket": t.String(), "Title": cards.Escape(cards.Shorten(t.Title, 120)), "By": cards.Escape(job.By.Name),
		"Class": s.say("class." + string(t.Class())),
	})
	_, err = b.chat.Send(ctx, reference(address), message)
	return b.delivered(ctx, address, err)
}

// ownersPlace gives where the owner of a ticket is told of it.
func (b *Bot) ownersPlace(ctx context.Context, t *ticket.Ticket) (ticket.Address, bool, error) {
	copies, err := b.store.Copies(ctx, t.ID)
	if err != nil {
		return ticket.Address{}, false, err
	}
	for _, c := range copies {
		if c.Purpose == ticket.PurposeLive && c.Address.ServiceURL != "" && c.Address.Refused == "" && c.Address.Kind != ticket.Personal {
			return c.Address, true, nil
		}
	}
	address, ok, err := b.store.PersonalAddress(ctx, t.Tenant, t.Owner.ID)
	return address, ok && address.Refused == "", err
}
