package teams

import (
	"slices"
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
	// MaxWait is how long a call may wait for its turn in the conversation; one
	// that would wait longer fails as Throttled at once, with the time at which
	// its turn comes, so that its job can be put back and others go meanwhile.
	MaxWait time.Duration
	// MaxTenantWait is the same for the tenant. It is longer: no other call in
	// the tenant could go meanwhile, and how fast they go may change.
	MaxTenantWait time.Duration
}

// DefaultLimits returns the limits that Microsoft publishes ("Optimize your
// bot with rate limiting in Teams": per bot per thread, and per app per
// tenant), and short waits.
func DefaultLimits() Limits {
	return Limits{
		Send:          []Window{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}, {1800, time.Hour}},
		Read:          []Window{{14, time.Second}, {16, 2 * time.Second}, {120, 30 * time.Second}, {3600, time.Hour}},
		Tenant:        []Window{{50, time.Second}},
		MaxWait:       250 * time.Millisecond,
		MaxTenantWait: 10 * time.Second,
	}
}

// margin is how much longer than Teams' each window is kept: a call may be
// quicker on its way than the one before that it follows by the window.
const margin = 20 * time.Millisecond

// meter is the diary of calls against some windows: of one conversation's
// sends, say. It never holds more times than its largest window allows.
// golang.org/x/time/rate is not used: a bucket that refills while it is being
// emptied lets up to twice its size through in one window.
type meter struct {
	windows []Window
	calls   []time.Time // ascending
	paused  time.Time   // no call before it: Teams said so
	// queued is how many calls wait here and have not gone yet.
	queued int
	// promised are the turns, ascending, of calls that were sent away until then.
	promised []time.Time
	// share is what is left of the windows by others.
	share share
}

// wait returns how long it takes until one more call fits into every window.
func (m *meter) wait(now time.Time) time.Duration { return m.turn(now, m.calls).Sub(now) }

// turn gives when one more call fits in behind these calls.
func (m *meter) turn(now time.Time, calls []time.Time) time.Time {
	at := now
	if m.paused.After(at) {
		at = m.paused
	}
	for _, w := range m.windows {
		room := m.share.of(w.Calls, now)
		if n := len(calls); n >= room {
			if free := calls[n-room].Add(w.Per + margin); free.After(at) {
				at = free
			}
		}
	}
	return at
}

// reach returns how long one more call waits behind those that are queued.
func (m *meter) reach(now time.Time) time.Duration {
	calls := m.calls
	if m.queued > 0 {
		calls = slices.Clone(calls)
	}
	for range m.queued {
		calls = append(calls, m.turn(now, calls))
	}
	return m.turn(now, calls).Sub(now)
}

// promise gives a call that is sent away a turn of its own: behind those that
// are queued and those that were sent away before.
func (m *meter) promise(now time.Time) time.Duration {
	m.promised = slices.DeleteFunc(m.promised, func(turn time.Time) bool { return !turn.After(now) })
	calls := slices.Clone(m.calls)
	for range m.queued {
		calls = append(calls, m.turn(now, calls))
	}
	calls = append(calls, m.promised...)
	slices.SortFunc(calls, time.Time.Compare)
	turn := m.turn(now, calls)
	m.promised = append(m.promised, turn)
	slices.SortFunc(m.promised, time.Time.Compare)
	if more := len(m.promised) - m.most(); more > 0 {
		m.promised = slices.Delete(m.promised, 0, more)
	}
	return turn.Sub(now)
}

// most is how many calls the largest window has.
func (m *meter) most() int {
	most := 0
	for _, w := range m.windows {
		most = max(most, w.Calls)
	}
	return most
}

func (m *meter) add(now time.Time) {
	// Only as many calls as the largest window has are ever looked at.
	if drop := len(m.calls) + 1 - m.most(); drop > 0 && len(m.calls) > 0 {
		m.calls = slices.Delete(m.calls, 0, min(drop, len(m.calls)))
	}
	m.calls = append(m.calls, now)
}

// remove takes back a call that was added then.
func (m *meter) remove(then time.Time) {
	if i, found := slices.BinarySearchFunc(m.calls, then, time.Time.Compare); found {
		m.calls = slices.Delete(m.calls, i, i+1)
	}
}

// within counts the calls of the stretch of time that ends with an instant.
func (m *meter) within(per time.Duration, until time.Time) int {
	from, _ := slices.BinarySearchFunc(m.calls, until.Add(-per), time.Time.Compare)
	to, _ := slices.BinarySearchFunc(m.calls, until.Add(1), time.Time.Compare)
	return to - from
}

// idle says whether the meter has nothing left to hold against a call.
func (m *meter) idle(now time.Time) bool {
	longest := time.Duration(0)
	for _, w := range m.windows {
		longest = max(longest, w.Per+margin)
	}
	return m.queued == 0 && !m.paused.After(now) && m.share.of(m.most(), now) == m.most() &&
		(len(m.calls) == 0 || now.Sub(m.calls[len(m.calls)-1]) >= longest)
}

const (
	// leastShare is what is always left of a window, so that it can grow again.
	leastShare = 10
	// growAfter is how long a share stays as it is after Teams has refused a
	// call, and then after each time that it has grown.
	growAfter = 10 * time.Second
)

// share is how much of a limit is ours: another process may speak for the same
// bot, and neither knows of the other but by what Teams refuses. It is the whole
// until then. It grows again by one call, then by two, by four.
type share struct {
	calls   int // 0 for all
	step    int
	changed time.Time
}

// of gives how many of a window's calls are ours.
func (s *share) of(all int, now time.Time) int {
	for s.calls > 0 && now.Sub(s.changed) >= growAfter {
		s.calls, s.step, s.changed = s.calls+s.step, 2*s.step, s.changed.Add(growAfter)
		if s.calls >= all {
			s.calls = 0
		}
	}
	if s.calls == 0 {
		return all
	}
	return min(s.calls, all)
}

// cut makes the share what has passed.
func (s *share) cut(passed int, now time.Time) {
	s.calls, s.step, s.changed = max(passed, leastShare), 1, now
}
