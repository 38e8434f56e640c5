package main

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	_ "modernc.org/sqlite"             // registers the driver "sqlite"

	"handrail/internal/odoo/odootest"
	"handrail/internal/store/storetest"
	"handrail/internal/teams"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// world is what a story happens in: a whole Handrail, on one database, with a
// Teams around it and a clock that can be moved. The end of the story stops
// everything, and fails it for every error in the log that it did not expect.
type world struct {
	*teamstest.Teams
	t        *testing.T
	database storetest.Database
	clock    *clock
	diary    *diary
	environ  map[string]string
	limits   teams.Limits
	// records are Odoo; nil for none.
	records ticket.Records
	// library is Odoo's knowledge base; nil for none.
	library ticket.Library
	// census are Odoo's counts; nil for none.
	census ticket.Census
	// odoo is the Odoo of the story; nil for none.
	odoo *odootest.Server
	// handrail is the service that started last.
	handrail *running
	before   *ticket.Desk
	queue    *sql.DB
}

// lead is the name of the person who leads the desk of every story.
const lead = "Lena Lead"

// onEach tells a story on each kind of database.
func onEach(t *testing.T, story func(t *testing.T, w *world)) {
	t.Helper()
	onEachWith(t, func(*world) {}, story)
}

// onEachWith does the same in a world that is prepared before Handrail starts.
func onEachWith(t *testing.T, prepare func(w *world), story func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		w := newWorld(t, database)
		prepare(w)
		w.start()
		story(t, w)
	})
}

// newWorld makes a world in which no Handrail runs yet.
func newWorld(t *testing.T, database storetest.Database, options ...teamstest.Option) *world {
	t.Helper()
	w := &world{
		Teams: teamstest.New(t, options...), t: t, database: database,
		clock: newClock(aMonday()), diary: &diary{}, environ: map[string]string{
			"HANDRAIL_ADDR": "127.0.0.1:0", "HANDRAIL_DATA": database.Dir, "DATABASE_URL": database.URL, "HANDRAIL_LOG": "debug",
		},
		// Stories are quicker than people; one of them is about the limits.
		limits: teams.Limits{Send: []teams.Window{{Calls: 1000, Per: time.Second}}},
	}
	maps.Copy(w.environ, w.Env())
	w.environ["HANDRAIL_LEADS"] = w.Person(lead).ObjectID
	driver, source := "pgx", database.URL
	if source == "" {
		driver, source = "sqlite", "file:"+filepath.Join(database.Dir, "handrail.db")+"?_pragma=busy_timeout(5000)"
	}
	queue, err := sql.Open(driver, source)
	if err != nil {
		t.Fatalf("look into the queue of jobs: %v", err)
	}
	w.queue = queue
	t.Cleanup(func() {
		w.tell()
		_ = queue.Close() // it has only been read from
		w.diary.check(t)
	})
	return w
}

// running is one process of Handrail, as far as a test can have one.
type running struct {
	w     *world
	url   string
	stop  context.CancelFunc
	ended chan error
	pen   *pen
	// service is what runs.
	service *service
}

