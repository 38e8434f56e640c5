package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// keptStatements bounds the prepared statements of one connection. The program
// has fewer; what is put together for one question only must not pile up.
const keptStatements = 200

// keeper opens connections to SQLite that keep their prepared statements, as
// pgx does by itself. SQLite takes longer to prepare most statements, ours and
// River's, than to run them.
type keeper struct{ driver.Connector }

// Connect opens a connection.
func (k keeper) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // explain looks for the driver's error
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a connection of %T lacks what SQLite's has", opened), opened.Close())
	}
	return &keepingConn{conn, map[string]*keptStatement{}}, nil
}

// sqliteConn is what a connection can do beside preparing and closing.
type sqliteConn interface { //nolint:interfacebloat // database/sql looks for all of them
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keepingConn is a connection with its statements. Like every connection of
// database/sql it is used by one goroutine at a time.
type keepingConn struct {
	sqliteConn
	kept map[string]*keptStatement
}

// keptStatement is a prepared statement. One whose rows are being read cannot
// run once more: that would begin them anew.
type keptStatement struct {
	sqliteStmt
	reading bool
}

// sqliteStmt is what a statement can do.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// statement gives the prepared statement of a query; false where the query has
// to be run without one, which also tells what is wrong with it.
func (c *keepingConn) statement(ctx context.Context, query string) (*keptStatement, bool) {
	if s, ok := c.kept[query]; ok {
		return s, !s.reading
	}
	if len(c.kept) >= keptStatements {
		return nil, false
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, false
	}
	s, ok := prepared.(sqliteStmt)
	if !ok {
		_ = prepared.Close() // nothing was done with it
		return nil, false
	}
	c.kept[query] = &keptStatement{sqliteStmt: s}
	return c.kept[query], true
}

// ExecContext runs a statement without rows.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, ok := c.statement(ctx, query)
	if !ok {
		return c.sqliteConn.ExecContext(ctx, query, args) //nolint:wrapcheck // as above
	}
	return s.ExecContext(ctx, args) //nolint:wrapcheck // as above
}

// QueryContext runs a statement with rows.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, ok := c.statement(ctx, query)
	if !ok {
		return c.sqliteConn.QueryContext(ctx, query, args) //nolint:wrapcheck // as above
	}
	found, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	s.reading = true
	return &keptRows{found, s}, nil
}

// Close ends the statements and the connection.
func (c *keepingConn) Close() error {
	var failed error
	for _, s := range c.kept {
		failed = errors.Join(failed, s.Close())
	}
	clear(c.kept)
	return errors.Join(failed, c.sqliteConn.Close())
}

// keptRows are the rows of a prepared statement.
type keptRows struct {
	driver.Rows
	of *keptStatement
}

// Close ends the reading, after which the statement can run again.
func (r *keptRows) Close() error {
	r.of.reading = false
	return r.Rows.Close() //nolint:wrapcheck // as above
}
