package ticket

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Search asks for tickets by what a person typed.
type Search struct {
	Tenant string
	// Words have to stand in the ticket's number, title, customer or details: all of
	// them, in any order, the last one as the beginning of a word at least.
	Words string
	// Open leaves out closed tickets.
	Open        bool
	Skip, Count int
}

// Term is a word that is looked for.
type Term struct {
	Word string
	// Begins tells that a word that begins so will do.
	Begins bool
}

// Number gives the ticket that is asked for by its number: it is found first.
func (s Search) Number() (int64, bool) { return ParseNumber(strings.TrimSpace(s.Words)) }

// Terms gives what has to stand in a ticket; nothing where there is no word to look for.
func (s Search) Terms() []Term {
	if number, ok := s.Number(); ok {
		return []Term{{strconv.FormatInt(number, 10), true}}
	}
	text := s.Words
	if len(text) > maxSearched {
		text = strings.ToValidUTF8(text[:maxSearched], "")
	}
	var terms []Term
	typed := slices.Collect(wordsIn(text))
	for i, word := range typed {
		last := i == len(typed)-1
		if !last && len(word) == 1 && !unicode.IsDigit(rune(word[0])) {
			continue // which says too little, as "T" in "T-12"
		}
		pieces := slices.Collect(piecesOf(word, false))
		for j, piece := range pieces {
			term := Term{piece, last && j == len(pieces)-1}
			if !slices.Contains(terms, term) {
				terms = append(terms, term)
			}
		}
	}
	if len(terms) > mostTerms {
		terms = terms[:mostTerms]
	}
	return terms
}

const (
	// mostTerms is how many words are looked for at once: the first of them.
	mostTerms = 12
	// maxSearched is how many bytes of a search are read.
	maxSearched = 1000
)

// FoundBy lists the words by which the ticket is found, in order, each once.
func (t *Ticket) FoundBy() []string {
	return everyWord(strconv.FormatInt(t.Number, 10), t.Title, t.Customer, t.Details)
}

// wordsIn gives the words of a text: letters and digits alone, folded, and none longer
// than is looked for.
func wordsIn(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) }
		for word := range strings.FieldsFuncSeq(folded(Clean(text)), split) {
			if utf8.RuneCountInString(word) > longestWord {
				word = string([]rune(word)[:longestWord])
			}
			if !yield(word) {
				return
			}
		}
	}
}

// piecesOf gives a word as it is compared. One of a script without blanks may stand in
// the midst of a line: it is taken as its pairs of signs, with the signs themselves where
// the pieces are those of a ticket.
func piecesOf(word string, ofTicket bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		if strings.IndexFunc(word, joined) < 0 {
			yield(word)
			return
		}
		var before rune
		signs := []rune(word)
		for i, r := range signs {
			if (ofTicket || len(signs) == 1) && !yield(string(r)) {
				return
			}
			if i > 0 && !yield(string([]rune{before, r})) {
				return
			}
			before = r
		}
	}
}

// joined tells whether a sign is of a script that leaves no blanks between words.
func joined(r rune) bool {
	return r >= 0xE00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// Has tells whether all of the terms are among the words by which a ticket is found.
func Has(words []string, terms []Term) bool {
	for _, term := range terms {
		i, is := slices.BinarySearch(words, term.Word)
		if !is && (!term.Begins || i == len(words) || !strings.HasPrefix(words[i], term.Word)) {
			return false
		}
	}
	return len(terms) > 0
}

// IndexTickets has the tickets before the one with the ID, in the order of the ids, found
// by their words: those stored by a version that kept no words of them.
type IndexTickets ID

// Kind gives the stored word of the job.
func (IndexTickets) Kind() string { return "search.index" }

// indexPage is how many tickets one job has found: those who change them wait for it.
const indexPage = 200

// StartSearch has all tickets found that are not yet: those that were there before, and
// what a version before this one has changed beside it.
func (d *Desk) StartSearch(ctx context.Context) error {
	return d.Store.InTx(ctx, func(tx Tx) error {
		return tx.Later(ctx, Task{Job: IndexTickets{}})
	})
}

// Index does the job of having tickets found, a page of them.
func (d *Desk) Index(ctx context.Context, job IndexTickets) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		last, err := tx.Index(ctx, ID(job), indexPage)
		if err != nil || last == (ID{}) {
			return err
		}
		return tx.Later(ctx, Task{Job: IndexTickets(last)})
	})
	if err != nil {
		return fmt.Errorf("have tickets found by their words: %w", err)
	}
	return nil
}
