package teamstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Card is a card that the bot posted, as somebody sees it at one moment.
type Card struct {
	// ID is the id of the message.
	ID string
	// JSON is the card.
	JSON map[string]any
	// Said is the text that the bot answered to the last press instead of a
	// card, or "".
	Said string

	teams *Teams
	place *Conversation
	post  *post
	last  func() *Card
}

// Answer is the bot's answer to a press.
type Answer struct {
	// Status is the HTTP status; Code and Type are the answer's own.
	Status, Code int
	Type         string
	// Card is set when a card was answered, Text when a text or an error was.
	Card *Card
	Text string
}

// Text returns all that the card says, one part a line.
func (c *Card) Text() string { return words(c.JSON) }

// Buttons returns the titles of the card's buttons.
func (c *Card) Buttons() []string { return buttonTitles(c.JSON) }

// Press presses the button as the person sees the card now, with the inputs
// typed in and the others as they are. It returns what the person sees then:
// the card that was answered, or the same one with Said. It fails the test
// when a client would not send it, and when the answer is an error.
func (c *Card) Press(who *Person, title string, inputs ...map[string]string) *Card {
	c.teams.t.Helper()
	what := fmt.Sprintf("%s presses %q", who.Name, title)
	seen := c.View(who)
	b, values := c.ready(what, seen, title, inputs)
	if b.action["type"] != "Action.Execute" {
		c.teams.t.Fatalf("%s: it is an %v; use Submit for an Action.Submit", what, b.action["type"])
	}
	verb, _ := b.action["verb"].(string)
	id, _ := b.action["id"].(string)
	return c.execute(what, who, seen, id, verb, merged(b.action, values))
}

// PressAgain repeats the last press that this card came from, as a double
// click does.
func (c *Card) PressAgain() *Card {
	c.teams.t.Helper()
	if c.last == nil {
		c.teams.t.Fatal("teamstest: nothing was pressed to get this card")
	}
	return c.last()
}

func (c *Card) execute(what string, who *Person, seen *Card, id, verb string, data map[string]any) *Card {
	c.teams.t.Helper()
	answer := c.invoke(who, "manual", id, verb, data)
	if answer.Status != http.StatusOK || answer.Code != http.StatusOK {
		c.teams.t.Fatalf("%s: the bot answered %d, %d %s: %s", what, answer.Status, answer.Code, answer.Type, answer.Text)
	}
	result := answer.Card
	if result == nil {
		result = c.with(seen.JSON)
		result.Said = answer.Text
	}
	result.last = func() *Card {
		c.teams.t.Helper()
		return c.execute(what+" again", who, seen, id, verb, data)
	}
	return result
}

// Raw sends a press that no card offered: any verb, any data. It fails the
// test only when no answer comes.
func (c *Card) Raw(who *Person, verb string, data map[string]any) Answer {
	c.teams.t.Helper()
	return c.invoke(who, "manual", "", verb, data)
}

// Refresh sends what the person's client sends by itself for a card with a
// refresh, and returns what they see then.
func (c *Card) Refresh(who *Person) *Card {
	c.teams.t.Helper()
	refresh, _ := c.Reload().JSON["refresh"].(map[string]any)
	action, _ := refresh["action"].(map[string]any)
	if action == nil {
		c.teams.t.Fatal("the card has no refresh")
	}
	verb, _ := action["verb"].(string)
	answer := c.invoke(who, "automatic", "", verb, merged(action, nil))
	if answer.Card == nil {
		c.teams.t.Fatalf("%s's client refreshes: the bot answered %d, %d: %s", who.Name, answer.Status, answer.Code, answer.Text)
	}
	return answer.Card
}

// Submit presses the button as a client does that does not know
// Action.Execute: its Action.Submit comes as a message with a value.
func (c *Card) Submit(who *Person, title string, inputs ...map[string]string) {
	c.teams.t.Helper()
	what := fmt.Sprintf("%s submits %q", who.Name, title)
	b, values := c.ready(what, c.View(who), title, inputs)
	action, err := b.submit()
	if err != nil {
		c.teams.t.Fatalf("%s: %v", what, err)
	}
	a := c.place.activity("message", who)
	a["replyToId"] = c.ID
	a["value"] = merged(action, values)
	c.teams.mustDeliver(what, a)
}

