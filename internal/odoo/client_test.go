package odoo_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/odoo"
)

// TestRequestsAreThoseThatARealOdooUnderstood sends what was recorded and reads what came.
func TestRequestsAreThoseThatARealOdooUnderstood(t *testing.T) {
	t.Parallel()
	ticket := odoo.Values{
		"name": "VPN does not connect", "description": "<p>From <b>Teams</b></p>", "team_id": odoo.ID(1), "partner_id": odoo.ID(11),
		"priority": "2", "ticket_type_id": odoo.ID(2),
	}
	for _, test := range []struct {
		sample string
		call   func(context.Context, *odoo.Client) (any, error)
		want   any
		loose  bool // the recorded request says the same in other words
	}{
		{"rig19/j2-ticket-create", func(ctx context.Context, c *odoo.Client) (any, error) {
			return c.Create(ctx, "helpdesk.ticket", ticket)
		}, int64(1), true},
		{"19/240-j2-write", func(ctx context.Context, c *odoo.Client) (any, error) {
			return nil, c.Write(ctx, "helpdesk.ticket", odoo.Values{"stage_id": odoo.ID(2), "user_id": odoo.ID(8)}, 11)
		}, nil, false},
		{"19/722-j2-user-lookup", func(ctx context.Context, c *odoo.Client) (any, error) {
			found, err := c.Search(ctx, odoo.Query{
				Model: "res.users", Domain: odoo.Domain{odoo.Term("login", "=", "agent")}, Fields: []string{"login", "name", "partner_id", "share", "email"},
			})
			if err != nil {
				return nil, err
			}
			partner, name := found[0].Link("partner_id")
			return fmt.Sprintln(len(found), partner, name, found[0].Text("email"), found[0].Truth("share")), nil
		}, "1 9 Agent Anna agent@example.test false\n", false},
		{"19/713-j2-poll-messages", func(ctx context.Context, c *odoo.Client) (any, error) {
			found, err := c.Search(ctx, odoo.Query{
				Model: "mail.message", Fields: []string{"res_id", "body", "author_id", "subtype_id", "date"}, Order: "id asc", Limit: 50,
				Domain: odoo.Domain{
					odoo.Term("model", "=", "helpdesk.ticket"), odoo.Term("id", ">", 90),
					odoo.Term("message_type", "in", []string{"comment", "email"}), odoo.Term("author_id", "!=", 6),
				},
			})
			if err != nil {
				return nil, err
			}
			at, _ := found[0].Time("date")
			return fmt.Sprintln(found[0].Number("id"), found[0].Number("res_id"), at), nil
		}, "97 11 2026-11-23 10:21:59 +0000 UTC\n", false},
		{"19/274-j2-formatted_read_group", func(ctx context.Context, c *odoo.Client) (any, error) {
			groups, err := c.Count(ctx, "helpdesk.ticket", nil, "stage_id")
			return fmt.Sprint(groups), err
		}, "[{1 New 3} {2 In Progress 1} {4 Done 1}]", false},
		{"14/062-rpc-read_group", func(ctx context.Context, c *odoo.Client) (any, error) {
			groups, err := c.Count(ctx, "helpdesk.ticket", nil, "stage_id")
			return fmt.Sprint(groups), err
		}, "[{1 New 4} {2 In Progress 1} {4 Done 1}]", true},
		{"14/024-rpc-create", func(ctx context.Context, c *odoo.Client) (any, error) {
			return c.Create(ctx, "helpdesk.ticket", ticket)
		}, int64(7), true},
		{"14/017-rpc-fields_get", func(ctx context.Context, c *odoo.Client) (any, error) {
			fields, err := c.Fields(ctx, "helpdesk.ticket")
			return fmt.Sprintln(fields["description"].Required, fields["stage_id"].Relation), err
		}, "true helpdesk.ticket.stage\n", true},
		{"rig19/j2-ticket-fields_get", func(ctx context.Context, c *odoo.Client) (any, error) {
			fields, err := c.Fields(ctx, "helpdesk.ticket")
			return fmt.Sprintln(fields["name"].Required, fields["stage_id"].Relation, fields["priority"].Selection), err
		}, "true helpdesk.stage [[0 Low priority] [1 Medium priority] [2 High priority] [3 Urgent]]\n", false},
		{"rig19/j2-has-access", func(ctx context.Context, c *odoo.Client) (any, error) {
			return c.May(ctx, "helpdesk.ticket", "unlink")
		}, false, false},
		{"rig19/j2-external-id", func(ctx context.Context, c *odoo.Client) (any, error) {
			found, err := c.Identifiers(ctx, "helpdesk.ticket", 175)
			return found[175], err
		}, "handrail.s1795471231h", false},
		{"rig19/j2-load", func(ctx context.Context, c *odoo.Client) (any, error) {
			return c.Load(ctx, "helpdesk.ticket", "handrail.s1795471231", odoo.Values{"name": "VPN", "team_id": odoo.ID(1)})
		}, int64(148), false},
		{"rig19/j2-load-note", func(ctx context.Context, c *odoo.Client) (any, error) {
			return c.Post(ctx, odoo.Post{Model: "helpdesk.ticket", Record: 175, Ref: "handrail.s1795471231.note.1", HTML: "<p>looked</p>"})
		}, int64(249), true},
		{"rig19/j2-load-file", func(ctx context.Context, c *odoo.Client) (any, error) {
			return c.Attach(ctx, odoo.File{
				Model: "helpdesk.ticket", Record: 175, Ref: "handrail.s1795471231.file.1", Name: "log.txt", Data: []byte("hi there"),
			})
		}, int64(49), false},
	} {
		t.Run(test.sample, func(t *testing.T) {
			t.Parallel()
			s, r := replay(t, test.sample)
			got, err := test.call(t.Context(), s.client)
			if err != nil || got != test.want {
				t.Fatalf("got %v, %v; want %v", got, err, test.want)
			}
			if s.paths[0] != r.path {
				t.Errorf("asked at %s, not at %s", s.paths[0], r.path)
			}
			if r.path != "/jsonrpc" && s.auth[0] != "bearer "+key+" odoo19" {
				t.Errorf("asked as %q", s.auth[0])
			}
			if !test.loose {
				sameJSON(t, s.asked[0], r.request)
			}
		})
	}
}

