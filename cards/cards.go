// Package cards draws what people see of Handrail in Teams: Adaptive Cards,
// one template, one view and one method of [Set] for each.
//
// A template is plain Adaptive Card JSON with three marks: "${path}" puts in a
// value of the view, "$data" repeats an object for each element of a list (or
// steps into a value that may be missing), "$when" drops an object whose value
// is false or empty. A path is all that a mark can hold. Templates are filled
// by walking their JSON, never as text, so nothing that a person types can
// break a card or be taken for a mark.
//
// The package knows no ticket, no rule and no language: views say what stands
// where, and their words come from a catalog. It sends nothing.
package cards

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

//go:embed *.json
var templates embed.FS

// maxUnits is more than any card needs, in units of UTF-16, which have two bytes:
// Teams takes about 80 KB for a message in that count ("Format your bot
// messages", Microsoft).
const maxUnits = 40_000

// Text is what a person has typed. It is shown as it was typed: where a card
// shows Markdown, its marks are escaped. A string is our own words and may
// hold Markdown; whoever puts a person's words into one uses [Escape].
type Text string

// Words are the fixed words of the cards in the reader's language, by the ids
// that [Set.WordIDs] lists. A word that is missing is shown by its id.
type Words map[string]string

// Set holds every template, compiled. It never changes and may be used by
// many goroutines at once.
type Set struct {
	ticket, form, list, history, welcome, help, reminder, notice, report, handover, status, digest, files, escalation, lookup, message *template
}

// New compiles the templates. It fails when one asks for what its view does
// not have.
func New() (*Set, error) {
	var faults []error
	load := func(name string, view any) *template {
		source, err := templates.ReadFile(name + ".json")
		if err != nil {
			faults = append(faults, fmt.Errorf("cards: read the template %s: %w", name, err))
			return nil
		}
		t, err := compile(source, reflect.TypeOf(view))
		if err != nil {
			faults = append(faults, fmt.Errorf("cards: compile the template %s: %w", name, err))
		}
		return t
	}
	s := &Set{
		ticket: load("ticket", ticketView{}), form: load("form", formView{}), list: load("list", listView{}),
		history: load("history", historyView{}), welcome: load("welcome", welcomeView{}), help: load("help", helpView{}),
		reminder: load("reminder", reminderView{}), notice: load("notice", noticeView{}),
		handover: load("handover", handoverView{}),
		status:   load("status", statusView{}), digest: load("digest", digestView{}),
		report: load("report", reportView{}), escalation: load("escalation", escalationView{}),
		files: load("files", filesView{}), lookup: load("lookup", lookupView{}), message: load("message", messageView{}),
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return s, nil
}

// WordIDs lists the ids of the words that each template needs, by the
// template's name.
func (s *Set) WordIDs() map[string][]string {
	return map[string][]string{
		"ticket": s.ticket.wordIDs(markDone, markSkipped, markOpen), "form": s.form.wordIDs(wordRequired, wordOptional), "list": s.list.wordIDs(),
		"history": s.history.wordIDs(), "welcome": s.welcome.wordIDs(), "help": s.help.wordIDs(),
		"reminder": s.reminder.wordIDs(), "notice": s.notice.wordIDs(),
		"handover": s.handover.wordIDs(),
		"status":   s.status.wordIDs(), "digest": s.digest.wordIDs(),
		"report": s.report.wordIDs(), "escalation": s.escalation.wordIDs(),
		"files": s.files.wordIDs(), "lookup": s.lookup.wordIDs(), "message": s.message.wordIDs(),
	}
}

func (t *template) wordIDs(more ...string) []string {
	ids := append(slices.Clone(t.ids), more...)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// draw fills a template with its view, which is given as a pointer.
func draw(t *template, name string, words Words, view any) (json.RawMessage, error) {
	card := t.fill(words, reflect.ValueOf(view).Elem())
	if n := Units(card); n > maxUnits {
		return nil, fmt.Errorf("cards: the card %s is %d characters long, more than the %d that Teams takes for sure", name, n, maxUnits)
	}
	return card, nil
}

// Units counts a text as UTF-16: two units for what takes four bytes in UTF-8, one
// for any other character.
func Units(text []byte) int {
	n := 0
	for _, b := range text {
		switch {
		case b >= 0xf0:
			n += 2
		case b < 0x80 || b >= 0xc0:
			n++
		}
	}
	return n
}

// word gives a word of the reader's language, or its id where it is missing.
func (w Words) word(id string) string {
	if text, ok := w[id]; ok {
		return text
	}
	return id
}
