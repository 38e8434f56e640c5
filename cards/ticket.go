package cards

import "encoding/json"

// steps is how many dots stand for the way through a ticket.
const steps = 7

// Ids of words that the template does not name: what a screen reader says of
// the mark before an item.
const (
	markDone    = "card.mark.done"
	markSkipped = "card.mark.skipped"
	markOpen    = "card.mark.open"
)

// Ticket is the live card of a ticket.
type Ticket struct {
	Words Words
	// Notice stands on top: what has become of the reader's click.
	Notice Text

	Number   string
	Customer Text
	Title    Text
	// Class is the class in words, ClassKey its stored word, which decides the
	// colour of the badge (expedite, fixed, priority; any other is grey).
	Class, ClassKey string
	// ClassOpen is what a press of the line about the class does; nil for nothing.
	ClassOpen *Button
	// ClassWhy and Owner are lines of ours, which may hold Markdown.
	ClassWhy string
	Owner    string
	Details  Text
	// Files is a line of ours that names the files, and FilesOpen what a press of it does.
	Files     string
	FilesOpen *Button

	// Links is a line of ours about the ticket that it follows, or those that follow
	// it, and LinksOpen what a press of it does.
	Links     string
	LinksOpen *Button

	// StepCount says where the ticket is in words, as in "Step 3 of 7";
	// StepNumber, from 1, draws it.
	StepCount  string
	StepNumber int
	StepName   string
	Items      []TicketItem

	// Escalation is a line about the escalation that waits or was answered.
	Escalation string
	// MissingIntro and Missing say what has to be done before the next step.
	MissingIntro, Missing string
	// Clock says which clock comes next, and Late that it is over.
	Clock string
	Late  bool
	// Wrote says since when the customer waits for an answer; a line of ours.
	Wrote string
	// Attention says who cannot be told of the ticket, and what to do about it.
	Attention string
	// Closed says who closed the ticket, when and why; empty while it is open.
	Closed string

	Buttons []Button
	// ReadOnly tells that no button is the one to press.
	ReadOnly bool
	// Refresh has clients ask for a view of their own; nil for a card that is the
	// same for everybody.
	Refresh *Refresh
	// Speak is read aloud, Fallback is shown where cards cannot be.
	Speak, Fallback string
}

// Refresh is what the clients of some people send by themselves when they show
// the card: they get the answer in its place ("Universal actions", Microsoft).
type Refresh struct {
	Button Button
	// People are the ids that Teams knows them by, at most 60.
	People []string
}

// TicketItem is a row of the present step's checklist.
type TicketItem struct {
	Title string
	// Detail is a line of ours: who did it, when and the evidence, or a hint.
	Detail string
	// Done and Skipped are both false for what has still to be done.
	Done, Skipped bool
	// Open is what a press of the row does; nil where it does nothing.
	Open *Button
}

// ticketView is the ticket as its template needs it.
type ticketView struct {
	*Ticket
	Badge   badge
	Dots    [steps]dot
	Rows    []itemRow
	Running bool
	// Blocked tells that there is something to say below the checklist.
	Blocked bool
	Clock   clockLine
	Actions []action

	ClassAction *action
	FilesAction *action
	LinksAction *action
	Refreshed   *refreshed
}

// refreshed is a refresh as the template needs it.
type refreshed struct {
	Action action
	People []string
}

// badge is the look of a class; the word says the same without colour.
type badge struct{ Style, Color string }

// dot is one of the steps.
type dot struct{ Mark, Color string }

// clockLine is a clock with its sign; both change when the clock is over.
type clockLine struct{ Text, Icon, Color string }

type itemRow struct {
	*TicketItem
	ID          string `json:"id,omitempty"`
	Mark, Color string
	Action      *action
}

func classBadge(key string) badge {
	switch key {
	case "expedite":
		return badge{"Attention", "Attention"}
	case "fixed":
		return badge{"Warning", "Warning"}
	case "priority":
		return badge{"Accent", "Accent"}
	default:
		return badge{"Informative", "Default"}
	}
}

func dots(present int) [steps]dot {
	var line [steps]dot
	for i := range line {
		switch step := i + 1; {
		case step < present:
			line[i] = dot{"●", "Good"}
		case step == present:
			line[i] = dot{"◉", "Accent"}
		default:
			line[i] = dot{"○", "Default"}
		}
	}
	return line
}

// mark sets the sign before an item and gives the id of the word for it.
func (row *itemRow) mark() string {
	switch {
	case row.Skipped:
		row.Mark, row.Color = "–", "Default"
		return markSkipped
	case row.Done:
		row.Mark, row.Color = "✓", "Good"
		return markDone
	}
	row.Mark, row.Color = "○", "Accent"
	return markOpen
}

func newClockLine(text string, late bool) clockLine {
	if late {
		return clockLine{text, "⚠", "Attention"}
	}
	return clockLine{text, "⏱", "Default"}
}

// Ticket draws the live card of a ticket.
func (s *Set) Ticket(v Ticket) (json.RawMessage, error) {
	view := ticketView{
		Ticket: &v, Badge: classBadge(v.ClassKey), Dots: dots(v.StepNumber), Running: v.Closed == "",
		Blocked: v.Escalation != "" || v.Missing != "",
		Clock:   newClockLine(v.Clock, v.Late), Actions: actions(v.Buttons, !v.ReadOnly),
	}
	if v.ClassOpen != nil {
		press := v.ClassOpen.action()
		view.ClassAction = &press
	}
	if v.FilesOpen != nil {
		press := v.FilesOpen.action()
		view.FilesAction = &press
	}
	if v.LinksOpen != nil {
		press := v.LinksOpen.action()
		view.LinksAction = &press
	}
	if v.Refresh != nil {
		view.Refreshed = &refreshed{v.Refresh.Button.action(), v.Refresh.People}
	}
	view.Rows = make([]itemRow, len(v.Items))
	opens := make([]action, len(v.Items))
	for i := range v.Items {
		row := &view.Rows[i]
		row.TicketItem = &v.Items[i]
		state := row.mark()
		if row.Open == nil {
			continue
		}
		opens[i] = row.Open.action()
		opens[i].Title = v.Words.word(state) + ": " + row.Title
		row.Action = &opens[i]
		if id := row.Open.Data.Item; id != "" {
			row.ID = "item-" + id
		}
	}
	return draw(s.ticket, "ticket", v.Words, &view)
}
