package ticket

import "time"

// PlaceKind says what kind of conversation a place is; a stored word.
type PlaceKind string

// The kinds of conversations.
const (
	Personal PlaceKind = "personal"
	Group    PlaceKind = "group"
	Channel  PlaceKind = "channel"
)

// Place names a conversation of a tenant, and in a channel the thread in it.
type Place struct {
	Tenant       string `json:"tenant"`
	Conversation string `json:"conversation"`
	// Thread is the id of a thread's first message; empty outside of threads.
	Thread string `json:"thread,omitempty"`
}

// Address is what is known of a place: how to reach it and who is there. It is
// learnt from every activity; the newest one wins.
type Address struct {
	Place
	Kind PlaceKind
	// ServiceURL is where the connector of the conversation listens.
	ServiceURL string
	// BotID and BotName are the bot's account in the conversation.
	BotID, BotName string
	// Person is the other one of a personal conversation; zero elsewhere.
	Person Person
	// Team and Channel are the ids of the team and channel of a thread.
	Team, Channel string
	// Locale and Zone are those of whoever wrote last ("en-US", "Europe/Berlin").
	Locale, Zone string
	// Refused is the connector's word for why nothing can be sent here; empty while it can.
	Refused string
}

// Purpose says what a post is for; a stored word.
type Purpose string

// The purposes of posts.
const (
	PurposeLive   Purpose = ""       // the card that people work with
	PurposeStatus Purpose = "status" // what those see at a glance who follow a ticket
	// PurposeEscalation is the card of an escalation, for those who are asked.
	PurposeEscalation Purpose = "escalation"
	// PurposeMessage is the card of what the customer wrote in the system of record.
	PurposeMessage Purpose = "message"
)

// Post is a message of the bot that shows a card of a ticket.
type Post struct {
	// ID is given by the store.
	ID int64
	Place
	Number  int64
	Purpose Purpose
	// Subject is the number of the escalation that the post shows, from 1, or that of the
	// message; 0 elsewhere.
	Subject int
	// Noticed is the version of the ticket of which the place was last told that
	// something happened; 0 for none.
	Noticed int64
	// Activity is the channel's id of the message; empty while it is not sent yet.
	Activity string
	// Shown is the version of the ticket that the message shows; 0 for none.
	Shown int64
	// Held is until when one worker has the post for itself; zero when none has.
	Held time.Time
}

// Precedes tells whether the other post was asked for later, for the same purpose
// in the same place.
func (p Post) Precedes(other Post) bool {
	return other.ID > p.ID && other.Place == p.Place && other.Number == p.Number && other.Purpose == p.Purpose && other.Subject == p.Subject
}

// Copy is a post with what is known of its place.
type Copy struct {
	Post
	// Address is zero for a place that was never learnt.
	Address Address
}

// OpenForm is a form that a person fills in on a message of the bot. While it
// is open nobody edits the message, so that what is being typed is not lost.
type OpenForm struct {
	Place
	// Activity is the channel's id of the message.
	Activity string
	// Person is the id of who fills it in.
	Person string
	// Until is when it counts as left.
	Until time.Time
}

// Hold says which posts of a ticket a worker wants for itself.
type Hold struct {
	ID
	// Version is the one that they are to show: a post that shows it, or a later
	// one, is left out.
	Version int64
	// Posts are the ids of the posts.
	Posts []int64
	// Now and Until are the time, and the end of the hold.
	Now, Until time.Time
}
