package cards

import "encoding/json"

// List shows tickets: the board, a person's own, what a search has found.
type List struct {
	Words    Words
	Heading  string
	Subtitle string
	Rows     []ListRow
	// Empty says that there is nothing, and what to do about it.
	Empty string
	// Buttons turn the pages.
	Buttons []Button
}

// ListRow is one ticket of a list. The whole row is its button.
type ListRow struct {
	Number string
	Title  Text
	// Class and ClassKey are as in [Ticket]; Step is the step in words.
	Class, ClassKey string
	Step            string
	// Detail is a line of ours: owner, age, next clock.
	Detail string
	Open   Button
}

type listView struct {
	*List
	Tickets []listRow
	Actions []action
}

type listRow struct {
	*ListRow
	Badge  badge
	Action action
}

// List draws a list of tickets.
func (s *Set) List(v List) (json.RawMessage, error) {
	view := listView{List: &v, Actions: actions(v.Buttons, false), Tickets: make([]listRow, len(v.Rows))}
	for i := range v.Rows {
		row := &v.Rows[i]
		view.Tickets[i] = listRow{ListRow: row, Badge: classBadge(row.ClassKey), Action: row.Open.action()}
		view.Tickets[i].Action.Title = row.Number + " " + string(row.Title)
	}
	return draw(s.list, "list", v.Words, &view)
}
