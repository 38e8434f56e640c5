package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// hold is how long a worker has a post for itself: longer than a slow
// connector call, short enough that a killed worker's posts are soon free.
const hold = 45 * time.Second

// manyCopies is how many copies of a card one job brings up to date by itself.
const manyCopies = 4

// busy is how soon a job comes again that found the connector busy without
// being told for how long.
const busy = 5 * time.Second

// Say does the job of sending or editing a message that shows no ticket's state.
func (b *Bot) Say(ctx context.Context, job ticket.Say) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	message := teams.Message{Text: job.Text, Card: job.Card, Summary: job.Summary}
	for _, person := range job.Mentions {
		message.Mentions = append(message.Mentions, teams.Mention{ID: person.ID, Name: person.Name})
	}
	if job.Replaces != "" {
		err = b.chat.Update(ctx, reference(address), job.Replaces, message)
		if teams.KindOf(err) != teams.Gone {
			return b.delivered(ctx, address, err)
		}
	}
	_, failure := b.chat.Send(ctx, reference(address), message)
	if err := b.delivered(ctx, address, failure); err != nil || failure == nil || job.Else == nil {
		return err
	}
	return b.later(ctx, *job.Else)
}

// PostCard does the job of sending a ticket's card as a new message.
//
// Teams has no key by which it would know a message again, and a process may
// die between a message and the record of its id. So the message begins as a
// line of text, and the card is put into it once its id is stored: whatever
// happens, a conversation may get the line twice and the card once.
func (b *Bot) PostCard(ctx context.Context, job ticket.PostCard) error {
	post, ok, err := b.store.Post(ctx, job.Tenant, job.Post)
	if err != nil || !ok || post.Shown > 0 {
		return err
	}
	t, address, err := b.posted(ctx, post)
	if err != nil || t == nil {
		return err
	}
	c := ticket.Copy{Post: post, Address: address}
	if c.Activity == "" {
		return b.postLine(ctx, t, c)
	}
	return b.edit(ctx, t, []ticket.Copy{c})
}

