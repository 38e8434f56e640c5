package ticket

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// What Handrail keeps for itself of the system of record.
const (
	// settingRecords is since when there is one; empty without one.
	settingRecords = "records.since"
	// settingRepair is the round of the one repair that goes on: any other ends.
	settingRepair = "records.repair"
)

// Times and sizes of the repair.
const (
	repairEvery = time.Hour
	// repairPage is how many records, or tickets without one, are looked at together, and
	// repairPause the time between two pages of tickets: a desk with thousands of them must
	// not flood the system of record, which others use, too.
	repairPage  = 20
	repairPause = 10 * time.Second
)

// RepairRecords looks, a page at a time, for what is only half done: records that
// lack something, and tickets that have none.
type RepairRecords struct {
	// Waiting looks for those only that wait for the system as a whole, once.
	Waiting bool `json:"waiting,omitempty"`
	// Round is that of the one repair that goes on.
	Round int64 `json:"round,omitempty"`
	// Missing looks for tickets without a record; the other half comes before.
	Missing bool `json:"missing,omitempty"`
	// Tenant and Number are of the last one that is done.
	Tenant string `json:"tenant,omitempty"`
	Number int64  `json:"number,omitempty"`
}

// Kind gives the stored word of the job.
func (RepairRecords) Kind() string { return "record.repair" }

// startRecords has everything looked after that waits for the system of record, and
// notes since when there is one.
func (d *Desk) startRecords(ctx context.Context) error {
	since, err := d.Store.Setting(ctx, settingRecords)
	if err != nil || d.Records == nil && since == "" {
		return err
	}
	return d.Store.InTx(ctx, func(tx Tx) error {
		if d.Records == nil {
			return tx.Set(ctx, settingRecords, "")
		}
		if since == "" {
			if err := tx.Set(ctx, settingRecords, d.now().Format(time.RFC3339Nano)); err != nil {
				return err
			}
		}
		stored, err := tx.Setting(ctx, settingRepair)
		if err != nil {
			return err
		}
		round, _ := strconv.ParseInt(stored, 10, 64) // nothing is the first one
		if err := tx.Set(ctx, settingRepair, strconv.FormatInt(round+1, 10)); err != nil {
			return err
		}
		return tx.Later(ctx, Task{Job: RepairRecords{Round: round + 1}})
	})
}

// recordsSince tells since when there is a system of record.
func recordsSince(ctx context.Context, r Reader) (time.Time, error) {
	since, err := r.Setting(ctx, settingRecords)
	if err != nil || since == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, since)
	if err != nil {
		return time.Time{}, fmt.Errorf("read since when there is a system of record: %w", err)
	}
	return at, nil
}

// RepairRecords does the job.
func (d *Desk) RepairRecords(ctx context.Context, job RepairRecords) error {
	if d.Records == nil {
		return nil
	}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		if !job.Waiting {
			round, err := tx.Setting(ctx, settingRepair)
			if err != nil || round != strconv.FormatInt(job.Round, 10) {
				return err
			}
		}
		if job.Missing {
			return d.repairMissing(ctx, tx, job)
		}
		return d.repairWaiting(ctx, tx, job)
	})
	if err != nil {
		return fmt.Errorf("repair records: %w", err)
	}
	return nil
}

// repairWaiting has those records sent that lack something.
func (d *Desk) repairWaiting(ctx context.Context, tx Tx, job RepairRecords) error {
	waiting, err := tx.RecordsWait(ctx, ID{job.Tenant, job.Number}, repairPage)
	if err != nil {
		return err
	}
	var tasks []Task
	for _, r := range waiting {
		job.Tenant, job.Number = r.Tenant, r.Number
		if r.Trouble.Why != RecordGone && (!job.Waiting || r.Trouble.Why.concernsAll()) {
			tasks = append(tasks, Task{Job: SendRecord{Tenant: r.Tenant, Number: r.Number, Now: true}, Many: true})
		}
	}
	switch {
	case len(waiting) == repairPage:
		tasks = append(tasks, Task{Job: job})
	case !job.Waiting:
		tasks = append(tasks, Task{Job: RepairRecords{Round: job.Round, Missing: true}})
	}
	return tx.Later(ctx, tasks...)
}

// repairMissing has records made of tickets that have none.
func (d *Desk) repairMissing(ctx context.Context, tx Tx, job RepairRecords) error {
	since, err := recordsSince(ctx, tx)
	if err != nil {
		return err
	}
	missing, err := tx.Unrecorded(ctx, since, ID{job.Tenant, job.Number}, repairPage)
	if err != nil {
		return err
	}
	var tasks []Task
	for _, id := range missing {
		job.Tenant, job.Number = id.Tenant, id.Number
		tasks = append(tasks, Task{Job: SendRecord{Tenant: id.Tenant, Number: id.Number}, Many: true})
	}
	next := Task{Job: job, At: d.now().Add(repairPause)}
	if len(missing) < repairPage {
		next = Task{Job: RepairRecords{Round: job.Round}, At: d.now().Add(repairEvery)}
	}
	return tx.Later(ctx, append(tasks, next)...)
}

// RetryRecord has a ticket's record tried again at once.
func (d *Desk) RetryRecord(ctx context.Context, id ID) error {
	return d.Store.InTx(ctx, func(tx Tx) error {
		if _, err := tx.Ticket(ctx, id); err != nil {
			return err
		}
		return tx.Later(ctx, Task{Job: SendRecord{Tenant: id.Tenant, Number: id.Number, Now: true, Asked: true}})
	})
}

// RenewRecord has a new record made of a ticket whose record is gone. It gets the
// history so far as notes: what the customer was told, they are not told again, but
// they do get what the record that is gone never had.
func (d *Desk) RenewRecord(ctx context.Context, by Actor, press Press) (*Ticket, error) {
	return d.Change(ctx, by, press, func(c *Change) error {
		if !c.Ticket.MayChange(c.By) && c.Ticket.Owner != nil {
			return forbidden("error.not_owner", map[string]any{"Ticket": c.Ticket.String(), "Owner": c.Ticket.Owner.Name})
		}
		c.renews = true
		c.note(EntryRecordAnew, "", "", "", "")
		c.Then(SendRecord{Tenant: c.Ticket.Tenant, Number: c.Ticket.Number, Now: true})
		return nil
	})
}

// renew forgets the record that is gone.
func renew(ctx context.Context, tx Tx, t *Ticket, now time.Time) error {
	r, err := tx.LockRecord(ctx, t)
	if err != nil {
		return err
	}
	if r.Trouble.Why != RecordGone {
		return unmet("error.record_there", map[string]any{"Ticket": t.String()})
	}
	live, err := firstLetter(ctx, tx, r, now)
	if err != nil {
		return err
	}
	return tx.SaveRecord(ctx, Record{ID: r.ID, Key: r.Key, Live: live})
}

// firstLetter gives when the first message to the customer was written that the record
// does not have; now where there is none.
func firstLetter(ctx context.Context, tx Tx, r Record, now time.Time) (time.Time, error) {
	for after := r.Sent; ; {
		lines, err := tx.HistoryAfter(ctx, r.ID, after, linesAtOnce)
		if err != nil || len(lines) == 0 {
			return now, err
		}
		for _, line := range lines {
			if line.ToCustomer() && !line.At.Before(r.Live) {
				return line.At, nil
			}
		}
		after = lines[len(lines)-1].ID
	}
}
