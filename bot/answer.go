package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of the card of those who are asked; stored words. Each form has two, with
// ".open" and ".save" behind its name.
const (
	verbEscalationAccept = "escalation.accept"
	verbEscalationShow   = "escalation.show" // the card again, in place of a form
	verbEscalationText   = "escalation.text" // its text, where the card shows less

	answerAsk      = "escalation.ask"
	answerDecline  = "escalation.decline"
	answerReassign = "escalation.reassign"
	answerDecide   = "escalation.decide"
	answerResult   = "escalation.answer"
)

// sameLevel is the choice to hand an escalation on to a person and no other level.
const sameLevel = "same"

// answering is a form of the card of those who are asked. It stands in the place
// of the card of whoever fills it in.
type answering struct {
	name string
	// title is the id of what the button that saves is called.
	title  string
	fields func(b *Bot, ctx context.Context, t *turn, e ticket.Escalation) ([]field, error)
	// do is what the form asks for.
	do func(c *ticket.Change, number int, v answered) error
}

// answered is what was typed into a form, with what had to be looked up for it.
type answered struct {
	values
	person *ticket.Person
	here   ticket.Place
}

func wordsField(label string) func(*Bot, context.Context, *turn, ticket.Escalation) ([]field, error) {
	return func(*Bot, context.Context, *turn, ticket.Escalation) ([]field, error) {
		return []field{{id: ticket.FieldWords, kind: cards.FieldLines, label: label, required: true, limit: ticket.MaxEvidence}}, nil
	}
}

func answerings() []answering {
	return []answering{
		{
			name: answerAsk, title: "button.send", fields: wordsField("label.question"),
			do: func(c *ticket.Change, number int, v answered) error {
				return c.Ask(number, v.text(ticket.FieldWords), v.here)
			},
		},
		{
			name: answerDecline, title: "button.decline",
			fields: func(*Bot, context.Context, *turn, ticket.Escalation) ([]field, error) {
				return []field{reasonField()}, nil
			},
			do: func(c *ticket.Change, number int, v answered) error {
				return c.Decline(number, v.text(ticket.FieldReason))
			},
		},
		{
			name: answerResult, title: "button.send", fields: wordsField("label.result"),
			do: func(c *ticket.Change, number int, v answered) error {
				return c.Result(number, v.text(ticket.FieldWords))
			},
		},
		{name: answerReassign, title: "button.reassign", fields: (*Bot).reassignFields, do: reassign},
		{
			name: answerDecide, title: "button.decide_option", fields: (*Bot).decideFields,
			do: func(c *ticket.Change, number int, v answered) error {
				return c.Decide(number, int(v.number(ticket.FieldOption)), v.text(ticket.FieldWords))
			},
		},
	}
}

// decideFields are the options with what follows from each, and a word to the team.
func (b *Bot) decideFields(_ context.Context, t *turn, e ticket.Escalation) ([]field, error) {
	options := field{id: ticket.FieldOption, kind: cards.FieldChoice, label: "label.decision", required: true}
	for i, option := range e.Options {
		options.people = append(options.people, cards.Choice{Value: strconv.Itoa(i + 1), Title: cards.Text(t.say("escalation.option", args{
			"Words":       cards.Shorten(b.masked(option.Words), ticket.MaxOption),
			"Consequence": cards.Shorten(b.masked(option.Consequence), ticket.MaxOption),
		}))})
	}
	return []field{options, {id: ticket.FieldWords, kind: cards.FieldLines, label: "label.comment", limit: ticket.MaxEvidence}}, nil
}

// reassignFields ask for a person or another level.
func (b *Bot) reassignFields(ctx context.Context, t *turn, e ticket.Escalation) ([]field, error) {
	people, err := b.people(ctx, t)
	if err != nil {
		return nil, err
	}
	for _, level := range e.Levels() {
		route, _, err := b.store.Route(ctx, t.actor.Tenant, level)
		if err != nil {
			return nil, err
		}
		for _, who := range route.People {
			known := slices.ContainsFunc(people, func(c cards.Choice) bool { return c.Value == who.ID })
			if !known && who.ID != t.actor.ID {
				people = append(people, cards.Choice{Title: cards.Text(who.Name), Value: who.ID})
			}
		}
	}
	people = slices.DeleteFunc(people, func(c cards.Choice) bool { return c.Value == e.By.ID })
	whom := personField("label.reassign_whom", people)
	whom.required = false
	levels := field{
		id: ticket.FieldLevel, kind: cards.FieldChoiceCompact, label: "label.reassign_level", value: sameLevel,
		people: []cards.Choice{{Title: cards.Text(t.say("choice.level.same")), Value: sameLevel}},
	}
	standing, err := b.standing(ctx, t)
	if err != nil {
		return nil, err
	}
	levels.people = append(levels.people, standing...)
	return []field{whom, levels, noteField()}, nil
}