// postLine sends the line that a card's message begins as, and puts the card into it.
func (b *Bot) postLine(ctx context.Context, t *ticket.Ticket, c ticket.Copy) error {
	s := b.catalog.in(c.Address.Locale, c.Address.Zone, b.now())
	line := teams.Message{Text: s.markdown("ticket.headline", args{"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120)})}
	if c.Purpose == ticket.PurposeEscalation {
		asks, err := b.stillAsks(ctx, t, c)
		if err != nil {
			return err
		}
		if !asks {
			return b.forget(ctx, c.Post)
		}
		line = b.askingLine(s, t, c)
	}
	if c.Purpose == ticket.PurposeMessage {
		var err error
		if line, err = b.messageLine(ctx, s, t, c); err != nil {
			return err
		}
	}
	activity, failure := b.chat.Send(ctx, reference(c.Address), line)
	if err := b.delivered(ctx, c.Address, failure); err != nil {
		return err
	}
	c.Activity = activity
	switch {
	case failure != nil:
		return b.refused(ctx, c.Post, failure)
	case activity == "":
		return b.postWhole(ctx, t, c)
	}
	if err := b.save(ctx, c.Post); err != nil {
		return err
	}
	return b.edit(ctx, t, []ticket.Copy{c})
}

// postWhole sends a card as it is, where Teams gave no id for the line before
// it. Without an id there is nothing that could be kept true.
func (b *Bot) postWhole(ctx context.Context, t *ticket.Ticket, c ticket.Copy) error {
	message, err := b.liveCard(ctx, t, c)
	if err != nil {
		return err
	}
	c.Activity, err = b.chat.Send(ctx, reference(c.Address), message)
	if err := b.delivered(ctx, c.Address, err); err != nil {
		return err
	}
	if err != nil {
		return b.refused(ctx, c.Post, err)
	}
	if c.Activity == "" {
		return b.forget(ctx, c.Post)
	}
	c.Shown = t.Version
	return b.desk.Posted(ctx, c.Post)
}

// refused forgets a post that its place does not take, now or later. An
// escalation goes on without it.
func (b *Bot) refused(ctx context.Context, post ticket.Post, failure error) error {
	if post.Purpose == ticket.PurposeEscalation {
		why := ticket.RefusalOf(string(teams.KindOf(failure)))
		if err := b.desk.PostRefused(ctx, post, why); err != nil {
			return err
		}
	}
	return b.forget(ctx, post)
}

// RefreshCards does the job of bringing every copy of a ticket's card to its
// newest state. Where there are many, each gets a job of its own.
func (b *Bot) RefreshCards(ctx context.Context, job ticket.RefreshCards) error {
	if err := b.desk.BoardsFollow(ctx, job.Tenant); err != nil {
		return err
	}
	t, copies, err := b.behind(ctx, ticket.ID(job))
	if err != nil || len(copies) <= manyCopies {
		return errors.Join(err, b.edit(ctx, t, copies))
	}
	tasks := make([]ticket.Task, len(copies))
	for i, c := range copies {
		tasks[i].Job = ticket.EditCard{Tenant: c.Tenant, Number: c.Number, Post: c.ID}
	}
	err = b.store.InTx(ctx, func(tx ticket.Tx) error { return tx.Later(ctx, tasks...) })
	if err != nil {
		return fmt.Errorf("bot: leave %d copies of %s to jobs: %w", len(copies), t.ID, err)
	}
	return nil
}

// EditCard does the job of bringing one copy of a ticket's card to its newest state.
func (b *Bot) EditCard(ctx context.Context, job ticket.EditCard) error {
	post, ok, err := b.store.Post(ctx, job.Tenant, job.Post)
	if err != nil || !ok {
		return err
	}
	t, address, err := b.posted(ctx, post)
	if err != nil || t == nil {
		return err
	}
	c := ticket.Copy{Post: post, Address: address}
	if !isBehind(t, c) {
		return nil
	}
	return b.edit(ctx, t, []ticket.Copy{c})
}

// behind gives a ticket and the copies of its card that show an older state
// and can be edited; none where the ticket is gone.
func (b *Bot) behind(ctx context.Context, id ticket.ID) (*ticket.Ticket, []ticket.Copy, error) {
	t, err := b.store.Ticket(ctx, id)
	if ticket.KindOf(err) == ticket.NotFound {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	copies, err := b.store.Copies(ctx, id)
	return t, slices.DeleteFunc(copies, func(c ticket.Copy) bool { return !isBehind(t, c) }), err
}

// isBehind tells whether a copy shows an older state and can be edited.
func isBehind(t *ticket.Ticket, c ticket.Copy) bool {
	return c.Activity != "" && c.Shown < t.Version && c.Address.ServiceURL != "" && c.Address.Refused == ""
}

// edit draws copies of a ticket's card anew. A copy is held meanwhile, and only
// one that shows an older state than the ticket read before can be held: two
// workers never show an older state after a newer one.
func (b *Bot) edit(ctx context.Context, t *ticket.Ticket, copies []ticket.Copy) error {
	if len(copies) == 0 {
		return nil
	}
	now := b.now()
	wish := ticket.Hold{ID: t.ID, Version: t.Version, Now: now, Until: now.Add(hold)}
	addresses := map[int64]ticket.Address{}
	for _, c := range copies {
		wish.Posts = append(wish.Posts, c.ID)
		addresses[c.ID] = c.Address
	}
	var held []ticket.Post
	err := b.store.InTx(ctx, func(tx ticket.Tx) error {
		var err error
		held, err = tx.HoldPosts(ctx, wish)
		return err
	})
	if err != nil {
		return fmt.Errorf("bot: hold the copies of %s: %w", t.ID, err)
	}
	for _, post := range held {
		err = errors.Join(err, b.draw(ctx, t, ticket.Copy{Post: post, Address: addresses[post.ID]}))
	}
	if err == nil && len(held) < len(copies) {
		// Another worker draws the rest, and may have begun before this change, or
		// somebody fills in a form there.
		return &ticket.Postponed{After: time.Second, Cause: errors.New("a copy of the card is in use")}
	}
	return err
}

// draw edits a held copy and lets go of it.
func (b *Bot) draw(ctx context.Context, t *ticket.Ticket, c ticket.Copy) error {
	message, err := b.liveCard(ctx, t, c)
	if err != nil {
		return err
	}
	post := c.Post
	post.Held = time.Time{}
	failure := b.chat.Update(ctx, reference(c.Address), post.Activity, message)
	switch {
	case failure == nil && post.Shown == 0:
		post.Shown = t.Version
		return b.retired(ctx, post, b.desk.Posted(ctx, post))
	case failure == nil:
		if over, err := b.messageOver(ctx, t, post); over || err != nil {
			return errors.Join(err, b.forget(ctx, post))
		}
		post.Shown = t.Version
	case teams.KindOf(failure) == teams.Gone && post.Purpose == ticket.PurposeMessage:
		return b.forget(ctx, post) // somebody has deleted it, who has read it then
	case teams.KindOf(failure) == teams.Gone && post.Shown == 0:
		// The line that was to become the card was deleted at once, or nothing
		// can be edited here.
		return b.postWhole(ctx, t, ticket.Copy{Post: post, Address: c.Address})
	case teams.KindOf(failure) == teams.Gone:
		return b.postAgain(ctx, post)
	case teams.Unanswered(failure):
		// The edit may still arrive: nobody else draws until the hold is over.
		return b.delivered(ctx, c.Address, failure)
	}
	return errors.Join(b.retired(ctx, post, b.save(ctx, post)), b.delivered(ctx, c.Address, failure))
}

// retired gives the failure to store a copy that was drawn. One that was retired
// meanwhile gets its notice again.
func (b *Bot) retired(ctx context.Context, post ticket.Post, failure error) error {
	if ticket.KindOf(failure) != ticket.NotFound {
		return failure
	}
	return b.later(ctx, ticket.RetireCard{Place: post.Place, Number: post.Number, Activity: post.Activity})
}

// postAgain has a card sent anew whose message somebody has deleted.
func (b *Bot) postAgain(ctx context.Context, post ticket.Post) error {
	post.Activity, post.Shown = "", 0
	err := b.store.InTx(ctx, func(tx ticket.Tx) error {
		if err := tx.SavePost(ctx, post); err != nil {
			return err
		}
		return tx.Later(ctx, ticket.Task{Job: ticket.PostCard{Tenant: post.Tenant, Post: post.ID}})
	})
	if err != nil && ticket.KindOf(err) != ticket.NotFound {
		return fmt.Errorf("bot: post the card of %s again: %w", ticket.Number(post.Number), err)
	}
	return nil
}

func (b *Bot) save(ctx context.Context, post ticket.Post) error {
	return b.store.InTx(ctx, func(tx ticket.Tx) error { return tx.SavePost(ctx, post) })
}

// RetireCard does the job of putting a notice where a ticket's card was.
func (b *Bot) RetireCard(ctx context.Context, job ticket.RetireCard) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	number := ticket.Number(job.Number)
	sentence := s.say("notice.moved", args{"Ticket": number})
	card, err := b.noticeCard(s, sentence, b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: number}))
	if err != nil {
		return err
	}
	err = b.chat.Update(ctx, reference(address), job.Activity, teams.Message{Card: card, Summary: sentence})
	return b.delivered(ctx, address, err)
}

// posted gives the ticket and the address of a post; no ticket where either is gone.
func (b *Bot) posted(ctx context.Context, post ticket.Post) (*ticket.Ticket, ticket.Address, error) {
	address, ok, err := b.store.Address(ctx, post.Place)
	if err != nil {
		return nil, address, err
	}
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: post.Tenant, Number: post.Number})
	if !ok || ticket.KindOf(err) == ticket.NotFound {
		return nil, address, b.forget(ctx, post)
	}
	return t, address, err
}

