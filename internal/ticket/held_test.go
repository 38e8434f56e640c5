package ticket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// strict finds a time, blame and a secret.
func strict() tickettest.Guard {
	return tickettest.Guard{"by five": ticket.FoundFixedTime, "your fault": ticket.FoundBlame, "hunter2": ticket.FoundSecret}
}

// telling lists what tells the customer something, with a ticket on which it may.
func telling() []method {
	tick := func(id ticket.ItemID) func(*ticket.Change) error {
		return func(c *ticket.Change) error {
			return c.Tick(id, ticket.Evidence{Choice: ticket.ByMail, Words: "Fixed by five, your fault, by five."})
		}
	}
	return []method{
		{"acknowledge", in(ticket.InitialResponse), tick(ticket.ItemAcknowledge)},
		{"inform", in(ticket.Communication), tick(ticket.ItemInform)},
		{"close out", in(ticket.FollowUp), tick(ticket.ItemCloseOut)},
		{"tell the customer", in(ticket.Diagnosis), func(c *ticket.Change) error {
			return c.TellCustomer(ticket.ByMail, "Fixed by five, your fault, by five.")
		}},
	}
}

func TestATextForTheCustomerIsHeldWithoutAReason(t *testing.T) {
	t.Parallel()
	for _, m := range telling() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := changing(m.ticket(t), ana)
			c.Guard = strict()
			err := m.do(c)
			held, ok := errors.AsType[*ticket.Held](err)
			if !ok || len(held.Findings) != 2 || held.Final() || ticket.KindOf(err) != ticket.Invalid || !slices.Equal(said(err), []string{"error.held"}) {
				t.Fatalf("got %v", err)
			}
			if len(c.Entries()) > 0 {
				t.Errorf("it has changed: %+v", c.Entries())
			}
			if strings.Contains(err.Error(), "by five") {
				t.Errorf("the log would read %q", err)
			}
		})
	}
}

func TestAReasonLetsATextGoAndIsKept(t *testing.T) {
	t.Parallel()
	for _, m := range telling() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := changing(m.ticket(t), ana)
			c.Guard, c.Anyway = strict(), " They know. "
			if err := m.do(c); err != nil {
				t.Fatal(err)
			}
			got := c.Entries()
			if len(got) != 2 || got[0].Kind != ticket.EntryOverruled || got[0].To != "fixed_time,blame" || got[0].Note != "They know." {
				t.Errorf("the history has %+v", got)
			}
		})
	}
	c := changing(at(t, ticket.Diagnosis), ana)
	c.Guard, c.Anyway = strict(), "They know."
	if err := c.TellCustomer(ticket.ByMail, "We are at it."); err != nil || len(c.Entries()) != 1 {
		t.Errorf("nothing was overruled, and the history has %+v, %v", c.Entries(), err)
	}
}

func TestNoReasonLetsASecretGo(t *testing.T) {
	t.Parallel()
	c := changing(at(t, ticket.Diagnosis), ana)
	c.Guard, c.Anyway = strict(), "They know."
	err := c.TellCustomer(ticket.ByMail, "Log in with hunter2, by five.")
	held, ok := errors.AsType[*ticket.Held](err)
	if !ok || !held.Final() || !slices.Equal(said(err), []string{"error.held_secret"}) || strings.Contains(err.Error(), "hunter2") || len(c.Entries()) > 0 {
		t.Errorf("got %v and %+v", err, c.Entries())
	}
}

func TestAReasonAgainstTheGuardHasItsLimit(t *testing.T) {
	t.Parallel()
	c := changing(at(t, ticket.Diagnosis), ana)
	c.Guard, c.Anyway = strict(), strings.Repeat("x", ticket.MaxReason+1)
	if err := c.TellCustomer(ticket.ByMail, "By then: by five."); !slices.Equal(said(err), []string{"override: error.reason_long"}) || len(c.Entries()) > 0 {
		t.Errorf("got %v and %+v", err, c.Entries())
	}
}
