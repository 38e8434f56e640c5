package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"handrail/internal/ticket"
)

const (
	// readFirst is how many of the first tickets Postgres reads through before it asks its
	// index: what many tickets have it finds there, without sorting all that have it.
	readFirst = 2000
	// deepest is how far into what was found the pages go.
	deepest = 10_000
	// keptBeginning is the longest beginning of a word that SQLite's index keeps, and
	// fewWords as how many words a longer one is told.
	keptBeginning = 3
	fewWords      = 32
	// alikeSample is how many of the newest open tickets are looked at for those alike, and
	// alikeMore how many beside them that have a rare word, or the customer.
	alikeSample = 400
	alikeMore   = 200
)

// FindTickets gives a page of the tickets in which all words stand, and whether there are more.
func (r reader) FindTickets(ctx context.Context, search ticket.Search) (found []*ticket.Ticket, more bool, err error) {
	skip, count := max(search.Skip, 0), max(search.Count, 0)
	by := having{tenant: words(search.Tenant), terms: search.Terms(), open: search.Open, limit: skip + count + 1}
	if len(by.terms) == 0 || count == 0 || skip > deepest {
		return nil, false, nil
	}
	var numbers []int64
	if exact, ok := search.Number(); ok {
		by.except = exact
		if numbers, err = r.itself(ctx, by); err != nil {
			return nil, false, err
		}
	}
	rest, err := r.numbers(ctx, by)
	if err != nil {
		return nil, false, err
	}
	numbers = append(numbers, rest...)
	numbers = numbers[min(skip, len(numbers)):]
	more = len(numbers) > count
	found, err = r.ticketsOf(ctx, by.tenant, numbers[:min(len(numbers), count)])
	return found, more, err
}

// Alike gives the open tickets that look like the same trouble, the likest first.
func (r reader) Alike(ctx context.Context, trouble ticket.Trouble, limit int) ([]*ticket.Ticket, error) {
	tenant := words(trouble.Tenant)
	sample, err := r.outlines(ctx, "number IN (SELECT number FROM ticket_words WHERE tenant = ? AND NOT closed ORDER BY number DESC LIMIT ?)",
		tenant, tenant, alikeSample)
	if err != nil {
		return nil, err
	}
	candidates := sample
	if len(sample) == alikeSample {
		more, err := r.fartherAlike(ctx, tenant, trouble, sample)
		if err != nil {
			return nil, err
		}
		candidates = slices.Concat(sample, more)
	}
	var numbers []int64
	for _, one := range trouble.Alike(candidates, sample, limit) {
		numbers = append(numbers, one.Number)
	}
	return r.ticketsOf(ctx, tenant, numbers)
}

// fartherAlike gives tickets beyond the sample that have a rare word of the trouble, or its customer.
func (r reader) fartherAlike(ctx context.Context, tenant string, trouble ticket.Trouble, sample []*ticket.Ticket) ([]*ticket.Ticket, error) {
	var numbers []int64
	for _, by := range []having{
		{terms: exactly(trouble.RareWords(sample)), any: true}, {terms: exactly(trouble.CustomerWords())},
	} {
		if len(by.terms) == 0 {
			continue
		}
		by.tenant, by.open, by.except, by.limit = tenant, true, trouble.Except, alikeMore
		found, err := r.numbers(ctx, by)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, found...)
	}
	return r.outlines(ctx, "number IN ?", tenant, numbers)
}

// exactly looks for whole words.
func exactly(wanted []string) []ticket.Term {
	terms := make([]ticket.Term, len(wanted))
	for i, word := range wanted {
		terms[i].Word = word
	}
	return terms
}

// having says which tickets are found by their words.
type having struct {
	tenant string
	terms  []ticket.Term
	// any has one of the terms do.
	any, open bool
	// except is the number of a ticket that is left out; 0 for none.
	except int64
	limit  int
}

// itself gives the number of the ticket that is left out, if it is there.
func (r reader) itself(ctx context.Context, by having) ([]int64, error) {
	statement := "SELECT number FROM tickets WHERE tenant = ? AND number = ?"
	if by.open {
		statement += " AND state = 'open'"
	}
	return r.column(ctx, statement, by.tenant, by.except)
}

// numbers gives the numbers of the tickets, open ones first, each newest first.
func (r reader) numbers(ctx context.Context, by having) ([]int64, error) {
	if r.orm.Name() == "postgres" {
		return r.numbersPostgres(ctx, by)
	}
	return r.numbersSQLite(ctx, by)
}

// numbersPostgres reads through the first tickets, and asks the index of the words where
// they are not enough. What it finds there has to be sorted, which takes longer the more it is.
func (r reader) numbersPostgres(ctx context.Context, by having) ([]int64, error) {
	parts := make([]string, len(by.terms))
	for i, term := range by.terms {
		parts[i] = "'" + strings.ReplaceAll(term.Word, "'", "''") + "'"
		if term.Begins {
			parts[i] += ":*"
		}
	}
	sign, open := " & ", ""
	if by.any {
		sign = " | "
	}
	if by.open {
		open = " AND NOT closed"
	}
	query := strings.Join(parts, sign)
	const order = " ORDER BY closed, number DESC LIMIT "
	first, err := r.column(ctx, "SELECT number FROM (SELECT number, closed, words FROM ticket_words WHERE tenant = ?"+open+order+"?) AS newest"+
		" WHERE words @@ CAST(CAST(? AS text) AS tsquery) AND number <> ?"+order+"?", by.tenant, readFirst, query, by.except, by.limit)
	if err != nil || len(first) >= by.limit {
		return first, err
	}
	return r.column(ctx, "WITH found AS MATERIALIZED (SELECT tenant, number, closed FROM ticket_words"+
		" WHERE words @@ CAST(CAST(? AS text) AS tsquery))"+
		" SELECT number FROM found WHERE tenant = ? AND number <> ?"+open+order+"?", query, by.tenant, by.except, by.limit)
}

