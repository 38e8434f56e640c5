package store

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"handrail/internal/ticket"
)

// byUrgency is the order of every list of tickets.
const byUrgency = "class_rank, opened_at, number"

// condition gives what a query asks of a ticket, with its values.
func condition(query ticket.Query) (where string, values []any) {
	parts, values := []string{"tenant = ?"}, []any{words(query.Tenant)}
	add := func(part string, more ...any) { parts, values = append(parts, part), append(values, more...) }
	if query.Open {
		// Not as a value: the database takes the index of open tickets only
		// where it sees that no other is asked for.
		add("state = 'open'")
	}
	if query.Owner != "" {
		add("owner_id = ?", words(query.Owner))
	}
	if query.Unowned {
		add("owner_id = ''")
	}
	if query.Unreached {
		add("unreached IS NOT NULL")
	}
	if query.Escalated {
		// Few are open at any time, and an index of their own has them.
		add("number IN (SELECT e.number FROM escalations e WHERE e.tenant = ? AND e.outcome = '')", words(query.Tenant))
	}
	if !query.Late.IsZero() {
		// Put so, the index of open tickets answers it, and not that of the clocks,
		// which knows neither class nor step.
		add("CASE WHEN clock_due <= ? THEN 1 ELSE 0 END = 1", instant(query.Late))
	}
	if query.Class != "" {
		add("class_rank = ?", slices.Index(ticket.Classes(), query.Class))
	}
	if query.Word != "" {
		add("search LIKE ? ESCAPE '!'", "%"+escapeLike(small(query.Word))+"%")
	}
	return strings.Join(parts, " AND "), values
}

// escapeLike takes their meaning from the signs of LIKE.
func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// maxSearch is how many bytes are searched. It is more than a title and a
// customer in most scripts need, and less than an index of Postgres takes.
const maxSearch = 1400

// searchable gives what words are looked for in.
func searchable(t *ticket.Ticket) string {
	text := small("t-" + strconv.FormatInt(t.Number, 10) + "\n" + t.Title + "\n" + t.Customer)
	for cut := maxSearch; len(text) > maxSearch; cut-- {
		if utf8.RuneStart(text[cut]) {
			text = text[:cut]
		}
	}
	return text
}

// small gives a text in small letters, the same whatever the database: SQLite
// knows those of ASCII only, and Postgres' depend on its locale.
func small(s string) string { return strings.ToLower(words(s)) }
