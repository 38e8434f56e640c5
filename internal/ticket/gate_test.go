package ticket_test

import (
	"context"
	"testing"
	"time"

	"handrail/internal/ticket"
)

func TestASystemIsTakenToBeDownOnlyByWhatWasHeardLately(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	if down := r.RecordsDown(); down.Why != "" {
		t.Errorf("before anything is asked it is %+v", down)
	}
	r.records.Before = func(context.Context, string, string) error { return busy() }
	began := r.now
	made := r.open(ana, opening("k1"))
	r.work()
	r.pass(10 * time.Minute)
	if down := r.RecordsDown(); down.Why != ticket.RecordBusy || !down.Since.Equal(began) {
		t.Errorf("while it gives no answer it is %+v, want busy since %s", down, began)
	}
	r.now = r.now.Add(5 * time.Minute) // another process has the jobs
	if down := r.RecordsDown(); down.Why != "" {
		t.Errorf("when nobody has asked for long it is %+v", down)
	}
	r.work()
	if down := r.RecordsDown(); !down.Since.Equal(r.now) {
		t.Errorf("asked again it is %+v", down)
	}
	r.records.Before = nil
	r.pass(2 * time.Minute)
	row := r.row(made.ID)
	if down := r.RecordsDown(); down.Why != "" || row.Ref.Number == 0 {
		t.Errorf("when it answers again it is %+v", down)
	}
}
