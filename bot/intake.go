package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of the intake, which belongs to no ticket yet; stored words.
const (
	verbIntakeOpen   = "intake.open"
	verbIntakeSave   = "intake.save"
	verbIntakeCancel = "intake.cancel"
)

// fieldTake is the toggle by which who opens a ticket owns it.
const fieldTake = "take"

// intakeFields are the inputs of the facts; with what the ticket says already.
func intakeFields(t *ticket.Ticket, zone *time.Location) []field {
	fields := []field{
		{id: ticket.FieldTitle, required: true, limit: ticket.MaxTitle, label: "label.title", sample: "placeholder.title"},
		{id: ticket.FieldCustomer, required: true, limit: ticket.MaxCustomer, label: "label.customer", sample: "placeholder.customer"},
		{
			id: ticket.FieldDetails, kind: cards.FieldLines, required: true, limit: ticket.MaxDetails,
			label: "label.details", sample: "placeholder.details",
		},
		{id: ticket.FieldUsers, limit: 20, label: "label.users", sample: "placeholder.users"},
		{id: ticket.FieldDate, kind: cards.FieldDate, label: "label.date"},
		{id: ticket.FieldTime, kind: cards.FieldTime, label: "label.time"},
	}
	if t == nil {
		return fields
	}
	fields[0].value, fields[1].value, fields[2].value = t.Title, t.Customer, t.Details
	if t.Users != nil {
		fields[3].value = strconv.Itoa(*t.Users)
	}
	if t.DueAt != nil {
		due := t.DueAt.In(zone)
		fields[4].value, fields[5].value = due.Format(time.DateOnly), due.Format("15:04")
	}
	return fields
}

// intake reads the facts as they were typed.
func (v values) intake(zone *time.Location) ticket.Intake {
	return ticket.Intake{
		Title: v.text(ticket.FieldTitle), Customer: v.text(ticket.FieldCustomer), Details: v.text(ticket.FieldDetails),
		Users: v.text(ticket.FieldUsers), Date: v.text(ticket.FieldDate), Time: v.text(ticket.FieldTime), Zone: zone,
	}
}

// editForm changes the facts of a ticket. A fixed date that is left as it was
// may have passed: it is not asked for anew.
func editForm() form {
	return form{
		name:    "edit",
		heading: titled("form.edit.heading"),
		intro:   titled("form.edit.intro"),
		fields: func(s speech, t *ticket.Ticket, _ ticket.Item) []field {
			return intakeFields(t, s.zone)
		},
		save: func(s speech, c *ticket.Change, _ ticket.Item, v values) error {
			if err := c.Allowed(); err != nil {
				return err
			}
			in, now := v.intake(s.zone), c.At
			if c.Ticket.DueAt != nil {
				due := c.Ticket.DueAt.In(s.zone)
				if in.Date == due.Format(time.DateOnly) && in.Time == due.Format("15:04") {
					now = c.Ticket.DueAt.Add(-time.Minute)
				}
			}
			facts, err := in.Check(now)
			if err != nil {
				return err
			}
			return c.Edit(facts)
		},
	}
}

// newTicket answers "new …" with the intake form, its title filled in, or with the
// way to it. The files of the message with the id, if it names one, go to the ticket.
func (b *Bot) newTicket(ctx context.Context, t *turn, title, message string) error {
	title = ticket.Clean(title)
	if b.dialogs[verbIntakeOpen] {
		return b.offerIntake(ctx, t, title, message)
	}
	return b.sendIntake(ctx, t, title, message)
}

// sendIntake sends the form as a message of its own.
func (b *Bot) sendIntake(ctx context.Context, t *turn, title, message string) error {
	card, err := b.intakeCard(ctx, t, intakeForm{key: t.key("open"), message: message, typed: typedTitle(title)})
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("form.intake.heading"))
}

// typedTitle fills the form of a new ticket with what was written as its title.
func typedTitle(title string) map[string]string {
	title = ticket.Clean(title)
	typed := map[string]string{ticket.FieldTitle: title, fieldTake: "true"}
	first, _, several := strings.Cut(title, "\n")
	if several || utf8.RuneCountInString(title) > ticket.MaxTitle {
		// Whoever writes that much has begun with the details.
		typed[ticket.FieldTitle], typed[ticket.FieldDetails] = cards.Shorten(first, ticket.MaxTitle), title
	}
	return typed
}

// intakeOpen answers the button for a new ticket: outside of a dialog the form
// comes as a message of its own, and that message becomes the ticket's card.
func (b *Bot) intakeOpen(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	if t.dialog != nil {
		return b.openIntake(ctx, t, v)
	}
	if err := b.sendIntake(ctx, t, v.text("extra"), v.text("message")); err != nil {
		return reply{}, err
	}
	return reply{text: t.say("notice.form_below")}, nil
}

