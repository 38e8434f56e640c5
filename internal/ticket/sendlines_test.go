package ticket_test

import (
	"context"
	"testing"
	"time"

	"handrail/internal/ticket"
)

func TestWhatStandsInALetterIsNotRepeatedAfterIt(t *testing.T) {
	t.Parallel()
	acknowledge := func(id ticket.ID, way string) func(*ticket.Change) error {
		text := ticket.Draft{ID: id, Reader: ticket.ForCustomer, Kind: ticket.TextAcknowledgement}
		text.Parts = map[ticket.PartID]string{}
		for _, part := range ticket.Parts(text.Reader, text.Kind) {
			text.Parts[part] = "We say: " + string(part) + "."
		}
		return func(c *ticket.Change) error { return c.SendToCustomer(&text, way, "") }
	}
	t.Run("the items are done with it, in a few words", func(t *testing.T) {
		t.Parallel()
		r := newRecorder(t)
		made := r.open(ana, opening("k1"))
		r.change(ana, ticket.Press{ID: made.ID}, complete(ticket.Reception))
		r.work()
		broken := false
		r.records.After = func(_ context.Context, call, _ string) error { // right after the letter
			if n := len(r.records.On(1)); call == "post" && !broken && n == 4 {
				broken = true
				return busy()
			}
			return nil
		}
		r.change(ana, ticket.Press{ID: made.ID}, acknowledge(made.ID, ticket.ByTicket))
		r.change(ana, ticket.Press{ID: made.ID}, remarks("We say: expectations."))
		r.pass(5 * time.Minute)
		if !broken {
			t.Error("nothing was lost on the way")
		}
		letter := r.records.On(1)[3]
		r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana", "step | reception | initial_response",
			"customer: "+letter.Text, "done | expectations", "done | clarify", "status | We say: expectations.")
	})
	t.Run("whichever way it went", func(t *testing.T) {
		t.Parallel()
		r := newRecorder(t)
		made := r.open(ana, opening("k1"))
		r.change(ana, ticket.Press{ID: made.ID}, complete(ticket.Reception))
		r.change(ana, ticket.Press{ID: made.ID}, acknowledge(made.ID, ticket.ByPhone))
		r.work()
		letter := r.records.On(1)[3]
		r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana", "step | reception | initial_response",
			letter.Text, "done | expectations", "done | clarify")
	})
	t.Run("words of their own are told", func(t *testing.T) {
		t.Parallel()
		r := newRecorder(t)
		made := r.open(ana, opening("k1"))
		r.change(ana, ticket.Press{ID: made.ID}, complete(ticket.Reception))
		r.change(ana, ticket.Press{ID: made.ID}, func(c *ticket.Change) error {
			if err := c.Tick(ticket.ItemAcknowledge, ticket.Evidence{Choice: ticket.ByTicket, Words: "We have it."}); err != nil {
				return err
			}
			return c.Tick(ticket.ItemClarify, ticket.Evidence{Words: "Asked on the phone."})
		})
		r.change(ana, ticket.Press{ID: made.ID}, func(c *ticket.Change) error {
			return c.Tick(ticket.ItemExpectations, ticket.Evidence{Words: "We have it."}) // later, and on purpose
		})
		r.work()
		r.wantNotes(1, "opened | Invoices cannot be posted", "taken | Ana", "step | reception | initial_response",
			"customer: We have it.", "done | clarify | Asked on the phone.", "done | expectations | We have it.")
	})
}
