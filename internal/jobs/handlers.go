package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"handrail/internal/logs"
	"handrail/internal/ticket"
)

// Outcome says how one run of a job ended; a label of the metrics.
type Outcome string

// The outcomes of a run.
const (
	Done      Outcome = "done"
	Postponed Outcome = "postponed" // the world was busy; it costs no attempt
	Retried   Outcome = "retried"   // it failed and will be tried again
	GivenUp   Outcome = "given_up"  // it failed for the last time
	Panicked  Outcome = "panicked"  // a fault of the program; it is tried again like a failure
)

// Handlers holds a function for each kind of job. Fill it with [Handle], then
// give it to [New].
type Handlers struct {
	workers *river.Workers
	log     *slog.Logger
	done    func(kind string, outcome Outcome, took time.Duration)
}

// NewHandlers gives handlers without any function.
func NewHandlers() *Handlers { return &Handlers{workers: river.NewWorkers()} }

// Handle registers the function for a kind of job. An error that it returns has
// the job tried again, later and later; a [*ticket.Postponed] after the time
// that it names. A job about something that is gone ([ticket.NotFound]) is done.
// A second function for one kind is a fault.
func Handle[J ticket.Job](h *Handlers, do func(ctx context.Context, job J) error) error {
	if err := river.AddWorkerSafely(h.workers, &worker[J]{handlers: h, do: do}); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	return nil
}

// worker is one kind of job as River sees it.
type worker[J ticket.Job] struct {
	river.WorkerDefaults[J]
	handlers *Handlers
	do       func(ctx context.Context, job J) error
}

// Work does one job.
func (w *worker[J]) Work(ctx context.Context, job *river.Job[J]) error {
	outcome, start := Panicked, time.Now()
	defer func() {
		if w.handlers.done != nil {
			w.handlers.done(job.Kind, outcome, time.Since(start))
		}
	}()
	ctx = logs.With(logs.Into(ctx, w.handlers.log),
		slog.String("job", job.Kind), slog.Int64("job_id", job.ID), slog.Int("attempt", job.Attempt))
	err := w.do(ctx, job.Args)
	var postponed *ticket.Postponed
	switch {
	case err == nil:
		outcome = Done
	case errors.As(err, &postponed):
		outcome = Postponed
		logs.From(ctx).DebugContext(ctx, "job postponed", slog.Duration("after", postponed.After), slog.Any("error", err))
		after := max(postponed.After, 0)
		if !postponed.Turn {
			after = wait(after, job.Metadata)
		}
		return river.JobSnooze(after) //nolint:wrapcheck // River looks for this very error
	case ticket.KindOf(err) == ticket.NotFound:
		outcome = Done
		logs.From(ctx).InfoContext(ctx, "job is about something that is gone", slog.Any("error", err))
		return nil
	case job.Attempt >= job.MaxAttempts:
		outcome = GivenUp
		logs.From(ctx).ErrorContext(ctx, "job given up", slog.Any("error", err))
	default:
		outcome = Retried
		logs.From(ctx).WarnContext(ctx, "job failed, to be tried again", slog.Any("error", err))
	}
	return err
}

// longestWait is the most that a job which is postponed again and again waits.
const longestWait = 5 * time.Minute

// wait gives how long a postponed job waits: twice as long each time, so that a
// channel that is down is not asked every few seconds for hours. River counts
// the times in the job's metadata.
func wait(after time.Duration, metadata []byte) time.Duration {
	var counted struct {
		Snoozes int `json:"snoozes"`
	}
	if json.Unmarshal(metadata, &counted) != nil {
		return after
	}
	return max(after, min(after<<min(counted.Snoozes, 10), longestWait))
}
