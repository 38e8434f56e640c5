package odoo

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// longestPage is how many bytes of HTML are read: images that stand in the text
// themselves make it long.
const longestPage = 16 * longestText

// mostImages is how many images of a message are told of.
const mostImages = 100

// reading is what a message says.
type reading struct {
	// text is without the tail of a mail that quotes what it answers, whole is with it. They
	// are the same where a mail says nothing else.
	text, whole string
	// images are the ids of attachments that are shown in the text.
	images []int64
}

// plain reads HTML as plain text. Scripts, styles and what is not shown are left
// out; tables and lists keep their lines, links their addresses. It goes through the
// tokens and builds no tree, so that the depth of a hostile page costs nothing.
func plain(source string) reading {
	cut := len(source) > longestPage
	if cut {
		source = source[:longestPage]
	}
	all := newReader(false)
	all.read(source)
	own := all
	if all.quoted {
		own = newReader(true)
		own.read(source)
	}
	r := reading{whole: tidy(all.out.String()), text: tidy(withoutTail(tidyLines(own.out.String()))), images: all.images}
	if r.text == "" {
		r.text = r.whole
	}
	if cut {
		r.text, r.whole = r.text+"\n"+cutMark, r.whole+"\n"+cutMark
	}
	r.text, r.whole = shortText(r.text), shortText(r.whole)
	return r
}

// reader writes the text of the tokens that it reads.
type reader struct {
	// out takes what is read: of the page, or of the cell that is read now.
	out         *strings.Builder
	leaveQuotes bool
	// quoted tells that there was a quote, and ended that nothing else is wanted.
	quoted, ended bool
	// silent is the element inside which nothing is shown, and depth how deep it is in others of
	// its name.
	silent string
	depth  int
	// lists are the numbers of the lists around the present item; -1 for one without numbers.
	lists []int
	pre   int
	// href is the address of the link whose words begin at linked.
	href   string
	linked int
	// tables counts the tables around here, and rows are their open rows.
	tables int
	rows   []row
	images []int64
}

func newReader(leaveQuotes bool) *reader {
	return &reader{out: &strings.Builder{}, leaveQuotes: leaveQuotes}
}

func (r *reader) read(source string) {
	if !strings.Contains(source, "<") { // plain text, of which the lines are meant
		r.pre++
	}
	tokens := html.NewTokenizer(strings.NewReader(source))
	for !r.ended {
		switch tokens.Next() {
		case html.ErrorToken:
			r.ended = true
		case html.TextToken:
			if r.silent == "" {
				r.words(string(tokens.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(tokens.Token())
		case html.EndTagToken:
			r.end(tokens.Token())
		case html.CommentToken, html.DoctypeToken:
		}
	}
	for len(r.rows) > 0 {
		r.endRow()
	}
}

// words writes text as HTML shows it: space of any kind is one space, except in pre.
func (r *reader) words(text string) {
	if r.pre > 0 {
		r.out.WriteString(text)
		return
	}
	if text == "" {
		return
	}
	for i, word := range strings.FieldsFunc(text, blank) {
		if i > 0 || blank(rune(text[0])) {
			r.space()
		}
		r.out.WriteString(word)
	}
	if blank(rune(text[len(text)-1])) {
		r.space()
	}
}

// blank tells the characters that HTML joins; a no-break space is none of them.
func blank(c rune) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

func (r *reader) space() {
	if s := r.out.String(); s != "" && s[len(s)-1] != '\n' && s[len(s)-1] != ' ' {
		r.out.WriteByte(' ')
	}
}

// line begins a line, or with 2 a paragraph.
func (r *reader) line(breaks int) {
	text := strings.TrimRight(r.out.String(), " ")
	if text == "" {
		return
	}
	for range breaks - (len(text) - len(strings.TrimRight(text, "\n"))) {
		r.out.WriteByte('\n')
	}
}

func (r *reader) start(token html.Token) {
	if r.silent != "" {
		if token.Data == r.silent && token.Type == html.StartTagToken {
			r.depth++
		}
		return
	}
	if !r.left(token) {
		r.open(token)
	}
}

// left leaves out an element that is not shown, or is a quote that is not wanted.
func (r *reader) left(token html.Token) bool {
	if hidden(token) {
		r.hush(token)
		return true
	}
	rest, quote := quoteOf(token)
	r.quoted = r.quoted || quote
	if !quote || !r.leaveQuotes {
		return false
	}
	r.ended = rest
	r.hush(token)
	return true
}

// open writes what an element begins with.
func (r *reader) open(token html.Token) {
	switch token.DataAtom {
	case atom.Br:
		r.out.WriteByte('\n')
	case atom.Hr:
		r.line(1)
		r.out.WriteString("---\n")
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote:
		r.line(gap(token))
	case atom.Pre:
		r.line(2)
		r.pre++
	case atom.Ol:
		r.line(1)
		r.lists = append(r.lists, 0)
	case atom.Ul, atom.Menu:
		r.line(1)
		r.lists = append(r.lists, -1)
	case atom.Li:
		r.item()
	case atom.Table:
		r.line(1)
		r.tables++
	case atom.Tr:
		r.startRow()
	case atom.Td, atom.Th:
		r.startCell()
	case atom.A:
		r.href, r.linked = followable(attribute(token, "href")), r.out.Len()
	case atom.Img:
		r.image(token)
	default:
		if block(token.DataAtom) {
			r.line(1)
		}
	}
}

// hush leaves out an element and all in it; one that has no end is nothing.
func (r *reader) hush(token html.Token) {
	if token.Type == html.StartTagToken && !void(token.DataAtom) {
		r.silent, r.depth = token.Data, 1
	}
}

func (r *reader) end(token html.Token) {
	if r.silent == "" {
		r.close(token)
		return
	}
	if token.Data == r.silent {
		if r.depth--; r.depth == 0 {
			r.silent = ""
		}
	}
}

// close writes what an element ends with.
func (r *reader) close(token html.Token) {
	switch token.DataAtom {
	case atom.Pre:
		r.pre = max(0, r.pre-1)
		r.line(1)
	case atom.Ul, atom.Ol, atom.Menu:
		r.lists = r.lists[:max(0, len(r.lists)-1)]
		r.line(1)
	case atom.Table:
		r.endTable()
	case atom.Tr:
		if row := r.row(); row != nil {
			r.endRow()
		}
	case atom.Td, atom.Th:
		if row := r.row(); row != nil {
			r.endCell(row)
		}
	case atom.A:
		r.endLink()
	default:
		if block(token.DataAtom) {
			r.line(1)
		}
	}
}

// item begins an item of a list.
func (r *reader) item() {
	r.line(1)
	n := len(r.lists)
	if n == 0 {
		r.out.WriteString("- ")
		return
	}
	r.out.WriteString(strings.Repeat("\u00a0\u00a0", min(n-1, 10)))
	if r.lists[n-1] < 0 {
		r.out.WriteString("- ")
		return
	}
	r.lists[n-1]++
	fmt.Fprintf(r.out, "%d. ", r.lists[n-1])
}

// endLink writes the address of a link after its words, unless they are the address.
func (r *reader) endLink() {
	href, from := r.href, r.linked
	r.href = ""
	if href == "" || from > r.out.Len() { // a link that ends in another cell
		return
	}
	words := strings.TrimSpace(r.out.String()[from:])
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(href, "https://"), "http://"), "/")
	if strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(words, "https://"), "http://"), "/") == bare {
		return
	}
	if words == "" {
		r.out.WriteString(href)
		return
	}
	fmt.Fprintf(r.out, " (%s)", href)
}

