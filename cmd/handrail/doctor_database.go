package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handrail/internal/store"
)

// database looks at the database, its migrations and the queue in it.
func (d *doctor) database(ctx context.Context) []finding {
	var found []finding
	there := true
	if d.cfg.Database == "" {
		found, there = d.folder()
	}
	if there {
		found = append(found, d.opened(ctx)...)
	}
	for _, name := range []string{"migrations", "queue"} {
		if !slices.ContainsFunc(found, func(f finding) bool { return f.Check == name }) {
			found = append(found, finding{Check: name, State: stateSkipped, Found: "Not looked at: see what is said of the database and its tables."})
		}
	}
	return found
}

// What room the disk of the embedded database needs.
const (
	roomScarce = 1 << 30
	roomNone   = 100 << 20
)

// folder looks at where the embedded database is, and tells whether it is there.
// Opening it would make it.
func (d *doctor) folder() (found []finding, there bool) {
	dir, err := filepath.Abs(d.cfg.Data)
	if err != nil {
		dir = d.cfg.Data
	}
	file := filepath.Join(dir, "handrail.db")
	_, missing := os.Stat(file)
	existing := dir
	for {
		info, err := os.Stat(existing)
		if err == nil && !info.IsDir() {
			return one(stateFault, existing+" is no directory, so that the database cannot be in it.",
				"Set HANDRAIL_DATA to a directory that Handrail may write."), false
		}
		if err == nil || filepath.Dir(existing) == existing {
			break
		}
		existing = filepath.Dir(existing)
	}
	if err := writable(existing); err != nil {
		return one(stateFault, fmt.Sprintf("Nothing can be written in %s: %v.", existing, plain(err)),
			"Let the user that runs Handrail write there, or set HANDRAIL_DATA to a directory that it may write."), false
	}
	if free, known := freeBytes(existing); known && free < roomScarce {
		low := finding{
			State: stateWarning, Found: fmt.Sprintf("The disk of %s has %d MB left.", existing, free>>20),
			Do: "Make room on it, or set HANDRAIL_DATA to a directory on another disk, with what is in this one.",
		}
		if free < roomNone {
			low.State = stateFault
		}
		found = append(found, low)
	}
	if missing != nil {
		return append(found, finding{State: stateOK, Found: "There is no database yet: the first start makes " + file + "."}), false
	}
	return found, true
}

