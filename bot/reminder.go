package bot

import (
	"context"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Remind does the job of reminding somebody of a clock. It looks at the ticket
// as it is now: what has been done meanwhile needs no reminder. The person is
// told in a chat of their own, which is opened where there is none; an owner who
// has none is mentioned where the ticket is shown.
//
// A reminder that went out is in the history under its key, and does not go out
// again. A process that is killed between the two sends it twice.
func (b *Bot) Remind(ctx context.Context, job ticket.Remind) error {
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
	if ticket.KindOf(err) == ticket.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if !t.Rings(b.desk.Policy, job.Clock, job.Due) || t.Snoozes[job.Clock].Until.After(b.now()) {
		return nil
	}
	if _, sent, err := b.store.Pressed(ctx, job.Tenant, job.Key()); err != nil || sent {
		return err
	}
	whom, err := b.whom(ctx, t, job)
	if err != nil {
		return err
	}
	told, missed, err := b.remindInPerson(ctx, t, job, whom)
	if err == nil && !told && job.Lead == "" {
		told, whom, err = b.remindElsewhere(ctx, t, job, whom)
	}
	switch {
	case err != nil:
		return err
	case told:
		return b.desk.Reminded(ctx, job, &whom, missed...)
	}
	logs.From(ctx).WarnContext(ctx, "nobody could be reminded", "ticket", t.String(), "clock", job.Clock, "lead", job.Lead)
	return b.desk.Reminded(ctx, job, nil, missed...)
}

// whom gives who is to be reminded: the lead, or the owner or whoever stands in
// for them; nobody where nobody owns the ticket or stands in.
func (b *Bot) whom(ctx context.Context, t *ticket.Ticket, job ticket.Remind) (ticket.Person, error) {
	switch {
	case job.Lead != "":
		return ticket.Person{ObjectID: job.Lead}, nil // the configuration has no more of a lead
	case t.Owner == nil:
		return ticket.Person{}, nil
	}
	charge, err := b.desk.InCharge(ctx, t.Tenant, *t.Owner)
	if err != nil || charge.Person == nil {
		return ticket.Person{}, err
	}
	return *charge.Person, nil
}

// remindInPerson sends the reminder into the chat with the person, and gives
// who is missed where that is refused for good.
func (b *Bot) remindInPerson(
	ctx context.Context, t *ticket.Ticket, job ticket.Remind, whom ticket.Person,
) (told bool, missed []ticket.Unreached, err error) {
	if whom == (ticket.Person{}) {
		return false, nil, nil
	}
	address, err := b.chatWith(ctx, t, whom)
	if err != nil {
		return false, nil, err
	}
	if address.Refused == "" {
		if told, err = b.sendReminder(ctx, t, job.Clock, address, nil); told || err != nil {
			return told, nil, err
		}
		if address, _, err = b.store.Address(ctx, address.Place); err != nil || address.Refused == "" {
			return false, nil, err // it is the message that was refused
		}
	}
	if whom.Name == "" {
		whom.Name = address.Person.Name
	}
	return false, []ticket.Unreached{{Person: whom, Why: ticket.RefusalOf(address.Refused)}}, nil
}

// remindElsewhere reminds in a thread, and as the last resort the owner who is
// away; it gives who was told.
func (b *Bot) remindElsewhere(ctx context.Context, t *ticket.Ticket, job ticket.Remind, whom ticket.Person) (bool, ticket.Person, error) {
	told, err := b.remindInThread(ctx, t, job, whom)
	if err != nil || told || t.Owner == nil || whom.ID == t.Owner.ID {
		return told, whom, err
	}
	told, _, err = b.remindInPerson(ctx, t, job, *t.Owner)
	return told, *t.Owner, err
}

// remindInThread mentions the person, if there is one, in a conversation of
// several people that shows the ticket and can be written to. Nobody is
// mentioned in another one's personal conversation.
func (b *Bot) remindInThread(ctx context.Context, t *ticket.Ticket, job ticket.Remind, whom ticket.Person) (told bool, err error) {
	var mention *ticket.Person
	if whom.ID != "" {
		mention = &whom
	}
	shared, err := b.workedOnIn(ctx, t.ID)
	if err != nil {
		return false, err
	}
	for _, address := range shared {
		if told, err := b.sendReminder(ctx, t, job.Clock, address, mention); err != nil || told {
			return told, err
		}
	}
	return false, nil
}

// RemindThere does the job of reminding of a clock in one conversation, which an
// older Handrail has left.
func (b *Bot) RemindThere(ctx context.Context, job ticket.RemindThere) error {
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
	if ticket.KindOf(err) == ticket.NotFound {
		return nil
	}
	if err != nil || !t.Rings(b.desk.Policy, job.Clock, job.Due) {
		return err
	}
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	_, err = b.sendReminder(ctx, t, job.Clock, address, job.Whom)
	return err
}

// sendReminder sends a reminder and tells whether it got there. With an error
// the job comes again.
func (b *Bot) sendReminder(
	ctx context.Context, t *ticket.Ticket, clock ticket.ClockKind, address ticket.Address, mention *ticket.Person,
) (bool, error) {
	// What quiet hours hold back is told when they end.
	if held, err := b.desk.HoldReminder(ctx, t, address.Place, clock); held || err != nil {
		return held, err
	}
	charge, err := b.charge(ctx, t)
	if err != nil {
		return false, err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	by := s.when(t.PromisedAt(b.desk.Policy, clock))
	view := cards.Reminder{
		Words: s.words(), What: s.say("reminder."+string(clock), args{"At": by}), Breach: clock.Breach(),
		Number: t.String(), Title: cards.Text(b.masked(t.Title)), Class: s.say("class." + string(t.Class())), ClassKey: string(t.Class()),
		Detail: b.ownerLine(s, t, charge), Buttons: b.reminderButtons(s, t, clock), Fallback: b.fallback(s, t),
	}
	if clock.Promise() == ticket.ClockCustomer {
		ready, err := b.inWork(ctx, t, updateText(), s, ticket.Person{})
		if err != nil {
			return false, err
		}
		view.Ready, view.Parts = s.say("reminder.ready"), b.textBlocks(s, ready.draft(), mostOfPart)
	}
	if mention != nil {
		view.Mention = &cards.Mention{ID: mention.ID, Name: mention.Name}
	}
	card, err := b.cards.Reminder(view)
	if err != nil {
		return false, err
	}
	_, failure := b.chat.Send(ctx, reference(address), teams.Message{Card: card, Summary: b.fallback(s, t)})
	return failure == nil, b.delivered(ctx, address, failure)
}

// reminderButtons are what ends the clock, the snooze and the handover; and the
// way to the ticket, which is what ends the clock of a date.
func (b *Bot) reminderButtons(s speech, t *ticket.Ticket, clock ticket.ClockKind) []cards.Button {
	open := b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()})
	end := open
	switch {
	case clock == ticket.ClockAcknowledge && t.Step == ticket.InitialResponse:
		end = b.button(s, "button.item.acknowledge", verbDraftOpen, cards.Data{Ticket: t.String(), Item: textOf(ticket.ItemAcknowledge).item()})
	case clock.Promise() == ticket.ClockCustomer:
		end = b.button(s, "button.customer", verbDraftOpen, cards.Data{Ticket: t.String(), Item: updateText().item()})
	}
	handover := b.button(s, "button.handover", verbHandoverOpen, b.data(t, ""))
	handover.Secondary, open.Secondary = true, true // on a phone, two stand beside each other
	buttons := []cards.Button{end, b.button(s, "button.snooze", "snooze"+suffixOpen, b.data(t, ticket.ItemID(clock))), handover}
	if end.Verb != open.Verb {
		buttons = append(buttons, open)
	}
	return buttons
}
