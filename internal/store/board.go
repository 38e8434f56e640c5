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

// boardRow is the board of a place.
type boardRow struct {
	Tenant       string `gorm:"primaryKey"`
	Conversation string `gorm:"primaryKey"`
	Thread       string `gorm:"primaryKey"`
	Round        int64
	Activity     string
	View         string
	Page         int
	AskedAt      time.Time
	DrawnAt      *time.Time
	Due          bool
	HeldUntil    *time.Time
}

// TableName names the table.
func (*boardRow) TableName() string { return "boards" }

// Overview gives what a board shows. The counts and the order are answered from
// one index; only the tickets of the page are read.
func (r reader) Overview(ctx context.Context, query ticket.Query) (ticket.Overview, error) {
	counts, err := r.Counts(ctx, query)
	if err != nil {
		return ticket.Overview{}, err
	}
	found := ticket.Overview{Counts: counts, Skip: max(query.Skip, 0)}
	total, limit := found.Total(), max(query.Limit, 0)
	if total == 0 || limit == 0 {
		found.Skip = 0
		return found, nil
	}
	if found.Skip >= total {
		found.Skip = (total - 1) / limit * limit // the last page
	}
	where, values := condition(query)
	statement := r.orm.WithContext(ctx).Raw("SELECT "+ticketColumns+" FROM tickets WHERE "+where+
		" ORDER BY "+byUrgency+" LIMIT ? OFFSET ?", append(values, limit, found.Skip)...)
	rows, err := statement.Rows()
	if err != nil {
		return ticket.Overview{}, explain(fmt.Errorf("store: read a page of tickets: %w", err))
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row ticketRow
		if err := rows.Scan(row.fields()...); err != nil {
			return ticket.Overview{}, explain(fmt.Errorf("store: read a page of tickets: %w", err))
		}
		t, err := row.ticket()
		if err != nil {
			return ticket.Overview{}, err
		}
		found.Tickets = append(found.Tickets, t)
	}
	if err := rows.Err(); err != nil {
		return ticket.Overview{}, explain(fmt.Errorf("store: read a page of tickets: %w", err))
	}
	return found, nil
}

// Counts gives how many tickets there are by class and step, most urgent class first.
func (r reader) Counts(ctx context.Context, query ticket.Query) ([]ticket.Count, error) {
	where, values := condition(query)
	var rows []struct {
		ClassRank int
		Step      string
		Tickets   int
	}
	err := r.orm.WithContext(ctx).Raw("SELECT class_rank, step, count(*) AS tickets FROM tickets WHERE "+where+
		" GROUP BY class_rank, step", values...).Scan(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: count tickets: %w", err))
	}
	var counts []ticket.Count
	for rank, class := range ticket.Classes() {
		for _, step := range ticket.Steps() {
			for _, row := range rows {
				if row.ClassRank == rank && row.Step == string(step) {
					counts = append(counts, ticket.Count{Class: class, Step: step, Tickets: row.Tickets})
				}
			}
		}
	}
	return counts, nil
}

// Board gives the board of a place.
func (r reader) Board(ctx context.Context, place ticket.Place) (ticket.Board, bool, error) {
	return board(r.orm.WithContext(ctx), place)
}

// LockBoard gives the board of a place and holds it for this transaction.
func (t *tx) LockBoard(ctx context.Context, place ticket.Place) (ticket.Board, bool, error) {
	orm := t.orm.WithContext(ctx)
	if t.db.lock != "" {
		orm = orm.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	}
	return board(orm, place)
}

func board(orm *gorm.DB, place ticket.Place) (ticket.Board, bool, error) {
	var row boardRow
	err := orm.Where("tenant = ? AND conversation = ? AND thread = ?",
		words(place.Tenant), words(place.Conversation), words(place.Thread)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.Board{}, false, nil
	}
	if err != nil {
		return ticket.Board{}, false, explain(fmt.Errorf("store: read a board: %w", err))
	}
	found, err := row.board()
	return found, err == nil, err
}

// BoardsWait tells whether a board of the tenant that was asked for since then is not due yet.
func (r reader) BoardsWait(ctx context.Context, tenant string, since time.Time) (bool, error) {
	var found []int
	err := r.orm.WithContext(ctx).Raw("SELECT 1 FROM boards WHERE tenant = ? AND asked_at > ? AND NOT due LIMIT 1",
		words(tenant), instant(since)).Scan(&found).Error
	if err != nil {
		return false, explain(fmt.Errorf("store: look for boards: %w", err))
	}
	return len(found) > 0, nil
}

