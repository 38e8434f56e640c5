package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Times of bringing a ticket to its record.
const (
	// recordLease is how long nobody else works on a record. It is longer than a job may
	// run, and shorter than it takes until the job of a process that was killed is done again.
	recordLease = 45 * time.Second
	// recordTurn is how long a job goes on before it leaves the rest to another.
	recordTurn = 15 * time.Second
	// linesAtOnce is how many lines of the history are read at once.
	linesAtOnce = 50
)

// SendRecord brings what is new of a ticket to its record: first the record itself,
// then the lines of the history in their order, then the fields.
type SendRecord struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
	// Again tells that it is the attempt that was put off, and Now that it is not to wait
	// for that one.
	Again bool `json:"again,omitempty"`
	Now   bool `json:"now,omitempty"`
	// Asked tells that a person wants it: the system is asked even if it did not answer just now.
	Asked bool `json:"asked,omitempty"`
}

// Kind gives the stored word of the job.
func (SendRecord) Kind() string { return "record.send" }

// RecordWords puts what goes to a record into words.
type RecordWords interface {
	// Note gives the note that a line of a ticket's history becomes.
	Note(t *Ticket, entry Entry) string
	// Unfiled says that the system of record did not take a file.
	Unfiled(name string) string
}

// recordTasks gives the job that brings a change to the ticket's record; none where
// nothing in it belongs there.
func (d *Desk) recordTasks(t *Ticket, entries []Entry) []Task {
	if d.Records == nil || !slices.ContainsFunc(entries, Entry.Recorded) {
		return nil
	}
	return []Task{{Job: SendRecord{Tenant: t.Tenant, Number: t.Number}}}
}

// SendRecord does the job. Of two that run at once, one does the work, and looks at
// its end for what came meanwhile; kept from its work it is left again, as often
// as it takes.
func (d *Desk) SendRecord(ctx context.Context, job SendRecord, words RecordWords) error {
	if d.Records == nil {
		return nil // what waits is found when there is a system of record again
	}
	s, err := d.lease(ctx, job)
	if err != nil || s == nil {
		return err
	}
	if job.Asked {
		d.gate.open()
	}
	s.words = words
	err = s.run(ctx)
	failure, failed := errors.AsType[*RecordError](err)
	if err != nil && !failed && ctx.Err() != nil {
		failure, failed = &RecordError{Why: RecordBusy, Cause: err}, true // it took too long
	}
	// The record must not stay leased where the job has no time left.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTurn)
	defer cancel()
	switch {
	case errors.Is(err, errLeaseLost):
		return nil
	case failed:
		err = s.hold(ctx, failure)
	case err != nil:
		err = errors.Join(err, s.save(ctx, func(r *Record) { r.Leased = time.Time{} }))
	}
	if err != nil && !errors.Is(err, errLeaseLost) {
		return fmt.Errorf("bring %s to its record: %w", s.t.ID, err)
	}
	return nil
}

// sending is the work on one record.
type sending struct {
	*Desk
	words RecordWords
	// t is the ticket without its secrets.
	t     *Ticket
	r     Record
	begun time.Time
	// lease is until when the record is ours, by which it is known as such.
	lease time.Time
	// asked tells that the system of record was asked, and not only known not to answer.
	asked bool
}

// errLeaseLost tells that somebody else works on the record by now.
var errLeaseLost = errors.New("the record is worked on by another job")

