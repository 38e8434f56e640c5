package ticket_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

const day = 24 * time.Hour

// leaves has a person be away until some days from now.
func (d *desk) leaves(who ticket.Actor, days int, standIn *ticket.Person) ticket.Absence {
	d.tb.Helper()
	absence, err := d.Away(d.tb.Context(), who, thread, d.now.Add(time.Duration(days)*day), standIn, nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	return absence
}

// does works off the jobs of an absence that are due, and gives the others.
func (d *desk) does() []ticket.Task {
	d.tb.Helper()
	var later []ticket.Task
	for tasks := d.store.TakeTasks(); len(tasks) > 0; tasks = d.store.TakeTasks() {
		for _, task := range tasks {
			var err error
			switch job := task.Job.(type) {
			case ticket.MarkAbsence:
				err = d.MarkAbsence(d.tb.Context(), job)
			case ticket.EndAbsence:
				if task.At.After(d.now) {
					later = append(later, task)
					continue
				}
				err = d.EndAbsence(d.tb.Context(), job)
			default:
				later = append(later, task)
			}
			if err != nil {
				d.tb.Fatal(err)
			}
		}
	}
	return later
}

// inCharge gives the name of who looks after a person's tickets.
func (d *desk) inCharge(who ticket.Person) string {
	d.tb.Helper()
	charge, err := d.InCharge(d.tb.Context(), "desk", who)
	if err != nil {
		d.tb.Fatal(err)
	}
	if charge.Person == nil {
		return "nobody"
	}
	return charge.Person.Name
}

func TestWhoIsAwayHasSomebodyElseInCharge(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if got := d.inCharge(ana.Person); got != "Ana" {
		t.Errorf("before, it is %s", got)
	}
	d.leaves(ana, 3, nil)
	if got := d.inCharge(ana.Person); got != "nobody" {
		t.Errorf("without a stand-in it is %s", got)
	}
	d.leaves(ana, 3, &bo.Person)
	if got := d.inCharge(ana.Person); got != "Bo" {
		t.Errorf("with a stand-in it is %s", got)
	}
	d.leaves(bo, 2, &dan.Person)
	if got := d.inCharge(ana.Person); got != "Dan" {
		t.Errorf("with a stand-in who is away it is %s", got)
	}
	d.leaves(dan, 1, &ana.Person)
	for _, who := range []ticket.Actor{ana, bo, dan} {
		if got := d.inCharge(who.Person); got != "nobody" {
			t.Errorf("in a ring, for %s it is %s", who.Name, got)
		}
	}
	d.now = d.now.Add(day)
	if got := d.inCharge(ana.Person); got != "Dan" {
		t.Errorf("when Dan is back it is %s", got)
	}
	d.now = d.now.Add(day)
	if got := d.inCharge(ana.Person); got != "Bo" {
		t.Errorf("when Bo is back it is %s", got)
	}
	d.now = d.now.Add(day)
	if got := d.inCharge(ana.Person); got != "Ana" {
		t.Errorf("when Ana is back it is %s", got)
	}
}

func TestALongRowOfStandInsEnds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	row := make([]ticket.Actor, 12)
	for i := range row {
		id := string(rune('a' + i))
		row[i] = ticket.Actor{Tenant: "desk", Person: ticket.Person{ID: id, Name: id}}
	}
	for i := range 11 {
		d.leaves(row[i], 3, &row[i+1].Person)
	}
	if got := d.inCharge(row[0].Person); got != "nobody" {
		t.Errorf("it is %s", got)
	}
	if got := d.inCharge(row[8].Person); got != "l" {
		t.Errorf("of the last ones it is %s", got)
	}
}

func TestAnAbsenceThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, test := range []struct {
		want    string
		until   time.Time
		standIn *ticket.Person
	}{
		{"error.away_past", morning, nil},
		{"error.away_past", time.Time{}, nil},
		{"error.away_long", morning.Add(60*day + time.Second), nil},
		{"error.away_self", morning.Add(day), &ana.Person},
	} {
		_, err := d.Away(t.Context(), ana, thread, test.until, test.standIn, nil)
		said, ok := errors.AsType[*ticket.Error](err)
		if !ok || said.Message != test.want {
			t.Errorf("until %s: %v, want %s", test.until, err, test.want)
		}
	}
	if tasks := d.store.Tasks(); len(tasks) > 0 || d.inCharge(ana.Person) != "Ana" {
		t.Errorf("something was noted: %v", tasks)
	}
}

