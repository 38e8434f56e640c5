package ticket

import (
	"slices"
	"strings"
	"time"
)

// Person is somebody who works with tickets, as Teams names them.
type Person struct {
	// ID is the channel's id of the person ("29:…"). It is the same in every
	// conversation with the bot, and the only one that a mention carries.
	ID string `json:"id"`
	// Name is what people call them; it is data of people, never markup.
	Name string `json:"name"`
	// ObjectID is the Entra object id; empty where nobody has told it yet.
	ObjectID string `json:"object_id,omitempty"`
}

// same tells whether both are the same person. One who is known by a mention
// has no object id, and one who was picked from the organisation nothing else.
func (p Person) same(other Person) bool {
	return p.ID != "" && p.ID == other.ID || p.ObjectID != "" && strings.EqualFold(p.ObjectID, other.ObjectID)
}

// Acquaintance is what is known of a person who has written to the bot. It is
// learnt from every activity.
type Acquaintance struct {
	Person
	Tenant string
	// Locale and Zone are those of the person's newest activity ("en-US", "Europe/Berlin").
	Locale, Zone string
	// SeenAt is when the person was last heard of, within some minutes.
	SeenAt time.Time
	// Mail and SignIn are the mail address and the sign-in name that the organisation gives
	// the person; empty where they are not known, or where that is no address.
	Mail, SignIn string
	// OwnMail is the address that the person has given; it goes before the others.
	OwnMail string
	// MailDue is from when on the organisation is asked for the addresses; zero for at once.
	MailDue time.Time
}

// Mails gives the addresses under which the person is known, the best first.
func (a Acquaintance) Mails() []string {
	var mails []string
	for _, mail := range []string{a.OwnMail, a.Mail, a.SignIn} {
		if mail != "" && !slices.Contains(mails, mail) {
			mails = append(mails, mail)
		}
	}
	return mails
}

// Acquainted is how long a person is offered as a choice after they were last
// seen, and MaxChoices how many are.
const (
	Acquainted = 90 * 24 * time.Hour
	MaxChoices = 50
)

// Actor is the person who acts now, with what the server knows of their rights.
type Actor struct {
	Person
	// Tenant is the Entra tenant in which the person acts; nobody sees another's tickets.
	Tenant string
	// Lead may do what an owner may, on every ticket of the tenant.
	Lead bool
	// Represents is the id of the owner in whose place the person acts, while
	// that owner is away; [Desk.Acting] finds it out.
	Represents string
}

// Handrail is the actor of what no person did, such as a reminder.
func Handrail(tenant string) Actor {
	return Actor{Tenant: tenant, Person: Person{ID: "handrail", Name: "Handrail"}, Lead: true}
}
