package ticket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// TakeChanges takes over what somebody changed in a ticket's record.
type TakeChanges struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
}

// Kind gives the stored word of the job.
func (TakeChanges) Kind() string { return "record.take" }

// takeAgain is how soon a record is looked at again that something is written to now.
const takeAgain = 2 * time.Second

// noteChanges leaves a job for each ticket whose record was changed there, and for each
// record that was opened there. What Handrail has written itself is its base already.
func (d *Desk) noteChanges(ctx context.Context, tx Tx, p Polling, page []RecordState) error {
	refs := make([]RecordRef, len(page))
	for i, state := range page {
		refs[i] = state.RecordRef
	}
	known, err := recordsBy(ctx, tx, refs)
	if err != nil {
		return err
	}
	var tasks []Task
	for _, state := range page {
		of := known[state.plain()]
		if len(of) == 0 && state.Key == "" && state.Number > p.From.Record && !state.Archived && !state.Closed {
			tasks = append(tasks, Task{Job: AdoptRecord{Model: state.Model, Record: state.Number}})
		}
		for _, r := range of {
			if r.read() && r.differs(state) {
				tasks = append(tasks, Task{Job: TakeChanges{Tenant: r.Tenant, Number: r.ID.Number}})
			}
		}
	}
	return tx.Later(ctx, tasks...)
}

// read tells whether it is known how the record stood.
func (r *Record) read() bool { return r.Base.Number != 0 }

// differs tells whether somebody changed the record since it was last seen.
func (r *Record) differs(state RecordState) bool {
	return len(r.changed(state)) > 0 || state.Archived != r.Base.Archived || state.Into != r.Base.Into
}

// changed lists the fields that somebody changed in the record since it was last seen.
func (r *Record) changed(state RecordState) []RecordField {
	base := r.Base
	return slices.DeleteFunc(RecordFields(), func(field RecordField) bool {
		switch field {
		case RecordTitle:
			return line(state.Title) == line(base.Title)
		case RecordDetails:
			return Clean(state.Details) == Clean(base.Details)
		case RecordCustomer:
			return state.Customer.is(base.Customer)
		case RecordOwner:
			return state.Owner.is(base.Owner)
		case RecordClass:
			return state.Class == base.Class || state.Class == ""
		default:
			return state.Stage == base.Stage && state.Closed == base.Closed
		}
	})
}

// is tells whether both are the same person of the system.
func (p RecordPerson) is(other RecordPerson) bool {
	if p.Number != 0 || other.Number != 0 {
		return p.Number == other.Number
	}
	return strings.EqualFold(cmp.Or(p.Mail, p.Name), cmp.Or(other.Mail, other.Name))
}

// TakeChanges does the job of taking over what somebody changed in a ticket's record. It
// reads the record as it is now; where Handrail writes to it meanwhile it looks again.
func (d *Desk) TakeChanges(ctx context.Context, job TakeChanges) error {
	if d.Records == nil {
		return nil
	}
	id := ID(job)
	before, ok, err := d.Store.Record(ctx, id)
	if err != nil || !ok || !before.Made() {
		return err
	}
	state, into, err := d.readRecord(ctx, before.Ref)
	if err != nil {
		return unread(err)
	}
	err = d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		r, err := tx.LockRecord(ctx, t)
		if err != nil {
			return err
		}
		if r.Leased.After(d.now()) || !reflect.DeepEqual(r.Base, before.Base) || !reflect.DeepEqual(r.Said, before.Said) {
			return &Postponed{After: takeAgain, Turn: true, Cause: errors.New("the record is written to")}
		}
		if err := d.takeOver(ctx, tx, t, &r, state, into); err != nil {
			return err
		}
		return tx.SaveRecord(ctx, r)
	})
	if err != nil {
		return fmt.Errorf("take over what was changed in the record of %s: %w", id, err)
	}
	return nil
}

// unread tells what becomes of a job that could not read a record. Of one that is gone
// whoever writes to it tells.
func unread(err error) error {
	refused, ok := errors.AsType[*RecordError](err)
	switch {
	case ok && refused.Why == RecordGone:
		return nil
	case ok:
		return &Postponed{After: max(refused.After, pollEvery), Cause: err}
	}
	return fmt.Errorf("read a record: %w", err)
}

// mostMerges is how often a record is followed into another one.
const mostMerges = 10

