package bot

import (
	"fmt"
	"regexp"
	"strings"
)

// mark is the one mark that sentences have.
var mark = regexp.MustCompile(`\{\{\.([A-Za-z]+)\}\}`)

// sentence is a message of the catalog that is the same for one and for many.
// A card has some twenty of them, so that they are not left to go-i18n, which
// fills each with text/template.
type sentence []piece

// piece is a text and the name of the argument behind it; the last has none.
type piece struct{ text, name string }

// parseSentence takes a message apart; false where it has marks of another kind.
func parseSentence(message string) (sentence, bool) {
	var s sentence
	rest := message
	for found := mark.FindStringSubmatchIndex(rest); found != nil; found = mark.FindStringSubmatchIndex(rest) {
		s = append(s, piece{text: rest[:found[0]], name: rest[found[2]:found[3]]})
		rest = rest[found[1]:]
	}
	s = append(s, piece{text: rest})
	return s, !strings.Contains(mark.ReplaceAllString(message, ""), "{{")
}

// with fills in the arguments.
func (s sentence) with(values args) string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.text)
		switch value := values[p.name].(type) {
		case string:
			b.WriteString(value)
		default:
			if p.name != "" {
				_, _ = fmt.Fprint(&b, value) // a builder takes everything
			}
		}
	}
	return b.String()
}
