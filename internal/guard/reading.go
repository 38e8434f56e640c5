package guard

import (
	"iter"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// reading is a text as the rules of a language read it: composed (NFKC), in
// lower case, with one kind of quotation marks, apostrophes and spaces. It knows
// where each of its bytes stands in the text as it was written.
type reading struct {
	written string
	folded  string
	// at has, for each byte of folded and for its end, the byte of written.
	at []int32
	// tokens are the words, numbers and marks of folded.
	tokens []token
	// quotes are the ranges of written that are somebody else's words, in order.
	quotes []span
}

// span is a range of bytes.
type span struct{ start, end int }

func read(text string) *reading {
	r := &reading{written: text, at: make([]int32, 0, len(text)+1), quotes: quotations(text)}
	folded := make([]byte, 0, len(text))
	var iter norm.Iter
	iter.InitString(norm.NFKC, text)
	for !iter.Done() {
		start := int32(iter.Pos())
		for _, letter := range string(iter.Next()) {
			letter = fold(letter)
			if letter < 0 {
				continue
			}
			before := len(folded)
			folded = append(folded, string(letter)...)
			for range len(folded) - before {
				r.at = append(r.at, start)
			}
		}
	}
	r.at = append(r.at, int32(len(text)))
	r.folded = string(folded)
	r.tokens = tokenize(r.folded)
	return r
}

// fold gives the letter as the rules know it; negative for one that nobody sees.
func fold(letter rune) rune {
	switch letter {
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\r':
		return -1
	case '“', '”', '„', '‟', '«', '»', '″':
		return '"'
	case '‘', '’', '‚', '‛', '′', 'ʼ', '`':
		return '\''
	case '‐', '‑', '‒', '–', '−':
		return '-'
	case '\n':
		return '\n'
	}
	if unicode.IsSpace(letter) {
		return ' '
	}
	return unicode.ToLower(letter)
}

// span gives the bytes as written of the tokens from first up to the one before last.
func (r *reading) span(first, last int) span {
	start, end := r.tokens[first].start, r.tokens[last-1].end
	// A letter that was composed from several ends where the next one begins.
	for end < len(r.folded) && r.at[end] == r.at[end-1] {
		end++
	}
	s := span{int(r.at[start]), int(r.at[end])}
	s.end = s.start + len(strings.TrimRightFunc(r.written[s.start:s.end], unseen))
	return s
}

// unseen tells whether a letter at the end of words is not one of them.
func unseen(letter rune) bool { return unicode.IsSpace(letter) || fold(letter) < 0 }

// lines gives the lines of a text with the place where each begins.
func lines(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		start := 0
		for line := range strings.SplitAfterSeq(text, "\n") {
			if !yield(start, line) {
				return
			}
			start += len(line)
		}
	}
}

// overlaps tells whether a range shares a byte with one of those given, which are
// in order and apart.
func overlaps(all []span, s span) bool {
	i, _ := slices.BinarySearchFunc(all, s.start, func(one span, start int) int { return one.end - start - 1 })
	return i < len(all) && all[i].start < s.end
}

// merged puts ranges in order and joins those that touch.
func merged(all []span) []span {
	slices.SortFunc(all, func(a, b span) int { return a.start - b.start })
	var apart []span
	for _, s := range all {
		if last := len(apart) - 1; last >= 0 && apart[last].end >= s.start {
			apart[last].end = max(apart[last].end, s.end)
		} else {
			apart = append(apart, s)
		}
	}
	return apart
}
