package ticket

import (
	"context"
	"reflect"
	"time"
)

// Following is what the tickets that follow another one add to it, as of when one of
// them changed last. It is stored as JSON: add to it, never rename.
type Following struct {
	// Tickets counts all that follow, and Open those of them that are open: what
	// stands below is of these.
	Tickets int `json:"tickets"`
	Open    int `json:"open,omitempty"`
	// Users are their affected users, and Counted is how many of them say a number.
	Users   int `json:"users,omitempty"`
	Counted int `json:"counted,omitempty"`
	// DueAt is the earliest of their fixed dates, and DueSince when that was set.
	DueAt    *time.Time `json:"due_at,omitempty"`
	DueSince *time.Time `json:"due_since,omitempty"`
}

// addUp adds up tickets that follow another one; nil for none.
func addUp(followers []*Ticket) *Following {
	if len(followers) == 0 {
		return nil
	}
	sum := &Following{Tickets: len(followers)}
	for _, t := range followers {
		if t.State == Closed {
			continue
		}
		sum.Open++
		if t.Users != nil {
			sum.Counted++
			sum.Users += *t.Users
		}
		if t.DueAt != nil && (sum.DueAt == nil || t.DueAt.Before(*sum.DueAt)) {
			sum.DueAt, sum.DueSince = t.DueAt, t.DueSince
		}
	}
	return sum
}

// Affected gives how many users the trouble affects: those of the ticket and of
// the open ones that follow it; nil where nobody has counted any.
func (t *Ticket) Affected() *int {
	if t.Following == nil || t.Following.Counted == 0 {
		return t.Users
	}
	all := t.Following.Users
	if t.Users != nil {
		all += *t.Users
	}
	return &all
}

// FixedDate gives the earliest fixed date of the ticket and of the open ones that
// follow it, and when it was set; nil where there is none.
func (t *Ticket) FixedDate() (due, since *time.Time) {
	if t.Following == nil || t.Following.DueAt == nil || t.DueAt != nil && !t.Following.DueAt.Before(*t.DueAt) {
		return t.DueAt, t.DueSince
	}
	return t.Following.DueAt, t.Following.DueSince
}

// derive works the class out again from the facts, those of the tickets that follow
// among them. An override by a person stays.
func (c *Change) derive() {
	t := c.Ticket
	due, _ := t.FixedDate()
	t.Derived, t.Because = c.Policy.Derive(t.Affected(), due != nil)
}

// count puts on the ticket what those that follow it add, and derives its class; it
// tells whether anything is another than before.
func (c *Change) count(followers []*Ticket) bool {
	t, old := c.Ticket, c.Ticket.Class()
	sum := addUp(followers)
	if reflect.DeepEqual(sum, t.Following) {
		return false
	}
	t.Following = sum
	c.derive()
	if t.Class() != old {
		c.reclass(old, "")
	}
	return true
}

// leading locks the leader that a new ticket gets by following the one with the number;
// nobody for 0. It is locked before the new one has its number, so that the lower is first.
func leading(ctx context.Context, tx Tx, tenant string, number int64) (leader *Ticket, err error) {
	if number == 0 {
		return leader, nil
	}
	named, err := tx.Ticket(ctx, ID{Tenant: tenant, Number: number})
	if KindOf(err) == NotFound {
		return nil, linkFault("error.not_found", map[string]any{"Ticket": Number(number)})
	}
	if err != nil {
		return nil, err
	}
	if named.Leader != 0 {
		number = named.Leader
	}
	leader, err = tx.Lock(ctx, ID{Tenant: tenant, Number: number})
	switch {
	case err != nil:
		return nil, err
	case leader.State == Closed || leader.Leader != 0 || leader.Following != nil && leader.Following.Tickets >= MaxLinked:
		return nil, linkFault("error.link_gone", map[string]any{"Leader": leader.String()})
	}
	return leader, nil
}

// follow has a new ticket follow the leader; nothing for nil.
func (c *Change) follow(leader *Ticket) {
	if leader != nil {
		c.Ticket.Leader = leader.Number
		c.note(EntryLinked, "", "", leader.String(), leader.Title)
	}
}

// joined has the leader count a new ticket that follows it.
func (d *Desk) joined(ctx context.Context, tx Tx, by Actor, t, leader *Ticket) error {
	if leader == nil {
		return nil
	}
	return d.recount(ctx, tx, by, leader, func(c *Change) { c.note(EntryLeads, "", "", t.String(), t.Title) })
}
