package bot

import (
	"context"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// AskInPerson does the job of finding the way to a person whose turn it is while
// the conversation of their level cannot be reached: the chat with them, which is
// opened where there is none. Somebody who has none is skipped at once.
//
// It may come twice: the step of the escalation is taken once.
func (b *Bot) AskInPerson(ctx context.Context, job ticket.AskInPerson) error {
	t, e, err := b.escalation(ctx, job.Tenant, job.Number, job.Escalation)
	if err != nil || e == nil || !e.Open() || len(e.Climbs) != job.Step {
		return err
	}
	address, err := b.chatWith(ctx, t, job.Person)
	if err != nil {
		return err
	}
	if address.Refused != "" {
		return b.desk.Unasked(ctx, job, string(ticket.RefusalOf(address.Refused)))
	}
	return b.desk.AskThere(ctx, job, address.Place)
}

// escalation gives a ticket and one of its escalations; nil where it is gone.
func (b *Bot) escalation(ctx context.Context, tenant string, number int64, escalation int) (*ticket.Ticket, *ticket.Escalation, error) {
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: tenant, Number: number})
	if ticket.KindOf(err) == ticket.NotFound {
		return nil, nil, nil
	}
	if err != nil || escalation < 1 || escalation > len(t.Escalations) {
		return t, nil, err
	}
	return t, &t.Escalations[escalation-1], nil
}

