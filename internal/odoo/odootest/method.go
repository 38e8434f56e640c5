package odootest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// signature is what a method takes.
type signature struct {
	records  bool // its first argument are ids
	names    []string
	required []string
	since    int
}

func signatures() map[string]signature {
	return map[string]signature{
		"search_read":         {names: []string{"domain", "fields", "offset", "limit", "order"}},
		"search":              {names: []string{"domain", "offset", "limit", "order"}, required: []string{"domain"}},
		"search_count":        {names: []string{"domain", "limit"}, required: []string{"domain"}},
		"read":                {records: true, names: []string{"fields"}},
		"create":              {names: []string{"vals_list"}, required: []string{"vals_list"}},
		"write":               {records: true, names: []string{"vals"}, required: []string{"vals"}},
		"unlink":              {records: true},
		"load":                {names: []string{"fields", "data"}, required: []string{"fields", "data"}},
		"fields_get":          {names: []string{"allfields", "attributes"}},
		"get_external_id":     {records: true},
		"has_access":          {records: true, names: []string{"operation"}, required: []string{"operation"}, since: 18},
		"check_access_rights": {names: []string{"operation", "raise_exception"}, required: []string{"operation"}},
		"formatted_read_group": {names: []string{"domain", "groupby", "aggregates", "having", "offset", "limit", "order"},
			required: []string{"domain"}, since: 19},
		"read_group": {names: []string{"domain", "fields", "groupby", "offset", "limit", "orderby", "lazy"},
			required: []string{"domain"}},
		"message_post": {records: true, names: []string{
			"body", "subject", "message_type", "email_from", "author_id", "parent_id", "subtype_xmlid", "partner_ids",
			"attachment_ids", "message_id", "body_is_html",
		}},
		"context_get":    {},
		"find_or_create": {names: []string{"email"}, required: []string{"email"}},
	}
}

// call is a call of a method by a user.
type call struct {
	user          *User
	model, method string
	args          map[string]any
	// snapshot is how many transactions had ended when the call came.
	snapshot int
	json2    bool
}

func (c call) context() map[string]any {
	context, _ := c.args["context"].(map[string]any)
	return context
}

func (c call) ids() []int64 { return numbers(c.args["ids"]) }

func numbers(value any) []int64 {
	list, _ := value.([]any)
	var ids []int64
	for _, one := range list {
		if id, ok := one.(float64); ok {
			ids = append(ids, int64(id))
		}
	}
	return ids
}

func number(value any) int {
	n, _ := value.(float64)
	return int(n)
}

// call does what is asked.
func (s *Server) call(c call) any {
	t := s.tables[c.model]
	sig, known := signatures()[c.method]
	switch {
	case strings.HasPrefix(c.method, "_"):
		raisef(http.StatusForbidden, "odoo.exceptions.AccessError", "Private methods (such as '%s.%s') cannot be called remotely.", c.model,
			c.method)
	case !known || sig.since > s.version:
		name := "builtins.AttributeError"
		if c.json2 {
			name = "werkzeug.exceptions.NotFound"
		}
		raisef(http.StatusNotFound, name, "The method '%s.%s' does not exist", c.model, c.method)
	}
	for _, name := range sig.required {
		if _, there := c.args[name]; !there {
			raisef(http.StatusUnprocessableEntity, "werkzeug.exceptions.UnprocessableEntity", "missing a required argument: '%s'", name)
		}
	}
	for name := range c.args {
		if name == "context" || name == "ids" && sig.records || slices.Contains(sig.names, name) {
			continue
		}
		if c.method != "message_post" {
			raisef(http.StatusUnprocessableEntity, "werkzeug.exceptions.UnprocessableEntity", "got an unexpected keyword argument '%s'", name)
		} else if s.version >= 19 {
			raisef(http.StatusInternalServerError, "builtins.ValueError", "Those values are not supported when posting or notifying: %s", name)
		}
	}
	s.calls[c.model+"/"+c.method]++
	return s.do(c, t)
}

func (s *Server) do(c call, t *table) any {
	switch c.method {
	case "search_read", "search", "search_count", "read", "read_group", "formatted_read_group":
		s.right(c.user, t, "read")
		return s.query(c, t)
	case "create":
		return s.creates(c, t)
	case "write":
		s.right(c.user, t, "write")
		values, _ := c.args["vals"].(map[string]any)
		s.write(c.user, t, c.ids(), s.taken(t, values, "in"))
		return true
	case "unlink":
		s.right(c.user, t, "unlink")
		s.unlink(t, c.ids())
		return true
	case "load":
		return s.load(c, t)
	case "fields_get":
		return s.describe(t)
	case "get_external_id":
		return s.identifiers(c, t)
	case "has_access":
		return s.may(c.user, t.model, text(c.args["operation"]))
	case "check_access_rights":
		if c.args["raise_exception"] != false {
			s.right(c.user, t, text(c.args["operation"]))
		}
		return s.may(c.user, t.model, text(c.args["operation"]))
	case "message_post":
		return s.posted(c, t)
	case "context_get":
		return map[string]any{"lang": "en_US", "tz": false, "uid": c.user.id}
	}
	return []int64{s.contact(c.user, text(c.args["email"]))} // find_or_create
}

