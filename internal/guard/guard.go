// Package guard is the promise guard: it reads a text before it goes to a customer
// and finds what must not stand there: fixed times for the fix, blame, jargon,
// names and hosts of our own house, stack traces, secrets, and parts that are
// missing. It knows English and Vietnamese by lists of phrases, not by grammar. It
// changes no text, sends nothing and says nothing itself: its findings name
// sentences in the catalog of the bot.
package guard

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"handrail/internal/ticket"
)

// Guard checks texts for customers. It may be used by many at once.
type Guard struct {
	languages map[string]*language
	names     *regexp.Regexp
}

var _ ticket.Guard = (*Guard)(nil)

// New builds a guard. The names are those that only our own house knows, such as
// of projects and servers; they are found whatever their case.
func New(names []string) *Guard {
	g := &Guard{languages: map[string]*language{
		englishName:    newLanguage(englishName),
		vietnameseName: newLanguage(vietnameseName),
	}}
	var quoted []string
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			quoted = append(quoted, regexp.QuoteMeta(name))
		}
	}
	if len(quoted) > 0 {
		// The longest first, so that a name which begins like another is found whole.
		slices.SortFunc(quoted, func(a, b string) int { return len(b) - len(a) })
		g.names = regexp.MustCompile(`(?i)` + strings.Join(quoted, "|"))
	}
	return g
}

// Check lists what the text must not say and what it lacks, in the order of the
// text; what is missing comes last. What the customer is quoted with counts for
// secrets only.
func (g *Guard) Check(text ticket.CustomerText) []ticket.Finding {
	r := read(text.Text)
	language := g.languages[text.Language]
	if language == nil {
		language = g.languages[guess(r.tokens)]
	}
	for i, t := range r.tokens {
		if meant, hurried := language.spellings[t.text]; hurried && t.kind == word {
			r.tokens[i].text = meant
		}
	}
	c := &check{reading: r, language: language}
	c.add(ticket.FoundSecret, things(secrets(text.Text)))
	c.add(ticket.FoundStackTrace, things(traces(text.Text)))
	c.add(ticket.FoundInternal, g.house(text.Text))
	c.add(ticket.FoundFixedTime, c.promises())
	c.add(ticket.FoundBlame, things(c.blames()))
	c.add(ticket.FoundJargon, things(c.jargons()))
	slices.SortStableFunc(c.findings, func(a, b ticket.Finding) int { return a.Start - b.Start })
	c.miss(text.Kind)
	return c.findings
}

// Secrets lists the secrets of a text, in its order, whoever's words they are. The
// sentences of its findings are the same in both languages.
func (g *Guard) Secrets(text string) []ticket.Finding {
	c := &check{reading: &reading{written: text}, language: g.languages[englishName]}
	c.add(ticket.FoundSecret, things(secrets(text)))
	return c.findings
}

// check is the work on one text.
type check struct {
	*reading
	language *language
	findings []ticket.Finding
	// taken are the ranges of what is grave enough that nothing else in them counts:
	// the host in an address with a password, the jargon in a stack trace.
	taken []span
}

// thing is a range of a text that is worth a finding, and what it is where that
// has a reason of its own.
type thing struct {
	span
	what string
}

func things(spans []span) []thing {
	all := make([]thing, len(spans))
	for i, s := range spans {
		all[i] = thing{span: s}
	}
	return all
}

// add notes the findings of one kind: each word once, and only secrets in what the
// customer is quoted with.
func (c *check) add(kind ticket.FindingKind, all []thing) {
	slices.SortStableFunc(all, func(a, b thing) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	grave := kind == ticket.FoundSecret || kind == ticket.FoundStackTrace
	end := 0
	for _, t := range all {
		if t.end <= t.start || t.start < end || kind != ticket.FoundSecret && overlaps(c.quotes, t.span) || !grave && overlaps(c.taken, t.span) {
			continue
		}
		end = t.end
		c.findings = append(c.findings, c.finding(kind, t))
	}
	if !grave && kind != ticket.FoundInternal {
		return
	}
	for _, f := range c.findings {
		if f.Kind == kind {
			c.taken = append(c.taken, span{f.Start, f.End})
		}
	}
	c.taken = merged(c.taken)
}

func (c *check) finding(kind ticket.FindingKind, t thing) ticket.Finding {
	f := ticket.Finding{
		Kind: kind, Start: t.start, End: t.end, Words: c.written[t.start:t.end], Language: c.language.name,
		Reason: "guard." + string(kind),
	}
	f.Args = map[string]any{"Words": f.Shown()}
	if kind == ticket.FoundInternal {
		f.Reason += "." + t.what
	}
	f.Better = f.Reason + ".better"
	if kind == ticket.FoundFixedTime && t.what != "" {
		// The wording has the time in the middle of a sentence.
		first, size := utf8.DecodeRuneInString(f.Words)
		f.Better += "_" + t.what
		f.Args["Words"] = string(unicode.ToLower(first)) + f.Words[size:]
	}
	return f
}

// miss notes the parts that the kind of text needs and the text lacks.
func (c *check) miss(kind ticket.TextKind) {
	for _, part := range kind.Parts() {
		if c.has(part) {
			continue
		}
		reason := "guard.missing_part." + string(part)
		c.findings = append(c.findings, ticket.Finding{
			Kind: ticket.FoundMissingPart, Start: len(c.written), End: len(c.written), Part: part, Language: c.language.name,
			Reason: reason, Better: reason + ".better",
		})
	}
}

func partOfWord(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	in := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return in(before) || in(after)
}
