package ticket

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
)

// Opener gives the content of a file. An [Error] says to the person why there is
// none and what to do; a [Postponed] that it may be there later.
type Opener func(ctx context.Context, source FileSource) (io.ReadCloser, error)

// Fetch does the job of fetching a file and storing it. Where that cannot be
// done the attachment is given up, and tell gives the job that says so to the person.
func (d *Desk) Fetch(ctx context.Context, job FetchAttachment, open Opener, tell func(Attachment, *Error) Job) error {
	a, ok, err := d.Store.Attachment(ctx, job.Tenant, job.ID)
	if err != nil || !ok || a.Kept() {
		return err
	}
	stored, found, err := d.store(ctx, a, open)
	if _, busy := errors.AsType[*Postponed](err); busy && a.Source.Kind != SourceRecord && d.now().Sub(a.At) >= FetchFor {
		err = &Error{Kind: Unmet, Message: "error.fetch_no_answer"}
	}
	if fault, ok := errors.AsType[*Error](err); ok {
		return d.giveUp(ctx, a, tell(a, fault))
	}
	if err != nil {
		return err
	}
	a.Type = found
	// Of two that store the same content at once, the second one finds that of the first.
	if err = d.fetched(ctx, a, stored); errors.Is(err, ErrRepeated) {
		err = d.fetched(ctx, a, stored)
	}
	return err
}

// store stores the content of an attachment, and tells its type.
func (d *Desk) store(ctx context.Context, a Attachment, open Opener) (Upload, string, error) {
	body, err := open(ctx, a.Source)
	if err != nil {
		return Upload{}, "", err
	}
	defer body.Close()
	content := bufio.NewReaderSize(body, SniffLength)
	head, err := content.Peek(SniffLength)
	if err != nil && !errors.Is(err, io.EOF) {
		return Upload{}, "", fmt.Errorf("read a file: %w", err)
	}
	if len(head) == 0 {
		return Upload{}, "", &Error{Kind: Invalid, Message: "error.fetch_empty"}
	}
	found := SniffType(a.Name, head)
	if a.Source.Picture && !isPicture(found) {
		return Upload{}, "", &Error{Kind: Invalid, Message: "error.fetch_no_picture"}
	}
	stored, err := d.Store.Upload(ctx, a.Tenant, content, MaxFile)
	return stored, found, err
}

// fetched notes that the content of an attachment is there, and attaches it to
// its ticket, if it has one. A ticket is locked before its attachments.
func (d *Desk) fetched(ctx context.Context, a Attachment, stored Upload) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		var t *Ticket
		now, ok, err := tx.Attachment(ctx, a.Tenant, a.ID)
		if err == nil && ok && now.Number != 0 {
			// Closed meanwhile or not: when it was sent the ticket was open.
			t, err = tx.Lock(ctx, now.ticket())
		}
		if err != nil || !ok {
			return err
		}
		locked, ok, err := tx.LockAttachment(ctx, a.Tenant, a.ID)
		if err != nil || !ok || locked.Kept() {
			return err
		}
		if locked.Number != now.Number {
			return ErrRepeated // it was claimed just now: look again
		}
		locked.Type, locked.Source = a.Type, FileSource{}
		if err := tx.KeepUpload(ctx, &locked, stored); err != nil {
			return err
		}
		if err := tx.SaveAttachment(ctx, locked); err != nil || t == nil {
			return err
		}
		return d.attach(ctx, tx, t, locked)
	})
	if err != nil {
		return fmt.Errorf("keep a fetched file: %w", err)
	}
	return nil
}

// giveUp forgets an attachment that cannot be fetched, and has that told.
func (d *Desk) giveUp(ctx context.Context, a Attachment, told Job) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		locked, ok, err := tx.LockAttachment(ctx, a.Tenant, a.ID)
		if err != nil || !ok || locked.Kept() {
			return err
		}
		if err := tx.DropAttachment(ctx, locked); err != nil {
			return err
		}
		return tx.Later(ctx, Task{Job: told})
	})
	if err != nil {
		return fmt.Errorf("give up a file: %w", err)
	}
	return nil
}

// FetchAttachment fetches the file of an attachment. The address is not in it:
// see [FileSource].
type FetchAttachment struct {
	Tenant string `json:"tenant"`
	ID     int64  `json:"id"`
}

// Kind gives the stored word of the job.
func (FetchAttachment) Kind() string { return "attachment.fetch" }
