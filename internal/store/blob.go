package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"handrail/internal/ticket"
)

const (
	// chunkSize is how much of a file one row holds: as much as is in memory at
	// once when a file is stored or read.
	chunkSize = 256 << 10
	// uploadFor is how long content may be on its way; what is older was left by
	// a process that was killed.
	uploadFor = time.Hour
)

// Upload stores the content of a file as it comes, a chunk in each transaction.
// What others have left half is cleared away on the occasion.
func (db *DB) Upload(ctx context.Context, tenant string, from io.Reader, limit int64) (ticket.Upload, error) {
	var stored ticket.Upload
	err := db.write(ctx, func(t *tx) error {
		now := db.now()
		_, err := t.exec(ctx, statement{"DELETE FROM blobs WHERE digest = '' AND begun_at < ?", []any{instant(now.Add(-uploadFor))}})
		if err != nil {
			return err
		}
		return t.row(ctx, []any{&stored.ID}, "INSERT INTO blobs (tenant, digest, size, begun_at) VALUES (?, '', 0, ?) RETURNING id",
			words(tenant), instant(now))
	})
	if err != nil {
		return stored, explain(fmt.Errorf("store: begin to store a file: %w", err))
	}
	if err := db.uploadChunks(ctx, &stored, from, limit); err != nil {
		// It goes at once, or with the uploads that are too old.
		_ = db.write(context.WithoutCancel(ctx), func(t *tx) error {
			_, err := t.exec(ctx, statement{"DELETE FROM blobs WHERE id = ?", []any{stored.ID}})
			return err
		})
		return ticket.Upload{}, err
	}
	return stored, nil
}

func (db *DB) uploadChunks(ctx context.Context, stored *ticket.Upload, from io.Reader, limit int64) error {
	// One byte more than the limit shows that there is too much.
	from = io.LimitReader(from, limit+1)
	digest, chunk := sha256.New(), make([]byte, chunkSize)
	for place := 0; ; place++ {
		n, end, err := fill(chunk, from)
		if err != nil {
			return fmt.Errorf("store: read a file: %w", err) // not explained: it is no fault of the database
		}
		if stored.Size += int64(n); stored.Size > limit {
			return ticket.ErrTooLarge
		}
		if n > 0 {
			_, _ = digest.Write(chunk[:n]) // never fails
			err := db.write(ctx, func(t *tx) error {
				_, err := t.exec(ctx, statement{"INSERT INTO blob_chunks (blob, place, data) VALUES (?, ?, ?)", []any{stored.ID, place, chunk[:n]}})
				return err
			})
			if err != nil {
				return explain(fmt.Errorf("store: store a file: %w", err))
			}
		}
		if end {
			stored.Digest = hex.EncodeToString(digest.Sum(nil))
			return nil
		}
	}
}

// fill reads until the chunk is full or the file ends. Unlike [io.ReadFull] it
// tells the end of a file from one that was broken off.
func fill(chunk []byte, from io.Reader) (n int, end bool, err error) {
	for n < len(chunk) && err == nil {
		var read int
		read, err = from.Read(chunk[n:])
		n += read
	}
	if errors.Is(err, io.EOF) {
		return n, true, nil
	}
	return n, false, err //nolint:wrapcheck // the caller says what was read
}

// write runs work in a transaction, as [DB.InTx] does.
func (db *DB) write(ctx context.Context, work func(t *tx) error) error {
	return db.InTx(ctx, func(port ticket.Tx) error {
		t, ok := port.(*tx)
		if !ok {
			return fmt.Errorf("store: a transaction of %T is not one of ours", port)
		}
		return work(t)
	})
}

// KeepUpload makes what was uploaded the content of an attachment, or what is
// kept already where it is the same.
func (t *tx) KeepUpload(ctx context.Context, a *ticket.Attachment, stored ticket.Upload) error {
	blob := stored.ID
	err := t.row(ctx, []any{&blob}, "SELECT id FROM blobs WHERE tenant = ? AND digest = ?"+t.db.lock, words(a.Tenant), stored.Digest)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = t.exec(ctx, statement{"UPDATE blobs SET digest = ?, size = ? WHERE id = ?", []any{stored.Digest, stored.Size, blob}})
	case err == nil && blob != stored.ID:
		_, err = t.exec(ctx, statement{"DELETE FROM blobs WHERE id = ?", []any{stored.ID}})
	}
	if err == nil {
		_, err = t.exec(ctx, statement{"UPDATE attachments SET blob = ? WHERE tenant = ? AND id = ?", []any{blob, words(a.Tenant), a.ID}})
	}
	if err != nil {
		return explain(fmt.Errorf("store: keep a file: %w", err))
	}
	a.Digest, a.Size = stored.Digest, stored.Size
	return nil
}

// Content writes the content with the digest, a chunk at a time: whoever reads
// slowly holds no connection meanwhile.
func (r reader) Content(ctx context.Context, tenant, digest string, to io.Writer) error {
	for place := 0; ; place++ {
		var data []byte
		err := r.row(ctx, []any{&data}, "SELECT c.data FROM blob_chunks c JOIN blobs b ON b.id = c.blob "+
			"WHERE b.tenant = ? AND b.digest = ? AND b.digest <> '' AND c.place = ?", words(tenant), words(digest), place)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return explain(fmt.Errorf("store: read a file: %w", err))
		}
		if _, err := to.Write(data); err != nil {
			return fmt.Errorf("write a file: %w", err)
		}
	}
}
