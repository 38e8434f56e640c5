package ticket

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Limits of attachments.
const (
	// MaxFile is the size of the largest file that is kept, in bytes.
	MaxFile = 25 * 1024 * 1024
	// FetchFor is how long a file is tried to be fetched. The links of Teams are
	// good for minutes, so that more patience would help nobody.
	FetchFor = 30 * time.Minute
	// LooseFor is how long a file is kept that belongs to no ticket.
	LooseFor = 7 * 24 * time.Hour
)

// SourceKind says from where a file is fetched; a stored word.
type SourceKind string

// The sources of files.
const (
	SourceDownload  SourceKind = "download"  // an address that is a secret by itself
	SourceConnector SourceKind = "connector" // the connector, which asks for the bot's token
	SourceRecord    SourceKind = "record"    // the system of record, where the file has a number
)

// FileSource is where the bytes of a file are. The address may let in whoever has
// it: it is stored with the attachment until the file is there, and is not part
// of a job, as jobs are kept and shown.
type FileSource struct {
	Kind SourceKind
	URL  string
	// Picture tells that it was sent as a picture, and so has to be one.
	Picture bool
}

// String leaves out the address: whoever reads it in a log could fetch the file.
func (s FileSource) String() string { return string(s.Kind) }

// GoString is [FileSource.String] for "%#v".
func (s FileSource) GoString() string { return s.String() }

// Attachment is a file that somebody sent, or a link to one. It belongs to a
// ticket, or to none as long as nobody has said to which.
type Attachment struct {
	// ID is given by the store.
	ID     int64
	Tenant string
	// Number is that of its ticket; 0 for none yet.
	Number int64
	// Name is clean: see [CleanFileName].
	Name string
	// Type is what the content has shown; empty for a link, and until the file is fetched.
	Type string
	Size int64
	// Digest is the SHA-256 of the content, in hex digits; empty as Type is. What
	// has the same digest in a tenant is kept once.
	Digest string
	// Link is the address of a file that stays where it is; empty for one that is kept here.
	Link string
	By   Person
	At   time.Time
	// Place and Activity are the message that it came with, and Part its place in it.
	Place    Place
	Activity string
	Part     int
	// Source is where the file is fetched from; zero once it is there.
	Source FileSource
}

// Kept tells whether there is something to look at: a link, or a file that is here.
func (a Attachment) Kept() bool { return a.Link != "" || a.Digest != "" }

// ticket gives the id of the attachment's ticket.
func (a Attachment) ticket() ID { return ID{Tenant: a.Tenant, Number: a.Number} }

// maxLink is the length of a link that every client can open.
const maxLink = 2000

// ValidLink tells whether an address may be kept as a link: people press it.
func ValidLink(link string) bool {
	address, err := url.Parse(link)
	return err == nil && address.Scheme == "https" && address.Hostname() != "" && address.User == nil && len(link) <= maxLink
}

// same tells whether another attachment of the ticket is the same to a reader.
func (a Attachment) same(other Attachment) bool {
	return a.ID != other.ID && a.Name == other.Name && a.Digest == other.Digest && a.Link == other.Link
}

// RemovableBy tells whether the actor may remove the attachment from its ticket:
// whoever may change the ticket, and whoever has attached it.
func (a Attachment) RemovableBy(by Actor, t *Ticket) bool { return t.MayChange(by) || a.By.ID == by.ID }

// Upload is content that was stored and that nothing refers to yet.
type Upload struct {
	// ID is given by the store.
	ID     int64
	Digest string
	Size   int64
}

// ErrTooLarge is the answer to a file of more than [MaxFile] bytes.
var ErrTooLarge = &Error{Kind: Invalid, Message: "error.fetch_too_large", Args: map[string]any{"Limit": MaxFile >> 20}}

// Sent is a message with files, as it came.
type Sent struct {
	Place
	// Activity is the id of the message.
	Activity string
	// Number is the ticket that the files are for; 0 where nobody knows it yet.
	Number int64
	Files  []Attachment
}

