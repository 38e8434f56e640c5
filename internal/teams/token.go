package teams

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"handrail/internal/logs"
)

// BotType says how the bot's identity is registered in Azure.
type BotType string

// The kinds of registration that Azure Bot knows, and none for local mode.
const (
	SingleTenant    BotType = "SingleTenant"
	MultiTenant     BotType = "MultiTenant"
	UserAssignedMSI BotType = "UserAssignedMSI"
	NoIdentity      BotType = ""
)

// TokenConfig says who the bot is and where its tokens come from.
type TokenConfig struct {
	// Type is the kind of registration; NoIdentity gives empty tokens.
	Type BotType
	// BotID is the bot's application (client) id.
	BotID string
	// Password is the client secret; a managed identity has none.
	Password string
	// Tenant is the tenant to sign in at: the bot's own, or for MultiTenant
	// the cloud's common one (empty: botframework.com).
	Tenant string
	// LoginURL is the cloud's login service, such as
	// https://login.microsoftonline.com.
	LoginURL string
	// TokenURL, when set, is the whole address of the token endpoint instead.
	TokenURL string
	// Scope is the cloud's scope, such as https://api.botframework.com/.default.
	Scope string
	// IdentityEndpoint and IdentityHeader are App Service's own managed
	// identity endpoint, from its environment variables of these names; empty:
	// the instance metadata service of a virtual machine or container.
	IdentityEndpoint, IdentityHeader string
	// HTTP makes the requests; it needs a time-out.
	HTTP *http.Client
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

const (
	// instanceMetadataURL is where Azure machines get managed identity tokens
	// ("How to use managed identities on an Azure VM to acquire a token").
	instanceMetadataURL = "http://169.254.169.254/metadata/identity/oauth2/token"

	// refreshBefore is how long before its end a token is replaced.
	refreshBefore = 5 * time.Minute
	// refreshPause is how long a failed early refresh is left alone.
	refreshPause = 30 * time.Second
	// dropPause is how long after a dropped token no other one is dropped: a
	// bot that is not registered gets a 401 for every token.
	dropPause = time.Minute
	// longestTokenAnswer bounds the bytes read from the token endpoint.
	longestTokenAnswer = 64 << 10
)

// TokenSource gives the token that the bot shows to the connector. Tokens are
// cached and replaced five minutes before they end, while the old one still
// serves; there is one fetch at a time.
type TokenSource struct {
	cfg  TokenConfig
	http *http.Client

	mu        sync.Mutex
	token     string
	expires   time.Time
	fetching  *fetch
	nextEarly time.Time // no early refresh before it
	dropped   time.Time
}

// fetch is one request under way; its fields are set before done is closed.
type fetch struct {
	done  chan struct{}
	token string
	err   error
}

// NewTokenSource checks the configuration and returns a source; it fetches
// nothing yet.
func NewTokenSource(cfg TokenConfig) (*TokenSource, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Type == NoIdentity {
		return &TokenSource{cfg: cfg}, nil
	}
	var faults []error
	if cfg.BotID == "" {
		faults = append(faults, errors.New("teams: tokens need a bot id"))
	}
	if cfg.Scope == "" {
		faults = append(faults, errors.New("teams: tokens need a scope"))
	}
	switch cfg.Type {
	case SingleTenant, MultiTenant:
		if cfg.Type == MultiTenant && cfg.Tenant == "" {
			cfg.Tenant = "botframework.com"
		}
		if cfg.Password == "" {
			faults = append(faults, fmt.Errorf("teams: a %s bot needs a password", cfg.Type))
		}
		if cfg.TokenURL == "" && (cfg.Tenant == "" || cfg.LoginURL == "") {
			faults = append(faults, fmt.Errorf("teams: a %s bot needs a tenant and a login URL", cfg.Type))
		}
	case UserAssignedMSI:
	default:
		faults = append(faults, fmt.Errorf("teams: unknown bot type %q", cfg.Type))
	}
	client, err := withoutRedirects(cfg.HTTP)
	if err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return &TokenSource{cfg: cfg, http: client}, nil
}

// Token returns a token that is valid now, or "" for a bot without identity.
func (s *TokenSource) Token(ctx context.Context) (string, error) {
	if s.cfg.Type == NoIdentity {
		return "", nil
	}
	s.mu.Lock()
	now := s.cfg.Now()
	if s.token != "" && now.Before(s.expires) {
		token := s.token
		early := s.expires.Sub(now) <= refreshBefore && !now.Before(s.nextEarly)
		if early && s.fetching == nil {
			s.start(ctx)
		}
		s.mu.Unlock()
		return token, nil
	}
	if s.fetching == nil {
		s.start(ctx)
	}
	f := s.fetching
	s.mu.Unlock()

	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return "", &Error{Op: "token", Kind: Busy, Err: ctx.Err()}
	}
}

// Drop forgets a token that the connector refused, and says whether it is
// worth asking for another one.
func (s *TokenSource) Drop(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token == "" {
		return false
	}
	if token != s.token {
		return true // somebody has replaced it already
	}
	now := s.cfg.Now()
	if !s.dropped.IsZero() && now.Sub(s.dropped) < dropPause {
		return false
	}
	s.dropped = now
	s.token = ""
	return true
}

