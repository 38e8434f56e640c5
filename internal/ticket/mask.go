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
		e := &shown.Escalations[i]
		mask(&e.Ask)
		mask(&e.Answer)
		mask(&e.Withdrawn)
	}
	shown.Snoozes = maps.Clone(t.Snoozes)
	for kind, snooze := range shown.Snoozes {
		mask(&snooze.Reason)
		shown.Snoozes[kind] = snooze
	}
	return &shown
}

// Masked gives the line of the history for places where many read it.
func (e Entry) Masked(guard Guard) Entry {
	for _, words := range []*string{&e.From, &e.To, &e.Note} {
		*words = Masked(*words, guard.Secrets(*words))
	}
	return e
}
