package ticket_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// The people of these tests: ana owns, bo is a colleague, lea leads, dan has
// opened the ticket.
var (
	ana = ticket.Actor{Tenant: "desk", Person: ticket.Person{ID: "ana", Name: "Ana", ObjectID: "oid-ana"}}
	bo  = ticket.Actor{Tenant: "desk", Person: ticket.Person{ID: "bo", Name: "Bo", ObjectID: "oid-bo"}}
	dan = ticket.Actor{Tenant: "desk", Person: ticket.Person{ID: "dan", Name: "Dan", ObjectID: "oid-dan"}}
	lea = ticket.Actor{Tenant: "desk", Person: ticket.Person{ID: "lea", Name: "Lea", ObjectID: "oid-lea"}, Lead: true}
)

// morning is when the tests begin, a Monday.
var morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// opened gives a ticket of ana's at Reception, as [ticket.Desk.Open] makes it.
func opened() *ticket.Ticket {
	return &ticket.Ticket{
		ID: ticket.ID{Tenant: "desk", Number: 1}, Version: 3,
		Title: "Invoices cannot be posted", Customer: "Contoso", Details: "Since this morning.",
		Users: new(3), Derived: ticket.Standard, Because: ticket.BecauseFewUsers,
		Step: ticket.Reception, State: ticket.Open, Owner: new(ana.Person),
		OpenedBy: dan.Person, OpenedAt: morning, UpdatedAt: morning,
		Marks: map[ticket.ItemID]ticket.Mark{
			ticket.ItemLog:   {State: ticket.Done, By: dan.Person, At: morning},
			ticket.ItemClass: {State: ticket.Done, Evidence: ticket.Evidence{Choice: "standard"}, By: dan.Person, At: morning},
			ticket.ItemOwner: {State: ticket.Done, Evidence: ticket.Evidence{Words: "Ana"}, By: ana.Person, At: morning},
		},
	}
}

// at gives a ticket of ana's that has come to the step in the right way.
func at(tb testing.TB, step ticket.Step) *ticket.Ticket {
	tb.Helper()
	t := opened()
	for t.Step != step {
		c := changing(t, ana)
		if err := next(c); err != nil {
			tb.Fatalf("on the way to %s: %v", step, err)
		}
	}
	return t
}

// closed gives a ticket of ana's that went through all steps.
func closed(tb testing.TB) *ticket.Ticket {
	tb.Helper()
	t := at(tb, ticket.TrendAnalysis)
	for t.State != ticket.Closed {
		if err := next(changing(t, ana)); err != nil {
			tb.Fatalf("on the way to the end: %v", err)
		}
	}
	return t
}

// next does what the present step misses first, with good evidence, or
// completes it: called again and again it closes every ticket.
func next(c *ticket.Change) error {
	t := c.Ticket
	if _, waits := t.Escalation(); waits {
		return c.Answer("Restart the worker.")
	}
	missing := t.Missing()
	if len(missing) == 0 {
		return c.Complete(t.Step)
	}
	switch item := missing[0]; {
	case item.ID == ticket.ItemOwner:
		return c.Take()
	case item.ID == ticket.ItemDecide && t.Area() == ticket.CauseUnknown && !answered(t):
		return escalate(c)
	case item.ID == ticket.ItemDecide:
		return c.Fix("We can mend it.")
	default:
		return c.Tick(item.ID, good(item))
	}
}

// answered tells whether an escalation has brought an answer.
func answered(t *ticket.Ticket) bool {
	return slices.ContainsFunc(t.Escalations, func(e ticket.Escalation) bool { return e.Answer != "" })
}

// good gives evidence that the item takes.
func good(item ticket.Item) ticket.Evidence {
	evidence := ticket.Evidence{Words: "It is so."}
	if len(item.Choices) > 0 {
		evidence.Choice = item.Choices[0]
	}
	return evidence
}

// changing gives a change of the ticket an hour after it was opened.
func changing(t *ticket.Ticket, by ticket.Actor) *ticket.Change {
	return &ticket.Change{Ticket: t, By: by, At: morning.Add(time.Hour), Policy: ticket.DefaultPolicy(), Guard: tickettest.Guard{}}
}

// said gives the messages of an error, with their fields where they have them.
func said(err error) []string {
	var many ticket.Faults
	var one *ticket.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &many):
		var all []string
		for _, fault := range many {
			all = append(all, fault.Field+": "+fault.Message)
		}
		return all
	case errors.As(err, &one) && one.Field != "":
		return []string{one.Field + ": " + one.Message}
	case errors.As(err, &one):
		return []string{one.Message}
	default:
		return []string{"not of the domain: " + err.Error()}
	}
}

