package ticket

import (
	"context"
	"time"
	"unicode/utf8"
)

// MaxStatus is the longest status that a person can write, in characters.
const MaxStatus = 600

// Told says how far a status goes.
type Told struct {
	// Places is how many places follow the ticket and can be told, Held how
	// many of them are told when their quiet hours end.
	Places, Held int
}

// WriteStatus puts down in a person's words how the ticket stands, and has
// those told who follow it; where nobody does, the place where it was written.
func (d *Desk) WriteStatus(ctx context.Context, by Actor, press Press, words string, here Place) (*Ticket, Told, error) {
	t, err := d.Change(ctx, by, press, func(c *Change) error {
		c.here = &here
		return c.WriteStatus(words)
	})
	if err != nil {
		return t, Told{}, err
	}
	followers, err := d.Store.Followers(ctx, t.ID)
	if err != nil {
		return t, Told{}, err
	}
	var told Told
	for _, follower := range followersOf(t, followers) {
		told.Places++
		if until := follower.quietUntil(t.Class(), d.now()); !until.IsZero() {
			told.Held++
		}
	}
	return t, told, nil
}

// quietUntil gives until when nothing new about a ticket of the class goes to
// the follower; zero where it may go now.
func (f Follower) quietUntil(class Class, now time.Time) time.Time {
	if f.Quiet == nil || class == Expedite {
		return time.Time{}
	}
	return f.Quiet.Until(now)
}

// WriteStatus puts down how the ticket stands, in a person's words.
func (c *Change) WriteStatus(words string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	words = Clean(words)
	switch n := utf8.RuneCountInString(words); {
	case n == 0:
		return Faults{fault(FieldWords, "error.status_required", nil)}
	case n > MaxStatus:
		return Faults{fault(FieldWords, "error.status_long", map[string]any{"Limit": MaxStatus, "Length": n})}
	}
	at := c.At
	c.Ticket.StatusText, c.Ticket.StatusAt = words, &at
	c.note(EntryStatus, "", "", "", words)
	return nil
}