// standing lists the levels with who stands behind each.
func (b *Bot) standing(ctx context.Context, t *turn) ([]cards.Choice, error) {
	routes, err := b.store.Routes(ctx, t.actor.Tenant)
	if err != nil {
		return nil, err
	}
	var choices []cards.Choice
	for _, level := range ticket.Levels() {
		people := t.say("routes.nobody")
		if i := slices.IndexFunc(routes, func(r ticket.Route) bool { return r.Level == level }); i >= 0 {
			people = t.inOrder(routes[i])
		}
		title := t.say("escalate.level", args{"Level": t.level(level), "People": cards.Shorten(people, 120)})
		choices = append(choices, cards.Choice{Title: cards.Text(title), Value: string(level)})
	}
	return choices, nil
}

// reassign hands an escalation on: to the person who was chosen, else to the level.
func reassign(c *ticket.Change, number int, v answered) error {
	level := ticket.Level(v.text(ticket.FieldLevel))
	if level == sameLevel {
		level = ""
	}
	return c.Reassign(number, v.person, level, v.text(ticket.FieldNote))
}

// typed reads what was typed into a form.
func (b *Bot) typed(ctx context.Context, t *turn, e ticket.Escalation, v values) (answered, error) {
	typed := answered{values: v, here: t.place()}
	chosen := v.text(ticket.FieldPerson)
	if chosen == "" {
		return typed, nil
	}
	for _, level := range e.Levels() {
		route, _, err := b.store.Route(ctx, t.actor.Tenant, level)
		if err != nil {
			return typed, err
		}
		for _, who := range route.People {
			if who.ID == chosen {
				typed.person = &who
				return typed, nil
			}
		}
	}
	known, ok, err := b.store.Person(ctx, t.actor.Tenant, chosen)
	if ok {
		typed.person = &known.Person
	}
	return typed, err
}

// escalationOf gives the ticket and the escalation that a button is about.
func (b *Bot) escalationOf(ctx context.Context, t *turn, v values) (*ticket.Ticket, int, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return nil, 0, err
	}
	number := v.number("item")
	if number < 1 || number > int64(len(current.Escalations)) {
		return nil, 0, &ticket.Error{Kind: ticket.Invalid, Message: "error.item_unknown"}
	}
	return current, int(number), nil
}

// escalationReply shows the card of those who are asked to the person of the turn.
func (b *Bot) escalationReply(ctx context.Context, t *turn, current *ticket.Ticket, number int, failure error) (reply, error) {
	notice := ""
	if failure != nil {
		var ok bool
		if notice, ok = t.fault(failure); !ok {
			return reply{}, failure
		}
	}
	card, err := b.escalationCard(ctx, t.speech, current, number, notice)
	return reply{card: card, notice: notice, settled: failure == nil}, err
}

