package teams

import (
	"errors"
	"fmt"
	"strings"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// ChannelID is the only channel that Handrail speaks on.
const ChannelID = "msteams"

// Target is where to send, in the plain strings that a database keeps.
type Target struct {
	// ServiceURL is the connector's address, learnt from an activity.
	ServiceURL string
	// Tenant is the Entra tenant of the conversation.
	Tenant string
	// Conversation is the id of the chat or channel.
	Conversation string
	// Thread is the id of the message at the root of a channel thread, or "".
	Thread string
	// BotID is the bot's id in Teams ("28:…"), as activities name it; empty
	// for the connector's own bot.
	BotID string
	// BotName is the bot's name.
	BotName string
	// UserID is the person of a personal chat, or "".
	UserID string
}

// Reference is where to send: the library's conversation reference and the
// tenant that it does not carry.
type Reference struct {
	schema.ConversationReference
	// Tenant is the Entra tenant of the conversation.
	Tenant string
}

// NewReference builds a Reference. A message goes into a channel thread when
// it is posted to the channel's id with ";messageid=<root>" behind it; a root
// that is no positive number would be refused and is left out. Whatever
// follows a ";" in the conversation is replaced by a given thread and kept
// without one.
func NewReference(t Target) Reference {
	conversation := t.Conversation
	if isMessageNumber(t.Thread) {
		conversation = rootOf(t.Conversation) + ";messageid=" + t.Thread
	}
	ref := Reference{Tenant: t.Tenant}
	ref.ServiceURL = t.ServiceURL
	ref.ChannelID = ChannelID
	ref.Conversation = schema.ConversationAccount{ID: conversation, TenantID: t.Tenant}
	ref.Bot = schema.ChannelAccount{ID: t.BotID, Name: t.BotName}
	ref.User = schema.ChannelAccount{ID: t.UserID}
	return ref
}

// Root returns the id of the chat or channel, without the thread.
func (r Reference) Root() string { return rootOf(r.Conversation.ID) }

// String names the conversation in logs.
func (r Reference) String() string { return r.Conversation.ID }

// check refuses a reference that cannot make an address.
func (r Reference) check() error {
	if r.ServiceURL == "" {
		return errors.New("no service URL")
	}
	return checkID("conversation", r.Conversation.ID)
}

// checkID refuses an id that would change the path of the address it is put
// into, even when it is escaped.
func checkID(what, id string) error {
	if id == "" || id == "." || id == ".." {
		return fmt.Errorf("%q is no %s id", id, what)
	}
	return nil
}

func rootOf(conversation string) string {
	root, _, _ := strings.Cut(conversation, ";")
	return root
}
