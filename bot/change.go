package bot

import (
	"context"

	"handrail/cards"
	"handrail/internal/logs"
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
	if job.What == ticket.EntryUnanswered {
		return b.tellOfEnd(ctx, t)
	}
	return b.tellInCharge(ctx, t, job.By, func(s speech) string {
		return s.markdown("tell."+string(job.What), args{
			"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120), "By": job.By.Name, "Class": s.say("class." + string(t.Class())),
		})
	})
}

// tellInCharge tells who is in charge of a ticket what somebody has done, unless
// it was they. It is logged where there is no way to them.
func (b *Bot) tellInCharge(ctx context.Context, t *ticket.Ticket, by ticket.Person, say func(s speech) string) error {
	if t.Owner == nil {
		return nil
	}
	whom := t.Owner
	if t.OwnerAway {
		charge, err := b.desk.InCharge(ctx, t.Tenant, *t.Owner)
		if err != nil {
			return err
		}
		whom = charge.Person
	}
	if whom != nil && whom.ID == by.ID {
		return nil
	}
	address, ok, err := b.tellingPlace(ctx, t, whom)
	if err != nil {
		return err
	}
	if !ok {
		logs.From(ctx).WarnContext(ctx, "nobody could be told of a change", "ticket", t.String())
		return nil
	}
	message, called := teams.Message{}, ""
	if address.Kind != ticket.Personal && whom != nil {
		mention := teams.Mention{ID: whom.ID, Name: whom.Name}
		message.Mentions, called = []teams.Mention{mention}, mention.Markup()+", "
	}
	message.Text = called + say(b.catalog.in(address.Locale, address.Zone, b.now()))
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