// escalationShow gives the card in place of a form that was left.
func (b *Bot) escalationShow(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, number, err := b.escalationOf(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	if !action.Replaces {
		sentence := t.say("notice.cancelled")
		card, err := b.noticeCard(t.speech, sentence)
		if err != nil {
			return reply{}, err
		}
		return b.settle(ctx, t, action, card, sentence)
	}
	if err := b.desk.Filled(ctx, current.ID, t.form(action)); err != nil {
		return reply{}, err
	}
	return b.escalationReply(ctx, t, current, number, nil)
}

// escalationWhole shows the text that was sent, whole.
func (b *Bot) escalationWhole(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	current, number, err := b.escalationOf(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	e := current.Escalations[number-1]
	if e.Text == 0 {
		return reply{}, errNoText
	}
	text, err := b.store.Text(ctx, t.actor.Tenant, e.Text)
	if err != nil {
		return reply{}, err
	}
	back := escalationData(current, number)
	back.Verb = verbEscalationShow
	card, err := b.drawSent(t, current, text, back)
	return reply{card: card, form: true}, err
}

// escalationAccept has the person of the turn take an escalation on.
func (b *Bot) escalationAccept(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, number, err := b.escalationOf(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	changed, failure := b.desk.Change(ctx, t.actor, v.answer(t, action), func(c *ticket.Change) error { return c.Accept(number) })
	if changed != nil {
		current = changed // by whoever was faster, where it failed
	}
	return b.escalationReply(ctx, t, current, number, failure)
}

// answer gives the click on the card of those who are asked: it means the
// escalation as it is now.
func (v values) answer(t *turn, action teams.Action) ticket.Press {
	press := ticket.Press{ID: v.ticket(t.actor.Tenant), Key: v.digest(action.Verb, t.actor.ID), Place: t.place()}
	if action.Replaces {
		press.Form = t.form(action)
	}
	return press
}

// answerOpen shows a form, if the person may fill it in.
func (b *Bot) answerOpen(a answering) verb {
	return func(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
		current, number, err := b.escalationOf(ctx, t, v)
		if err != nil {
			return reply{}, err
		}
		try, err := b.desk.Trial(ctx, t.actor, current)
		if err != nil {
			return reply{}, err
		}
		try.From = t.place()
		// Saved empty, on a copy, a form has faults at most.
		var faults ticket.Faults
		if err := a.do(try, number, answered{values: values{}, here: t.place()}); err != nil && !errors.As(err, &faults) {
			return b.escalationReply(ctx, t, current, number, err)
		}
		card, err := b.answerForm(ctx, t, a, current, number, nil, nil)
		if err == nil && action.Replaces {
			err = b.desk.Filling(ctx, t.form(action))
		}
		return reply{card: card, form: true}, err
	}
}

// answerSave does what a form asks for. Whatever is wrong with it, the form comes
// back with all that was typed. Where nothing was typed and there is nothing to
// answer any more, the card says who was faster.
func (b *Bot) answerSave(a answering) verb {
	return func(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
		current, number, err := b.escalationOf(ctx, t, v)
		if err != nil {
			return reply{}, err
		}
		typed, err := b.typed(ctx, t, current.Escalations[number-1], v)
		if err != nil {
			return reply{}, err
		}
		changed, failure := b.desk.Change(ctx, t.actor, v.answer(t, action), func(c *ticket.Change) error { return a.do(c, number, typed) })
		if failure == nil {
			r, err := b.escalationReply(ctx, t, changed, number, nil)
			r.settled = !action.Replaces && b.isCard(ctx, t, action)
			return r, err
		}
		if changed != nil {
			current = changed
		}
		if _, mended := errors.AsType[ticket.Faults](failure); mended || ticket.KindOf(failure) != ticket.Internal && v.worded() {
			card, err := b.answerForm(ctx, t, a, current, number, v, failure)
			return reply{card: card, form: true}, err
		}
		if ticket.KindOf(failure) != ticket.Internal && action.Replaces {
			err = b.desk.Filled(ctx, current.ID, t.form(action))
		}
		if err != nil {
			return reply{}, err
		}
		return b.escalationReply(ctx, t, current, number, failure)
	}
}

// worded tells whether somebody has written something that must not be lost.
func (v values) worded() bool {
	return ticket.Clean(v.text(ticket.FieldWords)+v.text(ticket.FieldReason)+v.text(ticket.FieldNote)) != ""
}

// isCard tells whether the message that was pressed is a card that its job brings
// up to date, and no form of its own.
func (b *Bot) isCard(ctx context.Context, t *turn, action teams.Action) bool {
	live, err := b.store.Shows(ctx, t.place(), action.Card)
	return err == nil && live
}

// answerForm draws a form of the card of those who are asked.
func (b *Bot) answerForm(
	ctx context.Context, t *turn, a answering, current *ticket.Ticket, number int, typed values, failure error,
) (json.RawMessage, error) {
	e := current.Escalations[number-1]
	fields, err := a.fields(b, ctx, t, e)
	if err != nil {
		return nil, err
	}
	id := "form." + a.name
	d := drawing{
		heading: t.say(id + ".heading"), intro: t.say(id + ".intro"), title: a.title, fields: fields,
		ticket: t.say("ticket.fallback.short", args{"Ticket": current.String(), "Title": cards.Shorten(b.masked(current.Title), 120)}),
		save:   escalationData(current, number), cancel: escalationData(current, number),
	}
	d.save.Verb, d.cancel.Verb = a.name+suffixSave, verbEscalationShow
	if d.wrong(t.speech, typed, failure); len(d.faults) == 0 && failure != nil {
		d.problem, _ = t.fault(failure) // saving again does not help, as it would with a form of the ticket
	}
	if d.typed[ticket.FieldPerson] != "" {
		d.fields[0].kind = cards.FieldChoiceCompact // some clients show the value of a filtered choice, not its title
	}
	return b.drawForm(t, d)
}
