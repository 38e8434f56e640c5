package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"handrail/cards"
	"handrail/internal/ticket"
)

// fieldAlike is the choice between a new trouble and that of an open ticket: it stands on
// the form of a new ticket where there are such, and alikeNew is the choice of neither.
const (
	fieldAlike = ticket.FieldLink
	alikeNew   = "new"
)

// mostAlike is how many open tickets that look alike are offered.
const mostAlike = 3

// alike gives the open tickets whose title looks like that of the form, whoever's they are.
func (b *Bot) alike(ctx context.Context, t *turn, in ticket.Intake) ([]*ticket.Ticket, error) {
	return b.store.Alike(ctx, ticket.Trouble{Tenant: t.actor.Tenant, Title: in.Title}, mostAlike)
}

// askAlike gives them where they have to be asked about: once for a form, when nothing is
// wrong with it, and not where it has opened its ticket before, as a click may come twice.
func (b *Bot) askAlike(ctx context.Context, t *turn, v values, o ticket.Opening) ([]*ticket.Ticket, error) {
	if v.text(fieldAlike) != "" || !sound(o, t.now) {
		return nil, nil
	}
	if _, opened, err := b.store.Pressed(ctx, t.actor.Tenant, o.Key); err != nil || opened {
		return nil, err
	}
	return b.alike(ctx, t, o.Intake)
}

// sound tells whether nothing is wrong with what was filled in.
func sound(o ticket.Opening, now time.Time) bool {
	_, wrong := o.Check(now)
	return wrong == nil
}

// openAsked opens the ticket of a form once nothing is wrong with it and whoever filled it
// in was asked. Nil where the form comes back in the reply, with all that was typed.
func (b *Bot) openAsked(ctx context.Context, t *turn, v values, o ticket.Opening, back intakeForm) (*ticket.Ticket, reply, error) {
	var err error
	if back.alike, err = b.askAlike(ctx, t, v, o); err != nil {
		return nil, reply{}, err
	}
	if len(back.alike) == 0 {
		o.Follow = v.follow()
		opened, err := b.desk.Open(ctx, t.actor, o)
		wrong, ok := errors.AsType[ticket.Faults](err)
		if !ok {
			return opened, reply{}, err
		}
		back.faults = wrong
		if back.alike, err = b.keptAlike(ctx, t, v, o); err != nil {
			return nil, reply{}, err
		}
	}
	card, err := b.intakeCard(ctx, t, back)
	return nil, reply{card: card, form: true}, err
}

// keptAlike gives them for a form that comes back: those about which it has asked.
func (b *Bot) keptAlike(ctx context.Context, t *turn, v values, o ticket.Opening) ([]*ticket.Ticket, error) {
	if v.text(fieldAlike) == "" {
		return nil, nil
	}
	return b.alike(ctx, t, o.Intake)
}

// follow gives the number of the ticket that was chosen as the same trouble; 0 for none.
func (v values) follow() int64 {
	number, _ := ticket.ParseNumber(v.text(fieldAlike))
	return number
}

// askIn puts the question whether the trouble is that of an open ticket on a form, with
// what was chosen, where that can still be chosen.
func (b *Bot) askIn(s speech, f intakeForm, fields []field) []field {
	ask := b.alikeField(s, f.alike)
	if !slices.ContainsFunc(ask.people, func(choice cards.Choice) bool { return choice.Value == f.typed[fieldAlike] }) {
		f.typed[fieldAlike] = alikeNew
	}
	return append([]field{ask}, fields...)
}

func (b *Bot) alikeField(s speech, alike []*ticket.Ticket) field {
	f := field{
		id: fieldAlike, kind: cards.FieldChoice, label: "label.alike", value: alikeNew,
		people: []cards.Choice{{Title: cards.Text(s.say("alike.new")), Value: alikeNew}},
	}
	for _, t := range alike {
		f.people = append(f.people, cards.Choice{Value: strconv.FormatInt(t.Number, 10), Title: cards.Text(s.say("alike.link", args{
			"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 80), "Customer": cards.Shorten(b.masked(t.Customer), 40),
			"Class": s.say("class." + string(t.Class())), "Since": s.when(t.OpenedAt),
		}))})
	}
	return f
}
