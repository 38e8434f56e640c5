package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"handrail/internal/store/storetest"
)

// The ticket whose turn is recorded has a number and a version that stand out.
const (
	recordedNumber  = 424242
	recordedVersion = 717171
)

// yardstick is pgbench with the statements of one turn.
type yardstick struct {
	pgbench, database string
	env               []string
	script            string
}

// newYardstick records the statements of a real turn and makes a script for
// pgbench of them, over as many tickets as the turns have.
func newYardstick(b *testing.B, binary string) *yardstick {
	b.Helper()
	y := &yardstick{pgbench: filepath.Join(os.Getenv("PG_BIN"), "pgbench")}
	if found, err := exec.LookPath(y.pgbench); err != nil {
		b.Fatalf("pgbench is needed beside the Postgres of PG_BIN: %v", err)
	} else {
		y.pgbench = found
	}
	schema := storetest.EmptySchema(b)
	address, err := url.Parse(schema)
	if err != nil {
		b.Fatal(err)
	}
	// pgbench knows no search_path in the URL.
	query := address.Query()
	y.env = append(os.Environ(), "PGOPTIONS=-c search_path="+query.Get("search_path"))
	query.Del("search_path")
	address.RawQuery = query.Encode()
	y.database = address.String()

	y.script = filepath.Join(b.TempDir(), "turn.sql")
	if err := os.WriteFile(y.script, []byte(script(record(b, binary, schema))), 0o600); err != nil {
		b.Fatal(err)
	}
	// A column that Postgres works out itself takes no value.
	execute(b, schema, fmt.Sprintf(`DO $$ BEGIN EXECUTE (
		SELECT format('INSERT INTO tickets (%%1$s) SELECT %%1$s FROM (
			SELECT (jsonb_populate_record(t, jsonb_build_object(''number'', n))).*
			FROM tickets t, generate_series(1, %d) n WHERE t.number = %d) copies', string_agg(quote_ident(column_name), ', '))
		FROM information_schema.columns
		WHERE table_schema = current_schema AND table_name = 'tickets' AND is_generated = 'NEVER'); END $$`, benchTickets, recordedNumber),
		"TRUNCATE river_job", "VACUUM ANALYZE")
	return y
}

// run gives how many turns a second pgbench does with so many clients.
func (y *yardstick) run(b *testing.B, clients int) float64 {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), y.pgbench, "--no-vacuum", "--protocol=prepared", "--file="+y.script,
		"--client="+strconv.Itoa(clients), "--jobs=2", "--time=5", y.database)
	cmd.Env = y.env
	output, err := cmd.CombinedOutput()
	found := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(output)
	if err != nil || found == nil {
		b.Fatalf("pgbench: %v\n%s", err, output)
	}
	rate, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return rate
}

// record gives the statements of one turn, with their values in them.
func record(b *testing.B, binary, schema string) []string {
	b.Helper()
	r := &recorder{}
	teams := newBenchTeams(b, tolerant)
	p := startProgram(b, binary, append(teams.env, "DATABASE_URL="+r.listen(b, schema)))
	defer p.stop()
	client := teams.dial(b, p.addr)
	execute(b, schema, fmt.Sprintf("INSERT INTO counters (tenant, last) VALUES ('%s', %d)", benchTenant(0), recordedNumber-1))
	of, err := teams.open(client, 0)
	if err != nil {
		b.Fatal(err)
	}
	p.settle(2)
	execute(b, schema, fmt.Sprintf("UPDATE tickets SET version = %d WHERE number = %d", recordedVersion, recordedNumber))
	of.version = recordedVersion
	r.take()
	if err := of.tick(client); err != nil {
		b.Fatal(err)
	}
	return r.take()
}

// What a script needs to know of SQL.
var (
	comment = regexp.MustCompile(`(?m)--.*$`)
	literal = regexp.MustCompile(`'(?:[^']|'')*'`)
)

