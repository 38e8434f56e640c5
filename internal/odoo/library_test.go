package odoo_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
	"handrail/internal/ticket"
)

// shelf is a knowledge base as the suite of [odoo.Library] sees it.
type shelf struct {
	office
	// body is the field of a page's text.
	body string
}

func (s shelf) library(t *testing.T, u odootest.User, parent string) *odoo.Library {
	t.Helper()
	return odoo.NewLibrary(s.client(t, u), parent)
}

// page is one that no other test has.
func (s shelf) page(text string) (string, ticket.LibraryPage) {
	key := s.key()
	return key, ticket.LibraryPage{
		Title: "Page " + strings.ReplaceAll(key, "-", ""), Source: "From T-1",
		Sections: []ticket.LibrarySection{{Heading: "Symptom", Text: "It <b>fails</b>\n& stops"}, {Heading: "Fix", Text: text}},
	}
}

func (s shelf) puts(t *testing.T, l *odoo.Library, key string, page ticket.LibraryPage, was ticket.Shelf) ticket.Shelf {
	t.Helper()
	now, err := l.Put(t.Context(), key, page, was)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// words gives a page's text as it stands there.
func (s shelf) words(t *testing.T, at ticket.Shelf) string {
	t.Helper()
	return s.read(t, s.model, at.Ref.Number, s.body).Text(s.body)
}

func TestArticlesAreKeptInEveryKindOfKnowledgeBase(t *testing.T) {
	t.Parallel()
	for edition, s := range map[string]shelf{
		odootest.Enterprise: {office: office{model: "knowledge.article"}, body: "body"},
		odootest.Community:  {office: office{model: "document.page"}, body: "content"},
	} {
		for _, version := range []int{14, 18, 19} {
			t.Run(fmt.Sprintf("%s on %d", edition, version), func(t *testing.T) {
				t.Parallel()
				model := s.model
				s.office = fake(t, odoo.Helpdesk, odootest.New(t, odootest.Setup{Version: version, Knowledge: edition}))
				s.model, s.kind = model, odoo.Kind(edition)
				keepArticles(t, s)
			})
		}
	}
}

// keepArticles is the suite.
func keepArticles(t *testing.T, s shelf) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, shelf){
		"an article has one page, whoever repeats it":       putsPageOnce,
		"a page says what the article says, as data":        saysWhatTheArticleSays,
		"a page that somebody has changed is left":          leavesChangedPages,
		"our change without an answer is ours":              knowsItsOwnChanges,
		"a page that is gone or put away is not made again": makesNoPageAgain,
		"a page stands below the one of the settings":       standsBelow,
		"pages are found by their words":                    findsPages,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}

