package store_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

// each runs the test on a fresh database of each kind.
func each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) { test(t, database.Open(t, nil)) })
}

var (
	morning = time.Date(2026, 3, 2, 8, 30, 0, 123456000, time.UTC)
	ana     = ticket.Person{ID: "29:ana", Name: "Ana Lima", ObjectID: "0a0a"}
	ben     = ticket.Person{ID: "29:ben", Name: "Ben"}
)

// fresh gives a ticket as Desk.Open makes it.
func fresh(tenant, title string) *ticket.Ticket {
	return &ticket.Ticket{
		ID: ticket.ID{Tenant: tenant}, Title: title, Customer: "Northwind", Details: "Since this morning.",
		Derived: ticket.Standard, Because: ticket.BecauseFewUsers, Step: ticket.Reception, State: ticket.Open,
		OpenedBy: ana, OpenedAt: morning, UpdatedAt: morning, Marks: map[ticket.ItemID]ticket.Mark{},
	}
}

func line(version int64, note string) ticket.Entry {
	return ticket.Entry{Version: version, At: morning, By: ana, Kind: ticket.EntryEdited, Subject: "title", From: "a", To: "b", Note: note}
}

// create stores a ticket and gives it as it was stored.
func create(t *testing.T, db *store.DB, made *ticket.Ticket) *ticket.Ticket {
	t.Helper()
	inTx(t, db, func(tx ticket.Tx) error { return tx.Create(t.Context(), made, line(1, "opened")) })
	return made
}

func inTx(t *testing.T, db *store.DB, work func(tx ticket.Tx) error) {
	t.Helper()
	if err := db.InTx(t.Context(), work); err != nil {
		t.Fatalf("transaction: %v", err)
	}
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind ticket.Kind) {
	t.Helper()
	if err == nil || ticket.KindOf(err) != kind {
		t.Errorf("got the error %v, want one of kind %s", err, kind)
	}
}

func TestWhatATransactionThatFailsHasWrittenIsGone(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made, failure := create(t, db, fresh("contoso", "before")), errors.New("no")
		err := db.InTx(t.Context(), func(tx ticket.Tx) error {
			locked, err := tx.Lock(t.Context(), made.ID)
			ok(t, err)
			locked.Title = "after"
			ok(t, tx.Save(t.Context(), locked, line(2, "gone")))
			ok(t, tx.Later(t.Context(), ticket.Task{Job: ticket.RefreshCards{Tenant: "contoso", Number: 1}}))
			ok(t, tx.Learn(t.Context(), ticket.Address{Place: ticket.Place{Tenant: "contoso", Conversation: "c"}}))
			ok(t, tx.AddPost(t.Context(), &ticket.Post{Place: ticket.Place{Tenant: "contoso", Conversation: "c"}, Number: 1}))
			return failure
		})
		if !errors.Is(err, failure) {
			t.Errorf("got %v, want the error of the work", err)
		}
		got, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got.Title, "before")
		lines, err := db.History(t.Context(), made.ID, 0, 10)
		ok(t, err)
		equal(t, len(lines), 1)
		posts, err := db.Posts(t.Context(), made.ID)
		ok(t, err)
		equal(t, len(posts), 0)
		_, known, err := db.Address(t.Context(), ticket.Place{Tenant: "contoso", Conversation: "c"})
		ok(t, err)
		equal(t, known, false)
		equal(t, len(work(t, db, 0)), 0)
	})
}

func TestATransactionWhoseStatementHasFailedIsNotKeptWhateverItsWorkSays(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t).Open(t, nil)
	err := db.InTx(t.Context(), func(tx ticket.Tx) error {
		ok(t, tx.Create(t.Context(), fresh("contoso", "before"), line(1, "opened")))
		if tx.Create(t.Context(), fresh("contoso", "far off"), ticket.Entry{At: morning.AddDate(400_000, 0, 0)}) == nil {
			t.Error("a time was stored that Postgres does not know")
		}
		return nil
	})
	if err == nil {
		t.Error("a transaction was kept although a statement had failed")
	}
	lines, err := db.History(t.Context(), ticket.ID{Tenant: "contoso", Number: 1}, 0, 10)
	ok(t, err)
	equal(t, len(lines), 0)
}

func TestAPanicInATransactionRollsItBackAndFreesTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "before"))
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.InTx(t.Context(), func(tx ticket.Tx) error {
				locked, err := tx.Lock(t.Context(), made.ID)
				ok(t, err)
				locked.Title = "after"
				ok(t, tx.Save(t.Context(), locked, line(2, "gone")))
				panic("a fault of the program")
			})
		}()
		got, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got.Title, "before")
		create(t, db, fresh("contoso", "the next one"))
	})
}

func TestATransactionWhoseCallerHasGoneIsRolledBack(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "before"))
		ctx, leave := context.WithCancel(t.Context())
		err := db.InTx(ctx, func(tx ticket.Tx) error {
			locked, err := tx.Lock(ctx, made.ID)
			ok(t, err)
			locked.Title = "after"
			ok(t, tx.Save(ctx, locked, line(2, "gone")))
			leave()
			return nil
		})
		if err == nil {
			t.Error("a transaction was kept after its context had ended")
		}
		got, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got.Title, "before")
		create(t, db, fresh("contoso", "the next one"))
	})
}

func TestATransactionThatHasEndedWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var kept ticket.Tx
		inTx(t, db, func(tx ticket.Tx) error { kept = tx; return nil })
		if err := kept.Create(t.Context(), fresh("contoso", "late"), line(1, "")); err == nil {
			t.Error("a ticket was created after the end of the transaction")
		}
	})
}

func TestAnOpenDatabaseAnswers(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) { ok(t, db.Check(t.Context())) })
}

func TestMain(m *testing.M) { storetest.Main(m) }

func TestAQuestionThatFailsWhileItsAnswerIsReadIsNotAnEmptyAnswer(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		const distance = "SELECT abs(-9223372036854775807 - CAST(? AS bigint))"
		n, err := db.Number(t.Context(), distance, 0)
		ok(t, err)
		equal(t, n, int64(9223372036854775807))
		if _, err = db.Number(t.Context(), distance, 1); err == nil || errors.Is(err, sql.ErrNoRows) {
			t.Errorf("a number that is too large is read with %v", err)
		}
		if _, err = db.Number(t.Context(), "SELECT 1 WHERE 1 = CAST(? AS bigint)", 2); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("nothing is read with %v", err)
		}
	})
}
