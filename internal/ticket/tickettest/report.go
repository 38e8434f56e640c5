package tickettest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"handrail/internal/ticket"
)

// Moves counts what happened to tickets in a period.
func (s *Store) Moves(ctx context.Context, tenant string, p ticket.Period) ([]ticket.Moves, error) {
	return s.reader().Moves(ctx, tenant, p)
}

// Escalated counts the escalations that were sent in a period.
func (s *Store) Escalated(ctx context.Context, tenant string, p ticket.Period) ([]ticket.Escalated, error) {
	return s.reader().Escalated(ctx, tenant, p)
}

// Escalated counts the escalations that were sent in a period, each by itself.
func (r reader) Escalated(_ context.Context, tenant string, p ticket.Period) ([]ticket.Escalated, error) {
	var found []ticket.Escalated
	for _, t := range r.tickets {
		for _, e := range t.Escalations {
			if t.Tenant != tenant || !within(&e.At, p) {
				continue
			}
			one := ticket.Escalated{Level: e.Level, Reasons: e.Reasons, Outcome: e.Outcome(), Climbs: e.ClimbsOf(), Escalations: 1}
			if e.FirstAnswerAt != nil {
				took := e.FirstAnswerAt.Sub(e.At).Truncate(time.Minute)
				one.Answer = &took
			}
			found = append(found, one)
		}
	}
	return found, nil
}

// Lines gives the tickets to which something happened in a period.
func (s *Store) Lines(ctx context.Context, tenant string, p ticket.Period, after int64, limit int) ([]ticket.Line, error) {
	return s.reader().Lines(ctx, tenant, p, after, limit)
}

// Download gives the file with the digest.
func (s *Store) Download(ctx context.Context, digest string) (ticket.Download, bool, error) {
	return s.reader().Download(ctx, digest)
}

// Moves counts what happened to tickets in a period.
func (r reader) Moves(_ context.Context, tenant string, p ticket.Period) ([]ticket.Moves, error) {
	var all []ticket.Moves
	for _, class := range ticket.Classes() {
		m, found := ticket.Moves{Class: class}, false
		for _, t := range r.tickets {
			if t.Tenant != tenant || t.Class() != class || !happened(t, p) {
				continue
			}
			found = true
			m.Breaches += t.Breaches
			if within(&t.OpenedAt, p) {
				m.Opened++
			}
			if within(t.ClosedAt, p) {
				m.Closed++
			}
			if within(t.AcknowledgedAt, p) {
				m.Acknowledge = append(m.Acknowledge, ticket.Took{Length: t.AcknowledgedAt.Sub(t.OpenedAt).Truncate(time.Minute), Tickets: 1})
			}
			if within(t.ResolvedAt, p) {
				m.Resolve = append(m.Resolve, ticket.Took{Length: t.ResolvedAt.Sub(t.OpenedAt).Truncate(time.Minute), Tickets: 1})
			}
		}
		if found {
			all = append(all, m)
		}
	}
	return all, nil
}

func happened(t *ticket.Ticket, p ticket.Period) bool {
	return within(&t.OpenedAt, p) || within(t.AcknowledgedAt, p) || within(t.ResolvedAt, p) || within(t.ClosedAt, p)
}

func within(at *time.Time, p ticket.Period) bool {
	return at != nil && !at.Before(p.From) && at.Before(p.To)
}

// Lines gives the tickets to which something happened in a period.
func (r reader) Lines(_ context.Context, tenant string, p ticket.Period, after int64, limit int) ([]ticket.Line, error) {
	var lines []ticket.Line
	for _, t := range r.tickets {
		if t.Tenant != tenant || t.Number <= after || !happened(t, p) {
			continue
		}
		line := ticket.Line{
			Number: t.Number, Title: t.Title, Customer: t.Customer, Class: t.Class(), Step: t.Step, State: t.State,
			OpenedAt: t.OpenedAt, AcknowledgedAt: t.AcknowledgedAt, ResolvedAt: t.ResolvedAt, ClosedAt: t.ClosedAt,
			Users: t.Users, Breaches: t.Breaches, Escalations: len(t.Escalations),
		}
		for _, e := range t.Escalations {
			line.Climbs += e.ClimbsOf()
		}
		if t.Owner != nil {
			line.Owner = t.Owner.Name
		}
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b ticket.Line) int { return cmp.Compare(a.Number, b.Number) })
	return cut(lines, 0, limit), nil
}

// Download gives the file with the digest.
func (r reader) Download(_ context.Context, digest string) (ticket.Download, bool, error) {
	download, ok := r.downloads[digest]
	return download, ok, nil
}

// AddDownload stores a file that is offered.
func (x *tx) AddDownload(_ context.Context, download ticket.Download, now time.Time) error {
	for digest, old := range x.downloads {
		if !now.Before(old.Until) {
			delete(x.downloads, digest)
		}
	}
	x.downloads[download.Digest] = download
	return nil
}
