package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"handrail/internal/jobs"
	"handrail/internal/logs"
	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// watch is a clock that moves when the test says so.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

// run lets the time pass, a second every few milliseconds, to the end of the test.
func (w *watch) run(t *testing.T) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	t.Cleanup(ticker.Stop)
	go func() {
		for {
			select {
			case <-t.Context().Done():
				return
			case <-ticker.C:
				w.Advance(time.Second)
			}
		}
	}()
}

// newWatch gives a clock that starts now: one that runs behind the machine's
// would have River take every running job for a stuck one.
func newWatch() *watch { return &watch{now: time.Now()} }

func (w *watch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// desk is a process that does jobs in a test.
type desk struct {
	db    *store.DB
	clock *watch
	// runs gets the outcome of each run of a job, ended an event when it is stored.
	runs  chan jobs.Outcome
	ended <-chan *river.Event
	lines *lines
	// cancel has it stop, stop also waits for it.
	cancel func()
	stop   func() error
}

// lines keeps the log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write keeps a line.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(words ...string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for line := range strings.Lines(l.text.String()) {
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(line, word) }) {
			n++
		}
	}
	return n
}

// start runs jobs until the end of the test.
func start(
	t *testing.T, database storetest.Database, clock *watch, grace time.Duration,
	do func(context.Context, ticket.RefreshCards) error, more ...func(*jobs.Handlers) error,
) *desk {
	t.Helper()
	d := &desk{clock: clock, db: database.Open(t, clock.Now), runs: make(chan jobs.Outcome, 1000), lines: &lines{}}
	handlers := jobs.NewHandlers()
	for _, add := range append(more, func(h *jobs.Handlers) error { return jobs.Handle(h, do) }) {
		if err := add(handlers); err != nil {
			t.Fatal(err)
		}
	}
	runner, err := jobs.New(jobs.Config{
		Open: func(config *river.Config) (jobs.Client, error) {
			queue, err := d.db.Queue(config)
			if err == nil {
				d.ended, _ = queue.SubscribeConfig(&river.SubscribeConfig{ChanSize: 1000, Kinds: []river.EventKind{
					river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobSnoozed,
				}})
			}
			return queue, err
		},
		Handlers: handlers, Hurry: true, Grace: grace, Workers: 1,
		Logger:  slog.New(slog.NewTextHandler(d.lines, &slog.HandlerOptions{Level: slog.LevelInfo})),
		Observe: func(_ string, outcome jobs.Outcome, _ time.Duration) { d.runs <- outcome },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	d.cancel = cancel
	d.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = d.stop() })
	return d
}

func later(t *testing.T, db *store.DB, tasks ...ticket.Task) {
	t.Helper()
	if err := db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.Later(t.Context(), tasks...) }); err != nil {
		t.Fatal(err)
	}
}

func refresh(number int64) ticket.Task {
	return ticket.Task{Job: ticket.RefreshCards{Tenant: "contoso", Number: number}}
}

// want waits for the next run of a job to be stored and looks at its outcome.
func (d *desk) want(t *testing.T, want jobs.Outcome) {
	t.Helper()
	got := <-d.runs
	<-d.ended
	if got != want {
		t.Errorf("a run ended as %q, want %q; the log says:\n%s", got, want, d.lines.text.String())
	}
}

func (d *desk) wantLines(t *testing.T, count int, words ...string) {
	t.Helper()
	if got := d.lines.count(words...); got != count {
		t.Errorf("%d log lines have %q, want %d:\n%s", got, words, count, d.lines.text.String())
	}
}

func TestAJobOfATransactionIsDone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		done := make(chan ticket.RefreshCards, 1)
		d := start(t, database, newWatch(), 0, func(_ context.Context, job ticket.RefreshCards) error {
			done <- job
			return nil
		})
		later(t, d.db, refresh(7))
		if got := <-done; got != refresh(7).Job {
			t.Errorf("got the job %v", got)
		}
		d.want(t, jobs.Done)
		d.wantLines(t, 0, "level=")
	})
}

func TestAJobIsDoneWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		done := make(chan int64, 10)
		d := start(t, database, newWatch(), 0, func(_ context.Context, job ticket.RefreshCards) error {
			done <- job.Number
			return nil
		})
		tomorrow := refresh(1)
		tomorrow.At = d.clock.Now().Add(24 * time.Hour)
		later(t, d.db, tomorrow, refresh(2))
		if got := <-done; got != 2 {
			t.Errorf("job %d was done before its time", got)
		}
		d.clock.Advance(24*time.Hour - time.Second)
		later(t, d.db, refresh(3))
		if got := <-done; got != 3 {
			t.Errorf("job %d was done before its time", got)
		}
		d.clock.Advance(time.Second)
		if got := <-done; got != 1 {
			t.Errorf("job %d was done, want the one of tomorrow", got)
		}
	})
}

func TestAPostponedJobIsTriedAgainAndCostsNoAttempt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		busy := 0
		d := start(t, database, newWatch(), 0, func(ctx context.Context, _ ticket.RefreshCards) error {
			logs.From(ctx).InfoContext(ctx, "trying")
			if busy++; busy <= 2 {
				return &ticket.Postponed{After: time.Hour, Cause: errors.New("busy")}
			}
			return nil
		})
		later(t, d.db, refresh(1))
		for range 2 {
			d.want(t, jobs.Postponed)
			d.clock.Advance(time.Hour)
		}
		d.want(t, jobs.Done)
		d.wantLines(t, 3, "trying", "attempt=1", "job=card.refresh", "job_id=")
		d.wantLines(t, 0, "level=WARN")
	})
}

func TestAJobThatKnowsItsTurnDoesNotWaitLongerEachTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		tries := 0
		d := start(t, database, newWatch(), 0, func(context.Context, ticket.RefreshCards) error {
			if tries++; tries <= 5 {
				return &ticket.Postponed{After: time.Hour, Turn: true, Cause: errors.New("others go first")}
			}
			return nil
		})
		later(t, d.db, refresh(1))
		for range 5 {
			d.want(t, jobs.Postponed)
			d.clock.Advance(time.Hour)
		}
		d.want(t, jobs.Done)
	})
}

func TestWhatPeopleWaitForIsDoneBeforeAFloodOfReminders(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		var order []string
		note := func(kind string) error {
			order = append(order, kind) // by the one worker
			return nil
		}
		d := start(t, database, newWatch(), 0,
			func(_ context.Context, job ticket.RefreshCards) error { return note(job.Kind()) },
			func(h *jobs.Handlers) error {
				return jobs.Handle(h, func(_ context.Context, job ticket.RingClock) error { return note(job.Kind()) })
			},
			func(h *jobs.Handlers) error {
				return jobs.Handle(h, func(_ context.Context, job ticket.Remind) error { return note(job.Kind()) })
			},
			func(h *jobs.Handlers) error {
				return jobs.Handle(h, func(_ context.Context, job ticket.PostCard) error { return note(job.Kind()) })
			},
			func(h *jobs.Handlers) error {
				return jobs.Handle(h, func(_ context.Context, job ticket.Say) error { return note(job.Kind()) })
			},
		)
		later(t, d.db,
			ticket.Task{Job: ticket.RingClock{}}, ticket.Task{Job: ticket.Remind{}}, ticket.Task{Job: ticket.PostCard{}, Many: true},
			refresh(1), ticket.Task{Job: ticket.Say{}},
		)
		for range 5 {
			d.want(t, jobs.Done)
		}
		want := []string{"chat.say", "card.refresh", ticket.Remind{}.Kind(), "card.post", "clock.ring"}
		if !slices.Equal(order, want) {
			t.Errorf("the order was %q, want %q", order, want)
		}
	})
}

func TestAJobThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		failed := false
		d := start(t, database, newWatch(), 0, func(context.Context, ticket.RefreshCards) error {
			if !failed {
				failed = true
				return errors.New("the world ended")
			}
			return nil
		})
		later(t, d.db, refresh(1))
		d.want(t, jobs.Retried)
		d.clock.Advance(time.Hour)
		d.want(t, jobs.Done)
		d.wantLines(t, 1, "level=WARN", "the world ended", "job=card.refresh", "attempt=1")
		d.wantLines(t, 1, "level=")
	})
}

