package cards

import "encoding/json"

// Handover tells a person of tickets that they look after from now on.
type Handover struct {
	Words Words
	// Heading and Intro are sentences of ours; Intro may be empty.
	Heading, Intro string
	// Note is a word from whoever hands over; empty for none.
	Note Text
	// Mention names the person; nil in their own conversation.
	Mention *Mention
	Rows    []HandoverRow
	// More says how many tickets there are besides; empty for none.
	More    string
	Buttons []Button
}

// HandoverRow is one ticket that changes hands. The whole row is its button.
type HandoverRow struct {
	Number   string
	Title    Text
	Customer Text
	// Class and ClassKey are as in [Ticket]; Step is the step in words.
	Class, ClassKey string
	Step            string
	// Stands says what is missing, Promised what others count on: lines of ours.
	Stands, Promised string
	// Clock says which clock comes next, Late that it is over; empty for none.
	Clock string
	Late  bool
	Open  Button
}

type handoverView struct {
	*Handover
	Called  *called
	Tickets []handoverRow
	Actions []action
}

type handoverRow struct {
	*HandoverRow
	Badge  badge
	Next   clockLine
	Action action
}

// Handover draws the card of a handover.
func (s *Set) Handover(v Handover) (json.RawMessage, error) {
	view := handoverView{
		Handover: &v, Called: newCalled(v.Mention), Actions: actions(v.Buttons, false), Tickets: make([]handoverRow, len(v.Rows)),
	}
	for i := range v.Rows {
		row := &v.Rows[i]
		view.Tickets[i] = handoverRow{
			HandoverRow: row, Badge: classBadge(row.ClassKey), Next: newClockLine(row.Clock, row.Late), Action: row.Open.action(),
		}
		view.Tickets[i].Action.Title = row.Number + " " + string(row.Title)
	}
	return draw(s.handover, "handover", v.Words, &view)
}
