package ticket

import (
	"maps"
	"time"
)

// Record is what Handrail knows of a ticket's record in the system of record: where
// it is, how it stood when it was last seen, and what of the ticket it has.
type Record struct {
	ID
	// Key is the [Ticket.RecordKey], under which the record is found.
	Key string
	// Ref names the record; its Number is 0 until the record was made.
	Ref RecordRef
	// Base is the record as it was last read or written: a field that differs from it was
	// changed there.
	Base RecordState
	// Said is what was last said of each field of the ticket: a field of which the ticket has
	// something else was changed here.
	Said map[RecordField]Said
	// Sent is the ID of the last line of the ticket's history that is in the record, or need not be.
	Sent int64
	// Through is when the last line was written that is in the record.
	Through time.Time
	// Live is from when on the record was there: what the customer was told before, they
	// were told in another way.
	Live time.Time
	// Heard is the number of the last message of the record that was read.
	Heard int64
	// Trouble is why the record does not get what waits for it; its Why is empty where all goes well.
	Trouble RecordStop
	// Leased is until when somebody works on the record: nobody else does so before.
	Leased time.Time
}

// Made tells whether the record is there.
func (r *Record) Made() bool { return r.Ref.Number != 0 }

// RecordStop is what holds up a record.
type RecordStop struct {
	Why RecordTrouble `json:"why,omitempty"`
	// What names the field, model or right that it is about; empty for none.
	What string `json:"what,omitempty"`
	// Since is when it began, and Next when it is tried again. Tries counts the attempts.
	Since time.Time `json:"since,omitzero"`
	Next  time.Time `json:"next,omitzero"`
	Tries int       `json:"tries,omitempty"`
	// Shown tells that the ticket's cards show it.
	Shown bool `json:"shown,omitempty"`
	// Line is the ID of the message to the customer that was under way last, and Began when:
	// nobody knows whether it got there.
	Line  int64     `json:"line,omitempty"`
	Began time.Time `json:"began,omitzero"`
	// Told is the trouble of which the ticket's owner was told last; empty for none.
	Told RecordTrouble `json:"told,omitempty"`
}

// RecordField names a field that a ticket and its record have in common; a stored word.
type RecordField string

// The fields.
const (
	RecordTitle    RecordField = "title"
	RecordDetails  RecordField = "details"
	RecordCustomer RecordField = "customer"
	RecordOwner    RecordField = "owner"
	RecordClass    RecordField = "class"
	RecordStanding RecordField = "standing"
)

// RecordFields lists the fields, in the order in which they are compared.
func RecordFields() []RecordField {
	return []RecordField{RecordTitle, RecordDetails, RecordCustomer, RecordOwner, RecordClass, RecordStanding}
}

// Said is what was last said of a field, in the words of [Ticket.RecordField], and when.
type Said struct {
	Value string    `json:"value"`
	At    time.Time `json:"at"`
}

// RecordField gives what the ticket has to say of a field, as one comparable text. The
// mail is that of the owner; empty where nobody knows it.
func (t *Ticket) RecordField(field RecordField, mail string) string {
	switch field {
	case RecordTitle:
		return t.Title
	case RecordDetails:
		return t.Details
	case RecordCustomer:
		return t.Customer + " " + t.customerMail()
	case RecordOwner:
		if t.Owner == nil {
			return ""
		}
		// Whose mail becomes known later is said again.
		return t.Owner.ID + " " + mail
	case RecordClass:
		return string(t.Class())
	case RecordStanding:
		return string(t.State) + " " + string(t.Step)
	}
	return ""
}

// Say notes that the record has the ticket's field as it is: sent there, or taken from there.
func (r *Record) Say(t *Ticket, field RecordField, mail string, at time.Time) {
	r.Said = maps.Clone(r.Said)
	if r.Said == nil {
		r.Said = map[RecordField]Said{}
	}
	r.Said[field] = Said{Value: t.RecordField(field, mail), At: at}
}

// Unsaid lists the fields of which the ticket has something else than was last said.
func (r *Record) Unsaid(t *Ticket, mail string) []RecordField {
	var fields []RecordField
	for _, field := range RecordFields() {
		if said, ok := r.Said[field]; !ok || said.Value != t.RecordField(field, mail) {
			fields = append(fields, field)
		}
	}
	return fields
}

// see notes how the record is after fields of it were written. What somebody else has
// changed in others is still to be read, and so is what it differs in.
func (r *Record) see(state RecordState, fields []RecordField) {
	for _, field := range fields {
		switch field {
		case RecordTitle:
			r.Base.Title = state.Title
		case RecordDetails:
			r.Base.Details = state.Details
		case RecordCustomer:
			r.Base.Customer = state.Customer
		case RecordOwner:
			r.Base.Owner = state.Owner
		case RecordClass:
			r.Base.Class = state.Class
		case RecordStanding:
			r.Base.Stage, r.Base.Steps, r.Base.Closed = state.Stage, state.Steps, state.Closed
		}
	}
	r.Base.Archived, r.Base.Notes = state.Archived, state.Notes
}
