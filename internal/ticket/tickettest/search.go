package tickettest

import (
	"cmp"
	"context"
	"slices"

	"handrail/internal/ticket"
)

// FindTickets gives a page of the tickets in which all words stand.
func (s *Store) FindTickets(ctx context.Context, search ticket.Search) ([]*ticket.Ticket, bool, error) {
	return s.reader().FindTickets(ctx, search)
}

// Alike gives the open tickets that look like the same trouble.
func (s *Store) Alike(ctx context.Context, trouble ticket.Trouble, limit int) ([]*ticket.Ticket, error) {
	return s.reader().Alike(ctx, trouble, limit)
}

// FindTickets gives a page of the tickets in which all words stand.
func (r reader) FindTickets(_ context.Context, search ticket.Search) ([]*ticket.Ticket, bool, error) {
	terms := search.Terms()
	exact, _ := search.Number()
	var found []*ticket.Ticket
	for _, t := range r.tickets {
		if t.Tenant == search.Tenant && (t.State == ticket.Open || !search.Open) && ticket.Has(t.FoundBy(), terms) {
			found = append(found, t)
		}
	}
	rank := func(t *ticket.Ticket) int {
		switch {
		case t.Number == exact:
			return 0
		case t.State == ticket.Open:
			return 1
		default:
			return 2
		}
	}
	slices.SortFunc(found, func(a, b *ticket.Ticket) int {
		return cmp.Or(rank(a)-rank(b), cmp.Compare(b.Number, a.Number))
	})
	more := len(found) > search.Skip+search.Count
	found = slices.Clone(cut(found, search.Skip, search.Count))
	for i := range found {
		found[i] = Clone(found[i])
	}
	return found, more && len(found) > 0, nil
}

// Alike gives the open tickets that look like the same trouble.
func (r reader) Alike(_ context.Context, trouble ticket.Trouble, limit int) ([]*ticket.Ticket, error) {
	var open []*ticket.Ticket
	for _, t := range r.tickets {
		if t.Tenant == trouble.Tenant && t.State == ticket.Open {
			open = append(open, Clone(t))
		}
	}
	return trouble.Alike(open, open, limit), nil
}

// Index has nothing to do: each ticket is found by what it says.
func (x *tx) Index(context.Context, ticket.ID, int) (ticket.ID, error) { return ticket.ID{}, nil }
