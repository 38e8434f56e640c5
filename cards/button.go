package cards

// maxPrimary is how many buttons stand beside each other; Teams recommends at
// most three, and puts the secondary ones in an overflow menu.
const maxPrimary = 3

// Button is one action of a card. It is sent as Action.Execute, with an
// Action.Submit of the same data for clients that know no Execute; one that opens
// a dialog, or stands in one, as an Action.Submit alone.
type Button struct {
	// Title is one or two words: narrow cards cut it.
	Title string
	// Verb says what the button does; it is put into the data as well.
	Verb string
	Data Data
	// Secondary moves the button into the overflow menu.
	Secondary bool
	// Bare sends the button without what was typed into the card, and does not
	// ask for inputs that are required: for cancelling and for leaving a form.
	Bare bool
	// Dialog has the button open a dialog: it is an Action.Submit then, which is
	// how Teams opens one ("Invoke dialogs", Microsoft).
	Dialog bool
}

// Data is what a button carries back to the bot.
type Data struct {
	// Verb is filled in from the button.
	Verb   string `json:"verb"`
	Ticket string `json:"ticket,omitempty"`
	// Version is that of the ticket or of a draft, or the round of a board.
	Version int64 `json:"version,omitempty"`
	// Key makes a second delivery of the click harmless. It is not called "key"
	// on the wire: the Adaptive Cards renderer has a property of that name on
	// every object, and in the Agents Playground the button then fails silently.
	Key  string `json:"once,omitempty"`
	Item string `json:"item,omitempty"`
	// Tickets are several tickets, with commas between.
	Tickets string `json:"tickets,omitempty"`
	// Whose is the id of the person to whom the card belongs.
	Whose string `json:"whose,omitempty"`
	// List and Page say which list is shown, and which page of a list or history.
	List string `json:"list,omitempty"`
	Page int    `json:"page,omitempty"`
	// Filter says what a board leaves out, and Span which period a report is of.
	Filter string `json:"filter,omitempty"`
	Span   string `json:"span,omitempty"`
	// Message is the id of a message whose files are meant, and File one file.
	Message string `json:"message,omitempty"`
	File    int64  `json:"file,omitempty"`
	// Composed tells which parts of a text stand as they were composed.
	Composed string `json:"composed,omitempty"`
	// Title is a title that was typed already. It is not called "title" on the
	// wire: an input of that name would take its place.
	Title string `json:"extra,omitempty"`
	// Source is, as JSON, what a form has taken from a message.
	Source string `json:"source,omitempty"`
	// Card is the id of the message whose button has opened a dialog.
	Card string `json:"card,omitempty"`
	// Teams is what the button means to Teams itself; filled in from the button.
	Teams TeamsData `json:"msteams,omitzero"`
}

// TeamsData is what a button says to Teams and not to the bot.
type TeamsData struct {
	Type string `json:"type"`
}

// action is a button as the templates need it.
type action struct {
	Type   string
	Title  string
	Verb   string `json:"verb,omitempty"`
	Data   Data
	Mode   string `json:"mode,omitempty"`
	Inputs string `json:"inputs,omitempty"`
	Style  string `json:"style,omitempty"`
	// Executes tells that it is an Action.Execute, which has a fallback.
	Executes bool
}

func (b *Button) action() action {
	a := action{Type: "Action.Execute", Executes: true, Title: b.Title, Verb: b.Verb, Data: b.Data}
	a.Data.Verb = b.Verb
	if b.Dialog {
		a = a.submitted()
		a.Data.Teams.Type = "task/fetch"
	}
	if b.Bare {
		a.Inputs = "none"
	}
	return a
}

// submitted gives the button as an Action.Submit.
func (a action) submitted() action {
	a.Type, a.Verb, a.Executes = "Action.Submit", "", false
	return a
}

// actions puts the primary buttons first and moves those over the limit into
// the overflow menu. With lead, the first one is drawn as the one to press.
func actions(buttons []Button, lead bool) []action {
	if len(buttons) == 0 {
		return nil
	}
	list := make([]action, 0, len(buttons))
	for i := range buttons {
		if !buttons[i].Secondary && len(list) < maxPrimary {
			list = append(list, buttons[i].action())
		}
	}
	primary := len(list)
	seen := 0
	for i := range buttons {
		if !buttons[i].Secondary {
			if seen++; seen <= primary {
				continue
			}
		}
		a := buttons[i].action()
		a.Mode = "secondary"
		list = append(list, a)
	}
	if lead && primary > 0 {
		list[0].Style = "positive"
	}
	return list
}
