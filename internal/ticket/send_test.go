package ticket_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// recorder is a desk with a system of record.
type recorder struct {
	*desk
	records *tickettest.Records
	// waiting are the tasks whose time has not come.
	waiting []ticket.Task
	told    []ticket.TellRecord
}

// plainly puts lines into the words in which they are stored.
type plainly struct{}

func (plainly) Note(_ *ticket.Ticket, e ticket.Entry) string {
	return strings.Join(slices.DeleteFunc([]string{string(e.Kind), e.Subject, e.From, e.To, e.Note}, func(s string) bool { return s == "" }), " | ")
}

func (plainly) Unfiled(name string) string { return "without " + name }

func newRecorder(tb testing.TB) *recorder {
	tb.Helper()
	r := &recorder{desk: newDesk(tb)}
	r.records = tickettest.NewRecords(func() time.Time { return r.now })
	r.Records = r.records
	if err := r.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return r
}

// work does the jobs of the system of record that are due, as often as there are any.
func (r *recorder) work() {
	r.tb.Helper()
	for {
		tasks := slices.Concat(r.waiting, r.store.TakeTasks())
		r.waiting = nil
		done := 0
		for _, task := range tasks {
			if task.At.After(r.now) {
				r.waiting = append(r.waiting, task)
				continue
			}
			if r.do(task) {
				done++
			}
		}
		if done == 0 {
			return
		}
	}
}

func (r *recorder) do(task ticket.Task) bool {
	r.tb.Helper()
	var err error
	switch job := task.Job.(type) {
	case ticket.SendRecord:
		err = r.SendRecord(r.tb.Context(), job, plainly{})
	case ticket.RepairRecords:
		err = r.RepairRecords(r.tb.Context(), job)
	case ticket.TellRecord:
		r.told = append(r.told, job)
	default:
		return false
	}
	if postponed, ok := errors.AsType[*ticket.Postponed](err); ok {
		r.waiting = append(r.waiting, ticket.Task{Job: task.Job, At: r.now.Add(postponed.After)})
	} else if err != nil {
		r.tb.Fatal(err)
	}
	return true
}

// pass moves the clock, and does what falls due as it does.
func (r *recorder) pass(d time.Duration) {
	r.tb.Helper()
	for end := r.now.Add(d); r.now.Before(end); r.work() {
		r.now = r.now.Add(min(time.Second, end.Sub(r.now)))
	}
}

func (r *recorder) wantNotes(number int64, want ...string) {
	r.tb.Helper()
	var notes []string
	for _, m := range r.records.On(number) {
		text := m.Text
		if m.Customer {
			text = "customer: " + text
		}
		notes = append(notes, text)
	}
	if diff := cmp.Diff(want, notes); diff != "" {
		r.tb.Errorf("the record has other notes (-want +got):\n%s", diff)
	}
}

func (r *recorder) row(id ticket.ID) ticket.Record {
	r.tb.Helper()
	row, _, err := r.store.Record(r.tb.Context(), id)
	if err != nil {
		r.tb.Fatal(err)
	}
	return row
}

// busy is a system of record that does not answer.
func busy() error { return &ticket.RecordError{Why: ticket.RecordBusy, Cause: errors.New("502")} }

func complete(step ticket.Step) func(*ticket.Change) error {
	return func(c *ticket.Change) error { return c.Complete(step) }
}

func remarks(words string) func(*ticket.Change) error {
	return func(c *ticket.Change) error { return c.WriteStatus(words) }
}

func tells(way, words string) func(*ticket.Change) error {
	return func(c *ticket.Change) error { return c.TellCustomer(way, words) }
}

func TestATicketIsMadeOnceAndItsHistoryComesInOrder(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	made := r.open(ana, opening("k1"))
	r.work()
	made = r.change(ana, ticket.Press{ID: made.ID}, complete(ticket.Reception))
	made = r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByPhone, "On the phone."))
	made = r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByTicket, "We have it."))
	r.work()
	r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana", "step | reception | initial_response",
		"customer_told | phone | On the phone.", "customer: We have it.")
	if n := len(r.records.All()); n != 1 {
		t.Fatalf("there are %d records, want 1", n)
	}
	state := r.records.All()[0]
	if state.Title != made.Title || state.Class != made.Class() || !slices.Equal(state.Steps, []ticket.Step{ticket.InitialResponse}) ||
		state.Owner.Name != "Ana" || state.Customer.Name != "Contoso" || state.Details != "Since this morning." {
		t.Errorf("the record is %+v", state)
	}
	lines := r.history(made.ID)
	if row := r.row(made.ID); row.Sent < lines[len(lines)-1].ID-1 || !row.Leased.IsZero() || row.Trouble.Why != "" || row.Base.Number != 1 {
		t.Errorf("the row is %+v", row)
	}
	wantHistory(t, lines[5:6], line{Kind: ticket.EntryRecorded, To: "HT00001"})
}