func wantSaid(tb testing.TB, err error, want ...string) {
	tb.Helper()
	if diff := cmp.Diff(want, said(err)); diff != "" {
		tb.Errorf("the error says something else (-want +got):\n%s", diff)
	}
}

// line is what a test expects of a line of the history.
type line struct {
	Kind              ticket.EntryKind
	Subject, From, To string
	Note              string
}

func wantHistory(tb testing.TB, entries []ticket.Entry, want ...line) {
	tb.Helper()
	var got []line
	for _, e := range entries {
		got = append(got, line{e.Kind, e.Subject, e.From, e.To, e.Note})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("another history (-want +got):\n%s", diff)
	}
}

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int64{
		"1": 1, "T-1": 1, "t-1": 1, "t1": 1, "T 12": 12, "T_12": 12, "#7": 7, "T–3": 3, "T—3": 3, "T-007": 7,
		"999999999999999999": 999_999_999_999_999_999,
	} {
		if got, ok := ticket.ParseNumber(typed); !ok || got != want {
			t.Errorf("%q is read as %d, %t; want %d", typed, got, ok, want)
		}
	}
	for _, typed := range []string{
		"", "0", "T-0", "000", "T-", "-1", "T--1", "−1", "1.5", "1e9", "12 users", "one", "#T-1", "T-1; drop",
		"9999999999999999999", "99999999999999999999999999", "١", "T-1\n",
	} {
		if got, ok := ticket.ParseNumber(typed); ok {
			t.Errorf("%q is read as %d; it is no number of a ticket", typed, got)
		}
	}
	if got := (ticket.ID{Tenant: "desk", Number: 12}).String(); got != "T-12" {
		t.Errorf("number 12 is written %q", got)
	}
}

func TestTheStepsFollowEachOther(t *testing.T) {
	t.Parallel()
	steps := ticket.Steps()
	if len(steps) != 7 {
		t.Fatalf("%d steps, want 7", len(steps))
	}
	for i, step := range steps {
		if step.Number() != i+1 {
			t.Errorf("%s is step %d, want %d", step, step.Number(), i+1)
		}
		next, ok := step.Next()
		if last := i == len(steps)-1; last != !ok || !last && next != steps[i+1] {
			t.Errorf("after %s comes %q, %t", step, next, ok)
		}
	}
	if _, ok := ticket.Step("lunch").Next(); ok || ticket.Step("lunch").Number() != 0 {
		t.Error("a word that is no step has a place among the steps")
	}
	if !ticket.Reception.Before(ticket.Diagnosis) || ticket.Diagnosis.Before(ticket.Diagnosis) ||
		ticket.FollowUp.Before(ticket.Diagnosis) {
		t.Error("the order of the steps is wrong")
	}
}

func TestEveryItemHasOnePlaceAndEveryStepAGate(t *testing.T) {
	t.Parallel()
	seen := map[ticket.ItemID]bool{}
	for _, step := range ticket.Steps() {
		items := ticket.Checklist(step)
		gate := step == ticket.FollowUp // each of its items may be declined with a reason
		for _, item := range items {
			gate = gate || item.Required
			if seen[item.ID] {
				t.Errorf("%s is on two checklists", item.ID)
			}
			seen[item.ID] = true
			if found, ok := ticket.FindItem(item.ID); !ok || found.Step != step {
				t.Errorf("%s of %s is found in %q, %t", item.ID, step, found.Step, ok)
			}
		}
		if len(items) == 0 || !gate {
			t.Errorf("%s has %d items, and none is required", step, len(items))
		}
	}
	if _, ok := ticket.FindItem("lunch"); ok {
		t.Error("an item that does not exist is found")
	}
}

