package cards

import (
	"encoding/json"
	"strconv"
)

// Lookup lists what was found: articles, or tickets that are not the same in two
// places. Each has a link to where it is and buttons.
type Lookup struct {
	Words    Words
	Heading  string
	Subtitle Text
	// Figures stand before what was found.
	Figures []ReportLine
	Rows    []LookupRow
	// Empty says that nothing was found, and what to do about it.
	Empty string
	// Note is what else has to be said.
	Note string
	// Ask asks for other words; nil for a card without an input.
	Ask *LookupAsk
	// File is the address of the whole as a file, and Get its button; empty for none.
	File, Get string
	Buttons   []Button
}

// LookupRow is one thing that was found.
type LookupRow struct {
	Title Text
	// Detail is a line of ours: what it is, where and since when.
	Detail string
	// Text is how it begins.
	Text Text
	// URL is where it is, empty for nowhere, and Open the button that leads there.
	URL  string `json:"url,omitempty"`
	Open string
	// Buttons are what can be done with it.
	Buttons []Button
}

// LookupAsk is the input for other words.
type LookupAsk struct {
	Label string
	Value Text
	Limit int
}

type lookupView struct {
	*Lookup
	Rows    []lookupRow
	Links   bool
	Actions []action
}

type lookupRow struct {
	*LookupRow
	ID     string `json:"id"`
	Offers bool
	// Actions hold what can be done besides following the link.
	Actions []action
}

// Lookup draws what was found.
func (s *Set) Lookup(v Lookup) (json.RawMessage, error) {
	view := lookupView{Lookup: &v, Rows: make([]lookupRow, len(v.Rows)), Actions: actions(v.Buttons, v.Ask != nil)}
	view.Links = v.File != "" || len(view.Actions) > 0
	for i := range v.Rows {
		row := &v.Rows[i]
		view.Rows[i] = lookupRow{LookupRow: row, ID: "row-" + strconv.Itoa(i+1), Offers: row.URL != "" || len(row.Buttons) > 0}
		for _, button := range row.Buttons {
			button.Bare = true // what is typed below is for another search
			view.Rows[i].Actions = append(view.Rows[i].Actions, button.action())
		}
	}
	return draw(s.lookup, "lookup", v.Words, &view)
}
