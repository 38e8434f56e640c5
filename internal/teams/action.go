package teams

import (
	"bytes"
	"encoding/json"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// CardAction is the name of the invoke that a pressed Action.Execute sends.
const CardAction = "adaptiveCard/action"

// Action is a pressed button of a card, however it came: as an invoke of an
// Action.Execute, or as a message of its Action.Submit fallback.
type Action struct {
	// Verb says which button it was. It is empty where the card named none.
	Verb string
	// Data is a JSON object: what the card put into the button, with the inputs
	// merged into it by Teams.
	Data json.RawMessage
	// Replaces is true when a card in the answer takes the pressed card's place.
	Replaces bool
	// Card is the id of the message that shows the card.
	Card string
	// Refresh is true when the client asked by itself and nobody pressed.
	Refresh bool
}

// Action returns the card action that the activity is, or false when it is none:
// another invoke, a message with words, or a value that is not an object.
func (a *Activity) Action() (Action, bool) {
	switch {
	case a.Type == schema.Invoke && a.Name == CardAction:
		return a.executed()
	case a.Type == schema.Message && a.Command() == "":
		return a.submitted()
	}
	return Action{}, false
}

// executed reads the value of an adaptiveCard/action: an action with a verb and
// data, and what triggered it.
func (a *Activity) executed() (Action, bool) {
	value, ok := object(a.Value)
	if !ok {
		return Action{}, false
	}
	action, ok := object(value["action"])
	if !ok {
		return Action{}, false
	}
	data := json.RawMessage("{}")
	if given := action["data"]; bytes.HasPrefix(given, []byte("{")) { // it was decoded once, so that the rest is JSON too
		data = given
	}
	verb := word(action["verb"])
	if verb == "" {
		fields, _ := object(data)
		verb = word(fields["verb"])
	}
	return Action{
		Verb:     verb,
		Data:     data,
		Replaces: true,
		Card:     a.ReplyToID,
		Refresh:  word(value["trigger"]) == "automatic",
	}, true
}

// submitted reads the value of a message: the data of an Action.Submit itself.
func (a *Activity) submitted() (Action, bool) {
	fields, ok := object(a.Value)
	if !ok {
		return Action{}, false
	}
	return Action{Verb: word(fields["verb"]), Data: a.Value, Card: a.ReplyToID}, true
}

// object decodes the outermost level of a JSON object. Anything else is none.
func object(raw json.RawMessage) (map[string]json.RawMessage, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '{' {
		return nil, false
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, false
	}
	return fields, true
}

// word decodes a JSON string. Anything else is no word.
func word(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
