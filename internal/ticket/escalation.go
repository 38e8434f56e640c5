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
	Management Level = "management"
)

// Levels lists the levels of the ladder, nearest first.
func Levels() []Level { return []Level{Senior, Dev, Infra, Management} }

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

// Escalation is a question that the owner handed to a level, and its answer.
type Escalation struct {
	Level   Level     `json:"level"`
	Reasons []Reason  `json:"reasons"`
	Ask     string    `json:"ask"`
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
	// Answer is what came back; empty while the escalation is open or was withdrawn.
	Answer    string     `json:"answer,omitempty"`
	Withdrawn string     `json:"withdrawn,omitempty"`
	EndedBy   *Person    `json:"ended_by,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
}

// Open tells whether the escalation still waits for its answer.
func (e Escalation) Open() bool { return e.EndedAt == nil }
