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
	if job.What == ticket.EntryAsked {
		return b.tellOfQuestion(ctx, t, job.By)
	}
	return b.tellInCharge(ctx, t, job.By, func(s speech) string {
		return s.markdown("tell."+string(job.What), args{
			"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120), "By": job.By.Name, "Class": s.say("class." + string(t.Class())),
			"Step":  s.say("step." + string(t.Step)),
			"Words": cards.Shorten(b.ending(t), mostAsked),
		})
	})
}

// tellInCharge tells who is in charge of a ticket what somebody has done, unless
// it was they. It is logged where there is no way to them.
func (b *Bot) tellInCharge(ctx context.Context, t *ticket.Ticket, by ticket.Person, say func(s speech) string) error {
	_, err := b.callInCharge(ctx, t, by, func(s speech, whom *teams.Mention) (teams.Message, error) {
		if whom == nil {
			return teams.Message{Text: say(s)}, nil
		}
		return teams.Message{Text: whom.Markup() + ", " + say(s), Mentions: []teams.Mention{*whom}}, nil
	})
	return err
}

// callInCharge does the same with any message, which mentions them unless it is
// sent to a chat with them alone. It tells whether somebody reads it.
func (b *Bot) callInCharge(
	ctx context.Context, t *ticket.Ticket, by ticket.Person, message func(s speech, whom *teams.Mention) (teams.Message, error),
) (bool, error) {
	if t.Owner == nil {
		return false, nil
	}
	whom := t.Owner
	if t.OwnerAway {
		charge, err := b.desk.InCharge(ctx, t.Tenant, *t.Owner)
		if err != nil {
			return false, err
		}
		whom = charge.Person
	}
	if whom != nil && whom.ID == by.ID {
		return true, nil
	}
	for last := (ticket.Place{}); ; {
		address, ok, err := b.tellingPlace(ctx, t, whom)
		if err != nil {
			return false, err
		}
		if !ok || address.Place == last {
			logs.From(ctx).WarnContext(ctx, "nobody could be told of a change", "ticket", t.String())
			return false, nil
		}
		last = address.Place
		var mention *teams.Mention
		if address.Kind != ticket.Personal && whom != nil {
			mention = &teams.Mention{ID: whom.ID, Name: whom.Name}
		}
		said, err := message(b.catalog.in(address.Locale, address.Zone, b.now()), mention)
		if err != nil {
			return false, err
		}
		_, failure := b.chat.Send(ctx, reference(address), said)
		if err := b.delivered(ctx, address, failure); err != nil || failure == nil {
			return failure == nil, err
		}
		// It refuses us from now on, and there may be another way.
	}
}

// ending gives the words with which the last escalation ended.
func (b *Bot) ending(t *ticket.Ticket) string {
	if len(t.Escalations) == 0 {
		return ""
	}
	last := t.Escalations[len(t.Escalations)-1]
	return b.masked(last.Answer + last.Declined + last.Withdrawn) // of which there is one
}

// tellOfQuestion shows who is in charge a question that waits for their answer,
// with the way to answer it; nothing where it has been answered meanwhile. Where
// nobody can be shown it, whoever asked is told so.
func (b *Bot) tellOfQuestion(ctx context.Context, t *ticket.Ticket, by ticket.Person) error {
	open, waiting := t.Escalation()
	question, asked := open.Question()
	if !waiting || !asked {
		return nil
	}
	shown, err := b.callInCharge(ctx, t, by, func(s speech, whom *teams.Mention) (teams.Message, error) {
		with := args{"By": question.By.Name, "Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120)}
		view := cards.Notice{
			Words: s.words(), Heading: s.markdown("tell.question", with), Sentence: cards.Text(b.masked(question.Words)),
			Buttons: []cards.Button{
				b.button(s, "button.reply", "reply"+suffixOpen, b.data(t, "")),
				b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()}),
			},
		}
		if whom != nil {
			view.Mention = &cards.Mention{ID: whom.ID, Name: whom.Name}
		}
		card, err := b.cards.Notice(view)
		return teams.Message{Card: card, Summary: s.say("tell.question", with)}, err
	})
	if err != nil || shown {
		return err
	}
	asker := teams.Mention{ID: question.By.ID, Name: question.By.Name}
	address, _, err := b.store.Address(ctx, question.Place)
	if err != nil {
		return err
	}
	text := asker.Markup() + ", " + b.catalog.in(address.Locale, address.Zone, b.now()).
		markdown("tell.question.failed", args{"Owner": t.Owner.Name, "Ticket": t.String()})
	return b.later(ctx, ticket.Say{Place: question.Place, Mentions: []ticket.Person{question.By}, Text: text})
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
	address, err := b.chatWith(ctx, t, *whom)
	return address, address.Refused == "", err
}
