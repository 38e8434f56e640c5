package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"handrail/internal/ticket"
)

// quietRow are the quiet hours of a conversation.
type quietRow struct {
	Tenant       string `gorm:"primaryKey"`
	Conversation string `gorm:"primaryKey"`

	FromMinute, ToMinute     int
	Zone                     string
	ByID, ByName, ByObjectID string
	At                       time.Time
}

// TableName names the table.
func (*quietRow) TableName() string { return "quiets" }

// heldRow is what a place was not told in its quiet hours.
type heldRow struct {
	Tenant       string `gorm:"primaryKey"`
	Conversation string `gorm:"primaryKey"`
	Thread       string `gorm:"primaryKey"`
	Number       int64  `gorm:"primaryKey;autoIncrement:false"`

	Version int64
	Event   string
	At      time.Time
	Told    bool
}

// TableName names the table.
func (*heldRow) TableName() string { return "held" }

// Quiet gives the quiet hours of a conversation.
func (r reader) Quiet(ctx context.Context, tenant, conversation string) (ticket.Quiet, bool, error) {
	var row quietRow
	err := r.orm.WithContext(ctx).Where("tenant = ? AND conversation = ?", words(tenant), words(conversation)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.Quiet{}, false, nil
	}
	if err != nil {
		return ticket.Quiet{}, false, explain(fmt.Errorf("store: read quiet hours: %w", err))
	}
	return ticket.Quiet{
		Tenant: row.Tenant, Conversation: row.Conversation, From: row.FromMinute, To: row.ToMinute, Zone: row.Zone,
		By: ticket.Person{ID: row.ByID, Name: row.ByName, ObjectID: row.ByObjectID}, At: instant(row.At),
	}, true, nil
}

// SetQuiet stores the quiet hours of a conversation.
func (t *tx) SetQuiet(ctx context.Context, quiet ticket.Quiet) error {
	row := quietRow{
		Tenant: words(quiet.Tenant), Conversation: words(quiet.Conversation), FromMinute: quiet.From, ToMinute: quiet.To, Zone: words(quiet.Zone),
		ByID: words(quiet.By.ID), ByName: words(quiet.By.Name), ByObjectID: words(quiet.By.ObjectID), At: instant(quiet.At),
	}
	if err := t.orm.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return explain(fmt.Errorf("store: set quiet hours: %w", err))
	}
	return nil
}

// EndQuiet removes the quiet hours of a conversation.
func (t *tx) EndQuiet(ctx context.Context, tenant, conversation string) error {
	err := t.orm.WithContext(ctx).Where("tenant = ? AND conversation = ?", words(tenant), words(conversation)).Delete(&quietRow{}).Error
	if err != nil {
		return explain(fmt.Errorf("store: end quiet hours: %w", err))
	}
	return nil
}

// Hold stores notices in the place of older ones of the same place and ticket.
// The version of which the place was told never goes back.
func (t *tx) Hold(ctx context.Context, notices []ticket.HeldNotice) error {
	for some := range slices.Chunk(notices, rowsAtOnce) {
		rows := make([]heldRow, len(some))
		for i, notice := range some {
			event, err := encode(notice.Event)
			if err != nil {
				return err
			}
			rows[i] = heldRow{
				Tenant: words(notice.Tenant), Conversation: words(notice.Conversation), Thread: words(notice.Thread), Number: notice.Number,
				Version: notice.Event.Version, Event: event, At: instant(notice.At), Told: notice.Told,
			}
		}
		newest := append(clause.AssignmentColumns([]string{"event", "at", "told"}), clause.Assignment{
			Column: clause.Column{Name: "version"},
			Value:  gorm.Expr("CASE WHEN excluded.version > held.version THEN excluded.version ELSE held.version END"),
		})
		err := t.orm.WithContext(ctx).Clauses(clause.OnConflict{
			Columns: append(placeColumns(), clause.Column{Name: "number"}), DoUpdates: newest,
		}).Create(&rows).Error
		if err != nil {
			return explain(fmt.Errorf("store: hold notices back: %w", err))
		}
	}
	return nil
}

// Waiting gives the places of a conversation for which notices wait.
func (t *tx) Waiting(ctx context.Context, tenant, conversation string) ([]ticket.Place, error) {
	var threads []string
	err := t.orm.WithContext(ctx).Model(&heldRow{}).Distinct("thread").
		Where("tenant = ? AND conversation = ? AND NOT told", words(tenant), words(conversation)).Order("thread").Pluck("thread", &threads).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: find what waits: %w", err))
	}
	waiting := make([]ticket.Place, len(threads))
	for i, thread := range threads {
		waiting[i] = ticket.Place{Tenant: tenant, Conversation: conversation, Thread: thread}
	}
	return waiting, nil
}

// Release gives the notices that wait for a place, oldest first, and notes that
// they are told. Of two workers that ask at once one gets them.
func (t *tx) Release(ctx context.Context, place ticket.Place) ([]ticket.HeldNotice, error) {
	var rows []heldRow
	err := t.orm.WithContext(ctx).Raw("UPDATE held SET told = true WHERE tenant = ? AND conversation = ? AND thread = ? AND NOT told "+
		"RETURNING *", words(place.Tenant), words(place.Conversation), words(place.Thread)).Scan(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: release what was held back: %w", err))
	}
	slices.SortFunc(rows, func(a, b heldRow) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Number, b.Number)) })
	notices := make([]ticket.HeldNotice, len(rows))
	for i, row := range rows {
		notices[i] = ticket.HeldNotice{Place: place, Number: row.Number, At: instant(row.At), Told: true}
		if err := decode(row.Event, &notices[i].Event); err != nil {
			return nil, err
		}
	}
	return notices, nil
}
