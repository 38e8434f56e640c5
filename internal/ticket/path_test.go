package ticket_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

func TestATicketGoesThroughTheSevenStepsAndCloses(t *testing.T) {
	t.Parallel()
	tk := opened()
	var steps, closings []line
	for tk.State == ticket.Open {
		c := changing(tk, ana)
		if err := next(c); err != nil {
			t.Fatal(err)
		}
		for _, e := range c.Entries() {
			if e.Kind == ticket.EntryStep {
				steps = append(steps, line{From: e.From, To: e.To})
			}
			if e.Kind == ticket.EntryClosed {
				closings = append(closings, line{From: e.From, To: e.To})
			}
		}
	}
	if diff := cmp.Diff([]line{
		{From: "reception", To: "initial_response"}, {From: "initial_response", To: "diagnosis"},
		{From: "diagnosis", To: "resolution"}, {From: "resolution", To: "communication"},
		{From: "communication", To: "follow_up"}, {From: "follow_up", To: "trend_analysis"},
	}, steps); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]line{{From: "trend_analysis"}}, closings); diff != "" {
		t.Error(diff)
	}
	if tk.ClosedAt == nil || tk.ResolvedAt == nil || tk.ClosedEarly != "" {
		t.Errorf("closed at %v, resolved at %v, early %q", tk.ClosedAt, tk.ResolvedAt, tk.ClosedEarly)
	}
}

func TestAGateNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, step := range ticket.Steps()[1:] {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			tk := at(t, step)
			for len(tk.Missing()) > 0 {
				var ids []string
				for _, item := range tk.Missing() {
					ids = append(ids, string(item.ID))
				}
				err := refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Complete(step) })
				wantSaid(t, err, "error.gate")
				var gate *ticket.Error
				if errors.As(err, &gate) && cmp.Diff(ids, gate.Args["Items"]) != "" {
					t.Errorf("the gate names %v, want %v", gate.Args["Items"], ids)
				}
				if err := next(changing(tk, ana)); err != nil {
					t.Fatal(err)
				}
			}
			if err := changing(tk, ana).Complete(step); err != nil {
				t.Errorf("with nothing missing: %v", err)
			}
		})
	}
	unowned := opened()
	unowned.Owner = nil
	delete(unowned.Marks, ticket.ItemOwner)
	err := refused(t, changing(unowned, lea), func(c *ticket.Change) error { return c.Complete(ticket.Reception) })
	wantSaid(t, err, "error.gate")
}

func TestOnlyThePresentStepIsCompleted(t *testing.T) {
	t.Parallel()
	tk := at(t, ticket.InitialResponse)
	for _, step := range []ticket.Step{ticket.Reception, ticket.Diagnosis, "lunch", ""} {
		err := refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Complete(step) })
		wantSaid(t, err, "error.item_other_step")
		if kind := ticket.KindOf(err); kind != ticket.Stale {
			t.Errorf("the kind is %s", kind)
		}
	}
}

func TestNotFixedAfterAllGoesBackToDiagnosis(t *testing.T) {
	t.Parallel()
	again := func(reason string) func(*ticket.Change) error {
		return func(c *ticket.Change) error { return c.NotFixed(reason) }
	}
	for _, step := range ticket.Steps() {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			tk := at(t, step)
			if !ticket.Diagnosis.Before(step) {
				wantSaid(t, refused(t, changing(tk, ana), again("Still broken.")), "error.step_too_early")
				return
			}
			wantSaid(t, refused(t, changing(tk, ana), again(" ")), "reason: error.reason_required")
			told := tk.CustomerToldAt
			c := changing(tk, ana)
			if err := c.NotFixed("Still broken."); err != nil {
				t.Fatal(err)
			}
			wantHistory(t, c.Entries(), line{Kind: ticket.EntryNotFixed, From: string(step), To: "diagnosis", Note: "Still broken."})
			wantRediagnosed(t, tk)
			if !tk.CustomerToldAt.Equal(*told) {
				t.Error("the customer has not been told anything new")
			}
		})
	}
}