func TestAStandInChangesTheTicketsAsTheirOwnerMayWhileItLasts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.open(ana, opening(""))
	tell := func(by ticket.Actor) error {
		_, err := d.Change(t.Context(), by, ticket.Press{ID: tk.ID}, func(c *ticket.Change) error { return c.TellCustomer(ticket.ByMail, "At it.") })
		return err
	}
	wantSaid(t, tell(bo), "error.not_owner")
	d.leaves(ana, 3, &bo.Person)
	d.leaves(bo, 1, &dan.Person)
	for _, who := range []ticket.Actor{bo, dan, ana} {
		if err := tell(who); err != nil {
			t.Errorf("%s: %v", who.Name, err)
		}
	}
	wantSaid(t, tell(ticket.Actor{Tenant: "desk", Person: ticket.Person{ID: "eve"}}), "error.not_owner")
	lines := d.history(tk.ID)
	if by := lines[len(lines)-2].By; by != dan.Person {
		t.Errorf("the history says that it was %v", by)
	}
	// A stand-in may hand over, too, but owns nothing to hand over at once.
	if handed := d.handOver(bo, ticket.Handover{Numbers: []int64{1}, To: lea.Person, Key: "k"}); len(handed.Went) != 1 {
		t.Errorf("the stand-in hands over: %+v", handed)
	}
	d.handOver(lea, ticket.Handover{Numbers: []int64{1}, To: ana.Person, Key: "k2"})
	d.now = d.now.Add(3 * day)
	wantSaid(t, tell(bo), "error.not_owner")
}

func TestAnAbsenceIsWrittenOnEveryOpenTicketOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var ids []ticket.ID
	for range 3 {
		ids = append(ids, d.open(ana, opening("")).ID)
	}
	d.change(ana, ticket.Press{ID: ids[2]}, func(c *ticket.Change) error { return c.CloseEarly("A duplicate") })
	d.open(bo, opening(""))
	d.store.TakeTasks()

	d.leaves(ana, 3, &bo.Person)
	tell := ticket.TellOwner{Place: thread, Numbers: []int64{1, 2}, By: ana.Person, To: bo.Person, Until: new(morning.Add(3 * day))}
	tasks := d.does()
	first, second := d.stored(ids[0]), d.stored(ids[1])
	since := morning
	end := ticket.Task{Job: ticket.EndAbsence{Tenant: "desk", Person: "ana", Since: since}, At: morning.Add(3 * day)}
	if diff := cmp.Diff([]ticket.Task{end, {Job: tell}, refresh(first), refresh(second)}, tasks); diff != "" {
		t.Errorf("other tasks: %s", diff)
	}
	away := line{Kind: ticket.EntryAway, Subject: "Bo", From: "Ana", To: "2026-03-05T09:00:00Z"}
	for _, id := range ids[:2] {
		lines := d.history(id)
		wantHistory(t, lines[len(lines)-1:], away)
	}
	for _, id := range []ticket.ID{ids[2], {Tenant: "desk", Number: 4}} {
		if lines := d.history(id); lines[len(lines)-1].Kind == ticket.EntryAway {
			t.Errorf("%s is marked", id)
		}
	}
	// The job comes twice, and so does the word.
	d.unchanged(ids[0], func() {
		if err := d.MarkAbsence(t.Context(), ticket.MarkAbsence{Tenant: "desk", Person: ana.Person, Since: since}); err != nil {
			t.Error(err)
		}
		d.leaves(ana, 3, &bo.Person)
	})
	// A click on the card as it was is not late for that.
	d.change(ana, ticket.Press{ID: ids[0], Version: 1, Key: "k"}, update)
}

