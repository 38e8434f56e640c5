package cards

import "encoding/json"

// Status shows at one glance how a ticket stands, to those who follow it.
type Status struct {
	Words Words

	Number   string
	Customer Text
	Title    Text
	// Class and ClassKey are as in [Ticket].
	Class, ClassKey string
	// Who and Step are lines of ours: who is affected, since when, and the owner;
	// and where the ticket is. Step is empty once it is closed.
	Who, Step string
	// Closed says when the ticket was closed, and why; empty while it is open.
	Closed string
	// Said is the latest word of a person on the ticket, and SaidWhen a line of
	// ours on its time; Next a line of ours on what has to be done next.
	Said           Text
	SaidWhen, Next string
	// Clock and Late are as in [Ticket].
	Clock string
	Late  bool
	// Updated says of when all this is.
	Updated string
	Buttons []Button
	// Fallback is shown where cards cannot be, and read aloud.
	Fallback string
}

type statusView struct {
	*Status
	Badge   badge
	Boxed   bool
	Clock   clockLine
	Actions []action
}

// Status draws the status of a ticket.
func (s *Set) Status(v Status) (json.RawMessage, error) {
	return draw(s.status, "status", v.Words, &statusView{
		Status: &v, Badge: classBadge(v.ClassKey), Boxed: v.Said != "" || v.Next != "",
		Clock: newClockLine(v.Clock, v.Late), Actions: actions(v.Buttons, false),
	})
}
