package bot

import (
	"slices"

	"handrail/cards"
	"handrail/internal/ticket"
)

// viewer is somebody who looks at a ticket's card, and what they may do with it.
type viewer struct {
	ticket.Actor
	// anyone stands for all the people of a conversation: those of the ticket get
	// a view of their own from the card's refresh.
	anyone bool
	// charge is who looks after the ticket.
	charge ticket.Charge
	// originals tells that there are words behind what is masked on the card.
	originals bool
	// files are those of the ticket.
	files []ticket.Attachment
	// record is what is known of its record; nil without Odoo.
	record *ticket.Record
	// links are the tickets that it follows, or that follow it.
	links linked
	// there names the owner in Odoo whom nobody knows here.
	there string
}

func (v viewer) changes(t *ticket.Ticket) bool { return !v.anyone && t.MayChange(v.Actor) }

func (v viewer) reopens(t *ticket.Ticket) bool {
	return v.changes(t) || !v.anyone && t.OpenedBy.ID == v.ID
}

// mostRefreshed is how many people Teams refreshes a card for ("Up to date
// cards", Microsoft).
const mostRefreshed = 60

// refresh has the clients of the ticket's people ask for their own view.
func (b *Bot) refresh(s speech, t *ticket.Ticket, charge ticket.Charge, kind ticket.PlaceKind) *cards.Refresh {
	if kind == ticket.Personal || b.local {
		return nil // what is shown is their own view already
	}
	people := []string{t.OpenedBy.ID}
	if t.Owner != nil {
		people = append([]string{t.Owner.ID}, people...)
	}
	for _, standIn := range charge.StandIns {
		people = append(people, standIn.ID)
	}
	for _, lead := range b.desk.Leads {
		people = append(people, "8:orgid:"+lead)
	}
	var ids []string
	for _, id := range people {
		if !slices.Contains(ids, id) && len(ids) < mostRefreshed {
			ids = append(ids, id)
		}
	}
	return &cards.Refresh{Button: b.button(s, "button.refresh", verbTicketShow, cards.Data{Ticket: t.String()}), People: ids}
}

// ticketButtons are at most two that people mostly need, and the rest in
// overflow: six in all, as many as Teams recommends, and a seventh where words are
// hidden. The class is changed by pressing the line about it.
func (b *Bot) ticketButtons(s speech, t *ticket.Ticket, who viewer) []cards.Button {
	var buttons []cards.Button
	add := func(title, verb string, item string, secondary bool) {
		button := b.button(s, title, verb, b.data(t, ticket.ItemID(item)))
		button.Secondary = secondary
		buttons = append(buttons, button)
	}
	if t.State == ticket.Closed || !who.changes(t) {
		b.readerButtons(t, who, add)
		return buttons
	}
	b.workerButtons(t, who, add)
	return buttons
}

// workerButtons are those of an open ticket for somebody who may change it.
func (b *Bot) workerButtons(t *ticket.Ticket, who viewer, add func(title, verb string, item string, secondary bool)) {
	_, waiting := t.Escalation()
	b.nextButton(t, add)
	if t.AcknowledgedAt != nil {
		add("button.customer", verbDraftOpen, updateText().item(), false)
	}
	if len(t.Skippable()) > 0 && t.Owner != nil && !waiting {
		add("button.skip_rest", "skip_rest"+suffixOpen, "", true)
	}
	if waiting {
		add("button.withdraw", "withdraw"+suffixOpen, "", true)
	}
	if ticket.Diagnosis.Before(t.Step) {
		add("button.not_fixed", "not_fixed"+suffixOpen, "", true)
	}
	if !waiting && t.Owner != nil {
		add("button.escalate", verbEscalateOpen, "", true)
	}
	if t.Step == ticket.Diagnosis && t.Owner != nil {
		add("button.texts", verbDraftChoose, "", true)
	}
	if t.Step == ticket.Diagnosis || t.Step == ticket.Resolution {
		add("button.find", verbArticleFind, "", true)
	}
	add("button.edit", "edit"+suffixOpen, "", true)
	b.linkButton(t, add)
	add("button.history", verbTicketHistory, "", true)
	if !ticket.Diagnosis.Before(t.Step) {
		add("button.close", "close"+suffixOpen, "", true)
	}
	if who.originals {
		add("button.original", verbTicketOriginal, "", true)
	}
}

// nextButton is what mostly comes next.
func (b *Bot) nextButton(t *ticket.Ticket, add func(title, verb string, item string, secondary bool)) {
	escalation, waiting := t.Escalation()
	missing := t.Missing()
	switch {
	case t.Owner == nil:
		add("button.take", verbTicketTake, "", false)
	case waiting:
		if _, asked := escalation.Question(); asked {
			add("button.reply", "reply"+suffixOpen, "", false)
		}
		// Those who are asked with a card answer on it: to note it here is the exception.
		last := escalation.Climbs[max(0, len(escalation.Climbs)-1):]
		called := escalation.Alone || len(last) == 1 && last[0].Kind == ticket.ClimbEnd
		add("button.answer", "answer"+suffixOpen, "", !called)
	case len(missing) == 0:
		title := "button.next"
		if _, ok := t.Step.Next(); !ok {
			title = "button.close_last"
		}
		add(title, verbTicketComplete, string(t.Step), false)
	case missing[0].ID == ticket.ItemDecide:
		add("button.item.decide", "decide"+suffixOpen, "", false)
	case missing[0].TellsCustomer:
		add("button.item."+string(missing[0].ID), verbDraftOpen, textOf(missing[0].ID).item(), false)
	case missing[0].ID == ticket.ItemKnowledge:
		add("button.item.knowledge", verbArticleOpen, string(ticket.ItemKnowledge), false)
	default:
		add("button.item."+string(missing[0].ID), "item"+suffixOpen, string(missing[0].ID), false)
	}
}

// readerButtons are those of a closed ticket, and of somebody who may not change
// it: they can take one that nobody owns. The last is for a client that asks for
// no view of its own.
func (b *Bot) readerButtons(t *ticket.Ticket, who viewer, add func(title, verb string, item string, secondary bool)) {
	switch {
	case t.State == ticket.Closed && who.reopens(t):
		add("button.reopen", "reopen"+suffixOpen, "", false)
	case t.State == ticket.Open && t.Owner == nil:
		add("button.take", verbTicketTake, "", false)
	}
	add("button.history", verbTicketHistory, "", false)
	if who.changes(t) {
		b.linkButton(t, add)
	}
	if who.originals && who.changes(t) {
		add("button.original", verbTicketOriginal, "", true)
	}
	if who.anyone {
		add("button.my_view", verbTicketShow, "", true)
	}
}