// BoardsDue gives the boards of the tenant that were asked for since then and
// are not due yet, and makes them due.
func (t *tx) BoardsDue(ctx context.Context, tenant string, since time.Time) ([]ticket.Board, error) {
	var rows []boardRow
	err := t.orm.WithContext(ctx).Raw("UPDATE boards SET due = ? WHERE tenant = ? AND asked_at > ? AND NOT due RETURNING *",
		true, words(tenant), instant(since)).Scan(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: have boards drawn: %w", err))
	}
	boards := make([]ticket.Board, len(rows))
	for i := range rows {
		if boards[i], err = rows[i].board(); err != nil {
			return nil, err
		}
	}
	return boards, nil
}

// AddBoard makes the board the one of its place, and gives it its round.
func (t *tx) AddBoard(ctx context.Context, added *ticket.Board) error {
	row, err := boardOf(*added)
	if err != nil {
		return err
	}
	row.Round = 1
	next := clause.AssignmentColumns([]string{"activity", "view", "page", "asked_at", "drawn_at", "due", "held_until"})
	next = append(next, clause.Assignment{Column: clause.Column{Name: "round"}, Value: gorm.Expr("boards.round + 1")})
	err = t.orm.WithContext(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "tenant"}, {Name: "conversation"}, {Name: "thread"}},
		DoUpdates: next,
	}, clause.Returning{Columns: []clause.Column{{Name: "round"}}}).Create(&row).Error
	if err != nil {
		return explain(fmt.Errorf("store: add a board: %w", err))
	}
	added.Round = row.Round
	return nil
}

// SaveBoard stores a board that was locked.
func (t *tx) SaveBoard(ctx context.Context, saved ticket.Board) error {
	row, err := boardOf(saved)
	if err != nil {
		return err
	}
	err = t.orm.WithContext(ctx).Exec("UPDATE boards SET round = ?, activity = ?, view = ?, page = ?, asked_at = ?, drawn_at = ?, "+
		"due = ?, held_until = ? WHERE tenant = ? AND conversation = ? AND thread = ?", row.Round, row.Activity, row.View, row.Page,
		row.AskedAt, row.DrawnAt, row.Due, row.HeldUntil, row.Tenant, row.Conversation, row.Thread).Error
	if err != nil {
		return explain(fmt.Errorf("store: save a board: %w", err))
	}
	return nil
}

// ForgetBoard removes the board of a place.
func (t *tx) ForgetBoard(ctx context.Context, place ticket.Place) error {
	err := t.orm.WithContext(ctx).Delete(&boardRow{}, "tenant = ? AND conversation = ? AND thread = ?",
		words(place.Tenant), words(place.Conversation), words(place.Thread)).Error
	if err != nil {
		return explain(fmt.Errorf("store: forget a board: %w", err))
	}
	return nil
}

func boardOf(b ticket.Board) (boardRow, error) {
	view, err := encode(b.View)
	row := boardRow{
		Tenant: words(b.Tenant), Conversation: words(b.Conversation), Thread: words(b.Thread),
		Round: b.Round, Activity: words(b.Activity), View: view, Page: b.Page, AskedAt: instant(b.Asked), Due: b.Due,
	}
	if !b.Drawn.IsZero() {
		row.DrawnAt = instantOrNull(&b.Drawn)
	}
	if !b.Held.IsZero() {
		row.HeldUntil = instantOrNull(&b.Held)
	}
	return row, err
}

func (row *boardRow) board() (ticket.Board, error) {
	b := ticket.Board{
		Place: ticket.Place{Tenant: row.Tenant, Conversation: row.Conversation, Thread: row.Thread},
		Round: row.Round, Activity: row.Activity, Page: row.Page, Asked: instant(row.AskedAt), Due: row.Due,
	}
	if row.DrawnAt != nil {
		b.Drawn = instant(*row.DrawnAt)
	}
	if row.HeldUntil != nil {
		b.Held = instant(*row.HeldUntil)
	}
	return b, decode(row.View, &b.View)
}
