package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
)

// dialog is what a turn knows of the dialog in which it is answered.
type dialog struct {
	// card is the id of the message whose button has opened it; empty where
	// nobody knows.
	card string
	// title is the heading of the form that was drawn for it.
	title string
	// source is what the form in it has taken from a message; nil for none.
	source *source
}

// dialogVerbs are the verbs that lead to a form which can stand in a dialog.
func (b *Bot) dialogVerbs() map[string]bool {
	verbs := map[string]bool{
		verbIntakeOpen: true, verbDraftOpen: true, verbEscalateOpen: true, verbArticleOpen: true, verbAnswerOpen: true,
	}
	for name := range b.forms {
		verbs[name+suffixOpen] = true
	}
	for _, a := range answerings() {
		verbs[a.name+suffixOpen] = true
	}
	return verbs
}

// step answers a step of a dialog by the same verbs as a click on a card.
func (b *Bot) step(ctx context.Context, t *turn, d teams.Dialog) (teams.Answer, error) {
	v := decodeValues(d.Data)
	t.dialog = &dialog{card: cmp.Or(v.text("card"), d.Card), source: b.sourceOf(t, d, v)}
	d.Card = t.dialog.card
	if d.Extension && !d.Submitted && (d.Command == "" || d.Command == commandCreate) {
		d.Verb = verbIntakeOpen // a client leaves the command out where there is but one
	}
	do, ok := b.verbs[d.Verb]
	if !ok {
		return teams.DialogText(t.say("notice.old_card")), nil
	}
	r, err := do(ctx, t, v, d.Action)
	if err != nil {
		r, err = b.explain(ctx, t, v, err)
	}
	switch {
	case err != nil && d.Submitted:
		return teams.Answer{}, err // the dialog stays as it is, with what was typed
	case err != nil:
		return teams.DialogText(trouble(ctx, t.speech, err)), nil
	}
	return t.inDialog(r), nil
}

// inDialog gives the reply in the dialog: a form to fill in, or what there is to
// say. When all is done it closes, and the cards follow by their jobs.
func (t *turn) inDialog(r reply) teams.Answer {
	switch {
	case r.form:
		return teams.DialogAnswer(t.dialog.title, r.card)
	case r.text != "":
		return teams.DialogText(r.text)
	case r.notice != "":
		return teams.DialogText(r.notice)
	}
	return teams.DialogClosed()
}

// fit leaves out of a form what only belongs on a card: a dialog is left by
// closing it.
func (d *dialog) fit(view *cards.Form, heading string) {
	d.title, view.Dialog = heading, true
	view.Buttons = slices.DeleteFunc(view.Buttons, func(button cards.Button) bool { return button.Verb == verbDraftChoose })
	for i := range view.Buttons {
		view.Buttons[i].Data.Card = d.card
	}
}

// openIntake shows the form of a new ticket in the dialog. A button that was
// offered for one ticket, and has opened it, says so.
func (b *Bot) openIntake(ctx context.Context, t *turn, v values) (reply, error) {
	if t.dialog.source != nil {
		return b.openIntakeFrom(ctx, t)
	}
	key := v.once()
	if key != "" {
		if id, opened, err := b.store.Pressed(ctx, t.actor.Tenant, key); err != nil || opened {
			return reply{text: t.say("notice.opened", args{"Ticket": id.String()})}, err
		}
	}
	f := intakeForm{key: cmp.Or(key, t.key("open")), message: v.text("message"), typed: typedTitle(v.text("extra"))}
	card, err := b.intakeCard(ctx, t, f)
	return reply{card: card, form: true}, err
}

// offerIntake answers "new …" with the button that opens the form.
func (b *Bot) offerIntake(ctx context.Context, t *turn, title, message string) error {
	sentence := t.say("intake.offer")
	if short := cards.Shorten(b.masked(strings.Join(strings.Fields(title), " ")), 120); short != "" {
		sentence = t.say("intake.offer.titled", args{"Title": short})
	}
	data := cards.Data{Title: title, Message: message, Key: offerPrefix + t.key("open")}
	card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.fill_in", verbIntakeOpen, data))
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, sentence)
}

// offerPrefix begins the key of a form that was offered for one ticket.
const offerPrefix = "offer "

// formMessage gives the message that becomes the card of a ticket: the form itself, or
// what has offered the dialog for this very ticket.
func (b *Bot) formMessage(ctx context.Context, t *turn, key string, action teams.Action) (string, error) {
	if t.dialog == nil {
		return action.Card, nil
	}
	if !strings.HasPrefix(key, offerPrefix) {
		return "", nil
	}
	taken, err := b.store.Shows(ctx, t.place(), action.Card)
	if err != nil || taken {
		return "", err
	}
	return action.Card, nil
}
