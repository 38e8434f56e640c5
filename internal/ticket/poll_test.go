package ticket_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// office is a desk with a system of record, whose clock is not the desk's.
type office struct {
	*desk
	there *tickettest.Records
	skew  time.Duration
	// calls counts what the system was asked, by the name of the call.
	calls map[string]int
	// told are the messages that people are told of, in their order, and down why the
	// system gives no answer; nil while it does.
	told    []int64
	down    error
	fetched []ticket.FetchAttachment
	// announced counts how often those who follow are told.
	announced int
	// waiting are the jobs that are not due yet.
	waiting []ticket.Task
}

// benThere is somebody who works in the system of record.
var benThere = ticket.RecordPerson{Number: 7, Name: "Ben Okoro", Mail: "ben@contoso.com"}

func newOffice(tb testing.TB) *office {
	tb.Helper()
	o := &office{desk: newDesk(tb), calls: map[string]int{}}
	o.there = tickettest.NewRecords(func() time.Time { return o.now.Add(o.skew) })
	o.there.Before = func(_ context.Context, call, _ string) error {
		o.calls[call]++
		return o.down
	}
	o.Records, o.RecordTenant = o.there, "desk"
	return o
}

// polls starts polling, and has the first poll say where it begins.
func (o *office) polls() {
	o.tb.Helper()
	if err := o.StartPolling(o.tb.Context()); err != nil {
		o.tb.Fatal(err)
	}
	o.work()
	o.pass(20 * time.Second)
}

// pass lets time pass, and has done what is due then.
func (o *office) pass(d time.Duration) {
	o.tb.Helper()
	for end := o.now.Add(d); o.now.Before(end); o.work() {
		o.now = o.now.Add(min(time.Second, end.Sub(o.now)))
	}
}

// work does the jobs of the system of record that are due.
func (o *office) work() {
	o.tb.Helper()
	for range 100_000 {
		o.waiting = append(o.waiting, o.store.TakeTasks()...)
		i := slices.IndexFunc(o.waiting, func(t ticket.Task) bool { return !t.At.After(o.now) })
		if i < 0 {
			return
		}
		task := o.waiting[i]
		o.waiting = slices.Delete(o.waiting, i, i+1)
		err := o.do(task.Job)
		if postponed, ok := errors.AsType[*ticket.Postponed](err); ok {
			task.At = o.now.Add(postponed.After)
			o.waiting = append(o.waiting, task)
		} else if err != nil && ticket.KindOf(err) != ticket.NotFound {
			o.tb.Fatalf("%s: %v", task.Kind(), err)
		}
	}
	o.tb.Fatal("the work does not end")
}

func (o *office) do(job ticket.Job) error {
	switch job := job.(type) {
	case ticket.PollRecords:
		_, err := o.Poll(o.tb.Context(), job)
		return err
	case ticket.HearMessages:
		return o.HearMessages(o.tb.Context(), job)
	case ticket.TakeChanges:
		return o.TakeChanges(o.tb.Context(), job)
	case ticket.AdoptRecord:
		return o.AdoptRecord(o.tb.Context(), job)
	case ticket.TellMessage:
		o.told = append(o.told, job.Message)
	case ticket.FetchAttachment:
		o.fetched = append(o.fetched, job)
	case ticket.Announce:
		o.announced++
	}
	return nil
}

