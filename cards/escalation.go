package cards

import "encoding/json"

// Escalation is the card of those who are asked: what is asked of them first,
// then all that they need to answer it. It has no inputs: each edit of the
// message would lose what is being typed.
type Escalation struct {
	Words Words
	// Notice stands on top: what has become of the reader's click.
	Notice Text
	// Asked says what is needed, who asks and since when; For whom it is meant and why.
	// Both are lines of ours.
	Asked, For string

	Number   string
	Customer Text
	Title    Text
	// Class and ClassKey are as in [Ticket].
	Class, ClassKey string
	// Ask is what is asked, in a few words.
	Ask Text

	// Outcome says how it ended, by whom and when; empty while it is open. Answer
	// are the words of whoever ended it.
	Outcome string
	Answer  Text
	// Turn says whose turn it is and when it goes on to the next one, and Trail who
	// was asked so far: lines of ours.
	Turn, Trail string

	Parts []TextPart
	// Files says which files go with it; a line of ours.
	Files string
	Talk  []Exchange

	// State says where the ticket is now, and Clock and Late are as in [Ticket].
	State   string
	Clock   string
	Late    bool
	Buttons []Button
	// Fallback is shown where cards cannot be, and read aloud.
	Fallback string
}

// Exchange is a question to the owner and its answer.
type Exchange struct {
	// Asker and Replier are lines of ours: who, and when. Replier says who has to
	// answer while nobody has.
	Asker    string
	Question Text
	Replier  string
	Answer   Text
}

type escalationView struct {
	*Escalation
	Badge   badge
	Clock   clockLine
	Open    bool
	Actions []action
}

// Escalation draws the card of those who are asked.
func (s *Set) Escalation(v Escalation) (json.RawMessage, error) {
	return draw(s.escalation, "escalation", v.Words, &escalationView{
		Escalation: &v, Badge: classBadge(v.ClassKey), Clock: newClockLine(v.Clock, v.Late), Open: v.Outcome == "",
		Actions: actions(v.Buttons, v.Outcome == ""),
	})
}
