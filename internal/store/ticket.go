package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"handrail/internal/ticket"
)

// ticketRow is a ticket as it is stored: what is asked for or reported has a
// column, the rest is JSON.
type ticketRow struct {
	Tenant  string `gorm:"primaryKey"`
	Number  int64  `gorm:"primaryKey;autoIncrement:false"`
	Version int64

	Title, Customer, Details string
	Users                    *int
	DueAt, DueSince          *time.Time

	Derived, Because string
	// Class is the one in force, ClassRank its place among the classes.
	Class         string
	ClassRank     int
	ClassOverride *string

	Step, State                       string
	OwnerID, OwnerName, OwnerObjectID string
	OpenedByID, OpenedByName          string
	OpenedByObjectID                  string
	OpenedAt                          time.Time
	AcknowledgedAt, CustomerToldAt    *time.Time
	ResolvedAt, ClosedAt              *time.Time
	ClosedEarly                       string
	UpdatedAt                         time.Time `gorm:"autoUpdateTime:false"`
	Marks, Escalations, Reminded      string
	// ClockDue is when the next clock is due. The two after the breaches are
	// JSON, and null while there are none, which is most of the time.
	ClockDue           *time.Time
	Breaches           int
	Snoozes, Unreached *string
	StatusText         string
	StatusAt           *time.Time
	// Gathered is JSON, and null while there is nothing.
	Gathered        *string
	Files           int
	CustomerWroteAt *time.Time
	// Leader, and Linked, which is JSON, are null for most tickets.
	Leader *int64
	Linked *string
	// Origin is JSON, and null for a ticket that was opened from no message.
	Origin *string
	// Search is what words are looked for in.
	Search string
}

// TableName names the table.
func (*ticketRow) TableName() string { return "tickets" }

// ticketColumns names the columns in the order of fields and values. Reading,
// creating and saving one ticket is done in SQL of our own: it is in every
// turn, and GORM's way through reflection takes several times as long.
const ticketColumns = "tenant, number, version, title, customer, details, users, due_at, due_since, derived, because, " +
	"class, class_rank, class_override, step, state, owner_id, owner_name, owner_object_id, " +
	"opened_by_id, opened_by_name, opened_by_object_id, opened_at, acknowledged_at, customer_told_at, resolved_at, " +
	"closed_at, closed_early, updated_at, marks, escalations, reminded, clock_due, breaches, snoozes, unreached, " +
	"status_text, status_at, gathered, files, customer_wrote_at, leader, linked, origin, search"

// ticketKey is how many of the columns are the key, which no change touches.
const ticketKey = 2

// The statements on one ticket; updateTicket sets all columns after the key.
var (
	selectTicket = "SELECT " + ticketColumns + ", EXISTS (SELECT 1 FROM absences a WHERE a.tenant = tickets.tenant AND a.person_id = owner_id) " +
		"FROM tickets WHERE tenant = ? AND number = ?"
	insertTicket = "INSERT INTO tickets (" + ticketColumns + ") VALUES " + places(1, strings.Count(ticketColumns, ",")+1)
	updateTicket = "UPDATE tickets SET " +
		strings.Join(strings.Split(ticketColumns, ", ")[ticketKey:], " = ?, ") +
		" = ? WHERE tenant = ? AND number = ? AND version = ?"
)

func (row *ticketRow) fields() []any {
	return []any{
		&row.Tenant, &row.Number, &row.Version, &row.Title, &row.Customer, &row.Details, &row.Users, &row.DueAt, &row.DueSince,
		&row.Derived, &row.Because, &row.Class, &row.ClassRank, &row.ClassOverride, &row.Step, &row.State,
		&row.OwnerID, &row.OwnerName, &row.OwnerObjectID, &row.OpenedByID, &row.OpenedByName, &row.OpenedByObjectID,
		&row.OpenedAt, &row.AcknowledgedAt, &row.CustomerToldAt, &row.ResolvedAt, &row.ClosedAt, &row.ClosedEarly,
		&row.UpdatedAt, &row.Marks, &row.Escalations, &row.Reminded,
		&row.ClockDue, &row.Breaches, &row.Snoozes, &row.Unreached, &row.StatusText, &row.StatusAt, &row.Gathered, &row.Files,
		&row.CustomerWroteAt, &row.Leader, &row.Linked, &row.Origin, &row.Search,
	}
}

