package bot

import (
	"context"
	"fmt"
	"sync"
	"time"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// seenAtMost bounds the memory for addresses; past it they are learnt anew.
const seenAtMost = 10_000

// seenFor bounds how long it is trusted: another process may have stored since
// then that a conversation refuses us, which the next activity from there ends.
const seenFor = 10 * time.Minute

// seen remembers what was stored of each place, so that an activity that says
// nothing new costs no statement.
type seen struct {
	mu        sync.Mutex
	addresses map[ticket.Place]sight
}

// sight is an address and when it was stored.
type sight struct {
	ticket.Address
	at time.Time
}

func newSeen() *seen { return &seen{addresses: map[ticket.Place]sight{}} }

func (s *seen) knows(address ticket.Address, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.addresses[address.Place]
	return ok && known.Address == address && now.Sub(known.at) < seenFor
}

func (s *seen) remember(address ticket.Address, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.addresses) >= seenAtMost {
		clear(s.addresses)
	}
	s.addresses[address.Place] = sight{address, now}
}

func (s *seen) forget(place ticket.Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.addresses, place)
}

// learn keeps where the conversation of an activity can be reached; the newest
// service URL wins. Where it could not be reached until now, the marks of that
// are taken from the tickets; and whoever has said something anywhere may have
// added the app, so that opening a chat with them is tried again.
func (b *Bot) learn(ctx context.Context, t *turn) error {
	address, now := t.address, b.now()
	whoever := ticket.Address{Place: ticket.NoChat(address.Tenant, t.actor.ID)}
	known, met := b.seen.knows(address, now), b.seen.knows(whoever, now)
	if address.Conversation == "" || address.ServiceURL == "" || known && met {
		return nil
	}
	err := b.store.InTx(ctx, func(tx ticket.Tx) error {
		was, before, err := tx.Address(ctx, address.Place)
		if err != nil {
			return err
		}
		if err := tx.Learn(ctx, address); err != nil {
			return err
		}
		if !met && t.actor.ID != "" {
			if err := tx.Forget(ctx, whoever.Place, ticket.NoChat(address.Tenant, t.actor.ObjectID)); err != nil {
				return err
			}
		}
		if address.Refused != "" || before && was.Refused == "" || !before && address.Kind != ticket.Personal {
			return nil
		}
		return tx.Later(ctx, ticket.Task{Job: ticket.MarkReached{Place: address.Place, Person: address.Person}})
	})
	if err != nil {
		return fmt.Errorf("bot: learn an address: %w", err)
	}
	b.seen.remember(address, now)
	b.seen.remember(whoever, now)
	return nil
}

// reference gives where to send for an address.
func reference(address ticket.Address) teams.Reference {
	return teams.NewReference(teams.Target{
		ServiceURL: address.ServiceURL, Tenant: address.Tenant,
		Conversation: address.Conversation, Thread: address.Thread,
		BotID: address.BotID, BotName: address.BotName, UserID: address.Person.ID,
	})
}
