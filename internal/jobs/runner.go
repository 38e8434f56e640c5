package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"handrail/internal/ticket"
)

const (
	// jobTimeout ends a job that hangs; a Graph or Teams call takes a few seconds at most.
	jobTimeout = 30 * time.Second
	// rescueAfter is when the job of a process that was killed is taken over by
	// another. It must be longer than a job may run.
	rescueAfter = time.Minute
	// fetchCooldown is the least time between two looks for jobs: under load
	// one look brings many.
	fetchCooldown = 50 * time.Millisecond
	// fetchPoll is the time between two looks when no notification of a new job
	// came. The database tells of new jobs at once, but not of each when many
	// come together.
	fetchPoll = 250 * time.Millisecond
	// duePoll is the time between two looks for jobs that have become due. River
	// looks every five seconds by itself, in which Teams would take 250 messages.
	duePoll = time.Second
	// hurryPoll replaces them all in a hurry.
	hurryPoll = 20 * time.Millisecond
	// keepDone is how long the rows of finished jobs are kept, to look at.
	keepDone = 6 * time.Hour

	defaultWorkers = 16
	defaultRecords = 8
	defaultGrace   = 5 * time.Second
	// stopMargin is what the end of cancelled jobs may take beyond the grace.
	stopMargin = 2 * time.Second
)

// Client is River's client on a database, as package store gives it.
type Client interface {
	// Start starts fetching and doing jobs. The end of ctx stops it.
	Start(ctx context.Context) error
	// Stopped is closed when no job runs any more.
	Stopped() <-chan struct{}
	// Schedule makes the jobs available that have become due.
	Schedule(ctx context.Context) error
}

// From makes what [Config.Open] wants of a function that gives a client of its
// own type, so that whoever wires the parts needs no word of River.
func From[C Client](open func(*river.Config) (C, error)) func(*river.Config) (Client, error) {
	return func(config *river.Config) (Client, error) { return open(config) }
}

// Config says how jobs are run.
type Config struct {
	// Open gives the client on the database.
	Open func(*river.Config) (Client, error)
	// Handlers are the functions for all kinds of jobs that are stored.
	Handlers *Handlers
	// Logger gets the lines of jobs, through the ctx of each, and River's own warnings.
	Logger *slog.Logger
	// Observe is told of every run of a job, for the metrics; nil for nobody.
	Observe func(kind string, outcome Outcome, took time.Duration)
	// Hurry has the runner look for jobs all the time. It is for tests whose
	// database follows a clock that moves in leaps. That clock must not run
	// behind the machine's, by which River finds stuck jobs.
	Hurry bool
	// Workers is how many jobs run at once; 0 for 16. Records is how many more run at once
	// for the system of record; 0 for 8.
	Workers, Records int
	// Grace is how long running jobs may go on when the runner stops, before
	// they are cancelled; 0 for 5 seconds. A cancelled job costs no attempt.
	Grace time.Duration
}

// Runner does jobs until it is stopped.
type Runner struct {
	client Client
	log    *slog.Logger
	hurry  bool
	grace  time.Duration
	// started is closed when jobs are being done, and running tells whether they still are.
	started chan struct{}
	running atomic.Bool
}

// New makes a runner. It does nothing before [Runner.Run].
func New(config Config) (*Runner, error) {
	if config.Workers == 0 {
		config.Workers = defaultWorkers
	}
	if config.Records == 0 {
		config.Records = defaultRecords
	}
	if config.Grace == 0 {
		config.Grace = defaultGrace
	}
	config.Handlers.log, config.Handlers.done = config.Logger, config.Observe
	level := slog.LevelWarn
	if config.Hurry {
		level = slog.LevelError // River warns whenever a clock leaps
	}
	settings := &river.Config{
		Queues: map[string]river.QueueConfig{
			river.QueueDefault:        {MaxWorkers: config.Workers},
			string(ticket.RecordLane): {MaxWorkers: config.Records},
		},
		Workers:                     config.Handlers.workers,
		Logger:                      slog.New(quiet{config.Logger.Handler(), level}),
		JobTimeout:                  jobTimeout,
		RescueStuckJobsAfter:        rescueAfter,
		SoftStopTimeout:             config.Grace,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		CompletedJobRetentionPeriod: keepDone,
	}
	if config.Hurry {
		settings.FetchCooldown, settings.FetchPollInterval = hurryPoll, hurryPoll
		settings.TestOnly = true // River's services start at once, not spread over a second
	}
	client, err := config.Open(settings)
	if err != nil {
		return nil, fmt.Errorf("jobs: open the queue: %w", err)
	}
	return &Runner{client: client, log: config.Logger, hurry: config.Hurry, grace: config.Grace, started: make(chan struct{})}, nil
}

// Run does jobs until ctx ends. Then it takes no more, lets those that run
// finish within the grace, and cancels what is left. It is called once.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.client.Start(ctx); err != nil {
		return fmt.Errorf("jobs: start: %w", err)
	}
	r.running.Store(true)
	close(r.started)
	defer r.running.Store(false)
	stopped := r.client.Stopped()
	r.schedule(ctx, stopped)
	select {
	case <-stopped:
		if ctx.Err() == nil {
			return errors.New("jobs: the queue has stopped by itself")
		}
		return nil
	case <-ctx.Done():
	}
	late := time.NewTimer(r.grace + stopMargin)
	defer late.Stop()
	select {
	case <-stopped:
		return nil
	case <-late.C:
		return errors.New("jobs: stopped while jobs were still running; another process will do them")
	}
}

// Check tells whether jobs are being done, for the readiness of the process. It
// waits for the start, which takes a few milliseconds, rather than say no.
func (r *Runner) Check(ctx context.Context) error {
	select {
	case <-r.started:
	case <-ctx.Done():
		return errors.New("jobs: not started")
	}
	if !r.running.Load() {
		return errors.New("jobs: not running")
	}
	return nil
}

// schedule looks for jobs that have become due until ctx ends or the client stops.
func (r *Runner) schedule(ctx context.Context, stopped <-chan struct{}) {
	poll := duePoll
	if r.hurry {
		poll = hurryPoll
	}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-stopped:
			return
		case <-ticker.C:
		}
		if err := r.client.Schedule(ctx); err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "jobs that are due could not be found", slog.Any("error", err))
		}
	}
}

// quiet is a log handler for River, which tells too much at lower levels.
type quiet struct {
	slog.Handler
	from slog.Level
}

// Enabled tells whether a line of the level is written.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= q.from && q.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{q.Handler.WithAttrs(attrs), q.from}
}

// WithGroup keeps the level.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name), q.from} }
