package ticket

import (
	"context"
	"slices"
	"time"
)

// ladder climbs with one escalation within a transaction.
type ladder struct {
	desk   *Desk
	tx     Tx
	change *Change
	number int
	tasks  []Task
}

func (l *ladder) escalation() *Escalation { return &l.change.Ticket.Escalations[l.number-1] }

// goOn has the one asked whom the change has chosen, or the next one where it
// asks for that.
func (l *ladder) goOn(ctx context.Context) error {
	climbs := l.escalation().Climbs
	last := len(climbs) - 1
	if last < 0 || l.change.climbs {
		return l.advance(ctx)
	}
	if !climbs[last].Kind.Asks() || climbs[last].Called {
		return l.hasten(ctx)
	}
	there, err := l.handOn(ctx, last)
	if err != nil {
		return err
	}
	if there {
		called, err := l.call(ctx, last)
		if err != nil || called {
			return err
		}
	}
	return l.advance(ctx)
}

// handOn looks whether the person to whom an escalation was handed on is there:
// whoever stands in for them is asked instead, and without one they are skipped.
// It tells whether there is somebody to ask.
func (l *ladder) handOn(ctx context.Context, step int) (bool, error) {
	e := l.change.escalation(l.number)
	e.Climbs = slices.Clone(e.Climbs)
	climb := &e.Climbs[step]
	if climb.Kind != ClimbReassign || climb.Person == nil {
		return true, nil
	}
	chosen := *climb.Person
	charge, err := l.desk.inCharge(ctx, l.tx, l.change.Ticket.Tenant, chosen)
	if err != nil {
		return false, err
	}
	if charge.Person == nil || !charge.Person.same(chosen) && l.isAsker(*charge.Person) {
		l.change.climb(l.number, Climb{Kind: ClimbSkipped, Level: climb.Level, Person: &chosen, Why: WhyAway})
		return false, nil
	}
	if !charge.Person.same(chosen) {
		climb.Person, climb.For = charge.Person, &chosen
	}
	return true, nil
}

// advance goes on to the next one who can be asked, and has them asked.
func (l *ladder) advance(ctx context.Context) error {
	for {
		climb, err := l.next(ctx)
		if err != nil {
			return err
		}
		l.change.climb(l.number, climb)
		switch {
		case climb.Kind == ClimbEnd:
			return l.end(ctx)
		case climb.Kind == ClimbOwner:
			l.askAgain()
			return nil
		case !climb.Kind.Asks():
			continue
		}
		called, err := l.call(ctx, len(l.escalation().Climbs)-1)
		if err != nil || called {
			return err
		}
	}
}

// askAgain has the owner reminded of the question that waits for them.
func (l *ladder) askAgain() {
	t := l.change.Ticket
	question, _ := l.escalation().Question()
	l.tasks = append(l.tasks, Task{Job: TellOfChange{Tenant: t.Tenant, Number: t.Number, What: EntryAsked, By: question.By}})
}

// owed says who is reminded of what they owe: the owner of a reply, or whoever
// took the escalation on of the answer; false where nobody owes anything.
func (l *ladder) owed() (Climb, bool) {
	e := l.escalation()
	turn, asked := e.Turn()
	if !asked {
		turn.Level = e.Level
	}
	if _, waits := e.Question(); waits {
		return Climb{Kind: ClimbOwner, Level: turn.Level, Person: l.change.Ticket.Owner}, true
	}
	return Climb{Kind: ClimbHolder, Level: turn.Level, Person: e.AcceptedBy, Place: turn.Place}, e.AcceptedBy != nil
}

// next says how the escalation goes on: a reminder, the next person of the
// level, the next level, a mail.
func (l *ladder) next(ctx context.Context) (Climb, error) {
	if climb, owed := l.owed(); owed {
		return climb, nil
	}
	e := l.escalation()
	level := e.Level
	for _, last := range slices.Backward(e.Climbs) {
		if last.Kind == ClimbOwner {
			continue // which was about something else
		}
		if level = last.Level; last.Kind.begins() { // also of one where somebody was skipped
			return Climb{Kind: ClimbReminded, Level: level, Person: last.Person, For: last.For, Place: last.Place}, nil
		}
		break
	}
	for {
		climb, ok, err := l.within(ctx, level)
		if err != nil || ok {
			return climb, err
		}
		next, more := level.Next()
		if !more || slices.Contains(e.Levels(), next) {
			break
		}
		level = next
	}
	return l.lastResort(ctx)
}

