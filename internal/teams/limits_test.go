package teams

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestNoWindowEverHoldsMoreCallsThanItAllows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		windows := []Window{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}}
		m := &meter{windows: windows}
		now := time.Unix(0, 0)
		var calls []time.Time
		for range rapid.IntRange(1, 300).Draw(t, "calls") {
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "pause")) * time.Millisecond)
			now = now.Add(m.wait(now))
			if wait := m.wait(now); wait != 0 {
				t.Fatalf("after waiting it still wants %s", wait)
			}
			m.add(now)
			calls = append(calls, now)
		}
		for _, w := range windows {
			for i := w.Calls; i < len(calls); i++ {
				if calls[i].Sub(calls[i-w.Calls]) < w.Per {
					t.Fatalf("%d calls within %s", w.Calls+1, calls[i].Sub(calls[i-w.Calls]))
				}
			}
		}
		if len(m.calls) > 60 {
			t.Fatalf("the meter holds %d calls", len(m.calls))
		}
	})
}

func TestAMeterForgetsNothingThatItsHourNeeds(t *testing.T) {
	t.Parallel()
	m := &meter{windows: DefaultLimits().Send}
	now := time.Unix(0, 0)
	for range 1800 {
		now = now.Add(time.Second + m.wait(now))
		m.add(now)
	}
	first := m.calls[0]
	if wait := m.wait(now); now.Add(wait).Before(first.Add(time.Hour)) {
		t.Errorf("call 1,801 may go after %s", wait)
	}
}

func newMeters() *meters {
	return &meters{now: time.Now, maxWait: 2 * time.Second, byKey: map[meterKey]*meter{}}
}

func TestACallWaitsForItsTurnAndGivesUpWhenThatTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		d := demand{meterKey{"send", "t", "c"}, []Window{{2, time.Second}, {3, time.Minute}}}
		began := time.Now()
		for i, want := range []time.Duration{0, 0, time.Second} {
			if err := ms.pass(t.Context(), "send", d); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took != want {
				t.Errorf("call %d went after %s, want %s", i+1, took, want)
			}
		}
		err := ms.pass(t.Context(), "send", d)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Throttled || e.RetryAfter != 59*time.Second {
			t.Fatalf("call 4: got %v", err)
		}
		if time.Since(began) != time.Second {
			t.Error("the call that could not pass was held")
		}
		if KindOf(ms.hopeless("send", d)) != Throttled {
			t.Error("that it could not pass was not known before")
		}
	})
}

func TestAConversationThatWaitsTakesNoRoomFromTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		tenant := demand{meterKey{"tenant", "t", ""}, []Window{{50, time.Second}}}
		busy := demand{meterKey{"send", "t", "busy"}, []Window{{1, time.Second}}}
		if err := ms.pass(t.Context(), "send", busy, tenant); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() { _ = ms.pass(t.Context(), "send", busy, tenant) })
		synctest.Wait()
		began := time.Now()
		other := demand{meterKey{"send", "t", "other"}, []Window{{1, time.Second}}}
		if err := ms.pass(t.Context(), "send", other, tenant); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("the other conversation waited %s", took)
		}
		wg.Wait()
	})
}

func TestAWaitEndsWithItsContextAndBooksNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		d := demand{meterKey{"send", "t", "c"}, []Window{{1, time.Second}}}
		_ = ms.pass(t.Context(), "send", d)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if err := ms.pass(ctx, "send", d); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		if n := len(ms.byKey[d.key].calls); n != 1 {
			t.Errorf("%d calls are booked, want 1", n)
		}
	})
}

func TestAPauseThatTeamsAskedForHoldsTheConversationOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		paused := demand{meterKey{"send", "t", "a"}, DefaultLimits().Send}
		free := demand{meterKey{"send", "t", "b"}, DefaultLimits().Send}
		ms.pause(paused, time.Now().Add(time.Minute))
		e, ok := errors.AsType[*Error](ms.pass(t.Context(), "send", paused))
		if !ok || e.RetryAfter != time.Minute {
			t.Errorf("got %v", e)
		}
		if err := ms.pass(t.Context(), "send", free); err != nil {
			t.Error(err)
		}
	})
}

func TestIdleConversationsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		for i := range 1000 {
			_ = ms.pass(t.Context(), "send", demand{meterKey{"send", "t", fmt.Sprint(i)}, DefaultLimits().Send})
		}
		<-time.After(time.Hour) // of the bubble: it takes no time
		_ = ms.pass(t.Context(), "send", demand{meterKey{"send", "t", "new"}, DefaultLimits().Send})
		if n := len(ms.byKey); n != 1 {
			t.Errorf("%d meters are kept, want 1", n)
		}
	})
}

func TestALaneLetsItsCallersInOneByOneInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ls := &lanes{byKey: map[string]*lane{}}
		if err := ls.enter(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		var order []int
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if ls.enter(t.Context(), "a") == nil {
					order = append(order, i) // the lane is the lock
					ls.leave("a")
				}
			})
			synctest.Wait() // until it queues
		}
		if err := ls.enter(t.Context(), "b"); err != nil { // does not wait for a
			t.Fatal(err)
		}
		ls.leave("b")
		ls.leave("a")
		wg.Wait()
		for i, got := range order {
			if i != got {
				t.Fatalf("the order was %v", order)
			}
		}
		if len(order) != 20 || len(ls.byKey) != 0 {
			t.Errorf("%d came through and %d lanes are left", len(order), len(ls.byKey))
		}
	})
}

func TestACallerWhoGivesUpHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ls := &lanes{byKey: map[string]*lane{}}
		_ = ls.enter(t.Context(), "a")
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var gaveUp error
		wg.Go(func() { gaveUp = ls.enter(ctx, "a") })
		synctest.Wait()
		through := false
		wg.Go(func() { through = ls.enter(t.Context(), "a") == nil; ls.leave("a") })
		synctest.Wait()
		cancel()
		synctest.Wait()
		ls.leave("a")
		wg.Wait()
		if !errors.Is(gaveUp, context.Canceled) || !through || len(ls.byKey) != 0 {
			t.Errorf("gave up: %v, the next came through: %v, lanes left: %d", gaveUp, through, len(ls.byKey))
		}
	})
}

func TestATurnThatComesAsItsCallerGivesUpIsPassedOn(t *testing.T) {
	t.Parallel()
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			ls := &lanes{byKey: map[string]*lane{}}
			_ = ls.enter(t.Context(), "a")
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				if ls.enter(ctx, "a") == nil {
					ls.leave("a")
				}
			}()
			synctest.Wait()
			cancel()
			ls.leave("a")
			synctest.Wait()
			if len(ls.byKey) != 0 {
				t.Fatal("nobody can enter any more")
			}
		})
	}
}
