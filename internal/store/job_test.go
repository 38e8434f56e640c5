package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

// taker is a River worker that hands on the jobs which it is given.
type taker[J ticket.Job] struct {
	river.WorkerDefaults[J]
	taken chan<- ticket.Job
}

// Work hands the job on.
func (w *taker[J]) Work(_ context.Context, job *river.Job[J]) error {
	w.taken <- job.Args
	return nil
}

// work gives the jobs that are due: so many, or with 0 those that are found
// before one which it adds itself.
func work(t *testing.T, db *store.DB, count int) []ticket.Job {
	t.Helper()
	if count == 0 {
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.Later(t.Context(), ticket.Task{Job: ticket.PostCard{Tenant: "the last one"}})
		})
	}
	taken, workers := make(chan ticket.Job, 100), river.NewWorkers()
	river.AddWorker(workers, &taker[ticket.PostCard]{taken: taken})
	river.AddWorker(workers, &taker[ticket.RefreshCards]{taken: taken})
	river.AddWorker(workers, &taker[ticket.Say]{taken: taken})
	river.AddWorker(workers, &taker[ticket.RingClock]{taken: taken})
	queue, err := db.Queue(&river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}}, Workers: workers,
		FetchCooldown: 5 * time.Millisecond, FetchPollInterval: 5 * time.Millisecond, TestOnly: true,
	})
	ok(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer func() {
		stop()
		<-queue.Stopped()
	}()
	ok(t, queue.Start(ctx))
	var jobs []ticket.Job
	for count == 0 || len(jobs) < count {
		job := <-taken
		if job != (ticket.PostCard{Tenant: "the last one"}) {
			jobs = append(jobs, job)
		} else if count == 0 {
			break
		} // else it is one of before, which was stopped too early to be noted as done
	}
	return jobs
}

func TestJobsOfATransactionAreDoneInTheirOrder(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		say := ticket.Say{
			Place: ticket.Place{Tenant: "contoso", Conversation: "c", Thread: "1"}, Text: "hello <at>Ana</at> \"'🧯",
			Card: []byte(`{}`), Mentions: []ticket.Person{ana},
		}
		refresh := ticket.RefreshCards{Tenant: "contoso", Number: 1<<62 + 1}
		inTx(t, db, func(tx ticket.Tx) error {
			ok(t, tx.Later(t.Context()))
			return tx.Later(t.Context(), ticket.Task{Job: say}, ticket.Task{Job: refresh, At: time.Now().Add(-time.Hour)})
		})
		equal(t, work(t, db, 2), []ticket.Job{say, refresh})
	})
}

func TestAJobWaitsForItsTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := morning
		db := database.Open(t, func() time.Time { return now })
		ring := ticket.RingClock{Tenant: "contoso", Number: 1, Clock: ticket.ClockDate, Due: morning.Add(72 * time.Hour)}
		inTx(t, db, func(tx ticket.Tx) error { return tx.Later(t.Context(), ticket.Task{Job: ring, At: ring.Due}) })
		if early := work(t, db, 0); len(early) > 0 {
			t.Fatalf("done before its time: %v", early)
		}

		now = ring.Due
		queue, err := db.Queue(&river.Config{})
		ok(t, err)
		ok(t, queue.Schedule(t.Context()))
		equal(t, work(t, db, 1), []ticket.Job{ring})
	})
}
