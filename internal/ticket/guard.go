package ticket

import (
	"slices"
	"strings"
)

// Guard reads a text before it goes to a customer, or to where many read it.
type Guard interface {
	// Check lists what the text must not say and what it lacks, in the order of the text.
	Check(text CustomerText) []Finding
	// Secrets lists the secrets alone of any text, in its order: see [Masked].
	Secrets(text string) []Finding
}

// CustomerText is a text that is to go to a customer.
type CustomerText struct {
	Text string
	// Kind says which parts the text has to have; empty asks for none.
	Kind TextKind
	// Language is the language of the text, "en" or "vi"; empty to have it guessed.
	Language string
}

// TextKind is the occasion on which a text goes to a customer; a stored word.
type TextKind string

// The kinds of texts for customers.
const (
	TextAcknowledgement TextKind = "acknowledgement"
	TextUpdate          TextKind = "update"
	TextResolution      TextKind = "resolution"
	TextFollowUp        TextKind = "follow_up"
	TextClosing         TextKind = "closing"
)

// TextKinds lists the kinds of texts for customers, in the order in which a ticket needs them.
func TextKinds() []TextKind {
	return []TextKind{TextAcknowledgement, TextUpdate, TextResolution, TextFollowUp, TextClosing}
}

// CustomerPart is a part of a text for a customer; a stored word.
type CustomerPart string

// The parts of a text for a customer.
const (
	PartAcknowledge  CustomerPart = "acknowledge"
	PartStatus       CustomerPart = "current_status"
	PartNextSteps    CustomerPart = "next_steps"
	PartExpectations CustomerPart = "expectations"
	PartContact      CustomerPart = "contact"
)

// CustomerParts lists the parts of a text for a customer, in their order.
func CustomerParts() []CustomerPart {
	return []CustomerPart{PartAcknowledge, PartStatus, PartNextSteps, PartExpectations, PartContact}
}

// Parts lists the parts that a kind of text has to have. While the work goes on
// these are all five. A resolution leaves nothing to expect: the status is the
// answer, and the next step is the customer's, to try it. A follow-up asks
// whether the fix holds and says what happens without an answer, but has no new
// status. A closing thanks, says that the ticket is closed, and how to come back.
func (k TextKind) Parts() []CustomerPart {
	switch k {
	case TextAcknowledgement, TextUpdate:
		return CustomerParts()
	case TextResolution:
		return []CustomerPart{PartAcknowledge, PartStatus, PartNextSteps, PartContact}
	case TextFollowUp:
		return []CustomerPart{PartAcknowledge, PartNextSteps, PartExpectations, PartContact}
	case TextClosing:
		return []CustomerPart{PartAcknowledge, PartStatus, PartContact}
	default:
		return nil
	}
}

// FindingKind says what is wrong with a text; a stored word.
type FindingKind string

// The kinds of findings.
const (
	FoundFixedTime   FindingKind = "fixed_time"   // it promises when the fix will be there
	FoundMissingPart FindingKind = "missing_part" // a part that its kind needs is not there
	FoundBlame       FindingKind = "blame"        // it blames the customer
	FoundJargon      FindingKind = "jargon"       // words of engineers
	FoundInternal    FindingKind = "internal"     // a name, host, path or number of our own house
	FoundStackTrace  FindingKind = "stack_trace"  // a stack trace
	FoundSecret      FindingKind = "secret"       // a password, a key, a token
)

// FindingKinds lists the kinds of findings.
func FindingKinds() []FindingKind {
	return []FindingKind{
		FoundFixedTime, FoundMissingPart, FoundBlame, FoundJargon, FoundInternal, FoundStackTrace, FoundSecret,
	}
}

// Overridable tells whether a text may go with such a finding if somebody gives a
// reason. A secret never may.
func (k FindingKind) Overridable() bool { return k != FoundSecret }

// Finding is one thing that is wrong with a text.
type Finding struct {
	Kind FindingKind
	// Start and End are the bytes of the text that Words takes up. What is missing
	// has no words: both are the length of the text.
	Start, End int
	Words      string
	// Part is the missing part; empty for what is not about one.
	Part CustomerPart
	// Language is that of the text, in which an allowed wording has to be.
	Language string
	// Reason and Better are the ids of two sentences in the catalog of the bot: why it
	// must not be, and a wording that may. Args is what both mention.
	Reason, Better string
	Args           map[string]any
}

// Shown gives the words as they may be shown and logged: those of a secret are masked.
func (f Finding) Shown() string {
	if f.Kind == FoundSecret {
		return mask(f.Words)
	}
	return f.Words
}

// Masked gives the text with its secrets masked, for places where many read it.
func Masked(text string, findings []Finding) string {
	var b strings.Builder
	end := 0
	for _, f := range slices.SortedFunc(slices.Values(findings), func(a, b Finding) int { return a.Start - b.Start }) {
		if f.Kind != FoundSecret || f.End <= end || f.End > len(text) {
			continue
		}
		start := max(f.Start, end)
		b.WriteString(text[end:start])
		b.WriteString(mask(text[start:f.End]))
		end = f.End
	}
	b.WriteString(text[end:])
	return b.String()
}

// mask keeps as much of a secret as tells which one it is: the first four
// characters of a long one.
func mask(secret string) string {
	const hidden = "••••"
	runes := []rune(secret)
	if len(runes) < 16 {
		return hidden
	}
	return string(runes[:4]) + hidden
}

// GuardMessages lists the ids of all sentences that findings name: see
// [Finding.Reason] and [Finding.Better].
func GuardMessages() []string {
	reasons := []string{"guard.fixed_time", "guard.blame", "guard.jargon", "guard.stack_trace", "guard.secret"}
	for _, what := range []string{"address", "path", "number", "name"} {
		reasons = append(reasons, "guard.internal."+what)
	}
	for _, part := range CustomerParts() {
		reasons = append(reasons, "guard.missing_part."+string(part))
	}
	// A time that can be kept for the next word to the customer is put into the wording.
	ids := []string{"guard.fixed_time.better_time"}
	for _, reason := range reasons {
		ids = append(ids, reason, reason+".better")
	}
	return ids
}
