package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Lengths of what stands on the card of an escalation. The whole is kept with the
// ticket.
const (
	mostAsked = 600
	// mostTalk is how many questions it shows, the last ones.
	mostTalk = 3
)

// escalationCard draws the card of those who are asked: the question first, then
// the text, and the ticket as it is now. Where a text is too much for a card it is
// shortened until it fits.
func (b *Bot) escalationCard(ctx context.Context, s speech, current *ticket.Ticket, number int, notice string) (json.RawMessage, error) {
	if number < 1 || number > len(current.Escalations) {
		return nil, &ticket.Error{Kind: ticket.Invalid, Message: "error.item_unknown"}
	}
	t := current.Masked(b.guard)
	e := t.Escalations[number-1]
	view := b.escalationView(s, t, e, number)
	view.Notice = cards.Text(notice)
	files, err := b.filesOf(ctx, current)
	if err != nil {
		return nil, err
	}
	view.Files = s.filesLine(files)
	var text ticket.Draft
	if e.Text != 0 {
		if text, err = b.store.Text(ctx, t.Tenant, e.Text); err != nil {
			return nil, err
		}
	}
	buttons := view.Buttons
	return fitting(mostOfPart, func(most int) (json.RawMessage, error) {
		if e.Text != 0 {
			view.Parts, view.Buttons = b.textBlocks(s, text, most), buttons
		}
		if text.Exceeds(most) {
			whole := b.button(s, "button.whole", verbEscalationText, escalationData(t, number))
			whole.Secondary = true
			view.Buttons = append(slices.Clone(buttons), whole)
		}
		for i, part := range view.Parts {
			if part.Words == view.Ask && part.Detail != "" {
				view.Parts[i].Words = "" // it stands at the top
			}
		}
		return b.cards.Escalation(view)
	})
}

func (b *Bot) escalationView(s speech, t *ticket.Ticket, e ticket.Escalation, number int) cards.Escalation {
	class := string(t.Class())
	asked, level := "escalation.asked", e.Level
	if len(e.Options) > 0 {
		asked = "escalation.asked.decision"
	}
	if turn, ok := e.Turn(); ok {
		level = turn.Level
	}
	reasons := make([]string, len(e.Reasons))
	for i, reason := range e.Reasons {
		reasons[i] = string(reason)
	}
	view := cards.Escalation{
		Words: s.words(), Number: t.String(), Customer: cards.Text(t.Customer), Title: cards.Text(t.Title),
		Class: s.say("class." + class), ClassKey: class, Ask: cards.Text(cards.Shorten(e.Ask, mostAsked)),
		Asked: s.markdown(asked, args{"By": e.By.Name, "When": s.when(e.At)}),
		For:   s.say("escalation.for", args{"Level": s.level(level), "Reasons": strings.ToLower(s.list("choice.reason.", reasons))}),
		Talk:  b.talk(s, t, e), State: b.stateLine(s, t), Fallback: s.escalationLine(t, e),
		Buttons: b.escalationButtons(s, t, e, number),
	}
	view.Turn = b.turnLine(s, t, e)
	if len(e.Climbs) > 1 {
		view.Trail = s.trail(e)
	}
	if t.State == ticket.Open {
		view.Clock, view.Late = b.clockLine(s, t)
	}
	view.Outcome, view.Answer = s.outcome(e)
	return view
}

// turnLine says whose turn it is, and when it goes on to the next one; empty for
// one that has ended.
func (b *Bot) turnLine(s speech, t *ticket.Ticket, e ticket.Escalation) string {
	turn, asked := e.Turn()
	question, waits := e.Question()
	var said string
	switch {
	case !e.Open():
		return ""
	case e.Alone:
		return s.markdown("turn.alone", args{"By": e.By.Name})
	case waits:
		said = s.markdown("turn.question", args{"By": question.By.Name})
	case e.AcceptedBy != nil:
		said = s.markdown("turn.accepted", args{"By": e.AcceptedBy.Name, "When": s.when(*e.AcceptedAt)})
	case !asked:
		return s.say("turn.nobody")
	default:
		said = s.markdown("turn.waits", args{"Whom": s.asked(turn)})
	}
	if at, climbs := t.ClimbsAt(e, b.desk.Policy); climbs {
		said += " " + s.say("turn.climbs", args{"At": s.when(at)})
	} else if !waits && e.AcceptedBy == nil {
		said = s.say("turn.exhausted")
	}
	for _, climb := range slices.Backward(e.Climbs) {
		if climb.Kind == ticket.ClimbReassign && climb.Why != "" {
			return said + " " + s.markdown("turn.note", args{"Note": cards.Shorten(b.masked(climb.Why), mostAsked)})
		}
	}
	return said
}

// outcome says how an escalation ended, and in which words; empty while it is open.
func (s speech) outcome(e ticket.Escalation) (outcome string, words cards.Text) {
	if e.Open() {
		return "", ""
	}
	said := s.markdown("escalation.over."+string(e.Outcome()), args{"By": e.EndedBy.Name, "When": s.when(*e.EndedAt)})
	answer := e.Answer + e.Declined + e.Withdrawn // of which there is one
	return said, cards.Text(cards.Shorten(answer, mostAsked))
}

