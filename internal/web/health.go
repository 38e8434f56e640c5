package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"handrail/internal/logs"
)

const (
	// checkTimeout bounds one round of checks; a part that has not answered by
	// then counts as not ready.
	checkTimeout = 2 * time.Second
	// checkAge is how long a round stands, so that a crowd of askers does not
	// become a load on the database.
	checkAge = time.Second
)

// Check asks one part of the service whether it can do its work.
type Check struct {
	// Name is the part's name in the answer: database, queue, token.
	Name string
	// Failing is what the answer says while the part is not ready, in plain
	// words: "the database does not answer". Empty gives a general sentence.
	Failing string
	// Check returns nil when the part is ready, and returns when ctx ends. Its
	// error goes to the log only, since it may name hosts and users.
	Check func(ctx context.Context) error
}

// alive answers that the process runs, and nothing more.
func alive(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"alive": true}) }

// health remembers the last round of checks and since when parts fail.
type health struct {
	checks []Check
	now    func() time.Time

	mu    sync.Mutex
	asked time.Time
	parts []part
}

// part is one line of the answer of /readyz.
type part struct {
	Name  string     `json:"name"`
	Ready bool       `json:"ready"`
	Says  string     `json:"says,omitempty"`
	Since *time.Time `json:"since,omitempty"`
}

// ready answers 200 when every part is ready, and otherwise 503 with which is
// not and since when.
func (h *health) ready(c *gin.Context) {
	parts := h.round(c.Request.Context())
	status := http.StatusOK
	for _, p := range parts {
		if !p.Ready {
			status = http.StatusServiceUnavailable
		}
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(status, gin.H{"ready": status == http.StatusOK, "parts": parts})
}

// round returns the present round of checks. Askers that come while one runs
// wait for it and share it.
func (h *health) round(ctx context.Context) []part {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.parts != nil && h.now().Sub(h.asked) < checkAge {
		return h.parts
	}
	// An asker that hangs up must not make the shared round fail.
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
	defer cancel()
	errs := make([]error, len(h.checks))
	var all sync.WaitGroup
	for i, check := range h.checks {
		all.Go(func() { errs[i] = ask(asking, check) })
	}
	all.Wait()

	parts := make([]part, len(h.checks))
	for i, check := range h.checks {
		var before part
		if h.parts != nil {
			before = h.parts[i]
		}
		parts[i] = h.judge(ctx, check, before, errs[i])
	}
	h.parts, h.asked = parts, h.now()
	return parts
}

// judge turns the result of a check into its line, and logs a change.
func (h *health) judge(ctx context.Context, check Check, before part, err error) part {
	if err == nil {
		if before.Since != nil {
			logs.From(ctx).InfoContext(ctx, "ready again", slog.String("part", check.Name), slog.Time("failed_since", *before.Since))
		}
		return part{Name: check.Name, Ready: true}
	}
	failing := part{Name: check.Name, Says: check.Failing, Since: before.Since}
	if failing.Says == "" {
		failing.Says = "the " + check.Name + " is not ready"
	}
	if failing.Since == nil {
		since := h.now().UTC()
		failing.Since = &since
		logs.From(ctx).WarnContext(ctx, "not ready", slog.String("part", check.Name), slog.Any("error", err))
	}
	return failing
}

// ask runs one check, and makes a panic in it a failure of that part only.
func ask(ctx context.Context, check Check) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("web: check of %s panicked: %v", check.Name, cause)
		}
	}()
	return check.Check(ctx)
}
