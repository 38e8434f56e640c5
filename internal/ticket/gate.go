package ticket

import (
	"errors"
	"sync"
	"time"
)

// Times of a system of record that gives no answer.
const (
	// gateFirst is how long it is left alone after it gave none, and gateMost the most
	// that this grows to.
	gateFirst = 2 * time.Second
	gateMost  = time.Minute
	// gateKnown is how long it is taken to give none still, once nobody in this process
	// asks: another may have heard from it since.
	gateKnown = 2 * gateMost
)

// gate keeps the jobs of a process away from a system of record that does not
// answer: one of them asks once in a while, and the others wait for what it hears.
type gate struct {
	mu sync.Mutex
	// down is what was heard last; nil while all goes well.
	down *RecordError
	// since is when that began, and last when it was heard last.
	since, last time.Time
	next        time.Time
	wait        time.Duration
}

// pass is nil for whoever may ask now, else what was heard last.
func (g *gate) pass(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down == nil {
		return nil
	}
	if now.Before(g.next) {
		return &RecordError{Why: g.down.Why, What: g.down.What, After: g.next.Sub(now), Cause: g.down.Cause}
	}
	g.next = now.Add(g.wait) // the others wait for the one that asks
	return nil
}

// heard notes how a call ended. It tells whether the system answers again after it
// did not.
func (g *gate) heard(now time.Time, err error) (again bool) {
	failure, failed := errors.AsType[*RecordError](err)
	if failed && failure.Why.concernsAll() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.wait = min(max(g.wait*2, gateFirst), gateMost)
		if g.down == nil || now.Sub(g.last) > gateKnown {
			g.since = now
		}
		g.down, g.last, g.next = failure, now, now.Add(max(g.wait, failure.After))
		return false
	}
	if err != nil && !failed {
		return false // it is not known what the system says
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	again = g.down != nil
	g.down, g.wait = nil, 0
	return again
}

// open has the next call go through, because a person asks for it.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next = time.Time{}
}

// RecordsDown says what keeps the system of record as a whole from taking anything, as
// far as this process has heard lately; its Why is empty while all goes well.
func (d *Desk) RecordsDown() RecordStop {
	d.gate.mu.Lock()
	defer d.gate.mu.Unlock()
	if d.gate.down == nil || d.now().Sub(d.gate.last) > gateKnown {
		return RecordStop{}
	}
	return RecordStop{Why: d.gate.down.Why, What: d.gate.down.What, Since: d.gate.since, Next: d.gate.next}
}

// concernsAll tells whether the trouble is one of the system as a whole, not one
// with a record.
func (w RecordTrouble) concernsAll() bool {
	switch w {
	case RecordBusy, RecordKeyBad, RecordDatabase, RecordStranger:
		return true
	default:
		return false
	}
}