func (row *ticketRow) values() []any {
	return []any{
		row.Tenant, row.Number, row.Version, row.Title, row.Customer, row.Details, row.Users, row.DueAt, row.DueSince,
		row.Derived, row.Because, row.Class, row.ClassRank, row.ClassOverride, row.Step, row.State,
		row.OwnerID, row.OwnerName, row.OwnerObjectID, row.OpenedByID, row.OpenedByName, row.OpenedByObjectID,
		row.OpenedAt, row.AcknowledgedAt, row.CustomerToldAt, row.ResolvedAt, row.ClosedAt, row.ClosedEarly,
		row.UpdatedAt, row.Marks, row.Escalations, row.Reminded,
		row.ClockDue, row.Breaches, row.Snoozes, row.Unreached, row.StatusText, row.StatusAt, row.Gathered, row.Files,
		row.CustomerWroteAt, row.Leader, row.Linked, row.Origin, row.Search,
	}
}

// places gives the place holders for the values of some rows, "(?, ?), (?, ?)".
func places(rows, columns int) string {
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	return strings.Repeat(row+", ", rows-1) + row
}

// Ticket gives a ticket.
func (r reader) Ticket(ctx context.Context, id ticket.ID) (*ticket.Ticket, error) {
	return r.take(ctx, id, "")
}

func (r reader) take(ctx context.Context, id ticket.ID, lock string) (*ticket.Ticket, error) {
	var row ticketRow
	var away bool
	err := r.row(ctx, append(row.fields(), &away), selectTicket+lock, words(id.Tenant), id.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ticket.ErrNotFound(id.Number)
	}
	if err != nil {
		return nil, explain(fmt.Errorf("store: read %s: %w", id, err))
	}
	t, err := row.ticket()
	if err != nil {
		return nil, err
	}
	t.OwnerAway = away
	return t, nil
}

// Tickets gives one page of a tenant's tickets.
func (r reader) Tickets(ctx context.Context, query ticket.Query) (ticket.Page, error) {
	where, values := condition(query)
	chosen := r.orm.WithContext(ctx).Model(&ticketRow{}).Where(where, values...).Session(&gorm.Session{})
	var total int64
	if err := chosen.Count(&total).Error; err != nil {
		return ticket.Page{}, explain(fmt.Errorf("store: count tickets: %w", err))
	}
	var rows []ticketRow
	err := chosen.Order(byUrgency).Offset(max(query.Skip, 0)).Limit(max(query.Limit, 0)).Find(&rows).Error
	if err != nil {
		return ticket.Page{}, explain(fmt.Errorf("store: list tickets: %w", err))
	}
	page := ticket.Page{Total: int(total), Tickets: make([]*ticket.Ticket, len(rows))}
	for i := range rows {
		if page.Tickets[i], err = rows[i].ticket(); err != nil {
			return ticket.Page{}, err
		}
	}
	return page, nil
}

