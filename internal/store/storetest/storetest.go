// Package storetest gives tests an empty database of each kind that Handrail
// runs on: a schema in the Postgres of TEST_DATABASE_URL, and a SQLite file. It
// never skips: `make test` provides the Postgres. To be quick it migrates few
// databases and uses them again, emptied; [Main] removes them. It holds no
// tests itself.
package storetest

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"handrail/internal/store"
)

// Main runs a package's tests and then drops the schemas that they used. Call
// it from TestMain in every package that uses storetest.
func Main(m *testing.M) {
	code := m.Run()
	if err := schemas.drop(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "drop the schemas of the tests:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// Database is an empty, migrated database of one test.
type Database struct {
	// URL is that of the Postgres schema; empty for SQLite.
	URL string
	// Dir is where the SQLite file is; empty for Postgres.
	Dir string
}

// Each runs the test on each kind of database, in parallel.
func Each(t *testing.T, test func(t *testing.T, database Database)) {
	t.Helper()
	t.Run("Postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
}

// Postgres gives a migrated schema for the time of the test.
func Postgres(tb testing.TB) Database {
	tb.Helper()
	address, err := schemas.take(tb.Context())
	if err != nil {
		tb.Fatalf("prepare a schema in the Postgres of TEST_DATABASE_URL: %v", err)
	}
	tb.Cleanup(func() {
		if err := schemas.giveBack(context.WithoutCancel(tb.Context()), address); err != nil {
			tb.Errorf("empty the schema of the test: %v", err)
		}
	})
	return Database{URL: address}
}

// SQLite gives a migrated file for the time of the test.
func SQLite(tb testing.TB) Database {
	tb.Helper()
	migrated, err := file()
	if err != nil {
		tb.Fatalf("prepare a SQLite file: %v", err)
	}
	dir := tb.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "handrail.db"), migrated, 0o600); err != nil {
		tb.Fatalf("write the SQLite file of the test: %v", err)
	}
	return Database{Dir: dir}
}

// Open opens the database once more, as another process would, by the machine's
// clock or the one given. The end of the test closes it.
func (d Database) Open(tb testing.TB, now func() time.Time) *store.DB {
	tb.Helper()
	db, err := d.open(tb.Context(), now)
	if err != nil {
		tb.Fatalf("open the database of the test: %v", err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close the database of the test: %v", err)
		}
	})
	return db
}

// EmptySchema gives the URL of a schema without tables, which the end of the test drops.
func EmptySchema(tb testing.TB) string {
	tb.Helper()
	address, err := newSchema(tb.Context())
	if err != nil {
		tb.Fatalf("make a schema in the Postgres of TEST_DATABASE_URL: %v", err)
	}
	tb.Cleanup(func() {
		if err := execute(context.WithoutCancel(tb.Context()), address, dropSchema); err != nil {
			tb.Errorf("drop the schema of the test: %v", err)
		}
	})
	return address
}

func (d Database) open(ctx context.Context, now func() time.Time) (*store.DB, error) {
	return store.Open(ctx, store.Config{URL: d.URL, Dir: d.Dir, Now: now, Logger: slog.New(slog.DiscardHandler)})
}

func (d Database) migrate(ctx context.Context) error {
	db, err := d.open(ctx, nil)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		_ = db.Close() // the migration's error counts
		return err
	}
	return db.Close()
}

// file gives the bytes of a migrated SQLite file, made once in a process.
var file = sync.OnceValues(func() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "handrail-test-")
	if err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := (Database{Dir: dir}).migrate(context.Background()); err != nil {
		return nil, err
	}
	return fs.ReadFile(os.DirFS(dir), "handrail.db")
})
