package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"gorm.io/gorm"
)

// beginner begins GORM's transactions on pgx, so that River and the statements
// of our own are in the same transaction. GORM calls it a ConnPoolBeginner.
type beginner struct {
	*sql.DB
	inserts *river.Client[pgx.Tx]
}

// GetDBConn gives GORM the pool behind.
func (b beginner) GetDBConn() (*sql.DB, error) { return b.DB, nil }

// BeginTx takes a connection for a transaction, which begins with its first statement.
func (b beginner) BeginTx(ctx context.Context, _ *sql.TxOptions) (gorm.ConnPool, error) {
	conn, err := b.DB.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connection: %w", err)
	}
	t := &postgresTx{conn: conn, ctx: ctx, inserts: b.inserts}
	err = conn.Raw(func(driver any) error {
		native, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("a connection of %T is not one of pgx", driver)
		}
		t.native = native.Conn()
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return t, nil
}

// postgresTx is a transaction of GORM, of River and of our own statements. What
// can go to Postgres together does: BEGIN goes with the first statement, and
// the jobs with COMMIT. Each way there and back costs more than most statements
// do. It must not embed the connection, whose BeginTx would have GORM begin another.
type postgresTx struct {
	conn    *sql.Conn
	native  *pgx.Conn
	ctx     context.Context //nolint:containedctx // GORM's Commit and Rollback have none
	inserts *river.Client[pgx.Tx]
	begun   bool
	ended   bool
	// last goes with COMMIT.
	last pgx.Batch
}

// send sends statements together, after BEGIN where the transaction has not
// begun. Whoever gets the results closes them.
func (t *postgresTx) send(ctx context.Context, batch *pgx.Batch) (pgx.BatchResults, error) {
	if t.ended {
		return nil, pgx.ErrTxClosed
	}
	if t.begun {
		return t.native.SendBatch(ctx, batch), nil
	}
	begin := &pgx.Batch{}
	begin.Queue("begin")
	begin.QueuedQueries = append(begin.QueuedQueries, batch.QueuedQueries...)
	results := t.native.SendBatch(ctx, begin)
	if _, err := results.Exec(); err != nil {
		_ = results.Close() // gives the same error
		return nil, fmt.Errorf("begin: %w", err)
	}
	t.begun = true
	return results, nil
}

// begin begins the transaction for those who send their statements themselves.
func (t *postgresTx) begin(ctx context.Context) error {
	if t.begun && !t.ended {
		return nil
	}
	results, err := t.send(ctx, &pgx.Batch{})
	if err != nil {
		return err
	}
	return results.Close() //nolint:wrapcheck // GORM looks for the driver's error
}

func (t *postgresTx) exec(ctx context.Context, statements ...statement) ([]int64, error) {
	var changed []int64
	batch := &pgx.Batch{}
	for _, s := range statements {
		batch.Queue(numbered(s.sql), s.args...).Exec(func(tag pgconn.CommandTag) error {
			changed = append(changed, tag.RowsAffected())
			return nil
		})
	}
	results, err := t.send(ctx, batch)
	if err != nil {
		return nil, err
	}
	err = results.Close() // reads them all
	return changed, err   //nolint:wrapcheck // the caller says what was tried
}

func (t *postgresTx) query(ctx context.Context, query string, args ...any) (rows, error) {
	batch := &pgx.Batch{}
	batch.Queue(numbered(query), args...)
	results, err := t.send(ctx, batch)
	if err != nil {
		return nil, err
	}
	found, err := results.Query()
	if err != nil {
		_ = results.Close() // gives the same error
		return nil, err     //nolint:wrapcheck // the caller says what was tried
	}
	return &batchRows{found, results}, nil
}

// batchRows are the rows of the last statement that was sent.
type batchRows struct {
	pgx.Rows
	results pgx.BatchResults
}

// Close ends the reading, after which the connection takes statements again.
func (r *batchRows) Close() {
	r.Rows.Close()
	_ = r.results.Close() // what failed is in Err
}

