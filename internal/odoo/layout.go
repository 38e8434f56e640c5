package odoo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"handrail/internal/ticket"
)

// layoutFor is how long it is believed what was found out about Odoo's models, and
// layoutAgain how soon it is found out anew for a stage that nobody knows.
const (
	layoutFor   = time.Hour
	layoutAgain = time.Minute
)

// layout is how tickets are kept in this Odoo.
type layout struct {
	mapping
	fields map[string]Field
	// team is the id of the team or project, and teamName its name.
	team     int64
	teamName string
	path     path
	me       User
	at       time.Time

	// tagging guards classTags, the tags of the classes; nil while nobody has asked.
	tagging   sync.Mutex
	classTags map[ticket.Class]int64
}

// errSetup is a fault of the set-up that Odoo itself has not told.
type errSetup struct{ what, why string }

func (e *errSetup) Error() string { return "odoo: " + e.why }

// newLayout finds out how tickets are kept.
func (r *Records) newLayout(ctx context.Context) (*layout, error) {
	m, fields, err := r.detect(ctx)
	if err != nil {
		return nil, err
	}
	l := &layout{mapping: m.fitted(fields), fields: fields, at: r.now()}
	if l.me, err = r.client.Me(ctx); err != nil {
		return nil, err
	}
	if err := r.findTeam(ctx, l); err != nil {
		return nil, err
	}
	stages, err := r.stages(ctx, l)
	if err != nil {
		return nil, err
	}
	if l.path, err = newPath(stages, r.settings.Stages); err != nil {
		return nil, &errSetup{what: "ODOO_STAGES", why: fmt.Sprintf("%s %q: %v", l.deskModel, l.teamName, err)}
	}
	return l, nil
}

// detect gives the mapping of the first kind that is there, or of the one that the
// settings want.
func (r *Records) detect(ctx context.Context) (mapping, map[string]Field, error) {
	asked := make(map[string]map[string]Field)
	want := cmp.Or(r.settings.Kind, Auto)
	for _, m := range mappings() {
		if want != Auto && want != m.kind {
			continue
		}
		fields, seen := asked[m.model]
		if !seen {
			var err error
			if fields, err = r.client.Fields(ctx, m.model); err != nil && KindOf(err) != NoModel {
				return m, nil, err
			}
			asked[m.model] = fields
		}
		if _, marked := fields[m.mark]; fields != nil && (m.mark == "" || marked) {
			return m, fields, nil
		}
	}
	if want != Auto {
		return mapping{}, nil, &errSetup{what: "ODOO_MODEL", why: fmt.Sprintf("ODOO_MODEL is %s, and no such app is installed", want)}
	}
	return mapping{}, nil, &errSetup{what: "ODOO_MODEL", why: "neither a helpdesk nor Project is installed"}
}

// findTeam finds the team or project of the settings, or the only one.
func (r *Records) findTeam(ctx context.Context, l *layout) error {
	found, err := r.client.Search(ctx, Query{Model: l.deskModel, Fields: []string{"name"}, Order: "id", Limit: 200})
	if err != nil {
		return err
	}
	want := r.settings.Team
	if l.kind == Project {
		want = r.settings.Project
	}
	var names []string
	var matching []Record
	for _, one := range found {
		name := one.Text("name")
		names = append(names, fmt.Sprintf("%s (%d)", name, one.Number("id")))
		if want == "" || strings.EqualFold(name, want) || strconv.FormatInt(one.Number("id"), 10) == want {
			matching = append(matching, one)
		}
	}
	switch {
	case len(matching) == 1:
		l.team, l.teamName = matching[0].Number("id"), matching[0].Text("name")
		return nil
	case len(found) == 0:
		return &errSetup{what: l.setting, why: "there is no " + l.deskModel + " that the bot's user may see"}
	case len(matching) == 0:
		return &errSetup{what: l.setting, why: fmt.Sprintf("%s is %q; there are %s", l.setting, want, strings.Join(names, ", "))}
	}
	return &errSetup{what: l.setting, why: fmt.Sprintf("%s has to say which one by its id; there are %s", l.setting, strings.Join(names, ", "))}
}

// stages gives the stages of the team, in their order.
func (r *Records) stages(ctx context.Context, l *layout) ([]stage, error) {
	known, err := r.client.Fields(ctx, l.stageModel)
	if err != nil {
		return nil, err
	}
	q := Query{Model: l.stageModel, Fields: []string{"name"}, Order: "sequence, id"}
	if _, ok := known[l.stageDesks]; ok {
		mine := Term(l.stageDesks, "in", []int64{l.team})
		q.Domain = Domain{mine}
		if l.shared {
			q.Domain = Domain{"|", mine, Term(l.stageDesks, "=", false)}
		}
	}
	if _, ok := known[l.closed]; ok {
		q.Fields = append(q.Fields, l.closed)
	}
	found, err := r.client.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	stages := make([]stage, len(found))
	for i, one := range found {
		stages[i] = stage{id: one.Number("id"), name: one.Text("name"), closed: one.Truth(l.closed)}
	}
	return stages, nil
}

