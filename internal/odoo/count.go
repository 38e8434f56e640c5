package odoo

import (
	"context"
	"slices"

	"handrail/internal/ticket"
)

var _ ticket.Census = (*Records)(nil)

// Totals gives Odoo's own counts of records, by stage and of those in which work has ended.
func (r *Records) Totals(ctx context.Context, numbers []int64) (totals ticket.RecordTotals, err error) {
	err = r.with(ctx, func(l *layout) error {
		totals = ticket.RecordTotals{}
		these := Domain{Term("id", "in", numbers), Term("active", "in", []bool{true, false})}
		groups, err := r.client.Count(ctx, l.model, these, l.stage)
		if err != nil {
			return err
		}
		ends := []int64{}
		for _, group := range groups {
			steps, closed, _ := l.path.stepsOf(group.ID)
			if closed {
				ends, totals.Closed = append(ends, group.ID), totals.Closed+group.Count
			}
			totals.Stages = append(totals.Stages, ticket.RecordCount{Stage: group.Name, Steps: steps, Closed: closed, Records: group.Count})
		}
		if l.state == "" {
			return nil
		}
		// Work may have ended outside of the stages of the end, too.
		these = append(these, Term(l.state, "in", l.ended), Term(l.stage, "not in", ends))
		groups, err = r.client.Count(ctx, l.model, these, l.stage)
		for _, group := range groups {
			totals.Closed += group.Count
		}
		return err
	})
	return totals, err
}

// States gives the stages of records, with one call for all of them.
func (r *Records) States(ctx context.Context, numbers []int64) (states []ticket.RecordState, err error) {
	err = r.with(ctx, func(l *layout) error {
		fields := slices.DeleteFunc([]string{l.stage, "active", l.state, l.number}, empty)
		rows, err := r.client.Search(ctx, Query{
			Model: l.model, Domain: Domain{Term("id", "in", numbers)}, Fields: fields, Order: "id", Archived: true,
		})
		if err != nil {
			return err
		}
		states = make([]ticket.RecordState, len(rows))
		for i, row := range rows {
			states[i] = r.stateOf(l, row, "", nil, nil, nil)
		}
		return nil
	})
	return states, err
}
