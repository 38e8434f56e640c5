package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"handrail/internal/ticket"
)

// postRow is a message that shows a ticket's card.
type postRow struct {
	ID           int64 `gorm:"primaryKey"`
	Tenant       string
	Number       int64
	Conversation string
	Thread       string
	Activity     string
	Shown        int64
	HeldUntil    *time.Time
	Purpose      string
	Subject      int
	Noticed      int64
}

// TableName names the table.
func (*postRow) TableName() string { return "posts" }

// postColumns are read in every job that draws a card: in SQL of our own, as a
// ticket's.
const postColumns = "id, tenant, number, conversation, thread, activity, shown, held_until, purpose, subject, noticed"

// Posts gives the messages that show a ticket's card, oldest first.
func (r reader) Posts(ctx context.Context, id ticket.ID) ([]ticket.Post, error) {
	return r.posts(ctx, "SELECT "+postColumns+" FROM posts WHERE tenant = ? AND number = ?", words(id.Tenant), id.Number)
}

// Post gives one message by its id.
func (r reader) Post(ctx context.Context, tenant string, id int64) (ticket.Post, bool, error) {
	found, err := r.posts(ctx, "SELECT "+postColumns+" FROM posts WHERE tenant = ? AND id = ?", words(tenant), id)
	if err != nil || len(found) == 0 {
		return ticket.Post{}, false, err
	}
	return found[0], true, nil
}

// Shows tells whether a message of a conversation shows a ticket.
func (r reader) Shows(ctx context.Context, place ticket.Place, activity string) (bool, error) {
	var found bool
	err := r.row(ctx, []any{&found}, "SELECT EXISTS (SELECT 1 FROM posts WHERE tenant = ? AND conversation = ? AND activity = ? AND activity <> '')",
		words(place.Tenant), words(place.Conversation), words(activity))
	if err != nil {
		return false, explain(fmt.Errorf("store: look for what a message shows: %w", err))
	}
	return found, nil
}

// ShownIn gives the numbers of open tickets that a place shows, in order.
func (r reader) ShownIn(ctx context.Context, place ticket.Place, after int64, limit int) ([]int64, error) {
	var numbers []int64
	err := r.orm.WithContext(ctx).Raw("SELECT DISTINCT p.number FROM posts p JOIN tickets t ON t.tenant = p.tenant AND t.number = p.number "+
		"WHERE p.tenant = ? AND p.conversation = ? AND p.thread = ? AND p.activity <> '' AND t.state = 'open' AND p.number > ? "+
		"ORDER BY p.number LIMIT ?",
		words(place.Tenant), words(place.Conversation), words(place.Thread), after, max(limit, 0)).Scan(&numbers).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: list what a place shows: %w", err))
	}
	return numbers, nil
}

func (r reader) posts(ctx context.Context, query string, args ...any) ([]ticket.Post, error) {
	found, err := scan(ctx, r, func(rows rows) (ticket.Post, error) {
		var post postRow
		if err := rows.Scan(post.fields()...); err != nil {
			return ticket.Post{}, fmt.Errorf("read a post: %w", err)
		}
		return post.post(), nil
	}, query, args...)
	if err != nil {
		return nil, explain(fmt.Errorf("store: read posts: %w", err))
	}
	slices.SortFunc(found, func(a, b ticket.Post) int { return cmp.Compare(a.ID, b.ID) })
	return found, nil
}

// copiesQuery reads the posts of a ticket with the addresses of their places.
const copiesQuery = "SELECT p.id, p.tenant, p.number, p.conversation, p.thread, p.activity, p.shown, p.held_until, " +
	"p.purpose, p.subject, p.noticed, a.tenant IS NOT NULL, " +
	"coalesce(a.kind, ''), coalesce(a.service_url, ''), coalesce(a.bot_id, ''), coalesce(a.bot_name, ''), " +
	"coalesce(a.person_id, ''), coalesce(a.person_name, ''), coalesce(a.person_object_id, ''), " +
	"coalesce(a.team, ''), coalesce(a.channel, ''), coalesce(a.locale, ''), coalesce(a.zone, ''), coalesce(a.refused, '') " +
	"FROM posts p LEFT JOIN addresses a ON a.tenant = p.tenant AND a.conversation = p.conversation AND a.thread = p.thread " +
	"WHERE p.tenant = ? AND p.number = ? ORDER BY p.id"

