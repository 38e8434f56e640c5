package ticket

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxRoute is how many people can stand behind a level.
const MaxRoute = 10

// MaxMail is the longest mail address that there is (RFC 5321).
const MaxMail = 254

// Route says who stands behind a level, and where an escalation to it goes.
type Route struct {
	// Place is the conversation that gets the escalation's card.
	Place
	Level Level
	// People are asked one after the other; with none, only the conversation is.
	People []Person
	// Mail is the address that is written to as the last resort; empty for none.
	Mail string
	By   Person
	At   time.Time
}

// Has tells whether the person stands behind the level.
func (r Route) Has(person Person) bool {
	return slices.ContainsFunc(r.People, func(p Person) bool { return p.same(person) })
}

// SetRoute puts people behind a level, in place of those who stood there. Only
// a lead may.
func (d *Desk) SetRoute(ctx context.Context, by Actor, route Route) (Route, error) {
	route.By, route.At, route.Mail = by.Person, d.now(), strings.TrimSpace(route.Mail)
	people := route.People
	route.People = nil
	for _, person := range people {
		if !route.Has(person) {
			route.People = append(route.People, person)
		}
	}
	if err := route.check(by); err != nil {
		return route, err
	}
	err := d.Store.InTx(ctx, func(tx Tx) error { return tx.SaveRoute(ctx, route) })
	if err != nil {
		return route, fmt.Errorf("set the route of %s: %w", route.Level, err)
	}
	return route, nil
}

func (r Route) check(by Actor) error {
	var faults Faults
	switch {
	case !by.Lead:
		return forbidden("error.route_leads", nil)
	case r.Tenant != by.Tenant:
		return &Error{Kind: Invalid, Message: "error.item_unknown"}
	case !slices.Contains(Levels(), r.Level):
		faults = append(faults, fault(FieldLevel, "error.level_unknown", nil))
	}
	if n := len(r.People); n > MaxRoute {
		faults = append(faults, fault(FieldPeople, "error.route_many", map[string]any{"Limit": MaxRoute, "Count": n}))
	}
	if r.Mail != "" {
		if _, unclear := readAddress(r.Mail); unclear != nil {
			faults = append(faults, unclear)
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// EndRoute takes everybody from behind a level; false where nobody stood there.
// Only a lead may.
func (d *Desk) EndRoute(ctx context.Context, by Actor, level Level) (bool, error) {
	if !by.Lead {
		return false, forbidden("error.route_leads", nil)
	}
	had := false
	err := d.Store.InTx(ctx, func(tx Tx) error {
		var err error
		if _, had, err = tx.Route(ctx, by.Tenant, level); err != nil || !had {
			return err
		}
		return tx.EndRoute(ctx, by.Tenant, level)
	})
	if err != nil {
		return false, fmt.Errorf("end the route of %s: %w", level, err)
	}
	return had, nil
}
