package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// MaxHandover is how many tickets are handed over at once.
const MaxHandover = 100

// Handover asks to give tickets to another person.
type Handover struct {
	// Numbers are the chosen tickets; none for all open ones that the actor owns.
	Numbers []int64
	To      Person
	// Note is a word to the new owner; it may be empty.
	Note string
	// Key is that of the click or message; the same key again changes nothing.
	Key string
	// Place is where it was asked for.
	Place
	// Form is the one that was filled in, where it stood on a message of the bot.
	Form OpenForm
}

// HandedOver says what came of a handover.
type HandedOver struct {
	To Person
	// Went are the tickets that have the new owner, the most urgent first.
	Went []*Ticket
	// Stayed says why, for each of the tickets that stay where they are.
	Stayed []error
	// Rest is how many more tickets there are than are handed over at once.
	Rest int
	// Told says that the new owner is told.
	Told bool
	// Away is the new owner's absence; nil while they are there.
	Away *Absence
	// Repeated says that the same was asked before, and that nothing was changed now.
	Repeated bool
}

// HandOver gives tickets to another person, as far as the actor may, and has
// the new owner told. What report gives is done with it; it is not asked where
// the same click or message has been served before.
func (d *Desk) HandOver(ctx context.Context, by Actor, h Handover, report func(*HandedOver) []Task) (*HandedOver, error) {
	var faults Faults
	switch {
	case h.To.ID == "":
		faults = Faults{fault(FieldPerson, "error.person_required", nil)}
	case h.To.ID == by.ID && len(h.Numbers) == 0:
		faults = Faults{fault(FieldPerson, "error.handover_self", nil)}
	}
	if h.Note, faults = needNote(h.Note, faults); len(faults) > 0 {
		return nil, faults
	}
	var handed *HandedOver
	err := d.Store.InTx(ctx, func(tx Tx) error {
		handed = &HandedOver{To: h.To}
		if err := d.handOver(ctx, tx, by, h, handed); err != nil || handed.Repeated {
			return err
		}
		if h.Form.Activity != "" {
			if _, err := tx.CloseForm(ctx, h.Form); err != nil {
				return err
			}
		}
		charge, err := d.inCharge(ctx, tx, by.Tenant, h.To)
		if err != nil {
			return err
		}
		handed.Away = charge.Away
		tasks := tellOwner(by, h, handed)
		if report != nil {
			tasks = append(tasks, report(handed)...)
		}
		return tx.Later(ctx, tasks...)
	})
	switch {
	case errors.Is(err, ErrRepeated):
		return &HandedOver{To: h.To, Repeated: true}, nil
	case err != nil:
		return nil, fmt.Errorf("hand tickets over: %w", err)
	}
	return handed, nil
}

// handOver changes the tickets in the order of their numbers, so that two
// handovers at once wait for each other in turn.
func (d *Desk) handOver(ctx context.Context, tx Tx, by Actor, h Handover, handed *HandedOver) error {
	numbers, err := d.chosen(ctx, tx, by, h, handed)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		t, err := tx.Lock(ctx, ID{Tenant: by.Tenant, Number: number})
		if KindOf(err) == NotFound {
			handed.Stayed = append(handed.Stayed, err)
			continue
		}
		if err == nil && len(handed.Went) == 0 { // whoever asked the same at the same moment has ended now
			_, handed.Repeated, err = tx.Pressed(ctx, by.Tenant, h.Key)
		}
		if err != nil || handed.Repeated {
			return err
		}
		if len(h.Numbers) == 0 && !t.OwnedBy(by.Person) {
			continue // somebody was faster
		}
		if err := d.handOverOne(ctx, tx, by, h, t, handed); err != nil {
			return err
		}
	}
	if !handed.Repeated && len(handed.Went)+len(handed.Stayed) == 0 {
		return unmet("error.handover_nothing", nil)
	}
	slices.SortStableFunc(handed.Went, byUrgency)
	return nil
}

// handOverOne changes a locked ticket, if the actor may. The key is stored with
// the first one.
func (d *Desk) handOverOne(ctx context.Context, tx Tx, by Actor, h Handover, t *Ticket, handed *HandedOver) error {
	actor, err := d.acting(ctx, tx, by, t)
	if err != nil {
		return err
	}
	c, was := d.change(t, actor), *t
	if err := c.HandOver(h.To, h.Note); err != nil {
		handed.Stayed = append(handed.Stayed, err)
		return nil
	}
	t.UpdatedAt = c.At
	key := ""
	if len(handed.Went) == 0 {
		key = h.Key
	}
	handed.Went = append(handed.Went, t)
	return d.keep(ctx, tx, c, &was, key)
}

// chosen gives the numbers of the tickets to hand over, in order.
func (d *Desk) chosen(ctx context.Context, tx Tx, by Actor, h Handover, handed *HandedOver) ([]int64, error) {
	numbers := slices.Clone(h.Numbers)
	if len(numbers) == 0 {
		page, err := tx.Tickets(ctx, Query{Tenant: by.Tenant, Open: true, Owner: by.ID, Limit: MaxHandover})
		if err != nil {
			return nil, err
		}
		// Asked for a second time, the actor may own none any more.
		if _, handed.Repeated, err = tx.Pressed(ctx, by.Tenant, h.Key); err != nil || handed.Repeated {
			return nil, err
		}
		handed.Rest = page.Total - len(page.Tickets)
		for _, t := range page.Tickets {
			numbers = append(numbers, t.Number)
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	if len(numbers) > MaxHandover {
		handed.Rest += len(numbers) - MaxHandover
		numbers = numbers[:MaxHandover]
	}
	return numbers, nil
}

// tellOwner has the new owner told of the tickets, once for all of them.
func tellOwner(by Actor, h Handover, handed *HandedOver) []Task {
	if handed.Told = len(handed.Went) > 0 && h.To.ID != by.ID; !handed.Told {
		return nil
	}
	tell := TellOwner{Place: h.Place, By: by.Person, To: h.To, Note: h.Note}
	tell.Tenant = by.Tenant
	for _, t := range handed.Went {
		tell.Numbers = append(tell.Numbers, t.Number)
	}
	return []Task{{Job: tell}}
}

// byUrgency orders tickets as the board does.
func byUrgency(a, b *Ticket) int {
	if rank := slices.Index(Classes(), a.Class()) - slices.Index(Classes(), b.Class()); rank != 0 {
		return rank
	}
	return a.OpenedAt.Compare(b.OpenedAt)
}
