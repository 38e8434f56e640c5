package ticket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// AdoptRecord makes a ticket of a record that was opened in the system of record.
type AdoptRecord struct {
	Model  string `json:"model"`
	Record int64  `json:"record"`
}

// BringRecord makes a ticket of the record that people call by the label, unless it is
// one, and shows it where somebody asked for it.
type BringRecord struct {
	Place
	Label string `json:"label"`
	By    Person `json:"by"`
}

// Kind gives the stored word of the job.
func (BringRecord) Kind() string { return "record.bring" }

// Kind gives the stored word of the job.
func (AdoptRecord) Kind() string { return "record.adopt" }

// AdoptRecord does the job of making a ticket of a record that was opened in the system
// of record. The record of a ticket, and one that was put away meanwhile, is left alone.
func (d *Desk) AdoptRecord(ctx context.Context, job AdoptRecord) error {
	if d.Records == nil || d.RecordTenant == "" {
		return nil
	}
	state, err := d.Records.Record(ctx, RecordRef{Model: job.Model, Number: job.Record})
	switch {
	case err != nil:
		return unread(err)
	case state.Key != "" || state.Archived || state.Closed:
		return nil
	}
	_, err = d.adopt(ctx, d.RecordTenant, state)
	return err
}

// Bring gives the ticket of the record that people call by the label, and makes one
// where it has none.
func (d *Desk) Bring(ctx context.Context, tenant, label string) (*Ticket, error) {
	state, err := d.Records.Find(ctx, label)
	if refused, ok := errors.AsType[*RecordError](err); ok {
		message := "error.record_busy"
		if refused.Why == RecordGone {
			message = "error.record_none"
		}
		return nil, errors.Join(&Error{Kind: NotFound, Message: message, Args: map[string]any{"Label": shortened(label)}}, err)
	}
	if err != nil {
		return nil, fmt.Errorf("find a record: %w", err)
	}
	return d.adopt(ctx, tenant, state)
}

// adopt gives the ticket of a record, which is made where there is none. Of two who do
// it at once, one makes it.
func (d *Desk) adopt(ctx context.Context, tenant string, state RecordState) (*Ticket, error) {
	var t *Ticket
	err := d.Store.InTx(ctx, func(tx Tx) error {
		if _, err := tx.LockPolling(ctx); err != nil { // who makes tickets of records, one at a time
			return err
		}
		known, err := tx.RecordsOf(ctx, state.RecordRef)
		if err != nil {
			return err
		}
		for _, r := range known {
			if r.Tenant == tenant {
				t, err = tx.Ticket(ctx, r.ID)
				return err
			}
		}
		switch {
		case len(known) > 0: // it is another tenant's
			return unmet("error.record_none", map[string]any{"Label": state.Label})
		case state.Key != "":
			return unmet("error.record_others", map[string]any{"Label": state.Label})
		case state.Closed || state.Archived:
			return unmet("error.record_closed", map[string]any{"Label": state.Label})
		}
		t, err = d.openRecord(ctx, tx, tenant, state)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make a ticket of %s: %w", state.Label, err)
	}
	return t, nil
}

// openRecord makes a ticket of a record: as it is there, with what nobody has told left
// open.
func (d *Desk) openRecord(ctx context.Context, tx Tx, tenant string, state RecordState) (*Ticket, error) {
	by, err := d.there(ctx, tx, tenant, state.CreatedBy)
	if err != nil {
		return nil, err
	}
	now := d.now()
	title := cutText(cmp.Or(line(state.Title), state.Label), MaxTitle)
	t := &Ticket{ID: ID{Tenant: tenant}, Step: Reception, State: Open, OpenedBy: by.Person, OpenedAt: now, Marks: map[ItemID]Mark{}}
	c := d.change(t, by)
	c.note(EntryRecordOpened, "", "", state.Label, title)
	c.take(Facts{
		Title: title, Customer: cutText(cmp.Or(line(state.Customer.Name), line(state.Customer.Mail), "–"), MaxCustomer),
		Details: cutText(cmp.Or(Clean(state.Details), title), MaxDetails),
	})
	if state.Class.Valid() && state.Class != t.Derived {
		t.Override = &Override{Class: state.Class, Reason: "Set in Odoo", By: by.Person, At: now}
	}
	c.mark(ItemLog, Done, Evidence{Words: state.Label})
	c.mark(ItemClass, Done, Evidence{Choice: string(t.Class())})
	if err := d.takeOwner(ctx, tx, c, state); err != nil {
		return nil, err
	}
	if len(state.Steps) > 0 && !slices.Contains(state.Steps, Reception) {
		c.move(state.Steps[0], line(state.Stage))
	}
	for i := range c.entries {
		c.entries[i].Key = fmt.Sprintf("%sopened %s %d %d", recordKey, state.Model, state.Number, i)
	}
	t.UpdatedAt = now
	t.settle(d.Policy)
	if err := tx.Create(ctx, t, c.Entries()...); err != nil {
		return nil, err
	}
	if err := d.bind(ctx, tx, t, state); err != nil {
		return nil, err
	}
	tasks := append(d.ring(t, &Ticket{State: Closed}), c.announce()...)
	tasks = append(tasks, Task{Job: RefreshCards{Tenant: t.Tenant, Number: t.Number}}, Task{Job: HearMessages{Tenant: t.Tenant, Number: t.Number}})
	return t, tx.Later(ctx, append(tasks, c.tasks...)...)
}

// bind notes that the record is that of a ticket which says the same.
func (d *Desk) bind(ctx context.Context, tx Tx, t *Ticket, state RecordState) error {
	r, err := tx.LockRecord(ctx, t)
	if err != nil {
		return err
	}
	mail, err := ownerMail(ctx, tx, t)
	if err != nil {
		return err
	}
	last, err := tx.History(ctx, t.ID, 0, 1)
	if err != nil {
		return err
	}
	r.Ref, r.Base, r.Sent, r.Live = state.RecordRef, state, last[0].ID, t.OpenedAt
	if r.Base.Owner.Stranger, err = d.stranger(ctx, tx, t.Tenant, state.Owner); err != nil {
		return err
	}
	for _, field := range RecordFields() {
		r.Say(t.Masked(d.Guard), field, mail, t.OpenedAt)
	}
	return tx.SaveRecord(ctx, r)
}
