package guard

import (
	"regexp"
	"strings"
)

var (
	// frame is a line, or a part of one, that only stack traces have.
	frame = regexp.MustCompile(`\bat [\w$.<>/]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)` + // Java
		`|\bat [\w$.<>/]+\((?:Native Method|Unknown Source)\)` +
		`|Traceback \(most recent call last\):` + // Python
		`|^\s*File "[^"\n]+", line \d+` +
		`|^panic: |^goroutine \d+ \[\w|^\s*\S+\.go:\d+ \+0x` + // Go
		"|\\bat [\\w.`$<>\\[\\],+]+\\([^()\\n]{0,200}\\) in \\S.{0,200}:line \\d+" + // .NET
		"|^\\s+at (?:[A-Z]\\w*\\.)+[\\w.`<>\\[\\],+]+\\([^()\\n]{0,200}\\)\\s*$" +
		`|^\s*at .{1,200}:\d+:\d+\)?\s*$` + // JavaScript
		`|^Exception in thread "`)
	// beside is a line that belongs to a trace when it stands next to one.
	beside = regexp.MustCompile(`^\s*(?:Caused by: )?[\w.$]*(?:Exception|Error)\b|^\s+at |^\s*\.\.\. \d+ more|^\s*--- End of |` +
		`^\s+\S.*\.go:\d+|^\S+\.\S+\(.*\)\s*$|^goroutine |^main\.|^\s{2,}\S`)
)

// hint tells whether a line has what every frame has; most lines have not.
func hint(line string) bool {
	for _, w := range []string{"at ", ".go:", "File \"", "Traceback", "panic: ", "goroutine ", "Exception in"} {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}

// traces gives the ranges of lines of a text that are stack traces.
func traces(text string) []span {
	type traceLine struct {
		span
		head    string // what makes a frame stands at the beginning of its line
		isFrame bool
	}
	var all []traceLine
	frames := 0
	for start, line := range lines(text) {
		head := line[:min(len(line), 600)]
		l := traceLine{span{start, start + len(line)}, head, hint(head) && frame.MatchString(head)}
		if l.isFrame {
			frames++
		}
		all = append(all, l)
	}
	if frames == 0 {
		return nil
	}
	var found []span
	for i := 0; i < len(all); i++ {
		first, frames := i, 0
		for i < len(all) && (all[i].isFrame || beside.MatchString(all[i].head) || frames > 0 && i+1 < len(all) && all[i+1].isFrame) {
			if all[i].isFrame {
				frames++
			}
			i++
		}
		if frames > 0 {
			s := span{all[first].start, all[i-1].end}
			s.end = s.start + len(strings.TrimRight(text[s.start:s.end], "\r\n"))
			found = append(found, s)
		}
	}
	return found
}
