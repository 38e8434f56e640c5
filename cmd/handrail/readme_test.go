package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"handrail/bot"
	"handrail/internal/ticket"
)

// drawing draws the steps as the domain has them, in Mermaid.
func drawing() string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for _, step := range ticket.Steps() {
		fmt.Fprintf(&b, "    %s[\"%d %s\"]\n", step, step.Number(), title(step))
	}
	for _, arrow := range ticket.Arrows() {
		if arrow.Word == "" {
			fmt.Fprintf(&b, "    %s --> %s\n", arrow.From, arrow.To)
		} else {
			fmt.Fprintf(&b, "    %s -. %s .-> %s\n", arrow.From, arrow.Word, arrow.To)
		}
	}
	return b.String()
}

func title(step ticket.Step) string {
	words := strings.ReplaceAll(string(step), "_", " ")
	if step == ticket.FollowUp {
		words = "follow-up"
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheReadmeDrawsTheStepsOfTheDomain(t *testing.T) {
	t.Parallel()
	_, after, found := strings.Cut(readme(t), "```mermaid\n")
	drawn, _, closed := strings.Cut(after, "```")
	if !found || !closed {
		t.Fatal("the README has no drawing")
	}
	if drawn != drawing() {
		t.Errorf("the README draws other steps; it should have:\n%s", drawing())
	}
}

func TestTheReadmeListsEveryCommand(t *testing.T) {
	t.Parallel()
	text := readme(t)
	for _, command := range bot.Commands() {
		if !strings.Contains(text, "| `"+command.Name) {
			t.Errorf("the README does not list %q", command.Name)
		}
	}
}

func TestTheReadmeListsEveryVariable(t *testing.T) {
	t.Parallel()
	text := readme(t)
	for _, v := range variables() {
		name := v.name
		for _, by := range []string{"HANDRAIL_ACKNOWLEDGE", "HANDRAIL_CLIMB"} {
			if rest, ok := strings.CutPrefix(name, by); ok && rest != "_EXPEDITE" {
				name = "…" + rest
			}
		}
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("the README does not explain %s", v.name)
		}
	}
}
