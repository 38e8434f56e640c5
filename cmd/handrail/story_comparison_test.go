package main

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// recorded notes that a ticket has a record in Odoo.
func (w *world) recorded(number, record int64) {
	w.t.Helper()
	t := w.stored(number)
	err := w.desk().Store.InTx(w.t.Context(), func(tx ticket.Tx) error {
		known, err := tx.LockRecord(w.t.Context(), t)
		if err != nil {
			return err
		}
		known.Ref = ticket.RecordRef{Model: "helpdesk.ticket", Number: record, URL: "https://odoo.example.com/ticket"}
		return tx.SaveRecord(w.t.Context(), known)
	})
	if err != nil {
		w.t.Fatalf("note the record of T-%d: %v", number, err)
	}
}

// inProgress is a record that stands where a ticket in Diagnosis does.
func inProgress(number int64) ticket.RecordState {
	return ticket.RecordState{
		RecordRef: ticket.RecordRef{Model: "helpdesk.ticket", Number: number}, Stage: "In Progress", Steps: []ticket.Step{ticket.Diagnosis},
	}
}

func TestStoryAComparisonWithOdooListsWhatDiffers(t *testing.T) {
	prepare := func(w *world) {
		withSite(w)
		solved, fresh := inProgress(12), inProgress(13)
		solved.Stage, solved.Steps, solved.Closed = "Solved", nil, true
		fresh.Stage, fresh.Steps = "New", []ticket.Step{ticket.Reception}
		w.census = &tickettest.Census{Records: []ticket.RecordState{inProgress(11), solved, fresh}}
	}
	onEachWith(t, prepare, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		w.recorded(1, 11)
		chat.Says(ana, "report odoo")
		says(t, chat.ExpectCard("Handrail and Odoo", "The ticket agrees").Text(), "1 in both", "In Progress", "Compared at")

		for _, record := range []int64{12, 13, 0} {
			made := w.ticketOf(ticket.Intake{Title: "=1+1 [x](http://x)", Customer: "Fabrikam", Details: "By a cent", Users: "3"}, ticket.Diagnosis, ana)
			if record > 0 {
				w.recorded(made.Number, record)
			}
		}
		chat.Says(ana, "report odoo")
		report := chat.ExpectCard("3 of 4 tickets differ")
		says(t, report.Text(), "4 in Handrail, 2 in Odoo", "0 in Handrail, 1 in Odoo",
			"Closed in Odoo (Solved), open here (Diagnosis). Close it here, or reopen it there.",
			"In Odoo it is in New, here in Diagnosis.", "It is not in Odoo. Its card says what it waits for.")
		_, body := gets(t, linkOf(t, w, report))
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		if err != nil || len(lines) != 4 {
			t.Fatalf("the file is %q: %v", body, err)
		}
		if got := strings.Join(lines[1][:7], "|"); got != "T-2|'=1+1 [x](http://x)|Standard|Diagnosis|open|closed_there|Solved" {
			t.Errorf("the first line is %q", got)
		}
		report.Press(ana, "Show ticket")
	})
}

func TestStoryAComparisonWithoutOdooSaysSo(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		chat := w.Personal("Ana Lima")
		chat.Says(w.Person("Ana Lima"), "report odoo")
		chat.ExpectText("are not set")
	})
}

func TestStoryAComparisonSaysThatOdooDoesNotAnswer(t *testing.T) {
	busy := func(w *world) {
		w.census = &tickettest.Census{Failing: &ticket.RecordError{Why: ticket.RecordBusy, Cause: errors.New("made up")}}
	}
	onEachWith(t, busy, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		w.recorded(1, 11)
		chat.Says(ana, "report odoo")
		chat.ExpectText("Odoo does not answer now")
	})
}