func TestWhatIsLostOnTheWayIsFoundAgain(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	lost := map[string]int{}
	r.records.After = func(_ context.Context, call, key string) error {
		if lost[call+key]++; lost[call+key] == 1 && call != "record" {
			return busy()
		}
		return nil
	}
	made := r.open(ana, opening("k1"))
	for i := range 5 {
		r.change(ana, ticket.Press{ID: made.ID}, remarks(fmt.Sprint("Line ", i)))
	}
	r.pass(10 * time.Minute)
	r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana",
		"status | Line 0", "status | Line 1", "status | Line 2", "status | Line 3", "status | Line 4")
}

func TestADeadSystemIsAskedOnceInAWhileAndCatchesUp(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	asked := 0
	r.records.Before = func(context.Context, string, string) error { asked++; return busy() }
	var ids []ticket.ID
	for i := range 40 {
		ids = append(ids, r.open(ana, opening(fmt.Sprint("k", i))).ID)
	}
	r.pass(time.Minute)
	if r.stored(ids[0]).Version != 1 {
		t.Error("the card speaks of a trouble of a minute")
	}
	for _, id := range ids {
		r.change(ana, ticket.Press{ID: id}, remarks("Meanwhile."))
	}
	r.pass(6 * time.Minute)
	if asked > 20 {
		t.Errorf("a system that is down was asked %d times in seven minutes", asked)
	}
	if row := r.row(ids[7]); !row.Trouble.Shown || row.Trouble.Why != ticket.RecordBusy || len(r.told) > 0 {
		t.Errorf("the row is %+v, and %d were told", row, len(r.told))
	}
	r.records.Before = nil
	r.pass(time.Minute + time.Second) // the next probe, and then all of them
	for i, id := range ids {
		row := r.row(id)
		r.wantNotes(row.Ref.Number, "opened | Invoices cannot be posted", "taken | Ana", "status | Meanwhile.")
		if row.Trouble.Why != "" {
			t.Fatalf("ticket %d still waits: %+v", i, row)
		}
	}
	lines := r.history(ids[0])
	wantHistory(t, lines[len(lines)-1:], line{Kind: ticket.EntryRecordMended})
}

func TestWhatSomebodyHasToMendIsToldOnceAndTriedLaterAndLater(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	made := r.open(ana, opening("k1"))
	asked := 0
	r.records.Before = func(context.Context, string, string) error {
		asked++
		return &ticket.RecordError{Why: ticket.RecordRule, What: "x_site", Cause: errors.New("422")}
	}
	r.pass(5 * time.Hour)
	if diff := cmp.Diff([]ticket.TellRecord{{Tenant: "desk", Number: 1, Why: ticket.RecordRule, What: "x_site"}}, r.told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if asked < 8 || asked > 20 {
		t.Errorf("asked %d times in five hours", asked)
	}
	lines := r.history(made.ID)
	wantHistory(t, lines[len(lines)-1:], line{Kind: ticket.EntryRecordWaits, Subject: "rule", To: "x_site"})
	r.records.Before = nil
	if err := r.RetryRecord(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	r.work()
	r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana")
}

func TestADeletedRecordIsLeftAloneUntilSomebodyWantsANewOne(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	made := r.open(ana, opening("k1"))
	r.change(ana, ticket.Press{ID: made.ID}, complete(ticket.Reception))
	r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByTicket, "We have it."))
	r.work()
	if _, err := r.RenewRecord(t.Context(), ana, ticket.Press{ID: made.ID}); ticket.KindOf(err) != ticket.Unmet {
		t.Errorf("a record that is there was made anew: %v", err)
	}
	r.records.Delete(1)
	r.change(ana, ticket.Press{ID: made.ID}, remarks("Into the void."))
	r.pass(3 * time.Hour)
	if row := r.row(made.ID); row.Trouble.Why != ticket.RecordGone || len(r.records.All()) != 0 {
		t.Errorf("the row is %+v", row)
	}
	if _, err := r.RenewRecord(t.Context(), bo, ticket.Press{ID: made.ID}); ticket.KindOf(err) != ticket.Forbidden {
		t.Errorf("somebody else had a record made anew: %v", err)
	}
	if _, err := r.RenewRecord(t.Context(), ana, ticket.Press{ID: made.ID}); err != nil {
		t.Fatal(err)
	}
	r.work()
	r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByTicket, "Once more."))
	r.work()
	r.wantNotes(2, strings.Join([]string{
		"opened | Invoices cannot be posted", "taken | Ana", "step | reception | initial_response",
		"customer_told | ticket | We have it.", "status | Into the void.",
	}, "\n\n"), "customer: Once more.")
}

