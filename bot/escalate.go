package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of escalating; stored words.
const (
	verbEscalateOpen = "escalate.open"
	verbEscalateSave = "escalate.save"
)

// How somebody escalates: with a card for those who are asked, or asking by themselves.
const (
	withCard = "card"
	alone    = "alone"
)

// escalate answers "escalate T-1" with the form.
func (b *Bot) escalate(ctx context.Context, t *turn, rest string) error {
	id, ok := t.ticketIn(rest)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "escalate"}))
	}
	v := ticketValues(id)
	v.set("whose", t.actor.ID)
	r, err := b.escalateOpen(ctx, t, v, teams.Action{})
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, r.card, t.say("form.escalate.heading"))
}

// escalateOpen shows the form, if the person may escalate the ticket.
func (b *Bot) escalateOpen(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	try, err := b.desk.Trial(ctx, t.actor, current)
	if err != nil {
		return reply{}, err
	}
	var faults ticket.Faults
	if err := try.Escalate(ticket.Escalating{}); err != nil && !errors.As(err, &faults) {
		return reply{}, err
	}
	before, err := b.escalatedBefore(ctx, current, v)
	if err != nil {
		return reply{}, err
	}
	card, err := b.escalateForm(ctx, t, current, v, before, nil)
	if err == nil && action.Replaces {
		err = b.desk.Filling(ctx, t.form(action))
	}
	return reply{card: card, form: true}, err
}

// escalatedBefore gives what was typed when the text that the button names was
// begun; nil where there is none.
func (b *Bot) escalatedBefore(ctx context.Context, current *ticket.Ticket, v values) (values, error) {
	var before values
	about, ok := subjectOf(v)
	if !ok {
		return before, nil
	}
	text, inWork, err := b.store.Draft(ctx, current.ID, about.reader, about.kind)
	if err != nil || !inWork || text.Level == "" {
		return before, err
	}
	reasons := make([]string, len(text.Reasons))
	for i, reason := range text.Reasons {
		reasons[i] = string(reason)
	}
	before = values{}
	before.set(ticket.FieldReasons, strings.Join(reasons, ","))
	before.set(ticket.FieldLevel, string(text.Level))
	before.set(ticket.FieldWords, b.masked(text.Ask))
	before.set(ticket.FieldChoice, withCard)
	return before, nil
}

// escalateForm asks why a ticket is escalated, to whom and what is asked. Each
// reason says to which level it leads, and each level who stands behind it: that
// nobody does is read before the text is written.
func (b *Bot) escalateForm(
	ctx context.Context, t *turn, current *ticket.Ticket, v, typed values, failure error,
) (json.RawMessage, error) {
	levels, err := b.standing(ctx, t)
	if err != nil {
		return nil, err
	}
	reasons := field{id: ticket.FieldReasons, kind: cards.FieldChoices, label: "label.why", required: true}
	for _, reason := range ticket.Reasons() {
		title := t.say("escalate.reason", args{
			"Reason": t.say("choice.reason." + string(reason)),
			"Level":  t.level(ticket.SuggestLevel([]ticket.Reason{reason}, current.Area())),
		})
		reasons.people = append(reasons.people, cards.Choice{Title: cards.Text(title), Value: string(reason)})
	}
	suggested := cards.Choice{Title: cards.Text(t.say("choice.level." + levelSuggested)), Value: levelSuggested}
	d := drawing{
		heading: t.say("form.escalate.heading"), intro: t.say("form.escalate.intro"), ticket: b.shortName(t.speech, current),
		fields: []field{
			reasons,
			{
				id: ticket.FieldLevel, kind: cards.FieldChoiceCompact, label: "label.whom", value: levelSuggested,
				people: append([]cards.Choice{suggested}, levels...),
			},
			{id: ticket.FieldWords, kind: cards.FieldLines, label: "label.ask", required: true, limit: mostAsked},
			{
				id: ticket.FieldChoice, kind: cards.FieldChoice, label: "label.how", required: true, group: "how",
				choices: []string{withCard, alone}, value: withCard,
			},
		},
		title: "button.go_on", save: b.data(current, ""), cancel: cards.Data{Verb: verbTicketShow, Ticket: current.String()},
	}
	d.save.Verb, d.save.Whose = verbEscalateSave, v.text("whose")
	if d.save.Whose != "" {
		d.cancel = cards.Data{Verb: verbFormCancel, Ticket: current.String(), Whose: d.save.Whose}
	}
	d.wrong(t.speech, typed, failure)
	return b.drawForm(t, d)
}

