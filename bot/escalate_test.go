package bot

import (
	"strings"
	"testing"

	"handrail/internal/ticket"
)

const devs = "19:dev@thread.v2"

// asked gives the card that those behind a level get of T-1, which Ana owns and is
// in Diagnosis; a lead has put the people behind the level in a chat of theirs.
func (h *house) asked(level string, people ...someone) shown {
	h.t.Helper()
	newWay(h).to("Diagnosis")
	said := "route " + level + " here"
	for _, who := range people {
		said += " @" + who.name
	}
	h.amongDevs(func() { h.says(lena, said, people...) })
	h.says(ana, "escalate T-1")
	form := h.press(ana, h.chat.last(), "Go on", map[string]string{"reasons": "knowledge", "level": level, "words": "Please help."}).card
	preview := h.press(ana, form, "Preview", map[string]string{"text_steps": "Press Post.", "text_logs": "The password is kX9#mm21Qz."}).card
	h.press(ana, preview, "Send", nil)
	return h.chat.last().expect("Help needed", "Press Post.")
}

// amongDevs has something happen in the chat of those who are asked.
func (h *house) amongDevs(do func()) {
	was := h.conversation
	h.conversation = devs
	do()
	h.conversation = was
}

func TestEverybodyWhoWasAskedInAConversationHandsTheTicketBackThere(t *testing.T) {
	t.Parallel()
	for title, handback := range map[string]func(h *house){
		"with the words": func(h *house) { h.says(ben, "handback T-1 It was the flag.") },
		"with the form": func(h *house) {
			h.says(ben, "handback T-1")
			h.press(ben, h.chat.last(), "Hand back", map[string]string{"words": "It was the flag."})
		},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.asked("dev")
			h.says(ben, "handback T-1 From elsewhere")
			if said := h.chat.lastText(); !strings.Contains(said, "belongs to Ana Ng") {
				t.Errorf("elsewhere Ben is told %q", said)
			}
			h.amongDevs(func() { handback(h) })
			if e := h.ticket(1).Escalations[0]; e.Answer != "It was the flag." || e.EndedBy.ID != ben.id {
				t.Errorf("the escalation is %+v", e)
			}
		})
	}
}

func TestWhatIsAskedAnewTakesThePlaceOfWhatWasAsked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	h.says(lena, "route management here @"+ben.name, ben)
	decision := func(ask string) string {
		h.says(ana, "escalate T-1")
		form := h.press(ana, h.chat.last(), "Go on", map[string]string{"reasons": "approval", "words": ask}).card
		return text(form.inputs()["text_decision"]["value"])
	}
	for _, ask := range []string{"May we?", "May we roll back?"} {
		if got := decision(ask); got != ask {
			t.Errorf("asked for %q, the text says %q", ask, got)
		}
	}
	h.press(ana, h.open(ana, "management"), "Preview", map[string]string{"text_decision": "Roll back or not?"})
	if got := decision("Help!"); got != "Roll back or not?" {
		t.Errorf("what was written is %q", got)
	}
	if got, _, err := h.store.Draft(h.ctx(), h.ticket(1).ID, ticket.ForManagement, ""); err != nil || got.Ask != "Help!" {
		t.Errorf("what is asked is %q (%v)", got.Ask, err)
	}
}

func TestWhatWasWrittenForAnEscalationThatHasEndedComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.asked("dev", ben)
	info, reassign := h.press(ben, card, "Need info", nil).card, h.press(ben, card, "Reassign", nil).card
	decline := h.press(ben, card, "Decline", nil).card
	h.says(ana, "show T-1")
	withdraw := h.press(ana, h.chat.last(), "Withdraw", nil).card
	h.press(ana, withdraw, "Save", map[string]string{"reason": "It is solved."})
	for title, form := range map[string]shown{"Send": info, "Reassign": reassign, "Decline": decline} {
		typed := map[string]string{"words": "Which *release*?", "reason": "Which *release*?", "note": "Which *release*?"}
		for id := range typed {
			if _, asks := form.inputs()[id]; !asks {
				delete(typed, id)
			}
		}
		back := h.press(ben, form, title, typed).card.expect("Ana Ng withdrew this at 11:00.")
		for id, want := range typed {
			if got := text(back.inputs()[id]["value"]); got != want {
				t.Errorf("after %s, %q of %s comes back", title, got, id)
			}
		}
		h.press(ben, back, "Cancel", nil).card.expect("Withdrawn by")
	}
	h.press(ben, info, "Send", nil).card.expect("Withdrawn by", "Your click changed nothing")
}

func TestWhoeverHandsAnEscalationOnSaysWhyAndNeverToWhoAsks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.asked("dev", ben)
	h.amongDevs(func() { h.says(lena, "route infra here @"+lena.name, lena) })
	form := h.press(ben, card, "Reassign", nil).card
	if strings.Contains(string(form.raw), ana.id) {
		t.Errorf("it can be handed to Ana: %s", form.raw)
	}
	back := h.press(ben, form, "Reassign", map[string]string{"person": ana.id, "note": "Yours, I think."}).card.
		expect("Ana Ng asks this. To give it back, decline it or give the result.")
	if got := text(back.inputs()["note"]["value"]); got != "Yours, I think." {
		t.Errorf("the note comes back as %q", got)
	}
	h.press(ben, form, "Reassign", map[string]string{"level": "infra", "note": "It is the *balancer*. Password: kX9#mm21Qz"})
	h.chat.last().expect("Waits for Lena Lead (Infrastructure team).", "handed on with: “It is the \\*balancer\\*.")
	h.chat.discreet()
}