// lease takes the record for a job; nil where another has it, or where it is not time yet.
func (d *Desk) lease(ctx context.Context, job SendRecord) (*sending, error) {
	id, now := ID{Tenant: job.Tenant, Number: job.Number}, d.now()
	var s *sending
	err := d.Store.InTx(ctx, func(tx Tx) error {
		s = nil
		t, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		r, err := tx.LockRecord(ctx, t)
		if err != nil {
			return err
		}
		stop := r.Trouble
		switch {
		case r.Leased.After(now), stop.Why == RecordGone:
			return nil
		case job.Now || stop.Why == "":
		case stop.Next.After(now) && job.Again:
			return &Postponed{After: stop.Next.Sub(now), Turn: true, Cause: errors.New("the record is not tried yet")}
		case stop.Next.After(now):
			return nil // the attempt that was put off brings it, too
		}
		if r.Live.IsZero() {
			if r.Live, err = recordsSince(ctx, tx); err != nil {
				return err
			}
		}
		r.Leased = now.Add(recordLease)
		s = &sending{Desk: d, t: t.Masked(d.Guard), r: r, begun: now, lease: r.Leased}
		return tx.SaveRecord(ctx, r)
	})
	if err != nil {
		return nil, fmt.Errorf("take the record of %s: %w", id, err)
	}
	return s, nil
}

// save stores a change of the record, which stays ours.
func (s *sending) save(ctx context.Context, change func(r *Record)) error {
	return s.Store.InTx(ctx, func(tx Tx) error { return s.saveIn(ctx, tx, change) })
}

// saveIn does the same within a transaction, and leaves jobs.
func (s *sending) saveIn(ctx context.Context, tx Tx, change func(r *Record), tasks ...Task) error {
	r, err := tx.LockRecord(ctx, s.t)
	if err != nil {
		return err
	}
	if !r.Leased.Equal(s.lease) {
		return errLeaseLost
	}
	r.Live = s.r.Live
	r.Leased = s.now().Add(recordLease)
	change(&r)
	if err := tx.SaveRecord(ctx, r); err != nil {
		return err
	}
	s.r, s.lease = r, r.Leased
	return tx.Later(ctx, tasks...)
}

// tell stores a change of the record with lines of the ticket's history, which every
// copy of its card shows.
func (s *sending) tell(ctx context.Context, change func(r *Record), tasks []Task, note func(c *Change)) error {
	return s.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, s.t.ID)
		if err != nil {
			return err
		}
		return s.tellIn(ctx, tx, t, change, tasks, note)
	})
}

func (s *sending) tellIn(ctx context.Context, tx Tx, t *Ticket, change func(r *Record), tasks []Task, note func(c *Change)) error {
	c := s.change(t, Handrail(t.Tenant))
	if note(c); len(c.entries) > 0 {
		t.settle(s.Policy)
		if err := tx.Save(ctx, t, c.Entries()...); err != nil {
			return err
		}
		tasks = append(slices.Clone(tasks), Task{Job: RefreshCards{Tenant: t.Tenant, Number: t.Number}})
	}
	return s.saveIn(ctx, tx, change, tasks...)
}

// call asks the system of record, unless it is known not to answer.
func (s *sending) call(ctx context.Context, ask func() error) error {
	if err := s.gate.pass(s.now()); err != nil {
		return err
	}
	return s.heard(ctx, s.ask(ctx, ask))
}

// ask asks it, whatever is known.
func (s *sending) ask(ctx context.Context, ask func() error) error {
	s.asked = true
	err := ask()
	if err != nil && ctx.Err() != nil {
		return &RecordError{Why: RecordBusy, Cause: err}
	}
	return err
}

// heard tells the other jobs how a call ended, and gives its error.
func (s *sending) heard(ctx context.Context, err error) error {
	if !s.gate.heard(s.now(), err) {
		return err
	}
	// Those that wait longer than need be now.
	left := s.Store.InTx(ctx, func(tx Tx) error { return tx.Later(ctx, Task{Job: RepairRecords{Waiting: true}}) })
	return errors.Join(err, left)
}

// run brings everything that there is.
func (s *sending) run(ctx context.Context) error {
	for {
		if err := s.make(ctx); err != nil {
			return err
		}
		if err := s.lines(ctx); err != nil {
			return err
		}
		if err := s.fields(ctx); err != nil {
			return err
		}
		if done, err := s.finish(ctx); done || err != nil {
			return err
		}
	}
}

