package teams_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/teams"
)

func TestOneActionComesInTwoWays(t *testing.T) {
	t.Parallel()
	executed, ok := decode(t, recorded(t, "invoke-adaptiveCard-action-personal")).Action()
	if !ok {
		t.Fatal("the invoke is no action")
	}
	want := teams.Action{Verb: "bump", Data: json.RawMessage(`{"ticket":7,"note":"hello note"}`), Replaces: true, Card: "1795428402907"}
	if diff := cmp.Diff(want, compacted(t, executed)); diff != "" {
		t.Error(diff)
	}
	submitted, ok := decode(t, `{"type":"message","conversation":{"id":"c"},"replyToId":"17","value":{"verb":"bump","ticket":7}}`).Action()
	if !ok {
		t.Fatal("the message is no action")
	}
	want = teams.Action{Verb: "bump", Data: json.RawMessage(`{"verb":"bump","ticket":7}`), Card: "17"}
	if diff := cmp.Diff(want, submitted); diff != "" {
		t.Error(diff)
	}
}

func compacted(t *testing.T, a teams.Action) teams.Action {
	t.Helper()
	var fields any
	if err := json.Unmarshal(a.Data, &fields); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"ticket": 7.0, "note": "hello note"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Error(diff)
	}
	a.Data = json.RawMessage(`{"ticket":7,"note":"hello note"}`)
	return a
}

func TestAnActionIsReadFromWhateverTheCardSends(t *testing.T) {
	t.Parallel()
	invoke := func(value string) string {
		return `{"type":"invoke","name":"adaptiveCard/action","conversation":{"id":"c"},"value":` + value + `}`
	}
	message := func(fields string) string { return `{"type":"message","conversation":{"id":"c"},` + fields + `}` }
	none := teams.Action{}
	for body, want := range map[string]teams.Action{
		invoke(`{"action":{"verb":"a","data":{"x":1}},"trigger":"automatic"}`): {
			Verb: "a", Data: json.RawMessage(`{"x":1}`), Replaces: true, Refresh: true,
		},
		invoke(`{"action":{"verb":"a","data":{"x":1}},"trigger":"manual"}`): {Verb: "a", Data: json.RawMessage(`{"x":1}`), Replaces: true},
		invoke(`{"action":{"verb":"a","data":{"verb":"b"}}}`):               {Verb: "a", Data: json.RawMessage(`{"verb":"b"}`), Replaces: true},
		invoke(`{"action":{"data":{"verb":"b"}}}`):                          {Verb: "b", Data: json.RawMessage(`{"verb":"b"}`), Replaces: true},
		invoke(`{"action":{"verb":5,"data":{"verb":[]}}}`):                  {Data: json.RawMessage(`{"verb":[]}`), Replaces: true},
		invoke(`{"action":{"verb":"a"}}`):                                   {Verb: "a", Data: json.RawMessage(`{}`), Replaces: true},
		invoke(`{"action":{"verb":"a","data":"text"}}`):                     {Verb: "a", Data: json.RawMessage(`{}`), Replaces: true},
		invoke(`{"action":{"verb":"a","data":null},"trigger":1}`):           {Verb: "a", Data: json.RawMessage(`{}`), Replaces: true},
		invoke(`{"action":"x"}`):                                            none,
		invoke(`{}`):                                                        none,
		invoke(`null`):                                                      none,
		invoke(`"x"`):                                                       none,
		invoke(`[{"action":{"verb":"a"}}]`):                                 none,
		message(`"value":{"kind":"create"}`):                                {Data: json.RawMessage(`{"kind":"create"}`)},
		message(`"text":"  ","value":{"verb":"a"}`):                         {Verb: "a", Data: json.RawMessage(`{"verb":"a"}`)},
		message(`"text":"help","value":{"verb":"a"}`):                       none,
		message(`"value":"text"`):                                           none,
		message(`"value":[1]`):                                              none,
		message(`"value":5`):                                                none,
		message(`"text":"help"`):                                            none,
		`{"type":"invoke","name":"task/submit","conversation":{"id":"c"},"value":{"action":{"verb":"a"}}}`: none,
		`{"type":"event","value":{"verb":"a"}}`: none,
	} {
		got, ok := decode(t, body).Action()
		if diff := cmp.Diff(want, got); diff != "" || ok != (want.Data != nil) {
			t.Errorf("%s: ok %t\n%s", body, ok, diff)
		}
	}
}
