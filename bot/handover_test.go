package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

func TestAHandoverIsUnderstoodInAnyOrder(t *testing.T) {
	t.Parallel()
	kofi := teams.Mention{ID: "29:kofi", Name: "Kofi Annan"}
	for _, test := range []struct {
		rest     string
		mentions []teams.Mention
		want     request
	}{
		{"@Kofi Annan", []teams.Mention{kofi}, request{}},
		{"T-1, T-3 to @Kofi Annan", []teams.Mention{kofi}, request{numbers: []int64{1, 3}}},
		{"@Kofi Annan: t1,#3 and T 4.", []teams.Mention{kofi}, request{numbers: []int64{1, 3, 4}}},
		{"all my tickets to @Kofi Annan", []teams.Mention{kofi}, request{}},
		{"T-1 @Kofi Annan Please call them today", []teams.Mention{kofi}, request{numbers: []int64{1}, note: "Please call them today"}},
		{"T-1 to Kofi", nil, request{numbers: []int64{1}, whom: "Kofi"}},
		{"@Kofi Annan", nil, request{whom: "Kofi Annan"}},
		{"to Kofi and to Annan", nil, request{whom: "Kofi and to Annan"}},
		{"", nil, request{}},
		{"T-1 T-2", nil, request{numbers: []int64{1, 2}}},
	} {
		got := readRequest(test.rest, test.mentions)
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(request{})); diff != "" {
			t.Errorf("%q: %s", test.rest, diff)
		}
	}
}

func TestAHandoverThatIsUnclearIsAnsweredKindly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.says(someone{"29:benny", "0000-benny", "Benny Hall"}, "help")
	h.says(ben, "help")
	for text, want := range map[string]string{
		"handover T-1 @Ana Ng":  "No ticket was handed over. T-1 already belongs to Ana Ng. They, their stand-in or a lead can assign it.",
		"handover @Ana Ng":      "Those are yours already.",
		"handover to nobody":    "I know nobody called “nobody” yet.",
		"handover T-1 to Be":    "Several people are called “Be”",
		"handover T-9 T-8 Hall": "No ticket was handed over. There is no ticket T-8 here.",
	} {
		if strings.Contains(text, "@") {
			h.says(ana, text, ana)
		} else {
			h.says(ana, text)
		}
		if got := h.chat.lastText(); !strings.HasPrefix(got, want) {
			t.Errorf("%q is answered %q, want %q", text, got, want)
		}
	}
	h.says(ana, "handover @Ana Ng @"+ben.name, ana, ben)
	if got := h.chat.lastText(); !strings.HasPrefix(got, "Tickets go to one person at a time.") {
		t.Errorf("two people: %q", got)
	}
	for _, step := range [][2]string{
		{"hand over T-1, t1 benny ha", "T-1 belongs to Benny Hall now. They get a card that says where it stands."},
		{"handover benny hall", "You own no open ticket, so there is nothing to hand over."},
	} {
		h.says(ana, step[0])
		if got := h.chat.lastText(); got != step[1] {
			t.Errorf("%q is answered %q", step[0], got)
		}
	}
}

func TestTheBotTakesNoTicketsItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	bot := map[string]any{"type": "mention", "text": "<at>Handrail</at>", "mentioned": map[string]any{"id": "28:bot", "name": "Handrail"}}
	h.turn(h.activity("message", ana, map[string]any{
		"text": "<at>Handrail</at> handover <at>Handrail</at>", "entities": []any{bot, bot},
	}))
	h.work()
	if got := h.chat.lastText(); !strings.HasPrefix(got, "I look after no tickets myself.") {
		t.Errorf("it says %q", got)
	}
	if !h.ticket(1).OwnedBy(ticket.Person{ID: ana.id}) {
		t.Error("the ticket was handed over")
	}
}

