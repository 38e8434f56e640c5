package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"handrail/internal/ticket"
)

// absenceRow is the absence of a person.
type absenceRow struct {
	Tenant                                  string `gorm:"primaryKey"`
	PersonID                                string `gorm:"primaryKey"`
	PersonName, PersonObjectID              string
	Since, Until                            time.Time
	StandInID, StandInName, StandInObjectID string
}

// TableName names the table.
func (*absenceRow) TableName() string { return "absences" }

// absenceColumns are the columns beside the key. They are read for every card
// that is drawn: in SQL of our own, as a ticket's.
const absenceColumns = "person_name, person_object_id, since, until, stand_in_id, stand_in_name, stand_in_object_id"

// Absence gives the absence that a person has told; it may be over.
func (r reader) Absence(ctx context.Context, tenant, person string) (ticket.Absence, bool, error) {
	row := absenceRow{Tenant: words(tenant), PersonID: words(person)}
	err := r.row(ctx, []any{
		&row.PersonName, &row.PersonObjectID, &row.Since, &row.Until, &row.StandInID, &row.StandInName, &row.StandInObjectID,
	}, "SELECT "+absenceColumns+" FROM absences WHERE tenant = ? AND person_id = ?", row.Tenant, row.PersonID)
	if errors.Is(err, sql.ErrNoRows) {
		return ticket.Absence{}, false, nil
	}
	if err != nil {
		return ticket.Absence{}, false, explain(fmt.Errorf("store: find an absence: %w", err))
	}
	absence := ticket.Absence{
		Tenant: row.Tenant, Person: ticket.Person{ID: row.PersonID, Name: row.PersonName, ObjectID: row.PersonObjectID},
		Since: instant(row.Since), Until: instant(row.Until),
	}
	if row.StandInID != "" {
		absence.StandIn = &ticket.Person{ID: row.StandInID, Name: row.StandInName, ObjectID: row.StandInObjectID}
	}
	return absence, true, nil
}

// SaveAbsence stores the absence of a person in place of an earlier one.
func (t *tx) SaveAbsence(ctx context.Context, absence ticket.Absence) error {
	row := absenceRow{
		Tenant: words(absence.Tenant), PersonID: words(absence.Person.ID), PersonName: words(absence.Person.Name),
		PersonObjectID: words(absence.Person.ObjectID), Since: instant(absence.Since), Until: instant(absence.Until),
	}
	if stand := absence.StandIn; stand != nil {
		row.StandInID, row.StandInName, row.StandInObjectID = words(stand.ID), words(stand.Name), words(stand.ObjectID)
	}
	err := t.orm.WithContext(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "tenant"}, {Name: "person_id"}}, UpdateAll: true,
	}).Create(&row).Error
	if err != nil {
		return explain(fmt.Errorf("store: save an absence: %w", err))
	}
	return nil
}

// EndAbsence forgets the absence of a person.
func (t *tx) EndAbsence(ctx context.Context, tenant, person string) error {
	err := t.orm.WithContext(ctx).Where("tenant = ? AND person_id = ?", words(tenant), words(person)).Delete(&absenceRow{}).Error
	if err != nil {
		return explain(fmt.Errorf("store: end an absence: %w", err))
	}
	return nil
}