// wantRediagnosed insists that the cause, the decision and all that came after has to be done again.
func wantRediagnosed(tb testing.TB, t *ticket.Ticket) {
	tb.Helper()
	if t.Step != ticket.Diagnosis || t.State != ticket.Open || t.ResolvedAt != nil {
		tb.Errorf("the ticket is %s in %s, resolved at %v", t.State, t.Step, t.ResolvedAt)
	}
	var kept []ticket.ItemID
	for _, step := range ticket.Steps() {
		for _, item := range ticket.Checklist(step) {
			if _, marked := t.Marks[item.ID]; marked {
				kept = append(kept, item.ID)
			}
		}
	}
	want := []ticket.ItemID{
		ticket.ItemLog, ticket.ItemClass, ticket.ItemOwner,
		ticket.ItemAcknowledge, ticket.ItemExpectations, ticket.ItemClarify,
		ticket.ItemGather, ticket.ItemReproduce, ticket.ItemLogs,
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		tb.Errorf("the marks that are kept (-want +got):\n%s", diff)
	}
}

func TestReopening(t *testing.T) {
	t.Parallel()
	reopen := func(c *ticket.Change) error { return c.Reopen("It is back.") }

	wantSaid(t, refused(t, changing(opened(), ana), reopen), "error.not_closed")
	wantSaid(t, refused(t, changing(closed(t), ana), func(c *ticket.Change) error { return c.Reopen("\t") }), "reason: error.reason_required")
	wantSaid(t, refused(t, changing(closed(t), bo), reopen), "error.not_owner")
	for _, by := range []ticket.Actor{ana, lea, dan} { // dan has opened it
		tk := closed(t)
		c := changing(tk, by)
		if err := reopen(c); err != nil {
			t.Fatalf("%s is refused: %v", by.Name, err)
		}
		wantHistory(t, c.Entries(), line{Kind: ticket.EntryReopened, To: "diagnosis", Note: "It is back."})
		wantRediagnosed(t, tk)
		if tk.ClosedAt != nil {
			t.Error("an open ticket has a time of closing")
		}
	}
	orphan := closed(t)
	orphan.Owner = nil
	wantSaid(t, refused(t, changing(orphan, bo), reopen), "error.not_owner")
}

func TestClosingEarlyAndReopeningComesBackToTheSameStep(t *testing.T) {
	t.Parallel()
	for _, step := range ticket.Steps() {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			tk := at(t, step)
			marks := tickettest.Clone(tk).Marks
			wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.CloseEarly("") }), "reason: error.reason_required")
			c := changing(tk, ana)
			if err := c.CloseEarly("A duplicate of T-4."); err != nil {
				t.Fatal(err)
			}
			if tk.State != ticket.Closed || tk.ClosedAt == nil || tk.ClosedEarly != "A duplicate of T-4." {
				t.Errorf("%s at %v, early %q", tk.State, tk.ClosedAt, tk.ClosedEarly)
			}
			if err := c.Reopen("It is none."); err != nil {
				t.Fatal(err)
			}
			if tk.State != ticket.Open || tk.Step != step || tk.ClosedAt != nil || tk.ClosedEarly != "" {
				t.Errorf("%s in %s, closed at %v, early %q", tk.State, tk.Step, tk.ClosedAt, tk.ClosedEarly)
			}
			if diff := cmp.Diff(marks, tk.Marks); diff != "" {
				t.Error(diff)
			}
			wantHistory(t, c.Entries(),
				line{Kind: ticket.EntryClosedEarly, From: string(step), Note: "A duplicate of T-4."},
				line{Kind: ticket.EntryReopened, To: string(step), Note: "It is none."},
			)
		})
	}
}

func TestClosingEarlyWithdrawsTheEscalation(t *testing.T) {
	t.Parallel()
	tk := escalated(t)
	c := changing(tk, lea)
	if err := c.CloseEarly("The customer has withdrawn it."); err != nil {
		t.Fatal(err)
	}
	if _, waits := tk.Escalation(); waits {
		t.Error("a closed ticket waits for an answer")
	}
	wantHistory(t, c.Entries(),
		line{Kind: ticket.EntryWithdrawn, Subject: "withdrawn", From: "senior", Note: "The customer has withdrawn it."},
		line{Kind: ticket.EntryClosedEarly, From: "diagnosis", Note: "The customer has withdrawn it."},
	)
}

