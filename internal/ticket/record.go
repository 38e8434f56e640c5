package ticket

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// RecordRef names a record.
type RecordRef struct {
	// Model is what the system calls the kind of record; empty where there is none yet.
	Model  string `json:"model"`
	Number int64  `json:"number"`
	// Label is what people call the record ("HT00012"), and URL where they see it.
	Label string `json:"label,omitempty"`
	URL   string `json:"url,omitempty"`
}

// RecordValues are what Handrail says of a ticket to the system of record. What is
// nil stays as it is.
type RecordValues struct {
	Title *string
	// Details are plain text.
	Details  *string
	Customer *RecordPerson
	// Owner is nobody where it has neither id nor mail.
	Owner *RecordPerson
	Class *Class
	// Standing is where the ticket stands; the system's settings say which of its stages that is.
	Standing *Standing
}

// Standing is where a ticket stands on its path.
type Standing struct {
	Step  Step  `json:"step"`
	State State `json:"state"`
}

// RecordPerson is a person as the system of record knows them.
type RecordPerson struct {
	// Number is their id in the system; 0 for one that is to be found by Mail.
	Number int64  `json:"number,omitempty"`
	Name   string `json:"name,omitempty"`
	Mail   string `json:"mail,omitempty"`
	// Stranger tells of an owner whom nobody here knows: the ticket is not theirs.
	Stranger bool `json:"stranger,omitempty"`
}

// RecordState is a record as it was read.
type RecordState struct {
	RecordRef
	// Key is the [Ticket.RecordKey] of the ticket that it is of; empty for one that was opened there.
	Key   string `json:"key,omitempty"`
	Title string `json:"title"`
	// Details are plain text.
	Details  string       `json:"details,omitempty"`
	Customer RecordPerson `json:"customer,omitzero"`
	Owner    RecordPerson `json:"owner,omitzero"`
	// Class is what the priority stands for; empty where it stands for none.
	Class Class `json:"class,omitempty"`
	// Stage is the stage's name, Steps are the steps that it stands for (none for one such as
	// "On hold"), and Closed tells that work has ended there.
	Stage  string `json:"stage,omitempty"`
	Steps  []Step `json:"steps,omitempty"`
	Closed bool   `json:"closed,omitempty"`
	// Archived tells that it was put away, and Into names the one that it was merged into, if any.
	Archived bool  `json:"archived,omitempty"`
	Into     int64 `json:"into,omitempty"`
	// CreatedAt and WrittenAt are the system's times, whole seconds, and CreatedBy and
	// WrittenBy who was at it, first and last.
	CreatedAt time.Time    `json:"created_at"`
	WrittenAt time.Time    `json:"written_at"`
	CreatedBy RecordPerson `json:"created_by,omitzero"`
	WrittenBy RecordPerson `json:"written_by,omitzero"`
	// Notes say what of the values the record could not take; only [Records.Update] gives them.
	Notes []RecordNote `json:"notes,omitempty"`
}

// RecordMark says how far the system has come: what comes after it is new.
type RecordMark struct {
	// Record and Message are the ids of the newest ones; 0 for none.
	Record  int64 `json:"record"`
	Message int64 `json:"message"`
	// WrittenAt is when a record changed last; zero for never.
	WrittenAt time.Time `json:"written_at,omitzero"`
}

// RecordNote says what of a ticket its record could not take, though the rest was
// taken; a stored word.
type RecordNote string

// The notes.
const (
	RecordOwnerUnknown    RecordNote = "owner_unknown"    // no user of the system has the owner's mail: the record has no owner
	RecordCustomerUnknown RecordNote = "customer_unknown" // no contact of the system is the customer: their name is in the text only
	RecordTagMissing      RecordNote = "tag_missing"      // the tag of the class is not there and may not be made
)

// RecordNotes lists the notes, so that a catalog can be checked for them.
func RecordNotes() []RecordNote {
	return []RecordNote{RecordOwnerUnknown, RecordCustomerUnknown, RecordTagMissing}
}

