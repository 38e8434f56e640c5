package bot

import (
	"strings"
	"testing"
	"time"
)

func TestAReminderIsSnoozedFromItsButton(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	form := h.press(ana, h.soon(), "Snooze", nil).card.expect("Snooze the reminder")
	if !strings.Contains(string(form.raw), "Until tomorrow, 9:00") {
		t.Error("the morning is not offered")
	}
	back := h.press(ana, form, "Save", map[string]string{"until": "4h", "reason": "They are in a meeting."}).card
	back.expect("That is too late: the promise would be broken at")
	if !strings.Contains(string(back.raw), "They are in a meeting.") {
		t.Error("what was typed is lost")
	}
	card := h.press(ana, back, "Save", map[string]string{"until": "1h", "reason": "They are in a meeting."}).card
	card.expect("Customer update due in 2 h", "snoozed until 10:01")
	h.pass(50 * time.Minute)
	h.remindedAt(dueSoon, "a:29:ana")
	h.pass(10 * time.Minute)
	h.remindedAt(dueSoon, "a:29:ana", "a:29:ana")
	if live := h.chat.message(h.postsOf(1)[0].Activity); strings.Contains(string(live.raw), "snoozed until") {
		t.Error("the card says still that it is snoozed")
	}
	h.pass(24 * time.Hour)
	h.remindedAt(dueSoon, "a:29:ana", "a:29:ana")
	h.remindedAt(overdue, "a:29:ana", "a:"+lena.object)

	// What is overdue can be snoozed, and stays overdue; no lead hears of it again.
	late := h.chat.posts[len(h.chat.posts)-1]
	for _, p := range h.chat.posts {
		if strings.Contains(string(p.message.Card), overdue) && p.to.Conversation.ID == "a:29:ana" {
			late = p
		}
	}
	form = h.press(ana, h.chat.message(late.id), "Snooze", nil).card
	h.press(ana, form, "Save", map[string]string{"until": "morning", "reason": "At night nobody reads it."}).card.
		expect("Customer update was due", "snoozed until")
	h.pass(24 * time.Hour)
	h.remindedAt(overdue, "a:29:ana", "a:"+lena.object, "a:29:ana")

	lines := h.lines(100)
	for _, want := range []string{"Ana Ng snoozed until", "the clock rang: customer update is overdue"} {
		if !strings.Contains(strings.Join(lines, "\n"), want) {
			t.Errorf("%q is not in the history: %q", want, lines)
		}
	}
}

func TestWhoMaySnooze(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	reminder := h.soon()
	if got := h.press(ben, reminder, "Snooze", nil); !strings.Contains(string(got.card.raw), "Only they, their stand-in or a lead can change it") {
		t.Errorf("ben sees %s", got.card.raw)
	}
	h.press(lena, reminder, "Snooze", nil).card.expect("Snooze the reminder")
}

func TestWhatIsSettledCannotBeSnoozed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	reminder := h.soon()
	form := h.press(ana, reminder, "Snooze", nil).card
	w := way{h: h, who: ana, card: reminder, words: "x"}
	w.form("Update", map[string]string{"choice": "mail", "words": "We are at it."})
	settled := "There is nothing to snooze on T-1: what you were reminded of is settled."
	h.press(ana, reminder, "Snooze", nil).card.expect(settled)
	h.press(ana, form, "Save", map[string]string{"until": "1h", "reason": "So."})
	if got := h.ticket(1); len(got.Snoozes) > 0 {
		t.Errorf("the snoozes are %v", got.Snoozes)
	}
	// A forged or broken button is no way in.
	for _, item := range []any{"lunch", "", nil, 7} {
		data := map[string]any{"verb": "snooze.save", "ticket": "T-1", "version": h.ticket(1).Version, "item": item, "until": "1h", "reason": "So."}
		h.execute(ana, reminder.id, "snooze.save", data)
	}
	if got := h.ticket(1); len(got.Snoozes) > 0 {
		t.Errorf("the snoozes are %v", got.Snoozes)
	}
}

func TestTomorrowMorningIsThatOfTheCalendar(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, test := range []struct{ now, zone, want string }{
		{"2026-11-23T10:00:00Z", "Europe/Berlin", "2026-11-24T08:00:00Z"},
		{"2026-11-23T10:00:00Z", "", "2026-11-24T09:00:00Z"},
		{"2027-03-27T10:00:00Z", "Europe/Berlin", "2027-03-28T07:00:00Z"}, // the night has an hour less
		{"2026-10-24T10:00:00Z", "Europe/Berlin", "2026-10-25T08:00:00Z"}, // and here one more
		{"2026-12-31T23:30:00Z", "Asia/Tokyo", "2027-01-02T00:00:00Z"},    // New Year has come there
		{"2026-11-23T10:00:00Z", "Asia/Kathmandu", "2026-11-24T03:15:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, test.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.bot.catalog.in("", test.zone, now).until(snoozeMorning); got.UTC().Format(time.RFC3339) != test.want {
			t.Errorf("at %s in %q it is %s, want %s", test.now, test.zone, got.UTC(), test.want)
		}
	}
}

func TestTheMorningIsOfferedWhereItIsNearEnough(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.zone = "America/New_York"
	reminder := h.soon() // at four in the morning there
	form := h.press(ana, reminder, "Snooze", nil).card
	if strings.Contains(string(form.raw), "Until tomorrow") {
		t.Error("a choice is offered that is refused")
	}
}
