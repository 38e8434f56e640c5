package teams_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handrail/internal/teams"
	"handrail/internal/teams/teamstest"
)

func TestCallsForOneConversationGoOutInOrderAndOthersBesideThem(t *testing.T) {
	t.Parallel()
	w := connect(t)
	chat, other := w.fake.GroupChat("Desk"), w.fake.GroupChat("Other")
	held := make(chan struct{})
	chat.FailNext(1, teamstest.Slow(held))
	var wg sync.WaitGroup
	first := make(chan struct{})
	wg.Go(func() {
		close(first)
		if _, err := w.Send(t.Context(), w.to(chat), teams.Message{Text: "one"}); err != nil {
			t.Error(err)
		}
	})
	<-first
	if _, err := w.Send(t.Context(), w.to(other), teams.Message{Text: "beside"}); err != nil {
		t.Error(err)
	}
	if texts := chat.Texts(); len(texts) != 0 {
		t.Errorf("the chat has %q already", texts)
	}
	close(held)
	wg.Wait()
	if _, err := w.Send(t.Context(), w.to(chat), teams.Message{Text: "two"}); err != nil {
		t.Error(err)
	}
	if texts := chat.Texts(); len(texts) != 2 || texts[0] != "one" || texts[1] != "two" {
		t.Errorf("the chat has %q", texts)
	}
}

func TestACallThatCannotPassInTimeDoesNotQueue(t *testing.T) {
	t.Parallel()
	w := connect(t)
	connector, err := teams.NewConnector(teams.ConnectorConfig{
		Tokens: w.tokens, Hosts: teams.Hosts{w.fake.Host()}, HTTP: &http.Client{Timeout: 10 * time.Second},
		Limits: teams.Limits{Send: []teams.Window{{Calls: 1, Per: time.Hour}}, MaxWait: time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	// The request that is waited for is the message, not that for a token.
	if _, err := w.tokens.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	chat := w.fake.Personal("Ana")
	held, begun := make(chan struct{}), make(chan struct{})
	w.fake.FailNext(1, teamstest.Slow(held))
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = connector.Send(observed(t.Context(), begun), w.to(chat), teams.Message{Text: "x"})
	})
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if _, err := connector.Send(ctx, w.to(chat), teams.Message{Text: "x"}); teams.KindOf(err) != teams.Throttled {
		t.Errorf("got %v, want kind Throttled", err)
	}
	close(held)
	wg.Wait()
}

// observed returns a context that closes begun when a request is written.
func observed(ctx context.Context, begun chan struct{}) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) {
		select {
		case <-begun:
		default:
			close(begun)
		}
	}})
}

// roundTripper answers requests in memory, so that they can be made inside a
// bubble of synctest.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestABurstStaysBelowThePublishedLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sent []string
		var at []time.Time
		client := &http.Client{Timeout: time.Minute, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			body, _ := io.ReadAll(r.Body)
			var activity struct{ Text string }
			_ = json.Unmarshal(body, &activity)
			mu.Lock()
			defer mu.Unlock()
			sent, at = append(sent, activity.Text), append(at, time.Now())
			return &http.Response{StatusCode: http.StatusCreated, Body: io.NopCloser(strings.NewReader(`{"id":"1"}`))}, nil
		})}
		tokens, err := teams.NewTokenSource(teams.TokenConfig{})
		if err != nil {
			t.Fatal(err)
		}
		limits := teams.DefaultLimits()
		limits.MaxWait = time.Hour
		connector, err := teams.NewConnector(teams.ConnectorConfig{Tokens: tokens, Hosts: teams.Hosts{"smba.trafficmanager.net"}, HTTP: client, Limits: limits})
		if err != nil {
			t.Fatal(err)
		}
		ref := teams.NewReference(teams.Target{ServiceURL: "https://smba.trafficmanager.net/amer/", Tenant: "t", Conversation: "19:a"})
		var wg sync.WaitGroup
		for i := range 130 {
			wg.Go(func() {
				if _, err := connector.Send(t.Context(), ref, teams.Message{Text: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		for i, text := range sent {
			if text != fmt.Sprint(i) {
				t.Fatalf("message %s went out as number %d", text, i)
			}
		}
		for _, w := range limits.Send {
			for i := w.Calls; i < len(at); i++ {
				if took := at[i].Sub(at[i-w.Calls]); took < w.Per {
					t.Errorf("%d sends within %s", w.Calls+1, took)
				}
			}
		}
		if took := at[129].Sub(at[0]); took > 65*time.Second {
			t.Errorf("130 sends took %s, which is slower than need be", took)
		}
	})
}
