package cards

import "encoding/json"

// Notice is a short text: an answer, an error, or what stands in the place of
// a card that is no longer used.
type Notice struct {
	Words Words
	// Heading may be empty.
	Heading  string
	Sentence Text
	// Warning marks that something is wrong.
	Warning bool
	// Mention names who has to act; nil where nobody is called.
	Mention *Mention
	Buttons []Button
}

type noticeView struct {
	*Notice
	Plain   bool
	Called  *called
	Actions []action
}

// Notice draws a short text.
func (s *Set) Notice(v Notice) (json.RawMessage, error) {
	return draw(s.notice, "notice", v.Words, &noticeView{
		Notice: &v, Plain: !v.Warning, Called: newCalled(v.Mention), Actions: actions(v.Buttons, false),
	})
}
