package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// soon gives the reminder that ana gets when an update to her customer is due soon.
func (h *house) soon() shown {
	h.t.Helper()
	newWay(h).to("Diagnosis")
	h.pass(22*time.Hour + time.Minute)
	return h.chat.last().expect("The customer is due a word from us by")
}

// reminders gives where reminders that say something went, in order.
func (h *house) reminders(words string) (places []string) {
	for _, p := range h.chat.posts {
		if strings.Contains(string(p.message.Card), words) {
			places = append(places, p.to.Conversation.ID)
		}
	}
	return places
}

func (h *house) remindedAt(words string, want ...string) {
	h.t.Helper()
	if got := h.reminders(words); !slices.Equal(got, want) {
		h.t.Errorf("reminders that say %q went to %q, want %q", words, got, want)
	}
}

// opens counts how often a chat with somebody was to be opened.
func (h *house) opens(id string) (n int) {
	for _, call := range h.chat.calls {
		if call == "open "+id {
			n++
		}
	}
	return n
}

// in has what follows happen in another conversation.
func (h *house) in(conversation, kind string) { h.conversation, h.kind = conversation, kind }

// lines gives the newest lines of the ticket's history, newest first.
func (h *house) lines(n int) (said []string) {
	h.t.Helper()
	entries, err := h.store.History(h.ctx(), ticket.ID{Tenant: h.tenant, Number: 1}, 0, n)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, entry := range entries {
		line := h.bot.historyLine(h.bot.catalog.in("", "", h.now), entry)
		said = append(said, string(line.Who)+" "+line.What)
	}
	return said
}

const (
	nudge    = "The customer has not heard from us yet"
	dueSoon  = "The customer is due a word from us by"
	overdue  = "the update is overdue"
	notThere = "Handrail cannot write to"
)

func TestAnOwnerWithoutAChatGetsOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	h.pass(22 * time.Hour)
	h.remindedAt(dueSoon, "a:29:ana")
	address, _, err := h.store.PersonalAddress(h.ctx(), h.tenant, ana.id)
	if err != nil || address.ServiceURL != serviceA || address.Zone != "Europe/Berlin" || address.Kind != ticket.Personal || address.Person.Name != ana.name {
		t.Errorf("the address is %+v (%v)", address, err)
	}
	if got := h.lines(1)[0]; got != "Handrail reminded Ana Ng: customer update is due soon" {
		t.Errorf("the history says %q", got)
	}
	h.pass(2 * time.Hour)
	h.remindedAt(overdue, "a:29:ana", "a:"+lena.object)
	if h.opens(ana.id) != 1 || h.opens(lena.object) != 1 {
		t.Errorf("the calls are %q", h.chat.calls)
	}
}

func TestAnOwnerWhoNeverInstalledTheAppIsMentionedWhereTheTicketIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.chat.without = map[string]bool{ana.id: true}
	card := newWay(h).to("Initial response").card
	h.pass(time.Hour)
	h.remindedAt(nudge, group)
	for _, title := range []string{"Acknowledge", "Snooze", "Hand over", "Show ticket"} {
		h.chat.last().expect("<at>Ana Ng</at>").button(title)
	}
	h.chat.message(card.id).expect("Handrail cannot write to Ana Ng: the app is not installed for them. Ask them to add Handrail, or tell them yourself.")
	if got := h.lines(2); got[0] != "Handrail could not write to Ana Ng" || got[1] != "Handrail reminded Ana Ng: acknowledgement" {
		t.Errorf("the history says %q", got)
	}

	// It is not tried again until they say something.
	p := way{h: h, who: ana, card: h.chat.message(card.id), words: "Done."}
	tries := h.opens(ana.id)
	p.to("Diagnosis")
	h.now = h.now.Add(-time.Hour)
	h.pass(30 * time.Hour)
	h.remindedAt(overdue, group, "a:"+lena.object)
	if again := h.opens(ana.id) - tries; again != 1 { // she has pressed buttons
		t.Errorf("a chat was opened %d times more", again)
	}
	h.pass(time.Hour)
	entries := len(h.lines(100))

	// She adds the app: the mark goes.
	h.chat.without = nil
	h.in("a:1ana", "personal")
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
	h.work()
	if text := h.chat.message(card.id); strings.Contains(string(text.raw), notThere) {
		t.Error("the card says still that she cannot be reached")
	}
	if got := h.lines(1)[0]; got != "Handrail can write to Ana Ng again" || len(h.lines(100)) != entries+1 {
		t.Errorf("the history says %q", got)
	}
	h.says(ana, "help")
	if len(h.lines(100)) != entries+1 {
		t.Error("it is written down again")
	}
}

func TestAChatThatCannotBeOpenedIsNotTriedAtEveryReminder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.chat.without = map[string]bool{ana.id: true}
	newWay(h).to("Diagnosis")
	h.pass(22 * time.Hour)
	h.pass(2 * time.Hour)
	h.remindedAt(dueSoon, group)
	h.remindedAt(overdue, group, "a:"+lena.object)
	if tries := h.opens(ana.id); tries != 1 {
		t.Errorf("a chat with her was opened %d times", tries)
	}
}