// Copies gives the messages that show a ticket's card with what is known of
// their places, oldest first.
func (r reader) Copies(ctx context.Context, id ticket.ID) ([]ticket.Copy, error) {
	copies, err := scan(ctx, r, func(rows rows) (ticket.Copy, error) {
		var post postRow
		var address addressRow
		var known bool
		if err := rows.Scan(append(append(post.fields(), &known), address.fields()...)...); err != nil {
			return ticket.Copy{}, fmt.Errorf("read a copy: %w", err)
		}
		c := ticket.Copy{Post: post.post()}
		if known {
			c.Address = address.address()
			c.Address.Place = c.Place
		}
		return c, nil
	}, copiesQuery, words(id.Tenant), id.Number)
	if err != nil {
		return nil, explain(fmt.Errorf("store: read the copies of %s: %w", id, err))
	}
	return copies, nil
}

// scan reads all rows of a statement of our own.
func scan[T any](ctx context.Context, r reader, one func(rows rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := r.own.query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		row, err := one(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read on: %w", err)
	}
	return found, nil
}

func (row *postRow) fields() []any {
	return []any{
		&row.ID, &row.Tenant, &row.Number, &row.Conversation, &row.Thread, &row.Activity, &row.Shown, &row.HeldUntil,
		&row.Purpose, &row.Subject, &row.Noticed,
	}
}

func (row *postRow) post() ticket.Post {
	post := ticket.Post{
		ID: row.ID, Place: ticket.Place{Tenant: row.Tenant, Conversation: row.Conversation, Thread: row.Thread},
		Number: row.Number, Activity: row.Activity, Shown: row.Shown,
		Purpose: ticket.Purpose(row.Purpose), Subject: row.Subject, Noticed: row.Noticed,
	}
	if row.HeldUntil != nil {
		post.Held = instant(*row.HeldUntil)
	}
	return post
}

func postOf(p ticket.Post) postRow {
	row := postRow{
		ID: p.ID, Tenant: words(p.Tenant), Number: p.Number, Conversation: words(p.Conversation),
		Thread: words(p.Thread), Activity: words(p.Activity), Shown: p.Shown, Purpose: string(p.Purpose), Subject: p.Subject, Noticed: p.Noticed,
	}
	if !p.Held.IsZero() {
		row.HeldUntil = instantOrNull(&p.Held)
	}
	return row
}

// AddPost stores a new post and gives it its id. A message that is known
// already keeps its id and now shows the given ticket.
func (t *tx) AddPost(ctx context.Context, post *ticket.Post) error {
	row := postOf(*post)
	err := t.orm.WithContext(ctx).Clauses(clause.OnConflict{
		Columns:     []clause.Column{{Name: "tenant"}, {Name: "conversation"}, {Name: "activity"}},
		TargetWhere: clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "activity <> ''"}}},
		DoUpdates:   clause.AssignmentColumns([]string{"number", "thread", "shown", "held_until", "purpose", "subject", "noticed"}),
	}).Create(&row).Error
	if err != nil {
		return explain(fmt.Errorf("store: add a post: %w", err))
	}
	post.ID = row.ID
	return nil
}