// Receive notes the files of a message and has them fetched. Links are kept as
// they are. What then follows the news is done with it; it may be nil, and is not
// asked where the message has come before.
func (d *Desk) Receive(ctx context.Context, by Actor, sent Sent, news func(t *Ticket) []Task) error {
	if len(sent.Files) == 0 {
		return nil
	}
	now := d.now()
	added := make([]*Attachment, len(sent.Files))
	for i, file := range sent.Files {
		file.Tenant, file.Number, file.Name = by.Tenant, sent.Number, CleanFileName(file.Name)
		file.By, file.At, file.Place, file.Activity, file.Part = by.Person, now, sent.Place, sent.Activity, i
		added[i] = &file
	}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		var t *Ticket
		var err error
		if sent.Number != 0 {
			if t, err = d.open(ctx, tx, ID{Tenant: by.Tenant, Number: sent.Number}); err != nil {
				return err
			}
		}
		if err := tx.AddAttachments(ctx, added); err != nil {
			return err
		}
		added = slices.DeleteFunc(added, func(a *Attachment) bool { return a.ID == 0 })
		if len(added) == 0 {
			return nil // Teams has delivered the message before
		}
		var tasks []Task
		if news != nil {
			tasks = news(t)
		}
		if t == nil {
			expire := ExpireAttachments{Place: sent.Place, Activity: sent.Activity}
			tasks = append(tasks, Task{Job: expire, At: now.Add(LooseFor)})
		}
		return d.begin(ctx, tx, t, added, tasks)
	})
	if err != nil {
		return fmt.Errorf("receive files: %w", err)
	}
	return nil
}

// begin has files fetched and attaches links to the ticket, if there is one.
func (d *Desk) begin(ctx context.Context, tx Tx, t *Ticket, added []*Attachment, tasks []Task) error {
	for _, a := range added {
		if a.Link == "" {
			tasks = append(tasks, Task{Job: FetchAttachment{Tenant: a.Tenant, ID: a.ID}})
		} else if t != nil {
			if err := d.attach(ctx, tx, t, *a); err != nil {
				return err
			}
		}
	}
	return tx.Later(ctx, tasks...)
}

// open locks a ticket to which something can be attached.
func (d *Desk) open(ctx context.Context, tx Tx, id ID) (*Ticket, error) {
	t, err := tx.Lock(ctx, id)
	if err != nil {
		return nil, err
	}
	if t.State == Closed {
		return nil, unmet("error.attach_closed", map[string]any{"Ticket": t.String()})
	}
	return t, nil
}

