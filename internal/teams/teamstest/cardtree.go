package teamstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// walk visits every object of a card from top to bottom, without fallbacks:
// they are for clients that lack the element.
func walk(v any, visit func(object map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			walk(each, visit)
		}
	case map[string]any:
		visit(v)
		for _, name := range orderedKeys(v) {
			walk(v[name], visit)
		}
	}
}

// orderedKeys lists the parts of an element in the order in which they are
// seen; Go's maps have none.
func orderedKeys(object map[string]any) []string {
	order := []string{"columns", "rows", "cells", "pages", "items", "inlines", "images", "body", "card", "inlineAction", "selectAction", "menuActions", "actions"}
	return slices.DeleteFunc(order, func(name string) bool { return object[name] == nil })
}

// words returns everything that a card says, shown or folded away, one part a
// line.
func words(card map[string]any) string {
	var lines []string
	say := func(texts ...any) {
		if text := strings.TrimSpace(join(texts...)); text != "" {
			lines = append(lines, text)
		}
	}
	walk(card, func(o map[string]any) {
		kind, _ := o["type"].(string)
		switch {
		case kind == "TextRun": // said by its block
		case kind == "RichTextBlock":
			say(inlineTexts(o)...)
		case kind == "FactSet":
			for _, fact := range objects(o["facts"]) {
				say(fact["title"], " ", fact["value"])
			}
		case strings.HasPrefix(kind, "Input."):
			for _, part := range []string{"label", "title", "placeholder", "value", "errorMessage"} {
				say(o[part])
			}
			for _, choice := range objects(o["choices"]) {
				say(choice["title"])
			}
		default:
			for _, part := range []string{"title", "text", "altText", "codeSnippet"} {
				say(o[part])
			}
		}
	})
	return strings.Join(lines, "\n")
}

// inlineTexts are the texts of a RichTextBlock, which may be plain strings.
func inlineTexts(block map[string]any) []any {
	inlines, _ := block["inlines"].([]any)
	texts := make([]any, 0, len(inlines))
	for _, inline := range inlines {
		if run, ok := inline.(map[string]any); ok {
			inline = run["text"]
		}
		texts = append(texts, inline)
	}
	return texts
}

// join puts together what is text.
func join(parts ...any) string {
	var b strings.Builder
	for _, part := range parts {
		if text, ok := part.(string); ok {
			b.WriteString(text)
		}
	}
	return b.String()
}

func objects(v any) []map[string]any {
	list, _ := v.([]any)
	var found []map[string]any
	for _, each := range list {
		if object, ok := each.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found
}

// button is an action of a card.
type button struct {
	action map[string]any
}

// buttonTitles lists the buttons of a card.
func buttonTitles(card map[string]any) []string {
	var titles []string
	walk(card, func(o map[string]any) {
		if kind, _ := o["type"].(string); strings.HasPrefix(kind, "Action.") {
			if title, _ := o["title"].(string); title != "" {
				titles = append(titles, title)
			}
		}
	})
	return titles
}

// findButton finds the button with the title wherever it stands: in an
// ActionSet, in overflow, in a menu, in a shown card or as a select action.
func findButton(card map[string]any, title string) (button, error) {
	var found []button
	walk(card, func(o map[string]any) {
		kind, _ := o["type"].(string)
		if strings.HasPrefix(kind, "Action.") && o["title"] == title {
			found = append(found, button{action: o})
		}
	})
	if len(found) == 0 {
		return button{}, fmt.Errorf("the card has no button %q; it has %q", title, buttonTitles(card))
	}
	if enabled, ok := found[0].action["isEnabled"].(bool); ok && !enabled {
		return button{}, fmt.Errorf("the button %q is switched off", title)
	}
	return found[0], nil
}

// submit returns the Action.Submit of the button: itself or its fallback.
func (b button) submit() (map[string]any, error) {
	if b.action["type"] == "Action.Submit" {
		return b.action, nil
	}
	fallback, _ := b.action["fallback"].(map[string]any)
	if fallback["type"] != "Action.Submit" {
		return nil, fmt.Errorf("the button %q has no Action.Submit as its fallback", b.action["title"])
	}
	return fallback, nil
}

// inputsOf collects what the card's inputs hold, with what was typed instead,
// and says what a client would not let pass.
func inputsOf(card map[string]any, typed map[string]string) (map[string]any, error) {
	values := map[string]any{}
	known := map[string]bool{}
	var fault error
	walk(card, func(o map[string]any) {
		kind, _ := o["type"].(string)
		id, _ := o["id"].(string)
		if !strings.HasPrefix(kind, "Input.") || id == "" {
			return
		}
		known[id] = true
		value, set := typed[id]
		if !set {
			value, set = startValue(o)
		}
		if required, _ := o["isRequired"].(bool); required && strings.TrimSpace(value) == "" && fault == nil {
			fault = fmt.Errorf("the client wants the input %q (%v) filled in", id, o["label"])
		}
		if set || kind == "Input.Text" {
			values[id] = value
		}
	})
	for id := range typed {
		if !known[id] {
			return nil, fmt.Errorf("the card has no input %q", id)
		}
	}
	return values, fault
}

// startValue is what an input holds before anybody touches it.
func startValue(input map[string]any) (value string, set bool) {
	switch v := input["value"].(type) {
	case string:
		return v, true
	case nil:
	default:
		return fmt.Sprint(v), true
	}
	if input["type"] == "Input.Toggle" {
		if off, ok := input["valueOff"].(string); ok {
			return off, true
		}
		return "false", true
	}
	return "", false
}

// merged is an action's data with the inputs over it.
func merged(action, inputs map[string]any) map[string]any {
	data := map[string]any{}
	if own, ok := action["data"].(map[string]any); ok {
		maps.Copy(data, own)
	}
	if action["associatedInputs"] != "none" {
		maps.Copy(data, inputs)
	}
	return data
}

// clone copies JSON, so that nobody shares a card with the connector.
func clone(card map[string]any) map[string]any {
	text, err := json.Marshal(card)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	var copied map[string]any
	if err := json.Unmarshal(text, &copied); err != nil {
		panic(err)
	}
	return copied
}
