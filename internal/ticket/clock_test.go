package ticket

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// begin is when the tickets of these tests are opened.
var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func after(d time.Duration) *time.Time { at := begin.Add(d); return &at }

func TestTheNudgeToAcknowledgeGoesByClass(t *testing.T) {
	t.Parallel()
	for class, wait := range map[Class]time.Duration{
		Expedite: 15 * time.Minute, Fixed: time.Hour, Priority: time.Hour, Standard: 4 * time.Hour,
	} {
		for _, step := range []Step{Reception, InitialResponse} {
			tk := &Ticket{State: Open, Step: step, Derived: class, OpenedAt: begin}
			want := []Clock{{ClockAcknowledge, begin.Add(wait)}}
			if diff := cmp.Diff(want, tk.Clocks(DefaultPolicy())); diff != "" {
				t.Errorf("%s in %s: %s", class, step, diff)
			}
		}
	}
	told := &Ticket{State: Open, Step: InitialResponse, Derived: Standard, OpenedAt: begin, AcknowledgedAt: after(time.Minute)}
	if clocks := told.Clocks(DefaultPolicy()); len(clocks) > 0 {
		t.Errorf("after the acknowledgement there still run %v", clocks)
	}
	overridden := &Ticket{
		State: Open, Step: Reception, Derived: Standard, Override: &Override{Class: Expedite}, OpenedAt: begin,
	}
	if clock, ok := overridden.NextClock(DefaultPolicy()); !ok || !clock.Due.Equal(begin.Add(15*time.Minute)) {
		t.Errorf("an override does not move the clock: %v", clock)
	}
}

func TestTheCustomersClockRunsFromDiagnosisToFollowUp(t *testing.T) {
	t.Parallel()
	for _, step := range Steps() {
		tk := &Ticket{
			State: Open, Step: step, Derived: Standard, OpenedAt: begin,
			AcknowledgedAt: after(time.Hour), CustomerToldAt: after(time.Hour),
		}
		var want []Clock
		if InitialResponse.Before(step) && step.Before(TrendAnalysis) {
			want = []Clock{{ClockCustomerSoon, *after(23 * time.Hour)}, {ClockCustomer, *after(25 * time.Hour)}}
		}
		if diff := cmp.Diff(want, tk.Clocks(DefaultPolicy())); diff != "" {
			t.Errorf("in %s: %s", step, diff)
		}
		tk.State = Closed
		if clocks := tk.Clocks(DefaultPolicy()); clocks != nil {
			t.Errorf("a ticket closed in %s has the clocks %v", step, clocks)
		}
	}
}

func TestEveryWordToTheCustomerMovesTheClock(t *testing.T) {
	t.Parallel()
	owner := Actor{Person: Person{ID: "ana"}}
	for _, test := range []struct {
		name string
		do   func(*Change) error
		want bool
	}{
		{"an update", func(c *Change) error { return c.TellCustomer(ByPhone, "We are at it.") }, true},
		{"informing of the outcome", func(c *Change) error { return c.Tick(ItemInform, Evidence{Choice: ByMail, Words: "It works."}) }, true},
		{"an item that tells nobody", func(c *Change) error { return c.Tick(ItemProgress, Evidence{Words: "Noted."}) }, false},
		{"skipping", func(c *Change) error { return c.Skip(ItemHandoffs, "Nobody to hand to.") }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tk := &Ticket{
				State: Open, Step: Communication, Owner: &owner.Person, OpenedAt: begin,
				AcknowledgedAt: after(0), CustomerToldAt: after(0),
			}
			before := tk.Clocks(DefaultPolicy())
			c := &Change{Ticket: tk, By: owner, At: *after(10 * time.Hour), Policy: DefaultPolicy(), Guard: silent{}}
			if err := test.do(c); err != nil {
				t.Fatal(err)
			}
			var want []Clock
			if test.want {
				want = []Clock{{ClockCustomerSoon, *after(32 * time.Hour)}, {ClockCustomer, *after(34 * time.Hour)}}
			}
			got := started(before, tk.Clocks(DefaultPolicy()))
			if len(got) != len(want) || len(want) > 0 && cmp.Diff(want, got) != "" {
				t.Errorf("it starts %v, want %v", got, want)
			}
		})
	}
}

// silent is a guard that finds nothing.
type silent struct{}

func (silent) Check(CustomerText) []Finding { return nil }
func (silent) Secrets(string) []Finding     { return nil }

