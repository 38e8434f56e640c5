package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"handrail/internal/ticket"
)

// findable is what a ticket is found by. While it stays, so do the words that are kept.
type findable struct {
	title, customer, details string
	closed                   bool
}

func findableOf(t *ticket.Ticket) findable {
	return findable{t.Title, t.Customer, t.Details, t.State != ticket.Open}
}

// The statements that keep the words of a ticket. SQLite's ids follow the numbers, so that
// what it finds is in their order; see the migration.
const (
	renewWords = " ON CONFLICT (tenant, number) DO UPDATE SET closed = excluded.closed, stale = false, words = excluded.words"

	insertWordsPostgres = "INSERT INTO ticket_words (tenant, number, closed, words) " +
		"VALUES (?, ?, ?, array_to_tsvector(string_to_array(CAST(? AS text), ' ')))" + renewWords
	insertWordsSQLite = "INSERT INTO ticket_words (id, tenant, number, closed, words) " +
		"SELECT COALESCE(max(id) + 1, ? * 4096), ?, ?, ?, ? FROM ticket_words WHERE id >= ? * 4096 AND id < (? + 1) * 4096" + renewWords
)

// wordsOf gives the statement that keeps the words of a ticket.
func (t *tx) wordsOf(of *ticket.Ticket) statement {
	found := strings.Join(of.FoundBy(), " ")
	tenant, closed := words(of.Tenant), of.State != ticket.Open
	if t.orm.Name() == "postgres" {
		return statement{insertWordsPostgres, []any{tenant, of.Number, closed, found}}
	}
	return statement{insertWordsSQLite, []any{
		of.Number, tenant, of.Number, closed, standing(tenant, closed) + " " + found, of.Number, of.Number,
	}}
}

// Index has tickets found by their words that are not yet, from the newest on: at most
// limit, of those before the one with the id. Those that somebody else holds are left
// to them: with what they save they keep the words, too.
func (t *tx) Index(ctx context.Context, before ticket.ID, limit int) (last ticket.ID, err error) {
	query := t.orm.WithContext(ctx).
		Where("NOT EXISTS (SELECT 1 FROM ticket_words w WHERE w.tenant = tickets.tenant AND w.number = tickets.number AND NOT w.stale)").
		Order("tenant DESC, number DESC").Limit(max(limit, 0)).Session(&gorm.Session{})
	if before != (ticket.ID{}) {
		query = query.Where("(tenant, number) < (?, ?)", words(before.Tenant), before.Number)
	}
	if t.db.lock != "" {
		query = query.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked})
	}
	var rows []ticketRow
	if err := query.Find(&rows).Error; err != nil {
		return ticket.ID{}, explain(fmt.Errorf("store: look for tickets without words: %w", err))
	}
	var keep []statement
	for _, row := range rows {
		last = ticket.ID{Tenant: row.Tenant, Number: row.Number}
		one := &ticket.Ticket{ID: last, Title: row.Title, Customer: row.Customer, Details: row.Details, State: ticket.State(row.State)}
		keep = append(keep, t.wordsOf(one))
	}
	if len(keep) == 0 {
		return last, nil
	}
	if _, err := t.exec(ctx, keep...); err != nil {
		return ticket.ID{}, explain(fmt.Errorf("store: keep the words of tickets: %w", err))
	}
	return last, nil
}
