package teams_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handrail/internal/teams"
	"handrail/internal/teams/teamstest"
)

const scope = "https://api.botframework.com/.default"

func tokenSource(t *testing.T, cfg teams.TokenConfig) *teams.TokenSource {
	t.Helper()
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	cfg.BotID, cfg.Scope = teamstest.BotID, scope
	source, err := teams.NewTokenSource(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestEveryTypeOfBotGetsItsToken(t *testing.T) {
	t.Parallel()
	fake := teamstest.New(t)
	for name, cfg := range map[string]teams.TokenConfig{
		"single tenant":          {Type: teams.SingleTenant, Tenant: fake.Tenant(), LoginURL: fake.LoginURL(), Password: teamstest.Password},
		"single tenant, by URL":  {Type: teams.SingleTenant, TokenURL: fake.TokenURL(), Password: teamstest.Password},
		"multi tenant":           {Type: teams.MultiTenant, LoginURL: fake.LoginURL() + "/", Password: teamstest.Password},
		"managed identity":       {Type: teams.UserAssignedMSI, TokenURL: fake.IdentityURL()},
		"managed in App Service": {Type: teams.UserAssignedMSI, IdentityEndpoint: fake.IdentityURL(), IdentityHeader: "h"},
	} {
		token, err := tokenSource(t, cfg).Token(t.Context())
		if err != nil || token == "" {
			t.Errorf("%s: got %q, %v", name, token, err)
		}
	}
	token, err := tokenSource(t, teams.TokenConfig{}).Token(t.Context())
	if token != "" || err != nil {
		t.Errorf("no identity: got %q, %v", token, err)
	}
}

func TestAWrongConfigurationNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := teams.NewTokenSource(teams.TokenConfig{Type: teams.SingleTenant})
	for _, fault := range []string{"bot id", "scope", "password", "tenant", "time-out"} {
		if err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%v does not name the %s", err, fault)
		}
	}
	if _, err := teams.NewTokenSource(teams.TokenConfig{Type: "Some", BotID: "b", Scope: scope, HTTP: &http.Client{Timeout: 1}}); err == nil {
		t.Error("an unknown type was taken")
	}
}

func TestAnErrorOfTheLoginServiceIsTypedAndHoldsNoSecret(t *testing.T) {
	t.Parallel()
	fake := teamstest.New(t)
	wrong := tokenSource(t, teams.TokenConfig{Type: teams.SingleTenant, TokenURL: fake.TokenURL(), Password: "hunter2"})
	_, err := wrong.Token(t.Context())
	if teams.KindOf(err) != teams.Unauthorized || !strings.Contains(err.Error(), "invalid_client/AADSTS7000215") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
	fake.BreakLogin(true)
	if _, err := wrong.Token(t.Context()); teams.KindOf(err) != teams.Busy {
		t.Errorf("a service that is down: got %v", err)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	lost := tokenSource(t, teams.TokenConfig{Type: teams.SingleTenant, TokenURL: closed.URL + "?secret=hunter2", Password: "hunter2"})
	if _, err := lost.Token(t.Context()); teams.KindOf(err) != teams.Busy || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a service that is away: got %v", err)
	}
	pointer := httptest.NewServer(http.RedirectHandler(fake.TokenURL(), http.StatusTemporaryRedirect))
	t.Cleanup(pointer.Close)
	before := fake.TokenRequests()
	moved := tokenSource(t, teams.TokenConfig{Type: teams.SingleTenant, TokenURL: pointer.URL, Password: teamstest.Password})
	if _, err := moved.Token(t.Context()); err == nil || fake.TokenRequests() != before {
		t.Errorf("the secret followed a redirect: %v", err)
	}
	for name, body := range map[string]string{"no token": `{"expires_in":3600}`, "no life": `{"access_token":"x"}`, "no JSON": `<html>`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		t.Cleanup(server.Close)
		odd := tokenSource(t, teams.TokenConfig{Type: teams.SingleTenant, TokenURL: server.URL, Password: "p"})
		if _, err := odd.Token(t.Context()); teams.KindOf(err) != teams.Broken {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// loginInMemory gives tokens inside a bubble of synctest, one after the other;
// each takes a second, or fails.
type loginInMemory struct {
	mu      sync.Mutex
	issued  int
	failing bool
}

func (l *loginInMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(time.Second):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failing {
		return nil, errors.New("no route to host")
	}
	l.issued++
	body := `{"access_token":"token-` + string(rune('0'+l.issued)) + `","expires_in":3600}`
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (l *loginInMemory) fail(yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failing = yes
}

func TestTokensAreFetchedOnceAndReplacedWhileTheOldOneServes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		login := &loginInMemory{}
		source := tokenSource(t, teams.TokenConfig{
			Type: teams.SingleTenant, TokenURL: "https://login.example/token", Password: "p",
			HTTP: &http.Client{Timeout: time.Minute, Transport: login},
		})
		expect := func(want string, atOnce bool) {
			t.Helper()
			began := time.Now()
			token, err := source.Token(t.Context())
			if err != nil || token != want || atOnce && time.Since(began) != 0 {
				t.Errorf("got %q, %v after %s, want %q", token, err, time.Since(began), want)
			}
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { expect("token-1", false) })
		}
		wg.Wait()
		<-time.After(54 * time.Minute)
		expect("token-1", true)
		synctest.Wait()
		<-time.After(2 * time.Minute) // four left: a new one is fetched behind the old one
		login.fail(true)
		expect("token-1", true)
		<-time.After(10 * time.Second)
		login.fail(false)
		expect("token-1", true) // the failed refresh is left alone for a while
		<-time.After(2 * time.Second)
		expect("token-1", true)
		<-time.After(time.Minute)
		expect("token-1", true) // begins another
		<-time.After(2 * time.Second)
		expect("token-2", true)
		<-time.After(2 * time.Hour)
		expect("token-3", false) // too old: whoever asks waits
		synctest.Wait()
	})
}

func TestADroppedTokenIsReplacedButNotAgainAndAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := tokenSource(t, teams.TokenConfig{
			Type: teams.SingleTenant, TokenURL: "https://login.example/token", Password: "p",
			HTTP: &http.Client{Timeout: time.Minute, Transport: &loginInMemory{}},
		})
		first, _ := source.Token(t.Context())
		if !source.Drop(first) {
			t.Error("the first token was not dropped")
		}
		second, _ := source.Token(t.Context())
		if second == first {
			t.Error("the dropped token came again")
		}
		if !source.Drop(first) {
			t.Error("a token that was replaced already is worth another try")
		}
		if source.Drop(second) {
			t.Error("the second was dropped at once")
		}
		<-time.After(2 * time.Minute)
		if !source.Drop(second) {
			t.Error("the second was not dropped later")
		}
	})
}
