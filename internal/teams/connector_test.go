package teams_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/teams/teamstest"
)

// wire is a connector that speaks to a fake Teams.
type wire struct {
	*teams.Connector
	fake   *teamstest.Teams
	tokens *teams.TokenSource
}

func connect(t *testing.T, options ...teamstest.Option) wire {
	t.Helper()
	fake := teamstest.New(t, options...)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	tokens, err := teams.NewTokenSource(teams.TokenConfig{
		Type: teams.SingleTenant, BotID: teamstest.BotID, Password: teamstest.Password, Tenant: fake.Tenant(),
		LoginURL: fake.LoginURL(), Scope: "https://api.botframework.com/.default", HTTP: client,
	})
	if err != nil {
		t.Fatal(err)
	}
	connector, err := teams.NewConnector(teams.ConnectorConfig{
		BotID: teamstest.BotID, Tokens: tokens, Hosts: teams.Hosts{fake.Host()}, HTTP: client,
	})
	if err != nil {
		t.Fatal(err)
	}
	return wire{connector, fake, tokens}
}

func (w wire) to(place *teamstest.Conversation) teams.Reference {
	return teams.NewReference(teams.Target{
		ServiceURL: w.fake.ServiceURL(), Tenant: w.fake.Tenant(), Conversation: place.Root(), Thread: place.ThreadID(),
	})
}

func card(text string) teams.Message {
	body, _ := json.Marshal(map[string]any{
		"type": "AdaptiveCard", "version": "1.5", "body": []any{map[string]any{"type": "TextBlock", "text": text}},
	})
	return teams.Message{Card: body, Summary: text}
}

func TestACardIsPostedEditedAndDeleted(t *testing.T) {
	t.Parallel()
	w := connect(t)
	chat := w.fake.GroupChat("Desk", "Ana", "Kofi")
	id, err := w.Send(t.Context(), w.to(chat), card("T-1 new"))
	if err != nil {
		t.Fatal(err)
	}
	posted := chat.ExpectCard("T-1 new")
	if posted.ID != id || posted.Summary() != "T-1 new" {
		t.Errorf("Send gave the id %q of the card %q %q", id, posted.ID, posted.Summary())
	}
	if err := w.Update(t.Context(), w.to(chat), id, card("T-1 closed")); err != nil {
		t.Fatal(err)
	}
	posted.Expect("T-1 closed")
	if err := w.Delete(t.Context(), w.to(chat), id); err != nil {
		t.Fatal(err)
	}
	posted.ExpectGone()
	if err := w.Update(t.Context(), w.to(chat), id, card("x")); teams.KindOf(err) != teams.Gone {
		t.Errorf("updating a deleted card: got %v, want kind Gone", err)
	}
	chat.ExpectNoMore()
}

func TestAThreadAndItsIDsReachTheServerAsTeamsExpects(t *testing.T) {
	t.Parallel()
	w := connect(t)
	thread := w.fake.Channel("Support", "Ana").Thread()
	id, err := w.Send(t.Context(), w.to(thread), teams.Message{Text: "On it."})
	if err != nil {
		t.Fatal(err)
	}
	thread.ExpectText("On it.")
	call := w.fake.Calls()[0]
	want := "v3/conversations/" + thread.Root() + ";messageid=" + thread.ThreadID() + "/activities"
	if call.Path != want {
		t.Errorf("the path is %q, want %q", call.Path, want)
	}
	if !strings.Contains(call.RawPath, "%3Bmessageid=") {
		t.Errorf("the semicolon is not escaped in %q: some servers cut the path there", call.RawPath)
	}
	if err := w.Update(t.Context(), w.to(thread), id, teams.Message{Text: "Done."}); err != nil {
		t.Fatal(err)
	}
	update := w.fake.Calls()[1]
	if update.Path != want+"/"+id || !strings.Contains(update.Body, `"id":"`+id+`"`) || !strings.Contains(update.Body, thread.ID()) {
		t.Errorf("the update went to %q with %s", update.Path, update.Body)
	}
	if texts := thread.Texts(); len(texts) != 1 || texts[0] != "Done." {
		t.Errorf("the thread has %q", texts)
	}
}