func (b *Bot) forget(ctx context.Context, post ticket.Post) error {
	return b.store.InTx(ctx, func(tx ticket.Tx) error { return tx.ForgetPost(ctx, post.ID) })
}

// delivered turns the connector's answer into that of a job: nil where it is
// settled, an error or a postponement where the job has to come again. A
// conversation that refuses us for good is remembered as such.
func (b *Bot) delivered(ctx context.Context, address ticket.Address, err error) error {
	if err == nil {
		return nil
	}
	refused, ok := errors.AsType[*teams.Error](err)
	if !ok {
		return err
	}
	if refused.Temporary() {
		return putOff(refused, err)
	}
	logs.From(ctx).WarnContext(ctx, "the connector refused a message", "conversation", address.Conversation, "error", err)
	switch refused.Kind {
	case teams.Blocked, teams.NotInRoster, teams.Disabled, teams.NotInstalled, teams.NoPermission, teams.ConversationGone:
		// Forgotten after it is stored: the next activity from there shall end the refusal.
		defer b.seen.forget(address.Place)
		return b.desk.Unreached(ctx, address.Place, ticket.Refusal(refused.Kind))
	case teams.Unauthorized, teams.Broken, teams.WrongHost:
		return err
	default:
		// The message itself is at fault: it would not do better a second time.
		return nil
	}
}

// putOff has a job come again after a temporary failure: at its turn, where that
// is known.
func putOff(refused *teams.Error, failure error) error {
	if refused.Kind == teams.Throttled && refused.RetryAfter > 0 {
		return &ticket.Postponed{After: refused.RetryAfter, Turn: true, Cause: failure}
	}
	return &ticket.Postponed{After: max(refused.RetryAfter, busy), Cause: failure}
}
