package store

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"

	"handrail/internal/ticket"
)

const (
	// attempts is how often a job is tried. With River's growing pauses the
	// last try is three weeks after the first.
	attempts = 25
	// insertCooldown is the least time between two notifications of new jobs. A
	// transaction that notifies makes Postgres commit it alone.
	insertCooldown = 20 * time.Millisecond
	// scheduleBatch is how many due jobs one statement of [Queue.Schedule] moves.
	scheduleBatch = 1000
)

// queueConfig is River's configuration, by a name that the engines share.
type queueConfig = *river.Config

// job is a task as River stores it.
type job struct {
	kind string
	args json.RawMessage
	// at is when the job is due; zero for at once.
	at      time.Time
	urgency ticket.Urgency
	lane    ticket.Lane
}

// Kind gives the stored word of the job.
func (j job) Kind() string { return j.kind }

// MarshalJSON gives the job's fields.
func (j job) MarshalJSON() ([]byte, error) { return j.args, nil }

// Later puts jobs into the transaction.
func (t *tx) Later(ctx context.Context, tasks ...ticket.Task) error {
	if len(tasks) == 0 {
		return nil
	}
	now, jobs := t.db.now(), make([]job, len(tasks))
	for i, task := range tasks {
		args, err := encode(task.Job)
		if err != nil {
			return err
		}
		jobs[i] = job{kind: task.Kind(), args: json.RawMessage(args), urgency: task.Urgency(), lane: task.Lane()}
		if task.At.After(now) {
			jobs[i].at = instant(task.At)
		}
	}
	if err := t.insert(ctx, jobs); err != nil {
		return explain(fmt.Errorf("store: insert jobs: %w", err))
	}
	return nil
}

func insertParams(jobs []job) []river.InsertManyParams {
	params := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		params[i] = river.InsertManyParams{Args: job, InsertOpts: &river.InsertOpts{
			MaxAttempts: attempts, ScheduledAt: job.at, Priority: int(job.urgency), Queue: string(job.lane),
		}}
	}
	return params
}

// insertConfig configures the client that inserts jobs and works none. It
// notifies working clients at most once in FetchCooldown. It logs nothing: what
// fails is an error, and one of a process that stops is none.
func (db *DB) insertConfig() *river.Config {
	return &river.Config{Logger: slog.New(slog.DiscardHandler), SkipUnknownJobCheck: true, FetchCooldown: insertCooldown, Test: db.testTime()}
}

// Queue is River's client for working jobs off.
type Queue struct {
	worker
	executor riverdriver.Executor
	now      func() time.Time
}

// worker is what River's client can do, whatever transactions it knows.
type worker interface {
	// Start starts fetching and working jobs. The end of ctx stops it.
	Start(ctx context.Context) error
	// Stopped is closed when everything has stopped.
	Stopped() <-chan struct{}
	// SubscribeConfig gives an event for each job whose end is stored.
	SubscribeConfig(config *river.SubscribeConfig) (<-chan *river.Event, func())
}

// Queue gives a client that works this database's jobs off, by this database's clock.
func (db *DB) Queue(config *river.Config) (*Queue, error) {
	config.Test = db.testTime()
	queue, err := db.engine.queue(config)
	if err != nil {
		return nil, fmt.Errorf("store: queue: %w", err)
	}
	queue.now = db.now
	return queue, nil
}

// Schedule makes the jobs available that have become due. River does so by
// itself every five seconds; tests that move the clock need not wait for it.
func (q *Queue) Schedule(ctx context.Context) error {
	now := instant(q.now())
	_, err := q.executor.JobSchedule(ctx, &riverdriver.JobScheduleParams{Max: scheduleBatch, Now: &now})
	if err != nil {
		return fmt.Errorf("store: schedule jobs: %w", err)
	}
	return nil
}

// testTime has River follow the clock of a test; without one it follows the machine's.
func (db *DB) testTime() river.TestConfig {
	if !db.testing {
		return river.TestConfig{}
	}
	return river.TestConfig{Time: clock(db.now)}
}

// clock is a test's clock as River asks for it.
type clock func() time.Time

// Now gives the time.
func (c clock) Now() time.Time { return c() }

// NowOrNil gives the time, which the database's own must not replace.
func (c clock) NowOrNil() *time.Time {
	now := instant(c())
	return &now
}