// attach writes into the history of a locked ticket that it has an attachment
// now. One that it has already, by the same name, is dropped: Teams may deliver a
// message again under another id.
func (d *Desk) attach(ctx context.Context, tx Tx, t *Ticket, a Attachment) error {
	if !a.Kept() {
		return nil // it is attached when it is there
	}
	known, err := tx.Attachments(ctx, t.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(known, a.same) {
		return tx.DropAttachment(ctx, a)
	}
	was := *t
	c := d.change(t, Actor{Person: a.By, Tenant: a.Tenant})
	c.note(EntryAttached, "", "", a.Name, "")
	t.Files, t.UpdatedAt = len(known), c.At
	return d.keep(ctx, tx, c, &was, "")
}

// Loose gives the attachments of a message that belong to no ticket yet.
func (d *Desk) Loose(ctx context.Context, place Place, activity string) ([]Attachment, error) {
	if activity == "" {
		return nil, nil
	}
	return d.Store.Loose(ctx, place, activity)
}

// Claim attaches the files of a message, which belong to no ticket yet, to a
// ticket. Whoever may see the ticket and the message may do so.
func (d *Desk) Claim(ctx context.Context, id ID, place Place, activity string) (t *Ticket, err error) {
	if id.Tenant != place.Tenant {
		return nil, ErrNotFound(id.Number)
	}
	err = d.Store.InTx(ctx, func(tx Tx) error {
		if t, err = d.open(ctx, tx, id); err != nil {
			return err
		}
		claimed, err := d.claim(ctx, tx, t, place, activity)
		if err == nil && claimed == 0 {
			return &Error{Kind: Unmet, Message: "error.attach_gone"}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("attach to %s: %w", id, err)
	}
	return t, nil
}

// claim attaches the loose files of a message to a locked ticket.
func (d *Desk) claim(ctx context.Context, tx Tx, t *Ticket, place Place, activity string) (int, error) {
	if activity == "" {
		return 0, nil
	}
	loose, err := tx.Loose(ctx, place, activity)
	if err != nil {
		return 0, err
	}
	claimed := 0
	for _, a := range loose {
		// It may have been fetched, or claimed, since it was listed.
		a, ok, err := tx.LockAttachment(ctx, a.Tenant, a.ID)
		if err != nil {
			return 0, err
		}
		if !ok || a.Number != 0 {
			continue
		}
		a.Number = t.Number
		if err := tx.SaveAttachment(ctx, a); err != nil {
			return 0, err
		}
		if err := d.attach(ctx, tx, t, a); err != nil {
			return 0, err
		}
		claimed++
	}
	return claimed, nil
}

// Detach removes an attachment from its ticket. The history keeps its name and
// digest, and the content goes when no other attachment has it.
func (d *Desk) Detach(ctx context.Context, by Actor, press Press, attachment int64) (*Ticket, error) {
	return d.Change(ctx, by, press, func(c *Change) error {
		i := slices.IndexFunc(c.files, func(a Attachment) bool { return a.ID == attachment })
		if i < 0 {
			return &Error{Kind: Stale, Message: "error.file_unknown"}
		}
		gone := c.files[i]
		if !gone.RemovableBy(c.By, c.Ticket) {
			return forbidden("error.file_of_others", map[string]any{"Name": gone.Name, "By": gone.By.Name})
		}
		what := gone.Link
		if gone.Digest != "" {
			what = "SHA-256 " + gone.Digest
		}
		c.note(EntryDetached, "", gone.Name, "", what)
		c.Ticket.Files = len(c.files) - 1
		c.dropped = append(c.dropped, gone)
		return nil
	})
}

// ExpireAttachments does the job of removing the files of a message that nobody
// has claimed.
func (d *Desk) ExpireAttachments(ctx context.Context, job ExpireAttachments) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		loose, err := tx.Loose(ctx, job.Place, job.Activity)
		if err != nil {
			return err
		}
		// Two messages may have the same contents: whoever drops several holds them in one order.
		slices.SortFunc(loose, func(a, b Attachment) int { return strings.Compare(a.Digest, b.Digest) })
		for _, a := range loose {
			locked, ok, err := tx.LockAttachment(ctx, a.Tenant, a.ID)
			if err != nil {
				return err
			}
			if wait := locked.At.Add(LooseFor).Sub(d.now()); ok && wait > 0 {
				return &Postponed{After: wait, Cause: errors.New("its time has not come")}
			}
			if !ok || locked.Number != 0 {
				continue
			}
			if err := tx.DropAttachment(ctx, locked); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove files that nobody claimed: %w", err)
	}
	return nil
}

// ExpireAttachments removes the files of a message that belong to no ticket by then.
type ExpireAttachments struct {
	Place
	Activity string `json:"activity"`
}

// Kind gives the stored word of the job.
func (ExpireAttachments) Kind() string { return "attachment.expire" }

// PostFiles sends the list of a ticket's attachments into a place. The card is
// drawn when it is sent, so that the links on it are stored nowhere.
type PostFiles struct {
	Place
	Number int64 `json:"number"`
	Page   int   `json:"page,omitempty"`
	// For is the person whose buttons the card shows.
	For Person `json:"for"`
}

// Kind gives the stored word of the job.
func (PostFiles) Kind() string { return "attachment.post" }
