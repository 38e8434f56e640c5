package ticket

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

const (
	// settingTimes is the name under which the desk's times are stored.
	settingTimes = "clock.times"
	// retimePage is how many tickets one transaction lays the clocks of.
	retimePage = 50
)

// Start compares the desk's times with those of the last start, and has the
// clocks of open tickets laid anew where they differ.
func (d *Desk) Start(ctx context.Context) error {
	if err := d.startRecords(ctx); err != nil {
		return err
	}
	times, err := json.Marshal([]any{d.Policy.Acknowledge, d.Policy.CustomerUpdate, d.Policy.CustomerSoon, d.Policy.Climb})
	if err != nil {
		return fmt.Errorf("write the desk's times: %w", err)
	}
	stored, err := d.Store.Setting(ctx, settingTimes)
	if err != nil || stored == string(times) {
		return err
	}
	return d.Store.InTx(ctx, func(tx Tx) error {
		if err := tx.Set(ctx, settingTimes, string(times)); err != nil {
			return err
		}
		return tx.Later(ctx, Task{Job: RetimeClocks{}})
	})
}

// Retime lays the clocks of one page of open tickets anew. Jobs of the clocks as
// they were are harmless: they look at the ticket when they are done.
func (d *Desk) Retime(ctx context.Context, job RetimeClocks) error {
	page, err := d.Store.OpenAfter(ctx, ID(job), retimePage)
	if err != nil || len(page) == 0 {
		return err
	}
	err = d.Store.InTx(ctx, func(tx Tx) error {
		for _, listed := range page {
			if err := d.retime(ctx, tx, listed.ID); err != nil {
				return err
			}
		}
		return tx.Later(ctx, Task{Job: RetimeClocks(page[len(page)-1].ID)})
	})
	if err != nil {
		return fmt.Errorf("lay clocks anew: %w", err)
	}
	return nil
}

func (d *Desk) retime(ctx context.Context, tx Tx, id ID) error {
	t, err := tx.Lock(ctx, id)
	if err != nil || t.State == Closed {
		return err
	}
	var tasks []Task
	now, was := d.now(), t.NextDue
	for _, clock := range t.Clocks(d.Policy) {
		if come := !clock.Due.After(now); come && (t.overtaken(d.Policy, clock, now) || t.Reminded[clock.Kind].After(t.runsSince(clock.Kind))) {
			continue // another says more, or it has been rung to the times before
		}
		tasks = append(tasks, ringing(t, clock))
	}
	if i := t.openEscalation(); i >= 0 {
		if due, waits := t.goesOnAt(t.Escalations[i], d.Policy); waits {
			job := ClimbEscalation{Tenant: t.Tenant, Number: t.Number, Escalation: i + 1, Step: len(t.Escalations[i].Climbs)}
			tasks = append(tasks, Task{Job: job, At: due})
		}
	}
	t.settle(d.Policy)
	switch {
	case instant(was) == instant(t.NextDue):
	case was == nil:
		// A ticket from before the column: nothing that people see has changed.
		if err := tx.Retime(ctx, t); err != nil {
			return err
		}
	default:
		c := d.change(t, Handrail(t.Tenant))
		c.note(EntryRetimed, "", instant(was), instant(t.NextDue), "")
		if err := tx.Save(ctx, t, c.Entries()...); err != nil {
			return err
		}
		tasks = append(tasks, Task{Job: RefreshCards{Tenant: t.Tenant, Number: t.Number}})
	}
	return tx.Later(ctx, tasks...)
}

// runsSince gives from when a clock that runs counts its time.
func (t *Ticket) runsSince(kind ClockKind) time.Time {
	switch kind.Promise() {
	case ClockCustomer:
		return *t.CustomerToldAt
	case ClockDate:
		return *t.DueSince
	default:
		return t.OpenedAt
	}
}