// readRecord gives a record as it is now, and the one that it was merged into, which is
// itself where it was not.
func (d *Desk) readRecord(ctx context.Context, ref RecordRef) (state, into RecordState, err error) {
	if state, err = d.Records.Record(ctx, ref); err != nil {
		return state, state, err
	}
	into = state
	for hops := 0; into.Into != 0 && into.Into != into.Number && hops < mostMerges; hops++ {
		if into, err = d.Records.Record(ctx, RecordRef{Model: ref.Model, Number: into.Into}); err != nil {
			return state, state, err
		}
	}
	return state, into, nil
}

// catchUp takes over what somebody changed in the record that is about to be written to:
// of two changes of a field the newer one wins, not the one that is written last.
func (s *sending) catchUp(ctx context.Context) error {
	var state, into RecordState
	err := s.call(ctx, func() (err error) {
		state, into, err = s.readRecord(ctx, s.r.Ref)
		return err
	})
	if err != nil || !s.r.differs(state) {
		return err
	}
	return s.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, s.t.ID)
		if err != nil {
			return err
		}
		var failure error
		err = s.saveIn(ctx, tx, func(r *Record) { failure = s.takeOver(ctx, tx, t, r, state, into) })
		s.t = t.Masked(s.Guard)
		return errors.Join(failure, err)
	})
}

// takeOver changes a locked ticket as its record was changed, and notes how the record
// stands. Of a field that was changed on both sides the newer change wins, and the
// history tells of both. It is done again for the same state without effect.
func (d *Desk) takeOver(ctx context.Context, tx Tx, t *Ticket, r *Record, state, into RecordState) error {
	if state.Owner.is(r.Base.Owner) {
		state.Owner.Stranger = r.Base.Owner.Stranger
	}
	if !r.read() || !r.differs(state) {
		r.Base = state
		return nil
	}
	by, err := d.there(ctx, tx, t.Tenant, state.WrittenBy)
	if err != nil {
		return err
	}
	mail, err := ownerMail(ctx, tx, t)
	if err != nil {
		return err
	}
	c, was := d.change(t, by), *t
	c.route = routes(ctx, tx, t.Tenant)
	taken, err := d.takeFields(ctx, tx, c, r, state, mail)
	if err != nil {
		return err
	}
	c.takePresence(r, state, into)
	r.Base = into
	if r.Base.Owner.Stranger, err = d.stranger(ctx, tx, t.Tenant, into.Owner); err != nil {
		return err
	}
	if mail, err = ownerMail(ctx, tx, t); err != nil {
		return err
	}
	for _, field := range taken {
		if field == RecordClass { // the tag there is still that of the old class
			c.Then(SendRecord{Tenant: t.Tenant, Number: t.Number})
			continue
		}
		r.Say(t.Masked(d.Guard), field, mail, c.At)
	}
	if len(c.entries) == 0 {
		return nil
	}
	for i := range c.entries {
		c.entries[i].Key = fmt.Sprintf("%schange %d %d %d", recordKey, t.Number, t.Version+1, i)
	}
	t.UpdatedAt = c.At
	return d.keep(ctx, tx, c, &was, "")
}

// takeFields changes the fields of the ticket that were changed in its record, but those
// that were changed here since, and gives them. The mail is that of the ticket's owner.
func (d *Desk) takeFields(ctx context.Context, tx Tx, c *Change, r *Record, state RecordState, mail string) (taken []RecordField, err error) {
	unsaid := r.Unsaid(c.Ticket.Masked(d.Guard), mail)
	for _, field := range r.changed(state) {
		if slices.Contains(unsaid, field) {
			at, err := changedAt(ctx, tx, c.Ticket, field)
			if err != nil {
				return nil, err
			}
			if !at.Truncate(time.Second).Before(state.WrittenAt) {
				c.note(EntryRecordKept, string(field), state.field(field), c.Ticket.field(field), "")
				continue // it is sent there again
			}
		}
		if err := d.takeField(ctx, tx, c, state, r.Base, field); err != nil {
			return nil, err
		}
		taken = append(taken, field)
	}
	return taken, nil
}

