package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/guard"
	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

const (
	// benchClocks is how many clocks are due at once, unless BENCH_CLOCKS says so.
	benchClocks = 2000
	// ticketsOfOwner is how many of the tickets an owner has on average, and
	// busyOwners how many owners share every fifth ticket.
	ticketsOfOwner = 5
	busyOwners     = 20
	// layTime is what it may take to open one of them.
	layTime = 8 * time.Millisecond
	// benchFollowers is how many conversations follow.
	benchFollowers = 200
	// paceRate is the stream of card actions beside, in turns a second over paceStreams connections.
	paceRate    = 50
	paceStreams = 8
)

// BenchmarkPace measures what Teams' limits hold back: clocks that are all due at
// once, and changes that many conversations follow. The connector refuses what
// goes beyond the published limits, and takes as long for an answer as Teams
// may. The share is that of the shortest time that the limits allow. Beside it
// people of other tenants press buttons: p50 and p99 are those of the answers,
// and the edit is that of the card in their conversation.
func BenchmarkPace(b *testing.B) {
	binary := buildProgram(b)
	b.Run("Postgres", func(b *testing.B) {
		database := storetest.Database{URL: storetest.EmptySchema(b)}
		w := newPaceWorld(b, binary, database, "DATABASE_URL="+database.URL)
		w.all(b)
		b.Run("ClocksOfTwoProcesses", func(b *testing.B) {
			second := startProgram(b, binary, w.env)
			defer second.stop()
			w.clocks(b)()
		})
	})
	b.Run("SQLite", func(b *testing.B) {
		database := storetest.Database{Dir: b.TempDir()}
		newPaceWorld(b, binary, database, "HANDRAIL_DATA="+database.Dir).all(b)
	})
}

// paceWorld is a world whose connector is strict.
type paceWorld struct {
	*benchWorld
	strict *strictConnector
	store  *store.DB
	// rounds counts the tenants that were used: each has its own limits.
	rounds int
}

func newPaceWorld(b *testing.B, binary string, database storetest.Database, env string) *paceWorld {
	b.Helper()
	w := &paceWorld{strict: newStrictConnector()}
	w.benchWorld = newBenchWorld(b, binary, w.strict.ServeHTTP, env)
	w.store = database.Open(b, nil)
	return w
}

func (w *paceWorld) all(b *testing.B) {
	b.Run("Quiet", func(b *testing.B) { w.beside(b, func() { <-time.After(10 * time.Second) }) })
	b.Run("Clocks", func(b *testing.B) { w.clocks(b)() })
	b.Run("ClocksBesideTurns", func(b *testing.B) { w.beside(b, w.clocks(b)) })
	b.Run("Followers", func(b *testing.B) { w.followers(b)() })
	b.Run("FollowersBesideTurns", func(b *testing.B) { w.beside(b, w.followers(b)) })
}

// next gives a tenant in which nobody was told anything yet, and the desk on a clock.
func (w *paceWorld) next(now func() time.Time) (tenant string, desk *ticket.Desk) {
	w.rounds++
	return "pace-" + strconv.Itoa(w.rounds), &ticket.Desk{Store: w.store, Policy: ticket.DefaultPolicy(), Now: now, Guard: guard.New(nil)}
}

// learn makes a conversation known.
func (w *paceWorld) learn(b *testing.B, place ticket.Place, kind ticket.PlaceKind, person ticket.Person) {
	b.Helper()
	address := ticket.Address{Place: place, Kind: kind, ServiceURL: w.teams.connector.URL + "/", BotID: "28:bot", BotName: "Handrail", Person: person}
	if err := w.store.InTx(b.Context(), func(tx ticket.Tx) error { return tx.Learn(b.Context(), address) }); err != nil {
		b.Fatal(err)
	}
}

// beside measures turns for as long as something else goes on.
func (w *paceWorld) beside(b *testing.B, what func()) {
	b.Helper()
	var over atomic.Bool
	var answers []time.Duration
	var wg sync.WaitGroup
	wg.Go(func() {
		answers = w.press(b, paceStreams, time.Second/paceRate, func(int) bool { return !over.Load() },
			func(of *benchTicket) { w.strict.press(of.conversation) })
	})
	what()
	over.Store(true)
	wg.Wait()
	w.strict.waits(b, "edits of cards", func() bool { return len(w.strict.pressed) == 0 })
	w.strict.mu.Lock()
	defer w.strict.mu.Unlock()
	for _, percent := range []int{50, 99} {
		b.ReportMetric(percentile(answers, percent), fmt.Sprintf("p%d-ms", percent))
		b.ReportMetric(percentile(w.strict.shown, percent), fmt.Sprintf("edit-p%d-ms", percent))
	}
}

