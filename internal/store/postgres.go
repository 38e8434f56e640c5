package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

const (
	// connections is how many connections a process has, unless the URL says
	// so with pool_max_conns. Turns wait for each other's disk rather than for
	// a connection, and two processes stay far below Postgres' usual 100.
	connections = 20
	// connectTimeout is how long a new connection may take, unless the URL says so.
	connectTimeout = 5 * time.Second
	// rollbackTimeout ends a rollback whose connection no longer answers.
	rollbackTimeout = 5 * time.Second
)

// postgresEngine is a Postgres. GORM and River share the connections of one
// pool, so that a job is inserted in the transaction of the change.
type postgresEngine struct {
	pool    *pgxpool.Pool
	sql     *sql.DB
	driver  *riverpgxv5.Driver
	inserts *river.Client[pgx.Tx]
}

func (db *DB) openPostgres(ctx context.Context, config Config) error {
	settings, err := poolSettings(config.URL)
	if err != nil {
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return explain(fmt.Errorf("store: open postgres: %w", err))
	}
	e := &postgresEngine{pool: pool, sql: stdlib.OpenDBFromPool(pool), driver: riverpgxv5.New(pool)}
	orm, err := openORM(postgres.New(postgres.Config{Conn: beginner{e.sql}}))
	if err == nil {
		e.inserts, err = river.NewClient(e.driver, db.insertConfig())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("store: open postgres: %w", err), e.close())
	}
	db.engine, db.orm, db.reader, db.lock = e, orm, reader{orm: orm}, " FOR UPDATE"
	return nil
}

// poolSettings reads the URL. The error leaves out what stands in it: that may be a password.
func poolSettings(address string) (*pgxpool.Config, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "postgres" && parsed.Scheme != "postgresql" {
		return nil, &Fault{Advice: adviceURL}
	}
	settings, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, &Fault{Advice: adviceURL}
	}
	if !parsed.Query().Has("pool_max_conns") {
		settings.MaxConns = connections
	}
	if settings.ConnConfig.ConnectTimeout == 0 {
		settings.ConnConfig.ConnectTimeout = connectTimeout
	}
	return settings, nil
}

func (e *postgresEngine) check(ctx context.Context) error {
	if _, err := e.pool.Exec(ctx, "SELECT 1"); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	return nil
}

func (e *postgresEngine) close() error {
	defer e.pool.Close()
	if err := e.sql.Close(); err != nil {
		return fmt.Errorf("pool: %w", err)
	}
	return nil
}

func (e *postgresEngine) insert(ctx context.Context, orm *gorm.DB, jobs []job) error {
	running, ok := orm.Statement.ConnPool.(*postgresTx)
	if !ok {
		return errors.New("jobs are inserted in a transaction only")
	}
	// InsertManyFastTx would copy, which takes a statement more and no less time for so few.
	if _, err := e.inserts.InsertManyTx(ctx, running.tx, insertParams(jobs)); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

func (e *postgresEngine) queue(config queueConfig) (*Queue, error) {
	client, err := river.NewClient(e.driver, config)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return &Queue{worker: client, executor: e.driver.GetExecutor()}, nil
}

// beginner begins GORM's transactions on pgx, so that River can be given the
// same transaction. GORM calls it a ConnPoolBeginner.
type beginner struct{ *sql.DB }

// GetDBConn gives GORM the pool behind.
func (b beginner) GetDBConn() (*sql.DB, error) { return b.DB, nil }

// BeginTx begins a transaction on a connection of its own.
func (b beginner) BeginTx(ctx context.Context, _ *sql.TxOptions) (gorm.ConnPool, error) {
	conn, err := b.DB.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connection: %w", err)
	}
	var begun pgx.Tx
	err = conn.Raw(func(driver any) (err error) {
		native, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("a connection of %T is not one of pgx", driver)
		}
		begun, err = native.Conn().Begin(ctx)
		return err //nolint:wrapcheck // it is given on as it is, a few lines below
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &postgresTx{conn: conn, tx: begun, ctx: ctx}, nil
}

// postgresTx is a transaction of GORM and River. It must not embed the
// connection, whose BeginTx would have GORM begin another.
type postgresTx struct {
	conn *sql.Conn
	tx   pgx.Tx
	ctx  context.Context //nolint:containedctx // GORM's Commit and Rollback have none
}

// PrepareContext is for GORM's interface; pgx keeps prepared statements itself.
func (t *postgresTx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return t.conn.PrepareContext(ctx, query) //nolint:wrapcheck // GORM looks for the driver's error
}

// ExecContext runs a statement without rows, past database/sql.
func (t *postgresTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	tag, err := t.tx.Exec(ctx, query, args...)
	return affected{tag}, err //nolint:wrapcheck // GORM looks for the driver's error
}

// QueryContext runs a statement with rows.
func (t *postgresTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.conn.QueryContext(ctx, query, args...) //nolint:wrapcheck // GORM looks for the driver's error
}

// QueryRowContext runs a statement with one row.
func (t *postgresTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.conn.QueryRowContext(ctx, query, args...)
}

// Commit keeps what was written.
func (t *postgresTx) Commit() error {
	return errors.Join(t.tx.Commit(t.ctx), t.conn.Close())
}

// Rollback drops what was written, even where the caller has gone.
func (t *postgresTx) Rollback() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), rollbackTimeout)
	defer cancel()
	return errors.Join(t.tx.Rollback(ctx), t.conn.Close())
}

// affected is the result of a statement as database/sql has it.
type affected struct{ tag pgconn.CommandTag }

// LastInsertId is unknown to Postgres.
func (affected) LastInsertId() (int64, error) {
	return 0, errors.New("postgres has no last insert id")
}

// RowsAffected is how many rows were changed.
func (a affected) RowsAffected() (int64, error) { return a.tag.RowsAffected(), nil }

// migrate holds a lock for as long as it works, so that several processes may
// start at once. The lock is that of the schema: other schemas do not wait.
func (e *postgresEngine) migrate(ctx context.Context, files fs.FS, log *slog.Logger) (err error) {
	m, err := newMigration(dialectPostgres, files, e.sql, e.driver, log)
	if err != nil {
		return err
	}
	var found bool
	if err := e.pool.QueryRow(ctx, "SELECT current_schema() IS NOT NULL").Scan(&found); err != nil {
		return fmt.Errorf("find the schema: %w", err)
	}
	if !found {
		return &Fault{Advice: adviceSchema}
	}
	if done, err := m.done(ctx); done || err != nil {
		return err
	}
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connection: %w", err)
	}
	// The lock goes with the connection's session, whatever happens.
	defer conn.Release()
	const key = "hashtext('handrail migration of ' || current_schema())"
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock("+key+")"); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	defer func() {
		_, unlock := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock("+key+")")
		err = errors.Join(err, unlock)
	}()
	return m.up(ctx)
}
