package cards

import "encoding/json"

// History is a page of what has happened to a ticket.
type History struct {
	Words   Words
	Heading string
	// Title is the ticket's title.
	Title Text
	Lines []HistoryLine
	// Empty says that the page holds nothing.
	Empty   string
	Buttons []Button
}

// HistoryLine is one change: who did what and when, and why.
type HistoryLine struct {
	When string
	Who  Text
	// What is a line of ours.
	What string
	// Note is what the person gave as evidence or reason.
	Note Text
}

type historyView struct {
	*History
	Actions []action
}

// History draws a page of a ticket's history.
func (s *Set) History(v History) (json.RawMessage, error) {
	return draw(s.history, "history", v.Words, &historyView{History: &v, Actions: actions(v.Buttons, false)})
}