func TestAQuestionReachesAnOwnerWhoNeverWroteInPerson(t *testing.T) {
	t.Parallel()
	for name, without := range map[string]bool{"with the app": false, "without it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.in("a:lena", "personal")
			(&way{h: h, who: lena, words: "We have it.", card: h.opened(lena, nil)}).to("Diagnosis")
			h.in(devs, "groupChat")
			h.says(ana, "help")
			h.says(lena, "route dev here")
			h.says(lena, "assign T-1 @"+ana.name, ana)
			_, err := h.bot.desk.Change(h.ctx(), ticket.Actor{Person: person(ana.id, ana.object, ana.name), Tenant: tenant}, ticket.Press{ID: h.ticket(1).ID}, func(c *ticket.Change) error {
				return c.Escalate(ticket.Escalating{Level: ticket.Dev, Reasons: []ticket.Reason{ticket.BeyondKnowledge}, Ask: "Please help."})
			})
			if err != nil {
				t.Fatal(err)
			}
			h.work()
			h.chat.without = map[string]bool{ana.id: without}
			form := h.press(ben, h.chat.last(), "Need info", nil).card
			h.press(ben, form, "Send", map[string]string{"words": "Which release?"})
			last := h.chat.posts[len(h.chat.posts)-1]
			if without {
				if last.to.Conversation.ID != devs || !strings.Contains(last.message.Text, "could not be shown to Ana Ng") || len(last.message.Mentions) != 1 {
					t.Errorf("Ben is told %+v", last.message)
				}
				return
			}
			if h.chat.last().expect("has a question", "Which release?"); last.to.Conversation.ID != "a:"+ana.id {
				t.Errorf("the question goes to %s", last.to)
			}
		})
	}
}

func TestTheFormOfALevelKeepsWhoStandsBehindIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kofi, kofis := someone{"29:kofi", "0000-kofi", "Annan, Kofi"}, someone{"29:miller", "0000-miller", "Miller, Kofi"}
	twin := someone{"29:twin", "0000-twin", "Annan, Kofi"}
	people := []someone{kofis, kofi, ana, twin}
	for _, who := range people[:3] {
		h.says(who, "help")
	}
	h.says(lena, "route dev here @"+kofis.name+" @"+kofi.name+" @"+ana.name+" @"+twin.name, people...)
	h.says(lena, "route dev")
	h.press(lena, h.chat.last(), "Save", nil)
	route, _, err := h.store.Route(h.ctx(), tenant, ticket.Dev)
	if err != nil || len(route.People) != len(people) {
		t.Fatalf("behind the level are %+v (%v)", route.People, err)
	}
	for i, who := range people {
		if route.People[i].ID != who.id {
			t.Errorf("%s is not number %d of %+v", who.name, i+1, route.People)
		}
	}
	h.says(lena, "route dev")
	h.press(lena, h.chat.last(), "Save", map[string]string{"people": "ana, @lena\n@Miller, Kofi"}).card.expect("Ana Ng, then Lena Lead, then Miller, Kofi")
}

func TestWhereTheCardShowsLessTheWholeTextIsOneClickAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.asked("dev", ben)
	if card.offers("Whole text") {
		t.Error("all of it stands on the card")
	}
	h.press(ana, h.chat.message(card.id), "Show ticket", nil)
	withdraw := h.press(ana, h.chat.last(), "Withdraw", nil).card
	h.press(ana, withdraw, "Save", map[string]string{"reason": "There is more."})
	h.says(ana, "escalate T-1")
	form := h.press(ana, h.chat.last(), "Go on", map[string]string{"reasons": "knowledge", "level": "dev", "words": "Please help."}).card
	log := full("log line ", 3000) + "\nThe password is kX9#mm21Qz, and that is the end."
	h.press(ana, h.press(ana, form, "Preview", map[string]string{"text_logs": log}).card, "Send", nil)
	card = h.chat.last()
	if card.says("that is the end") {
		t.Fatal("the card shows it all")
	}
	whole := h.press(ben, card, "Whole text", nil).card.expect("Sent: Text for engineers", "The password is ••••", "that is the end")
	whole.discreet()
	h.press(ben, whole, "Back", nil).card.expect("Help needed")
	for _, data := range []map[string]any{{"ticket": "T-1"}, {"ticket": "T-1", "item": "3"}, {"ticket": "T-9", "item": "1"}} {
		if got := h.execute(ben, card.id, "escalation.text", data); strings.Contains(string(got.card.raw), "log line") {
			t.Errorf("%v is answered with %s", data, got.card.raw)
		}
	}
}
