package ticket

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Follow says that a place wants to be told what happens to tickets: to one of
// them, or to all of a class and more urgent ones.
type Follow struct {
	Place
	// Number is that of the one ticket; 0 for every ticket.
	Number int64
	// Class is the least urgent class that is followed; empty for any. It goes
	// with Number 0 only.
	Class Class
	By    Person
	At    time.Time
}

// wants tells whether what happened to a ticket, which had all these classes
// meanwhile, is what the place follows: one that was urgent until now counts.
func (f Follow) wants(number int64, classes []Class) bool {
	if f.Number != 0 {
		return f.Number == number
	}
	return f.Class == "" || slices.ContainsFunc(classes, func(class Class) bool { return class.rank() <= f.Class.rank() })
}

// Wants tells whether the place follows the ticket as it is now.
func (f Follow) Wants(t *Ticket) bool { return f.wants(t.Number, []Class{t.Class()}) }

// Follower is a follow with what matters when its place is to be told something.
type Follower struct {
	Follow
	// Refused is the connector's word for why nothing can be sent there.
	Refused string
	// Quiet are the quiet hours of the conversation; nil where it has none.
	Quiet *Quiet
	// Told is the version of the ticket of which the place was told in a
	// summary, or will be where Held is true; 0 for none.
	Told int64
	Held bool
	// Waiting tells that a summary for the place is on its way.
	Waiting bool
}

// Follow has a place follow what the follow says. A place follows tickets by
// class in one way: the newest wins.
func (d *Desk) Follow(ctx context.Context, follow Follow) error {
	follow.At = d.now()
	if follow.Class == Standard {
		follow.Class = "" // there is none less urgent
	}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		if follow.Number != 0 {
			if _, err := tx.Ticket(ctx, ID{Tenant: follow.Tenant, Number: follow.Number}); err != nil {
				return err
			}
		}
		return tx.Follow(ctx, follow)
	})
	if KindOf(err) == Internal && err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	return err
}

// Unfollow ends the follows of a place that are chosen, and gives those that
// have ended and those that are left. What is no longer followed there keeps
// its card, which is not edited any more.
func (d *Desk) Unfollow(ctx context.Context, place Place, chosen func(Follow) bool) (ended, left []Follow, err error) {
	err = d.Store.InTx(ctx, func(tx Tx) error {
		all, err := tx.Follows(ctx, place)
		if err != nil {
			return err
		}
		ended, left = nil, nil
		var numbers []int64
		for _, follow := range all {
			if chosen(follow) {
				ended, numbers = append(ended, follow), append(numbers, follow.Number)
			} else {
				left = append(left, follow)
			}
		}
		if len(ended) == 0 {
			return nil
		}
		return tx.Unfollow(ctx, place, numbers)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("unfollow: %w", err)
	}
	return ended, left, nil
}
