package bot

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// confidential is a text with a secret; leaked is the part of it by which it is known again.
const (
	confidential = "The password is kX9#mm21Qz, says Contoso."
	leaked       = "mm21qz" // in small letters
)

// discreet holds that the card shows no secret, except in the inputs of a form.
func (c shown) discreet() {
	c.h.t.Helper()
	walk(c.valid().json, func(o map[string]any) {
		for _, key := range []string{"text", "fallbackText", "speak", "title", "label", "tooltip"} {
			if strings.Contains(strings.ToLower(text(o[key])), leaked) && !strings.HasPrefix(text(o["type"]), "Input.") {
				c.h.t.Errorf("%s is %q", key, o[key])
			}
		}
	})
}

// discreet holds all messages as they are now.
func (c *chat) discreet() {
	c.house.t.Helper()
	for _, p := range c.posts {
		if len(p.message.Card) > 0 {
			c.message(p.id).discreet()
		}
		if strings.Contains(strings.ToLower(p.message.Text+p.message.Summary), leaked) {
			c.house.t.Errorf("the bot says %q, in short %q", p.message.Text, p.message.Summary)
		}
	}
}

func TestNoDoorButTheOriginalShowsASecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := &way{h: h, who: ana, words: "We have it.", card: h.opened(ana, map[string]string{
		"title": "Login fails with the password kX9#mm21Qz", "customer": "Contoso, token=kX9mm21Qzab12", "details": confidential,
	})}
	p.to("Diagnosis").words = confidential
	p.form("Change the class of service", map[string]string{"class": "expedite", "reason": p.words})
	p.form("Gather information and attachments", map[string]string{"words": p.words})
	p.form("Review logs and monitoring", map[string]string{"words": p.words})
	cardsOf := []shown{p.card, p.escalated().card, h.press(ana, p.card, "Edit", nil).card, h.press(ana, p.card, "History", nil).card}
	p.form("Answer", map[string]string{"words": p.words})
	cardsOf = append(cardsOf, p.card, h.press(ana, p.card, "Decide: fix or escalate", nil).card)
	for _, said := range []string{"board", "my tickets", confidential, "new " + confidential, "show T-1", "handover T-1", "help " + confidential, "unfollow password=kX9#mm21Qz"} {
		h.says(ana, said)
	}
	h.says(ana, "status T-1")
	if form := h.chat.last(); strings.Contains(string(form.raw), leaked) || strings.Contains(string(form.raw), "kX9") {
		t.Errorf("everybody reads the form of the status: %s", form.raw)
	}
	h.says(ana, "handover password=kX9#mm21Qz")
	h.says(ana, "assign T-1 @"+ben.name, ben)
	h.says(lena, "assign T-1 @"+ana.name, ana)
	typeElsewhere(h, ana, "password=kX9#mm21Qz, says Contoso.")
	h.pass(26 * time.Hour) // and the clocks ring
	h.says(ana, "handover T-1 @"+ben.name+" "+confidential, ben)
	h.says(lena, "show T-1")
	form := h.press(lena, h.chat.last(), "Close early", nil).card
	cardsOf = append(cardsOf, h.press(lena, form, "Save", map[string]string{"reason": confidential}).card)
	for _, card := range cardsOf {
		card.discreet()
	}
	h.chat.discreet()
	if h.ticket(1).Details != confidential {
		t.Errorf("the original is lost: %q", h.ticket(1).Details)
	}
}

func TestAReportsFileHasNoSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, map[string]string{"title": "Login fails with the password kX9#mm21Qz", "customer": "Contoso, token=kX9mm21Qzab12"})
	secret, err := h.bot.desk.OfferDownload(h.ctx(), tenant, ticket.Period{From: h.now, To: h.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	file, ok, err := h.bot.File(h.ctx(), secret)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	var written bytes.Buffer
	if err := file.Write(h.ctx(), &written); err != nil {
		t.Fatal(err)
	}
	if got := written.String(); strings.Contains(strings.ToLower(got), leaked) || !strings.Contains(got, "Login fails with the password ••••") {
		t.Errorf("the file has %q", got)
	}
}

func TestTheOriginalIsShownToWhomItMayBe(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h)
	if p.card.offers("Show original") {
		t.Error("there is nothing to show")
	}
	p.form("Edit", map[string]string{"details": confidential})
	p.to("Diagnosis")
	p.form("Gather information and attachments", map[string]string{"words": confidential})
	live := h.chat.message(p.card.id).expect("The password is ••••")
	data := map[string]any{"ticket": "T-1"}

	h.press(ana, live, "Show original", nil).card.expect("T-1 as it was written", "kX9#mm21Qz", "Details", "Gather information")
	h.press(lena, live, "Show original", nil).card.expect("kX9#mm21Qz")
	if got := h.execute(ben, live.id, "ticket.original", data).text; !strings.Contains(got, "Only the owner of T-1") {
		t.Errorf("somebody else is answered with %q", got)
	}
	h.says(ana, "away until Monday @"+ben.name, ben)
	h.execute(ben, live.id, "ticket.original", data).card.expect("kX9#mm21Qz")
}

func TestTheOriginalOfWhatWentToOthersIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.asked("dev", ben)
	form := h.press(ben, card, "Need info", nil).card
	h.press(ben, form, "Send", map[string]string{"words": "Is it so that the password is kX9#mm21Qz?"})
	h.says(ana, "show T-1")
	live := h.chat.last()
	reply := h.press(ana, live, "Answer question", nil).card
	h.press(ana, reply, "Send", map[string]string{"words": "Yes. Password: kX9#mm21Qz"})
	answer := h.press(ana, live, "Withdraw", nil).card
	h.press(ana, answer, "Save", map[string]string{"reason": "Password kX9#mm21Qz was it."})
	h.press(ana, live, "Show original", nil).card.
		expect("the logs", "The password is kX9#mm21Qz.", "The question to the owner", "The owner's answer", "How it ended", "Password kX9#mm21Qz was it.")
}

func TestTheOriginalIsSentInAChatOfOneOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h).form("Edit", map[string]string{"details": confidential})
	h.submit(ana, p.card, "Show original", nil)
	if said := h.chat.lastText(); !strings.Contains(said, "in our personal chat") {
		t.Errorf("the bot says %q", said)
	}
	h.chat.discreet()
	h.conversation, h.kind = "a:ana", "personal"
	h.says(ana, "show T-1")
	h.submit(ana, h.chat.last(), "Show original", nil)
	h.chat.last().expect("kX9#mm21Qz")
}
