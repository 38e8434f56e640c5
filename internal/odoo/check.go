package odoo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/ticket"
)

// Check is one thing that was looked at.
type Check struct {
	// Name is a plain word, such as "stages".
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Found says what is there.
	Found string `json:"found,omitempty"`
	// Fault says what is wrong, and Do what to do about it; empty where nothing is. One that
	// is OK all the same is a warning.
	Fault string `json:"fault,omitempty"`
	Do    string `json:"do,omitempty"`
}

// Checks looks at everything that tickets in Odoo need, from the address to a ticket
// that is made for a trial and taken back. It ends where the next thing cannot be
// looked at. It sends no mail and leaves nothing behind.
func (r *Records) Checks(ctx context.Context) []Check {
	v, err := r.client.Version(ctx)
	if err != nil {
		return []Check{faulty("address", err)}
	}
	checks := []Check{
		{Name: "address", OK: true, Found: r.client.base.String()},
		{Name: "version", OK: true, Found: "Odoo " + v.Text + ", by " + protocol(v)},
	}
	me, err := r.client.Me(ctx)
	if KindOf(err) == WrongDatabase {
		return append(checks, faulty("database", err))
	}
	if err != nil {
		return append(checks, faulty("key", err))
	}
	checks = append(checks, Check{Name: "database", OK: true, Found: r.client.cfg.Database},
		Check{Name: "key", OK: true, Found: fmt.Sprintf("of %s (%s)", me.Name, me.Login)})
	m, fields, err := r.detect(ctx)
	if err != nil {
		return append(checks, faulty("model", err))
	}
	l := &layout{mapping: m.fitted(fields), fields: fields, me: me, at: r.now()}
	checks = append(checks, Check{Name: "model", OK: true, Found: fmt.Sprintf("tickets are kept as %s (%s)", l.model, l.kind)})
	if err := r.findTeam(ctx, l); err != nil {
		return append(checks, faulty("team", err))
	}
	checks = append(checks, Check{Name: "team", OK: true, Found: fmt.Sprintf("they are in %s (%s %d)", l.teamName, l.deskModel, l.team)})
	stages, err := r.stages(ctx, l)
	if err == nil {
		if l.path, err = newPath(stages, r.settings.Stages); err != nil {
			err = &errSetup{what: "ODOO_STAGES", why: err.Error()}
		}
	}
	if err != nil {
		return append(checks, faulty("stages", err))
	}
	checks = append(checks, Check{Name: "stages", OK: true, Found: "the stages of the steps are " + l.path.String()})
	checks = append(checks, r.rights(ctx, l)...)
	return append(checks, r.trial(ctx, l))
}

func protocol(v Version) string {
	if v.JSON2() {
		return "JSON-2"
	}
	return "JSON-RPC"
}

// String says which stage each step has.
func (p path) String() string {
	var parts []string
	for _, step := range ticket.Steps() {
		parts = append(parts, string(step)+"="+p.name(p.steps[step]))
	}
	return strings.Join(append(parts, ClosedStage+"="+p.name(p.end)), ", ")
}

func (p path) name(id int64) string {
	if at := slices.IndexFunc(p.stages, func(s stage) bool { return s.id == id }); at >= 0 {
		return p.stages[at].name
	}
	return ""
}