// clocks lays tickets whose clocks are all due at the same time, and gives what
// waits until everybody is reminded.
func (w *paceWorld) clocks(b *testing.B) func() {
	b.Helper()
	count := benchClocks
	if wish := os.Getenv("BENCH_CLOCKS"); wish != "" {
		var err error
		if count, err = strconv.Atoi(wish); err != nil {
			b.Fatalf("BENCH_CLOCKS: %v", err)
		}
	}
	policy := ticket.DefaultPolicy()
	due := time.Now().Add(5*time.Second + time.Duration(count)*layTime)
	tenant, desk := w.next(func() time.Time { return due.Add(-policy.Acknowledge[ticket.Standard]) })
	reminders := make([]int, count/ticketsOfOwner+busyOwners) // of each owner
	for i := range reminders {
		w.learn(b, ticket.Place{Tenant: tenant, Conversation: inTenant(tenant, i)}, ticket.Personal, owner(i))
	}
	for i := range count {
		of := busyOwners + i%(count/ticketsOfOwner)
		if i < count/5 {
			of = i * busyOwners / (count / 5) // one after the other, as an import has them
		}
		reminders[of]++
		_, err := desk.Open(b.Context(), ticket.Actor{Person: owner(of), Tenant: tenant}, ticket.Opening{Take: true, Intake: ticket.Intake{
			Title: "Invoices cannot be posted", Customer: "Northwind", Details: "Posting ends with error 4711.", Users: "3",
		}})
		if err != nil {
			b.Fatal(err)
		}
	}
	if time.Now().After(due) {
		b.Fatalf("it took too long to open %d tickets", count)
	}
	allowed := shortest(count, w.strict.limits.Tenant)
	for _, n := range reminders {
		allowed = max(allowed, shortest(n, w.strict.limits.Send))
	}
	w.strict.forget()
	before := w.program.usage()
	<-time.After(time.Until(due))
	return func() {
		w.strict.waits(b, "reminders", func() bool { return len(w.strict.messages) >= count })
		w.report(b, "", due, allowed)
		b.ReportMetric((w.program.usage().cpu-before.cpu)*1000/float64(count), "cpu-ms/clock")
		w.strict.mu.Lock()
		defer w.strict.mu.Unlock()
		for number, n := range w.strict.messages {
			if n != 1 {
				b.Errorf("there are %d reminders of %s", n, number)
			}
		}
	}
}

// followers has a ticket followed in many conversations, and gives what changes
// it and waits until all show it: with a new card, with an edit, and with an
// edit and a note.
func (w *paceWorld) followers(b *testing.B) func() {
	b.Helper()
	tenant, desk := w.next(time.Now)
	by := ticket.Actor{Person: owner(0), Tenant: tenant}
	for i := range benchFollowers {
		place := ticket.Place{Tenant: tenant, Conversation: inTenant(tenant, i)}
		w.learn(b, place, ticket.Group, ticket.Person{})
		if err := desk.Follow(b.Context(), ticket.Follow{Place: place, By: by.Person}); err != nil {
			b.Fatal(err)
		}
	}
	return func() {
		var t *ticket.Ticket
		w.change(b, "card", 2, func() (err error) {
			t, err = desk.Open(b.Context(), by, ticket.Opening{Take: true, Intake: ticket.Intake{
				Title: "Nobody can sign in", Customer: "Northwind", Details: "Since this morning.", Users: "300",
			}})
			return err
		})
		w.change(b, "edit", 1, func() error {
			_, err := desk.Change(b.Context(), by, ticket.Press{ID: t.ID}, func(c *ticket.Change) error { return c.Complete(ticket.Reception) })
			return err
		})
		w.change(b, "note", 2, func() error {
			_, err := desk.Change(b.Context(), by, ticket.Press{ID: t.ID}, func(c *ticket.Change) error { return c.WriteStatus("We know why.") })
			return err
		})
	}
}

// change makes a change and waits until every conversation that follows has
// got so many calls for it.
func (w *paceWorld) change(b *testing.B, what string, calls int, how func() error) {
	b.Helper()
	<-time.After(2 * time.Second) // until the limits count nothing of the one before
	w.strict.forget()
	begin := time.Now()
	if err := how(); err != nil {
		b.Fatal(err)
	}
	w.strict.waits(b, what, func() bool {
		return len(w.strict.edited) >= benchFollowers && w.strict.taken >= calls*benchFollowers
	})
	w.report(b, what+"-", begin, shortest(calls*benchFollowers, w.strict.limits.Tenant))
}

// report tells how long it took until the last call, and which share that is of the allowed pace.
func (w *paceWorld) report(b *testing.B, what string, begin time.Time, allowed time.Duration) {
	w.strict.mu.Lock()
	defer w.strict.mu.Unlock()
	took := w.strict.last.Sub(begin)
	b.ReportMetric(took.Seconds(), what+"s")
	b.ReportMetric(allowed.Seconds()/took.Seconds(), what+"of-pace")
	b.ReportMetric(float64(w.strict.refused), what+"429s")
}

func owner(i int) ticket.Person {
	return ticket.Person{ID: "29:owner-" + strconv.Itoa(i), Name: "Owner " + strconv.Itoa(i)}
}
