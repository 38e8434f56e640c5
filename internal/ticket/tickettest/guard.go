package tickettest

import (
	"slices"
	"strings"

	"handrail/internal/ticket"
)

var _ ticket.Guard = Guard(nil)

// Guard is a [ticket.Guard] that finds the words which it is given, each where it
// stands first, as what it is given for. Of missing parts it knows nothing.
type Guard map[string]ticket.FindingKind

// Check gives the words that the text has.
func (g Guard) Check(text ticket.CustomerText) []ticket.Finding {
	var found []ticket.Finding
	for words, kind := range g {
		if at := strings.Index(text.Text, words); at >= 0 {
			reason := "guard." + string(kind)
			found = append(found, ticket.Finding{
				Kind: kind, Start: at, End: at + len(words), Words: words, Language: "en", Reason: reason, Better: reason + ".better",
			})
		}
	}
	slices.SortFunc(found, func(a, b ticket.Finding) int { return a.Start - b.Start })
	return found
}

// Secrets gives those of the words that are secrets.
func (g Guard) Secrets(text string) []ticket.Finding {
	return slices.DeleteFunc(g.Check(ticket.CustomerText{Text: text}), func(f ticket.Finding) bool { return f.Kind != ticket.FoundSecret })
}
