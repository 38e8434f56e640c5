package tickettest

import (
	"cmp"
	"context"
	"slices"

	"handrail/internal/ticket"
)

// Route gives who stands behind a level; false for nobody.
func (s *Store) Route(ctx context.Context, tenant string, level ticket.Level) (ticket.Route, bool, error) {
	return s.reader().Route(ctx, tenant, level)
}

// Routes gives the routes of a tenant, in the order of the levels.
func (s *Store) Routes(ctx context.Context, tenant string) ([]ticket.Route, error) {
	return s.reader().Routes(ctx, tenant)
}

// Draft gives the text in work of a ticket for a reader and kind.
func (s *Store) Draft(ctx context.Context, id ticket.ID, reader ticket.TextReader, kind ticket.TextKind) (ticket.Draft, bool, error) {
	return s.reader().Draft(ctx, id, reader, kind)
}

// Text gives a text of a tenant, in work or sent.
func (s *Store) Text(ctx context.Context, tenant string, draft ticket.DraftID) (ticket.Draft, error) {
	return s.reader().Text(ctx, tenant, draft)
}

// Texts gives the texts of a ticket that were sent, newest first.
func (s *Store) Texts(ctx context.Context, id ticket.ID, limit int) ([]ticket.Draft, error) {
	return s.reader().Texts(ctx, id, limit)
}

// Route gives who stands behind a level; false for nobody.
func (r reader) Route(_ context.Context, tenant string, level ticket.Level) (ticket.Route, bool, error) {
	i := slices.IndexFunc(r.routes, func(route ticket.Route) bool { return route.Tenant == tenant && route.Level == level })
	if i < 0 {
		return ticket.Route{}, false, nil
	}
	return r.routes[i], true, nil
}

// Routes gives the routes of a tenant, in the order of the levels.
func (r reader) Routes(_ context.Context, tenant string) ([]ticket.Route, error) {
	found := slices.DeleteFunc(slices.Clone(r.routes), func(route ticket.Route) bool { return route.Tenant != tenant })
	slices.SortFunc(found, func(a, b ticket.Route) int {
		return slices.Index(ticket.Levels(), a.Level) - slices.Index(ticket.Levels(), b.Level)
	})
	return found, nil
}

// Draft gives the text in work of a ticket for a reader and kind.
func (r reader) Draft(_ context.Context, id ticket.ID, reader ticket.TextReader, kind ticket.TextKind) (ticket.Draft, bool, error) {
	i := slices.IndexFunc(r.drafts, func(d ticket.Draft) bool { return inWork(d, id, reader, kind) })
	if i < 0 {
		return ticket.Draft{}, false, nil
	}
	return r.drafts[i], true, nil
}

func inWork(d ticket.Draft, id ticket.ID, reader ticket.TextReader, kind ticket.TextKind) bool {
	return d.ID == id && d.Reader == reader && d.Kind == kind && d.SentAt == nil
}

// Text gives a text of a tenant, in work or sent.
func (r reader) Text(_ context.Context, tenant string, draft ticket.DraftID) (ticket.Draft, error) {
	i := slices.IndexFunc(r.drafts, func(d ticket.Draft) bool { return d.DraftID == draft && d.Tenant == tenant })
	if i < 0 {
		return ticket.Draft{}, ticket.ErrNotFound(0)
	}
	return r.drafts[i], nil
}

// Texts gives the texts of a ticket that were sent, newest first.
func (r reader) Texts(_ context.Context, id ticket.ID, limit int) ([]ticket.Draft, error) {
	sent := slices.DeleteFunc(slices.Clone(r.drafts), func(d ticket.Draft) bool { return d.ID != id || d.SentAt == nil })
	slices.SortFunc(sent, func(a, b ticket.Draft) int {
		return cmp.Or(b.SentAt.Compare(*a.SentAt), cmp.Compare(b.DraftID, a.DraftID))
	})
	return cut(sent, 0, limit), nil
}

// SaveRoute stores a route in place of the level's earlier one.
func (x *tx) SaveRoute(ctx context.Context, route ticket.Route) error {
	if err := x.EndRoute(ctx, route.Tenant, route.Level); err != nil {
		return err
	}
	x.routes = append(x.routes, route)
	return nil
}

// EndRoute forgets the route of a level.
func (x *tx) EndRoute(_ context.Context, tenant string, level ticket.Level) error {
	x.routes = slices.DeleteFunc(x.routes, func(route ticket.Route) bool { return route.Tenant == tenant && route.Level == level })
	return nil
}

// SaveDraft stores a text and counts its version up; a new one gets its id.
func (x *tx) SaveDraft(_ context.Context, draft *ticket.Draft) error {
	i := slices.IndexFunc(x.drafts, func(d ticket.Draft) bool { return d.DraftID == draft.DraftID })
	if draft.DraftID == 0 {
		if slices.ContainsFunc(x.drafts, func(d ticket.Draft) bool { return inWork(d, draft.ID, draft.Reader, draft.Kind) }) {
			return ticket.ErrDraftStale
		}
		x.lastDraft++
		draft.DraftID, draft.Version = x.lastDraft, 1
		x.drafts = append(x.drafts, *draft)
		return nil
	}
	if i < 0 || x.drafts[i].Version != draft.Version || x.drafts[i].SentAt != nil || x.drafts[i].Tenant != draft.Tenant {
		return ticket.ErrDraftStale
	}
	draft.Version++
	x.drafts[i] = *draft
	return nil
}

// EndDraft forgets a text in work.
func (x *tx) EndDraft(_ context.Context, tenant string, draft ticket.DraftID) error {
	x.drafts = slices.DeleteFunc(x.drafts, func(d ticket.Draft) bool {
		return d.DraftID == draft && d.Tenant == tenant && d.SentAt == nil
	})
	return nil
}
