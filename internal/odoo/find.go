package odoo

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/ticket"
)

// Newest tells how far Odoo has come, whatever team it is of.
func (r *Records) Newest(ctx context.Context) (mark ticket.RecordMark, err error) {
	err = r.with(ctx, func(l *layout) error {
		first := func(model, field string, domain Domain) (Record, error) {
			rows, err := r.client.Search(ctx, Query{
				Model: model, Domain: domain, Fields: []string{field}, Order: field + " desc", Limit: 1, Archived: true,
			})
			if err != nil || len(rows) == 0 {
				return Record{}, err
			}
			return rows[0], nil
		}
		record, err := first(l.model, "id", nil)
		if err != nil {
			return err
		}
		written, err := first(l.model, "write_date", nil)
		if err != nil {
			return err
		}
		message, err := first("mail.message", "id", Domain{Term("model", "=", l.model)})
		if err != nil {
			return err
		}
		mark = ticket.RecordMark{Record: record.Number("id"), Message: message.Number("id")}
		mark.WrittenAt, _ = written.Time("write_date")
		return nil
	})
	return mark, err
}

// Find gives the record of the team that people call by the label, with or without
// "#" and the zeros at its beginning.
func (r *Records) Find(ctx context.Context, label string) (state ticket.RecordState, err error) {
	if label = strings.TrimPrefix(strings.TrimSpace(label), "#"); label == "" {
		return state, trouble(gone("record"))
	}
	err = r.with(ctx, func(l *layout) error {
		id, err := strconv.ParseInt(label, 10, 64)
		wanted := Term("id", "=", id)
		switch {
		case l.number == "" && err != nil:
			return gone(l.model)
		case l.number != "" && err == nil:
			wanted = Term(l.number, "ilike", strconv.FormatInt(id, 10))
		case l.number != "":
			wanted = Term(l.number, "ilike", literal(label))
		}
		rows, err := r.client.Search(ctx, Query{
			Model: l.model, Fields: l.mapping.fields(), Order: "id", Limit: 100, Archived: true,
			Domain: Domain{wanted, Term(l.desk, "=", l.team)},
		})
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(row Record) bool {
			return l.number != "" && strings.TrimLeft(strings.ToLower(row.Text(l.number)), "0") != strings.TrimLeft(strings.ToLower(label), "0")
		})
		if len(rows) == 0 {
			return gone(l.model)
		}
		states, err := r.states(ctx, l, rows[:1])
		if err == nil {
			state = states[0]
		}
		return err
	})
	return state, err
}
