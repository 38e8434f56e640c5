package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

func TestAnAbsenceThatIsUnclearIsAnsweredKindly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ben, "help")
	for text, want := range map[string]string{
		"away":                       "Until when? Write it as in: away until Monday",
		"away until soon":            "Until when?",
		"away until 12/01/2026":      "Until when?",
		"away until today 9:00":      "That time has passed.",
		"away until 2026-11-31":      "That time has passed.",
		"away until 1 March":         "That is more than 60 days away.",
		"away until Monday Somebody": "I know nobody called “Somebody” yet.",
		"away until Monday Ana":      "Choose somebody else to stand in for you.",
		"back":                       "You are not away.",
	} {
		h.says(ana, text)
		if got := h.chat.lastText(); !strings.HasPrefix(got, want) {
			t.Errorf("%q is answered %q, want %q", text, got, want)
		}
	}
	h.says(ana, "away until Monday @"+ben.name+" @"+lena.name, ben, lena)
	if got := h.chat.lastText(); !strings.HasPrefix(got, "One person stands in for you.") {
		t.Errorf("two people: %q", got)
	}
	if _, away, _ := h.store.Absence(h.ctx(), tenant, ana.id); away {
		t.Error("she is away")
	}
}

func TestAnAbsenceIsOnTheClockOfThePersonWhereverTheyAre(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.zone = "Asia/Ho_Chi_Minh"
	h.says(ana, "help")
	// An activity without a time zone: that of before counts.
	h.zone = ""
	h.says(ana, "away until tomorrow")
	absence, _, err := h.store.Absence(h.ctx(), tenant, ana.id)
	if want := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC); err != nil || !absence.Until.Equal(want) {
		t.Errorf("away until %s, want %s, %v", absence.Until, want, err)
	}
	h.chat.last().expect("You are away until Tue 24 Nov, 09:00")
}

func TestTheCardOfAnAbsenceTakesAStandIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.says(ben, "help")
	h.says(ana, "away until Monday")
	form := h.chat.last().valid().expect("You are away until Mon 30 Nov, 09:00", "1 open ticket is yours: T-1.", "Without a stand-in")
	absence := func() ticket.Absence {
		got, _, err := h.store.Absence(h.ctx(), tenant, ana.id)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, title := range []string{"Save", "I am back"} {
		if got := h.press(ben, form, title, nil); !strings.HasPrefix(got.text, "This belongs to somebody else.") {
			t.Errorf("somebody else presses %s and sees %+v", title, got)
		}
	}
	h.press(ana, form, "Save", map[string]string{"person": ben.id}).card.valid().expect("stands in: your reminders go to them")
	if got := absence(); got.StandIn == nil || got.StandIn.ID != ben.id || !h.ticket(1).OwnedBy(ticket.Person{ID: ana.id}) {
		t.Errorf("the absence is %+v", got)
	}
	h.press(ana, form, "Save", nil).card.expect("Nobody stands in")
	if got := absence(); got.StandIn != nil {
		t.Errorf("the absence is %+v", got)
	}
	// The tickets can go only to somebody.
	again := h.press(ana, form, "Save", map[string]string{"choice": awayTickets}).card
	again.expect("Choose a person.")
	done := h.press(ana, again, "Save", map[string]string{"person": ben.id}).card.expect("T-1 belongs to Ben")
	if !h.ticket(1).OwnedBy(ticket.Person{ID: ben.id}) || absence().StandIn == nil {
		t.Errorf("the owner is %+v, the absence %+v", h.ticket(1).Owner, absence())
	}
	// Without a ticket of hers there is a stand-in all the same.
	h.press(ana, form, "Save", map[string]string{"person": ben.id, "choice": awayTickets}).card.expect("stands in")

	// What is done is done for everybody who sees the form.
	h.chat.message(form.id).expect("stands in")

	h.press(ana, done, "I am back", nil).card.expect("Welcome back.")
	h.chat.message(form.id).expect("Welcome back.")
	if got := h.press(ana, form, "Save", map[string]string{"person": ben.id}); !strings.HasPrefix(got.text, "You are not away.") {
		t.Errorf("on the old card she sees %+v", got)
	}
}

func TestTheCardOfAnAbsenceCanBeSubmittedAsAMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.says(ben, "help")
	h.says(ana, "away until Monday")
	form := h.chat.last()
	h.submit(ana, form, "Save", map[string]string{"person": ben.id})
	h.chat.message(form.id).expect("You are away until Mon 30 Nov, 09:00.", "stands in")
	h.submit(ana, form, "I am back", nil)
	h.chat.message(form.id).expect("Welcome back.")
}

func TestAStandInWhoWasMentionedNeedNotHaveWritten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "away until Monday @"+ben.name, ben)
	form := h.chat.last()
	if form.inputs()["person"]["value"] != ben.id {
		t.Errorf("the choice is %v", form.inputs()["person"])
	}
	h.press(ana, form, "Save", nil).card.expect("stands in")
	if got, _, _ := h.store.Absence(h.ctx(), tenant, ana.id); got.StandIn == nil || got.StandIn.ID != ben.id {
		t.Errorf("the absence is %+v", got)
	}
}

