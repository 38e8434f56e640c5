// Package teamstest is a Microsoft Teams for tests: a connector, a token
// endpoint and the connector's OpenID documents on a loopback port, with
// people who write and press buttons, and expectations that read aloud:
//
//	desk := teamstest.New(t)
//	desk.Connect(botURL)
//	ana := desk.Person("Ana Lima")
//	chat := desk.Personal("Ana Lima")
//	chat.Says(ana, "new Invoices cannot be posted")
//	chat.ExpectCard("T-1").Press(ana, "Acknowledge")
//
// It speaks the wire format with types of its own and imports nothing of the
// package teams, so that a mistake there is not repeated here. It does not
// draw cards, does not check them against a schema, and knows no clients
// but its own.
package teamstest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// The identity of the bot that a Teams knows, unless options say otherwise.
const (
	BotID    = "b07b07b0-0000-4000-8000-000000000001"
	BotName  = "Handrail"
	Password = "a-secret-for-tests"
	TenantID = "7e4a4700-0000-4000-8000-000000000001"
)

// patience is how long an expectation waits for the bot.
const patience = time.Minute

// Teams is one Teams with its people, conversations and the bot's messages.
type Teams struct {
	t        testing.TB
	now      func() time.Time
	tenant   string
	patience time.Duration
	open     bool // asks no tokens and signs nothing
	playful  bool // ids as the Agents Playground makes them
	limited  bool

	server *httptest.Server
	client *http.Client

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever something happens
	botURL  string
	lastID  int64
	people  []*Person
	rooms   map[string]*room
	files   map[int64]*File
	faults  []*pending
	calls   []Call
	login   login
	signer  signer
}

// Option changes what a Teams is like.
type Option func(*Teams)

// WithLimits makes the connector refuse with 429 whatever goes beyond the
// published rate limits.
func WithLimits() Option { return func(t *Teams) { t.limited = true } }

// WithClock sets the clock by which tokens are signed and expire, activities
// are dated and limits are counted.
func WithClock(now func() time.Time) Option { return func(t *Teams) { t.now = now } }

// WithoutTokens makes it sign nothing and ask for no token, as the Agents
// Playground does for a bot in local mode.
func WithoutTokens() Option { return func(t *Teams) { t.open = true } }

// WithPlaygroundIDs gives ids as the Agents Playground makes them: people
// without "29:", a tenant and Entra ids that are no GUIDs.
func WithPlaygroundIDs() Option { return func(t *Teams) { t.playful = true } }

// WithPatience sets how long expectations wait; ten seconds otherwise.
func WithPatience(d time.Duration) Option { return func(t *Teams) { t.patience = d } }

// New starts a Teams that stops with the test.
func New(t testing.TB, options ...Option) *Teams {
	t.Helper()
	tm := &Teams{
		t:        t,
		now:      time.Now,
		tenant:   TenantID,
		patience: patience,
		client:   &http.Client{Timeout: 20 * time.Second},
		changed:  make(chan struct{}),
		lastID:   1_700_000_000_000,
		rooms:    map[string]*room{},
		files:    map[int64]*File{},
		login:    login{tokens: map[string]time.Time{}},
		signer:   newSigner(),
	}
	for _, option := range options {
		option(tm)
	}
	if tm.playful && tm.tenant == TenantID {
		tm.tenant = "00000000-0000-0000-0000-0000000000001"
	}
	tm.server = httptest.NewServer(tm.routes())
	t.Cleanup(func() {
		tm.releaseAll()
		tm.client.CloseIdleConnections()
		tm.server.Close()
	})
	return tm
}

func (t *Teams) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login/{tenant}/oauth2/v2.0/token", t.serveToken)
	mux.HandleFunc("GET /login/{tenant}/v2.0/.well-known/openid-configuration", t.serveTenant)
	mux.HandleFunc("GET /metadata/identity/oauth2/token", t.serveIdentity)
	mux.HandleFunc("GET /openid/configuration", t.serveMetadata)
	mux.HandleFunc("GET /openid/keys", t.serveKeys)
	mux.HandleFunc("/amer/", t.serveConnector)
	mux.HandleFunc("GET /amer/v3/attachments/{id}/views/original", t.servePicture)
	mux.HandleFunc("GET /files/{id}", t.serveFile)
	return mux
}

// Connect names the bot's address, such as http://127.0.0.1:3978/api/messages.
func (t *Teams) Connect(botURL string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.botURL = botURL
}

// ServiceURL is the connector's address as activities carry it: with a path
// and a slash at the end, like the real one.
func (t *Teams) ServiceURL() string { return t.server.URL + "/amer/" }

// Host is the connector's host and port, for the allow-list.
func (t *Teams) Host() string { return t.server.Listener.Addr().String() }

// MetadataURL is the address of the connector's OpenID metadata.
func (t *Teams) MetadataURL() string { return t.server.URL + "/openid/configuration" }

// LoginURL is the address of the login service.
func (t *Teams) LoginURL() string { return t.server.URL + "/login" }

// TokenURL is the address of the token endpoint for the bot's own tenant.
func (t *Teams) TokenURL() string { return t.LoginURL() + "/" + t.tenant + "/oauth2/v2.0/token" }

// IdentityURL is the address of the managed identity endpoint.
func (t *Teams) IdentityURL() string { return t.server.URL + "/metadata/identity/oauth2/token" }

// Tenant is the tenant of everybody here.
func (t *Teams) Tenant() string { return t.tenant }

// Env returns the environment by which the bot finds this Teams.
func (t *Teams) Env() map[string]string {
	if t.open {
		return map[string]string{"BOT_SERVICE_HOSTS": t.Host(), "BOT_FILE_HOSTS": t.Host()}
	}
	return map[string]string{
		"BOT_ID":                  BotID,
		"BOT_PASSWORD":            Password,
		"BOT_TENANT_ID":           t.tenant,
		"BOT_TYPE":                "SingleTenant",
		"BOT_OPENID_METADATA_URL": t.MetadataURL(),
		"BOT_TOKEN_URL":           t.TokenURL(),
		"BOT_SERVICE_HOSTS":       t.Host(),
		"BOT_FILE_HOSTS":          t.Host(),
	}
}

// Call is a request that the connector got.
type Call struct {
	Method string
	// Path is the decoded path below the service URL, such as
	// "v3/conversations/19:x@thread.v2/activities"; RawPath is as it was sent.
	Path, RawPath string
	Query         string
	Status        int
	Body          string
}

// Calls returns every request to the connector so far.
func (t *Teams) Calls() []Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Call(nil), t.calls...)
}

// bot is the bot's account as activities name it.
func (t *Teams) bot() map[string]any {
	id := "28:" + BotID
	if t.playful {
		id = "00000000-0000-0000-0000-00000000000011"
	}
	return map[string]any{"id": id, "name": BotName}
}

// happened wakes whoever waits. The caller holds mu.
func (t *Teams) happened() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// newID returns a message id. The caller holds mu.
func (t *Teams) newID() int64 {
	t.lastID++
	return t.lastID
}
