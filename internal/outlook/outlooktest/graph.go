package outlooktest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Graph is Microsoft Graph with the login service of one tenant, which knows one
// app and one mailbox.
type Graph struct {
	box
	// URL is the address of both.
	URL string
	// HTTP trusts their certificate.
	HTTP *http.Client

	mu      sync.Mutex
	tokens  int
	answers []func(http.ResponseWriter)
	logins  []func(http.ResponseWriter)
}

// What the fakes know.
const (
	Tenant   = "tenant-1"
	ClientID = "app-1"
	Secret   = "s3cret-of-the-app"
	Mailbox  = "handrail@contoso.com"
)

// NewGraph starts a Graph, which ends with the test.
func NewGraph(tb testing.TB) *Graph {
	tb.Helper()
	g := &Graph{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /"+Tenant+"/v2.0/.well-known/openid-configuration", g.discover)
	mux.HandleFunc("POST /"+Tenant+"/oauth2/v2.0/token", g.login)
	mux.HandleFunc("POST /v1.0/users/{mailbox}/sendMail", g.send)
	server := httptest.NewTLSServer(mux)
	tb.Cleanup(server.Close)
	g.URL, g.HTTP = server.URL, server.Client()
	g.HTTP.Timeout = 10 * time.Second
	return g
}

// Revoke makes every token worthless that was given so far.
func (g *Graph) Revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tokens++
}

// Tokens counts the tokens that were fetched or revoked.
func (g *Graph) Tokens() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tokens
}

// Next says what the next mails are answered with.
func (g *Graph) Next(answers ...func(http.ResponseWriter)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers = append(g.answers, answers...)
}

// NextLogin says what the next requests for a token are answered with.
func (g *Graph) NextLogin(answers ...func(http.ResponseWriter)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.logins = append(g.logins, answers...)
}

// Refusal is an error of Graph, such as 403, "ErrorAccessDenied"; headers are
// names and values in turn.
func Refusal(status int, code string, headers ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		answer(w, status, map[string]any{"error": map[string]any{"code": code, "message": "It says " + code + "."}})
	}
}

// LoginRefusal is an error of the login service, which repeats what it was sent.
func LoginRefusal(status, code int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		answer(w, status, map[string]any{
			"error": "invalid_client", "error_codes": []int{code}, "error_description": fmt.Sprintf("AADSTS%d: %s is wrong", code, Secret),
		})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // a fault of this file
	}
	_, _ = w.Write(text) // a client that has gone away reads nothing
}

func (g *Graph) discover(w http.ResponseWriter, _ *http.Request) {
	base := g.URL + "/" + Tenant
	answer(w, http.StatusOK, map[string]any{
		"issuer": base + "/v2.0", "authorization_endpoint": base + "/oauth2/v2.0/authorize", "token_endpoint": base + "/oauth2/v2.0/token",
	})
}

func (g *Graph) login(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.logins) > 0 {
		first := g.logins[0]
		g.logins = g.logins[1:]
		first(w)
		return
	}
	if r.FormValue("client_id") != ClientID || r.FormValue("client_secret") != Secret ||
		!strings.Contains(r.FormValue("scope"), g.URL+"/.default") {
		LoginRefusal(http.StatusUnauthorized, 7000215)(w)
		return
	}
	g.tokens++
	answer(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": g.token()})
}

func (g *Graph) token() string { return fmt.Sprint("token-", g.tokens) }

func (g *Graph) send(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+g.token() {
		Refusal(http.StatusUnauthorized, "InvalidAuthenticationToken")(w)
		return
	}
	if len(g.answers) > 0 {
		first := g.answers[0]
		g.answers = g.answers[1:]
		first(w)
		return
	}
	if r.PathValue("mailbox") != Mailbox {
		Refusal(http.StatusNotFound, "ErrorInvalidUser")(w)
		return
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, r.Body))
	if err != nil || r.Header.Get("Content-Type") != "text/plain" {
		Refusal(http.StatusBadRequest, "ErrorMimeContentInvalidBase64String")(w)
		return
	}
	received, err := read(body)
	if err != nil {
		Refusal(http.StatusBadRequest, "ErrorMimeContentInvalid")(w)
		return
	}
	g.put(received)
	w.WriteHeader(http.StatusAccepted)
}
