package teamstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// Dialog is a dialog as the person who has opened it sees it.
type Dialog struct {
	// Title stands above the card.
	Title string
	// JSON is the card in it; nil where there is none.
	JSON map[string]any
	// Said is the text that stands in the dialog instead of a card, or "".
	Said string
	// Closed tells that the bot has closed it.
	Closed bool

	teams *Teams
	place *Conversation
	who   *Person
	names stepNames
	extra map[string]any
	last  func() *Dialog
}

// stepNames are the invokes of a dialog: to open it, and to send its form.
type stepNames struct{ fetch, submit string }

// ofCard are those of a dialog that a card's button opens.
func ofCard() stepNames { return stepNames{"task/fetch", "task/submit"} }

// Text returns all that the dialog says, one part a line.
func (d *Dialog) Text() string {
	if d.JSON == nil {
		return d.Said
	}
	return d.Title + "\n" + words(d.JSON)
}

// Buttons returns the titles of the buttons in the dialog.
func (d *Dialog) Buttons() []string { return buttonTitles(d.JSON) }

// Open presses a button that opens a dialog.
func (c *Card) Open(who *Person, title string) *Dialog {
	c.teams.t.Helper()
	what := fmt.Sprintf("%s presses %q", who.Name, title)
	b, values := c.ready(what, c.View(who), title, nil)
	data := merged(b.action, values)
	meant, _ := data["msteams"].(map[string]any)
	if b.action["type"] != "Action.Submit" || meant["type"] != "task/fetch" {
		c.teams.t.Fatalf("%s: it is an %v that opens no dialog", what, b.action["type"])
	}
	d := &Dialog{teams: c.teams, place: c.place, who: who, names: ofCard()}
	return d.step(what, d.names.fetch, map[string]any{"data": data}, c.ID)
}

// Submit presses a button in the dialog with the inputs typed in and the others as
// they are, and returns what the person sees then. It fails the test when a client
// would not send it, and when the answer is an error.
func (d *Dialog) Submit(title string, inputs ...map[string]string) *Dialog {
	d.teams.t.Helper()
	what := fmt.Sprintf("%s submits %q", d.who.Name, title)
	c := &Card{teams: d.teams, place: d.place}
	b, values := c.ready(what, &Card{JSON: d.JSON}, title, inputs)
	if b.action["type"] != "Action.Submit" || b.action["fallback"] != nil {
		d.teams.t.Fatalf("%s: an %v does nothing in a dialog", what, b.action["type"])
	}
	if data, _ := b.action["data"].(map[string]any); data["msteams"] != nil {
		d.teams.t.Fatalf("%s: no dialog opens from a dialog", what)
	}
	return d.step(what, d.names.submit, map[string]any{"data": merged(b.action, values)}, "")
}

// SubmitAgain has Teams deliver the last step once more under a new id.
func (d *Dialog) SubmitAgain() *Dialog {
	d.teams.t.Helper()
	if d.last == nil {
		d.teams.t.Fatal("teamstest: nothing was sent to get this dialog")
	}
	return d.last()
}

// Try sends a step as it is, and gives the answer whatever it is.
func (d *Dialog) Try(data map[string]any) Delivery {
	d.teams.t.Helper()
	return d.teams.Deliver(d.activity(d.names.submit, map[string]any{"data": data}, ""))
}

func (d *Dialog) activity(name string, value map[string]any, card string) map[string]any {
	a := d.place.activity("invoke", d.who)
	value["context"] = map[string]any{"theme": "default"}
	maps.Copy(value, d.extra)
	a["name"], a["value"] = name, value
	if card != "" {
		a["replyToId"] = card
	}
	return a
}

// step sends a step and reads the answer.
func (d *Dialog) step(what, name string, value map[string]any, card string) *Dialog {
	d.teams.t.Helper()
	answered := d.teams.mustDeliver(what, d.activity(name, value, card))
	next := &Dialog{teams: d.teams, place: d.place, who: d.who, names: d.names, extra: d.extra}
	next.last = func() *Dialog {
		d.teams.t.Helper()
		return d.step(what+" again", name, value, card)
	}
	if len(answered.Body) == 0 {
		next.Closed = true
		return next
	}
	var body struct {
		Task struct {
			Type  string          `json:"type"`
			Value json.RawMessage `json:"value"`
		} `json:"task"`
	}
	if err := json.Unmarshal(answered.Body, &body); err != nil || answered.Status != http.StatusOK {
		d.teams.t.Fatalf("%s: the bot answered %d: %s", what, answered.Status, strings.TrimSpace(string(answered.Body)))
	}
	switch body.Task.Type {
	case "message":
		if err := json.Unmarshal(body.Task.Value, &next.Said); err != nil || next.Said == "" {
			d.teams.t.Fatalf("%s: the dialog says no text: %s", what, answered.Body)
		}
	case "continue":
		next.read(what, body.Task.Value)
	default:
		d.teams.t.Fatalf("%s: the bot answered with no dialog: %s", what, answered.Body)
	}
	return next
}

// read takes a card into the dialog, if a client would show it.
func (d *Dialog) read(what string, value json.RawMessage) {
	d.teams.t.Helper()
	var info struct {
		Title  string `json:"title"`
		Height any    `json:"height"`
		Width  any    `json:"width"`
		Card   struct {
			ContentType string         `json:"contentType"`
			Content     map[string]any `json:"content"`
		} `json:"card"`
	}
	if err := json.Unmarshal(value, &info); err != nil || info.Card.ContentType != "application/vnd.microsoft.card.adaptive" {
		d.teams.t.Fatalf("%s: the dialog shows no card: %s", what, value)
	}
	if info.Title == "" || info.Height == nil || info.Width == nil || info.Card.Content["type"] != "AdaptiveCard" {
		d.teams.t.Fatalf("%s: a client cannot show the dialog: %s", what, value)
	}
	d.Title, d.JSON = info.Title, info.Card.Content
}
