package bot

import (
	"context"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// TellOfChange does the job of telling who is in charge of a ticket what somebody
// else has done to it: below the card that shows it, where people talk about it,
// else in person. An edited card notifies nobody.
func (b *Bot) TellOfChange(ctx context.Context, job ticket.TellOfChange) error {
	id := ticket.ID{Tenant: job.Tenant, Number: job.Number}
	t, err := b.store.Ticket(ctx, id)
	if err != nil {
		return err
	}
	if t.Owner == nil || t.Owner.ID == job.By.ID {
		return nil // it changed hands meanwhile
	}
	whom := t.Owner
	if t.OwnerAway {
		charge, err := b.desk.InCharge(ctx, t.Tenant, *t.Owner)
		if err != nil {
			return err
		}
		whom = charge.Person
	}
	if whom != nil && whom.ID == job.By.ID {
		return nil
	}
	address, ok, err := b.tellingPlace(ctx, t, whom)
	if err != nil || !ok {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	message := teams.Message{}
	called := ""
	if address.Kind != ticket.Personal && whom != nil {
		mention := teams.Mention{ID: whom.ID, Name: whom.Name}
		message.Mentions, called = []teams.Mention{mention}, mention.Markup()+", "
	}
	message.Text = called + s.say("tell."+string(job.What), args{
		"Ticket": t.String(), "Title": cards.Escape(cards.Shorten(b.masked(t.Title), 120)), "By": cards.Escape(job.By.Name),
		"Class": s.say("class." + string(t.Class())),
	})
	_, err = b.chat.Send(ctx, reference(address), message)
	return b.delivered(ctx, address, err)
}

// tellingPlace gives where who is in charge of a ticket is told of it. Where
// nobody is, the owner reads it when they are back.
func (b *Bot) tellingPlace(ctx context.Context, t *ticket.Ticket, whom *ticket.Person) (ticket.Address, bool, error) {
	shared, err := b.workedOnIn(ctx, t.ID)
	if err != nil {
		return ticket.Address{}, false, err
	}
	if len(shared) > 0 {
		return shared[0], true, nil
	}
	if whom == nil {
		whom = t.Owner
	}
	address, ok, err := b.store.PersonalAddress(ctx, t.Tenant, whom.ID)
	return address, ok && address.Refused == "", err
}
