package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	"handrail/cards"
	"handrail/internal/ticket"
)

// formCard draws a form of a ticket. With a failure, the form comes back with
// all that was typed and with what is wrong.
func (b *Bot) formCard(
	ctx context.Context, t *turn, f form, current *ticket.Ticket, item ticket.Item, typed values, failure error,
) (json.RawMessage, error) {
	files, err := b.filesOf(ctx, current)
	if err != nil {
		return nil, err
	}
	s, masked := t.speech, current.Masked(b.guard)
	if f.ownMessage {
		current = masked // everybody in the conversation reads it
	}
	d := drawing{
		heading: f.heading(s, masked, item), intro: f.intro(s, masked, item),
		ticket: s.say("ticket.fallback.short", args{"Ticket": current.String(), "Title": cards.Shorten(masked.Title, 120)}),
		fields: f.fields(s, current, item),
		title:  f.title,
		save:   b.data(current, item.ID), cancel: cards.Data{Verb: verbTicketShow, Ticket: current.String()},
	}
	d.save.Verb = f.name + suffixSave
	if choose, ok := fileField(files, current.Marks[item.ID].Files); ok && f.takesFiles {
		for i := range d.fields {
			if d.fields[i].id == ticket.FieldWords {
				d.fields[i].required = false // a file may say it all
			}
		}
		d.fields = append(d.fields, choose)
	}
	if f.ownMessage {
		d.cancel = cards.Data{Verb: verbFormCancel, Ticket: current.String(), Whose: t.actor.ID}
	}
	d.more = f.others
	if f.skips && !item.Required {
		skip := b.button(s, "button.skip", "skip"+suffixOpen, b.data(current, item.ID))
		skip.Bare, skip.Secondary = true, len(f.others) > 0 // a client would ask for the evidence first
		d.other = &skip
	}
	if f.name != "reopen" && current.State == ticket.Closed && isLate(failure) {
		failure = &ticket.Error{Kind: ticket.Unmet, Message: "form.closed", Args: map[string]any{"Ticket": current.String()}}
	}
	d.wrong(s, typed, failure)
	return b.drawForm(t, d)
}

// drawing is what a form's card is drawn from.
type drawing struct {
	heading, ticket, intro string
	fields                 []field
	// typed is what a person has typed so far; nil for a fresh form.
	typed  map[string]string
	faults ticket.Faults
	// problem is what is wrong with the form as a whole.
	problem string
	// findings keep a text for a customer back.
	findings     []ticket.Finding
	save, cancel cards.Data
	// title and cancelTitle are the ids of what the buttons are called that are
	// not "Save" and "Cancel".
	title, cancelTitle string
	// other is a way out besides saving and cancelling.
	other *cards.Button
	// parts are the text that the form is about.
	parts []cards.TextPart
	// most is how much of what was typed comes back, where it is not as usual.
	most int
	// more are buttons besides, and alone tells that nothing can be saved.
	more  []cards.Button
	alone bool
}

// wrong has a form come back with what was typed and with what is wrong.
func (d *drawing) wrong(s speech, typed values, failure error) {
	var held *ticket.Held
	if errors.As(failure, &held) {
		d.findings = held.Findings
	}
	if typed.text(ticket.FieldOverride) != "" || held != nil && !held.Final() {
		d.fields = append(d.fields, field{
			id: ticket.FieldOverride, kind: cards.FieldLines, label: "label.override", limit: ticket.MaxReason,
		})
	}
	if typed != nil {
		d.typed = map[string]string{}
		for _, field := range d.fields {
			d.typed[field.id] = typed.text(field.id)
		}
	}
	if failure == nil || errors.As(failure, &d.faults) {
		return
	}
	d.problem, _ = s.fault(failure)
	if late, ok := late(failure); ok {
		d.problem = s.late("form.stale", late)
	}
}

// drawForm draws a form: as a card, or for the dialog in which it stands.
func (b *Bot) drawForm(t *turn, d drawing) (json.RawMessage, error) {
	s := t.speech
	view := cards.Form{
		Words: s.words(), Heading: d.heading, Ticket: cards.Text(d.ticket), Intro: d.intro, Problem: cards.Text(d.problem),
		Findings: s.findings(d.findings), Parts: d.parts,
	}
	d.typed = fitted(d.fields, d.typed, cmp.Or(d.most, mostTyped))
	wrong := map[string]string{}
	for _, fault := range d.faults {
		wrong[fault.Field] = s.sentence(fault)
	}
	if len(d.faults) > 0 {
		view.Problem = cards.Text(s.say("form.faults"))
	}
	for _, f := range d.fields {
		view.Fields = append(view.Fields, b.drawField(s, f, d.typed, wrong[f.id]))
	}
	if !d.alone {
		view.Buttons = append(view.Buttons, b.button(s, cmp.Or(d.title, "button.save"), d.save.Verb, d.save))
	}
	if d.other != nil {
		view.Buttons = append(view.Buttons, *d.other)
	}
	view.Buttons = append(view.Buttons, d.more...)
	if t.dialog == nil {
		cancel := b.button(s, cmp.Or(d.cancelTitle, "button.cancel"), d.cancel.Verb, d.cancel)
		cancel.Bare, cancel.Secondary = true, len(d.parts) > 0 && len(d.more) > 0
		view.Buttons = append(view.Buttons, cancel)
	} else {
		t.dialog.fit(&view, d.heading)
	}
	for i := range view.Buttons {
		view.Buttons[i].Dialog = false // what a form leads to takes its place
	}
	return b.cards.Form(view)
}

// mostTyped is how much of what was typed comes back with a form, so that its card
// is one that Teams takes; in [cards.Units].
const mostTyped = 18_000

// fitted gives what was typed; where it is more than a card can hold, each
// input up to its limit.
func fitted(fields []field, typed map[string]string, most int) map[string]string {
	written, err := json.Marshal(typed)
	if err == nil && cards.Units(written) <= most {
		return typed
	}
	short := make(map[string]string, len(typed))
	for _, f := range fields {
		limit := f.limit
		if limit == 0 {
			limit = 100 // what is chosen is never as long as this
		}
		short[f.id] = cards.Shorten(ticket.Clean(typed[f.id]), limit)
	}
	return short
}

func (b *Bot) drawField(s speech, f field, typed map[string]string, wrong string) cards.Field {
	drawn := cards.Field{
		ID: f.id, Kind: f.kind, Label: s.say(f.label), Value: cards.Text(f.value), Required: f.required, MaxLength: f.limit, Error: cards.Text(wrong),
	}
	if f.heading != "" {
		drawn.Heading = s.say(f.heading)
	}
	if f.title != "" {
		drawn.Label = f.title
	}
	drawn.Hint = f.hint
	if f.sample != "" {
		drawn.Placeholder = s.say(f.sample)
	}
	if typed != nil {
		drawn.Value = cards.Text(typed[f.id])
	}
	for _, choice := range f.choices {
		if f.group == "way" && choice == ticket.ByTicket && b.desk.Records != nil {
			drawn.Choices = append(drawn.Choices, cards.Choice{Title: cards.Text(s.say("choice.way.ticket.sent")), Value: choice})
			continue
		}
		drawn.Choices = append(drawn.Choices, cards.Choice{Title: cards.Text(s.say("choice." + f.group + "." + choice)), Value: choice})
	}
	drawn.Choices = append(drawn.Choices, f.people...)
	return drawn
}
