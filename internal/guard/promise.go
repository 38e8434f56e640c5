package guard

import "slices"

// meaning is what a phrase means for a promise.
type meaning uint8

// The meanings of phrases. A time belongs to the anchor beside it: what is done at
// that time.
const (
	none meaning = iota

	deadline // a time that lies ahead: "by 5 pm", "in two hours", "tomorrow"
	point    // a time that may lie ahead: "at 5 pm", "on Friday"
	length   // a span of time: "two hours"
	bare     // a time that says by itself until when: "ten minutes tops"
	pastTime // a time that is over: "yesterday"
	habit    // a time that is no promise: "every day at 6", "from 9 to 5"

	fix      // anchor: the fix, done or to do: "fix", "be back", "works again"
	finished // anchor: the same in a form that may be of the past: "fixed"
	solution // anchor: the fix as a thing: "patch", "solution"
	estimate // anchor: a word for its time: "ETA"
	need     // anchor: what it takes: "takes two hours"
	tell     // anchor: a word to the customer: "update you"
	other    // anchor: anything else that is done at a time

	speaker   // "we"
	future    // "will"
	past      // "was", "has been"
	denial    // "cannot promise"
	contrast  // "but"
	boundary  // "and", ","
	condition // "if", "whether": nothing in its clause is promised

	harmless // what would blame if it were not for a word inside of it
)

// meanings gives the meanings by their names in files of phrases.
func meanings() map[string]meaning {
	return map[string]meaning{
		"deadline": deadline, "point": point, "length": length, "bare": bare, "pastTime": pastTime, "habit": habit,
		"fix": fix, "finished": finished, "solution": solution, "estimate": estimate, "need": need, "tell": tell, "other": other,
		"speaker": speaker, "future": future, "past": past, "denial": denial, "contrast": contrast, "boundary": boundary, "condition": condition,
		"harmless": harmless,
	}
}

func (m meaning) time() bool   { return deadline <= m && m <= bare }
func (m meaning) anchor() bool { return fix <= m && m <= other }

// event is a phrase of a sentence that has a meaning for promises.
type event struct {
	meaning
	first, last int // tokens
	clause      int
	denied      bool // somebody said before that it is no promise
}

const (
	// sentenceTokens bounds a sentence: what is longer is a list or a log.
	sentenceTokens = 300
	// lightWords is how many words a clause may have beside a time to be taken for the
	// rest of its neighbour: ", at the latest tomorrow".
	lightWords = 3
)

// promises gives the times for the fix in the text. Those that would do for the
// next word to the customer are told: "by 5 pm".
func (c *check) promises() []thing {
	var found []thing
	for _, s := range sentences(c.tokens) {
		if c.language.question(c.tokens[s.start:s.end]) {
			continue
		}
		for _, at := range c.language.promises(c.tokens, s) {
			for at.end > at.start+1 && joins(c.tokens[at.end-1].text) {
				at.end-- // "by 5 pm, on" is the beginning of "by 5 pm, on Friday" alone
			}
			what := ""
			if _, _, kept := c.language.kept.longest(c.tokens, at.start); kept {
				what = "time"
			}
			found = append(found, thing{c.span(at.start, at.end), what})
		}
	}
	return found
}

// joins tells whether a word stands in the middle of a time and never ends one.
func joins(w string) bool { return slices.Contains([]string{",", "(", "-", "the", "at", "on"}, w) }

// sentences takes the tokens apart where a sentence ends.
func sentences(tokens []token) []span {
	var all []span
	start := 0
	for i := range tokens {
		if ends(tokens, i) || i-start >= sentenceTokens || i == len(tokens)-1 {
			all = append(all, span{start, i + 1})
			start = i + 1
		}
	}
	return all
}