// recordOf opens a ticket that has a record which says the same.
func (o *office) recordOf(key string) (*ticket.Ticket, ticket.RecordRef) {
	o.tb.Helper()
	t := o.open(ana, opening(key))
	owner := ticket.RecordPerson{Name: t.Owner.Name, Mail: "ana@contoso.com"}
	class := t.Class()
	ref, err := o.there.Put(o.tb.Context(), t.RecordKey(), ticket.RecordValues{
		Title: &t.Title, Details: &t.Details, Customer: &ticket.RecordPerson{Name: t.Customer}, Owner: &owner, Class: &class,
		Standing: &ticket.Standing{Step: t.Step, State: t.State},
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	o.bind(t, ref)
	return t, ref
}

// bind notes that the record has all of the ticket.
func (o *office) bind(t *ticket.Ticket, ref ticket.RecordRef) {
	o.tb.Helper()
	err := o.store.InTx(o.tb.Context(), func(tx ticket.Tx) error {
		r, err := tx.LockRecord(o.tb.Context(), t)
		if err != nil {
			return err
		}
		r.Ref = ref
		if r.Base, err = o.there.Record(o.tb.Context(), ref); err != nil {
			return err
		}
		who, _, err := tx.Person(o.tb.Context(), t.Tenant, t.Owner.ID)
		if err != nil {
			return err
		}
		mail := append(who.Mails(), "")[0]
		for _, field := range ticket.RecordFields() {
			r.Say(t, field, mail, o.now)
		}
		return tx.SaveRecord(o.tb.Context(), r)
	})
	if err != nil {
		o.tb.Fatal(err)
	}
}

// knows has the desk know somebody's mail address.
func (o *office) knows(who ticket.Person, mail string) {
	o.tb.Helper()
	err := o.store.InTx(o.tb.Context(), func(tx ticket.Tx) error {
		known := ticket.Acquaintance{Person: who, Tenant: "desk", SeenAt: o.now, Mail: mail}
		return errors.Join(tx.Meet(o.tb.Context(), known), tx.LearnMail(o.tb.Context(), known))
	})
	if err != nil {
		o.tb.Fatal(err)
	}
}

func (o *office) kinds(id ticket.ID) string {
	var kinds []string
	for _, e := range o.history(id) {
		kinds = append(kinds, string(e.Kind))
	}
	return strings.Join(kinds, " ")
}

func TestOneChainOfPollsRunsHoweverOftenItIsStarted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for range 3 { // three processes
		if err := o.StartPolling(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	o.work()
	clear(o.calls)
	o.pass(10 * time.Minute)
	if o.calls["changed"] < 29 || o.calls["changed"] > 31 || o.calls["messages"] != o.calls["changed"] {
		t.Errorf("in ten minutes it was asked %v", o.calls)
	}
	if err := o.StartPolling(t.Context()); err != nil { // a restart
		t.Fatal(err)
	}
	clear(o.calls)
	o.pass(10 * time.Minute)
	if o.calls["changed"] > 32 {
		t.Errorf("after a restart it was asked %v", o.calls)
	}
}

func TestAPollThatDiesIsGoneOnWithByTheNext(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	_, ref := o.recordOf("k1")
	o.there.Say(ref.Number, ticket.RecordMessage{Text: "Any news?", FromCustomer: true, Customer: true}, nil)
	// Its database is gone in the midst of it, as for a process that is killed.
	killed := errors.New("killed")
	var job ticket.PollRecords
	for _, task := range o.waiting {
		if poll, is := task.Job.(ticket.PollRecords); is && poll.Round > job.Round {
			job = poll
		}
	}
	o.there.After = func(_ context.Context, call, _ string) error {
		if call == "messages" {
			o.store.Break(killed)
		}
		return nil
	}
	if _, err := o.Poll(t.Context(), job); err == nil {
		t.Fatal("the poll has not died")
	}
	o.store.Break(nil)
	o.there.After = nil
	o.pass(2 * time.Minute)
	if len(o.told) != 1 {
		t.Errorf("told of %v", o.told)
	}
}

func TestManyHintsMakeOnePoll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	o.pass(5 * time.Second)
	clear(o.calls)
	for range 100 {
		if err := o.HintRecords(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	o.work()
	if o.calls["changed"] != 1 {
		t.Errorf("a hundred hints made %d polls", o.calls["changed"])
	}
	for range 100 {
		if err := o.HintRecords(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	o.pass(3 * time.Second)
	if o.calls["changed"] != 2 {
		t.Errorf("then there were %d polls, want 2", o.calls["changed"])
	}
	o.pass(10 * time.Minute)
	if o.calls["changed"] > 34 {
		t.Errorf("the chain has become %d polls", o.calls["changed"])
	}
}

func TestAHintDuringAPollIsNotForgotten(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	hinted := false
	o.there.After = func(_ context.Context, call, _ string) error {
		if call == "messages" && !hinted {
			hinted = true
			return o.HintRecords(t.Context())
		}
		return nil
	}
	o.pass(20 * time.Second) // the poll in which it is hinted
	clear(o.calls)
	o.pass(3 * time.Second)
	if o.calls["changed"] != 1 {
		t.Errorf("the hint made %d polls", o.calls["changed"])
	}
}

func TestWhileTheSystemIsDownItIsAskedLessOften(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	_, ref := o.recordOf("k1")
	o.down = &ticket.RecordError{Why: ticket.RecordBusy, Cause: errors.New("502")}
	clear(o.calls)
	o.there.Say(ref.Number, ticket.RecordMessage{Text: "Any news?", FromCustomer: true, Customer: true}, nil)
	o.pass(10 * time.Minute)
	if o.calls["changed"] < 9 || o.calls["changed"] > 13 {
		t.Errorf("in ten minutes it was asked %v", o.calls)
	}
	o.down = nil
	o.pass(time.Minute)
	if len(o.told) != 1 {
		t.Errorf("told of %v when it is up again", o.told)
	}
}

func TestAThousandChangesAtOnceAreAllTaken(t *testing.T) {
	t.Parallel()
	for skew, count := range map[time.Duration]int{0: 30, -7 * time.Minute: 1000, 7 * time.Minute: 30} {
		o := newOffice(t)
		o.skew = skew
		o.polls()
		var all []*ticket.Ticket
		for i := range count {
			one, _ := o.recordOf(fmt.Sprint("k", i))
			all = append(all, one)
		}
		o.pass(30 * time.Second)
		clear(o.calls)
		for i := range all {
			o.there.Change(benThere, int64(i+1), func(s *ticket.RecordState) { s.Title = "Changed there" })
		}
		o.pass(22 * time.Second)
		for _, one := range all {
			if now := o.stored(one.ID); now.Title != "Changed there" {
				t.Fatalf("with a skew of %s %s is %q", skew, one, now.Title)
			}
		}
		o.pass(5 * time.Minute)
		if o.calls["record"] != count {
			t.Errorf("with a skew of %s records were read %d times", skew, o.calls["record"])
		}
		// What is settled is not asked for again.
		clear(o.calls)
		o.pass(time.Minute)
		if asked := o.calls["changed"] + o.calls["messages"] + o.calls["record"]; asked > 8 {
			t.Errorf("at rest it was asked %v in a minute", o.calls)
		}
	}
}

func TestAClockThatIsSetForwardLeavesNothingOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	one, _ := o.recordOf("k1")
	o.pass(30 * time.Second)
	// Ours jumps forward by a day, that of the system does not.
	o.now, o.skew = o.now.Add(24*time.Hour), -24*time.Hour
	o.work()
	o.there.Change(benThere, 1, func(s *ticket.RecordState) { s.Title = "Changed there" })
	o.pass(time.Minute)
	if now := o.stored(one.ID); now.Title != "Changed there" {
		t.Errorf("it is %q", now.Title)
	}
}

func TestAMessageWithASmallerIdThatAppearsLaterIsHeard(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	_, ref := o.recordOf("k1")
	late := o.there.Say(ref.Number, ticket.RecordMessage{Text: "First", FromCustomer: true, Customer: true}, nil)
	hide := true
	o.Records = hiding{o.there, func(number int64) bool { return hide && number == late }}
	o.there.Say(ref.Number, ticket.RecordMessage{Text: "Second", FromCustomer: true, Customer: true}, nil)
	o.pass(100 * time.Second)
	if len(o.told) != 1 {
		t.Fatalf("told of %v", o.told)
	}
	hide = false
	o.pass(20 * time.Second)
	if len(o.told) != 2 || o.told[1] != late {
		t.Errorf("told of %v", o.told)
	}
}

// hiding is a system in which some messages are not committed yet.
type hiding struct {
	*tickettest.Records
	hidden func(number int64) bool
}

// Messages leaves out what is hidden.
func (h hiding) Messages(ctx context.Context, after int64, limit int) ([]ticket.RecordMessage, error) {
	all, err := h.Records.Messages(ctx, after, limit)
	return slices.DeleteFunc(all, func(m ticket.RecordMessage) bool { return h.hidden(m.Number) }), err
}

func TestPollingBeginsWithWhatIsNew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	old := o.there.Open(benThere, ticket.RecordValues{})
	o.there.Say(old.Number, ticket.RecordMessage{Text: "Long ago", FromCustomer: true, Customer: true}, nil)
	o.polls()
	o.there.Change(benThere, old.Number, func(*ticket.RecordState) {})
	o.there.Say(old.Number, ticket.RecordMessage{Text: "Now", FromCustomer: true, Customer: true}, nil)
	o.pass(time.Minute)
	if _, err := o.store.Ticket(t.Context(), ticket.ID{Tenant: "desk", Number: 1}); ticket.KindOf(err) != ticket.NotFound {
		t.Errorf("an old record has become a ticket: %v", err)
	}
}

func TestASystemThatPollsFindDownIsSaidToBeDown(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	o.down = busy()
	o.pass(20 * time.Minute)
	if down := o.RecordsDown(); down.Why != ticket.RecordBusy || o.now.Sub(down.Since) < 19*time.Minute {
		t.Errorf("though nothing waits, and polls get no answer, it is %+v", down)
	}
	o.down = nil
	o.pass(2 * time.Minute)
	if down := o.RecordsDown(); down.Why != "" {
		t.Errorf("when it answers again it is %+v", down)
	}
}
