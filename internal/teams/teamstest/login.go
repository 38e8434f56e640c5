package teamstest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// tokenLifetime is how long the bot's tokens live, as Entra's do.
const tokenLifetime = time.Hour

// login is the login service's memory.
type login struct {
	tokens   map[string]time.Time // to their end
	issued   int
	requests int
	down     bool
}

// TokenRequests returns how often the bot asked for a token.
func (t *Teams) TokenRequests() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.login.requests
}

// RevokeTokens makes every token given so far worthless.
func (t *Teams) RevokeTokens() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.login.tokens)
}

// BreakLogin makes the token endpoints fail, or mends them.
func (t *Teams) BreakLogin(down bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.login.down = down
}

// serveTenant answers which tenants there are, as the login service's OpenID
// documents do.
func (t *Teams) serveTenant(w http.ResponseWriter, r *http.Request) {
	if tenant := r.PathValue("tenant"); tenant != t.tenant {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_tenant", "error_codes": []int{90002}})
		return
	}
	answer(w, http.StatusOK, map[string]any{"issuer": t.LoginURL() + "/" + t.tenant + "/v2.0", "token_endpoint": t.TokenURL()})
}

func (t *Teams) serveToken(w http.ResponseWriter, r *http.Request) {
	fault := ""
	switch tenant := r.PathValue("tenant"); {
	case tenant != t.tenant && tenant != "botframework.com":
		fault = "AADSTS90002: tenant " + tenant + " not found"
	case r.PostFormValue("grant_type") != "client_credentials":
		fault = "AADSTS900144: grant_type"
	case r.PostFormValue("client_id") != BotID:
		fault = "AADSTS700016: application not found"
	case r.PostFormValue("client_secret") != Password:
		fault = "AADSTS7000215: invalid client secret provided"
	case r.PostFormValue("scope") != "https://api.botframework.com/.default":
		fault = "AADSTS1002012: scope is not valid"
	}
	t.giveToken(w, fault, func(token string) any {
		return map[string]any{"token_type": "Bearer", "expires_in": int(tokenLifetime.Seconds()), "access_token": token}
	})
}

// serveIdentity answers as the instance metadata service does: numbers are
// strings.
func (t *Teams) serveIdentity(w http.ResponseWriter, r *http.Request) {
	fault := ""
	switch query := r.URL.Query(); {
	case r.Header.Get("Metadata") != "true" && r.Header.Get("X-Identity-Header") == "":
		fault = "the Metadata header is missing"
	case query.Get("resource") != "https://api.botframework.com":
		fault = "AADSTS500011: resource not found"
	case query.Get("client_id") != BotID:
		fault = "identity not found"
	}
	t.giveToken(w, fault, func(token string) any {
		return map[string]any{
			"token_type": "Bearer", "access_token": token, "resource": "https://api.botframework.com",
			"expires_in": fmt.Sprint(int(tokenLifetime.Seconds())), "expires_on": fmt.Sprint(t.now().Add(tokenLifetime).Unix()),
		}
	})
}

func (t *Teams) giveToken(w http.ResponseWriter, fault string, body func(token string) any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.login.requests++
	if t.login.down {
		answer(w, http.StatusServiceUnavailable, map[string]any{"error": "temporarily_unavailable", "error_codes": []int{90033}})
		return
	}
	if fault != "" {
		code := 7000215
		_, _ = fmt.Sscanf(fault, "AADSTS%d:", &code) // where it has none, that one
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": fault, "error_codes": []int{code}})
		return
	}
	t.login.issued++
	token := fmt.Sprintf("token-%d", t.login.issued)
	t.login.tokens[token] = t.now().Add(tokenLifetime)
	answer(w, http.StatusOK, body(token))
}

// welcome says whether a request to the connector shows a token that was given
// and has not ended. The caller holds mu.
func (t *Teams) welcome(r *http.Request) bool {
	if t.open {
		return true
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	end, known := t.login.tokens[token]
	return ok && known && t.now().Before(end)
}
