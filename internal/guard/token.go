package guard

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number or a mark of a folded text.
type token struct {
	text       string
	start, end int
	kind       tokenKind
}

type tokenKind uint8

// The kinds of tokens.
const (
	word tokenKind = iota
	number
	mark
	newline
)

// tokenize takes a folded text apart. A word is letters with the apostrophes
// between them; a number is digits with the separators between them, so that
// "16:00" is one token and "9h15" three. A hyphen inside of a word is a gap.
func tokenize(text string) []token {
	tokens := make([]token, 0, len(text)/4)
	for i := 0; i < len(text); {
		letter, size := utf8.DecodeRuneInString(text[i:])
		start := i
		i += size
		switch {
		case letter == ' ':
		case letter == '\n':
			tokens = append(tokens, token{"\n", start, i, newline})
		case '0' <= letter && letter <= '9':
			i = endOfNumber(text, i)
			tokens = append(tokens, token{text[start:i], start, i, number})
		case inWord(letter):
			i = endOfWord(text, i)
			tokens = append(tokens, token{toned(text[start:i]), start, i, word})
		case letter == '-' && between(text, start, i):
		default:
			tokens = append(tokens, token{text[start:i], start, i, mark})
		}
	}
	return tokens
}

func inWord(letter rune) bool {
	return letter == '_' || unicode.IsLetter(letter) || unicode.IsMark(letter)
}

// between tells whether the bytes of text from start to end have a letter or digit on both sides.
func between(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	ours := func(letter rune) bool { return inWord(letter) || unicode.IsDigit(letter) }
	return ours(before) && ours(after)
}

func endOfWord(text string, i int) int {
	for i < len(text) {
		letter, size := utf8.DecodeRuneInString(text[i:])
		if letter == '\'' && i+1 < len(text) {
			if next, _ := utf8.DecodeRuneInString(text[i+1:]); !unicode.IsLetter(next) {
				return i
			}
		} else if !inWord(letter) {
			return i
		}
		i += size
	}
	return i
}

func endOfNumber(text string, i int) int {
	for i < len(text) {
		separator := strings.IndexByte(".,:/-", text[i]) >= 0 && i+1 < len(text) && '0' <= text[i+1] && text[i+1] <= '9'
		if !separator && (text[i] < '0' || text[i] > '9') {
			return i
		}
		i++
	}
	return i
}

// toned puts the tone of a Vietnamese word that ends in "oa", "oe" or "uy" where
// the older spelling has it: both "hoá" and "hóa" are written.
func toned(w string) string {
	const newer, older = "oáoàoảoãoạoéoèoẻoẽoẹuýuỳuỷuỹuỵ", "óaòaỏaõaọaóeòeỏeõeọeúyùyủyũyụy"
	_, size := utf8.DecodeLastRuneInString(w)
	if size < 2 || len(w) <= size {
		return w
	}
	ending := w[len(w)-size-1:]
	before, _, found := strings.Cut(newer, ending)
	if !found {
		return w
	}
	at := utf8.RuneCountInString(before)
	return w[:len(w)-size-1] + string([]rune(older)[at:at+2])
}

// shape says what a number may be. A number can have more than one.
type shape uint8

// The shapes of numbers.
const (
	anyNumber shape = 1 << iota
	count           // 2, 3-4, 1.5
	hour            // 5, 17
	clock           // 16:00, 5.30
	date            // 3/12, 3.12, 2024-12-03
)

func shapeOf(text string) shape {
	separator := strings.IndexAny(text, ".,:/-")
	if separator < 0 {
		if n := small(text); n >= 0 && n <= 24 {
			return anyNumber | count | hour
		}
		return anyNumber | count
	}
	left, right := small(text[:separator]), text[separator+1:]
	switch text[separator] {
	case ':':
		if left >= 0 && left <= 24 {
			return anyNumber | clock
		}
		return anyNumber
	case '/':
		return anyNumber | date
	case '-':
		return anyNumber | hyphened(right)
	}
	return anyNumber | dotted(left, right)
}

// hyphened is the shape of a number with a hyphen before the rest: 3-4, 2024-12-03, 9-10:30.
func hyphened(rest string) shape {
	switch {
	case strings.Contains(rest, ":"):
		return clock
	case small(rest) >= 0:
		return count | hour
	}
	return date
}

// dotted is the shape of a number with a dot or a comma before the rest: 1.5, 16.30, 3.12.2024.
func dotted(first int, rest string) shape {
	day := first >= 0 && first <= 31
	switch {
	case len(rest) == 2 && day && small(rest) >= 0 && small(rest) <= 59:
		return count | clock | date
	case len(rest) == 1:
		return count
	case day && strings.Count(rest, ".") == 1:
		return date
	}
	return 0
}

// small gives a number of up to three digits; negative for anything else.
func small(digits string) int {
	n := 0
	if digits == "" || len(digits) > 3 {
		return -1
	}
	for _, digit := range []byte(digits) {
		if digit < '0' || digit > '9' {
			return -1
		}
		n = n*10 + int(digit-'0')
	}
	return n
}