// make makes the record unless it is there.
func (s *sending) make(ctx context.Context) error {
	if s.r.Made() {
		return nil
	}
	mail, err := s.mailOf(ctx, s.Store, s.t.Owner)
	if err != nil {
		return err
	}
	values, err := s.values(ctx, RecordFields())
	if err != nil {
		return err
	}
	var ref RecordRef
	err = s.call(ctx, func() (err error) {
		ref, err = s.Records.Put(ctx, s.r.Key, values)
		return err
	})
	if err != nil {
		return err
	}
	var state RecordState
	err = s.call(ctx, func() (err error) {
		state, err = s.Records.Record(ctx, ref)
		return err
	})
	if err != nil {
		return err
	}
	made := func(r *Record) {
		r.Ref, r.Base = ref, state
		r.Base.Notes = nil
		for _, field := range RecordFields() {
			r.Say(s.t, field, mail, s.now())
		}
	}
	return s.tell(ctx, made, nil, func(c *Change) { c.note(EntryRecorded, "", "", ref.Label, "") })
}

// mailOf gives the mail address of a person; empty where nobody knows it.
func (s *sending) mailOf(ctx context.Context, from Reader, person *Person) (string, error) {
	if person == nil || person.ID == Handrail(s.t.Tenant).ID {
		return "", nil
	}
	known, _, err := from.Person(ctx, s.t.Tenant, person.ID)
	if mails := known.Mails(); err == nil && len(mails) > 0 {
		return mails[0], nil
	}
	return "", err
}

// values gives what the ticket says of the fields.
func (s *sending) values(ctx context.Context, fields []RecordField) (RecordValues, error) {
	t := s.t
	all := map[RecordField]func(v *RecordValues) error{
		RecordTitle:   func(v *RecordValues) error { v.Title = &t.Title; return nil },
		RecordDetails: func(v *RecordValues) error { v.Details = &t.Details; return nil },
		RecordCustomer: func(v *RecordValues) error {
			v.Customer = &RecordPerson{Name: t.Customer, Mail: t.customerMail()}
			return nil
		},
		RecordOwner: func(v *RecordValues) error {
			v.Owner = &RecordPerson{}
			if t.Owner == nil {
				return nil
			}
			mail, err := s.mailOf(ctx, s.Store, t.Owner)
			v.Owner.Name, v.Owner.Mail = t.Owner.Name, mail
			return err
		},
		RecordClass:    func(v *RecordValues) error { class := t.Class(); v.Class = &class; return nil },
		RecordStanding: func(v *RecordValues) error { v.Standing = &Standing{Step: t.Step, State: t.State}; return nil },
	}
	var values RecordValues
	for _, field := range fields {
		if err := all[field](&values); err != nil {
			return RecordValues{}, err
		}
	}
	return values, nil
}

// finish ends the work where nothing is left, and tells so. What is left after a
// good while is left to another job: others wait, too.
func (s *sending) finish(ctx context.Context) (done bool, err error) {
	err = s.Store.InTx(ctx, func(tx Tx) error {
		done = false
		t, err := tx.Lock(ctx, s.t.ID)
		if err != nil {
			return err
		}
		mail, err := s.mailOf(ctx, tx, t.Owner)
		if err != nil {
			return err
		}
		left, err := tx.HistoryAfter(ctx, t.ID, s.r.Sent, 1)
		if err != nil {
			return err
		}
		s.t = t.Masked(s.Guard)
		free := func(r *Record) { r.Leased = time.Time{} }
		switch {
		case len(left) > 0 || len(s.r.Unsaid(s.t, mail)) > 0:
			if s.now().Sub(s.begun) < recordTurn {
				return nil
			}
			done = true
			return s.saveIn(ctx, tx, free, Task{Job: SendRecord{Tenant: t.Tenant, Number: t.Number, Now: true}})
		case s.r.Trouble.Shown: // the line that says so is left to the next round
			mended := func(c *Change) { c.note(EntryRecordMended, "", "", "", "") }
			return s.tellIn(ctx, tx, t, func(r *Record) { r.Trouble = RecordStop{} }, nil, mended)
		}
		done = true
		return s.saveIn(ctx, tx, func(r *Record) { r.Trouble, r.Leased = RecordStop{}, time.Time{} })
	})
	return done, err
}
