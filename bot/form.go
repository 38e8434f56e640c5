package bot

import (
	"slices"
	"strings"

	"handrail/cards"
	"handrail/internal/ticket"
)

// field is one input of a form.
type field struct {
	id       string
	kind     cards.FieldKind
	label    string // id of a sentence
	heading  string // id of a sentence that stands above a toggle
	sample   string // id of a sentence
	title    string // a label that is no sentence of the catalog by itself
	hint     string // stands below the field
	required bool
	limit    int
	// value is what the ticket says now; what a person typed takes its place.
	value string
	// group and choices are the options of a choice: sentences "choice.<group>.<choice>".
	group   string
	choices []string
	// people are the options of a choice that are words of people: their names, tickets, files.
	people []cards.Choice
}

// form is a form of a ticket: the verbs "<name>.open" and "<name>.save" belong
// to it. The same form is shown as a card or, where the client can, as a dialog.
type form struct {
	name string
	// heading and intro are sentences; intro may be empty.
	heading, intro func(s speech, t *ticket.Ticket, item ticket.Item) string
	fields         func(s speech, t *ticket.Ticket, item ticket.Item) []field
	save           func(s speech, c *ticket.Change, item ticket.Item, v values) error
	// title is the id of what the button that saves is called, where it is not "Save".
	title string
	// ofItem tells that the form is about one item of the checklist.
	ofItem bool
	// ofClock tells that the form is about a clock, which takes the place of the item.
	ofClock bool
	// ownMessage tells that the form is a message of its own, which nobody needs
	// once it is saved or left.
	ownMessage bool
	// takesFiles offers the ticket's files as evidence.
	takesFiles bool
	// skips adds a button that leads to the form of skipping the item.
	skips bool
	// others are other ways out than saving and leaving.
	others []cards.Button
}

// titled gives a heading or intro that is one sentence of the catalog.
func titled(id string) func(speech, *ticket.Ticket, ticket.Item) string {
	return func(s speech, _ *ticket.Ticket, _ ticket.Item) string { return s.say(id) }
}

func forms() map[string]form {
	all := []form{
		itemForm(), skipForm(), skipRestForm(), decideForm(), answerForm(), replyForm(),
		classForm(), customerForm(), editForm(), snoozeForm(), statusForm(), handbackForm(), linkForm(),
		reasonForm("withdraw", func(c *ticket.Change, reason string) error { return c.Withdraw(reason) }),
		reasonForm("not_fixed", func(c *ticket.Change, reason string) error { return c.NotFixed(reason) }),
		reasonForm("reopen", func(c *ticket.Change, reason string) error { return c.Reopen(reason) }),
		reasonForm("close", func(c *ticket.Change, reason string) error { return c.CloseEarly(reason) }),
	}
	byName := make(map[string]form, len(all))
	for _, f := range all {
		byName[f.name] = f
	}
	return byName
}

// subject gives what the button of a form is about.
func (f form) subject(v values) ticket.Item {
	if f.ofClock {
		return ticket.Item{ID: ticket.ItemID(v.text("item"))}
	}
	item, _ := ticket.FindItem(ticket.ItemID(v.text("item")))
	return item
}

func reasonField() field {
	return field{id: ticket.FieldReason, kind: cards.FieldLines, label: "label.reason", required: true, limit: ticket.MaxReason}
}

// reasonForm is a form that asks for a reason and nothing else.
func reasonForm(name string, do func(c *ticket.Change, reason string) error) form {
	return form{
		name:    name,
		heading: titled("form." + name + ".heading"),
		intro:   titled("form." + name + ".intro"),
		fields:  func(speech, *ticket.Ticket, ticket.Item) []field { return []field{reasonField()} },
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			return do(c, v.text(ticket.FieldReason))
		},
	}
}

// choiceGroup names the sentences of an item's choices, and its label.
func choiceGroup(item ticket.Item) string {
	switch {
	case item.TellsCustomer:
		return "way"
	case slices.Contains(item.Choices, ticket.CauseUnknown):
		return "area"
	}
	return string(item.ID)
}

