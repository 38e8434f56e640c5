package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/web"
)

// clock is a time that tests move.
type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.nanos.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) Now() time.Time          { return time.Unix(0, c.nanos.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.nanos.Add(int64(d)) }

// database is a check whose result a test sets, and whose askers it counts.
type database struct {
	down  atomic.Bool
	asked atomic.Int64
}

func (d *database) check() web.Check {
	return web.Check{Name: "database", Failing: "the database does not answer", Check: func(context.Context) error {
		d.asked.Add(1)
		if d.down.Load() {
			return errDown
		}
		return nil
	}}
}

func TestReadyWhenEveryPartIs(t *testing.T) {
	t.Parallel()
	w := send(newServer(t, web.Config{Checks: []web.Check{new(database).check()}}), get("/readyz"))
	if w.Code != http.StatusOK {
		t.Errorf("status %d, want 200", w.Code)
	}
	wantText(t, w.Body.String(), []string{`"ready":true`, `"name":"database"`}, []string{"since", "says"})
}

func TestAPartThatIsDownIsNamedWithSinceWhenAndWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	var db database
	var log lines
	now := newClock()
	token := web.Check{Name: "token", Check: func(context.Context) error { return nil }}
	server := newServer(t, web.Config{Checks: []web.Check{db.check(), token}, Now: now.Now, Logger: log.logger()})
	db.down.Store(true)
	for range 3 {
		send(server, get("/readyz"))
		now.Advance(time.Minute)
	}

	w := send(server, get("/readyz"))

	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", w.Code)
	}
	wantText(t, w.Body.String(),
		[]string{`"ready":false`, "the database does not answer", `"since":"2026-03-02T09:00:00Z"`, `{"name":"token","ready":true}`},
		[]string{"hunter2", "db.internal"})
	if n := strings.Count(log.String(), "not ready"); n != 1 {
		t.Errorf("a part that stays down is logged once, not %d times", n)
	}

	db.down.Store(false)
	now.Advance(time.Minute)
	if w := send(server, get("/readyz")); w.Code != http.StatusOK {
		t.Errorf("status %d after the database came back, want 200", w.Code)
	}
	wantText(t, log.String(), []string{"ready again"}, nil)
}

func TestACrowdOfAskersIsOneRoundOfChecks(t *testing.T) {
	t.Parallel()
	var db database
	now := newClock()
	server := newServer(t, web.Config{Checks: []web.Check{db.check()}, Now: now.Now})
	for range 10 {
		send(server, get("/readyz"))
	}
	if n := db.asked.Load(); n != 1 {
		t.Errorf("the database was asked %d times within a moment, want once", n)
	}
	now.Advance(time.Second)
	send(server, get("/readyz"))
	if n := db.asked.Load(); n != 2 {
		t.Errorf("the database was asked %d times, want a second time after a second", n)
	}
}

func TestAnAskerThatHangsUpDoesNotMakeAPartFail(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	polite := web.Check{Name: "queue", Check: func(ctx context.Context) error { return ctx.Err() }}
	w := send(newServer(t, web.Config{Checks: []web.Check{polite}}), get("/readyz").WithContext(ctx))
	if w.Code != http.StatusOK {
		t.Errorf("status %d, want 200: %s", w.Code, w.Body)
	}
}

func TestACheckThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	hangs := web.Check{Name: "queue", Check: func(ctx context.Context) error {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a check must have a time by which it answers")
		}
		return context.DeadlineExceeded
	}}
	w := send(newServer(t, web.Config{Checks: []web.Check{hangs}}), get("/readyz"))
	wantText(t, w.Body.String(), []string{"the queue is not ready"}, []string{"deadline"})
}

func TestACheckThatPanicsFailsAlone(t *testing.T) {
	t.Parallel()
	broken := web.Check{Name: "queue", Check: func(context.Context) error { panic("hunter2") }}
	w := send(newServer(t, web.Config{Checks: []web.Check{broken, new(database).check()}}), get("/readyz"))
	var answer struct {
		Parts []struct {
			Name  string `json:"name"`
			Ready bool   `json:"ready"`
		} `json:"parts"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Parts) != 2 || answer.Parts[0].Ready || !answer.Parts[1].Ready {
		t.Errorf("want the queue down and the database ready, got %+v", answer.Parts)
	}
	wantText(t, w.Body.String(), nil, []string{"hunter2"})
}
