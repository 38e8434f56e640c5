package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// night is a ticket, and another conversation that follows.
type night struct {
	h   *house
	way *way
	// status is the status card in the conversation that follows.
	status shown
}

const following = "19:all@thread.v2"

// within has something done in another conversation.
func (h *house) within(conversation string, do func()) {
	here := h.conversation
	h.conversation = conversation
	do()
	h.conversation = here
}

// newNight opens an Expedite ticket that another conversation follows.
func newNight(h *house) *night {
	h.t.Helper()
	h.within(following, func() { h.says(ben, "follow priority") })
	n := &night{h: h, way: newWay(h)}
	n.way.form("Change the class of service", map[string]string{"class": "fixed", "reason": "It has to be done by Friday."})
	n.status = h.chat.last().expect("T-1 · Contoso Ltd", "Fixed deadline")
	return n
}

// quiet makes the night quiet in the conversation that follows.
func (n *night) quiet() {
	n.h.t.Helper()
	n.h.within(following, func() { n.h.says(ben, "quiet 8pm-7am") })
	n.h.now = monday().Add(10 * time.Hour) // 21:00 in Berlin
}

// sent gives the messages that went to the conversation that follows.
func (n *night) sent() []teams.Message {
	var messages []teams.Message
	for _, p := range n.h.chat.posts {
		if p.to.Conversation.ID == following {
			messages = append(messages, p.message)
		}
	}
	return messages
}

func TestWhatHappensIsToldInAFewWords(t *testing.T) {
	t.Parallel()
	users := 31
	for want, event := range map[string]ticket.Event{
		"new, Expedite (31 users)":                     {Kind: ticket.EventExpedite, To: "expedite"},
		"now Fixed deadline (31 users)":                {Kind: ticket.EventClass, From: "expedite", To: "fixed"},
		"escalated to Management":                      {Kind: ticket.EventEscalated, To: "management"},
		`Management answered: Yes\. \*Do\* it\.`:       {Kind: ticket.EventAnswered, From: "management", Words: "Yes.\n*Do*  it."},
		"resolved":                                     {Kind: ticket.EventResolved},
		`not fixed after all: It is back\.`:            {Kind: ticket.EventNotFixed, Words: "It is back."},
		"closed":                                       {Kind: ticket.EventClosed},
		`closed early: A duplicate\.`:                  {Kind: ticket.EventEarly, Words: "A duplicate."},
		`opened again: It is back\.`:                   {Kind: ticket.EventReopened, Words: "It is back."},
		"promise broken: customer update is overdue":   {Kind: ticket.EventBreach, To: "customer"},
		`\<at\>everyone\</at\> \[x\]\(http://x\)`:      {Kind: ticket.EventStatus, Words: "<at>everyone</at> [x](http://x)"},
		"reminder: half of the time to the fixed date": {Kind: ticket.EventReminder, To: "date_half"},
		strings.Repeat("x", newsWords-1) + "…":         {Kind: ticket.EventStatus, Words: strings.Repeat("x", 1000)},
	} {
		s := newWords(t).in("", "", monday())
		got := s.event(&ticket.Ticket{Users: &users}, event)
		if plain(got) != plain(want) {
			t.Errorf("%s is told as %q, want %q", event.Kind, got, want)
		}
		if strings.Contains(got, "<at>") || strings.Contains(got, "[x](") {
			t.Errorf("%q mentions or links", got)
		}
	}
	s := newWords(t).in("", "", monday())
	if got := s.event(&ticket.Ticket{}, ticket.Event{Kind: ticket.EventClass, To: "fixed"}); got != "now Fixed deadline" {
		t.Errorf("without users it is told as %q", got)
	}
}

