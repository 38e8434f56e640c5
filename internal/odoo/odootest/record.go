package odootest

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const errValue = "builtins.ValueError"

// links are the commands that a many2many field is written with.
type links []any

// taken reads values as create and write take them.
func (s *Server) taken(t *table, values map[string]any, preposition string) Row {
	row := Row{}
	for field, value := range values {
		c := t.fields[field]
		if c.kind == "" {
			raisef(http.StatusInternalServerError, errValue, "Invalid field '%s' %s '%s'", field, preposition, t.model)
		}
		row[field] = s.value(t, field, c, value)
	}
	return row
}

func (s *Server) value(t *table, field string, c column, value any) any {
	switch c.kind {
	case "many2one":
		id := int64(number(value))
		s.exists(c.relation, id)
		return id
	case "many2many", "one2many":
		list, _ := value.([]any)
		return links(list)
	case "integer", "many2one_reference":
		return int64(number(value))
	case "boolean":
		return value == true
	case "html":
		return cleaned(text(value))
	case "selection":
		if word := text(value); word != "" && !slices.ContainsFunc(c.choices, func(one []any) bool { return one[0] == word }) {
			raisef(http.StatusInternalServerError, errValue, "Wrong value for %s.%s: '%s'", t.model, field, word)
		}
	case "datetime":
		return datetime(text(value))
	case "char", "text":
		if strings.Contains(text(value), "\x00") {
			raisef(http.StatusInternalServerError, errValue, "A string literal cannot contain NUL (0x00) characters.")
		}
	}
	return text(value)
}

func datetime(given string) string {
	if given == "" {
		return ""
	}
	if _, err := time.Parse("2006-01-02 15:04:05", given); err != nil {
		raisef(http.StatusInternalServerError, errValue, "time data '%s' does not match format '%%Y-%%m-%%d %%H:%%M:%%S'", given)
	}
	return given + ".000000"
}

// exists raises where a record that is pointed to is not there.
func (s *Server) exists(model string, ids ...int64) {
	for _, id := range ids {
		if t := s.tables[model]; id != 0 && (t == nil || t.rows[id] == nil) {
			raisef(http.StatusNotFound, "odoo.exceptions.MissingError",
				"Record does not exist or has been deleted.\n(Record: %s(%d,), User: 5)", model, id)
		}
	}
}

// put writes a value into a record.
func (s *Server) put(t *table, row Row, field string, value any) {
	commands, ok := value.(links)
	if !ok {
		row[field] = value
		return
	}
	ids, _ := row[field].([]int64)
	ids = slices.Clone(ids)
	for _, one := range commands {
		command, _ := one.([]any)
		if len(command) == 0 {
			continue
		}
		switch number(command[0]) {
		case 3:
			ids = slices.DeleteFunc(ids, func(id int64) bool { return id == int64(number(command[1])) })
		case 4:
			ids = append(ids, int64(number(command[1])))
		case 5:
			ids = nil
		case 6:
			ids = numbers(command[2])
		}
	}
	if model := t.fields[field].relation; s.tables[model] != nil {
		for _, id := range ids {
			if s.tables[model].rows[id] == nil {
				raisef(http.StatusUnprocessableEntity, "odoo.exceptions.ValidationError",
					"The operation cannot be completed: Another model is using the record you are trying to delete.")
			}
		}
	}
	row[field] = ids
}

// create makes a record.
func (s *Server) create(u *User, t *table, values Row) int64 {
	row := Row{}
	if _, has := t.fields["active"]; has {
		row["active"] = true
	}
	for field, value := range values {
		s.put(t, row, field, value)
	}
	if t.defaults != nil {
		t.defaults(s, u, row)
	}
	if field := missing(t, row); field != "" {
		raisef(http.StatusUnprocessableEntity, "odoo.exceptions.ValidationError", "The operation cannot be completed: %s", requiredText(t, field))
	}
	t.last++
	now := s.stamp()
	row["id"], row["create_date"], row["write_date"], row["create_uid"], row["write_uid"] = t.last, now, now, u.id, u.id
	t.rows[t.last] = row
	if t.made != nil {
		t.made(s, u, row)
	}
	return t.last
}

