package odootest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Setup is what an Odoo has installed.
type Setup struct {
	// Version is 14, 18 or 19; 19 when it is 0.
	Version int
	// Helpdesk is Enterprise, Community, or "" for none.
	Helpdesk string
	// Knowledge is Enterprise, Community, or "" for none.
	Knowledge string
	// Clock is the server's clock; time.Now when it is nil.
	Clock func() time.Time
}

// The editions of an app.
const (
	Enterprise = "enterprise"
	Community  = "community"
)

// Database is the name of the database.
const Database = "odoo"

// Server is an Odoo.
type Server struct {
	// URL is its address.
	URL string

	clock func() time.Time
	http  *httptest.Server

	mu       sync.Mutex
	version  int
	setup    Setup
	database string
	tables   map[string]*table
	// external are the external identifiers, and when each was made, in commits.
	external map[string]externalID
	commits  int
	last     time.Time
	counter  int
	expired  map[string]bool
	denied   map[string]bool
	calls    map[string]int
	// down and page are what every request is answered with while Odoo is away.
	down int
	page string
	hang chan struct{}
}

type externalID struct {
	model  string
	id     int64
	commit int
}

// New starts an Odoo, which ends with the test.
func New(tb testing.TB, setup Setup) *Server {
	tb.Helper()
	s := &Server{
		clock: setup.Clock, version: setup.Version, setup: setup, database: Database, tables: map[string]*table{},
		external: map[string]externalID{}, expired: map[string]bool{}, denied: map[string]bool{}, calls: map[string]int{},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.version == 0 {
		s.version = 19
	}
	s.seed()
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	tb.Cleanup(func() {
		s.Resume()
		s.http.Close()
	})
	return s
}

// serve answers a request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 128<<20))
	if err != nil {
		return // who asked has gone
	}
	s.mu.Lock()
	snapshot, hang := s.commits, s.hang
	s.mu.Unlock()
	if hang != nil {
		<-hang
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.down != 0:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(s.down)
		_, _ = io.WriteString(w, s.page)
	case r.URL.Path == "/jsonrpc" && r.Method == http.MethodPost:
		s.serveRPC(w, body, snapshot)
	case r.URL.Path == "/web/version" && s.version > 14:
		answer(w, http.StatusOK, map[string]any{"version_info": s.versionInfo(), "version": s.versionText()})
	case strings.HasPrefix(r.URL.Path, "/json/2/") && s.version >= 19:
		s.serveJSON2(w, r, body, snapshot)
	default:
		http.Error(w, "<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>", http.StatusNotFound)
	}
}

func (s *Server) versionText() string { return strconv.Itoa(s.version) + ".0" }
func (s *Server) versionInfo() []any  { return []any{s.version, 0, 0, "final", 0, ""} }

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // what cannot be sent is missed by who asked
}

// exception is what Odoo raises.
type exception struct {
	status        int
	name, message string
}

func raisef(status int, name, format string, args ...any) {
	panic(exception{status, name, fmt.Sprintf(format, args...)})
}

// serveJSON2 answers as samples/19/2xx and rig19/j2 do.
func (s *Server) serveJSON2(w http.ResponseWriter, r *http.Request, body []byte, snapshot int) {
	if r.Header.Get("X-Odoo-Database") != s.database {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"+
			"<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>")
		return
	}
	model, method, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/json/2/"), "/")
	result, failed := s.attempt(func() any {
		user := s.byKey(strings.TrimPrefix(r.Header.Get("Authorization"), "bearer "))
		if user == nil {
			raisef(http.StatusUnauthorized, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
		}
		var args map[string]any
		if json.Unmarshal(body, &args) != nil {
			raisef(http.StatusBadRequest, "werkzeug.exceptions.BadRequest", "could not parse the body as json")
		}
		if s.tables[model] == nil {
			raisef(http.StatusNotFound, "werkzeug.exceptions.NotFound", "the model '%s' does not exist", model)
		}
		return s.call(call{user: user, model: model, method: method, args: args, snapshot: snapshot, json2: true})
	})
	if failed != nil {
		answer(w, failed.status, map[string]any{
			"name": failed.name, "message": failed.message, "arguments": []any{failed.message}, "context": map[string]any{},
			"debug": "Traceback (most recent call last): " + failed.name,
		})
		return
	}
	answer(w, http.StatusOK, result)
}

