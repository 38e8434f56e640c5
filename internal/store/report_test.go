package store_test

import (
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

func TestMovesAreThoseOfThePeriod(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		at := func(minutes int) *time.Time {
			moment := morning.Add(time.Duration(minutes) * time.Minute)
			return &moment
		}
		for _, change := range []func(*ticket.Ticket){
			// Opened long before; resolved in the period, and closed after it.
			func(t *ticket.Ticket) {
				t.AcknowledgedAt, t.ResolvedAt, t.ClosedAt, t.State, t.Breaches = at(10), at(1050), at(5000), ticket.Closed, 2
			},
			// All of it in the period.
			func(t *ticket.Ticket) {
				t.OpenedAt, t.AcknowledgedAt, t.ResolvedAt, t.ClosedAt, t.State = *at(1000), at(1007), at(1100), at(1200), ticket.Closed
			},
			func(t *ticket.Ticket) {
				t.OpenedAt, t.AcknowledgedAt, t.Derived, t.Breaches = *at(1000), at(1007), ticket.Expedite, 1
			},
			// At the first moment, and at the first that is no part of it.
			func(t *ticket.Ticket) { t.OpenedAt, t.AcknowledgedAt = *at(1000), at(2000) },
			func(t *ticket.Ticket) { t.OpenedAt = *at(2000) },
			// Before it altogether.
			func(t *ticket.Ticket) {
				t.AcknowledgedAt, t.ClosedAt, t.State, t.Breaches = at(5), at(999), ticket.Closed, 5
			},
			func(t *ticket.Ticket) { t.Tenant, t.OpenedAt = "fabrikam", *at(1000) },
		} {
			made := fresh("contoso", "one")
			change(made)
			create(t, db, made)
		}
		period := ticket.Period{From: *at(1000), To: *at(2000)}
		moves, err := db.Moves(t.Context(), "contoso", period)
		ok(t, err)
		equal(t, moves, []ticket.Moves{
			{Class: ticket.Expedite, Opened: 1, Breaches: 1, Acknowledge: []ticket.Took{{Length: 7 * time.Minute, Tickets: 1}}},
			{
				Class: ticket.Standard, Opened: 2, Closed: 1, Breaches: 2, Acknowledge: []ticket.Took{{Length: 7 * time.Minute, Tickets: 1}},
				Resolve: []ticket.Took{{Length: 100 * time.Minute, Tickets: 1}, {Length: 1050 * time.Minute, Tickets: 1}},
			},
		})
		var lines []ticket.Line
		for after := int64(0); ; {
			page, err := db.Lines(t.Context(), "contoso", period, after, 3)
			ok(t, err)
			lines = append(lines, page...)
			if len(page) < 3 {
				break
			}
			after = page[2].Number
		}
		var got []int64
		for _, line := range lines {
			got = append(got, line.Number)
		}
		equal(t, got, []int64{1, 2, 3, 4})
		equal(t, lines[0], ticket.Line{
			Number: 1, Title: "one", Customer: "Northwind", Class: ticket.Standard, Step: ticket.Reception, State: ticket.Closed,
			OpenedAt: morning, AcknowledgedAt: at(10), ResolvedAt: at(1050), ClosedAt: at(5000), Breaches: 2,
		})
	})
}

func TestAnOfferedFileIsFoundUntilItIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		offer := func(digest string, until, now time.Time) ticket.Download {
			d := ticket.Download{
				Digest: digest, Tenant: "contoso", Period: ticket.Period{From: morning, To: morning.Add(time.Hour)}, Until: until,
			}
			inTx(t, db, func(tx ticket.Tx) error { return tx.AddDownload(t.Context(), d, now) })
			return d
		}
		first := offer("one", morning.Add(time.Minute), morning)
		got, found, err := db.Download(t.Context(), "one")
		ok(t, err)
		equal(t, found, true)
		equal(t, got, first)
		_, found, err = db.Download(t.Context(), "another")
		ok(t, err)
		equal(t, found, false)
		offer("two", morning.Add(time.Hour), morning.Add(time.Minute))
		_, found, err = db.Download(t.Context(), "one")
		ok(t, err)
		equal(t, found, false)
	})
}
