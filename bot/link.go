package bot

import (
	"context"
	"slices"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of links; stored words.
const (
	verbUnlink   = "link.end"  // the ticket stands alone again
	verbLinkShow = "link.show" // the tickets that follow one
)

// mostLinked is how many followers a leader's card names.
const mostLinked = 5

// linked is what a ticket's card shows of its links.
type linked struct {
	// leader is the ticket that it follows; nil for none.
	leader *ticket.Ticket
	// followers are those that follow it.
	followers []*ticket.Ticket
}

// linksOf reads the tickets that a ticket is linked with; most are with none.
func (b *Bot) linksOf(ctx context.Context, t *ticket.Ticket) (linked, error) {
	var l linked
	var err error
	if t.Leader != 0 {
		if l.leader, err = b.store.Ticket(ctx, ticket.ID{Tenant: t.Tenant, Number: t.Leader}); err != nil {
			return linked{}, err
		}
	}
	if t.Following != nil {
		l.followers, err = b.store.LinkedTo(ctx, t.ID)
	}
	return l, err
}

// showLinks puts on a ticket's card what it follows and what follows it, with the way there.
func (b *Bot) showLinks(s speech, t *ticket.Ticket, l linked, view *cards.Ticket) {
	switch {
	case l.leader != nil:
		view.Links = s.markdown("linked.follows", args{
			"Ticket": l.leader.String(), "Title": cards.Shorten(b.masked(l.leader.Title), 80),
			"Class": s.say("class." + string(l.leader.Class())), "Stands": s.standing(l.leader),
		})
		open := b.button(s, "button.show_leader", verbTicketPost, cards.Data{Ticket: l.leader.String()})
		view.LinksOpen = &open
	case len(l.followers) > 0:
		view.Links = s.say("linked.leads", args{"Tickets": b.followersLine(s, l.followers)})
		open := b.button(s, "button.show_linked", verbLinkShow, cards.Data{Ticket: t.String()})
		view.LinksOpen = &open
	}
}

// whyLinked adds to the reason of a class the fixed date, where it does not say it, and
// what of it is by linked tickets.
func (s speech) whyLinked(t *ticket.Ticket, why string, date any) string {
	due, _ := t.FixedDate()
	if t.Following != nil && t.Following.Users > 0 && t.Because != ticket.BecauseDate {
		why = s.say("class.with_linked", args{"Why": why, "Users": t.Following.Users, "Count": t.Following.Counted})
	}
	switch {
	case due == nil:
	case due != t.DueAt:
		why = s.say("class.with_linked_date", args{"Why": why, "Date": date})
	case t.Because != ticket.BecauseDate:
		why = s.say("class.with_date", args{"Why": why, "Date": date})
	}
	return why
}

// standing says where a ticket is on its path.
func (s speech) standing(t *ticket.Ticket) string {
	if t.State == ticket.Closed {
		return s.say("linked.closed")
	}
	return s.say("ticket.step", args{"Number": t.Step.Number()}) + ": " + s.say("step."+string(t.Step))
}

// followersLine names the tickets that follow one, as Markdown.
func (b *Bot) followersLine(s speech, followers []*ticket.Ticket) string {
	var names []string
	for i, t := range followers {
		if i == mostLinked {
			names = append(names, s.say("linked.more", args{"Count": len(followers) - i}))
			break
		}
		id := "linked.one"
		if t.State == ticket.Closed {
			id = "linked.one.closed"
		}
		names = append(names, s.markdown(id, args{"Ticket": t.String(), "Customer": cards.Shorten(b.masked(t.Customer), 40)}))
	}
	return strings.Join(names, ", ")
}

// linkShow lists the tickets that follow one, each with the way to it.
func (b *Bot) linkShow(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	followers, err := b.store.LinkedTo(ctx, current.ID)
	if err != nil {
		return reply{}, err
	}
	view := cards.Digest{Words: t.words(), Heading: t.say("linked.heading", args{"Ticket": current.String()})}
	if len(followers) == 0 {
		view.Subtitle = t.say("linked.none", args{"Ticket": current.String()})
	}
	for i, follower := range followers {
		if i == shownTickets {
			view.More = t.say("linked.more", args{"Count": len(followers) - i})
			break
		}
		open := b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: follower.String()})
		with := args{"Ticket": follower.String(), "Customer": cards.Shorten(b.masked(follower.Customer), 60)}
		view.Lines = append(view.Lines, cards.DigestLine{
			What: "**" + t.markdown("linked.one", with) + "**",
			Detail: cards.Escape(cards.Shorten(b.masked(follower.Title), 90)) + " · " + t.say("class."+string(follower.Class())) +
				" · " + t.standing(follower),
			Button: &open,
		})
	}
	view.Buttons = []cards.Button{b.button(t.speech, "button.back", verbTicketShow, cards.Data{Ticket: current.String()})}
	card, err := b.cards.Digest(view)
	return reply{card: card}, err
}

