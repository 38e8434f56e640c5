package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"handrail/internal/ticket"
)

// rowsAtOnce is how many rows one statement stores: both databases take some
// ten thousand values in one.
const rowsAtOnce = 500

// followRow is a follow of a place.
type followRow struct {
	Tenant       string `gorm:"primaryKey"`
	Number       int64  `gorm:"primaryKey;autoIncrement:false"`
	Conversation string `gorm:"primaryKey"`
	Thread       string `gorm:"primaryKey"`

	Class                    string
	ByID, ByName, ByObjectID string
	At                       time.Time
}

// TableName names the table.
func (*followRow) TableName() string { return "follows" }

// Follows gives what a place follows: tickets by class first, then one by one.
func (r reader) Follows(ctx context.Context, place ticket.Place) ([]ticket.Follow, error) {
	var rows []followRow
	err := here(r.orm.WithContext(ctx), place).Order("number").Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: read follows: %w", err))
	}
	follows := make([]ticket.Follow, len(rows))
	for i, row := range rows {
		follows[i] = ticket.Follow{
			Place:  ticket.Place{Tenant: row.Tenant, Conversation: row.Conversation, Thread: row.Thread},
			Number: row.Number, Class: ticket.Class(row.Class),
			By: ticket.Person{ID: row.ByID, Name: row.ByName, ObjectID: row.ByObjectID}, At: instant(row.At),
		}
	}
	return follows, nil
}

// here chooses the rows of a place.
func here(orm *gorm.DB, place ticket.Place) *gorm.DB {
	return orm.Where("tenant = ? AND conversation = ? AND thread = ?", words(place.Tenant), words(place.Conversation), words(place.Thread))
}

// selectFollowers gives each follow with its address, the quiet hours of its
// conversation, and what the place was told of the ticket in a summary.
const selectFollowers = "SELECT f.tenant, f.conversation, f.thread, f.number, f.class, a.refused, " +
	"q.from_minute, q.to_minute, q.zone, COALESCE(h.version, 0), COALESCE(NOT h.told, false), " +
	"EXISTS (SELECT 1 FROM held w WHERE w.tenant = f.tenant AND w.conversation = f.conversation AND w.thread = f.thread AND NOT w.told) " +
	"FROM follows f " +
	"JOIN addresses a ON a.tenant = f.tenant AND a.conversation = f.conversation AND a.thread = f.thread " +
	"LEFT JOIN quiets q ON q.tenant = f.tenant AND q.conversation = f.conversation " +
	"LEFT JOIN held h ON h.tenant = f.tenant AND h.conversation = f.conversation AND h.thread = f.thread AND h.number = ? " +
	"WHERE f.tenant = ? AND f.number IN (0, ?) ORDER BY f.conversation, f.thread, f.number"

// Followers gives the follows of every place that the bot knows which may want the ticket.
func (r reader) Followers(ctx context.Context, id ticket.ID) ([]ticket.Follower, error) {
	followers, err := scanFollowers(r.orm.WithContext(ctx).Raw(selectFollowers, id.Number, words(id.Tenant), id.Number))
	if err != nil {
		return nil, explain(fmt.Errorf("store: read who follows %s: %w", id, err))
	}
	return followers, nil
}

func scanFollowers(statement *gorm.DB) (found []ticket.Follower, err error) {
	rows, err := statement.Rows()
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what was read
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var f ticket.Follower
		var from, to *int
		var zone *string
		err := rows.Scan(&f.Tenant, &f.Conversation, &f.Thread, &f.Number, &f.Class, &f.Refused, &from, &to, &zone, &f.Told, &f.Held, &f.Waiting)
		if err != nil {
			return nil, err //nolint:wrapcheck // the caller says what was read
		}
		if from != nil && to != nil && zone != nil {
			f.Quiet = &ticket.Quiet{Tenant: f.Tenant, Conversation: f.Conversation, From: *from, To: *to, Zone: *zone}
		}
		found = append(found, f)
	}
	return found, rows.Err() //nolint:wrapcheck // the caller says what was read
}

// Follow stores a follow. A place has one for each ticket, and one for tickets by class.
func (t *tx) Follow(ctx context.Context, follow ticket.Follow) error {
	row := followRow{
		Tenant: words(follow.Tenant), Number: follow.Number, Conversation: words(follow.Conversation), Thread: words(follow.Thread),
		Class: string(follow.Class), ByID: words(follow.By.ID), ByName: words(follow.By.Name), ByObjectID: words(follow.By.ObjectID),
		At: instant(follow.At),
	}
	err := t.orm.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	if err != nil {
		return explain(fmt.Errorf("store: follow: %w", err))
	}
	return nil
}

// Unfollow removes the follows of a place with the numbers, and forgets its
// status posts of tickets that no follow is left for.
func (t *tx) Unfollow(ctx context.Context, place ticket.Place, numbers []int64) error {
	orm := t.orm.WithContext(ctx)
	err := here(orm, place).Where("number IN ?", numbers).Delete(&followRow{}).Error
	if err == nil {
		err = here(orm, place).Where("purpose = ? AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.tenant = posts.tenant AND "+
			"f.conversation = posts.conversation AND f.thread = posts.thread AND f.number IN (0, posts.number))", string(ticket.PurposeStatus)).
			Delete(&postRow{}).Error
	}
	if err != nil {
		return explain(fmt.Errorf("store: unfollow: %w", err))
	}
	return nil
}
