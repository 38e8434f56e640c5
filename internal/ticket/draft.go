package ticket

import (
	"slices"
	"strings"
	"time"
)

// TextReader says for whom a text is; a stored word.
type TextReader string

// The readers of texts.
const (
	ForCustomer   TextReader = "customer"
	ForDev        TextReader = "dev"        // whoever solves it: engineers of any team
	ForManagement TextReader = "management" // whoever decides
	ForStatus     TextReader = "status"     // those who follow the ticket
)

// TextReaders lists the readers of texts.
func TextReaders() []TextReader {
	return []TextReader{ForCustomer, ForDev, ForManagement, ForStatus}
}

// PartID names a part of a text; a stored word. Those of a customer's text are
// the [CustomerParts].
type PartID string

// The parts of the texts for engineers and for management.
const (
	PartImpact         PartID = "impact"
	PartSteps          PartID = "steps"
	PartLogs           PartID = "logs"
	PartUrgency        PartID = "urgency"
	PartEffort         PartID = "effort"
	PartSituation      PartID = "situation"
	PartBusinessImpact PartID = "business_impact"
	PartOptions        PartID = "options"
	PartRecommendation PartID = "recommendation"
	PartDecision       PartID = "decision"
	// PartQuestions are clarifying questions to the customer, beside the five parts.
	PartQuestions PartID = "questions"
)

// Parts lists the parts of a text in their order; kind is the occasion of a text
// for the customer. The status is one part that has no name.
func Parts(reader TextReader, kind TextKind) []PartID {
	switch reader {
	case ForCustomer:
		var parts []PartID
		for _, part := range kind.Parts() {
			parts = append(parts, PartID(part))
			if kind == TextAcknowledgement && part == PartNextSteps {
				parts = append(parts, PartQuestions)
			}
		}
		return parts
	case ForDev:
		return []PartID{PartImpact, PartSteps, PartLogs, PartUrgency, PartEffort}
	case ForManagement:
		return []PartID{PartSituation, PartBusinessImpact, PartOptions, PartRecommendation, PartDecision}
	default:
		return nil
	}
}

// Required tells whether a text cannot go without the part. The effort is told if
// it is known, and questions if there are any.
func (p PartID) Required() bool { return p != PartEffort && p != PartQuestions }

// Fact gives the fact that a part tells; false for one that is composed for the
// occasion.
func (p PartID) Fact() (FactID, bool) {
	id := FactID(p)
	return id, slices.Contains(FactIDs(), id)
}

// Limits of a text: characters of a part, of the whole and of an option, and options.
const (
	MaxPart    = 4000
	MaxText    = 12_000 // which still fits into the form of one message
	MaxOption  = 300
	MaxOptions = 6
	// MinOptions is how many options make a choice.
	MinOptions = 2
)

// Option is one of the ways between which management decides.
type Option struct {
	Words string `json:"words"`
	// Consequence is what follows from choosing it.
	Consequence string `json:"consequence"`
}

// DraftID names a text within its tenant.
type DraftID int64

// Draft is a text of a ticket for one kind of reader: in work, of which a ticket
// has one for each reader and kind, or as it was sent.
type Draft struct {
	DraftID DraftID
	ID
	Reader TextReader
	// Kind is the occasion of a text for the customer; empty for others.
	Kind TextKind
	// Version counts the times that it was stored; 0 for one that never was.
	Version int64
	DraftBody
	By Person
	At time.Time
	// SentAt is when it was sent; nil while it is in work.
	SentAt *time.Time
}

// DraftBody is what a draft says. It is stored as JSON: add to it, never rename.
type DraftBody struct {
	// Parts are what was written in each part.
	Parts map[PartID]string `json:"parts,omitempty"`
	// Level, Reasons, Options, Decider and DecideBy belong to an escalation.
	Level   Level    `json:"level,omitempty"`
	Reasons []Reason `json:"reasons,omitempty"`
	// Ask is what is asked, in a few words.
	Ask      string     `json:"ask,omitempty"`
	Options  []Option   `json:"options,omitempty"`
	Decider  string     `json:"decider,omitempty"`
	DecideBy *time.Time `json:"decide_by,omitempty"`
	// Files are the ids of attachments that go with it.
	Files []int64 `json:"files,omitempty"`
	// Whole is a sent text as its reader got it, and Way how it was sent.
	Whole string `json:"whole,omitempty"`
	Way   string `json:"way,omitempty"`
	// Note is what the sender says about how it was sent.
	Note string `json:"note,omitempty"`
	// Composed are the parts that stand as they were composed from the facts: they
	// are composed anew while the text is in work.
	Composed []PartID `json:"composed,omitempty"`
	// Language is that of the text, "en" or "vi".
	Language string `json:"language,omitempty"`
}

// Part gives what was written in a part, without spaces around it.
func (b DraftBody) Part(id PartID) string { return strings.TrimSpace(b.Parts[id]) }
