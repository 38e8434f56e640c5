package tickettest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"handrail/internal/ticket"
)

// HistoryAfter gives a ticket's lines after the one with the id, oldest first.
func (s *Store) HistoryAfter(ctx context.Context, id ticket.ID, after int64, limit int) ([]ticket.Entry, error) {
	return s.reader().HistoryAfter(ctx, id, after, limit)
}

// Record gives what is known of a ticket's record.
func (s *Store) Record(ctx context.Context, id ticket.ID) (ticket.Record, bool, error) {
	return s.reader().Record(ctx, id)
}

// RecordsWithKeys gives the records with the keys.
func (s *Store) RecordsWithKeys(ctx context.Context, keys ...string) ([]ticket.Record, error) {
	return s.reader().RecordsWithKeys(ctx, keys...)
}

// RecordsOf gives what is known of records.
func (s *Store) RecordsOf(ctx context.Context, refs ...ticket.RecordRef) ([]ticket.Record, error) {
	return s.reader().RecordsOf(ctx, refs...)
}

// RecordsWait gives the records that something holds up, or that lack lines.
func (s *Store) RecordsWait(ctx context.Context, after ticket.ID, limit int) ([]ticket.Record, error) {
	return s.reader().RecordsWait(ctx, after, limit)
}

// Unrecorded gives the tickets that lack a record.
func (s *Store) Unrecorded(ctx context.Context, since time.Time, after ticket.ID, limit int) ([]ticket.ID, error) {
	return s.reader().Unrecorded(ctx, since, after, limit)
}

// HistoryAfter gives a ticket's lines after the one with the id, oldest first.
func (r reader) HistoryAfter(_ context.Context, id ticket.ID, after int64, limit int) ([]ticket.Entry, error) {
	later := slices.DeleteFunc(slices.Clone(r.history[id]), func(entry ticket.Entry) bool { return entry.ID <= after })
	return cut(later, 0, limit), nil
}

// Record gives what is known of a ticket's record.
func (r reader) Record(_ context.Context, id ticket.ID) (ticket.Record, bool, error) {
	record, ok := r.records[id]
	return record, ok, nil
}

// RecordsWithKeys gives the records with the keys, in the order of their tickets.
func (r reader) RecordsWithKeys(_ context.Context, keys ...string) ([]ticket.Record, error) {
	return r.recorded(func(record ticket.Record) bool { return slices.Contains(keys, record.Key) }), nil
}

// RecordsOf gives what is known of records, in the order of their tickets.
func (r reader) RecordsOf(_ context.Context, refs ...ticket.RecordRef) ([]ticket.Record, error) {
	return r.recorded(func(record ticket.Record) bool {
		return record.Made() && slices.ContainsFunc(refs, func(ref ticket.RecordRef) bool {
			return ref.Model == record.Ref.Model && ref.Number == record.Ref.Number
		})
	}), nil
}

// RecordsWait gives the records after the ticket that something holds up, or that lack lines.
func (r reader) RecordsWait(_ context.Context, after ticket.ID, limit int) ([]ticket.Record, error) {
	return cut(r.recorded(func(record ticket.Record) bool {
		lines := r.history[record.ID]
		lacks := len(lines) > 0 && lines[len(lines)-1].ID > record.Sent
		return compareID(record.ID, after) > 0 && (record.Trouble.Why != "" || !record.Made() || lacks)
	}), 0, limit), nil
}

// Unrecorded gives the tickets that lack a record, in their order.
func (r reader) Unrecorded(_ context.Context, since time.Time, after ticket.ID, limit int) ([]ticket.ID, error) {
	var ids []ticket.ID
	for id, t := range r.tickets {
		_, has := r.records[id]
		if !has && compareID(id, after) > 0 && (t.State == ticket.Open || !t.OpenedAt.Before(since)) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, compareID)
	return cut(ids, 0, limit), nil
}

// recorded gives records in the order of their tickets.
func (r reader) recorded(want func(ticket.Record) bool) []ticket.Record {
	var found []ticket.Record
	for _, record := range r.records {
		if want(record) {
			found = append(found, record)
		}
	}
	slices.SortFunc(found, func(a, b ticket.Record) int { return compareID(a.ID, b.ID) })
	return found
}

// LockRecord gives what is known of the record of a ticket.
func (x *tx) LockRecord(_ context.Context, of *ticket.Ticket) (ticket.Record, error) {
	record, ok := x.records[of.ID]
	if !ok {
		record = ticket.Record{ID: of.ID, Key: of.RecordKey()}
		x.records[of.ID] = record
	}
	return record, nil
}

// SaveRecord stores what is known of a record.
func (x *tx) SaveRecord(_ context.Context, record ticket.Record) error {
	x.records[record.ID] = record
	return nil
}

func compareID(a, b ticket.ID) int {
	return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Number, b.Number))
}

// Recorded gives tickets with where their records are.
func (s *Store) Recorded(ctx context.Context, tenant string, after int64, limit int) ([]ticket.Recorded, error) {
	return s.reader().Recorded(ctx, tenant, after, limit)
}

// Recorded gives tickets with where their records are.
func (r reader) Recorded(_ context.Context, tenant string, after int64, limit int) ([]ticket.Recorded, error) {
	var found []ticket.Recorded
	for _, t := range r.tickets {
		record, known := r.records[t.ID]
		if t.Tenant != tenant || t.Number <= after || t.State != ticket.Open && !known {
			continue
		}
		found = append(found, ticket.Recorded{
			Number: t.Number, Title: t.Title, Class: t.Class(), Step: t.Step, State: t.State, Ref: record.Ref,
		})
	}
	slices.SortFunc(found, func(a, b ticket.Recorded) int { return cmp.Compare(a.Number, b.Number) })
	return cut(found, 0, limit), nil
}
