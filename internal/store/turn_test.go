package store_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// maxStatements is how many statements a turn may take, with BEGIN and COMMIT,
// and maxChange in how many messages a change sends them: to lock, to save, and
// to commit with the jobs.
const (
	maxStatements = 9
	maxChange     = 3
)

func TestATurnTakesFewStatementsAndAChangeThreeWaysToTheDatabase(t *testing.T) {
	t.Parallel()
	var count traffic
	database := storetest.Postgres(t)
	database.URL = counting(t, database.URL, &count)
	desk := &ticket.Desk{Store: database.Open(t, nil), Policy: ticket.DefaultPolicy(), Now: time.Now, Guard: tickettest.Guard{}}
	by := ticket.Actor{Tenant: "contoso", Person: ana}

	date := time.Now().AddDate(0, 0, 30).Format(time.DateOnly)

	var opened *ticket.Ticket
	open := func(key string) {
		var err error
		opened, err = desk.Open(t.Context(), by, ticket.Opening{
			Intake: ticket.Intake{Title: "Invoices", Customer: "Northwind", Details: "All of them.", Users: "30", Date: date},
			Take:   true, Key: key, Place: ticket.Place{Tenant: "contoso", Conversation: "c"}, Activity: "message " + key,
		})
		ok(t, err)
	}
	change := func(key string) {
		var err error
		press := ticket.Press{ID: opened.ID, Version: opened.Version, Key: key}
		opened, err = desk.Change(t.Context(), by, press, func(c *ticket.Change) error {
			return c.Edit(ticket.Facts{Title: key, Customer: key, Details: key, DueAt: opened.DueAt})
		})
		ok(t, err)
	}
	// The first turns of a connection prepare their statements, and ask River's driver what Postgres can do.
	open("first opened")
	change("first changed")
	for _, turn := range []struct {
		name string
		do   func(key string)
	}{{"open", open}, {"change", change}} {
		name := turn.name
		statements, ways := count.statements.Load(), count.ways.Load()
		turn.do(name)
		if n := count.statements.Load() - statements; n < 4 || n > maxStatements {
			t.Errorf("the turn %q takes %d statements, want at most %d", name, n, maxStatements)
		}
		if n := count.ways.Load() - ways; name == "change" && n > maxChange {
			t.Errorf("a change goes to the database %d times, want at most %d", n, maxChange)
		}
	}
}

// traffic is what passes to a database: simple queries and executions of
// prepared ones, and how often an answer to what was sent is waited for, which
// is at a query and at a Sync ("Message Formats" of the Postgres manual).
type traffic struct{ statements, ways atomic.Int64 }

// counting gives the URL of a proxy before the Postgres that counts what passes.
func counting(t *testing.T, address string, count *traffic) string {
	t.Helper()
	parsed, err := url.Parse(address)
	ok(t, err)
	server := parsed.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() {
				_, _ = io.Copy(client, upstream)
				_ = client.Close()
			}()
			go func() {
				forward(upstream, bufio.NewReader(client), count)
				_ = upstream.Close()
			}()
		}
	}()
	parsed.Host = listener.Addr().String()
	query := parsed.Query()
	query.Set("sslmode", "disable")
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

// forward copies a client's messages until it has gone. All but the first have
// a byte for their kind before the length.
func forward(to io.Writer, from io.Reader, count *traffic) {
	for first := true; ; first = false {
		header := make([]byte, 5)
		if first {
			header = header[:4]
		}
		if _, err := io.ReadFull(from, header); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(header[len(header)-4:])-4)
		if _, err := io.ReadFull(from, body); err != nil {
			return
		}
		if kind := header[0]; !first && (kind == 'Q' || kind == 'E') {
			count.statements.Add(1)
		}
		if kind := header[0]; !first && (kind == 'Q' || kind == 'S') {
			count.ways.Add(1)
		}
		if _, err := to.Write(slices.Concat(header, body)); err != nil {
			return
		}
	}
}
