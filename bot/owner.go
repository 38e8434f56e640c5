package bot

import (
	"context"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// TellOwner does the job of telling a person of tickets that they look after
// from now on: where each stands, what is promised and what comes next. It
// leaves out what has changed hands again meanwhile. Somebody whom it cannot
// reach is left to whoever has handed over.
func (b *Bot) TellOwner(ctx context.Context, job ticket.TellOwner) error {
	tickets, err := b.looksAfter(ctx, job)
	if err != nil || len(tickets) == 0 {
		return err
	}
	told, err := b.tellInPerson(ctx, job, tickets)
	if err == nil && !told {
		told, err = b.tellInPublic(ctx, job, tickets)
	}
	if err != nil || told {
		return err
	}
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	numbers := make([]string, len(tickets))
	for i, t := range tickets {
		numbers[i] = t.String()
	}
	return b.later(ctx, ticket.Say{
		Place: job.Place, Text: s.markdown("notice.untold", args{"Name": job.To.Name, "Tickets": s.upTo(numbers, ", ")}),
	})
}

// looksAfter gives the tickets of the job that are still theirs to look after.
func (b *Bot) looksAfter(ctx context.Context, job ticket.TellOwner) ([]*ticket.Ticket, error) {
	owner := job.To
	if job.Until != nil {
		owner = job.By
	}
	var tickets []*ticket.Ticket
	for _, number := range job.Numbers {
		t, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: number})
		if ticket.KindOf(err) == ticket.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if t.State == ticket.Open && t.OwnedBy(owner) {
			tickets = append(tickets, t)
		}
	}
	return tickets, nil
}

// tellInPerson tells the new owner in the chat with them, which is opened where
// there is none.
func (b *Bot) tellInPerson(ctx context.Context, job ticket.TellOwner, tickets []*ticket.Ticket) (bool, error) {
	address, err := b.chatWith(ctx, tickets[0], job.To)
	if err != nil || address.Refused != "" {
		return false, err
	}
	return b.sendHandover(ctx, job, tickets, address, nil)
}

// tellInPublic mentions the new owner where it was said, or where one of the
// tickets is shown. Nobody is mentioned in another one's personal conversation.
func (b *Bot) tellInPublic(ctx context.Context, job ticket.TellOwner, tickets []*ticket.Ticket) (bool, error) {
	places := []ticket.Place{job.Place}
	for _, t := range tickets {
		posts, err := b.store.Posts(ctx, t.ID)
		if err != nil {
			return false, err
		}
		for _, post := range posts {
			places = append(places, post.Place)
		}
	}
	for _, place := range places {
		address, ok, err := b.store.Address(ctx, place)
		if err != nil {
			return false, err
		}
		if !ok || address.Refused != "" || address.Kind == ticket.Personal {
			continue
		}
		if told, err := b.sendHandover(ctx, job, tickets, address, &job.To); err != nil || told {
			return told, err
		}
	}
	return false, nil
}

// sendHandover sends the card and tells whether it got there. With an error the
// job comes again.
func (b *Bot) sendHandover(
	ctx context.Context, job ticket.TellOwner, tickets []*ticket.Ticket, address ticket.Address, mention *ticket.Person,
) (bool, error) {
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	heading, with := "handover.heading", args{"By": job.By.Name, "Count": len(tickets)}
	if job.Until != nil {
		heading, with = "handover.stand_in", args{"By": job.By.Name, "Until": s.when(*job.Until)}
	}
	view := cards.Handover{Words: s.words(), Note: cards.Text(b.masked(job.Note)), Heading: s.markdown(heading, with)}
	if job.Until != nil {
		view.Intro = s.say("handover.stand_in.intro")
	} else {
		view.Buttons = []cards.Button{b.button(s, "button.mine", verbListShow, cards.Data{List: listMine})}
	}
	for _, t := range tickets[:min(len(tickets), shownTickets)] {
		view.Rows = append(view.Rows, b.handoverRow(s, t))
	}
	if more := len(tickets) - len(view.Rows); more > 0 && job.Until == nil {
		view.More = s.say("handover.more", args{"Count": more})
	} else if more > 0 {
		view.More = s.markdown("handover.more.stand_in", args{"Count": more, "By": job.By.Name})
	}
	if mention != nil {
		view.Mention = &cards.Mention{ID: mention.ID, Name: mention.Name}
	}
	card, err := b.cards.Handover(view)
	if err != nil {
		return false, err
	}
	_, failure := b.chat.Send(ctx, reference(address), teams.Message{Card: card, Summary: s.say(heading, with)})
	return failure == nil, b.delivered(ctx, address, failure)
}

func (b *Bot) handoverRow(s speech, t *ticket.Ticket) cards.HandoverRow {
	t = t.Masked(b.guard)
	missing, intro := b.missing(s, t)
	row := cards.HandoverRow{
		Number: t.String(), Title: cards.Text(cards.Shorten(t.Title, 90)), Customer: cards.Text(cards.Shorten(t.Customer, 60)),
		Class: s.say("class." + string(t.Class())), ClassKey: string(t.Class()),
		Step:   s.say("ticket.step", args{"Number": t.Step.Number()}) + ": " + s.say("step."+string(t.Step)),
		Stands: cards.Shorten(strings.TrimSpace(intro+" "+missing), 300), Promised: b.promised(s, t),
		Open: b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()}),
	}
	row.Clock, row.Late = b.clockLine(s, t)
	return row
}

// promised says what others count on: the last word to the customer and when
// the next is due, the fixed date, the open escalation.
func (b *Bot) promised(s speech, t *ticket.Ticket) string {
	said := []string{s.say("handover.untold")}
	if t.CustomerToldAt != nil {
		said[0] = s.say("handover.told", args{"When": s.when(*t.CustomerToldAt)})
	}
	for _, clock := range t.Clocks(b.desk.Policy) {
		if clock.Kind == ticket.ClockCustomer {
			said[0] = s.say("handover.told_due", args{"When": s.when(*t.CustomerToldAt), "Due": s.when(clock.Due)})
		}
	}
	if t.DueAt != nil {
		said = append(said, s.say("handover.date", args{"Date": s.when(*t.DueAt)}))
	}
	if open, waiting := t.Escalation(); waiting {
		said = append(said, s.markdown("ticket.escalated", args{
			"Level": s.say("choice.level." + string(open.Level)), "By": open.By.Name, "When": s.when(open.At),
			"Ask": cards.Shorten(strings.Join(strings.Fields(open.Ask), " "), evidenceLine),
		}))
	}
	return strings.Join(said, " ")
}
