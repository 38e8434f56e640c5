package bot

import (
	"context"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// labelIn reads what a ticket is called in Odoo behind "odoo": "HT00012", "00012", or
// whatever stands behind "bring"; false for a ticket of ours, and for nothing.
func labelIn(rest string) (string, bool) {
	words := strings.Fields(rest)
	if len(words) == 2 && strings.EqualFold(words[0], "bring") {
		return words[1], true
	}
	if len(words) != 1 || isNumber(strings.ToLower(words[0])) && !strings.HasPrefix(words[0], "0") {
		return "", false
	}
	return words[0], strings.ContainsAny(words[0], "0123456789")
}

// bring leaves it to a job to look for a ticket in Odoo: a turn waits for nobody.
func (b *Bot) bring(ctx context.Context, t *turn, label string) error {
	return b.later(ctx, ticket.BringRecord{Place: t.place(), Label: label, By: t.actor.Person})
}

// BringRecord does the job of making a ticket of one that is in Odoo, and of showing it
// where it was asked for.
func (b *Bot) BringRecord(ctx context.Context, job ticket.BringRecord) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok || b.desk.Records == nil {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	brought, err := b.desk.Bring(ctx, job.Tenant, job.Label)
	if said, known := s.fault(err); known {
		_, failure := b.chat.Send(ctx, reference(address), teams.Message{Text: cards.Escape(said)})
		return b.delivered(ctx, address, failure)
	}
	if err != nil {
		return err
	}
	_, err = b.desk.Show(ctx, brought.ID, job.Place)
	return err
}
