package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"handrail/internal/ticket"
)

// draftRow is a text of a ticket, in work or as it was sent.
type draftRow struct {
	ID      int64 `gorm:"primaryKey"`
	Tenant  string
	Number  int64
	Reader  string
	Kind    string
	Version int64
	Body    string

	ByID, ByName, ByObjectID string
	At                       time.Time
	SentAt                   *time.Time
}

// TableName names the table.
func (*draftRow) TableName() string { return "drafts" }

func (row *draftRow) draft() (ticket.Draft, error) {
	draft := ticket.Draft{
		DraftID: ticket.DraftID(row.ID), ID: ticket.ID{Tenant: row.Tenant, Number: row.Number},
		Reader: ticket.TextReader(row.Reader), Kind: ticket.TextKind(row.Kind), Version: row.Version,
		By: ticket.Person{ID: row.ByID, Name: row.ByName, ObjectID: row.ByObjectID},
		At: instant(row.At), SentAt: instantOrNull(row.SentAt),
	}
	return draft, decode(row.Body, &draft.DraftBody)
}

// Draft gives the text in work of a ticket for a reader and kind; false where there is none.
func (r reader) Draft(ctx context.Context, id ticket.ID, reader ticket.TextReader, kind ticket.TextKind) (ticket.Draft, bool, error) {
	var row draftRow
	err := r.orm.WithContext(ctx).
		Where("tenant = ? AND number = ? AND reader = ? AND kind = ? AND sent_at IS NULL", words(id.Tenant), id.Number, string(reader), string(kind)).
		Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.Draft{}, false, nil
	}
	if err != nil {
		return ticket.Draft{}, false, explain(fmt.Errorf("store: read a draft of %s: %w", id, err))
	}
	draft, err := row.draft()
	return draft, err == nil, err
}

// Text gives a text of a tenant, in work or sent, or [ticket.ErrNotFound].
func (r reader) Text(ctx context.Context, tenant string, draft ticket.DraftID) (ticket.Draft, error) {
	var row draftRow
	err := r.orm.WithContext(ctx).Where("tenant = ? AND id = ?", words(tenant), int64(draft)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.Draft{}, ticket.ErrNotFound(0)
	}
	if err != nil {
		return ticket.Draft{}, explain(fmt.Errorf("store: read a text: %w", err))
	}
	return row.draft()
}

// Texts gives the texts of a ticket that were sent, newest first.
func (r reader) Texts(ctx context.Context, id ticket.ID, limit int) ([]ticket.Draft, error) {
	var rows []draftRow
	err := r.orm.WithContext(ctx).Where("tenant = ? AND number = ? AND sent_at IS NOT NULL", words(id.Tenant), id.Number).
		Order("sent_at DESC, id DESC").Limit(max(limit, 0)).Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: list the texts of %s: %w", id, err))
	}
	texts := make([]ticket.Draft, len(rows))
	for i := range rows {
		if texts[i], err = rows[i].draft(); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// SaveDraft stores a text and counts its version up; a new one gets its id. One
// that was stored by somebody else meanwhile is left alone: [ticket.ErrDraftStale].
func (t *tx) SaveDraft(ctx context.Context, draft *ticket.Draft) error {
	body, err := encode(draft.DraftBody)
	if err != nil {
		return err
	}
	row := draftRow{
		ID: int64(draft.DraftID), Tenant: words(draft.Tenant), Number: draft.Number, Reader: string(draft.Reader), Kind: string(draft.Kind),
		Version: draft.Version + 1, Body: body, ByID: words(draft.By.ID), ByName: words(draft.By.Name), ByObjectID: words(draft.By.ObjectID),
		At: instant(draft.At), SentAt: instantOrNull(draft.SentAt),
	}
	var id int64
	if row.ID == 0 {
		err = t.row(ctx, []any{&id}, "INSERT INTO drafts "+
			"(tenant, number, reader, kind, version, body, by_id, by_name, by_object_id, at, sent_at) VALUES "+places(1, 11)+
			" ON CONFLICT DO NOTHING RETURNING id",
			row.Tenant, row.Number, row.Reader, row.Kind, row.Version, row.Body, row.ByID, row.ByName, row.ByObjectID, row.At, row.SentAt)
	} else {
		err = t.row(ctx, []any{&id}, "UPDATE drafts SET version = ?, body = ?, by_id = ?, by_name = ?, by_object_id = ?, at = ?, sent_at = ? "+
			"WHERE tenant = ? AND id = ? AND version = ? AND sent_at IS NULL RETURNING id",
			row.Version, row.Body, row.ByID, row.ByName, row.ByObjectID, row.At, row.SentAt, row.Tenant, row.ID, draft.Version)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ticket.ErrDraftStale
	case err != nil:
		return explain(fmt.Errorf("store: save a draft of %s: %w", draft.ID, err))
	}
	draft.DraftID, draft.Version = ticket.DraftID(id), row.Version
	return nil
}

// EndDraft forgets a text in work.
func (t *tx) EndDraft(ctx context.Context, tenant string, draft ticket.DraftID) error {
	err := t.orm.WithContext(ctx).Where("tenant = ? AND id = ? AND sent_at IS NULL", words(tenant), int64(draft)).Delete(&draftRow{}).Error
	if err != nil {
		return explain(fmt.Errorf("store: end a draft: %w", err))
	}
	return nil
}