func TestMissingItemsAreThoseWithoutAMark(t *testing.T) {
	t.Parallel()
	tk := at(t, ticket.Communication)
	ids := func(items []ticket.Item) (ids []ticket.ItemID) {
		for _, item := range items {
			ids = append(ids, item.ID)
		}
		return ids
	}
	all := []ticket.ItemID{ticket.ItemInform, ticket.ItemStakeholders, ticket.ItemProgress, ticket.ItemHandoffs}
	if diff := cmp.Diff(all, ids(tk.Missing())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(all[1:], ids(tk.Skippable())); diff != "" {
		t.Error(diff)
	}
	c := changing(tk, ana)
	if err := errors.Join(
		c.Tick(ticket.ItemInform, ticket.Evidence{Choice: ticket.ByMail, Words: "Done."}),
		c.Skip(ticket.ItemProgress, "Nothing to record."),
	); err != nil {
		t.Fatal(err)
	}
	left := []ticket.ItemID{ticket.ItemStakeholders, ticket.ItemHandoffs}
	if diff := cmp.Diff(left, ids(tk.Missing())); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyTheOwnerOrALeadMayChange(t *testing.T) {
	t.Parallel()
	tk := opened()
	for _, who := range []struct {
		actor ticket.Actor
		may   bool
	}{{ana, true}, {bo, false}, {dan, false}, {lea, true}, {ticket.Handrail("desk"), true}} {
		if got := tk.MayChange(who.actor); got != who.may {
			t.Errorf("%s may change: %t, want %t", who.actor.Name, got, who.may)
		}
	}
	tk.Owner = nil
	if tk.MayChange(ana) || tk.OwnedBy(ana.Person) || !tk.MayChange(lea) {
		t.Error("of a ticket without owner, only a lead may change things")
	}
}

func TestTheLadderIsSuggestedByReasonAndCause(t *testing.T) {
	t.Parallel()
	know, approve, risk, data := ticket.BeyondKnowledge, ticket.NeedsApproval, ticket.BusinessRisk, ticket.SecurityOrData
	for _, test := range []struct {
		name    string
		reasons []ticket.Reason
		area    string
		want    ticket.Level
	}{
		{"knowledge goes to a senior", []ticket.Reason{know}, "", ticket.Senior},
		{"knowledge about the configuration goes to a senior", []ticket.Reason{know}, "configuration", ticket.Senior},
		{"knowledge with an unknown cause goes to a senior", []ticket.Reason{know}, ticket.CauseUnknown, ticket.Senior},
		{"knowledge about code goes to the dev team", []ticket.Reason{know}, "code", ticket.Dev},
		{"knowledge about infrastructure goes to the infra team", []ticket.Reason{know}, "infrastructure", ticket.Infra},
		{"approval goes to management", []ticket.Reason{approve}, "code", ticket.Management},
		{"a business risk goes to management", []ticket.Reason{risk}, "", ticket.Management},
		{"security or data goes to management", []ticket.Reason{data}, "infrastructure", ticket.Management},
		{"of two reasons the higher level wins", []ticket.Reason{know, data}, "code", ticket.Management},
		{"no reason yet suggests a senior", nil, "", ticket.Senior},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := ticket.SuggestLevel(test.reasons, test.area); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
	for _, level := range ticket.Levels() {
		if !slices.Contains([]ticket.Level{ticket.Senior, ticket.Dev, ticket.Infra, ticket.Security, ticket.Management}, level) {
			t.Errorf("unknown level %s", level)
		}
	}
}

func TestKindsOfJobsAreTheStoredWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		job  ticket.Job
		want string
	}{
		{ticket.PostCard{}, "card.post"}, {ticket.RefreshCards{}, "card.refresh"}, {ticket.EditCard{}, "card.edit"},
		{ticket.RetireCard{}, "card.retire"}, {ticket.Say{}, "chat.say"},
		{ticket.RingClock{}, "clock.ring"}, {ticket.Remind{}, "clock.tell"}, {ticket.RemindThere{}, "clock.remind"},
		{ticket.RetimeClocks{}, "clock.retime"}, {ticket.IndexTickets{}, "search.index"}, {ticket.MarkUnreached{}, "reach.lost"}, {ticket.MarkReached{}, "reach.found"},
		{ticket.TellOfChange{}, "change.tell"}, {ticket.TellOwner{}, "owner.tell"},
		{ticket.MarkAbsence{}, "absence.mark"}, {ticket.EndAbsence{}, "absence.end"},
		{ticket.Announce{}, "status.announce"}, {ticket.TellNews{}, "status.news"}, {ticket.Summarize{}, "status.summary"},
		{ticket.PostBoard{}, "board.post"}, {ticket.RefreshBoard{}, "board.refresh"}, {ticket.RestBoard{}, "board.rest"},
		{ticket.RetireBoard{}, "board.retire"}, {ticket.PostReport{}, "report.post"},
		{ticket.FetchAttachment{}, "attachment.fetch"}, {ticket.ExpireAttachments{}, "attachment.expire"}, {ticket.PostFiles{}, "attachment.post"},
		{ticket.LearnMail{}, "person.mail"},
	} {
		if got := c.job.Kind(); got != c.want {
			t.Errorf("%T is stored as %q, want %q", c.job, got, c.want)
		}
	}
}

func TestAPostponedJobKeepsItsCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("the world is busy")
	err := &ticket.Postponed{After: time.Minute, Cause: cause}
	if !errors.Is(err, cause) || err.Error() != "postponed by 1m0s: the world is busy" {
		t.Errorf("it says %q", err)
	}
}