// ends tells whether a sentence ends with the token: at its full stop, at an empty
// line, and before the item of a list.
func ends(tokens []token, i int) bool {
	t, before, next := tokens[i], token{kind: newline}, token{kind: newline}
	if i > 0 {
		before = tokens[i-1]
	}
	if i+1 < len(tokens) {
		next = tokens[i+1]
	}
	switch {
	case t.kind == newline:
		return next.kind == mark && next.text != "(" || next.kind == newline || before.kind == mark
	case t.text == "!", t.text == "?":
		return true
	case t.text != "." || next.text == "." || before.text == "." || abbreviated(before.text):
		return false
	}
	return next.start > t.end || next.kind == newline
}

// abbreviated tells whether a word is written with a full stop that ends no sentence.
func abbreviated(w string) bool {
	return slices.Contains([]string{"approx", "ca", "max", "hr", "hrs", "mr", "mrs", "ms", "dr", "no", "nr", "incl", "est", "tel", "tp"}, w)
}

// promises gives the times for the fix in one sentence, as ranges of tokens.
func (l *language) promises(tokens []token, s span) []span {
	events, weight := l.events(tokens, s)
	var found []span
	for i, e := range events {
		if !e.time() || e.denied {
			continue
		}
		if e.meaning == bare && !about(events, i, other, tell, past, pastTime) {
			found = append(found, span{e.first, e.last})
			continue
		}
		anchor, near := governing(events, i, weight)
		if anchor >= 0 && fixed(events, i, anchor, near) || !near && foretold(events, i, weight) {
			found = append(found, span{e.first, e.last})
		}
	}
	return found
}

// events reads a sentence, and counts the words of each clause that are in no event.
func (l *language) events(tokens []token, s span) (events []event, weight []int) {
	denied, open := false, false
	weight = []int{0}
	sentence := tokens[:s.end]
	for i := s.start; i < s.end; {
		end, means, found := l.promise.longest(sentence, i)
		if !found {
			t := tokens[i]
			switch {
			case t.text == ";":
				means = contrast
			case t.kind < mark:
				weight[len(weight)-1]++
			}
			end = i + 1
		}
		switch means {
		case denial:
			denied = true
			for j := len(events) - 1; j >= 0 && events[j].clause == len(weight)-1; j-- {
				events[j].denied = true // "by Friday I cannot promise it"
			}
		case contrast, boundary, condition:
			denied = denied && means != contrast
			weight = append(weight, 0)
			open = means == condition
		case none:
		default:
			events = append(events, event{means, i, end, len(weight) - 1, denied || open})
		}
		i = end
	}
	return events, weight
}

// governing finds the anchor to which a time belongs: the nearest before it in its
// clause, else the nearest behind it, else that of the neighbouring clause if its
// own says nothing else. It tells whether the anchor stands in the same clause.
func governing(events []event, i int, weight []int) (anchor int, near bool) {
	clause := events[i].clause
	before, behind := neighbours(events, i)
	next := i + 1
	switch {
	case next < len(events) && events[next].meaning == future && events[next].first == events[i].last &&
		behind >= 0 && events[behind].clause == clause:
		return behind, true // "the vendor says tomorrow will …"
	case before >= 0 && events[before].clause == clause:
		return before, true
	case behind >= 0 && events[behind].clause == clause:
		return behind, true
	case weight[clause] > lightWords:
		return -1, false
	case before >= 0:
		return before, false
	}
	return behind, false
}

// neighbours gives the nearest anchors before and behind an event; -1 for none. A
// word for the fix that is the object of another anchor of its clause does not
// count: "test the patch", "update you on the fix".
func neighbours(events []event, i int) (before, behind int) {
	before, behind = -1, -1
	for j := i - 1; j >= 0 && before < 0; j-- {
		if events[j].anchor() {
			before = j
		}
	}
	if before > 0 && events[before].meaning == solution {
		if j := before - 1; events[j].anchor() && events[j].clause == events[before].clause && events[before].first-events[j].last < 4 {
			before = j
		}
	}
	for j := i + 1; j < len(events) && behind < 0; j++ {
		if events[j].anchor() && !subject(events, j) {
			behind = j
		}
	}
	return before, behind
}

