package ticket

import (
	"cmp"
	"strings"
	"time"
)

// Origin is the message in a chat that a ticket was opened from.
type Origin struct {
	// Conversation and Message are its ids.
	Conversation string `json:"conversation"`
	Message      string `json:"message"`
	// Link leads to the message; empty where there is none.
	Link string `json:"link,omitempty"`
	// Reporter is the name of who wrote it, or who is said to have told of the trouble.
	Reporter string `json:"reporter,omitempty"`
	// At is when it was written; zero where nobody knows.
	At time.Time `json:"at,omitzero"`
}

// Key gives the key of the click that opens a ticket from the message: a message has
// one ticket, however often and by whomever it is used. Ids of messages are those of one
// conversation only; where that is not told, the link tells it.
func (o Origin) Key() string {
	if o.Message == "" {
		return ""
	}
	return "message " + cmp.Or(o.Conversation, o.Link) + " " + o.Message
}

// Clean gives the origin as it is kept.
func (o Origin) Clean() Origin {
	o.Reporter = line(o.Reporter)
	if runes := []rune(o.Reporter); len(runes) > MaxCustomer {
		o.Reporter = strings.TrimSpace(string(runes[:MaxCustomer]))
	}
	if !ValidLink(o.Link) {
		o.Link = ""
	}
	return o
}

// from notes the message that a ticket is opened from.
func (c *Change) from(origin *Origin) {
	if origin != nil {
		kept := origin.Clean()
		c.Ticket.Origin = &kept
	}
}

// link gives the address of the message that the ticket was opened from; empty for none.
func (t *Ticket) link() string {
	if t.Origin == nil {
		return ""
	}
	return t.Origin.Link
}
