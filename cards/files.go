package cards

import (
	"encoding/json"
	"strconv"
)

// Files lists the files of a ticket.
type Files struct {
	Words   Words
	Heading string
	// Title is the ticket's title.
	Title Text
	Rows  []FileRow
	// Empty says that there is nothing, and what to do about it.
	Empty string
	// Note says how long the links are good, or why there are none.
	Note    string
	Buttons []Button
}

// FileRow is one file, or a link to one.
type FileRow struct {
	Name Text
	// Detail is a line of ours: what it is, how large, who sent it and when.
	Detail string
	// URL is where the file is, empty for nowhere, and Get the button that leads there.
	URL string `json:"url,omitempty"`
	Get string
	// Remove is for whoever may remove it; nil for nobody.
	Remove *Button
}

type filesView struct {
	*Files
	Rows    []fileRow
	Actions []action
}

type fileRow struct {
	*FileRow
	ID     string `json:"id"`
	Offers bool
	// Actions hold what may be done besides getting the file.
	Actions []action
}

// Files draws the files of a ticket.
func (s *Set) Files(v Files) (json.RawMessage, error) {
	view := filesView{Files: &v, Rows: make([]fileRow, len(v.Rows)), Actions: actions(v.Buttons, false)}
	for i := range v.Rows {
		row := &v.Rows[i]
		view.Rows[i] = fileRow{FileRow: row, ID: "file-" + strconv.Itoa(i+1), Offers: row.URL != "" || row.Remove != nil}
		if row.Remove != nil {
			remove := row.Remove.action()
			if row.URL != "" {
				remove.Mode = "secondary"
			}
			view.Rows[i].Actions = []action{remove}
		}
	}
	return draw(s.files, "files", v.Words, &view)
}
