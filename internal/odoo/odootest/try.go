package odootest

import (
	"net/http"
	"strings"
)

// tried is a load of two rows without identifiers of which the second is wrong, so that
// the first is taken back.
func (s *Server) tried(c call, t *table, fields []string, list []any) any {
	complaints := []any{}
	for i, one := range list {
		row, _ := one.([]any)
		probe, wrong := Row{}, ""
		for at, field := range fields {
			value, complaint := s.imported(t, field, row[at])
			name, _, _ := strings.Cut(field, "/")
			s.put(t, probe, name, value)
			if complaint != "" {
				wrong = name
				complaints = append(complaints, map[string]any{"record": i, "type": "error", "message": complaint, "field": name})
			}
		}
		if wrong != "" {
			continue
		}
		if i > 0 {
			raisef(http.StatusInternalServerError, errValue, "this Odoo loads two rows of which the second is wrong")
		}
		if failed := s.unmakeable(c, t, probe); failed != nil {
			complaints = append(complaints, failed)
		}
	}
	return map[string]any{"ids": false, "messages": complaints, "nextrow": 0}
}

// unmakeable says why a record cannot be made; nil where it can.
func (s *Server) unmakeable(c call, t *table, row Row) map[string]any {
	_, failed := s.attempt(func() any {
		s.right(c.user, t, "create")
		if t.defaults != nil {
			t.defaults(s, c.user, row)
		}
		if field := missing(t, row); field != "" {
			raisef(0, field, "%s", requiredText(t, field))
		}
		return nil
	})
	if failed == nil {
		return nil
	}
	complaint := map[string]any{"record": 0, "type": "error", "message": failed.message}
	if strings.HasPrefix(failed.message, "Missing required") {
		complaint["field"] = failed.name
	}
	return complaint
}
