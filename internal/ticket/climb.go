package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ClimbKind says how an escalation went on; a stored word and the id of a
// sentence in the catalog ("climb.<kind>").
type ClimbKind string

// The ways in which an escalation goes on.
const (
	ClimbFirst    ClimbKind = "first"     // the first one of the first level is asked
	ClimbReminded ClimbKind = "reminded"  // the same one is asked again
	ClimbPerson   ClimbKind = "person"    // the next person of the level is asked
	ClimbLevel    ClimbKind = "level"     // the next level is asked
	ClimbReassign ClimbKind = "reassign"  // somebody who was asked has handed it on
	ClimbInPerson ClimbKind = "in_person" // the person is asked in a chat of their own, as the level's place cannot be reached
	ClimbMail     ClimbKind = "mail"      // the addresses of the last resort are written to
	ClimbSkipped  ClimbKind = "skipped"   // somebody who would be next cannot be reached, or is away
	ClimbNoPlace  ClimbKind = "no_place"  // the level's place cannot be reached
	ClimbEnd      ClimbKind = "end"       // there is nobody left to be asked
	ClimbOwner    ClimbKind = "owner"     // the owner is reminded of a question that waits for them
	ClimbHolder   ClimbKind = "holder"    // whoever took it on is reminded that they owe the answer
)

// ClimbKinds lists the ways in which an escalation goes on, so that a catalog can be checked for them.
func ClimbKinds() []ClimbKind {
	return []ClimbKind{
		ClimbFirst, ClimbReminded, ClimbPerson, ClimbLevel, ClimbReassign, ClimbInPerson, ClimbMail,
		ClimbSkipped, ClimbNoPlace, ClimbEnd, ClimbOwner, ClimbHolder,
	}
}

// Asks tells whether somebody is asked with it.
func (k ClimbKind) Asks() bool { return !k.Missed() && k != ClimbEnd && k != ClimbOwner }

// Missed tells whether somebody, or a place, could not be asked.
func (k ClimbKind) Missed() bool { return k == ClimbSkipped || k == ClimbNoPlace }

// begins tells whether it is the first time that the person or place is asked as
// the first one there, which is followed by a reminder.
func (k ClimbKind) begins() bool {
	return k == ClimbFirst || k == ClimbLevel || k == ClimbReassign || k == ClimbInPerson
}

// WhyAway is why a person is skipped who is away while nobody stands in; the
// other reasons are [Refusals].
const WhyAway = "away"

// Climb is one step of an escalation on its way to an answer. It is stored as
// JSON: add to it, never rename.
type Climb struct {
	Kind  ClimbKind `json:"kind"`
	Level Level     `json:"level"`
	// Person is who is asked or skipped; nil for everybody in the place.
	Person *Person `json:"person,omitempty"`
	// For is the person of the route for whom Person stands in; nil for none.
	For *Person `json:"for,omitempty"`
	// Place is where the card was sent; zero for none.
	Place Place `json:"place,omitzero"`
	// Mail are the addresses that were written to.
	Mail []string `json:"mail,omitempty"`
	// Why says why somebody was skipped, as [WhyAway] or a [Refusal]; of one who was
	// handed it on, it is what the other wrote with it.
	Why string `json:"why,omitempty"`
	// At is when it came to that; later than the change while quiet hours hold it.
	At time.Time `json:"at"`
	// Called tells that the message was left to a job.
	Called bool `json:"called,omitempty"`
}

// climbing has those asked whose turn it is after a change, and gives the job
// that looks again when nobody has answered.
func (d *Desk) climbing(ctx context.Context, tx Tx, c *Change, was *Ticket) ([]Task, error) {
	t := c.Ticket
	i := t.openEscalation()
	if i < 0 || t.Escalations[i].Alone {
		return nil, nil
	}
	if before := i < len(was.Escalations); before && len(t.Escalations[i].Climbs) == 0 {
		// It was made before there were routes, when owners asked by themselves.
		if _, ok, err := tx.Route(ctx, t.Tenant, t.Escalations[i].Level); err != nil || !ok {
			return nil, err
		}
	}
	l, before := ladder{desk: d, tx: tx, change: c, number: i + 1}, 0
	if i < len(was.Escalations) {
		before = len(was.Escalations[i].Climbs)
	}
	if err := l.goOn(ctx); err != nil {
		return nil, err
	}
	l.report(before)
	e := t.Escalations[i]
	due, waits := t.goesOnAt(e, d.Policy)
	if !waits {
		return l.tasks, nil
	}
	if i < len(was.Escalations) && len(was.Escalations[i].Climbs) == len(e.Climbs) {
		if before, waited := was.goesOnAt(was.Escalations[i], d.Policy); waited && before.Equal(due) {
			return l.tasks, nil // its job is there
		}
	}
	job := ClimbEscalation{Tenant: t.Tenant, Number: t.Number, Escalation: i + 1, Step: len(e.Climbs)}
	return append(l.tasks, Task{Job: job, At: due}), nil
}

