package teamstest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ExpectCard waits for a card in the conversation that says all the words, and
// returns the newest such card as it stands.
func (c *Conversation) ExpectCard(words ...string) *Card {
	c.teams.t.Helper()
	var card *Card
	c.wait(fmt.Sprintf("a card with %s", quoted(words)), func() bool {
		p := c.newest(func(p *post) bool { return p.card != nil && sayAll(p, words) })
		if p == nil {
			return false
		}
		p.seen = true
		card = c.cardOf(p)
		return true
	})
	return card
}

// ExpectText waits for a text with all the words that no expectation has met
// yet, and returns it.
func (c *Conversation) ExpectText(words ...string) string {
	c.teams.t.Helper()
	text := ""
	c.wait(fmt.Sprintf("a text with %s", quoted(words)), func() bool {
		p := c.newest(func(p *post) bool { return p.text != "" && !p.seen && sayAll(p, words) })
		if p == nil {
			return false
		}
		p.seen = true
		text = p.text
		return true
	})
	return text
}

// Expect waits until the message's card, as it stands in the conversation, says
// all the words, and returns it so.
func (c *Card) Expect(words ...string) *Card {
	c.teams.t.Helper()
	var card *Card
	c.place.wait(fmt.Sprintf("that the card %s says %s", c.ID, quoted(words)), func() bool {
		if c.post.deleted || c.post.card == nil || !sayAll(c.post, words) {
			return false
		}
		card = c.with(c.post.card)
		return true
	})
	return card
}

// ExpectGone waits until the bot has deleted the message.
func (c *Card) ExpectGone() {
	c.teams.t.Helper()
	c.place.wait(fmt.Sprintf("that the card %s is deleted", c.ID), func() bool { return c.post.deleted })
}

// ExpectNoMore fails when the bot has posted something here that no
// expectation has met. It does not wait: let the bot finish its work first.
func (c *Conversation) ExpectNoMore() {
	c.teams.t.Helper()
	c.teams.mu.Lock()
	defer c.teams.mu.Unlock()
	for _, p := range c.posts() {
		if !p.seen {
			c.teams.t.Errorf("nothing more was expected in %s, but the bot posted:\n%s", c.describe(), indent(p.describe()))
		}
	}
}

// Cards returns the cards in the conversation as they stand, oldest first;
// deleted ones are left out.
func (c *Conversation) Cards() []*Card {
	c.teams.mu.Lock()
	defer c.teams.mu.Unlock()
	var cards []*Card
	for _, p := range c.posts() {
		if p.card != nil {
			cards = append(cards, c.cardOf(p))
		}
	}
	return cards
}

// Texts returns the texts in the conversation as they stand, oldest first.
func (c *Conversation) Texts() []string {
	c.teams.mu.Lock()
	defer c.teams.mu.Unlock()
	var texts []string
	for _, p := range c.posts() {
		if p.text != "" {
			texts = append(texts, p.text)
		}
	}
	return texts
}

// posts are the messages of the bot that can be seen here. The caller holds
// mu, as for all that follow.
func (c *Conversation) posts() []*post {
	var seen []*post
	for _, p := range c.room.posts {
		if !p.deleted && (c.thread == "" || p.thread == c.thread) {
			seen = append(seen, p)
		}
	}
	return seen
}

func (c *Conversation) newest(fits func(*post) bool) *post {
	for _, p := range slices.Backward(c.posts()) {
		if fits(p) {
			return p
		}
	}
	return nil
}

func (c *Conversation) cardOf(p *post) *Card {
	place := &Conversation{teams: c.teams, room: c.room, thread: p.thread}
	return &Card{ID: p.id, JSON: clone(p.card), teams: c.teams, place: place, post: p}
}

// wait waits until met is true. It looks again whenever something has
// happened, and fails the test with what was seen when nothing more does.
func (c *Conversation) wait(what string, met func() bool) {
	c.teams.t.Helper()
	t := c.teams
	deadline := time.NewTimer(t.patience)
	defer deadline.Stop()
	for {
		t.mu.Lock()
		if met() {
			t.mu.Unlock()
			return
		}
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-deadline.C:
			t.mu.Lock()
			place, seen := c.describe(), c.seen()
			t.mu.Unlock()
			t.t.Fatalf("expected %s in %s within %s; %s", what, place, t.patience, seen)
			return
		}
	}
}

// seen tells what the bot has posted here, in readable words.
func (c *Conversation) seen() string {
	posts := c.posts()
	if len(posts) == 0 {
		return "the bot has posted nothing there" + c.refusals()
	}
	var b strings.Builder
	b.WriteString("there is:\n")
	for _, p := range posts {
		b.WriteString(indent(p.describe()) + "\n")
	}
	return b.String() + c.refusals()
}

// refusals tells which calls the connector has refused, as the reason may be
// there.
func (c *Conversation) refusals() string {
	var b strings.Builder
	for _, call := range c.teams.calls {
		if call.Status >= 400 {
			fmt.Fprintf(&b, "\nthe connector answered %d to %s %s", call.Status, call.Method, call.Path)
		}
	}
	return b.String()
}

func (c *Conversation) describe() string {
	switch c.room.kind {
	case "personal":
		return "the chat with " + c.room.members[0].Name
	case "groupChat":
		return "the group chat " + c.room.name
	}
	if c.thread != "" {
		return "a thread of the channel " + c.room.name
	}
	return "the channel " + c.room.name
}

func (p *post) describe() string {
	if p.card == nil {
		return "text " + p.id + ": " + p.text
	}
	return fmt.Sprintf("card %s, edited %d times:\n%s\nbuttons: %q", p.id, p.edits, indent(words(p.card)), buttonTitles(p.card))
}

func sayAll(p *post, all []string) bool {
	said := p.text
	if p.card != nil {
		said = words(p.card)
	}
	for _, each := range all {
		if !strings.Contains(said, each) {
			return false
		}
	}
	return true
}

func quoted(words []string) string {
	parts := make([]string, 0, len(words))
	for _, word := range words {
		parts = append(parts, strconv.Quote(word))
	}
	return strings.Join(parts, " and ")
}

func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
