package ticket

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// lookBack is how many lines of the history are read for what nobody was told
// yet: more than the changes that happen while a job waits.
const lookBack = 200

// summaryMargin is how long before the end of quiet hours a notice no longer
// counts on the summary that is on its way: that may be over before the notice
// is stored, all the more where another process does it by another clock.
const summaryMargin = time.Minute

// HeldNotice is what a place would have been told about a ticket in its quiet
// hours: the last thing that happened. It is kept after it was told, too.
type HeldNotice struct {
	Place
	Number int64
	Event  Event
	At     time.Time
	// Told tells that it waits for no summary any more.
	Told bool
}

// Wanted tells whether a place with the follows is still to be told: a reminder
// always, anything else where the ticket was not unfollowed meanwhile.
func (n HeldNotice) Wanted(follows []Follow) bool {
	return n.Event.Kind == EventReminder ||
		slices.ContainsFunc(follows, func(f Follow) bool { return f.Number == 0 || f.Number == n.Number })
}

// announce gives the job for a change of which somebody may have to be told.
// Who that is it finds out by itself: a turn has no time for it.
func (c *Change) announce() []Task {
	if len(events(c.entries)) == 0 {
		return nil
	}
	t := c.Ticket
	return []Task{{Job: Announce{Tenant: t.Tenant, Number: t.Number, Version: t.Version, Here: c.here}}}
}

// Announce tells every place that follows the ticket what happened to it since
// the place was told last: with the status card where there is no card of the
// ticket yet, else with a note below it. Done again it tells nobody anything,
// and of several that are done at once each place hears once.
func (d *Desk) Announce(ctx context.Context, job Announce) error {
	id := ID{Tenant: job.Tenant, Number: job.Number}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if KindOf(err) == NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		followers, err := tx.Followers(ctx, id)
		if err != nil {
			return err
		}
		if job.Here != nil && len(followersOf(t, followers)) == 0 {
			followers = append(followers, Follower{Follow: Follow{Place: *job.Here, Number: t.Number}})
		}
		if len(followers) == 0 {
			return nil
		}
		posts, err := tx.Posts(ctx, id)
		if err != nil {
			return err
		}
		entries, err := tx.History(ctx, id, 0, lookBack)
		if err != nil {
			return err
		}
		slices.Reverse(entries)
		a := announcement{ticket: t, from: job.Version, events: events(entries), posts: posts, now: d.now(), until: map[string]time.Time{}}
		for place, follows := range byPlace(followers) {
			a.tell(place, follows)
		}
		return a.write(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("announce %s: %w", id, err)
	}
	return nil
}

// byPlace puts the follows of each place together, in the order of the places.
func byPlace(followers []Follower) func(yield func(Place, []Follower) bool) {
	var places []Place
	follows := map[Place][]Follower{}
	for _, follower := range followers {
		if _, known := follows[follower.Place]; !known {
			places = append(places, follower.Place)
		}
		follows[follower.Place] = append(follows[follower.Place], follower)
	}
	return func(yield func(Place, []Follower) bool) {
		for _, place := range places {
			if !yield(place, follows[place]) {
				return
			}
		}
	}
}

// followersOf gives one follower for each place that follows the ticket and can be told.
func followersOf(t *Ticket, followers []Follower) []Follower {
	var found []Follower
	for _, follows := range byPlace(followers) {
		if follows[0].Refused == "" && slices.ContainsFunc(follows, func(f Follower) bool { return f.Wants(t) }) {
			found = append(found, follows[0])
		}
	}
	return found
}

// announcement is one run of [Desk.Announce], which decides for every place and
// writes all at the end.
type announcement struct {
	ticket *Ticket
	// from is the version of the change that asked for it.
	from   int64
	events []Event
	posts  []Post
	now    time.Time
	// until keeps when quiet hours end that were asked for.
	until map[string]time.Time

	cards []*Post
	held  []HeldNotice
	tasks []Task
}

