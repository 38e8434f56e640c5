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
	i := strings.Index(newer, ending)
	if i < 0 {
		return w
	}
	at := utf8.RuneCountInString(newer[:i])
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
	left, right := text[:separator], text[separator+1:]
	first, second := small(left), small(right)
	switch text[separator] {
	case ':':
		if first >= 0 && first <= 24 {
			return anyNumber | clock
		}
	case '-':
		if strings.ContainsAny(right, ":") {
			return anyNumber | clock
		}
		if second >= 0 {
			return anyNumber | count | hour
		}
		return anyNumber | date
	case '/':
		return anyNumber | date
	case '.', ',':
		if len(right) == 2 && first >= 0 && first <= 31 && second >= 0 && second <= 59 {
			return anyNumber | count | clock | date
		}
		if len(right) == 1 {
			return anyNumber | count
		}
		if strings.Count(right, ".") == 1 && first >= 0 && first <= 31 {
			return anyNumber | date
		}
	}
	return anyNumber
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
