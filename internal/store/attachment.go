package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"handrail/internal/ticket"
)

// Attachments are read and written in SQL of our own: with the digest and size
// of their content, which a blob has for all that share it.
const selectAttachments = "SELECT a.id, a.tenant, a.number, a.name, a.type, COALESCE(b.digest, ''), COALESCE(b.size, 0), a.link, " +
	"a.by_id, a.by_name, a.by_object_id, a.at, a.conversation, a.thread, a.activity, a.part, a.source, a.source_url, a.picture " +
	"FROM attachments a LEFT JOIN blobs b ON b.id = a.blob WHERE "

const (
	insertAttachments = "INSERT INTO attachments (tenant, number, name, type, link, by_id, by_name, by_object_id, at, " +
		"conversation, thread, activity, part, source, source_url, picture) VALUES "
	attachmentWidth = 16
)

// Attachments gives the attachments of a ticket that are there.
func (r reader) Attachments(ctx context.Context, id ticket.ID) ([]ticket.Attachment, error) {
	return r.attachments(ctx, "a.tenant = ? AND a.number = ? AND (a.blob IS NOT NULL OR a.link <> '') ORDER BY a.id", words(id.Tenant), id.Number)
}

// Attachment gives one attachment.
func (r reader) Attachment(ctx context.Context, tenant string, id int64) (ticket.Attachment, bool, error) {
	return r.attachment(ctx, "a.tenant = ? AND a.id = ?", words(tenant), id)
}

// Loose gives the attachments of a message that belong to no ticket.
func (r reader) Loose(ctx context.Context, place ticket.Place, activity string) ([]ticket.Attachment, error) {
	return r.attachments(ctx, "a.tenant = ? AND a.conversation = ? AND a.thread = ? AND a.activity = ? AND a.number = 0 ORDER BY a.id",
		words(place.Tenant), words(place.Conversation), words(place.Thread), words(activity))
}

func (r reader) attachment(ctx context.Context, where string, args ...any) (ticket.Attachment, bool, error) {
	found, err := r.attachments(ctx, where, args...)
	if err != nil || len(found) == 0 {
		return ticket.Attachment{}, false, err
	}
	return found[0], true, nil
}

func (r reader) attachments(ctx context.Context, where string, args ...any) (found []ticket.Attachment, err error) {
	rows, err := r.own.query(ctx, selectAttachments+where, args...)
	if err != nil {
		return nil, explain(fmt.Errorf("store: read attachments: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var a ticket.Attachment
		var at time.Time
		err := rows.Scan(&a.ID, &a.Tenant, &a.Number, &a.Name, &a.Type, &a.Digest, &a.Size, &a.Link, &a.By.ID, &a.By.Name, &a.By.ObjectID, &at,
			&a.Place.Conversation, &a.Place.Thread, &a.Activity, &a.Part, &a.Source.Kind, &a.Source.URL, &a.Source.Picture)
		if err != nil {
			return nil, explain(fmt.Errorf("store: read attachments: %w", err))
		}
		a.At, a.Place.Tenant = instant(at), a.Tenant
		found = append(found, a)
	}
	rows.Close() // what failed last is told at the end
	if err := rows.Err(); err != nil {
		return nil, explain(fmt.Errorf("store: read attachments: %w", err))
	}
	return found, nil
}

// AddAttachments stores attachments and gives them their ids. One that its
// message has brought before keeps the id 0.
func (t *tx) AddAttachments(ctx context.Context, added []*ticket.Attachment) error {
	for _, a := range added {
		err := t.row(ctx, []any{&a.ID}, insertAttachments+places(1, attachmentWidth)+" ON CONFLICT DO NOTHING RETURNING id",
			words(a.Tenant), a.Number, words(a.Name), words(a.Type), words(a.Link), words(a.By.ID), words(a.By.Name), words(a.By.ObjectID),
			instant(a.At), words(a.Place.Conversation), words(a.Place.Thread), words(a.Activity), a.Part,
			string(a.Source.Kind), words(a.Source.URL), a.Source.Picture)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return explain(fmt.Errorf("store: add an attachment: %w", err))
		}
	}
	return nil
}

// LockAttachment gives an attachment and holds it for this transaction. Its
// content is not held: see [tx.DropAttachment]. It is read once it is held:
// Postgres would join what it has waited for with the content of before.
func (t *tx) LockAttachment(ctx context.Context, tenant string, id int64) (ticket.Attachment, bool, error) {
	var held int64
	err := t.row(ctx, []any{&held}, "SELECT id FROM attachments WHERE tenant = ? AND id = ?"+t.db.lock, words(tenant), id)
	if errors.Is(err, sql.ErrNoRows) {
		return ticket.Attachment{}, false, nil
	}
	if err != nil {
		return ticket.Attachment{}, false, explain(fmt.Errorf("store: lock an attachment: %w", err))
	}
	return t.Attachment(ctx, tenant, id)
}

// SaveAttachment stores the ticket, the type and the source of an attachment.
func (t *tx) SaveAttachment(ctx context.Context, a ticket.Attachment) error {
	_, err := t.exec(ctx, statement{
		"UPDATE attachments SET number = ?, type = ?, source = ?, source_url = ? WHERE tenant = ? AND id = ?",
		[]any{a.Number, words(a.Type), string(a.Source.Kind), words(a.Source.URL), words(a.Tenant), a.ID},
	})
	if err != nil {
		return explain(fmt.Errorf("store: save an attachment: %w", err))
	}
	return nil
}

// DropAttachment removes an attachment, and its content where no other one has
// it. The content is held first: whoever is about to refer to it holds it, too.
func (t *tx) DropAttachment(ctx context.Context, a ticket.Attachment) error {
	var blob int64
	err := t.row(ctx, []any{&blob}, "SELECT id FROM blobs WHERE tenant = ? AND digest = ? AND digest <> ''"+t.db.lock,
		words(a.Tenant), words(a.Digest))
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err == nil {
		_, err = t.exec(ctx,
			statement{"DELETE FROM attachments WHERE tenant = ? AND id = ?", []any{words(a.Tenant), a.ID}},
			statement{"DELETE FROM blobs WHERE id = ? AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.blob = blobs.id)", []any{blob}})
	}
	if err != nil {
		return explain(fmt.Errorf("store: remove an attachment: %w", err))
	}
	return nil
}
