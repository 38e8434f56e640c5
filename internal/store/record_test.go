package store_test

import (
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

func TestARecordIsNotedOnceAndKeptAsItWasSaved(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "one"))
		_, known, err := db.Record(t.Context(), made.ID)
		ok(t, err)
		equal(t, known, false)

		var record ticket.Record
		for range 2 {
			inTx(t, db, func(tx ticket.Tx) error {
				record, err = tx.LockRecord(t.Context(), made)
				return err
			})
			equal(t, record, ticket.Record{ID: made.ID, Key: made.RecordKey(), Said: map[ticket.RecordField]ticket.Said{}})
		}
		record.Ref = ticket.RecordRef{Model: "helpdesk.ticket", Number: 7, Label: "HT00007", URL: "https://odoo.example/7"}
		record.Base = ticket.RecordState{RecordRef: record.Ref, Title: "one \x00", Steps: []ticket.Step{ticket.Reception}, WrittenAt: morning}
		record.Say(made, ticket.RecordTitle, "", morning)
		record.Sent, record.Heard, record.Leased = 12, 34, morning.Add(time.Minute)
		record.Trouble = ticket.RecordStop{Why: ticket.RecordRule, What: "x_site", Since: morning, Next: morning.Add(time.Hour), Tries: 3, Told: ticket.RecordRule}
		inTx(t, db, func(tx ticket.Tx) error { return tx.SaveRecord(t.Context(), record) })
		got, known, err := db.Record(t.Context(), made.ID)
		ok(t, err)
		record.Base.Title = "one "
		equal(t, known, true)
		equal(t, got, record)
	})
}

func TestRecordsAreFoundByTheirKeysAndByWhatTheyAre(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var all []ticket.Record
		for i, number := range []int64{7, 8, 7, 0} {
			made := create(t, db, fresh("contoso", "one"))
			inTx(t, db, func(tx ticket.Tx) error {
				record, err := tx.LockRecord(t.Context(), made)
				ok(t, err)
				record.Ref.Number = number
				if i < 3 {
					record.Ref.Model = "helpdesk.ticket"
				}
				all = append(all, record)
				return tx.SaveRecord(t.Context(), record)
			})
		}
		found, err := db.RecordsWithKeys(t.Context(), all[1].Key, "else", all[0].Key)
		ok(t, err)
		equal(t, found, all[:2])
		found, err = db.RecordsOf(t.Context(), all[0].Ref, ticket.RecordRef{Model: "project.task", Number: 8}, ticket.RecordRef{})
		ok(t, err)
		equal(t, found, []ticket.Record{all[0], all[2]})
		for _, none := range [][]ticket.RecordRef{nil, {{Model: "helpdesk.ticket", Number: 9}}} {
			found, err = db.RecordsOf(t.Context(), none...)
			ok(t, err)
			equal(t, len(found), 0)
		}
	})
}

func TestWhatWaitsForTheSystemOfRecordIsFoundInPages(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var ids []ticket.ID
		for i := range 5 {
			made := create(t, db, fresh("contoso", "one"))
			ids = append(ids, made.ID)
			if i == 4 {
				continue // has no record
			}
			inTx(t, db, func(tx ticket.Tx) error {
				record, err := tx.LockRecord(t.Context(), made)
				ok(t, err)
				lines, err := tx.HistoryAfter(t.Context(), made.ID, 0, 9)
				ok(t, err)
				record.Sent, record.Ref.Number = lines[0].ID, 7
				switch i {
				case 1:
					record.Trouble.Why = ticket.RecordBusy
				case 2:
					record.Ref.Number = 0
				case 3:
					ok(t, tx.Save(t.Context(), made, line(2, "more")))
				}
				return tx.SaveRecord(t.Context(), record)
			})
		}
		var waiting []ticket.ID
		for after := (ticket.ID{}); ; {
			page, err := db.RecordsWait(t.Context(), after, 2)
			ok(t, err)
			for _, record := range page {
				waiting = append(waiting, record.ID)
			}
			if len(page) < 2 {
				break
			}
			after = page[1].ID
		}
		equal(t, waiting, ids[1:4])
		lacking, err := db.Unrecorded(t.Context(), morning, ticket.ID{}, 9)
		ok(t, err)
		equal(t, lacking, ids[4:])
		lacking, err = db.Unrecorded(t.Context(), morning, ids[4], 9)
		ok(t, err)
		equal(t, len(lacking), 0)
	})
}

func TestAClosedTicketNeedsARecordIfItIsYoung(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		closed := fresh("contoso", "closed")
		closed.State = ticket.Closed
		create(t, db, closed)
		for since, want := range map[time.Time]int{morning: 1, morning.Add(time.Minute): 0} {
			lacking, err := db.Unrecorded(t.Context(), since, ticket.ID{}, 9)
			ok(t, err)
			equal(t, len(lacking), want)
		}
	})
}

func TestHistoryIsReadOnFromALine(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "one"))
		create(t, db, fresh("contoso", "another"))
		inTx(t, db, func(tx ticket.Tx) error { return tx.Save(t.Context(), made, line(2, "first"), line(2, "second")) })
		lines, err := db.HistoryAfter(t.Context(), made.ID, 0, 2)
		ok(t, err)
		equal(t, []string{lines[0].Note, lines[1].Note}, []string{"opened", "first"})
		lines, err = db.HistoryAfter(t.Context(), made.ID, lines[1].ID, 9)
		ok(t, err)
		equal(t, len(lines), 1)
		equal(t, lines[0].Note, "second")
	})
}

func TestTicketsAreGivenWithWhereTheirRecordsAre(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		one, two, closed := create(t, db, fresh("contoso", "one")), create(t, db, fresh("contoso", "two")), fresh("contoso", "three")
		create(t, db, fresh("fabrikam", "other"))
		closed.State = ticket.Closed
		create(t, db, closed)
		ref := ticket.RecordRef{Model: "helpdesk.ticket", Number: 7, Label: "HT7", URL: "https://odoo"}
		inTx(t, db, func(tx ticket.Tx) error {
			record, err := tx.LockRecord(t.Context(), two)
			if err != nil {
				return err
			}
			record.Ref = ref
			return tx.SaveRecord(t.Context(), record)
		})
		all, err := db.Recorded(t.Context(), "contoso", 0, 10)
		ok(t, err)
		first := ticket.Recorded{Number: one.Number, Title: "one", Class: ticket.Standard, Step: ticket.Reception, State: ticket.Open}
		second := first
		second.Number, second.Title, second.Ref = two.Number, "two", ref
		equal(t, all, []ticket.Recorded{first, second})
		page, err := db.Recorded(t.Context(), "contoso", one.Number, 1)
		ok(t, err)
		equal(t, page, []ticket.Recorded{second})
	})
}
