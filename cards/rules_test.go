package cards

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// walk visits every object of a card, with the names on the way to it.
func walk(value any, way []string, visit func(o map[string]any, way []string)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v, way)
		for key, inner := range v {
			walk(inner, append(slices.Clip(way), key), visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, way, visit)
		}
	}
}

// eachObject visits every object of every sample.
func eachObject(t *testing.T, visit func(name string, o map[string]any, way []string)) {
	t.Helper()
	for _, sample := range samples(t) {
		var card any
		if err := json.Unmarshal(sample.Card, &card); err != nil {
			t.Fatalf("%s: %v", sample.Name, err)
		}
		walk(card, nil, func(o map[string]any, way []string) { visit(sample.Name, o, way) })
	}
}

func kind(o map[string]any) string {
	text, _ := o["type"].(string)
	return text
}

func TestEveryExecuteHasASubmitOfTheSameData(t *testing.T) {
	t.Parallel()
	eachObject(t, func(name string, o map[string]any, _ []string) {
		if kind(o) != "Action.Execute" {
			return
		}
		fallback, _ := o["fallback"].(map[string]any)
		if kind(fallback) != "Action.Submit" || fallback["title"] != o["title"] {
			t.Errorf("%s: %v has the fallback %v", name, o["title"], fallback)
		}
		if diff := cmp.Diff(o["data"], fallback["data"]); diff != "" {
			t.Errorf("%s: the data of %v differ:\n%s", name, o["title"], diff)
		}
		data, _ := o["data"].(map[string]any)
		if o["verb"] == nil || o["verb"] == "" || data["verb"] != o["verb"] {
			t.Errorf("%s: %v has the verb %v and in its data %v", name, o["title"], o["verb"], data["verb"])
		}
		if title, _ := o["title"].(string); title == "" {
			t.Errorf("%s: a button has no title", name)
		}
	})
}

func TestActionsStandInSetsAndRowsOnly(t *testing.T) {
	t.Parallel()
	eachObject(t, func(name string, o map[string]any, way []string) {
		if !strings.HasPrefix(kind(o), "Action.") {
			return
		}
		switch place := strings.Join(way, " "); {
		case strings.HasSuffix(place, "body actions"), strings.HasSuffix(place, "body items actions"), strings.HasSuffix(place, "columns items actions"), strings.HasSuffix(place, "selectAction"), strings.HasSuffix(place, "fallback"):
		default:
			t.Errorf("%s: %s stands in %s", name, kind(o), place)
		}
	})
}

func TestAtMostThreeButtonsStandBesideEachOther(t *testing.T) {
	t.Parallel()
	var many []Button
	for i := range 6 {
		many = append(many, Button{Title: fmt.Sprint(i), Verb: "x", Secondary: i == 0})
	}
	list := actions(many, true)
	var order strings.Builder
	for _, a := range list {
		order.WriteString(a.Title + a.Mode + a.Style + " ")
	}
	if want := "1positive 2 3 0secondary 4secondary 5secondary "; order.String() != want {
		t.Errorf("the buttons are %q, want %q", order.String(), want)
	}
	eachObject(t, func(name string, o map[string]any, _ []string) {
		primary := 0
		for _, a := range listOf(o["actions"]) {
			if action, _ := a.(map[string]any); action["mode"] != "secondary" {
				primary++
			}
		}
		if primary > maxPrimary {
			t.Errorf("%s: %d buttons stand beside each other", name, primary)
		}
	})
}

func TestEveryInputHasALabelAndAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	eachObject(t, func(name string, o map[string]any, _ []string) {
		if id, _ := o["id"].(string); id != "" {
			if seen[name+" "+id] {
				t.Errorf("%s: the id %s stands twice", name, id)
			}
			seen[name+" "+id] = true
		}
		if !strings.HasPrefix(kind(o), "Input.") {
			return
		}
		if label, _ := o["label"].(string); label == "" {
			t.Errorf("%s: the input %v has no label", name, o["id"])
		}
		if o["isRequired"] == true && o["errorMessage"] == nil {
			t.Errorf("%s: the input %v does not say that it is required", name, o["id"])
		}
	})
}

func TestElementsOfTeamsAloneHaveAFallback(t *testing.T) {
	t.Parallel()
	open := map[string]bool{
		"AdaptiveCard": true, "TextBlock": true, "RichTextBlock": true, "TextRun": true, "Container": true, "ColumnSet": true,
		"Column": true, "ActionSet": true, "Action.Submit": true, "Action.OpenUrl": true, "Input.Text": true, "Input.Date": true, "Input.Time": true,
		"Input.ChoiceSet": true, "Input.Toggle": true, "Data.Query": true, "mention": true, "task/fetch": true,
	}
	eachObject(t, func(name string, o map[string]any, _ []string) {
		if kind := kind(o); kind != "" && !open[kind] && o["fallback"] == nil {
			t.Errorf("%s: %s has no fallback", name, kind)
		}
	})
}

func TestEveryCardSaysWhatItIsWhereItCannotBeDrawn(t *testing.T) {
	t.Parallel()
	eachObject(t, func(name string, o map[string]any, _ []string) {
		if kind(o) != "AdaptiveCard" {
			return
		}
		if o["version"] != "1.5" {
			t.Errorf("%s has version %v", name, o["version"])
		}
		for _, key := range []string{"fallbackText", "speak"} {
			if text, _ := o[key].(string); strings.TrimSpace(text) == "" {
				t.Errorf("%s has no %s", name, key)
			}
		}
		if o["refresh"] != nil {
			t.Errorf("%s is refreshed", name)
		}
	})
}

func TestTextsWrapSoThatANarrowCardShowsThemWhole(t *testing.T) {
	t.Parallel()
	eachObject(t, func(name string, o map[string]any, _ []string) {
		text, _ := o["text"].(string)
		if kind(o) == "TextBlock" && o["wrap"] != true && len([]rune(text)) > 2 {
			t.Errorf("%s: %q does not wrap", name, text)
		}
	})
}

func TestALeavingButtonSendsNoInputs(t *testing.T) {
	t.Parallel()
	bare := 0
	eachObject(t, func(name string, o map[string]any, _ []string) {
		if title := o["title"]; kind(o) == "Action.Execute" && (title == "Cancel" || title == "Skip") {
			fallback, _ := o["fallback"].(map[string]any)
			if o["associatedInputs"] != "none" || fallback["associatedInputs"] != "none" {
				t.Errorf("%s: %v sends what was typed", name, title)
			}
			bare++
		}
	})
	if bare == 0 {
		t.Error("no form can be left")
	}
}
