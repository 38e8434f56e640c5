package main

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/teams"
)

const (
	// benchAnswer is how long the strict connector takes for an answer.
	benchAnswer = 50 * time.Millisecond
	// paceOfTenant marks a conversation of the tenant with the id behind it; any
	// other conversation is a tenant of its own.
	paceOfTenant = "@tenant."
)

// strictConnector is a connector that holds Teams' limits: what goes beyond is
// refused with 429. It keeps what it was sent.
type strictConnector struct {
	limits teams.Limits

	mu      sync.Mutex
	calls   map[string][]time.Time // of a conversation or a tenant
	refused int
	// Of the tenants with limits: messages counts the new ones about each ticket,
	// edited has the conversations in which something was edited, taken counts
	// both, and last is when the last of them came.
	messages map[string]int
	edited   map[string]bool
	taken    int
	last     time.Time
	// pressed is when a button was pressed in a conversation that has not shown
	// it yet, and shown how long it took.
	pressed map[string]time.Time
	shown   []time.Duration
}

func newStrictConnector() *strictConnector {
	c := &strictConnector{limits: teams.DefaultLimits(), calls: map[string][]time.Time{}, pressed: map[string]time.Time{}}
	c.forget()
	return c
}

// forget begins a new count of what is sent; what counts for the limits stays.
func (c *strictConnector) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused, c.taken, c.messages, c.edited, c.shown = 0, 0, map[string]int{}, map[string]bool{}, nil
}

// benchNumber finds the number of a ticket in a message.
var benchNumber = regexp.MustCompile(`T-\d+`)

// ServeHTTP answers a call.
func (c *strictConnector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a connection that breaks fails the job, which comes again
	parts := strings.Split(r.URL.EscapedPath(), "/")
	conversation, _ := url.PathUnescape(parts[3]) // the server has unescaped it once already
	refused := c.take(r.Method, conversation, body)
	answered := time.NewTimer(benchAnswer)
	defer answered.Stop()
	select {
	case <-answered.C:
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if refused {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"error":{"code":"Throttled"}}`) // as above
		return
	}
	_, _ = io.WriteString(w, `{"id":"1"}`) // as above
}

// take notes a call, or tells that it is too much.
func (c *strictConnector) take(method, conversation string, body []byte) (refused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if pressed, waits := c.pressed[conversation]; waits && method == http.MethodPut {
		c.shown = append(c.shown, now.Sub(pressed))
		delete(c.pressed, conversation)
	}
	_, tenant, limited := strings.Cut(conversation, paceOfTenant)
	if !limited {
		return false
	}
	if full(c.calls[conversation], c.limits.Send, now) || full(c.calls[tenant], c.limits.Tenant, now) {
		c.refused++
		return true
	}
	c.calls[conversation], c.calls[tenant] = append(c.calls[conversation], now), append(c.calls[tenant], now)
	c.last = now
	c.taken++
	if method == http.MethodPut {
		c.edited[conversation] = true
	} else {
		c.messages[string(benchNumber.Find(body))]++
	}
	return false
}

// full tells whether one call more goes beyond a limit.
func full(calls []time.Time, windows []teams.Window, now time.Time) bool {
	return slices.ContainsFunc(windows, func(w teams.Window) bool {
		return len(calls) >= w.Calls && now.Sub(calls[len(calls)-w.Calls]) < w.Per
	})
}

// press notes that a button is pressed in a conversation.
func (c *strictConnector) press(conversation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pressed[conversation] = time.Now()
}

// waits blocks until what was sent is as it should be.
func (c *strictConnector) waits(b *testing.B, what string, met func() bool) {
	b.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(15 * time.Minute); ; <-again.C {
		c.mu.Lock()
		done, messages, edited := met(), len(c.messages), len(c.edited)
		c.mu.Unlock()
		switch {
		case done:
			return
		case time.Now().After(deadline):
			b.Fatalf("waited too long for %s: %d tickets have messages, and %d conversations edits", what, messages, edited)
		}
	}
}

// shortest gives how long so many calls take at least within the windows.
func shortest(calls int, windows []teams.Window) time.Duration {
	at := make([]time.Duration, calls)
	for i := 1; i < calls; i++ {
		at[i] = at[i-1]
		for _, w := range windows {
			if i >= w.Calls {
				at[i] = max(at[i], at[i-w.Calls]+w.Per)
			}
		}
	}
	return at[calls-1]
}

// inTenant names a conversation of a tenant that has limits.
func inTenant(tenant string, i int) string { return "a:" + strconv.Itoa(i) + paceOfTenant + tenant }