func itemForm() form {
	return form{
		name:    "item",
		heading: func(s speech, _ *ticket.Ticket, item ticket.Item) string { return s.say("item." + string(item.ID)) },
		intro: func(s speech, t *ticket.Ticket, item ticket.Item) string {
			return s.say("item."+string(item.ID)+".hint", args{"Ticket": t.String()})
		},
		ofItem:     true,
		takesFiles: true,
		skips:      true,
		fields: func(s speech, t *ticket.Ticket, item ticket.Item) []field {
			mark := shownMark(t, item)
			var fields []field
			if len(item.Choices) > 0 {
				group := choiceGroup(item)
				fields = append(fields, field{
					id: ticket.FieldChoice, kind: cards.FieldChoice, label: "label." + group, required: true,
					group: group, choices: item.Choices, value: mark.Choice,
				})
			}
			label := "label.words"
			if item.TellsCustomer {
				label = "label.told"
			}
			fields = append(fields, field{
				id: ticket.FieldWords, kind: cards.FieldLines, label: label, required: !item.WordsOptional,
				limit: ticket.MaxEvidence, value: mark.Words,
			})
			if item.ID == ticket.ItemAcknowledge {
				fields = append(fields, alsoFields(t)...)
			}
			return fields
		},
		save: func(_ speech, c *ticket.Change, item ticket.Item, v values) error {
			evidence := ticket.Evidence{Choice: v.text(ticket.FieldChoice), Words: v.text(ticket.FieldWords), Files: v.ids(ticket.FieldFiles)}
			if err := c.Tick(item.ID, evidence); err != nil || item.ID != ticket.ItemAcknowledge {
				return err
			}
			for _, also := range alsoFields(c.Ticket) {
				if v.truth(also.id) {
					if err := c.Tick(ticket.ItemID(also.id), ticket.Evidence{Words: evidence.Words}); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}

// shownMark gives what the form of an item is filled with: its evidence, or a
// solution that is known already.
func shownMark(t *ticket.Ticket, item ticket.Item) ticket.Mark {
	mark := t.Marks[item.ID]
	if mark.State == ticket.Skipped {
		mark.Evidence = ticket.Evidence{}
	}
	if known, ok := t.Fact(ticket.FactSolution); ok && item.ID == ticket.ItemSolution && mark.State != ticket.Done {
		mark.Words = known.Words
	}
	return mark
}

// alsoFields are what one message of acknowledgement may have done besides.
func alsoFields(t *ticket.Ticket) []field {
	var fields []field
	for _, also := range []field{
		{id: string(ticket.ItemExpectations), heading: "label.also.expectations"},
		{id: string(ticket.ItemClarify), heading: "label.also.clarify"},
	} {
		if _, marked := t.Marks[ticket.ItemID(also.id)]; !marked {
			also.kind, also.label, also.value = cards.FieldToggle, "label.also", "false"
			fields = append(fields, also)
		}
	}
	return fields
}

func skipForm() form {
	f := reasonForm("skip", nil)
	f.ofItem = true
	f.heading = func(s speech, _ *ticket.Ticket, item ticket.Item) string {
		return s.say("form.skip.heading", args{"Item": s.say("item." + string(item.ID))})
	}
	f.save = func(_ speech, c *ticket.Change, item ticket.Item, v values) error {
		return c.Skip(item.ID, v.text(ticket.FieldReason))
	}
	return f
}

func skipRestForm() form {
	f := reasonForm("skip_rest", func(c *ticket.Change, reason string) error { return c.SkipRest(reason) })
	f.intro = func(s speech, t *ticket.Ticket, _ ticket.Item) string {
		var titles []string
		for _, item := range t.Skippable() {
			titles = append(titles, s.say("item."+string(item.ID)))
		}
		return s.say("form.skip_rest.intro", args{"Items": strings.Join(titles, ", ")})
	}
	return f
}

func customerForm() form {
	return form{
		name:    "customer",
		heading: titled("form.customer.heading"),
		intro:   titled("form.customer.intro"),
		fields: func(speech, *ticket.Ticket, ticket.Item) []field {
			return []field{
				{id: ticket.FieldChoice, kind: cards.FieldChoice, label: "label.way", required: true, group: "way", choices: ticket.Ways()},
				{id: ticket.FieldWords, kind: cards.FieldLines, label: "label.told", required: true, limit: ticket.MaxEvidence},
			}
		},
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			return c.TellCustomer(v.text(ticket.FieldChoice), v.text(ticket.FieldWords))
		},
	}
}

func classForm() form {
	return form{
		name:    "class",
		heading: titled("form.class.heading"),
		intro: func(s speech, t *ticket.Ticket, _ ticket.Item) string {
			return s.say("form.class.intro", args{"Derived": s.say("class." + string(t.Derived))})
		},
		fields: func(_ speech, t *ticket.Ticket, _ ticket.Item) []field {
			choices := make([]string, 0, 4)
			for _, class := range ticket.Classes() {
				choices = append(choices, string(class))
			}
			return []field{
				{
					id: ticket.FieldClass, kind: cards.FieldChoice, label: "label.class", required: true,
					group: "class", choices: choices, value: string(t.Class()),
				},
				reasonField(),
			}
		},
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			return c.OverrideClass(ticket.Class(v.text(ticket.FieldClass)), v.text(ticket.FieldReason))
		},
	}
}
