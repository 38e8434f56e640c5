package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"handrail/internal/ticket"
)

// moments are what may happen to a ticket in a period.
func moments() []string { return []string{"opened_at", "acknowledged_at", "resolved_at", "closed_at"} }

// moved asks whether something happened to a ticket in a period. What happened
// last, moved_at, narrows it down by an index.
func moved(tenant string, p ticket.Period) (where string, values []any) {
	var happened []string
	values = []any{words(tenant), instant(p.From)}
	for _, column := range moments() {
		happened = append(happened, "("+column+" >= ? AND "+column+" < ?)")
		values = append(values, instant(p.From), instant(p.To))
	}
	return "tenant = ? AND moved_at >= ? AND (" + strings.Join(happened, " OR ") + ")", values
}

// Moves counts what happened to a tenant's tickets in a period. How long it
// took is counted in whole minutes, which is as exact as people are told.
func (r reader) Moves(ctx context.Context, tenant string, p ticket.Period) ([]ticket.Moves, error) {
	where, values := moved(tenant, p)
	from, to := instant(p.From), instant(p.To)
	var sums []struct{ ClassRank, Opened, Closed, Breaches int }
	err := r.orm.WithContext(ctx).Raw("SELECT class_rank, "+
		"sum(CASE WHEN opened_at >= ? AND opened_at < ? THEN 1 ELSE 0 END) AS opened, "+
		"sum(CASE WHEN closed_at >= ? AND closed_at < ? THEN 1 ELSE 0 END) AS closed, sum(breaches) AS breaches "+
		"FROM tickets WHERE "+where+" GROUP BY class_rank ORDER BY class_rank",
		append([]any{from, to, from, to}, values...)...).Scan(&sums).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: count what happened: %w", err))
	}
	acknowledge, err := r.took(ctx, tenant, p, "acknowledge_minutes", "acknowledged_at")
	if err != nil {
		return nil, err
	}
	resolve, err := r.took(ctx, tenant, p, "resolve_minutes", "resolved_at")
	if err != nil {
		return nil, err
	}
	var moves []ticket.Moves
	classes := ticket.Classes()
	for _, sum := range sums {
		if sum.ClassRank < 0 || sum.ClassRank >= len(classes) {
			continue
		}
		moves = append(moves, ticket.Moves{
			Class: classes[sum.ClassRank], Opened: sum.Opened, Closed: sum.Closed, Breaches: sum.Breaches,
			Acknowledge: acknowledge[sum.ClassRank], Resolve: resolve[sum.ClassRank],
		})
	}
	return moves, nil
}

// took counts, by class, how many tickets took how long until something that
// happened in the period.
func (r reader) took(ctx context.Context, tenant string, p ticket.Period, minutes, moment string) (map[int][]ticket.Took, error) {
	rows, err := r.orm.WithContext(ctx).Raw("SELECT class_rank, "+minutes+", count(*) FROM tickets "+
		"WHERE tenant = ? AND moved_at >= ? AND "+moment+" >= ? AND "+moment+" < ? GROUP BY class_rank, "+minutes,
		words(tenant), instant(p.From), instant(p.From), instant(p.To)).Rows()
	if err != nil {
		return nil, explain(fmt.Errorf("store: count %s: %w", minutes, err))
	}
	defer func() { _ = rows.Close() }()
	took := map[int][]ticket.Took{}
	for rows.Next() {
		var rank, length, tickets int
		if err := rows.Scan(&rank, &length, &tickets); err != nil {
			return nil, explain(fmt.Errorf("store: count %s: %w", minutes, err))
		}
		took[rank] = append(took[rank], ticket.Took{Length: time.Duration(length) * time.Minute, Tickets: tickets})
	}
	if err := rows.Err(); err != nil {
		return nil, explain(fmt.Errorf("store: count %s: %w", minutes, err))
	}
	return took, nil
}

// lineRow is a ticket in the file of a report.
type lineRow struct {
	Number                               int64
	Title, Customer                      string
	Class, Step, State, OwnerName        string
	OpenedAt                             time.Time
	AcknowledgedAt, ResolvedAt, ClosedAt *time.Time
	Users                                *int
	Breaches                             int
}

// Lines gives tickets to which something happened in a period, by number.
func (r reader) Lines(ctx context.Context, tenant string, p ticket.Period, after int64, limit int) ([]ticket.Line, error) {
	where, values := moved(tenant, p)
	var rows []lineRow
	err := r.orm.WithContext(ctx).Raw("SELECT number, title, customer, class, step, state, owner_name, opened_at, "+
		"acknowledged_at, resolved_at, closed_at, users, breaches FROM tickets WHERE "+where+
		" AND number > ? ORDER BY number LIMIT ?", append(values, after, limit)...).Scan(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: read the tickets of a report: %w", err))
	}
	lines := make([]ticket.Line, len(rows))
	for i, row := range rows {
		lines[i] = ticket.Line{
			Number: row.Number, Title: row.Title, Customer: row.Customer, Class: ticket.Class(row.Class), Step: ticket.Step(row.Step),
			State: ticket.State(row.State), Owner: row.OwnerName, OpenedAt: instant(row.OpenedAt),
			AcknowledgedAt: instantOrNull(row.AcknowledgedAt), ResolvedAt: instantOrNull(row.ResolvedAt),
			ClosedAt: instantOrNull(row.ClosedAt), Users: row.Users, Breaches: row.Breaches,
		}
	}
	return lines, nil
}

// downloadRow is a file that was offered.
type downloadRow struct {
	Digest, Tenant      string
	FromAt, ToAt, Until time.Time
}

// TableName names the table.
func (*downloadRow) TableName() string { return "downloads" }

// Download gives the file with the digest.
func (r reader) Download(ctx context.Context, digest string) (ticket.Download, bool, error) {
	var row downloadRow
	err := r.orm.WithContext(ctx).Where("digest = ?", words(digest)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.Download{}, false, nil
	}
	if err != nil {
		return ticket.Download{}, false, explain(fmt.Errorf("store: read a download: %w", err))
	}
	return ticket.Download{
		Digest: row.Digest, Tenant: row.Tenant, Until: instant(row.Until),
		Period: ticket.Period{From: instant(row.FromAt), To: instant(row.ToAt)},
	}, true, nil
}

// AddDownload stores a file that is offered, and forgets those which have ended.
func (t *tx) AddDownload(ctx context.Context, d ticket.Download, now time.Time) error {
	orm := t.orm.WithContext(ctx)
	if err := orm.Delete(&downloadRow{}, "until <= ?", instant(now)).Error; err != nil {
		return explain(fmt.Errorf("store: forget old downloads: %w", err))
	}
	err := orm.Create(&downloadRow{
		Digest: words(d.Digest), Tenant: words(d.Tenant), FromAt: instant(d.From), ToAt: instant(d.To), Until: instant(d.Until),
	}).Error
	if err != nil {
		return explain(fmt.Errorf("store: add a download: %w", err))
	}
	return nil
}
