package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"handrail/internal/ticket"
)

// personRow is what is known of a person.
type personRow struct {
	Tenant         string `gorm:"primaryKey"`
	ID             string `gorm:"primaryKey"`
	ObjectID, Name string
	Locale, Zone   string
	SeenAt         time.Time
}

// TableName names the table.
func (*personRow) TableName() string { return "people" }

func (row *personRow) acquaintance() ticket.Acquaintance {
	return ticket.Acquaintance{
		Person: ticket.Person{ID: row.ID, Name: row.Name, ObjectID: row.ObjectID},
		Tenant: row.Tenant, Locale: row.Locale, Zone: row.Zone, SeenAt: instant(row.SeenAt),
	}
}

// Person gives what is known of the person who has the ID or the ObjectID.
func (r reader) Person(ctx context.Context, tenant, id string) (ticket.Acquaintance, bool, error) {
	if words(id) == "" {
		return ticket.Acquaintance{}, false, nil
	}
	var row personRow
	err := r.orm.WithContext(ctx).Where("tenant = ? AND (id = ? OR object_id = ?)", words(tenant), words(id), words(id)).
		Order("seen_at DESC").Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.Acquaintance{}, false, nil
	}
	if err != nil {
		return ticket.Acquaintance{}, false, explain(fmt.Errorf("store: find a person: %w", err))
	}
	return row.acquaintance(), true, nil
}

// People lists, by name, those whose name is known and who were seen since then.
func (r reader) People(ctx context.Context, tenant string, since time.Time, limit int) ([]ticket.Acquaintance, error) {
	var rows []personRow
	err := r.orm.WithContext(ctx).Where("tenant = ? AND seen_at >= ? AND name <> ''", words(tenant), instant(since)).
		Order("lower(name), id").Limit(max(limit, 0)).Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: list people: %w", err))
	}
	people := make([]ticket.Acquaintance, len(rows))
	for i := range rows {
		people[i] = rows[i].acquaintance()
	}
	return people, nil
}

// Meet stores what is now known of a person. What is left empty stays as it was known before.
func (t *tx) Meet(ctx context.Context, who ticket.Acquaintance) error {
	row := personRow{
		Tenant: words(who.Tenant), ID: words(who.ID), ObjectID: words(who.ObjectID), Name: words(who.Name),
		Locale: words(who.Locale), Zone: words(who.Zone), SeenAt: instant(who.SeenAt),
	}
	known := clause.AssignmentColumns([]string{"seen_at"})
	for _, column := range []string{"object_id", "name", "locale", "zone"} {
		known = append(known, newest("people", column))
	}
	err := t.orm.WithContext(ctx).
		Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "tenant"}, {Name: "id"}}, DoUpdates: known}).Create(&row).Error
	if err != nil {
		return explain(fmt.Errorf("store: meet a person: %w", err))
	}
	return nil
}
