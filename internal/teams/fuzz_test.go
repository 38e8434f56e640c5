package teams_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/teams"
)

func seed(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "activities", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
}

// FuzzDecode insists that no body makes reading panic, and that what was read
// is fit to be used.
func FuzzDecode(f *testing.F) {
	seed(f)
	f.Add([]byte(`{"type":"message","text":"<at>x</at>\u0000&nbsp;","conversation":{"id":"c;messageid=1"},"entities":[{"type":"mention"}]}`))
	f.Add([]byte(`{"type":{},"from":[],"channelData":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := teams.Decode(body)
		if err != nil {
			return
		}
		if a.Type == "" {
			t.Error("an activity without a type")
		}
		command := a.Command()
		if strings.TrimSpace(command) != command || strings.ContainsAny(command, "\r\x00") {
			t.Errorf("command %q", command)
		}
		for _, m := range a.Mentions() {
			if m.ID == "" {
				t.Error("a mention of nobody")
			}
		}
		if _, thread := a.ConversationRoot(); strings.Trim(thread, "0123456789") != "" {
			t.Errorf("thread %q", thread)
		}
		_, _, _, _, _ = a.ConversationKind(), a.Tenant(), a.HTML(), a.Files(), a.BotAdded() || a.BotRemoved()
	})
}

// FuzzAction insists that the data of every action is a JSON object.
func FuzzAction(f *testing.F) {
	for _, value := range []string{
		`{"action":{"verb":"a","data":{"x":1}},"trigger":"automatic"}`, `{"action":{"data":{"verb":5}}}`,
		`{"verb":"a"}`, `null`, `"x"`, `[]`, `{"action":[]}`, `{"action":{"verb":"a","data":[{}]}}`, ` {"verb" : "\ud800"}`,
	} {
		f.Add(value, true)
		f.Add(value, false)
	}
	f.Fuzz(func(t *testing.T, value string, invoke bool) {
		head := `{"type":"message","conversation":{"id":"c"},"value":`
		if invoke {
			head = `{"type":"invoke","name":"adaptiveCard/action","conversation":{"id":"c"},"value":`
		}
		a, err := teams.Decode([]byte(head + value + `}`))
		if err != nil {
			return
		}
		action, ok := a.Action()
		if !ok {
			return
		}
		var fields map[string]any
		if err := json.Unmarshal(action.Data, &fields); err != nil || fields == nil {
			t.Errorf("data %s: %v", action.Data, err)
		}
	})
}
