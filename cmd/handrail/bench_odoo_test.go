package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/guard"
	"handrail/internal/odoo/odootest"
	"handrail/internal/store/storetest"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// odooBurst is the burst that BenchmarkOdooBurst measures.
const (
	odooTickets = 1000
	odooNotes   = 5
	// odooService is how long the Odoo of the benchmark takes for a call: a real one, 20 to 60 ms.
	odooService     = 25 * time.Millisecond
	odooConnections = 4
)

// BenchmarkOdooBurst brings 1,000 tickets with 5 notes each to Odoo, and says how long
// that takes compared with a bare client that sends requests of the same kinds, and no
// others, over as many connections. With ODOO_URL, ODOO_DB and ODOO_API_KEY in the
// environment it is that Odoo; ODOO_BENCH_TICKETS says how many tickets.
func BenchmarkOdooBurst(b *testing.B) {
	tickets := odooTickets
	if n, err := strconv.Atoi(os.Getenv("ODOO_BENCH_TICKETS")); err == nil {
		tickets = n
	}
	for b.Loop() {
		address, database, key := os.Getenv("ODOO_URL"), os.Getenv("ODOO_DB"), os.Getenv("ODOO_API_KEY")
		var calls *atomic.Int64
		if address == "" {
			server := odootest.New(b, odootest.Setup{Version: 19, Helpdesk: odootest.Enterprise})
			address, calls = slowed(b, server.URL)
			database, key = odootest.Database, odootest.Bot().Key()
		}
		took := burst(b, address, database, key, tickets)
		ours := int64(0)
		if calls != nil {
			ours = calls.Load()
		}
		bare := bareBurst(b, address, database, key, tickets)
		b.ReportMetric(took.Seconds(), "s/burst")
		b.ReportMetric(bare.Seconds(), "s/bare")
		b.ReportMetric(took.Seconds()/bare.Seconds(), "ratio")
		b.ReportMetric(float64(ours)/float64(tickets), "calls/ticket")
	}
}

// slowed puts a proxy before an Odoo, which takes a while for each call and counts them.
func slowed(b *testing.B, address string) (string, *atomic.Int64) {
	b.Helper()
	target, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	calls := new(atomic.Int64)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: odooConnections}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		<-time.After(odooService)
		proxy.ServeHTTP(w, r)
	}))
	b.Cleanup(s.Close)
	return s.URL, calls
}

// burst has a whole Handrail bring the tickets, and gives the time from the first
// ticket until the last note is in Odoo.
func burst(b *testing.B, address, database, key string, tickets int) time.Duration {
	b.Helper()
	base := storetest.Postgres(b)
	environ := map[string]string{
		"HANDRAIL_ADDR": "127.0.0.1:0", "HANDRAIL_DATA": b.TempDir(), "DATABASE_URL": base.URL,
		"ODOO_URL": address, "ODOO_DB": database, "ODOO_API_KEY": key, "ODOO_CONNECTIONS": strconv.Itoa(odooConnections),
	}
	maps.Copy(environ, teamstest.New(b).Env())
	cfg, _, err := LoadConfig(environ, os.ReadFile)
	if err != nil {
		b.Fatal(err)
	}
	bound := make(chan string, 1)
	s, err := newService(b.Context(), cfg, slog.New(slog.DiscardHandler), options{listening: func(addr string) { bound <- addr }})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx) }()
	<-bound
	db := base.Open(b, nil)
	desk := &ticket.Desk{Store: db, Policy: ticket.DefaultPolicy(), Now: time.Now, Guard: guard.New(nil), Records: records{}}
	by := ticket.Actor{Tenant: "bench", Person: ticket.Person{ID: "29:bench", Name: "Bench"}}
	began := time.Now()
	var writers sync.WaitGroup
	for part := range 4 {
		writers.Go(func() {
			for i := part; i < tickets; i += 4 {
				opened, err := desk.Open(b.Context(), by, ticket.Opening{Intake: ticket.Intake{
					Title: fmt.Sprint("Burst ", i), Customer: "Contoso", Details: "A burst.", Users: "3",
				}})
				for n := 1; err == nil && n < odooNotes; n++ { // the opening is a note, too
					_, err = desk.Change(b.Context(), by, ticket.Press{ID: opened.ID}, func(c *ticket.Change) error {
						c.By.Lead = true
						return c.WriteStatus(fmt.Sprint("Note ", n))
					})
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	for {
		waiting, err := db.RecordsWait(b.Context(), ticket.ID{}, 1)
		missing, failure := db.Unrecorded(b.Context(), began.Add(-time.Hour), ticket.ID{}, 1)
		if err != nil || failure != nil {
			b.Fatal(err, failure)
		}
		if len(waiting)+len(missing) == 0 {
			break
		}
		<-time.After(50 * time.Millisecond)
	}
	took := time.Since(began)
	stop()
	if err := <-ended; err != nil {
		b.Error(err)
	}
	return took
}

// bareBurst sends as many creates and notes as there are, over as many connections.
func bareBurst(b *testing.B, address, database, key string, tickets int) time.Duration {
	b.Helper()
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		MaxConnsPerHost: odooConnections, MaxIdleConnsPerHost: odooConnections,
	}}
	call := func(path string, body any) (json.RawMessage, error) {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, address+"/json/2/"+path, bytes.NewReader(encoded))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Odoo-Database", database)
		answer, err := client.Do(r)
		if err != nil {
			return nil, err
		}
		defer func() { _ = answer.Body.Close() }()
		result, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %d", path, answer.StatusCode)
		}
		return result, err
	}
	began := time.Now()
	var senders sync.WaitGroup
	for part := range odooConnections {
		senders.Go(func() {
			for i := part; i < tickets; i += odooConnections {
				made, err := call("helpdesk.ticket/create", map[string]any{"vals_list": []any{map[string]any{"name": fmt.Sprint("Bare ", i), "description": "A burst."}}})
				var ids []int64
				if err == nil {
					err = json.Unmarshal(made, &ids)
				}
				for n := 0; err == nil && n < odooNotes; n++ {
					_, err = call("helpdesk.ticket/message_post", map[string]any{
						"ids": ids, "body": fmt.Sprint("Note ", n), "message_type": "comment", "subtype_xmlid": "mail.mt_note",
					})
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	senders.Wait()
	return time.Since(began)
}
