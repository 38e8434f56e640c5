package tickettest

import (
	"cmp"
	"context"
	"slices"

	"handrail/internal/ticket"
)

// LinkedTo gives the tickets that follow a ticket, in the order of their numbers.
func (s *Store) LinkedTo(ctx context.Context, id ticket.ID) ([]*ticket.Ticket, error) {
	return s.reader().LinkedTo(ctx, id)
}

// LinkedTo gives the tickets that follow a ticket, in the order of their numbers.
func (r reader) LinkedTo(_ context.Context, id ticket.ID) ([]*ticket.Ticket, error) {
	var found []*ticket.Ticket
	for _, t := range r.tickets {
		if t.Tenant == id.Tenant && t.Leader == id.Number {
			found = append(found, Clone(t))
		}
	}
	slices.SortFunc(found, func(a, b *ticket.Ticket) int { return cmp.Compare(a.Number, b.Number) })
	return found, nil
}
