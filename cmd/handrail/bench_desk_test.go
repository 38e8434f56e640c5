package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"handrail/bot"
	"handrail/cards"
	"handrail/internal/guard"
	"handrail/internal/store/storetest"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

const (
	// deskTickets and deskLines are the size of the desk that is read; one in
	// four tickets is open, and all were opened within a year.
	deskTickets = 100_000
	deskLines   = 10 * deskTickets
)

// BenchmarkDesk measures what it takes to read a large desk: a board and a
// report from the turn that asks for it to the card that is sent, without the
// time of the connector.
func BenchmarkDesk(b *testing.B) {
	b.Run("Postgres", func(b *testing.B) { benchmarkDesk(b, storetest.Postgres(b)) })
	b.Run("SQLite", func(b *testing.B) { benchmarkDesk(b, storetest.SQLite(b)) })
}

func benchmarkDesk(b *testing.B, database storetest.Database) {
	b.Helper()
	fillDesk(b, database)
	set, err := cards.New()
	if err != nil {
		b.Fatal(err)
	}
	desk := &ticket.Desk{Store: database.Open(b, nil), Policy: ticket.DefaultPolicy(), Now: time.Now, Guard: guard.New(nil)}
	handrail, err := bot.New(bot.Config{Desk: desk, Cards: set, Chat: deaf{}, Guard: desk.Guard, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	// What is asked first teaches the bot where to answer.
	if _, err := handrail.Turn(b.Context(), asks(b, "help")); err != nil {
		b.Fatal(err)
	}
	place := ticket.Place{Tenant: "tenant", Conversation: "19:desk@thread.v2"}
	round := int64(0)
	for _, words := range []string{"board", "board mine", "board unowned", "board late", "board expedite", "board invoices", "board nothing"} {
		b.Run(words, func(b *testing.B) {
			measure(b, func() error {
				round++
				if _, err := handrail.Turn(b.Context(), asks(b, words)); err != nil {
					return err
				}
				return handrail.PostBoard(b.Context(), ticket.PostBoard{Place: place, Round: round})
			})
		})
	}
	for _, span := range []string{"7", "30", "90", "366"} {
		b.Run("report "+span, func(b *testing.B) {
			measure(b, func() error {
				return handrail.PostReport(b.Context(), ticket.PostReport{Place: place, Span: span})
			})
		})
	}
}

// measure does something b.N times and reports its percentiles.
func measure(b *testing.B, do func() error) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	for _, percent := range []int{50, 99} {
		b.ReportMetric(percentile(took, percent), fmt.Sprintf("p%d-ms", percent))
	}
}

// deaf is a chat that takes no time.
type deaf struct{}

func (deaf) Send(context.Context, teams.Reference, teams.Message) (string, error) {
	return "sent", nil
}

func (deaf) Member(context.Context, teams.Reference, string) (teams.Member, error) {
	return teams.Member{}, nil
}

func (deaf) OpenPersonal(context.Context, teams.Reference, string) (string, error) { return "", nil }

func (deaf) Update(context.Context, teams.Reference, string, teams.Message) error { return nil }

func asks(b *testing.B, words string) *teams.Activity {
	b.Helper()
	body, err := json.Marshal(map[string]any{
		"type": "message", "id": "a", "channelId": "msteams", "serviceUrl": "https://smba.example/", "text": words,
		"from":         map[string]any{"id": "29:person-7", "name": "Ana Lima"},
		"recipient":    map[string]any{"id": "28:bot", "name": "Handrail"},
		"conversation": map[string]any{"id": "19:desk@thread.v2", "conversationType": "groupChat", "tenantId": "tenant"},
	})
	if err != nil {
		b.Fatal(err)
	}
	a, err := teams.Decode(body)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// fillDesk has the database make up the tickets itself. Both dialects get the
// same rows; n counts them.
func fillDesk(b *testing.B, database storetest.Database) {
	b.Helper()
	driver, source := "pgx", database.URL
	count := "generate_series(1, %d) AS numbers(n)"
	ago := "now() - (%s) * interval '1 minute'"
	after := []string{"ANALYZE"}
	if source == "" {
		driver, source = "sqlite", "file:"+filepath.Join(database.Dir, "handrail.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)"
		count = "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c) AS numbers"
		ago = "strftime('%%Y-%%m-%%d %%H:%%M:%%S', 'now', '-' || (%s) || ' minutes') || '+00:00'"
	} else {
		after = append(after, "VACUUM tickets")
	}
	// Opened within a year, acknowledged within 3 h, resolved within 3 days, closed within 2 more.
	opened := "n / 100 * 525 + 10"
	at := func(share string, minutes string) string {
		return "CASE WHEN " + share + " THEN " + fmt.Sprintf(ago, "CASE WHEN "+opened+" > "+minutes+" THEN "+opened+" - "+minutes+" ELSE 0 END") + " END"
	}
	open := "(n % 4 = 0)"
	class := func(values ...string) string {
		return "CASE WHEN n % 50 = 0 THEN " + values[0] + " WHEN n % 10 = 0 THEN " + values[1] + " WHEN n % 3 = 0 THEN " + values[2] + " ELSE " + values[3] + " END"
	}
	tickets := "INSERT INTO tickets (tenant, number, version, title, customer, details, derived, because, class, class_rank, step, state, " +
		"owner_id, owner_name, owner_object_id, opened_by_id, opened_by_name, opened_by_object_id, opened_at, acknowledged_at, resolved_at, " +
		"closed_at, closed_early, updated_at, marks, escalations, reminded, clock_due, breaches, search) SELECT 'tenant', n, 10, " +
		"'Trouble number ' || n || CASE WHEN n % 97 = 0 THEN ' with Invoices' ELSE ' with printing' END, 'Customer ' || (n % 500), " +
		"'It has not worked since this morning, and nobody knows why. We tried to start it again, and it says error 4711.', " +
		class("'expedite'", "'fixed'", "'priority'", "'standard'") + ", 'class.because.few_users', " +
		class("'expedite'", "'fixed'", "'priority'", "'standard'") + ", " + class("0", "1", "2", "3") + ", " +
		"CASE n / 4 % 4 WHEN 0 THEN 'reception' WHEN 1 THEN 'diagnosis' WHEN 2 THEN 'resolution' ELSE 'follow_up' END, " +
		"CASE WHEN " + open + " THEN 'open' ELSE 'closed' END, CASE WHEN n % 7 = 0 THEN '' ELSE '29:person-' || (n % 40) END, 'Ana Lima', '', " +
		"'29:person-1', 'Ben Okoro', '', " + fmt.Sprintf(ago, opened) + ", " + at("n % 20 <> 0", "n % 180") + ", " +
		at("NOT "+open, "(n * 7) % 4300") + ", " + at("NOT "+open, "4300 + n % 2900") + ", '', " + fmt.Sprintf(ago, "5") + ", " +
		`'{"log":{"state":"done","evidence":"It was logged by the person who opened it."},"class":{"state":"done"}}', '[]', '{}', ` +
		"CASE WHEN " + open + " THEN " + fmt.Sprintf(ago, "n % 2000 - 1000") + " END, n % 9 / 8, " +
		"'t-' || n || ' trouble number ' || n || CASE WHEN n % 97 = 0 THEN ' with invoices' ELSE ' with printing' END || ' customer ' || (n % 500) " +
		"FROM " + fmt.Sprintf(count, deskTickets)
	lines := "INSERT INTO history (tenant, number, version, at, by_id, by_name, by_object_id, kind, subject, old_value, new_value, note, key) " +
		"SELECT 'tenant', n % " + fmt.Sprint(deskTickets) + " + 1, n / " + fmt.Sprint(deskTickets) + " + 1, " + fmt.Sprintf(ago, "5") +
		", '29:person-7', 'Ana Lima', '', 'done', 'logs', '', '', 'See the log of the night.', '' FROM " + fmt.Sprintf(count, deskLines)
	db, err := sql.Open(driver, source)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	counter := "INSERT INTO counters (tenant, last) VALUES ('tenant', " + fmt.Sprint(deskTickets) + ")"
	for _, statement := range append([]string{tickets, lines, counter}, after...) {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%.80s: %v", statement, err)
		}
	}
}