func TestEveryRefusalLeadsToTheThreadAndToAMark(t *testing.T) {
	t.Parallel()
	for _, kind := range ticket.Refusals() {
		h := newHouse(t)
		card := newWay(h).to("Diagnosis").card
		h.in("a:1ana", "personal")
		h.says(ana, "help")
		h.chat.fail = func(_ string, to teams.Reference, _ string) error {
			if to.Conversation.ID != "a:1ana" {
				return nil
			}
			return &teams.Error{Op: "send", Kind: teams.ErrorKind(kind)}
		}
		h.pass(22 * time.Hour)
		h.remindedAt(dueSoon, group)
		h.chat.last().expect("<at>Ana Ng</at>")
		said := h.bot.catalog.in("", "", h.now).say("unreached.person."+string(kind), args{"Person": ana.name})
		h.chat.message(card.id).expect(said)
		h.pass(2 * time.Hour)
		h.remindedAt(overdue, group, "a:"+lena.object)
		if h.opens(ana.id) > 0 {
			t.Errorf("%s: a chat was opened beside the one that refuses", kind)
		}
		h.chat.fail = nil
		h.says(ana, "help")
		if text := h.chat.message(card.id); strings.Contains(string(text.raw), notThere) {
			t.Errorf("%s: the card says still that she cannot be reached", kind)
		}
	}
}

func TestAThreadThatRefusesGivesWayToAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.chat.without = map[string]bool{ana.id: true}
	newWay(h).to("Diagnosis")
	h.in("19:other@thread.v2", "groupChat")
	h.says(ben, "show T-1")
	h.chat.fail = func(op string, to teams.Reference, _ string) error {
		if op == "send" && to.Conversation.ID == group {
			return &teams.Error{Op: op, Kind: teams.NotInRoster}
		}
		return nil
	}
	h.pass(22 * time.Hour)
	h.remindedAt(dueSoon, "19:other@thread.v2")
	if marks := h.ticket(1).Unreached; len(marks) != 2 {
		t.Errorf("the marks are %+v", marks)
	}
	last := h.postsOf(1)[1]
	h.chat.message(last.Activity).expect(notThere, "1 more cannot be reached")
	h.chat.without = nil
	h.in("a:1ana", "personal")
	h.says(ana, "help")
	h.chat.message(last.Activity).expect("Handrail cannot write in a chat that shows this ticket: it was removed there. Add it again or ignore this.")
	h.chat.fail = nil
	h.in(group, "groupChat")
	h.says(ben, "help")
	if got := h.lines(1)[0]; got != "Handrail can write again in a chat that shows the ticket" {
		t.Errorf("the history says %q", got)
	}
}

func TestWhereNobodyCanBeRemindedTheHistoryDoesNotSaySo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.chat.without = map[string]bool{ana.id: true}
	h.opened(ana, nil)
	h.chat.fail = func(op string, _ teams.Reference, _ string) error {
		if op == "send" {
			return &teams.Error{Op: op, Kind: teams.ConversationGone}
		}
		return nil
	}
	h.pass(time.Hour)
	for _, line := range h.lines(100) {
		if strings.Contains(line, "Handrail reminded") {
			t.Errorf("the history says %q", line)
		}
	}
	if !strings.Contains(h.log.String(), "nobody could be reminded") {
		t.Errorf("the log says %s", h.log.String())
	}
	if got := h.ticket(1); len(got.Unreached) == 0 {
		t.Error("the ticket does not show it")
	}
}

func TestAReminderGoesOutOnceHoweverOftenItsJobComes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.now = h.now.Add(time.Hour)
	var remind ticket.Task
	for remind.Job == nil {
		for _, task := range h.tasks() {
			if _, ok := task.Job.(ticket.Remind); ok {
				remind = task
			}
			if err := h.do(task); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 3 {
		if err := h.do(remind); err != nil {
			t.Fatal(err)
		}
	}
	h.work()
	h.remindedAt(nudge, "a:29:ana")
}

func TestABusyTeamsPutsTheReminderOff(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"open", "send"} {
		h := newHouse(t)
		h.opened(ana, nil)
		h.chat.fail = func(called string, to teams.Reference, _ string) error {
			if called == op && (op == "open" || to.Conversation.ID == "a:29:ana") {
				return &teams.Error{Op: op, Kind: teams.Throttled, RetryAfter: time.Minute}
			}
			return nil
		}
		clock := h.ticket(1).Clocks(h.bot.desk.Policy)[0]
		job := ticket.Remind{Tenant: h.tenant, Number: 1, Clock: clock.Kind, Due: clock.Due}
		h.now = h.now.Add(time.Hour)
		var postponed *ticket.Postponed
		if err := h.bot.Remind(h.ctx(), job); !errors.As(err, &postponed) || postponed.After != time.Minute {
			t.Errorf("%s: the job ends with %v", op, err)
		}
		h.remindedAt(nudge)
		h.chat.fail = nil
		if err := h.bot.Remind(h.ctx(), job); err != nil {
			t.Error(err)
		}
		h.remindedAt(nudge, "a:29:ana")
	}
}