func TestDecidingToFixNeedsTheCause(t *testing.T) {
	t.Parallel()
	fix := func(c *ticket.Change) error { return c.Fix("We can mend it.") }
	cause := func(tk *ticket.Ticket, area string) {
		t.Helper()
		if err := changing(tk, ana).Tick(ticket.ItemCause, ticket.Evidence{Choice: area, Words: "So it seems."}); err != nil {
			t.Fatal(err)
		}
	}
	tk := at(t, ticket.Diagnosis)
	wantSaid(t, refused(t, changing(tk, ana), fix), "error.cause_required")
	cause(tk, ticket.CauseUnknown)
	wantSaid(t, refused(t, changing(tk, ana), fix), "error.cause_required")
	cause(tk, "code")
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Fix(long("x", 4001)) }), "words: error.evidence_long")
	c := changing(tk, ana)
	if err := c.Fix(" Patch it. "); err != nil {
		t.Fatal(err)
	}
	wantHistory(t, c.Entries(), line{Kind: ticket.EntryDecided, Subject: "decide", To: "fix", Note: "Patch it."})
	if tk.Area() != "code" {
		t.Errorf("the cause lies in %q", tk.Area())
	}
	cause(tk, "data")
	if _, decided := tk.Marks[ticket.ItemDecide]; !decided {
		t.Error("another cause has undone the decision")
	}
	cause(tk, ticket.CauseUnknown)
	if _, decided := tk.Marks[ticket.ItemDecide]; decided {
		t.Error("the decision to fix stands on a cause that nobody knows")
	}

	wantSaid(t, refused(t, changing(at(t, ticket.Resolution), ana), fix), "error.item_other_step")
	wantSaid(t, refused(t, changing(at(t, ticket.Reception), ana), fix), "error.item_other_step")
}

func TestAnAnswerAllowsToFixWhatNobodyUnderstands(t *testing.T) {
	t.Parallel()
	tk := escalated(t)
	fix := func(c *ticket.Change) error { return c.Fix("We can mend it.") }
	wantSaid(t, refused(t, changing(tk, ana), fix), "error.escalation_open")
	c := changing(tk, ana)
	if err := c.Answer(" Restart the worker. "); err != nil {
		t.Fatal(err)
	}
	wantHistory(t, c.Entries(), line{Kind: ticket.EntryAnswered, Subject: "answered", From: "senior", Note: "Restart the worker."})
	e := tk.Escalations[0]
	if e.Open() || e.Answer != "Restart the worker." || e.Withdrawn != "" || e.EndedBy.ID != "ana" || !e.EndedAt.Equal(c.At) {
		t.Errorf("the escalation ended as %+v", e)
	}
	wantSaid(t, refused(t, changing(tk, ana), fix), "error.cause_required")
	if err := c.Tick(ticket.ItemCause, ticket.Evidence{Choice: ticket.CauseUnknown, Words: "It restarts well."}); err != nil {
		t.Fatal(err)
	}
	if err := c.Fix("We can mend it."); err != nil {
		t.Errorf("with an answer: %v", err)
	}
}

func TestAWithdrawnEscalationIsNoAnswer(t *testing.T) {
	t.Parallel()
	tk := escalated(t)
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Withdraw("") }), "reason: error.reason_required")
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Answer("\u200b") }), "words: error.evidence_required")
	c := changing(tk, ana)
	if err := c.Withdraw("Found it."); err != nil {
		t.Fatal(err)
	}
	wantHistory(t, c.Entries(), line{Kind: ticket.EntryWithdrawn, Subject: "withdrawn", From: "senior", Note: "Found it."})
	if err := c.Tick(ticket.ItemCause, ticket.Evidence{Choice: ticket.CauseUnknown, Words: "No idea."}); err != nil {
		t.Fatal(err)
	}
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Fix("We can mend it.") }), "error.cause_required")
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Answer("Hm.") }), "error.escalation_none")
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Withdraw("Hm.") }), "error.escalation_none")
}

