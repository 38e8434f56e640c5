package ticket

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Shelf is where an article stands beside Handrail's own store. It is stored as
// JSON: add to it, never rename.
type Shelf struct {
	// Ref is the page there; without a model it stands nowhere else.
	Ref RecordRef `json:"ref,omitzero"`
	// Version is that of the article which was put there last, or could not be.
	Version int64 `json:"version,omitempty"`
	// Digest is that of the page as it was left: another one tells of somebody's change.
	Digest string `json:"digest,omitempty"`
	// Trouble is why it could not be put there: a [RecordTrouble], or [ShelfChanged].
	Trouble string `json:"trouble,omitempty"`
}

// ShelfChanged is why a page is left as it is: somebody has changed it there.
const ShelfChanged = "changed"

// ShelfTroubles lists why a page is not as the article says, so that a catalog can be checked for them.
func ShelfTroubles() []string {
	troubles := []string{ShelfChanged}
	for _, why := range RecordTroubles() {
		if why != RecordBusy { // which passes
			troubles = append(troubles, string(why))
		}
	}
	return troubles
}

// LibraryPage is an article as it stands in a [Library].
type LibraryPage struct {
	Title    string
	Sections []LibrarySection
	// Source says where it comes from.
	Source string
}

// LibrarySection is some text under a heading.
type LibrarySection struct{ Heading, Text string }

// Found is a page that was found in a [Library].
type Found struct {
	Ref   RecordRef
	Title string
	At    time.Time
	// Text is how it begins, as plain text.
	Text string
}

// mostWords is how many words are looked for at once, and longestWord how long one is.
const (
	mostWords   = 12
	longestWord = 40
)

// SearchWords gives the words to look for in what a person wrote: letters and digits
// alone, in small letters, each once, and the first few of many.
func SearchWords(text string) []string {
	var found []string
	for word := range strings.FieldsFuncSeq(strings.ToLower(Clean(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
	}) {
		if runes := []rune(word); len(runes) > longestWord {
			word = string(runes[:longestWord])
		}
		if !slices.Contains(found, word) && (utf8.RuneCountInString(word) > 1 || len(word) > 1 || unicode.IsDigit(rune(word[0]))) {
			found = append(found, word)
		}
		if len(found) == mostWords {
			break
		}
	}
	return found
}

// Match is an article or a page that was found; one of them is there.
type Match struct {
	Article *Article
	Page    *Found
}

// about gives what a match is ranked by.
func (m Match) about() (title, text string, at time.Time) {
	if m.Article != nil {
		return m.Article.Title, m.Article.Whole(), m.Article.At
	}
	return m.Page.Title, m.Page.Title + " " + m.Page.Text, m.Page.At
}

// score counts the words that stand in a match, those in its title for more.
func (m Match) score(words []string) int {
	title, text, _ := m.about()
	title, text = strings.ToLower(title), strings.ToLower(text)
	score := 0
	for _, word := range words {
		if strings.Contains(text, word) {
			score += 2
		}
		if strings.Contains(title, word) {
			score++
		}
	}
	if m.Page != nil {
		score = max(score, 2) // it has them further down, or it would not have been found
	}
	return score
}

// Best gives what most of the words stand in, first what has them in its title, then
// what is newest: at most limit. A page that is an article's own is told as the article.
func Best(articles []Article, pages []Found, words []string, limit int) []Match {
	var all []Match
	for i := range articles {
		all = append(all, Match{Article: &articles[i]})
	}
	for i := range pages {
		own := func(a Article) bool {
			return a.Shelf.Ref.Model == pages[i].Ref.Model && a.Shelf.Ref.Number == pages[i].Ref.Number
		}
		if !slices.ContainsFunc(articles, own) {
			all = append(all, Match{Page: &pages[i]})
		}
	}
	slices.SortStableFunc(all, func(a, b Match) int {
		_, _, first := a.about()
		_, _, second := b.about()
		return cmp.Or(b.score(words)-a.score(words), second.Compare(first))
	})
	return all[:min(len(all), max(limit, 0))]
}

// FindArticles looks for words in all articles and shows what it finds in a message.
type FindArticles struct {
	Place
	// Number is the ticket for which a solution is looked for; 0 for none.
	Number int64  `json:"number,omitempty"`
	Words  string `json:"words"`
	// Replaces is the id of the bot's message that shows what was found before; empty for none.
	Replaces string `json:"replaces,omitempty"`
}

// Kind gives the stored word of the job.
func (FindArticles) Kind() string { return "article.find" }
