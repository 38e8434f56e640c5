package ticket_test

import (
	"slices"
	"testing"

	"handrail/internal/ticket"
)

func TestASecretIsMaskedAndTheRestIsShown(t *testing.T) {
	t.Parallel()
	const text = "use AKIAIOSFODNN7EXAMPLE and hunter2, or not"
	findings := []ticket.Finding{
		{Kind: ticket.FoundSecret, Start: 29, End: 36, Words: "hunter2"},
		{Kind: ticket.FoundJargon, Start: 0, End: 3, Words: "use"},
		{Kind: ticket.FoundSecret, Start: 4, End: 24, Words: "AKIAIOSFODNN7EXAMPLE"},
		{Kind: ticket.FoundSecret, Start: 10, End: 20, Words: "ODNN7EXAMP"}, // inside of another
	}
	if got, want := ticket.Masked(text, findings), "use AKIA•••• and ••••, or not"; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	for i, want := range []string{"••••", "use", "AKIA••••"} {
		if got := findings[i].Shown(); got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	}
	if got := ticket.Masked(text, nil); got != text {
		t.Errorf("nothing was found, and the text became %q", got)
	}
}

func TestOnlyASecretCannotBeOverridden(t *testing.T) {
	t.Parallel()
	for _, kind := range ticket.FindingKinds() {
		if kind.Overridable() == (kind == ticket.FoundSecret) {
			t.Errorf("%s: %t", kind, kind.Overridable())
		}
	}
}

func TestEachKindOfTextHasItsPartsInTheirOrder(t *testing.T) {
	t.Parallel()
	for _, kind := range ticket.TextKinds() {
		parts := kind.Parts()
		if len(parts) < 3 || !slices.Contains(parts, ticket.PartAcknowledge) || !slices.Contains(parts, ticket.PartContact) {
			t.Errorf("%s has %v", kind, parts)
		}
		if !slices.IsSortedFunc(parts, func(a, b ticket.CustomerPart) int {
			return slices.Index(ticket.CustomerParts(), a) - slices.Index(ticket.CustomerParts(), b)
		}) {
			t.Errorf("%s has its parts in another order: %v", kind, parts)
		}
	}
	if got := ticket.TextKind("").Parts(); got != nil {
		t.Errorf("a text of no kind needs %v", got)
	}
}
