package bot

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// statusMissing is how many of the things to do next a status names.
const statusMissing = 3

// status answers "status T-1" with a form: how the ticket stands at one glance,
// to be edited before it goes to those who follow it.
func (b *Bot) status(ctx context.Context, t *turn, rest string) error {
	id, ok := t.ticketIn(rest)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "status"}))
	}
	form, err := b.openForm(statusForm())(ctx, t, ticketValues(id), teams.Action{})
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, form.card, t.say("form.status.heading"))
}

// ticketValues are the values of a button that names the ticket.
func ticketValues(id ticket.ID) values {
	return values{"ticket": json.RawMessage(strconv.Quote(id.String()))}
}

func statusForm() form {
	return form{
		name:       "status",
		heading:    titled("form.status.heading"),
		intro:      titled("form.status.intro"),
		title:      "button.send",
		ownMessage: true,
		fields: func(s speech, t *ticket.Ticket, _ ticket.Item) []field {
			return []field{{
				id: ticket.FieldWords, kind: cards.FieldLines, label: "label.status", required: true,
				limit: ticket.MaxStatus, value: glance(s, t),
			}}
		},
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			return c.WriteStatus(v.text(ticket.FieldWords))
		},
	}
}

// glance says in plain words how a ticket stands, by its facts.
func glance(s speech, t *ticket.Ticket) string {
	parts := []string{
		s.say("status.glance", args{
			"Title": t.Title, "Class": s.say("class." + string(t.Class())), "Affected": affected(s, t), "Since": s.day(t.OpenedAt),
		}),
		s.say("status.glance.step", args{"Number": t.Step.Number(), "Step": s.say("step." + string(t.Step))}),
		s.say("status.glance.next", args{"Next": nextLine(s, t)}),
	}
	return cards.Shorten(strings.Join(parts, " "), ticket.MaxStatus)
}

// affected says whom the trouble meets, those of linked tickets among them.
func affected(s speech, t *ticket.Ticket) string {
	if users := t.Affected(); users != nil {
		return s.say("status.users", args{"Count": *users})
	}
	return t.Customer
}

// nextLine says what has to be done next, in a few words.
func nextLine(s speech, t *ticket.Ticket) string {
	if open, waiting := t.Escalation(); waiting {
		return s.say("missing.answer", args{"Level": s.say("choice.level." + string(open.Level))})
	}
	var needs []string
	for _, item := range t.Missing() {
		if len(needs) < statusMissing {
			needs = append(needs, s.say("missing."+string(item.ID)))
		}
	}
	if len(needs) > 0 {
		return strings.Join(needs, ", ")
	}
	if next, ok := t.Step.Next(); ok {
		return s.say("status.go_on", args{"Step": s.say("step." + string(next))})
	}
	return s.say("status.close")
}

// statusSave has what was written told, and says where it went. What is wrong
// with it, it says in the form, as every form does.
func (b *Bot) statusSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	var told ticket.Told
	save := b.saveWith(statusForm(), func(press ticket.Press) (*ticket.Ticket, error) {
		changed, reached, err := b.desk.WriteStatus(ctx, t.actor, press, v.text(ticket.FieldWords), t.place())
		told = reached
		return changed, err
	})
	r, err := save(ctx, t, v, action)
	if err != nil || r.form {
		return r, err
	}
	id := v.ticket(t.actor.Tenant)
	sentence := t.say("status.sent_here", args{"Ticket": id.String()})
	if told.Places > 0 {
		sentence = t.say("status.sent", args{"Count": told.Places})
	}
	if told.Held > 0 {
		sentence += " " + t.say("status.held", args{"Count": told.Held})
	}
	card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: id.String()}))
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, sentence)
}

// statusCard shows at one glance how a ticket stands.
func (b *Bot) statusCard(s speech, t *ticket.Ticket) (json.RawMessage, error) {
	t = t.Masked(b.guard)
	class := string(t.Class())
	view := cards.Status{
		Words: s.words(), Number: t.String(), Customer: cards.Text(t.Customer), Title: cards.Text(t.Title),
		Class: s.say("class." + class), ClassKey: class, Closed: b.closedLine(s, t), Said: cards.Text(t.StatusText),
		Updated: s.say("status.updated", args{"When": s.day(t.UpdatedAt)}), Fallback: b.fallback(s, t),
		Buttons: []cards.Button{b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()})},
	}
	owner := s.say("list.unowned")
	if t.Owner != nil {
		owner = "**" + cards.Escape(t.Owner.Name) + "**"
	} else if t.State == ticket.Open {
		take := b.button(s, "button.take", verbTicketTake, b.data(t, ""))
		view.Buttons = append([]cards.Button{take}, view.Buttons...)
	}
	who := []string{s.say("status.since", args{"When": s.day(t.OpenedAt)}), s.say("status.owner", args{"Owner": owner})}
	if t.Affected() != nil {
		who = append([]string{affected(s, t)}, who...)
	}
	view.Who = strings.Join(who, " · ")
	if t.StatusAt != nil {
		view.SaidWhen = s.say("status.said", args{"When": s.day(*t.StatusAt)})
	}
	if t.State == ticket.Open {
		view.Step = s.say("ticket.step", args{"Number": t.Step.Number()}) + " · " + s.say("step."+string(t.Step))
		view.Next = s.say("status.next", args{"Next": nextLine(s, t)})
		view.Clock, view.Late = b.clockLine(s, t)
	}
	return b.cards.Status(view)
}