func TestALeadWhoCannotBeReachedIsALead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.chat.without = map[string]bool{lena.object: true}
	card := newWay(h).to("Diagnosis").card
	h.pass(24 * time.Hour)
	h.remindedAt(overdue, "a:29:ana")
	h.chat.message(card.id).expect("Handrail cannot write to a lead: the app is not installed for them.")
	if got := h.ticket(1); got.Breaches != 1 {
		t.Errorf("%d breaches", got.Breaches)
	}
}

func TestAnOwnerWhoIsNotThereAnyMoreIsNotReminded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	h.now = h.now.Add(22 * time.Hour)
	var job ticket.Remind
	for _, task := range h.tasks() {
		if err := h.do(task); err != nil {
			t.Fatal(err)
		}
	}
	for _, task := range h.tasks() {
		if found, ok := task.Job.(ticket.Remind); ok {
			job = found
		}
	}
	if job.Clock != ticket.ClockCustomerSoon {
		t.Fatalf("the job is %+v", job)
	}
	// Between the ring and the reminder the ticket goes to another.
	h.says(ana, "assign T-1 @"+ben.name, ben)
	if err := h.bot.Remind(h.ctx(), job); err != nil {
		t.Fatal(err)
	}
	h.remindedAt(dueSoon, "a:29:ben")
}

func TestWhoStandsInGetsTheReminders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	actor := ticket.Actor{Person: ticket.Person{ID: ana.id, Name: ana.name}, Tenant: h.tenant}
	away := func(until time.Duration, standIn *ticket.Person) {
		_, err := h.bot.desk.Away(h.ctx(), actor, h.place(), h.now.Add(until), standIn, func(ticket.Absence) []ticket.Task { return nil })
		if err != nil {
			t.Fatal(err)
		}
		h.store.TakeTasks()
	}
	away(22*time.Hour+time.Minute, &ticket.Person{ID: ben.id, Name: ben.name})
	h.pass(22 * time.Hour)
	h.remindedAt(dueSoon, "a:29:ben")
	if got := h.lines(1)[0]; !strings.HasPrefix(got, "Handrail reminded Ben") {
		t.Errorf("the history says %q", got)
	}
	h.pass(2 * time.Hour) // she is back
	h.remindedAt(overdue, "a:29:ana", "a:"+lena.object)
}

func TestAReminderThatAnOlderHandrailHasLeftGoesWhereItSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.now = h.now.Add(time.Hour)
	clock := h.ticket(1).Clocks(h.bot.desk.Policy)[0]
	who := ticket.Person{ID: ana.id, Name: ana.name}
	job := ticket.RemindThere{Place: h.place(), Whom: &who, Number: 1, Clock: clock.Kind, Due: clock.Due}
	if err := h.bot.RemindThere(h.ctx(), job); err != nil {
		t.Fatal(err)
	}
	h.remindedAt(nudge, group)
	h.chat.last().expect("<at>Ana Ng</at>")
	job.Conversation = "19:unknown"
	if err := h.bot.RemindThere(h.ctx(), job); err != nil {
		t.Error(err)
	}
}

func TestOpeningAChatWithOneWhoWritesMeanwhileWritesNothingOldBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	place := ticket.Place{Tenant: tenant, Conversation: "a:29:ana"}
	newest := ticket.Address{Place: place, Kind: ticket.Personal, ServiceURL: "https://smba.example/apac/", Zone: "Asia/Tokyo", BotID: "28:bot"}
	h.chat.fail = func(op string, _ teams.Reference, _ string) error {
		if op != "open" {
			return nil
		}
		return h.store.InTx(h.ctx(), func(tx ticket.Tx) error { return tx.Learn(h.ctx(), newest) })
	}
	h.pass(time.Hour)
	h.remindedAt(nudge, "a:29:ana")
	if got, _, err := h.store.Address(h.ctx(), place); err != nil || got.ServiceURL != newest.ServiceURL || got.Zone != newest.Zone {
		t.Errorf("the address is %+v (%v)", got, err)
	}
}

func TestARefusalToOneWhoHasWrittenMeanwhileWritesNothingBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	old := h.address()
	h.service = "https://smba.example/apac/"
	h.says(ana, "help")
	if err := h.bot.delivered(h.ctx(), old, &teams.Error{Kind: teams.Blocked}); err != nil {
		t.Fatal(err)
	}
	if got := h.address(); got.ServiceURL != h.service || got.Refused != string(teams.Blocked) {
		t.Errorf("the address is %+v", got)
	}
}
