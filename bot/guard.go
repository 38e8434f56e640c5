package bot

import (
	"time"

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

// advice says what is wrong with the words of a finding.
func (s speech) advice(f ticket.Finding) Advice {
	better := f.Better
	if f.Language != "en" {
		// Words of the text fit only into a wording of the same language.
		better = f.Reason + ".better"
	}
	return Advice{Reason: s.say(f.Reason, f.Args), Better: s.say(better, f.Args)}
}
