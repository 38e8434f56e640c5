package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"handrail/internal/ticket"
)

// historyRow is a line of a ticket's history.
type historyRow struct {
	ID                       int64 `gorm:"primaryKey"`
	Tenant                   string
	Number                   int64
	Version                  int64
	At                       time.Time
	ByID, ByName, ByObjectID string
	Kind, Subject            string
	OldValue, NewValue, Note string
	Key                      string
}

// TableName names the table.
func (*historyRow) TableName() string { return "history" }

// insertHistory and the number of its columns.
const (
	insertHistory = "INSERT INTO history (tenant, number, version, at, by_id, by_name, by_object_id, kind, subject, " +
		"old_value, new_value, note, key) VALUES "
	historyWidth = 13
)

// History gives a ticket's lines, newest first.
func (r reader) History(ctx context.Context, id ticket.ID, skip, limit int) ([]ticket.Entry, error) {
	var rows []historyRow
	err := r.orm.WithContext(ctx).Where("tenant = ? AND number = ?", words(id.Tenant), id.Number).
		Order("id DESC").Offset(max(skip, 0)).Limit(max(limit, 0)).Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: read the history of %s: %w", id, err))
	}
	return entriesOf(rows), nil
}

// HistoryAfter gives a ticket's lines after the one with the id, oldest first.
func (r reader) HistoryAfter(ctx context.Context, id ticket.ID, after int64, limit int) ([]ticket.Entry, error) {
	var rows []historyRow
	err := r.orm.WithContext(ctx).Where("tenant = ? AND number = ? AND id > ?", words(id.Tenant), id.Number, after).
		Order("id").Limit(max(limit, 0)).Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: read on in the history of %s: %w", id, err))
	}
	return entriesOf(rows), nil
}

func entriesOf(rows []historyRow) []ticket.Entry {
	entries := make([]ticket.Entry, len(rows))
	for i, row := range rows {
		entries[i] = ticket.Entry{
			ID: row.ID, Version: row.Version, At: instant(row.At),
			By:   ticket.Person{ID: row.ByID, Name: row.ByName, ObjectID: row.ByObjectID},
			Kind: ticket.EntryKind(row.Kind), Subject: row.Subject,
			From: row.OldValue, To: row.NewValue, Note: row.Note, Key: row.Key,
		}
	}
	return entries
}

// Pressed tells which ticket the click with the key has changed.
func (r reader) Pressed(ctx context.Context, tenant, key string) (ticket.ID, bool, error) {
	if words(key) == "" {
		return ticket.ID{}, false, nil
	}
	var row historyRow
	err := r.orm.WithContext(ctx).Select("number").Where("tenant = ? AND key = ? AND key <> ''", words(tenant), words(key)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.ID{}, false, nil
	}
	if err != nil {
		return ticket.ID{}, false, explain(fmt.Errorf("store: find a click: %w", err))
	}
	return ticket.ID{Tenant: tenant, Number: row.Number}, true, nil
}

// historyOf stores the lines of one change.
func historyOf(id ticket.ID, entries []ticket.Entry) statement {
	values := make([]any, 0, len(entries)*historyWidth)
	for _, entry := range entries {
		values = append(values, words(id.Tenant), id.Number, entry.Version, instant(entry.At),
			words(entry.By.ID), words(entry.By.Name), words(entry.By.ObjectID), string(entry.Kind), words(entry.Subject),
			words(entry.From), words(entry.To), words(entry.Note), words(entry.Key))
	}
	return statement{insertHistory + places(len(entries), historyWidth), values}
}
