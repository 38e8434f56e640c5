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

// recordRow is what is known of a ticket's record.
type recordRow struct {
	Tenant string `gorm:"primaryKey"`
	Number int64  `gorm:"primaryKey;autoIncrement:false"`

	Key, Model  string
	Record      int64
	Label, URL  string
	Base, Said  string
	Sent, Heard int64
	// Trouble is the word of what is in Stop, to be searched by.
	Trouble, Stop         string
	Through, Live, Leased time.Time
}

// TableName names the table.
func (*recordRow) TableName() string { return "records" }

func (row *recordRow) record() (ticket.Record, error) {
	record := ticket.Record{
		ID: ticket.ID{Tenant: row.Tenant, Number: row.Number}, Key: row.Key,
		Ref:  ticket.RecordRef{Model: row.Model, Number: row.Record, Label: row.Label, URL: row.URL},
		Sent: row.Sent, Heard: row.Heard, Leased: instant(row.Leased),
		Through: instant(row.Through), Live: instant(row.Live),
	}
	return record, errors.Join(decode(row.Base, &record.Base), decode(row.Said, &record.Said), decode(row.Stop, &record.Trouble))
}

// Record gives what is known of a ticket's record; false where it has none yet.
func (r reader) Record(ctx context.Context, id ticket.ID) (ticket.Record, bool, error) {
	found, err := records(r.orm.WithContext(ctx).Where("tenant = ? AND number = ?", words(id.Tenant), id.Number))
	if err != nil || len(found) == 0 {
		return ticket.Record{}, false, err
	}
	return found[0], true, nil
}

// RecordsWithKeys gives the records with the keys, in the order of their tickets.
func (r reader) RecordsWithKeys(ctx context.Context, keys ...string) ([]ticket.Record, error) {
	return records(r.orm.WithContext(ctx).Where("key IN ?", keys))
}

