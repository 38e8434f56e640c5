package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"handrail/internal/web"
)

func TestLocalModeAnswersProgramsOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		host, header string
		want         int
	}{
		"by address":           {"127.0.0.1:3978", "", http.StatusOK},
		"by name":              {"localhost:3978", "", http.StatusOK},
		"by address of IPv6":   {"[::1]:3978", "", http.StatusOK},
		"a name that was bent": {"evil.example:3978", "", http.StatusForbidden},
		"no host":              {"", "", http.StatusForbidden},
		"through a proxy":      {"127.0.0.1:3978", "X-Forwarded-For", http.StatusForbidden},
		"through another":      {"127.0.0.1:3978", "Forwarded", http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, web.Config{LoopbackOnly: true})
			request := httptest.NewRequest(http.MethodGet, "/healthz", http.NoBody)
			request.Host = c.host
			if c.header != "" {
				request.Header.Set(c.header, "for=192.0.2.1")
			}
			answer := httptest.NewRecorder()
			server.Handler().ServeHTTP(answer, request)
			if answer.Code != c.want {
				t.Errorf("answered %d, want %d", answer.Code, c.want)
			}
		})
	}
}
