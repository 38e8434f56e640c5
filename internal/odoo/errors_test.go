package odoo_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"handrail/internal/odoo"
	"handrail/internal/ticket"
)

func TestEveryRefusalOfOdooHasItsKind(t *testing.T) {
	t.Parallel()
	search := func(ctx context.Context, c *odoo.Client) error {
		_, err := c.Search(ctx, odoo.Query{Model: "helpdesk.ticket"})
		return err
	}
	load := func(ctx context.Context, c *odoo.Client) error {
		_, err := c.Load(ctx, "helpdesk.ticket", "handrail.T-1", odoo.Values{"name": "x"})
		return err
	}
	for sample, test := range map[string]struct {
		call  func(context.Context, *odoo.Client) error
		kind  odoo.ErrorKind
		field string
	}{
		"19/201-j2-noauth":                   {search, odoo.Unauthorized, ""},
		"19/202-j2-badkey":                   {search, odoo.Unauthorized, ""},
		"19/205-j2-wrongdb":                  {search, odoo.WrongDatabase, ""},
		"19/213-j2-nomodel":                  {search, odoo.NoModel, ""},
		"19/216-j2-missing-arg":              {search, odoo.Refused, ""},
		"19/227-j2-create-missing":           {search, odoo.Validation, ""},
		"19/228-j2-create-unknown-field":     {search, odoo.UnknownField, ""},
		"19/230-j2-create-access":            {search, odoo.Access, ""},
		"19/241-j2-write-missing-rec":        {search, odoo.Missing, ""},
		"rig19/j2-article-write-access":      {search, odoo.Access, ""},
		"rig19/j2-bad-choice":                {search, odoo.Validation, ""},
		"rig19/j2-private":                   {search, odoo.Access, ""},
		"rig19/j2-no-method":                 {search, odoo.NoModel, ""},
		"rig19/j2-post-missing":              {search, odoo.Missing, ""},
		"rig19/j2-post-bad-argument":         {search, odoo.Refused, ""},
		"rig19/j2-body-no-json":              {search, odoo.Refused, ""},
		"rig19/j2-wrong-content-type":        {search, odoo.Refused, ""},
		"rig19/j2-load-missing":              {load, odoo.Validation, "name"},
		"rig19/j2-load-bad-id":               {load, odoo.Validation, "user_id"},
		"rig19/j2-load-bad-choice":           {load, odoo.Validation, "priority"},
		"rig19/j2-load-unknown-field":        {load, odoo.UnknownField, ""},
		"rig19/j2-load-low":                  {load, odoo.Access, ""},
		"rig19/j2-load-other-model":          {load, odoo.Refused, ""},
		"rig19/j2-load-nul":                  {load, odoo.Refused, ""},
		"rig19/j2-load-race":                 {load, odoo.Busy, ""},
		"rig19/j2-load-note-gone":            {load, odoo.Missing, ""},
		"14/009-rpc-wrongpw-object":          {search, odoo.Unauthorized, ""},
		"14/026-rpc-create-missing-required": {search, odoo.Validation, ""},
		"14/027-rpc-create-unknown-field":    {search, odoo.UnknownField, ""},
		"14/031-rpc-create-access-error":     {search, odoo.Access, ""},
		"14/040-rpc-write-missing-record":    {search, odoo.Missing, ""},
		"14/501-sess-nosession":              {search, odoo.Unauthorized, ""},
		"14/900-multidb-error-is-html500":    {search, odoo.Refused, ""},
	} {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			s, _ := replay(t, sample)
			err := test.call(t.Context(), s.client)
			if odoo.KindOf(err) != test.kind {
				t.Fatalf("%q is %v, not %q", odoo.KindOf(err), err, test.kind)
			}
			if e := failure(t, err); e.Field != test.field || e.Temporary() != (test.kind == odoo.Busy) {
				t.Errorf("field %q, temporary %t", e.Field, e.Temporary())
			}
			if text := err.Error(); strings.Contains(text, "Traceback") || strings.Contains(text, "<title>") {
				t.Errorf("the error holds a traceback or a page: %v", err)
			}
		})
	}
}