// linkButton offers to link a ticket, or to end that.
func (b *Bot) linkButton(t *ticket.Ticket, add func(title, verb string, item string, secondary bool)) {
	if t.Leader != 0 {
		add("button.unlink", verbUnlink, "", true)
		return
	}
	add("button.link", "link"+suffixOpen, "", true)
}

// linkForm asks for the ticket to follow.
func linkForm() form {
	return form{
		name:    "link",
		heading: titled("form.link.heading"),
		intro:   titled("form.link.intro"),
		title:   "button.link",
		fields: func(speech, *ticket.Ticket, ticket.Item) []field {
			return []field{{id: ticket.FieldLink, label: "label.link", sample: "placeholder.link", required: true, limit: 20}}
		},
		save: func(_ speech, c *ticket.Change, _ ticket.Item, _ values) error { return c.Linkable() },
	}
}

// linkSave links the ticket to the one whose number was typed.
func (b *Bot) linkSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	save := b.saveWith(linkForm(), func(press ticket.Press) (*ticket.Ticket, error) {
		to, err := ticket.ParseLink(v.text(ticket.FieldLink))
		if err != nil {
			return nil, err
		}
		l, err := b.desk.Link(ctx, t.actor, press, to)
		return l.Follower, err
	})
	return save(ctx, t, v, action)
}

// unlinkPress ends the link of the ticket whose button was pressed.
func (b *Bot) unlinkPress(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	l, err := b.desk.Unlink(ctx, t.actor, v.press(t.actor.Tenant, action.Verb, t.actor.Person))
	if err != nil {
		return reply{}, err
	}
	r, err := b.ticketReply(ctx, t, l.Follower, "")
	r.settled = true // the live card was pressed, and its job brings it up to date
	return r, err
}

// link answers "link T-2 to T-1".
func (b *Bot) link(ctx context.Context, t *turn, rest string) error {
	numbers := ticketNumbers(rest)
	if len(numbers) != 2 {
		return b.say(ctx, t, t.say("notice.link_how"))
	}
	id := ticket.ID{Tenant: t.actor.Tenant, Number: numbers[0]}
	l, err := b.desk.Link(ctx, t.actor, t.typed(id), numbers[1])
	if err != nil || l.Leader == nil { // delivered twice, and said before
		return err
	}
	return b.say(ctx, t, b.linkedLine(t.speech, l, numbers[1]))
}

// linkedLine says what became of a link, as Markdown.
func (b *Bot) linkedLine(s speech, l ticket.Linked, asked int64) string {
	with := args{
		"Ticket": l.Follower.String(), "Leader": l.Leader.String(), "Other": ticket.Number(asked),
		"Title": cards.Escape(cards.Shorten(b.masked(l.Leader.Title), 80)),
	}
	if l.Already {
		return s.say("notice.linked.already", with)
	}
	with["Why"] = b.classWhy(s, l.Leader)
	lines := []string{s.say("notice.linked", with)}
	if asked != l.Leader.Number {
		lines = append(lines, s.say("notice.linked.over", with))
	}
	if len(l.Along) > 0 {
		numbers := make([]string, len(l.Along))
		for i, n := range l.Along {
			numbers[i] = ticket.Number(n)
		}
		with["Tickets"] = s.upTo(numbers, ", ")
		lines = append(lines, s.say("notice.linked.along", with))
	}
	return strings.Join(lines, " ")
}

// unlink answers "unlink T-2".
func (b *Bot) unlink(ctx context.Context, t *turn, rest string) error {
	numbers := ticketNumbers(rest)
	if len(numbers) == 0 {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "unlink"}))
	}
	l, err := b.desk.Unlink(ctx, t.actor, t.typed(ticket.ID{Tenant: t.actor.Tenant, Number: numbers[0]}))
	if err != nil || l.Leader == nil {
		return err
	}
	return b.say(ctx, t, t.say("notice.unlinked", args{
		"Ticket": l.Follower.String(), "Leader": l.Leader.String(),
		"Why": b.classWhy(t.speech, l.Follower), "LeaderWhy": b.classWhy(t.speech, l.Leader),
	}))
}

// bearsLink takes "link T-2 to T-1", and not "link in the mail is broken".
func bearsLink(rest []word) bool {
	return !slices.ContainsFunc(rest, func(w word) bool {
		_, number := ticket.ParseNumber(w.text)
		return !number && !slices.Contains([]string{"to", "with", "and", "from"}, w.text)
	})
}

// ticketNumbers gives the numbers of tickets that words name, in their order.
func ticketNumbers(rest string) []int64 {
	var numbers []int64
	for _, w := range fields(rest) {
		if n, ok := ticket.ParseNumber(w.text); ok {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
