package bot

import (
	"context"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// handback answers "handback T-1 what came of it": the result of an escalation
// goes back to the ticket, which is its owner's to go on with. Without words it
// asks for them in a form.
func (b *Bot) handback(ctx context.Context, t *turn, rest string) error {
	words := fields(rest)
	if len(words) == 0 {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "handback"}))
	}
	number, ok := ticket.ParseNumber(words[0].text)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "handback"}))
	}
	id := ticket.ID{Tenant: t.actor.Tenant, Number: number}
	result := strings.TrimLeft(rest[words[0].end:], " \t\n:–—-")
	if result == "" {
		form, err := b.openForm(handbackForm())(ctx, t, ticketValues(id), teams.Action{})
		if err != nil {
			return err
		}
		return b.sendCard(ctx, t, form.card, t.say("form.handback.heading"))
	}
	changed, err := b.desk.Change(ctx, t.actor, t.typed(id), func(c *ticket.Change) error { return c.Answer(result) })
	if err != nil {
		return err
	}
	return b.say(ctx, t, t.handedBack(changed))
}

// handedBack says whose the ticket is again, as Markdown.
func (s speech) handedBack(t *ticket.Ticket) string {
	if t.Owner == nil {
		return s.say("notice.handed_back.nobody", args{"Ticket": t.String()})
	}
	return s.markdown("notice.handed_back", args{"Ticket": t.String(), "Owner": t.Owner.Name})
}

func handbackForm() form {
	return form{
		name:       "handback",
		heading:    titled("form.handback.heading"),
		intro:      titled("form.handback.intro"),
		title:      "button.handback",
		ownMessage: true,
		fields: func(speech, *ticket.Ticket, ticket.Item) []field {
			return []field{{id: ticket.FieldWords, kind: cards.FieldLines, label: "label.handback", required: true, limit: ticket.MaxEvidence}}
		},
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			return c.Answer(v.text(ticket.FieldWords))
		},
	}
}

// handbackSave gives the result back, and says so where the form was.
func (b *Bot) handbackSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	var changed *ticket.Ticket
	save := b.saveWith(handbackForm(), func(press ticket.Press) (*ticket.Ticket, error) {
		var err error
		changed, err = b.desk.Change(ctx, t.actor, press, func(c *ticket.Change) error { return c.Answer(v.text(ticket.FieldWords)) })
		return changed, err
	})
	r, err := save(ctx, t, v, action)
	if err != nil || r.form {
		return r, err
	}
	sentence := t.handedBack(changed)
	card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: changed.String()}))
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, sentence)
}
