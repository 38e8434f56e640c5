package ticket

import (
	"maps"
	"slices"
	"time"
	"unicode/utf8"
)

// FactID names a fact that is gathered on a ticket as the work goes; a stored
// word. A part of a text that is a fact has the same word.
type FactID string

// The facts of a ticket.
const (
	FactImpact         FactID = "impact"          // what it means to the customer
	FactSteps          FactID = "steps"           // how it can be made to happen
	FactInformation    FactID = "information"     // what the customer and others told
	FactLogs           FactID = "logs"            // error logs and screenshots
	FactCause          FactID = "cause"           // the likely root cause
	FactUrgency        FactID = "urgency"         // why it cannot wait
	FactEffort         FactID = "effort"          // what the work is expected to take
	FactSituation      FactID = "situation"       // what has happened, for who decides
	FactBusinessImpact FactID = "business_impact" // what it costs
	FactOptions        FactID = "options"         // the ways to go on
	FactRecommendation FactID = "recommendation"
	FactDecision       FactID = "decision"       // what has to be decided
	FactStatus         FactID = "current_status" // where it stands, for the customer
	FactNextSteps      FactID = "next_steps"     // what comes next, for the customer
	FactQuestions      FactID = "questions"      // what the customer is asked
	FactSolution       FactID = "solution"
	FactVerification   FactID = "verification"
	FactAddress        FactID = "address" // where the customer gets mail
)

// FactIDs lists the facts, so that a catalog can be checked for them.
func FactIDs() []FactID {
	return []FactID{
		FactImpact, FactSteps, FactInformation, FactLogs, FactCause, FactUrgency, FactEffort, FactSituation, FactBusinessImpact,
		FactOptions, FactRecommendation, FactDecision, FactStatus, FactNextSteps, FactQuestions, FactSolution, FactVerification, FactAddress,
	}
}

// Fact is something known of a ticket, with where it comes from.
type Fact struct {
	Words string `json:"words,omitempty"`
	// Options are what can be chosen from, of the fact that has them.
	Options []Option `json:"options,omitempty"`
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
	// Place and Activity name the message on which it was written; zero for none.
	Place    Place  `json:"place,omitzero"`
	Activity string `json:"activity,omitempty"`
}

// telling gives the item whose evidence tells a fact; empty for none.
func (id FactID) telling() ItemID {
	switch id {
	case FactSteps:
		return ItemReproduce
	case FactInformation:
		return ItemGather
	case FactLogs:
		return ItemLogs
	case FactCause:
		return ItemCause
	case FactQuestions:
		return ItemClarify
	case FactSolution:
		return ItemSolution
	case FactVerification:
		return ItemVerify
	default:
		return ""
	}
}

// Fact gives what is known of a fact: the newest of what was written down for the
// texts and the evidence that tells it, else what the intake says. False for
// what nobody has told.
func (t *Ticket) Fact(id FactID) (Fact, bool) {
	written, known := t.Gathered[id]
	if mark, ok := t.Marks[id.telling()]; ok && mark.State == Done && (!known || mark.At.After(written.Source.At)) {
		return Fact{Words: mark.Words, Files: mark.Files, Source: Source{By: mark.By, At: mark.At, Item: id.telling()}}, true
	}
	if !known && (id == FactImpact || id == FactSituation) {
		return Fact{Words: t.Details, Source: Source{By: t.OpenedBy, At: t.OpenedAt}}, true
	}
	return written, known
}

// isNews tells whether a fact says something else than what is known: one that is
// told again keeps its first source.
func (t *Ticket) isNews(id FactID, fact Fact) bool {
	known, ok := t.Fact(id)
	return !ok || known.Words != fact.Words || !slices.Equal(known.Options, fact.Options)
}

// Gather writes a fact down for the texts, with where it comes from. What is
// known already is left as it is.
func (c *Change) Gather(id FactID, fact Fact) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	fact.Words = Clean(fact.Words)
	if n := utf8.RuneCountInString(fact.Words); n > MaxPart {
		return Faults{fault(PartField(PartID(id)), "error.part_long", map[string]any{"Limit": MaxPart, "Length": n})}
	}
	if !c.Ticket.isNews(id, fact) {
		return nil
	}
	fact.Source.By, fact.Source.At = c.By.Person, c.At
	fact.Source.Place, fact.Source.Activity = c.From, c.message
	c.Ticket.Gathered = maps.Clone(c.Ticket.Gathered)
	if c.Ticket.Gathered == nil {
		c.Ticket.Gathered = map[FactID]Fact{}
	}
	c.Ticket.Gathered[id] = fact
	c.note(EntryFact, string(id), "", string(fact.Source.Reader), fact.Whole())
	return nil
}

// Whole gives a fact as the history keeps it: its words, and its options below them.
func (f Fact) Whole() string {
	words := f.Words
	for _, option := range f.Options {
		if words != "" {
			words += "\n"
		}
		words += option.Words + ": " + option.Consequence
	}
	return words
}