// SavePost stores what was sent.
func (t *tx) SavePost(ctx context.Context, post ticket.Post) error {
	row := postOf(post)
	changed, err := t.exec(ctx, statement{
		"UPDATE posts SET conversation = ?, thread = ?, activity = ?, shown = ?, held_until = ? WHERE tenant = ? AND id = ?",
		[]any{row.Conversation, row.Thread, row.Activity, row.Shown, row.HeldUntil, row.Tenant, row.ID},
	})
	if err != nil {
		return explain(fmt.Errorf("store: save a post: %w", err))
	}
	if changed[0] == 0 {
		return ticket.ErrNotFound(post.Number)
	}
	return nil
}

// HoldPosts holds the sent posts of the wish that nobody else holds and on which
// no form is open. Of two workers that ask at once, one gets a post: the other
// waits for its row, and looks again.
func (t *tx) HoldPosts(ctx context.Context, hold ticket.Hold) ([]ticket.Post, error) {
	if len(hold.Posts) == 0 {
		return nil, nil
	}
	args := []any{instant(hold.Until), words(hold.Tenant), hold.Number}
	for _, id := range hold.Posts {
		args = append(args, id)
	}
	where := t.inOrder("tenant = ? AND number = ? AND id IN " + places(1, len(hold.Posts)) +
		" AND activity <> '' AND shown < ? AND (held_until IS NULL OR held_until <= ?) " +
		"AND NOT EXISTS (SELECT 1 FROM open_forms f WHERE f.tenant = posts.tenant " +
		"AND f.conversation = posts.conversation AND f.activity = posts.activity AND f.open_until > ?)")
	held, err := t.posts(ctx, "UPDATE posts SET held_until = ? WHERE "+where+" RETURNING "+postColumns,
		append(args, hold.Version, instant(hold.Now), instant(hold.Now))...)
	if err != nil {
		return nil, fmt.Errorf("hold: %w", err)
	}
	return held, nil
}

// inOrder chooses posts, which are locked in the order of their ids: whoever
// locks several of them at once in another order waits for whoever waits for it.
func (t *tx) inOrder(where string) string {
	return "id IN (SELECT id FROM posts WHERE " + where + " ORDER BY id" + t.db.lock + ")"
}

// AddStatusPosts stores status posts and gives them their ids. One that its
// place has already keeps the id 0.
func (t *tx) AddStatusPosts(ctx context.Context, added []*ticket.Post) error {
	const insert = "INSERT INTO posts (tenant, number, conversation, thread, activity, shown, purpose, noticed) VALUES "
	for some := range slices.Chunk(added, rowsAtOnce) {
		ids := make(map[ticket.Place]*ticket.Post, len(some))
		values := make([]any, 0, len(some)*8)
		for _, post := range some {
			row := postOf(*post)
			values = append(values, row.Tenant, row.Number, row.Conversation, row.Thread, row.Activity, row.Shown, row.Purpose, row.Noticed)
			ids[post.Place] = post
		}
		stored, err := t.posts(ctx, insert+places(len(some), 8)+" ON CONFLICT DO NOTHING RETURNING "+postColumns, values...)
		if err != nil {
			return fmt.Errorf("add: %w", err)
		}
		for _, post := range stored {
			if added := ids[post.Place]; added != nil {
				added.ID = post.ID
			}
		}
	}
	return nil
}

// NotePosts notes that the places of the ticket's posts were told of the version.
func (t *tx) NotePosts(ctx context.Context, id ticket.ID, version int64) error {
	err := t.orm.WithContext(ctx).Exec("UPDATE posts SET noticed = ? WHERE "+t.inOrder("tenant = ? AND number = ? AND noticed < ?"),
		version, words(id.Tenant), id.Number, version).Error
	if err != nil {
		return explain(fmt.Errorf("store: note who was told of %s: %w", id, err))
	}
	return nil
}

// ForgetPost removes a post whose message is gone.
func (t *tx) ForgetPost(ctx context.Context, id int64) error {
	if err := t.orm.WithContext(ctx).Delete(&postRow{}, id).Error; err != nil {
		return explain(fmt.Errorf("store: forget a post: %w", err))
	}
	return nil
}
