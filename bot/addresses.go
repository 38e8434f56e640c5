package bot

import (
	"cmp"
	"context"
	"fmt"
	"strings"
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

// seen remembers what was stored of each place and person, so that an activity
// that says nothing new costs no statement.
type seen struct {
	mu        sync.Mutex
	addresses map[ticket.Place]sight
	// people are by tenant and id; SeenAt is when they were stored.
	people map[[2]string]ticket.Acquaintance
}

// sight is an address and when it was stored.
type sight struct {
	ticket.Address
	at time.Time
}

func newSeen() *seen {
	return &seen{addresses: map[ticket.Place]sight{}, people: map[[2]string]ticket.Acquaintance{}}
}

// met tells whether nothing is new about a person. What an activity leaves out is not new.
func (s *seen) met(who ticket.Acquaintance) bool {
	if who.ID == "" {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.people[[2]string{who.Tenant, who.ID}]
	old := func(now, before string) bool { return now == "" || now == before }
	return ok && who.SeenAt.Sub(known.SeenAt) < seenFor && old(who.Name, known.Name) && old(who.ObjectID, known.ObjectID) &&
		old(who.Locale, known.Locale) && old(who.Zone, known.Zone)
}

// meet remembers a person. What an activity leaves out stays.
func (s *seen) meet(who ticket.Acquaintance) {
	if who.ID == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.people) >= seenAtMost {
		clear(s.people)
	}
	known := s.people[[2]string{who.Tenant, who.ID}]
	who.Name, who.ObjectID = cmp.Or(who.Name, known.Name), cmp.Or(who.ObjectID, known.ObjectID)
	who.Locale, who.Zone = cmp.Or(who.Locale, known.Locale), cmp.Or(who.Zone, known.Zone)
	s.people[[2]string{who.Tenant, who.ID}] = who
}

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

// learn keeps where the conversation of an activity can be reached, and who has
// sent it; the newest service URL wins. Where it could not be reached until now,
// the marks of that are taken from the tickets; and whoever has said something
// anywhere may have added the app, so that opening a chat with them is tried again.
func (b *Bot) learn(ctx context.Context, t *turn) error {
	address, now := t.address, b.now()
	whoever := ticket.Address{Place: ticket.NoChat(address.Tenant, t.actor.ID)}
	known, met, acquainted := b.seen.knows(address, now), b.seen.knows(whoever, now), b.seen.met(t.sender)
	if address.Conversation == "" || address.ServiceURL == "" || known && met && acquainted {
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
		if err := b.meet(ctx, tx, t, !acquainted, !met); err != nil {
			return err
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
	b.seen.meet(t.sender)
	return nil
}

// meet stores what is news of the sender, and forgets what stood in the way of
// opening a chat with them.
func (b *Bot) meet(ctx context.Context, tx ticket.Tx, t *turn, news, back bool) error {
	if news {
		if err := b.desk.Meet(ctx, tx, t.sender, t.place()); err != nil {
			return err
		}
	}
	if !back || t.actor.ID == "" {
		return nil
	}
	tenant := t.actor.Tenant
	return tx.Forget(ctx, ticket.NoChat(tenant, t.actor.ID), ticket.NoChat(tenant, t.actor.ObjectID))
}

// acquaintance gives what an activity tells of its sender; nothing where that
// is no person.
func (b *Bot) acquaintance(a *teams.Activity) ticket.Acquaintance {
	sender := a.Sender()
	if sender.ID == "" || sender.ID == a.Recipient.ID || strings.HasPrefix(sender.ID, "28:") {
		return ticket.Acquaintance{}
	}
	return ticket.Acquaintance{
		Person: ticket.Person{ID: sender.ID, Name: sender.Name, ObjectID: strings.ToLower(sender.ObjectID)},
		Tenant: a.Tenant(), Locale: a.Locale, Zone: a.Timezone(), SeenAt: b.now(),
	}
}

// reference gives where to send for an address.
func reference(address ticket.Address) teams.Reference {
	return teams.NewReference(teams.Target{
		ServiceURL: address.ServiceURL, Tenant: address.Tenant,
		Conversation: address.Conversation, Thread: address.Thread,
		BotID: address.BotID, BotName: address.BotName, UserID: address.Person.ID,
	})
}

// workedOnIn gives the conversations of several people that show the ticket's
// live card and can be written to, the oldest first. Where a ticket is only
// followed nobody works on it.
func (b *Bot) workedOnIn(ctx context.Context, id ticket.ID) ([]ticket.Address, error) {
	copies, err := b.store.Copies(ctx, id)
	if err != nil {
		return nil, err
	}
	var shared []ticket.Address
	for _, c := range copies {
		if c.Purpose == ticket.PurposeLive && c.Address.ServiceURL != "" && c.Address.Refused == "" && c.Address.Kind != ticket.Personal {
			shared = append(shared, c.Address)
		}
	}
	return shared, nil
}