func TestAReferenceFromAnActivityPostsANewMessage(t *testing.T) {
	t.Parallel()
	w := connect(t)
	chat := w.fake.Personal("Ana")
	ref := w.to(chat)
	ref.ActivityID = "1700000000000" // as the library's references to an activity have it
	if _, err := w.Send(t.Context(), ref, teams.Message{Text: "x"}); err != nil {
		t.Fatal(err)
	}
	call := w.fake.Calls()[0]
	if call.Path != "v3/conversations/"+chat.ID()+"/activities" || strings.Contains(call.Body, ref.ActivityID) {
		t.Errorf("it was posted to %q with %s", call.Path, call.Body)
	}
}

func TestAnIDCannotLeadTheCallElsewhere(t *testing.T) {
	t.Parallel()
	w := connect(t)
	chat := w.fake.Personal("Ana")
	for _, bad := range []string{"a/../../../login", "..", "", "a%2F..%2Fb", "a?x=1#f", "a/b"} {
		ref := w.to(chat)
		ref.Conversation.ID = bad
		_, err := w.Send(t.Context(), ref, teams.Message{Text: "x"})
		if err == nil {
			t.Errorf("the conversation %q was taken", bad)
		}
		if err := w.Delete(t.Context(), w.to(chat), bad); err == nil {
			t.Errorf("the message %q was taken", bad)
		}
	}
	for _, call := range w.fake.Calls() {
		if n := strings.Count(call.RawPath, "/"); !strings.HasPrefix(call.RawPath, "v3/conversations/") || n != 3 && n != 4 || call.Query != "" {
			t.Errorf("a call went to %q ? %q", call.RawPath, call.Query)
		}
	}
}

func TestAPostWithoutAnIDIsNoFailureAndItsUpdateAsksForANewPost(t *testing.T) {
	t.Parallel()
	w := connect(t)
	chat := w.fake.Personal("Ana")
	w.fake.FailNext(1, teamstest.WithoutID())
	id, err := w.Send(t.Context(), w.to(chat), card("T-1"))
	if id != "" || err != nil {
		t.Fatalf("got %q, %v", id, err)
	}
	chat.ExpectCard("T-1")
	if err := w.Update(t.Context(), w.to(chat), id, card("T-1")); teams.KindOf(err) != teams.Gone {
		t.Errorf("got %v, want kind Gone", err)
	}
}

func TestFaultsOfTheConnectorComeBackByKind(t *testing.T) {
	t.Parallel()
	w := connect(t)
	for i, test := range []struct {
		fault teamstest.Fault
		want  teams.ErrorKind
		after time.Duration
	}{
		{teamstest.Throttled(7 * time.Second), teams.Throttled, 7 * time.Second},
		{teamstest.Throttled(0), teams.Throttled, 0},
		{teamstest.Conflict(), teams.Busy, 0},
		{teamstest.Failing(500), teams.Broken, 0},
		{teamstest.Failing(502), teams.Busy, 0},
		{teamstest.Failing(503), teams.Busy, 0},
		{teamstest.TimedOut(), teams.Busy, 0},
		{teamstest.WritesBlocked(), teams.Blocked, 0},
		{teamstest.Forbidden("BotDisabledByAdmin"), teams.Disabled, 0},
		{teamstest.ConversationGone(), teams.ConversationGone, 0},
		{teamstest.MessageGone(), teams.Gone, 0},
		{teamstest.Oversized(), teams.TooBig, 0},
	} {
		chat := w.fake.GroupChat(fmt.Sprint("chat ", i))
		chat.FailNext(1, test.fault)
		_, err := w.Send(t.Context(), w.to(chat), teams.Message{Text: "x"})
		e, ok := errors.AsType[*teams.Error](err)
		if !ok || e.Kind != test.want || e.RetryAfter != test.after {
			t.Errorf("%+v: got %v, want kind %s", test.fault, err, test.want)
		}
	}
}

func TestAfterARetryAfterTheConversationIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := connect(t)
	chat, other := w.fake.Personal("Ana"), w.fake.Personal("Kofi")
	chat.FailNext(1, teamstest.Throttled(time.Minute))
	for range 3 {
		_, err := w.Send(t.Context(), w.to(chat), teams.Message{Text: "x"})
		if e, ok := errors.AsType[*teams.Error](err); !ok || e.Kind != teams.Throttled || e.RetryAfter < 50*time.Second {
			t.Fatalf("got %v", err)
		}
	}
	if n := len(w.fake.Calls()); n != 1 {
		t.Errorf("Teams was called %d times, want 1", n)
	}
	if _, err := w.Send(t.Context(), w.to(other), teams.Message{Text: "x"}); err != nil {
		t.Errorf("the other conversation is held, too: %v", err)
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	w := connect(t)
	chat := w.fake.Personal("Ana")
	send := func() error {
		_, err := w.Send(t.Context(), w.to(chat), teams.Message{Text: "x"})
		return err
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	w.fake.RevokeTokens()
	if err := send(); err != nil {
		t.Errorf("with a revoked token: %v", err)
	}
	w.fake.RevokeTokens()
	for range 3 {
		if err := send(); teams.KindOf(err) != teams.Unauthorized {
			t.Errorf("got %v, want kind Unauthorized", err)
		}
	}
	if n := w.fake.TokenRequests(); n != 2 {
		t.Errorf("%d tokens were asked for, want 2", n)
	}
}

func TestTheTokenGoesToAllowedHostsOnlyAndFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	w := connect(t)
	var thief atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { thief.Add(1) }))
	t.Cleanup(elsewhere.Close)
	ref := w.to(w.fake.Personal("Ana"))
	for _, serviceURL := range []string{
		elsewhere.URL, "https://evil.example/", "http://" + w.fake.Host() + "@evil.example/", "ftp://" + w.fake.Host(), "::", "",
	} {
		ref.ServiceURL = serviceURL
		if _, err := w.Send(t.Context(), ref, teams.Message{Text: "x"}); err == nil {
			t.Errorf("sent to %q", serviceURL)
		}
		if _, err := w.Member(t.Context(), ref, "29:x"); err == nil {
			t.Errorf("read from %q", serviceURL)
		}
		if _, err := w.OpenPersonal(t.Context(), ref, "29:x"); err == nil {
			t.Errorf("opened at %q", serviceURL)
		}
	}
	if w.fake.TokenRequests() != 0 {
		t.Error("a token was fetched for a host that must not have it")
	}

	pointer := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(pointer.Close)
	client := &http.Client{Timeout: 10 * time.Second}
	connector, err := teams.NewConnector(teams.ConnectorConfig{
		Tokens: w.tokens, HTTP: client, Hosts: teams.Hosts{pointer.Listener.Addr().String(), elsewhere.Listener.Addr().String()},
	})
	if err != nil {
		t.Fatal(err)
	}
	ref.ServiceURL = pointer.URL
	if _, err := connector.Send(t.Context(), ref, teams.Message{Text: "x"}); teams.KindOf(err) != teams.Refused {
		t.Errorf("a redirect: got %v, want kind Refused", err)
	}
	if thief.Load() != 0 {
		t.Error("the redirect was followed")
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := connect(t)
	chat := w.fake.Personal("Ana")
	if _, err := w.tokens.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.fake.FailNext(1, teamstest.Slow(make(chan struct{})))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := w.Send(ctx, w.to(chat), teams.Message{Text: "x"})
	if !errors.Is(err, context.DeadlineExceeded) || teams.KindOf(err) != teams.Busy {
		t.Errorf("got %v", err)
	}
}

func TestEveryCallIsObserved(t *testing.T) {
	t.Parallel()
	w := connect(t)
	var seen []string
	connector, err := teams.NewConnector(teams.ConnectorConfig{
		Tokens: w.tokens, Hosts: teams.Hosts{w.fake.Host()}, HTTP: &http.Client{Timeout: 10 * time.Second},
		Observe: func(op string, failure teams.ErrorKind, _ time.Duration) { seen = append(seen, op+":"+string(failure)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	chat := w.fake.Personal("Ana")
	_, _ = connector.Send(t.Context(), w.to(chat), teams.Message{Text: "x"})
	_ = connector.Delete(t.Context(), w.to(chat), "1")
	if got := strings.Join(seen, " "); got != "send: delete:gone" {
		t.Errorf("observed %q", got)
	}
}

func TestAConnectorNeedsATimeOutAndTokens(t *testing.T) {
	t.Parallel()
	tokens, err := teams.NewTokenSource(teams.TokenConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]teams.ConnectorConfig{
		"no client":   {Tokens: tokens},
		"no time-out": {Tokens: tokens, HTTP: &http.Client{}},
		"no tokens":   {HTTP: &http.Client{Timeout: time.Second}},
	} {
		if _, err := teams.NewConnector(cfg); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}
