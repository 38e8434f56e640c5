package cards

// TextPart is one part of a text as its reader sees it: every card that shows
// texts shows the parts alike.
type TextPart struct {
	// Name is what the part is called; empty for a plain paragraph.
	Name  string
	Words Text
	// Options are what the reader can choose from.
	Options []TextOption
	// Detail is a line of ours below the words.
	Detail string
}

// TextOption is one of the ways between which the reader decides.
type TextOption struct {
	// Name is what it is called by, as in "Option 1".
	Name               string
	Words, Consequence Text
}
