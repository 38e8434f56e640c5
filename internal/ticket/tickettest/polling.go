package tickettest

import (
	"context"
	"maps"
	"slices"

	"handrail/internal/ticket"
)

// RecordMessage gives a message of a record that was heard; false for none.
func (s *Store) RecordMessage(ctx context.Context, number int64) (ticket.RecordMessage, bool, error) {
	return s.reader().RecordMessage(ctx, number)
}

// Heard gives the messages of a record that nothing was done about yet.
func (s *Store) Heard(ctx context.Context, ref ticket.RecordRef, limit int) ([]ticket.RecordMessage, error) {
	return s.reader().Heard(ctx, ref, limit)
}

// RecordMessage gives a message of a record that was heard; false for none.
func (r reader) RecordMessage(_ context.Context, number int64) (ticket.RecordMessage, bool, error) {
	m, ok := r.messages[number]
	return m, ok, nil
}

// Heard gives the messages of a record that nothing was done about yet, in the order
// of their numbers.
func (r reader) Heard(_ context.Context, ref ticket.RecordRef, limit int) ([]ticket.RecordMessage, error) {
	var found []ticket.RecordMessage
	for _, number := range slices.Sorted(maps.Keys(r.messages)) {
		m := r.messages[number]
		if !r.attended[number] && m.Record.Model == ref.Model && m.Record.Number == ref.Number {
			found = append(found, m)
		}
	}
	return cut(found, 0, limit), nil
}

// LockPolling gives how far the system of record was read.
func (x *tx) LockPolling(context.Context) (ticket.Polling, error) { return x.polling, nil }

// SavePolling stores how far the system of record was read.
func (x *tx) SavePolling(_ context.Context, p ticket.Polling) error {
	x.polling = p
	return nil
}

// Hear stores messages of records, and gives the numbers of those that are new.
func (x *tx) Hear(_ context.Context, messages []ticket.RecordMessage) ([]int64, error) {
	var heard []int64
	for _, m := range messages {
		if _, known := x.messages[m.Number]; !known {
			x.messages[m.Number] = m
			heard = append(heard, m.Number)
		}
	}
	return heard, nil
}

// Attend notes that something was done about messages.
func (x *tx) Attend(_ context.Context, numbers ...int64) error {
	for _, number := range numbers {
		x.attended[number] = true
	}
	return nil
}