func failure(t *testing.T, err error) *odoo.Error {
	t.Helper()
	e, ok := err.(*odoo.Error) //nolint:errorlint // the client gives it bare
	if !ok {
		t.Fatalf("%v is no *odoo.Error", err)
	}
	return e
}

func TestRefusalsOfJSONRPCOn19HaveTheSameKinds(t *testing.T) {
	t.Parallel()
	for sample, kind := range map[string]odoo.ErrorKind{
		"19/010-rpc-login-wrongdb":            odoo.WrongDatabase,
		"19/021-rpc-fields_get-missing-model": odoo.NoModel,
		"19/028-rpc-create-missing-required":  odoo.Validation,
		"19/029-rpc-create-unknown-field":     odoo.UnknownField,
		"19/033-rpc-create-access-error":      odoo.Access,
		"19/506-sess-after-logout":            odoo.Unauthorized,
	} {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			r := recorded(t, sample)
			// A server of 18 answers so, too: what decides is the exception's name.
			s := serve(t, "18", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(r.body) },
				func(cfg *odoo.Config) { cfg.Database = "nodb" })
			if _, err := s.client.Fields(t.Context(), "helpdesk.ticket"); odoo.KindOf(err) != kind {
				t.Errorf("%q is %v, not %q", odoo.KindOf(err), err, kind)
			}
		})
	}
}

func TestWhatIsNotOdooIsNamedAndDownIsTemporary(t *testing.T) {
	t.Parallel()
	page := "<html><h1>Bad Gateway</h1></html>"
	for _, test := range []struct {
		name   string
		status int
		header string
		body   string
		kind   odoo.ErrorKind
		maybe  bool
	}{
		{"a proxy whose Odoo is down", 502, "", page, odoo.Busy, true},
		{"a proxy that gave up", 504, "", page, odoo.Busy, true},
		{"a proxy of the cloud that gave up", 524, "", page, odoo.Busy, true},
		{"a server that has enough", 503, "", "", odoo.Busy, true},
		{"a server that has enough, in JSON", 503, "", `{"name": "werkzeug.exceptions.ServiceUnavailable", "message": "x"}`, odoo.Busy, true},
		{"a page in place of Odoo", 200, "", page, odoo.NotOdoo, false},
		{"half an answer", 200, "", `[{"id": 1, "na`, odoo.Busy, true},
		{"no answer", 200, "", "", odoo.Busy, true},
		{"a redirect", 302, "", "", odoo.NotOdoo, false},
		{"a page that is not there", 404, "", "<h1>Not Found</h1>", odoo.NotOdoo, false},
		{"another program", 200, "", `{"hello": "world"}`, odoo.NotOdoo, false},
		{"a body that is too large", 413, "", page, odoo.Refused, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, "19", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "https://elsewhere.example/")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			_, err := s.client.Search(t.Context(), odoo.Query{Model: "res.users"})
			if odoo.KindOf(err) != test.kind || odoo.Unanswered(err) != test.maybe {
				t.Errorf("%q, %t, %v", odoo.KindOf(err), odoo.Unanswered(err), err)
			}
			if len(s.asked) != 1 {
				t.Errorf("asked %d times", len(s.asked))
			}
		})
	}
}

func TestARequestThatWasSpoiltOnItsWayIsARefusalOfEachTicket(t *testing.T) {
	t.Parallel()
	for sample, detail := range map[string]string{
		"rig19/j2-body-no-json":       "could not parse the body as json",
		"rig19/j2-wrong-content-type": "a proxy change the header Content-Type",
	} {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			s, _ := replay(t, sample)
			_, err := odoo.NewRecords(s.client, odoo.Settings{Kind: odoo.Helpdesk}).Put(t.Context(), "k", ticket.RecordValues{Title: new("VPN")})
			failed, ok := errors.AsType[*ticket.RecordError](err)
			if !ok || failed.Why != ticket.RecordRefused || failed.What != "" {
				t.Fatalf("it is %v", err)
			}
			if text := err.Error(); !strings.Contains(text, detail) || strings.Contains(text, key) {
				t.Errorf("the log says %q", text)
			}
		})
	}
}
