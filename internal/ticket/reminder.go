package ticket

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
)

// Ring looks at a clock that is due and has those reminded who have to act:
// the owner, and of a breach the leads, once. It changes nothing where the clock
// was moved, stopped, snoozed or rung before, or says less than one that has
// come since.
func (d *Desk) Ring(ctx context.Context, job RingClock) error {
	id := ID{Tenant: job.Tenant, Number: job.Number}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if KindOf(err) == NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if !t.Rings(d.Policy, job.Clock, job.Due) || t.rang(job) {
			return nil
		}
		now := d.now()
		at := job.Due
		if job.Again.After(at) {
			at = job.Again
		}
		if wait := at.Sub(now); wait > 0 {
			return &Postponed{After: wait, Cause: errors.New("the clock is not due yet")}
		}
		if t.saidMore(d.Policy, job, now) {
			return nil
		}
		tasks, err := d.remind(ctx, tx, t, job)
		if err != nil {
			return err
		}
		c := d.change(t, Handrail(job.Tenant))
		c.ring(Clock{Kind: job.Clock, Due: job.Due}, job.Again)
		t.settle(d.Policy)
		if err := tx.Save(ctx, t, c.Entries()...); err != nil {
			return err
		}
		tasks = append(tasks, c.announce()...)
		return tx.Later(ctx, append(tasks, Task{Job: RefreshCards{Tenant: t.Tenant, Number: t.Number}})...)
	})
	if err != nil {
		return fmt.Errorf("ring %s of %s: %w", job.Clock, id, err)
	}
	return nil
}

// saidMore tells whether a clock that has come says more than that of the job.
// After a snooze, which a person wanted, only a breach does.
func (t *Ticket) saidMore(p Policy, job RingClock, now time.Time) bool {
	if job.Again.IsZero() {
		return t.overtaken(p, Clock{Kind: job.Clock, Due: job.Due}, now)
	}
	return job.Clock.warns() && !t.PromisedAt(p, job.Clock).After(now)
}

// rang tells whether the clock of the job has rung already: at its time, or
// after the snooze that the job is about.
func (t *Ticket) rang(job RingClock) bool {
	if job.Again.IsZero() {
		return t.Reminded[job.Clock].Equal(job.Due)
	}
	snooze, ok := t.Snoozes[job.Clock]
	return !ok || !snooze.Due.Equal(job.Due) || !snooze.Until.Equal(job.Again)
}

// ring notes that a clock has rung; a breach counts when it rings for the first time.
func (c *Change) ring(clock Clock, again time.Time) {
	t, snoozed := c.Ticket, ""
	if again.IsZero() {
		t.Reminded = maps.Clone(t.Reminded)
		if t.Reminded == nil {
			t.Reminded = map[ClockKind]time.Time{}
		}
		t.Reminded[clock.Kind] = clock.Due
		if clock.Kind.Breach() {
			t.Breaches++
		}
	} else {
		snoozed = instant(&again)
		t.endSnooze(clock.Kind)
	}
	c.note(EntryRang, string(clock.Kind), snoozed, instant(&clock.Due), "")
}

// remind gives the reminders of a clock that rings.
func (d *Desk) remind(ctx context.Context, tx Tx, t *Ticket, job RingClock) ([]Task, error) {
	to := Remind{Tenant: t.Tenant, Number: t.Number, Clock: job.Clock, Due: job.Due, Again: job.Again}
	tasks := []Task{{Job: to}}
	if !job.Clock.Breach() || !job.Again.IsZero() {
		return tasks, nil
	}
	inCharge, err := d.charged(ctx, tx, t)
	if err != nil {
		return nil, err
	}
	for _, to.Lead = range d.Leads {
		same, err := leads(ctx, tx, t.Tenant, inCharge, to.Lead)
		if err != nil {
			return nil, err
		}
		if !same {
			tasks = append(tasks, Task{Job: to})
		}
	}
	return tasks, nil
}

// charged gives who looks after the ticket; nil where nobody does.
func (d *Desk) charged(ctx context.Context, tx Tx, t *Ticket) (*Person, error) {
	if t.Owner == nil {
		return nil, nil //nolint:nilnil // nobody is an answer
	}
	charge, err := d.inCharge(ctx, tx, t.Tenant, *t.Owner)
	return charge.Person, err
}

// leads tells whether a person who is reminded anyhow is the lead. A person who
// was assigned by a mention is known by the id of that alone.
func leads(ctx context.Context, tx Tx, tenant string, person *Person, lead string) (bool, error) {
	if person == nil {
		return false, nil
	}
	if strings.EqualFold(person.ObjectID, lead) {
		return true, nil
	}
	address, known, err := tx.PersonalAddress(ctx, tenant, lead)
	return known && address.Person.ID == person.ID, err
}

// Reminded notes what became of a reminder: who was told (nil for nobody, a
// person without a name where nobody was named) and who could not be told in
// person.
func (d *Desk) Reminded(ctx context.Context, job Remind, told *Person, missed ...Unreached) error {
	return d.notedOnce(ctx, ID{Tenant: job.Tenant, Number: job.Number}, job.Key(), func(c *Change) {
		if told != nil {
			c.note(EntryReminded, string(job.Clock), told.Name, instant(&job.Due), "")
		}
	}, missed...)
}

// ring gives the jobs for the clocks and snoozes that a change has started.
func (d *Desk) ring(t, was *Ticket) []Task {
	var tasks []Task
	for _, clock := range started(was.Clocks(d.Policy), t.Clocks(d.Policy)) {
		if t.overtaken(d.Policy, clock, d.now()) {
			continue
		}
		tasks = append(tasks, ringing(t, clock))
	}
	for _, kind := range ClockKinds() {
		if snooze, ok := t.Snoozes[kind]; ok && snooze != was.Snoozes[kind] {
			tasks = append(tasks, ringingAgain(t, kind, snooze))
		}
	}
	return tasks
}

func ringing(t *Ticket, clock Clock) Task {
	return Task{Job: RingClock{Tenant: t.Tenant, Number: t.Number, Clock: clock.Kind, Due: clock.Due}, At: clock.Due}
}

func ringingAgain(t *Ticket, kind ClockKind, snooze Snooze) Task {
	job := RingClock{Tenant: t.Tenant, Number: t.Number, Clock: kind, Due: snooze.Due, Again: snooze.Until}
	return Task{Job: job, At: snooze.Until}
}