// within gives the next one of a level; false where nobody is left there.
func (l *ladder) within(ctx context.Context, level Level) (Climb, bool, error) {
	e := l.escalation()
	route, ok, err := l.tx.Route(ctx, l.change.Ticket.Tenant, level)
	if err != nil || !ok {
		return Climb{}, false, err
	}
	climb := Climb{Kind: ClimbPerson, Level: level, Place: route.Place}
	begun := slices.ContainsFunc(e.Climbs, func(c Climb) bool { return c.Level == level && c.Called })
	if !begun {
		climb.Kind = ClimbLevel
		if _, asked := e.Turn(); !asked {
			climb.Kind = ClimbFirst
		}
	}
	for _, person := range route.People {
		if e.tried(level, person) || l.isAsker(person) {
			continue
		}
		charge, err := l.desk.inCharge(ctx, l.tx, l.change.Ticket.Tenant, person)
		if err != nil {
			return Climb{}, false, err
		}
		if !l.canAsk(charge, person, level) {
			return Climb{Kind: ClimbSkipped, Level: level, Person: &person, Why: WhyAway}, true, nil
		}
		if !charge.Person.same(person) {
			climb.For = &person
		}
		climb.Person = charge.Person
		return climb, true, nil
	}
	gone := slices.ContainsFunc(e.Climbs, func(c Climb) bool { return c.Level == level && c.Kind == ClimbNoPlace })
	return climb, !begun && !gone, nil // everybody who is there
}

// canAsk tells whether whoever is in charge for a person of the level can be asked:
// a stand-in who asks, or was asked there already, is nobody new.
func (l *ladder) canAsk(charge Charge, person Person, level Level) bool {
	if charge.Person == nil || charge.Person.same(person) {
		return charge.Person != nil
	}
	return !l.isAsker(*charge.Person) && !l.escalation().tried(level, *charge.Person)
}

// isAsker tells whether the person is who asks: nobody is asked by themselves.
func (l *ladder) isAsker(person Person) bool { return l.change.isAsker(l.escalation(), person) }

func (c *Change) isAsker(e *Escalation, person Person) bool {
	return e.By.same(person) || c.Ticket.OwnedBy(person)
}

// tried tells whether the person was asked at the level, or skipped.
func (e Escalation) tried(level Level, person Person) bool {
	return slices.ContainsFunc(e.Climbs, func(c Climb) bool {
		return c.Level == level && (c.Person != nil && c.Person.same(person) || c.For != nil && c.For.same(person))
	})
}

// lastResort gives the mail to the addresses of the levels that were asked, and
// the end after it.
func (l *ladder) lastResort(ctx context.Context) (Climb, error) {
	e := l.escalation()
	level := e.Level
	if turn, asked := e.Turn(); asked {
		level = turn.Level
	}
	end := Climb{Kind: ClimbEnd, Level: level}
	mailed := slices.ContainsFunc(e.Climbs, func(c Climb) bool { return c.Kind == ClimbMail })
	if mailed || !l.desk.Mails {
		return end, nil
	}
	mail := Climb{Kind: ClimbMail, Level: level}
	levels := e.Levels()
	if !slices.Contains(levels, Management) {
		levels = append(levels, Management) // it may have an address and nobody in Teams
	}
	for _, level := range levels {
		route, ok, err := l.tx.Route(ctx, l.change.Ticket.Tenant, level)
		if err != nil {
			return end, err
		}
		if ok && route.Mail != "" && !slices.Contains(mail.Mail, route.Mail) {
			mail.Mail = append(mail.Mail, route.Mail)
		}
	}
	if len(mail.Mail) == 0 {
		return end, nil
	}
	return mail, nil
}

