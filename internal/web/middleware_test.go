package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/web"
)

func TestEveryRequestHasAnIDInItsLinesAndItsAnswer(t *testing.T) {
	t.Parallel()
	made := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	for _, c := range []struct{ name, given, want string }{
		{"one is made", "", ""},
		{"a sane one is kept", "gw-7.Ab_9", "gw-7.Ab_9"},
		{"one that forges a line is replaced", "a\nlevel=ERROR", ""},
		{"one that is too long is replaced", strings.Repeat("a", 65), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log lines
			server := newServer(t, web.Config{Logger: log.logger(), Receiver: receiver(
				func(ctx context.Context, _ teams.Request) teams.Response {
					logs.From(ctx).InfoContext(ctx, "a line from below")
					return teams.Response{Status: http.StatusOK}
				})})
			r := httptest.NewRequest(http.MethodPost, "/api/messages", strings.NewReader("{}"))
			r.Header.Set("X-Request-ID", c.given)

			id := send(server, r).Header().Get("X-Request-ID")

			if c.want != "" && id != c.want {
				t.Errorf("id is %q, want %q", id, c.want)
			}
			if c.want == "" && !made.MatchString(id) {
				t.Errorf("id is %q, want one of our own", id)
			}
			for line := range strings.Lines(log.String()) {
				wantText(t, line, []string{"request=" + id}, nil)
			}
			wantText(t, log.String(), []string{"a line from below", "request answered"}, nil)
		})
	}
}

func TestAnAnsweredRequestIsADebugLineWithoutItsQuery(t *testing.T) {
	t.Parallel()
	var log lines
	send(newServer(t, web.Config{Logger: log.logger()}), get("/healthz?token=hunter2"))
	wantText(t, log.String(),
		[]string{"level=DEBUG", "method=GET", "path=/healthz", "status=200", "took=", "from=192.0.2.1:1234"},
		[]string{"hunter2", "level=WARN"})
}

func TestAPanicIsLoggedOnceWithItsStack(t *testing.T) {
	t.Parallel()
	var log lines
	server := newServer(t, web.Config{Logger: log.logger(), Receiver: receiver(
		func(context.Context, teams.Request) teams.Response { panic("out of cheese") })})

	send(server, httptest.NewRequest(http.MethodPost, "/api/messages", strings.NewReader("{}")))

	wantText(t, log.String(), []string{"level=ERROR", "level=WARN", "status=500", "middleware_test.go"}, nil)
	if n := strings.Count(log.String(), "out of cheese"); n != 1 {
		t.Errorf("the panic is in %d lines, want one:\n%s", n, &log)
	}
}

func TestAPanicAfterHalfAnAnswerBreaksTheConnection(t *testing.T) {
	t.Parallel()
	server := newServer(t, web.Config{Routes: func(r gin.IRouter) {
		r.GET("/half", func(c *gin.Context) {
			c.String(http.StatusOK, "id;title\n1;")
			c.Writer.Flush()
			panic("out of cheese")
		})
	}})
	host := httptest.NewServer(server.Handler())
	t.Cleanup(host.Close)

	response, err := host.Client().Get(host.URL + "/half")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := response.Body.Read(make([]byte, 512)); err != nil {
		t.Fatal(err)
	}
	if _, err := response.Body.Read(make([]byte, 512)); err == nil || err.Error() == "EOF" {
		t.Error("half an answer must not look like a whole one")
	}
}

func TestRoutesOfOthersStandBehindTheSameDoor(t *testing.T) {
	t.Parallel()
	server := newServer(t, web.Config{Routes: func(r gin.IRouter) {
		r.POST("/hooks/odoo", func(c *gin.Context) {
			if _, err := c.GetRawData(); err != nil {
				c.Status(http.StatusRequestEntityTooLarge)
				return
			}
			c.String(http.StatusOK, c.ClientIP())
		})
	}})
	r := httptest.NewRequest(http.MethodPost, "/hooks/odoo", strings.NewReader("{}"))
	r.Header.Set("X-Forwarded-For", "127.0.0.1")

	w := send(server, r)

	if w.Body.String() != "192.0.2.1" || w.Header().Get("X-Request-ID") == "" {
		t.Errorf("want the peer's own address and an id, got %q and %q", w.Body, w.Header().Get("X-Request-ID"))
	}
	large := httptest.NewRequest(http.MethodPost, "/hooks/odoo", strings.NewReader(strings.Repeat("x", limit+1)))
	if w := send(server, large); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d for a large body, want 413", w.Code)
	}
}
