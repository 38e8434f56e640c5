package cards

import "encoding/json"

// Message is what a customer wrote in the system of record, for those who work on the
// ticket.
type Message struct {
	Words Words
	// Notice stands on top: what has become of the reader's click.
	Notice Text
	// Mention is who has to answer; nil where nobody is called.
	Mention *Mention
	// Wrote says who wrote, where and when; a line of ours.
	Wrote string

	Number   string
	Customer Text
	Title    Text
	Text     Text
	// Files names the files of the message, and More says where the rest of a long text
	// is: lines of ours.
	Files, More string
	// State says whether it was answered, or that the ticket is closed; a line of ours.
	// Settled tells that nothing has to be done.
	State   string
	Settled bool
	Buttons []Button
	// Fallback is shown where cards cannot be, and read aloud.
	Fallback string
}

type messageView struct {
	*Message
	Called  *called
	Icon    string
	Actions []action
}

// Message draws what a customer wrote.
func (s *Set) Message(v Message) (json.RawMessage, error) {
	icon := "✉"
	if v.Settled {
		icon = "✓"
	}
	return draw(s.message, "message", v.Words, &messageView{
		Message: &v, Called: newCalled(v.Mention), Icon: icon, Actions: actions(v.Buttons, !v.Settled),
	})
}
