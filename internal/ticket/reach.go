package ticket

import "time"

// Refusal says why nothing can be sent to a person or a place; a stored word.
type Refusal string

// The refusals.
const (
	Blocked          Refusal = "blocked"           // the person or the chat blocked the bot
	NotInRoster      Refusal = "not_in_roster"     // the bot is no member of the conversation
	NotInstalled     Refusal = "not_installed"     // the app is not installed there
	Disabled         Refusal = "disabled"          // an administrator switched the bot off
	NoPermission     Refusal = "no_permission"     // the app lacks a permission
	ConversationGone Refusal = "conversation_gone" // the conversation is not there any more
)

// Refusals lists the refusals, so that a catalog can be checked for them.
func Refusals() []Refusal {
	return []Refusal{Blocked, NotInRoster, NotInstalled, Disabled, NoPermission, ConversationGone}
}

// Unreached is a person or a place that cannot be told of a ticket.
type Unreached struct {
	// Place is the conversation; zero for a person.
	Place Place `json:"place,omitzero"`
	// Person is who cannot be told in a chat of their own; zero for a place.
	Person Person    `json:"person,omitzero"`
	Why    Refusal   `json:"why"`
	Since  time.Time `json:"since"`
}
