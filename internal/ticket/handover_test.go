package ticket_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

// handOver hands tickets of ana's over to bo, said in the thread.
func (d *desk) handOver(by ticket.Actor, h ticket.Handover) *ticket.HandedOver {
	d.tb.Helper()
	if h.To.ID == "" {
		h.To = bo.Person
	}
	if h.Place.Conversation == "" {
		h.Place = thread
	}
	handed, err := d.HandOver(d.tb.Context(), by, h, nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	return handed
}

func numbersOf(tickets []*ticket.Ticket) string {
	var numbers []string
	for _, t := range tickets {
		numbers = append(numbers, t.String())
	}
	return strings.Join(numbers, " ")
}

// withUsers is an opening of ana's for so many users.
func withUsers(users string) ticket.Opening {
	o := opening("")
	o.Users = users
	return o
}

// told gives the jobs that tell somebody of tickets.
func (d *desk) told() []ticket.TellOwner {
	var told []ticket.TellOwner
	for _, task := range d.store.TakeTasks() {
		if tell, ok := task.Job.(ticket.TellOwner); ok {
			told = append(told, tell)
		}
	}
	return told
}

func TestAllOpenTicketsOfAnOwnerAreHandedOverAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, users := range []string{"1", "12", "30"} {
		d.open(ana, withUsers(users))
	}
	d.open(lea, opening(""))
	gone := d.open(ana, opening(""))
	d.change(ana, ticket.Press{ID: gone.ID}, func(c *ticket.Change) error { return c.CloseEarly("A duplicate") })
	d.store.TakeTasks()
	d.now = morning.Add(time.Hour)

	handed := d.handOver(ana, ticket.Handover{Note: " Please call them. ", Key: "k1"})
	if got := numbersOf(handed.Went); got != "T-3 T-2 T-1" || len(handed.Stayed) > 0 || handed.Rest != 0 || !handed.Told {
		t.Errorf("%s went: %+v", got, handed)
	}
	for number := range int64(3) {
		tk := d.stored(ticket.ID{Tenant: "desk", Number: number + 1})
		if !tk.OwnedBy(bo.Person) || !tk.UpdatedAt.Equal(d.now) || tk.Marks[ticket.ItemOwner].Words != "Bo" {
			t.Errorf("%s belongs to %v", tk, tk.Owner)
		}
		lines := d.history(tk.ID)
		last := lines[len(lines)-1]
		if last.Kind != ticket.EntryHandedOver || last.By != ana.Person || last.From != "Ana" || last.To != "Bo" || last.Note != "Please call them." {
			t.Errorf("the history of %s says %+v", tk, last)
		}
	}
	for _, number := range []int64{4, 5} {
		if tk := d.stored(ticket.ID{Tenant: "desk", Number: number}); tk.OwnedBy(bo.Person) {
			t.Errorf("%s was handed over", tk)
		}
	}
	want := []ticket.TellOwner{{Place: thread, Numbers: []int64{3, 2, 1}, By: ana.Person, To: bo.Person, Note: "Please call them."}}
	if diff := cmp.Diff(want, d.told()); diff != "" {
		t.Errorf("the new owner is told otherwise: %s", diff)
	}
}

func TestWhatMayNotBeHandedOverStaysAndIsSaid(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(ana, opening(""))
	d.open(lea, opening(""))
	d.open(bo, opening(""))
	gone := d.open(ana, opening(""))
	d.change(ana, ticket.Press{ID: gone.ID}, func(c *ticket.Change) error { return c.CloseEarly("A duplicate") })
	nobodys := opening("")
	nobodys.Take = false
	d.open(ana, nobodys)

	handed := d.handOver(ana, ticket.Handover{Numbers: []int64{5, 4, 3, 2, 1, 1, 9}, Key: "k1"})
	var why []string
	for _, err := range handed.Stayed {
		if said, ok := errors.AsType[*ticket.Error](err); ok {
			why = append(why, said.Message+" "+said.Args["Ticket"].(string))
		}
	}
	want := []string{
		"error.not_owner T-2", "error.not_owner T-3", "error.already_closed T-4", "error.unowned T-5", "error.not_found T-9",
	}
	if diff := cmp.Diff(want, why); diff != "" || numbersOf(handed.Went) != "T-1" {
		t.Errorf("%s went; %s", numbersOf(handed.Went), diff)
	}
	// A lead may hand over everybody's.
	handed = d.handOver(lea, ticket.Handover{Numbers: []int64{3, 2}, To: ana.Person, Key: "k2"})
	if numbersOf(handed.Went) != "T-2 T-3" || len(handed.Stayed) > 0 {
		t.Errorf("the lead: %+v", handed)
	}
}

func TestTheSameHandoverAgainChangesNothing(t *testing.T) {
	t.Parallel()
	for name, numbers := range map[string][]int64{"all": nil, "chosen": {1, 2}, "one": {1}} {
		d := newDesk(t)
		first := d.open(ana, opening(""))
		d.open(ana, opening(""))
		d.handOver(ana, ticket.Handover{Numbers: numbers, Key: "k1"})
		// A ticket that came meanwhile is not meant.
		later := d.open(ana, opening(""))
		d.store.TakeTasks()
		for _, id := range []ticket.ID{first.ID, later.ID} {
			d.unchanged(id, func() {
				reported := false
				handed, err := d.HandOver(t.Context(), ana, ticket.Handover{Numbers: numbers, To: bo.Person, Key: "k1", Place: thread},
					func(*ticket.HandedOver) []ticket.Task { reported = true; return nil })
				if err != nil || !handed.Repeated || reported {
					t.Errorf("%s: %+v, %v, reported: %t", name, handed, err, reported)
				}
			})
		}
	}
}

func TestAHandoverToNobodyOrOfNothingIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for message, h := range map[string]ticket.Handover{
		"person: error.person_required": {},
		"person: error.handover_self":   {To: ana.Person},
		"error.handover_nothing":        {To: bo.Person},
		"note: error.note_long":         {To: bo.Person, Note: strings.Repeat("x", ticket.MaxReason+1)},
	} {
		_, err := d.HandOver(t.Context(), ana, h, nil)
		wantSaid(t, err, message)
	}
}

func TestAtMostAHundredTicketsAreHandedOverAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range ticket.MaxHandover + 3 {
		d.open(ana, withUsers("1"))
	}
	urgent := d.open(ana, withUsers("30"))
	handed := d.handOver(ana, ticket.Handover{Key: "k1"})
	if len(handed.Went) != ticket.MaxHandover || handed.Rest != 4 || handed.Went[0].ID != urgent.ID {
		t.Errorf("%d went, %d stay, the first is %s", len(handed.Went), handed.Rest, handed.Went[0])
	}
}

func TestWhatFollowsFromAChangeIsDoneOnlyIfItIsKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.open(ana, opening(""))
	d.store.TakeTasks()
	say := ticket.Say{Place: thread, Text: "It is yours."}
	assign := func(c *ticket.Change) error {
		c.Then(say)
		return c.Assign(bo.Person)
	}
	d.unchanged(tk.ID, func() {
		_, err := d.Change(t.Context(), dan, ticket.Press{ID: tk.ID}, assign)
		wantSaid(t, err, "error.not_owner")
	})
	got := d.change(ana, ticket.Press{ID: tk.ID}, assign)
	d.wantTasks(refresh(got), ticket.Task{Job: say})
}
