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
	modernc "modernc.org/sqlite"
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
	writing, err := modernc.NewConnector(sqliteDSN(file, "&_txlock=immediate"))
	if err != nil {
		return fmt.Errorf("store: open %s: %w", file, err)
	}
	asking, err := modernc.NewConnector(sqliteDSN(file, "&_pragma=query_only(1)"))
	if err != nil {
		return fmt.Errorf("store: open %s: %w", file, err)
	}
	writer, reading := sql.OpenDB(keeper{writing}), sql.OpenDB(keeper{asking})
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
		db.own = sqliteQuerier{reading}
	}
	if err == nil {
		e.inserts, err = river.NewClient(e.driver, db.insertConfig())
	}
	if err != nil {
		return errors.Join(explain(fmt.Errorf("store: open %s: %w", file, err)), e.close())
	}
	db.engine, db.examined, db.orm = e, e, orm
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

func (e *sqliteEngine) within(orm *gorm.DB) (writer, error) {
	running, ok := orm.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return nil, fmt.Errorf("a transaction on %T is not one of database/sql", orm.Statement.ConnPool)
	}
	return sqliteTx{sqliteQuerier{running}, running, e.inserts}, nil
}

// sqliteQuerier asks on a pool or in a transaction.
type sqliteQuerier struct {
	on interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
}

func (q sqliteQuerier) query(ctx context.Context, query string, args ...any) (rows, error) {
	found, err := q.on.QueryContext(ctx, query, args...) //nolint:rowserrcheck // the caller does
	if err != nil {
		return nil, err
	}
	return sqliteRows{found}, nil
}

// sqliteRows are rows of database/sql.
type sqliteRows struct{ *sql.Rows }

// Close ends the reading.
func (r sqliteRows) Close() { _ = r.Rows.Close() } // what failed is in Err

// sqliteTx writes in a transaction.
type sqliteTx struct {
	sqliteQuerier
	tx      *sql.Tx
	inserts *river.Client[*sql.Tx]
}

func (t sqliteTx) exec(ctx context.Context, statements ...statement) ([]int64, error) {
	var changed []int64
	for _, s := range statements {
		result, err := t.tx.ExecContext(ctx, s.sql, s.args...)
		if err != nil {
			return changed, err //nolint:wrapcheck // the caller says what was tried
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return changed, err //nolint:wrapcheck // as above
		}
		changed = append(changed, rows)
	}
	return changed, nil
}

func (t sqliteTx) insert(ctx context.Context, jobs []job) error {
	if _, err := t.inserts.InsertManyFastTx(ctx, t.tx, insertParams(jobs)); err != nil {
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

func (e *sqliteEngine) migration(files fs.FS, log *slog.Logger) (*migration, error) {
	return newMigration(dialectSQLite, files, e.writer, e.driver, log)
}

// migrate needs no lock where no other process migrates. Where one does, each
// step succeeds in one of them: the others see that it is done and go on.
func (e *sqliteEngine) migrate(ctx context.Context, files fs.FS, log *slog.Logger) error {
	m, err := e.migration(files, log)
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
