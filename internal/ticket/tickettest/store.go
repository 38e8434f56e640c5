// Package tickettest is a [ticket.Store] in memory, for the tests of whoever
// uses one. It keeps what the port promises: transactions that are kept whole
// or not at all, versions, numbers by tenant, keys that are stored once, and the
// tasks that were left for later. It stores nothing on disk and runs no task.
package tickettest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"handrail/internal/ticket"
)

var (
	_ ticket.Store = (*Store)(nil)
	_ ticket.Tx    = (*tx)(nil)
)

// Store keeps tickets in memory. It is safe for concurrent use: transactions
// run one after the other, and readers see what was committed last.
type Store struct {
	writing sync.Mutex
	// kept is what was committed last; it is never changed, only replaced.
	kept   atomic.Pointer[state]
	broken atomic.Pointer[error]
	// uploads are contents that nothing refers to, by their ids; writing holds them.
	uploads [][]byte
}

// NewStore gives an empty store.
func NewStore() *Store {
	s := new(Store)
	s.kept.Store(newState())
	return s
}

// Break makes every transaction fail with err when it is to be kept, as if the
// database were lost at that moment; nil mends it.
func (s *Store) Break(err error) {
	if err == nil {
		s.broken.Store(nil)
		return
	}
	s.broken.Store(&err)
}

// Tasks gives the tasks that committed transactions left for later, oldest first.
func (s *Store) Tasks() []ticket.Task { return slices.Clone(s.kept.Load().tasks) }

// TakeTasks gives the tasks as [Store.Tasks] does, and forgets them.
func (s *Store) TakeTasks() []ticket.Task {
	s.writing.Lock()
	defer s.writing.Unlock()
	next := s.kept.Load().clone()
	tasks := next.tasks
	next.tasks = nil
	s.kept.Store(next)
	return tasks
}

// InTx runs work on a copy of what is stored, and keeps the copy if work and
// the context end well.
func (s *Store) InTx(ctx context.Context, work func(ticket.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("tickettest: begin: %w", err)
	}
	next := s.kept.Load().clone()
	if err := work(&tx{reader{next}, s}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("tickettest: commit: %w", err)
	}
	if broken := s.broken.Load(); broken != nil {
		return fmt.Errorf("tickettest: commit: %w", *broken)
	}
	s.kept.Store(next)
	return nil
}

func (s *Store) reader() reader { return reader{s.kept.Load()} }

// Ticket gives a ticket, or [ticket.ErrNotFound].
func (s *Store) Ticket(ctx context.Context, id ticket.ID) (*ticket.Ticket, error) {
	return s.reader().Ticket(ctx, id)
}

// Tickets gives one page of a tenant's tickets.
func (s *Store) Tickets(ctx context.Context, query ticket.Query) (ticket.Page, error) {
	return s.reader().Tickets(ctx, query)
}

// History gives a ticket's lines, newest first.
func (s *Store) History(ctx context.Context, id ticket.ID, skip, limit int) ([]ticket.Entry, error) {
	return s.reader().History(ctx, id, skip, limit)
}

// Pressed tells which ticket the click with the key has changed.
func (s *Store) Pressed(ctx context.Context, tenant, key string) (ticket.ID, bool, error) {
	return s.reader().Pressed(ctx, tenant, key)
}

// Address gives what is known of a place.
func (s *Store) Address(ctx context.Context, place ticket.Place) (ticket.Address, bool, error) {
	return s.reader().Address(ctx, place)
}

// PersonalAddress gives the personal conversation with the person who has the ID or the ObjectID.
func (s *Store) PersonalAddress(ctx context.Context, tenant, person string) (ticket.Address, bool, error) {
	return s.reader().PersonalAddress(ctx, tenant, person)
}

// ShownIn gives the numbers of open tickets that a place shows, in order.
func (s *Store) ShownIn(ctx context.Context, place ticket.Place, after int64, limit int) ([]int64, error) {
	return s.reader().ShownIn(ctx, place, after, limit)
}

// OpenAfter gives the open tickets of all tenants in the order of their ids.
func (s *Store) OpenAfter(ctx context.Context, after ticket.ID, limit int) ([]*ticket.Ticket, error) {
	return s.reader().OpenAfter(ctx, after, limit)
}

// Setting gives what was stored under a name; empty for nothing.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	return s.reader().Setting(ctx, name)
}

// Posts gives the messages that show a ticket's card, oldest first.
func (s *Store) Posts(ctx context.Context, id ticket.ID) ([]ticket.Post, error) {
	return s.reader().Posts(ctx, id)
}

// Copies gives the posts of a ticket with their addresses.
func (s *Store) Copies(ctx context.Context, id ticket.ID) ([]ticket.Copy, error) {
	return s.reader().Copies(ctx, id)
}

