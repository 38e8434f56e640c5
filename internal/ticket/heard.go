package ticket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	// MaxHeard is how many characters of a message of a record are kept; the whole stays there.
	MaxHeard = 20_000
	// heardFiles is how many files of a message are fetched, and heardAtOnce how many
	// messages of a ticket one transaction deals with.
	heardFiles  = 50
	heardAtOnce = 50
)

// HearMessages has a ticket's history, and the people who work on it, told of what was
// written in its record.
type HearMessages struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
}

// TellMessage tells those who work on a ticket of a message that was written in its
// record. The job finds the place.
type TellMessage struct {
	Tenant  string `json:"tenant"`
	Number  int64  `json:"number"`
	Message int64  `json:"message"`
}

// Kind gives the stored word of the job.
func (HearMessages) Kind() string { return "record.hear" }

// Kind gives the stored word of the job.
func (TellMessage) Kind() string { return "record.message" }

// ShowMessage has the card of a message of a ticket's record sent to a place. Asked again
// it does nothing.
func (d *Desk) ShowMessage(ctx context.Context, id ID, place Place, number int64) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		posts, err := tx.Posts(ctx, t.ID)
		if err != nil {
			return err
		}
		post := Post{Place: place, Number: t.Number, Purpose: PurposeMessage, Subject: int(number)}
		if slices.ContainsFunc(posts, func(p Post) bool { return p.Place == place && p.Purpose == post.Purpose && p.Subject == post.Subject }) {
			return nil
		}
		if err := tx.AddPost(ctx, &post); err != nil {
			return err
		}
		return tx.Later(ctx, Task{Job: PostCard{Tenant: id.Tenant, Post: post.ID}})
	})
	if err != nil {
		return fmt.Errorf("show a message on %s: %w", id, err)
	}
	return nil
}

// Answered tells whether the customer has heard from the desk since they wrote the message.
func (t *Ticket) Answered(m RecordMessage) bool {
	return t.CustomerWroteAt == nil || m.At.Before(*t.CustomerWroteAt)
}

// recordKey begins the keys of lines of the history that tell what happened in the
// system of record.
const recordKey = "record "

// FromRecord tells whether the line tells what happened in the system of record, where
// nobody has to be told of it.
func (e Entry) FromRecord() bool { return strings.HasPrefix(e.Key, recordKey) }

// noteMessages keeps the messages of a page that are about our tickets, and those about
// records that may become some. What Handrail wrote itself is left out.
func (d *Desk) noteMessages(ctx context.Context, tx Tx, p Polling, page []RecordMessage) error {
	refs := make([]RecordRef, len(page))
	for i, m := range page {
		refs[i] = m.Record
	}
	known, err := recordsBy(ctx, tx, refs)
	if err != nil {
		return err
	}
	var concern []RecordMessage
	for _, m := range page {
		m.Text = cutText(Clean(m.Text), MaxHeard)
		if m.Key != "" || m.Text == "" && len(m.Files) == 0 {
			continue
		}
		if len(known[m.Record.plain()]) > 0 || m.Record.Number > p.From.Record {
			concern = append(concern, m)
		}
	}
	heard, err := tx.Hear(ctx, concern)
	if err != nil {
		return err
	}
	var tasks []Task
	for _, m := range concern {
		for _, r := range known[m.Record.plain()] {
			task := Task{Job: HearMessages{Tenant: r.Tenant, Number: r.ID.Number}}
			if slices.Contains(heard, m.Number) && !slices.Contains(tasks, task) {
				tasks = append(tasks, task)
			}
		}
	}
	return tx.Later(ctx, tasks...)
}

// plain gives the ref with nothing but what names the record.
func (r RecordRef) plain() RecordRef { return RecordRef{Model: r.Model, Number: r.Number} }

// recordsBy gives what is known of records, by their plain refs.
func recordsBy(ctx context.Context, tx Tx, refs []RecordRef) (map[RecordRef][]Record, error) {
	known := map[RecordRef][]Record{}
	if len(refs) == 0 {
		return known, nil
	}
	found, err := tx.RecordsOf(ctx, refs...)
	for _, r := range found {
		known[r.Ref.plain()] = append(known[r.Ref.plain()], r)
	}
	return known, err
}

func cutText(text string, characters int) string {
	runes := []rune(text)
	if len(runes) <= characters {
		return text
	}
	return string(runes[:characters-1]) + "…"
}

// HearMessages does the job of writing down what was written in a ticket's record, in
// its order, and of having that told. Each message is dealt with once.
func (d *Desk) HearMessages(ctx context.Context, job HearMessages) error {
	id := ID(job)
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		r, ok, err := tx.Record(ctx, id)
		if err != nil || !ok || !r.Made() {
			return err
		}
		waiting, err := tx.Heard(ctx, r.Ref, heardAtOnce)
		if err != nil || len(waiting) == 0 {
			return err
		}
		var more []Task
		if len(waiting) == heardAtOnce {
			more = []Task{{Job: job}}
		}
		return errors.Join(d.hearAll(ctx, tx, t, r, waiting), tx.Later(ctx, more...))
	})
	if err != nil {
		return fmt.Errorf("hear what was written on %s: %w", id, err)
	}
	return nil
}

