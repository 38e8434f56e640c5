package ticket_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// TestNoOrderOfActionsBreaksATicket lets random people do random things with
// one ticket, in random order, with cards of random age and with keys that were
// used before, and reminders in between. After each it holds the ticket to the
// rules of the path; see the functions below.
func TestNoOrderOfActionsBreaksATicket(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := newMachine(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"anybody does anything":        func(rt *rapid.T) { m.act(rt, anybody.Draw(rt, "by"), m.anything(rt)) },
			"the owner does anything":      func(rt *rapid.T) { m.act(rt, m.owner(), m.anything(rt)) },
			"the owner goes on":            m.goOn,
			"the owner goes far":           m.goFar,
			"the owner decides":            func(rt *rapid.T) { m.act(rt, m.owner(), decision.Draw(rt, "action")) },
			"something ends or comes back": func(rt *rapid.T) { m.act(rt, m.owner(), turn.Draw(rt, "action")) },
			"an old card or an old key":    m.oldCard,
			"a clock rings":                m.ring,
			"":                             m.check,
		})
	})
}

// machine is a desk with one ticket, and what has to be remembered of it.
type machine struct {
	desk  *ticket.Desk
	store *tickettest.Store
	now   time.Time
	id    ticket.ID
	// lines is the history so far, oldest first.
	lines []ticket.Entry
	// used are the keys that have changed something.
	used []string
	keys int
	// checked is the version that was looked at last.
	checked int64
}

func newMachine(rt *rapid.T) *machine {
	m := &machine{store: tickettest.NewStore(), now: morning}
	m.desk = &ticket.Desk{Store: m.store, Policy: ticket.DefaultPolicy(), Leads: []string{"oid-lea"}, Guard: tickettest.Guard{}}
	m.desk.Now = func() time.Time { return m.now }
	o := opening("opened")
	o.Take = rapid.Bool().Draw(rt, "taken at once")
	o.Users = rapid.SampledFrom([]string{"3", "12", "40"}).Draw(rt, "users")
	by := rapid.SampledFrom([]ticket.Actor{ana, dan}).Draw(rt, "opened by")
	t, err := m.desk.Open(context.Background(), by, o)
	if err != nil {
		rt.Fatal(err)
	}
	m.id, m.used = t.ID, []string{"opened"}
	m.lines = m.history(rt)
	return m
}

func (m *machine) stored(rt *rapid.T) *ticket.Ticket {
	t, err := m.store.Ticket(context.Background(), m.id)
	if err != nil {
		rt.Fatal(err)
	}
	return t
}

func (m *machine) history(rt *rapid.T) []ticket.Entry {
	lines, err := m.store.History(context.Background(), m.id, 0, 1_000_000)
	if err != nil {
		rt.Fatal(err)
	}
	slices.Reverse(lines)
	return lines
}

// owner gives the ticket's owner as an actor without rights of a lead, or lea where nobody owns it.
func (m *machine) owner() ticket.Actor {
	t, err := m.store.Ticket(context.Background(), m.id)
	if err != nil || t.Owner == nil {
		return lea
	}
	return ticket.Actor{Tenant: t.Tenant, Person: *t.Owner}
}

// action is something to do, with its arguments; String shows it in a failure.
type action struct {
	name string
	do   func(*ticket.Change) error
	// who may do it beside the owner and a lead.
	also func(t *ticket.Ticket, by ticket.Actor) bool
}

func (a action) String() string { return a.name }

func act(do func(*ticket.Change) error, name string, args ...any) action {
	return action{name: fmt.Sprintf(name, args...), do: do}
}

func unowned(t *ticket.Ticket, _ ticket.Actor) bool { return t.Owner == nil }

