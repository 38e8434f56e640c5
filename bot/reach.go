package bot

import (
	"context"
	"errors"
	"fmt"

	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// chatWith gives the address of the personal chat with somebody. Where none is
// known it is opened; where that is refused, or was before, the address says so.
func (b *Bot) chatWith(ctx context.Context, t *ticket.Ticket, whom ticket.Person) (ticket.Address, error) {
	for _, id := range []string{whom.ID, whom.ObjectID} {
		if address, known, err := b.store.PersonalAddress(ctx, t.Tenant, id); known || err != nil {
			return address, err
		}
	}
	refused := ticket.Address{Person: whom, Refused: string(ticket.NotInstalled)}
	from, ok, err := b.anywhere(ctx, t)
	if err != nil || !ok {
		return refused, err
	}
	id := whom.ID
	if id == "" {
		id = whom.ObjectID
	}
	conversation, failure := b.chat.OpenPersonal(ctx, reference(from), id)
	if failure != nil {
		why, err := refusalOf(failure)
		if err != nil {
			return refused, err
		}
		logs.From(ctx).WarnContext(ctx, "no chat could be opened with a person", "person", id, "error", failure)
		refused.Refused = string(why)
		// Forgotten after it is stored: the next word of the person shall end the refusal.
		defer b.seen.forget(ticket.NoChat(t.Tenant, whom.ID))
		return refused, b.desk.Unopened(ctx, t.Tenant, whom, why)
	}
	opened := from
	opened.Place = ticket.Place{Tenant: t.Tenant, Conversation: conversation}
	opened.Kind, opened.Person, opened.Team, opened.Channel, opened.Refused = ticket.Personal, whom, "", "", ""
	err = b.store.InTx(ctx, func(tx ticket.Tx) error {
		// They may have written while it was opened, which tells more than our guess.
		if learnt, known, err := tx.Address(ctx, opened.Place); err != nil {
			return err
		} else if known && learnt.Refused == "" {
			opened = learnt
			return nil
		}
		if err := tx.Learn(ctx, opened); err != nil {
			return err
		}
		return tx.Later(ctx, ticket.Task{Job: ticket.MarkReached{Place: opened.Place, Person: whom}})
	})
	if err != nil {
		return opened, fmt.Errorf("bot: learn an opened chat: %w", err)
	}
	return opened, nil
}

// anywhere gives an address of the ticket's tenant: where it is shown, or where
// it was opened. The clock and language of the people there are the best guess
// for a person who has not written yet.
func (b *Bot) anywhere(ctx context.Context, t *ticket.Ticket) (ticket.Address, bool, error) {
	posts, err := b.store.Posts(ctx, t.ID)
	if err != nil {
		return ticket.Address{}, false, err
	}
	for _, post := range posts {
		if address, ok, err := b.store.Address(ctx, post.Place); ok || err != nil {
			return address, ok, err
		}
	}
	address, ok, err := b.store.PersonalAddress(ctx, t.Tenant, t.OpenedBy.ID)
	return address, ok && address.ServiceURL != "", err
}

// refusalOf tells a chat that is refused for good from a failure after which
// the job comes again.
func refusalOf(failure error) (ticket.Refusal, error) {
	refused, ok := errors.AsType[*teams.Error](failure)
	switch {
	case !ok:
		return "", failure
	case refused.Temporary():
		return "", putOff(refused, failure)
	case refused.Kind == teams.Unauthorized, refused.Kind == teams.Broken, refused.Kind == teams.WrongHost:
		return "", failure
	}
	return ticket.RefusalOf(string(refused.Kind)), nil
}

// attention says who cannot be told of the ticket, and what to do about it.
func (b *Bot) attention(s speech, t *ticket.Ticket) string {
	if t.State == ticket.Closed || len(t.Unreached) == 0 {
		return ""
	}
	first := t.Unreached[0]
	line := s.say("unreached.place." + string(first.Why))
	if first.Place == (ticket.Place{}) {
		line = s.markdown("unreached.person."+string(first.Why), args{"Person": s.nameOrLead(first.Person.Name)})
	}
	if more := len(t.Unreached) - 1; more > 0 {
		line += " " + s.say("unreached.more", args{"Count": more})
	}
	return line
}

// nameOrLead gives the name of somebody who is reminded; only that of a lead may be
// unknown, as the configuration has none.
func (s speech) nameOrLead(name string) string {
	if name == "" {
		return s.say("unreached.lead")
	}
	return name
}
