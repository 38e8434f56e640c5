package ticket

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// takeStage moves, closes or opens the ticket as its record was. A stage stands for
// several steps: the ticket moves where its step is none of them.
func (c *Change) takeStage(state, base RecordState) error {
	t := c.Ticket
	reason := func(what string) string {
		return cutText(what+" in Odoo by "+c.By.Name+": "+cmp.Or(line(state.Stage), "–"), MaxReason)
	}
	if state.Closed {
		if t.State == Open && !base.Closed {
			return c.CloseEarly(reason("Closed"))
		}
		return nil
	}
	if t.State == Closed && base.Closed {
		if err := c.Reopen(reason("Opened again")); err != nil {
			return err
		}
	}
	if t.State == Open && len(state.Steps) > 0 && !slices.Contains(state.Steps, t.Step) {
		c.move(state.Steps[0], line(state.Stage))
	}
	return nil
}

// move puts the ticket into another step, past all that the steps between ask for. What
// was marked in later steps has to be done again.
func (c *Change) move(to Step, stage string) {
	t, from := c.Ticket, c.Ticket.Step
	if Diagnosis.Before(to) {
		c.withdraw(cutText("Moved on in Odoo by "+c.By.Name, MaxReason))
	}
	if to.Before(from) {
		t.Marks = maps.Clone(t.Marks)
		maps.DeleteFunc(t.Marks, func(id ItemID, _ Mark) bool {
			item, ok := FindItem(id)
			return !ok || to.Before(item.Step) || to == Diagnosis && (id == ItemCause || id == ItemDecide)
		})
	}
	switch resolved := Resolution.Before(to); {
	case !resolved:
		t.ResolvedAt = nil
	case t.ResolvedAt == nil:
		at := c.At
		t.ResolvedAt = &at
	}
	t.Step = to
	c.note(EntryRecordStage, "", string(from), string(to), stage)
}

// takePresence writes down that the record was merged into another, was put away, or is
// there again.
func (c *Change) takePresence(r *Record, state, into RecordState) {
	switch base := r.Base; {
	case into.Number != state.Number:
		c.note(EntryRecordMerged, "", r.Ref.Label, into.Label, "")
		r.Ref = into.RecordRef
	case state.Archived && !base.Archived:
		c.note(EntryRecordArchived, "", "", r.Ref.Label, "")
	case base.Archived && !state.Archived:
		c.note(EntryRecordRestored, "", "", r.Ref.Label, "")
	}
}

// changedAt gives when a field of the ticket was last changed here, as far as the last
// lines of its history tell; zero where they do not.
func changedAt(ctx context.Context, tx Tx, t *Ticket, field RecordField) (time.Time, error) {
	lines, err := tx.History(ctx, t.ID, 0, lookBack)
	if err != nil {
		return time.Time{}, err
	}
	for _, e := range lines {
		if !e.FromRecord() && e.touches(field) {
			return e.At, nil
		}
	}
	return time.Time{}, nil
}

// touches tells whether the line tells of a change of the field.
func (e Entry) touches(field RecordField) bool {
	switch e.Kind {
	case EntryEdited:
		return e.Subject == map[RecordField]string{
			RecordTitle: FieldTitle, RecordDetails: FieldDetails, RecordCustomer: FieldCustomer,
		}[field]
	case EntryTaken, EntryAssigned, EntryHandedOver:
		return field == RecordOwner
	case EntryClass:
		return field == RecordClass
	case EntryStep, EntryNotFixed, EntryReopened, EntryClosed, EntryClosedEarly:
		return field == RecordStanding
	default:
		return false
	}
}

// aside tells whether the line tells of what no click on a card is about: it changes
// nothing of what the card asks for.
func (e Entry) aside() bool {
	switch e.Kind {
	case EntryAttached, EntryRecordNote, EntryRecordArchived, EntryRecordRestored, EntryRecordMerged, EntryLeads, EntryParted:
		return true
	default:
		return false
	}
}