func TestWhatIsNoLongerSoOfAnAbsenceIsNotWritten(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.open(ana, opening(""))
	d.store.TakeTasks()
	d.leaves(ana, 3, nil)
	tasks := d.store.TakeTasks()
	if _, err := d.Back(t.Context(), ana, nil); err != nil {
		t.Fatal(err)
	}
	d.unchanged(tk.ID, func() {
		for _, task := range tasks {
			var err error
			switch job := task.Job.(type) {
			case ticket.MarkAbsence:
				err = d.MarkAbsence(t.Context(), job)
			case ticket.EndAbsence:
				err = d.EndAbsence(t.Context(), job)
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
	// Nor is the end of one while the next has begun.
	d.now = d.now.Add(time.Second)
	d.leaves(ana, 3, nil)
	d.does()
	if _, err := d.Back(t.Context(), ana, nil); err != nil {
		t.Fatal(err)
	}
	ended := d.store.TakeTasks()
	d.now = d.now.Add(time.Second)
	d.leaves(ana, 3, nil)
	d.unchanged(tk.ID, func() {
		for _, task := range ended {
			if job, ok := task.Job.(ticket.MarkAbsence); ok {
				if err := d.MarkAbsence(t.Context(), job); err != nil || !job.Over {
					t.Errorf("%+v: %v", job, err)
				}
			}
		}
	})
	// An absence that was made longer does not end at its first end.
	d.leaves(ana, 1, nil)
	first := d.store.TakeTasks()
	d.leaves(ana, 2, nil)
	d.now = d.now.Add(day)
	for _, task := range first {
		if job, ok := task.Job.(ticket.EndAbsence); ok {
			if err := d.EndAbsence(t.Context(), job); err != nil {
				t.Error(err)
			}
		}
	}
	if got := d.inCharge(ana.Person); got != "nobody" {
		t.Errorf("it has ended too early: %s is in charge", got)
	}
}

func TestAnAbsenceEndsByItsTimeOrByAWord(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(d *desk, job ticket.EndAbsence){
		"its time": func(d *desk, job ticket.EndAbsence) {
			var early *ticket.Postponed
			if err := d.EndAbsence(d.tb.Context(), job); !errors.As(err, &early) || early.After != day {
				d.tb.Errorf("a day too early: %v", err)
			}
			d.now = d.now.Add(day)
			if err := d.EndAbsence(d.tb.Context(), job); err != nil {
				d.tb.Error(err)
			}
		},
		"a word": func(d *desk, _ ticket.EndAbsence) {
			if was, err := d.Back(d.tb.Context(), ana, nil); !was || err != nil {
				d.tb.Errorf("%t, %v", was, err)
			}
		},
	} {
		d := newDesk(t)
		tk := d.open(ana, opening(""))
		absence := d.leaves(ana, 1, nil)
		d.does()
		end(d, ticket.EndAbsence{Tenant: "desk", Person: "ana", Since: absence.Since})
		d.does()
		lines := d.history(tk.ID)
		wantHistory(t, lines[len(lines)-2:],
			line{Kind: ticket.EntryAway, From: "Ana", To: "2026-03-03T09:00:00Z"}, line{Kind: ticket.EntryBack, From: "Ana"})
		if got := d.inCharge(ana.Person); got != "Ana" {
			t.Errorf("%s: %s is in charge", name, got)
		}
		if was, err := d.Back(t.Context(), ana, nil); was || err != nil {
			t.Errorf("%s: back twice: %t, %v", name, was, err)
		}
	}
}

func TestALeadWhoStandsInIsToldOfABreachOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.inDiagnosis()
	d.leaves(ana, 10, &lea.Person)
	d.does()
	d.now = morning.Add(day)
	d.ring(ticket.ClockCustomer, d.now)
	reminders := 0
	for _, task := range d.store.TakeTasks() {
		if job, ok := task.Job.(ticket.Remind); ok {
			if reminders++; job.Lead != "" {
				t.Errorf("the lead is reminded as such: %+v", job)
			}
		}
	}
	if reminders != 1 {
		t.Errorf("%d reminders", reminders)
	}
}
