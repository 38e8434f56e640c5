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