func TestAnAnswerCutInTheMiddleMayHaveBeenDone(t *testing.T) {
	t.Parallel()
	s := serve(t, "19", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "[")
	})
	_, err := s.client.Create(t.Context(), "helpdesk.ticket", odoo.Values{"name": "x"})
	if odoo.KindOf(err) != odoo.Busy || !odoo.Unanswered(err) {
		t.Error(err)
	}
}

func TestAServerThatNobodyRunsHasDoneNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, "19", func(http.ResponseWriter, *http.Request) {})
	s.Close()
	_, err := s.client.Create(t.Context(), "helpdesk.ticket", odoo.Values{"name": "x"})
	if odoo.KindOf(err) != odoo.Busy || odoo.Unanswered(err) {
		t.Error(err)
	}
	if strings.Contains(err.Error(), "http://") {
		t.Errorf("the error names the address: %v", err)
	}
}

func TestAPauseThatTheServerAsksForIsKept(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	down := true
	s := serve(t, "19", func(w http.ResponseWriter, _ *http.Request) {
		if down {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = io.WriteString(w, "[]")
	}, func(cfg *odoo.Config) { cfg.Now = func() time.Time { return now } })
	search := func() error {
		_, err := s.client.Search(t.Context(), odoo.Query{Model: "res.users"})
		return err
	}
	if e := failure(t, search()); e.RetryAfter != 30*time.Second {
		t.Errorf("wait %v", e.RetryAfter)
	}
	down = false
	now = now.Add(20 * time.Second)
	if e := failure(t, search()); e.RetryAfter != 10*time.Second || e.Kind != odoo.Busy || odoo.Unanswered(e) || len(s.asked) != 1 {
		t.Errorf("%v after %d requests", e, len(s.asked))
	}
	now = now.Add(10 * time.Second)
	if err := search(); err != nil {
		t.Error(err)
	}
}

func TestTheKeyIsInNoError(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"14", "19"} {
		s := serve(t, version, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK + map[string]int{"19": 300}[version])
			_, _ = io.WriteString(w, `{"name": "x.`+key+`", "message": "no `+key+`", "debug": "Traceback `+key+`",
				"error": {"message": "`+key+`", "data": {"name": "`+key+`", "message": "m `+key+`", "debug": "Traceback `+key+`"}}}`)
		})
		_, err := s.client.Search(t.Context(), odoo.Query{Model: "res.users"})
		if text := fmt.Sprintf("%v %+v %#v", err, err, failure(t, err)); strings.Contains(text, key) || strings.Contains(text, "Traceback") {
			t.Errorf("on %s: %s", version, text)
		}
		if !strings.Contains(err.Error(), "***") {
			t.Errorf("on %s Odoo's words are lost: %v", version, err)
		}
	}
	echo := serve(t, "14", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"you": "said `+key+`"}`)
	})
	if _, err := echo.client.Search(t.Context(), odoo.Query{Model: "res.users"}); strings.Contains(fmt.Sprintf("%#v", err), key) {
		t.Errorf("%#v", err)
	}
}

func TestTheKeyGoesNowhereElse(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t, "19", func(http.ResponseWriter, *http.Request) {})
	s := serve(t, "19", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/json/2/res.users/search_read", http.StatusTemporaryRedirect)
	})
	_, err := s.client.Search(t.Context(), odoo.Query{Model: "res.users"})
	if odoo.KindOf(err) != odoo.NotOdoo || len(elsewhere.asked) != 0 {
		t.Errorf("%v; %d requests elsewhere", err, len(elsewhere.asked))
	}
}

func TestNoMoreCallsAreUnderWayThanAllowed(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	full, release := make(chan struct{}, 20), make(chan struct{})
	var once sync.Mutex
	s := serve(t, "19", func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		once.Lock()
		most.Store(max(most.Load(), n))
		once.Unlock()
		full <- struct{}{}
		<-release
		now.Add(-1)
		_, _ = io.WriteString(w, "[]")
	}, func(cfg *odoo.Config) { cfg.Calls = 3 })
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() { _, _ = s.client.Search(t.Context(), odoo.Query{Model: "res.users"}) })
	}
	for range 3 {
		<-full
	}
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.client.Search(impatient, odoo.Query{Model: "res.users"}); odoo.KindOf(err) != odoo.Busy || odoo.Unanswered(err) {
		t.Errorf("who waits may go: %v", err)
	}
	close(release)
	all.Wait()
	if most.Load() != 3 {
		t.Errorf("%d calls at once", most.Load())
	}
}

func TestAServerThatBecameAnotherVersionIsAskedAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	version, paths := "18", []string(nil)
	s := serve(t, "19", nil, func(cfg *odoo.Config) { cfg.Now = func() time.Time { return now } })
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.Contains(string(body), `"method":"version"`):
			_, _ = fmt.Fprintf(w, `{"result": {"server_version_info": [%s, 0, 0, "final", 0, ""]}}`, version)
		case strings.Contains(string(body), `"method":"authenticate"`):
			_, _ = io.WriteString(w, `{"result": 6}`)
		case r.URL.Path == "/jsonrpc":
			paths = append(paths, r.URL.Path)
			_, _ = io.WriteString(w, `{"result": []}`)
		default:
			paths = append(paths, r.URL.Path)
			_, _ = io.WriteString(w, `[]`)
		}
	})
	for range 2 {
		if _, err := s.client.Search(t.Context(), odoo.Query{Model: "res.users"}); err != nil {
			t.Fatal(err)
		}
		version = "19"
		now = now.Add(11 * time.Minute)
	}
	if got := strings.Join(paths, " "); got != "/jsonrpc /json/2/res.users/search_read" {
		t.Error(got)
	}
}

func TestAVersionIsReadInEveryWayThatItIsWritten(t *testing.T) {
	t.Parallel()
	for info, want := range map[string]string{
		`[14, 0, 0, "final", 0, ""]`:        "14.0 false",
		`[19, 0, 0, "final", 0, "e"]`:       "19.0 true",
		`["saas~18", 3, 0, "final", 0, ""]`: "18.3 false",
		`["saas~19", 1, 0, "final", 0, ""]`: "19.1 true",
	} {
		s := serve(t, "19", nil)
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path { // a server that has lost JSON-RPC
			case "/web/version":
				_, _ = io.WriteString(w, `{"version": "x", "version_info": `+info+`}`)
			default:
				http.Error(w, "<h1>Not Found</h1>", http.StatusNotFound)
			}
		})
		v, err := s.client.Version(t.Context())
		if got := fmt.Sprintf("%d.%d %t", v.Major, v.Minor, v.JSON2()); err != nil || got != want {
			t.Errorf("%s is %s, %v", info, got, err)
		}
	}
}

func TestAWrongLoginOrKeyOfAnOlderServerIsUnauthorized(t *testing.T) {
	t.Parallel()
	r := recorded(t, "14/007-rpc-login-wrongpw")
	s := serve(t, "19", nil)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r2 *http.Request) {
		if body, _ := io.ReadAll(r2.Body); strings.Contains(string(body), `"method":"version"`) {
			_, _ = io.WriteString(w, `{"result": {"server_version_info": [14, 0]}}`)
			return
		}
		_, _ = w.Write(r.body)
	})
	if _, err := s.client.Search(t.Context(), odoo.Query{Model: "res.users"}); odoo.KindOf(err) != odoo.Unauthorized {
		t.Error(err)
	}
}

func TestAnAddressThatWouldShowTheKeyIsRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://odoo.example.com", "odoo.example.com", "ftp://odoo.example.com", "https://user:pass@odoo.example.com", "https://odoo.example.com/?x=1", "",
	} {
		_, err := odoo.New(odoo.Config{URL: address, Database: "d", Key: key, HTTP: &http.Client{Timeout: time.Second}})
		if err == nil || strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "pass@") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := odoo.New(odoo.Config{URL: "https://odoo.example.com/", Database: "d", Key: key, HTTP: &http.Client{}}); err == nil {
		t.Error("a client that waits for ever was taken")
	}
}
