package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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
//
// The tickets are counted here and not by the database: SQLite would sort them
// for each figure. One pass over the index gives three numbers of each.
func (r reader) Moves(ctx context.Context, tenant string, p ticket.Period) ([]ticket.Moves, error) {
	from, to := instant(p.From), instant(p.To)
	rows, err := r.orm.WithContext(ctx).Raw("SELECT class_rank + "+
		"CASE WHEN opened_at >= ? AND opened_at < ? THEN 4 ELSE 0 END + "+
		"CASE WHEN closed_at >= ? AND closed_at < ? THEN 8 ELSE 0 END + 16 * breaches, "+
		"CASE WHEN acknowledged_at >= ? AND acknowledged_at < ? THEN acknowledge_minutes ELSE -1 END, "+
		"CASE WHEN resolved_at >= ? AND resolved_at < ? THEN resolve_minutes ELSE -1 END "+
		"FROM tickets WHERE tenant = ? AND moved_at >= ?", from, to, from, to, from, to, from, to, words(tenant), from).Rows()
	if err != nil {
		return nil, explain(fmt.Errorf("store: count what happened: %w", err))
	}
	defer func() { _ = rows.Close() }()
	counted := make([]counter, len(ticket.Classes()))
	for rows.Next() {
		var packed, acknowledge, resolve int
		if err := rows.Scan(&packed, &acknowledge, &resolve); err != nil {
			return nil, explain(fmt.Errorf("store: count what happened: %w", err))
		}
		if packed&(4|8) == 0 && acknowledge < 0 && resolve < 0 {
			continue // all that happened came after the period
		}
		counted[packed&3].add(packed, acknowledge, resolve)
	}
	if err := rows.Err(); err != nil {
		return nil, explain(fmt.Errorf("store: count what happened: %w", err))
	}
	var moves []ticket.Moves
	for rank, class := range ticket.Classes() {
		if c := counted[rank]; c.any {
			c.Class, c.Acknowledge, c.Resolve = class, took(c.acknowledge), took(c.resolve)
			moves = append(moves, c.Moves)
		}
	}
	return moves, nil
}

// counter counts the tickets of one class.
type counter struct {
	ticket.Moves
	any bool
	// acknowledge and resolve count by minutes.
	acknowledge, resolve map[int]int
}

// add counts a ticket. What is packed into one number is the class, whether it
// was opened and closed in the period, and above them the breaches. Minutes
// below zero are none.
func (c *counter) add(packed, acknowledge, resolve int) {
	if !c.any {
		c.any, c.acknowledge, c.resolve = true, map[int]int{}, map[int]int{}
	}
	c.Opened += packed >> 2 & 1
	c.Closed += packed >> 3 & 1
	c.Breaches += packed >> 4
	if acknowledge >= 0 {
		c.acknowledge[acknowledge]++
	}
	if resolve >= 0 {
		c.resolve[resolve]++
	}
}

func took(counted map[int]int) []ticket.Took {
	var all []ticket.Took
	for _, minutes := range slices.Sorted(maps.Keys(counted)) {
		all = append(all, ticket.Took{Length: time.Duration(minutes) * time.Minute, Tickets: counted[minutes]})
	}
	return all
}

// lineRow is a ticket in the file of a report.
type lineRow struct {
	Number                               int64
	Title, Customer                      string
	Class, Step, State, OwnerName        string
	OpenedAt                             time.Time
	AcknowledgedAt, ResolvedAt, ClosedAt *time.Time
	Users                                *int
	Breaches, Escalations, Climbs        int
}

// Lines gives tickets to which something happened in a period, by number.
func (r reader) Lines(ctx context.Context, tenant string, p ticket.Period, after int64, limit int) ([]ticket.Line, error) {
	where, values := moved(tenant, p)
	var rows []lineRow
	err := r.orm.WithContext(ctx).Raw("SELECT number, title, customer, class, step, state, owner_name, opened_at, "+
		"acknowledged_at, resolved_at, closed_at, users, breaches, "+
		"(SELECT count(*) FROM escalations e WHERE e.tenant = tickets.tenant AND e.number = tickets.number) AS escalations, "+
		"(SELECT coalesce(sum(climbs), 0) FROM escalations e WHERE e.tenant = tickets.tenant AND e.number = tickets.number) AS climbs "+
		"FROM tickets WHERE "+where+
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
			Escalations: row.Escalations, Climbs: row.Climbs,
		}
	}
	return lines, nil
}

// downloadRow is a file that was offered.
type downloadRow struct {
	Digest, Tenant      string
	FromAt, ToAt, Until time.Time
	Attachment          int64
	Comparison          bool
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
		Digest: row.Digest, Tenant: row.Tenant, Until: instant(row.Until), Attachment: row.Attachment, Comparison: row.Comparison,
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
		Attachment: d.Attachment, Comparison: d.Comparison,
	}).Error
	if err != nil {
		return explain(fmt.Errorf("store: add a download: %w", err))
	}
	return nil
}
