package bot

import (
	"cmp"
	"context"
	"strings"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// personalChat begins the ids of the bot's own chats with people. Chats of two
// people, in which there is no bot, have others.
const personalChat = "a:"

// meetPlace learns what an activity tells of where it happens. Of the message
// extension, which people use anywhere, only where the bot is known to be a member.
func (b *Bot) meetPlace(ctx context.Context, t *turn) error {
	if !t.OfExtension() {
		return b.learn(ctx, t)
	}
	if d, ok := t.Dialog(); ok && t.address.Kind == ticket.Channel && t.address.Thread == "" {
		t.address.Thread = threadOf(d)
	}
	if strings.HasPrefix(t.address.Conversation, personalChat) && t.address.Kind == ticket.Personal {
		return b.learn(ctx, t)
	}
	member, err := b.membership(ctx, t)
	if err != nil {
		return err
	}
	if t.outside = member.Conversation == ""; t.outside {
		return nil
	}
	// Such an activity does not always say what kind of conversation it is from.
	t.address.Kind, t.address.Person = member.Kind, member.Person
	t.address.Team, t.address.Channel = cmp.Or(t.address.Team, member.Team), cmp.Or(t.address.Channel, member.Channel)
	return b.learn(ctx, t)
}

// threadOf gives the thread of a channel in which the message stands that a command
// is used on; a client may say so, or that the message is a reply.
func threadOf(d teams.Dialog) string {
	switch {
	case d.Message == nil:
		if kept, ok := decodeSource(decodeValues(d.Data)); ok {
			return kept.Thread
		}
		return ""
	case d.Message.Thread != "":
		return d.Message.Thread
	}
	return d.Message.ID
}

// membership gives the address by which the bot is known to be a member of a
// conversation: its own, that of the channel around a thread, or, as an app is added to a
// whole team, that of the team's first channel. It is zero where there is none. Private
// and shared channels have members of their own.
func (b *Bot) membership(ctx context.Context, t *turn) (ticket.Address, error) {
	address := t.address
	places := []ticket.Place{address.Place, {Tenant: address.Tenant, Conversation: address.Conversation}}
	if kind := t.ChannelData.Channel.Type; address.Team != "" && kind != "private" && kind != "shared" {
		places = append(places, ticket.Place{Tenant: address.Tenant, Conversation: address.Team})
	}
	for _, place := range places {
		if place.Conversation == "" {
			continue
		}
		known, ok, err := b.store.Address(ctx, place)
		if err != nil {
			return ticket.Address{}, err
		}
		if ok && known.Refused != "" {
			break
		}
		if ok {
			return known, nil
		}
	}
	return ticket.Address{}, nil
}

// landing gives where the card of a ticket goes that was opened or asked for outside:
// the person's own chat with the bot; nowhere where that is not known.
func (b *Bot) landing(ctx context.Context, t *turn) (ticket.Place, error) {
	if !t.outside {
		return t.place(), nil
	}
	for _, id := range []string{t.actor.ID, t.actor.ObjectID} {
		if id == "" {
			continue
		}
		address, known, err := b.store.PersonalAddress(ctx, t.actor.Tenant, id)
		if err != nil {
			return ticket.Place{}, err
		}
		if known && address.Refused == "" {
			return address.Place, nil
		}
	}
	return ticket.Place{}, nil
}

// landed says where the card of a ticket is, and what to do to have it here.
func (t *turn) landed(id ticket.ID, place ticket.Place) string {
	switch {
	case !t.outside:
		return t.say("outside.here", args{"Ticket": id.String()})
	case place.Conversation == "":
		return t.say("outside.nowhere", args{"Ticket": id.String()})
	}
	return t.say("outside.personal", args{"Ticket": id.String()})
}

// showOutside has the live card sent to who asks for it.
func (b *Bot) showOutside(ctx context.Context, t *turn, id ticket.ID) (reply, error) {
	place, err := b.landing(ctx, t)
	if err == nil && place.Conversation != "" {
		_, err = b.desk.Show(ctx, id, place)
	}
	return reply{text: t.landed(id, place)}, err
}