var (
	anybody = rapid.SampledFrom([]ticket.Actor{ana, bo, dan, lea})
	// words are what people write where words are asked for; some write nothing.
	words = rapid.SampledFrom([]string{"So it is.", "So it is.", "So it is.", "", " \u200b"})

	// decision draws what the decision of Diagnosis is made of.
	decision = rapid.SampledFrom([]action{
		act(escalate, "escalate"),
		act(func(c *ticket.Change) error { return c.Fix("We can mend it.") }, "fix"),
		act(func(c *ticket.Change) error { return c.Answer("Restart the worker.") }, "answer"),
		act(func(c *ticket.Change) error { return c.Withdraw("Found it.") }, "withdraw"),
		act(func(c *ticket.Change) error {
			return c.Tick(ticket.ItemCause, ticket.Evidence{Choice: ticket.CauseUnknown, Words: "No idea."})
		}, "the cause is unknown"),
		act(func(c *ticket.Change) error {
			return c.Tick(ticket.ItemCause, ticket.Evidence{Choice: "code", Words: "A bug."})
		}, "the cause is found"),
	})

	// turn draws what ends a ticket or brings it back.
	turn = rapid.OneOf(
		rapid.Map(words, func(w string) action {
			return act(func(c *ticket.Change) error { return c.NotFixed(w) }, "not fixed %q", w)
		}),
		rapid.Map(words, func(w string) action {
			return act(func(c *ticket.Change) error { return c.CloseEarly(w) }, "close early %q", w)
		}),
		rapid.Map(words, func(w string) action {
			a := act(func(c *ticket.Change) error { return c.Reopen(w) }, "reopen %q", w)
			a.also = func(t *ticket.Ticket, by ticket.Actor) bool { return t.OpenedBy.ID == by.ID }
			return a
		}),
	)
)

// anything draws an action, good or bad.
func (m *machine) anything(rt *rapid.T) action {
	w := words.Draw(rt, "words")
	steps := rapid.SampledFrom(ticket.Steps())
	switch rapid.IntRange(0, 14).Draw(rt, "action") {
	case 0:
		a := act((*ticket.Change).Take, "take")
		a.also = unowned
		return a
	case 1:
		to := anybody.Draw(rt, "to").Person
		return act(func(c *ticket.Change) error { return c.Assign(to) }, "assign to %s", to.Name)
	case 2:
		facts := m.facts(rt)
		return act(func(c *ticket.Change) error { return c.Edit(facts) }, "edit")
	case 3:
		class := rapid.SampledFrom(append(ticket.Classes(), "urgent")).Draw(rt, "class")
		return act(func(c *ticket.Change) error { return c.OverrideClass(class, w) }, "override %s %q", class, w)
	case 4, 5, 6:
		item, evidence := m.item(rt), ticket.Evidence{Words: w}
		evidence.Choice = rapid.SampledFrom(append(slices.Clone(item.Choices), "", "magic")).Draw(rt, "choice")
		return act(func(c *ticket.Change) error { return c.Tick(item.ID, evidence) }, "tick %s with %v", item.ID, evidence)
	case 7:
		item := m.item(rt)
		return act(func(c *ticket.Change) error { return c.Skip(item.ID, w) }, "skip %s %q", item.ID, w)
	case 8:
		return act(func(c *ticket.Change) error { return c.SkipRest(w) }, "skip the rest %q", w)
	case 9:
		way := rapid.SampledFrom(append(ticket.Ways(), "pigeon")).Draw(rt, "way")
		return act(func(c *ticket.Change) error { return c.TellCustomer(way, w) }, "tell the customer by %s %q", way, w)
	case 10:
		step := rapid.OneOf(rapid.Just(m.stored(rt).Step), steps).Draw(rt, "step")
		return act(func(c *ticket.Change) error { return c.Complete(step) }, "complete %s", step)
	case 11:
		return act(func(c *ticket.Change) error { return c.Fix(w) }, "fix %q", w)
	case 12:
		level := rapid.SampledFrom(append(ticket.Levels(), "heaven")).Draw(rt, "level")
		reasons := rapid.SliceOfN(rapid.SampledFrom(ticket.Reasons()), 0, 2).Draw(rt, "reasons")
		return act(func(c *ticket.Change) error {
			return c.Escalate(ticket.Escalating{Level: level, Reasons: reasons, Ask: w})
		}, "escalate to %s for %v %q", level, reasons, w)
	case 13:
		kind := rapid.SampledFrom(append(ticket.ClockKinds(), "lunch")).Draw(rt, "clock")
		by := time.Duration(rapid.IntRange(-1, 26).Draw(rt, "hours")) * time.Hour
		return act(func(c *ticket.Change) error { return c.Snooze(kind, c.At.Add(by), w) }, "snooze %s by %s %q", kind, by, w)
	default:
		if rapid.Bool().Draw(rt, "with an answer") {
			return act(func(c *ticket.Change) error { return c.Answer(w) }, "answer %q", w)
		}
		return act(func(c *ticket.Change) error { return c.Withdraw(w) }, "withdraw %q", w)
	}
}

