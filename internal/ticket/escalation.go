package ticket

import (
	"slices"
	"time"
)

// Reason says why a ticket is beyond its owner; a stored word.
type Reason string

// The reasons to escalate.
const (
	BeyondKnowledge Reason = "knowledge"
	NeedsApproval   Reason = "approval"
	BusinessRisk    Reason = "business_risk"
	SecurityOrData  Reason = "security_data"
)

// Reasons lists the reasons to escalate.
func Reasons() []Reason {
	return []Reason{BeyondKnowledge, NeedsApproval, BusinessRisk, SecurityOrData}
}

// Level is a rung of the ladder on which a ticket is escalated; a stored word.
type Level string

// The levels of the ladder.
const (
	Senior     Level = "senior"
	Dev        Level = "dev"
	Infra      Level = "infra"
	Security   Level = "security"
	Management Level = "management"
)

// Levels lists the levels of the ladder, nearest first.
func Levels() []Level { return []Level{Senior, Dev, Infra, Security, Management} }

// Next gives the level to which an unanswered escalation climbs; false after the last.
func (l Level) Next() (Level, bool) {
	if l == Management {
		return "", false
	}
	return Management, true
}

// Reader gives for whom a text to the level is written.
func (l Level) Reader() TextReader {
	if l == Management {
		return ForManagement
	}
	return ForDev
}

// SuggestLevel gives the level that the reasons call for: management for
// approval, business risk, security and data; for want of knowledge the team
// behind the likely cause, else a senior engineer. The engineer may choose another.
func SuggestLevel(reasons []Reason, area string) Level {
	for _, reason := range []Reason{SecurityOrData, NeedsApproval, BusinessRisk} {
		if slices.Contains(reasons, reason) {
			return Management
		}
	}
	switch area {
	case "code":
		return Dev
	case "infrastructure":
		return Infra
	}
	return Senior
}

// Outcome says how an escalation ended; a stored word.
type Outcome string

// The outcomes of escalations.
const (
	Answered  Outcome = "answered"
	Decided   Outcome = "decided" // one of the options was chosen
	Declined  Outcome = "declined"
	Withdrawn Outcome = "withdrawn"
)

// Escalation is a question that the owner handed to a level, and its answer. It
// is stored as JSON: add to it, never rename.
type Escalation struct {
	// Level is the one that it was sent to.
	Level   Level     `json:"level"`
	Reasons []Reason  `json:"reasons"`
	Ask     string    `json:"ask"`
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
	// Text is the draft that was sent; 0 where the ask is all.
	Text DraftID `json:"text,omitempty"`
	// Options are what management chooses from.
	Options []Option `json:"options,omitempty"`
	// Alone tells that the owner asks by themselves: nobody gets a card.
	Alone bool `json:"alone,omitempty"`

	// Climbs are who was asked, and how it went on while nobody answered.
	Climbs []Climb `json:"climbs,omitempty"`
	// AcceptedBy is who works on it.
	AcceptedBy *Person    `json:"accepted_by,omitempty"`
	AcceptedAt *time.Time `json:"accepted_at,omitempty"`
	Questions  []Question `json:"questions,omitempty"`
	// FirstAnswerAt is when somebody first did anything about it.
	FirstAnswerAt *time.Time `json:"first_answer_at,omitempty"`

	// Answer is what came back; empty while the escalation is open, was declined
	// or was withdrawn.
	Answer string `json:"answer,omitempty"`
	// Chosen is the number of the option that was chosen, from 1; 0 for none.
	Chosen    int        `json:"chosen,omitempty"`
	Declined  string     `json:"declined,omitempty"`
	Withdrawn string     `json:"withdrawn,omitempty"`
	EndedBy   *Person    `json:"ended_by,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
}

// Question is what somebody has to know before they can answer.
type Question struct {
	By    Person    `json:"by"`
	At    time.Time `json:"at"`
	Words string    `json:"words"`
	// Place is where it was asked: the answer goes there.
	Place      Place      `json:"place,omitzero"`
	Answer     string     `json:"answer,omitempty"`
	AnsweredBy *Person    `json:"answered_by,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
}

