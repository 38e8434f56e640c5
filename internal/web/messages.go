package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"

	"handrail/internal/logs"
	"handrail/internal/teams"
)

// Receiver takes one activity as it came over the wire, decides whether it may
// come in, and says what to answer.
type Receiver interface {
	Receive(ctx context.Context, r teams.Request) teams.Response
}

// messages is the route that the Bot Service posts activities to.
type messages struct {
	receiver Receiver
	metrics  *Metrics
	origins  *http.CrossOriginProtection
	now      func() time.Time
}

// post reads an activity and hands it on.
func (m *messages) post(c *gin.Context) {
	// The Bot Service is not a browser. A web page that posts to us from a
	// browser on this machine would count as loopback in local mode.
	if err := m.origins.Check(c.Request); err != nil {
		m.refuse(c, "origin", http.StatusForbidden, "web pages may not post here", err)
		return
	}
	body, err := read(c.Request)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		m.refuse(c, "size", http.StatusRequestEntityTooLarge, "the body is larger than 256 KiB, the most that is taken", err)
		return
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		m.refuse(c, "time", http.StatusRequestTimeout, "the body took too long to arrive", err)
		return
	}
	if err != nil {
		m.refuse(c, "body", http.StatusBadRequest, "the body could not be read to its end", err)
		return
	}

	answer(c, m.turn(c.Request.Context(), teams.Request{
		Authorization: c.GetHeader("Authorization"),
		RemoteAddr:    c.Request.RemoteAddr,
		Body:          body,
	}))
}

// turn lets the receiver answer within the time that somebody waits for it,
// and counts the turn, also one that panics.
func (m *messages) turn(ctx context.Context, r teams.Request) teams.Response {
	ctx, cancel := context.WithTimeout(ctx, turnTimeout)
	defer cancel()
	kind, outcome, start := "unknown", "panicked", m.now()
	defer func() { m.metrics.Turn(kind, outcome, m.now().Sub(start)) }()
	response := m.receiver.Receive(ctx, r)
	kind, outcome = cmp.Or(response.Kind, kind), outcomeOf(response)
	if response.Refused != "" {
		m.metrics.Refusal(response.Refused)
	}
	return response
}

// outcomeOf is the word under which a turn is counted.
func outcomeOf(r teams.Response) string {
	switch {
	case r.Refused != "":
		return "refused"
	case r.Status >= http.StatusInternalServerError:
		return "failed"
	case r.Status >= http.StatusBadRequest:
		return "rejected"
	}
	return "ok"
}

// refuse counts and logs which of the door's checks failed, and answers.
func (m *messages) refuse(c *gin.Context, check string, status int, reason string, cause error) {
	m.metrics.Refusal(check)
	ctx := c.Request.Context()
	logs.From(ctx).InfoContext(ctx, "request refused",
		slog.String("check", check), slog.Any("error", cause), slog.String("from", c.Request.RemoteAddr))
	refuse(c, status, reason)
}

// answer writes what the receiver answered.
func answer(c *gin.Context, r teams.Response) {
	if r.Status == http.StatusUnauthorized {
		// RFC 9110 wants every 401 to name the scheme.
		c.Header("WWW-Authenticate", "Bearer")
	}
	if len(r.Body) == 0 {
		c.Status(r.Status)
		return
	}
	c.Data(r.Status, "application/json; charset=utf-8", r.Body)
}

// read takes the whole body, into a buffer of the announced size where that is
// within the limit.
func read(r *http.Request) ([]byte, error) {
	if r.ContentLength > bodyLimit {
		return nil, &http.MaxBytesError{Limit: bodyLimit}
	}
	var body bytes.Buffer
	body.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	if _, err := body.ReadFrom(r.Body); err != nil {
		return nil, fmt.Errorf("web: read the body: %w", err)
	}
	return body.Bytes(), nil
}
