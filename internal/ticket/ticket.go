package ticket

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

// ID names a ticket: its tenant and its number, which counts from 1 in each tenant.
type ID struct {
	Tenant string
	Number int64
}

// String gives the number as people write it, "T-1".
func (id ID) String() string { return Number(id.Number) }

// Number writes a ticket's number as people read it, "T-1".
func Number(n int64) string { return "T-" + strconv.FormatInt(n, 10) }

var numberForm = regexp.MustCompile(`(?i)^(?:t[-–—_ ]?|#)?0*([1-9][0-9]{0,17})$`)

// ParseNumber reads a number as people write it: "T-1", "t1", "#1", "1".
func ParseNumber(s string) (int64, bool) {
	match := numberForm.FindStringSubmatch(s)
	if match == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(match[1], 10, 64)
	return n, err == nil
}

// State says whether work goes on; a stored word.
type State string

// The states of a ticket.
const (
	Open   State = "open"
	Closed State = "closed"
)

// Ticket is one trouble of one customer on its way through the seven steps.
// It is changed by a [Change] only.
type Ticket struct {
	ID
	// Version counts the changes; a button carries the one that it was drawn for.
	Version int64

	Title    string
	Customer string
	Details  string
	// Users is the number of affected users; nil where nobody knows it.
	Users *int
	// DueAt is the fixed date, DueSince when it was set; nil where there is none.
	DueAt    *time.Time
	DueSince *time.Time

	Derived  Class
	Because  Because
	Override *Override

	Step  Step
	State State
	Owner *Person
	// OwnerAway tells that the owner is away: [Desk.InCharge] says until when, and
	// who stands in. It comes with a ticket that is read by itself; of a new owner
	// it is known when the ticket is read again.
	OwnerAway bool

	OpenedBy Person
	OpenedAt time.Time
	// AcknowledgedAt is when the customer was first told that the ticket is known.
	AcknowledgedAt *time.Time
	// CustomerToldAt is from when the customer's clock runs: when they last
	// heard from the desk, or had the ticket opened again.
	CustomerToldAt *time.Time
	// CustomerWroteAt is when the customer wrote, in the system of record, what nobody has
	// answered yet; nil where nothing waits for an answer.
	CustomerWroteAt *time.Time
	// ResolvedAt is when Resolution was last completed.
	ResolvedAt *time.Time
	ClosedAt   *time.Time
	// ClosedEarly is the reason of a ticket that was closed before its last step.
	ClosedEarly string
	UpdatedAt   time.Time
	// StatusText is how the ticket stands in the words that a person last wrote
	// for those who follow it, and StatusAt when; empty and nil for never.
	StatusText string
	StatusAt   *time.Time

	Marks       map[ItemID]Mark
	Escalations []Escalation
	// Gathered are the facts that were written down for the texts.
	Gathered map[FactID]Fact
	// Reminded keeps, by clock, the due time for which it has rung.
	Reminded map[ClockKind]time.Time
	// NextDue is when the clock of [Ticket.NextClock] is due, as of the last
	// change; nil where none runs. It is there to be searched by.
	NextDue *time.Time
	// Breaches counts the promises of the desk that were broken.
	Breaches int
	// Snoozes are the clocks that ring again later.
	Snoozes map[ClockKind]Snooze
	// Unreached are the people and places that should have got a message of
	// this ticket and cannot.
	Unreached []Unreached
	// Origin is the message that the ticket was opened from; nil for none.
	Origin *Origin
	// Files counts the attachments; [Reader.Attachments] gives them.
	Files int
	// Leader is the number of the ticket that this one follows, as both are about the
	// same trouble; 0 for none.
	Leader int64
	// Following is what the tickets that follow this one add to it; nil where none does.
	Following *Following
}

// Class gives the class of service in force: the override, else the derived one.
func (t *Ticket) Class() Class {
	if t.Override != nil {
		return t.Override.Class
	}
	return t.Derived
}

// Escalation gives the escalation that waits for its answer, if there is one.
func (t *Ticket) Escalation() (Escalation, bool) {
	if i := t.openEscalation(); i >= 0 {
		return t.Escalations[i], true
	}
	return Escalation{}, false
}

// OpenEscalation gives the number of the escalation that still waits for its
// answer, from 1; 0 for none.
func (t *Ticket) OpenEscalation() int { return t.openEscalation() + 1 }

func (t *Ticket) openEscalation() int {
	return slices.IndexFunc(t.Escalations, Escalation.Open)
}

// Missing lists the items of the present step that are neither done nor skipped.
// The step can be completed when there are none.
func (t *Ticket) Missing() []Item {
	var missing []Item
	for _, item := range Checklist(t.Step) {
		if _, marked := t.Marks[item.ID]; !marked {
			missing = append(missing, item)
		}
	}
	return missing
}

// Skippable lists the missing items that may be skipped with a reason.
func (t *Ticket) Skippable() []Item {
	return slices.DeleteFunc(t.Missing(), func(item Item) bool { return item.Required })
}

// OwnedBy tells whether the person is the ticket's owner.
func (t *Ticket) OwnedBy(person Person) bool { return t.Owner != nil && t.Owner.ID == person.ID }

// MayChange tells whether the actor may move, edit, assign and close the ticket.
func (t *Ticket) MayChange(actor Actor) bool {
	return actor.Lead || t.OwnedBy(actor.Person) || t.Owner != nil && t.Owner.ID == actor.Represents
}

// Area gives where the root cause lies, as recorded in Diagnosis; empty before that.
func (t *Ticket) Area() string { return t.Marks[ItemCause].Choice }
