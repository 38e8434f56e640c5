// Package bot is what Handrail says and understands: commands that people
// write, verbs of the buttons that they press, and the views that put the
// domain on cards. It decides no rule of the desk (that is internal/ticket),
// knows no wire (internal/teams) and no look of a card (cards). What it has to
// send it leaves to jobs, and their handlers are here, too.
package bot

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Chat sends messages into conversations.
type Chat interface {
	// Send posts a message and gives its id; the id may be empty where the
	// channel gave none.
	Send(ctx context.Context, to teams.Reference, message teams.Message) (string, error)
	// Update edits a message of the bot.
	Update(ctx context.Context, to teams.Reference, activity string, message teams.Message) error
	// OpenPersonal gives the bot's chat with a person, which is made when it is
	// not there yet. Of the reference it uses where to ask, and as which bot.
	OpenPersonal(ctx context.Context, from teams.Reference, person string) (conversation string, err error)
	// Member gives a person of a conversation by their id.
	Member(ctx context.Context, of teams.Reference, person string) (teams.Member, error)
}

// Config is what a [Bot] is made of.
type Config struct {
	Desk  *ticket.Desk
	Cards *cards.Set
	Chat  Chat
	// Guard finds the secrets in what people wrote, before it is shown.
	Guard ticket.Guard
	// Files opens the files that people send.
	Files Files
	// Dialogs has forms open as dialogs from the buttons of cards, where they stand
	// in the place of the card otherwise.
	Dialogs bool
	// Local makes everyone a lead: the local mode without a bot id.
	Local bool
	// Site gives the address under which people's browsers reach Handrail; it
	// gives "" where nobody has said it. Nil for never.
	Site func() string
	// Mailer sends mails; nil where none are set up.
	Mailer ticket.Mailer
	Now    func() time.Time
}

// Bot answers turns and does the jobs that end in a message.
type Bot struct {
	desk  *ticket.Desk
	store ticket.Store
	cards *cards.Set
	chat  Chat
	guard ticket.Guard
	files Files
	local bool
	// dialogs are the verbs whose buttons open one; nil for none.
	dialogs map[string]bool
	site    func() string
	mailer  ticket.Mailer
	now     func() time.Time
	catalog *catalog
	verbs   map[string]verb
	forms   map[string]form
	// commands answer what people write, by the name of the command.
	commands map[string]func(ctx context.Context, t *turn, rest string) error
	seen     *seen
	// fetching has room for the files that are fetched at once.
	fetching chan struct{}
}

// New makes a bot.
func New(c Config) (*Bot, error) {
	words, err := newCatalog()
	if err != nil {
		return nil, err
	}
	b := &Bot{
		desk: c.Desk, store: c.Desk.Store, cards: c.Cards, chat: c.Chat, guard: c.Guard, files: c.Files,
		local: c.Local, site: c.Site, mailer: c.Mailer, now: c.Now, catalog: words, seen: newSeen(),
		fetching: make(chan struct{}, mostFetched),
	}
	b.forms = forms()
	b.verbs = b.allVerbs()
	if c.Dialogs {
		b.dialogs = b.dialogVerbs()
	}
	b.commands = b.answers()
	return b, nil
}

// turn is one activity on its way through the bot.
type turn struct {
	*teams.Activity
	speech
	actor   ticket.Actor
	address ticket.Address
	// sender is what the activity tells of the actor.
	sender ticket.Acquaintance
	// dialog is the one in which the turn is answered; nil for none.
	dialog *dialog
	// outside tells that the bot is no member where the turn happens: only its message
	// extension is used there.
	outside bool
}

// place is where the turn happens and where it is answered.
func (t *turn) place() ticket.Place { return t.address.Place }

// Turn answers an activity. An error is one that nobody but the log should
// read; everything else has been said to the person.
func (b *Bot) Turn(ctx context.Context, a *teams.Activity) (teams.Answer, error) {
	t := b.turn(a)
	switch {
	case a.BotRemoved():
		t.address.Refused = string(ticket.NotInstalled)
	case a.BotAdded():
		// A channel is greeted in the channel, not in a thread of it.
		t.address.Thread = ""
		b.seen.forget(t.address.Place)
	}
	if err := b.meetPlace(ctx, t); err != nil {
		return teams.Answer{}, err
	}
	if a.BotAdded() {
		return teams.Answer{}, b.welcome(ctx, t)
	}
	if action, ok := a.Action(); ok {
		return b.press(ctx, t, action)
	}
	if step, ok := a.Dialog(); ok {
		return b.step(ctx, t, step)
	}
	if a.Type == "message" {
		return teams.Answer{}, b.command(ctx, t)
	}
	// Reactions, edits, typing, other invokes and what Teams may invent: nothing to do.
	return teams.Answer{}, nil
}

func (b *Bot) turn(a *teams.Activity) *turn {
	sender := a.Sender()
	who := person(sender.ID, sender.ObjectID, sender.Name)
	conversation, thread := a.ConversationRoot()
	t := &turn{
		Activity: a, sender: b.acquaintance(a),
		speech: b.catalog.in(a.Locale, a.Timezone(), b.now()),
		actor: ticket.Actor{
			Person: who, Tenant: a.Tenant(),
			Lead: b.local || b.leads(who),
		},
		address: ticket.Address{
			Place:      ticket.Place{Tenant: a.Tenant(), Conversation: conversation, Thread: thread},
			ServiceURL: a.ServiceURL, BotID: a.Recipient.ID, BotName: a.Recipient.Name,
			Team: a.ChannelData.Team.ID, Channel: a.ChannelData.Channel.ID,
			Locale: a.Locale, Zone: a.Timezone(),
		},
	}
	switch a.ConversationKind() {
	case teams.Personal:
		t.address.Kind, t.address.Person = ticket.Personal, who
	case teams.GroupChat:
		t.address.Kind = ticket.Group
	case teams.Channel:
		t.address.Kind = ticket.Channel
	}
	return t
}

