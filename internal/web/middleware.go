package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"handrail/internal/logs"
)

// requestID is the header in which an id comes from a proxy and goes back.
const requestID = "X-Request-ID"

// saneID is what an id from outside must look like to be taken over: anything
// else could forge log lines or fill them.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify gives the request an id, which every log line below carries and the
// answer's header tells.
func identify(logger *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		id := c.GetHeader(requestID)
		if !saneID.MatchString(id) {
			id = rand.Text()
		}
		c.Header(requestID, id)
		c.Header("X-Content-Type-Options", "nosniff")
		ctx := logs.Into(c.Request.Context(), logger.With(slog.String("request", id)))
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// access writes one line for each request: at debug, and at warn where the
// answer says that we failed. The query stays out, as it may carry a token, and
// so does what follows /reports/ and /files/, which is one.
func access(now func() time.Time) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := now()
		c.Next()
		level, status := slog.LevelDebug, c.Writer.Status()
		if status >= http.StatusInternalServerError {
			level = slog.LevelWarn
		}
		ctx := c.Request.Context()
		logs.From(ctx).LogAttrs(ctx, level, "request answered",
			slog.String("method", c.Request.Method), slog.String("path", shownPath(c.Request.URL.Path)), slog.Int("status", status),
			slog.Int("bytes", max(c.Writer.Size(), 0)), slog.Duration("took", now().Sub(start)), slog.String("from", c.Request.RemoteAddr))
	}
}

// shownPath gives a path without the secrets in it.
func shownPath(path string) string {
	for _, secret := range []string{reportsPath, filesPath, hooksPath} {
		if strings.HasPrefix(strings.ToLower(path), secret) {
			return secret + "…"
		}
	}
	return path
}

// recovery answers 500 for a handler that panics, and logs the stack. A
// handler that panics on purpose to drop the connection is left to net/http.
func recovery(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause)
		}
		ctx := c.Request.Context()
		logs.From(ctx).ErrorContext(ctx, "a request panicked",
			slog.String("panic", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))
		if c.Writer.Written() {
			// Half an answer is out already: say so by breaking it off.
			panic(http.ErrAbortHandler)
		}
		refuse(c, http.StatusInternalServerError, "something went wrong here; it is in the log under this request's id")
	}()
	c.Next()
}

// limitBody ends the reading of a body that is larger than any activity.
func limitBody(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, bodyLimit)
	c.Next()
}

// refuse answers with a plain sentence that says what is wrong.
func refuse(c *gin.Context, status int, reason string) {
	c.AbortWithStatusJSON(status, gin.H{"error": reason})
}

// loopbackOnly refuses a request whose host is not this machine, as a page sends
// whose name was made to point here, and one that a proxy has passed on.
func loopbackOnly(c *gin.Context) {
	host := c.Request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address := net.ParseIP(strings.Trim(host, "[]"))
	here := strings.EqualFold(host, "localhost") || address != nil && address.IsLoopback()
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		here = here && c.GetHeader(header) == ""
	}
	if !here {
		refuse(c, http.StatusForbidden, "local mode answers programs on this machine only")
	}
}
