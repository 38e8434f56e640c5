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
	pool   *pgxpool.Pool
	sql    *sql.DB
	driver *riverpgxv5.Driver
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
	inserts, err := river.NewClient(e.driver, db.insertConfig())
	var orm *gorm.DB
	if err == nil {
		orm, err = openORM(postgres.New(postgres.Config{Conn: beginner{e.sql, inserts}}))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("store: open postgres: %w", err), e.close())
	}
	db.engine, db.examined, db.orm, db.reader, db.lock = e, e, orm, reader{orm, poolQuerier{pool}}, " FOR UPDATE"
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

func (e *postgresEngine) within(orm *gorm.DB) (writer, error) {
	running, ok := orm.Statement.ConnPool.(*postgresTx)
	if !ok {
		return nil, fmt.Errorf("a transaction on %T is not one of ours", orm.Statement.ConnPool)
	}
	return running, nil
}

// poolQuerier asks outside of transactions.
type poolQuerier struct{ *pgxpool.Pool }

func (p poolQuerier) query(ctx context.Context, query string, args ...any) (rows, error) {
	return p.Query(ctx, numbered(query), args...) //nolint:wrapcheck,sqlclosecheck // the caller says what was tried, and closes
}

func (e *postgresEngine) queue(config queueConfig) (*Queue, error) {
	client, err := river.NewClient(e.driver, config)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return &Queue{worker: client, executor: e.driver.GetExecutor()}, nil
}

func (e *postgresEngine) migration(files fs.FS, log *slog.Logger) (*migration, error) {
	return newMigration(dialectPostgres, files, e.sql, e.driver, log)
}

// migrate holds a lock for as long as it works, so that several processes may
// start at once. The lock is that of the schema: other schemas do not wait.
func (e *postgresEngine) migrate(ctx context.Context, files fs.FS, log *slog.Logger) (err error) {
	m, err := e.migration(files, log)
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
