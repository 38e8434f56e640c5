package store_test

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

// empty runs the test on a database of each kind that has no tables.
func empty(t *testing.T, test func(t *testing.T, database storetest.Database)) {
	t.Helper()
	t.Parallel()
	t.Run("Postgres", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.Database{URL: storetest.EmptySchema(t)})
	})
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.Database{Dir: t.TempDir()})
	})
}

func wantAdvice(t *testing.T, err error, words string) {
	t.Helper()
	var fault *store.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("got the error %v, want a fault with advice", err)
	}
	if !strings.Contains(fault.Advice, words) {
		t.Errorf("the advice is %q, want it to say %q; the error is %v", fault.Advice, words, err)
	}
}

func execute(t *testing.T, db *store.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Writer().ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestSeveralProcessesMayMigrateAtOnceAndAgain(t *testing.T) {
	empty(t, func(t *testing.T, database storetest.Database) {
		var migrating sync.WaitGroup
		for range 4 {
			db := database.Open(t, nil)
			migrating.Go(func() {
				for range 2 {
					if err := db.Migrate(t.Context()); err != nil {
						t.Errorf("migrate: %v", err)
					}
				}
			})
		}
		migrating.Wait()
		db := database.Open(t, nil)
		create(t, db, fresh("contoso", "works"))
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.Later(t.Context(), ticket.Task{Job: ticket.RefreshCards{Tenant: "contoso", Number: 1}})
		})
	})
}

func TestAMigrationThatFailsIsUndoneAndKeepsTheOnesBefore(t *testing.T) {
	empty(t, func(t *testing.T, database storetest.Database) {
		db := database.Open(t, nil)
		broken := withMigration(t, "-- +goose Up\nCREATE TABLE half (x integer);\nINSERT INTO nowhere VALUES (1);\n")
		err := db.MigrateFrom(t.Context(), broken)
		wantAdvice(t, err, "undone")
		if !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("the error %v does not name the cause", err)
		}
		if _, err := db.Writer().ExecContext(t.Context(), "SELECT x FROM half"); err == nil {
			t.Error("half of the migration was kept")
		}
		execute(t, db, "SELECT number FROM tickets")

		mended := withMigration(t, "-- +goose Up\nCREATE TABLE half (x integer);\n")
		ok(t, db.MigrateFrom(t.Context(), mended))
		execute(t, db, "SELECT x FROM half", "SELECT id FROM river_job")
	})
}

// withMigration gives the program's migrations and one more.
func withMigration(t *testing.T, more string) fs.FS {
	t.Helper()
	files := fstest.MapFS{
		"migrations/postgres/99999_more.sql": {Data: []byte(more)},
		"migrations/sqlite/99999_more.sql":   {Data: []byte(more)},
	}
	err := fs.WalkDir(store.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(store.Migrations(), path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	ok(t, err)
	return files
}

func TestADatabaseOfANewerProgramIsLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		execute(t, db, "INSERT INTO handrail_migrations (version_id, is_applied) VALUES (99999, true)")
		wantAdvice(t, db.Migrate(t.Context()), "newer version of Handrail")
		execute(t, db, "DELETE FROM handrail_migrations WHERE version_id = 99999")
		ok(t, db.Migrate(t.Context()))

		execute(t, db, "INSERT INTO river_migration (line, version) VALUES ('main', 999)")
		wantAdvice(t, db.Migrate(t.Context()), "newer version of Handrail")
		execute(t, db, "DELETE FROM river_migration WHERE version = 999")
	})
}

func TestADatabaseOfAnotherProgramIsLeftAlone(t *testing.T) {
	empty(t, func(t *testing.T, database storetest.Database) {
		db := database.Open(t, nil)
		execute(t, db, "CREATE TABLE invoices (id integer)")
		err := db.Migrate(t.Context())
		wantAdvice(t, err, "another program")
		if !strings.Contains(err.Error(), "invoices") {
			t.Errorf("the error %v does not name the other program's table", err)
		}
		if _, err := db.Writer().ExecContext(t.Context(), "SELECT 1 FROM tickets"); err == nil {
			t.Error("the database of another program was given our tables")
		}
	})
}