// plain leaves out the signs that escape others.
func plain(markdown string) string {
	return strings.NewReplacer(`\`, "", "\u2060", "").Replace(markdown)
}

func TestTheStatusCardOnlyShowsTheTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := newNight(h)
	if got := n.status.titles(); !slices.Equal(got, []string{"Show ticket"}) {
		t.Errorf("the buttons are %q", got)
	}
	h.within(following, func() { h.press(ana, n.status, "Show ticket", nil) })
	live := h.chat.last().expect("Step 1 of 7")
	live.button("History")
	// Both are true from now on, and neither took the other's place.
	n.way.to("Initial response")
	h.chat.message(n.status.id).expect("Step 2 of 7")
	h.chat.message(live.id).expect("Step 2 of 7")
	h.within(following, func() { h.submit(ana, n.status, "Show ticket", nil) })
	h.chat.message(n.status.id).expect("Step 2 of 7", "Updated")
	h.chat.message(live.id).expect("T-1 is shown further down.")
}

func TestAStatusCardThatSomebodyDeletedIsPostedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := newNight(h)
	h.chat.fail = func(op string, _ teams.Reference, id string) error {
		if op == "update" && id == n.status.id {
			return &teams.Error{Op: op, Kind: teams.Gone}
		}
		return nil
	}
	n.way.to("Initial response")
	h.chat.last().expect("T-1 · Contoso Ltd", "Step 2 of 7")
	if got := h.chat.last().titles(); !slices.Equal(got, []string{"Show ticket"}) {
		t.Errorf("the buttons are %q", got)
	}
}

func TestAConversationThatBlocksUsGetsNoNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := newNight(h)
	h.chat.failing("send", teams.Blocked)
	n.way.form("Change the class of service", map[string]string{"class": "standard", "reason": "It can wait."})
	h.chat.fail, h.chat.calls = nil, nil
	job := ticket.TellNews{Place: ticket.Place{Tenant: tenant, Conversation: following}, Number: 1, Events: []ticket.Event{{Kind: ticket.EventClosed}}}
	unknown := job
	unknown.Conversation = "19:unknown"
	gone := job
	gone.Number = 99
	for _, job := range []ticket.TellNews{job, unknown, gone} {
		if err := h.bot.TellNews(h.ctx(), job); err != nil || len(h.chat.calls) > 0 {
			t.Errorf("the chat was called with %q (%v)", h.chat.calls, err)
		}
	}
	h.within(following, func() { h.says(ben, "help") })
	h.chat.calls = nil
	if err := h.bot.TellNews(h.ctx(), job); err != nil || len(h.chat.calls) != 1 {
		t.Errorf("the chat was called with %q (%v)", h.chat.calls, err)
	}
}

func TestFollowingSaysWhatItDid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	for _, c := range []struct{ text, want string }{
		{"unfollow", "That is not followed here."},
		{"follow fixed", "I post here what happens to Fixed deadline tickets and more urgent ones."},
		{"follow expidite", "I post here what happens to Expedite tickets."},
		{"follow standard", "I post here what happens to all tickets."},
		{"follow T-1", "I post here what happens to **T-1**."},
		{"follow t-7", "There is no ticket T-7 here."},
		{"follow *me*", `I cannot follow “\*me\*”. Write follow for all tickets`},
		{"unfollow me", "Write unfollow for all tickets"},
		{"unfollow expedite", "That is not followed here. Still followed: all tickets, **T-1**."},
		{"unfollow all", "I no longer post here what happens to all tickets, **T-1**. The cards that are here stay as they are."},
		{"unfollow", "That is not followed here."},
	} {
		h.says(ben, c.text)
		if said := h.chat.lastText(); !strings.Contains(said, c.want) {
			t.Errorf("%q is answered with %q, want %q", c.text, said, c.want)
		}
	}
	h.says(ben, "ufollow")
	h.chat.last().expect("Did you mean “follow”?")
}

func TestTheCardOfFollowsEndsThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.says(ben, "follow")
	h.says(ben, "follow T-1")
	h.says(ben, "quiet 20-7")
	h.says(ben, "following")
	card := h.chat.last().expect("all tickets", "Quiet hours: 20:00–07:00 (Europe/Berlin)", "**T-1** Invoices cannot be posted").valid()
	for _, c := range []struct {
		verb string
		data map[string]any
		gone string
	}{
		{"follow.end", map[string]any{"item": "all"}, "all tickets"},
		{"follow.end", map[string]any{"ticket": "T-1"}, "**T-1**"},
		{"quiet.end", nil, "Quiet hours"},
		{"follow.end", map[string]any{"item": "nonsense", "ticket": 0}, "nothing"},
	} {
		if seen := h.execute(ana, card.id, c.verb, c.data); seen.card.says(c.gone) {
			t.Errorf("%s is still there", c.gone)
		}
		if h.chat.message(card.id).says(c.gone) {
			t.Errorf("for others, %s is still there", c.gone)
		}
	}
	h.says(ben, "following")
	h.chat.last().expect("No ticket is followed here.")
	for number := range int64(25) {
		h.opened(ana, nil)
		h.says(ben, "follow "+ticket.Number(number+1))
	}
	h.says(ben, "following")
	h.chat.last().expect("and 5 more")
}

func TestTheZoneOfQuietHoursIsThatOfWhoeverSetsThem(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{
		"Europe/Berlin":    "20:00–07:00 (Europe/Berlin time)",
		"America/New_York": "20:00–07:00 (America/New York time)",
		"UTC":              "20:00–07:00 (UTC time)",
		"":                 "Teams did not tell me your time zone.",
		"Local":            "Teams did not tell me your time zone.",
		"../../etc/passwd": "Teams did not tell me your time zone.",
	} {
		h := newHouse(t)
		h.zone = zone
		h.says(ben, "quiet 8pm – 7am")
		if said := h.chat.lastText(); !strings.Contains(said, want) {
			t.Errorf("in %q it is said: %q, want %q", zone, said, want)
		}
		h.says(ben, "quiet")
		if said := h.chat.lastText(); !strings.Contains(said, "20:00–07:00 (") {
			t.Errorf("in %q it is said: %q", zone, said)
		}
	}
}

func TestASummaryComesOnceAndOnlyWhenItIsTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := newNight(h)
	n.quiet()
	before := len(n.sent())
	n.way.form("Change the class of service", map[string]string{"class": "standard", "reason": "It can wait."})
	job := ticket.Summarize{Place: ticket.Place{Tenant: tenant, Conversation: following}}
	early := h.bot.Summarize(h.ctx(), job)
	if postponed, ok := early.(*ticket.Postponed); !ok || postponed.After != 10*time.Hour { //nolint:errorlint // it is not wrapped
		t.Errorf("in the night it ends with %v", early)
	}
	h.chat.message(n.status.id).expect("Standard")
	if got := n.sent(); len(got) != before {
		t.Errorf("in the night it is said: %+v", got[before:])
	}
	h.pass(10 * time.Hour)
	h.chat.last().expect("What happened in the quiet hours", "1 ticket", "now Standard (12 users)", "Standard · Reception · Ana Ng").valid()
	for range 2 {
		if err := h.bot.Summarize(h.ctx(), job); err != nil {
			t.Error(err)
		}
	}
	h.work()
	if got := n.sent(); len(got) != before+1 {
		t.Errorf("there came %d messages", len(got)-before)
	}
}

func TestWhatAPlaceThatRefusesWasToHearIsNotKeptForTheNextNight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := newNight(h)
	n.quiet()
	worse := map[string]string{"class": "standard", "reason": "It can wait."}
	n.way.form("Change the class of service", worse)
	refuse := func(why ticket.Refusal) {
		err := h.store.InTx(h.ctx(), func(tx ticket.Tx) error {
			_, err := tx.Refuse(h.ctx(), ticket.Place{Tenant: tenant, Conversation: following}, why)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	refuse(ticket.Blocked)
	h.pass(10 * time.Hour)
	refuse("")
	h.pass(14 * time.Hour)
	before := len(n.sent())
	n.way.form("Change the class of service", map[string]string{"class": "fixed", "reason": "It cannot."})
	h.pass(10 * time.Hour)
	if got := n.sent(); len(got) != before+1 {
		t.Errorf("after the next night there came %d messages, want the summary", len(got)-before)
	}
}

func TestAStatusIsEditedBeforeItGoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := newNight(h)
	n.quiet()
	h.within("19:other@thread.v2", func() { h.says(lena, "follow") })
	for text, want := range map[string]string{
		"status":      "Which ticket? Write its number, as in: status T-1",
		"status T-99": "There is no ticket T-99 here.",
	} {
		h.says(ana, text)
		if said := h.chat.lastText(); !strings.Contains(said, want) {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
	h.says(ben, "status T-1")
	if said := h.chat.lastText(); !strings.Contains(said, "T-1 belongs to Ana Ng.") {
		t.Errorf("the bot says %q", said)
	}
	h.says(ana, "status T-1")
	form := h.chat.last()
	if got := text(form.inputs()["words"]["value"]); !strings.HasPrefix(got, "Invoices cannot be posted (Fixed deadline, 12 users, since Mon 23 Nov, 11:00). Step 1 of 7") {
		t.Errorf("the form says %q", got)
	}
	if got := h.press(ben, form, "Cancel", nil); !strings.HasPrefix(got.text, "This belongs to somebody else. Write status") {
		t.Errorf("somebody else cancels and sees %+v", got)
	}
	long := strings.Repeat("é", ticket.MaxStatus+1)
	again := h.press(ana, form, "Send", map[string]string{"words": long}).card.expect("A status may have at most 600 characters; this has 601.")
	if got := text(again.inputs()["words"]["value"]); got != long {
		t.Errorf("what was typed comes back as %.20q", got)
	}
	h.submit(ana, form, "Send", map[string]string{"words": "It is *mended*."})
	done := h.chat.message(form.id).expect("Sent to 2 conversations. 1 of them gets it after its quiet hours.")
	h.press(ben, done, "Show ticket", nil)
	h.chat.message(n.status.id).expect(`It is \*mended\*.`, "Written Mon 23 Nov, 21:00")
	if got := h.ticket(1).StatusText; got != "It is *mended*." {
		t.Errorf("the ticket says %q", got)
	}
}

func TestAStatusThatIsNotWrittenLeavesNoForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.says(ana, "status T-1")
	form := h.chat.last()
	h.press(ana, form, "Cancel", nil).card.expect("Nothing was changed.")
	h.chat.message(form.id).expect("Nothing was changed.")
}

func TestNobodyIsRemindedWhereATicketIsOnlyFollowed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := newNight(h)
	h.chat.without = map[string]bool{ana.id: true}
	refused := h.address()
	refused.Refused = string(teams.Blocked)
	if err := h.store.InTx(h.ctx(), func(tx ticket.Tx) error { return tx.Learn(h.ctx(), refused) }); err != nil {
		t.Fatal(err)
	}
	before := len(n.sent())
	h.pass(time.Hour)
	if got := n.sent(); len(got) != before {
		t.Errorf("there came %+v", got[before:])
	}
}

func TestAReminderWaitsForTheEndOfTheQuietHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.chat.without = map[string]bool{ana.id: true} // so that the group is told
	h.says(ana, "quiet 11:30-13:00")               // it is 11:00 in Berlin
	h.opened(ana, nil)
	before := len(h.chat.posts)
	h.pass(time.Hour)
	if len(h.chat.posts) != before {
		t.Errorf("there came %+v", h.chat.posts[before].message)
	}
	h.pass(time.Hour)
	h.chat.last().expect("What happened in the quiet hours", "acknowledgement")
}
