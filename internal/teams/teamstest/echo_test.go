package teamstest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"handrail/internal/teams/teamstest"
)

// echo is a small bot: it answers "card <text>" with a card that has buttons
// and inputs, and everything else with the text. It sends with a token if it
// has one.
type echo struct {
	t    *testing.T
	fake *teamstest.Teams

	mu       sync.Mutex
	received []map[string]any
	headers  []http.Header
	token    string
}

func newEcho(t *testing.T, options ...teamstest.Option) (*teamstest.Teams, *echo) {
	t.Helper()
	fake := teamstest.New(t, options...)
	bot := &echo{t: t, fake: fake}
	server := httptest.NewServer(bot)
	t.Cleanup(server.Close)
	fake.Connect(server.URL)
	if token, ok := fake.Env()["BOT_TOKEN_URL"]; ok {
		bot.token = bot.login(token)
	}
	return fake, bot
}

func (e *echo) login(address string) string {
	env := e.fake.Env()
	resp, err := http.PostForm(address, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {env["BOT_ID"]}, "client_secret": {env["BOT_PASSWORD"]},
		"scope": {"https://api.botframework.com/.default"},
	})
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Token == "" {
		e.t.Fatalf("no token: %d %v", resp.StatusCode, err)
	}
	return answer.Token
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var a map[string]any
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	e.mu.Lock()
	e.received, e.headers = append(e.received, a), append(e.headers, r.Header)
	e.mu.Unlock()
	text, _ := a["text"].(string)
	_, text, mentioned := strings.Cut("&nbsp;"+text, "&nbsp;")
	if _, after, ok := strings.Cut(text, "&nbsp;"); ok && mentioned {
		text = after
	}
	switch {
	case a["type"] == "invoke":
		e.press(w, a)
	case a["type"] != "message":
	case a["value"] != nil:
		e.call(http.MethodPut, a, a["replyToId"].(string), message(counter("submitted", "2")))
	case strings.HasPrefix(text, "card "):
		e.call(http.MethodPost, a, "", message(counter(text[5:], "1")))
	default:
		e.call(http.MethodPost, a, "", map[string]any{"type": "message", "text": text})
	}
}

func (e *echo) press(w http.ResponseWriter, a map[string]any) {
	action := a["value"].(map[string]any)["action"].(map[string]any)
	data, _ := action["data"].(map[string]any)
	answer := map[string]any{"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "You wrote " + fmt.Sprint(data["note"])}
	switch action["verb"] {
	case "count":
		answer["type"], answer["value"] = "application/vnd.microsoft.card.adaptive", counter("counted", fmt.Sprint(data["n"], data["note"]))
	case "forged":
		answer = map[string]any{"statusCode": 400, "type": "application/vnd.microsoft.error", "value": map[string]any{"code": "BadRequest", "message": "no"}}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (e *echo) call(method string, a map[string]any, id string, body map[string]any) int {
	conversation := a["conversation"].(map[string]any)["id"].(string)
	address := e.fake.ServiceURL() + "v3/conversations/" + url.PathEscape(conversation) + "/activities"
	if id != "" {
		address += "/" + id
	}
	text, _ := json.Marshal(body)
	req, err := http.NewRequestWithContext(e.t.Context(), method, address, bytes.NewReader(text))
	if err != nil {
		e.t.Error(err)
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+e.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		e.t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func (e *echo) last() map[string]any {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.received[len(e.received)-1]
}

func counter(title, n string) map[string]any {
	execute := func(title, verb string, data map[string]any) map[string]any {
		return map[string]any{
			"type": "Action.Execute", "title": title, "verb": verb, "data": data,
			"fallback": map[string]any{"type": "Action.Submit", "title": title, "data": map[string]any{"verb": verb}},
		}
	}
	return map[string]any{
		"type": "AdaptiveCard", "version": "1.5",
		"body": []any{
			map[string]any{"type": "TextBlock", "text": title},
			map[string]any{"type": "FactSet", "facts": []any{map[string]any{"title": "Count", "value": n}}},
			map[string]any{"type": "RichTextBlock", "inlines": []any{"one ", map[string]any{"type": "TextRun", "text": "line"}}},
			map[string]any{"type": "Input.Text", "id": "note", "label": "Note", "value": "typed before", "isRequired": true},
			map[string]any{"type": "Input.Toggle", "id": "urgent", "title": "Urgent"},
			map[string]any{"type": "ActionSet", "actions": []any{
				execute("Count", "count", map[string]any{"n": n}),
				execute("Say", "say", nil),
				map[string]any{"type": "Action.OpenUrl", "title": "Open", "url": "https://example.com"},
			}},
			map[string]any{"type": "Container", "selectAction": execute("Folded", "say", nil), "items": []any{}},
		},
	}
}

func message(card map[string]any) map[string]any {
	return map[string]any{"type": "message", "summary": "a card", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "content": card,
	}}}
}