// talk lists the last questions to the owner, with their answers.
func (b *Bot) talk(s speech, t *ticket.Ticket, e ticket.Escalation) []cards.Exchange {
	var talk []cards.Exchange
	questions := e.Questions[max(0, len(e.Questions)-mostTalk):]
	for _, q := range questions {
		one := cards.Exchange{
			Asker:    s.markdown("escalation.asks", args{"By": q.By.Name, "When": s.when(q.At)}),
			Question: cards.Text(cards.Shorten(b.masked(q.Words), mostAsked)), Replier: s.say("escalation.no_reply"),
		}
		if t.Owner != nil {
			one.Replier = s.markdown("escalation.awaited", args{"Owner": t.Owner.Name})
		}
		if q.AnsweredBy != nil {
			one.Replier = s.markdown("escalation.replied", args{"By": q.AnsweredBy.Name, "When": s.when(*q.AnsweredAt)})
			one.Answer = cards.Text(cards.Shorten(b.masked(q.Answer), mostAsked))
		}
		talk = append(talk, one)
	}
	return talk
}

// stateLine says where a ticket is now, and whose it is.
func (b *Bot) stateLine(s speech, t *ticket.Ticket) string {
	if closed := b.closedLine(s, t); closed != "" {
		return closed
	}
	owner := s.say("ticket.unowned")
	if t.Owner != nil {
		owner = s.say("ticket.owner", args{"Owner": "**" + cards.Escape(t.Owner.Name) + "**"})
	}
	return s.say("ticket.step", args{"Number": t.Step.Number()}) + " · " + s.say("step."+string(t.Step)) + " · " + owner
}

// escalationLine says in one sentence what is asked; it is plain text.
func (s speech) escalationLine(t *ticket.Ticket, e ticket.Escalation) string {
	return s.say("escalation.fallback", args{
		"By": e.By.Name, "Ticket": t.String(), "Title": cards.Shorten(t.Title, 120), "Level": s.level(e.Level),
	})
}

// escalationButtons are offered to everybody who sees the card; whether somebody
// may is asked when they press.
func (b *Bot) escalationButtons(s speech, t *ticket.Ticket, e ticket.Escalation, number int) []cards.Button {
	var buttons []cards.Button
	add := func(title, verb string, secondary bool) {
		button := b.button(s, title, verb, escalationData(t, number))
		button.Secondary = secondary
		buttons = append(buttons, button)
	}
	if e.Open() {
		switch {
		case len(e.Options) > 0:
			add("button.decide_option", answerDecide+suffixOpen, false)
		case e.AcceptedBy == nil:
			add("button.accept", verbEscalationAccept, false)
		default:
			add("button.result", answerResult+suffixOpen, false)
		}
		if _, waits := e.Question(); !waits {
			add("button.ask", answerAsk+suffixOpen, false)
		}
		add("button.decline", answerDecline+suffixOpen, true)
		add("button.reassign", answerReassign+suffixOpen, true)
	}
	if t.Files > 0 {
		add("button.files", verbFilesShow, true)
	}
	open := b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()})
	open.Secondary = e.Open()
	return append(buttons, open)
}

// escalationData is what a button of the card carries. The escalation's own state
// decides whether a click is late, so it names no version but in its key.
func escalationData(t *ticket.Ticket, number int) cards.Data {
	return cards.Data{
		Ticket: t.String(), Item: strconv.Itoa(number),
		Key: t.String() + ".e" + strconv.Itoa(number) + "." + strconv.FormatInt(t.Version, 10),
	}
}

// stillAsks tells whether a post of an escalation is still to be sent: it is open,
// it is the turn of somebody there, and no newer post asks them. Somebody who has
// left the conversation is skipped.
func (b *Bot) stillAsks(ctx context.Context, t *ticket.Ticket, c ticket.Copy) (bool, error) {
	if c.Subject < 1 || c.Subject > len(t.Escalations) {
		return false, nil
	}
	e := t.Escalations[c.Subject-1]
	turn, asked := e.Turn()
	if !e.Open() || !asked || turn.Place != c.Place {
		return false, nil
	}
	posts, err := b.store.Posts(ctx, t.ID)
	if err != nil || slices.ContainsFunc(posts, c.Precedes) {
		return false, err
	}
	if turn.Person == nil || c.Address.Kind == ticket.Personal || b.local {
		return true, nil
	}
	there, err := b.isThere(ctx, c.Address, *turn.Person)
	if err != nil || there {
		return there, err
	}
	job := ticket.AskInPerson{Tenant: t.Tenant, Number: t.Number, Escalation: c.Subject, Step: len(e.Climbs), Person: *turn.Person}
	if turn.Kind == ticket.ClimbReassign {
		return false, b.later(ctx, job) // somebody from elsewhere, who is asked in a chat of their own
	}
	return false, b.desk.Unasked(ctx, job, string(ticket.NotInRoster))
}

// isThere tells whether somebody is still a member of a conversation. Where that
// cannot be found out they are taken for one.
func (b *Bot) isThere(ctx context.Context, address ticket.Address, who ticket.Person) (bool, error) {
	_, failure := b.chat.Member(ctx, reference(address), who.ID)
	switch {
	case failure == nil:
		return true, nil
	case teams.IsNotMember(failure):
		return false, nil
	}
	if _, err := refusalOf(failure); err != nil {
		return false, err
	}
	logs.From(ctx).WarnContext(ctx, "the members of a conversation are not told", "conversation", address.Conversation, "error", failure)
	return true, nil
}

// askingLine is the message that the card of an escalation begins as. It mentions
// whose turn it is, as the edit that makes it a card notifies nobody.
func (b *Bot) askingLine(s speech, t *ticket.Ticket, c ticket.Copy) teams.Message {
	t = t.Masked(b.guard)
	e := t.Escalations[c.Subject-1]
	message := teams.Message{Text: cards.Escape(s.escalationLine(t, e))}
	if turn, _ := e.Turn(); turn.Person != nil && c.Address.Kind != ticket.Personal {
		mention := teams.Mention{ID: turn.Person.ID, Name: turn.Person.Name}
		message.Mentions, message.Text = []teams.Mention{mention}, mention.Markup()+", "+message.Text
	}
	return message
}
