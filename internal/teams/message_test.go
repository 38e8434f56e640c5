package teams

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/infracloudio/msbotbuilder-go/schema"
)

func TestAReferenceNamesTheThreadAsTeamsDoes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		conversation, thread, want string
	}{
		"a chat":                           {"19:a@thread.v2", "", "19:a@thread.v2"},
		"a thread":                         {"19:a@thread.tacv2", "1700", "19:a@thread.tacv2;messageid=1700"},
		"a thread given in the id":         {"19:a@thread.tacv2;messageid=1700", "", "19:a@thread.tacv2;messageid=1700"},
		"another thread than in the id":    {"19:a@thread.tacv2;messageid=1700", "1800", "19:a@thread.tacv2;messageid=1800"},
		"the root zero, which is none":     {"19:a@thread.tacv2", "0", "19:a@thread.tacv2"},
		"a root that is no number":         {"19:a@thread.tacv2", "x/../y", "19:a@thread.tacv2"},
		"a conversation of the Playground": {"2e213fbb-0198", "", "2e213fbb-0198"},
	} {
		ref := NewReference(Target{ServiceURL: "https://s/", Tenant: "t", Conversation: test.conversation, Thread: test.thread})
		if ref.Conversation.ID != test.want {
			t.Errorf("%s: got %q, want %q", name, ref.Conversation.ID, test.want)
		}
	}
	if root := NewReference(Target{Conversation: "19:a@thread.tacv2", Thread: "17"}).Root(); root != "19:a@thread.tacv2" {
		t.Errorf("the root is %q", root)
	}
}

func TestATextGoesOverTheWireWithoutZeroTimesAndEmptyObjects(t *testing.T) {
	t.Parallel()
	ana := Mention{ID: "29:ana", Name: "Ana <Lima>"}
	m := Message{Text: "**Hi** " + ana.Markup(), Summary: "Hi", Mentions: []Mention{ana}}
	a := schema.Activity{Type: schema.Message, From: schema.ChannelAccount{ID: "28:bot"}}
	if err := m.fill(&a); err != nil {
		t.Fatal(err)
	}
	got := encoded(t, newOutgoing(a, &schema.ConversationAccount{ID: "19:a"}, m))
	want := map[string]any{
		"type": "message", "text": "**Hi** <at>Ana &lt;Lima&gt;</at>", "textFormat": "markdown", "summary": "Hi",
		"from":         map[string]any{"id": "28:bot"},
		"conversation": map[string]any{"id": "19:a"},
		"entities": []any{map[string]any{
			"type": "mention", "text": "<at>Ana &lt;Lima&gt;</at>",
			"mentioned": map[string]any{"id": "29:ana", "name": "Ana <Lima>"},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestACardGoesOverTheWireAsItWasGiven(t *testing.T) {
	t.Parallel()
	m := Message{Card: json.RawMessage(`{"type":"AdaptiveCard","n":12345678901234567890}`), Summary: "T-1"}
	a := schema.Activity{Type: schema.Message}
	if err := m.fill(&a); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(newOutgoing(a, nil, m))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"message","summary":"T-1","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard","n":12345678901234567890}}]}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestAMessageThatTeamsWouldMishandleIsRefused(t *testing.T) {
	t.Parallel()
	card := json.RawMessage(` {"type":"AdaptiveCard"}`)
	for name, m := range map[string]Message{
		"empty":                     {},
		"only spaces":               {Text: " \n"},
		"a text and a card":         {Text: "x", Card: card},
		"a card that is no object":  {Card: json.RawMessage(`[1]`)},
		"a card that is cut off":    {Card: json.RawMessage(`{"type":`)},
		"a card with mentions":      {Card: card, Mentions: []Mention{{ID: "29:a", Name: "A"}}},
		"a mention not in the text": {Text: "hi", Mentions: []Mention{{ID: "29:a", Name: "A"}}},
		"a mention of nobody":       {Text: "<at>A</at>", Mentions: []Mention{{Name: "A"}}},
	} {
		if m.check() == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	for name, m := range map[string]Message{
		"a text": {Text: "x"}, "a card": {Card: card}, "a mention": {Text: "<at>A</at>", Mentions: []Mention{{ID: "29:a", Name: "A"}}},
	} {
		if err := m.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func encoded(t *testing.T, v any) map[string]any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object
}
