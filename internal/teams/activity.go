package teams

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// Activity is what the Bot Connector sends: the library's activity, with the
// fields that the library drops or cannot decode declared anew. Of the embedded
// activity, Value and Entities stay empty and ChannelData has the tenant only.
type Activity struct {
	schema.Activity

	// Value is what an invoke, an event or a submitted card carries. It may be
	// any JSON, or nil.
	Value json.RawMessage
	// Entities are mentions and the client's description of itself.
	Entities []Entity
	// ChannelData is what only Teams sends.
	ChannelData ChannelData
}

// Entity is one piece of metadata of a message. Which fields are set depends on
// its type: mention has Text and Mentioned, clientInfo has the rest.
type Entity struct {
	schema.Entity
	Text      string    `json:"text"`
	Mentioned Mentioned `json:"mentioned"`
	Locale    string    `json:"locale"`
	Country   string    `json:"country"`
	Platform  string    `json:"platform"`
	Timezone  string    `json:"timezone"`
}

// Mentioned is whom a mention means: a person, a bot, a tag, a channel or a team.
type Mentioned struct {
	schema.ChannelAccount
	MentionType string `json:"mentionType"`
}

// ChannelData is the part of an activity that belongs to Teams.
type ChannelData struct {
	Tenant struct {
		ID string `json:"id"`
	} `json:"tenant"`
	Team struct {
		ID         string `json:"id"`
		Name       string `json:"name"`
		AADGroupID string `json:"aadGroupId"`
	} `json:"team"`
	Channel struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Type string `json:"type"`
	} `json:"channel"`
	// EventType says what happened, for example teamMemberAdded or editMessage.
	EventType string `json:"eventType"`
	Settings  struct {
		SelectedChannel struct {
			ID string `json:"id"`
		} `json:"selectedChannel"`
	} `json:"settings"`
	// Raw is all of it, as it came.
	Raw json.RawMessage `json:"-"`
}

// Account is a person or a bot in a conversation.
type Account struct {
	// ID is the id in Teams: 29:… for a person, 28:… for a bot.
	ID string
	// ObjectID is the person's Entra object id, empty where Teams sent none.
	ObjectID string
	// Name is what people see.
	Name string
}

// Kind is the kind of a conversation.
type Kind string

// The kinds of conversations.
const (
	Personal  Kind = "personal"
	GroupChat Kind = "groupChat"
	Channel   Kind = "channel"
)

// DecodeError says why a request body is not an activity that can be answered.
type DecodeError struct {
	// Reason is a short sentence without anything of the body.
	Reason string
	cause  error
}

// Error returns the reason with its cause.
func (e *DecodeError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("teams: decode activity: %s: %v", e.Reason, e.cause)
	}
	return "teams: decode activity: " + e.Reason
}

// Unwrap returns the cause.
func (e *DecodeError) Unwrap() error { return e.cause }

// envelope is an activity as encoding/json has to see it: the outer field wins
// over the embedded one of the same name. Times stay raw, because one bad time
// would end the decoding of everything after it.
type envelope struct {
	schema.Activity
	Timestamp      json.RawMessage `json:"timestamp"`
	LocalTimestamp json.RawMessage `json:"localTimestamp"`
	Expiration     json.RawMessage `json:"expiration"`
	Value          json.RawMessage `json:"value"`
	Entities       []Entity        `json:"entities"`
	ChannelData    json.RawMessage `json:"channelData"`
}

// Decode reads an activity. A field of the wrong JSON type is left empty, since
// Microsoft adds and changes fields at any time; only a body that is not a JSON
// object, has no type, or is a message or an invoke from nowhere is an error,
// and then it is a [*DecodeError]. Invokes of the message extension come without a
// conversation from a chat of two people ("Create and send dialogs", Microsoft).
func Decode(body []byte) (*Activity, error) {
	body = bytes.TrimSpace(withoutNUL(body))
	if len(body) == 0 || body[0] != '{' {
		return nil, &DecodeError{Reason: "the body is not a JSON object"}
	}
	var env envelope
	var wrongType *json.UnmarshalTypeError
	// After a field of the wrong type encoding/json goes on with the others.
	if err := json.Unmarshal(body, &env); err != nil && !errors.As(err, &wrongType) {
		return nil, &DecodeError{Reason: "the body is not JSON", cause: err}
	}
	a := &Activity{Activity: env.Activity, Entities: env.Entities}
	if env.Type == "" {
		return nil, &DecodeError{Reason: "the activity has no type"}
	}
	if env.Conversation.ID == "" && (env.Type == schema.Message || env.Type == schema.Invoke) && !a.OfExtension() {
		return nil, &DecodeError{Reason: "the activity has no conversation"}
	}
	a.Timestamp = decodeTime(env.Timestamp)
	a.LocalTimestamp = decodeTime(env.LocalTimestamp)
	a.Expiration = decodeTime(env.Expiration)
	if !bytes.Equal(env.Value, []byte("null")) {
		a.Value = env.Value
	}
	a.ChannelData.Raw = env.ChannelData
	if len(env.ChannelData) > 0 {
		// The body was valid JSON, so that the only fault left is a wrong type.
		_ = json.Unmarshal(env.ChannelData, &a.ChannelData)
	}
	a.fillIn()
	return a, nil
}

