package bot

import (
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/ticket"
)

// Advice is what an engineer reads of a finding in a text for a customer.
type Advice struct {
	// Reason says why the words must not stand there, and Better what may.
	Reason, Better string
}

// Advise puts findings into English words, in their order.
func Advise(findings []ticket.Finding) ([]Advice, error) {
	words, err := newCatalog()
	if err != nil {
		return nil, err
	}
	s := words.in("en", "", time.Time{})
	all := make([]Advice, len(findings))
	for i, f := range findings {
		all[i] = s.advice(f)
	}
	return all, nil
}

// mostFindings is how many findings a card shows: who mends these sees the rest.
const mostFindings = 6

// findings gives the lines of a card for what is wrong with a text.
func (s speech) findings(all []ticket.Finding) []cards.Finding {
	var lines []cards.Finding
	for i, f := range all {
		if i == mostFindings {
			return append(lines, cards.Finding{What: s.say("guard.more", args{"Count": len(all) - i})})
		}
		advice, words := s.advice(f), cards.Shorten(strings.Join(strings.Fields(f.Shown()), " "), 80)
		line := cards.Finding{
			What:   s.markdown("guard.found", args{"Words": words, "Reason": advice.Reason}),
			Better: s.markdown("guard.instead", args{"Better": advice.Better}),
		}
		if f.Words == "" {
			line.What = s.markdown("guard.found.missing", args{"Reason": advice.Reason})
		}
		lines = append(lines, line)
	}
	return lines
}

// advice says what is wrong with the words of a finding.
func (s speech) advice(f ticket.Finding) Advice {
	better := f.Better
	if f.Language != "en" {
		// Words of the text fit only into a wording of the same language.
		better = f.Reason + ".better"
	}
	return Advice{Reason: s.say(f.Reason, f.Args), Better: s.say(better, f.Args)}
}
