package teamstest

import (
	"crypto/sha256"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Person is somebody who uses Teams.
type Person struct {
	// Name is the display name.
	Name string
	// ID is the id in Teams ("29:…"), ObjectID the one in Entra.
	ID, ObjectID string
	// Email is the address and the sign-in name.
	Email string

	without bool // does not have the app
}

// room is a chat or channel as the connector knows it.
type room struct {
	id, kind, name string
	team           string
	members        []*Person
	threads        map[string]bool // by root; true once it has its first message
	posts          []*post
	sends, reads   []time.Time
	left           bool // the bot was taken out
}

// post is a message of the bot.
type post struct {
	id, thread string
	activity   map[string]any
	text       string
	card       map[string]any
	views      map[string]map[string]any // by person: what a press answered
	edits      int
	deleted    bool
	seen       bool // some expectation has met it
}

// Conversation is a chat, a channel, or one thread of a channel, as the people
// in it see it.
type Conversation struct {
	teams  *Teams
	room   *room
	thread string
}

// guid makes an id that is the same in every run.
func guid(seed string) string {
	h := sha256.Sum256([]byte(seed))
	h[6] = h[6]&0x0f | 0x40
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// compact is a guid without its dashes.
func compact(seed string) string { return strings.ReplaceAll(guid(seed), "-", "") }

// Person returns the person of this name, who is made at the first call. A
// first name alone means the person whose name begins with it.
func (t *Teams) Person(name string) *Person {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.person(name)
}

func (t *Teams) person(name string) *Person {
	for _, p := range t.people {
		if p.Name == name || strings.HasPrefix(p.Name, name+" ") {
			return p
		}
		if strings.HasPrefix(name, p.Name+" ") {
			p.Name = name // until now only the first name was known
			return p
		}
	}
	n := len(t.people)
	p := &Person{
		Name:     name,
		ID:       "29:1" + compact("user "+t.tenant+name),
		ObjectID: guid("object " + t.tenant + name),
		Email:    strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.com",
	}
	if t.playful {
		p.ID, p.ObjectID = "user-id-"+strconv.Itoa(n), fmt.Sprintf("00000000-0000-0000-0000-%013d", 20+n)
	}
	t.people = append(t.people, p)
	return p
}

// account is the person as the connector lists them; Teams names the Entra id
// differently from call to call.
func (p *Person) account(objectID, tenant string) map[string]any {
	given, family, _ := strings.Cut(p.Name, " ")
	return map[string]any{
		"id": p.ID, objectID: p.ObjectID, "name": p.Name, "givenName": given, "surname": family,
		"email": p.Email, "userPrincipalName": p.Email, "tenantId": tenant, "userRole": "user",
	}
}

func accountsOf(people []*Person, objectID, tenant string) []any {
	accounts := make([]any, 0, len(people))
	for _, p := range people {
		accounts = append(accounts, p.account(objectID, tenant))
	}
	return accounts
}

// Personal returns the bot's chat with a person.
func (t *Teams) Personal(name string) *Conversation {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &Conversation{teams: t, room: t.personalRoom(t.person(name))}
}

func (t *Teams) personalRoom(p *Person) *room {
	id := "a:1" + compact("chat "+p.ID)
	if t.playful {
		id = guid("chat " + p.ID)
	}
	return t.room(id, "personal", "", p.Name)
}

// GroupChat returns the group chat of this title with these members.
func (t *Teams) GroupChat(title string, members ...string) *Conversation {
	t.mu.Lock()
	defer t.mu.Unlock()
	id := "19:" + compact("group "+t.tenant+title) + "@thread.v2"
	if t.playful {
		id = guid("group " + title)
	}
	return &Conversation{teams: t, room: t.room(id, "groupChat", title, members...)}
}

// Channel returns the channel of this name with these members. What people
// write in it begins a new thread each time; see [Conversation.Thread].
func (t *Teams) Channel(name string, members ...string) *Conversation {
	t.mu.Lock()
	defer t.mu.Unlock()
	id := "19:" + compact("channel "+t.tenant+name) + "@thread.tacv2"
	if t.playful {
		id = "channel-" + strings.ToLower(name) + "-id"
	}
	return &Conversation{teams: t, room: t.room(id, "channel", name, members...)}
}

func (t *Teams) room(id, kind, name string, members ...string) *room {
	r := t.rooms[id]
	if r == nil {
		r = &room{id: id, kind: kind, name: name, threads: map[string]bool{}}
		if kind == "channel" {
			r.team = "19:" + compact("team "+t.tenant) + "@thread.tacv2"
		}
		t.rooms[id] = r
	}
	for _, each := range members {
		if p := t.person(each); !slices.Contains(r.members, p) {
			r.members = append(r.members, p)
		}
	}
	return r
}

func (r *room) hasThread(root string) bool {
	_, known := r.threads[root]
	return known
}

func (r *room) find(id string) *post {
	for _, p := range r.posts {
		if p.id == id {
			return p
		}
	}
	return nil
}

// Thread returns a new thread of the channel.
func (c *Conversation) Thread() *Conversation {
	c.teams.mu.Lock()
	defer c.teams.mu.Unlock()
	root := strconv.FormatInt(c.teams.newID(), 10)
	c.room.threads[root] = false
	return &Conversation{teams: c.teams, room: c.room, thread: root}
}

// ID returns the conversation's id as activities carry it.
func (c *Conversation) ID() string {
	if c.thread != "" {
		return c.room.id + ";messageid=" + c.thread
	}
	return c.room.id
}

// Root returns the id of the chat or channel.
func (c *Conversation) Root() string { return c.room.id }

// ThreadID returns the id of the thread's first message, or "".
func (c *Conversation) ThreadID() string { return c.thread }

// Says sends what a person writes to the bot. Outside personal chats they
// mention it, since Teams would not pass the message on otherwise. Where the
// text has the "@Name" of somebody in mentioned, that is a mention, too. In a
// channel it begins a thread, which is returned; elsewhere that is the
// conversation itself.
func (c *Conversation) Says(who *Person, text string, mentioned ...*Person) *Conversation {
	c.teams.t.Helper()
	place, a := c.message(who, text, mentioned...)
	c.teams.mustDeliver(fmt.Sprintf("%s says %q", who.Name, text), a)
	return place
}

// message makes the activity of a message, and gives where it is written.
func (c *Conversation) message(who *Person, text string, mentioned ...*Person) (place *Conversation, a map[string]any) {
	c.teams.t.Helper()
	c.join(who)
	place = c
	if c.room.kind == "channel" && c.thread == "" {
		place = c.Thread()
	}
	a = place.activity("message", who)
	entities, _ := a["entities"].([]any)
	mention := func(account map[string]any, name string) string {
		markup := "<at>" + html.EscapeString(name) + "</at>"
		entities = append(entities, map[string]any{"type": "mention", "mentioned": account, "text": markup})
		return markup
	}
	marked := text
	if c.room.kind != "personal" {
		marked = mention(c.teams.bot(), BotName) + "&nbsp;" + text
	}
	for _, p := range mentioned {
		marked = strings.Replace(marked, "@"+p.Name, mention(map[string]any{"id": p.ID, "name": p.Name}, p.Name), 1)
	}
	a["textFormat"], a["text"], a["entities"] = "plain", marked, entities
	a["attachments"] = []any{map[string]any{"contentType": "text/html", "content": "<p>" + html.EscapeString(text) + "</p>"}}
	return place, a
}

// join makes a person a member. The chat between somebody else and the bot
// cannot be joined.
func (c *Conversation) join(who *Person) {
	c.teams.t.Helper()
	c.teams.mu.Lock()
	known := slices.Contains(c.room.members, who)
	if !known && c.room.kind != "personal" {
		c.room.members = append(c.room.members, who)
		known = true
	}
	c.teams.mu.Unlock()
	if !known {
		c.teams.t.Fatalf("%s cannot write in the chat with %s", who.Name, c.room.members[0].Name)
	}
}

// Install sends what Teams sends when somebody adds the bot: that the
// conversation has a new member, and that the app was installed.
func (t *Teams) Install(who *Person, c *Conversation) {
	t.t.Helper()
	t.mu.Lock()
	c.room.left = false
	t.mu.Unlock()
	added := c.activity("conversationUpdate", who)
	added["membersAdded"] = []any{t.bot()}
	t.mustDeliver("the bot becomes a member", added)
	installed := c.activity("installationUpdate", who)
	installed["action"] = "add"
	t.mustDeliver("the app is installed", installed)
}

// Uninstall takes the bot out: Teams says so, and refuses it from then on.
func (t *Teams) Uninstall(who *Person, c *Conversation) {
	t.t.Helper()
	t.mu.Lock()
	c.room.left = true
	t.mu.Unlock()
	removed := c.activity("installationUpdate", who)
	removed["action"] = "remove"
	t.mustDeliver("the app is removed", removed)
}

// WithoutApp makes a person one who has not installed the app, so that the bot
// cannot open a chat with them.
func (t *Teams) WithoutApp(who *Person) {
	t.mu.Lock()
	defer t.mu.Unlock()
	who.without = true
}

// Delete takes a card of the bot away, as an administrator can.
func (c *Conversation) Delete(card *Card) {
	c.teams.mu.Lock()
	defer c.teams.mu.Unlock()
	card.post.deleted = true
	c.teams.happened()
}