func TestAReminderOfWhoIsAwayGoesToWhoIsInCharge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text    string
		without map[string]bool
		place   string
		called  string
	}{
		"the stand-in in person":                 {"away until Monday @" + ben.name, nil, "a:29:ben", ""},
		"the stand-in where the ticket is shown": {"away until Monday @" + ben.name, map[string]bool{ben.id: true}, group, "<at>Ben Bold Okoro</at>"},
		"nobody, where the ticket is shown":      {"away until Monday", nil, group, ""},
		"the owner, who is back":                 {"away until today 11:05", nil, "a:29:ana", ""},
	} {
		h := newHouse(t)
		h.chat.without = test.without
		h.opened(ana, nil)
		if strings.Contains(test.text, "@") {
			h.says(ana, test.text, ben)
		} else {
			h.says(ana, test.text)
		}
		h.pass(10 * time.Minute)
		h.pass(time.Hour)
		last := h.chat.posts[len(h.chat.posts)-1]
		card := h.chat.last().expect("The customer has not heard from us yet")
		if to := last.to.Conversation.ID; to != test.place {
			t.Errorf("%s: it went to %s", name, to)
		}
		if called := strings.Contains(string(card.raw), "<at>"); called != (test.called != "") || called && !card.says(test.called) {
			t.Errorf("%s: it mentions somebody else: %s", name, card.raw)
		}
	}
}

func TestWhatOthersDoIsToldToWhoIsInCharge(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"away until Monday @" + ben.name:  "<at>Ben [Bold] *Okoro*</at>, Lena",
		"away until Monday @" + lena.name: "", // she did it herself
		"away until Monday":               "Lena",
		"away until today 11:05":          "<at>Ana Ng</at>, Lena",
	} {
		h := newHouse(t)
		card := h.opened(ana, nil)
		mentioned := slices.DeleteFunc([]someone{ben, lena}, func(who someone) bool { return !strings.Contains(text, who.name) })
		h.says(ana, text, mentioned...)
		h.now = h.now.Add(10 * time.Minute) // the job that ends an absence is late
		before := len(h.chat.posts)
		w := way{h: h, who: lena, card: h.execute(lena, card.id, verbTicketShow, map[string]any{"ticket": "T-1"}).card, words: "x"}
		w.form("Close early", map[string]string{"reason": "A duplicate."})
		said := ""
		for _, p := range h.chat.posts[before:] {
			if strings.Contains(p.message.Text, "closed T-1") {
				said += p.message.Text
			}
		}
		if want == "" && said != "" || !strings.HasPrefix(said, want) {
			t.Errorf("after %q it is said: %q, want %q", text, said, want)
		}
	}
}

func TestTheCardSaysThatItsOwnerIsAwayAndGivesTheStandInTheirButtons(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.says(ana, "away until Monday @"+ben.name, ben)
	line := "Owner **Ana Ng** (away until Mon 30 Nov, 09:00; Ben"
	live := h.chat.message(card.id).expect(line, "stands in)")
	refresh, _ := live.json["refresh"].(map[string]any)
	if people, _ := json.Marshal(refresh["userIds"]); !strings.Contains(string(people), ben.id) {
		t.Errorf("the card is refreshed for %s", people)
	}
	show := func(who someone) shown {
		return h.execute(who, card.id, verbTicketShow, map[string]any{"verb": verbTicketShow, "ticket": "T-1"}).card
	}
	if titles := show(ben).titles(); !slices.Contains(titles, "Next step") {
		t.Errorf("the stand-in can press %q", titles)
	}
	if titles := show(someone{"29:eve", "", "Eve"}).titles(); slices.Contains(titles, "Next step") {
		t.Errorf("somebody else can press %q", titles)
	}
	h.press(ben, show(ben), "Next step", nil).card.expect("Step 2 of 7")
	form := h.press(ben, show(ben), "Acknowledge receipt", nil).card
	h.press(ben, form, "Save", map[string]string{"choice": "phone", "words": "Called them."}).card.expect("Called them.")

	h.says(ana, "back")
	if live := h.chat.message(card.id).expect("Owner **Ana Ng** · opened"); live.says("away") {
		t.Errorf("the card still says that she is away: %s", live.raw)
	}
	if titles := show(ben).titles(); slices.Contains(titles, "Skip rest") {
		t.Errorf("who stood in can press %q", titles)
	}
	h.now = h.now.Add(time.Second)
	h.says(ana, "away until today 15:00")
	h.chat.message(card.id).expect("Owner **Ana Ng** (away until 15:00) · opened")
	h.pass(4 * time.Hour)
	h.chat.message(card.id).expect("Owner **Ana Ng** · opened")
}
