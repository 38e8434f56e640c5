package web_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"handrail/internal/web"
)

const secretOfTheHook = "0123456789abcdef0123456789abcdef"

// hooked gives a server with a hook, and what it was told.
func hooked(t *testing.T, log *lines) (*web.Server, *[]string) {
	t.Helper()
	var told []string
	return newServer(t, web.Config{Logger: log.logger(), Hook: &web.Hook{Secret: secretOfTheHook, Take: func(_ context.Context, body []byte) (bool, error) {
		told = append(told, string(body))
		switch string(body) {
		case "broken":
			return false, errDown
		case "hello":
			return false, nil
		}
		return true, nil
	}}}), &told
}

func tell(server *web.Server, method, path, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	answer := httptest.NewRecorder()
	server.Handler().ServeHTTP(answer, request)
	return answer
}

func TestAHookIsForWhoHasTheSecret(t *testing.T) {
	t.Parallel()
	var log lines
	server, told := hooked(t, &log)
	nothing := tell(server, http.MethodPost, "/nowhere", "{}")
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodPost, "/odoo/" + secretOfTheHook, http.StatusNoContent},
		{http.MethodPost, "/odoo/" + secretOfTheHook[1:], http.StatusNotFound},
		{http.MethodPost, "/odoo/" + secretOfTheHook + "0", http.StatusNotFound},
		{http.MethodPost, "/odoo/" + strings.ToUpper(secretOfTheHook), http.StatusNotFound},
		{http.MethodPost, "/odoo/", http.StatusNotFound},
		{http.MethodPost, "/odoo/" + secretOfTheHook + "/x", http.StatusNotFound},
		{http.MethodGet, "/odoo/" + secretOfTheHook, http.StatusNotFound},
		{http.MethodPut, "/odoo/x", http.StatusNotFound},
	} {
		answer := tell(server, c.method, c.path, "{}")
		if answer.Code != c.status {
			t.Errorf("%s %s is answered with %d, want %d", c.method, c.path, answer.Code, c.status)
		}
		if c.status == http.StatusNotFound && !bytes.Equal(answer.Body.Bytes(), nothing.Body.Bytes()) {
			t.Errorf("%s %s tells %q", c.method, c.path, answer.Body)
		}
	}
	if len(*told) != 1 {
		t.Errorf("it was told %q", *told)
	}
	if strings.Contains(log.String(), secretOfTheHook) {
		t.Errorf("the log has the secret:\n%s", log.String())
	}
}

func TestAHookTakesWhatItCanRead(t *testing.T) {
	t.Parallel()
	var log lines
	server, told := hooked(t, &log)
	for body, status := range map[string]int{
		"hello": http.StatusBadRequest, "broken": http.StatusServiceUnavailable, "": http.StatusNoContent,
		strings.Repeat("x", 64<<10): http.StatusNoContent, strings.Repeat("x", 64<<10+1): http.StatusRequestEntityTooLarge,
	} {
		if answer := tell(server, http.MethodPost, "/odoo/"+secretOfTheHook, body); answer.Code != status {
			t.Errorf("%.10q (%d) is answered with %d, want %d", body, len(body), answer.Code, status)
		}
	}
	if len(*told) != 4 {
		t.Errorf("it was told %d times", len(*told))
	}
}

func TestWithoutAHookThereIsNoSuchAddress(t *testing.T) {
	t.Parallel()
	var log lines
	server := newServer(t, web.Config{Logger: log.logger()})
	if answer := tell(server, http.MethodPost, "/odoo/"+secretOfTheHook, "{}"); answer.Code != http.StatusNotFound {
		t.Errorf("it is answered with %d", answer.Code)
	}
}
