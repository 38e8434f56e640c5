package cards

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// invisible breaks up what clients read as a command of their own, such as
// "<at>" or "{{DATE(…)}}": a backslash may not stop them, as they may look for
// it after Markdown has been read.
const invisible = '\u2060'

// special are the signs that Escape may have to do something about, wherever
// they stand.
const special = "\\*_~`[]<>|&{"

// leading are the signs that mean something at the beginning of a line only.
const leading = "#+-="

// Escape gives a person's text for a place that shows Markdown, so that it
// reads as it was typed: no mark-up, link, mention or date macro of theirs
// takes effect. Line breaks stay; control signs and signs that turn the
// direction of writing are left out. Marks that mean something at the
// beginning of a line only are left alone elsewhere.
func Escape(s string) string {
	s = clean(s)
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/8 + 8)
	for i, line := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }) {
		if i > 0 {
			// One line break is a space in Markdown; two begin a new line.
			b.WriteString("\n\n")
		}
		escapeLine(&b, line)
	}
	return b.String()
}

// isPlain tells that nothing in a cleaned text needs a second look.
func isPlain(s string) bool {
	if s == "" {
		return true
	}
	first := s[0]
	if first == ' ' || first >= '0' && first <= '9' || strings.IndexByte(leading, first) >= 0 {
		return false
	}
	return !strings.ContainsAny(s, special+"\n")
}

func escapeLine(b *strings.Builder, line string) {
	line = escapeStart(b, line)
	for i := range len(line) {
		c := line[i]
		switch {
		case c == '<':
			b.WriteString(`\<`)
			b.WriteRune(invisible)
		case c == '{' && strings.HasPrefix(line[i+1:], "{"):
			b.WriteByte('{')
			b.WriteRune(invisible)
		case c == '{':
			b.WriteByte(c)
		case c == '&' && !beginsEntity(line[i+1:]):
			b.WriteByte(c)
		case strings.IndexByte(special, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
}

// escapeStart writes what begins a line and gives back the rest.
func escapeStart(b *strings.Builder, line string) string {
	// Four spaces would make a block of code; these stay where they are.
	text := strings.TrimLeft(line, " ")
	for range len(line) - len(text) {
		b.WriteRune('\u00a0')
	}
	if text == "" {
		return ""
	}
	if strings.IndexByte(leading, text[0]) >= 0 {
		b.WriteByte('\\')
		b.WriteByte(text[0])
		return text[1:]
	}
	// "1." and "1)" begin a list.
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if digits > 0 && digits < len(text) && (text[digits] == '.' || text[digits] == ')') {
		b.WriteString(text[:digits])
		b.WriteByte('\\')
		b.WriteByte(text[digits])
		return text[digits+1:]
	}
	return text
}

// beginsEntity tells whether what stands behind an ampersand makes it the name
// of a character, as in "&lt;".
func beginsEntity(s string) bool {
	end := strings.IndexByte(s, ';')
	if end < 1 || end > 32 {
		return false
	}
	return strings.IndexFunc(strings.TrimPrefix(s[:end], "#"), func(r rune) bool {
		return r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) < 0
}

// clean leaves out what is no text: control signs, and signs that turn the
// direction of writing for what follows them (Unicode Standard Annex 9).
// Scripts that run from right to left need none of these.
func clean(s string) string {
	if strings.IndexFunc(s, unclean) < 0 {
		return s
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ").Replace(s)
	return strings.Map(func(r rune) rune {
		if r != '\n' && unclean(r) {
			return -1
		}
		return r
	}, s)
}

func unclean(r rune) bool {
	switch {
	case r == '\n':
		return false
	case r < ' ', r >= 0x7f && r <= 0x9f, r == '\u2028', r == '\u2029', r == '\ufeff':
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// Shorten cuts a text to so many runes, an ellipsis among them, where possible
// between two words, and never inside of what is read as one sign.
func Shorten(s string, runes int) string {
	if len(s) <= runes || utf8.RuneCountInString(s) <= runes {
		return s
	}
	if runes < 2 {
		return "…"
	}
	text := []rune(s)
	end := runes - 1
	for end > 0 && joined(text[end-1], text[end]) {
		end--
	}
	// A word is left whole if that does not cost much.
	for back := end; back > end-runes/5; back-- {
		if unicode.IsSpace(text[back]) {
			end = back
			break
		}
	}
	return strings.TrimRightFunc(string(text[:end]), unicode.IsSpace) + "…"
}

// joined tells whether two runes belong to one sign: an accent, a joined
// emoji and its variants, a flag.
func joined(before, after rune) bool {
	const joiner = '\u200d'
	switch {
	case before == joiner, after == joiner, unicode.In(after, unicode.Mn, unicode.Me, unicode.Mc):
		return true
	case after >= 0x1f3fb && after <= 0x1f3ff: // the colours of skin
		return true
	case after >= 0xe0020 && after <= 0xe007f: // the tags of a flag
		return true
	}
	return isFlag(before) && isFlag(after)
}

func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
