package ticket

import (
	"maps"
	"slices"
)

// Masked gives the ticket for places where many read it: without the secrets in
// what people wrote. It is for showing only, and never to be saved.
func (t *Ticket) Masked(guard Guard) *Ticket {
	shown := *t
	mask := func(words *string) { *words = Masked(*words, guard.Secrets(*words)) }
	for _, words := range []*string{&shown.Title, &shown.Customer, &shown.Details, &shown.ClosedEarly, &shown.StatusText} {
		mask(words)
	}
	if t.Origin != nil {
		origin := *t.Origin
		mask(&origin.Reporter)
		mask(&origin.Link)
		shown.Origin = &origin
	}
	if t.Override != nil {
		override := *t.Override
		mask(&override.Reason)
		shown.Override = &override
	}
	shown.Marks = maps.Clone(t.Marks)
	for id, mark := range shown.Marks {
		mask(&mark.Words)
		shown.Marks[id] = mark
	}
	shown.Escalations = slices.Clone(t.Escalations)
	for i := range shown.Escalations {
		maskEscalation(&shown.Escalations[i], mask)
	}
	shown.Gathered = maps.Clone(t.Gathered)
	for id, fact := range shown.Gathered {
		mask(&fact.Words)
		fact.Options = maskedOptions(fact.Options, mask)
		shown.Gathered[id] = fact
	}
	shown.Snoozes = maps.Clone(t.Snoozes)
	for kind, snooze := range shown.Snoozes {
		mask(&snooze.Reason)
		shown.Snoozes[kind] = snooze
	}
	return &shown
}

// maskEscalation masks the words of people in an escalation, whose lists it copies.
func maskEscalation(e *Escalation, mask func(words *string)) {
	for _, words := range []*string{&e.Ask, &e.Answer, &e.Declined, &e.Withdrawn} {
		mask(words)
	}
	e.Options, e.Climbs, e.Questions = maskedOptions(e.Options, mask), slices.Clone(e.Climbs), slices.Clone(e.Questions)
	for i := range e.Climbs {
		mask(&e.Climbs[i].Why)
	}
	for i := range e.Questions {
		mask(&e.Questions[i].Words)
		mask(&e.Questions[i].Answer)
	}
}

func maskedOptions(options []Option, mask func(words *string)) []Option {
	options = slices.Clone(options)
	for i := range options {
		mask(&options[i].Words)
		mask(&options[i].Consequence)
	}
	return options
}

// Masked gives the line of the history for places where many read it.
func (e Entry) Masked(guard Guard) Entry {
	for _, words := range []*string{&e.From, &e.To, &e.Note} {
		*words = Masked(*words, guard.Secrets(*words))
	}
	return e
}
