package guard

import "strings"

// pardonWords is how far before a phrase that blames a word may stand that takes
// the blame away: "this is not at all your fault".
const pardonWords = 3

// blames gives the words of the text that blame the customer.
func (c *check) blames() []span {
	return c.all(c.language.blame, func(first, last int) bool {
		for i := first - 1; i >= 0 && i >= first-pardonWords && c.tokens[i].kind < mark; i-- {
			if _, _, pardoned := c.language.pardon.longest(c.tokens, i); pardoned {
				return false
			}
		}
		_, _, pardoned := c.language.pardoned.longest(c.tokens, last)
		return !pardoned
	})
}

// jargons gives the words of engineers.
func (c *check) jargons() []span {
	found := c.all(c.language.jargon, func(int, int) bool { return true })
	for i, t := range c.tokens {
		// "NullReferenceException", as code writes it.
		if t.kind == word && len(t.text) > len("exception") && strings.HasSuffix(t.text, "exception") {
			found = append(found, c.span(i, i+1))
		}
		// "ParseInvoice()", a call.
		if t.kind == word && i+2 < len(c.tokens) && c.tokens[i+1].text == "(" && c.tokens[i+2].text == ")" && c.tokens[i+1].start == t.end {
			found = append(found, c.span(i, i+3))
		}
		if _, _, commit := c.language.commit.longest(c.tokens, i); commit && hash(c.folded[t.end:]) {
			found = append(found, c.span(i, i+1))
		}
	}
	return found
}

// hash tells whether a text goes on with the short or long name of a commit.
func hash(text string) bool {
	text = strings.TrimLeft(text, " #:")
	digits, letters := 0, 0
	for _, c := range []byte(text) {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'f':
			letters++
		default:
			return digits > 0 && digits+letters >= 6 && (c < 'g' || c > 'z')
		}
		if digits+letters > 40 {
			return false
		}
	}
	return digits > 0 && digits+letters >= 6
}

// all gives the phrases of a set in the text that the condition lets pass.
func (c *check) all(set *phrases, passes func(first, last int) bool) []span {
	var found []span
	for i := 0; i < len(c.tokens); {
		end, means, ok := set.longest(c.tokens, i)
		if !ok {
			i++
			continue
		}
		if means != harmless && passes(i, end) {
			found = append(found, c.span(i, end))
		}
		i = end
	}
	return found
}
