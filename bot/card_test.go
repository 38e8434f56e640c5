package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"handrail/cards"
)

// shown is a card that somebody sees, and the message that it stands in.
type shown struct {
	h    *house
	id   string
	raw  json.RawMessage
	json map[string]any
}

// card checks a card and gives it.
func (h *house) card(id string, raw json.RawMessage) shown {
	h.t.Helper()
	c := shown{h: h, id: id, raw: raw}
	if err := json.Unmarshal(raw, &c.json); err != nil {
		h.t.Fatalf("%v in %s", err, raw)
	}
	if !h.checked[string(raw)] {
		for _, fault := range h.faults(c) {
			h.t.Errorf("%s in %s", fault, raw)
		}
		h.checked[string(raw)] = true
	}
	return c
}

// text checks a text.
func (h *house) text(said string) {
	h.t.Helper()
	if strings.Contains(said, "<no value>") || unsaid(h.bot, said) != "" {
		h.t.Errorf("the bot says %q", said)
	}
}

// cardSet is every template, compiled once.
var cardSet = sync.OnceValues(cards.New)

// cardSchema is Microsoft's schema of cards, compiled once.
var cardSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	return jsonschema.NewCompiler().Compile(filepath.Join("..", "cards", "testdata", "teams-adaptive-card.schema.json"))
})

// valid holds the card to the schema, which takes longer than all the rest.
func (c shown) valid() shown {
	c.h.t.Helper()
	schema, err := cardSchema()
	if err != nil {
		c.h.t.Fatal(err)
	}
	card, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.raw))
	if err := errors.Join(err, schema.Validate(card)); err != nil {
		c.h.t.Errorf("%v in %s", err, c.raw)
	}
	return c
}

// faults lists what is wrong with a card.
func (h *house) faults(c shown) (faults []string) {
	if len(c.raw) > 25<<10 && !h.large {
		faults = append(faults, fmt.Sprintf("%d bytes", len(c.raw)))
	}
	if bytes.Contains(c.raw, []byte("no value>")) {
		faults = append(faults, "a sentence lacks a value")
	}
	walk(c.json, func(o map[string]any) {
		for _, part := range []string{"text", "title", "label", "placeholder", "speak", "fallbackText", "errorMessage"} {
			if id := unsaid(h.bot, text(o[part])); id != "" {
				faults = append(faults, "the id "+id+" is shown")
			}
		}
		primary := 0
		actions, _ := o["actions"].([]any)
		for _, a := range actions {
			if action, _ := a.(map[string]any); action["mode"] != "secondary" {
				primary++
			}
			action, _ := a.(map[string]any)
			if words := len(strings.Fields(text(action["title"]))); words == 0 || words > 3 {
				faults = append(faults, fmt.Sprintf("a button is called %q", action["title"]))
			}
		}
		if primary > 3 {
			faults = append(faults, strconv.Itoa(primary)+" primary buttons")
		}
		if o["type"] == "Action.Execute" {
			if _, known := h.bot.verbs[text(o["verb"])]; !known {
				faults = append(faults, fmt.Sprintf("nobody answers the verb %q", o["verb"]))
			}
		}
	})
	return faults
}

// unsaid gives a catalog id that stands in a text as a word; "" for none.
func unsaid(b *Bot, said string) string {
	for word := range strings.FieldsSeq(said) {
		word = strings.Trim(word, "*:,()")
		family, rest, dotted := strings.Cut(word, ".")
		if !dotted || strings.Trim(rest, ".") == "" || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz_.") != "" {
			continue
		}
		switch family {
		case "item", "missing", "choice", "label", "button", "form", "notice", "error", "history", "clock", "clockname",
			"class", "step", "tell", "ticket", "list", "span", "decided", "field", "reminder", "unknown", "command", "card", "placeholder",
			"board", "report", "follow", "unfollow", "following", "quiet", "status", "news", "event", "summary":
			return word
		}
	}
	return ""
}

// walk visits every object of a card from top to bottom, without fallbacks.
func walk(value any, visit func(o map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, part := range []string{"body", "columns", "items", "inlines", "selectAction", "actions"} {
			walk(v[part], visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// buttons lists the buttons of a card.
func (c shown) buttons() []map[string]any {
	var list []map[string]any
	walk(c.json, func(o map[string]any) {
		if strings.HasPrefix(text(o["type"]), "Action.") {
			list = append(list, o)
		}
	})
	return list
}

// titles lists the titles of the buttons that are no row of a list.
func (c shown) titles() []string {
	var list []string
	walk(c.json, func(o map[string]any) {
		actions, _ := o["actions"].([]any)
		for _, a := range actions {
			action, _ := a.(map[string]any)
			list = append(list, text(action["title"]))
		}
	})
	return list
}

// first gives the title of the button that a person is meant to press.
func (c shown) first() string { return c.titles()[0] }

// find gives the button with the title, or the row whose title ends with it.
func (c shown) find(title string) (map[string]any, bool) {
	for _, b := range c.buttons() {
		if text(b["title"]) == title || strings.HasSuffix(text(b["title"]), ": "+title) {
			return b, true
		}
	}
	return nil, false
}

func (c shown) offers(title string) bool {
	_, ok := c.find(title)
	return ok
}

func (c shown) button(title string) map[string]any {
	c.h.t.Helper()
	if b, ok := c.find(title); ok {
		return b
	}
	c.h.t.Fatalf("there is no button %q on %s", title, c.raw)
	return nil
}

func (c shown) inputs() map[string]map[string]any {
	list := map[string]map[string]any{}
	walk(c.json, func(o map[string]any) {
		if strings.HasPrefix(text(o["type"]), "Input.") {
			list[text(o["id"])] = o
		}
	})
	return list
}

// merged gives what a client sends for a button: its data, and over them what
// is in the inputs.
func (c shown) merged(button map[string]any, typed map[string]string) map[string]any {
	data := map[string]any{}
	own, _ := button["data"].(map[string]any)
	maps.Copy(data, own)
	if button["associatedInputs"] == "none" {
		return data
	}
	for id, input := range c.inputs() {
		if _, set := data[id]; set {
			c.h.t.Errorf("the input %s takes the place of a value of the button", id)
		}
		data[id] = text(input["value"])
	}
	for id, value := range typed {
		if _, known := c.inputs()[id]; !known {
			c.h.t.Fatalf("there is no input %q on %s", id, c.raw)
		}
		data[id] = value
	}
	return data
}

// says tells whether the words stand on the card.
func (c shown) says(words string) bool {
	found := false
	walk(c.json, func(o map[string]any) {
		found = found || strings.Contains(text(o["text"]), words)
	})
	return found
}

func (c shown) expect(words ...string) shown {
	c.h.t.Helper()
	for _, w := range words {
		if !c.says(w) {
			c.h.t.Fatalf("the card does not say %q: %s", w, c.raw)
		}
	}
	return c
}

// text gives all that the card shows, as it is written.
func (c shown) text() string {
	var all strings.Builder
	walk(c.json, func(o map[string]any) {
		if said := text(o["text"]); said != "" {
			all.WriteString(said + "\n")
		}
	})
	return all.String()
}
