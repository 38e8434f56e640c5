package store_test

import (
	"errors"
	"fmt"
	"testing"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

func TestHistoryComesNewestFirstInPages(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "one"))
		create(t, db, fresh("contoso", "another"))
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.Save(t.Context(), made, line(2, "first"), line(2, "second"), line(2, "third"))
		})
		want := []string{"third", "second", "first", "opened"}
		for skip := range 5 {
			lines, err := db.History(t.Context(), made.ID, skip, 2)
			ok(t, err)
			var notes []string
			for _, entry := range lines {
				notes = append(notes, entry.Note)
			}
			equal(t, fmt.Sprint(notes), fmt.Sprint(want[min(skip, 4):min(skip+2, 4)]))
		}
		lines, err := db.History(t.Context(), made.ID, 1, 1)
		ok(t, err)
		stored := line(2, "second")
		stored.ID = lines[0].ID
		equal(t, lines[0], stored)
	})
}

func TestTheSameClickIsStoredOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made, other := create(t, db, fresh("contoso", "one")), create(t, db, fresh("contoso", "other"))
		clicked := line(2, "")
		clicked.Key = "k-1"
		inTx(t, db, func(tx ticket.Tx) error { return tx.Save(t.Context(), made, clicked) })

		id, found, err := db.Pressed(t.Context(), "contoso", "k-1")
		ok(t, err)
		equal(t, found, true)
		equal(t, id, made.ID)
		_, found, err = db.Pressed(t.Context(), "contoso", "")
		ok(t, err)
		equal(t, found, false)

		for _, again := range []*ticket.Ticket{made, other} {
			err = db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.Save(t.Context(), again, clicked) })
			if !errors.Is(err, ticket.ErrRepeated) {
				t.Errorf("the same click again gave %v, want ErrRepeated", err)
			}
		}
		err = db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.Create(t.Context(), fresh("contoso", "twice"), clicked) })
		if !errors.Is(err, ticket.ErrRepeated) {
			t.Errorf("the same click on a form gave %v, want ErrRepeated", err)
		}
		equal(t, create(t, db, fresh("contoso", "next")).Number, int64(3))
		theirs := fresh("fabrikam", "the key of another tenant is another key")
		inTx(t, db, func(tx ticket.Tx) error { return tx.Create(t.Context(), theirs, clicked) })
	})
}
