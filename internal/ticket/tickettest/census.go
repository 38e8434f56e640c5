package tickettest

import (
	"context"
	"slices"

	"handrail/internal/ticket"
)

var _ ticket.Census = (*Census)(nil)

// Census is a [ticket.Census] of records in memory.
type Census struct {
	// Records are those that are there.
	Records []ticket.RecordState
	// Failing is the error of every call; nil for none.
	Failing error
	// Calls counts the calls.
	Calls int
}

// Totals gives the counts of the records with the numbers.
func (c *Census) Totals(_ context.Context, numbers []int64) (totals ticket.RecordTotals, err error) {
	c.Calls++
	for _, record := range c.of(numbers) {
		i := slices.IndexFunc(totals.Stages, func(s ticket.RecordCount) bool { return s.Stage == record.Stage })
		if i < 0 {
			i = len(totals.Stages)
			totals.Stages = append(totals.Stages, ticket.RecordCount{Stage: record.Stage, Steps: record.Steps, Closed: record.Closed})
		}
		totals.Stages[i].Records++
		if record.Closed {
			totals.Closed++
		}
	}
	return totals, c.Failing
}

// States gives the records with the numbers.
func (c *Census) States(_ context.Context, numbers []int64) ([]ticket.RecordState, error) {
	c.Calls++
	return c.of(numbers), c.Failing
}

func (c *Census) of(numbers []int64) []ticket.RecordState {
	var found []ticket.RecordState
	for _, record := range c.Records {
		if slices.Contains(numbers, record.Number) {
			found = append(found, record)
		}
	}
	return found
}