// RecordsOf gives what is known of records, in the order of their tickets.
func (r reader) RecordsOf(ctx context.Context, refs ...ticket.RecordRef) ([]ticket.Record, error) {
	numbers := map[string][]int64{}
	for _, ref := range refs {
		numbers[ref.Model] = append(numbers[ref.Model], ref.Number)
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	orm := r.orm.WithContext(ctx)
	chosen := orm.Where("false")
	for model, these := range numbers {
		chosen = chosen.Or("model = ? AND record IN ? AND record <> 0", model, these)
	}
	return records(orm.Where(chosen))
}

// RecordsWait gives the records after the ticket that something holds up, or that lack lines.
func (r reader) RecordsWait(ctx context.Context, after ticket.ID, limit int) ([]ticket.Record, error) {
	return records(r.orm.WithContext(ctx).Where("(tenant, number) > (?, ?)", words(after.Tenant), after.Number).
		Where("trouble <> '' OR record = 0 OR EXISTS (SELECT 1 FROM history h " +
			"WHERE h.tenant = records.tenant AND h.number = records.number AND h.id > records.sent)").
		Limit(max(limit, 0)))
}

func records(chosen *gorm.DB) ([]ticket.Record, error) {
	var rows []recordRow
	if err := chosen.Order("tenant, number").Find(&rows).Error; err != nil {
		return nil, explain(fmt.Errorf("store: read records: %w", err))
	}
	found := make([]ticket.Record, len(rows))
	for i := range rows {
		var err error
		if found[i], err = rows[i].record(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Unrecorded gives the tickets after the given one that have no record although
// they are open, or were opened since then.
func (r reader) Unrecorded(ctx context.Context, since time.Time, after ticket.ID, limit int) ([]ticket.ID, error) {
	var rows []ticketRow
	err := r.orm.WithContext(ctx).Select("tenant", "number").
		Where("(tenant, number) > (?, ?)", words(after.Tenant), after.Number).
		Where("(state = 'open' OR opened_at >= ?)", instant(since)).
		Where("NOT EXISTS (SELECT 1 FROM records r WHERE r.tenant = tickets.tenant AND r.number = tickets.number)").
		Order("tenant, number").Limit(max(limit, 0)).Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: find tickets without a record: %w", err))
	}
	ids := make([]ticket.ID, len(rows))
	for i, row := range rows {
		ids[i] = ticket.ID{Tenant: row.Tenant, Number: row.Number}
	}
	return ids, nil
}

// Recorded gives tickets with where their records are.
func (r reader) Recorded(ctx context.Context, tenant string, after int64, limit int) ([]ticket.Recorded, error) {
	var rows []struct {
		Number                    int64
		Title, Class, Step, State string
		Model, Label, URL         string
		Record                    int64
	}
	err := r.orm.WithContext(ctx).Raw("SELECT t.number, t.title, t.class, t.step, t.state, "+
		"coalesce(r.model, '') AS model, coalesce(r.label, '') AS label, coalesce(r.url, '') AS url, coalesce(r.record, 0) AS record "+
		"FROM tickets t LEFT JOIN records r ON r.tenant = t.tenant AND r.number = t.number "+
		"WHERE t.tenant = ? AND t.number > ? AND (t.state = 'open' OR r.number IS NOT NULL) ORDER BY t.number LIMIT ?",
		words(tenant), after, max(limit, 0)).Scan(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: read tickets with their records: %w", err))
	}
	found := make([]ticket.Recorded, len(rows))
	for i, row := range rows {
		found[i] = ticket.Recorded{
			Number: row.Number, Title: row.Title, Class: ticket.Class(row.Class), Step: ticket.Step(row.Step), State: ticket.State(row.State),
			Ref: ticket.RecordRef{Model: row.Model, Number: row.Record, Label: row.Label, URL: row.URL},
		}
	}
	return found, nil
}

// LockRecord gives what is known of the record of a ticket, and holds it for this transaction.
func (t *tx) LockRecord(ctx context.Context, of *ticket.Ticket) (ticket.Record, error) {
	orm := t.orm.WithContext(ctx)
	if t.db.lock != "" {
		orm = orm.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	}
	find := func() ([]ticket.Record, error) {
		return records(orm.Session(&gorm.Session{}).Where("tenant = ? AND number = ?", words(of.Tenant), of.Number))
	}
	found, err := find()
	if err != nil {
		return ticket.Record{}, err
	}
	if len(found) == 0 {
		row := recordRow{
			Tenant: words(of.Tenant), Number: of.Number, Key: words(of.RecordKey()), Base: "{}", Said: "{}", Stop: "{}",
			Through: instant(time.Time{}), Live: instant(time.Time{}), Leased: instant(time.Time{}),
		}
		if err := t.orm.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return ticket.Record{}, explain(fmt.Errorf("store: note the record of %s: %w", of, err))
		}
		if found, err = find(); err == nil && len(found) == 0 {
			err = fmt.Errorf("store: the record of %s is not there although it was noted", of)
		}
		if err != nil {
			return ticket.Record{}, err
		}
	}
	return found[0], nil
}

// SaveRecord stores what is known of a record that was locked.
func (t *tx) SaveRecord(ctx context.Context, record ticket.Record) error {
	base, err := encode(record.Base)
	if err != nil {
		return err
	}
	said, err := encode(record.Said)
	if err != nil {
		return err
	}
	stop, err := encode(record.Trouble)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, statement{
		"UPDATE records SET model = ?, record = ?, label = ?, url = ?, base = ?, said = ?, sent = ?, heard = ?, trouble = ?, stop = ?, " +
			"through = ?, live = ?, leased = ? WHERE tenant = ? AND number = ?",
		[]any{
			words(record.Ref.Model), record.Ref.Number, words(record.Ref.Label), words(record.Ref.URL), base, said, record.Sent, record.Heard,
			string(record.Trouble.Why), stop, instant(record.Through), instant(record.Live), instant(record.Leased),
			words(record.Tenant), record.Number,
		},
	})
	if err != nil {
		return explain(fmt.Errorf("store: save the record of %s: %w", record.ID, err))
	}
	return nil
}
