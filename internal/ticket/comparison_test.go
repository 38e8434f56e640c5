package ticket_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// atOdoo is a record that stands where a ticket in Diagnosis does.
func atOdoo(number int64) ticket.RecordState {
	return ticket.RecordState{
		RecordRef: ticket.RecordRef{Model: "helpdesk.ticket", Number: number}, Stage: "In Progress",
		Steps: []ticket.Step{ticket.Diagnosis, ticket.Resolution},
	}
}

// compared compares tickets, of which each has the record with its own number unless
// ref gives it another one.
func compared(t *testing.T, census *tickettest.Census, tickets []*ticket.Ticket, ref func(number int64) int64) ticket.Comparison {
	t.Helper()
	store := tickettest.NewStore()
	err := store.InTx(t.Context(), func(tx ticket.Tx) error {
		for _, one := range tickets {
			one.ID, one.OpenedAt = ticket.ID{Tenant: "contoso"}, time.Unix(0, 0)
			if err := tx.Create(t.Context(), one, ticket.Entry{Version: 1}); err != nil {
				return err
			}
			number := ref(one.Number)
			if number < 0 {
				continue
			}
			record, err := tx.LockRecord(t.Context(), one)
			if err != nil {
				return err
			}
			if record.Ref = (ticket.RecordRef{Model: "helpdesk.ticket", Number: number}); number == 0 {
				record.Ref = ticket.RecordRef{}
			}
			if err := tx.SaveRecord(t.Context(), record); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	desk := ticket.Desk{Store: store, Census: census, Now: time.Now}
	found, err := desk.Compare(t.Context(), "contoso")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ownRecord(number int64) int64 { return number }

func TestEveryKindOfDifferenceIsListedWithItsTicket(t *testing.T) {
	t.Parallel()
	closedThere, onHold, other, away, openThere := atOdoo(2), atOdoo(3), atOdoo(4), atOdoo(5), atOdoo(6)
	closedThere.Stage, closedThere.Steps, closedThere.Closed = "Solved", nil, true
	onHold.Stage, onHold.Steps = "On hold", nil
	other.Stage, other.Steps = "New", []ticket.Step{ticket.Reception}
	away.Archived = true
	census := &tickettest.Census{Records: []ticket.RecordState{atOdoo(1), closedThere, onHold, other, away, openThere}}
	var tickets []*ticket.Ticket
	for i := range 10 {
		one := &ticket.Ticket{Title: fmt.Sprint(i), Step: ticket.Diagnosis, State: ticket.Open, Derived: ticket.Standard}
		if i == 5 || i == 9 {
			one.State, one.Step = ticket.Closed, ticket.TrendAnalysis
		}
		tickets = append(tickets, one)
	}
	found := compared(t, census, tickets, func(number int64) int64 {
		switch number {
		case 7:
			return 1 // as the first ticket has
		case 8:
			return 0 // not made yet
		case 10:
			return -1 // closed before there was an Odoo
		}
		return number
	})
	var got []string
	for _, d := range found.Differences {
		got = append(got, fmt.Sprintf("%d %s %s %d", d.Number, d.Kind, d.Stage, d.With))
	}
	want := []string{
		"2 closed_there Solved 0", "4 other_stage New 0", "5 put_away In Progress 0", "6 open_there In Progress 0",
		"7 shared_there In Progress 1", "8 not_there  0", "9 gone_there  0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the differences are %q, want %q", got, want)
	}
	if found.Tickets != 9 || found.Open != (ticket.Tally{Here: 8, There: 5}) || found.Closed != (ticket.Tally{Here: 1, There: 1}) {
		t.Errorf("the comparison is %+v", found)
	}
}

func TestTenThousandTicketsAreComparedWithAHandfulOfQuestions(t *testing.T) {
	t.Parallel()
	census := &tickettest.Census{}
	var tickets []*ticket.Ticket
	for i := range 10_000 {
		tickets = append(tickets, &ticket.Ticket{Step: ticket.Diagnosis, State: ticket.Open, Derived: ticket.Standard})
		census.Records = append(census.Records, atOdoo(int64(i)+1))
	}
	found := compared(t, census, tickets, ownRecord)
	if len(found.Differences) != 0 || census.Calls > 10 || found.Open != (ticket.Tally{Here: 10_000, There: 10_000}) {
		t.Errorf("%d differences and %+v with %d calls", len(found.Differences), found.Open, census.Calls)
	}
	want := ticket.StageTally{Stage: "In Progress", Tally: ticket.Tally{Here: 10_000, There: 10_000}}
	if len(found.Stages) != 1 || found.Stages[0] != want {
		t.Errorf("the stages are %+v", found.Stages)
	}
}
