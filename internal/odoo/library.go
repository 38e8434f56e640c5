package odoo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"handrail/internal/ticket"
)

// Library keeps articles in Odoo's knowledge base: in Knowledge of Enterprise, or as
// the community's pages. Where there is neither it keeps none. It implements
// [ticket.Library] and is safe for concurrent use.
type Library struct {
	client *Client
	// parent is the name or id of the page below which articles stand; empty for none.
	parent string
	now    func() time.Time

	mu    sync.Mutex
	known *bookcase
}

var _ ticket.Library = (*Library)(nil)

// NewLibrary returns a Library that asks Odoo nothing before it is used.
func NewLibrary(client *Client, parent string) *Library {
	return &Library{client: client, parent: strings.TrimSpace(parent), now: client.cfg.Now}
}

// Library returns the knowledge base of the same Odoo: both together make no more
// calls at once than the settings allow.
func (r *Records) Library(parent string) *Library { return NewLibrary(r.client, parent) }

// bookcase is what pages are in this Odoo; without a model there are none.
type bookcase struct {
	model, body string
	// kind is what a page is, where the model keeps other things, too.
	kind   string
	parent int64
	me     int64
	at     time.Time
}

// bookcases are the models of pages, the first that is there is taken. Fields:
// "Knowledge" (Odoo Enterprise) and document_page (OCA/knowledge).
func bookcases() []bookcase {
	return []bookcase{{model: "knowledge.article", body: "body"}, {model: "document.page", body: "content", kind: "content"}}
}

// longestFound is how much of a page is given to somebody who searches, in bytes.
const longestFound = 2000

// bookcase gives what pages are, found out once.
func (l *Library) bookcase(ctx context.Context) (bookcase, error) {
	l.mu.Lock()
	known := l.known
	l.mu.Unlock()
	if known != nil && l.now().Sub(known.at) < layoutFor {
		return *known, nil
	}
	found := bookcase{}
	for _, b := range bookcases() {
		_, err := l.client.Fields(ctx, b.model)
		if KindOf(err) == NoModel {
			continue
		}
		if err != nil {
			return bookcase{}, err
		}
		found = b
		break
	}
	if found.model != "" {
		me, err := l.client.Me(ctx)
		if err != nil {
			return bookcase{}, err
		}
		if found.me = me.ID; l.parent != "" {
			if found.parent, err = l.findParent(ctx, found.model); err != nil {
				return bookcase{}, err
			}
		}
	}
	found.at = l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known = &found
	return found, nil
}

// findParent gives the page that the settings name.
func (l *Library) findParent(ctx context.Context, model string) (int64, error) {
	domain := Domain{Term("name", "=ilike", literal(l.parent))}
	if id, err := strconv.ParseInt(l.parent, 10, 64); err == nil {
		domain = Domain{"|", Term("id", "=", id), domain[0]}
	}
	rows, err := l.client.Search(ctx, Query{Model: model, Domain: domain, Fields: []string{"id"}, Order: "id", Limit: 1})
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, &errSetup{what: "ODOO_ARTICLES", why: fmt.Sprintf("there is no %s %q", model, l.parent)}
	}
	return rows[0].Number("id"), nil
}

// forget has what pages are found out anew: they are others after an upgrade.
func (l *Library) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known = nil
}

// Put makes the page of an article, once, or has it say what the article says now.
func (l *Library) Put(ctx context.Context, key string, page ticket.LibraryPage, was ticket.Shelf) (ticket.Shelf, error) {
	b, err := l.bookcase(ctx)
	if err != nil || b.model == "" {
		return ticket.Shelf{}, trouble(err)
	}
	shelf, err := l.put(ctx, b, key, page, was)
	if kind := KindOf(err); kind == NoModel || kind == UnknownField || kind == Validation {
		l.forget() // the page above it may be gone, too
	}
	return shelf, trouble(err)
}

