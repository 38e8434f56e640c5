package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"handrail/internal/ticket"
)

// addressRow is what is known of a place.
type addressRow struct {
	Tenant       string `gorm:"primaryKey"`
	Conversation string `gorm:"primaryKey"`
	Thread       string `gorm:"primaryKey"`

	Kind, ServiceURL                     string
	BotID, BotName                       string
	PersonID, PersonName, PersonObjectID string
	Team, Channel                        string
	Locale, Zone                         string
	Refused                              string
	LearntAt                             time.Time
}

// TableName names the table.
func (*addressRow) TableName() string { return "addresses" }

// welcomeRow notes that a place was welcomed.
type welcomeRow struct {
	Tenant       string `gorm:"primaryKey"`
	Conversation string `gorm:"primaryKey"`
	Thread       string `gorm:"primaryKey"`
	At           time.Time
}

// TableName names the table.
func (*welcomeRow) TableName() string { return "welcomes" }

// addressColumns are the columns beside the key and the time, in the order of
// fields. They are read in every job that sends: in SQL of our own, as a ticket's.
const addressColumns = "kind, service_url, bot_id, bot_name, person_id, person_name, person_object_id, team, channel, locale, zone, refused"

// Address gives what is known of a place.
func (r reader) Address(ctx context.Context, place ticket.Place) (ticket.Address, bool, error) {
	return r.address(ctx, "tenant = ? AND conversation = ? AND thread = ?",
		words(place.Tenant), words(place.Conversation), words(place.Thread))
}

// PersonalAddress gives the personal conversation with a person, the one that was learnt last.
func (r reader) PersonalAddress(ctx context.Context, tenant, person string) (ticket.Address, bool, error) {
	if words(person) == "" {
		return ticket.Address{}, false, nil
	}
	return r.address(ctx, "tenant = ? AND kind = 'personal' AND (person_id = ? OR person_object_id = ?) ORDER BY learnt_at DESC LIMIT 1",
		words(tenant), words(person), words(person))
}

func (r reader) address(ctx context.Context, where string, args ...any) (ticket.Address, bool, error) {
	var row addressRow
	key := []any{&row.Tenant, &row.Conversation, &row.Thread}
	err := r.row(ctx, append(key, row.fields()...), "SELECT tenant, conversation, thread, "+addressColumns+" FROM addresses WHERE "+where, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return ticket.Address{}, false, nil
	}
	if err != nil {
		return ticket.Address{}, false, explain(fmt.Errorf("store: read an address: %w", err))
	}
	return row.address(), true, nil
}

func (row *addressRow) fields() []any {
	return []any{
		&row.Kind, &row.ServiceURL, &row.BotID, &row.BotName, &row.PersonID, &row.PersonName, &row.PersonObjectID,
		&row.Team, &row.Channel, &row.Locale, &row.Zone, &row.Refused,
	}
}

func (row *addressRow) address() ticket.Address {
	return ticket.Address{
		Place: ticket.Place{Tenant: row.Tenant, Conversation: row.Conversation, Thread: row.Thread},
		Kind:  ticket.PlaceKind(row.Kind), ServiceURL: row.ServiceURL, BotID: row.BotID, BotName: row.BotName,
		Person: ticket.Person{ID: row.PersonID, Name: row.PersonName, ObjectID: row.PersonObjectID},
		Team:   row.Team, Channel: row.Channel, Locale: row.Locale, Zone: row.Zone, Refused: row.Refused,
	}
}

// Learn stores what is now known of a place. What the new address leaves empty
// stays as it was known before, except the refusal, which an empty one ends.
func (t *tx) Learn(ctx context.Context, a ticket.Address) error {
	row := addressRow{
		Tenant: words(a.Tenant), Conversation: words(a.Conversation), Thread: words(a.Thread),
		Kind: string(a.Kind), ServiceURL: words(a.ServiceURL), BotID: words(a.BotID), BotName: words(a.BotName),
		PersonID: words(a.Person.ID), PersonName: words(a.Person.Name), PersonObjectID: words(a.Person.ObjectID),
		Team: words(a.Team), Channel: words(a.Channel), Locale: words(a.Locale), Zone: words(a.Zone),
		Refused: words(a.Refused), LearntAt: instant(t.db.now()),
	}
	known := clause.AssignmentColumns([]string{"refused", "learnt_at"})
	for _, column := range []string{
		"kind", "service_url", "bot_id", "bot_name", "person_id", "person_name", "person_object_id",
		"team", "channel", "locale", "zone",
	} {
		known = append(known, newest("addresses", column))
	}
	err := t.orm.WithContext(ctx).Clauses(clause.OnConflict{Columns: placeColumns(), DoUpdates: known}).Create(&row).Error
	if err != nil {
		return explain(fmt.Errorf("store: learn an address: %w", err))
	}
	return nil
}

// Refuse notes that nothing can be sent to a place, and tells whether that is news.
func (t *tx) Refuse(ctx context.Context, place ticket.Place, why ticket.Refusal) (bool, error) {
	result := t.orm.WithContext(ctx).Exec(
		"UPDATE addresses SET refused = ? WHERE tenant = ? AND conversation = ? AND thread = ? AND refused <> ?",
		string(why), words(place.Tenant), words(place.Conversation), words(place.Thread), string(why))
	if result.Error != nil {
		return false, explain(fmt.Errorf("store: note a refusal: %w", result.Error))
	}
	return result.RowsAffected > 0, nil
}

// Forget removes what is known of places.
func (t *tx) Forget(ctx context.Context, places ...ticket.Place) error {
	for _, place := range places {
		err := t.orm.WithContext(ctx).Exec("DELETE FROM addresses WHERE tenant = ? AND conversation = ? AND thread = ?",
			words(place.Tenant), words(place.Conversation), words(place.Thread)).Error
		if err != nil {
			return explain(fmt.Errorf("store: forget an address: %w", err))
		}
	}
	return nil
}

// newest gives the assignment of a column that an empty new value leaves as it is.
func newest(table, column string) clause.Assignment {
	return clause.Assignment{
		Column: clause.Column{Name: column},
		Value:  gorm.Expr("CASE WHEN excluded." + column + " = '' THEN " + table + "." + column + " ELSE excluded." + column + " END"),
	}
}

// Welcome tells whether the place has not been welcomed before, and notes that it is.
func (t *tx) Welcome(ctx context.Context, place ticket.Place) (bool, error) {
	row := welcomeRow{
		Tenant: words(place.Tenant), Conversation: words(place.Conversation), Thread: words(place.Thread),
		At: instant(t.db.now()),
	}
	result := t.orm.WithContext(ctx).Clauses(clause.OnConflict{Columns: placeColumns(), DoNothing: true}).Create(&row)
	if result.Error != nil {
		return false, explain(fmt.Errorf("store: note a welcome: %w", result.Error))
	}
	return result.RowsAffected == 1, nil
}

func placeColumns() []clause.Column {
	return []clause.Column{{Name: "tenant"}, {Name: "conversation"}, {Name: "thread"}}
}