// leads tells whether the person is one of the leads. Entra writes the letters
// of an object id now small, now large.
func (b *Bot) leads(who ticket.Person) bool {
	return who.ObjectID != "" && slices.ContainsFunc(b.desk.Leads, func(id string) bool { return strings.EqualFold(id, who.ObjectID) })
}

// answers gives what answers each command, with what stands behind its name.
func (b *Bot) answers() map[string]func(ctx context.Context, t *turn, rest string) error {
	return map[string]func(ctx context.Context, t *turn, rest string) error{
		"new":        func(ctx context.Context, t *turn, rest string) error { return b.newTicket(ctx, t, rest, t.withFiles()) },
		"my tickets": func(ctx context.Context, t *turn, _ string) error { return b.sendMine(ctx, t) },
		"my mail":    b.myMail,
		"board":      b.board,
		"report":     b.report,
		"show":       b.show,
		"take":       b.take,
		"assign":     b.assign,
		"attach":     b.attach,
		"handover":   b.handover,
		"follow":     b.follow,
		"unfollow":   b.unfollow,
		"following":  func(ctx context.Context, t *turn, _ string) error { return b.sendFollowing(ctx, t) },
		"status":     b.status,
		"draft":      b.draft,
		"handback":   b.handback,
		"quiet":      b.quiet,
		"away":       b.away,
		"route":      b.route,
		"escalate":   b.escalate,
		"article":    b.article,
		"find":       b.find,
		"back":       func(ctx context.Context, t *turn, _ string) error { return b.back(ctx, t) },
		"odoo":       b.odoo,
		"link":       b.link,
		"unlink":     b.unlink,
		"help":       func(ctx context.Context, t *turn, _ string) error { return b.sendHelp(ctx, t, "") },
	}
}

// command answers a message that a person wrote.
func (b *Bot) command(ctx context.Context, t *turn) error {
	text := strings.TrimSpace(t.Command())
	if len(t.Files()) > 0 {
		if done, err := b.receive(ctx, t, text); done || err != nil {
			return b.excuse(ctx, t, err)
		}
	}
	got := understand(text)
	answer, ok := b.commands[got.command]
	if !ok {
		return b.excuse(ctx, t, b.notUnderstood(ctx, t, text, got.nearest))
	}
	return b.excuse(ctx, t, answer(ctx, t, got.rest))
}

// excuse says a domain error to the person; any other error is passed on.
func (b *Bot) excuse(ctx context.Context, t *turn, err error) error {
	if err == nil {
		return nil
	}
	text, ok := t.fault(err)
	if !ok {
		return err
	}
	return b.say(ctx, t, cards.Escape(text))
}

// notUnderstood answers with something useful: the ticket that was named, the
// command that was meant, or a form for the trouble that was described.
func (b *Bot) notUnderstood(ctx context.Context, t *turn, text, nearest string) error {
	words := strings.Fields(text)
	short := cards.Shorten(b.masked(strings.Join(words, " ")), 80)
	if _, ok := t.ticketIn(text); ok && len(words) <= 3 {
		return b.show(ctx, t, text) // "T-1", "status of T-1"
	}
	switch {
	case len(words) >= 3:
		return b.offerTitle(ctx, t, text, short)
	case nearest != "":
		return b.sendHelp(ctx, t, t.say("unknown.nearest", args{"Text": short, "Nearest": nearest}))
	}
	return b.sendHelp(ctx, t, t.say("unknown.text", args{"Text": short}))
}

// say has a text sent into the conversation of the turn; it is Markdown.
func (b *Bot) say(ctx context.Context, t *turn, markdown string) error {
	return b.later(ctx, ticket.Say{Place: t.place(), Text: markdown})
}

// sendCard has a card sent into the conversation of the turn.
func (b *Bot) sendCard(ctx context.Context, t *turn, card []byte, summary string) error {
	return b.later(ctx, ticket.Say{Place: t.place(), Card: card, Summary: summary})
}

// later leaves something to a job.
func (b *Bot) later(ctx context.Context, job ticket.Job) error {
	err := b.store.InTx(ctx, func(tx ticket.Tx) error { return tx.Later(ctx, ticket.Task{Job: job}) })
	if err != nil {
		return fmt.Errorf("bot: leave a job of %s: %w", job.Kind(), err)
	}
	return nil
}

// Failure gives the sentence for a turn that failed before the bot could say
// what is wrong.
func (b *Bot) Failure(a *teams.Activity) string {
	return b.catalog.in(a.Locale, a.Timezone(), b.now()).say("notice.failed")
}

// trouble logs an error that no person can mend and gives the sentence that
// says so, with a reference to find it in the log.
func trouble(ctx context.Context, s speech, err error) string {
	reference := rand.Text()[:8]
	logs.From(ctx).ErrorContext(ctx, "turn failed", "reference", reference, "error", err)
	return s.say("notice.trouble", args{"Reference": reference})
}
