package ticket

import (
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
)

// Limits of a text: characters of a part and of an option, and options.
const (
	MaxPart    = 4000
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
	Level    Level      `json:"level,omitempty"`
	Reasons  []Reason   `json:"reasons,omitempty"`
	Options  []Option   `json:"options,omitempty"`
	Decider  string     `json:"decider,omitempty"`
	DecideBy *time.Time `json:"decide_by,omitempty"`
	// Files are the ids of attachments that go with it.
	Files []int64 `json:"files,omitempty"`
	// Whole is a sent text as its reader got it, and Way how it was sent.
	Whole string `json:"whole,omitempty"`
	Way   string `json:"way,omitempty"`
	// Language is that of the text, "en" or "vi".
	Language string `json:"language,omitempty"`
}

// Part gives what was written in a part, without spaces around it.
func (b DraftBody) Part(id PartID) string { return strings.TrimSpace(b.Parts[id]) }

// FactID names a fact that is gathered on a ticket as the work goes; a stored word.
type FactID string

// Fact is something known of a ticket, with where it comes from.
type Fact struct {
	Words string `json:"words,omitempty"`
	// Files are the ids of attachments that show it.
	Files  []int64 `json:"files,omitempty"`
	Source Source  `json:"source"`
}

// Source says who told a fact, when, and where it stood.
type Source struct {
	By Person    `json:"by"`
	At time.Time `json:"at"`
	// Item is the item of the checklist as whose evidence it was given; empty for none.
	Item ItemID `json:"item,omitempty"`
	// Reader is the text in which it was written; empty for none.
	Reader TextReader `json:"reader,omitempty"`
	// Place and Activity name the message that told it; zero for none.
	Place    Place  `json:"place,omitzero"`
	Activity string `json:"activity,omitempty"`
}
