package ticket

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Held is the answer to a text for a customer that does not go as it is. It reads
// as an [Error], and has what its author needs to mend the text.
type Held struct {
	Findings []Finding
}

// Final tells whether no reason lets the text go.
func (h *Held) Final() bool {
	return slices.ContainsFunc(h.Findings, func(f Finding) bool { return !f.Kind.Overridable() })
}

// Error lists what was found and not the words, among which may be a secret.
func (h *Held) Error() string {
	return "the text for the customer is held: " + strings.Join(kindsOf(h.Findings), ", ")
}

// Unwrap gives the error that a person reads.
func (h *Held) Unwrap() error {
	if h.Final() {
		return &Error{Kind: Invalid, Message: "error.held_secret"}
	}
	return &Error{Kind: Invalid, Message: "error.held"}
}

// kindsOf gives the kinds of the findings, each once, in their order.
func kindsOf(findings []Finding) []string {
	var kinds []string
	for _, f := range findings {
		if kind := string(f.Kind); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// guarded is nil where the text may go to the customer: the guard finds nothing, or
// a person says why it goes anyway, which is written down. Else it is a [Held]. A
// secret never goes.
func (c *Change) guarded(text CustomerText, override string) error {
	return c.passed(c.Guard.Check(text), override)
}

// passed is guarded for what was found already.
func (c *Change) passed(findings []Finding, override string) error {
	if len(findings) == 0 {
		return nil
	}
	override = Clean(override)
	if held := (&Held{Findings: findings}); held.Final() || override == "" {
		return held
	}
	if utf8.RuneCountInString(override) > MaxReason {
		return Faults{fault(FieldOverride, "error.reason_long", map[string]any{"Limit": MaxReason, "Length": utf8.RuneCountInString(override)})}
	}
	c.note(EntryOverruled, "", "", strings.Join(kindsOf(findings), ","), override)
	return nil
}