// attempt turns what is raised into a value.
func (s *Server) attempt(do func() any) (result any, failed *exception) {
	defer func() {
		switch raised := recover().(type) {
		case nil:
		case exception:
			failed = &raised
		default:
			panic(raised)
		}
	}()
	result = do()
	s.commits++
	return result, nil
}

// serveRPC answers as samples/19/0xx and 14 do: always with status 200.
func (s *Server) serveRPC(w http.ResponseWriter, body []byte, snapshot int) {
	var request struct {
		ID     any `json:"id"`
		Params struct {
			Service string `json:"service"`
			Method  string `json:"method"`
			Args    []any  `json:"args"`
		} `json:"params"`
	}
	if json.Unmarshal(body, &request) != nil {
		answer(w, http.StatusBadRequest, map[string]any{})
		return
	}
	p := request.Params
	result, failed := s.attempt(func() any {
		switch {
		case p.Service == "common" && p.Method == "version":
			return map[string]any{
				"server_version": s.versionText(), "server_version_info": s.versionInfo(), "server_serie": s.versionText(), "protocol_version": 1,
			}
		case p.Service == "common" && p.Method == "authenticate" && len(p.Args) == 4:
			s.selected(p.Args[0])
			user := s.byKey(text(p.Args[2]))
			if user == nil || user.login != p.Args[1] {
				return false
			}
			return user.id
		case p.Service == "object" && p.Method == "execute_kw" && len(p.Args) >= 6:
			return s.execute(p.Args, snapshot)
		}
		raisef(0, "builtins.Exception", "No such service or method")
		return nil
	})
	envelope := map[string]any{"jsonrpc": "2.0", "id": request.ID, "result": result}
	if failed != nil {
		code := 200
		if s.version >= 19 {
			code = 0
		}
		delete(envelope, "result")
		envelope["error"] = map[string]any{"code": code, "message": "Odoo Server Error", "data": map[string]any{
			"name": failed.name, "message": failed.message, "arguments": []any{failed.message}, "context": map[string]any{},
			"debug": "Traceback (most recent call last): " + failed.name,
		}}
	}
	answer(w, http.StatusOK, envelope)
}

func (s *Server) selected(database any) {
	if database != s.database {
		raisef(0, "psycopg2.OperationalError",
			"connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database %q does not exist\n", text(database))
	}
}

// execute is execute_kw: database, user, key, model, method, positional, named.
func (s *Server) execute(args []any, snapshot int) any {
	s.selected(args[0])
	user := s.byKey(text(args[2]))
	if user == nil || float64(user.id) != args[1] {
		raisef(0, "odoo.exceptions.AccessDenied", "Access Denied")
	}
	model, method := text(args[3]), text(args[4])
	if s.tables[model] == nil {
		raisef(0, "odoo.exceptions.UserError", "Object %s doesn't exist", model)
	}
	named := map[string]any{}
	if len(args) > 6 {
		if given, ok := args[6].(map[string]any); ok {
			named = given
		}
	}
	positional, _ := args[5].([]any)
	sig := signatures()[method]
	names := sig.names
	if sig.records {
		names = append([]string{"ids"}, names...)
	}
	for i, value := range positional {
		if i >= len(names) {
			raisef(0, "builtins.TypeError", "%s.%s() takes %d positional arguments", model, method, len(names))
		}
		named[names[i]] = value
	}
	if method == "create" {
		if _, one := named["vals_list"].(map[string]any); one {
			named["vals_list"] = []any{named["vals_list"]}
			ids, _ := s.call(call{user: user, model: model, method: method, args: named, snapshot: snapshot}).([]int64)
			return ids[0]
		}
	}
	return s.call(call{user: user, model: model, method: method, args: named, snapshot: snapshot})
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
