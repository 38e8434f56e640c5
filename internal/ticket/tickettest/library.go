package tickettest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"handrail/internal/ticket"
)

var _ ticket.Library = (*Library)(nil)

// Library is a [ticket.Library] in memory. It keeps what the port promises, and can
// be slow, refuse, lose its answers, or have no pages at all.
type Library struct {
	mu    sync.Mutex
	keys  []string
	pages []ticket.LibraryPage
	// edited tells of each page that somebody has changed it.
	edited []bool
	at     time.Time
	absent bool
	// failures are given one after the other, after the work is done where it is lost.
	failures []failure
	stuck    bool
}

type failure struct {
	why  ticket.RecordTrouble
	lost bool
}

// NewLibrary gives an empty library in which every page was written at that time.
func NewLibrary(at time.Time) *Library { return &Library{at: at} }

// Absent has the library have no pages and take none.
func (l *Library) Absent() { l.do(func() { l.absent = true }) }

// Fail has the next call refused.
func (l *Library) Fail(why ticket.RecordTrouble) {
	l.do(func() { l.failures = append(l.failures, failure{why: why}) })
}

// Lose has the next call done without an answer.
func (l *Library) Lose() {
	l.do(func() { l.failures = append(l.failures, failure{ticket.RecordBusy, true}) })
}

// Stick has searches wait until their callers give up.
func (l *Library) Stick() { l.do(func() { l.stuck = true }) }

// Add puts a page there that is nobody's article.
func (l *Library) Add(title, text string) {
	l.do(func() { l.add("", ticket.LibraryPage{Title: title, Sections: []ticket.LibrarySection{{Text: text}}}) })
}

// Edit changes the page of the title as a person does.
func (l *Library) Edit(title, text string) {
	l.do(func() {
		for i := range l.pages {
			if l.pages[i].Title == title {
				l.pages[i].Sections, l.edited[i] = []ticket.LibrarySection{{Text: text}}, true
			}
		}
	})
}

// Pages gives all pages, each as one text.
func (l *Library) Pages() []string {
	var all []string
	l.do(func() {
		for _, page := range l.pages {
			all = append(all, page.Title+"\n"+text(page))
		}
	})
	return all
}

func (l *Library) do(what func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	what()
}

func (l *Library) add(key string, page ticket.LibraryPage) int {
	l.keys, l.pages, l.edited = append(l.keys, key), append(l.pages, page), append(l.edited, false)
	return len(l.pages) - 1
}

// fail gives the failure of a call that does the work if it is to be lost.
func (l *Library) fail(work func()) error {
	if len(l.failures) == 0 {
		work()
		return nil
	}
	failed := l.failures[0]
	l.failures = l.failures[1:]
	if failed.lost {
		work()
	}
	return &ticket.RecordError{Why: failed.why, Cause: errors.New("made up for a test")}
}

// Put makes the page of an article, or has it say what the article says.
func (l *Library) Put(_ context.Context, key string, page ticket.LibraryPage, was ticket.Shelf) (shelf ticket.Shelf, err error) {
	l.do(func() {
		if l.absent {
			return
		}
		err = l.fail(func() {
			i := slices.Index(l.keys, key)
			if i < 0 {
				i = l.add(key, page)
			}
			shelf = ticket.Shelf{Ref: l.ref(i)}
			if was.Ref.Number > 0 && l.edited[i] {
				shelf.Trouble = ticket.ShelfChanged
				return
			}
			l.pages[i] = page
		})
	})
	return shelf, err
}

// Search gives the pages in which one of the words stands.
func (l *Library) Search(ctx context.Context, words []string, limit int) (found []ticket.Found, err error) {
	stuck := false
	l.do(func() {
		stuck = l.stuck
		err = l.fail(func() {
			for i, page := range l.pages {
				all := strings.ToLower(page.Title + " " + text(page))
				if len(found) < limit && slices.ContainsFunc(words, func(word string) bool { return strings.Contains(all, word) }) {
					found = append(found, ticket.Found{Ref: l.ref(i), Title: page.Title, At: l.at, Text: text(page)})
				}
			}
		})
	})
	if stuck {
		<-ctx.Done()
		return nil, fmt.Errorf("tickettest: search: %w", ctx.Err())
	}
	return found, err
}

func (l *Library) ref(i int) ticket.RecordRef {
	return ticket.RecordRef{
		Model: "knowledge.article", Number: int64(i) + 1, Label: l.pages[i].Title, URL: fmt.Sprintf("https://odoo.example.com/knowledge/%d", i+1),
	}
}

func text(page ticket.LibraryPage) string {
	var parts []string
	for _, section := range page.Sections {
		parts = append(parts, strings.TrimSpace(section.Heading+"\n"+section.Text))
	}
	return strings.Join(append(parts, page.Source), "\n")
}
