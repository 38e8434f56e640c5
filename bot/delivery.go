package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// hold is how long a worker has a post for itself: longer than a slow
// connector call, short enough that a killed worker's posts are soon free.
const hold = 45 * time.Second

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
	_, err = b.chat.Send(ctx, reference(address), message)
	return b.delivered(ctx, address, err)
}

// PostCard does the job of sending a ticket's live card as a new message.
func (b *Bot) PostCard(ctx context.Context, job ticket.PostCard) error {
	post, ok, err := b.store.Post(ctx, job.Tenant, job.Post)
	if err != nil || !ok || post.Activity != "" {
		return err
	}
	return b.postCard(ctx, post)
}

func (b *Bot) postCard(ctx context.Context, post ticket.Post) error {
	t, address, err := b.posted(ctx, post)
	if err != nil || t == nil {
		return err
	}
	message, err := b.liveCard(t, post, address)
	if err != nil {
		return err
	}
	activity, err := b.chat.Send(ctx, reference(address), message)
	if err := b.delivered(ctx, address, err); err != nil {
		return err
	}
	if err != nil || activity == "" {
		// Refused for good, or sent without an id: there is nothing to keep true.
		return b.forget(ctx, post)
	}
	post.Activity, post.Shown, post.Held = activity, t.Version, time.Time{}
	return b.desk.Posted(ctx, post)
}

// RefreshCards does the job of bringing every copy of a ticket's card to its
// newest state. A copy is held while it is drawn, so that two workers never
// show an older state after a newer one.
func (b *Bot) RefreshCards(ctx context.Context, job ticket.RefreshCards) error {
	id := ticket.ID{Tenant: job.Tenant, Number: job.Number}
	t, err := b.store.Ticket(ctx, id)
	if ticket.KindOf(err) == ticket.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	posts, err := b.store.Posts(ctx, id)
	if err != nil {
		return err
	}
	behind, now := 0, b.now()
	for _, post := range posts {
		if post.Activity != "" && post.Shown < t.Version {
			behind++
		}
	}
	if behind == 0 {
		return nil
	}
	var held []ticket.Post
	err = b.store.InTx(ctx, func(tx ticket.Tx) error {
		held, err = tx.HoldPosts(ctx, id, t.Version, now, now.Add(hold))
		return err
	})
	if err != nil {
		return err
	}
	for _, post := range held {
		err = errors.Join(err, b.refresh(ctx, post))
	}
	if err == nil && len(held) < behind {
		// Another worker draws the rest; it may have begun before this change.
		return &ticket.Postponed{After: time.Second, Cause: errors.New("another worker holds a copy of the card")}
	}
	return err
}

// refresh draws a held post anew and lets go of it.
func (b *Bot) refresh(ctx context.Context, post ticket.Post) error {
	t, address, err := b.posted(ctx, post)
	if err != nil || t == nil {
		return err
	}
	post.Held = time.Time{}
	if address.Refused != "" {
		return b.save(ctx, post)
	}
	message, err := b.liveCard(t, post, address)
	if err != nil {
		return err
	}
	failure := b.chat.Update(ctx, reference(address), post.Activity, message)
	switch {
	case failure == nil:
		post.Shown = t.Version
	case teams.KindOf(failure) == teams.Gone:
		// Somebody deleted the message: the card is posted again.
		post.Activity, post.Shown = "", 0
		err := b.store.InTx(ctx, func(tx ticket.Tx) error {
			if err := tx.SavePost(ctx, post); err != nil {
				return err
			}
			return tx.Later(ctx, ticket.Task{Job: ticket.PostCard{Tenant: post.Tenant, Post: post.ID}})
		})
		if err != nil {
			return fmt.Errorf("bot: post the card of %s again: %w", t.ID, err)
		}
		return nil
	}
	err = b.save(ctx, post)
	if ticket.KindOf(err) == ticket.NotFound {
		// The copy was retired while it was drawn: it gets its notice again.
		job := ticket.RetireCard{Place: post.Place, Number: post.Number, Activity: post.Activity}
		err = b.later(ctx, job)
	}
	return errors.Join(err, b.delivered(ctx, address, failure))
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
		return &ticket.Postponed{After: max(refused.RetryAfter, busy), Cause: err}
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
