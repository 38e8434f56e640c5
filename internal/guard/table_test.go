package guard

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

// row is one line of a table: a text, the verdict that people expect, the kind of
// the text where parts are asked for, and why where it is hard.
type row struct {
	line     int
	text     string
	expected []string
	kind     ticket.TextKind
	why      string
	heldOut  bool
}

// rows reads the table of a language. Every third row was held out while the
// phrases were written.
func rows(t testing.TB, language string) []row {
	t.Helper()
	data, err := os.ReadFile("testdata/" + language + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []row
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) < 2 || len(cells) > 4 {
			t.Fatalf("%s.tsv:%d has %d cells", language, i+1, len(cells))
		}
		cells = append(cells, "", "")
		r := row{line: i + 1, text: unescape(cells[0]), kind: ticket.TextKind(cells[2]), why: cells[3], heldOut: i%3 == 2}
		if cells[1] != "-" {
			r.expected = strings.Split(cells[1], ",")
		}
		all = append(all, r)
	}
	return all
}

func unescape(cell string) string { return strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(cell) }

// verdict gives what a guard finds, each kind once, a missing part with its name.
func verdict(findings []ticket.Finding) []string {
	kinds := map[string]bool{}
	for _, f := range findings {
		label := string(f.Kind)
		if f.Part != "" {
			label += ":" + string(f.Part)
		}
		kinds[label] = true
	}
	return slices.Sorted(maps.Keys(kinds))
}

// figures counts what was found rightly, wrongly, and not.
type figures struct{ right, wrong, missed int }

func (f figures) precision() float64 { return share(f.right, f.wrong) }
func (f figures) recall() float64    { return share(f.right, f.missed) }

func share(good, bad int) float64 {
	if good+bad == 0 {
		return 1
	}
	return float64(good) / float64(good+bad)
}

func (f figures) String() string {
	return fmt.Sprintf("precision %.3f  recall %.3f  (%d right, %d wrong, %d missed)", f.precision(), f.recall(), f.right, f.wrong, f.missed)
}

func TestTableOfTextsAndVerdicts(t *testing.T) {
	t.Parallel()
	const floor = 0.97
	guard := New(nil)
	for _, language := range []string{"en", "vi"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			sets := map[bool]map[string]*figures{false: {}, true: {}}
			all := rows(t, language)
			for _, r := range all {
				found := verdict(guard.Check(ticket.CustomerText{Text: r.text, Kind: r.kind, Language: language}))
				for _, label := range slices.Concat(found, r.expected) {
					kind, _, _ := strings.Cut(label, ":")
					for _, name := range []string{kind, "in all"} {
						if sets[r.heldOut][name] == nil {
							sets[r.heldOut][name] = &figures{}
						}
					}
				}
				for _, label := range found {
					kind, _, _ := strings.Cut(label, ":")
					if slices.Contains(r.expected, label) {
						sets[r.heldOut][kind].right++
						sets[r.heldOut]["in all"].right++
					} else {
						sets[r.heldOut][kind].wrong++
						sets[r.heldOut]["in all"].wrong++
					}
				}
				for _, label := range r.expected {
					kind, _, _ := strings.Cut(label, ":")
					if !slices.Contains(found, label) {
						sets[r.heldOut][kind].missed++
						sets[r.heldOut]["in all"].missed++
					}
				}
				slices.Sort(r.expected)
				if !slices.Equal(found, r.expected) {
					t.Logf("%s.tsv:%d: %q\n  want %v, got %v  %s", language, r.line, r.text, r.expected, found, r.why)
				}
			}
			for heldOut, name := range map[bool]string{false: "two thirds", true: "held out"} {
				for _, kind := range slices.Sorted(maps.Keys(sets[heldOut])) {
					t.Logf("%s, %s, %-12s %s", language, name, kind, *sets[heldOut][kind])
				}
				if all := sets[heldOut]["in all"]; all.precision() < floor || all.recall() < floor {
					t.Errorf("%s, %s: below %.2f: %s", language, name, floor, *all)
				}
			}
		})
	}
}