// TellReply does the job of telling whoever asked a question of the owner's
// answer: with a mention where it was asked, else in person. Where neither is
// possible the owner is asked to tell them.
//
// An answer that was told is in the history under its key, and is not told
// again. A process that is killed between the two tells it twice.
func (b *Bot) TellReply(ctx context.Context, job ticket.TellReply) error {
	t, e, err := b.escalation(ctx, job.Tenant, job.Number, job.Escalation)
	if err != nil || e == nil || job.Question < 1 || job.Question > len(e.Questions) {
		return err
	}
	if _, told, err := b.store.Pressed(ctx, job.Tenant, job.Key()); err != nil || told {
		return err
	}
	q := e.Questions[job.Question-1]
	told, err := b.tellReplyThere(ctx, t, q)
	if err == nil && !told {
		told, err = b.tellReplyInPerson(ctx, t, q)
	}
	switch {
	case err != nil:
		return err
	case told:
		return b.desk.Told(ctx, t.ID, job.Key(), ticket.ToldReply, &q.By)
	}
	logs.From(ctx).WarnContext(ctx, "nobody could be told of an answer", "ticket", t.String())
	return b.tellInCharge(ctx, t, ticket.Handrail(t.Tenant).Person, func(s speech) string {
		return s.markdown("told.reply.failed", args{"Name": q.By.Name, "Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120)})
	})
}

// tellReplyThere tells the answer where the question was asked; false where that
// place is not known, or refuses it.
func (b *Bot) tellReplyThere(ctx context.Context, t *ticket.Ticket, q ticket.Question) (bool, error) {
	address, known, err := b.store.Address(ctx, q.Place)
	if err != nil || !known || address.Refused != "" {
		return false, err
	}
	return b.sendReply(ctx, t, q, address)
}

func (b *Bot) tellReplyInPerson(ctx context.Context, t *ticket.Ticket, q ticket.Question) (bool, error) {
	address, err := b.chatWith(ctx, t, q.By)
	if err != nil || address.Refused != "" {
		return false, err
	}
	return b.sendReply(ctx, t, q, address)
}

// sendReply sends the answer and tells whether it got there. With an error the
// job comes again.
func (b *Bot) sendReply(ctx context.Context, t *ticket.Ticket, q ticket.Question, address ticket.Address) (bool, error) {
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	by := q.By
	if q.AnsweredBy != nil {
		by = *q.AnsweredBy
	}
	message := teams.Message{Text: s.markdown("told.reply.text", args{
		"By": by.Name, "Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120),
		"Question": b.masked(q.Words), "Answer": b.masked(q.Answer),
	})}
	if address.Kind != ticket.Personal {
		mention := teams.Mention{ID: q.By.ID, Name: q.By.Name}
		message.Mentions, message.Text = []teams.Mention{mention}, mention.Markup()+", "+message.Text
	}
	_, failure := b.chat.Send(ctx, reference(address), message)
	return failure == nil, b.delivered(ctx, address, failure)
}

// TellClimb does the job of telling the owner how an escalation goes on: who was
// skipped and why, who is asked instead, and until when the card waits. It says
// nothing any more once the escalation has ended or was accepted.
//
// A process that is killed between the message and the end of the job says it
// twice; nobody is asked twice for that.
func (b *Bot) TellClimb(ctx context.Context, job ticket.TellClimb) error {
	t, e, err := b.escalation(ctx, job.Tenant, job.Number, job.Escalation)
	if err != nil || e == nil || !e.Open() || e.AcceptedBy != nil || job.From < 0 || job.From >= job.To || job.To > len(e.Climbs) {
		return err
	}
	return b.tellInCharge(ctx, t, ticket.Handrail(t.Tenant).Person, func(s speech) string {
		return s.markdown("climbed.tell", args{"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120)}) + " " +
			cards.Escape(s.climbed(e.Climbs[job.From:job.To]))
	})
}

// TellUnanswered does the job of telling a lead, in person, that nobody has
// answered an escalation and nobody is left to be asked.
//
// What was told is in the history under its key, and is not told again. A
// process that is killed between the two tells it twice.
func (b *Bot) TellUnanswered(ctx context.Context, job ticket.TellUnanswered) error {
	t, e, err := b.escalation(ctx, job.Tenant, job.Number, job.Escalation)
	if err != nil || e == nil || !e.Open() || e.AcceptedBy != nil {
		return err
	}
	if _, told, err := b.store.Pressed(ctx, job.Tenant, job.Key()); err != nil || told {
		return err
	}
	lead := ticket.Person{ObjectID: job.Lead} // the configuration has no more of a lead
	address, err := b.chatWith(ctx, t, lead)
	if err != nil {
		return err
	}
	if address.Refused == "" {
		told, err := b.sendUnanswered(ctx, t, *e, address)
		if err != nil {
			return err
		}
		if told {
			return b.desk.Told(ctx, t.ID, job.Key(), ticket.ToldUnanswered, &address.Person)
		}
		if address, _, err = b.store.Address(ctx, address.Place); err != nil {
			return err
		}
	}
	logs.From(ctx).WarnContext(ctx, "a lead could not be told that nobody answers", "ticket", t.String(), "lead", job.Lead)
	if address.Refused == "" {
		return nil // it is the message that was refused
	}
	lead.Name = address.Person.Name
	return b.desk.Told(ctx, t.ID, job.Key(), ticket.ToldUnanswered, nil,
		ticket.Unreached{Person: lead, Why: ticket.RefusalOf(address.Refused)})
}

// sendUnanswered sends a lead the card and tells whether it got there. With an
// error the job comes again.
func (b *Bot) sendUnanswered(ctx context.Context, t *ticket.Ticket, e ticket.Escalation, address ticket.Address) (bool, error) {
	charge, err := b.charge(ctx, t)
	if err != nil {
		return false, err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	level := s.say("choice.level." + string(e.Level))
	ask := s.markdown("climbed.ask", args{"Ask": cards.Shorten(b.masked(oneLine(e.Ask)), 2*evidenceLine)})
	view := cards.Reminder{
		Words: s.words(), What: s.markdown("climbed.unanswered", args{"By": e.By.Name, "Level": level}), Breach: true,
		Number: t.String(), Title: cards.Text(b.masked(t.Title)), Class: s.say("class." + string(t.Class())), ClassKey: string(t.Class()),
		Detail:   ask + " " + cards.Escape(s.trail(e)) + "\n\n" + b.ownerLine(s, t, charge),
		Buttons:  []cards.Button{b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()})},
		Fallback: b.fallback(s, t),
	}
	card, err := b.cards.Reminder(view)
	if err != nil {
		return false, err
	}
	_, failure := b.chat.Send(ctx, reference(address), teams.Message{Card: card, Summary: b.fallback(s, t)})
	return failure == nil, b.delivered(ctx, address, failure)
}

// tellOfEnd tells who is in charge that nobody has answered the open escalation:
// what was tried, and which leads are told.
func (b *Bot) tellOfEnd(ctx context.Context, t *ticket.Ticket) error {
	e, open := t.Escalation()
	if !open || e.AcceptedBy != nil {
		return nil
	}
	var reached []string
	for _, id := range b.desk.Leads {
		address, err := b.chatWith(ctx, t, ticket.Person{ObjectID: id})
		if err != nil {
			return err
		}
		if address.Refused == "" && (t.Owner == nil || address.Person.ID != t.Owner.ID) {
			reached = append(reached, address.Person.Name)
		}
	}
	return b.tellInCharge(ctx, t, ticket.Handrail(t.Tenant).Person, func(s speech) string {
		said := s.markdown("tell.unanswered", args{"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120)})
		said += " " + cards.Escape(s.trail(e)) + " "
		if len(reached) == 0 {
			return said + s.say("climbed.no_lead")
		}
		for i, name := range reached {
			reached[i] = s.nameOrLead(name)
		}
		return said + s.markdown("climbed.leads", args{"Leads": s.upTo(reached, ", ")})
	})
}