// rights looks at what the bot's user may do.
func (r *Records) rights(ctx context.Context, l *layout) []Check {
	needs := []struct {
		name, model, operation, purpose string
		// optional tells that Handrail gets on without.
		optional bool
	}{
		{"rights", l.model, "read", "read tickets", false},
		{"rights", l.model, "create", "make tickets", false},
		{"rights", l.model, "write", "change tickets", false},
		{"rights", "mail.message", "create", "write messages", false},
		{"rights", "ir.attachment", "create", "hang files on tickets", false},
		{"rights", "res.partner", "read", "find customers", false},
		{"rights", "res.users", "read", "find the users of owners", false},
		{"rights", "res.partner", "create", "make contacts, which ODOO_CREATE_CONTACTS asks for", false},
		{"tags", l.tagModel, "create", "make the tags of the classes", true},
		{"knowledge", "knowledge.article", "create", "write articles", true},
		{"knowledge", "document.page", "create", "write pages", true},
	}
	var missing, warnings []Check
	for _, need := range needs {
		if need.purpose == "make contacts, which ODOO_CREATE_CONTACTS asks for" && !r.settings.CreateContacts {
			continue
		}
		if need.name == "tags" && r.tagsThere(ctx, l) {
			continue
		}
		may, err := r.client.May(ctx, need.model, need.operation)
		if KindOf(err) == NoModel && need.optional {
			continue
		}
		c := Check{Name: need.name, OK: need.optional}
		switch {
		case err != nil:
			c = faulty(need.name, err)
		case may:
			continue
		default:
			c.Fault = fmt.Sprintf("the bot's user may not %s: it lacks the right %s on %s", need.purpose, need.operation, need.model)
			c.Do = "give the user the group in Odoo that may do it (Settings, Users)"
			if need.name == "tags" {
				c.Do = "make the tags in Odoo (" + strings.Join(wantedNames(r.settings.tags()), ", ") +
					"), name others in ODOO_TAGS, or set ODOO_TAGS=none"
			}
		}
		if need.optional {
			warnings = append(warnings, c)
		} else {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		missing = []Check{{Name: "rights", OK: true, Found: "the bot's user has what tickets, messages, files and contacts need"}}
	}
	return append(missing, warnings...)
}

// tagsThere tells that no tag of a class has to be made.
func (r *Records) tagsThere(ctx context.Context, l *layout) bool {
	names := wantedNames(r.settings.tags())
	if l.tags == "" || len(names) == 0 {
		return true
	}
	found, err := r.client.Search(ctx, Query{Model: l.tagModel, Fields: []string{"name"}, Domain: Domain{Term("name", "in", names)}})
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(names, func(name string) bool {
		return !slices.ContainsFunc(found, func(tag Record) bool { return tag.Text("name") == name })
	})
}

// trial makes a ticket and has it taken back.
func (r *Records) trial(ctx context.Context, l *layout) Check {
	values := Values{
		"name": "Handrail: a trial that is taken back at once", l.desk: ID(l.team),
		l.stage: ID(l.path.stageOf(ticket.Standing{Step: ticket.Reception, State: ticket.Open})), "priority": l.priority(ticket.Standard),
		l.details: markup("Nobody should see this."),
	}
	if l.owners != "" {
		values[l.owners] = IDs{}
	}
	err := r.client.Try(ctx, l.model, values, l.stage)
	if err == nil {
		return Check{Name: "trial", OK: true, Found: "a ticket could be made, and was taken back"}
	}
	c := faulty("trial", err)
	if KindOf(err) == Validation {
		c.Fault = "a ticket cannot be made: " + what(err)
		c.Do = "give the required fields of " + l.model + " a default in Odoo, or make them optional"
		if own := l.unfilled(); len(own) > 0 {
			c.Fault += "; required fields that Handrail does not fill: " + strings.Join(own, ", ")
		}
	}
	return c
}

// unfilled are the required fields of somebody's own that Handrail does not fill.
func (l *layout) unfilled() []string {
	var names []string
	for name, field := range l.fields {
		if field.Required && !field.ReadOnly && !slices.Contains(l.filled(), name) && strings.HasPrefix(name, "x_") {
			names = append(names, fmt.Sprintf("%s (%s)", name, field.Label))
		}
	}
	slices.Sort(names)
	return names
}

// what gives what an error is about: the field, else Odoo's own words.
func what(err error) string {
	failed, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return err.Error()
	case failed.Field != "" && failed.Detail != "":
		return failed.Field + ": " + failed.Detail
	case failed.Field != "":
		return failed.Field
	}
	return failed.Detail
}

// faulty says of an error what to do.
func faulty(name string, err error) Check {
	c := Check{Name: name, Fault: err.Error()}
	if setup, ok := errors.AsType[*errSetup](err); ok {
		c.Fault, c.Do = setup.why, "set "+setup.what
		if setup.what == "ODOO_MODEL" {
			c.Do = "install Helpdesk, helpdesk_mgmt or Project in Odoo, or set another ODOO_MODEL"
		}
		return c
	}
	switch KindOf(err) {
	case Busy:
		c.Fault = "Odoo does not answer: " + err.Error()
		c.Do = "check ODOO_URL, and that Odoo and the proxy before it run; what waits is sent when it is back"
	case Unauthorized:
		c.Fault = "Odoo refuses the key: it is wrong, was withdrawn, or has expired"
		c.Do = "make a new key in Odoo (the bot's user, Preferences, Account Security) and set ODOO_API_KEY; " +
			"before Odoo 19 ODOO_LOGIN has to be the key's user"
	case WrongDatabase:
		c.Fault, c.Do = "there is no such database", "set ODOO_DB to the database's name"
	case Access:
		failed, _ := errors.AsType[*Error](err)
		model, method, _ := strings.Cut(failed.Op, "/")
		c.Fault = fmt.Sprintf("the bot's user lacks the right %s on %s", right(method), model)
		c.Do = "give the bot's user the group in Odoo that may do it (Settings, Users)"
	case NotOdoo:
		c.Fault, c.Do = "what answers there is not Odoo", "set ODOO_URL to the address at which people sign in to Odoo, without a path"
	case NoModel, UnknownField:
		c.Do = "look whether an app of Odoo was removed or upgraded, and set ODOO_MODEL"
	default:
		c.Do = "look into Odoo's log for the time of this check"
	}
	return c
}
