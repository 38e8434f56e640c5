package teamstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Delivery is what the bot answered to an activity.
type Delivery struct {
	Status int
	Body   []byte
}

// Activity returns an activity of a type as a person's client would send it
// from here, to be changed and given to [Teams.Deliver].
func (c *Conversation) Activity(kind string, who *Person) map[string]any {
	return c.activity(kind, who)
}

func (c *Conversation) activity(kind string, who *Person) map[string]any {
	t := c.teams
	t.mu.Lock()
	id := fmt.Sprint(t.newID())
	if begun, ok := c.room.threads[c.thread]; kind == "message" && ok && !begun {
		id = c.thread // the first message is the thread's root
		c.room.threads[c.thread] = true
	}
	t.mu.Unlock()
	now := t.now().UTC()
	conversation := map[string]any{"id": c.ID(), "conversationType": c.room.kind, "tenantId": t.tenant}
	data := map[string]any{"tenant": map[string]any{"id": t.tenant}}
	switch c.room.kind {
	case "groupChat":
		conversation["isGroup"] = true
		conversation["name"] = c.room.name
	case "channel":
		conversation["isGroup"] = true
		data["team"] = map[string]any{"id": c.room.team}
		data["channel"] = map[string]any{"id": c.room.id}
	}
	return map[string]any{
		"type": kind, "id": id, "channelId": "msteams", "serviceUrl": t.ServiceURL(),
		"timestamp":      now.Format("2006-01-02T15:04:05.000Z"),
		"localTimestamp": now.Format("2006-01-02T15:04:05.000+00:00"), "localTimezone": "UTC", "locale": "en-US",
		"from":         map[string]any{"id": who.ID, "name": who.Name, "aadObjectId": who.ObjectID},
		"recipient":    t.bot(),
		"conversation": conversation,
		"channelData":  data,
		"entities":     []any{map[string]any{"type": "clientInfo", "locale": "en-US", "country": "US", "platform": "Web", "timezone": "UTC"}},
	}
}

// Deliver posts an activity to the bot as the connector does, and fails the
// test only when no answer comes.
func (t *Teams) Deliver(activity map[string]any) Delivery {
	t.t.Helper()
	return t.DeliverForged(activity, nil)
}

// DeliverForged posts an activity with a token that the function has changed.
func (t *Teams) DeliverForged(activity map[string]any, change func(*Token)) Delivery {
	t.t.Helper()
	body, err := json.Marshal(activity)
	if err != nil {
		t.t.Fatalf("teamstest: the activity is not JSON: %v", err)
	}
	authorization := ""
	if !t.open {
		serviceURL, _ := activity["serviceUrl"].(string)
		authorization = t.sign(serviceURL, change)
	}
	return t.DeliverRaw(body, authorization)
}

// DeliverRaw posts any body with any Authorization header, or none when that
// is empty.
func (t *Teams) DeliverRaw(body []byte, authorization string) Delivery {
	t.t.Helper()
	t.mu.Lock()
	botURL := t.botURL
	t.mu.Unlock()
	if botURL == "" {
		t.t.Fatal("teamstest: no bot is connected: call Connect first")
	}
	req, err := http.NewRequestWithContext(t.t.Context(), http.MethodPost, botURL, bytes.NewReader(body))
	if err != nil {
		t.t.Fatalf("teamstest: deliver: %v", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("X-Ms-Tenant-Id", t.tenant)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := t.client.Do(req)
	if err != nil {
		t.t.Fatalf("teamstest: the bot does not answer: %v", err)
	}
	defer resp.Body.Close()
	answered, err := io.ReadAll(resp.Body)
	if err != nil {
		t.t.Fatalf("teamstest: the bot's answer breaks off: %v", err)
	}
	return Delivery{Status: resp.StatusCode, Body: answered}
}

// mustDeliver is Deliver for what a bot has to take.
func (t *Teams) mustDeliver(what string, activity map[string]any) Delivery {
	t.t.Helper()
	began := time.Now()
	d := t.Deliver(activity)
	if d.Status < 200 || d.Status > 299 {
		t.t.Fatalf("%s: the bot answered %d after %s: %s", what, d.Status, time.Since(began).Round(time.Millisecond), strings.TrimSpace(string(d.Body)))
	}
	return d
}
