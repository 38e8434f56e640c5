package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"handrail/internal/teams"
	"handrail/internal/web"
)

// receiver is a web.Receiver made of a function.
type receiver func(ctx context.Context, r teams.Request) teams.Response

func (f receiver) Receive(ctx context.Context, r teams.Request) teams.Response { return f(ctx, r) }

// accept answers every activity with an empty 202.
func accept(context.Context, teams.Request) teams.Response {
	return teams.Response{Status: http.StatusAccepted}
}

// lines is a log that may be written and read at the same time.
type lines struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// logger writes everything, debug lines too.
func (l *lines) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// newServer builds a server; what the test leaves out gets a harmless value.
func newServer(t *testing.T, c web.Config) *web.Server {
	t.Helper()
	if c.Receiver == nil {
		c.Receiver = receiver(accept)
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	server, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// send asks the server for one answer, without a listener.
func send(server *web.Server, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	server.Handler().ServeHTTP(w, r)
	return w
}

// get is a GET request for path.
func get(path string) *http.Request {
	return httptest.NewRequest(http.MethodGet, path, http.NoBody)
}

// wantText fails the test where text lacks one of the expected pieces or has
// one of the forbidden ones.
func wantText(t *testing.T, text string, expected, forbidden []string) {
	t.Helper()
	for _, piece := range expected {
		if !strings.Contains(text, piece) {
			t.Errorf("%q lacks %q", text, piece)
		}
	}
	for _, piece := range forbidden {
		if strings.Contains(text, piece) {
			t.Errorf("%q must not say %q", text, piece)
		}
	}
}
