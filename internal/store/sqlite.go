package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

const (
	fileName = "handrail.db"
	// readers is how many connections answer questions beside the one that writes.
	readers = 4
)

// sqliteEngine is a SQLite file in WAL mode: one connection writes, others read
// beside it. A second process waits for the writer in turn.
type sqliteEngine struct {
	writer, reader *sql.DB
	driver         *riversqlite.Driver
	inserts        *river.Client[*sql.Tx]
}

func (db *DB) openSQLite(ctx context.Context, config Config) error {
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return &Fault{Advice: adviceDir(config.Dir), Err: err}
	}
	file := filepath.Join(config.Dir, fileName)
	writer, err := sql.Open("sqlite", sqliteDSN(file, "&_txlock=immediate"))
	if err != nil {
		return fmt.Errorf("store: open %s: %w", file, err)
	}
	reading, err := sql.Open("sqlite", sqliteDSN(file, "&_pragma=query_only(1)"))
	if err != nil {
		return errors.Join(fmt.Errorf("store: open %s: %w", file, err), writer.Close())
	}
	writer.SetMaxOpenConns(1)
	reading.SetMaxOpenConns(readers)
	reading.SetMaxIdleConns(readers)
	e := &sqliteEngine{writer: writer, reader: reading, driver: riversqlite.New(writer)}
	// The first connection makes the file and turns on WAL.
	if err := writer.PingContext(ctx); err != nil {
		return errors.Join(explain(fmt.Errorf("store: open %s: %w", file, err)), e.close())
	}
	orm, err := openORM(sqlite.Dialector{DriverName: "sqlite", Conn: writer})
	if err == nil {
		db.reader.orm, err = openORM(sqlite.Dialector{DriverName: "sqlite", Conn: reading})
	}
	if err == nil {
		e.inserts, err = river.NewClient(e.driver, db.insertConfig())
	}
	if err != nil {
		return errors.Join(explain(fmt.Errorf("store: open %s: %w", file, err)), e.close())
	}
	db.engine, db.orm = e, orm
	return nil
}

// sqliteDSN names the file with what every connection needs. A commit is on the
// disk before it is answered (synchronous FULL); a writer waits five seconds
// for another process; times are written in UTC so that they compare as text.
func sqliteDSN(file, more string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath()}).String() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)" +
		"&_timezone=UTC&_time_format=sqlite" + more
}

func (e *sqliteEngine) check(ctx context.Context) error {
	if _, err := e.reader.ExecContext(ctx, "SELECT 1"); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	return nil
}

func (e *sqliteEngine) close() error {
	return errors.Join(e.reader.Close(), e.writer.Close())
}

func (e *sqliteEngine) insert(ctx context.Context, orm *gorm.DB, jobs []job) error {
	running, ok := orm.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return errors.New("jobs are inserted in a transaction only")
	}
	if _, err := e.inserts.InsertManyFastTx(ctx, running, insertParams(jobs)); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

func (e *sqliteEngine) queue(config queueConfig) (*Queue, error) {
	client, err := river.NewClient(e.driver, config)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return &Queue{worker: client, executor: e.driver.GetExecutor()}, nil
}

// migrate needs no lock where no other process migrates. Where one does, each
// step succeeds in one of them: the others see that it is done and go on.
func (e *sqliteEngine) migrate(ctx context.Context, files fs.FS, log *slog.Logger) error {
	m, err := newMigration(dialectSQLite, files, e.writer, e.driver, log)
	if err != nil {
		return err
	}
	var before int64 = -1
	for {
		done, err := m.done(ctx)
		if done || err != nil {
			return err
		}
		failed := m.up(ctx)
		if failed == nil {
			return nil
		}
		after, err := m.progress(ctx)
		if err != nil || after == before {
			return failed
		}
		before = after
	}
}
