package bot

import (
	"context"
	"crypto/rand"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// ticketIn reads the number of a ticket behind a command.
func (t *turn) ticketIn(rest string) (ticket.ID, bool) {
	number, ok := numberIn(fields(rest))
	return ticket.ID{Tenant: t.actor.Tenant, Number: number}, ok
}

// show answers "show T-1" with the live card.
func (b *Bot) show(ctx context.Context, t *turn, rest string) error {
	id, ok := t.ticketIn(rest)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "show"}))
	}
	_, err := b.desk.Show(ctx, id, t.place())
	return err
}

// take answers "take T-1": the ticket becomes the person's own, and its card is shown.
func (b *Bot) take(ctx context.Context, t *turn, rest string) error {
	id, ok := t.ticketIn(rest)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "take"}))
	}
	if _, err := b.desk.Change(ctx, t.actor, t.typed(id), (*ticket.Change).Take); err != nil {
		return err
	}
	_, err := b.desk.Show(ctx, id, t.place())
	return err
}

// assign answers "assign T-1 @name" and tells the new owner.
func (b *Bot) assign(ctx context.Context, t *turn, rest string) error {
	id, ok := t.ticketIn(rest)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "assign"}))
	}
	mentions := t.Mentions()
	switch len(mentions) {
	case 0:
		return b.say(ctx, t, t.say("notice.assign_whom", args{"Ticket": id.String()}))
	case 1:
	default:
		return b.say(ctx, t, t.say("notice.assign_one", args{"Ticket": id.String()}))
	}
	owner := person(mentions[0].ID, mentions[0].ObjectID, mentions[0].Name)
	_, err := b.desk.Change(ctx, t.actor, t.typed(id), func(c *ticket.Change) error {
		if err := c.Assign(owner); err != nil {
			return err
		}
		c.Then(ticket.Say{Place: t.place(), Mentions: []ticket.Person{owner}, Text: t.say("notice.assigned", args{
			"Mention": teams.Mention{Name: owner.Name}.Markup(), "Ticket": id.String(), "Title": cards.Escape(b.masked(c.Ticket.Title)),
		})})
		return nil
	})
	return err
}

// typed gives the press of a command: on the ticket as it is now, once for each message.
func (t *turn) typed(id ticket.ID) ticket.Press {
	return ticket.Press{ID: id, Key: t.key("message"), Place: t.place()}
}

// key names what the turn does once, however often Teams delivers it. An id of
// an activity is one of its conversation only.
func (t *turn) key(what string) string {
	id := t.ID
	if id == "" {
		id = rand.Text()
	}
	return what + " " + t.Conversation.ID + " " + id
}

// person makes a person of what Teams tells of somebody.
func person(id, objectID, name string) ticket.Person {
	if id == "" {
		id = objectID
	}
	if name == "" {
		name = id
	}
	return ticket.Person{ID: id, ObjectID: strings.ToLower(objectID), Name: name}
}
