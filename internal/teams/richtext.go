package teams

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/infracloudio/msbotbuilder-go/schema"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxRich is how many bytes of a message's HTML are read; Teams takes 28 KB of text.
const maxRich = 256 << 10

// maxPictures is how many pictures of a message are told of.
const maxPictures = 50

// rich is what a message in HTML says.
type rich struct {
	text string
	// pictures are the addresses of pictures in the text, each once.
	pictures []string
}

// readRich reads the HTML of a message as plain text: lines, items of lists and cells
// of tables stay apart, a quote begins with "> ", a link brings its address, an emoji
// and a mention their words. It goes through the tokens and builds no tree, so that a
// hostile message costs nothing, and nothing of HTML is left in the text.
func readRich(source string) rich {
	if len(source) > maxRich {
		source = source[:maxRich]
	}
	r := &richReader{}
	tokens := html.NewTokenizer(strings.NewReader(source))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return rich{text: r.done(), pictures: r.pictures}
		case html.TextToken:
			if r.silent == 0 {
				r.words(string(tokens.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(tokens.Token())
		case html.EndTagToken:
			r.end(tokens.Token())
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// richReader writes the text of the tokens that it reads.
type richReader struct {
	lines []string
	line  strings.Builder
	// quotes, code and silent count the elements around here: quotes, code of which the
	// spaces are meant, and what nobody sees.
	quotes, code, silent int
	// cells counts the cells of the row so far.
	cells int
	// href is the address of the link whose words begin at linked in the line.
	href     string
	linked   int
	pictures []string
}

func (r *richReader) words(text string) {
	if r.code > 0 {
		for i, line := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
			if i > 0 {
				r.lineBreak()
			}
			r.line.WriteString(line)
		}
		return
	}
	for i, word := range strings.Fields(text) {
		if i > 0 || strings.TrimLeft(text, " \n\t\r\f\u00a0") != text {
			r.space()
		}
		r.line.WriteString(word)
	}
	if strings.TrimRight(text, " \n\t\r\f\u00a0") != text {
		r.space()
	}
}

func (r *richReader) space() {
	if s := r.line.String(); s != "" && !strings.HasSuffix(s, " ") {
		r.line.WriteByte(' ')
	}
}

// lineBreak ends the line, and block does so where there is something on it.
func (r *richReader) lineBreak() {
	line := strings.TrimRight(r.line.String(), " ")
	if r.quotes > 0 && line != "" {
		line = "> " + line
	}
	r.lines = append(r.lines, line)
	r.line.Reset()
	r.href = ""
}

func (r *richReader) block() {
	if strings.TrimSpace(r.line.String()) != "" {
		r.lineBreak()
	}
}

func (r *richReader) start(token html.Token) {
	switch {
	case unseen(token.DataAtom):
		if token.Type == html.StartTagToken {
			r.silent++
		}
	case r.silent == 0:
		r.open(token)
	}
}

// open writes what an element begins with.
func (r *richReader) open(token html.Token) {
	switch token.DataAtom {
	case atom.Br:
		r.lineBreak()
	case atom.Li:
		r.block()
		r.line.WriteString("- ")
	case atom.Tr:
		r.block()
		r.cells = 0
	case atom.Td, atom.Th:
		if r.cells++; r.cells > 1 {
			r.line.WriteString(" | ")
		}
	case atom.A:
		r.href, r.linked = followed(attributeOf(token, "href")), r.line.Len()
	case atom.Img:
		r.image(token)
	case atom.Blockquote:
		r.block()
		r.quotes++
	default:
		switch {
		case isCode(token):
			r.block()
			r.code++
		case token.Data == "emoji":
			r.line.WriteString(attributeOf(token, "alt"))
		case separate(token.DataAtom) && r.cells == 0:
			r.block()
		}
	}
}

func (r *richReader) end(token html.Token) {
	switch {
	case unseen(token.DataAtom):
		r.silent = max(0, r.silent-1)
	case r.silent == 0:
		r.close(token)
	}
}

// close writes what an element ends with.
func (r *richReader) close(token html.Token) {
	switch token.DataAtom {
	case atom.A:
		r.endLink()
	case atom.Blockquote:
		r.block()
		r.quotes = max(0, r.quotes-1)
	case atom.Tr, atom.Table:
		r.block()
		r.cells = 0
	default:
		switch {
		case isCode(token):
			r.block()
			r.code = max(0, r.code-1)
		case separate(token.DataAtom) && r.cells == 0:
			r.block()
		}
	}
}

// endLink writes the address of a link after its words, unless they are the address.
func (r *richReader) endLink() {
	href, line := r.href, r.line.String()
	r.href = ""
	if href == "" || r.linked > len(line) {
		return
	}
	switch words := strings.TrimSpace(line[r.linked:]); {
	case words == "":
		r.line.WriteString(href)
	case strings.TrimSuffix(words, "/") != strings.TrimSuffix(href, "/"):
		r.line.WriteString(" (" + href + ")")
	}
}

// image notes a picture. An emoji is a picture whose words are the emoji itself.
func (r *richReader) image(token html.Token) {
	source, kind := attributeOf(token, "src"), attributeOf(token, "itemtype")
	if strings.HasSuffix(kind, "/Emoji") || strings.HasPrefix(source, "https://statics.teams.") {
		r.line.WriteString(attributeOf(token, "alt"))
		return
	}
	address, err := url.Parse(source)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || len(r.pictures) >= maxPictures {
		return
	}
	if !slices.Contains(r.pictures, source) {
		r.pictures = append(r.pictures, source)
	}
}

// done gives the text, with one empty line at most between two others.
func (r *richReader) done() string {
	r.block()
	var text []string
	for _, line := range r.lines {
		if line != "" || len(text) > 0 && text[len(text)-1] != "" {
			text = append(text, line)
		}
	}
	return strings.TrimSpace(strings.Join(text, "\n"))
}

// unseen tells which elements nobody sees, with all that is in them.
func unseen(element atom.Atom) bool {
	switch element {
	case atom.Script, atom.Style, atom.Template, atom.Head, atom.Title, atom.Iframe, atom.Object, atom.Noscript:
		return true
	default:
		return false
	}
}

// isCode tells whether an element holds code, of which the spaces are meant.
func isCode(token html.Token) bool { return token.DataAtom == atom.Pre || token.Data == "codeblock" }

// separate tells which elements stand on lines of their own.
func separate(element atom.Atom) bool {
	switch element {
	case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Hr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Section, atom.Article:
		return true
	default:
		return false
	}
}

func attributeOf(token html.Token, name string) string {
	for _, attribute := range token.Attr {
		if attribute.Key == name {
			return attribute.Val
		}
	}
	return ""
}

// followed gives the address of a link that people may follow.
func followed(href string) string {
	address, err := url.Parse(strings.TrimSpace(href))
	if err != nil || address.Scheme != "https" && address.Scheme != "http" && address.Scheme != "mailto" {
		return ""
	}
	return address.String()
}

// onConnector tells whether a picture is an attachment of a connector.
func onConnector(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && isAttachment(parsed)
}

// cardWords gives what a card says that an app or a webhook has sent; such a message
// often has no other words. Its content is JSON in a string.
func cardWords(attachment schema.Attachment) string {
	if !strings.HasPrefix(attachment.ContentType, "application/vnd.microsoft.card.") {
		return ""
	}
	content := attachment.Content
	if text, ok := content.(string); ok {
		content = nil
		_ = json.Unmarshal([]byte(text), &content) // what is no JSON says nothing
	}
	var said []string
	gatherWords(content, &said, 0)
	return strings.Join(said, "\n")
}

// deepestCard is how deep a card is read, and longestCard how much of it.
const (
	deepestCard = 20
	longestCard = 200
)

// gatherWords collects the texts of a card from top to bottom.
func gatherWords(part any, said *[]string, depth int) {
	if depth > deepestCard || len(*said) >= longestCard {
		return
	}
	switch part := part.(type) {
	case []any:
		for _, each := range part {
			gatherWords(each, said, depth+1)
		}
	case map[string]any:
		var words []string
		for _, name := range []string{"title", "subtitle", "text", "value"} {
			if text, ok := part[name].(string); ok && strings.TrimSpace(text) != "" {
				words = append(words, strings.TrimSpace(text))
			}
		}
		if len(words) > 0 {
			*said = append(*said, strings.Join(words, ": "))
		}
		for _, name := range []string{"sections", "columns", "items", "inlines", "facts", "rows", "cells", "body"} {
			gatherWords(part[name], said, depth+1)
		}
	}
}
