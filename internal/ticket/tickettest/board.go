package tickettest

import (
	"context"
	"slices"
	"strings"
	"time"

	"handrail/internal/ticket"
)

// Overview gives what a board shows.
func (s *Store) Overview(ctx context.Context, query ticket.Query) (ticket.Overview, error) {
	return s.reader().Overview(ctx, query)
}

// Counts gives how many tickets there are by class and step.
func (s *Store) Counts(ctx context.Context, query ticket.Query) ([]ticket.Count, error) {
	return s.reader().Counts(ctx, query)
}

// Board gives the board of a place.
func (s *Store) Board(ctx context.Context, place ticket.Place) (ticket.Board, bool, error) {
	return s.reader().Board(ctx, place)
}

// BoardsWait tells whether a board that was asked for since then is not due yet.
func (s *Store) BoardsWait(ctx context.Context, tenant string, since time.Time) (bool, error) {
	return s.reader().BoardsWait(ctx, tenant, since)
}

// Overview gives what a board shows.
func (r reader) Overview(ctx context.Context, query ticket.Query) (ticket.Overview, error) {
	counts, err := r.Counts(ctx, query)
	found := ticket.Overview{Counts: counts, Skip: max(query.Skip, 0)}
	if total := found.Total(); total == 0 {
		found.Skip = 0
	} else if found.Skip >= total {
		found.Skip = (total - 1) / query.Limit * query.Limit
	}
	if err != nil {
		return found, err
	}
	query.Skip = found.Skip
	page, err := r.Tickets(ctx, query)
	found.Tickets = page.Tickets
	return found, err
}

// Counts gives how many tickets there are by class and step.
func (r reader) Counts(_ context.Context, query ticket.Query) ([]ticket.Count, error) {
	var counts []ticket.Count
	for _, class := range ticket.Classes() {
		for _, step := range ticket.Steps() {
			n := 0
			for _, t := range r.tickets {
				if chosen(t, query) && t.Class() == class && t.Step == step {
					n++
				}
			}
			if n > 0 {
				counts = append(counts, ticket.Count{Class: class, Step: step, Tickets: n})
			}
		}
	}
	return counts, nil
}

// chosen tells whether the query chooses the ticket.
func chosen(t *ticket.Ticket, query ticket.Query) bool {
	switch {
	case t.Tenant != query.Tenant,
		query.Open && t.State == ticket.Closed,
		query.Unowned && t.Owner != nil,
		query.Escalated && !escalated(t),
		query.Unreached && len(t.Unreached) == 0,
		query.Owner != "" && (t.Owner == nil || t.Owner.ID != query.Owner),
		query.Class != "" && t.Class() != query.Class,
		!query.Late.IsZero() && (t.NextDue == nil || t.NextDue.After(query.Late)):
		return false
	}
	return strings.Contains(strings.ToLower(t.String()+"\n"+t.Title+"\n"+t.Customer), strings.ToLower(query.Word))
}

func escalated(t *ticket.Ticket) bool {
	_, open := t.Escalation()
	return open
}

// Board gives the board of a place.
func (r reader) Board(_ context.Context, place ticket.Place) (ticket.Board, bool, error) {
	board, ok := r.boards[place]
	return board, ok, nil
}

// BoardsWait tells whether a board that was asked for since then is not due yet.
func (r reader) BoardsWait(_ context.Context, tenant string, since time.Time) (bool, error) {
	for place, board := range r.boards {
		if place.Tenant == tenant && board.Asked.After(since) && !board.Due {
			return true, nil
		}
	}
	return false, nil
}

// AddBoard makes the board the one of its place, and gives it its round.
func (x *tx) AddBoard(_ context.Context, board *ticket.Board) error {
	board.Round = x.boards[board.Place].Round + 1
	x.boards[board.Place] = *board
	return nil
}

// LockBoard gives the board of a place.
func (x *tx) LockBoard(ctx context.Context, place ticket.Place) (ticket.Board, bool, error) {
	return x.Board(ctx, place)
}

// SaveBoard stores a board that was locked.
func (x *tx) SaveBoard(_ context.Context, board ticket.Board) error {
	x.boards[board.Place] = board
	return nil
}

// BoardsDue makes boards due and gives them.
func (x *tx) BoardsDue(_ context.Context, tenant string, since time.Time) ([]ticket.Board, error) {
	var due []ticket.Board
	for place, board := range x.boards {
		if place.Tenant == tenant && board.Asked.After(since) && !board.Due {
			board.Due = true
			x.boards[place] = board
			due = append(due, board)
		}
	}
	slices.SortFunc(due, func(a, b ticket.Board) int { return strings.Compare(a.Conversation, b.Conversation) })
	return due, nil
}

// ForgetBoard removes the board of a place.
func (x *tx) ForgetBoard(_ context.Context, place ticket.Place) error {
	delete(x.boards, place)
	return nil
}