// Shows tells whether a message shows a ticket.
func (s *Store) Shows(ctx context.Context, place ticket.Place, activity string) (bool, error) {
	return s.reader().Shows(ctx, place, activity)
}

// Post gives one message by its id.
func (s *Store) Post(ctx context.Context, tenant string, id int64) (ticket.Post, bool, error) {
	return s.reader().Post(ctx, tenant, id)
}

// Person gives what is known of the person who has the ID or the ObjectID.
func (s *Store) Person(ctx context.Context, tenant, id string) (ticket.Acquaintance, bool, error) {
	return s.reader().Person(ctx, tenant, id)
}

// PersonByMail gives who is known under a mail address.
func (s *Store) PersonByMail(ctx context.Context, tenant, mail string) (ticket.Acquaintance, bool, error) {
	return s.reader().PersonByMail(ctx, tenant, mail)
}

// People lists by name those with a name who were seen since then.
func (s *Store) People(ctx context.Context, tenant string, since time.Time, limit int) ([]ticket.Acquaintance, error) {
	return s.reader().People(ctx, tenant, since, limit)
}

// Absence gives the absence that a person has told.
func (s *Store) Absence(ctx context.Context, tenant, person string) (ticket.Absence, bool, error) {
	return s.reader().Absence(ctx, tenant, person)
}

// reader answers questions about one state.
type reader struct{ *state }

// Ticket gives a ticket, or [ticket.ErrNotFound].
func (r reader) Ticket(_ context.Context, id ticket.ID) (*ticket.Ticket, error) {
	t, ok := r.tickets[id]
	if !ok {
		return nil, ticket.ErrNotFound(id.Number)
	}
	c := Clone(t)
	c.OwnerAway = false
	if t.Owner != nil {
		_, c.OwnerAway = r.absences[personKey{t.Tenant, t.Owner.ID}]
	}
	return c, nil
}

// Tickets gives one page of a tenant's tickets.
func (r reader) Tickets(_ context.Context, query ticket.Query) (ticket.Page, error) {
	var found []*ticket.Ticket
	for _, t := range r.tickets {
		if chosen(t, query) {
			found = append(found, t)
		}
	}
	urgency := func(t *ticket.Ticket) int { return slices.Index(ticket.Classes(), t.Class()) }
	slices.SortFunc(found, func(a, b *ticket.Ticket) int {
		return cmp.Or(
			cmp.Compare(urgency(a), urgency(b)),
			a.OpenedAt.Compare(b.OpenedAt),
			cmp.Compare(a.Number, b.Number),
		)
	})
	page := ticket.Page{Total: len(found)}
	for _, t := range cut(found, query.Skip, query.Limit) {
		page.Tickets = append(page.Tickets, Clone(t))
	}
	return page, nil
}

// History gives a ticket's lines, newest first.
func (r reader) History(_ context.Context, id ticket.ID, skip, limit int) ([]ticket.Entry, error) {
	lines := slices.Clone(r.history[id])
	slices.Reverse(lines)
	return cut(lines, skip, limit), nil
}

// Pressed tells which ticket the click with the key has changed.
func (r reader) Pressed(_ context.Context, tenant, key string) (ticket.ID, bool, error) {
	id, ok := r.keys[clickKey{tenant, key}]
	return id, ok, nil
}

// Address gives what is known of a place.
func (r reader) Address(_ context.Context, place ticket.Place) (ticket.Address, bool, error) {
	i := slices.IndexFunc(r.addresses, func(a ticket.Address) bool { return a.Place == place })
	if i < 0 {
		return ticket.Address{}, false, nil
	}
	return r.addresses[i], true, nil
}

// PersonalAddress gives the personal conversation with the person who has the ID or the ObjectID.
func (r reader) PersonalAddress(_ context.Context, tenant, person string) (ticket.Address, bool, error) {
	for _, address := range slices.Backward(r.addresses) { // learnt last comes first
		if address.Tenant != tenant || address.Kind != ticket.Personal || person == "" {
			continue
		}
		if address.Person.ID == person || address.Person.ObjectID == person {
			return address, true, nil
		}
	}
	return ticket.Address{}, false, nil
}

// ShownIn gives the numbers of open tickets that a place shows, in order.
func (r reader) ShownIn(_ context.Context, place ticket.Place, after int64, limit int) ([]int64, error) {
	var numbers []int64
	for _, post := range r.posts {
		t := r.tickets[ticket.ID{Tenant: post.Tenant, Number: post.Number}]
		if post.Place == place && post.Activity != "" && post.Number > after && t != nil && t.State == ticket.Open {
			numbers = append(numbers, post.Number)
		}
	}
	slices.Sort(numbers)
	return cut(slices.Compact(numbers), 0, limit), nil
}

