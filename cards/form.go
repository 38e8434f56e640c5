package cards

import (
	"encoding/json"
	"slices"
	"time"
)

// Ids of words that the template does not name.
const (
	wordRequired = "card.form.required"
	// wordOptional stands above a toggle that has no heading of its own.
	wordOptional = "card.form.optional"
)

// FieldKind says how a field of a form is filled in.
type FieldKind int

// The kinds of fields.
const (
	// FieldText is one line of text. A number is asked for as text, too: what
	// is no number has to come back with the form.
	FieldText FieldKind = iota
	// FieldLines is text of several lines.
	FieldLines
	// FieldDate is a day, as in 2026-11-23.
	FieldDate
	// FieldTime is a time of day, as in 14:30.
	FieldTime
	// FieldChoice is one of a few choices, all of them shown.
	FieldChoice
	// FieldChoiceCompact is one of many choices, in a list that opens.
	FieldChoiceCompact
	// FieldChoiceFiltered is one of many choices, found by typing a part of it;
	// a client that cannot filter shows the list.
	FieldChoiceFiltered
	// FieldChoices is any number of the choices; values have commas between.
	FieldChoices
	// FieldToggle is yes or no: "true" or "false".
	FieldToggle
	// FieldPerson is a person of the organisation, searched for by name; its
	// value is an Entra object id. Choices name the person that is set already.
	FieldPerson
)

// Form is a card with inputs. It is never refreshed: that would lose what is
// being typed.
type Form struct {
	Words   Words
	Heading string
	// Ticket says which ticket the form is about.
	Ticket Text
	// Intro says what the form does.
	Intro string
	// Problem says what is wrong as a whole. What is wrong with single fields
	// is listed below it and said again at the field.
	Problem Text
	// Findings are what is wrong with words of a text that somebody typed.
	Findings []Finding
	// Parts are the text that the form is about, as its reader will see it.
	Parts  []TextPart
	Fields []Field
	// Buttons begin with the one that submits. Those that leave the form are [Button.Bare].
	Buttons []Button
	// Dialog tells that the form stands in a dialog, whose title is the heading:
	// there a button is an Action.Submit ("Cards and dialogs", Microsoft).
	Dialog bool
}

// Field is one input of a form.
type Field struct {
	ID    string `json:"id"`
	Kind  FieldKind
	Label string
	// Heading stands above a toggle, whose label stands beside its box.
	Heading string
	// Hint is a line below the field.
	Hint        string
	Placeholder string `json:"placeholder,omitempty"`
	Required    bool   `json:"required,omitempty"`
	MaxLength   int    `json:"maxLength,omitempty"`
	// Value is what the field holds: what the ticket says, or what was typed.
	Value   Text `json:"value,omitempty"`
	Choices []Choice
	// Error says what is wrong with what was typed.
	Error Text
}

// Finding is one thing that is wrong with a text: what it is, and what would be
// better.
type Finding struct {
	What, Better string
}

// Choice is one choice of a field.
type Choice struct {
	Title Text   `json:"title"`
	Value string `json:"value"`
}

type formView struct {
	*Form
	Headed  bool
	Wrong   bool
	Errors  []fieldError
	Inputs  []input
	Actions []action
}

type fieldError struct {
	Label string
	Error Text
}

// input is a field as the template needs it. One of the truths is set.
type input struct {
	*Field
	IsText, IsDate, IsTime, IsChoice, IsToggle, IsPerson bool

	Above string
	Lines bool   `json:"lines,omitempty"`
	Many  bool   `json:"many,omitempty"`
	Style string `json:"style,omitempty"`
	// Missing is what a client says when a required field is left empty.
	Missing string `json:"missing,omitempty"`
}

func newInput(f *Field, words Words) input {
	in := input{Field: f}
	switch f.Kind {
	case FieldDate:
		in.IsDate = reads(time.DateOnly, f.Value)
	case FieldTime:
		in.IsTime = reads("15:04", f.Value)
	case FieldChoice, FieldChoices:
		in.IsChoice, in.Style, in.Many = true, "expanded", f.Kind == FieldChoices
	case FieldChoiceCompact:
		in.IsChoice, in.Style = true, "compact"
	case FieldChoiceFiltered:
		in.IsChoice, in.Style = true, "filtered"
	case FieldToggle:
		in.IsToggle, in.Above = true, f.Heading
		if in.Above == "" {
			in.Above = words.word(wordOptional)
		}
	case FieldPerson:
		in.IsPerson = true
	case FieldText, FieldLines:
		in.Lines = f.Kind == FieldLines
	}
	in.IsText = !in.IsDate && !in.IsTime && !in.IsChoice && !in.IsToggle && !in.IsPerson
	if f.Required {
		in.Missing = words.word(wordRequired)
	}
	return in
}

// reads tells whether a client can show a date or time. What it cannot read it
// leaves out; as text it stays for the person to mend.
func reads(layout string, value Text) bool {
	if value == "" {
		return true
	}
	_, err := time.Parse(layout, string(value))
	return err == nil
}

// Form draws a form.
func (s *Set) Form(v Form) (json.RawMessage, error) {
	view := formView{Form: &v, Headed: !v.Dialog, Wrong: v.Problem != "" || len(v.Findings) > 0, Actions: actions(v.Buttons, true)}
	if v.Dialog {
		for i := range view.Actions {
			view.Actions[i] = view.Actions[i].submitted()
		}
	}
	view.Inputs = slices.Grow(view.Inputs, len(v.Fields))
	for i := range v.Fields {
		f := &v.Fields[i]
		view.Inputs = append(view.Inputs, newInput(f, v.Words))
		if f.Error != "" {
			view.Wrong = true
			view.Errors = append(view.Errors, fieldError{Label: f.Label, Error: f.Error})
		}
	}
	return draw(s.form, "form", v.Words, &view)
}
