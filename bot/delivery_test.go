package bot

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// failing has the chat refuse every call of the kind.
func (c *chat) failing(op string, kind teams.ErrorKind) {
	c.fail = func(called string, _ teams.Reference, _ string) error {
		if op != called {
			return nil
		}
		return &teams.Error{Op: op, Kind: kind}
	}
}

func (h *house) place() ticket.Place {
	return ticket.Place{Tenant: h.tenant, Conversation: h.conversation}
}

func (h *house) address() ticket.Address {
	h.t.Helper()
	address, ok, err := h.store.Address(h.ctx(), h.place())
	if err != nil || !ok {
		h.t.Fatalf("the address is not known (%v)", err)
	}
	return address
}

func (h *house) postsOf(number int64) []ticket.Post {
	h.t.Helper()
	posts, err := h.store.Posts(h.ctx(), ticket.ID{Tenant: h.tenant, Number: number})
	if err != nil {
		h.t.Fatal(err)
	}
	return posts
}

func TestACardThatSomebodyDeletedIsPostedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.chat.fail = func(op string, _ teams.Reference, id string) error {
		if op == "update" && id == card.id {
			return &teams.Error{Op: op, Kind: teams.Gone}
		}
		return nil
	}
	h.press(ana, card, "Next step", nil)
	if len(h.chat.posts) != 2 {
		t.Fatalf("there are %d messages", len(h.chat.posts))
	}
	h.chat.last().expect("Initial response")
	if posts := h.postsOf(1); len(posts) != 1 || posts[0].Activity != "m2" || posts[0].Shown != h.ticket(1).Version {
		t.Errorf("the posts are %+v", posts)
	}
}

func TestARefusalIsRememberedUntilTheConversationSpeaksAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range []teams.ErrorKind{
		teams.Blocked, teams.NotInRoster, teams.Disabled, teams.NotInstalled, teams.NoPermission, teams.ConversationGone,
	} {
		h := newHouse(t)
		card := h.opened(ana, nil)
		h.chat.failing("update", kind)
		h.press(ana, card, "Next step", nil)
		if got := h.address().Refused; got != string(kind) {
			t.Errorf("after %s the address is refused with %q", kind, got)
		}
		h.chat.fail, h.chat.calls = nil, nil
		if err := h.bot.RefreshCards(h.ctx(), ticket.RefreshCards{Tenant: tenant, Number: 1}); err != nil || len(h.chat.calls) > 0 {
			t.Errorf("after %s the chat was called with %q (%v)", kind, h.chat.calls, err)
		}
		h.says(ben, "help")
		if got := h.address().Refused; got != "" {
			t.Errorf("after %s and a message the address is refused with %q", kind, got)
		}
		if err := h.bot.RefreshCards(h.ctx(), ticket.RefreshCards{Tenant: tenant, Number: 1}); err != nil {
			t.Error(err)
		}
		h.chat.message(card.id).expect("Initial response")
	}
}

func TestABusyConnectorPostponesTheJob(t *testing.T) {
	t.Parallel()
	for _, kind := range []teams.ErrorKind{teams.Busy, teams.Throttled} {
		h := newHouse(t)
		h.says(ana, "help")
		h.turn(h.activity("message", ana, map[string]any{"text": "help"}))
		h.chat.fail = func(string, teams.Reference, string) error {
			return &teams.Error{Op: "send", Kind: kind, RetryAfter: 30 * time.Second}
		}
		task := h.tasks()[0]
		var postponed *ticket.Postponed
		if err := h.do(task); !errors.As(err, &postponed) || postponed.After != 30*time.Second {
			t.Errorf("%s: the job ends with %v", kind, err)
		}
		h.chat.failing("send", kind)
		if err := h.do(task); !errors.As(err, &postponed) || postponed.After != busy {
			t.Errorf("%s: the job ends with %v", kind, err)
		}
		if h.address().Refused != "" {
			t.Errorf("%s is taken for a refusal", kind)
		}
	}
}

func TestACallThatIsTooMuchComesAgainAtItsTurn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "help")
	h.turn(h.activity("message", ana, map[string]any{"text": "help"}))
	h.chat.fail = func(string, teams.Reference, string) error {
		return &teams.Error{Op: "send", Kind: teams.Throttled, RetryAfter: 40 * time.Millisecond}
	}
	var postponed *ticket.Postponed
	if err := h.do(h.tasks()[0]); !errors.As(err, &postponed) || postponed.After != 40*time.Millisecond || !postponed.Turn {
		t.Errorf("the job ends with %+v", postponed)
	}
}

func TestAFailureThatIsNoAnswerIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	button := card.button("Next step")
	h.turn(h.activity("invoke", ana, map[string]any{
		"name": "adaptiveCard/action", "replyToId": card.id,
		"value": map[string]any{"action": map[string]any{"verb": button["verb"], "data": card.merged(button, nil)}},
	}))
	for _, failure := range []error{
		errors.New("the connection was lost"), &teams.Error{Kind: teams.Unauthorized}, &teams.Error{Kind: teams.Broken}, &teams.Error{Kind: teams.WrongHost},
	} {
		h.chat.fail = func(string, teams.Reference, string) error { return failure }
		job := ticket.RefreshCards{Tenant: tenant, Number: 1}
		if err := h.bot.RefreshCards(h.ctx(), job); !errors.Is(err, failure) {
			t.Errorf("the job ends with %v, want %v", err, failure)
		}
		if posts := h.postsOf(1); posts[0].Shown == h.ticket(1).Version || !posts[0].Held.IsZero() {
			t.Errorf("after %v the post is %+v", failure, posts[0])
		}
	}
	h.chat.fail = nil
	h.work()
	h.chat.message(card.id).expect("Initial response")
}

func TestACopyIsDrawnByOneWorkerAtATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	second := 0
	h.chat.fail = func(op string, _ teams.Reference, _ string) error {
		if op != "update" || second > 0 {
			return nil
		}
		second++
		// While the first one draws, another worker comes for the same copy.
		var postponed *ticket.Postponed
		if err := h.bot.RefreshCards(h.ctx(), ticket.RefreshCards{Tenant: tenant, Number: 1}); !errors.As(err, &postponed) {
			t.Errorf("the second worker ends with %v", err)
		}
		return nil
	}
	h.press(ana, card, "Next step", nil)
	if updates := len(slices.DeleteFunc(h.chat.calls, func(c string) bool { return c == "send" })); second != 1 || updates != 2 {
		t.Errorf("there were %d updates and %d other workers", updates, second)
	}
	// A worker that was killed keeps nobody waiting for long.
	err := h.store.InTx(h.ctx(), func(tx ticket.Tx) error {
		_, err := tx.HoldPosts(h.ctx(), ticket.Hold{
			ID: ticket.ID{Tenant: tenant, Number: 1}, Version: 99, Posts: []int64{h.postsOf(1)[0].ID}, Now: h.now, Until: h.now.Add(hold),
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.turnChange(ana)
	h.tasks()
	job := ticket.RefreshCards{Tenant: tenant, Number: 1}
	if err := h.bot.RefreshCards(h.ctx(), job); err == nil {
		t.Error("a held copy was drawn")
	}
	h.now = h.now.Add(hold + time.Second)
	if err := h.bot.RefreshCards(h.ctx(), job); err != nil {
		t.Error(err)
	}
	if posts := h.postsOf(1); posts[0].Shown != h.ticket(1).Version {
		t.Errorf("the post is %+v", posts[0])
	}
}

// turnChange changes the ticket without anything of what follows.
func (h *house) turnChange(who someone) {
	h.t.Helper()
	actor := ticket.Actor{Person: ticket.Person{ID: who.id, Name: who.name}, Tenant: h.tenant, Lead: who == lena}
	_, err := h.bot.desk.Change(h.ctx(), actor, ticket.Press{ID: ticket.ID{Tenant: h.tenant, Number: 1}}, func(c *ticket.Change) error {
		to := ticket.Standard
		if c.Ticket.Class() == to {
			to = ticket.Priority
		}
		return c.OverrideClass(to, "Changed.")
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestACardSentWithoutAnIDIsForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.chat.nameless = true
	h.says(ana, "show T-1")
	for _, post := range h.postsOf(1) {
		if post.Activity == "" {
			t.Errorf("the post %+v waits for an id that never comes", post)
		}
	}
	// The intake that became the card, the line before the second one, and that one.
	if sent := len(h.chat.posts); sent != 3 {
		t.Errorf("%d messages were sent", sent)
	}
	h.chat.last().expect("T-1")
}

func TestACardWhereNothingCanBeEditedIsSentWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.chat.failing("update", teams.Gone)
	h.says(ana, "show T-1")
	h.chat.last().expect("T-1", "Invoices cannot be posted")
	if posts := h.postsOf(1); len(posts) != 1 || posts[0].Activity != h.chat.last().id {
		t.Errorf("the posts are %+v", posts)
	}
}

func TestAProcessKilledBeforeItKnowsTheIDMakesOneCard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.turn(h.activity("message", ana, map[string]any{"text": "show T-1"}))
	tasks := h.tasks()
	// The message arrives; that it did is lost with the process.
	h.chat.fail = func(op string, to teams.Reference, _ string) error {
		h.chat.fail = nil
		if _, err := h.chat.Send(h.ctx(), to, teams.Message{Text: "arrived"}); err != nil {
			return err
		}
		return errors.New(op + ": the process was killed")
	}
	if err := h.do(tasks[0]); err == nil {
		t.Fatal("the job did not fail")
	}
	if err := h.do(tasks[0]); err != nil {
		t.Fatal(err)
	}
	h.work()
	live := 0
	for _, post := range h.chat.posts {
		if len(post.message.Card) > 0 && strings.Contains(string(post.message.Card), "ticket.history") {
			live++
		}
	}
	if live != 1 {
		t.Errorf("there are %d cards", live)
	}
}

func TestNobodyEditsTheMessageUnderAnOpenForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	form := h.press(ana, card, "Edit", nil).card
	edits := func() int { return h.chat.posts[0].edits }
	before := edits()
	h.turnChange(lena)
	h.work()
	if edits() != before {
		t.Error("the message under the form was edited")
	}
	// The form comes back as it was, for it was overtaken, and waits on.
	again := h.press(ana, form, "Save", map[string]string{"details": "Typed for an hour"}).card
	if !strings.Contains(string(again.raw), "Typed for an hour") {
		t.Errorf("what was typed is lost in %s", again.raw)
	}
	h.pass(time.Minute)
	if edits() != before {
		t.Error("the message under the form that came back was edited")
	}
	h.press(ana, again, "Cancel", nil)
	h.pass(time.Minute)
	h.chat.message(card.id).expect("Standard")

	// Whoever leaves the form open keeps nobody waiting for ever.
	h.press(ana, h.seen(ana, h.chat.message(card.id)), "Edit", nil)
	before = edits()
	h.turnChange(lena)
	h.work()
	if edits() != before {
		t.Error("the message under the second form was edited")
	}
	h.pass(formOpen + time.Minute)
	if edits() == before {
		t.Error("the card stays old for ever")
	}
}

func TestOfTwoCardsThatAreAskedForAtOnceOneStays(t *testing.T) {
	t.Parallel()
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		h := newHouse(t)
		h.opened(ana, nil)
		for range 2 {
			h.turn(h.activity("message", ana, map[string]any{"text": "show T-1"}))
		}
		tasks := h.tasks()
		for _, i := range order {
			if err := h.do(tasks[i]); err != nil {
				t.Fatal(err)
			}
		}
		h.work()
		posts := h.postsOf(1)
		if len(posts) != 1 || posts[0].Shown != h.ticket(1).Version {
			t.Errorf("in the order %v the posts are %+v", order, posts)
		}
	}
}

func TestManyCopiesAreEditedByJobsOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	for i := range manyCopies + 1 {
		h.conversation = "19:room" + strconv.Itoa(i) + "@thread.v2"
		h.says(ana, "show T-1")
	}
	h.conversation = group
	h.turnChange(ana)
	job := ticket.RefreshCards{Tenant: tenant, Number: 1}
	if err := h.bot.RefreshCards(h.ctx(), job); err != nil {
		t.Fatal(err)
	}
	edits := 0
	for _, task := range h.store.Tasks() {
		if _, ok := task.Job.(ticket.EditCard); ok {
			edits++
		}
	}
	if edits != manyCopies+2 {
		t.Errorf("%d jobs edit a copy each", edits)
	}
	h.work()
	for _, post := range h.postsOf(1) {
		if post.Shown != h.ticket(1).Version {
			t.Errorf("%+v is behind", post)
		}
	}
	h.chat.message(card.id).expect("Standard")
}

