package store

import (
	"context"
	"database/sql"
	"io/fs"
)

// Writer gives a test the connections that write, to do what no port offers.
func (db *DB) Writer() *sql.DB {
	if e, ok := db.engine.(*sqliteEngine); ok {
		return e.writer
	}
	return db.engine.(*postgresEngine).sql
}

// MigrateFrom migrates by a test's files.
func (db *DB) MigrateFrom(ctx context.Context, files fs.FS) error {
	if err := db.engine.migrate(ctx, files, db.log); err != nil {
		return explainMigration(err)
	}
	return nil
}

// Migrations gives the files of the program.
func Migrations() fs.FS { return migrations }

// Number reads the only number that a statement of our own finds.
func (db *DB) Number(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = db.row(ctx, []any{&n}, query, args...)
	return n, err
}