// writable tries to write in a directory, and leaves nothing there.
func writable(dir string) error {
	probe, err := os.CreateTemp(dir, ".handrail-doctor-*")
	if err != nil {
		return fmt.Errorf("make a file: %w", err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// plain gives the cause of an error of the file system without the path.
func plain(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}

// opened looks at a database that is there.
func (d *doctor) opened(ctx context.Context) []finding {
	quiet := slog.New(slog.DiscardHandler)
	db, err := store.Open(ctx, store.Config{URL: string(d.cfg.Database), Dir: d.cfg.Data, Now: d.clock, Logger: quiet})
	if err != nil {
		return []finding{databaseFault(err)}
	}
	defer func() { _ = db.Close() }() // nothing was written
	facts, err := db.Examine(ctx)
	if err != nil {
		return []finding{databaseFault(err)}
	}
	found := append(rights(facts), migrations(facts)...)
	if facts.Schema != store.SchemaCurrent {
		return found
	}
	queue, err := db.ExamineQueue(ctx)
	if err != nil {
		return append(found, finding{Check: "queue", State: stateFault, Found: "The jobs cannot be read: " + reason(err) + ".",
			Do: "Run it again; if it is the same, look into the log of the database."})
	}
	return append(found, d.queue(queue)...)
}

// databaseFault says why a database cannot be used; the store has the words.
func databaseFault(err error) finding {
	fault, ok := errors.AsType[*store.Fault](err)
	if !ok {
		return finding{State: stateFault, Found: "The database does not answer: " + reason(err) + ".",
			Do: "Check that it runs and what DATABASE_URL says, and look into its log."}
	}
	what, do, _ := strings.Cut(fault.Advice, ". ")
	return finding{State: stateFault, Found: strings.TrimSuffix(what, ".") + ".", Do: do}
}

// rights says what the database is, and what may be done in it.
func rights(facts store.Examination) []finding {
	switch {
	case facts.ReadOnly:
		return one(stateFault, facts.Name+" answers, but can only be read.",
			"Let DATABASE_URL name a Postgres that is not a standby, and in which default_transaction_read_only is off.")
	case len(facts.Closed) > 0 && facts.Schema != store.SchemaForeign:
		return one(stateFault, facts.Name+" answers, but the user may not read and write "+strings.Join(facts.Closed, ", ")+".",
			"Make the user of DATABASE_URL the owner of the tables, or grant it SELECT, INSERT, UPDATE and DELETE on them.")
	case !facts.MayCreate && facts.Schema != store.SchemaCurrent:
		return one(stateFault, facts.Name+" answers, but the user may not make tables.",
			"Grant the user of DATABASE_URL CREATE on its schema: GRANT CREATE, USAGE ON SCHEMA … TO …")
	case !facts.MayCreate:
		return one(stateWarning, facts.Name+" answers and can be written, but the user may not make tables, which a newer Handrail will need.",
			"Grant the user of DATABASE_URL CREATE on its schema before you update Handrail.")
	}
	return one(stateOK, facts.Name+" answers and can be written.", "")
}

// migrations says how the tables stand to this program.
func migrations(facts store.Examination) []finding {
	f := finding{Check: "migrations", State: stateOK}
	switch facts.Schema {
	case store.SchemaCurrent:
		f.Found = fmt.Sprintf("The tables are those of this program, version %d.", facts.Version)
	case store.SchemaEmpty:
		f.Found = "The database is empty: the first start makes the tables."
	case store.SchemaOlder:
		f.State, f.Found = stateWarning, fmt.Sprintf("The tables have version %d, this program knows %d: %s missing.",
			facts.Version, facts.Known, plural(facts.Missing, "migration"))
		f.Do = "Start this Handrail, which brings them up to date, or do that alone with: handrail migrate"
	case store.SchemaNewer:
		f.State, f.Found = stateFault, fmt.Sprintf("The tables have version %d, and this program knows %d: a newer Handrail was here.",
			facts.Version, facts.Known)
		f.Do = "Run that Handrail, or a newer one. Older tables come back only with a backup."
	case store.SchemaForeign:
		f.State, f.Found = stateFault, "The database holds another program's tables."
		if strings.HasPrefix(facts.Name, "SQLite") {
			f.Do = "Set HANDRAIL_DATA to another directory."
			break
		}
		f.Do = "Let DATABASE_URL name an empty database of its own, or a schema: add ?search_path=handrail, after CREATE SCHEMA handrail."
	}
	return []finding{f}
}

// How long a job may wait before somebody should know.
const (
	waitsLong    = 5 * time.Minute
	waitsTooLong = time.Hour
)

// queue says how the jobs are.
func (d *doctor) queue(facts store.QueueExamination) []finding {
	found := []finding(nil)
	add := func(s state, what, do string) {
		found = append(found, finding{Check: "queue", State: s, Found: what, Do: do})
	}
	waited := time.Duration(0)
	if facts.Waiting > 0 {
		waited = max(d.now().Sub(facts.Oldest), 0)
	}
	waiting := fmt.Sprintf("Jobs that should have been done: %d, the oldest %s ago", facts.Waiting, span(waited))
	switch {
	case waited >= waitsLong && !facts.Working:
		add(stateWarning, waiting+". No Handrail works them off.", "Start Handrail.")
	case waited >= waitsTooLong:
		add(stateFault, waiting+", though a Handrail works them off.",
			"Look into its log and at what the other checks say: the job waits for Teams, Odoo or mail, or there is more work than it can do.")
	case waited >= waitsLong:
		add(stateWarning, waiting+".", "Look again in a few minutes: after an outage Handrail catches up as fast as Teams and Odoo let it.")
	}
	if len(facts.Stuck) > 0 {
		add(stateWarning, "Jobs have been at work for more than five minutes: "+kinds(facts.Stuck)+".",
			"A process that was killed has left them. Start Handrail, which takes them up after a minute.")
	}
	if len(facts.Failing) > 0 {
		add(stateWarning, "Jobs have failed five times or more, and are tried again: "+kinds(facts.Failing)+".",
			"Look into the log for “job failed, to be tried again”: it says why.")
	}
	if len(facts.GivenUp) > 0 {
		add(stateWarning, "Jobs were given up after three weeks of trying: "+kinds(facts.GivenUp)+".",
			"Look into the log for “job given up”: it says why. What they were to do is not done any more by itself.")
	}
	if len(found) == 0 && facts.Working {
		add(stateOK, "A Handrail works the jobs off, and none is late.", "")
	} else if len(found) == 0 {
		add(stateOK, "No job is late. No Handrail works them off now.", "")
	}
	return found
}

// kinds writes "card.post 2, mail.send 1".
func kinds(counts []store.JobCount) string {
	var words []string
	for _, c := range counts {
		words = append(words, fmt.Sprintf("%s %d", c.Kind, c.Count))
	}
	return strings.Join(words, ", ")
}