// layout gives how tickets are kept, found out once.
func (r *Records) layout(ctx context.Context) (*layout, error) {
	select {
	case r.finding <- struct{}{}:
		defer func() { <-r.finding }()
	case <-ctx.Done():
		return nil, fmt.Errorf("odoo: find out how tickets are kept: %w", ctx.Err())
	}
	if r.known != nil && r.now().Sub(r.known.at) < layoutFor {
		return r.known, nil
	}
	l, err := r.newLayout(ctx)
	if err != nil {
		return nil, err
	}
	r.known = l
	return l, nil
}

// forget has what is known found out anew at the next call.
func (r *Records) forget(l *layout) {
	r.finding <- struct{}{}
	defer func() { <-r.finding }()
	if r.known == l {
		r.known = nil
	}
}

// with does something with what is known of the models. Where Odoo says that they
// are others, which they are after an upgrade, it is found out and done once more.
func (r *Records) with(ctx context.Context, do func(l *layout) error) error {
	l, err := r.layout(ctx)
	if err != nil {
		return trouble(err)
	}
	err = do(l)
	if kind := KindOf(err); kind != NoModel && kind != UnknownField {
		return trouble(err)
	}
	r.forget(l)
	if l, err = r.layout(ctx); err != nil {
		return trouble(err)
	}
	return trouble(do(l))
}

// priority gives the value of a class, as far up as the model goes.
func (l *layout) priority(class ticket.Class) string {
	value, highest := l.priorities[class], int64(0)
	for _, choice := range l.fields["priority"].Selection {
		if len(choice) > 0 {
			word, _ := choice[0].(string)
			if n, err := strconv.ParseInt(word, 10, 64); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return strconv.FormatInt(min(value, highest), 10)
}

// class gives the class that a priority stands for; where there are several, the one
// whose tag is among the tags, else the last but Standard.
func (l *layout) class(priority string, tagged func(ticket.Class) bool) ticket.Class {
	n, err := strconv.ParseInt(priority, 10, 64)
	if err != nil {
		return ""
	}
	var found ticket.Class
	for _, class := range []ticket.Class{ticket.Expedite, ticket.Fixed, ticket.Priority, ticket.Standard} {
		if l.priority(class) != priority {
			continue
		}
		if found = class; tagged(class) {
			return class
		}
	}
	if found == "" && n < l.priorities[ticket.Standard] {
		return ticket.Standard
	}
	return found
}

// trouble makes of an error what the port says; nil stays nil.
func trouble(err error) error {
	if err == nil {
		return nil
	}
	if _, done := errors.AsType[*ticket.RecordError](err); done {
		return err
	}
	if setup, ok := errors.AsType[*errSetup](err); ok {
		return &ticket.RecordError{Why: ticket.RecordSetup, What: setup.what, Cause: err}
	}
	failed, ok := errors.AsType[*Error](err)
	if !ok { // no call was made, or it was given up
		return &ticket.RecordError{Why: ticket.RecordBusy, Cause: err}
	}
	told := &ticket.RecordError{
		What: failed.Field, After: failed.RetryAfter, Untried: errors.Is(err, errSettle) || errors.Is(err, errPause), Cause: err,
	}
	model, method, _ := strings.Cut(failed.Op, "/")
	switch failed.Kind {
	case Busy:
		told.Why = ticket.RecordBusy
	case Unauthorized:
		told.Why = ticket.RecordKeyBad
	case WrongDatabase:
		told.Why = ticket.RecordDatabase
	case Access:
		told.Why, told.What = ticket.RecordRights, model+" ("+right(method)+")"
	case Missing:
		told.Why = ticket.RecordGone
	case NoModel:
		told.Why, told.What = ticket.RecordSetup, model
	case UnknownField:
		told.Why, told.What = ticket.RecordSetup, cmp.Or(failed.Field, model)
	case Validation:
		told.Why = ticket.RecordRule
	case NotOdoo:
		told.Why = ticket.RecordStranger
	default:
		told.Why = ticket.RecordRefused
	}
	return told
}

// right names the right that a method needs.
func right(method string) string {
	switch {
	case slices.Contains([]string{"load", "create"}, method):
		return "create"
	case method == "write" || method == "message_post":
		return "write"
	}
	return "read"
}
