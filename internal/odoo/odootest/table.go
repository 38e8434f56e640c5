package odootest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// column is a field of a model.
type column struct {
	kind, label, relation string
	required, readonly    bool
	choices               [][]any
	// value computes what is not stored.
	value func(s *Server, row Row) any
}

// table is a model with its records.
type table struct {
	model, label string
	fields       map[string]column
	rows         map[int64]Row
	last         int64
	order        string
	// defaults fill a new record before it is checked, and made runs after it was stored.
	defaults func(s *Server, u *User, row Row)
	made     func(s *Server, u *User, row Row)
	// changed runs after a write, with the record as it was.
	changed func(s *Server, u *User, row, before Row)
	tracked []string
}

// shown is a value as Odoo sends it: false for empty, whole seconds, links as pairs.
func (s *Server) shown(t *table, row Row, field string) any {
	c := t.fields[field]
	value := row[field]
	if c.value != nil {
		value = c.value(s, row)
	}
	switch c.kind {
	case "many2one":
		id, _ := value.(int64)
		if id == 0 {
			return false
		}
		return []any{id, s.name(c.relation, id)}
	case "many2many", "one2many":
		ids, _ := value.([]int64)
		return append([]int64{}, ids...)
	case "datetime":
		if at := text(value); at != "" {
			return at[:19]
		}
		return false
	case "char", "text", "html", "selection", "binary":
		if text(value) == "" && field != "body" {
			return false
		}
		return text(value)
	case "boolean":
		return value == true
	case "integer", "many2one_reference":
		if value == nil {
			return 0
		}
	}
	return value
}

// name is how a record is called where others point to it.
func (s *Server) name(model string, id int64) any {
	t := s.tables[model]
	if t == nil || t.rows[id] == nil {
		return false
	}
	row := t.rows[id]
	name := text(row["name"])
	switch {
	case model == "res.partner" && row["parent_id"] != nil && row["parent_id"] != int64(0):
		parent, _ := row["parent_id"].(int64)
		return text(s.name(model, parent)) + ", " + name
	case model == "res.users":
		partner, _ := row["partner_id"].(int64)
		return s.name("res.partner", partner)
	case model == "helpdesk.ticket" && t.fields["ticket_ref"].kind != "":
		return name + " (#" + text(row["ticket_ref"]) + ")"
	case name == "":
		return false
	}
	return name
}

// search gives the ids that a domain finds, in order.
func (s *Server) search(u *User, t *table, domain any, context map[string]any, order string) []int64 {
	terms, _ := domain.([]any)
	if _, has := t.fields["active"]; has && context["active_test"] != false && !mentions(terms, "active") {
		terms = append([]any{[]any{"active", "=", true}}, terms...)
	}
	s.checked(t, terms)
	var found []int64
	for _, id := range t.ids() {
		if s.visible(u, t, t.rows[id]) && s.matches(t, t.rows[id], terms) {
			found = append(found, id)
		}
	}
	order = cmp.Or(order, t.order, "id")
	slices.SortStableFunc(found, func(a, b int64) int {
		for part := range strings.SplitSeq(order, ",") {
			field, way, _ := strings.Cut(strings.TrimSpace(part), " ")
			if t.fields[field].kind == "" {
				raisef(http.StatusInternalServerError, "builtins.ValueError", "Invalid field '%s' on '%s'", field, t.model)
			}
			if c := compare(t.rows[a][field], t.rows[b][field]); c != 0 {
				if strings.EqualFold(strings.TrimSpace(way), "desc") {
					return -c
				}
				return c
			}
		}
		return 0
	})
	return found
}

// visible is the one rule for single records that tests need: who may not read a
// record does not see its messages and files.
func (s *Server) visible(u *User, t *table, row Row) bool {
	switch t.model {
	case "mail.message":
		return s.may(u, text(row["model"]), "read")
	case "ir.attachment":
		return text(row["res_model"]) == "" || s.may(u, text(row["res_model"]), "read")
	case "knowledge.article":
		return text(row["internal_permission"]) != "none" || row["create_uid"] == u.id || u.login == Admin().login
	}
	return true
}

func mentions(terms []any, field string) bool {
	for _, term := range terms {
		if leaf, ok := term.([]any); ok && len(leaf) == 3 && leaf[0] == field {
			return true
		}
	}
	return false
}