// item draws an item, mostly of the present step.
func (m *machine) item(rt *rapid.T) ticket.Item {
	steps := rapid.OneOf(rapid.Just(m.stored(rt).Step), rapid.SampledFrom(ticket.Steps()))
	return rapid.SampledFrom(ticket.Checklist(steps.Draw(rt, "step"))).Draw(rt, "item")
}

func (m *machine) facts(rt *rapid.T) ticket.Facts {
	facts := ticket.Facts{Title: "Invoices cannot be posted", Customer: "Contoso", Details: "Since this morning."}
	if rapid.Bool().Draw(rt, "users are known") {
		facts.Users = new(rapid.IntRange(0, 50).Draw(rt, "users"))
	}
	if rapid.Bool().Draw(rt, "has a date") {
		facts.DueAt = new(m.now.Truncate(time.Minute).Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "hours")) * time.Hour))
	}
	return facts
}

func (m *machine) goOn(rt *rapid.T) { m.act(rt, m.owner(), act(next, "go on")) }

// goFar does all that is missing up to a step, so that late steps are often reached.
func (m *machine) goFar(rt *rapid.T) {
	for range rapid.IntRange(1, 20).Draw(rt, "how far") {
		if m.stored(rt).State == ticket.Closed {
			return
		}
		m.goOn(rt)
	}
}

// act does the action with the newest card and a new key.
func (m *machine) act(rt *rapid.T, by ticket.Actor, a action) {
	m.keys++
	version := rapid.SampledFrom([]int64{0, m.stored(rt).Version}).Draw(rt, "version")
	m.press(rt, by, ticket.Press{ID: m.id, Version: version, Key: fmt.Sprintf("k%d", m.keys)}, a)
}

// oldCard does any action with a card of any age, and sometimes a key that was used.
func (m *machine) oldCard(rt *rapid.T) {
	m.keys++
	fresh := fmt.Sprintf("k%d", m.keys)
	m.press(rt, m.owner(), ticket.Press{
		ID:      m.id,
		Version: rapid.Int64Range(-1, m.stored(rt).Version+1).Draw(rt, "version"),
		Key:     rapid.SampledFrom(append(slices.Clone(m.used), "", fresh, fresh, fresh)).Draw(rt, "key"),
	}, m.anything(rt))
}

