package store_test

import (
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

func TestHowFarPollingIsIsKept(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		kept := ticket.Polling{
			Round: 7, Busy: true, From: &ticket.RecordMark{Record: 3, Message: 4, WrittenAt: morning}, Clock: morning, Passed: time.Hour,
			EndedAt: morning, Changed: &ticket.Changed{At: morning, Record: 9}, Heard: 5, Settled: 4,
			Marks: []ticket.PollMark{{Message: 4, Passed: time.Minute}}, Failures: 2, Trouble: ticket.RecordBusy,
		}
		for _, want := range []ticket.Polling{{}, kept} {
			inTx(t, db, func(tx ticket.Tx) error {
				got, err := tx.LockPolling(t.Context())
				ok(t, err)
				equal(t, got, want)
				return tx.SavePolling(t.Context(), kept)
			})
		}
	})
}

func TestAMessageIsHeardOnceAndWaitsUntilItIsAttendedTo(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ref := ticket.RecordRef{Model: "helpdesk.ticket", Number: 12}
		message := func(number int64, text string) ticket.RecordMessage {
			return ticket.RecordMessage{
				Number: number, Record: ref, At: morning, Text: text, FromCustomer: true,
				From: ticket.RecordPerson{Number: 5, Name: "Carla"}, Files: []ticket.RecordedFile{{Number: 3, Name: "a.txt", Size: 9}},
			}
		}
		heard := 0
		hear := func(messages ...ticket.RecordMessage) {
			inTx(t, db, func(tx ticket.Tx) error {
				numbers, err := tx.Hear(t.Context(), messages)
				heard += len(numbers)
				return err
			})
		}
		hear(message(2, "two"), message(3, "three\x00\xff"))
		hear(message(3, "again"), message(1, "one"))
		hear()
		equal(t, heard, 3)
		inTx(t, db, func(tx ticket.Tx) error {
			waiting, err := tx.Heard(t.Context(), ref, 10)
			ok(t, err)
			equal(t, waiting, []ticket.RecordMessage{message(1, "one"), message(2, "two"), message(3, "three\uFFFD")})
			return tx.Attend(t.Context(), 1, 2)
		})
		waiting, err := db.Heard(t.Context(), ref, 10)
		ok(t, err)
		equal(t, waiting, []ticket.RecordMessage{message(3, "three\uFFFD")})
		m, is, err := db.RecordMessage(t.Context(), 1)
		ok(t, err)
		equal(t, is, true)
		equal(t, m.Text, "one")
		_, is, err = db.RecordMessage(t.Context(), 9)
		ok(t, err)
		equal(t, is, false)
	})
}
