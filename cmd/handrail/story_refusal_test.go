package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"handrail/internal/store/storetest"
	"handrail/internal/teams/teamstest"
)

// atTheDoor tells a story that has nothing to do with the database.
func atTheDoor(t *testing.T, story func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	w.start()
	story(t, w)
}

func TestStoryWhoeverIsNotTeamsIsTurnedAway(t *testing.T) {
	atTheDoor(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		header := func(name string, value any) func(map[string]any, *teamstest.Token) {
			return func(_ map[string]any, token *teamstest.Token) { token.Header[name] = value }
		}
		claim := func(name string, value any) func(map[string]any, *teamstest.Token) {
			return func(_ map[string]any, token *teamstest.Token) { token.Claims[name] = value }
		}
		without := func(name string) func(map[string]any, *teamstest.Token) {
			return func(_ map[string]any, token *teamstest.Token) { delete(token.Claims, name) }
		}
		evil := "https://evil.example/"
		for _, c := range []struct {
			name   string
			check  string
			status int
			// forge changes the activity before it is signed, or its token.
			activity func(a map[string]any)
			token    func(a map[string]any, token *teamstest.Token)
		}{
			{name: "a signature of another key", check: "signature", status: 401, token: func(_ map[string]any, token *teamstest.Token) { token.Rogue = true }},
			{name: "the algorithm none", check: "algorithm", status: 401, token: header("alg", "none")},
			{name: "an HMAC", check: "algorithm", status: 401, token: header("alg", "HS256")},
			{name: "a key that nobody published", check: "key", status: 401, token: header("kid", "other")},
			{name: "another issuer", check: "issuer", status: 401, token: claim("iss", "https://sts.windows.net/x/")},
			{name: "a token for another bot", check: "audience", status: 401, token: claim("aud", "00000000-0000-4000-8000-000000000009")},
			{name: "a token without an audience", check: "audience", status: 401, token: without("aud")},
			{name: "an old token", check: "expiry", status: 401, token: claim("exp", time.Now().Add(-6*time.Minute).Unix())},
			{name: "a token without an end", check: "expiry", status: 401, token: without("exp")},
			{name: "a token of tomorrow", check: "not-before", status: 401, token: claim("nbf", time.Now().Add(6*time.Minute).Unix())},
			{name: "a key for another channel", check: "endorsement", status: 403, activity: func(a map[string]any) { a["channelId"] = "webchat" }},
			{name: "a token for another service URL", check: "serviceurl", status: 403, token: claim("serviceurl", evil)},
			{name: "a token without a service URL", check: "serviceurl", status: 403, token: without("serviceurl")},
			{name: "a service URL of somebody else", check: "service-host", status: 403, activity: func(a map[string]any) { a["serviceUrl"] = evil }},
			{name: "another tenant", check: "tenant", status: 403, activity: func(a map[string]any) {
				a["conversation"].(map[string]any)["tenantId"] = "aaaaaaaa-0000-4000-8000-000000000002"
			}},
			{name: "two tenants", check: "tenant", status: 403, activity: func(a map[string]any) {
				a["channelData"] = map[string]any{"tenant": map[string]any{"id": "aaaaaaaa-0000-4000-8000-000000000002"}}
			}},
			{name: "no tenant", check: "tenant", status: 403, activity: func(a map[string]any) {
				delete(a["conversation"].(map[string]any), "tenantId")
				delete(a, "channelData")
			}},
		} {
			before := len(w.diary.find("activity refused"))
			a := chat.Activity("message", ana)
			a["text"] = "help"
			if c.activity != nil {
				c.activity(a)
			}
			d := w.DeliverForged(a, func(token *teamstest.Token) {
				if c.token != nil {
					c.token(a, token)
				}
			})
			turnedAway(t, w, c.name, c.check, c.status, before, d)
		}
		for name, authorization := range map[string]string{"no token": "", "a password": "Basic aGk6aGk=", "an empty token": "Bearer "} {
			before := len(w.diary.find("activity refused"))
			d := w.DeliverRaw([]byte(`{"type":"message","text":"help","conversation":{"id":"x"}}`), authorization)
			turnedAway(t, w, name, "bearer", 401, before, d)
		}
		w.settle()
		chat.ExpectNoMore()
		chat.Says(ana, "help")
		chat.ExpectCard("What you can write")
		w.RotateKeys()
	})
}

