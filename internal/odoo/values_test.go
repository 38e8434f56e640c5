package odoo_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"handrail/internal/odoo"
)

func TestCallsThatOdooTakesForSomethingElseAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, "19", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "true") })
	c, ctx := s.client, t.Context()
	for name, call := range map[string]func() error{
		"a write without ids": func() error { return c.Write(ctx, "helpdesk.ticket", odoo.Values{"priority": "1"}) },
		"a write with id 0":   func() error { return c.Write(ctx, "helpdesk.ticket", odoo.Values{"priority": "1"}, 3, 0) },
		"a name of blanks":    func() error { return c.Write(ctx, "helpdesk.ticket", odoo.Values{"name": " \t"}, 3) },
		"a record of no name": func() error { _, err := c.Create(ctx, "helpdesk.ticket", odoo.Values{"name": ""}); return err },
		"a load of no name": func() error {
			_, err := c.Load(ctx, "helpdesk.ticket", "handrail.T-1", odoo.Values{"name": " "})
			return err
		},
		"an identifier of words": func() error {
			_, err := c.Load(ctx, "helpdesk.ticket", "handrail.T 1", odoo.Values{"name": "x"})
			return err
		},
		"a post on nothing": func() error {
			_, err := c.Post(ctx, odoo.Post{Model: "helpdesk.ticket", Ref: "handrail.p", HTML: "x"})
			return err
		},
		"a post of nothing": func() error {
			_, err := c.Post(ctx, odoo.Post{Model: "helpdesk.ticket", Record: 1, Ref: "handrail.p"})
			return err
		},
		"a file on nothing": func() error { _, err := c.Attach(ctx, odoo.File{Ref: "handrail.f", Data: []byte("x")}); return err },
		"an empty file":     func() error { _, err := c.Attach(ctx, odoo.File{Ref: "handrail.f", Record: 1}); return err },
	} {
		if err := call(); err == nil || failure(t, err).Temporary() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(s.asked) != 0 {
		t.Errorf("Odoo was asked: %s", s.asked)
	}
}

func TestValuesAreWrittenAsOdooReadsThem(t *testing.T) {
	t.Parallel()
	s := serve(t, "19", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/load") {
			_, _ = io.WriteString(w, `{"ids": [1], "messages": []}`)
			return
		}
		_, _ = io.WriteString(w, "[1]")
	})
	at := time.Date(2026, 11, 23, 13, 4, 5, 678, time.FixedZone("CET", 3600))
	values := odoo.Values{
		"name": "a\x00b", "due": at, "user_id": odoo.ID(0), "team_id": odoo.ID(3), "tag_ids": odoo.IDs{4, 5}, "no_ids": odoo.IDs(nil),
		"active": true, "fold": false, "color": 7, "ref": int64(8), "note": nil,
	}
	if _, err := s.client.Create(t.Context(), "x.y", values); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, s.asked[0], []byte(`{"vals_list": [{"name": "ab", "due": "2026-11-23 12:04:05", "user_id": false, "team_id": 3,
		"tag_ids": [[6, 0, [4, 5]]], "no_ids": [[6, 0, []]], "active": true, "fold": false, "color": 7, "ref": 8, "note": false}]}`))
	if _, err := s.client.Load(t.Context(), "x.y", "handrail.T-1", values); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, s.asked[1], []byte(`{
		"fields": ["id", "active", "color", "due", "fold", "name", "no_ids/.id", "note", "ref", "tag_ids/.id", "team_id/.id", "user_id/.id"],
		"data": [["handrail.T-1", "1", "7", "2026-11-23 12:04:05", "0", "ab", "", "", "8", "4,5", "3", ""]],
		"context": {"mode": "update", "noupdate": true, "tz": "UTC"}}`))
}

func TestEmptyValuesOfOdooAreEmpty(t *testing.T) {
	t.Parallel()
	var r odoo.Record
	if err := json.Unmarshal([]byte(`{"a": false, "b": [7, "Ana"], "c": [1, 2], "d": [7, false]}`), &r); err != nil {
		t.Fatal(err)
	}
	id, name := r.Link("a")
	at, ok := r.Time("a")
	if r.Text("a") != "" || r.Number("a") != 0 || r.Truth("a") || id != 0 || name != "" || ok || !at.IsZero() || r.Links("a") != nil || r.Text("z") != "" {
		t.Errorf("%v", r)
	}
	if id, name := r.Link("b"); id != 7 || name != "Ana" {
		t.Error(id, name)
	}
	if id, name := r.Link("d"); id != 7 || name != "" {
		t.Error(id, name)
	}
	if got := fmt.Sprint(r.Links("c")); got != "[1 2]" {
		t.Error(got)
	}
}