// start begins the one fetch. It outlives the caller who happened to start
// it, because others wait for it too; the client's time-out ends it.
func (s *TokenSource) start(ctx context.Context) {
	f := &fetch{done: make(chan struct{})}
	s.fetching = f
	ctx = context.WithoutCancel(ctx)
	go func() {
		token, lifetime, err := s.request(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		now := s.cfg.Now()
		if err == nil {
			s.token, s.expires, s.nextEarly = token, now.Add(lifetime), now.Add(min(refreshPause, lifetime/2))
		} else {
			s.nextEarly = now.Add(refreshPause)
			if s.token != "" && now.Before(s.expires) {
				logs.From(ctx).WarnContext(ctx, "the bot's token could not be refreshed early", "err", err)
			}
		}
		f.token, f.err = token, err
		s.fetching = nil
		close(f.done)
	}()
}

// request fetches a token. Its errors never hold the secret or a token.
func (s *TokenSource) request(ctx context.Context) (token string, lifetime time.Duration, err error) {
	req, err := s.newRequest(ctx)
	if err != nil {
		return "", 0, &Error{Op: "token", Kind: Refused, Err: errors.New("the token address is no URL")}
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return "", 0, &Error{Op: "token", Kind: Busy, Err: plainNetworkError(err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestTokenAnswer))
	if err != nil {
		return "", 0, &Error{Op: "token", Kind: Busy, Err: plainNetworkError(err)}
	}
	if resp.StatusCode != http.StatusOK {
		return "", 0, s.refusal(resp, body)
	}
	var answer struct {
		AccessToken string     `json:"access_token"`
		ExpiresIn   looseCount `json:"expires_in"`
		ExpiresOn   looseCount `json:"expires_on"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" {
		return "", 0, &Error{Op: "token", Status: resp.StatusCode, Kind: Broken, Err: errors.New("the answer has no token")}
	}
	lifetime = time.Duration(answer.ExpiresIn) * time.Second
	if lifetime == 0 && answer.ExpiresOn > 0 {
		lifetime = time.Unix(int64(answer.ExpiresOn), 0).Sub(s.cfg.Now())
	}
	if lifetime <= 0 {
		return "", 0, &Error{Op: "token", Status: resp.StatusCode, Kind: Broken, Err: errors.New("the token has no time left")}
	}
	return answer.AccessToken, lifetime, nil
}

func (s *TokenSource) newRequest(ctx context.Context) (*http.Request, error) {
	if s.cfg.Type == UserAssignedMSI {
		return s.newIdentityRequest(ctx)
	}
	address := s.cfg.TokenURL
	if address == "" {
		address = strings.TrimSuffix(s.cfg.LoginURL, "/") + "/" + url.PathEscape(s.cfg.Tenant) + "/oauth2/v2.0/token"
	}
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {s.cfg.BotID},
		"client_secret": {s.cfg.Password},
		"scope":         {s.cfg.Scope},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("ask for a token: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req, nil
}

func (s *TokenSource) newIdentityRequest(ctx context.Context) (*http.Request, error) {
	address, version := instanceMetadataURL, "2018-02-01"
	if s.cfg.IdentityEndpoint != "" {
		address, version = s.cfg.IdentityEndpoint, "2019-08-01"
	}
	if s.cfg.TokenURL != "" {
		address = s.cfg.TokenURL
	}
	query := url.Values{
		"api-version": {version},
		"resource":    {strings.TrimSuffix(s.cfg.Scope, "/.default")},
		"client_id":   {s.cfg.BotID},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+query.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask for a token: %w", err)
	}
	if s.cfg.IdentityEndpoint != "" {
		req.Header.Set("X-Identity-Header", s.cfg.IdentityHeader)
	} else {
		req.Header.Set("Metadata", "true")
	}
	return req, nil
}

// refusal names what the login service said by its codes only: its text may
// repeat what was sent.
func (s *TokenSource) refusal(resp *http.Response, body []byte) *Error {
	e := &Error{Op: "token", Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header.Get("Retry-After"), s.cfg.Now())}
	var answer struct {
		Error      string `json:"error"`
		ErrorCodes []int  `json:"error_codes"`
	}
	if json.Unmarshal(body, &answer) == nil {
		e.Code = clip(answer.Error)
		if len(answer.ErrorCodes) > 0 {
			e.SubCode = "AADSTS" + strconv.Itoa(answer.ErrorCodes[0])
		}
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		e.Kind = Throttled
	case resp.StatusCode >= 500, resp.StatusCode == http.StatusGone:
		// IMDS answers 410 while it is being updated.
		e.Kind = Busy
	default:
		e.Kind = Unauthorized
	}
	return e
}

// looseCount is a number that some token endpoints send as a string.
type looseCount int64

// UnmarshalJSON takes a number, a string of one, or nothing.
func (c *looseCount) UnmarshalJSON(raw []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || n < 0 || n > 1e12 {
		*c = 0
		return nil //nolint:nilerr // what cannot be read counts as not sent
	}
	*c = looseCount(n)
	return nil
}

// withoutRedirects returns a copy of the client that hands a redirect back as
// the answer: a token or a secret is never sent on to where a server points.
func withoutRedirects(client *http.Client) (*http.Client, error) {
	if client == nil || client.Timeout <= 0 {
		return nil, errors.New("teams: an HTTP client with a time-out is needed")
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own, nil
}

// plainNetworkError takes the address out of a client's error: it stands in
// the log already, and may carry what it should not.
func plainNetworkError(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