// tell decides what a place is told.
func (a *announcement) tell(place Place, follows []Follower) {
	first, t := follows[0], a.ticket
	post := a.post(place)
	told := first.Told
	if post != nil {
		told = max(told, post.Noticed)
	}
	if told == 0 {
		told = a.from - 1 // what was before it was no news to anybody here
	}
	news, classes := []Event(nil), []Class{t.Class()}
	for _, event := range a.events {
		if event.Version > told {
			news = append(news, event)
		}
		if event.Version > told && event.Kind == EventClass {
			classes = append(classes, Class(event.From))
		}
	}
	wanted := slices.ContainsFunc(follows, func(f Follower) bool { return f.wants(t.Number, classes) })
	if len(news) == 0 || !wanted || first.Refused != "" {
		return
	}
	if until := a.quietUntil(first); !until.IsZero() {
		a.held = append(a.held, HeldNotice{Place: place, Number: t.Number, Event: a.last(news), At: a.now})
		if !first.Waiting || until.Sub(a.now) < summaryMargin {
			a.tasks = append(a.tasks, Task{Job: Summarize{Place: place}, At: until})
		}
		return
	}
	if first.Held { // what it waits for is told now
		a.held = append(a.held, HeldNotice{Place: place, Number: t.Number, Event: a.last(news), At: a.now, Told: true})
	}
	a.send(place, post, news)
}

// send gives the job that tells a place the news now.
func (a *announcement) send(place Place, post *Post, news []Event) {
	t := a.ticket
	switch {
	case post == nil:
		a.cards = append(a.cards, &Post{Place: place, Number: t.Number, Purpose: PurposeStatus, Noticed: t.Version})
	case post.Activity == "":
		// The card that is on its way will show it.
	case post.Purpose == PurposeLive && len(news) == 1 && news[0].Kind == EventExpedite:
		// The ticket was opened right here.
	default:
		a.tasks = append(a.tasks, Task{Job: TellNews{Place: place, Number: t.Number, Version: t.Version, Events: news}})
	}
}

// last gives the newest of some news with the version that they lead to.
func (a *announcement) last(news []Event) Event {
	event := news[len(news)-1]
	event.Version = a.ticket.Version
	return event
}

// post gives the card of the ticket that a place has: its status card, else the
// live card, newest first; nil where it has none.
func (a *announcement) post(place Place) *Post {
	var found *Post
	for i := range a.posts {
		post := &a.posts[i]
		if post.Place == place && (post.Purpose == PurposeLive || post.Purpose == PurposeStatus) && (found == nil || found.Purpose != PurposeStatus) {
			found = post
		}
	}
	return found
}

// quietUntil gives until when the follower is told nothing of this; zero for now.
func (a *announcement) quietUntil(f Follower) time.Time {
	if f.Quiet == nil {
		return time.Time{}
	}
	hours := f.Quiet.Hours() + " " + f.Quiet.Zone // many places have the same, and a zone is read from a file
	until, known := a.until[hours]
	if !known {
		until = f.quietUntil(a.ticket.Class(), a.now)
		a.until[hours] = until
	}
	return until
}

// write stores what was decided, each kind in one statement.
func (a *announcement) write(ctx context.Context, tx Tx) error {
	if err := tx.AddStatusPosts(ctx, a.cards); err != nil {
		return err
	}
	for _, post := range a.cards {
		if post.ID != 0 {
			a.tasks = append(a.tasks, Task{Job: PostCard{Tenant: post.Tenant, Post: post.ID}, Many: true})
		}
	}
	if len(a.posts) > 0 {
		if err := tx.NotePosts(ctx, a.ticket.ID, a.ticket.Version); err != nil {
			return err
		}
	}
	if err := tx.Hold(ctx, a.held); err != nil {
		return err
	}
	return tx.Later(ctx, a.tasks...)
}