// ready finds the button and gathers the inputs.
func (c *Card) ready(what string, seen *Card, title string, inputs []map[string]string) (button, map[string]any) {
	c.teams.t.Helper()
	b, err := findButton(seen.JSON, title)
	if err != nil {
		c.teams.t.Fatalf("%s: %v; the card says:\n%s", what, err, indent(seen.Text()))
	}
	typed := map[string]string{}
	for _, each := range inputs {
		maps.Copy(typed, each)
	}
	if b.action["associatedInputs"] == "none" {
		return b, nil
	}
	values, err := inputsOf(seen.JSON, typed)
	if err != nil {
		c.teams.t.Fatalf("%s: %v; the card says:\n%s", what, err, indent(seen.Text()))
	}
	return b, values
}

func (c *Card) invoke(who *Person, trigger, id, verb string, data map[string]any) Answer {
	c.teams.t.Helper()
	action := map[string]any{"type": "Action.Execute", "verb": verb, "data": data}
	if id != "" {
		action["id"] = id
	}
	a := c.place.activity("invoke", who)
	a["name"] = "adaptiveCard/action"
	a["replyToId"] = c.ID
	a["value"] = map[string]any{"action": action, "trigger": trigger}
	d := c.teams.Deliver(a)
	var body struct {
		StatusCode int             `json:"statusCode"`
		Type       string          `json:"type"`
		Value      json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return Answer{Status: d.Status, Text: strings.TrimSpace(string(d.Body))}
	}
	answer := Answer{Status: d.Status, Code: body.StatusCode, Type: body.Type}
	switch body.Type {
	case "application/vnd.microsoft.card.adaptive":
		var card map[string]any
		if err := json.Unmarshal(body.Value, &card); err != nil || card["type"] != "AdaptiveCard" {
			c.teams.t.Errorf("the bot answered %q with something that is no Adaptive Card: %s", verb, body.Value)
			return answer
		}
		c.teams.mu.Lock()
		c.post.views[who.ID] = card
		c.teams.happened()
		c.teams.mu.Unlock()
		answer.Card = c.with(card)
	case "application/vnd.microsoft.activity.message":
		if err := json.Unmarshal(body.Value, &answer.Text); err != nil {
			c.teams.t.Errorf("the bot answered %q with a message that is no text: %s", verb, body.Value)
		}
	default:
		answer.Text = string(body.Value)
	}
	return answer
}

// with is the same message with another card.
func (c *Card) with(card map[string]any) *Card {
	return &Card{ID: c.ID, JSON: clone(card), teams: c.teams, place: c.place, post: c.post}
}

// View returns the card as the person sees it now: what their last press
// answered, until the message is edited. The client of somebody whom the card
// names in its refresh asks for their own view first.
func (c *Card) View(who *Person) *Card {
	c.teams.t.Helper()
	c.teams.mu.Lock()
	seen, own := c.post.card, c.post.views[who.ID]
	c.teams.mu.Unlock()
	switch {
	case own != nil:
		return c.with(own)
	case refreshes(seen, who):
		return c.Refresh(who)
	}
	return c.with(seen)
}

// refreshes says whether a person's client refreshes the card by itself.
func refreshes(card map[string]any, who *Person) bool {
	refresh, _ := card["refresh"].(map[string]any)
	people, _ := refresh["userIds"].([]any)
	return slices.Contains(people, any(who.ID)) || slices.Contains(people, any("8:orgid:"+who.ObjectID))
}

// Reload returns the card as it stands in the conversation now, for those who
// have not pressed anything.
func (c *Card) Reload() *Card {
	c.teams.mu.Lock()
	defer c.teams.mu.Unlock()
	return c.with(c.post.card)
}

// Edits returns how often the bot has edited the message.
func (c *Card) Edits() int {
	c.teams.mu.Lock()
	defer c.teams.mu.Unlock()
	return c.post.edits
}

// Summary returns the text of the notification.
func (c *Card) Summary() string {
	c.teams.mu.Lock()
	defer c.teams.mu.Unlock()
	summary, _ := c.post.activity["summary"].(string)
	return summary
}