func (s *Server) creates(c call, t *table) []int64 {
	s.right(c.user, t, "create")
	var ids []int64
	list, _ := c.args["vals_list"].([]any)
	for _, one := range list {
		values, _ := one.(map[string]any)
		ids = append(ids, s.create(c.user, t, s.taken(t, values, "in")))
	}
	return ids
}

func (s *Server) identifiers(c call, t *table) map[string]string {
	found := map[string]string{}
	for _, id := range c.ids() {
		found[strconv.FormatInt(id, 10)] = s.identifier(t.model, id)
	}
	return found
}

// right raises as samples/19/230-j2-create-access does.
func (s *Server) right(u *User, t *table, operation string) {
	if s.may(u, t.model, operation) {
		return
	}
	verb := map[string]string{"read": "access", "write": "modify", "unlink": "delete"}[operation]
	if verb == "" {
		verb = operation
	}
	raisef(http.StatusForbidden, "odoo.exceptions.AccessError", "You are not allowed to %s '%s' (%s) records.\n\n"+
		"This operation is allowed for the following groups:\n\t- Helpdesk/Administrator\n\n"+
		"Contact your administrator to request access if necessary.",
		verb, t.label, t.model)
}

// query answers the methods that read.
func (s *Server) query(c call, t *table) any {
	if c.method == "read" {
		return s.rows(t, slices.DeleteFunc(c.ids(), func(id int64) bool { return t.rows[id] == nil }), c.args["fields"])
	}
	found := s.search(c.user, t, c.args["domain"], c.context(), text(c.args["order"]))
	switch c.method {
	case "search_count":
		return len(found)
	case "read_group", "formatted_read_group":
		return s.groups(c, t, found)
	}
	found = found[min(number(c.args["offset"]), len(found)):]
	if limit := number(c.args["limit"]); limit > 0 {
		found = found[:min(limit, len(found))]
	}
	if c.method == "search" {
		return append([]int64{}, found...)
	}
	return s.rows(t, found, c.args["fields"])
}

func (s *Server) rows(t *table, ids []int64, fields any) []map[string]any {
	var names []string
	list, _ := fields.([]any)
	for _, one := range list {
		if t.fields[text(one)].kind == "" {
			raisef(http.StatusInternalServerError, "builtins.ValueError", "Invalid field '%s' on '%s'", one, t.model)
		}
		names = append(names, text(one))
	}
	if len(names) == 0 {
		names = slices.Collect(maps.Keys(t.fields))
	}
	rows := []map[string]any{}
	for _, id := range ids {
		row := map[string]any{"id": id}
		for _, name := range names {
			if name != "id" {
				row[name] = s.shown(t, t.rows[id], name)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// groups counts by one field, as samples/19/274 and 14/062 do.
func (s *Server) groups(c call, t *table, found []int64) []map[string]any {
	field := ""
	if list, ok := c.args["groupby"].([]any); ok && len(list) == 1 {
		field = text(list[0])
	}
	if t.fields[field].kind == "" {
		raisef(http.StatusInternalServerError, "builtins.ValueError", "Invalid field '%s' on model '%s'", field, t.model)
	}
	domain := "__extra_domain"
	if c.method == "read_group" {
		domain = "__domain"
	}
	groups := []map[string]any{}
	at := map[string]int{}
	for _, id := range found {
		value := s.shown(t, t.rows[id], field)
		key := fmt.Sprint(value)
		if _, there := at[key]; !there {
			at[key] = len(groups)
			groups = append(groups, map[string]any{field: value, "__count": 0, domain: []any{[]any{field, "=", value}}})
		}
		count, _ := groups[at[key]]["__count"].(int)
		groups[at[key]]["__count"] = count + 1
	}
	slices.SortStableFunc(groups, func(a, b map[string]any) int { // the empty one comes last
		return compare(b[field] != false, a[field] != false)
	})
	return groups
}

func (s *Server) describe(t *table) map[string]any {
	described := map[string]any{}
	for name, c := range t.fields {
		one := map[string]any{"type": c.kind, "string": c.label, "required": c.required, "readonly": c.readonly || c.value != nil}
		if c.relation != "" {
			one["relation"] = c.relation
		}
		if c.choices != nil {
			one["selection"] = c.choices
		}
		described[name] = one
	}
	return described
}

func (s *Server) identifier(model string, id int64) string {
	for name, x := range s.external {
		if x.model == model && x.id == id {
			return name
		}
	}
	return ""
}