// field gives what a record says of a field, for people.
func (s RecordState) field(field RecordField) string {
	switch field {
	case RecordTitle:
		return line(s.Title)
	case RecordDetails:
		return cutText(Clean(s.Details), MaxDetails)
	case RecordCustomer:
		return s.Customer.Called()
	case RecordOwner:
		return s.Owner.Called()
	case RecordClass:
		return string(s.Class)
	default:
		return s.Stage
	}
}

// field gives what a ticket says of a field, as [RecordState.field] does.
func (t *Ticket) field(field RecordField) string {
	switch {
	case field == RecordOwner && t.Owner == nil:
		return ""
	case field == RecordOwner:
		return t.Owner.Name
	case field == RecordCustomer:
		return t.Customer
	case field == RecordStanding && t.State == Closed:
		return string(Closed)
	case field == RecordStanding:
		return string(t.Step)
	}
	return t.RecordField(field, "")
}

// Called gives the name of somebody with their address, as far as they are known.
func (p RecordPerson) Called() string {
	name, mail := line(p.Name), line(p.Mail)
	if name == "" || mail == "" || name == mail {
		return name + mail
	}
	return name + " (" + mail + ")"
}

// takeField changes the ticket's field as it was changed in its record.
func (d *Desk) takeField(ctx context.Context, tx Tx, c *Change, state, base RecordState, field RecordField) error {
	t, there := c.Ticket, state.field(field)
	edit := func(name string, value *string, limit int, otherwise string) {
		if now := cutText(cmp.Or(there, otherwise), limit); now != *value {
			c.note(EntryEdited, name, *value, now, "")
			*value = now
		}
	}
	switch field {
	case RecordTitle:
		edit(FieldTitle, &t.Title, MaxTitle, t.Title)
	case RecordDetails:
		edit(FieldDetails, &t.Details, MaxDetails, t.Details)
	case RecordCustomer:
		there = line(cmp.Or(state.Customer.Name, state.Customer.Mail))
		edit(FieldCustomer, &t.Customer, MaxCustomer, t.Customer)
	case RecordOwner:
		return d.takeOwner(ctx, tx, c, state)
	case RecordClass:
		if state.Class.Valid() && state.Class != t.Class() {
			old := t.Class()
			reason := "Set in Odoo"
			t.Override = &Override{Class: state.Class, Reason: reason, By: c.By.Person, At: c.At}
			if state.Class == t.Derived {
				t.Override = nil
			}
			c.reclass(old, reason)
		}
	case RecordStanding:
		return c.takeStage(state, base)
	}
	return nil
}

// takeOwner makes the owner of the record the owner of the ticket, where Teams knows
// them. Where it does not, the ticket stays with whoever has it.
func (d *Desk) takeOwner(ctx context.Context, tx Tx, c *Change, state RecordState) error {
	t, from := c.Ticket, ""
	if t.Owner != nil {
		from = t.Owner.Name
	}
	if state.Owner == (RecordPerson{}) {
		if t.Owner != nil {
			t.Owner, t.OwnerAway = nil, false
			c.unmark(ItemOwner)
			c.note(EntryRecordOwner, "", from, "", "")
		}
		return nil
	}
	who, ok, err := d.known(ctx, tx, t.Tenant, state.Owner)
	switch {
	case err != nil:
		return err
	case !ok:
		c.note(EntryRecordOwner, "", from, state.Owner.Called(), "")
	case !t.OwnedBy(who):
		c.own(EntryAssigned, who, from, "")
		if t.State == Open && !c.By.same(who) {
			tell := TellOwner{Numbers: []int64{t.Number}, By: c.By.Person, To: who}
			tell.Tenant = t.Tenant
			c.Then(tell)
		}
	}
	return nil
}

// stranger tells whether a record's owner is nobody who is known here.
func (d *Desk) stranger(ctx context.Context, tx Tx, tenant string, owner RecordPerson) (bool, error) {
	if owner.Called() == "" {
		return false, nil
	}
	_, ok, err := d.known(ctx, tx, tenant, owner)
	return !ok, err
}

// ownerMail gives the best known mail address of a ticket's owner; empty for none.
func ownerMail(ctx context.Context, r Reader, t *Ticket) (string, error) {
	if t.Owner == nil {
		return "", nil
	}
	who, _, err := r.Person(ctx, t.Tenant, t.Owner.ID)
	if mails := who.Mails(); err == nil && len(mails) > 0 {
		return mails[0], nil
	}
	return "", err
}
