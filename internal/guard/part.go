package guard

import "handrail/internal/ticket"

// has tells whether the text has a part: a phrase of the part that stands outside
// of quotations.
func (c *check) has(part ticket.CustomerPart) bool {
	set := c.language.sets[string(part)]
	for i := range c.tokens {
		if end, _, found := set.longest(c.tokens, i); found && !overlaps(c.quotes, c.reading.span(i, end)) {
			return true
		}
	}
	return false
}