// call has the one asked whose turn it is; false where there is no way to them.
func (l *ladder) call(ctx context.Context, step int) (bool, error) {
	t, e := l.change.Ticket, l.change.escalation(l.number)
	e.Climbs = slices.Clone(e.Climbs)
	climb := &e.Climbs[step]
	climb.Called = true
	job := AskInPerson{Tenant: t.Tenant, Number: t.Number, Escalation: l.number, Step: step + 1}
	if climb.Kind == ClimbMail {
		l.tasks = append(l.tasks, Task{Job: MailEscalation{Tenant: t.Tenant, Number: t.Number, Escalation: l.number, To: climb.Mail}})
		return true, nil
	}
	if climb.Place == (Place{}) {
		route, ok, err := l.tx.Route(ctx, t.Tenant, climb.Level)
		if err != nil {
			return false, err
		}
		if ok {
			climb.Place = route.Place
		}
	}
	address, known, err := l.tx.Address(ctx, climb.Place)
	if err != nil {
		return false, err
	}
	if !known || address.Refused != "" {
		if climb.Person != nil && climb.Kind != ClimbInPerson {
			job.Person = *climb.Person
			l.tasks = append(l.tasks, Task{Job: job})
			return true, nil
		}
		why := ConversationGone
		if known {
			why = RefusalOf(address.Refused)
		}
		gone := Climb{Kind: ClimbNoPlace, Level: climb.Level, Place: climb.Place, Why: string(why)}
		if climb.Kind == ClimbInPerson {
			gone.Kind, gone.Person = ClimbSkipped, climb.Person
		}
		l.change.climb(l.number, gone)
		return false, nil
	}
	until, err := l.quietUntil(ctx, climb.Place)
	if err != nil {
		return false, err
	}
	if until.After(climb.At) {
		climb.At = until
	}
	post := Post{Place: climb.Place, Number: t.Number, Purpose: PurposeEscalation, Subject: l.number}
	if err := l.tx.AddPost(ctx, &post); err != nil {
		return false, err
	}
	// What a clock has brought gives way to what somebody waits for.
	byClock := l.change.By.ID == Handrail(t.Tenant).ID
	l.tasks = append(l.tasks, Task{Job: PostCard{Tenant: t.Tenant, Post: post.ID}, At: until, Many: byClock})
	return true, nil
}

// quietUntil gives the end of the quiet hours of a place; zero where there are
// none now. Expedite knows no quiet hours.
func (l *ladder) quietUntil(ctx context.Context, place Place) (time.Time, error) {
	if l.change.Ticket.Class() == Expedite {
		return time.Time{}, nil
	}
	quiet, has, err := l.tx.Quiet(ctx, place.Tenant, place.Conversation)
	if err != nil || !has {
		return time.Time{}, err
	}
	return quiet.Until(l.change.At), nil
}

// hasten has a card sent now, or earlier, that waits for the end of quiet hours
// which the ticket need not wait for any more, as one of Expedite.
func (l *ladder) hasten(ctx context.Context) error {
	t, e := l.change.Ticket, l.escalation()
	turn, asked := e.Turn()
	if !asked || !turn.At.After(l.change.At) || turn.Place == (Place{}) {
		return nil
	}
	until, err := l.quietUntil(ctx, turn.Place)
	if err != nil || !until.Before(turn.At) {
		return err
	}
	posts, err := l.tx.Posts(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, post := range posts {
		if post.Purpose == PurposeEscalation && post.Subject == l.number && post.Place == turn.Place && post.Activity == "" {
			l.tasks = append(l.tasks, Task{Job: PostCard{Tenant: t.Tenant, Post: post.ID}, At: until})
		}
	}
	e = l.change.escalation(l.number)
	e.Climbs = slices.Clone(e.Climbs)
	for i := range slices.Backward(e.Climbs) {
		if e.Climbs[i].Kind.Asks() {
			e.Climbs[i].At = later(l.change.At, until)
			return nil
		}
	}
	return nil
}

// later gives the later one of two instants.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// end has the owner and the leads told that nobody is left to be asked.
func (l *ladder) end(ctx context.Context) error {
	t := l.change.Ticket
	inCharge, err := l.desk.charged(ctx, l.tx, t)
	if err != nil {
		return err
	}
	for _, lead := range l.desk.Leads {
		same, err := leads(ctx, l.tx, t.Tenant, inCharge, lead)
		if err != nil {
			return err
		}
		if !same {
			l.tasks = append(l.tasks, Task{Job: TellUnanswered{
				Tenant: t.Tenant, Number: t.Number, Escalation: l.number, Step: len(l.escalation().Climbs), Lead: lead,
			}})
		}
	}
	l.tasks = append(l.tasks, Task{Job: TellOfChange{
		Tenant: t.Tenant, Number: t.Number, What: EntryUnanswered, By: Handrail(t.Tenant).Person,
	}})
	return nil
}

// report has the owner told of what the change has brought since the given step,
// where somebody was skipped or the card waits. While somebody is looked for in
// person it waits for what comes of it, and of the end they are told anyhow.
func (l *ladder) report(from int) {
	t, climbs := l.change.Ticket, l.escalation().Climbs
	to := len(climbs)
	if from == to || climbs[to-1].Kind == ClimbEnd || climbs[to-1].Kind == ClimbNoPlace {
		return
	}
	for from > 0 && climbs[from-1].Kind == ClimbNoPlace {
		from--
	}
	if slices.ContainsFunc(climbs[from:], func(climb Climb) bool { return climb.Kind.Missed() || climb.At.After(l.change.At) }) {
		l.tasks = append(l.tasks, Task{Job: TellClimb{
			Tenant: t.Tenant, Number: t.Number, Escalation: l.number, From: from, To: to,
		}})
	}
}
