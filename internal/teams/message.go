package teams

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// CardContentType marks an attachment as an Adaptive Card.
const CardContentType = "application/vnd.microsoft.card.adaptive"

// Message is what the bot says: a text or a card, never both. Teams may split
// an activity that has both into two messages, and then returns no id to edit
// them by.
type Message struct {
	// Text is Markdown.
	Text string
	// Card is an Adaptive Card.
	Card json.RawMessage
	// Summary is what a notification shows, and a client that cannot show the
	// card.
	Summary string
	// Mentions are the people whom the text mentions; each stands in it as
	// its Markup. A card carries its mentions itself.
	Mentions []Mention
}

// Markup is how the mention stands in a text.
func (m Mention) Markup() string { return "<at>" + html.EscapeString(m.Name) + "</at>" }

func (m Message) check() error {
	hasCard := len(m.Card) > 0
	switch {
	case hasCard && m.Text != "":
		return errors.New("a text and a card need a message each")
	case !hasCard && strings.TrimSpace(m.Text) == "":
		return errors.New("the message is empty")
	case hasCard && len(m.Mentions) > 0:
		return errors.New("a card carries its mentions itself")
	case hasCard && (!bytes.HasPrefix(bytes.TrimLeft(m.Card, " \t\r\n"), []byte("{")) || !json.Valid(m.Card)):
		return errors.New("the card is no JSON object")
	}
	for _, mention := range m.Mentions {
		if mention.ID == "" || !strings.Contains(m.Text, mention.Markup()) {
			return fmt.Errorf("the text lacks the mention of %q", mention.Name)
		}
	}
	return nil
}

// fill puts the message into one of the library's activities. It is an
// activity.MsgOption, hence the error.
func (m Message) fill(a *schema.Activity) error {
	a.Summary = m.Summary
	if len(m.Card) == 0 {
		a.Text = m.Text
		a.TextFormat = "markdown"
		return nil
	}
	a.Attachments = []schema.Attachment{{ContentType: CardContentType, Content: m.Card}}
	return nil
}

func (m Message) entities() []mentionEntity {
	entities := make([]mentionEntity, 0, len(m.Mentions))
	for _, mention := range m.Mentions {
		entities = append(entities, mentionEntity{
			Type:      "mention",
			Text:      mention.Markup(),
			Mentioned: schema.ChannelAccount{ID: mention.ID, Name: mention.Name},
		})
	}
	return entities
}

// mentionEntity is an entity that keeps what the library's schema.Entity
// drops.
type mentionEntity struct {
	Type      string                `json:"type"`
	Text      string                `json:"text"`
	Mentioned schema.ChannelAccount `json:"mentioned"`
}

// outgoing is the library's activity as it goes over the wire. The redeclared
// fields win over the embedded ones in encoding/json: the library would send
// times of the year 1 and empty objects, and mentions without their person.
type outgoing struct {
	schema.Activity

	Conversation   *schema.ConversationAccount `json:"conversation,omitempty"`
	From           *schema.ChannelAccount      `json:"from,omitempty"`
	Recipient      *schema.ChannelAccount      `json:"recipient,omitempty"`
	Entities       []mentionEntity             `json:"entities,omitempty"`
	Timestamp      *time.Time                  `json:"timestamp,omitempty"`
	LocalTimestamp *time.Time                  `json:"localTimestamp,omitempty"`
	Expiration     *time.Time                  `json:"expiration,omitempty"`

	SuggestedActions *schema.SuggestedActions      `json:"suggestedActions,omitempty"`
	RelatesTo        *schema.ConversationReference `json:"relatesTo,omitempty"`
	SemanticAction   *schema.SemanticAction        `json:"semanticAction,omitempty"`
}

// newOutgoing dresses an activity for the wire. The conversation is nil for
// an activity whose conversation is yet to be made.
func newOutgoing(a schema.Activity, conversation *schema.ConversationAccount, m Message) outgoing {
	out := outgoing{Activity: a, Conversation: conversation, Entities: m.entities()}
	if a.From.ID != "" {
		out.From = &a.From
	}
	if a.Recipient.ID != "" {
		out.Recipient = &a.Recipient
	}
	return out
}