func TestALetterThatTheDeletedRecordNeverGotGoesToTheCustomerFromTheNewOne(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	made := r.open(ana, opening("k1"))
	r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByTicket, "We have it."))
	r.work()
	r.records.Delete(1)
	r.now = r.now.Add(time.Minute)
	r.change(ana, ticket.Press{ID: made.ID}, remarks("Into the void."))
	r.now = r.now.Add(time.Minute)
	r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByTicket, "It works again."))
	r.change(ana, ticket.Press{ID: made.ID}, remarks("Told them."))
	r.pass(time.Hour)
	for number := int64(2); number <= 3; number++ {
		if _, err := r.RenewRecord(t.Context(), ana, ticket.Press{ID: made.ID}); err != nil {
			t.Fatal(err)
		}
		want := []string{"opened | Invoices cannot be posted\n\ntaken | Ana\n\ncustomer_told | ticket | We have it.\n\nstatus | Into the void."}
		if number == 2 { // which is deleted, too, before it has the letter
			posts := 0
			r.records.Before = func(_ context.Context, call, _ string) error {
				if call != "post" {
					return nil
				}
				if posts++; posts == 2 {
					return &ticket.RecordError{Why: ticket.RecordGone, Cause: errors.New("404")}
				}
				return nil
			}
			r.work()
			r.wantNotes(number, want...)
			r.records.Delete(number)
			r.records.Before = nil
			continue
		}
		r.work()
		r.wantNotes(number, append(want, "customer: It works again.", "status | Told them.")...)
	}
}

func TestNoLineIsLostBetweenTheDigestsOfALongHistory(t *testing.T) {
	t.Parallel()
	for lost := 1; lost <= 6; lost++ {
		r := &recorder{desk: newDesk(t)}
		made := r.open(ana, opening("k1"))
		for i := range 130 {
			r.change(ana, ticket.Press{ID: made.ID}, remarks(fmt.Sprintf("Line %03d.", i)))
		}
		r.now = r.now.Add(time.Hour)
		r.records = tickettest.NewRecords(func() time.Time { return r.now })
		r.Records = r.records
		posts := 0
		r.records.After = func(_ context.Context, call, _ string) error {
			if call != "post" {
				return nil
			}
			if posts++; posts == lost {
				return busy()
			}
			return nil
		}
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.pass(5 * time.Minute)
		var all strings.Builder
		for _, m := range r.records.On(1) {
			all.WriteString(m.Text + "\n")
		}
		for i := range 130 {
			if n := strings.Count(all.String(), fmt.Sprintf("Line %03d.", i)); n != 1 {
				t.Fatalf("the answer to note %d was lost: line %d is there %d times", lost, i, n)
			}
		}
	}
}