func (m *machine) press(rt *rapid.T, by ticket.Actor, press ticket.Press, a action) {
	rt.Logf("%s: %s, with version %d and key %q", by.Name, a, press.Version, press.Key)
	m.pass(rt)
	before := m.stored(rt)
	got, err := m.desk.Change(context.Background(), by, press, func(c *ticket.Change) error {
		was := tickettest.Clone(c.Ticket)
		err := a.do(c)
		if err != nil && (len(c.Entries()) > 0 || !reflect.DeepEqual(was, c.Ticket)) {
			rt.Errorf("the error %q has changed the ticket: %s", err, cmp.Diff(was, c.Ticket))
		}
		return err
	})
	after := m.stored(rt)
	if err != nil && ticket.KindOf(err) == ticket.Internal {
		rt.Fatalf("no person can read %q", err)
	}
	same(rt, "ticket that is given", after, got)
	repeated := press.Key != "" && slices.Contains(m.used, press.Key)
	if repeated && press.Version != before.Version && err != nil {
		rt.Errorf("the same click again is an error: %v", err)
	}
	if slices.Equal(said(err), []string{"error.stale"}) && !m.changedSince(press.Version) {
		rt.Errorf("a click on a card of version %d is late, and nobody has changed the ticket since", press.Version)
	}
	if err != nil || repeated {
		m.nothingChanged(rt, before, after)
		return
	}
	switch {
	case press.Version > before.Version, press.Version != 0 && m.changedSince(press.Version):
		rt.Errorf("a click on a card of version %d has changed version %d", press.Version, before.Version)
	case by.Lead, before.Owner != nil && before.Owner.ID == by.ID, a.also != nil && a.also(before, by):
	default:
		rt.Errorf("%s has no right to: %s", by.Name, a)
	}
	m.historyGrew(rt, by, before, after)
	m.wentByTheGate(rt, before, after)
	if press.Key != "" {
		m.used = append(m.used, press.Key)
	}
}

// pass lets some time go by.
func (m *machine) pass(rt *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(0, 600).Draw(rt, "minutes go by")) * time.Minute)
}

// changedSince tells whether a person has changed the ticket after the version.
func (m *machine) changedSince(version int64) bool {
	return slices.ContainsFunc(m.lines, func(e ticket.Entry) bool { return e.Version > version && e.By.ID != "handrail" })
}

// ring rings one of the ticket's clocks, at its time or at another, or one that was snoozed.
func (m *machine) ring(rt *rapid.T) {
	before := m.stored(rt)
	jobs := []ticket.RingClock{{Clock: ticket.ClockDate, Due: m.now}}
	for _, clock := range before.Clocks(m.desk.Policy) {
		jobs = append(jobs, ticket.RingClock{Clock: clock.Kind, Due: clock.Due})
		if snooze, ok := before.Snoozes[clock.Kind]; ok {
			jobs = append(jobs, ticket.RingClock{Clock: clock.Kind, Due: clock.Due, Again: snooze.Until})
		}
	}
	job := rapid.SampledFrom(jobs).Draw(rt, "clock")
	job.Tenant, job.Number = m.id.Tenant, m.id.Number
	m.pass(rt)
	at := job.Due
	if job.Again.After(at) {
		at = job.Again
	}
	err := m.desk.Ring(context.Background(), job)
	var early *ticket.Postponed
	if errors.As(err, &early) != (err != nil) || err != nil && !at.After(m.now) {
		rt.Fatalf("%s, due at %s, rings at %s: %v", job.Clock, at, m.now, err)
	}
	after := m.stored(rt)
	if after.Version == before.Version {
		m.nothingChanged(rt, before, after)
		return
	}
	if at.After(m.now) || job.Again.IsZero() && before.Reminded[job.Clock].Equal(job.Due) {
		rt.Errorf("%s has rung too early or twice", job.Clock)
	}
	m.historyGrew(rt, ticket.Handrail(m.id.Tenant), before, after)
	breached := 0
	if job.Again.IsZero() && job.Clock.Breach() {
		breached = 1
	}
	if counted := after.Breaches - before.Breaches; counted != breached {
		rt.Errorf("%s counts %d breaches", job.Clock, counted)
	}
	if _, snoozed := after.Snoozes[job.Clock]; snoozed && !job.Again.IsZero() {
		rt.Errorf("%s has rung after its snooze, and is snoozed still", job.Clock)
	}
	after.Reminded, after.Snoozes, after.Version, after.Breaches = before.Reminded, before.Snoozes, before.Version, before.Breaches
	same(rt, "rest of the ticket", before, after)
}