// RecordFile is a file that goes to a record.
type RecordFile struct {
	Name, Type string
	Size       int64
	Content    func(ctx context.Context, to io.Writer) error
}

// RecordPost is a message on a record.
type RecordPost struct {
	// Key names the message: one with the same key is written once.
	Key string
	// Customer tells that it goes to the customer; else it is an internal note.
	Customer bool
	// Text is plain text of people, and From whom it is from.
	Text string
	From RecordPerson
	// Files are the ids that [Records.Attach] gave.
	Files []int64
	// Tried is when an earlier attempt to write it began, of which nobody knows whether it
	// succeeded; zero for none. The system may still be at work on it.
	Tried time.Time
}

// RecordMessage is a message that was read from a record. It is stored as JSON: add
// to it, never rename.
type RecordMessage struct {
	Number int64        `json:"number"`
	Record RecordRef    `json:"record"`
	At     time.Time    `json:"at"`
	From   RecordPerson `json:"from,omitzero"`
	// Key is that of a message that Handrail wrote; empty for anybody else's.
	Key string `json:"key,omitempty"`
	// Customer tells that the customer sees it, and FromCustomer that it is theirs.
	Customer     bool `json:"customer,omitempty"`
	FromCustomer bool `json:"from_customer,omitempty"`
	// Text is plain text, without the tail of what a mail quotes.
	Text  string         `json:"text,omitempty"`
	Files []RecordedFile `json:"files,omitempty"`
}

// RecordedFile is a file of a message that was read from a record.
type RecordedFile struct {
	Number int64  `json:"number"`
	Name   string `json:"name"`
	Type   string `json:"type,omitempty"`
	Size   int64  `json:"size,omitempty"`
}

// RecordKey gives the key under which the ticket's record is found. It holds the
// time of its opening, so that another Handrail which counts from 1 meets no old record.
func (t *Ticket) RecordKey() string {
	return fmt.Sprintf("%s-%d-%x", strings.ToLower(t.Tenant), t.Number, t.OpenedAt.UnixMicro())
}

// RecordTrouble says why the system of record does not take something; a stored word.
type RecordTrouble string

// The troubles with the system of record. Those beside the first wait for somebody to mend them.
const (
	RecordBusy     RecordTrouble = "busy"     // it is down, slow, or restarts: it does better later
	RecordKeyBad   RecordTrouble = "key"      // the key is wrong, or has expired
	RecordDatabase RecordTrouble = "database" // there is no such database
	RecordRights   RecordTrouble = "rights"   // the bot's user lacks a right
	RecordGone     RecordTrouble = "gone"     // somebody has deleted the record
	RecordRule     RecordTrouble = "rule"     // a required field or a rule of the system stands against it
	RecordSetup    RecordTrouble = "setup"    // a field, a stage or an app is not there
	RecordStranger RecordTrouble = "stranger" // what answers at the address is something else
	RecordRefused  RecordTrouble = "refused"  // it says no for a reason of its own
)

// RecordTroubles lists the troubles, so that a catalog can be checked for them.
func RecordTroubles() []RecordTrouble {
	return []RecordTrouble{
		RecordBusy, RecordKeyBad, RecordDatabase, RecordRights, RecordGone, RecordRule, RecordSetup, RecordStranger, RecordRefused,
	}
}

// RecordError is the error of the system of record.
type RecordError struct {
	Why RecordTrouble
	// What names the field, model or right that it is about; empty for none.
	What string
	// After is how long to wait before the next attempt; 0 where nobody said.
	After time.Duration
	// Untried tells that the call was not even begun, so that nothing can come of it.
	Untried bool
	Cause   error
}

// Error says why, for the log.
func (e *RecordError) Error() string { return fmt.Sprintf("record (%s): %v", e.Why, e.Cause) }

// Unwrap gives the cause.
func (e *RecordError) Unwrap() error { return e.Cause }