func TestTheOwnerIsToldOfWhatOthersDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.turnChange(ana)
	h.work()
	before := len(h.chat.posts)
	h.turnChange(lena)
	h.work()
	if len(h.chat.posts) != before+1 {
		t.Fatalf("%d messages were sent", len(h.chat.posts)-before)
	}
	if text := h.chat.lastText(); text != "<at>Ana Ng</at>, Lena Lead has made T-1 **Invoices cannot be posted** Priority." {
		t.Errorf("the owner is told %q", text)
	}
}

func TestACardRefusedForGoodIsForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.chat.failing("send", teams.TooBig)
	h.says(ana, "show T-1")
	if posts := h.postsOf(1); slices.ContainsFunc(posts, func(p ticket.Post) bool { return p.Activity == "" }) {
		t.Errorf("the posts are %+v", posts)
	}
	if !strings.Contains(h.log.String(), "the connector refused a message") {
		t.Errorf("the log has %s", h.log.String())
	}
}

func TestAJobAboutWhatIsGoneIsDone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "help")
	err := h.store.InTx(h.ctx(), func(tx ticket.Tx) error {
		return tx.AddPost(h.ctx(), &ticket.Post{Place: h.place(), Number: 7})
	})
	if err != nil {
		t.Fatal(err)
	}
	nowhere := ticket.Place{Tenant: tenant, Conversation: "19:nowhere"}
	h.chat.calls = nil
	for _, job := range []ticket.Job{
		ticket.PostCard{Tenant: tenant, Post: 1}, ticket.PostCard{Tenant: tenant, Post: 99}, ticket.PostCard{Tenant: "other", Post: 1},
		ticket.RefreshCards{Tenant: tenant, Number: 7}, ticket.Remind{Tenant: tenant, Number: 7, Clock: ticket.ClockAcknowledge},
		ticket.RemindThere{Place: h.place(), Number: 7, Clock: ticket.ClockAcknowledge},
		ticket.Say{Place: nowhere, Text: "x"}, ticket.RetireCard{Place: nowhere, Number: 7, Activity: "m1"},
	} {
		if err := h.do(ticket.Task{Job: job}); err != nil {
			t.Errorf("%+v ends with %v", job, err)
		}
	}
	if len(h.chat.calls) > 0 || len(h.postsOf(7)) > 0 {
		t.Errorf("the chat was called with %q; the posts are %+v", h.chat.calls, h.postsOf(7))
	}
}

func TestAReminderIsSentWhileItIsDueOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.chat.without = map[string]bool{ana.id: true}
	card := h.opened(ana, nil)
	h.pass(time.Hour)
	reminder := h.chat.last().expect("The customer has not heard from us yet.", "<at>Ana Ng</at>")
	h.press(ana, reminder, "Show ticket", nil)
	sent := len(h.chat.posts)

	clock := h.ticket(1).Clocks(h.bot.desk.Policy)[0]
	job := ticket.RemindThere{Place: h.place(), Number: 1, Clock: clock.Kind, Due: clock.Due}
	for name, change := range map[string]func(ticket.RemindThere) ticket.RemindThere{
		"another time":  func(j ticket.RemindThere) ticket.RemindThere { j.Due = j.Due.Add(time.Minute); return j },
		"another clock": func(j ticket.RemindThere) ticket.RemindThere { j.Clock = ticket.ClockDate; return j },
		"no such clock": func(j ticket.RemindThere) ticket.RemindThere { j.Clock = "x"; return j },
	} {
		if err := h.do(ticket.Task{Job: change(job)}); err != nil || len(h.chat.posts) != sent {
			t.Errorf("%s: a reminder was sent (%v)", name, err)
		}
	}
	w := way{h: h, who: ana, card: h.execute(ana, card.id, verbTicketShow, map[string]any{"ticket": "T-1"}).card, words: "x"}
	w.form("Close early", map[string]string{"reason": "A duplicate."})
	sent = len(h.chat.posts)
	if err := h.do(ticket.Task{Job: job}); err != nil || len(h.chat.posts) != sent {
		t.Errorf("a closed ticket was reminded of (%v)", err)
	}
}

func TestEveryClockHasItsReminder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, map[string]string{"date": "2026-12-24", "time": "14:00"})
	h.now = monday()
	newest := h.ticket(1)
	told := monday()
	newest.CustomerToldAt = &told
	for _, step := range []ticket.Step{ticket.Reception, ticket.Diagnosis} {
		newest.Step = step
		for _, clock := range newest.Clocks(h.bot.desk.Policy) {
			s := h.bot.catalog.in("", "", h.now)
			if said := s.say("reminder."+string(clock.Kind), args{"At": s.when(clock.Due)}); strings.HasPrefix(said, "reminder.") || strings.Contains(said, "<no value>") {
				t.Errorf("%s is said as %q", clock.Kind, said)
			}
		}
	}
	// All of them ring, until the day has come.
	for range 32 {
		h.pass(24 * time.Hour)
	}
	h.chat.last().expect("has come and the work is not done")
	if sent := len(h.chat.posts); sent < 6 {
		t.Errorf("%d messages were sent", sent)
	}
}

func TestAnAnswerIsPostedAnewWhereTheMessageIsGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "new x")
	form := h.chat.last()
	h.chat.failing("update", teams.Gone)
	h.press(ana, form, "Cancel", nil)
	h.chat.last().expect("No ticket was opened.")
	if len(h.chat.posts) != 2 {
		t.Errorf("there are %d messages", len(h.chat.posts))
	}
}
