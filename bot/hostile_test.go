package bot

import (
	"strings"
	"testing"
	"time"
)

// hostile are texts that want to be more than text.
func hostile() []string {
	return []string{
		"](http://x) [click](http://evil.example) <at>everyone</at> ${title} {{DATE(2020-01-01T00:00:00Z)}} `x` **b** # h",
		"\u202eright to left\u202c שלום עולם مرحبا 👩‍👩‍👧‍👦🏳️‍🌈 \u200b\u0007 &lt;b&gt; \\ \" ' | ~~s~~",
		strings.Repeat("🧨\"", 2500),
	}
}

func TestWhatPeopleTypeNeverBecomesMarkup(t *testing.T) {
	t.Parallel()
	for _, words := range hostile() {
		h := newHouse(t)
		// Nor does what they are called.
		ana := someone{ana.id, ana.object, string([]rune(words)[:60])}
		h.says(ana, "new "+words)
		form := h.chat.last()
		cut := func(s string, n int) string {
			runes := []rune(s)
			return string(runes[:min(n, len(runes))])
		}
		card := h.press(ana, form, form.first(), map[string]string{
			"title": cut(words, 200), "customer": cut(words, 120), "details": cut(words, 4000), "users": "3",
		}).card
		p := &way{h: h, who: ana, card: card, words: cut(words, 500)}
		p.to("Diagnosis")
		p.form("Change the class of service", map[string]string{"class": "expedite", "reason": p.words})
		p.form("Gather information and attachments", map[string]string{"words": p.words})
		cardsOf := []shown{p.card, h.press(ana, p.card, "History", nil).card, p.escalated().card, h.press(ana, p.card, "Edit", nil).card}
		h.says(ana, "board")
		cardsOf = append(cardsOf, h.chat.last())
		h.says(ana, cut(words, 1000))
		cardsOf = append(cardsOf, h.chat.last())
		typeElsewhere(h, ana, cut(words, 400))
		for _, card := range cardsOf {
			card.noMarkup()
		}
	}
}

// noMarkup holds what the card shows.
func (c shown) noMarkup() {
	c.h.t.Helper()
	walk(c.valid().json, func(o map[string]any) {
		if o["type"] == "TextBlock" && o["id"] != "called" {
			noMarkup(c.h.t, text(o["text"]))
		}
	})
}

// noMarkup holds all messages as they are now.
func (c *chat) noMarkup() {
	c.house.t.Helper()
	for _, p := range c.posts {
		if len(p.message.Card) > 0 {
			c.message(p.id).noMarkup()
			continue
		}
		said := p.message.Text
		for _, mention := range p.message.Mentions {
			said = strings.ReplaceAll(said, mention.Markup(), "")
		}
		noMarkup(c.house.t, said)
	}
}

// noMarkup holds that a shown text is no mark-up of whoever typed it.
func noMarkup(t testing.TB, shown string) {
	t.Helper()
	for _, bad := range []string{"<at>", "{{", "](http://x)", "[click](", "\u202e", "\u0007"} {
		if strings.Contains(strings.ReplaceAll(shown, `\]`, ""), bad) {
			t.Errorf("%q is shown as %q", bad, shown)
		}
	}
}

// typeElsewhere types words into all that tells of a ticket beside its card, and
// holds what is said then.
func typeElsewhere(h *house, who someone, words string) {
	h.t.Helper()
	word := strings.ReplaceAll(words, " ", "")
	h.within(following, func() { h.says(who, "follow T-1") })
	for _, said := range []string{"follow T-1", "following", "board " + word, "follow " + word, "quiet " + word, "handover " + word} {
		h.says(who, said)
	}
	status := func(words string) {
		h.says(who, "status T-1")
		h.press(who, h.chat.last(), "Send", map[string]string{"words": words})
	}
	status(words)
	h.within(following, func() { h.says(who, "quiet 11-12") })
	status(words + " again")
	h.pass(2 * time.Hour) // and the summary comes
	h.says(who, "away until Monday @"+ben.name, ben)
	h.chat.noMarkup()
	h.says(who, "handover T-1 @"+ben.name+" "+words, ben)
	h.chat.noMarkup()
}