func (t *postgresTx) insert(ctx context.Context, jobs []job) error {
	if _, err := t.inserts.InsertManyFastTx(ctx, riverTx{tx: t}, insertParams(jobs)); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

// PrepareContext is for GORM's interface; pgx keeps prepared statements itself.
func (t *postgresTx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	return t.conn.PrepareContext(ctx, query) //nolint:wrapcheck // GORM looks for the driver's error
}

// ExecContext runs a statement without rows, past database/sql.
func (t *postgresTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	tag, err := t.native.Exec(ctx, query, args...)
	return affected{tag}, err //nolint:wrapcheck // GORM looks for the driver's error
}

// QueryContext runs a statement with rows.
func (t *postgresTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	return t.conn.QueryContext(ctx, query, args...) //nolint:wrapcheck // GORM looks for the driver's error
}

// QueryRowContext runs a statement with one row.
func (t *postgresTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := t.begin(ctx); err != nil {
		// A row cannot be made of an error, but of a context that has ended.
		ended, end := context.WithCancel(ctx)
		end()
		ctx = ended
	}
	return t.conn.QueryRowContext(ctx, query, args...)
}

// Commit sends what is left and keeps what was written.
func (t *postgresTx) Commit() error {
	if !t.begun && t.last.Len() == 0 {
		return t.end()
	}
	t.last.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() == "ROLLBACK" {
			return pgx.ErrTxCommitRollback // a statement had failed before
		}
		return nil
	})
	results, err := t.send(t.ctx, &t.last)
	if err != nil {
		return err
	}
	if err := results.Close(); err != nil {
		return err //nolint:wrapcheck // as above
	}
	return t.end()
}

// Rollback drops what was written, even where the caller has gone. A connection
// that does not roll back is thrown away by its pool.
func (t *postgresTx) Rollback() error {
	if t.ended {
		return nil
	}
	var err error
	if t.begun {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), rollbackTimeout)
		defer cancel()
		_, err = t.native.Exec(ctx, "rollback")
	}
	return errors.Join(err, t.end())
}

// end gives the connection back.
func (t *postgresTx) end() error {
	t.ended = true
	return t.conn.Close() //nolint:wrapcheck // as above
}

// affected is the result of a statement as database/sql has it.
type affected struct{ tag pgconn.CommandTag }

// LastInsertId is unknown to Postgres.
func (affected) LastInsertId() (int64, error) {
	return 0, errors.New("postgres has no last insert id")
}

// RowsAffected is how many rows were changed.
func (a affected) RowsAffected() (int64, error) { return a.tag.RowsAffected(), nil }

// riverTx is the transaction as River sees it when it inserts jobs: what it
// writes is kept for the end, where it goes with COMMIT.
type riverTx struct {
	pgx.Tx // nil: River uses nothing else of it to insert jobs
	tx     *postgresTx
}

// CopyFrom keeps the rows, as one INSERT: for the few jobs of a turn that is
// less work than COPY.
func (r riverTx) CopyFrom(_ context.Context, table pgx.Identifier, columns []string, source pgx.CopyFromSource) (int64, error) {
	var all []any
	for source.Next() {
		values, err := source.Values()
		if err != nil {
			return 0, err //nolint:wrapcheck // River knows it
		}
		for _, value := range values {
			// Bytes are JSON here, and pgx does not know it in modes without the column's type.
			if encoded, ok := value.([]byte); ok && encoded != nil {
				value = string(encoded)
			}
			all = append(all, value)
		}
	}
	count := len(all) / len(columns)
	r.tx.last.Queue("INSERT INTO "+table.Sanitize()+" ("+strings.Join(columns, ", ")+") VALUES "+
		numbered(places(count, len(columns))), all...)
	return int64(count), source.Err()
}

// Exec keeps a statement, with which River wakes its workers.
func (r riverTx) Exec(_ context.Context, query string, args ...any) (pgconn.CommandTag, error) {
	r.tx.last.Queue(query, args...)
	return pgconn.CommandTag{}, nil
}

// QueryRow asks at once: River wants to know once what the database can do.
func (r riverTx) QueryRow(ctx context.Context, query string, args ...any) pgx.Row {
	return r.tx.native.QueryRow(ctx, query, args...)
}

// Conn is asked how it takes arguments.
func (r riverTx) Conn() *pgx.Conn { return r.tx.native }

// numbered gives a statement with Postgres' place holders, $1 for the first "?".
func numbered(query string) string {
	b := make([]byte, 0, len(query)+2*strings.Count(query, "?"))
	for n := int64(1); ; n++ {
		before, after, found := strings.Cut(query, "?")
		b = append(b, before...)
		if !found {
			return string(b)
		}
		b = strconv.AppendInt(append(b, '$'), n, 10)
		query = after
	}
}
