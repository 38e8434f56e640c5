package odoo

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// This file knows how mail programs write their mails.

func attribute(token html.Token, name string) string {
	for _, one := range token.Attr {
		if one.Key == name {
			return one.Val
		}
	}
	return ""
}

func classed(token html.Token, class string) bool {
	return slices.Contains(strings.Fields(attribute(token, "class")), class)
}

// hidden tells an element of which nothing is shown.
func hidden(token html.Token) bool {
	if slices.Contains([]atom.Atom{
		atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Iframe, atom.Object, atom.Svg, atom.Math, atom.Select,
		atom.Noscript, atom.Textarea,
	}, token.DataAtom) {
		return true
	}
	style := strings.ReplaceAll(strings.ToLower(attribute(token, "style")), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "mso-hide:all")
}

// quoteOf tells an element in which a mail quotes another one, and whether all that
// follows is of the quote, too. Odoo marks quotes of mails that it receives, but not all.
func quoteOf(token html.Token) (rest, quote bool) {
	id, class := attribute(token, "id"), attribute(token, "class")
	switch {
	case attribute(token, "data-o-mail-quote") != "":
		return false, true
	case slices.ContainsFunc(strings.Fields(class), func(c string) bool {
		return slices.Contains(quoteClasses(), c)
	}):
		return false, true
	case token.DataAtom == atom.Blockquote && strings.EqualFold(attribute(token, "type"), "cite"): // Apple Mail, Thunderbird
		return false, true
	case slices.Contains(outlookQuotes(), strings.TrimPrefix(id, "x_")):
		return true, true
	case token.DataAtom == atom.Hr && strings.Contains(class+" "+id, "stopSpelling"): // Outlook.com
		return true, true
	case token.DataAtom == atom.Div && outlookHeader(attribute(token, "style")):
		return true, true
	}
	return false, false
}

// quoteClasses are those of Gmail, Yahoo, Proton Mail and Thunderbird.
func quoteClasses() []string {
	return []string{"gmail_quote", "gmail_quote_container", "gmail_extra", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix"}
}

// outlookQuotes are the ids with which a quote begins in Outlook on the web.
func outlookQuotes() []string {
	return []string{"divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"}
}

// outlookHeader tells the line above "From:" of Outlook for Windows and for Mac.
func outlookHeader(style string) bool {
	style = strings.ReplaceAll(strings.ToLower(style), " ", "")
	return strings.Contains(style, "border:none;border-top:solid#e1e1e11.0pt") || strings.Contains(style, "border:none;border-top:solid#b5c4df1.0pt")
}

// gap says how many breaks go before a paragraph: Outlook writes a paragraph for each line.
func gap(token html.Token) int {
	style := strings.ReplaceAll(strings.ToLower(attribute(token, "style")), " ", "")
	if classed(token, "MsoNormal") || classed(token, "MsoListParagraph") ||
		strings.Contains(style, "margin:0") || strings.Contains(style, "margin-bottom:0") {
		return 1
	}
	return 2
}

// void tells the elements that have no end.
func void(a atom.Atom) bool {
	return slices.Contains([]atom.Atom{
		atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Source, atom.Track, atom.Wbr,
	}, a)
}

// block tells the elements that stand on lines of their own.
func block(a atom.Atom) bool {
	return slices.Contains([]atom.Atom{
		atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center, atom.Dd, atom.Details, atom.Div, atom.Dl,
		atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Header, atom.Html, atom.Li, atom.Main, atom.Nav, atom.P, atom.Section, atom.Summary, atom.Tbody, atom.Thead, atom.Tfoot,
	}, a)
}

// followable gives the address of a link that people can follow: of the web, or of a mailbox.
func followable(href string) string {
	href = strings.TrimSpace(href)
	parsed, err := url.Parse(href)
	switch {
	case err != nil:
		return ""
	case parsed.Scheme == "mailto":
		return parsed.Opaque
	case parsed.Scheme == "https" || parsed.Scheme == "http":
		return href
	}
	return ""
}

// attachmentOf gives the id of the attachment that Odoo shows at an address.
func attachmentOf(source string) (int64, bool) {
	at, err := url.Parse(source)
	if err != nil || at.Host != "" && at.Scheme != "http" && at.Scheme != "https" {
		return 0, false
	}
	for _, folder := range []string{"/web/image/", "/web/content/"} {
		if rest, ok := strings.CutPrefix(at.Path, folder); ok {
			number, _, _ := strings.Cut(rest, "/")
			number, _, _ = strings.Cut(number, "-")
			id, err := strconv.ParseInt(number, 10, 64)
			return id, err == nil && id > 0
		}
	}
	return 0, false
}

// wrote ends a line such as "On Monday Ana wrote:", in any language.
var wrote = regexp.MustCompile(`(?:\d{1,2}[:.]\d{2}|@|>).*:$`)

// withoutTail cuts off the lines at the end that quote with ">", as mails of plain
// text do, and the line above them that says who wrote that.
func withoutTail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	end := len(lines)
	quoted := false
	for end > 0 {
		line := strings.TrimSpace(lines[end-1])
		if line != "" && !strings.HasPrefix(line, ">") {
			break
		}
		quoted = quoted || line != ""
		end--
	}
	if !quoted {
		return text
	}
	if end > 1 && wrote.MatchString(strings.TrimSpace(lines[end-1])) {
		end--
	}
	return strings.Join(lines[:end], "\n")
}

// tidy gives text as people read it: no space at the ends of lines, never two empty
// lines, and nothing that cannot be seen.
func tidy(text string) string { return strings.Trim(tidyLines(text), "\n") }

func tidyLines(text string) string {
	text = strings.Map(visible, strings.ReplaceAll(text, "\r\n", "\n"))
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && (len(kept) == 0 || kept[len(kept)-1] == "") {
			continue
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n")
}

// visible gives a character as it is shown; -1 for one that cannot be seen.
func visible(c rune) rune {
	const (
		fillers = "\u200b\u2060\ufeff\u00ad\u034f"                         // of mails
		turners = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" // of the order of letters
	)
	switch {
	case c == '\u00a0':
		return ' '
	case c == '\n' || c == '\t':
		return c
	case unicode.IsControl(c), strings.ContainsRune(fillers+turners, c):
		return -1
	}
	return c
}
