package ticket

import (
	"cmp"
	"math"
	"slices"
	"unicode"
)

// Trouble is what a ticket is about, by which another one like it is looked for.
type Trouble struct {
	Tenant, Title, Customer string
	// Except is the number of the ticket itself; 0 for one that is not there yet.
	Except int64
}

const (
	// alikeShare is how much of what its title says, by the rareness of the words, another
	// title has to say for the two tickets to look alike.
	alikeShare = 0.4
	// sameCustomer is what the same customer counts for beside that.
	sameCustomer = 0.35
	// rareIn is in how many titles one that holds a rare word stands.
	rareIn = 20
)

// TitleWords lists the words of the title, each once and the first few of many.
func (t Trouble) TitleWords() []string { return mainWords(t.Title) }

// CustomerWords lists the words of the customer's name in the same way.
func (t Trouble) CustomerWords() []string { return mainWords(t.Customer) }

func mainWords(text string) []string {
	var found []string
	for word := range wordsIn(text) {
		for piece := range piecesOf(word, false) {
			if !slices.Contains(found, piece) && (len(piece) > 1 || unicode.IsDigit(rune(piece[0]))) {
				found = append(found, piece)
			}
		}
	}
	return found[:min(len(found), mostTerms)]
}

// titles are the words of the titles of some open tickets, which tell how rare a word is.
type titles struct {
	of map[int64][]string
	// with counts the tickets that have a word.
	with map[string]int
}

func readTitles(sample []*Ticket) titles {
	read := titles{map[int64][]string{}, map[string]int{}}
	for _, one := range sample {
		words := everyWord(one.Title)
		read.of[one.Number] = words
		for _, word := range words {
			read.with[word]++
		}
	}
	return read
}

// everyWord lists the words by which a text is found, in order, each once.
func everyWord(texts ...string) []string {
	var found []string
	for _, text := range texts {
		for word := range wordsIn(text) {
			found = slices.AppendSeq(found, piecesOf(word, true))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// RareWords lists those words of the title that few tickets of the sample have in theirs.
func (t Trouble) RareWords(sample []*Ticket) []string {
	read := readTitles(sample)
	return slices.DeleteFunc(t.TitleWords(), func(word string) bool { return read.with[word]*rareIn > len(sample) })
}

// Alike gives those of the open candidates that look like the same trouble: first those
// whose title shares the most of the rarer words, then those of the same customer, then
// the newest. How rare a word is the sample of open tickets tells.
func (t Trouble) Alike(candidates, sample []*Ticket, limit int) []*Ticket {
	read := readTitles(sample)
	weights, whole := map[string]float64{}, 0.0
	for _, word := range t.TitleWords() {
		n, with := float64(len(sample)), float64(read.with[word])
		weights[word] = math.Log(1 + (n-with+0.5)/(with+0.5))
		whole += weights[word]
	}
	score := func(one *Ticket) float64 {
		words, known := read.of[one.Number]
		if !known {
			words = everyWord(one.Title)
		}
		shared := 0.0
		for word, weight := range weights {
			if slices.Contains(words, word) {
				shared += weight
			}
		}
		score := 0.0
		if whole > 0 && shared/whole >= alikeShare {
			score = shared / whole
		}
		if customer := mainWords(t.Customer); len(customer) > 0 && slices.Equal(mainWords(one.Customer), customer) {
			score += sameCustomer
		}
		return score
	}
	scores := map[int64]float64{}
	var found []*Ticket
	for _, one := range candidates {
		if _, seen := scores[one.Number]; seen || one.Number == t.Except || one.State != Open {
			continue
		}
		if scores[one.Number] = score(one); scores[one.Number] > 0 {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b *Ticket) int {
		return cmp.Or(cmp.Compare(scores[b.Number], scores[a.Number]), cmp.Compare(b.Number, a.Number))
	})
	return found[:min(len(found), max(limit, 0))]
}