// hearAll writes messages down, as one change of the ticket.
func (d *Desk) hearAll(ctx context.Context, tx Tx, t *Ticket, r Record, waiting []RecordMessage) error {
	c, was := d.change(t, Handrail(t.Tenant)), *t
	numbers := make([]int64, len(waiting))
	for i, m := range waiting {
		if numbers[i] = m.Number; m.tells(r.Base) {
			continue // the ticket was opened with it
		}
		if err := d.hear(ctx, tx, c, m); err != nil {
			return err
		}
	}
	if err := tx.Attend(ctx, numbers...); err != nil || len(c.entries) == 0 {
		return err
	}
	t.UpdatedAt = c.At
	return d.keep(ctx, tx, c, &was, "")
}

// tells says whether the message is the one that its record was made of.
func (m RecordMessage) tells(base RecordState) bool {
	return base.Key == "" && m.FromCustomer && len(m.Files) == 0 && !m.At.After(base.CreatedAt) &&
		strings.Join(strings.Fields(m.Text), " ") == strings.Join(strings.Fields(base.Details), " ")
}

// hear writes one message down.
func (d *Desk) hear(ctx context.Context, tx Tx, c *Change, m RecordMessage) error {
	by, err := d.there(ctx, tx, c.Ticket.Tenant, m.From)
	if err != nil {
		return err
	}
	c.By = by
	kind := EntryRecordNote
	switch {
	case m.FromCustomer:
		kind = EntryCustomerWrote
		if wrote := m.At.UTC(); c.Ticket.CustomerWroteAt == nil {
			if wrote.After(c.At) {
				wrote = c.At // its clock is ahead of ours
			}
			c.Ticket.CustomerWroteAt = &wrote
		}
	case m.Customer:
		kind = EntryRecordTold
		c.told()
	}
	c.note(kind, "", "", by.Name, cutText(m.Text, MaxEvidence))
	c.entries[len(c.entries)-1].Key = recordKey + "message " + strconv.FormatInt(m.Number, 10)
	if m.Customer || m.FromCustomer {
		c.Then(TellMessage{Tenant: c.Ticket.Tenant, Number: c.Ticket.Number, Message: m.Number})
	}
	return d.hearFiles(ctx, tx, c, m)
}

// hearFiles has the files of a message fetched as those that came in Teams are. What
// becomes of them is told where people work on the ticket.
func (d *Desk) hearFiles(ctx context.Context, tx Tx, c *Change, m RecordMessage) error {
	if len(m.Files) == 0 {
		return nil
	}
	place, err := workedOnIn(ctx, tx, c.Ticket.ID)
	if err != nil {
		return err
	}
	var added []*Attachment
	for i, file := range m.Files[:min(len(m.Files), heardFiles)] {
		added = append(added, &Attachment{
			Tenant: c.Ticket.Tenant, Number: c.Ticket.Number, Name: CleanFileName(file.Name), By: c.By.Person, At: c.At,
			Place: place, Activity: recordKey + "message " + strconv.FormatInt(m.Number, 10), Part: i,
			Source: FileSource{Kind: SourceRecord, URL: strconv.FormatInt(file.Number, 10)},
		})
	}
	if err := tx.AddAttachments(ctx, added); err != nil {
		return err
	}
	for _, a := range added {
		if a.ID != 0 {
			c.Then(FetchAttachment{Tenant: a.Tenant, ID: a.ID})
		}
	}
	return nil
}

// workedOnIn gives the oldest place that shows a ticket's live card; zero for none.
func workedOnIn(ctx context.Context, tx Tx, id ID) (Place, error) {
	posts, err := tx.Posts(ctx, id)
	i := slices.IndexFunc(posts, func(p Post) bool { return p.Purpose == PurposeLive && p.Activity != "" })
	if err != nil || i < 0 {
		return Place{Tenant: id.Tenant}, err
	}
	return posts[i].Place, nil
}

// there gives somebody who acts in the system of record: as Teams knows them by their
// mail address, else by their name. What they may do there they may do here.
func (d *Desk) there(ctx context.Context, tx Tx, tenant string, who RecordPerson) (Actor, error) {
	known, ok, err := d.known(ctx, tx, tenant, who)
	if err != nil || ok {
		return Actor{Person: known, Tenant: tenant, Lead: true}, err
	}
	name := line(cmp.Or(who.Name, who.Mail))
	if name == "" {
		name = "Odoo"
	}
	return Actor{
		Tenant: tenant, Lead: true,
		Person: Person{ID: "record:" + cmp.Or(strings.ToLower(who.Mail), name), Name: cutText(name, MaxCustomer)},
	}, nil
}

// known gives the person of Teams who has the mail address; false for nobody.
func (d *Desk) known(ctx context.Context, tx Tx, tenant string, who RecordPerson) (Person, bool, error) {
	mail := strings.ToLower(strings.TrimSpace(who.Mail))
	if mail == "" {
		return Person{}, false, nil
	}
	found, ok, err := tx.PersonByMail(ctx, tenant, mail)
	return found.Person, ok, err
}
