package ticket

import (
	"context"
	"time"
)

// How long a record waits for its next attempt.
const (
	// busyFirst and busyMost are for a system that is busy, and mendFirst and mendMost for
	// what somebody has to mend.
	busyFirst, busyMost = 2 * time.Second, 5 * time.Minute
	mendFirst, mendMost = time.Minute, time.Hour
	// busyShown is how long a system may be busy before the ticket's cards say so.
	busyShown = 2 * time.Minute
)

// TellRecord tells a ticket's owner what holds its record up, and what to do.
type TellRecord struct {
	Tenant string        `json:"tenant"`
	Number int64         `json:"number"`
	Why    RecordTrouble `json:"why"`
	What   string        `json:"what,omitempty"`
}

// Kind gives the stored word of the job.
func (TellRecord) Kind() string { return "record.tell" }

// hold notes what keeps a record from getting what waits for it, and leaves the next
// attempt: later each time, and without end.
func (s *sending) hold(ctx context.Context, failure *RecordError) error {
	now, id := s.now(), s.t.ID
	stop := s.r.Trouble
	if stop.Why == "" {
		stop.Since = now
	}
	if stop.Why != failure.Why {
		stop.Tries, stop.Shown = 0, stop.Shown && stop.Why != RecordBusy
	}
	wasShown := stop.Shown && stop.Why == failure.Why && stop.What == failure.What
	stop.Why, stop.What = failure.Why, failure.What
	stop.Tries++
	stop.Next = now.Add(max(stop.wait(s.asked), failure.After))
	stop.Shown = stop.Why != RecordBusy || now.Sub(stop.Since) >= busyShown
	var tasks []Task
	if stop.Why == RecordGone {
		stop.Next = time.Time{} // nothing will come of it
	} else {
		tasks = append(tasks, Task{Job: SendRecord{Tenant: id.Tenant, Number: id.Number, Again: true}, At: stop.Next})
	}
	if stop.Why != RecordBusy && stop.Told != stop.Why {
		stop.Told = stop.Why
		tasks = append(tasks, Task{Job: TellRecord{Tenant: id.Tenant, Number: id.Number, Why: stop.Why, What: stop.What}})
	}
	return s.tell(ctx, func(r *Record) { r.Trouble, r.Leased = stop, time.Time{} }, tasks, func(c *Change) {
		switch {
		case wasShown || !stop.Shown:
		case stop.Why == RecordGone:
			c.note(EntryRecordGone, "", s.r.Ref.Label, "", "")
		default:
			c.note(EntryRecordWaits, string(stop.Why), "", stop.What, "")
		}
	})
}

// wait gives how long the next attempt waits after the tries so far. Whoever has asked a
// system that is busy asks again soon, for all: the others are told when it answers.
func (s RecordStop) wait(asked bool) time.Duration {
	first, most := mendFirst, mendMost
	switch {
	case s.Why == RecordBusy && asked:
		first, most = busyFirst, gateMost
	case s.Why == RecordBusy:
		first, most = busyFirst, busyMost
	}
	return min(first<<min(s.Tries-1, 12), most)
}
