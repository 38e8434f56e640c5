package teams

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// lanes lets one caller at a time into each conversation, in the order in
// which they came, and callers of different conversations side by side. A
// lane without callers does not exist.
type lanes struct {
	mu    sync.Mutex
	byKey map[string]*lane
}

// lane is one conversation in use: the caller who is inside is not in the
// queue.
type lane struct {
	queue []chan struct{}
}

// enter waits for the caller's turn in the lane, or for the end of ctx. The
// caller who got in calls leave.
func (ls *lanes) enter(ctx context.Context, key string) error {
	ls.mu.Lock()
	l := ls.byKey[key]
	if l == nil {
		ls.byKey[key] = &lane{}
		ls.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	l.queue = append(l.queue, turn)
	ls.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	ls.mu.Lock()
	i := slices.Index(l.queue, turn)
	if i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
	}
	ls.mu.Unlock()
	if i < 0 {
		// The turn came at the same moment: pass it on.
		ls.leave(key)
	}
	return fmt.Errorf("wait for a turn: %w", ctx.Err())
}

// leave lets the next caller in, or closes the lane.
func (ls *lanes) leave(key string) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.byKey[key]
	if len(l.queue) == 0 {
		delete(ls.byKey, key)
		return
	}
	next := l.queue[0]
	l.queue = slices.Delete(l.queue, 0, 1)
	close(next)
}