func TestAFixedDateCountsDown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		span time.Duration
		want []Clock
	}{
		{"ten days", 240 * time.Hour, []Clock{
			{ClockDateHalf, *after(120 * time.Hour)}, {ClockDateThree, *after(180 * time.Hour)},
			{ClockDateNine, *after(216 * time.Hour)}, {ClockDateDayBefore, *after(216 * time.Hour)}, {ClockDate, *after(240 * time.Hour)},
		}},
		{"two days: the day before is the half", 48 * time.Hour, []Clock{
			{ClockDateHalf, *after(24 * time.Hour)}, {ClockDateDayBefore, *after(24 * time.Hour)},
			{ClockDateThree, *after(36 * time.Hour)}, {ClockDateNine, *after(43*time.Hour + 12*time.Minute)},
			{ClockDate, *after(48 * time.Hour)},
		}},
		{"a day: no day before", 24 * time.Hour, []Clock{
			{ClockDateHalf, *after(12 * time.Hour)}, {ClockDateThree, *after(18 * time.Hour)},
			{ClockDateNine, *after(21*time.Hour + 36*time.Minute)}, {ClockDate, *after(24 * time.Hour)},
		}},
		{"ten minutes", 10 * time.Minute, []Clock{
			{ClockDateHalf, *after(5 * time.Minute)}, {ClockDateThree, *after(7*time.Minute + 30*time.Second)},
			{ClockDateNine, *after(9 * time.Minute)}, {ClockDate, *after(10 * time.Minute)},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, step := range Steps() {
				tk := &Ticket{
					State: Open, Step: step, OpenedAt: begin, AcknowledgedAt: after(0),
					DueAt: after(test.span), DueSince: after(0),
				}
				want := test.want
				if !step.Before(FollowUp) { // the customer has the solution
					want = nil
				}
				if diff := cmp.Diff(want, tk.Clocks(DefaultPolicy())); diff != "" {
					t.Errorf("in %s: %s", step, diff)
				}
			}
		})
	}
}

func TestADaylightSavingChangeMovesNoClock(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	summer := time.FixedZone("CEST", 2*3600)
	told := time.Date(2026, 3, 28, 12, 0, 0, 0, berlin) // the clocks go forward in the night
	tk := &Ticket{State: Open, Step: Diagnosis, OpenedAt: told, AcknowledgedAt: &told, CustomerToldAt: &told}
	clock, ok := tk.NextClock(DefaultPolicy())
	if want := time.Date(2026, 3, 29, 13, 0, 0, 0, summer); !ok || clock.Kind != ClockCustomer || !clock.Due.Equal(want) {
		t.Errorf("due at %v, want %v: 24 hours, not a day of 23", clock.Due, want)
	}
	same := tk.CustomerToldAt.UTC()
	moved := *tk
	moved.CustomerToldAt = &same
	if got := started(tk.Clocks(DefaultPolicy()), moved.Clocks(DefaultPolicy())); len(got) > 0 {
		t.Errorf("the same instant in another zone starts %v", got)
	}
}

func TestTheNextClockIsOneThatAsksForSomething(t *testing.T) {
	t.Parallel()
	tk := &Ticket{
		State: Open, Step: Diagnosis, OpenedAt: begin, AcknowledgedAt: after(0), CustomerToldAt: after(0),
		DueAt: after(40 * time.Hour), DueSince: after(0),
	}
	if clock, ok := tk.NextClock(DefaultPolicy()); !ok || clock.Kind != ClockCustomer {
		t.Errorf("the next clock is %v, %t; want the customer's", clock, ok)
	}
	tk.CustomerToldAt = after(20 * time.Hour)
	if clock, ok := tk.NextClock(DefaultPolicy()); !ok || clock.Kind != ClockDate {
		t.Errorf("the next clock is %v, %t; want the date", clock, ok)
	}
	tk.Step = TrendAnalysis
	if clock, ok := tk.NextClock(DefaultPolicy()); ok {
		t.Errorf("in Trend analysis there is %v", clock)
	}
}

func TestStartedClocksAreTheNewAndTheMoved(t *testing.T) {
	t.Parallel()
	one, two := Clock{ClockCustomer, *after(time.Hour)}, Clock{ClockDate, *after(2 * time.Hour)}
	moved := Clock{ClockCustomer, *after(3 * time.Hour)}
	for _, test := range []struct {
		name                string
		before, after, want []Clock
	}{
		{"the first", nil, []Clock{one}, []Clock{one}},
		{"none moved", []Clock{one, two}, []Clock{one, two}, []Clock{}},
		{"one moved", []Clock{one, two}, []Clock{two, moved}, []Clock{moved}},
		{"one stopped", []Clock{one, two}, []Clock{two}, []Clock{}},
		{"another kind at the same time", []Clock{{ClockDate, one.Due}}, []Clock{one}, []Clock{one}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, started(test.before, test.after)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOnlyTheCustomersClockAndTheDateAreBreaches(t *testing.T) {
	t.Parallel()
	kinds := ClockKinds()
	if len(kinds) != 8 {
		t.Errorf("%d clocks", len(kinds))
	}
	for _, kind := range kinds {
		if want := kind == ClockCustomer || kind == ClockDate; kind.Breach() != want {
			t.Errorf("%s is a breach: %t", kind, kind.Breach())
		}
	}
}
