package cards

import "encoding/json"

// List shows tickets: the board, a person's own.
type List struct {
	Words    Words
	Heading  Text
	Subtitle string
	// Steps is a line that counts by step.
	Steps string
	// Groups are the tickets, class by class or all in one group without a heading.
	Groups []ListGroup
	// Empty says that there is nothing, and what to do about it.
	Empty string
	// Buttons turn the pages and choose what is shown.
	Buttons []Button
}

// ListGroup is some tickets under a heading.
type ListGroup struct {
	// Class is the heading and ClassKey as in [Ticket]; empty for no heading.
	Class, ClassKey string
	// Count says how many tickets of the class there are in all.
	Count string
	Rows  []ListRow
}

// ListRow is one ticket of a list. The whole row is its button.
type ListRow struct {
	Number string
	Title  Text
	// Class and ClassKey are as in [Ticket]; empty where the heading says it.
	Class, ClassKey string
	// Step is the step in words.
	Step string
	// Detail is a line of ours: owner, age, next clock.
	Detail string
	Open   Button
}

type listView struct {
	*List
	Groups  []listGroup
	Actions []action
}

type listGroup struct {
	Heading, ClassKey, Count string
	Badge                    badge
	Tickets                  []listRow
}

type listRow struct {
	*ListRow
	Badge  badge
	Action action
}

// List draws a list of tickets.
func (s *Set) List(v List) (json.RawMessage, error) {
	view := listView{List: &v, Actions: actions(v.Buttons, false), Groups: make([]listGroup, len(v.Groups))}
	for i := range v.Groups {
		group := &v.Groups[i]
		drawn := listGroup{
			Heading: group.Class, ClassKey: group.ClassKey, Count: group.Count,
			Badge: classBadge(group.ClassKey), Tickets: make([]listRow, len(group.Rows)),
		}
		for j := range group.Rows {
			row := &group.Rows[j]
			drawn.Tickets[j] = listRow{ListRow: row, Badge: classBadge(row.ClassKey), Action: row.Open.action()}
			drawn.Tickets[j].Action.Title = row.Number + " " + string(row.Title)
		}
		view.Groups[i] = drawn
	}
	return draw(s.list, "list", v.Words, &view)
}
