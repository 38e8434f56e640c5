package ticket

import "time"

// EntryKind says what a line of the history is about; a stored word and the id
// of a sentence in the catalog ("history.<kind>").
type EntryKind string

// The kinds of history lines.
const (
	EntryOpened       EntryKind = "opened"
	EntryTaken        EntryKind = "taken"
	EntryAssigned     EntryKind = "assigned"
	EntryEdited       EntryKind = "edited"
	EntryClass        EntryKind = "class"
	EntryDone         EntryKind = "done"
	EntrySkipped      EntryKind = "skipped"
	EntryStep         EntryKind = "step"
	EntryDecided      EntryKind = "decided"
	EntryEscalated    EntryKind = "escalated"
	EntryAnswered     EntryKind = "answered"
	EntryWithdrawn    EntryKind = "withdrawn"
	EntryCustomerTold EntryKind = "customer_told"
	EntryNotFixed     EntryKind = "not_fixed"
	EntryClosed       EntryKind = "closed"
	EntryClosedEarly  EntryKind = "closed_early"
	EntryReopened     EntryKind = "reopened"
	EntryReminded     EntryKind = "reminded"
	EntryRang         EntryKind = "rang"
	EntrySnoozed      EntryKind = "snoozed"
	EntryRetimed      EntryKind = "retimed"
	EntryUnreached    EntryKind = "unreached"
	EntryReached      EntryKind = "reached"
	EntryHandedOver   EntryKind = "handed_over"
	EntryAway         EntryKind = "away" // the owner is away
	EntryBack         EntryKind = "back" // the owner is back
	EntryStatus       EntryKind = "status"
	EntryOverruled    EntryKind = "overruled"    // a text went to the customer against the guard
	EntryAccepted     EntryKind = "accepted"     // somebody has taken an escalation on
	EntryAsked        EntryKind = "asked"        // and has a question to the owner
	EntryReplied      EntryKind = "replied"      // which the owner has answered
	EntryDeclined     EntryKind = "declined"     // an escalation came back unanswered
	EntryReassigned   EntryKind = "reassigned"   // or went to somebody else
	EntryClimbed      EntryKind = "climbed"      // nobody has answered, and the next is asked
	EntryUnanswered   EntryKind = "unanswered"   // and nobody is left to be asked
	EntryAttached     EntryKind = "attached"     // a file came to the ticket
	EntryDetached     EntryKind = "detached"     // and was removed from it
	EntryMailed       EntryKind = "mailed"       // a mail was sent
	EntryMailRefused  EntryKind = "mail_refused" // or never will be
	EntryTold         EntryKind = "told"         // somebody got a message of their own
	EntryFact         EntryKind = "fact"         // a fact was written down for the texts
	EntryArticle      EntryKind = "article"      // an article was written
	EntryShelved      EntryKind = "shelved"      // and stands in Odoo, too
	EntryUnshelved    EntryKind = "unshelved"    // or could not be put there

	EntryLinked   EntryKind = "linked"   // the ticket follows another one
	EntryLeads    EntryKind = "leads"    // another one follows it
	EntryUnlinked EntryKind = "unlinked" // it follows no longer
	EntryParted   EntryKind = "parted"   // it is followed no longer
	EntryTallied  EntryKind = "tallied"  // those that follow it add up to something else
	EntryLikewise EntryKind = "likewise" // what was found for its leader was written down for it

	EntryRecorded       EntryKind = "recorded"        // the ticket, or a note of the checklist, is in the system of record
	EntryRecordWaits    EntryKind = "record_waits"    // something holds its record up
	EntryRecordMended   EntryKind = "record_mended"   // and does no longer
	EntryRecordGone     EntryKind = "record_gone"     // somebody has deleted its record
	EntryRecordArchived EntryKind = "record_archived" // or put it away
	EntryRecordMerged   EntryKind = "record_merged"   // or merged it into another
	EntryRecordAnew     EntryKind = "record_anew"     // a new record is made

	EntryCustomerWrote  EntryKind = "customer_wrote"  // the customer
	EntryRecordTold     EntryKind = "record_told"     // somebody, to the customer
	EntryRecordNote     EntryKind = "record_note"     // somebody, for the house alone
	EntryRecordStage    EntryKind = "record_stage"    // somebody moved the ticket to another step
	EntryRecordOwner    EntryKind = "record_owner"    // the owner there is nobody who is known here
	EntryRecordKept     EntryKind = "record_kept"     // what was changed there has lost against a later change here
	EntryRecordRestored EntryKind = "record_restored" // the record is there again
	EntryRecordOpened   EntryKind = "record_opened"   // the ticket was opened there
)

// EntryKinds lists the kinds of history lines, so that a catalog can be checked for them.
func EntryKinds() []EntryKind {
	return []EntryKind{
		EntryOpened, EntryTaken, EntryAssigned, EntryEdited, EntryClass, EntryDone, EntrySkipped, EntryStep,
		EntryDecided, EntryEscalated, EntryAnswered, EntryWithdrawn, EntryCustomerTold, EntryNotFixed,
		EntryClosed, EntryClosedEarly, EntryReopened, EntryReminded,
		EntryRang, EntrySnoozed, EntryRetimed, EntryUnreached, EntryReached,
		EntryHandedOver, EntryAway, EntryBack, EntryStatus, EntryOverruled,
		EntryAccepted, EntryAsked, EntryReplied, EntryDeclined, EntryReassigned, EntryClimbed, EntryUnanswered,
		EntryAttached, EntryDetached,
		EntryMailed, EntryMailRefused,
		EntryTold,
		EntryFact,
		EntryArticle, EntryShelved, EntryUnshelved,
		EntryLinked, EntryLeads, EntryUnlinked, EntryParted, EntryTallied, EntryLikewise,
		EntryRecorded, EntryRecordWaits, EntryRecordMended, EntryRecordGone, EntryRecordArchived, EntryRecordMerged, EntryRecordAnew,
		EntryCustomerWrote, EntryRecordTold, EntryRecordNote, EntryRecordStage, EntryRecordOwner, EntryRecordKept,
		EntryRecordRestored, EntryRecordOpened,
	}
}

// Entry is a line of a ticket's history: who, when, what, from, to.
type Entry struct {
	// ID is the line's place in the histories of all tickets; 0 until it is stored.
	ID int64
	// Version is that of the ticket after the change.
	Version int64
	At      time.Time
	By      Person
	Kind    EntryKind
	// Subject is the stored word of what changed: an item, a field, a clock.
	Subject string
	// From and To are stored words or people's words, as the kind has it.
	From, To string
	// Note is what the person wrote: the reason, the evidence.
	Note string
	// Key is that of the click which made the change, on its first line only:
	// the same click again changes nothing.
	Key string
}
