package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Likewise says what was done on a leader that may be done on the tickets which follow
// it, too; a stored word and the id of sentences in the catalog.
type Likewise string

// What may be done likewise.
const (
	LikewiseStatus       Likewise = "status"
	LikewiseSolution     Likewise = "solution"
	LikewiseVerification Likewise = "verify"
	LikewiseText         Likewise = "text" // a text went to the customer
	LikewiseClose        Likewise = "close"
	LikewiseReopen       Likewise = "reopen"
)

// Likewises lists what may be done likewise, so that a catalog can be checked for it.
func Likewises() []Likewise {
	return []Likewise{LikewiseStatus, LikewiseSolution, LikewiseVerification, LikewiseText, LikewiseClose, LikewiseReopen}
}

// Item gives the item of the checklist that is recorded; empty for none.
func (what Likewise) Item() ItemID {
	switch what {
	case LikewiseSolution:
		return ItemSolution
	case LikewiseVerification:
		return ItemVerify
	default:
		return ""
	}
}

// Meets tells whether there is something to do on a follower: a closed one is opened
// again at most.
func (what Likewise) Meets(follower *Ticket) bool {
	return (follower.State == Closed) == (what == LikewiseReopen)
}

// OfferLikewise offers whoever has done something on a leader to do it on its followers, too.
type OfferLikewise struct {
	// Place is where it was done.
	Place
	Number  int64    `json:"number"`
	Version int64    `json:"version"`
	What    Likewise `json:"what"`
	// Text is the id of the text that went to the customer.
	Text DraftID `json:"text,omitempty"`
}

// DoLikewise does on a follower what was done on its leader, as a person has chosen.
type DoLikewise struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
	Leader int64  `json:"leader"`
	// Key is the history's key of it: it is done once.
	Key  string   `json:"key"`
	What Likewise `json:"what"`
	By   Person   `json:"by"`
	// Words are the follower's own, and Choice what was chosen with them.
	Words  string `json:"words,omitempty"`
	Choice string `json:"choice,omitempty"`
	// Text and Body are the kind and the parts of the follower's own text for its customer, Way is how it
	// goes, empty for one that is kept for its owner to send, and Subject that of a mail.
	Text    TextKind  `json:"text,omitempty"`
	Body    DraftBody `json:"body,omitzero"`
	Way     string    `json:"way,omitempty"`
	Subject string    `json:"subject,omitempty"`
	// Place is where somebody is told that it was not done.
	Place Place `json:"place,omitzero"`
}

// Kind gives the stored word of the job.
func (OfferLikewise) Kind() string { return "link.offer" }

// Kind gives the stored word of the job.
func (DoLikewise) Kind() string { return "link.likewise" }

// text gives the follower's own text.
func (j DoLikewise) text() Draft {
	return Draft{ID: ID{Tenant: j.Tenant, Number: j.Number}, Reader: ForCustomer, Kind: j.Text, DraftBody: j.Body}
}

// said gives the words that must name no other customer: all but a reason, which is for
// the desk and names the leader.
func (j DoLikewise) said() string {
	switch j.What {
	case LikewiseText:
		return j.text().Text()
	case LikewiseClose, LikewiseReopen:
		return ""
	default:
		return j.Words
	}
}

// offers gives the jobs that offer to do likewise what a person has just done on a leader.
func (c *Change) offers() []Task {
	t := c.Ticket
	if t.Following == nil || c.From.Conversation == "" || c.By.ID == Handrail(t.Tenant).ID {
		return nil
	}
	offer := func(what Likewise, text DraftID) Task {
		return Task{Job: OfferLikewise{Place: c.From, Number: t.Number, Version: t.Version, What: what, Text: text}}
	}
	var tasks []Task
	for _, entry := range c.entries {
		if what, ok := likewiseOf(entry); ok && t.Following.some(what) {
			tasks = append(tasks, offer(what, 0))
		}
	}
	for _, text := range c.texts {
		if text.SentAt != nil && text.Reader == ForCustomer && t.Following.some(LikewiseText) {
			tasks = append(tasks, offer(LikewiseText, text.DraftID))
		}
	}
	return tasks
}

// some tells whether there is a follower on which it may be done.
func (f *Following) some(what Likewise) bool {
	if what == LikewiseReopen {
		return f.Tickets > f.Open
	}
	return f.Open > 0
}