// start starts a Handrail, to which Teams talks from now on.
func (w *world) start() *running {
	w.t.Helper()
	cfg, warnings, err := LoadConfig(w.environ, os.ReadFile)
	if err != nil || len(warnings) > 0 {
		w.t.Fatalf("the configuration of the story: %v, %q", err, warnings)
	}
	r := &running{w: w, ended: make(chan error, 1), pen: w.diary.pen()}
	address := make(chan string, 1)
	r.service, err = newService(context.Background(), cfg, slog.New(r.pen), options{
		now: w.clock.Now, hurry: true, limits: w.limits, records: w.records, library: w.library, census: w.census, listening: func(addr string) { address <- addr },
	})
	if err != nil {
		w.t.Fatalf("start Handrail: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.ended <- r.service.run(ctx) }()
	w.t.Cleanup(r.end)
	select {
	case addr := <-address:
		r.url = "http://" + addr
	case err := <-r.ended:
		w.t.Fatalf("Handrail did not start: %v", err)
	}
	w.handrail = r
	w.Connect(r.url + "/api/messages")
	return r
}

// end stops a Handrail in good order and waits for it.
func (r *running) end() {
	r.w.t.Helper()
	r.stop()
	if r.pen.dead.Load() {
		return // what a dead one still does is of no account
	}
	select {
	case err, first := <-r.ended:
		if err != nil {
			r.w.t.Errorf("Handrail stopped with %v", err)
		}
		if first {
			close(r.ended)
		}
	case <-time.After(15 * time.Second):
		r.w.t.Error("Handrail does not stop")
	}
}

// kill ends a Handrail in the midst of its work, as kill -9 does: from now on
// it reaches no database, so that nothing which it still does is kept.
func (r *running) kill() {
	r.pen.dead.Store(true)
	closed := make(chan struct{})
	go func() {
		_ = r.service.store.Close() // a process that is killed closes nothing well
		close(closed)
	}()
	r.stop()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		r.w.t.Error("the database of the killed Handrail does not close")
	}
	r.w.buries()
}

// buries has the jobs that the dead were at look old to River, which finds them by the machine's clock.
func (w *world) buries() {
	w.t.Helper()
	_, err := w.queue.ExecContext(w.t.Context(), "UPDATE river_job SET attempted_at = '2001-01-01 00:00:00' WHERE state = 'running'")
	if err != nil {
		w.t.Errorf("make the jobs of the dead old: %v", err)
	}
}

// settle waits until Handrail has nothing left to do but to wait for the
// clocks of tickets and for the end of quiet hours. What it has put off is not waited for: the clock is moved.
func (w *world) settle() {
	w.t.Helper()
	for until := w.rest(); !until.IsZero(); until = w.rest() {
		w.clock.Advance(max(until.Sub(w.clock.Now()), 0))
	}
}

// rest waits until Handrail has nothing to do now, and gives the time from
// which it has something to do again that is not a ticket's clock.
func (w *world) rest() (later time.Time) {
	w.t.Helper()
	w.waits("comes to rest", func(now []string, next time.Time) bool {
		later = next
		return len(now) == 0
	})
	return later
}

// isAt waits until Handrail is at a job.
func (w *world) isAt(job string) {
	w.t.Helper()
	w.waits("is at "+job, func(now []string, _ time.Time) bool { return slices.Contains(now, job) })
}

// waits blocks until the queue of jobs is as it should be.
func (w *world) waits(what string, met func(now []string, later time.Time) bool) {
	w.t.Helper()
	patience := time.NewTimer(5 * time.Minute)
	defer patience.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		now, later := w.jobs()
		if met(now, later) {
			return
		}
		select {
		case <-again.C:
		case <-patience.C:
			w.t.Fatalf("expected that Handrail %s; it has %q to do", what, now)
		}
	}
}

