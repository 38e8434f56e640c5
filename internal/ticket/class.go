package ticket

import (
	"maps"
	"slices"
	"time"
)

// Class is a class of service; a stored word.
type Class string

// The classes of service, most urgent first.
const (
	Expedite Class = "expedite" // drop everything
	Fixed    Class = "fixed"    // fixed deadline: time-based priority
	Priority Class = "priority" // move up the queue
	Standard Class = "standard" // normal queue
)

// Classes lists the classes of service, most urgent first.
func Classes() []Class { return []Class{Expedite, Fixed, Priority, Standard} }

// Valid tells whether the word is a class.
func (c Class) Valid() bool { return slices.Contains(Classes(), c) }

// Because says which rule gave a ticket its class; the id of a sentence in the catalog.
type Because string

// The rules of the class of service.
const (
	BecauseManyUsers Because = "class.because.many_users" // more users than the limit of Expedite
	BecauseDate      Because = "class.because.date"       // there is a fixed date
	BecauseSomeUsers Because = "class.because.some_users" // at least the limit of Priority
	BecauseFewUsers  Because = "class.because.few_users"  // fewer than the limit of Priority
	BecauseOverride  Because = "class.because.override"   // a person said so
)

// rank gives the place of a class among the classes, the most urgent first.
func (c Class) rank() int { return slices.Index(Classes(), c) }

// Policy holds the desk's figures: thresholds and the times of clocks. They
// are inside promises of the desk, never told to customers.
type Policy struct {
	// ExpediteAbove: more affected users than this are Expedite.
	ExpediteAbove int
	// PriorityFrom: at least this many affected users are Priority.
	PriorityFrom int
	// Acknowledge is how long an owner has before the nudge to acknowledge, by class.
	Acknowledge map[Class]time.Duration
	// Climb is how long an escalation waits for an answer before it climbs, by class.
	Climb map[Class]time.Duration
	// CustomerUpdate is the longest time without a word to the customer.
	CustomerUpdate time.Duration
	// CustomerSoon is how long before that the owner is reminded.
	CustomerSoon time.Duration
}

// DefaultPolicy gives the working defaults of the desk.
func DefaultPolicy() Policy {
	return Policy{
		ExpediteAbove: 25,
		PriorityFrom:  5,
		Acknowledge: map[Class]time.Duration{
			Expedite: 15 * time.Minute, Fixed: time.Hour, Priority: time.Hour, Standard: 4 * time.Hour,
		},
		Climb: map[Class]time.Duration{
			Expedite: 15 * time.Minute, Fixed: time.Hour, Priority: time.Hour, Standard: 4 * time.Hour,
		},
		CustomerUpdate: 24 * time.Hour,
		CustomerSoon:   2 * time.Hour,
	}
}

// With gives a copy of the policy in which the times by class are replaced by those given.
func (p Policy) With(acknowledge, climb map[Class]time.Duration) Policy {
	p.Acknowledge, p.Climb = maps.Clone(p.Acknowledge), maps.Clone(p.Climb)
	maps.Copy(p.Acknowledge, acknowledge)
	maps.Copy(p.Climb, climb)
	return p
}

// Derive works out the class of service from the number of affected users (nil
// where nobody knows it) and whether there is a fixed date.
func (p Policy) Derive(users *int, date bool) (Class, Because) {
	switch {
	case users != nil && *users > p.ExpediteAbove:
		return Expedite, BecauseManyUsers
	case date:
		return Fixed, BecauseDate
	case users != nil && *users >= p.PriorityFrom:
		return Priority, BecauseSomeUsers
	default:
		return Standard, BecauseFewUsers
	}
}

// Override is a class that a person chose against the rule.
type Override struct {
	Class  Class     `json:"class"`
	Reason string    `json:"reason"`
	By     Person    `json:"by"`
	At     time.Time `json:"at"`
}