// subject tells whether an anchor is only what the verb behind it is about: "the
// payments will work again".
func subject(events []event, i int) bool {
	return events[i].meaning == other && i+2 < len(events) && events[i+1].meaning == future && events[i+1].clause == events[i].clause &&
		events[i+2].anchor() && events[i+2].clause == events[i].clause
}

// fixed tells whether the anchor makes the time one for the fix.
func fixed(events []event, i, anchor int, near bool) bool {
	a, t := events[anchor], events[i]
	ahead, over := tenses(events, i, anchor)
	if over {
		return false
	}
	switch a.meaning {
	case estimate:
		return true
	case fix:
		return t.meaning != length
	case finished, solution:
		return t.meaning == deadline || t.meaning == point && ahead
	case need:
		takes := t.meaning == length || t.meaning == deadline && t.first == a.last
		return near && takes && t.first >= a.last && !after(events, anchor, other, tell)
	default:
		return false
	}
}

// tenses tells whether the clause of an anchor is about what is ahead, and whether
// what it says of the anchor is over.
func tenses(events []event, i, anchor int) (ahead, over bool) {
	a, t := events[anchor], events[i]
	verb := anchor
	if a.meaning == solution || a.meaning == estimate {
		verb = max(anchor, i) // its verb stands behind it: "the patch went out"
	}
	for j, e := range events {
		if e.clause == a.clause && (e.meaning == future || e.meaning == past) {
			ahead = ahead || e.meaning == future
			if j < verb {
				over = e.meaning == past
			}
		}
	}
	for _, e := range events {
		over = over || e.clause == t.clause && e.meaning == pastTime && t.meaning != deadline
	}
	return ahead, over
}

// foretold tells whether a time lies ahead in a clause that foretells something in
// words that no phrase knows: most often that is the fix in other words ("they will
// have cracked it by noon"), and it is better to ask than to let it go. A clause that
// is little more than the time is about what its neighbours foretell.
func foretold(events []event, i int, weight []int) bool {
	clause := events[i].clause
	if foretells(events, i, clause) {
		return true
	}
	if weight[clause] > lightWords {
		return false
	}
	for _, e := range events {
		if e.clause == clause && !e.time() {
			return false
		}
	}
	return foretells(events, i, clause+1) || foretells(events, i, clause-1)
}

// foretells tells whether a clause says of something unknown that it will be, at the
// time of an event. Of a time that may be over, too, it has to be no word of what we do.
func foretells(events []event, i, clause int) bool {
	ahead, ours := false, false
	for _, e := range events {
		if e.clause != clause {
			continue
		}
		if e.anchor() || e.meaning == past || e.meaning == pastTime || e.denied {
			return false
		}
		ahead, ours = ahead || e.meaning == future, ours || e.meaning == speaker
	}
	return ahead && (events[i].meaning == deadline || events[i].meaning == point && !ours)
}

// about tells whether one of the meanings stands in the clause of the event.
func about(events []event, i int, meanings ...meaning) bool {
	return slices.ContainsFunc(events, func(e event) bool { return e.clause == events[i].clause && slices.Contains(meanings, e.meaning) })
}

// after tells whether one of the meanings stands before the event in its clause.
func after(events []event, i int, meanings ...meaning) bool {
	for j := i - 1; j >= 0 && events[j].clause == events[i].clause; j-- {
		if slices.Contains(meanings, events[j].meaning) {
			return true
		}
	}
	return false
}

// question tells whether a sentence asks something, so that it promises nothing.
func (l *language) question(sentence []token) bool {
	last := len(sentence) - 1
	for last >= 0 && (sentence[last].kind == newline || sentence[last].text == "\"" || sentence[last].text == ")") {
		last--
	}
	if last < 0 || sentence[last].text != "?" {
		return false
	}
	for i := range sentence {
		if _, _, asks := l.asks.longest(sentence, i); asks && (!l.asksFirst || i == 0 || sentence[i-1].kind >= mark) {
			return true
		}
	}
	return false
}