// turnedAway fails the story unless a delivery was refused without a word,
// with one line in the log that names the check.
func turnedAway(t *testing.T, w *world, name, check string, status, before int, d teamstest.Delivery) {
	t.Helper()
	if d.Status != status {
		t.Errorf("%s: answered %d, want %d", name, d.Status, status)
	}
	if body := string(d.Body); strings.Contains(body, check+":") || len(body) > 80 {
		t.Errorf("%s: the answer tells %s", name, body)
	}
	lines := w.diary.find("activity refused")
	if len(lines) != before+1 || !strings.Contains(lines[len(lines)-1], "check="+check+" ") {
		t.Errorf("%s: the log has %d more lines, want one that says check=%s: %q", name, len(lines)-before, check, lines[before:])
	}
}

func TestStoryABodyThatIsNoActivityIsAnsweredWithTheRightStatus(t *testing.T) {
	atTheDoor(t, func(t *testing.T, w *world) {
		for name, c := range map[string]struct {
			body   string
			status int
		}{
			"no JSON":    {"hello", http.StatusBadRequest},
			"nothing":    {"", http.StatusBadRequest},
			"cut off":    {`{"type":"message","text":"he`, http.StatusBadRequest},
			"a list":     {`[{"type":"message"}]`, http.StatusBadRequest},
			"a text":     {`"message"`, http.StatusBadRequest},
			"null":       {`null`, http.StatusBadRequest},
			"no type":    {`{"text":"help"}`, http.StatusBadRequest},
			"deep":       {strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000), http.StatusBadRequest},
			"no place":   {`{"type":"message","text":"help"}`, http.StatusBadRequest},
			"an odd one": {`{"type":"message","conversation":"x"}`, http.StatusBadRequest},
			"ten MB":     {`{"type":"message","text":"` + strings.Repeat("x", 10<<20) + `"}`, http.StatusRequestEntityTooLarge},
		} {
			if d := w.DeliverRaw([]byte(c.body), "Bearer x.y.z"); d.Status != c.status {
				t.Errorf("%s: answered %d, want %d: %s", name, d.Status, c.status, d.Body)
			}
		}
	})
}

func TestStoryActivitiesOfOddShapesAndOtherTypesDoNoHarm(t *testing.T) {
	atTheDoor(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		for _, kind := range []string{
			"conversationUpdate", "installationUpdate", "messageReaction", "messageUpdate", "messageDelete", "event", "typing",
			"endOfConversation", "contactRelationUpdate", "handoff", "trace", "invented/later",
		} {
			a := chat.Activity(kind, ana)
			a["name"], a["value"], a["text"] = "application/vnd.microsoft.readReceipt", map[string]any{"lastReadMessageId": "1"}, "new Edited"
			a["membersAdded"] = []any{map[string]any{"id": ana.ID}}
			a["reactionsAdded"] = []any{map[string]any{"type": "like"}}
			if d := w.Deliver(a); d.Status != http.StatusOK {
				t.Errorf("%s is answered %d: %s", kind, d.Status, d.Body)
			}
		}
		w.settle()
		chat.ExpectNoMore()

		for name, odd := range map[string]any{"text": "value", "number": 7, "list": []any{1, "x"}, "null": nil, "truth": true} {
			for _, field := range []string{"value", "entities", "channelData", "from", "recipient", "membersAdded", "locale", "localTimezone", "replyToId", "attachments", "timestamp", "text"} {
				for _, kind := range []string{"message", "invoke", "conversationUpdate"} {
					a := chat.Activity(kind, ana)
					a["name"], a["text"] = "adaptiveCard/action", "help"
					a[field] = odd
					if d := w.Deliver(a); d.Status != http.StatusOK {
						t.Errorf("%s with a %s as its %s is answered %d: %s", kind, name, field, d.Status, d.Body)
					}
				}
			}
		}
		invoke := chat.Activity("invoke", ana)
		for name, status := range map[string]int{"composeExtension/query": 501, "signin/verifyState": 501, "": 501, "adaptiveCard/action": 200} {
			invoke["name"] = name
			d := w.Deliver(invoke)
			if d.Status != status || !strings.HasPrefix(string(d.Body), "{") {
				t.Errorf("the invoke %q is answered %d: %s, want %d", name, d.Status, d.Body, status)
			}
		}
		w.settle()
		chat.Says(ana, "board")
		chat.ExpectCard("No ticket is open")
	})
}
