package store_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

// escalated are a ticket's escalations of each kind.
func escalated() []ticket.Escalation {
	at := func(minutes int) *time.Time {
		moment := morning.Add(time.Duration(minutes)*time.Minute + 123456*time.Microsecond)
		return &moment
	}
	return []ticket.Escalation{
		{
			Level: ticket.Dev, Reasons: []ticket.Reason{ticket.BeyondKnowledge, ticket.BusinessRisk}, At: *at(0), By: ana,
			Climbs:        []ticket.Climb{{Kind: ticket.ClimbFirst}, {Kind: ticket.ClimbSkipped}, {Kind: ticket.ClimbReminded}, {Kind: ticket.ClimbLevel}},
			FirstAnswerAt: at(90), Answer: "It is the flag", EndedAt: at(200), EndedBy: &ben,
		},
		// As a version before stored it.
		{Level: ticket.Senior, Reasons: []ticket.Reason{ticket.BeyondKnowledge}, At: *at(10), By: ana, Answer: "Yes", EndedAt: at(17), EndedBy: &ana},
		{Level: ticket.Management, At: *at(20), By: ana, Chosen: 1, Answer: "Wait", FirstAnswerAt: at(25), EndedAt: at(25), EndedBy: &ben},
		{Level: ticket.Dev, At: *at(30), By: ana, Declined: "Not ours", FirstAnswerAt: at(31), EndedAt: at(31), EndedBy: &ben},
		{Level: ticket.Dev, At: *at(40), By: ana, Withdrawn: "Found it", EndedAt: at(41), EndedBy: &ana},
		{Level: ticket.Infra, Reasons: []ticket.Reason{ticket.SecurityOrData}, At: *at(50), By: ana},
	}
}

// counts gives what a store counts of escalations, in the order of their levels and outcomes.
func counts(t *testing.T, db *store.DB, period ticket.Period) []ticket.Escalated {
	t.Helper()
	found, err := db.Escalated(t.Context(), "contoso", period)
	ok(t, err)
	slices.SortFunc(found, func(a, b ticket.Escalated) int {
		return strings.Compare(string(a.Level)+" "+string(a.Outcome), string(b.Level)+" "+string(b.Outcome))
	})
	return found
}

func minutes(n int) *time.Duration {
	took := time.Duration(n) * time.Minute
	return &took
}

func wantEscalated() []ticket.Escalated {
	return []ticket.Escalated{
		{
			Level: ticket.Dev, Reasons: []ticket.Reason{ticket.BeyondKnowledge, ticket.BusinessRisk}, Outcome: ticket.Answered,
			Climbs: 2, Answer: minutes(90), Escalations: 1,
		},
		{Level: ticket.Dev, Outcome: ticket.Declined, Answer: minutes(1), Escalations: 1},
		{Level: ticket.Dev, Outcome: ticket.Withdrawn, Escalations: 1},
		{Level: ticket.Infra, Reasons: []ticket.Reason{ticket.SecurityOrData}, Escalations: 1},
		{Level: ticket.Management, Outcome: ticket.Decided, Answer: minutes(5), Escalations: 1},
		{Level: ticket.Senior, Reasons: []ticket.Reason{ticket.BeyondKnowledge}, Outcome: ticket.Answered, Answer: minutes(7), Escalations: 1},
	}
}

func TestEscalationsAreCountedByWhenTheyWereSent(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := fresh("contoso", "one")
		made.Escalations = escalated()
		create(t, db, made)
		create(t, db, fresh("contoso", "none"))
		other := fresh("fabrikam", "one")
		other.Escalations = escalated()
		create(t, db, other)
		all := ticket.Period{From: morning, To: morning.Add(24 * time.Hour)}
		equal(t, counts(t, db, all), wantEscalated())
		// To is no part of the period, and From is.
		first := escalated()[0].At
		equal(t, len(counts(t, db, ticket.Period{From: first, To: first.Add(time.Microsecond)})), 1)
		equal(t, len(counts(t, db, ticket.Period{From: first.Add(-time.Hour), To: first})), 0)

		// A change of one is counted, and the board finds what is open.
		equal(t, numbers(t, db, ticket.Query{Escalated: true}), "T-1")
		inTx(t, db, func(tx ticket.Tx) error {
			locked, err := tx.Lock(t.Context(), made.ID)
			if err != nil {
				return err
			}
			ended := morning.Add(time.Hour)
			locked.Escalations[5].Withdrawn, locked.Escalations[5].EndedAt, locked.Escalations[5].EndedBy = "Found it", &ended, &ana
			return tx.Save(t.Context(), locked, line(2, "withdrawn"))
		})
		equal(t, numbers(t, db, ticket.Query{Escalated: true}), "")
		want := wantEscalated()
		want[3].Outcome = ticket.Withdrawn
		equal(t, counts(t, db, all), want)

		lines, err := db.Lines(t.Context(), "contoso", all, 0, 10)
		ok(t, err)
		equal(t, []int{lines[0].Escalations, lines[0].Climbs, lines[1].Escalations, lines[1].Climbs}, []int{6, 2, 0, 0})
	})
}

func TestEscalationsOfTheVersionBeforeAreCountedToo(t *testing.T) {
	empty(t, func(t *testing.T, database storetest.Database) {
		db := database.Open(t, nil)
		ok(t, db.MigrateFrom(t.Context(), migrationsBefore(t, "00011")))
		before := func(query string) {
			_, err := db.Writer().ExecContext(t.Context(), query)
			ok(t, err)
		}
		// What the program of today wants.
		before("ALTER TABLE tickets ADD COLUMN customer_wrote_at timestamp")
		before("ALTER TABLE tickets ADD COLUMN leader integer")
		before("ALTER TABLE tickets ADD COLUMN linked text")
		before("ALTER TABLE tickets ADD COLUMN origin text")
		before("CREATE TABLE ticket_words (id integer, tenant text, number bigint, closed boolean, stale boolean, words tsvector, UNIQUE (tenant, number))")
		made := fresh("contoso", "one")
		made.Escalations = escalated()
		create(t, db, made)
		create(t, db, fresh("contoso", "none"))
		for _, column := range []string{"customer_wrote_at", "leader", "linked", "origin"} {
			before("ALTER TABLE tickets DROP COLUMN " + column)
		}
		before("DROP TABLE ticket_words")
		ok(t, db.Migrate(t.Context()))
		equal(t, counts(t, db, ticket.Period{From: morning, To: morning.Add(24 * time.Hour)}), wantEscalated())
		equal(t, numbers(t, db, ticket.Query{Escalated: true}), "T-1")
	})
}

// migrationsBefore gives the program's migrations as they were before one of them.
func migrationsBefore(t *testing.T, version string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(store.Migrations(), ".", func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() || file.Name() >= version {
			return err
		}
		data, err := fs.ReadFile(store.Migrations(), path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	ok(t, err)
	return files
}
