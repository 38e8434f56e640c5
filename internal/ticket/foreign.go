package ticket

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shortName is how many letters a word of a name has at least by which people are known.
const shortName = 4

// Own puts words about one ticket into those about another one: its number, its title
// and its customer take the place of the first one's. Whether that is all, [Foreign] tells.
func Own(words string, from, to *Ticket) string {
	for _, pair := range [][2]string{{from.Title, to.Title}, {titleWithin(from), titleWithin(to)}, {from.Customer, to.Customer}} {
		if was := strings.TrimSpace(pair[0]); utf8.RuneCountInString(was) >= shortName {
			words = wholly(was).ReplaceAllLiteralString(words, pair[1])
		}
	}
	return wholly(from.String()).ReplaceAllLiteralString(words, to.String())
}

// titleWithin gives a title as it stands inside of a sentence.
func titleWithin(t *Ticket) string { return strings.TrimRight(t.Title, ".!? ") }

// Foreign gives a customer's name or a ticket's number of the others that stands in words
// which the customer of a ticket is to read; false for none. A word of a name counts as well
// as the whole, unless the ticket's own customer or title has it.
func Foreign(words string, own *Ticket, others []*Ticket) (string, bool) {
	mine := namesOf(own.Customer + " " + own.Title)
	for _, other := range others {
		patterns := []*regexp.Regexp{wholly(other.String())}
		if !strings.EqualFold(line(other.Customer), line(own.Customer)) {
			patterns = append(patterns, wholly(line(other.Customer)))
			if mail := other.customerMail(); mail != "" {
				patterns = append(patterns, wholly(mail))
			}
			for _, name := range namesOf(other.Customer) {
				if !slices.ContainsFunc(mine, func(own string) bool { return strings.EqualFold(own, name) }) {
					patterns = append(patterns, asWritten(name))
				}
			}
		}
		for _, pattern := range patterns {
			if found := pattern.FindString(words); found != "" {
				return found, true
			}
		}
	}
	return "", false
}

// namesOf gives the words of a name by which somebody is known: not those that stand in
// many names, and no short ones.
func namesOf(name string) []string {
	between := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	return slices.DeleteFunc(strings.FieldsFunc(name, between), func(word string) bool {
		return utf8.RuneCountInString(word) < shortName || slices.Contains(commonNames(), strings.ToLower(word))
	})
}

// commonNames are words of names that say nothing of whose they are.
func commonNames() []string {
	return []string{
		"gmbh", "limited", "group", "company", "corporation", "corp", "holding", "international", "services", "service",
		"systems", "solutions", "bank", "school", "university", "hospital", "office", "team", "the", "support",
	}
}

// wholly finds words in whatever case, and not within others.
func wholly(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + edge(words, true) + regexp.QuoteMeta(words) + edge(words, false))
}

// asWritten finds a word of a name as it is written, or in capitals: "Wide" of a name is
// another word than "wide".
func asWritten(word string) *regexp.Regexp {
	either := regexp.QuoteMeta(word) + `|` + regexp.QuoteMeta(strings.ToUpper(word))
	return regexp.MustCompile(edge(word, true) + `(?:` + either + `)` + edge(word, false))
}

// edge gives where a word begins or ends; nothing beside a sign, which is at no edge. Go's
// \b knows letters of ASCII only: beside others it would never be there.
func edge(words string, begins bool) string {
	r, _ := utf8.DecodeLastRuneInString(words)
	if begins {
		r, _ = utf8.DecodeRuneInString(words)
	}
	if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return `\b`
	}
	return ""
}