// Open tells whether the escalation still waits for its answer.
func (e Escalation) Open() bool { return e.EndedAt == nil }

// Outcome says how the escalation ended; empty while it is open.
func (e Escalation) Outcome() Outcome {
	switch {
	case e.Open():
		return ""
	case e.Chosen > 0:
		return Decided
	case e.Answer != "":
		return Answered
	case e.Declined != "":
		return Declined
	}
	return Withdrawn
}

// Question gives the question that waits for the owner's answer.
func (e Escalation) Question() (Question, bool) {
	if n := len(e.Questions); e.Open() && n > 0 && e.Questions[n-1].AnsweredAt == nil {
		return e.Questions[n-1], true
	}
	return Question{}, false
}

// Turn gives whose turn it is: the last that was asked; false for one that nobody was asked.
func (e Escalation) Turn() (Climb, bool) {
	for _, climb := range slices.Backward(e.Climbs) {
		if climb.Kind.Asks() {
			return climb, true
		}
	}
	return Climb{}, false
}

// Levels lists the levels that were asked, the first one first.
func (e Escalation) Levels() []Level {
	levels := []Level{e.Level}
	for _, climb := range e.Climbs {
		if !slices.Contains(levels, climb.Level) {
			levels = append(levels, climb.Level)
		}
	}
	return levels
}

// waits tells whether it climbs while nobody does anything about it.
func (e Escalation) waits() bool {
	_, asked := e.Question()
	_, turn := e.Turn()
	return e.Open() && e.AcceptedBy == nil && !asked && turn && !e.exhausted()
}

// exhausted tells whether there is nobody left to be asked. Whoever hands it on
// after that has it climb anew.
func (e Escalation) exhausted() bool {
	n := len(e.Climbs)
	return n > 0 && e.Climbs[n-1].Kind == ClimbEnd
}

// ClimbsAt gives when an escalation that nobody answers goes on to the next one;
// false for one that does not. It counts from the last time that somebody was
// asked or answered a question, by the class that the ticket has now.
func (t *Ticket) ClimbsAt(e Escalation, p Policy) (time.Time, bool) {
	turn, _ := e.Turn()
	if !e.waits() {
		return time.Time{}, false
	}
	since := turn.At
	if n := len(e.Questions); n > 0 && e.Questions[n-1].AnsweredAt.After(since) {
		since = *e.Questions[n-1].AnsweredAt
	}
	return since.Add(p.Climb[t.Class()]), true
}

// MaxQuestionReminders is how often an owner is reminded of one question.
const MaxQuestionReminders = 3

// goesOnAt gives when an escalation is looked at again: when it climbs, when the
// owner is reminded of a question, in the time of the class each, and when whoever
// took it on is reminded of the answer, as often as the customer has to hear
// something; false for never.
func (t *Ticket) goesOnAt(e Escalation, p Policy) (time.Time, bool) {
	if at, climbs := t.ClimbsAt(e, p); climbs {
		return at, true
	}
	if question, waits := e.Question(); waits {
		last, reminders := e.last(ClimbOwner, question.At)
		return last.Add(p.Climb[t.Class()]), reminders < MaxQuestionReminders
	}
	if !e.Open() || e.AcceptedBy == nil {
		return time.Time{}, false
	}
	since := *e.AcceptedAt
	if n := len(e.Questions); n > 0 {
		since = later(since, *e.Questions[n-1].AnsweredAt)
	}
	last, _ := e.last(ClimbHolder, since)
	return last.Add(p.CustomerUpdate), true
}

// last gives the last climb of a kind after an instant, or that instant, and how
// many there were.
func (e Escalation) last(kind ClimbKind, since time.Time) (at time.Time, n int) {
	at = since
	for _, climb := range e.Climbs {
		if climb.Kind == kind && climb.At.After(since) {
			at, n = later(at, climb.At), n+1
		}
	}
	return at, n
}
