package ticket_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// opensThere has somebody open a record.
func (o *office) opensThere() ticket.RecordRef {
	title, details, class := "Printer on fire", "It burns since nine.", ticket.Priority
	return o.there.Open(benThere, ticket.RecordValues{
		Title: &title, Details: &details, Class: &class, Customer: &ticket.RecordPerson{Number: 5, Name: "Customer Ltd"},
	})
}

func TestWhatIsOpenedThereBecomesATicketOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.polls()
	err := o.store.InTx(t.Context(), func(tx ticket.Tx) error {
		return tx.Follow(t.Context(), ticket.Follow{Place: thread})
	})
	if err != nil {
		t.Fatal(err)
	}
	ref := o.opensThere()
	o.there.Say(ref.Number, ticket.RecordMessage{From: carla, Text: "It burns since nine.", FromCustomer: true}, nil)
	o.there.Say(ref.Number, ticket.RecordMessage{From: carla, Text: "Please hurry", FromCustomer: true}, nil)
	o.pass(time.Minute)
	one := o.stored(ticket.ID{Tenant: "desk", Number: 1})
	if one.Title != "Printer on fire" || one.Customer != "Customer Ltd" || one.Details != "It burns since nine." || one.Owner != nil ||
		one.Step != ticket.Reception || one.Class() != ticket.Priority || one.OpenedBy.Name != "Ben Okoro" {
		t.Errorf("the ticket is %+v", one)
	}
	if unsaid := o.unsaid(one.ID); len(unsaid) > 0 {
		t.Errorf("%q would be sent back", unsaid)
	}
	if !slices.Equal(o.told, []int64{2}) {
		t.Errorf("told of %v", o.told)
	}
	if got := o.kinds(one.ID); !strings.HasPrefix(got, "record_opened ") {
		t.Errorf("the history is %s", got)
	}
	if o.announced == 0 {
		t.Error("nobody is told of it")
	}
	// Another process does the same.
	if err := o.AdoptRecord(t.Context(), ticket.AdoptRecord{Model: ref.Model, Record: ref.Number}); err != nil {
		t.Fatal(err)
	}
	o.pass(5 * time.Minute)
	if _, err := o.store.Ticket(t.Context(), ticket.ID{Tenant: "desk", Number: 2}); ticket.KindOf(err) != ticket.NotFound {
		t.Errorf("there is a second ticket: %v", err)
	}
	if o.change(bo, ticket.Press{ID: one.ID}, (*ticket.Change).Take); o.stored(one.ID).Owner == nil {
		t.Error("it cannot be taken")
	}
}

func TestWithoutATenantNothingIsAdopted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.RecordTenant = ""
	o.polls()
	o.opensThere()
	o.pass(time.Minute)
	if _, err := o.store.Ticket(t.Context(), ticket.ID{Tenant: "desk", Number: 1}); ticket.KindOf(err) != ticket.NotFound {
		t.Errorf("there is a ticket: %v", err)
	}
}

func TestAnOlderRecordIsBroughtByItsNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.opensThere()
	o.polls()
	for range 2 {
		one, err := o.Bring(t.Context(), "desk", "HT00001")
		if err != nil || one.Number != 1 || one.Title != "Printer on fire" {
			t.Errorf("brought %+v (%v)", one, err)
		}
	}
	for label, message := range map[string]string{"HT00009": "error.record_none", "HT00002": "error.record_closed"} {
		if label == "HT00002" {
			ref := o.opensThere()
			o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) { s.Closed = true })
		}
		_, err := o.Bring(t.Context(), "desk", label)
		says(t, err, message)
	}
	_, err := o.Bring(t.Context(), "other", "HT00001")
	says(t, err, "error.record_none")
}

func TestTheOwnerThereOwnsTheTicketWhereTeamsKnowsThem(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.knows(bo.Person, "ben@contoso.com")
	o.polls()
	ref := o.opensThere()
	o.there.Change(benThere, ref.Number, func(s *ticket.RecordState) { s.Owner = benThere })
	o.pass(time.Minute)
	one := o.stored(ticket.ID{Tenant: "desk", Number: 1})
	if !one.OwnedBy(bo.Person) || len(o.unsaid(one.ID)) > 0 {
		t.Errorf("the owner is %+v, unsaid %q", one.Owner, o.unsaid(one.ID))
	}
}
