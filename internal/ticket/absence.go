package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// MaxAbsence is how long a person can say that they are away.
const MaxAbsence = 60 * 24 * time.Hour

// maxStandIns is how many stand-ins are asked in turn, each of whom is away, too.
const maxStandIns = 5

// Absence says that a person is away, until when, and who stands in for them.
type Absence struct {
	Tenant string
	Person Person
	// Since is when the person has told it last.
	Since, Until time.Time
	// StandIn gets the person's reminders and may change their tickets; nil for nobody.
	StandIn *Person
}

// Lasts tells whether the absence is not over yet.
func (a Absence) Lasts(now time.Time) bool { return now.Before(a.Until) }

// Charge says who looks after a person's tickets now.
type Charge struct {
	// Person is the owner, or whoever stands in while they are away; nil while nobody does.
	Person *Person
	// Away is the owner's absence; nil while they are there.
	Away *Absence
	// StandIns are those who stand in, each for the one before.
	StandIns []Person
}

// Acting gives the actor with the right of whoever stands in for the owner, if
// they do.
func (c Charge) Acting(by Actor, t *Ticket) Actor {
	by.Represents = ""
	if t.Owner != nil && slices.ContainsFunc(c.StandIns, func(p Person) bool { return p.ID == by.ID }) {
		by.Represents = t.Owner.ID
	}
	return by
}

// InCharge tells who looks after a person's tickets now. A stand-in who is away
// has the next one asked; where that leads back, nobody is in charge.
func (d *Desk) InCharge(ctx context.Context, tenant string, owner Person) (Charge, error) {
	return d.inCharge(ctx, d.Store, tenant, owner)
}

func (d *Desk) inCharge(ctx context.Context, r Reader, tenant string, owner Person) (Charge, error) {
	var charge Charge
	for who := owner; len(charge.StandIns) <= maxStandIns; {
		absence, known, err := r.Absence(ctx, tenant, who.ID)
		if err != nil {
			return Charge{}, err
		}
		if !known || !absence.Lasts(d.now()) {
			charge.Person = &who
			return charge, nil
		}
		if charge.Away == nil {
			charge.Away = &absence
		}
		stand := absence.StandIn
		if stand == nil || stand.ID == owner.ID || slices.ContainsFunc(charge.StandIns, func(p Person) bool { return p.ID == stand.ID }) {
			break
		}
		who = *stand
		charge.StandIns = append(charge.StandIns, who)
	}
	return charge, nil
}

// Acting gives the actor with the right of whoever stands in for the ticket's
// owner, if they do. It asks only where they have no right of their own.
func (d *Desk) Acting(ctx context.Context, by Actor, t *Ticket) (Actor, error) {
	return d.acting(ctx, d.Store, by, t)
}

func (d *Desk) acting(ctx context.Context, r Reader, by Actor, t *Ticket) (Actor, error) {
	by.Represents = ""
	if t.Owner == nil || t.MayChange(by) {
		return by, nil
	}
	charge, err := d.inCharge(ctx, r, t.Tenant, *t.Owner)
	return charge.Acting(by, t), err
}

// Away notes that the actor is away, as they said in a place. It takes the place
// of what they have said before. What report gives is done with it; it may be nil.
func (d *Desk) Away(
	ctx context.Context, by Actor, said Place, until time.Time, standIn *Person, report func(Absence) []Task,
) (Absence, error) {
	now, until := d.now(), until.UTC().Truncate(time.Microsecond)
	absence := Absence{Tenant: by.Tenant, Person: by.Person, Since: now, Until: until, StandIn: standIn}
	switch {
	case !until.After(now):
		return absence, &Error{Kind: Invalid, Message: "error.away_past"}
	case until.Sub(now) > MaxAbsence:
		return absence, &Error{Kind: Invalid, Message: "error.away_long", Args: map[string]any{"Limit": int(MaxAbsence / (24 * time.Hour))}}
	case standIn != nil && standIn.ID == by.ID:
		return absence, fault(FieldPerson, "error.away_self", nil)
	}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		before, known, err := tx.Absence(ctx, by.Tenant, by.ID)
		if err != nil {
			return err
		}
		var tasks []Task
		if known && before.same(absence) {
			absence = before
		} else if tasks, err = d.leave(ctx, tx, said, &absence, before); err != nil {
			return err
		}
		if report != nil {
			tasks = append(tasks, report(absence)...)
		}
		return tx.Later(ctx, tasks...)
	})
	if err != nil {
		return absence, fmt.Errorf("note an absence: %w", err)
	}
	return absence, nil
}

// same tells whether another absence says the same of its person.
func (a Absence) same(other Absence) bool {
	return a.Until.Equal(other.Until) && (a.StandIn == nil) == (other.StandIn == nil) &&
		(a.StandIn == nil || a.StandIn.ID == other.StandIn.ID)
}

