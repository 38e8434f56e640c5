package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	// What the program of the version before leaves out is empty.
	Mail, SignIn, OwnMail string
	MailDue               *time.Time
}

// TableName names the table.
func (*personRow) TableName() string { return "people" }

func (row *personRow) acquaintance() ticket.Acquaintance {
	who := ticket.Acquaintance{
		Person: ticket.Person{ID: row.ID, Name: row.Name, ObjectID: row.ObjectID},
		Tenant: row.Tenant, Locale: row.Locale, Zone: row.Zone, SeenAt: instant(row.SeenAt),
		Mail: row.Mail, SignIn: row.SignIn, OwnMail: row.OwnMail,
	}
	if row.MailDue != nil {
		who.MailDue = instant(*row.MailDue)
	}
	return who
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

// PersonByMail gives who is known under a mail address: what the organisation says goes
// before what people say of themselves.
func (r reader) PersonByMail(ctx context.Context, tenant, mail string) (ticket.Acquaintance, bool, error) {
	mail = mailAddress(mail)
	if mail == "" {
		return ticket.Acquaintance{}, false, nil
	}
	var row personRow
	best := clause.OrderBy{Expression: clause.Expr{
		SQL:  "CASE WHEN mail = ? THEN 0 WHEN sign_in = ? THEN 1 ELSE 2 END, seen_at DESC, id",
		Vars: []any{mail, mail}, WithoutParentheses: true,
	}}
	// The empty ones are left out in words, so that the indexes are used.
	err := r.orm.WithContext(ctx).Clauses(best).
		Where("tenant = ? AND (mail <> '' AND mail = ? OR sign_in <> '' AND sign_in = ? OR own_mail <> '' AND own_mail = ?)",
			words(tenant), mail, mail, mail).
		Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.Acquaintance{}, false, nil
	}
	if err != nil {
		return ticket.Acquaintance{}, false, explain(fmt.Errorf("store: find a person by mail: %w", err))
	}
	return row.acquaintance(), true, nil
}

// mailAddress gives a mail address as it is stored: two that differ in case only are the same.
func mailAddress(mail string) string { return strings.ToLower(words(mail)) }

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

// LearnMail stores what the organisation says of a person's addresses.
func (t *tx) LearnMail(ctx context.Context, who ticket.Acquaintance) error {
	var due *time.Time
	if !who.MailDue.IsZero() {
		at := instant(who.MailDue)
		due = &at
	}
	return t.update(ctx, who, map[string]any{"mail": mailAddress(who.Mail), "sign_in": mailAddress(who.SignIn), "mail_due": due})
}

// SayMail stores the address that a person has given.
func (t *tx) SayMail(ctx context.Context, who ticket.Acquaintance) error {
	return t.update(ctx, who, map[string]any{"own_mail": mailAddress(who.OwnMail)})
}

func (t *tx) update(ctx context.Context, who ticket.Acquaintance, columns map[string]any) error {
	err := t.orm.WithContext(ctx).Model(new(personRow)).Where("tenant = ? AND id = ?", words(who.Tenant), words(who.ID)).
		Updates(columns).Error
	if err != nil {
		return explain(fmt.Errorf("store: note the mail address of a person: %w", err))
	}
	return nil
}
