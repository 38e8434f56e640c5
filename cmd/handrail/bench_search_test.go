package main

import (
	"crypto/rand"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"handrail/internal/guard"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

// BenchmarkSearch measures a search of a large desk, and a change there beside
// the same change on an empty desk.
func BenchmarkSearch(b *testing.B) {
	b.Run("Postgres", func(b *testing.B) { benchmarkSearch(b, storetest.Postgres(b), storetest.Postgres(b)) })
	b.Run("SQLite", func(b *testing.B) { benchmarkSearch(b, storetest.SQLite(b), storetest.SQLite(b)) })
}

// searches are what is looked for. Each ticket says "printing" or "invoices" and
// "number"; three in ten are offline and the others online, and "legacy" are old
// closed ones only.
var searches = map[string]ticket.Search{ //nolint:gochecknoglobals // nothing changes it
	"title":           {Words: "trouble invoices 97"},
	"in all":          {Words: "since this morning"},
	"in 30000":        {Words: "offline"},
	"in 22500 closed": {Words: "legacy"},
	"never together":  {Words: "offline online"},
	"beginning":       {Words: "offl"},
	"one letter":      {Words: "c"},
	"old beginning":   {Words: "lega"},
	"customer":        {Words: "customer 77"},
	"number":          {Words: "T-4711"},
	"nothing":         {Words: "frobnicator"},
	"open":            {Words: "printing offline", Open: true},
	"page 5":          {Words: "offline printing", Skip: 4 * 8},
	"page 5 closed":   {Words: "legacy printing", Skip: 4 * 8},
	"accents":         {Words: "không đăng nhập"},
}

func benchmarkSearch(b *testing.B, large, small storetest.Database) {
	b.Helper()
	fillDesk(b, large)
	vary(b, large)
	db := large.Open(b, nil)
	desk := &ticket.Desk{Store: db, Policy: ticket.DefaultPolicy(), Now: time.Now, Guard: guard.New(nil)}
	began := time.Now()
	for last := (ticket.ID{}); ; {
		err := db.InTx(b.Context(), func(tx ticket.Tx) (err error) {
			last, err = tx.Index(b.Context(), last, 200)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		if last == (ticket.ID{}) {
			break
		}
	}
	b.Logf("%d tickets taken up in %s", deskTickets, time.Since(began).Round(time.Millisecond))
	runIn(b, large, "ANALYZE")
	for name, search := range searches {
		search.Tenant, search.Count = "tenant", 8
		b.Run(name, func(b *testing.B) {
			measure(b, func() error {
				_, _, err := db.FindTickets(b.Context(), search)
				return err
			})
		})
	}
	for name, trouble := range map[string]ticket.Trouble{
		"alike common": {Title: "Trouble with printing, offline", Customer: "Customer 7"},
		"alike rare":   {Title: "Legacy invoices of number 4711", Customer: "Tailspin"},
	} {
		trouble.Tenant = "tenant"
		b.Run(name, func(b *testing.B) {
			measure(b, func() error {
				_, err := db.Alike(b.Context(), trouble, 5)
				return err
			})
		})
	}
	b.Run("change", func(b *testing.B) {
		benchmarkBeside(b, desk, &ticket.Desk{Store: small.Open(b, nil), Policy: desk.Policy, Now: time.Now, Guard: desk.Guard})
	})
}

// benchmarkBeside changes a ticket of each desk in turn, so that whatever else the
// machine does meets both.
func benchmarkBeside(b *testing.B, large, small *ticket.Desk) {
	b.Helper()
	by := ticket.Actor{Tenant: "tenant", Person: ticket.Person{ID: "29:ana", Name: "Ana Lima"}}
	var opened [2]*ticket.Ticket
	var took [2][]time.Duration
	desks := [2]*ticket.Desk{large, small}
	for i, desk := range desks {
		var err error
		opened[i], err = desk.Open(b.Context(), by, ticket.Opening{
			Intake: ticket.Intake{Title: "Invoices cannot be posted", Customer: "Northwind", Details: "Since this morning.", Users: "12"},
			Take:   true, Key: rand.Text(),
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	classes := []ticket.Class{ticket.Expedite, ticket.Standard}
	for n := 0; b.Loop(); n++ {
		for i, desk := range desks {
			press := ticket.Press{ID: opened[i].ID, Version: opened[i].Version, Key: rand.Text()}
			start := time.Now()
			var err error
			opened[i], err = desk.Change(b.Context(), by, press, func(c *ticket.Change) error {
				return c.OverrideClass(classes[n%2], "The customer says so.")
			})
			if err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	b.ReportMetric(percentile(took[0], 50), "p50-ms")
	b.ReportMetric(percentile(took[0], 99), "p99-ms")
	b.ReportMetric(percentile(took[1], 99), "p99-empty-ms")
	b.ReportMetric(percentile(took[0], 99)/percentile(took[1], 99), "of-empty")
}

// vary has the tickets of fillDesk say more different things.
func vary(b *testing.B, database storetest.Database) {
	b.Helper()
	runIn(b, database, "UPDATE tickets SET title = title || CASE WHEN number % 10 < 3 THEN ' offline' ELSE ' online' END || "+
		"CASE WHEN number <= 30000 AND state = 'closed' THEN ' legacy' ELSE '' END || "+
		"CASE WHEN number % 1000 = 0 THEN ' Không đăng nhập được' ELSE '' END")
}

// runIn runs statements past the store.
func runIn(b *testing.B, database storetest.Database, statements ...string) {
	b.Helper()
	driver, source := "pgx", database.URL
	if source == "" {
		driver, source = "sqlite", "file:"+filepath.Join(database.Dir, "handrail.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%.80s: %v", statement, err)
		}
	}
}
