package bot

import (
	"context"
	"strings"

	"handrail/internal/ticket"
)

const (
	// mostWaiting is how many tickets are named that wait for Odoo.
	mostWaiting = 20
	// mostUnheld is how many records that nothing holds up are looked at for lines on their
	// way: of many, the rest is left to the next question.
	mostUnheld = 100
)

// waiting are the tickets of a tenant that wait for Odoo.
type waiting struct {
	tenant string
	// held are those that something holds up, and moving those on their way.
	held, moving naming
	// first is what holds up the first of them.
	first  ticket.Record
	looked int
}

// naming counts tickets, and names the first of them.
type naming struct {
	numbers []string
	count   int
}

func (n *naming) add(id ticket.ID) {
	switch n.count++; {
	case n.count <= mostWaiting:
		n.numbers = append(n.numbers, id.String())
	case n.count == mostWaiting+1:
		n.numbers = append(n.numbers, "…")
	}
}

func (n *naming) with(more args) args {
	more["Count"], more["Tickets"] = n.count, strings.Join(n.numbers, ", ")
	return more
}

// recordsWaiting names the tickets of the tenant that wait for Odoo, and why, and says
// of Odoo itself when it gives no answer, though nothing may wait for one.
func (b *Bot) recordsWaiting(ctx context.Context, t *turn) (string, error) {
	found := waiting{tenant: t.actor.Tenant}
	for after := (ticket.ID{}); ; {
		page, err := b.store.RecordsWait(ctx, after, 100)
		if err != nil {
			return "", err
		}
		for _, r := range page {
			after = r.ID
			if err := b.sortWaiting(ctx, &found, r); err != nil {
				return "", err
			}
		}
		if len(page) < 100 {
			return t.recordsWaiting(found, b.desk.RecordsDown()), nil
		}
	}
}

// sortWaiting notes a record that may wait.
func (b *Bot) sortWaiting(ctx context.Context, found *waiting, r ticket.Record) error {
	switch {
	case r.Tenant != found.tenant:
		return nil
	case r.Trouble.Why != "":
		if found.held.add(r.ID); found.held.count == 1 {
			found.first = r
		}
		return nil
	}
	if found.looked++; found.looked > mostUnheld {
		return nil
	}
	left, err := b.recordLacks(ctx, r, r.ID)
	if left > 0 || !r.Made() {
		found.moving.add(r.ID)
	}
	return err
}

// recordsWaiting says what waits, and what is wrong with Odoo as a whole.
func (s speech) recordsWaiting(found waiting, down ticket.RecordStop) string {
	var texts []string
	if found.held.count > 0 {
		why := s.recordStop("record.first", found.first.Trouble, args{"Ticket": found.first.ID.String()})
		texts = append(texts, s.say("record.all", found.held.with(args{"Why": why})))
	}
	if found.moving.count > 0 {
		texts = append(texts, s.say("record.moving", found.moving.with(args{})))
	}
	switch {
	case len(texts) == 0 && down.Why == "":
		return s.say("record.all_well")
	case len(texts) == 0:
		return s.recordStop("record.idle", down, args{})
	case found.held.count == 0 && down.Why != "":
		texts = append(texts, s.recordStop("record.down", down, args{}))
	}
	return paragraphs(texts...)
}

// recordStop says in a sentence what holds something up, and what to do.
func (s speech) recordStop(id string, stop ticket.RecordStop, with args) string {
	with["Since"], with["Why"] = s.when(stop.Since), s.recordWhy(stop.Why, stop.What)
	with["Do"] = s.say("record.do." + string(stop.Why))
	return s.markdown(id, with)
}

// recordLacks counts the lines of a ticket's history that its record lacks, as far as
// they are counted.
func (b *Bot) recordLacks(ctx context.Context, r ticket.Record, id ticket.ID) (int, error) {
	lines, err := b.store.HistoryAfter(ctx, id, r.Sent, 1000)
	left := 0
	for _, line := range lines {
		if line.Recorded() {
			left++
		}
	}
	return left, err
}