// Climb does the job of looking whether an escalation was answered in the time of
// the ticket's class; where nobody has done anything about it, it climbs, and where
// somebody owes an answer they are reminded. It changes nothing where that has
// happened meanwhile.
func (d *Desk) Climb(ctx context.Context, job ClimbEscalation) error {
	return d.onStep(ctx, job.Tenant, job.Number, job.Escalation, job.Step, func(c *Change, e *Escalation) error {
		due, waits := c.Ticket.goesOnAt(*e, d.Policy)
		if !waits {
			return errNothing
		}
		if wait := due.Sub(c.At); wait > 0 {
			return &Postponed{After: wait, Cause: errors.New("there is still time for an answer")}
		}
		c.climbs = true
		return nil
	})
}

// Unasked skips at once the one whose turn it is, because they cannot be
// reached; step is that of the job that tried to.
func (d *Desk) Unasked(ctx context.Context, job AskInPerson, why string) error {
	return d.onStep(ctx, job.Tenant, job.Number, job.Escalation, job.Step, func(c *Change, e *Escalation) error {
		turn, asked := e.Turn()
		if !asked || !e.waits() {
			return errNothing
		}
		c.climb(job.Escalation, Climb{Kind: ClimbSkipped, Level: turn.Level, Person: turn.Person, Why: why})
		c.climbs = true
		return nil
	})
}

// AskThere has the card of an escalation sent to the chat with the person whose
// turn it is, as the place of the level cannot be reached.
func (d *Desk) AskThere(ctx context.Context, job AskInPerson, place Place) error {
	return d.onStep(ctx, job.Tenant, job.Number, job.Escalation, job.Step, func(c *Change, e *Escalation) error {
		turn, asked := e.Turn()
		if !asked || !e.waits() {
			return errNothing
		}
		c.climb(job.Escalation, Climb{Kind: ClimbInPerson, Level: turn.Level, Person: turn.Person, For: turn.For, Place: place})
		return nil
	})
}

// PostRefused goes on with an escalation whose card a place does not take: the
// person who is asked gets it in a chat of their own, else the next one is asked.
func (d *Desk) PostRefused(ctx context.Context, post Post, why Refusal) error {
	return d.onStep(ctx, post.Tenant, post.Number, post.Subject, 0, func(c *Change, e *Escalation) error {
		turn, asked := e.Turn()
		if !asked || !e.waits() {
			return errNothing
		}
		last := e.Climbs[len(e.Climbs)-1]
		if turn.Place != post.Place || last.Kind == ClimbNoPlace && last.Place == post.Place {
			return errNothing
		}
		inPerson := func(climb Climb) bool { return climb.Kind == ClimbInPerson && climb.Place == post.Place }
		if turn.Person != nil && slices.ContainsFunc(e.Climbs, inPerson) {
			c.climb(post.Subject, Climb{Kind: ClimbSkipped, Level: turn.Level, Person: turn.Person, Why: string(why)})
			c.climbs = true
			return nil
		}
		c.climb(post.Subject, Climb{Kind: ClimbNoPlace, Level: turn.Level, Place: post.Place, Why: string(why)})
		if turn.Person == nil {
			c.climbs = true
			return nil
		}
		e = &c.Ticket.Escalations[post.Subject-1]
		c.Then(AskInPerson{Tenant: post.Tenant, Number: post.Number, Escalation: post.Subject, Step: len(e.Climbs), Person: *turn.Person})
		return nil
	})
}

// errNothing ends a transaction in which there is nothing to do.
var errNothing = errors.New("nothing to do")

// onStep changes an open escalation that is still at the step of a job; 0 for any step.
func (d *Desk) onStep(ctx context.Context, tenant string, number int64, escalation, step int, how func(c *Change, e *Escalation) error) error {
	id := ID{Tenant: tenant, Number: number}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if KindOf(err) == NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if escalation < 1 || escalation > len(t.Escalations) || t.openEscalation() != escalation-1 {
			return nil
		}
		e := &t.Escalations[escalation-1]
		if step != 0 && len(e.Climbs) != step {
			return nil
		}
		was, c := *t, d.change(t, Handrail(tenant))
		if err := how(c, e); err != nil {
			return err
		}
		return d.keep(ctx, tx, c, &was, "")
	})
	if err != nil && !errors.Is(err, errNothing) {
		return fmt.Errorf("climb with %s: %w", id, err)
	}
	return nil
}

// climb writes down that an escalation went on.
func (c *Change) climb(number int, climb Climb) {
	if climb.At.IsZero() {
		climb.At = c.At
	}
	e := c.escalation(number)
	e.Climbs = append(slices.Clone(e.Climbs), climb)
	to := string(climb.Level)
	switch {
	case climb.Person != nil:
		to = climb.Person.Name
	case len(climb.Mail) > 0:
		to = joinWords(climb.Mail)
	}
	kind := EntryClimbed
	if climb.Kind == ClimbEnd {
		kind = EntryUnanswered
	}
	c.note(kind, string(climb.Kind), string(climb.Level), to, climb.Why)
}

// escalation gives an escalation of the ticket to be changed.
func (c *Change) escalation(number int) *Escalation {
	c.Ticket.Escalations = slices.Clone(c.Ticket.Escalations)
	return &c.Ticket.Escalations[number-1]
}