// numbersSQLite asks the index for open tickets and then for closed ones: it gives them in
// the order of their ids, and no more of them than are wanted.
func (r reader) numbersSQLite(ctx context.Context, by having) ([]int64, error) {
	parts := make([]string, len(by.terms))
	for i, term := range by.terms {
		var err error
		if parts[i], err = r.termSQLite(ctx, term); err != nil {
			return nil, err
		}
	}
	sign := " AND "
	if by.any {
		sign = " OR "
	}
	var found []int64
	for _, closed := range []bool{false, true} {
		if closed && by.open || len(found) >= by.limit {
			break
		}
		query := `"` + standing(by.tenant, closed) + `" AND (` + strings.Join(parts, sign) + ")"
		more, err := r.column(ctx, "SELECT number FROM (SELECT rowid / 4096 AS number FROM ticket_words_found WHERE ticket_words_found MATCH ?"+
			" ORDER BY rowid DESC) WHERE number <> ? LIMIT ?", query, by.except, by.limit-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// termSQLite gives a term in the language of SQLite's index. That puts together all that
// begins so before it gives the first of it, unless it keeps such beginnings: a longer one
// is told as the few words that there are.
func (r reader) termSQLite(ctx context.Context, term ticket.Term) (string, error) {
	quoted := func(word string) string { return `"` + strings.ReplaceAll(word, `"`, `""`) + `"` }
	switch {
	case !term.Begins:
		return quoted(term.Word), nil
	case utf8.RuneCountInString(term.Word) <= keptBeginning:
		return quoted(term.Word) + "*", nil
	}
	var complete []string
	err := r.orm.WithContext(ctx).Raw("SELECT term FROM ticket_words_terms WHERE term >= ? AND term < ? LIMIT ?",
		term.Word, term.Word+string(utf8.MaxRune), fewWords+1).Scan(&complete).Error
	if err != nil {
		return "", explain(fmt.Errorf("store: complete a word: %w", err))
	}
	if len(complete) == 0 || len(complete) > fewWords {
		return quoted(term.Word) + "*", nil
	}
	for i := range complete {
		complete[i] = quoted(complete[i])
	}
	return "(" + strings.Join(complete, " OR ") + ")", nil
}

// standing gives the word that stands for the open or the closed tickets of a tenant.
func standing(tenant string, closed bool) string {
	state := ":open"
	if closed {
		state = ":closed"
	}
	return state + hex.EncodeToString([]byte(tenant))
}

// column reads the numbers that a statement finds.
func (r reader) column(ctx context.Context, statement string, args ...any) ([]int64, error) {
	rows, err := r.own.query(ctx, statement, args...)
	if err != nil {
		return nil, explain(fmt.Errorf("store: find tickets: %w", err))
	}
	defer rows.Close()
	var found []int64
	for rows.Next() {
		var number int64
		if err = rows.Scan(&number); err != nil {
			break
		}
		found = append(found, number)
	}
	rows.Close() // what failed last is told at the end
	if err := errors.Join(rows.Err(), err); err != nil {
		return nil, explain(fmt.Errorf("store: find tickets: %w", err))
	}
	return found, nil
}

// ticketsOf gives the tickets with the numbers, in their order.
func (r reader) ticketsOf(ctx context.Context, tenant string, numbers []int64) ([]*ticket.Ticket, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var rows []ticketRow
	if err := r.orm.WithContext(ctx).Where("tenant = ? AND number IN ?", tenant, numbers).Find(&rows).Error; err != nil {
		return nil, explain(fmt.Errorf("store: read what was found: %w", err))
	}
	slices.SortFunc(rows, func(a, b ticketRow) int { return slices.Index(numbers, a.Number) - slices.Index(numbers, b.Number) })
	found := make([]*ticket.Ticket, len(rows))
	for i := range rows {
		var err error
		if found[i], err = rows[i].ticket(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// outlines gives what tickets are compared by: no more of them than that.
func (r reader) outlines(ctx context.Context, where, tenant string, values ...any) ([]*ticket.Ticket, error) {
	var rows []ticketRow
	err := r.orm.WithContext(ctx).Select("number", "title", "customer", "state").
		Where("tenant = ? AND "+where, append([]any{tenant}, values...)...).Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: read what may be alike: %w", err))
	}
	found := make([]*ticket.Ticket, len(rows))
	for i, row := range rows {
		found[i] = &ticket.Ticket{
			ID: ticket.ID{Tenant: tenant, Number: row.Number}, Title: row.Title, Customer: row.Customer, State: ticket.State(row.State),
		}
	}
	return found, nil
}