// escalating reads what was typed into the form.
func (v values) escalating(t *ticket.Ticket) ticket.Escalating {
	to := ticket.Escalating{
		Ask: v.text(ticket.FieldWords), Level: ticket.Level(v.text(ticket.FieldLevel)), Alone: v.text(ticket.FieldChoice) == alone,
	}
	for _, reason := range v.list(ticket.FieldReasons) {
		to.Reasons = append(to.Reasons, ticket.Reason(reason))
	}
	if to.Level == levelSuggested || to.Level == "" {
		to.Level = ticket.SuggestLevel(to.Reasons, t.Area())
	}
	return to
}

// escalateSave goes on to the text for those who are asked, or notes that the
// owner asks by themselves.
func (b *Bot) escalateSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if !v.isOf(t.actor) {
		return reply{text: t.say("notice.not_yours", args{"Command": "escalate"})}, nil
	}
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	to := v.escalating(current)
	press := ticket.Press{ID: current.ID, Key: v.digest(action.Verb, t.actor.ID)}
	if action.Replaces {
		press.Form = t.form(action)
	}
	var w *writing
	if to.Alone {
		current, err = b.desk.Change(ctx, t.actor, press, func(c *ticket.Change) error { return c.Escalate(to) })
	} else {
		w, err = b.begun(ctx, t, current, to, v)
	}
	switch kind := ticket.KindOf(err); {
	case err != nil && (kind == ticket.Internal || kind == ticket.NotFound):
		return reply{}, err
	case err != nil:
		card, failure := b.escalateForm(ctx, t, current, v, v, err)
		return reply{card: card, form: true}, failure
	case to.Alone:
		return b.doneWith(ctx, t, current, action, "", t.say("escalate.alone", args{"Ticket": current.String(), "Level": t.level(to.Level)}))
	}
	return b.draftForm(ctx, t, w, action)
}

// begun keeps to whom a text in work goes and why, and gives it to be written.
func (b *Bot) begun(ctx context.Context, t *turn, current *ticket.Ticket, to ticket.Escalating, v values) (*writing, error) {
	try, err := b.desk.Trial(ctx, t.actor, current)
	if err != nil {
		return nil, err
	}
	if err := try.Escalate(to); err != nil {
		return nil, err
	}
	v.set("item", string(to.Level.Reader()))
	w, err := b.writing(ctx, t, v)
	if err != nil {
		return nil, err
	}
	to.Ask = b.unmasked(to.Ask, w.stored.Ask)
	d := w.draft()
	if !w.inWork {
		for part, words := range d.Parts {
			if words == w.composed[part] {
				d.Composed = append(d.Composed, part)
			}
		}
		slices.Sort(d.Composed)
	}
	asked := d.Part(ticket.PartDecision)
	open := asked == "" || asked == ticket.Clean(d.Ask) || slices.Contains(d.Composed, ticket.PartDecision)
	d.Level, d.Reasons, d.Ask = to.Level, to.Reasons, to.Ask
	if to.Level == ticket.Management && open {
		d.Parts[ticket.PartDecision] = to.Ask
		d.Composed = slices.DeleteFunc(d.Composed, func(part ticket.PartID) bool { return part == ticket.PartDecision })
	}
	_, err = b.desk.Change(ctx, t.actor, ticket.Press{ID: current.ID}, func(c *ticket.Change) error { return c.Keep(&d, nil) })
	if err != nil {
		return nil, err
	}
	return b.writing(ctx, t, v)
}

