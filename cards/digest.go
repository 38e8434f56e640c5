package cards

import "encoding/json"

// Digest lists short lines with a button each: what was held back in quiet
// hours, what a conversation follows.
type Digest struct {
	Words Words
	// Heading and Subtitle are ours; Subtitle may be empty.
	Heading, Subtitle string
	Lines             []DigestLine
	// More says how much is not listed; empty where all is.
	More string
	// Buttons lead elsewhere.
	Buttons []Button
}

// DigestLine is one line of a digest.
type DigestLine struct {
	// What and Detail are lines of ours; Detail may be empty.
	What, Detail string
	// Button stands beside them; nil for none.
	Button *Button
}

type digestView struct {
	*Digest
	Lines   []digestLine
	Actions []action
}

type digestLine struct {
	*DigestLine
	Actions []action
}

// Digest draws a list of short lines.
func (s *Set) Digest(v Digest) (json.RawMessage, error) {
	view := digestView{Digest: &v, Lines: make([]digestLine, len(v.Lines)), Actions: actions(v.Buttons, false)}
	for i := range v.Lines {
		line := &v.Lines[i]
		view.Lines[i].DigestLine = line
		if line.Button != nil {
			view.Lines[i].Actions = actions([]Button{*line.Button}, false)
		}
	}
	return draw(s.digest, "digest", v.Words, &view)
}