// OpenAfter gives the open tickets of all tenants in the order of their ids.
func (r reader) OpenAfter(ctx context.Context, after ticket.ID, limit int) ([]*ticket.Ticket, error) {
	var rows []ticketRow
	err := r.orm.WithContext(ctx).Where("state = 'open' AND (tenant, number) > (?, ?)", words(after.Tenant), after.Number).
		Order("tenant, number").Limit(max(limit, 0)).Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: walk through open tickets: %w", err))
	}
	found := make([]*ticket.Ticket, len(rows))
	for i := range rows {
		if found[i], err = rows[i].ticket(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Lock gives the newest state of a ticket and holds it for this transaction.
// SQLite has one writer at a time and needs no lock of its own.
func (t *tx) Lock(ctx context.Context, id ticket.ID) (*ticket.Ticket, error) {
	locked, err := t.take(ctx, id, t.db.lock)
	if err == nil {
		t.found[locked.ID] = findableOf(locked)
	}
	return locked, err
}

// Create stores a new ticket with its history, and gives it its number and version 1.
func (t *tx) Create(ctx context.Context, created *ticket.Ticket, entries ...ticket.Entry) error {
	if len(entries) == 0 {
		return errNoHistory
	}
	var number int64
	err := t.row(ctx, []any{&number}, `INSERT INTO counters (tenant, last) VALUES (?, 1)
		ON CONFLICT (tenant) DO UPDATE SET last = counters.last + 1 RETURNING last`, words(created.Tenant))
	if err != nil {
		return explain(fmt.Errorf("store: number a ticket: %w", err))
	}
	created.Number, created.Version = number, 1
	row, err := rowOf(created)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, statement{insertTicket, row.values()}, historyOf(created.ID, entries), t.wordsOf(created))
	if err != nil {
		return explain(fmt.Errorf("store: create %s: %w", created, err))
	}
	return nil
}

// Save stores a ticket with the history of its change, and counts its version up.
func (t *tx) Save(ctx context.Context, saved *ticket.Ticket, entries ...ticket.Entry) error {
	if len(entries) == 0 {
		return errNoHistory
	}
	row, err := rowOf(saved)
	if err != nil {
		return err
	}
	row.Version++
	update := statement{updateTicket, append(row.values()[ticketKey:], row.Tenant, row.Number, saved.Version)}
	statements := []statement{update, historyOf(saved.ID, entries)}
	if was, locked := t.found[saved.ID]; !locked || was != findableOf(saved) {
		statements = append(statements, t.wordsOf(saved))
	}
	changed, err := t.exec(ctx, statements...)
	if len(changed) > 0 && changed[0] == 0 {
		return &ticket.Error{Kind: ticket.Stale, Message: "error.stale", Args: map[string]any{"Ticket": saved.String()}}
	}
	if err != nil {
		return explain(fmt.Errorf("store: save %s: %w", saved, err))
	}
	saved.Version = row.Version
	t.found[saved.ID] = findableOf(saved)
	return nil
}

// Retime stores when a ticket's next clock is due, and nothing else.
func (t *tx) Retime(ctx context.Context, retimed *ticket.Ticket) error {
	err := t.orm.WithContext(ctx).Exec("UPDATE tickets SET clock_due = ? WHERE tenant = ? AND number = ? AND version = ?",
		instantOrNull(retimed.NextDue), words(retimed.Tenant), retimed.Number, retimed.Version).Error
	if err != nil {
		return explain(fmt.Errorf("store: retime %s: %w", retimed, err))
	}
	return nil
}

// errNoHistory refuses a change that nobody could read of later.
var errNoHistory = errors.New("store: a ticket is stored with a line of history only")

func rowOf(t *ticket.Ticket) (ticketRow, error) {
	row := ticketRow{
		Tenant: words(t.Tenant), Number: t.Number, Version: t.Version,
		Title: words(t.Title), Customer: words(t.Customer), Details: words(t.Details), Users: t.Users,
		DueAt: instantOrNull(t.DueAt), DueSince: instantOrNull(t.DueSince),
		Derived: string(t.Derived), Because: string(t.Because),
		Class: string(t.Class()), ClassRank: slices.Index(ticket.Classes(), t.Class()),
		Step: string(t.Step), State: string(t.State),
		OpenedByID: words(t.OpenedBy.ID), OpenedByName: words(t.OpenedBy.Name), OpenedByObjectID: words(t.OpenedBy.ObjectID),
		OpenedAt: instant(t.OpenedAt), AcknowledgedAt: instantOrNull(t.AcknowledgedAt),
		CustomerToldAt: instantOrNull(t.CustomerToldAt), ResolvedAt: instantOrNull(t.ResolvedAt),
		ClosedAt: instantOrNull(t.ClosedAt), ClosedEarly: words(t.ClosedEarly), UpdatedAt: instant(t.UpdatedAt),
		StatusText: words(t.StatusText), StatusAt: instantOrNull(t.StatusAt),
		ClockDue: instantOrNull(t.NextDue), Breaches: t.Breaches, Files: t.Files,
		CustomerWroteAt: instantOrNull(t.CustomerWroteAt), Search: searchable(t),
	}
	if t.Owner != nil {
		row.OwnerID, row.OwnerName, row.OwnerObjectID = words(t.Owner.ID), words(t.Owner.Name), words(t.Owner.ObjectID)
	}
	if t.Leader != 0 {
		row.Leader = &t.Leader
	}
	var err error
	if row.Linked, err = encodeOrNull(t.Following, t.Following != nil); err != nil {
		return ticketRow{}, err
	}
	if row.ClassOverride, err = encodeOrNull(t.Override, t.Override != nil); err != nil {
		return ticketRow{}, err
	}
	if row.Snoozes, err = encodeOrNull(t.Snoozes, len(t.Snoozes) > 0); err != nil {
		return ticketRow{}, err
	}
	if row.Unreached, err = encodeOrNull(t.Unreached, len(t.Unreached) > 0); err != nil {
		return ticketRow{}, err
	}
	if row.Gathered, err = encodeOrNull(t.Gathered, len(t.Gathered) > 0); err != nil {
		return ticketRow{}, err
	}
	if row.Origin, err = encodeOrNull(t.Origin, t.Origin != nil); err != nil {
		return ticketRow{}, err
	}
	if row.Marks, err = encode(t.Marks); err != nil {
		return ticketRow{}, err
	}
	if row.Escalations, err = encode(t.Escalations); err != nil {
		return ticketRow{}, err
	}
	row.Reminded, err = encode(t.Reminded)
	return row, err
}

func (row *ticketRow) ticket() (*ticket.Ticket, error) {
	t := &ticket.Ticket{
		ID: ticket.ID{Tenant: row.Tenant, Number: row.Number}, Version: row.Version,
		Title: row.Title, Customer: row.Customer, Details: row.Details, Users: row.Users,
		DueAt: instantOrNull(row.DueAt), DueSince: instantOrNull(row.DueSince),
		Derived: ticket.Class(row.Derived), Because: ticket.Because(row.Because),
		Step: ticket.Step(row.Step), State: ticket.State(row.State),
		OpenedBy: ticket.Person{ID: row.OpenedByID, Name: row.OpenedByName, ObjectID: row.OpenedByObjectID},
		OpenedAt: instant(row.OpenedAt), AcknowledgedAt: instantOrNull(row.AcknowledgedAt),
		CustomerToldAt: instantOrNull(row.CustomerToldAt), ResolvedAt: instantOrNull(row.ResolvedAt),
		ClosedAt: instantOrNull(row.ClosedAt), ClosedEarly: row.ClosedEarly, UpdatedAt: instant(row.UpdatedAt),
		StatusText: row.StatusText, StatusAt: instantOrNull(row.StatusAt),
		NextDue: instantOrNull(row.ClockDue), Breaches: row.Breaches, Files: row.Files,
		CustomerWroteAt: instantOrNull(row.CustomerWroteAt),
	}
	if row.OwnerID != "" {
		t.Owner = &ticket.Person{ID: row.OwnerID, Name: row.OwnerName, ObjectID: row.OwnerObjectID}
	}
	if row.Leader != nil {
		t.Leader = *row.Leader
	}
	return t, errors.Join(
		decode(row.Marks, &t.Marks), decode(row.Escalations, &t.Escalations), decode(row.Reminded, &t.Reminded),
		decodeOrNull(row.ClassOverride, &t.Override), decodeOrNull(row.Snoozes, &t.Snoozes), decodeOrNull(row.Unreached, &t.Unreached),
		decodeOrNull(row.Gathered, &t.Gathered), decodeOrNull(row.Linked, &t.Following),
		decodeOrNull(row.Origin, &t.Origin),
	)
}
