package teams

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// meterKey names a meter: what is counted, and for whom.
type meterKey struct{ what, tenant, id string }

// demand is one meter that a call has to pass, and how long it may wait there.
type demand struct {
	key      meterKey
	windows  []Window
	patience time.Duration
}

// meters holds the meters in use and forgets idle ones.
type meters struct {
	now func() time.Time

	mu    sync.Mutex
	byKey map[meterKey]*meter
	swept time.Time
}

// sweepEvery is how often idle meters are looked for.
const sweepEvery = time.Minute

// queue lets a call wait for its turn, behind those that wait already; whoever
// was let in calls pass, or leave. Where that would take too long it is sent
// away by an error of kind Throttled, with a turn that nobody else was given.
func (ms *meters) queue(op string, demands []demand) error {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	now := ms.now()
	ms.sweep(now)
	for _, d := range demands {
		if ms.meter(d).reach(now) > d.patience {
			return ms.sendAway(op, now, demands)
		}
	}
	for _, d := range demands {
		ms.meter(d).queued++
	}
	return nil
}

// pass waits until a queued call fits all its meters, books it there and gives
// the time of that. It books only at the moment of going, so that a call that
// waits for its own conversation takes no room from the others. It returns an
// error of kind Throttled when others were quicker and it would wait too long.
func (ms *meters) pass(ctx context.Context, op string, demands []demand) (time.Time, error) {
	defer ms.leave(demands)
	deadline := ms.now()
	for _, d := range demands {
		deadline = later(deadline, ms.now().Add(d.patience))
	}
	for {
		now := ms.now()
		wait := ms.book(now, demands)
		if wait == 0 {
			return now, nil
		}
		if now.Add(wait).After(deadline) {
			ms.mu.Lock()
			defer ms.mu.Unlock()
			return now, ms.sendAway(op, now, demands)
		}
		if err := sleep(ctx, wait); err != nil {
			return now, err
		}
	}
}

// leave lets go of a call that is queued no more.
func (ms *meters) leave(demands []demand) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	for _, d := range demands {
		ms.meter(d).queued--
	}
}

// book writes the call into all its meters if it fits now; otherwise it
// returns how long that will take.
func (ms *meters) book(now time.Time, demands []demand) time.Duration {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	wait := time.Duration(0)
	for _, d := range demands {
		wait = max(wait, ms.meter(d).wait(now))
	}
	if wait > 0 {
		return wait
	}
	for _, d := range demands {
		ms.meter(d).add(now)
	}
	return 0
}

// sendAway gives the error of a call whose turn comes later.
func (ms *meters) sendAway(op string, now time.Time, demands []demand) error {
	wait := time.Duration(0)
	for _, d := range demands {
		if m := ms.meter(d); m.reach(now) > 0 {
			wait = max(wait, m.promise(now))
		}
	}
	return &Error{Op: op, Kind: Throttled, RetryAfter: wait}
}

// refused notes that Teams has refused the call that was booked then as too
// much, and wants its conversation to be left alone for a while. Where the call
// was one of several in the conversation, that is all: another process may speak
// there, too. Else the bot says too much in the tenant: ours is what has passed.
func (ms *meters) refused(booked time.Time, after time.Duration, conversation, tenant demand) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	now, m := ms.now(), ms.meter(conversation)
	m.remove(booked)
	m.paused = later(m.paused, now.Add(after))
	for _, w := range m.windows {
		if 4*m.within(w.Per, booked) >= w.Calls {
			return
		}
	}
	m = ms.meter(tenant)
	m.remove(booked)
	for _, w := range m.windows {
		m.share.cut(m.within(w.Per, booked), now)
	}
}

func (ms *meters) meter(d demand) *meter {
	m := ms.byKey[d.key]
	if m == nil {
		m = &meter{windows: d.windows}
		ms.byKey[d.key] = m
	}
	return m
}

func (ms *meters) sweep(now time.Time) {
	if now.Sub(ms.swept) < sweepEvery {
		return
	}
	ms.swept = now
	for key, m := range ms.byKey {
		if m.idle(now) {
			delete(ms.byKey, key)
		}
	}
}

// later gives the later one of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the limit: %w", ctx.Err())
	}
}