// fillIn takes from the rest of the activity what clients leave out at the top,
// and shows the tenant to those who get the library's part only.
func (a *Activity) fillIn() {
	for _, e := range a.Entities {
		if e.Type != "clientInfo" {
			continue
		}
		if a.Locale == "" {
			a.Locale = e.Locale
		}
		if a.LocalTimezone == "" {
			a.LocalTimezone = e.Timezone
		}
	}
	if id := a.ChannelData.Tenant.ID; id != "" {
		a.Activity.ChannelData = map[string]any{"tenant": map[string]any{"id": id}}
	}
}

// Tenant returns the id of the tenant that the conversation lives in.
func (a *Activity) Tenant() string {
	if a.Conversation.TenantID != "" {
		return a.Conversation.TenantID
	}
	return a.ChannelData.Tenant.ID
}

// Sender returns who wrote, pressed or changed something.
func (a *Activity) Sender() Account {
	return Account{ID: a.From.ID, ObjectID: a.From.AadObjectID, Name: a.From.Name}
}

// Timezone returns the IANA name of the sender's time zone, or "".
func (a *Activity) Timezone() string { return a.LocalTimezone }

// ConversationKind returns the kind of conversation that the activity is from.
func (a *Activity) ConversationKind() Kind {
	switch {
	case strings.EqualFold(a.Conversation.ConversationType, string(Channel)):
		return Channel
	case strings.EqualFold(a.Conversation.ConversationType, string(GroupChat)):
		return GroupChat
	case strings.EqualFold(a.Conversation.ConversationType, string(Personal)):
		return Personal
	case a.ChannelData.Channel.ID != "" || a.ChannelData.Team.ID != "":
		return Channel
	case a.Conversation.IsGroup:
		return GroupChat
	}
	return Personal
}

// ConversationRoot splits the conversation's id: a channel's id may carry the
// id of the thread's first message after ";messageid=". The thread is "" outside
// of threads, and where Teams writes 0 for none.
func (a *Activity) ConversationRoot() (id, thread string) {
	id, rest, _ := strings.Cut(a.Conversation.ID, ";")
	for part := range strings.SplitSeq(rest, ";") {
		name, value, _ := strings.Cut(part, "=")
		if strings.EqualFold(name, "messageid") && isMessageNumber(value) {
			return id, value
		}
	}
	return id, ""
}

// isMessageNumber reports whether a thread's root can be posted to: it is a
// number other than 0.
func isMessageNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return strings.Trim(s, "0") != ""
}

// BotAdded reports whether the activity says that the bot came into the
// conversation. Teams may say so more than once, and in two ways.
func (a *Activity) BotAdded() bool {
	switch a.Type {
	case schema.InstallationUpdate:
		return a.Activity.Action == "add" || a.Activity.Action == "add-upgrade"
	case schema.ConversationUpdate:
		return slices.ContainsFunc(a.MembersAdded, a.isBot)
	default:
		return false
	}
}

// BotRemoved reports whether the activity says that the bot was taken out of
// the conversation.
func (a *Activity) BotRemoved() bool {
	switch a.Type {
	case schema.InstallationUpdate:
		return a.Activity.Action == "remove" || a.Activity.Action == "remove-upgrade"
	case schema.ConversationUpdate:
		return slices.ContainsFunc(a.MembersRemoved, a.isBot)
	default:
		return false
	}
}

func (a *Activity) isBot(account schema.ChannelAccount) bool {
	return account.ID != "" && strings.TrimPrefix(account.ID, "28:") == strings.TrimPrefix(a.Recipient.ID, "28:")
}

// decodeTime reads a time, or returns the zero time.
func decodeTime(raw json.RawMessage) time.Time {
	var t time.Time
	if len(raw) > 0 && t.UnmarshalJSON(raw) == nil {
		return t
	}
	return time.Time{}
}

// withoutNUL drops the escape \u0000 from JSON: nobody types it, and Postgres
// stores it in no text.
func withoutNUL(body []byte) []byte {
	nul := []byte(`\u0000`)
	if !bytes.Contains(body, nul) {
		return body
	}
	kept := make([]byte, 0, len(body))
	for i := 0; i < len(body); {
		switch {
		case body[i] != '\\':
			kept = append(kept, body[i])
			i++
		case bytes.HasPrefix(body[i:], nul):
			i += len(nul)
		default:
			end := min(i+2, len(body))
			kept = append(kept, body[i:end]...)
			i = end
		}
	}
	return kept
}
