package odoo

import (
	"html"
	"strings"
	"unicode/utf8"
)

// longestText is how many bytes of a text go either way. cutMark ends one that was longer.
const (
	longestText = 1 << 20
	cutMark     = "… cut"
)

// markup writes plain text of people as HTML that says the same: every character of
// theirs is data. A blank line begins a paragraph, and indents stay.
func markup(text string) string {
	text = shortText(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(strings.ToValidUTF8(text, "�")))
	var b strings.Builder
	for part := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		part = strings.Trim(part, "\n")
		if strings.TrimSpace(part) == "" {
			continue
		}
		b.WriteString("<p>")
		for i, line := range strings.Split(part, "\n") {
			if i > 0 {
				b.WriteString("<br>")
			}
			writeLine(&b, line)
		}
		b.WriteString("</p>")
	}
	return b.String()
}

// writeLine writes a line. HTML makes one of several spaces, so that all but the
// last are such as do not break.
func writeLine(b *strings.Builder, line string) {
	line = strings.ReplaceAll(line, "\t", "    ")
	indent := len(line) - len(strings.TrimLeft(line, " "))
	b.WriteString(strings.Repeat("&nbsp;", indent))
	line = html.EscapeString(line[indent:])
	for strings.Contains(line, "  ") {
		line = strings.ReplaceAll(line, "  ", "&nbsp; ")
	}
	b.WriteString(line)
}

// shortText cuts a text that is too long between two characters, and says so.
func shortText(text string) string {
	if len(text) <= longestText {
		return text
	}
	end := longestText - len(cutMark) - 1
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "\n" + cutMark
}

// signature ends a message of somebody who has no user in Odoo, so that it comes
// from the bot's.
func signature(name string) string { return markup("— " + strings.Join(strings.Fields(name), " ")) }

// signed tells whether a text says by itself whom it is from: at its begin, as notes
// do, or at its end, as letters do.
func signed(text, name string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, name) || strings.HasSuffix(text, name)
}
