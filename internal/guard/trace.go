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
		`|^Exception in thread "` +
		`|^\s*#\d+ (?:/|\{main\})|\.php:\d+|^PHP (?:Fatal|Parse|Warning|Notice)` + // PHP
		"|\\.rb:\\d+:in [`']" + // Ruby
		`|^thread '[^'\n]*' panicked at ` + // Rust
		`|^ORA-\d{5}:|^Msg \d+, Level \d+, State \d+|^ERROR \d{4} \([0-9A-Z]{5}\)|SQLSTATE\[|` + // databases
		`violates (?:unique|foreign key|check|not-null|exclusion) constraint "` +
		`|\bat (?:async )?[\w$.<>]+ \([^()\s]{1,200}:\d+:\d+\)` +
		`|\b(?:Type|Reference|Range|Syntax|Key|Value|Attribute|Name|Index|ZeroDivision)Error: \S` +
		`|^\s*(?:Uncaught |Unhandled )?(?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception): \S` +
		`|^\s*(?:[a-z][\w$]*\.)+[A-Z][\w$]*(?:Error|Exception)\b`)
	// beside is a line that belongs to a trace when it stands next to one.
	beside = regexp.MustCompile(`^\s*(?:Caused by: )?[\w.$]*(?:Exception|Error)\b|^\s+at |^\s*\.\.\. \d+ more|^\s*--- End of |` +
		`^\s+\S.*\.go:\d+|^Stack trace:|^\s*from \S+:\d+|^(?:DETAIL|HINT|CONTEXT|STATEMENT|LINE \d+):|^ERROR:|` +
		`^The (?:statement has been|INSERT|UPDATE|DELETE|MERGE)|` +
		`^\S+\.\S+\(.*\)\s*$|^goroutine |^main\.|^\s{2,}\S`)
)

// hint tells whether a line has what every frame has; most lines have not.
func hint(line string) bool {
	for _, w := range []string{
		"at ", ".go:", "File \"", "Traceback", "panic: ", "goroutine ", "Exception", "Error", "PHP ", ".php:", "#", ".rb:", "panicked at",
		"ORA-", "Msg ", "ERROR ", "SQLSTATE[", "violates ",
	} {
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
