package ticket

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Telling says of what somebody was told by a message of its own; a stored word
// and the id of a sentence in the catalog ("told.<telling>").
type Telling string

// What people are told of an escalation.
const (
	ToldUnanswered Telling = "unanswered" // that nobody is left to be asked
	ToldReply      Telling = "reply"      // the owner's answer to their question
)

// Tellings lists what people are told of, so that a catalog can be checked for them.
func Tellings() []Telling { return []Telling{ToldUnanswered, ToldReply} }

// TellClimb tells a ticket's owner how an escalation goes on where that is not as
// they have to expect: somebody was skipped, or the card waits for the end of
// quiet hours.
type TellClimb struct {
	Tenant     string `json:"tenant"`
	Number     int64  `json:"number"`
	Escalation int    `json:"escalation"`
	// From and To are the steps that it is about: those of the escalation's climbs
	// from the index From to before To.
	From int `json:"from"`
	To   int `json:"to"`
}

// Kind gives the stored word of the job.
func (TellClimb) Kind() string { return "escalation.tell" }

// Key is the history's key of what a lead was told: they are not told again.
func (j TellUnanswered) Key() string {
	return strings.Join([]string{"unanswered", Number(j.Number), strconv.Itoa(j.Escalation), strconv.Itoa(j.Step), j.Lead}, " ")
}

// Key is the history's key of an answer that was told: it is not told again.
func (j TellReply) Key() string {
	return strings.Join([]string{"reply", Number(j.Number), strconv.Itoa(j.Escalation), strconv.Itoa(j.Question)}, " ")
}

// Told notes who was told of something (nil for nobody) and who could not be
// told in person. Noted again with the same key it changes nothing.
func (d *Desk) Told(ctx context.Context, id ID, key string, what Telling, told *Person, missed ...Unreached) error {
	return d.notedOnce(ctx, id, key, func(c *Change) {
		if told != nil {
			c.note(EntryTold, string(what), "", told.Name, "")
		}
	}, missed...)
}

// notedOnce writes what a job did into the history under the job's key, with who
// could not be told.
func (d *Desk) notedOnce(ctx context.Context, id ID, key string, note func(c *Change), missed ...Unreached) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		c := d.change(t, Handrail(id.Tenant))
		note(c)
		lost := false
		for _, u := range missed {
			lost = c.lose(u) || lost
		}
		entries := c.keyed(key)
		if len(entries) == 0 {
			return nil
		}
		t.settle(d.Policy)
		if err := tx.Save(ctx, t, entries...); err != nil || !lost {
			return err
		}
		return tx.Later(ctx, Task{Job: RefreshCards{Tenant: t.Tenant, Number: t.Number}})
	})
	if err != nil && !errors.Is(err, ErrRepeated) && KindOf(err) != NotFound {
		return fmt.Errorf("note who was told of %s: %w", id, err)
	}
	return nil
}
