package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// versionTable is where goose notes which of our migrations were done. The name
// tells our database from another program's.
const versionTable = "handrail_migrations"

// dialect is what a migration has to know of a database.
type dialect struct {
	goose goose.Dialect
	dir   string
	// tables lists the tables of the schema that belong to nobody's extension.
	tables string
}

var (
	dialectPostgres = dialect{
		goose: goose.DialectPostgres, dir: "migrations/postgres",
		tables: `SELECT c.relname FROM pg_class c
			WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
			AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
			ORDER BY c.relname`,
	}
	dialectSQLite = dialect{
		goose: goose.DialectSQLite3, dir: "migrations/sqlite",
		tables: `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
	}
)

// errNewer and errForeign are the reasons to leave a database alone.
var (
	errNewer   = errors.New("the database is newer than this program")
	errForeign = errors.New("the database belongs to another program")
)

// migration brings one database to the newest version: first our tables, then
// River's.
type migration struct {
	dialect dialect
	db      *sql.DB
	ours    *goose.Provider
	river   riverMigration
}

// riverMigration is River's migrator, whatever transactions it knows.
type riverMigration interface {
	AllVersions() []rivermigrate.Migration
	Migrate(ctx context.Context, direction rivermigrate.Direction, opts *rivermigrate.MigrateOpts) (*rivermigrate.MigrateResult, error)
}

func newMigration[T any](d dialect, files fs.FS, db *sql.DB, driver riverdriver.Driver[T], log *slog.Logger) (*migration, error) {
	dir, err := fs.Sub(files, d.dir)
	if err != nil {
		return nil, fmt.Errorf("store: migrations: %w", err)
	}
	ours, err := goose.NewProvider(d.goose, db, dir,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true), goose.WithSlog(log))
	if err != nil {
		return nil, fmt.Errorf("store: migrations: %w", err)
	}
	river, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}) // what fails is an error
	if err != nil {
		return nil, fmt.Errorf("store: migrations of River: %w", err)
	}
	return &migration{dialect: d, db: db, ours: ours, river: river}, nil
}

// done tells whether there is nothing to migrate. A database that must be left
// alone is an error.
func (m *migration) done(ctx context.Context) (bool, error) {
	tables, err := m.tables(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case slices.Contains(tables, versionTable):
	case len(tables) > 0:
		return false, fmt.Errorf("%w: it has the table %s", errForeign, tables[0])
	default:
		return false, nil
	}
	version, err := m.version(ctx, versionTable, "version_id")
	if err != nil {
		return false, err
	}
	sources := m.ours.ListSources()
	newest := sources[len(sources)-1].Version
	if version > newest {
		return false, fmt.Errorf("%w: it has version %d, this program knows %d", errNewer, version, newest)
	}
	if version < newest || !slices.Contains(tables, "river_migration") {
		return false, nil
	}
	all := m.river.AllVersions()
	newest = int64(all[len(all)-1].Version)
	if version, err = m.version(ctx, "river_migration", "version"); err != nil {
		return false, err
	}
	if version > newest {
		return false, fmt.Errorf("%w: River's tables have version %d, this program knows %d", errNewer, version, newest)
	}
	return version == newest, nil
}

func (m *migration) up(ctx context.Context) error {
	if _, err := m.ours.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	if _, err := m.river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("store: migrate River's tables: %w", err)
	}
	return nil
}

// progress counts the migrations that were done.
func (m *migration) progress(ctx context.Context) (int64, error) {
	tables, err := m.tables(ctx)
	if err != nil || !slices.Contains(tables, versionTable) {
		return 0, err
	}
	ours, err := m.version(ctx, versionTable, "version_id")
	if err != nil || !slices.Contains(tables, "river_migration") {
		return ours, err
	}
	rivers, err := m.version(ctx, "river_migration", "version")
	return ours + rivers, err
}

func (m *migration) version(ctx context.Context, table, column string) (version int64, err error) {
	err = m.db.QueryRowContext(ctx, "SELECT coalesce(max("+column+"), 0) FROM "+table).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the version in %s: %w", table, err)
	}
	return version, nil
}

func (m *migration) tables(ctx context.Context) ([]string, error) {
	rows, err := m.db.QueryContext(ctx, m.dialect.tables)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list tables: %w", err)
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return tables, nil
}
