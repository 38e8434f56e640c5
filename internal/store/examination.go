package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// SchemaState says how the tables of a database stand to this program.
type SchemaState string

// The states of the tables.
const (
	SchemaCurrent SchemaState = "current"
	SchemaEmpty   SchemaState = "empty"   // there are none yet
	SchemaOlder   SchemaState = "older"   // migrations are missing
	SchemaNewer   SchemaState = "newer"   // a newer program has migrated them
	SchemaForeign SchemaState = "foreign" // they are another program's
)

// Examination is what was found of a database.
type Examination struct {
	// Name is the kind and the version of the database, such as "Postgres 16.4".
	Name string
	// ReadOnly tells that nothing can be written.
	ReadOnly bool
	// MayCreate tells that the user may make tables, which migrations do.
	MayCreate bool
	// Closed are tables that the user may not read and write.
	Closed []string
	Schema SchemaState
	// Version is the newest migration that was done, and Known the newest that this
	// program has; Missing counts those that were not done.
	Version, Known int64
	Missing        int
}

// QueueExamination is what was found of the queue of jobs.
type QueueExamination struct {
	// Working tells that a process works jobs off now.
	Working bool
	// Waiting counts the jobs that may be done now, and Oldest is since when the
	// oldest of them may be; zero for none.
	Waiting int
	Oldest  time.Time
	// Failing are jobs that have failed several times and are tried again, GivenUp
	// those that are not, and Stuck those that have run for too long.
	Failing, GivenUp, Stuck []JobCount
}

// JobCount counts the jobs of a kind.
type JobCount struct {
	Kind  string
	Count int
}

// Examine finds out how the database is, without changing anything in it. It may
// be asked of a database that was not migrated. What a person has to mend before
// anything can be found is a [*Fault].
func (db *DB) Examine(ctx context.Context) (Examination, error) {
	var found Examination
	if err := db.examined.examine(ctx, &found); err != nil {
		return found, explain(fmt.Errorf("store: examine: %w", err))
	}
	m, err := db.examined.migration(migrations, db.log)
	if err == nil {
		err = m.examine(ctx, &found)
	}
	if err != nil {
		return found, explainMigration(fmt.Errorf("store: examine the schema: %w", err))
	}
	return found, nil
}

// examine finds out how the tables stand to this program.
func (m *migration) examine(ctx context.Context, found *Examination) error {
	sources := m.ours.ListSources()
	found.Known = sources[len(sources)-1].Version
	done, err := m.done(ctx)
	switch {
	case errors.Is(err, errForeign):
		found.Schema = SchemaForeign
		return nil
	case err != nil && !errors.Is(err, errNewer):
		return err
	}
	tables, failure := m.tables(ctx)
	if failure != nil {
		return failure
	}
	if len(tables) == 0 {
		found.Schema, found.Missing = SchemaEmpty, len(sources)
		return nil
	}
	applied, failure := m.applied(ctx)
	if failure != nil {
		return failure
	}
	for version := range applied {
		found.Version = max(found.Version, version)
	}
	for _, source := range sources {
		if !applied[source.Version] {
			found.Missing++
		}
	}
	switch {
	case err != nil:
		found.Schema = SchemaNewer
	case !done || found.Missing > 0:
		// River's own migrations are part of the next start, too.
		found.Schema, found.Missing = SchemaOlder, max(found.Missing, 1)
	default:
		found.Schema = SchemaCurrent
	}
	return nil
}

// applied gives the versions of our migrations that were done.
func (m *migration) applied(ctx context.Context) (map[int64]bool, error) {
	rows, err := m.db.QueryContext(ctx, "SELECT version_id FROM "+versionTable)
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	applied := map[int64]bool{}
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, fmt.Errorf("list migrations: %w", err)
		}
		applied[version] = true
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	return applied, nil
}

const (
	// failedOften is how many times a job has failed that somebody should look at.
	failedOften = 5
	// stuckAfter is how long no job of ours takes.
	stuckAfter = 5 * time.Minute
)

// ExamineQueue finds out how the queue of jobs is. The database has to be of this
// program's version, more or less.
func (db *DB) ExamineQueue(ctx context.Context) (QueueExamination, error) {
	var found QueueExamination
	now := instant(db.now())
	ask := func(into any, query string, args ...any) error {
		if err := db.reader.orm.WithContext(ctx).Raw(query, args...).Scan(into).Error; err != nil {
			return explain(fmt.Errorf("store: examine the queue: %w", err))
		}
		return nil
	}
	var leaders, waiting int
	var oldest []struct{ ScheduledAt time.Time }
	const due = "state IN ('available', 'retryable', 'scheduled') AND scheduled_at <= ?"
	const byKind = "SELECT kind, count(*) AS count FROM river_job WHERE %s GROUP BY kind ORDER BY kind"
	err := errors.Join(
		ask(&leaders, "SELECT count(*) FROM river_leader WHERE expires_at > ?", now),
		ask(&waiting, "SELECT count(*) FROM river_job WHERE "+due, now),
		ask(&oldest, "SELECT scheduled_at FROM river_job WHERE "+due+" ORDER BY scheduled_at LIMIT 1", now),
		ask(&found.GivenUp, fmt.Sprintf(byKind, "state = 'discarded'")),
		ask(&found.Failing, fmt.Sprintf(byKind, "state = 'retryable' AND attempt >= ?"), failedOften),
		ask(&found.Stuck, fmt.Sprintf(byKind, "state = 'running' AND attempted_at < ?"), now.Add(-stuckAfter)),
	)
	found.Working, found.Waiting = leaders > 0, waiting
	if len(oldest) > 0 {
		found.Oldest = instant(oldest[0].ScheduledAt)
	}
	return found, err
}

// examine asks Postgres for its version and our rights.
func (e *postgresEngine) examine(ctx context.Context, found *Examination) error {
	var schema *string
	var version string
	err := e.pool.QueryRow(ctx, `SELECT split_part(current_setting('server_version'), ' ', 1),
		pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on', current_schema()`).Scan(&version, &found.ReadOnly, &schema)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	found.Name = "Postgres " + version
	if schema == nil {
		return &Fault{Advice: adviceSchema}
	}
	if err := e.pool.QueryRow(ctx, "SELECT has_schema_privilege(current_schema(), 'CREATE')").Scan(&found.MayCreate); err != nil {
		return fmt.Errorf("ask for rights: %w", err)
	}
	rows, err := e.sql.QueryContext(ctx, `SELECT c.relname FROM pg_class c
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
		AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
			AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
		ORDER BY c.relname`)
	if err != nil {
		return fmt.Errorf("ask for rights on tables: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return fmt.Errorf("ask for rights on tables: %w", err)
		}
		found.Closed = append(found.Closed, table)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ask for rights on tables: %w", err)
	}
	return nil
}

// examine asks SQLite for its version, and takes the writer's turn for a moment.
func (e *sqliteEngine) examine(ctx context.Context, found *Examination) error {
	var version string
	if err := e.reader.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	found.Name, found.MayCreate = "SQLite "+version, true
	turn, err := e.writer.BeginTx(ctx, nil) // immediate, by the connection's settings
	if err != nil {
		return fmt.Errorf("begin to write: %w", err)
	}
	if err := turn.Rollback(); err != nil {
		return fmt.Errorf("end writing: %w", err)
	}
	return nil
}