func TestTheFormOfAHandoverAsksForAPersonAndComesBackWithWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, press := range map[string]func(h *house, form shown, inputs map[string]string) shown{
		"execute": func(h *house, form shown, inputs map[string]string) shown {
			return h.press(ana, form, "Hand over", inputs).card
		},
		"submit": func(h *house, form shown, inputs map[string]string) shown {
			h.submit(ana, form, "Hand over", inputs)
			return h.chat.message(form.id)
		},
	} {
		h := newHouse(t)
		h.opened(ana, nil)
		h.opened(ana, nil)
		h.says(ben, "help")
		h.says(ana, "handover")
		form := h.chat.last().valid().expect("All open tickets that you own")
		choices, _ := form.inputs()["person"]["choices"].([]any)
		if len(choices) != 1 || form.inputs()["person"]["style"] != "filtered" {
			t.Errorf("%s: the choice is %v", name, form.inputs()["person"])
		}
		// Nobody else fills it in.
		if got := h.press(lena, form, "Hand over", map[string]string{"person": ben.id}); !strings.HasPrefix(got.text, "This belongs to somebody else.") {
			t.Errorf("%s: somebody else sees %+v", name, got)
		}
		again := press(h, form, map[string]string{"person": "29:nobody", "note": strings.Repeat("n", ticket.MaxReason+1)})
		again.expect("A word to them may have at most")
		again = press(h, form, map[string]string{"note": "Mind the *gap*"})
		again.expect("Choose a person.")
		if again.inputs()["note"]["value"] != "Mind the *gap*" {
			t.Errorf("%s: what was typed is lost: %v", name, again.inputs())
		}
		done := press(h, again, map[string]string{"person": ben.id})
		done.expect("T-1, T-2 belong to Ben")
		if !h.ticket(1).OwnedBy(ticket.Person{ID: ben.id}) || !h.ticket(2).OwnedBy(ticket.Person{ID: ben.id}) {
			t.Errorf("%s: the owners are %v and %v", name, h.ticket(1).Owner, h.ticket(2).Owner)
		}
		h.chat.message(form.id).expect("T-1, T-2 belong to Ben")
		// Pressed again on the old form, nothing happens.
		if name == "execute" {
			press(h, again, map[string]string{"person": ben.id}).expect("That has been handed over already.")
		}
	}
}

func TestOneTicketIsHandedOverByAButton(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.says(ben, "help")
	open := func(who someone) sees {
		return h.execute(who, card.id, verbHandoverOpen, map[string]any{"verb": verbHandoverOpen, "ticket": "T-1", "version": 1, "once": "T-1.1"})
	}
	open(ben).card.expect("T-1 belongs to Ana Ng. Only they, their stand-in or a lead can change it.")
	form := open(ana).card.valid().expect("Hand over", "T-1 · Invoices cannot be posted")
	h.press(ana, form, "Cancel", nil).card.expect("Step 1 of 7")
	got := h.press(ana, form, "Hand over", map[string]string{"person": ben.id, "note": "Please."}).card
	got.expect("Owner **Ben", "They get a card")
	if lines, _ := h.store.History(h.ctx(), ticket.ID{Tenant: tenant, Number: 1}, 0, 1); lines[0].Kind != ticket.EntryDone && lines[0].Note != "Please." {
		t.Errorf("the history says %+v", lines)
	}
	h.chat.last().expect("Ana Ng hands 1 ticket over to you", "Please.", "Everything is done.")
}

func TestTheCardOfAHandoverShowsEightAndLeavesOutWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.chat.without = map[string]bool{"29:kofi": true}
	for range 12 {
		h.opened(ana, nil)
	}
	h.turn(h.activity("message", ana, map[string]any{
		"text":     "handover <at>Kofi</at>",
		"entities": []any{map[string]any{"type": "mention", "text": "<at>Kofi</at>", "mentioned": map[string]any{"id": "29:kofi", "name": "Kofi"}}},
	}))
	var rest []ticket.Task
	for _, task := range h.tasks() {
		if tell, ok := task.Job.(ticket.TellOwner); ok {
			h.says(lena, "assign T-2 @Ana Ng", ana)
			h.says(lena, "assign T-3 @Ana Ng", ana)
			task.Job = tell
			rest = append(rest, task)
		}
	}
	if len(rest) != 1 {
		t.Fatalf("%d people are told", len(rest))
	}
	if err := h.do(rest[0]); err != nil {
		t.Fatal(err)
	}
	card := h.chat.last().valid().expect("<at>Kofi</at>", "Ana Ng hands 10 tickets over to you", "T-1 ·", "T-4 ·", "And 2 more: write my tickets")
	rows := 0
	walk(card.json, func(o map[string]any) {
		if strings.HasPrefix(text(o["id"]), "ticket-T-") {
			rows++
		}
	})
	if rows != shownTickets || card.says("T-2 ·") {
		t.Errorf("%d tickets are shown: %s", rows, card.raw)
	}
	h.press(ana, card, "T-1 Invoices cannot be posted", nil)
	h.chat.last().expect("T-1 · Contoso Ltd")
	if titles := card.titles(); !slices.Equal(titles, []string{"My tickets"}) {
		t.Errorf("the buttons are %q", titles)
	}
}