// checked refuses fields that are not there.
func (s *Server) checked(t *table, terms []any) {
	for _, term := range terms {
		leaf, ok := term.([]any)
		if !ok {
			continue
		}
		if len(leaf) != 3 {
			raisef(http.StatusInternalServerError, "builtins.ValueError", "Invalid domain term %v", leaf)
		}
		at := t
		for part := range strings.SplitSeq(text(leaf[0]), ".") {
			if at == nil || at.fields[part].kind == "" {
				raisef(http.StatusInternalServerError, "builtins.ValueError", "Invalid field %s.%s in condition ('%s', '%s', %v)",
					t.model, leaf[0], leaf[0], leaf[1], leaf[2])
			}
			at = s.tables[at.fields[part].relation]
		}
	}
}

// matches reads a domain in its prefix notation.
func (s *Server) matches(t *table, row Row, terms []any) bool {
	result := true
	for len(terms) > 0 {
		var one bool
		one, terms = s.next(t, row, terms)
		result = result && one
	}
	return result
}

func (s *Server) next(t *table, row Row, terms []any) (bool, []any) {
	switch terms[0] {
	case "!":
		one, rest := s.next(t, row, terms[1:])
		return !one, rest
	case "&", "|":
		a, rest := s.next(t, row, terms[1:])
		b, rest := s.next(t, row, rest)
		if terms[0] == "&" {
			return a && b, rest
		}
		return a || b, rest
	}
	leaf, _ := terms[0].([]any)
	return s.holds(t, row, text(leaf[0]), text(leaf[1]), leaf[2]), terms[1:]
}

// holds tells whether a record meets a condition.
func (s *Server) holds(t *table, row Row, path, operator string, want any) bool {
	field, rest, deeper := strings.Cut(path, ".")
	c := t.fields[field]
	value := row[field]
	if c.value != nil {
		value = c.value(s, row)
	}
	if deeper {
		for _, id := range idsOf(value) {
			if next := s.tables[c.relation]; next.rows[id] != nil && s.holds(next, next.rows[id], rest, operator, want) {
				return true
			}
		}
		return false
	}
	if stored := text(value); c.kind == "datetime" && len(stored) > 19 && s.version >= 19 {
		value = stored[:19] + ".000000" // 19 compares whole seconds (its orm/domains.py), those before what is stored
	}
	switch operator {
	case "=":
		return s.equals(c, value, want)
	case "!=":
		return !s.equals(c, value, want)
	case "in", "not in":
		list, _ := want.([]any)
		return slices.ContainsFunc(list, func(one any) bool { return s.equals(c, value, one) }) == (operator == "in")
	case ">", ">=", "<", "<=":
		if empty(value) {
			return false
		}
		way := compare(value, plain(c, want))
		return map[string]bool{">": way > 0, ">=": way >= 0, "<": way < 0, "<=": way <= 0}[operator]
	case "ilike", "like", "=ilike":
		return s.like(c, value, operator, text(want))
	}
	raisef(http.StatusInternalServerError, "builtins.ValueError", "Invalid operator %s", operator)
	return false
}

func (s *Server) like(c column, value any, operator, want string) bool {
	if id, ok := value.(int64); ok && c.kind == "many2one" {
		value = s.name(c.relation, id)
	}
	have := text(value)
	if operator != "like" {
		have, want = strings.ToLower(have), strings.ToLower(want)
	}
	if operator == "=ilike" {
		return have == want
	}
	return strings.Contains(have, want)
}

func (s *Server) equals(c column, value, want any) bool {
	want = plain(c, want)
	if c.kind == "many2many" || c.kind == "one2many" {
		ids := idsOf(value)
		if id, ok := want.(int64); ok {
			return slices.Contains(ids, id)
		}
		return len(ids) == 0
	}
	if empty(want) {
		return empty(value)
	}
	return !empty(value) && compare(value, want) == 0
}

// plain turns what came as JSON into what is stored.
func plain(c column, value any) any {
	switch v := value.(type) {
	case float64:
		return int64(v)
	case int:
		return int64(v)
	case string:
		if c.kind == "datetime" && len(v) == 19 {
			return v + ".000000"
		}
	}
	return value
}

func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case int64:
		return v == 0
	}
	return false
}

func idsOf(value any) []int64 {
	switch v := value.(type) {
	case int64:
		if v != 0 {
			return []int64{v}
		}
	case []int64:
		return v
	}
	return nil
}

func compare(a, b any) int {
	switch a := a.(type) {
	case string:
		return strings.Compare(a, text(b))
	case int64:
		other, _ := b.(int64)
		return cmp.Compare(a, other)
	case bool:
		other, _ := b.(bool)
		return cmp.Compare(map[bool]int{true: 1}[a], map[bool]int{true: 1}[other])
	}
	if empty(a) && empty(b) {
		return 0
	}
	if empty(a) {
		return -1
	}
	return 1
}