func TestAJobThatKeepsFailingIsGivenUp(t *testing.T) {
	t.Parallel()
	d := start(t, storetest.Postgres(t), newWatch(), 0, func(context.Context, ticket.RefreshCards) error {
		return errors.New("the world ended")
	})
	later(t, d.db, refresh(1))
	for range 24 {
		d.want(t, jobs.Retried)
		d.clock.Advance(10 * 24 * time.Hour)
	}
	d.want(t, jobs.GivenUp)
	d.wantLines(t, 24, "level=WARN", "the world ended")
	d.wantLines(t, 1, "level=ERROR", "the world ended", "attempt=25")
	d.wantLines(t, 1, "level=ERROR")
}

func TestAJobAboutSomethingThatIsGoneIsDone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := start(t, database, newWatch(), 0, func(context.Context, ticket.RefreshCards) error { return ticket.ErrNotFound(1) })
		later(t, d.db, refresh(1))
		d.want(t, jobs.Done)
		d.wantLines(t, 0, "level=WARN")
	})
}

func TestAPanicIsLoggedOnceAndTheJobTriedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		first := true
		d := start(t, database, newWatch(), 0, func(context.Context, ticket.RefreshCards) error {
			if first {
				first = false
				panic("a fault of the program")
			}
			return nil
		})
		later(t, d.db, refresh(1))
		d.want(t, jobs.Panicked)
		d.clock.Advance(time.Hour)
		d.want(t, jobs.Done)
		d.wantLines(t, 1, "level=ERROR", "a fault of the program")
		d.wantLines(t, 1, "level=ERROR")
	})
}

func TestStoppingLetsARunningJobFinishAndTakesNoOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		running, finish := make(chan int64, 10), make(chan struct{})
		do := func(ctx context.Context, job ticket.RefreshCards) error {
			running <- job.Number
			select {
			case <-finish:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		d := start(t, database, newWatch(), time.Minute, do)
		later(t, d.db, refresh(1), refresh(2))
		first := <-running
		stopped := make(chan error)
		d.cancel()
		go func() { stopped <- d.stop() }()
		select {
		case err := <-stopped:
			t.Fatalf("stopped (%v) while a job was running", err)
		case finish <- struct{}{}:
		}
		if err := <-stopped; err != nil {
			t.Errorf("stop: %v", err)
		}
		d.want(t, jobs.Done)

		next := start(t, database, d.clock, 0, do)
		if second := <-running; second == first {
			t.Errorf("job %d was done twice", first)
		}
		close(finish)
		next.want(t, jobs.Done)
	})
}

func TestAJobThatDoesNotFinishInTimeIsCancelledAndDoneByTheNextProcess(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		running := make(chan struct{})
		d := start(t, database, newWatch(), time.Millisecond, func(ctx context.Context, _ ticket.RefreshCards) error {
			close(running)
			<-ctx.Done()
			return ctx.Err()
		})
		later(t, d.db, refresh(1))
		<-running
		if err := d.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		start(t, database, d.clock, 0, func(context.Context, ticket.RefreshCards) error { return nil }).want(t, jobs.Done)
	})
}

func TestTwoProcessesShareTheWorkAndDoEachJobOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		const count = 20
		var mu sync.Mutex
		done, meeting := map[int64]int{}, make(chan struct{})
		do := func() func(context.Context, ticket.RefreshCards) error {
			var met sync.Once
			return func(_ context.Context, job ticket.RefreshCards) error {
				// The first job of each process waits for that of the other one.
				met.Do(func() {
					select {
					case meeting <- struct{}{}:
					case <-meeting:
					}
				})
				mu.Lock()
				defer mu.Unlock()
				done[job.Number]++
				return nil
			}
		}
		clock := newWatch()
		here, there := start(t, database, clock, 0, do()), start(t, database, clock, 0, do())
		for i := range int64(count) {
			later(t, here.db, refresh(i))
		}
		for range count {
			select {
			case <-here.ended:
			case <-there.ended:
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for i := range int64(count) {
			if done[i] != 1 {
				t.Errorf("job %d was done %d times", i, done[i])
			}
		}
	})
}

func TestAKindHasOneFunction(t *testing.T) {
	t.Parallel()
	handlers, do := jobs.NewHandlers(), func(context.Context, ticket.PostCard) error { return nil }
	if err := jobs.Handle(handlers, do); err != nil {
		t.Fatal(err)
	}
	if err := jobs.Handle(handlers, do); err == nil {
		t.Error("a second function for one kind was taken")
	}
}
