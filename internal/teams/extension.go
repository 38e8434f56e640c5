package teams

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// The names of the invokes of a command of the app's message extension ("Create and
// send dialogs", Microsoft).
const (
	extensionPrefix = "composeExtension/"
	extensionFetch  = extensionPrefix + "fetchTask"
	extensionSubmit = extensionPrefix + "submitAction"
)

// OfExtension tells whether the activity comes from the app's message extension.
// People use it in any conversation, also where the bot is no member: nothing may be
// concluded from it about where the bot can write.
func (a *Activity) OfExtension() bool {
	return a.Type == schema.Invoke && strings.HasPrefix(a.Name, extensionPrefix)
}

// Quoted is a message of Teams on which somebody uses the message extension. Any of
// its fields may be empty.
type Quoted struct {
	ID string
	// Thread is the id of the first message of its thread, where it is a reply.
	Thread string
	// Link leads to the message.
	Link string
	// Author is who wrote it. The id of an app or a webhook is empty.
	Author Account
	At     time.Time
	// Subject is the heading of a post in a channel.
	Subject string
	// Text is what it says, as plain text.
	Text string
	// Files are what the bot may fetch or link to.
	Files []File
	// Pictures is how many pictures it has that the bot cannot fetch.
	Pictures int
}

// payload is a message as the invoke carries it.
type payload struct {
	ID        string      `json:"id"`
	ReplyToID string      `json:"replyToId"`
	Created   string      `json:"createdDateTime"`
	Subject   string      `json:"subject"`
	Link      string      `json:"linkToMessage"`
	Deleted   bool        `json:"deleted"`
	From      payloadFrom `json:"from"`
	Body      struct {
		ContentType string `json:"contentType"`
		Content     string `json:"content"`
	} `json:"body"`
	Attachments []schema.Attachment `json:"attachments"`
}

type payloadFrom struct {
	User        payloadName `json:"user"`
	Application payloadName `json:"application"`
}

type payloadName struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
}

// extension reads the value of an invoke of the message extension.
func (a *Activity) extension() (Dialog, bool) {
	if a.Name != extensionFetch && a.Name != extensionSubmit {
		return Dialog{}, false
	}
	value, ok := object(a.Value)
	if !ok {
		return Dialog{}, false
	}
	d := a.step(value, a.Name == extensionSubmit)
	d.Extension, d.Command, d.Card = true, word(value["commandId"]), ""
	if given := bytes.TrimSpace(value["messagePayload"]); bytes.HasPrefix(given, []byte("{")) {
		d.Message = readPayload(given, a.Recipient.ID)
	}
	return d, true
}

// readPayload reads a message. What has the wrong type is left out, and what the bot
// itself has written has no author.
func readPayload(given json.RawMessage, bot string) *Quoted {
	var p payload
	_ = json.Unmarshal(given, &p) // it was decoded once, so that the only fault is a wrong type
	q := &Quoted{
		ID: p.ID, Thread: p.ReplyToID, Link: p.Link, Subject: p.Subject,
		Author: Account{ObjectID: p.From.User.ID, Name: p.From.User.DisplayName},
	}
	if own := strings.TrimPrefix(bot, "28:"); q.Author == (Account{}) && (own == "" || strings.TrimPrefix(p.From.Application.ID, "28:") != own) {
		q.Author.Name = p.From.Application.DisplayName
	}
	q.At, _ = time.Parse(time.RFC3339, p.Created) // the zero time where it is none
	if p.Deleted {
		return q
	}
	read := rich{text: p.Body.Content}
	if strings.EqualFold(p.Body.ContentType, "html") {
		read = readRich(p.Body.Content)
	}
	said := []string{read.text}
	for _, attachment := range p.Attachments {
		if words := cardWords(attachment); words != "" {
			said = append(said, words)
		}
		if file, ok := fileOf(attachment); ok {
			q.add(file)
		}
	}
	for _, picture := range read.pictures {
		q.add(File{Name: "picture.png", Kind: FileOnConnector, URL: picture, Picture: true})
	}
	q.Text = strings.TrimSpace(strings.Join(said, "\n\n"))
	return q
}

// add notes a file of the message. Of pictures, only those that are attachments of
// the connector are the bot's to fetch: Teams shows the others to people alone.
func (q *Quoted) add(file File) {
	if slices.ContainsFunc(q.Files, func(f File) bool { return f.URL == file.URL }) {
		return
	}
	if file.Kind == FileOnConnector && !onConnector(file.URL) {
		q.Pictures++
		return
	}
	q.Files = append(q.Files, file)
}