func TestTheNewOwnerIsToldWhereTheyCanBeReached(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		open  bool
		from  string // where it is said
		kind  string
		told  string // where the card goes; empty for nowhere
		shown bool   // the ticket is shown in the group
	}{
		{"in a chat that is opened", true, group, "groupChat", "a:29:ben", true},
		{"where it was said", false, group, "groupChat", group, true},
		{"where the ticket is shown", false, "a:ana", "personal", group, true},
		{"nowhere, which is said", false, "a:ana", "personal", "", false},
	} {
		h := newHouse(t)
		h.chat.without = map[string]bool{ben.id: !test.open}
		if !test.shown {
			h.conversation, h.kind = test.from, test.kind
		}
		h.opened(ana, nil)
		h.conversation, h.kind = test.from, test.kind
		h.turn(h.activity("message", ana, map[string]any{
			"text": "handover <at>Ben</at>", "entities": []any{map[string]any{
				"type": "mention", "text": "<at>Ben</at>", "mentioned": map[string]any{"id": ben.id, "name": "Ben"},
			}},
		}))
		h.work()
		told := ""
		for _, p := range h.chat.posts {
			if strings.Contains(string(p.message.Card), "hands 1 ticket over to you") {
				told = p.to.Conversation.ID
				if called := strings.Contains(string(p.message.Card), "<at>Ben</at>"); called == test.open {
					t.Errorf("%s: Ben is mentioned: %t", test.name, called)
				}
			}
		}
		if told != test.told {
			t.Errorf("%s: told in %q, want %q", test.name, told, test.told)
		}
		if test.told == "" && h.chat.lastText() != "I cannot reach Ben: please tell them yourself that they look after T-1 now." {
			t.Errorf("%s: the giver hears %q", test.name, h.chat.lastText())
		}
	}
}

func TestWhoHandsOverIsNamedPlainlyInTheNotification(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ben, nil)
	h.says(ben, "handover @"+ana.name, ana)
	if !slices.ContainsFunc(h.chat.posts, func(p *post) bool { return p.message.Summary == ben.name+" hands 1 ticket over to you" }) {
		t.Error("nobody is notified with his name as it is")
	}
}

func TestAPersonIsLearntFromWhatTheySend(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := func(who someone) ticket.Acquaintance {
		got, _, err := h.store.Person(h.ctx(), tenant, who.id)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	h.turn(h.activity("typing", ana, nil))
	first := known(ana)
	want := ticket.Acquaintance{
		Person: ticket.Person{ID: ana.id, Name: ana.name, ObjectID: ana.object}, Tenant: tenant,
		Locale: "en-US", Zone: "Europe/Berlin", SeenAt: monday(),
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	h.now = h.now.Add(time.Minute)
	h.turn(h.activity("typing", ana, map[string]any{"localTimezone": "", "from": map[string]any{"id": ana.id}}))
	if got := known(ana); got != first {
		t.Errorf("what was known was learnt again: %+v", got)
	}
	h.zone = "Asia/Ho_Chi_Minh"
	h.turn(h.activity("typing", ana, nil))
	if got := known(ana); got.Zone != h.zone || !got.SeenAt.Equal(h.now) {
		t.Errorf("the new time zone is not known: %+v", got)
	}
	h.now = h.now.Add(seenFor)
	h.turn(h.activity("typing", ana, nil))
	if got := known(ana); !got.SeenAt.Equal(h.now) {
		t.Errorf("it is not known that they were seen: %+v", got)
	}
	// The bot is nobody, and neither is a conversation.
	h.turn(h.activity("typing", someone{"28:bot", "", "Handrail"}, nil))
	h.turn(h.activity("typing", someone{"28:another", "", "Another bot"}, nil))
	h.turn(h.activity("typing", someone{"", "", ""}, nil))
	people, err := h.store.People(h.ctx(), tenant, monday(), 10)
	if err != nil || len(people) != 1 {
		t.Errorf("the people are %v, %v", people, err)
	}
}
