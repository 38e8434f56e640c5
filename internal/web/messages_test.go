package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/teams"
	"handrail/internal/web"
)

const limit = 256 << 10

// scenario is one request to the door, and what must come of it.
type scenario struct {
	name      string
	method    string // POST where empty
	path      string // /api/messages where empty
	headers   map[string]string
	body      io.Reader
	receive   receiver // accept where nil
	status    int
	header    map[string]string
	expected  []string
	forbidden []string
	refusal   string // the check that is counted, if any
}

func TestTheDoorAnswers(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

func (s scenario) run(t *testing.T) {
	t.Helper()
	if s.body == nil {
		s.body = http.NoBody
	}
	r := httptest.NewRequest(first(s.method, http.MethodPost), first(s.path, "/api/messages"), s.body)
	for name, value := range s.headers {
		r.Header.Set(name, value)
	}
	server := newServer(t, web.Config{Receiver: s.receive.orAccept()})

	w := send(server, r)

	if w.Code != s.status {
		t.Errorf("status %d, want %d: %s", w.Code, s.status, w.Body)
	}
	for name, value := range s.header {
		if got := w.Header().Get(name); got != value {
			t.Errorf("header %s is %q, want %q", name, got, value)
		}
	}
	wantText(t, w.Body.String(), s.expected, s.forbidden)
	if s.refusal != "" {
		metrics := send(server, get("/metrics")).Body.String()
		wantText(t, metrics, []string{`handrail_refusals_total{check="` + s.refusal + `"} 1`}, nil)
	}
}

func (f receiver) orAccept() receiver {
	if f == nil {
		return accept
	}
	return f
}

func first(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

// respond answers every activity the same.
func respond(status int, text string) receiver {
	return func(context.Context, teams.Request) teams.Response {
		return teams.Response{Status: status, Body: []byte(text)}
	}
}

// size answers with how many bytes came in.
func size(_ context.Context, r teams.Request) teams.Response {
	if len(r.Body) > limit {
		return teams.Response{Status: http.StatusTeapot}
	}
	return teams.Response{Status: http.StatusOK, Body: []byte(`{"took":true}`)}
}

func scenarios() []scenario {
	const json = "application/json; charset=utf-8"
	return []scenario{
		{name: "an activity is taken", body: strings.NewReader(`{"type":"message"}`), status: 202},
		{
			name: "an invoke gets its card", receive: respond(200, `{"statusCode":200}`), status: 200,
			header: map[string]string{"Content-Type": json}, expected: []string{`{"statusCode":200}`},
		},
		{
			name: "a stranger is told the scheme and nothing else", receive: respond(401, ""), status: 401,
			header: map[string]string{"WWW-Authenticate": "Bearer"}, forbidden: []string{"e"},
		},
		{
			name: "a body at the limit is taken", body: strings.NewReader(strings.Repeat("x", limit)),
			receive: size, status: 200, expected: []string{"took"},
		},
		{
			name: "a body over the limit is refused", body: strings.NewReader(strings.Repeat("x", limit+1)),
			receive: size, status: 413, expected: []string{"256 KiB"}, forbidden: []string{"took"}, refusal: "size",
		},
		{
			name: "a body over the limit that hides its length is refused",
			body: io.MultiReader(strings.NewReader(strings.Repeat("x", limit+1))), receive: size,
			status: 413, expected: []string{"256 KiB"}, forbidden: []string{"took"}, refusal: "size",
		},
		{
			name: "a body that ends early is refused", body: iotest.ErrReader(io.ErrUnexpectedEOF),
			receive: size, status: 400, expected: []string{"to its end"}, forbidden: []string{"EOF"}, refusal: "body",
		},
		{
			name: "a body that trickles in is refused", body: iotest.ErrReader(os.ErrDeadlineExceeded),
			status: 408, expected: []string{"too long"}, forbidden: []string{"i/o"}, refusal: "time",
		},
		{
			name: "a web page in a browser is refused", headers: map[string]string{"Origin": "https://evil.example"},
			receive: size, status: 403, expected: []string{"web pages"}, forbidden: []string{"took"}, refusal: "origin",
		},
		{
			name: "a handler that panics is answered", receive: func(context.Context, teams.Request) teams.Response {
				panic("hunter2 at 10.0.0.1")
			}, status: 500, expected: []string{"something went wrong"}, forbidden: []string{"hunter2", "goroutine"},
		},
		{name: "the Playground's probe is answered", method: http.MethodHead, status: 200},
		{
			name: "a browser's GET is told what is taken", method: http.MethodGet, status: 405,
			header: map[string]string{"Content-Type": json}, expected: []string{"does not take GET"},
		},
		{
			name: "an unknown address is told so", path: "/api/message", status: 404,
			header: map[string]string{"Content-Type": json}, expected: []string{`"error"`},
		},
		{name: "a slash too many is not redirected", path: "/api/messages/", status: 404},
		{name: "the service says that it is alive", method: http.MethodGet, path: "/healthz", status: 200, expected: []string{"alive"}},
		{name: "a balancer may ask with HEAD", method: http.MethodHead, path: "/healthz", status: 200},
	}
}

func TestTheReceiverGetsWhatCameOverTheWire(t *testing.T) {
	t.Parallel()
	var got teams.Request
	var deadline time.Time
	server := newServer(t, web.Config{Receiver: receiver(func(ctx context.Context, r teams.Request) teams.Response {
		got = r
		deadline, _ = ctx.Deadline()
		return teams.Response{Status: http.StatusOK}
	})})
	r := httptest.NewRequest(http.MethodPost, "/api/messages", strings.NewReader(`{"type":"typing"}`))
	r.RemoteAddr = "203.0.113.7:4711"
	r.Header.Set("Authorization", "Bearer abc")
	r.Header.Set("X-Forwarded-For", "127.0.0.1")
	r.Header.Set("X-Real-IP", "127.0.0.1")

	send(server, r)

	want := teams.Request{Authorization: "Bearer abc", RemoteAddr: "203.0.113.7:4711", Body: []byte(`{"type":"typing"}`)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the receiver got something else (-want +got):\n%s", diff)
	}
	if deadline.IsZero() {
		t.Error("a turn must end when nobody waits for its answer any more")
	}
}

func TestEachTurnIsCountedByItsTypeAndOutcome(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		response teams.Response
		series   string
		check    string
	}{
		{"a turn that went well", teams.Response{Status: 200, Kind: "invoke"}, `kind="invoke",outcome="ok"`, ""},
		{"one that was not let in", teams.Response{Status: 403, Kind: "message", Refused: "tenant"}, `kind="message",outcome="refused"`, "tenant"},
		{"one that was not understood", teams.Response{Status: 400}, `kind="unknown",outcome="rejected"`, ""},
		{"one that failed", teams.Response{Status: 500, Kind: "message"}, `kind="message",outcome="failed"`, ""},
		{"one that panicked", teams.Response{}, `kind="unknown",outcome="panicked"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			server := newServer(t, web.Config{Now: now.Now, Receiver: receiver(
				func(context.Context, teams.Request) teams.Response {
					now.Advance(2 * time.Second)
					if c.response.Status == 0 {
						panic("out of cheese")
					}
					return c.response
				})})

			send(server, httptest.NewRequest(http.MethodPost, "/api/messages", strings.NewReader("{}")))

			metrics := send(server, get("/metrics")).Body.String()
			wantText(t, metrics, []string{"handrail_turn_seconds_sum{" + c.series + "} 2"}, nil)
			if c.check != "" {
				wantText(t, metrics, []string{`handrail_refusals_total{check="` + c.check + `"} 1`}, nil)
			}
		})
	}
}

func TestGetIsToldTheMethodsThatAreTaken(t *testing.T) {
	t.Parallel()
	allow := send(newServer(t, web.Config{}), get("/api/messages")).Header().Get("Allow")
	wantText(t, allow, []string{"POST", "HEAD"}, []string{"GET"})
}

func TestAServerNeedsAReceiverAndALogger(t *testing.T) {
	t.Parallel()
	if _, err := web.New(web.Config{}); err == nil {
		t.Error("a server without a receiver must not be built")
	}
}

var errDown = errors.New(`dial tcp db.internal:5432: password "hunter2" refused`)
