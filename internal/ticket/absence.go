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
	// asked are those who stand in, each for the one before.
	asked []Person
}

// InCharge tells who looks after a person's tickets now. A stand-in who is away
// has the next one asked; where that leads back, nobody is in charge.
func (d *Desk) InCharge(ctx context.Context, tenant string, owner Person) (Charge, error) {
	return d.inCharge(ctx, d.Store, tenant, owner)
}

func (d *Desk) inCharge(ctx context.Context, r Reader, tenant string, owner Person) (Charge, error) {
	var charge Charge
	for who := owner; len(charge.asked) <= maxStandIns; {
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
		if stand == nil || stand.ID == owner.ID || slices.ContainsFunc(charge.asked, func(p Person) bool { return p.ID == stand.ID }) {
			break
		}
		who = *stand
		charge.asked = append(charge.asked, who)
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
	if err == nil && slices.ContainsFunc(charge.asked, func(p Person) bool { return p.ID == by.ID }) {
		by.Represents = t.Owner.ID
	}
	return by, err
}

// Away notes that the actor is away, as they said in a place. It takes the place
// of what they have said before. What report gives is done with it.
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
		if known && !before.Since.Before(now) {
			absence.Since = before.Since.Add(time.Microsecond) // each has a time of its own
		}
		if err := tx.SaveAbsence(ctx, absence); err != nil {
			return err
		}
		tasks := []Task{
			{Job: MarkAbsence{Tenant: by.Tenant, Person: by.Person, Since: absence.Since}},
			{Job: EndAbsence{Tenant: by.Tenant, Person: by.ID, Since: absence.Since}, At: until},
		}
		told, err := d.tellStandIn(ctx, tx, said, absence, before, known)
		if err != nil {
			return err
		}
		return tx.Later(ctx, append(append(tasks, told...), report(absence)...)...)
	})
	if err != nil {
		return absence, fmt.Errorf("note an absence: %w", err)
	}
	return absence, nil
}

// tellStandIn has a stand-in told what they look after, once.
func (d *Desk) tellStandIn(ctx context.Context, tx Tx, place Place, absence, before Absence, known bool) ([]Task, error) {
	stand := absence.StandIn
	if stand == nil || known && before.StandIn != nil && before.StandIn.ID == stand.ID && before.Until.Equal(absence.Until) {
		return nil, nil
	}
	page, err := tx.Tickets(ctx, Query{Tenant: absence.Tenant, Open: true, Owner: absence.Person.ID, Limit: MaxHandover})
	if err != nil {
		return nil, err
	}
	tell := TellOwner{Place: place, By: absence.Person, To: *stand, Until: &absence.Until}
	for _, t := range page.Tickets {
		tell.Numbers = append(tell.Numbers, t.Number)
	}
	return []Task{{Job: tell}}, nil
}

// Back ends the actor's absence; false where they were not away.
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
