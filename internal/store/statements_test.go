package store_test

import (
	"fmt"
	"testing"

	"handrail/internal/store/storetest"
)

func TestAQuestionCanBeAskedWhileItsAnswerIsBeingRead(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t).Open(t, nil)
	conn, err := db.Writer().Conn(t.Context())
	ok(t, err)
	defer func() { _ = conn.Close() }()
	// read gives the numbers, after each of which it may ask again.
	var read func(again bool) []int
	read = func(again bool) []int {
		rows, err := conn.QueryContext(t.Context(), "SELECT column1 FROM (VALUES (1), (2), (3)) WHERE column1 < ?", 3)
		ok(t, err)
		defer func() { _ = rows.Close() }()
		var numbers []int
		for rows.Next() {
			var n int
			ok(t, rows.Scan(&n))
			numbers = append(numbers, n)
			if again {
				equal(t, read(false), []int{1, 2})
			}
		}
		ok(t, rows.Err())
		return numbers
	}
	equal(t, read(true), []int{1, 2})
	equal(t, read(true), []int{1, 2})
}

func TestAConnectionTakesAnyNumberOfStatements(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t).Open(t, nil)
	for i := range 500 {
		var n int
		ok(t, db.Writer().QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d + ?", i), 1).Scan(&n))
		equal(t, n, i+1)
	}
}

func TestKeptStatementsOutliveAChangeOfTheSchema(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t).Open(t, nil)
	run := func(statement string) {
		_, err := db.Writer().ExecContext(t.Context(), statement)
		ok(t, err)
	}
	for range 3 {
		run("CREATE TABLE shelf (a)")
		run("INSERT INTO shelf (a) VALUES (1)")
		run("ALTER TABLE shelf ADD COLUMN b")
		run("INSERT INTO shelf (a) VALUES (1)")
		var n int
		ok(t, db.Writer().QueryRowContext(t.Context(), "SELECT count(*) FROM shelf").Scan(&n))
		equal(t, n, 2)
		run("DROP TABLE shelf")
	}
}
