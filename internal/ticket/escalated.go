package ticket

import (
	"slices"
	"time"
)

// Escalated is what a store counts of escalations for a [Report]: those of a
// period that are alike.
type Escalated struct {
	Level   Level
	Reasons []Reason
	// Outcome is empty for those that are open.
	Outcome Outcome
	// Climbs is how often each went on because nobody answered.
	Climbs int
	// Answer is how long it took until somebody did something about it; nil where nobody has.
	Answer *time.Duration
	// Escalations is how many there are.
	Escalations int
}

// EscalationFigures are those of the escalations that were sent in a period.
type EscalationFigures struct {
	Sent int
	// Climbed is how many of them climbed, and Climbs how often in all.
	Climbed, Climbs int
	// Reasons count each escalation once for each of its reasons; Levels those
	// that it was sent to. What is zero is left out.
	Reasons  []Counted[Reason]
	Levels   []Counted[Level]
	Outcomes []Counted[Outcome]
	// Answer is the time to the first answer.
	Answer Times
}

// Counted is how many there are of a kind.
type Counted[K any] struct {
	Kind  K
	Count int
}

// ClimbsOf counts how often an escalation went on because nobody answered.
func (e Escalation) ClimbsOf() int {
	n := 0
	for _, climb := range e.Climbs {
		switch climb.Kind {
		case ClimbReminded, ClimbPerson, ClimbLevel, ClimbMail:
			n++
		default:
		}
	}
	return n
}

// Outcomes lists the outcomes of escalations; the empty one is that of those which are open.
func Outcomes() []Outcome { return []Outcome{Answered, Decided, Declined, Withdrawn, ""} }

func escalationFigures(all []Escalated) EscalationFigures {
	var f EscalationFigures
	var took []Took
	for _, e := range all {
		f.Sent += e.Escalations
		if e.Climbs > 0 {
			f.Climbed += e.Escalations
			f.Climbs += e.Climbs * e.Escalations
		}
		if e.Answer != nil {
			took = append(took, Took{Length: *e.Answer, Tickets: e.Escalations})
		}
	}
	f.Reasons = counted(Reasons(), all, func(e Escalated, r Reason) bool { return slices.Contains(e.Reasons, r) })
	f.Levels = counted(Levels(), all, func(e Escalated, l Level) bool { return e.Level == l })
	f.Outcomes = counted(Outcomes(), all, func(e Escalated, o Outcome) bool { return e.Outcome == o })
	f.Answer = timesOf(took)
	return f
}

// counted counts the escalations of each kind, and leaves out those of which there are none.
func counted[K any](kinds []K, all []Escalated, is func(Escalated, K) bool) []Counted[K] {
	var found []Counted[K]
	for _, kind := range kinds {
		n := 0
		for _, e := range all {
			if is(e, kind) {
				n += e.Escalations
			}
		}
		if n > 0 {
			found = append(found, Counted[K]{kind, n})
		}
	}
	return found
}
