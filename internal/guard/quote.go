package guard

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// said is how a quotation of the customer begins, with its mark.
var said = regexp.MustCompile(`(?i)\b(?:you|customer)\s+(?:\w+\s+)?(?:wrote|write|said|say|asked|mentioned|reported|told us|` +
	`put it)\b[^"“”„«\n]{0,60}["“„«]` +
	`|\b(?:your|the)\s+(?:message|mail|e-mail|email|words|request|question|ticket)\b[^"“”„«\n.]{0,40}["“„«]` +
	`|(?:anh|chị|chi|bạn|quý khách|khách hàng|khách)\s+(?:có\s+|đã\s+|da\s+)?(?:viết|viet|nói|noi|hỏi|hoi|nhắn|nhan|ghi|` +
	`báo)[^"“”„«\n]{0,40}["“„«]`)

// answered is the line under which a mail program puts the message that is answered.
var answered = regexp.MustCompile(`(?i)^(?:-{3,} ?(?:original message|forwarded message|thư gốc)\b.*|` +
	`on .{4,80} wrote:|vào .{4,80} đã viết:|_{20,})$`)

// quotations gives the ranges of a text that are somebody else's words: lines that
// begin with ">", text in quotation marks behind "you wrote", and the message that
// a mail answers.
func quotations(text string) []span {
	var quotes []span
	for start, whole := range lines(text) {
		end, line := start+len(whole), strings.TrimSpace(whole)
		switch {
		case len(line) < 200 && answered.MatchString(line):
			return merged(append(quotes, span{start, len(text)}))
		case strings.HasPrefix(line, ">"):
			quotes = append(quotes, span{start, end})
		default:
			for _, quote := range quotedInLine(whole) {
				quotes = append(quotes, span{start + quote.start, start + quote.end})
			}
		}
	}
	return merged(quotes)
}

// quotedInLine gives what stands in quotation marks behind "you wrote", up to the
// closing mark or, where it is missing, the end of the line.
func quotedInLine(line string) []span {
	if !strings.ContainsAny(line, `"“„«`) {
		return nil
	}
	var quotes []span
	for from := 0; from < len(line); {
		found := said.FindStringIndex(line[from:])
		if found == nil {
			break
		}
		start := from + found[1]
		end := len(line)
		if closing := strings.IndexAny(line[start:], `"”“»`); closing >= 0 {
			end = start + closing
		}
		quotes = append(quotes, span{start, end})
		from = end
		if from < len(line) {
			_, size := utf8.DecodeRuneInString(line[from:])
			from += size
		}
	}
	return quotes
}
