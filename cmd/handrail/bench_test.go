package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"handrail/internal/store/storetest"
)

const (
	// benchTickets is how many tickets the turns are spread over.
	benchTickets = 1000
	// benchRate is the steady stream, in turns a second, and benchStreams over
	// how many connections it comes: enough that none waits for another.
	benchRate    = 200
	benchStreams = 64
)

// BenchmarkTurns measures the program itself, built and run in a process of its
// own, by signed card actions over HTTP. Each ticks an item of a ticket: one
// transaction, with the new card as the answer, and a job behind it which edits
// the card in its conversation. CPU, memory and allocations are those of the
// program, read from its /metrics, so that neither the load nor the fake
// connector counts; they include the jobs until the last one is done. Beside
// it, pgbench does the same statements.
//
// `make bench` runs it with Postgres' fsync on.
func BenchmarkTurns(b *testing.B) {
	binary := buildProgram(b)
	b.Run("Postgres", func(b *testing.B) {
		yardstick := sync.OnceValue(func() *yardstick { return newYardstick(b, binary) })
		database := storetest.EmptySchema(b)
		w := newBenchWorld(b, binary, tolerant, "DATABASE_URL="+database)
		for _, clients := range []int{8, 32} {
			reference := sync.OnceValue(func() float64 { return yardstick().run(b, clients) })
			b.Run(fmt.Sprintf("%dAtOnce", clients), func(b *testing.B) {
				b.ReportMetric(reference(), "pgbench/s")
				b.ReportMetric(w.atOnce(b, clients)/reference(), "of-pgbench")
			})
		}
		b.Run("8AtOnceJobsHeld", func(b *testing.B) { w.jobsHeld(b, database) })
		w.rest(b)
	})
	b.Run("SQLite", func(b *testing.B) {
		w := newBenchWorld(b, binary, tolerant, "HANDRAIL_DATA="+b.TempDir())
		for _, clients := range []int{8, 32} {
			b.Run(fmt.Sprintf("%dAtOnce", clients), func(b *testing.B) { w.atOnce(b, clients) })
		}
		w.rest(b)
	})
}

// benchWorld is a running program with its tickets and those who press.
type benchWorld struct {
	binary  string
	env     []string
	program *program
	teams   *benchTeams
	// tickets are those that nobody presses now.
	tickets chan *benchTicket
	// turns counts those that have left a job to refresh the card.
	turns atomic.Int64
}

func newBenchWorld(b *testing.B, binary string, connector http.HandlerFunc, database string) *benchWorld {
	b.Helper()
	w := &benchWorld{binary: binary, teams: newBenchTeams(b, connector), tickets: make(chan *benchTicket, benchTickets)}
	w.env = append(slices.Clone(w.teams.env), database)
	w.program = startProgram(b, binary, w.env)
	client := w.teams.dial(b, w.program.addr)
	for i := range benchTickets {
		of, err := w.teams.open(client, i)
		if err != nil {
			b.Fatal(err)
		}
		w.turns.Add(2)
		w.tickets <- of
	}
	w.program.settle(int(w.turns.Load()))
	return w
}

// atOnce has some clients press as fast as they get answers, and gives the
// turns a second.
func (w *benchWorld) atOnce(b *testing.B, clients int) float64 {
	before := w.program.usage()
	took := w.load(b, clients, 0)
	account(b, before, w.program.settle(int(w.turns.Load())))
	return float64(b.N) / took.Seconds()
}

// jobsHeld is atOnce while the jobs wait, to tell what a turn costs by itself.
func (w *benchWorld) jobsHeld(b *testing.B, database string) {
	pool, err := pgxpool.New(b.Context(), database)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	queue, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err == nil {
		err = queue.QueuePause(b.Context(), river.QueueDefault, nil)
	}
	if err != nil {
		b.Fatal(err)
	}
	before := w.program.usage()
	w.load(b, 8, 0)
	account(b, before, w.program.usage())
	if err := queue.QueueResume(context.WithoutCancel(b.Context()), river.QueueDefault, nil); err != nil {
		b.Fatal(err)
	}
	w.program.settle(int(w.turns.Load()))
}

// rest measures what is the same for however many clients.
func (w *benchWorld) rest(b *testing.B) {
	b.Run(fmt.Sprintf("%dASecond", benchRate), func(b *testing.B) {
		before := w.program.usage()
		w.load(b, benchStreams, time.Second/benchRate)
		account(b, before, w.program.settle(int(w.turns.Load())))
	})
	resident := w.program.usage().resident
	w.program.stop()
	b.Run("Start", func(b *testing.B) {
		for b.Loop() {
			p := startProgram(b, w.binary, w.env)
			b.StopTimer()
			p.stop()
			b.StartTimer()
		}
		b.ReportMetric(resident/(1<<20), "MB-resident-before")
	})
}

// load has clients press b.N buttons: as fast as they get answers, or one after
// each pause, whether or not the last answer has come. Then an answer is timed
// from when its button should have been pressed.
func (w *benchWorld) load(b *testing.B, clients int, pause time.Duration) time.Duration {
	b.Helper()
	b.ResetTimer()
	start := time.Now()
	latencies := w.press(b, clients, pause, func(n int) bool { return n < b.N }, nil)
	took := time.Since(start)
	b.StopTimer()
	for _, percent := range []int{50, 95, 99} {
		b.ReportMetric(percentile(latencies, percent), fmt.Sprintf("p%d-ms", percent))
	}
	b.ReportMetric(float64(b.N)/took.Seconds(), "turns/s")
	return took
}

// press has clients press buttons for as long as there are more, and gives how
// long each answer took. Noted is told of each press, if it is not nil.
func (w *benchWorld) press(b *testing.B, clients int, pause time.Duration, more func(n int) bool, noted func(*benchTicket)) []time.Duration {
	b.Helper()
	var wg sync.WaitGroup
	var next atomic.Int64
	var mu sync.Mutex
	var latencies []time.Duration
	connections := make([]*benchClient, clients)
	for i := range connections {
		connections[i] = w.teams.dial(b, w.program.addr)
	}
	start := time.Now()
	for _, client := range connections {
		wg.Go(func() {
			timer := time.NewTimer(0)
			defer timer.Stop()
			var took []time.Duration
			for n := int(next.Add(1) - 1); more(n); n = int(next.Add(1) - 1) {
				begin := time.Now()
				if pause > 0 {
					begin = start.Add(time.Duration(n) * pause)
					timer.Reset(time.Until(begin))
					<-timer.C
				}
				of := <-w.tickets
				if noted != nil {
					noted(of)
				}
				if err := of.tick(client); err != nil {
					b.Error(err)
					return
				}
				took = append(took, time.Since(begin))
				w.turns.Add(1)
				w.tickets <- of
			}
			mu.Lock()
			defer mu.Unlock()
			latencies = append(latencies, took...)
		})
	}
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return latencies
}

// percentile gives the time in milliseconds that so many of a hundred are not above.
func percentile(took []time.Duration, percent int) float64 {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return float64(took[(len(took)*percent-1)/100].Microseconds()) / 1000
}

// account tells what the program has used for each turn.
func account(b *testing.B, before, after usage) {
	b.ReportMetric(float64(b.N)/max(after.cpu-before.cpu, 0.01), "turns/cpu-s")
	b.ReportMetric((after.allocations-before.allocations)/float64(b.N), "allocs/op")
	b.ReportMetric((after.bytes-before.bytes)/float64(b.N), "B/op")
	b.ReportMetric(after.resident/(1<<20), "MB-resident")
}
