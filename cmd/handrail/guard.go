package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"handrail/bot"
	"handrail/internal/guard"
	"handrail/internal/ticket"
)

// maxText is how long a text for a customer may be: more is no message.
const maxText = 4 << 20

// maxWords is how many characters of the words of a finding are printed.
const maxWords = 80

var (
	// errFound ends the command after the findings have been printed.
	errFound = errors.New("something was found")
	// errUnusable says that the input cannot be checked.
	errUnusable = errors.New("the text cannot be checked")
)

// guardCommand runs the check that texts for customers go through in the bot.
type guardCommand struct {
	Kind string `default:"" enum:"acknowledgement,update,resolution,follow_up,closing," help:"Kind of the text: ${enum} asks for its parts."`

	Lang string `default:"" enum:"en,vi," help:"Language of the text, en or vi; guessed if left out."`

	JSON bool `help:"Print each finding as a line of JSON." name:"json"`

	Name []string `help:"A name that only your house knows, beside those of HANDRAIL_HOUSE_NAMES; may be repeated." placeholder:"NAME"`
}

// findingLine is a finding as it is printed.
type findingLine struct {
	Line        int    `json:"line"`
	Column      int    `json:"column"`
	Start       int    `json:"start"`
	End         int    `json:"end"`
	Kind        string `json:"kind"`
	Words       string `json:"words,omitempty"`
	Part        string `json:"part,omitempty"`
	Overridable bool   `json:"overridable"`
	Language    string `json:"language"`
	Reason      string `json:"reason"`
	Better      string `json:"better"`
}

// Run is called by kong. Findings make the command fail, so that a pipeline stops.
func (c guardCommand) Run(p *process) error {
	text, err := io.ReadAll(io.LimitReader(p.stdin, maxText+1))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errUnusable, err)
	case len(text) > maxText:
		return fmt.Errorf("%w: it is longer than %d MB", errUnusable, maxText>>20)
	case !utf8.Valid(text):
		return fmt.Errorf("%w: it is not UTF-8", errUnusable)
	}
	names := append(trim(strings.Split(p.environ["HANDRAIL_HOUSE_NAMES"], ",")), c.Name...)
	findings := guard.New(names).Check(ticket.CustomerText{Text: string(text), Kind: ticket.TextKind(c.Kind), Language: c.Lang})
	advice, err := bot.Advise(findings)
	if err != nil {
		return err
	}
	at := position{text: string(text), line: 1, column: 1}
	for i, f := range findings {
		at.move(f.Start)
		if err := c.print(p, at, f, advice[i]); err != nil {
			return err
		}
	}
	if len(findings) > 0 {
		return errFound
	}
	return nil
}

// print writes one finding as one line.
func (c guardCommand) print(p *process, at position, f ticket.Finding, advice bot.Advice) error {
	if !c.JSON {
		words := shortened(f.Shown())
		if f.Part != "" {
			words = string(f.Part)
		}
		return p.say("%d:%d: %s: %q: %s; better: %s", at.line, at.column, f.Kind, words, advice.Reason, advice.Better)
	}
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(findingLine{
		Line: at.line, Column: at.column, Start: f.Start, End: f.End, Kind: string(f.Kind), Words: f.Shown(), Part: string(f.Part),
		Overridable: f.Kind.Overridable(), Language: f.Language, Reason: advice.Reason, Better: advice.Better,
	})
	if err != nil {
		return fmt.Errorf("write a finding: %w", err)
	}
	return nil
}

// shortened gives the first line of words, and of a long one its beginning.
func shortened(words string) string {
	first, _, more := strings.Cut(words, "\n")
	if runes := []rune(first); len(runes) > maxWords {
		first, more = string(runes[:maxWords]), true
	}
	if more {
		return strings.TrimSpace(first) + " …"
	}
	return first
}

// position counts the lines and the characters of a text while it moves on.
type position struct {
	text         string
	at           int
	line, column int
}

func (p *position) move(to int) {
	passed := p.text[p.at:to]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		p.line += strings.Count(passed, "\n")
		p.column = 1
		passed = passed[i+1:]
	}
	p.column += utf8.RuneCountInString(passed)
	p.at = to
}
