package store_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

func TestAURLThatCannotBeUsedIsNamedWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	good := storetest.EmptySchema(t)
	for name, test := range map[string]struct{ url, advice string }{
		"no URL":            {"s3cret", "cannot be read"},
		"another database":  {"mysql://handrail:s3cret@127.0.0.1/x", "cannot be read"},
		"bad port":          {"postgres://handrail:s3cret@127.0.0.1:port/x", "cannot be read"},
		"bad escape":        {"postgres://handrail:s3cret%zz@127.0.0.1/x", "cannot be read"},
		"bad setting":       {"postgres://handrail:s3cret@127.0.0.1/x?sslmode=perhaps", "cannot be read"},
		"nobody listens":    {"postgres://handrail:s3cret@127.0.0.1:1/x", "cannot be reached"},
		"no such host":      {"postgres://handrail:s3cret@nowhere.invalid/x", "cannot be reached"},
		"wrong password":    {"postgres://handrail:s3cret@" + refusing(t, "28P01") + "/x?sslmode=disable", "the password"},
		"no such database":  {"postgres://handrail:s3cret@" + refusing(t, "3D000") + "/x?sslmode=disable", "does not exist"},
		"the disk was full": {"postgres://handrail:s3cret@" + refusing(t, "53100") + "/x?sslmode=disable", "disk"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), store.Config{URL: test.url})
			wantAdvice(t, err, test.advice)
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), "s3cret") {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
	t.Run("no such schema", func(t *testing.T) {
		t.Parallel()
		db, err := store.Open(t.Context(), store.Config{URL: strings.Replace(good, "search_path=", "search_path=no_", 1)})
		ok(t, err)
		wantAdvice(t, db.Migrate(t.Context()), "schema")
		ok(t, db.Close())
	})
	t.Run("a standby", func(t *testing.T) {
		t.Parallel()
		db, err := store.Open(t.Context(), store.Config{URL: good + "&default_transaction_read_only=on"})
		ok(t, err)
		wantAdvice(t, db.Migrate(t.Context()), "only be read")
		ok(t, db.Close())
	})
}

// refusing gives the address of a server that refuses every client with the code.
func refusing(t *testing.T, code string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			backend := pgproto3.NewBackend(conn, conn)
			if _, err := backend.ReceiveStartupMessage(); err == nil {
				backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "refused"})
				_ = backend.Flush()
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

func TestAFileThatCannotBeUsedIsNamed(t *testing.T) {
	t.Parallel()
	t.Run("the directory is a file", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "data")
		ok(t, os.WriteFile(dir, nil, 0o600))
		_, err := store.Open(t.Context(), store.Config{Dir: dir})
		wantAdvice(t, err, "cannot be made")
	})
	t.Run("the file is a directory", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		ok(t, os.Mkdir(filepath.Join(dir, "handrail.db"), 0o700))
		_, err := store.Open(t.Context(), store.Config{Dir: dir})
		wantAdvice(t, err, "cannot be opened")
	})
	t.Run("the file is no database", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		ok(t, os.WriteFile(filepath.Join(dir, "handrail.db"), []byte(strings.Repeat("not a database ", 500)), 0o600))
		_, err := store.Open(t.Context(), store.Config{Dir: dir})
		wantAdvice(t, err, "damaged")
	})
	t.Run("a path with odd characters is fine", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "a b?c#d%e&f", "ü")
		db, err := store.Open(t.Context(), store.Config{Dir: dir})
		ok(t, err)
		ok(t, db.Close())
		_, err = os.Stat(filepath.Join(dir, "handrail.db"))
		ok(t, err)
	})
}

func TestADiskThatFillsUpOrCanOnlyBeReadIsNamedAndLosesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ breaks, mends, advice string }{
		"full":      {"PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", "full"},
		"read-only": {"PRAGMA query_only = 1", "PRAGMA query_only = 0", "only be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := storetest.SQLite(t).Open(t, nil)
			made := create(t, db, fresh("contoso", "before"))
			execute(t, db, test.breaks)
			err := db.InTx(t.Context(), func(tx ticket.Tx) error {
				for range 100 {
					big := fresh("contoso", "after")
					big.Details = strings.Repeat("x", 5000)
					if err := tx.Create(t.Context(), big, line(1, "")); err != nil {
						return err
					}
				}
				return nil
			})
			wantAdvice(t, err, test.advice)
			execute(t, db, test.mends)
			equal(t, create(t, db, fresh("contoso", "the next one")).Number, made.Number+1)
		})
	}
}
