package store_test

import (
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

func examine(t *testing.T, db *store.DB) store.Examination {
	t.Helper()
	found, err := db.Examine(t.Context())
	ok(t, err)
	return found
}

func TestAnExaminationTellsHowTheTablesStandToTheProgram(t *testing.T) {
	empty(t, func(t *testing.T, database storetest.Database) {
		db := database.Open(t, nil)
		found := examine(t, db)
		equal(t, []any{found.Schema, found.ReadOnly, found.MayCreate}, []any{store.SchemaEmpty, false, true})
		equal(t, found.Missing > 5, true)
		// It has changed nothing.
		equal(t, examine(t, db), found)
		if found.Name == "" || found.Name == "Postgres " {
			t.Errorf("the name is %q", found.Name)
		}

		ok(t, db.Migrate(t.Context()))
		found = examine(t, db)
		equal(t, []any{found.Schema, found.Missing, found.Version}, []any{store.SchemaCurrent, 0, found.Known})

		execute(t, db, "DELETE FROM handrail_migrations WHERE version_id = 9")
		found = examine(t, db)
		equal(t, []any{found.Schema, found.Missing, found.Version}, []any{store.SchemaOlder, 1, found.Known})

		execute(t, db, "INSERT INTO handrail_migrations (version_id, is_applied) VALUES (9, true), (9999, true)")
		found = examine(t, db)
		equal(t, []any{found.Schema, found.Version}, []any{store.SchemaNewer, int64(9999)})
		execute(t, db, "DELETE FROM handrail_migrations WHERE version_id = 9999", "DELETE FROM river_migration WHERE version > 4")
		equal(t, examine(t, db).Schema, store.SchemaOlder)

		execute(t, db, "DROP TABLE handrail_migrations")
		equal(t, examine(t, db).Schema, store.SchemaForeign)
	})
}

func TestAnExaminationTellsThatNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	address := storetest.EmptySchema(t)
	equal(t, examine(t, storetest.Database{URL: address}.Open(t, nil)).ReadOnly, false)
	closed := storetest.Database{URL: address + "&default_transaction_read_only=on"}
	equal(t, examine(t, closed.Open(t, nil)).ReadOnly, true)
}

func TestAnExaminationOfTheQueueTellsWhatIsLateAndWhatFails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := morning
		db := database.Open(t, func() time.Time { return now })
		look := func() store.QueueExamination {
			t.Helper()
			found, err := db.ExamineQueue(t.Context())
			ok(t, err)
			return found
		}
		equal(t, look(), store.QueueExamination{})
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.Later(t.Context(),
				ticket.Task{Job: ticket.PostCard{Post: 1}, At: morning.Add(24 * time.Hour)},
				ticket.Task{Job: ticket.RefreshCards{Number: 2}, At: morning.Add(time.Minute)}, ticket.Task{Job: ticket.RefreshCards{Number: 3}},
				ticket.Task{Job: ticket.Say{Text: "a"}}, ticket.Task{Job: ticket.Say{Text: "b"}},
				ticket.Task{Job: ticket.RingClock{Number: 4}, At: morning.Add(24 * time.Hour)},
				ticket.Task{Job: ticket.MarkReached{}}, ticket.Task{Job: ticket.MarkUnreached{}},
			)
		})
		execute(t, db,
			"UPDATE river_job SET state = 'discarded', finalized_at = scheduled_at WHERE kind = 'chat.say'",
			"UPDATE river_job SET state = 'retryable', attempt = 5 WHERE kind = 'clock.ring'",
			"UPDATE river_job SET state = 'running', attempt = 1, attempted_at = scheduled_at WHERE kind = 'reach.found'",
			"UPDATE river_job SET state = 'running', attempt = 1, attempted_at = (SELECT max(scheduled_at) FROM river_job) WHERE kind = 'reach.lost'",
		)
		now = morning.Add(2 * time.Hour)
		found := look()
		if wait := now.Sub(found.Oldest); wait.Round(time.Second) != 2*time.Hour {
			t.Errorf("the oldest waits for %s", wait)
		}
		found.Oldest = time.Time{}
		equal(t, found, store.QueueExamination{
			Waiting: 2,
			GivenUp: []store.JobCount{{Kind: "chat.say", Count: 2}},
			Failing: []store.JobCount{{Kind: "clock.ring", Count: 1}},
			Stuck:   []store.JobCount{{Kind: "reach.found", Count: 1}},
		})
	})
}