// likewiseOf gives what a line of the history tells of that may be done likewise.
func likewiseOf(entry Entry) (Likewise, bool) {
	switch entry.Kind {
	case EntryStatus:
		return LikewiseStatus, true
	case EntryClosed, EntryClosedEarly:
		return LikewiseClose, true
	case EntryReopened:
		return LikewiseReopen, true
	case EntryDone:
		for _, what := range []Likewise{LikewiseSolution, LikewiseVerification} {
			if entry.Subject == string(what.Item()) {
				return what, true
			}
		}
	default:
	}
	return "", false
}

// DoLikewise does the job. Done again, it changes nothing. An error that a person may
// read says why the follower was left out.
func (d *Desk) DoLikewise(ctx context.Context, job DoLikewise) error {
	id := ID{Tenant: job.Tenant, Number: job.Number}
	others, err := d.others(ctx, job)
	if err != nil {
		return err
	}
	// Who may change the leader has chosen it, and the link was made by who may change the follower.
	by := Actor{Person: job.By, Tenant: job.Tenant, Lead: true}
	_, err = d.Change(ctx, by, Press{ID: id, Key: job.Key}, func(c *Change) error {
		if c.Ticket.Leader != job.Leader {
			return unmet("error.likewise_parted", map[string]any{"Ticket": id.String(), "Leader": Number(job.Leader)})
		}
		if name, leaks := Foreign(job.said(), c.Ticket, others); leaks {
			return unmet("error.likewise_names", map[string]any{"Ticket": id.String(), "Name": name})
		}
		return c.likewise(job)
	})
	if KindOf(err) == Internal && err != nil {
		if _, held := errors.AsType[*Held](err); !held {
			return fmt.Errorf("do likewise on %s: %w", id, err)
		}
	}
	return err
}

// others gives the leader and what else follows it: of these no customer is told.
func (d *Desk) others(ctx context.Context, job DoLikewise) ([]*Ticket, error) {
	leader, err := d.Store.Ticket(ctx, ID{Tenant: job.Tenant, Number: job.Leader})
	if err != nil {
		return nil, err
	}
	followers, err := d.Store.LinkedTo(ctx, leader.ID)
	if err != nil {
		return nil, err
	}
	return append(slices.DeleteFunc(followers, func(t *Ticket) bool { return t.Number == job.Number }), leader), nil
}

// likewise does on the follower what was done on its leader.
func (c *Change) likewise(job DoLikewise) error {
	switch job.What {
	case LikewiseStatus:
		return c.WriteStatus(job.Words)
	case LikewiseClose:
		return c.CloseEarly(job.Words)
	case LikewiseReopen:
		return c.Reopen(job.Words)
	case LikewiseSolution, LikewiseVerification:
		return c.found(job)
	case LikewiseText:
		return c.tell(job)
	}
	return &Error{Kind: Invalid, Message: "error.item_unknown"}
}

// found records an item on the follower; where it is not at that step, as a fact, which
// fills the item later.
func (c *Change) found(job DoLikewise) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	item, _ := FindItem(job.What.Item())
	if c.Ticket.Step == item.Step {
		return c.Tick(item.ID, Evidence{Choice: job.Choice, Words: job.Words})
	}
	fact := FactSolution
	if item.ID == ItemVerify {
		fact = FactVerification
	}
	if err := c.Gather(fact, Fact{Words: job.Words, Source: Source{Item: item.ID}}); err != nil {
		return err
	}
	c.note(EntryLikewise, string(item.ID), Number(job.Leader), "", job.Words)
	return nil
}

// tell sends the follower's own text to its customer, or keeps it for its owner.
func (c *Change) tell(job DoLikewise) error {
	text := job.text()
	if job.Way == "" {
		return c.Keep(&text, nil)
	}
	if err := c.SendToCustomer(&text, job.Way, ""); err != nil || job.Way != ByMail {
		return err
	}
	address, err := CheckAddress(c.Ticket.customerMail())
	if err != nil {
		return err
	}
	c.Then(SendMail{
		Tenant: job.Tenant, Number: job.Number, Key: "likewise " + strconv.FormatInt(job.Leader, 10) + " " + job.Key,
		To: []string{address}, Subject: job.Subject, Text: text.Whole, Place: job.Place,
	})
	return nil
}
