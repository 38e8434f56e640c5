package ticket

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

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

// RefusalOf reads a stored word; what is none of the refusals, as an older
// Handrail has stored it, means that the app is not there.
func RefusalOf(word string) Refusal {
	if refusal := Refusal(word); slices.Contains(Refusals(), refusal) {
		return refusal
	}
	return NotInstalled
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

// What the history says of somebody who is not reached; stored words.
const (
	UnreachedPerson = "person"
	UnreachedPlace  = "place"
)

// kind gives the stored word.
func (u Unreached) kind() string {
	if u.Place != (Place{}) {
		return UnreachedPlace
	}
	return UnreachedPerson
}

// about tells whether it is the place or the person that is not reached.
func (u Unreached) about(place Place, person Person) bool {
	return u.Place != (Place{}) && u.Place == place ||
		u.Person.ID != "" && u.Person.ID == person.ID ||
		u.Person.ObjectID != "" && strings.EqualFold(u.Person.ObjectID, person.ObjectID)
}

// lose notes that somebody cannot be told; false where that is known.
func (c *Change) lose(u Unreached) bool {
	t := c.Ticket
	i := slices.IndexFunc(t.Unreached, func(known Unreached) bool { return known.about(u.Place, u.Person) })
	if t.State == Closed || i >= 0 && t.Unreached[i].Why == u.Why {
		return false
	}
	u.Since = c.At
	t.Unreached = slices.Clone(t.Unreached)
	if i < 0 {
		t.Unreached = append(t.Unreached, u)
	} else {
		t.Unreached[i] = u
	}
	c.note(EntryUnreached, string(u.Why), u.kind(), u.Person.Name, "")
	return true
}

// find notes that a place or a person can be told again; false where nobody doubted it.
func (c *Change) find(place Place, person Person) bool {
	found := false
	c.Ticket.Unreached = slices.DeleteFunc(slices.Clone(c.Ticket.Unreached), func(u Unreached) bool {
		if !u.about(place, person) {
			return false
		}
		found = true
		c.note(EntryReached, "", u.kind(), u.Person.Name, "")
		return true
	})
	return found
}

// NoChat is the place that stands for the personal conversation which cannot be
// opened with a person, known by an id of theirs: its address keeps the refusal.
func NoChat(tenant, id string) Place {
	return Place{Tenant: tenant, Conversation: "no chat with " + id}
}

// Unopened notes that no personal conversation can be opened with a person, so
// that it is not tried at every reminder.
func (d *Desk) Unopened(ctx context.Context, tenant string, person Person, why Refusal) error {
	id := person.ID
	if id == "" {
		id = person.ObjectID
	}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		if _, known, err := tx.PersonalAddress(ctx, tenant, id); known || err != nil {
			return err // they have written to the bot meanwhile
		}
		return tx.Learn(ctx, Address{Place: NoChat(tenant, id), Kind: Personal, Person: person, Refused: string(why)})
	})
	if err != nil {
		return fmt.Errorf("note that a person cannot be reached: %w", err)
	}
	return nil
}

// Unreached notes that nothing can be sent to a place, and has the tickets
// marked that are shown there.
func (d *Desk) Unreached(ctx context.Context, place Place, why Refusal) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		news, err := tx.Refuse(ctx, place, why)
		if err != nil || !news {
			return err
		}
		return tx.Later(ctx, Task{Job: MarkUnreached{Place: place}})
	})
	if err != nil {
		return fmt.Errorf("note a refusal: %w", err)
	}
	return nil
}

// markPage is how many tickets one job marks.
const markPage = 50

// MarkUnreached marks the open tickets of a place that refuses what is sent.
// A personal conversation counts for its person's own tickets.
func (d *Desk) MarkUnreached(ctx context.Context, job MarkUnreached) error {
	address, known, err := d.Store.Address(ctx, job.Place)
	if err != nil || !known || address.Refused == "" {
		return err
	}
	u := Unreached{Place: job.Place, Why: RefusalOf(address.Refused)}
	if address.Kind == Personal {
		u = Unreached{Person: address.Person, Why: u.Why}
	}
	numbers, err := d.Store.ShownIn(ctx, job.Place, job.After, markPage)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		err := d.mark(ctx, ID{Tenant: job.Tenant, Number: number}, func(c *Change) bool {
			return (u.Person == (Person{}) || c.Ticket.OwnedBy(u.Person)) && c.lose(u)
		})
		if err != nil {
			return err
		}
	}
	if len(numbers) < markPage {
		return nil
	}
	job.After = numbers[len(numbers)-1]
	return d.Store.InTx(ctx, func(tx Tx) error { return tx.Later(ctx, Task{Job: job}) })
}

// MarkReached takes the marks of a place or person that can be told again.
func (d *Desk) MarkReached(ctx context.Context, job MarkReached) error {
	var marked []ID
	for more := true; more; {
		page, err := d.Store.Tickets(ctx, Query{Tenant: job.Tenant, Open: true, Unreached: true, Skip: len(marked), Limit: 4 * markPage})
		if err != nil {
			return err
		}
		for _, t := range page.Tickets {
			marked = append(marked, t.ID)
		}
		more = len(page.Tickets) > 0 && len(marked) < page.Total
	}
	for _, id := range marked {
		if err := d.mark(ctx, id, func(c *Change) bool { return c.find(job.Place, job.Person) }); err != nil {
			return err
		}
	}
	return nil
}

// mark changes who cannot be told of a ticket, and has its cards say so.
func (d *Desk) mark(ctx context.Context, id ID, how func(*Change) bool) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		c := d.change(t, Handrail(id.Tenant))
		if t.State == Closed || !how(c) {
			return nil
		}
		t.settle(d.Policy)
		if err := tx.Save(ctx, t, c.Entries()...); err != nil {
			return err
		}
		return tx.Later(ctx, Task{Job: RefreshCards(id)})
	})
	if err != nil {
		return fmt.Errorf("mark who is reached of %s: %w", id, err)
	}
	return nil
}
