package teams

import (
	"html"
	"slices"
	"strings"
	"unicode"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// Mention is a person whom a message names with an @.
type Mention struct {
	// ID is the person's id in Teams.
	ID string
	// ObjectID is the person's Entra object id, empty where Teams sent none.
	ObjectID string
	// Name is what people see.
	Name string
}

// Mentions returns the people whom the message names, each once, in order. The
// bot itself, other bots, tags, channels and teams are not people.
func (a *Activity) Mentions() []Mention {
	var people []Mention
	for _, e := range a.Entities {
		if e.Type != "mention" || !a.isPerson(e.Mentioned) {
			continue
		}
		known := slices.ContainsFunc(people, func(m Mention) bool { return m.ID == e.Mentioned.ID })
		if !known {
			people = append(people, Mention{ID: e.Mentioned.ID, ObjectID: e.Mentioned.AadObjectID, Name: e.name()})
		}
	}
	return people
}

func (a *Activity) isPerson(m Mentioned) bool {
	return m.ID != "" && !a.isBot(m.ChannelAccount) &&
		!strings.HasPrefix(m.ID, "28:") && !strings.HasPrefix(m.ID, "19:") &&
		(m.MentionType == "" || strings.EqualFold(m.MentionType, "person"))
}

// name returns the name of whoever is mentioned, without the tags around it.
func (e Entity) name() string {
	if e.Mentioned.Name != "" {
		return e.Mentioned.Name
	}
	name := strings.TrimSuffix(e.Text, "</at>")
	if i := strings.IndexByte(name, '>'); i >= 0 && strings.HasPrefix(name, "<at") {
		name = name[i+1:]
	}
	return html.UnescapeString(name)
}

// Command returns what the person wrote to the bot: without the mention of the
// bot itself, with the others as @Name, as plain text with \n between lines.
func (a *Activity) Command() string {
	text := a.Text
	for _, e := range a.Entities {
		switch {
		case e.Type != "mention" || e.Mentioned.ID == "":
		case a.isBot(e.Mentioned.ChannelAccount):
			text = e.replaceIn(text, "")
		default:
			text = e.replaceIn(text, "@"+html.EscapeString(e.name()))
		}
	}
	return plainText(text, a.TextFormat == schema.XML)
}

// replaceIn puts a replacement where the mention stands first: as the entity
// quotes it, or else as Teams would have written it (BBJS and the other SDKs
// remove a mention in this way).
func (e Entity) replaceIn(text, replacement string) string {
	for _, mention := range []string{e.Text, "<at>" + e.Mentioned.Name + "</at>"} {
		if mention == "" || mention == "<at></at>" {
			continue
		}
		if before, after, found := strings.Cut(text, mention); found {
			return before + replacement + after
		}
	}
	return text
}

// plainText turns what Teams writes for text into what was typed. In the format
// xml paragraphs and blocks are lines, too.
func plainText(text string, xml bool) string {
	text = lineBreaks(text, "br")
	if xml {
		text = lineBreaks(text, "p", "div")
	}
	if strings.IndexByte(text, '&') >= 0 {
		text = html.UnescapeString(text)
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u00a0", " ").Replace(text)
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || r == '\u200b' || r == '\ufeff':
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// lineBreaks replaces the tags, opening or closing, by line breaks. Any other
// tag was typed by the person and stays.
func lineBreaks(text string, tags ...string) string {
	if strings.IndexByte(text, '<') < 0 {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if end := strings.IndexAny(rest, "<>"); end >= 0 && rest[end] == '>' {
			name, _, _ := strings.Cut(strings.Trim(rest[:end], "/ "), " ")
			if slices.Contains(tags, strings.ToLower(name)) {
				b.WriteByte('\n')
				text = rest[end+1:]
				continue
			}
		}
		b.WriteByte('<')
		text = rest
	}
}

// HTML returns the copy of the message in HTML that Teams sends with a message
// of formatted text, or "".
func (a *Activity) HTML() string {
	for _, attachment := range a.Attachments {
		if content, ok := attachment.Content.(string); ok && strings.HasPrefix(attachment.ContentType, "text/html") {
			return content
		}
	}
	return ""
}