func TestTicketsOfBeforeComeSlowlyAndTellTheCustomerNothing(t *testing.T) {
	t.Parallel()
	r := &recorder{desk: newDesk(t)}
	for i := range 50 {
		made := r.open(ana, opening(fmt.Sprint("k", i)))
		r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByTicket, "By hand."))
	}
	closed := r.open(ana, opening("closed"))
	r.change(ana, ticket.Press{ID: closed.ID}, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
	r.now = r.now.Add(time.Hour)
	r.records = tickettest.NewRecords(func() time.Time { return r.now })
	r.Records = r.records
	for range 2 { // of two processes that start
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.work()
	if n := len(r.records.All()); n > 20 {
		t.Errorf("%d records were made at once", n)
	}
	r.pass(time.Minute)
	if n := len(r.records.All()); n != 50 {
		t.Errorf("%d records were made, want those of the 50 open tickets", n)
	}
	r.wantNotes(1, "opened | Invoices cannot be posted\n\ntaken | Ana\n\ncustomer_told | ticket | By hand.")
}

func TestWhatIsHalfDoneIsFoundByTheRepair(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	made := r.open(ana, opening("k1"))
	r.work()
	r.change(ana, ticket.Press{ID: made.ID}, remarks("Its job is lost."))
	lost := r.open(ana, opening("k2"))
	kept := slices.DeleteFunc(r.store.TakeTasks(), func(task ticket.Task) bool { _, is := task.Job.(ticket.SendRecord); return is })
	r.waiting = append(r.waiting, kept...)
	r.pass(time.Hour + time.Minute)
	r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana", "status | Its job is lost.")
	if row := r.row(lost.ID); !row.Made() {
		t.Error("a ticket without a record was not found")
	}
}

func TestOfManyJobsOneWorksAndNothingIsLost(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	made := r.open(ana, opening("k1"))
	var working sync.WaitGroup
	for i := range 8 {
		working.Go(func() {
			for j := range 5 {
				if _, err := r.Change(t.Context(), ana, ticket.Press{ID: made.ID}, remarks(fmt.Sprint(i, j))); err != nil {
					t.Error(err)
				}
				if err := r.SendRecord(t.Context(), ticket.SendRecord{Tenant: "desk", Number: 1}, plainly{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	working.Wait()
	r.work()
	var want []string
	for _, entry := range r.history(made.ID) {
		if entry.Recorded() {
			want = append(want, plainly{}.Note(nil, entry))
		}
	}
	r.wantNotes(1, want...)
	if len(want) != 42 || len(r.records.All()) != 1 {
		t.Errorf("%d notes on %d records", len(want), len(r.records.All()))
	}
}

func TestAJobThatWasKilledIsDoneAgainWhereItStopped(t *testing.T) {
	t.Parallel()
	for kill := 1; ; kill++ {
		r := newRecorder(t)
		made := r.open(ana, opening("k1"))
		r.change(ana, ticket.Press{ID: made.ID}, remarks("One."))
		r.change(ana, ticket.Press{ID: made.ID}, complete(ticket.Reception))
		calls, killed := 0, false
		r.records.After = func(context.Context, string, string) error {
			if calls++; calls == kill {
				killed = true
				panic("killed")
			}
			return nil
		}
		func() {
			defer func() { _ = recover() }()
			_ = r.SendRecord(t.Context(), ticket.SendRecord{Tenant: "desk", Number: 1}, plainly{})
		}()
		r.now = r.now.Add(time.Minute) // River has the job done again
		r.records.After = nil
		r.work()
		r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana", "status | One.", "step | reception | initial_response")
		if row := r.row(made.ID); len(r.records.All()) != 1 || !row.Leased.IsZero() {
			t.Fatalf("killed after call %d: %d records, %+v", kill, len(r.records.All()), row)
		}
		if !killed {
			return
		}
	}
}

func TestFieldsFollowAndWhatWasChangedThereIsTakenOver(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	made := r.open(ana, opening("k1"))
	r.work()
	r.records.Change(ticket.RecordPerson{Name: "Carla"}, 1, func(s *ticket.RecordState) { s.Class = ticket.Expedite })
	r.change(ana, ticket.Press{ID: made.ID}, func(c *ticket.Change) error { return c.Assign(bo.Person) })
	r.work()
	state := r.records.All()[0]
	if state.Owner.Name != bo.Name || state.Class != ticket.Expedite {
		t.Errorf("the record is %+v", state)
	}
	if now := r.stored(made.ID); now.Class() != ticket.Expedite || !now.OwnedBy(bo.Person) {
		t.Errorf("the ticket is %s, %+v: what was changed there is lost", now.Class(), now.Owner)
	}
}

func TestAnArchivedRecordIsToldOnceAndAMergedOneFollowed(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	made := r.open(ana, opening("k1"))
	other := r.open(ana, opening("k2"))
	r.work()
	carla := ticket.RecordPerson{Name: "Carla"}
	r.records.Change(carla, 1, func(s *ticket.RecordState) { s.Archived = true })
	for _, to := range []ticket.Person{bo.Person, ana.Person} {
		r.change(lea, ticket.Press{ID: made.ID}, func(c *ticket.Change) error { return c.Assign(to) })
		r.work()
	}
	r.records.Change(carla, 1, func(s *ticket.RecordState) { s.Into = 2 })
	r.change(lea, ticket.Press{ID: made.ID}, func(c *ticket.Change) error { return c.Assign(bo.Person) })
	r.work()
	var moved []ticket.EntryKind
	for _, entry := range r.history(made.ID) {
		if entry.Kind == ticket.EntryRecordArchived || entry.Kind == ticket.EntryRecordMerged {
			moved = append(moved, entry.Kind)
		}
	}
	if !slices.Equal(moved, []ticket.EntryKind{ticket.EntryRecordArchived, ticket.EntryRecordMerged}) || r.row(made.ID).Ref != r.row(other.ID).Ref {
		t.Errorf("the history has %v, and the record is %+v", moved, r.row(made.ID).Ref)
	}
	r.change(bo, ticket.Press{ID: made.ID}, remarks("Here, too."))
	r.work()
	notes := r.records.On(2)
	if notes[len(notes)-1].Text != "status | Here, too." {
		t.Errorf("the last note is %q", notes[len(notes)-1].Text)
	}
}

func TestSecretsStayOutOfTheSystemOfRecord(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	r.Guard = tickettest.Guard{"hunter2": ticket.FoundSecret}
	o := opening("k1")
	o.Details = "The password is hunter2."
	made := r.open(ana, o)
	r.change(ana, ticket.Press{ID: made.ID}, remarks("It was hunter2."))
	r.work()
	all := r.records.All()[0].Details
	for _, m := range r.records.On(1) {
		all += m.Text
	}
	if strings.Contains(all, "hunter2") || !strings.Contains(all, "It was") {
		t.Errorf("Odoo has %q", all)
	}
}

func TestWithoutASystemOfRecordNothingIsLeftForOne(t *testing.T) {
	t.Parallel()
	r := &recorder{desk: newDesk(t)}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.open(ana, opening("k1"))
	for _, task := range r.store.TakeTasks() {
		if strings.HasPrefix(task.Kind(), "record.") {
			t.Errorf("there is a job %s", task.Kind())
		}
	}
}

// settling is a system of record that may still be at work on what it did not answer.
type settling struct {
	*tickettest.Records
	now    func() time.Time
	tried  []time.Time
	posted int
}

func (s *settling) Post(ctx context.Context, ref ticket.RecordRef, post ticket.RecordPost) (int64, error) {
	if !post.Customer {
		return s.Records.Post(ctx, ref, post)
	}
	s.tried = append(s.tried, post.Tried)
	if wait := 90*time.Second - s.now().Sub(post.Tried); !post.Tried.IsZero() && wait > 0 {
		return 0, &ticket.RecordError{Why: ticket.RecordBusy, After: wait, Untried: true, Cause: errors.New("an earlier attempt may be under way")}
	}
	if s.posted++; s.posted == 1 {
		return 0, busy() // and nothing came of it
	}
	return s.Records.Post(ctx, ref, post)
}

func TestTheCustomerIsWrittenToAgainOnlyWhenNothingIsUnderWay(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	s := &settling{Records: r.records, now: func() time.Time { return r.now }}
	r.Records = s
	made := r.open(ana, opening("k1"))
	other := r.open(ana, opening("k2"))
	r.work()
	r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByTicket, "We have it."))
	r.work()
	first := r.now
	r.pass(10 * time.Second)
	r.change(ana, ticket.Press{ID: other.ID}, remarks("Goes on."))
	r.work()
	r.wantNotes(2, "opened | Invoices cannot be posted", "taken | Ana", "status | Goes on.")
	r.pass(4 * time.Minute)
	r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana", "customer: We have it.")
	for i, tried := range s.tried {
		if i > 0 && !tried.Equal(first) || i == 0 && !tried.IsZero() {
			t.Errorf("attempt %d says that one of %s came before", i, tried)
		}
	}
	if len(s.tried) < 3 || s.posted != 2 {
		t.Errorf("it was tried %d times, and posted %d times", len(s.tried), s.posted)
	}
}

func TestAnAttemptThatAProxyGaveUpCountsAsUnderWay(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	var tried, began []time.Time
	s := &gaveUp{Records: r.records, tried: func(post ticket.RecordPost) error {
		tried, began = append(tried, post.Tried), append(began, r.now)
		if len(tried) < 4 {
			return &ticket.RecordError{Why: ticket.RecordBusy, After: 5 * time.Second, Cause: errors.New("503, and to be tried again in 5 s")}
		}
		return nil
	}}
	r.Records = s
	made := r.open(ana, opening("k1"))
	r.change(ana, ticket.Press{ID: made.ID}, tells(ticket.ByTicket, "We have it."))
	r.pass(5 * time.Minute)
	r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana", "customer: We have it.")
	for i := 1; i < len(tried); i++ {
		if !tried[i].Equal(began[i-1]) {
			t.Errorf("attempt %d says that one of %s came before, which began at %s", i, tried[i], began[i-1])
		}
	}
}

// gaveUp is a system of record behind a proxy that gives up what the system goes on with.
type gaveUp struct {
	*tickettest.Records
	tried func(post ticket.RecordPost) error
}

func (g *gaveUp) Post(ctx context.Context, ref ticket.RecordRef, post ticket.RecordPost) (int64, error) {
	if post.Customer {
		if err := g.tried(post); err != nil {
			return 0, err
		}
	}
	return g.Records.Post(ctx, ref, post)
}