// OpenAfter gives the open tickets of all tenants in the order of their ids.
func (r reader) OpenAfter(_ context.Context, after ticket.ID, limit int) ([]*ticket.Ticket, error) {
	inOrder := func(a, b *ticket.Ticket) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Number, b.Number))
	}
	var found []*ticket.Ticket
	for _, t := range r.tickets {
		if t.State == ticket.Open && inOrder(t, &ticket.Ticket{ID: after}) > 0 {
			found = append(found, Clone(t))
		}
	}
	slices.SortFunc(found, inOrder)
	return cut(found, 0, limit), nil
}

// Setting gives what was stored under a name; empty for nothing.
func (r reader) Setting(_ context.Context, name string) (string, error) {
	return r.settings[name], nil
}

// Posts gives the messages that show a ticket's card, oldest first.
func (r reader) Posts(_ context.Context, id ticket.ID) ([]ticket.Post, error) {
	var posts []ticket.Post
	for _, post := range r.posts {
		if post.Tenant == id.Tenant && post.Number == id.Number {
			posts = append(posts, post)
		}
	}
	return posts, nil
}

// Copies gives the posts of a ticket with their addresses, oldest first.
func (r reader) Copies(ctx context.Context, id ticket.ID) ([]ticket.Copy, error) {
	posts, err := r.Posts(ctx, id)
	copies := make([]ticket.Copy, len(posts))
	for i, post := range posts {
		copies[i].Post = post
		copies[i].Address, _, _ = r.Address(ctx, post.Place)
	}
	return copies, err
}

// Shows tells whether a message of a conversation shows a ticket.
func (r reader) Shows(_ context.Context, place ticket.Place, activity string) (bool, error) {
	return activity != "" && slices.ContainsFunc(r.posts, func(p ticket.Post) bool {
		return p.Tenant == place.Tenant && p.Conversation == place.Conversation && p.Activity == activity
	}), nil
}

// Post gives one message by its id.
func (r reader) Post(_ context.Context, tenant string, id int64) (ticket.Post, bool, error) {
	i := slices.IndexFunc(r.posts, func(p ticket.Post) bool { return p.ID == id && p.Tenant == tenant })
	if i < 0 {
		return ticket.Post{}, false, nil
	}
	return r.posts[i], true, nil
}

// Person gives what is known of the person who has the ID or the ObjectID.
func (r reader) Person(_ context.Context, tenant, id string) (ticket.Acquaintance, bool, error) {
	if who, ok := r.people[personKey{tenant, id}]; ok || id == "" {
		return who, ok, nil
	}
	for _, who := range r.people {
		if who.Tenant == tenant && who.ObjectID == id {
			return who, true, nil
		}
	}
	return ticket.Acquaintance{}, false, nil
}

// PersonByMail gives who is known under a mail address.
func (r reader) PersonByMail(_ context.Context, tenant, mail string) (ticket.Acquaintance, bool, error) {
	mail = strings.ToLower(mail)
	rank := func(who ticket.Acquaintance) int {
		return slices.Index([]string{who.Mail, who.SignIn, who.OwnMail}, mail)
	}
	var found []ticket.Acquaintance
	for _, who := range r.people {
		if mail != "" && who.Tenant == tenant && rank(who) >= 0 {
			found = append(found, who)
		}
	}
	if len(found) == 0 {
		return ticket.Acquaintance{}, false, nil
	}
	return slices.MinFunc(found, func(a, b ticket.Acquaintance) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), b.SeenAt.Compare(a.SeenAt), strings.Compare(a.ID, b.ID))
	}), true, nil
}

// People lists by name those with a name who were seen since then.
func (r reader) People(_ context.Context, tenant string, since time.Time, limit int) ([]ticket.Acquaintance, error) {
	var found []ticket.Acquaintance
	for _, who := range r.people {
		if who.Tenant == tenant && who.Name != "" && !who.SeenAt.Before(since) {
			found = append(found, who)
		}
	}
	slices.SortFunc(found, func(a, b ticket.Acquaintance) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return cut(found, 0, limit), nil
}

// Absence gives the absence that a person has told.
func (r reader) Absence(_ context.Context, tenant, person string) (ticket.Absence, bool, error) {
	absence, ok := r.absences[personKey{tenant, person}]
	return absence, ok, nil
}

// cut gives at most limit of what is left after skip.
func cut[E any](all []E, skip, limit int) []E {
	skip = min(max(skip, 0), len(all))
	return all[skip:min(skip+max(limit, 0), len(all))]
}