func TestEscalating(t *testing.T) {
	t.Parallel()
	know := []ticket.Reason{ticket.BeyondKnowledge}
	for _, test := range []struct {
		name    string
		level   ticket.Level
		reasons []ticket.Reason
		ask     string
		want    []string
	}{
		{"without a reason", ticket.Senior, nil, "Help?", []string{"reasons: error.reasons_required"}},
		{"with a reason that there is not", ticket.Senior, []ticket.Reason{"boredom"}, "Help?", []string{"reasons: error.choice_unknown"}},
		{"to a level that there is not", "heaven", know, "Help?", []string{"level: error.level_unknown"}},
		{"without a question", ticket.Senior, know, " ", []string{"words: error.evidence_required"}},
		{"with a very long question", ticket.Senior, know, long("?", 4001), []string{"words: error.evidence_long"}},
		{"with nothing", "", nil, "", []string{
			"reasons: error.reasons_required", "level: error.level_unknown", "words: error.evidence_required",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := refused(t, changing(at(t, ticket.Diagnosis), ana), func(c *ticket.Change) error {
				return c.Escalate(ticket.Escalating{Level: test.level, Reasons: test.reasons, Ask: test.ask})
			})
			wantSaid(t, err, test.want...)
		})
	}
}

func TestATicketIsEscalatedInEveryStepAndIsNotCompletedWithoutTheAnswer(t *testing.T) {
	t.Parallel()
	for _, step := range ticket.Steps() {
		tk := at(t, step)
		for len(tk.Missing()) > 0 {
			if err := next(changing(tk, ana)); err != nil {
				t.Fatal(err)
			}
		}
		if err := escalate(changing(tk, ana)); err != nil {
			t.Fatalf("in %s: %v", step, err)
		}
		complete := func(c *ticket.Change) error { return c.Complete(step) }
		switch {
		case step.Before(ticket.Diagnosis):
			if err := complete(changing(tk, ana)); err != nil {
				t.Errorf("in %s, before the answer is needed: %v", step, err)
			}
		case step == ticket.Diagnosis:
			wantSaid(t, refused(t, changing(tk, ana), complete), "error.gate")
		default:
			wantSaid(t, refused(t, changing(tk, ana), complete), "error.escalation_waits")
		}
	}
}

func TestAnEscalatedTicketWaitsInDiagnosis(t *testing.T) {
	t.Parallel()
	tk := at(t, ticket.Diagnosis)
	for len(tk.Missing()) > 0 { // and the decision is to fix
		if err := next(changing(tk, ana)); err != nil {
			t.Fatal(err)
		}
	}
	c := changing(tk, ana)
	reasons := []ticket.Reason{ticket.NeedsApproval, ticket.BusinessRisk}
	if err := c.Escalate(ticket.Escalating{Level: ticket.Management, Reasons: reasons, Ask: " May we stop the line? "}); err != nil {
		t.Fatal(err)
	}
	wantHistory(t, c.Entries(), line{Kind: ticket.EntryEscalated, Subject: "approval,business_risk", To: "management", Note: "May we stop the line?"})
	reasons[0] = "overwritten" // the ticket keeps its own
	got, waits := tk.Escalation()
	want := ticket.Escalation{
		Level: ticket.Management, Reasons: []ticket.Reason{ticket.NeedsApproval, ticket.BusinessRisk},
		Ask: "May we stop the line?", By: ana.Person, At: c.At,
	}
	if diff := cmp.Diff(want, got); diff != "" || !waits {
		t.Error(diff)
	}
	wantSaid(t, refused(t, changing(tk, ana), escalate), "error.escalation_open")
	if missing := tk.Missing(); len(missing) != 1 || missing[0].ID != ticket.ItemDecide {
		t.Errorf("of the ticket that waits, there is missing %v; want the decision", missing)
	}
	wantSaid(t, refused(t, changing(tk, ana), func(c *ticket.Change) error { return c.Complete(ticket.Diagnosis) }), "error.gate")
	if err := changing(tk, ana).Tick(ticket.ItemLogs, ticket.Evidence{Words: "Read."}); err != nil {
		t.Errorf("work cannot go on while the ticket waits: %v", err)
	}
}
