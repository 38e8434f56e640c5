package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"handrail/internal/ticket"
)

// Fault is why a database cannot be used, for whoever runs Handrail.
type Fault struct {
	// Advice says in a sentence or two what is wrong and what to do. It holds no secret.
	Advice string
	// Err is the cause, for the log.
	Err error
}

// Error gives the advice and the cause.
func (f *Fault) Error() string {
	if f.Err == nil {
		return f.Advice
	}
	return f.Advice + " (" + f.Err.Error() + ")"
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

const (
	adviceURL = "DATABASE_URL cannot be read. Write it as postgres://user:password@host:5432/database, " +
		"with special characters of the password percent-encoded."
	adviceHost     = "Postgres cannot be reached. Check the host and port in DATABASE_URL and that the server runs."
	advicePassword = "Postgres refuses the user or the password. Check both in DATABASE_URL."
	adviceDatabase = "The database that DATABASE_URL names does not exist. Create it, or correct the name."
	adviceRights   = "The database user lacks a right that Handrail needs. Let it create and change tables in its schema."
	adviceSchema   = "The schema that DATABASE_URL names as search_path does not exist. Create it, or correct the name."
	adviceReadOnly = "The database can only be read. Give Handrail write access: to the file and its directory, " +
		"or to a Postgres that is not a standby."
	adviceFull    = "The disk of the database is full. Make room; nothing is lost, and work goes on as soon as there is some."
	adviceLocked  = "Another program holds the database file for too long. End it, or move Handrail's data elsewhere."
	adviceBroken  = "The database file is damaged or is no SQLite database. Put a backup in its place, or set HANDRAIL_DATA to another directory."
	adviceOpen    = "The database file cannot be opened. Check that HANDRAIL_DATA is a directory that Handrail may read and write."
	adviceNewer   = "The database belongs to a newer version of Handrail. Start that version, or a newer one."
	adviceForeign = "The database holds another program's tables. Give Handrail an empty database of its own, " +
		"or a schema (add ?search_path=handrail to DATABASE_URL)."
	adviceMigration = "The database could not be brought to this version of Handrail. The step that failed was undone; " +
		"mend the cause and start again."
)

func adviceDir(dir string) string {
	return "The directory " + dir + " cannot be made. Set HANDRAIL_DATA to a directory that Handrail may write."
}

// constraint is a rule of the database that a person may run into, and what the domain says to it.
type constraint struct {
	// name is the constraint's in Postgres; text is what SQLite's message has of it.
	name, text string
	err        error
}

// constraints lists the rules; every other violation is a fault of the program.
func constraints() []constraint {
	return []constraint{
		{"history_key", "history.tenant, history.key", ticket.ErrRepeated},
		{"history_ticket", "FOREIGN KEY", errNoTicket},
		{"posts_ticket", "FOREIGN KEY", errNoTicket},
		{"drafts_ticket", "FOREIGN KEY", errNoTicket},
		{"articles_ticket", "FOREIGN KEY", errNoTicket},
		{"blobs_digest", "blobs.tenant, blobs.digest", ticket.ErrRepeated},
	}
}

var errNoTicket = &ticket.Error{Kind: ticket.NotFound, Message: "error.not_found"}

// explain turns an error of a driver into what the domain says to it, or into a
// fault; it leaves all other errors as they are.
func explain(err error) error {
	var fault *Fault
	var postgres *pgconn.PgError
	var lite *sqlite.Error
	var connect *pgconn.ConnectError
	switch {
	case err == nil || errors.As(err, &fault) || ticket.KindOf(err) != ticket.Internal:
		return err
	case errors.As(err, &postgres):
		return explainPostgres(err, postgres)
	case errors.As(err, &lite):
		return explainSQLite(err, lite)
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &connect):
		return &Fault{Advice: adviceHost, Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return err // it was slow, which says nothing of the address
	case errors.As(err, new(net.Error)):
		return &Fault{Advice: adviceHost, Err: err}
	}
	return err
}

// explainPostgres knows the codes of "PostgreSQL Error Codes", appendix A of its manual.
func explainPostgres(err error, cause *pgconn.PgError) error {
	for _, c := range constraints() {
		if cause.ConstraintName == c.name {
			return fmt.Errorf("store: %w", c.err)
		}
	}
	advice := map[string]string{
		"28P01": advicePassword, "28000": advicePassword,
		"3D000": adviceDatabase,
		"42501": adviceRights,
		"3F000": adviceSchema,
		"25006": adviceReadOnly,
		"53100": adviceFull,
	}[cause.Code]
	if advice == "" {
		return err
	}
	return &Fault{Advice: advice, Err: err}
}

// explainSQLite knows the codes of "Result and Error Codes" of SQLite; the low
// byte is the primary code.
func explainSQLite(err error, cause *sqlite.Error) error {
	code := cause.Code() & 0xff
	if code == sqlite3.SQLITE_CONSTRAINT {
		for _, c := range constraints() {
			if strings.Contains(cause.Error(), c.text) {
				return fmt.Errorf("store: %w", c.err)
			}
		}
		return err
	}
	advice := map[int]string{
		sqlite3.SQLITE_READONLY: adviceReadOnly,
		sqlite3.SQLITE_PERM:     adviceReadOnly,
		sqlite3.SQLITE_FULL:     adviceFull,
		sqlite3.SQLITE_BUSY:     adviceLocked,
		sqlite3.SQLITE_CORRUPT:  adviceBroken,
		sqlite3.SQLITE_NOTADB:   adviceBroken,
		sqlite3.SQLITE_CANTOPEN: adviceOpen,
	}[code]
	if advice == "" {
		return err
	}
	return &Fault{Advice: advice, Err: err}
}

// explainMigration gives the fault of a migration.
func explainMigration(err error) error {
	switch {
	case errors.Is(err, errNewer):
		return &Fault{Advice: adviceNewer, Err: err}
	case errors.Is(err, errForeign):
		return &Fault{Advice: adviceForeign, Err: err}
	case errors.Is(err, context.Canceled):
		return err
	}
	if explained := explain(err); errors.As(explained, new(*Fault)) {
		return explained
	}
	return &Fault{Advice: adviceMigration, Err: err}
}
