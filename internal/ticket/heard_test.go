package ticket_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// carla is the customer.
var carla = ticket.RecordPerson{Number: 5, Name: "Carla Customer", Mail: "carla@customer.example"}

func TestWhatTheCustomerWritesIsToldOnceAndWaitsForAnAnswer(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	one, ref := o.recordOf("k1")
	wrote := o.now.Truncate(time.Second)
	number := o.there.Say(ref.Number, ticket.RecordMessage{From: carla, Text: " Still <b>broken</b> ", FromCustomer: true, Customer: true}, map[string]string{"a/log.txt": "words"})
	o.pass(10 * time.Minute)
	if !slices.Equal(o.told, []int64{number}) {
		t.Errorf("told of %v", o.told)
	}
	now, e := o.stored(one.ID), o.line(one.ID, ticket.EntryCustomerWrote)
	if now.CustomerWroteAt == nil || !now.CustomerWroteAt.Equal(wrote) || e.Note != "Still <b>broken</b>" || e.By.Name != "Carla Customer" || !e.FromRecord() {
		t.Errorf("written at %v, %+v", now.CustomerWroteAt, e)
	}
	fetch := slices.IndexFunc(o.fetched, func(job ticket.FetchAttachment) bool { return job.Tenant == "desk" })
	if fetch < 0 {
		t.Fatal("the file is not fetched")
	}
	a, _, err := o.store.Attachment(t.Context(), "desk", o.fetched[fetch].ID)
	if err != nil || a.Name != "log.txt" || a.Number != one.Number || a.Source != (ticket.FileSource{Kind: ticket.SourceRecord, URL: "1"}) {
		t.Errorf("the file is %+v, %q (%v)", a, a.Source.URL, err)
	}
	o.change(ana, ticket.Press{ID: one.ID}, func(c *ticket.Change) error { return c.TellCustomer(ticket.ByTicket, "We look into it.") })
	if now = o.stored(one.ID); now.CustomerWroteAt != nil {
		t.Error("after the answer it still waits for one")
	}
}

func TestWhatOthersWriteInTheRecordIsWrittenDown(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	one, ref := o.recordOf("k1")
	o.there.Say(ref.Number, ticket.RecordMessage{From: benThere, Text: "For us alone"}, nil)
	if _, err := o.there.Post(t.Context(), ref, ticket.RecordPost{Key: "ours", Text: "Our own", Customer: true}); err != nil {
		t.Fatal(err)
	}
	o.there.Say(ref.Number, ticket.RecordMessage{From: carla, Text: "Hello?", FromCustomer: true, Customer: true}, nil)
	o.there.Say(ref.Number, ticket.RecordMessage{From: benThere, Text: "Dear Carla", Customer: true}, nil)
	o.there.Say(ref.Number, ticket.RecordMessage{From: benThere, Text: " \u200b "}, nil)
	o.pass(time.Minute)
	if got := o.kinds(one.ID); !strings.HasSuffix(got, " record_note customer_wrote record_told") {
		t.Errorf("the history is %s", got)
	}
	now := o.stored(one.ID)
	if now.CustomerWroteAt != nil || now.CustomerToldAt == nil {
		t.Errorf("what a colleague wrote to the customer is no answer: %v, %v", now.CustomerWroteAt, now.CustomerToldAt)
	}
	if !slices.Equal(o.told, []int64{3, 4}) {
		t.Errorf("told of %v", o.told)
	}
}

func TestAVeryLongMessageIsKeptInPart(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	one, ref := o.recordOf("k1")
	number := o.there.Say(ref.Number, ticket.RecordMessage{From: carla, Text: strings.Repeat("wörd ", 200_000), FromCustomer: true}, nil)
	o.pass(time.Minute)
	m, _, err := o.store.RecordMessage(t.Context(), number)
	if n := len([]rune(m.Text)); err != nil || n != ticket.MaxHeard {
		t.Errorf("%d characters are kept (%v)", n, err)
	}
	if n := len([]rune(o.line(one.ID, ticket.EntryCustomerWrote).Note)); n != ticket.MaxEvidence {
		t.Errorf("the history has %d characters", n)
	}
}

func TestAMessageOnAClosedTicketIsTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	one, ref := o.recordOf("k1")
	o.change(ana, ticket.Press{ID: one.ID}, func(c *ticket.Change) error { return c.CloseEarly("A mistake") })
	o.there.Say(ref.Number, ticket.RecordMessage{From: carla, Text: "It was none", FromCustomer: true}, nil)
	o.pass(time.Minute)
	if now := o.stored(one.ID); now.State != ticket.Closed || len(o.told) != 1 {
		t.Errorf("it is %s, told of %v", now.State, o.told)
	}
}
