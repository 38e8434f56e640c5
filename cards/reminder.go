package cards

import (
	"encoding/json"
	"strings"
)

// Reminder says what is due on a ticket, with the buttons that end it.
type Reminder struct {
	Words Words
	// What is due, since when or until when: a sentence of ours.
	What string
	// Breach tells that it is too late already.
	Breach bool
	// Mention names who must act; nil where nobody is called.
	Mention *Mention

	Number          string
	Title           Text
	Class, ClassKey string
	// Detail is a line of ours: owner and age.
	Detail string
	// Ready is what the text that is due could say, and Parts are its parts; none
	// where no text is due.
	Ready   string
	Parts   []TextPart
	Buttons []Button
	// Fallback is shown where cards cannot be, and read aloud.
	Fallback string
}

// Mention is a person who is notified by the card. ID is their Teams id
// (29:…), their Entra object id or their user principal name.
type Mention struct{ ID, Name string }

type reminderView struct {
	*Reminder
	Badge   badge
	Clock   clockLine
	Called  *called
	Actions []action
}

// called is a mention as Teams wants it: the same text in the card and beside it.
type called struct {
	Text string
	Who  mentioned
}

type mentioned struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// newCalled gives nil where nobody is called.
func newCalled(m *Mention) *called {
	if m == nil || m.ID == "" {
		return nil
	}
	name := plainName(m.Name)
	if name == "" {
		return nil
	}
	return &called{Text: "<at>" + name + "</at>", Who: mentioned{ID: m.ID, Name: name}}
}

// plainName leaves a name without the signs that Markdown or a mention could
// take for their own: the text of a mention is compared as it stands, so
// nothing in it can be escaped.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_~`[]()<>{}|\\&#", r) {
			return ' '
		}
		return r
	}, clean(name))
	return strings.Join(strings.Fields(name), " ")
}

// Reminder draws a reminder.
func (s *Set) Reminder(v Reminder) (json.RawMessage, error) {
	view := reminderView{
		Reminder: &v, Badge: classBadge(v.ClassKey), Clock: newClockLine(v.What, v.Breach), Called: newCalled(v.Mention),
		Actions: actions(v.Buttons, true),
	}
	return draw(s.reminder, "reminder", v.Words, &view)
}