func (l *Library) put(ctx context.Context, b bookcase, key string, page ticket.LibraryPage, was ticket.Shelf) (ticket.Shelf, error) {
	says := Values{"name": title(page), b.body: written(page)}
	id := was.Ref.Number
	if id == 0 || was.Ref.Model != b.model {
		made := Values{"name": says["name"], b.body: says[b.body]}
		if b.parent != 0 {
			made["parent_id"] = ID(b.parent)
		}
		if b.kind != "" {
			made["type"] = b.kind
		}
		var err error
		if id, err = l.client.Load(ctx, b.model, module+"article-"+key, made); err != nil {
			return ticket.Shelf{}, err
		}
		was.Digest = ""
	}
	row, err := l.read(ctx, b, id)
	if err != nil {
		return ticket.Shelf{}, err
	}
	shelf := ticket.Shelf{Ref: l.ref(b, row), Digest: digest(b, row)}
	if row.Text("name") == says["name"] && plain(row.Text(b.body)).whole == plain(written(page)).whole {
		return shelf, nil
	}
	// A change of ours to which no answer came is no change of somebody's.
	if writer, _ := row.Link("write_uid"); shelf.Digest != was.Digest && writer != b.me {
		shelf.Trouble, shelf.Digest = ticket.ShelfChanged, was.Digest
		return shelf, nil
	}
	if err := l.client.Write(ctx, b.model, says, id); err != nil {
		return ticket.Shelf{}, err
	}
	if row, err = l.read(ctx, b, id); err != nil {
		return ticket.Shelf{}, err
	}
	return ticket.Shelf{Ref: l.ref(b, row), Digest: digest(b, row)}, nil
}

// read reads a page. One that somebody has put away is as good as gone.
func (l *Library) read(ctx context.Context, b bookcase, id int64) (Record, error) {
	row, ok, err := l.client.Read(ctx, b.model, id, "name", b.body, "active", "write_uid", "write_date")
	if err != nil {
		return nil, err
	}
	if !ok || !row.Truth("active") {
		return nil, gone(b.model)
	}
	return row, nil
}

func (l *Library) ref(b bookcase, row Record) ticket.RecordRef {
	id := row.Number("id")
	return ticket.RecordRef{Model: b.model, Number: id, Label: row.Text("name"), URL: l.client.Link(b.model, id)}
}

// digest tells one state of a page from another. Odoo cleans what is written, so
// that it is made of what is read back.
func digest(b bookcase, row Record) string {
	sum := sha256.Sum256([]byte(row.Text("name") + "\x00" + row.Text(b.body)))
	return hex.EncodeToString(sum[:])
}

func title(page ticket.LibraryPage) string { return strings.Join(strings.Fields(page.Title), " ") }

// written gives a page as HTML. What people wrote is data in it.
func written(page ticket.LibraryPage) string {
	var b strings.Builder
	for _, section := range page.Sections {
		b.WriteString("<h2>" + html.EscapeString(section.Heading) + "</h2>" + markup(section.Text))
	}
	b.WriteString("<p><em>" + html.EscapeString(page.Source) + "</em></p>")
	return b.String()
}

// Search gives the pages with all the words, newest first, and then those with one of
// them in the title.
func (l *Library) Search(ctx context.Context, words []string, limit int) ([]ticket.Found, error) {
	b, err := l.bookcase(ctx)
	if err != nil || b.model == "" || len(words) == 0 {
		return nil, trouble(err)
	}
	var found []ticket.Found
	seen := map[int64]bool{}
	for _, domain := range b.domains(words) {
		if len(found) >= limit {
			break
		}
		rows, err := l.client.Search(ctx, Query{
			Model: b.model, Domain: domain, Fields: []string{"name", b.body, "write_date"}, Order: "write_date desc", Limit: limit,
		})
		if err != nil {
			if kind := KindOf(err); kind == NoModel || kind == UnknownField {
				l.forget()
			}
			return nil, trouble(err)
		}
		for _, row := range rows {
			if id := row.Number("id"); !seen[id] && len(found) < limit {
				seen[id] = true
				found = append(found, l.found(b, row))
			}
		}
	}
	return found, nil
}

// domains are what is searched for, one after the other: all the words in a page, then
// one of them in its title.
func (b bookcase) domains(words []string) []Domain {
	all, titled := Domain{}, Domain{}
	for i, word := range words {
		all = append(all, "|", Term("name", "ilike", literal(word)), Term(b.body, "ilike", literal(word)))
		if i > 0 {
			titled = append(Domain{"|"}, titled...)
		}
		titled = append(titled, Term("name", "ilike", literal(word)))
	}
	if b.kind != "" {
		all, titled = append(all, Term("type", "=", b.kind)), append(titled, Term("type", "=", b.kind))
	}
	return []Domain{all, titled}
}

func (l *Library) found(b bookcase, row Record) ticket.Found {
	at, _ := row.Time("write_date")
	text := plain(row.Text(b.body)).whole
	if end := longestFound; len(text) > end {
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end]
	}
	return ticket.Found{Ref: l.ref(b, row), Title: row.Text("name"), At: at, Text: text}
}