// escalateDraft sends the text in work to those for whom it was written. Where
// that cannot be done any more the text stays, and it is said.
func (b *Bot) escalateDraft(ctx context.Context, t *turn, w *writing, v values, action teams.Action) (reply, error) {
	press := ticket.Press{ID: w.t.ID, Key: v.digest(action.Verb, t.actor.ID)}
	if action.Replaces {
		press.Form = t.form(action)
	}
	text := w.stored
	text.Version = v.number("version")
	changed, err := b.desk.Change(ctx, t.actor, press, func(c *ticket.Change) error {
		if !w.inWork {
			return &ticket.Error{Kind: ticket.Stale, Message: "error.draft_sent"}
		}
		if err := c.Send(&text); err != nil {
			return err
		}
		ask := text.Ask
		if text.Reader == ticket.ForManagement {
			ask = text.Part(ticket.PartDecision)
		}
		return c.Escalate(ticket.Escalating{Level: text.Level, Reasons: text.Reasons, Ask: ask, Text: text.DraftID, Options: text.Options})
	})
	if err == nil {
		e := changed.Escalations[len(changed.Escalations)-1]
		return b.doneWith(ctx, t, changed, action, "", t.say("escalate.sent", args{"Ticket": changed.String(), "Turn": t.level(e.Level)}))
	}
	if kind := ticket.KindOf(err); kind == ticket.Internal || kind == ticket.NotFound || !w.inWork {
		return reply{}, err
	}
	why, _ := t.fault(err)
	stays := &ticket.Error{Kind: ticket.KindOf(err), Message: "escalate.stays", Args: map[string]any{"Why": why, "Ticket": w.t.String()}}
	w, failure := b.writing(ctx, t, v)
	if failure != nil {
		return reply{}, failure
	}
	card, failure := b.drawPreview(t, w, v, stays)
	return reply{card: card, form: true}, failure
}

// sending is the button that sends a text to those for whom it was written, or
// leads to choosing them.
func (d *drawing) sending(b *Bot, s speech, w *writing) {
	if w.stored.Level != "" {
		d.alone, d.title, d.save = false, "button.send", w.data()
		d.save.Verb = verbDraftSend
		d.intro = s.say("escalate.preview", args{"Level": s.level(w.stored.Level)})
		if w.reader == ticket.ForManagement {
			return // the decision that is needed is what is asked
		}
		ask := cards.TextPart{Name: s.say("escalate.ask"), Words: cards.Text(cards.Shorten(b.masked(w.stored.Ask), mostAsked))}
		d.parts = []cards.TextPart{ask} // the text follows
		question := b.button(s, "button.question", verbEscalateOpen, cards.Data{Ticket: w.t.String(), Whose: w.whose, Item: w.item()})
		question.Secondary = true
		d.more = append(d.more, question)
		return
	}
	d.more = append([]cards.Button{b.button(s, "button.escalate", verbEscalateOpen, cards.Data{Ticket: w.t.String(), Whose: w.whose})}, d.more...)
}

// decideSave takes the decision in Diagnosis: to escalate leads on to the text.
func (b *Bot) decideSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if v.text(ticket.FieldChoice) != decideEscalate {
		return b.saveForm(decideForm())(ctx, t, v, action)
	}
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	try, err := b.desk.Trial(ctx, t.actor, current)
	if err == nil {
		err = try.Deciding()
	}
	if kind := ticket.KindOf(err); err != nil && kind != ticket.Internal {
		card, failure := b.formCard(ctx, t, decideForm(), current, ticket.Item{}, v, err)
		return reply{card: card, form: true}, failure
	}
	if err != nil {
		return reply{}, err
	}
	v.set(ticket.FieldChoice, withCard)
	return b.escalateSave(ctx, t, v, action)
}
