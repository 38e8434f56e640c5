package teams_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/teams"
)

func TestAStepOfADialogIsReadFromWhateverTheClientSends(t *testing.T) {
	t.Parallel()
	step := func(name, value string) string {
		return `{"type":"invoke","name":"` + name + `","conversation":{"id":"c"},"replyToId":"17","value":` + value + `}`
	}
	none := teams.Dialog{}
	press := func(verb, data, card string) teams.Action {
		return teams.Action{Verb: verb, Data: json.RawMessage(data), Card: card}
	}
	for body, want := range map[string]teams.Dialog{
		step("task/fetch", `{"data":{"verb":"a","x":1},"context":{"theme":"default"}}`): {Action: press("a", `{"verb":"a","x":1}`, "17")},
		step("task/submit", `{"data":{"verb":"a"}}`):                                    {Action: press("a", `{"verb":"a"}`, ""), Submitted: true},
		step("task/fetch", `{"data":"text"}`):                                           {Action: press("", `{}`, "17")},
		step("task/fetch", `{}`):                                                        {Action: press("", `{}`, "17")},
		step("task/submit", `{"data":{"verb":5}}`):                                      {Action: press("", `{"verb":5}`, ""), Submitted: true},
		step("task/fetch", `null`):                                                      none,
		step("task/submit", `"x"`):                                                      none,
		step("task/other", `{"data":{"verb":"a"}}`):                                     none,
		step("adaptiveCard/action", `{"action":{"verb":"a"}}`):                          none,
		`{"type":"message","name":"task/fetch","conversation":{"id":"c"},"value":{}}`:   none,
	} {
		got, ok := decode(t, body).Dialog()
		if diff := cmp.Diff(want, got); diff != "" || ok != (want.Data != nil) {
			t.Errorf("%s: ok %t\n%s", body, ok, diff)
		}
	}
}

func TestAStepOfADialogIsAnsweredInTheWordsOfTeams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer teams.Answer
		want   string
	}{
		"a card": {
			teams.DialogAnswer("Edit", json.RawMessage(`{"type":"AdaptiveCard"}`)),
			`{"task":{"type":"continue","value":{"title":"Edit","height":"large","width":"medium",` +
				`"card":{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard"}}}}}`,
		},
		"a long title": {
			teams.DialogAnswer(strings.Repeat("ü", 61), json.RawMessage(`{}`)),
			`{"task":{"type":"continue","value":{"title":"` + strings.Repeat("ü", 59) + `…","height":"large","width":"medium",` +
				`"card":{"contentType":"application/vnd.microsoft.card.adaptive","content":{}}}}}`,
		},
		"a text": {teams.DialogText("Done"), `{"task":{"type":"message","value":"Done"}}`},
		"closed": {teams.DialogClosed(), ``},
	} {
		response, _ := receive(t, &recorder{answer: c.answer}, `{"type":"invoke","name":"task/submit","conversation":{"id":"c"},"value":{}}`)
		if response.Status != 200 || string(response.Body) != c.want {
			t.Errorf("%s: %d\n%s\nwant\n%s", name, response.Status, response.Body, c.want)
		}
	}
}
