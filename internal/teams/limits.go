package teams

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Window allows so many calls in any stretch of time as long as Per.
type Window struct {
	Calls int
	Per   time.Duration
}

// Limits are what a bot may do. Teams refuses what goes beyond, and a bot that
// is refused often is slowed further, so the [Connector] keeps to them.
type Limits struct {
	// Send bounds sends, updates, deletions and creations in one conversation.
	Send []Window
	// Read bounds reads of one conversation's members.
	Read []Window
	// Tenant bounds all calls in one tenant.
	Tenant []Window
	// MaxWait is how long a call may wait for its turn; one that would wait
	// longer fails as Throttled at once, so that its job can be put back
	// instead of holding a worker.
	MaxWait time.Duration
}

// DefaultLimits returns the limits that Microsoft publishes ("Optimize your
// bot with rate limiting in Teams": per bot per thread, and per app per
// tenant), and a wait of two seconds.
func DefaultLimits() Limits {
	return Limits{
		Send:    []Window{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}, {1800, time.Hour}},
		Read:    []Window{{14, time.Second}, {16, 2 * time.Second}, {120, 30 * time.Second}, {3600, time.Hour}},
		Tenant:  []Window{{50, time.Second}},
		MaxWait: 2 * time.Second,
	}
}

// meter is the diary of calls against some windows: of one conversation's
// sends, say. It never holds more times than its largest window allows.
// golang.org/x/time/rate is not used: a bucket that refills while it is being
// emptied lets up to twice its size through in one window.
type meter struct {
	windows []Window
	calls   []time.Time // ascending
	paused  time.Time   // no call before it: Teams said so
}

// wait returns how long it takes until one more call fits into every window.
func (m *meter) wait(now time.Time) time.Duration {
	wait := max(0, m.paused.Sub(now))
	for _, w := range m.windows {
		if n := len(m.calls); n >= w.Calls {
			wait = max(wait, m.calls[n-w.Calls].Add(w.Per).Sub(now))
		}
	}
	return wait
}

func (m *meter) add(now time.Time) {
	most := 0
	for _, w := range m.windows {
		most = max(most, w.Calls)
	}
	// Only as many calls as the largest window has are ever looked at.
	if drop := len(m.calls) + 1 - most; drop > 0 && len(m.calls) > 0 {
		m.calls = slices.Delete(m.calls, 0, min(drop, len(m.calls)))
	}
	m.calls = append(m.calls, now)
}

// idle says whether the meter has nothing left to hold against a call.
func (m *meter) idle(now time.Time) bool {
	longest := time.Duration(0)
	for _, w := range m.windows {
		longest = max(longest, w.Per)
	}
	return !m.paused.After(now) && (len(m.calls) == 0 || now.Sub(m.calls[len(m.calls)-1]) >= longest)
}

// meterKey names a meter: what is counted, and for whom.
type meterKey struct{ what, tenant, id string }

// demand is one meter that a call has to pass.
type demand struct {
	key     meterKey
	windows []Window
}

// meters holds the meters in use and forgets idle ones.
type meters struct {
	now     func() time.Time
	maxWait time.Duration

	mu    sync.Mutex
	byKey map[meterKey]*meter
	swept time.Time
}

// sweepEvery is how often idle meters are looked for.
const sweepEvery = time.Minute

// pass waits until the call fits all its meters and books it there. It books
// only at the moment of going, so that a call that waits for its own
// conversation takes no room from the others. It returns an error of kind
// Throttled when the wait would be longer than maxWait.
func (ms *meters) pass(ctx context.Context, op string, demands ...demand) error {
	deadline := ms.now().Add(ms.maxWait)
	for {
		now := ms.now()
		wait := ms.book(now, demands)
		if wait == 0 {
			return nil
		}
		if now.Add(wait).After(deadline) {
			return &Error{Op: op, Kind: Throttled, RetryAfter: wait}
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// book writes the call into all its meters if it fits now; otherwise it
// returns how long that will take.
func (ms *meters) book(now time.Time, demands []demand) time.Duration {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	ms.sweep(now)
	if wait := ms.longestWait(now, demands); wait > 0 {
		return wait
	}
	for _, d := range demands {
		ms.meter(d).add(now)
	}
	return 0
}

// hopeless says at once, as an error of kind Throttled, that a call could not
// pass in time, so that it need not queue to hear it.
func (ms *meters) hopeless(op string, demands ...demand) error {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	if wait := ms.longestWait(ms.now(), demands); wait > ms.maxWait {
		return &Error{Op: op, Kind: Throttled, RetryAfter: wait}
	}
	return nil
}

// pause lets no call pass the meter before until.
func (ms *meters) pause(d demand, until time.Time) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	if m := ms.meter(d); until.After(m.paused) {
		m.paused = until
	}
}

func (ms *meters) longestWait(now time.Time, demands []demand) time.Duration {
	wait := time.Duration(0)
	for _, d := range demands {
		if m := ms.byKey[d.key]; m != nil {
			wait = max(wait, m.wait(now))
		}
	}
	return wait
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
