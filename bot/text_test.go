package bot

import (
	"maps"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"handrail/cards"
	"handrail/internal/ticket"
)

// signs are what texts are full of that takes more room on a card than in the text.
func signs() map[string]string {
	return map[string]string{
		"log lines": "log line ", "marks of Markdown": "*[_]", "quotation marks": "\"", "backslashes": "\\", "angle brackets": "<", "new lines": "a\n",
		"pictures": "🧨", "accents": "ế",
	}
}

// full gives a text of the length.
func full(sign string, runes int) string {
	return string([]rune(strings.Repeat(sign, runes))[:runes])
}

func TestTheLongestTextIsSeenEditedAndSent(t *testing.T) {
	t.Parallel()
	for name, sign := range signs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.large = true
			newWay(h).to("Diagnosis")
			h.says(lena, "route management here @"+ben.name, ben)
			h.says(ana, "escalate T-1")
			form := h.press(ana, h.chat.last(), "Go on", map[string]string{"reasons": "approval", "words": full(sign, mostAsked)}).card
			parts := map[string]string{"decider": "Maria", "date": "2026-11-24"}
			for _, part := range []string{"situation", "business_impact", "recommendation", "decision"} {
				parts["text_"+part] = full(sign, 2500)
			}
			for _, number := range []string{"1", "2", "3"} {
				parts["option_"+number], parts["consequence_"+number] = full(sign, ticket.MaxOption), full(sign, ticket.MaxOption)
			}
			preview := h.press(ana, form, "Preview", parts).card.expect("Preview: Text for management")
			h.press(ana, preview, "Edit", nil).card.expect("Text for management")
			h.press(ana, preview, "As a message", nil)
			h.press(ana, preview, "Send", nil)
			if e := h.ticket(1).Escalations; len(e) != 1 {
				t.Fatalf("it is not escalated: %s", preview.raw)
			}
			h.chat.last().expect("Decision needed", "Situation", "Recommendation")
			h.says(ana, "draft T-1")
			h.press(ana, h.chat.last(), "See", nil).card.expect("Sent: Text for management")
			for _, p := range h.chat.posts {
				if n := cards.Units(append(p.message.Card, p.message.Text...)); n > 40_000 {
					t.Errorf("a message has %d units", n)
				}
			}
		})
	}
}

func TestATextThatIsTooLongInAllComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.large = true
	newWay(h).to("Diagnosis")
	parts := map[string]string{}
	for _, part := range []string{"impact", "steps", "logs", "effort"} {
		parts["text_"+part] = full("log line ", ticket.MaxPart-1)
	}
	form := h.press(ana, h.open(ana, "dev"), "Preview", parts).card.expect("at most 12000 characters in all")
	for id, typed := range parts {
		if got := text(form.inputs()[id]["value"]); got != typed {
			t.Errorf("%s comes back with %d characters", id, len(got))
		}
	}
	// What takes many bytes comes back as well as what takes few.
	long := full("lỗi máy chủ, ", 20_000)
	form = h.press(ana, h.open(ana, "dev"), "Preview", map[string]string{"text_logs": long}).card.expect("this has 2000")
	if got := text(form.inputs()["text_logs"]["value"]); got != long {
		t.Errorf("%d characters come back", utf8.RuneCountInString(got))
	}
}

func TestWhateverATicketSaysItsTextsCanBeKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.large = true
	long := full("word ", ticket.MaxEvidence-1) + "."
	p := &way{h: h, who: ana, words: "We have it.", card: h.opened(ana, map[string]string{"details": long})}
	p.to("Diagnosis")
	for _, item := range []string{"Gather information and attachments", "Review logs and monitoring"} {
		p.form(item, map[string]string{"words": long})
	}
	p.form("Try to reproduce", map[string]string{"choice": "yes", "words": long})
	p.form("Likely root cause", map[string]string{"choice": "code", "words": long})
	for _, about := range []string{"dev", "management", "acknowledgement", "update"} {
		h.preview(about).expect("Preview: ")
	}
	h.says(lena, "route dev here @"+ben.name, ben)
	h.says(ana, "escalate T-1")
	h.press(ana, h.chat.last(), "Go on", map[string]string{"reasons": "knowledge", "words": "Please help."}).card.expect("Text for engineers")
	if facts := h.ticket(1).Gathered; len(facts) > 0 {
		t.Errorf("what nobody wrote is a fact: %v", maps.Keys(facts))
	}
}

func TestNoTextIsComposedOfHalfASecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for before := 560; before < 600; before++ {
		short := h.bot.cut(full("a ", before)+" the password is kX9#mm21Qz and more"+full(" b", 100), 600)
		if got := h.bot.masked(short); strings.Contains(got, "kX9") || strings.Contains(got, "Qz") {
			t.Errorf("%q is left", got[before:])
		}
	}
	if got := h.bot.cut("as it is", 600); got != "as it is" {
		t.Errorf("what is short is %q", got)
	}
}

func TestTheNextTextIsNoRepetitionOfTheOneBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	typed := map[string]string{
		"text_acknowledge": "Hello,", "text_current_status": "We are looking into it.", "text_next_steps": "We go on.",
		"text_expectations": "You will hear from us tomorrow.", "text_contact": "Reply to this message.",
	}
	for day := range 3 {
		preview := h.press(ana, h.open(ana, "update"), "Preview", typed).card.expect("Preview: Update", "We are looking into it.")
		click := map[string]string{"way": "mail"}
		h.press(ana, preview, "I sent it", click).card.expect("noted as sent")
		h.press(ana, preview, "I sent it", click) // twice
		texts, err := h.store.Texts(h.ctx(), h.ticket(1).ID, 9)
		if err != nil || len(texts) != day+1 {
			t.Errorf("on day %d there are %d texts (%v)", day, len(texts), err)
		}
		if told := h.ticket(1).CustomerToldAt; told == nil || !told.Equal(h.now) {
			t.Errorf("on day %d the customer was told at %v", day, told)
		}
		h.pass(20 * time.Hour)
	}
}