func (b *Bot) intakeSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	opening := ticket.Opening{
		Intake: v.intake(t.zone), Take: v.truth(fieldTake), Key: v.once(), Place: t.place(), Files: v.text("message"),
	}
	var err error
	if opening.Activity, err = b.formMessage(ctx, t, opening.Key, action); err != nil {
		return reply{}, err
	}
	if strings.HasPrefix(opening.Key, againPrefix) {
		opening.Activity = "" // the form's message is another ticket's card by now
	}
	if t.dialog != nil && t.dialog.source != nil {
		return b.intakeSaveFrom(ctx, t, opening, v)
	}
	back := intakeForm{key: v.text("once"), message: opening.Files, typed: v.typedIntake()}
	opened, r, err := b.openAsked(ctx, t, v, opening, back)
	if err != nil || opened == nil {
		return r, err
	}
	if opened.OpenedBy.ID != t.actor.ID {
		problem := t.say("notice.form_taken", args{"By": opened.OpenedBy.Name, "Ticket": opened.String()})
		card, err := b.intakeCard(ctx, t, intakeForm{key: againPrefix + t.key("open"), typed: v.typedIntake(), problem: problem})
		if err == nil && !action.Replaces && t.dialog == nil {
			return reply{settled: true}, b.sendCard(ctx, t, card, problem)
		}
		return reply{card: card, form: true}, err
	}
	r, err = b.ticketReply(ctx, t, opened, "")
	r.settled = true // the form's message becomes the live card
	return r, err
}

// againPrefix begins the key of a form whose message has become the card of
// somebody else's ticket.
const againPrefix = "again "

// typedIntake gives what was typed into the form, as it was typed.
func (v values) typedIntake() map[string]string {
	typed := map[string]string{
		fieldTake: v.text(fieldTake), ticket.FieldReporter: v.text(ticket.FieldReporter), fieldAlike: v.text(fieldAlike),
	}
	for _, f := range intakeFields(nil, nil) {
		typed[f.id] = v.text(f.id)
	}
	return typed
}

// intakeCancel puts a notice in the place of the form, for everybody; unless
// the form has become a ticket.
func (b *Bot) intakeCancel(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	id, saved, err := b.store.Pressed(ctx, t.actor.Tenant, v.text("once"))
	if err != nil {
		return reply{}, err
	}
	if saved {
		opened, err := b.store.Ticket(ctx, id)
		if err != nil {
			return reply{}, err
		}
		return b.ticketReply(ctx, t, opened, t.say("notice.opened", args{"Ticket": id.String()}))
	}
	card, err := b.noticeCard(t.speech, t.say("notice.not_opened"), b.button(t.speech, "button.new", verbIntakeOpen, cards.Data{}))
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, t.say("notice.not_opened"))
}

// intakeForm is what the form of a new ticket is drawn from.
type intakeForm struct {
	key string
	// message is the id of the message whose files go to the ticket; empty for none.
	message string
	// source is what was taken from a message on which the form was asked for; nil for none.
	source  *source
	typed   map[string]string
	faults  ticket.Faults
	problem string
	// alike are the open tickets that look like the same trouble.
	alike []*ticket.Ticket
}

func (b *Bot) intakeCard(ctx context.Context, t *turn, f intakeForm) ([]byte, error) {
	intro := t.say("form.intake.intro")
	loose, err := b.desk.Loose(ctx, t.place(), f.message)
	if err != nil {
		return nil, err
	}
	if len(loose) > 0 {
		intro += " " + t.markdown("form.intake.files", args{"Names": t.names(loose)})
	}
	fields := intakeFields(nil, nil)
	if f.source != nil && f.source.Message != "" {
		intro += f.source.told(t.speech)
		fields = slices.Insert(fields, 2, reporterField())
	}
	if len(f.alike) > 0 {
		intro, fields = t.say("form.alike.intro"), b.askIn(t.speech, f, fields)
	}
	fields = append(fields, field{id: fieldTake, kind: cards.FieldToggle, label: "label.take", heading: "item.owner", value: "true"})
	return b.drawForm(t, drawing{
		heading: t.say("form.intake.heading"), intro: intro,
		fields: fields, typed: f.typed, faults: f.faults, problem: f.problem, title: "button.open_ticket",
		save:   cards.Data{Verb: verbIntakeSave, Key: f.key, Message: f.message, Source: f.source.encoded()},
		cancel: cards.Data{Verb: verbIntakeCancel, Key: f.key},
	})
}
