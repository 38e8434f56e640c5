package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"handrail/internal/ticket"
)

var (
	_ ticket.Store = (*DB)(nil)
	_ ticket.Tx    = (*tx)(nil)
)

// Config says which database to open.
type Config struct {
	// URL is that of a Postgres, "postgres://user:password@host/database";
	// empty for SQLite.
	URL string
	// Dir is where SQLite keeps its file, handrail.db. It is made if it is missing.
	Dir string
	// Now is the clock of a test, which River's times then follow too; nil
	// for the machine's.
	Now func() time.Time
	// Logger gets what River and the migrations have to say.
	Logger *slog.Logger
}

// DB is an open database. It may be used by many goroutines.
type DB struct {
	reader
	engine engine
	// examined is the same engine.
	examined examined
	orm      *gorm.DB
	// lock is what a SELECT needs to hold its rows for the transaction.
	lock string
	now  func() time.Time
	// testing says that now is a test's clock.
	testing bool
	log     *slog.Logger
}

// engine is what differs between the two databases.
type engine interface {
	// within gives our own statements, and jobs, the transaction that orm stands for.
	within(orm *gorm.DB) (writer, error)
	queue(config queueConfig) (*Queue, error)
	// migrate brings our tables, by the files, and those of River to the newest version.
	migrate(ctx context.Context, files fs.FS, log *slog.Logger) error
	check(ctx context.Context) error
	close() error
}

// examined is what an examination asks an engine.
type examined interface {
	// migration gives what brings the database to the newest version, by the files.
	migration(files fs.FS, log *slog.Logger) (*migration, error)
	// examine finds out what the database is and what may be done in it.
	examine(ctx context.Context, found *Examination) error
}

// Open opens a database and checks that it answers. It changes nothing in it;
// see [DB.Migrate]. What a person has to mend is a [*Fault].
func Open(ctx context.Context, config Config) (*DB, error) {
	db := &DB{now: time.Now, log: config.Logger}
	if config.Now != nil {
		db.now, db.testing = config.Now, true
	}
	if db.log == nil {
		db.log = slog.Default()
	}
	var err error
	if config.URL != "" {
		err = db.openPostgres(ctx, config)
	} else {
		err = db.openSQLite(ctx, config)
	}
	if err != nil {
		return nil, err
	}
	if err := db.Check(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close ends all connections.
func (db *DB) Close() error {
	if err := db.engine.close(); err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// Check tells whether the database answers, for the readiness of the process.
func (db *DB) Check(ctx context.Context) error {
	if err := db.engine.check(ctx); err != nil {
		return explain(fmt.Errorf("store: check: %w", err))
	}
	return nil
}

// Migrate brings the database to the version that this program knows. It is
// safe to call from several processes at once. A migration that fails is rolled
// back and leaves the ones before it.
func (db *DB) Migrate(ctx context.Context) error {
	if err := db.engine.migrate(ctx, migrations, db.log); err != nil {
		return explainMigration(err)
	}
	return nil
}

// InTx runs work in one transaction: all that it wrote is kept, or nothing. On
// SQLite there is one writer at a time, so work must be short and must not call
// InTx again.
func (db *DB) InTx(ctx context.Context, work func(ticket.Tx) error) error {
	orm := db.orm.WithContext(ctx).Begin()
	if orm.Error != nil {
		return explain(fmt.Errorf("store: begin: %w", orm.Error))
	}
	kept := false
	defer func() {
		if !kept {
			// The error that led here counts; a connection that cannot even
			// roll back is thrown away by its pool.
			_ = orm.Rollback()
		}
	}()
	within, err := db.engine.within(orm)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	if err := work(&tx{reader: reader{orm, within}, writer: within, db: db, found: map[ticket.ID]findable{}}); err != nil {
		return explain(err)
	}
	if err := orm.Commit().Error; err != nil {
		return explain(fmt.Errorf("store: commit: %w", err))
	}
	kept = true
	return nil
}

// tx is one transaction.
type tx struct {
	reader
	writer
	db *DB
	// found is by what the tickets that were locked here are found, as it is stored.
	found map[ticket.ID]findable
}

// reader answers questions, inside of a transaction or outside.
type reader struct {
	orm *gorm.DB
	// own runs the statements of our own.
	own querier
}

// querier runs statements of our own: those of every turn and of every job.
// GORM's way, through reflection and the rows of database/sql, takes several
// times as long; the others go that way.
type querier interface {
	// query gives the rows of a statement, which the caller closes.
	query(ctx context.Context, query string, args ...any) (rows, error)
}

// writer runs them in a transaction.
type writer interface {
	querier
	// exec runs statements in their order until one fails, and tells of each
	// that did not how many rows it has changed.
	exec(ctx context.Context, statements ...statement) (changed []int64, err error)
	// insert has River insert jobs.
	insert(ctx context.Context, jobs []job) error
}

// statement is a statement without rows. Its place holders are "?" on both databases.
type statement struct {
	sql  string
	args []any
}

// rows are what a statement has found.
type rows interface {
	Next() bool
	Scan(into ...any) error
	Err() error
	Close()
}

// row reads the only row of a statement; sql.ErrNoRows where there is none. A
// statement may fail as late as here, which says nothing of what there is.
func (r reader) row(ctx context.Context, into []any, query string, args ...any) error {
	rows, err := r.own.query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	found := rows.Next()
	if found {
		err = rows.Scan(into...)
	}
	rows.Close() // what failed last is told at the end
	if err = errors.Join(rows.Err(), err); err == nil && !found {
		err = sql.ErrNoRows
	}
	return err
}

// openORM gives GORM on the dialect. It starts no transactions of its own, and
// leaves errors as the driver gives them: they name the constraint.
func openORM(dialect gorm.Dialector) (*gorm.DB, error) {
	orm, err := gorm.Open(dialect, &gorm.Config{
		Logger:                   logger.Discard,
		SkipDefaultTransaction:   true,
		DisableAutomaticPing:     true,
		DisableNestedTransaction: true,
	})
	if err != nil {
		return nil, fmt.Errorf("orm: %w", err)
	}
	return orm, nil
}
