package cards

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Report shows how the desk does: what is open now, and what happened in a period.
type Report struct {
	Words    Words
	Heading  string
	Subtitle string
	// Open says how many tickets are open now; Classes and Steps count them.
	Open           string
	Classes, Steps []ReportCount
	// Sections are the figures of the period: of all, then class by class.
	Sections []ReportSection
	// Note is what else has to be said, such as why there is no file.
	Note string
	// File is the address of the report as a file; empty for none.
	File    string
	Buttons []Button
	// Speak and Fallback tell the report in a few words.
	Speak string
}

// ReportCount is a bar of a chart.
type ReportCount struct {
	Name string
	// Key is the stored word of a class, and empty for a step.
	Key   string
	Count int
}

// ReportSection is a heading with some lines in words.
type ReportSection struct {
	Heading string
	Lines   []ReportLine
}

// ReportLine is a figure: what it is of, and the figure in words.
type ReportLine struct{ Name, Value string }

type reportView struct {
	*Report
	Slices, Bars []chartValue
	ClassRows    []chartRow
	StepRows     []chartRow
	Sections     []reportSection
	Actions      []action
}

type reportSection struct {
	ReportSection
	Index int
}

// chartValue is a value of a chart, in the words of both kinds: legend and
// value are a donut's, x and y are a bar's.
type chartValue struct {
	Legend string `json:"legend,omitempty"`
	Value  int    `json:"value,omitempty"`
	X      string `json:"x,omitempty"`
	Y      int    `json:"y,omitempty"`
	Color  string `json:"color,omitempty"`
}

// chartRow is what a client shows that draws no charts.
type chartRow struct{ Name, Count string }

// Report draws a report.
func (s *Set) Report(v Report) (json.RawMessage, error) {
	view := reportView{Report: &v, Actions: actions(v.Buttons, false), Sections: make([]reportSection, len(v.Sections))}
	for _, c := range v.Classes {
		view.Slices = append(view.Slices, chartValue{Legend: fmt.Sprintf("%s (%d)", c.Name, c.Count), Value: c.Count, Color: classColor(c.Key)})
		view.ClassRows = append(view.ClassRows, chartRow{c.Name, strconv.Itoa(c.Count)})
	}
	for _, c := range v.Steps {
		view.Bars = append(view.Bars, chartValue{X: c.Name, Y: c.Count, Color: "categoricalBlue"})
		view.StepRows = append(view.StepRows, chartRow{c.Name, strconv.Itoa(c.Count)})
	}
	if v.File != "" { // the link to the file stands first and alone, so that a narrow card shows its title whole
		for i := range view.Actions {
			view.Actions[i].Mode = "secondary"
		}
	}
	for i, section := range v.Sections {
		view.Sections[i] = reportSection{section, i}
	}
	return draw(s.report, "report", v.Words, &view)
}

// classColor gives the colour of a class in a chart, near to that of its badge.
func classColor(key string) string {
	switch key {
	case "expedite":
		return "categoricalRed"
	case "fixed":
		return "categoricalMarigold"
	case "priority":
		return "categoricalBlue"
	default:
		return "categoricalTeal"
	}
}
