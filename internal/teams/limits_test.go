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
	return &meters{now: time.Now, byKey: map[meterKey]*meter{}}
}

// demandOf gives the demand of a send in a conversation.
func demandOf(conversation string) demand {
	return demand{meterKey{"send", "t", conversation}, DefaultLimits().Send, 2 * time.Second}
}

// pass has a call wait for its turn.
func pass(ctx context.Context, ms *meters, demands ...demand) error {
	if err := ms.queue("send", demands); err != nil {
		return err
	}
	_, err := ms.pass(ctx, "send", demands)
	return err
}

func TestACallWaitsForItsTurnAndGivesUpWhenThatTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		d := demand{meterKey{"send", "t", "c"}, []Window{{2, time.Second}, {3, time.Minute}}, 2 * time.Second}
		began := time.Now()
		for i, want := range []time.Duration{0, 0, time.Second + margin} {
			if err := pass(t.Context(), ms, d); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took != want {
				t.Errorf("call %d went after %s, want %s", i+1, took, want)
			}
		}
		err := pass(t.Context(), ms, d)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Throttled || e.RetryAfter != 59*time.Second {
			t.Fatalf("call 4: got %v", err)
		}
		if time.Since(began) != time.Second+margin {
			t.Error("the call that could not pass was held")
		}
	})
}

func TestAConversationThatWaitsTakesNoRoomFromTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		tenant := demand{meterKey{"tenant", "t", ""}, []Window{{50, time.Second}}, 2 * time.Second}
		busy := demand{meterKey{"send", "t", "busy"}, []Window{{1, time.Second}}, 2 * time.Second}
		if err := pass(t.Context(), ms, busy, tenant); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() { _ = pass(t.Context(), ms, busy, tenant) })
		synctest.Wait()
		began := time.Now()
		other := demand{meterKey{"send", "t", "other"}, []Window{{1, time.Second}}, 2 * time.Second}
		if err := pass(t.Context(), ms, other, tenant); err != nil {
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
		d := demand{meterKey{"send", "t", "c"}, []Window{{1, time.Second}}, 2 * time.Second}
		_ = pass(t.Context(), ms, d)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if err := pass(ctx, ms, d); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		if n := len(ms.byKey[d.key].calls); n != 1 {
			t.Errorf("%d calls are booked, want 1", n)
		}
	})
}

func TestARefusalOfABusyConversationHoldsThatAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		busy, free := demandOf("busy"), demandOf("free")
		tenant := demand{meterKey{"tenant", "t", ""}, DefaultLimits().Tenant, 2 * time.Second}
		for range 3 {
			if err := pass(t.Context(), ms, busy, tenant); err != nil {
				t.Fatal(err)
			}
		}
		ms.refused(time.Now(), time.Minute, busy, tenant)
		e, ok := errors.AsType[*Error](pass(t.Context(), ms, busy, tenant))
		if !ok || e.RetryAfter != time.Minute {
			t.Errorf("got %v", e)
		}
		for range 7 {
			if err := pass(t.Context(), ms, free, tenant); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestTwoProcessesShareWhatATenantAllows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limit := Window{50, time.Second}
		tenant := demand{meterKey{"tenant", "t", ""}, []Window{limit}, 2 * time.Second}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		var mu sync.Mutex
		var taken []time.Time
		refusals, passed := 0, [2]int{}
		call := func(process int) bool {
			mu.Lock()
			defer mu.Unlock()
			if n := len(taken); n >= limit.Calls && time.Since(taken[n-limit.Calls]) < limit.Per {
				refusals++
				return false
			}
			taken = append(taken, time.Now())
			passed[process]++
			return true
		}
		var wg sync.WaitGroup
		for process := range passed {
			ms := newMeters()
			for worker := range 8 {
				wg.Go(func() {
					for n := 0; ctx.Err() == nil; n++ {
						own := demandOf(fmt.Sprint(worker, " ", n))
						demands := []demand{own, tenant}
						if ms.queue("send", demands) != nil {
							continue
						}
						booked, err := ms.pass(ctx, "send", demands)
						if err != nil {
							continue
						}
						if !call(process) {
							ms.refused(booked, time.Second, own, tenant)
						}
						_ = sleep(ctx, 100*time.Millisecond) // of the bubble: the answer of Teams
					}
				})
			}
		}
		wg.Wait()
		if least := 120 * limit.Calls * 85 / 100; passed[0]+passed[1] < least {
			t.Errorf("%v calls passed, want %d", passed, least)
		}
		if refusals > 60 {
			t.Errorf("%d calls were refused beside %v", refusals, passed)
		}
	})
}

func TestCallsThatAreSentAwayGetTurnsOfTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms, d := newMeters(), demandOf("c")
		d.patience = 0
		var turns []time.Duration
		for range 100 {
			err := pass(t.Context(), ms, d)
			if e, ok := errors.AsType[*Error](err); ok {
				turns = append(turns, e.RetryAfter)
			}
		}
		if len(turns) != 93 {
			t.Fatalf("%d of 100 calls were sent away, want all but seven", len(turns))
		}
		// Who comes back at their turn passes.
		began := time.Now()
		for i, turn := range turns {
			<-time.After(turn - time.Since(began)) // of the bubble: it takes no time
			if err := pass(t.Context(), ms, d); err != nil {
				t.Fatalf("call %d came at its turn after %s: %v", i+1, turn, err)
			}
		}
		if took := time.Since(began); took > 40*time.Second {
			t.Errorf("100 calls took %s", took)
		}
	})
}

func TestACallDoesNotQueueBehindMoreThanItHasPatienceFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms, d := newMeters(), demandOf("c")
		d.patience = 250 * time.Millisecond
		let := 0
		for range 16 {
			if ms.queue("send", []demand{d}) == nil {
				let++
			}
		}
		if let != 7 {
			t.Errorf("%d calls wait for a conversation that takes seven at once", let)
		}
	})
}

func TestIdleConversationsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ms := newMeters()
		for i := range 1000 {
			_ = pass(t.Context(), ms, demand{meterKey{"send", "t", fmt.Sprint(i)}, DefaultLimits().Send, 2 * time.Second})
		}
		<-time.After(time.Hour + margin) // of the bubble: it takes no time
		_ = pass(t.Context(), ms, demand{meterKey{"send", "t", "new"}, DefaultLimits().Send, 2 * time.Second})
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
