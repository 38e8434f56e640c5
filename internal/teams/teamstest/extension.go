package teamstest

import (
	"fmt"
	"net/url"
)

// Message is a message that people see in a conversation, and that the bot gets only
// when somebody uses a command of its message extension on it.
type Message struct {
	// ID is the id of the message.
	ID string
	// Payload is the message as the command carries it, to be changed.
	Payload map[string]any

	place *Conversation
}

// Message returns a message that somebody has written here in HTML, with files. In a
// channel it begins a thread, or stands in the one that this is.
func (c *Conversation) Message(author *Person, content string, files ...*File) *Message {
	t := c.teams
	t.mu.Lock()
	id := fmt.Sprint(t.newID())
	if c.room.kind == "channel" && c.thread == "" {
		c.room.threads[id] = true
	}
	t.mu.Unlock()
	place, replyTo := c, any(nil)
	switch {
	case c.room.kind != "channel":
	case c.thread == "":
		place = &Conversation{teams: t, room: c.room, thread: id}
	default:
		replyTo = c.thread
	}
	var attachments []any
	for _, f := range files {
		attachments = append(attachments, f.attachment())
	}
	return &Message{ID: id, place: place, Payload: map[string]any{
		"id": id, "replyToId": replyTo, "createdDateTime": t.now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"lastModifiedDateTime": nil, "deleted": false, "subject": nil, "summary": nil, "importance": "normal", "locale": "en-us",
		"linkToMessage": "https://teams.microsoft.com/l/message/" + url.PathEscape(c.room.id) + "/" + id,
		"from": map[string]any{
			"device": nil, "conversation": nil, "application": nil,
			"user": map[string]any{"userIdentityType": "aadUser", "id": author.ObjectID, "displayName": author.Name},
		},
		"body":        map[string]any{"contentType": "html", "content": content},
		"attachments": attachments, "mentions": []any{}, "reactions": []any{},
	}}
}

// From makes it a message of an app or a webhook.
func (m *Message) From(name string) *Message {
	m.Payload["from"] = map[string]any{
		"user": nil, "application": map[string]any{"applicationIdentityType": "webhook", "id": guid("webhook " + name), "displayName": name},
	}
	return m
}

// Thread returns the thread of the channel in which the message stands.
func (m *Message) Thread() *Conversation { return m.place }

// Act uses a command of the message extension on the message, and returns the dialog
// that it opens.
func (m *Message) Act(who *Person, command string) *Dialog {
	return m.place.command(who, command, "message", m.Payload)
}

// Compose uses a command of the message extension from the box in which people write.
func (c *Conversation) Compose(who *Person, command string) *Dialog {
	return c.command(who, command, "compose", nil)
}

func (c *Conversation) command(who *Person, command, context string, message map[string]any) *Dialog {
	c.teams.t.Helper()
	d := &Dialog{
		teams: c.teams, place: c, who: who, names: stepNames{"composeExtension/fetchTask", "composeExtension/submitAction"},
		extra: map[string]any{"commandId": command, "commandContext": context},
	}
	value := map[string]any{}
	if message != nil {
		value["messagePayload"] = clone(message)
	}
	return d.step(fmt.Sprintf("%s uses %q", who.Name, command), d.names.fetch, value, "")
}