// missing names the first required field that is empty. A text of blanks is not.
func missing(t *table, row Row) string {
	var names []string
	for name, c := range t.fields {
		if c.required && empty(row[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

func requiredText(t *table, field string) string {
	return "Missing required value for the field '" + t.fields[field].label + "' (" + field + ").\nModel: '" + t.label + "' (" + t.model + ")\n" +
		"- create/update: a mandatory field is not set\n- delete: another model requires the record being deleted, you can archive it instead\n"
}

// write changes records, and tells so in their threads.
func (s *Server) write(u *User, t *table, ids []int64, values Row) {
	s.exists(t.model, ids...)
	for _, id := range ids {
		row := t.rows[id]
		if row == nil {
			continue // the id null changes nothing
		}
		if t.model == "knowledge.article" && row["internal_permission"] != "write" && row["create_uid"] != u.id && u.login != Admin().login {
			raisef(http.StatusForbidden, "odoo.exceptions.AccessError", "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n"+
				"Sorry, %s (id=%d) doesn't have 'write' access to:\n- Knowledge Article (knowledge.article)", u.login, u.id)
		}
		before := maps.Clone(row)
		for field, value := range values {
			if c := t.fields[field]; !c.readonly && c.value == nil {
				s.put(t, row, field, value)
			}
		}
		if field := missing(t, row); field != "" {
			t.rows[id] = before
			raisef(http.StatusUnprocessableEntity, "odoo.exceptions.ValidationError", "The operation cannot be completed: %s",
				requiredText(t, field))
		}
		row["write_date"], row["write_uid"] = s.stamp(), u.id
		if t.changed != nil {
			t.changed(s, u, row, before)
		}
		s.track(u, t, row, before)
	}
}

func (s *Server) unlink(t *table, ids []int64) {
	s.exists(t.model, ids...)
	for _, id := range ids {
		delete(t.rows, id)
		delete(s.external, s.identifier(t.model, id))
		for _, model := range []string{"mail.message", "ir.attachment"} {
			of := s.tables[model]
			for _, row := range of.rows {
				if t != of && (row["model"] == t.model || row["res_model"] == t.model) && row["res_id"] == id {
					rowID, _ := row["id"].(int64)
					s.unlink(of, []int64{rowID})
				}
			}
		}
	}
}

// load is Odoo's import, for one row that begins with an external identifier.
func (s *Server) load(c call, t *table) any {
	fields, data := texts(c.args["fields"]), c.args["data"]
	list, _ := data.([]any)
	if len(list) == 2 {
		return s.tried(c, t, fields, list)
	}
	if len(list) != 1 || len(fields) == 0 || fields[0] != "id" {
		raisef(http.StatusInternalServerError, errValue, "this Odoo loads one row with an id")
	}
	row, _ := list[0].([]any)
	for _, field := range fields[1:] {
		name, _, _ := strings.Cut(field, "/")
		if t.fields[name].kind == "" {
			raisef(http.StatusInternalServerError, errValue, "Invalid field name '%s'", name)
		}
	}
	values := Row{}
	for i, field := range fields[1:] {
		value, complaint := s.imported(t, field, row[i+1])
		if complaint != "" {
			name, _, _ := strings.Cut(field, "/")
			return refused(complaint, name)
		}
		name, _, _ := strings.Cut(field, "/")
		values[name] = value
	}
	return s.loaded(c, t, text(row[0]), values)
}

func (s *Server) loaded(c call, t *table, identifier string, values Row) any {
	known, there := s.external[identifier]
	switch {
	case strings.Contains(identifier, " "):
		return refused(`new row for relation "ir_model_data" violates check constraint "ir_model_data_name_nospaces"`, "")
	case there && known.model != t.model:
		return refused("For external id "+identifier+" when trying to create/update a record of model "+t.model+
			" found record of different model "+known.model+" ("+strconv.FormatInt(known.id, 10)+")", "")
	case there && known.commit > c.snapshot:
		return refused("could not serialize access due to concurrent update\n", "")
	case there:
		return map[string]any{"ids": []int64{known.id}, "messages": []any{}, "nextrow": 0}
	}
	var id int64
	_, failed := s.attempt(func() any {
		s.right(c.user, t, "create")
		if t.model == "mail.message" {
			s.exists(text(values["model"]), idsOf(values["res_id"])...)
			if !s.may(c.user, text(values["model"]), "read") {
				raisef(0, "", "The requested operation cannot be completed due to security restrictions. Please contact your system administrator.")
			}
		}
		probe := Row{}
		for field, value := range values {
			s.put(t, probe, field, value)
		}
		if t.defaults != nil {
			t.defaults(s, c.user, probe)
		}
		if field := missing(t, probe); field != "" {
			raisef(0, field, "%s", requiredText(t, field))
		}
		id = s.create(c.user, t, values)
		return nil
	})
	if failed != nil {
		field := ""
		if strings.HasPrefix(failed.message, "Missing required") {
			field = failed.name
		}
		return refused(failed.message, field)
	}
	s.external[identifier] = externalID{t.model, id, s.commits + 1}
	return map[string]any{"ids": []int64{id}, "messages": []any{}, "nextrow": 0}
}

func texts(value any) []string {
	list, _ := value.([]any)
	var words []string
	for _, one := range list {
		words = append(words, text(one))
	}
	return words
}

// refused is how load complains, as in rig19/j2-load-*.
func refused(message, field string) any {
	complaint := map[string]any{"rows": map[string]any{"from": 0, "to": 0}, "record": 0, "type": "error", "message": message}
	if field != "" {
		complaint["field"] = field
	}
	return map[string]any{"ids": false, "messages": []any{complaint}, "nextrow": 0}
}

// imported reads a value as load takes it: a text.
func (s *Server) imported(t *table, path string, value any) (imported any, complaint string) {
	field, how, _ := strings.Cut(path, "/")
	c, given := t.fields[field], text(value)
	if n, ok := value.(float64); ok {
		if c.kind == "many2many" {
			raisef(http.StatusInternalServerError, "builtins.AttributeError", "'int' object has no attribute 'split'")
		}
		given = strconv.FormatFloat(n, 'f', -1, 64)
	}
	switch how {
	case "id":
		id := s.external[given].id
		if id == 0 {
			return nil, "No matching record found for external id '" + given + "' in field '" + c.label + "'"
		}
		return id, ""
	case ".id":
		return s.importedIDs(c, given)
	}
	switch c.kind {
	case "boolean":
		return !slices.Contains([]string{"", "0", "false", "no"}, strings.ToLower(given)) && value != false, ""
	case "selection":
		return importedChoice(c, given)
	case "integer", "many2one_reference":
		n, _ := strconv.ParseInt(given, 10, 64)
		return n, ""
	case "datetime":
		if _, err := time.Parse("2006-01-02 15:04:05", given); err != nil && given != "" {
			return nil, "'" + given + "' does not seem to be a valid datetime for field '" + c.label + "'"
		}
	case "char", "text":
		if strings.Contains(given, "\x00") {
			return nil, "Unknown error during import: <class 'ValueError'>: A string literal cannot contain NUL (0x00) characters."
		}
	}
	return s.value(t, field, c, given), ""
}

func importedChoice(c column, given string) (any, string) {
	for _, choice := range c.choices {
		if given == choice[0] || given == choice[1] {
			return choice[0], ""
		}
	}
	if given != "" {
		return nil, "Value '" + given + "' not found in selection field '" + c.label + "'"
	}
	return "", ""
}

func (s *Server) importedIDs(c column, given string) (any, string) {
	var ids []int64
	for word := range strings.SplitSeq(given, ",") {
		if word == "" {
			continue
		}
		id, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, "Invalid database id '" + word + "' for the field '" + c.label + "'"
		}
		if s.tables[c.relation] == nil || s.tables[c.relation].rows[id] == nil {
			return nil, "No matching record found for database id '" + word + "' in field '" + c.label + "'"
		}
		ids = append(ids, id)
	}
	if c.kind == "many2many" {
		return ids, ""
	}
	if len(ids) == 0 {
		return int64(0), ""
	}
	return ids[0], ""
}

// kept are the tags that stay, as far as tests put them there.
const kept = "p|br|b|i|u|em|strong|a|ul|ol|li|h[1-6]|div|span|table|thead|tbody|tr|td|th|blockquote|pre|code|img|hr"

// What Odoo takes out of HTML, as far as it was seen.
var (
	scripts   = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)>`)
	handlers  = regexp.MustCompile(`(?i)\s+on\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)`)
	scriptURL = regexp.MustCompile(`(?i)\s+href\s*=\s*"javascript:[^"]*"`)
	known     = regexp.MustCompile(`(?i)</?(` + kept + `)\b[^>]*>`)
	anyTag    = regexp.MustCompile(`</?[A-Za-z][^>]*>`)
	ampersand = regexp.MustCompile(`&(?:[a-zA-Z]+;|#[0-9]+;|#x[0-9a-fA-F]+;)?`)
)

// cleaned is a text as an HTML field keeps it.
func cleaned(html string) string {
	html = strings.ReplaceAll(html, "\x00", " ")
	html = scriptURL.ReplaceAllString(handlers.ReplaceAllString(scripts.ReplaceAllString(html, ""), ""), "")
	html = anyTag.ReplaceAllStringFunc(html, func(tag string) string {
		if known.MatchString(tag) {
			return tag
		}
		return ""
	})
	html = ampersand.ReplaceAllStringFunc(html, func(entity string) string {
		if entity == "&" {
			return "&amp;"
		}
		return entity
	})
	if html != "" && !strings.HasPrefix(html, "<") {
		html = "<p>" + html + "</p>"
	}
	return html
}
