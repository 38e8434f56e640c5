package ticket

import "slices"

// EventKind says what happened to a ticket that the people who follow it must
// notice; a stored word and the id of a sentence in the catalog ("event.<kind>").
type EventKind string

// The events that are announced.
const (
	EventExpedite  EventKind = "expedite"  // a new ticket for which everything is dropped
	EventOpened    EventKind = "opened"    // a new ticket that came from the system of record
	EventClass     EventKind = "class"     // another class of service
	EventEscalated EventKind = "escalated" // a question went up the ladder
	EventAnswered  EventKind = "answered"  // and its answer came
	EventDeclined  EventKind = "declined"  // or it came back without one
	EventResolved  EventKind = "resolved"  // Resolution is completed
	EventNotFixed  EventKind = "not_fixed" // and was not the solution
	EventClosed    EventKind = "closed"
	EventEarly     EventKind = "closed_early"
	EventReopened  EventKind = "reopened"
	EventBreach    EventKind = "breach" // a promise of the desk is broken
	EventStatus    EventKind = "status" // a person has written how it stands
	// EventReminder is no announcement: a reminder that quiet hours held back.
	EventReminder EventKind = "reminder"
)

// EventKinds lists the events, so that a catalog can be checked for them.
func EventKinds() []EventKind {
	return []EventKind{
		EventExpedite, EventOpened, EventClass, EventEscalated, EventAnswered, EventDeclined, EventResolved, EventNotFixed,
		EventClosed, EventEarly, EventReopened, EventBreach, EventStatus, EventReminder,
	}
}

// Event is something that happened to a ticket.
type Event struct {
	// Version is that of the ticket after it.
	Version int64     `json:"version"`
	Kind    EventKind `json:"kind"`
	// From and To are stored words: classes, levels, a clock.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Words are what a person wrote.
	Words string `json:"words,omitempty"`
}

// events gives what must be noticed among lines of the history, in their order.
// Of several changes of the class the last one counts.
func events(entries []Entry) []Event {
	var found []Event
	for _, entry := range entries {
		event, ok := eventOf(entry)
		if !ok {
			continue
		}
		if event.Kind == EventClass {
			found = slices.DeleteFunc(found, func(old Event) bool { return old.Kind == EventClass })
		}
		event.Version = entry.Version
		found = append(found, event)
	}
	return found
}

// eventOf gives the event that a line of the history tells of.
func eventOf(entry Entry) (Event, bool) {
	switch entry.Kind {
	case EntryDone:
		// How it was opened stands in the item that ticks itself with the class.
		opened := entry.Version == 1 && entry.Subject == string(ItemClass) && entry.To == string(Expedite)
		return Event{Kind: EventExpedite, To: entry.To}, opened
	case EntryRecordOpened:
		return Event{Kind: EventOpened}, true
	case EntryClass:
		return Event{Kind: EventClass, From: entry.From, To: entry.To}, true
	case EntryEscalated:
		return Event{Kind: EventEscalated, To: entry.To}, true
	case EntryAnswered, EntryDeclined:
		return Event{Kind: EventKind(entry.Kind), From: entry.From, Words: entry.Note}, true
	case EntryStep:
		return Event{Kind: EventResolved}, entry.From == string(Resolution)
	case EntryNotFixed, EntryClosedEarly, EntryReopened, EntryStatus:
		return Event{Kind: EventKind(entry.Kind), Words: entry.Note}, true
	case EntryClosed:
		return Event{Kind: EventClosed}, true
	case EntryRang: // for the first time, not after a snooze
		return Event{Kind: EventBreach, To: entry.Subject}, ClockKind(entry.Subject).Breach() && entry.From == ""
	default:
		return Event{}, false
	}
}
