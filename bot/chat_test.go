package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"handrail/internal/teams"
)

// chat keeps what was sent, as Teams would.
type chat struct {
	house *house
	posts []*post
	// fail gives the error of a call; nil lets all pass.
	fail func(op string, to teams.Reference, id string) error
	// nameless leaves out the ids of what is sent.
	nameless bool
	calls    []string
	// without are the people who do not have the app, by their ids.
	without map[string]bool
	// members are what Teams tells of people, by their ids.
	members map[string]teams.Member
}

type post struct {
	to      teams.Reference
	id      string
	message teams.Message
	edits   int
}

func (c *chat) Send(_ context.Context, to teams.Reference, message teams.Message) (string, error) {
	c.calls = append(c.calls, "send")
	if c.fail != nil {
		if err := c.fail("send", to, ""); err != nil {
			return "", fmt.Errorf("teams: send to %s: %w", to, err)
		}
	}
	c.check(message)
	id := "m" + strconv.Itoa(len(c.posts)+1)
	c.posts = append(c.posts, &post{to: to, id: id, message: message})
	if c.nameless {
		return "", nil
	}
	return id, nil
}

func (c *chat) Update(_ context.Context, to teams.Reference, id string, message teams.Message) error {
	c.calls = append(c.calls, "update "+id)
	if c.fail != nil {
		if err := c.fail("update", to, id); err != nil {
			return fmt.Errorf("teams: update in %s: %w", to, err)
		}
	}
	c.check(message)
	for _, p := range c.posts {
		if p.id == id && p.to.Conversation.ID == to.Conversation.ID {
			p.message = message
			p.edits++
			return nil
		}
	}
	return &teams.Error{Op: "update", Kind: teams.Gone}
}

func (c *chat) OpenPersonal(_ context.Context, from teams.Reference, person string) (string, error) {
	c.calls = append(c.calls, "open "+person)
	if from.ServiceURL == "" {
		c.house.t.Errorf("a chat with %s is opened nowhere", person)
	}
	if c.fail != nil {
		if err := c.fail("open", from, person); err != nil {
			return "", fmt.Errorf("teams: open a chat with %s: %w", person, err)
		}
	}
	if c.without[person] {
		return "", fmt.Errorf("teams: open a chat with %s: %w", person, &teams.Error{Op: "open", Kind: teams.NotInstalled})
	}
	return "a:" + person, nil
}

func (c *chat) Member(_ context.Context, of teams.Reference, person string) (teams.Member, error) {
	c.calls = append(c.calls, "member "+person)
	if c.fail != nil {
		if err := c.fail("member", of, person); err != nil {
			return teams.Member{}, fmt.Errorf("teams: member of %s: %w", of, err)
		}
	}
	member := c.members[person]
	member.ID = person
	return member, nil
}

// check holds a message to what the connector takes.
func (c *chat) check(message teams.Message) {
	h := c.house
	h.t.Helper()
	if (message.Text == "") == (len(message.Card) == 0) {
		h.t.Errorf("a message has to have a text or a card: %+v", message)
	}
	for _, m := range message.Mentions {
		if m.ID == "" || !strings.Contains(message.Text, m.Markup()) {
			h.t.Errorf("%q lacks the mention of %q", message.Text, m.Name)
		}
	}
	h.text(message.Text)
	h.text(message.Summary)
	if len(message.Card) > 0 && !h.checked[string(message.Card)] {
		h.card("", message.Card)
	}
}

// message gives the card of a message as it is now.
func (c *chat) message(id string) shown {
	c.house.t.Helper()
	for _, p := range c.posts {
		if p.id == id && len(p.message.Card) > 0 {
			return c.house.card(id, p.message.Card)
		}
	}
	c.house.t.Fatalf("there is no card %s", id)
	return shown{}
}

// card gives the message with the number, which has to be a card.
func (c *chat) card(number int) shown {
	c.house.t.Helper()
	return c.message(c.posts[number].id)
}

// last gives the newest message, which has to be a card.
func (c *chat) last() shown {
	c.house.t.Helper()
	if len(c.posts) == 0 {
		c.house.t.Fatal("nothing was sent")
	}
	return c.message(c.posts[len(c.posts)-1].id)
}

// lastText gives the newest message, which has to be a text.
func (c *chat) lastText() string {
	c.house.t.Helper()
	if len(c.posts) == 0 || c.posts[len(c.posts)-1].message.Text == "" {
		c.house.t.Fatal("no text was sent")
	}
	return c.posts[len(c.posts)-1].message.Text
}