// script makes a script of recorded statements: over all tickets, and with a
// new key for each click, which is the last value of a line of history.
func script(statements []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\\set number random(1, %d)\n\\set nonce random(1, 1000000000000000)\n", benchTickets)
	for _, statement := range statements {
		statement = strings.TrimSpace(comment.ReplaceAllString(statement, ""))
		if strings.HasPrefix(statement, "INSERT INTO history") {
			key := literal.FindAllStringIndex(statement, -1)
			last := key[len(key)-1]
			statement = statement[:last[0]] + "lpad(:nonce::text, " + strconv.Itoa(last[1]-last[0]-2) + ", 'k')" + statement[last[1]:]
		}
		statement = literal.ReplaceAllStringFunc(statement, scripted)
		if strings.HasSuffix(statement, "FOR UPDATE") {
			statement += " \\gset\n" // sets the variable version, among others
		} else {
			statement += ";\n"
		}
		b.WriteString(statement)
	}
	return b.String()
}

// scripted puts a variable of the script in the place of a value that differs
// from turn to turn. In any other it hides what pgbench would take for one.
func scripted(value string) string {
	switch value {
	case fmt.Sprintf("'%d'", recordedNumber):
		return ":number"
	case fmt.Sprintf("'%d'", recordedVersion):
		return ":version"
	case fmt.Sprintf("'%d'", recordedVersion+1):
		return "(:version + 1)"
	}
	return "E" + strings.NewReplacer(`\`, `\\`, ":", `\x3a`).Replace(value)
}

// recorder stands between a program and its Postgres and notes the statements
// of the transaction that writes history.
type recorder struct {
	mu      sync.Mutex
	history []string
}

func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.history
	r.history = nil
	return taken
}

// listen gives the address of the database behind the recorder. The values are
// put into the statements (pgx' simple protocol), so that they can be read.
func (r *recorder) listen(b *testing.B, database string) string {
	b.Helper()
	address, err := url.Parse(database)
	if err != nil {
		b.Fatal(err)
	}
	server := address.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go r.serve(client, server)
		}
	}()
	query := address.Query()
	query.Set("sslmode", "disable")
	query.Set("default_query_exec_mode", "simple_protocol")
	address.Host, address.RawQuery = listener.Addr().String(), query.Encode()
	return address.String()
}

func (r *recorder) serve(client net.Conn, server string) {
	defer func() { _ = client.Close() }()
	upstream, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer func() { _ = upstream.Close() }()
	go func() { _, _ = io.Copy(client, upstream) }()
	var transaction []string
	from := bufio.NewReader(client)
	for header := 4; ; header = 5 { // the first message has no byte for its kind
		message := make([]byte, header)
		if _, err := io.ReadFull(from, message); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(message[header-4:])-4)
		if _, err := io.ReadFull(from, body); err != nil {
			return
		}
		if header == 5 && message[0] == 'Q' {
			for _, statement := range statements(string(bytes.TrimRight(body, "\x00"))) {
				transaction = r.note(transaction, statement)
			}
		}
		if _, err := upstream.Write(slices.Concat(message, body)); err != nil {
			return
		}
	}
}

// statements takes a message apart: pgx joins with ";" what it sends together.
// A ";" within a value separates nothing.
func statements(message string) []string {
	hidden := literal.ReplaceAllStringFunc(message, func(value string) string { return strings.Repeat("_", len(value)) })
	var found []string
	for part := range strings.SplitSeq(hidden, ";") {
		found = append(found, message[:len(part)])
		message = message[min(len(part)+1, len(message)):]
	}
	return found
}

func (r *recorder) note(transaction []string, statement string) []string {
	switch {
	case strings.EqualFold(statement, "begin"):
		return []string{statement}
	case strings.Contains(statement, "pg_notify"):
		return transaction // not in every turn
	case !strings.EqualFold(statement, "commit"):
		return append(transaction, statement)
	}
	transaction = append(transaction, statement)
	if strings.Contains(strings.Join(transaction, "\n"), "INSERT INTO history") {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.history = transaction
	}
	return nil
}

// execute runs statements on a connection of its own.
func execute(b *testing.B, database string, statements ...string) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), database)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(b.Context()) }()
	for _, statement := range statements {
		if _, err := conn.Exec(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
}