// image writes the words that stand for an image, and notes the attachment that it shows.
func (r *reader) image(token html.Token) {
	source := attribute(token, "src")
	if id, ok := attachmentOf(source); ok && len(r.images) < mostImages && !slices.Contains(r.images, id) {
		r.images = append(r.images, id)
	}
	if words := strings.TrimSpace(attribute(token, "alt")); words != "" {
		r.out.WriteString("[" + words + "]")
	}
}

// deepestTable is how deep tables are told apart; mails are made of tables in tables.
const deepestTable = 20

// row is an open row of a table.
type row struct {
	table int
	// out is what the row stands in, cells what was read of it, and open tells that one is being read.
	out   *strings.Builder
	cells []string
	open  bool
}

// row gives the open row of the innermost table; nil where there is none.
func (r *reader) row() *row {
	if n := len(r.rows); n > 0 && r.rows[n-1].table == r.tables {
		return &r.rows[n-1]
	}
	return nil
}

func (r *reader) startRow() {
	if r.row() != nil {
		r.endRow()
	}
	r.line(1)
	if len(r.rows) < deepestTable {
		r.rows = append(r.rows, row{table: r.tables, out: r.out})
	}
}

func (r *reader) endTable() {
	for len(r.rows) > 0 && r.rows[len(r.rows)-1].table >= r.tables {
		r.endRow()
	}
	r.tables = max(0, r.tables-1)
	r.line(1)
}

func (r *reader) startCell() {
	row := r.row()
	if row == nil {
		r.line(1)
		return
	}
	r.endCell(row)
	row.open, r.out = true, &strings.Builder{}
}

func (r *reader) endCell(row *row) {
	if row.open {
		row.cells = append(row.cells, tidy(r.out.String()))
		row.open, r.out = false, row.out
	}
}

// endRow writes a row: side by side cells of one line, else one below the other, as
// in a mail that uses a table to place things.
func (r *reader) endRow() {
	last := &r.rows[len(r.rows)-1]
	r.endCell(last)
	r.out = last.out
	var full []string
	apart := " | "
	for _, cell := range last.cells {
		if cell == "" {
			continue
		}
		full = append(full, cell)
		if strings.Contains(cell, "\n") {
			apart = "\n"
		}
	}
	r.rows = r.rows[:len(r.rows)-1]
	r.line(1)
	r.out.WriteString(strings.ReplaceAll(strings.Join(full, apart), "  ", "\u00a0\u00a0"))
	r.line(1)
}
