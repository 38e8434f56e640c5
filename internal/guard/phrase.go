package guard

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A phrase is written as the words of which it consists, with spaces between:
//
//	by|before          one of these
//	the?               there or not
//	*                  up to three words, but no numbers and marks; as few as will do
//	{duration}         a phrase of the set with that name, as long as there is
//	{#hour}            a number of that shape
//	{duration}|noon?   all of this together
//
// A Vietnamese word also stands for itself without its diacritics, as it is
// written in a hurry, but not for one with other diacritics: "loi" is both
// "lỗi" and "lời", "lời" is not "lỗi".

// lexicon is a language's sets of phrases, each of which may use those before it.
type lexicon struct{ sets map[string]*phrases }

// phrases is a set of phrases, found by their first word.
type phrases struct {
	byWord   map[string][]phrase
	byNumber []phrase
}

// phrase is what one line of a lexicon says, with the meaning that it has there.
type phrase struct {
	parts   []part
	meaning meaning
}

// part is one place of a phrase: one of the words, of the sets or of the shapes.
type part struct {
	words    []string
	sets     []*phrases
	number   shape
	gap      bool
	optional bool
}

// gapWords is how many words a "*" stands for at most.
const gapWords = 3

// load reads a file of phrases: "[set meaning]" and below it the phrases, each on a
// line of its own or with semicolons between. A line that begins with "# " is a comment.
func (l *lexicon) load(file string) {
	var set, means string
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if heading, is := strings.CutPrefix(line, "["); is {
			set, means, _ = strings.Cut(strings.TrimSuffix(heading, "]"), " ")
		} else if line != "" && !strings.HasPrefix(line, "# ") {
			meaning, known := meanings()[means]
			if !known && means != "" {
				panic("guard: there is no meaning " + means)
			}
			l.add(set, meaning, line)
		}
	}
}

// add puts phrases with a meaning into the named set.
func (l *lexicon) add(name string, means meaning, list string) {
	set := l.sets[name]
	if set == nil {
		set = &phrases{byWord: map[string][]phrase{}}
		l.sets[name] = set
	}
	for line := range strings.SplitSeq(list, ";") {
		var p phrase
		p.meaning = means
		for field := range strings.FieldsSeq(line) {
			p.parts = append(p.parts, l.part(field))
		}
		if len(p.parts) > 0 {
			set.index(p)
		}
	}
}

// part reads one place of a phrase. A set that is not there is a mistake in the
// lexicon, which the first test of it shows.
func (l *lexicon) part(field string) part {
	if field == "*" {
		return part{gap: true, optional: true}
	}
	var p part
	field, p.optional = strings.CutSuffix(field, "?")
	for name := range strings.SplitSeq(field, "|") {
		inner, isSet := strings.CutPrefix(strings.TrimSuffix(name, "}"), "{")
		switch {
		case isSet && strings.HasPrefix(inner, "#"):
			if shapes()[inner[1:]] == 0 {
				panic("guard: there is no shape " + name)
			}
			p.number |= shapes()[inner[1:]]
		case isSet:
			if l.sets[inner] == nil {
				panic("guard: there is no set " + name)
			}
			p.sets = append(p.sets, l.sets[inner])
		default:
			w := toned(norm.NFC.String(name))
			p.words = append(p.words, w)
			if bare := plain(w); bare != w {
				p.words = append(p.words, bare)
			}
		}
	}
	return p
}

func shapes() map[string]shape {
	return map[string]shape{"any": anyNumber, "count": count, "hour": hour, "clock": clock, "date": date}
}

// plain gives a word without its diacritics.
func plain(w string) string {
	var b strings.Builder
	for _, letter := range norm.NFD.String(w) {
		switch {
		case letter == 'đ':
			b.WriteByte('d')
		case letter < 0x300 || letter > 0x36f:
			b.WriteRune(letter)
		}
	}
	return b.String()
}

// index files a phrase under all that it may begin with.
func (s *phrases) index(p phrase) {
	for _, first := range p.parts {
		numbers := first.number != 0
		for _, w := range first.words {
			s.byWord[w] = append(s.byWord[w], p)
		}
		for _, set := range first.sets {
			for w := range set.byWord {
				s.byWord[w] = append(s.byWord[w], p)
			}
			numbers = numbers || len(set.byNumber) > 0
		}
		if numbers {
			s.byNumber = append(s.byNumber, p)
		}
		if !first.optional {
			return
		}
	}
}

// longest finds the longest phrase of the set that begins at the token i: the
// token behind it and its meaning; false where none begins there.
func (s *phrases) longest(tokens []token, i int) (end int, means meaning, found bool) {
	if i >= len(tokens) {
		return 0, 0, false
	}
	candidates := s.byWord[tokens[i].text]
	if tokens[i].kind == number {
		candidates = s.byNumber
	}
	for _, p := range candidates {
		if e := match(p.parts, tokens, i); e > end {
			end, means, found = e, p.meaning, true
		}
	}
	return end, means, found
}

// match gives the token behind a phrase that begins at the token i; 0 where it does not.
func match(parts []part, tokens []token, i int) int {
	if len(parts) == 0 {
		return i
	}
	first, rest := parts[0], parts[1:]
	if first.gap {
		for skipped := 0; skipped <= gapWords; skipped++ {
			if end := match(rest, tokens, i+skipped); end > 0 {
				return end
			}
			if i+skipped >= len(tokens) || tokens[i+skipped].kind != word {
				return 0
			}
		}
		return 0
	}
	if next := first.match(tokens, i); next > 0 {
		if end := match(rest, tokens, next); end > 0 {
			return end
		}
	}
	if first.optional {
		return match(rest, tokens, i)
	}
	return 0
}

// match gives the token behind the one part; 0 where it does not stand at i.
func (p part) match(tokens []token, i int) int {
	if i >= len(tokens) {
		return 0
	}
	end := 0
	if tokens[i].kind == number {
		if p.number != 0 && shapeOf(tokens[i].text)&p.number != 0 {
			end = i + 1
		}
	} else if slices.Contains(p.words, tokens[i].text) {
		end = i + 1
	}
	for _, set := range p.sets {
		if e, _, found := set.longest(tokens, i); found {
			end = max(end, e)
		}
	}
	return end
}
