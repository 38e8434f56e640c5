package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"handrail/internal/ticket"
)

// routeRow says who stands behind a level.
type routeRow struct {
	Tenant string `gorm:"primaryKey"`
	Level  string `gorm:"primaryKey"`

	Conversation, Thread     string
	People, Mail             string
	ByID, ByName, ByObjectID string
	At                       time.Time
}

// TableName names the table.
func (*routeRow) TableName() string { return "routes" }

func (row *routeRow) route() (ticket.Route, error) {
	route := ticket.Route{
		Place: ticket.Place{Tenant: row.Tenant, Conversation: row.Conversation, Thread: row.Thread},
		Level: ticket.Level(row.Level), Mail: row.Mail,
		By: ticket.Person{ID: row.ByID, Name: row.ByName, ObjectID: row.ByObjectID}, At: instant(row.At),
	}
	return route, decode(row.People, &route.People)
}

// Route gives who stands behind a level; false for nobody.
func (r reader) Route(ctx context.Context, tenant string, level ticket.Level) (ticket.Route, bool, error) {
	routes, err := r.routes(ctx, "tenant = ? AND level = ?", words(tenant), string(level))
	if err != nil || len(routes) == 0 {
		return ticket.Route{}, false, err
	}
	return routes[0], true, nil
}

// Routes gives the routes of a tenant, in the order of the levels.
func (r reader) Routes(ctx context.Context, tenant string) ([]ticket.Route, error) {
	return r.routes(ctx, "tenant = ?", words(tenant))
}

func (r reader) routes(ctx context.Context, where string, args ...any) ([]ticket.Route, error) {
	var rows []routeRow
	if err := r.orm.WithContext(ctx).Where(where, args...).Find(&rows).Error; err != nil {
		return nil, explain(fmt.Errorf("store: read routes: %w", err))
	}
	routes := make([]ticket.Route, len(rows))
	for i := range rows {
		var err error
		if routes[i], err = rows[i].route(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(routes, func(a, b ticket.Route) int {
		return slices.Index(ticket.Levels(), a.Level) - slices.Index(ticket.Levels(), b.Level)
	})
	return routes, nil
}

// SaveRoute stores a route in place of the level's earlier one.
func (t *tx) SaveRoute(ctx context.Context, route ticket.Route) error {
	people, err := encode(route.People)
	if err != nil {
		return err
	}
	row := routeRow{
		Tenant: words(route.Tenant), Level: string(route.Level), Conversation: words(route.Conversation), Thread: words(route.Thread),
		People: people, Mail: words(route.Mail),
		ByID: words(route.By.ID), ByName: words(route.By.Name), ByObjectID: words(route.By.ObjectID), At: instant(route.At),
	}
	if err := t.orm.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return explain(fmt.Errorf("store: save a route: %w", err))
	}
	return nil
}

// EndRoute forgets the route of a level.
func (t *tx) EndRoute(ctx context.Context, tenant string, level ticket.Level) error {
	err := t.orm.WithContext(ctx).Where("tenant = ? AND level = ?", words(tenant), string(level)).Delete(&routeRow{}).Error
	if err != nil {
		return explain(fmt.Errorf("store: end a route: %w", err))
	}
	return nil
}
