package tickettest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"handrail/internal/ticket"
)

// Attachments gives the attachments of a ticket that are there.
func (s *Store) Attachments(ctx context.Context, id ticket.ID) ([]ticket.Attachment, error) {
	return s.reader().Attachments(ctx, id)
}

// Attachment gives one attachment.
func (s *Store) Attachment(ctx context.Context, tenant string, id int64) (ticket.Attachment, bool, error) {
	return s.reader().Attachment(ctx, tenant, id)
}

// Loose gives the attachments of a message that belong to no ticket.
func (s *Store) Loose(ctx context.Context, place ticket.Place, activity string) ([]ticket.Attachment, error) {
	return s.reader().Loose(ctx, place, activity)
}

// Content writes the content with the digest.
func (s *Store) Content(ctx context.Context, tenant, digest string, to io.Writer) error {
	return s.reader().Content(ctx, tenant, digest, to)
}

// Upload keeps the content of a file until it is kept for an attachment.
func (s *Store) Upload(_ context.Context, _ string, from io.Reader, limit int64) (ticket.Upload, error) {
	content, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err != nil {
		return ticket.Upload{}, fmt.Errorf("tickettest: read a file: %w", err)
	}
	if int64(len(content)) > limit {
		return ticket.Upload{}, ticket.ErrTooLarge
	}
	sum := sha256.Sum256(content)
	s.writing.Lock()
	defer s.writing.Unlock()
	s.uploads = append(s.uploads, content)
	return ticket.Upload{ID: int64(len(s.uploads)), Digest: hex.EncodeToString(sum[:]), Size: int64(len(content))}, nil
}

// Contents counts the contents that are kept.
func (s *Store) Contents() int { return len(s.kept.Load().contents) }

// Attachments gives the attachments of a ticket that are there.
func (r reader) Attachments(_ context.Context, id ticket.ID) ([]ticket.Attachment, error) {
	return r.chosen(func(a ticket.Attachment) bool { return a.Tenant == id.Tenant && a.Number == id.Number && a.Kept() }), nil
}

// Attachment gives one attachment.
func (r reader) Attachment(_ context.Context, tenant string, id int64) (ticket.Attachment, bool, error) {
	found := r.chosen(func(a ticket.Attachment) bool { return a.Tenant == tenant && a.ID == id })
	if len(found) == 0 {
		return ticket.Attachment{}, false, nil
	}
	return found[0], true, nil
}

// Loose gives the attachments of a message that belong to no ticket.
func (r reader) Loose(_ context.Context, place ticket.Place, activity string) ([]ticket.Attachment, error) {
	return r.chosen(func(a ticket.Attachment) bool { return a.Place == place && a.Activity == activity && a.Number == 0 }), nil
}

func (r reader) chosen(is func(ticket.Attachment) bool) []ticket.Attachment {
	return slices.DeleteFunc(slices.Clone(r.attachments), func(a ticket.Attachment) bool { return !is(a) })
}

// Content writes the content with the digest.
func (r reader) Content(_ context.Context, tenant, digest string, to io.Writer) error {
	_, err := io.Copy(to, bytes.NewReader(r.contents[clickKey{tenant, digest}]))
	return err
}

// AddAttachments stores attachments and gives them their ids.
func (x *tx) AddAttachments(_ context.Context, added []*ticket.Attachment) error {
	for _, a := range added {
		if slices.ContainsFunc(x.attachments, func(old ticket.Attachment) bool {
			return old.Tenant == a.Tenant && old.Place.Conversation == a.Place.Conversation && old.Activity == a.Activity && old.Part == a.Part
		}) {
			continue
		}
		x.lastAttachment++
		a.ID = x.lastAttachment
		x.attachments = append(slices.Clone(x.attachments), *a)
	}
	return nil
}

// LockAttachment gives an attachment.
func (x *tx) LockAttachment(ctx context.Context, tenant string, id int64) (ticket.Attachment, bool, error) {
	return x.Attachment(ctx, tenant, id)
}

// SaveAttachment stores the ticket, the type and the source of an attachment.
func (x *tx) SaveAttachment(_ context.Context, a ticket.Attachment) error {
	return x.changeAttachment(a, func(old *ticket.Attachment) { old.Number, old.Type, old.Source = a.Number, a.Type, a.Source })
}

// KeepUpload makes what was uploaded the content of an attachment.
func (x *tx) KeepUpload(_ context.Context, a *ticket.Attachment, stored ticket.Upload) error {
	x.contents[clickKey{a.Tenant, stored.Digest}] = x.store.uploads[stored.ID-1]
	a.Digest, a.Size = stored.Digest, stored.Size
	return x.changeAttachment(*a, func(old *ticket.Attachment) { old.Digest, old.Size = a.Digest, a.Size })
}

func (x *tx) changeAttachment(a ticket.Attachment, how func(*ticket.Attachment)) error {
	i := slices.IndexFunc(x.attachments, func(old ticket.Attachment) bool { return old.Tenant == a.Tenant && old.ID == a.ID })
	if i < 0 {
		return errors.New("tickettest: an attachment that is gone")
	}
	x.attachments = slices.Clone(x.attachments)
	how(&x.attachments[i])
	return nil
}

// DropAttachment removes an attachment, and its content where no other one has it.
func (x *tx) DropAttachment(_ context.Context, a ticket.Attachment) error {
	x.attachments = slices.DeleteFunc(slices.Clone(x.attachments), func(old ticket.Attachment) bool { return old.Tenant == a.Tenant && old.ID == a.ID })
	if !slices.ContainsFunc(x.attachments, func(old ticket.Attachment) bool { return old.Tenant == a.Tenant && old.Digest == a.Digest }) {
		delete(x.contents, clickKey{a.Tenant, a.Digest})
	}
	return nil
}