func putsPageOnce(t *testing.T, s shelf) {
	l := s.library(t, odootest.Bot(), "")
	key, page := s.page("Restart it")
	shelves := make([]ticket.Shelf, 4)
	var group sync.WaitGroup
	for i := range shelves {
		group.Go(func() {
			for {
				var err error
				shelves[i], err = l.Put(t.Context(), key, page, ticket.Shelf{})
				if busy, ok := errors.AsType[*ticket.RecordError](err); !ok || busy.Why != ticket.RecordBusy {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	group.Wait()
	for _, one := range shelves {
		if one.Ref.Number == 0 || one.Ref.Number != shelves[0].Ref.Number || one.Trouble != "" || one.Ref.URL == "" {
			t.Errorf("the page is %+v, and another one %+v", one, shelves[0])
		}
	}
}

func saysWhatTheArticleSays(t *testing.T, s shelf) {
	l := s.library(t, odootest.Bot(), "")
	key, page := s.page("Restart <script>alert(1)</script>")
	first := s.puts(t, l, key, page, ticket.Shelf{})
	if got := s.words(t, first); !strings.Contains(got, "It &lt;b&gt;fails&lt;/b&gt;") || strings.Contains(got, "<script") {
		t.Errorf("the page says %q", got)
	}
	page.Sections[1].Text = "Replace it"
	second := s.puts(t, l, key, page, first)
	if got := s.words(t, second); second.Ref.Number != first.Ref.Number || !strings.Contains(got, "Replace it") || second.Digest == first.Digest {
		t.Errorf("page %+v says %q", second, got)
	}
	if again := s.puts(t, l, key, page, second); again != second {
		t.Errorf("put again it is %+v, want %+v", again, second)
	}
}

func leavesChangedPages(t *testing.T, s shelf) {
	l := s.library(t, odootest.Bot(), "")
	key, page := s.page("Restart it")
	first := s.puts(t, l, key, page, ticket.Shelf{})
	err := s.client(t, odootest.Anna()).Write(t.Context(), s.model, odoo.Values{s.body: "<p>Better</p>"}, first.Ref.Number)
	if err != nil {
		t.Fatal(err)
	}
	page.Sections[1].Text = "Replace it"
	left := s.puts(t, l, key, page, first)
	if got := s.words(t, left); left.Trouble != ticket.ShelfChanged || !strings.Contains(got, "Better") {
		t.Errorf("page %+v says %q", left, got)
	}
	// What is changed beside the text, such as its place, is no reason.
	key, page = s.page("Restart it")
	first = s.puts(t, l, key, page, ticket.Shelf{})
	if err := s.client(t, odootest.Anna()).Write(t.Context(), s.model, odoo.Values{"parent_id": odoo.ID(1)}, first.Ref.Number); err != nil {
		t.Fatal(err)
	}
	page.Sections[1].Text = "Replace it"
	if moved := s.puts(t, l, key, page, first); moved.Trouble != "" || !strings.Contains(s.words(t, moved), "Replace it") {
		t.Errorf("the page is %+v", moved)
	}
}

func knowsItsOwnChanges(t *testing.T, s shelf) {
	l := s.library(t, odootest.Bot(), "")
	key, page := s.page("Restart it")
	first := s.puts(t, l, key, page, ticket.Shelf{})
	page.Sections[1].Text = "Replace it"
	s.puts(t, l, key, page, first) // of which nobody heard
	page.Sections[1].Text = "Sell it"
	if now := s.puts(t, l, key, page, first); now.Trouble != "" || !strings.Contains(s.words(t, now), "Sell it") {
		t.Errorf("the page is %+v", now)
	}
}

func makesNoPageAgain(t *testing.T, s shelf) {
	l := s.library(t, odootest.Bot(), "")
	key, page := s.page("Restart it")
	first := s.puts(t, l, key, page, ticket.Shelf{})
	if err := s.client(t, odootest.Anna()).Write(t.Context(), s.model, odoo.Values{"active": false}, first.Ref.Number); err != nil {
		t.Fatal(err)
	}
	page.Sections[1].Text = "Replace it"
	_, err := l.Put(t.Context(), key, page, first)
	if failed, ok := errors.AsType[*ticket.RecordError](err); !ok || failed.Why != ticket.RecordGone {
		t.Errorf("the error is %v", err)
	}
}

func standsBelow(t *testing.T, s shelf) {
	named := s.read(t, s.model, 1, "name").Text("name")
	for _, parent := range []string{strings.ToUpper(named), "1"} {
		key, page := s.page("Restart it")
		put := s.puts(t, s.library(t, odootest.Bot(), parent), key, page, ticket.Shelf{})
		if id, _ := s.read(t, s.model, put.Ref.Number, "parent_id").Link("parent_id"); id != 1 {
			t.Errorf("below %s it stands below %d", parent, id)
		}
	}
	key, page := s.page("Restart it")
	_, err := s.library(t, odootest.Bot(), "no such % page").Put(t.Context(), key, page, ticket.Shelf{})
	if failed, ok := errors.AsType[*ticket.RecordError](err); !ok || failed.Why != ticket.RecordSetup || failed.What != "ODOO_ARTICLES" {
		t.Errorf("the error is %v", err)
	}
}

func findsPages(t *testing.T, s shelf) {
	l := s.library(t, odootest.Bot(), "")
	key, page := s.page("The flux capacitor is empty")
	mark := "zz" + strings.ReplaceAll(key, "-", "")
	page.Title += " " + mark
	put := s.puts(t, l, key, page, ticket.Shelf{})
	for _, words := range [][]string{{mark}, {mark, "capacitor"}, {mark, "nowhere"}, {strings.ToUpper(mark)}} {
		found, err := l.Search(t.Context(), words, 5)
		if err != nil || len(found) != 1 || found[0].Ref.Number != put.Ref.Number || found[0].At.IsZero() ||
			!strings.Contains(found[0].Text, "It <b>fails</b>") || !strings.Contains(found[0].Title, mark) {
			t.Errorf("%q finds %+v, %v", words, found, err)
		}
	}
	for _, words := range [][]string{{"%" + mark[3:]}, {"z_" + mark[2:]}, {`\`}, {`'"`}, nil} {
		if found, err := l.Search(t.Context(), words, 5); err != nil || len(found) != 0 {
			t.Errorf("%q finds %+v, %v", words, found, err)
		}
	}
}

func TestWithoutAKnowledgeBaseNoArticleIsKept(t *testing.T) {
	t.Parallel()
	s := shelf{office: fake(t, odoo.Helpdesk, odootest.New(t, odootest.Setup{Version: 19}))}
	l := s.library(t, odootest.Bot(), "Anything")
	key, page := s.page("Restart it")
	if put := s.puts(t, l, key, page, ticket.Shelf{}); put != (ticket.Shelf{}) {
		t.Errorf("it is at %+v", put)
	}
	if found, err := l.Search(t.Context(), []string{"restart"}, 5); err != nil || len(found) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestAnArticleThatMayNotBeWrittenSaysWhichRightIsMissing(t *testing.T) {
	t.Parallel()
	server := odootest.New(t, odootest.Setup{Version: 19, Knowledge: odootest.Enterprise})
	s := shelf{office: fake(t, odoo.Helpdesk, server), body: "body"}
	s.model = "knowledge.article"
	server.Deny(odootest.Bot(), "knowledge.article", "create")
	key, page := s.page("Restart it")
	_, err := s.library(t, odootest.Bot(), "").Put(t.Context(), key, page, ticket.Shelf{})
	if failed, ok := errors.AsType[*ticket.RecordError](err); !ok || failed.Why != ticket.RecordRights || failed.What != "knowledge.article (create)" {
		t.Errorf("the error is %v", err)
	}
}