// leave stores an absence in place of the one before, if there was one, and
// gives what follows from it.
func (d *Desk) leave(ctx context.Context, tx Tx, said Place, absence *Absence, before Absence) ([]Task, error) {
	if !absence.Since.After(before.Since) {
		absence.Since = before.Since.Add(time.Microsecond) // each has a time of its own
	}
	if err := tx.SaveAbsence(ctx, *absence); err != nil {
		return nil, err
	}
	tasks := []Task{
		{Job: MarkAbsence{Tenant: absence.Tenant, Person: absence.Person, Since: absence.Since}},
		{Job: EndAbsence{Tenant: absence.Tenant, Person: absence.Person.ID, Since: absence.Since}, At: absence.Until},
	}
	if absence.StandIn == nil {
		return tasks, nil
	}
	page, err := tx.Tickets(ctx, Query{Tenant: absence.Tenant, Open: true, Owner: absence.Person.ID, Limit: MaxHandover})
	if err != nil || len(page.Tickets) == 0 {
		return tasks, err // who has nothing to look after need not know yet
	}
	tell := TellOwner{Place: said, By: absence.Person, To: *absence.StandIn, Until: &absence.Until}
	for _, t := range page.Tickets {
		tell.Numbers = append(tell.Numbers, t.Number)
	}
	return append(tasks, Task{Job: tell}), nil
}

// Back ends the actor's absence; false where they were not away. What report
// gives is done with it; it may be nil.
func (d *Desk) Back(ctx context.Context, by Actor, report func(was bool) []Task) (bool, error) {
	was := false
	err := d.Store.InTx(ctx, func(tx Tx) error {
		absence, known, err := tx.Absence(ctx, by.Tenant, by.ID)
		if err != nil {
			return err
		}
		if was = known && absence.Lasts(d.now()); known {
			if err := d.endAbsence(ctx, tx, absence); err != nil {
				return err
			}
		}
		if report == nil {
			return nil
		}
		return tx.Later(ctx, report(was)...)
	})
	if err != nil {
		return false, fmt.Errorf("end an absence: %w", err)
	}
	return was, nil
}

// EndAbsence does the job of ending an absence when its time has come.
func (d *Desk) EndAbsence(ctx context.Context, job EndAbsence) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		absence, known, err := tx.Absence(ctx, job.Tenant, job.Person)
		if err != nil || !known || !absence.Since.Equal(job.Since) {
			return err // they are back, or away for longer
		}
		if wait := absence.Until.Sub(d.now()); wait > 0 {
			return &Postponed{After: wait, Cause: errors.New("the person is still away")}
		}
		return d.endAbsence(ctx, tx, absence)
	})
	if err != nil {
		return fmt.Errorf("end an absence: %w", err)
	}
	return nil
}

func (d *Desk) endAbsence(ctx context.Context, tx Tx, absence Absence) error {
	if err := tx.EndAbsence(ctx, absence.Tenant, absence.Person.ID); err != nil {
		return err
	}
	return tx.Later(ctx, Task{Job: MarkAbsence{Tenant: absence.Tenant, Person: absence.Person, Since: absence.Since, Over: true}})
}

// markedAtOnce is how many tickets of a person are listed at once.
const markedAtOnce = 100

// MarkAbsence does the job of writing into the history of a person's open
// tickets that they are away or back, so that every card of them says so.
func (d *Desk) MarkAbsence(ctx context.Context, job MarkAbsence) error {
	for skip := 0; ; skip += markedAtOnce {
		page, err := d.Store.Tickets(ctx, Query{Tenant: job.Tenant, Open: true, Owner: job.Person.ID, Skip: skip, Limit: markedAtOnce})
		if err != nil {
			return fmt.Errorf("mark an absence: %w", err)
		}
		for _, t := range page.Tickets {
			if err := d.markAbsence(ctx, job, t.ID); err != nil {
				return fmt.Errorf("mark an absence on %s: %w", t, err)
			}
		}
		if skip+markedAtOnce >= page.Total {
			return nil
		}
	}
}

func (d *Desk) markAbsence(ctx context.Context, job MarkAbsence, id ID) error {
	return d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if err != nil || t.State == Closed || !t.OwnedBy(job.Person) {
			return err
		}
		absence, known, err := tx.Absence(ctx, job.Tenant, job.Person.ID)
		if err != nil || !job.holds(absence, known && absence.Lasts(d.now())) {
			return err
		}
		if _, done, err := tx.Pressed(ctx, job.Tenant, job.key(id)); err != nil || done {
			return err
		}
		c := d.change(t, Handrail(job.Tenant))
		stand := ""
		if absence.StandIn != nil {
			stand = absence.StandIn.Name
		}
		if job.Over {
			c.note(EntryBack, "", t.Owner.Name, "", "")
		} else {
			c.note(EntryAway, stand, t.Owner.Name, instant(&absence.Until), "")
		}
		return d.keep(ctx, tx, c, t, job.key(id))
	})
}

// holds tells whether what the job says of a person is still so.
func (m MarkAbsence) holds(absence Absence, away bool) bool {
	if m.Over {
		return !away
	}
	return away && absence.Since.Equal(m.Since)
}

// key is that of the line in a ticket's history.
func (m MarkAbsence) key(id ID) string {
	key := "absence " + m.Person.ID + " " + strconv.FormatInt(m.Since.UnixMicro(), 10) + " " + id.String()
	if m.Over {
		key += " over"
	}
	return key
}
