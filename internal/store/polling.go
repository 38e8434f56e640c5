package store

import (
	"context"
	"errors"
	"fmt"

	"handrail/internal/ticket"
)

// LockPolling gives how far the system of record was read, and holds that for this
// transaction. There is one row, which the first who asks makes.
func (t *tx) LockPolling(ctx context.Context) (ticket.Polling, error) {
	var state string
	var p ticket.Polling
	_, err := t.exec(ctx, statement{"INSERT INTO polling (id, state) VALUES (1, '{}') ON CONFLICT DO NOTHING", nil})
	if err == nil {
		err = t.row(ctx, []any{&state}, "SELECT CAST(state AS text) FROM polling WHERE id = 1"+t.db.lock)
	}
	if err != nil {
		return p, explain(fmt.Errorf("store: read how far polling is: %w", err))
	}
	return p, decode(state, &p)
}

// SavePolling stores how far the system of record was read.
func (t *tx) SavePolling(ctx context.Context, p ticket.Polling) error {
	state, err := encode(p)
	if err == nil {
		_, err = t.exec(ctx, statement{"UPDATE polling SET state = ? WHERE id = 1", []any{state}})
	}
	if err != nil {
		return explain(fmt.Errorf("store: note how far polling is: %w", err))
	}
	return nil
}

// Hear stores messages of records, and gives the numbers of those that were not
// there before.
func (t *tx) Hear(ctx context.Context, messages []ticket.RecordMessage) ([]int64, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	var values []any
	for _, m := range messages {
		body, err := encode(m)
		if err != nil {
			return nil, err
		}
		values = append(values, m.Number, words(m.Record.Model), m.Record.Number, words(body), false)
	}
	rows, err := t.query(ctx, "INSERT INTO record_messages (message, model, record, body, done) VALUES "+places(len(messages), 5)+
		" ON CONFLICT DO NOTHING RETURNING message", values...)
	if err != nil {
		return nil, explain(fmt.Errorf("store: keep messages of records: %w", err))
	}
	defer rows.Close()
	var heard []int64
	for rows.Next() {
		var number int64
		if err := rows.Scan(&number); err != nil {
			return nil, explain(fmt.Errorf("store: keep messages of records: %w", err))
		}
		heard = append(heard, number)
	}
	rows.Close() // what failed last is told at the end
	if err := rows.Err(); err != nil {
		return nil, explain(fmt.Errorf("store: keep messages of records: %w", err))
	}
	return heard, nil
}

// Attend notes that something was done about messages.
func (t *tx) Attend(ctx context.Context, numbers ...int64) error {
	statements := make([]statement, len(numbers))
	for i, number := range numbers {
		statements[i] = statement{"UPDATE record_messages SET done = ? WHERE message = ?", []any{true, number}}
	}
	if _, err := t.exec(ctx, statements...); err != nil {
		return explain(fmt.Errorf("store: note that messages were attended to: %w", err))
	}
	return nil
}

// RecordMessage gives a message of a record that was heard; false for none.
func (r reader) RecordMessage(ctx context.Context, number int64) (ticket.RecordMessage, bool, error) {
	found, err := r.recordMessages(ctx, "message = ?", number)
	if err != nil || len(found) == 0 {
		return ticket.RecordMessage{}, false, err
	}
	return found[0], true, nil
}

// Heard gives the messages of a record that nothing was done about yet.
func (r reader) Heard(ctx context.Context, ref ticket.RecordRef, limit int) ([]ticket.RecordMessage, error) {
	return r.recordMessages(ctx, "model = ? AND record = ? AND NOT done ORDER BY message LIMIT ?", words(ref.Model), ref.Number, max(limit, 0))
}

func (r reader) recordMessages(ctx context.Context, where string, args ...any) (found []ticket.RecordMessage, err error) {
	rows, err := r.own.query(ctx, "SELECT CAST(body AS text) FROM record_messages WHERE "+where, args...)
	if err != nil {
		return nil, explain(fmt.Errorf("store: read messages of a record: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		var m ticket.RecordMessage
		if err := errors.Join(rows.Scan(&body), decode(body, &m)); err != nil {
			return nil, explain(fmt.Errorf("store: read messages of a record: %w", err))
		}
		found = append(found, m)
	}
	rows.Close() // what failed last is told at the end
	if err := rows.Err(); err != nil {
		return nil, explain(fmt.Errorf("store: read messages of a record: %w", err))
	}
	return found, nil
}