// jobs lists the jobs that are under way or due, and gives the time from which
// another will be that is neither a ticket's clock nor a board's, and waits for no
// morning; zero for none.
func (w *world) jobs() (now []string, later time.Time) {
	w.t.Helper()
	rows, err := w.queue.QueryContext(w.t.Context(),
		"SELECT kind, state, scheduled_at, created_at FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')")
	if err != nil {
		w.t.Fatalf("look into the queue of jobs: %v", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var kind, state string
		var due, made time.Time
		if err := rows.Scan(&kind, &state, &due, &made); err != nil {
			w.t.Fatalf("look into the queue of jobs: %v", err)
		}
		switch {
		case state == "running" || !due.After(w.clock.Now()):
			now = append(now, kind+" "+state)
		case !waitsForItsTime(kind, due.Sub(made)) && (later.IsZero() || due.Before(later)):
			later = due
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatalf("look into the queue of jobs: %v", err)
	}
	return now, later
}

// waitsForItsTime tells a job that was made for a later time from one that was put
// off. A card is put off for moments only: one that is due long after it was made
// waits for the end of quiet hours.
func waitsForItsTime(kind string, after time.Duration) bool {
	waiting := []string{"clock.ring", "status.summary", "board.rest", "absence.end", "attachment.expire", "escalation.climb", "record.poll"}
	return slices.Contains(waiting, kind) || kind == "card.post" && after > 10*time.Minute ||
		kind == "record.repair" && after > 10*time.Minute
}

// tell logs, for a story that failed, what was called and what was left to do.
func (w *world) tell() {
	if !w.t.Failed() {
		return
	}
	for _, call := range w.Calls() {
		w.t.Logf("Teams answered %d to %s %s", call.Status, call.Method, call.Path)
	}
	rows, err := w.queue.QueryContext(context.WithoutCancel(w.t.Context()), "SELECT id, kind, state, attempt, coalesce(cast(errors AS text), '') FROM river_job ORDER BY id")
	if err != nil {
		w.t.Logf("the queue cannot be looked at: %v", err)
		return
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var kind, state, failures string
		var id, attempt int
		if rows.Scan(&id, &kind, &state, &attempt, &failures) == nil {
			w.t.Logf("job %d, %s: %s after %d attempts %s", id, kind, state, attempt, failures)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Logf("the queue could not be read to its end: %v", err)
	}
}

// clock is the clock of a story: it runs, and it can be moved.
type clock struct {
	start time.Time
	began time.Time // the same moment on the machine's clock
	ahead atomic.Int64
}

// aMonday is when stories begin. It is far away because River looks for stuck
// jobs by the machine's clock: it would take one that began a minute ago by it
// for one that hangs, and do it twice.
func aMonday() time.Time { return time.Date(2037, 11, 23, 10, 0, 0, 0, time.UTC) }

func newClock(start time.Time) *clock { return &clock{start: start, began: time.Now()} }

// Now gives the time.
func (c *clock) Now() time.Time {
	return c.start.Add(time.Since(c.began) + time.Duration(c.ahead.Load()))
}

// Advance moves the clock.
func (c *clock) Advance(by time.Duration) { c.ahead.Add(int64(by)) }

// diary is the log of a story.
type diary struct {
	mu    sync.Mutex
	page  bytes.Buffer // the line that is written now
	lines []line
}

type line struct {
	level slog.Level
	text  string
}

// pen writes the diary for one Handrail.
type pen struct {
	slog.Handler
	diary *diary
	// dead pens belong to a Handrail that was killed. Whoever takes one up goes no further.
	dead *atomic.Bool
}

func (d *diary) pen() *pen {
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	return &pen{Handler: slog.NewTextHandler(&d.page, options), diary: d, dead: &atomic.Bool{}}
}

// Handle writes a line. With a dead pen it ends the goroutine: a process that was killed does nothing more, while
// River, whose database is closed, would look for it as fast as it can until the last story has ended.
func (p *pen) Handle(ctx context.Context, r slog.Record) error {
	if p.dead.Load() {
		runtime.Goexit()
	}
	p.diary.mu.Lock()
	defer p.diary.mu.Unlock()
	p.diary.page.Reset()
	if err := p.Handler.Handle(ctx, r); err != nil {
		return err
	}
	p.diary.lines = append(p.diary.lines, line{r.Level, strings.TrimSpace(p.diary.page.String())})
	return nil
}

// WithAttrs gives a pen that writes the attributes on every line.
func (p *pen) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &pen{Handler: p.Handler.WithAttrs(attrs), diary: p.diary, dead: p.dead}
}

// WithGroup gives a pen that writes into a group.
func (p *pen) WithGroup(name string) slog.Handler {
	return &pen{Handler: p.Handler.WithGroup(name), diary: p.diary, dead: p.dead}
}

// lines gives the lines with all the words.
func (d *diary) find(words ...string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []string
	for _, l := range d.lines {
		if l.says(words) {
			found = append(found, l.text)
		}
	}
	return found
}

func (l line) says(words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(l.text, word) })
}

// check fails the story for an error in the log: no story expects one.
func (d *diary) check(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.lines {
		// River gives itself a second to resign, which a busy disk may not grant.
		if l.level < slog.LevelError || l.says([]string{"Error attempting to resign"}) {
			continue
		}
		t.Errorf("an error in the log that nobody expected: %s", l.text)
	}
	if t.Failed() {
		for _, l := range d.lines {
			if l.level >= slog.LevelWarn {
				t.Log(l.text)
			}
		}
	}
}
