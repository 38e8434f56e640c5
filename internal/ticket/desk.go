package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Desk runs the use cases: each is one transaction of its [Store], and what has
// to follow outside of the process is left to jobs.
type Desk struct {
	Store  Store
	Policy Policy
	Now    func() time.Time
	// Leads are the Entra object ids of the people who lead; they are told of breaches.
	Leads []string
	// Guard reads what goes to customers.
	Guard Guard
	// Mails tells that mail can be sent.
	Mails bool
	// Records is the system of record; nil where there is none.
	Records Records
	// Library is where articles stand beside Store; nil for nowhere.
	Library Library
	// Census counts what is in the system of record; nil where there is none.
	Census Census
	// RecordTenant is the tenant in which tickets are made of what is opened there; empty for none.
	RecordTenant string

	gate gate
}

// Press is a person's click or command on a ticket.
type Press struct {
	ID
	// Version is that of the card which was clicked; 0 for a typed command,
	// which means the ticket as it is now.
	Version int64
	// Key is that of the click; the same key again changes nothing.
	Key string
	// Message is the id of the message whose button was pressed; empty for a command.
	Message string
	// Form is the one that was filled in, where it stood on a message of the bot.
	Form OpenForm
	// Place is where it was pressed; zero where that does not matter.
	Place Place
}

// Opening says how a ticket is opened.
type Opening struct {
	Intake
	// Take makes the actor the owner.
	Take bool
	// Key is that of the click; the same key again opens nothing.
	Key string
	// Place and Activity name the message that becomes the ticket's live card;
	// without Activity a new message is sent to the place.
	Place
	Activity string
	// Files is the id of a message of the place whose files belong to the ticket; empty for none.
	Files string
	// Origin is the message that the ticket is opened from; nil for none.
	Origin *Origin
	// Follow is the number of an open ticket about the same trouble, which the new one
	// follows; 0 for none.
	Follow int64
}

// Open opens a ticket. Opened again with the same key, it gives the first one.
func (d *Desk) Open(ctx context.Context, by Actor, o Opening) (*Ticket, error) {
	now := d.now()
	facts, err := o.Check(now)
	if err != nil {
		return nil, err
	}
	var t *Ticket
	err = d.Store.InTx(ctx, func(tx Tx) error {
		leader, err := leading(ctx, tx, by.Tenant, o.Follow)
		if err != nil {
			return err
		}
		t = &Ticket{
			ID: ID{Tenant: by.Tenant}, Step: Reception, State: Open,
			OpenedBy: by.Person, OpenedAt: now, Marks: map[ItemID]Mark{},
		}
		c := d.change(t, by)
		c.from(o.Origin)
		c.note(EntryOpened, "", "", facts.Title, t.link())
		c.take(facts)
		c.mark(ItemLog, Done, Evidence{})
		c.mark(ItemClass, Done, Evidence{Choice: string(t.Class())})
		if o.Take {
			c.own(EntryTaken, by.Person, "", "")
		}
		t.UpdatedAt = c.At
		c.follow(leader)
		t.settle(d.Policy)
		if err := tx.Create(ctx, t, c.keyed(o.Key)...); err != nil {
			return err
		}
		if err := d.joined(ctx, tx, by, t, leader); err != nil {
			return err
		}
		tasks := slices.Concat(d.ring(t, &Ticket{State: Closed}), c.announce(), d.recordTasks(t, c.entries))
		if _, err := d.claim(ctx, tx, t, o.Place, o.Files); err != nil {
			return err
		}
		if o.Place.Conversation != "" {
			show, err := show(ctx, tx, t, o.Place, o.Activity)
			if err != nil {
				return err
			}
			tasks = append(tasks, show)
		}
		return tx.Later(ctx, tasks...)
	})
	if errors.Is(err, ErrRepeated) {
		return d.pressed(ctx, by.Tenant, o.Key)
	}
	if err != nil {
		return nil, fmt.Errorf("open a ticket: %w", err)
	}
	return t, nil
}

// Show gives a ticket and has its live card sent to the place.
func (d *Desk) Show(ctx context.Context, id ID, place Place) (*Ticket, error) {
	if id.Tenant != place.Tenant {
		return nil, ErrNotFound(id.Number)
	}
	t, err := d.Store.Ticket(ctx, id)
	if err != nil {
		return nil, err
	}
	err = d.Store.InTx(ctx, func(tx Tx) error {
		task, err := show(ctx, tx, t, place, "")
		if err != nil {
			return err
		}
		return tx.Later(ctx, task)
	})
	if err != nil {
		return nil, fmt.Errorf("show %s: %w", id, err)
	}
	return t, nil
}

// Posted notes that a copy of a ticket's card was sent. Of the copies in its
// place the newest stays and the others are retired: one card in one conversation.
func (d *Desk) Posted(ctx context.Context, post Post) error {
	id := ID{Tenant: post.Tenant, Number: post.Number}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		// The ticket may have changed while the card was on its way.
		tasks := []Task{{Job: EditCard{Tenant: id.Tenant, Number: id.Number, Post: post.ID}}}
		if post.Purpose != PurposeStatus { // of which a place has but one
			posts, err := tx.Posts(ctx, id)
			if err != nil {
				return err
			}
			// The older ones first: posts are locked in the order of their ids.
			for _, old := range retired(post, posts) {
				if err := tx.ForgetPost(ctx, old.ID); err != nil {
					return err
				}
				task := Task{Job: RetireCard{Place: old.Place, Number: id.Number, Activity: old.Activity}}
				if old.ID == post.ID {
					return tx.Later(ctx, task)
				}
				tasks = append(tasks, task)
			}
		}
		if err := tx.SavePost(ctx, post); err != nil {
			return err
		}
		return tx.Later(ctx, tasks...)
	})
	if err != nil {
		return fmt.Errorf("note a copy of %s: %w", id, err)
	}
	return nil
}

// retired gives the copies that have to go because the post was sent: the older
// ones in its place, or the post itself where one that was asked for later was
// sent before it. A copy that is still on its way looks for the others when it is there.
func retired(post Post, posts []Post) []Post {
	var old []Post
	for _, other := range posts {
		switch {
		case other.Place != post.Place || other.Purpose != post.Purpose || other.Subject != post.Subject || other.Activity == "":
		case other.ID < post.ID:
			old = append(old, other)
		case other.ID > post.ID && other.Shown > 0:
			return []Post{post}
		}
	}
	return old
}

// Filling notes that a person fills in a form on a message.
func (d *Desk) Filling(ctx context.Context, form OpenForm) error {
	err := d.Store.InTx(ctx, func(tx Tx) error { return tx.OpenForm(ctx, form) })
	if err != nil {
		return fmt.Errorf("note an open form: %w", err)
	}
	return nil
}

// Filled notes that the person is done with the form on a message that shows
// the ticket, which may be edited again.
func (d *Desk) Filled(ctx context.Context, id ID, form OpenForm) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		closed, err := tx.CloseForm(ctx, form)
		if err != nil || !closed {
			return err
		}
		return tx.Later(ctx, Task{Job: RefreshCards(id)})
	})
	if err != nil {
		return fmt.Errorf("note a closed form: %w", err)
	}
	return nil
}

// show notes a message as a copy of the ticket's card and gives the job that draws it.
func show(ctx context.Context, tx Tx, t *Ticket, place Place, activity string) (Task, error) {
	post := Post{Place: place, Number: t.Number, Activity: activity}
	if err := tx.AddPost(ctx, &post); err != nil {
		return Task{}, err
	}
	if activity != "" {
		return Task{Job: RefreshCards{Tenant: t.Tenant, Number: t.Number}}, nil
	}
	return Task{Job: PostCard{Tenant: t.Tenant, Post: post.ID}}, nil
}

// Change changes a ticket by one click or command. With an error that a person
// may read it gives the ticket as it is; the same click again gives the ticket
// and no error.
func (d *Desk) Change(ctx context.Context, by Actor, press Press, how func(*Change) error) (*Ticket, error) {
	if press.Tenant != by.Tenant {
		return nil, ErrNotFound(press.Number)
	}
	var t *Ticket
	var was Ticket
	err := d.Store.InTx(ctx, func(tx Tx) error {
		var err error
		if t, err = tx.Lock(ctx, press.ID); err != nil {
			return err
		}
		was = *t
		if press.Version != t.Version {
			if done, err := d.late(ctx, tx, t, press); done || err != nil {
				return err
			}
		}
		actor, err := d.acting(ctx, tx, by, t)
		if err != nil {
			return err
		}
		c := d.change(t, actor)
		c.route, c.From, c.message = routes(ctx, tx, t.Tenant), press.Place, press.Message
		c.written = articles(ctx, tx, t.ID)
		if err := c.do(ctx, tx, how); err != nil {
			return err
		}
		t.UpdatedAt = c.At
		if press.Form.Activity != "" {
			if _, err := tx.CloseForm(ctx, press.Form); err != nil {
				return err
			}
		}
		return d.keep(ctx, tx, c, &was, press.Key)
	})
	switch {
	case err == nil:
		return t, nil
	case errors.Is(err, ErrRepeated):
		return d.repeated(ctx, press)
	case KindOf(err) == Internal:
		return nil, fmt.Errorf("change %s: %w", press.ID, err)
	}
	if t != nil {
		*t = was // how may have changed it before it failed
	}
	return t, err
}

// do makes the change, which may ask for the ticket's attachments and drop some.
func (c *Change) do(ctx context.Context, tx Tx, how func(*Change) error) (err error) {
	if c.Ticket.Files > 0 {
		if c.files, err = tx.Attachments(ctx, c.Ticket.ID); err != nil {
			return err
		}
	}
	if err := how(c); err != nil {
		return err
	}
	for _, gone := range c.dropped {
		if err := tx.DropAttachment(ctx, gone); err != nil {
			return err
		}
	}
	return nil
}

// keep stores a change with the key of its click, and what follows from it.
func (d *Desk) keep(ctx context.Context, tx Tx, c *Change, was *Ticket, key string) error {
	t := c.Ticket
	for _, text := range c.texts {
		if err := keepText(ctx, tx, text); err != nil {
			return err
		}
	}
	if len(c.entries) == 0 && len(c.texts) > 0 {
		return tx.Later(ctx, c.tasks...) // a text in work is no change of the ticket
	}
	if c.article != nil {
		if err := tx.SaveArticle(ctx, *c.article); err != nil {
			return err
		}
	}
	if c.renews {
		if err := renew(ctx, tx, t, c.At); err != nil {
			return err
		}
	}
	tasks, err := d.climbing(ctx, tx, c, was)
	if err != nil {
		return err
	}
	t.settle(d.Policy)
	if err := tx.Save(ctx, t, c.keyed(key)...); err != nil {
		return err
	}
	tasks = slices.Concat(tasks, d.ring(t, was), c.announce(), d.recordTasks(t, c.entries), c.linkTasks(was), c.offers())
	tasks = append(tasks, Task{Job: RefreshCards{Tenant: t.Tenant, Number: t.Number}})
	if what, ok := calls(t, c.By, c.entries); ok {
		tasks = append(tasks, Task{Job: TellOfChange{Tenant: t.Tenant, Number: t.Number, What: what, By: c.By.Person}})
	}
	return tx.Later(ctx, append(tasks, c.tasks...)...)
}

// calls gives the entry of a change on which the ticket's owner has to act, if
// somebody else made it. Who is given a ticket is told so by whoever gives it.
func calls(t *Ticket, by Actor, entries []Entry) (EntryKind, bool) {
	if t.Owner == nil || t.OwnedBy(by.Person) {
		return "", false
	}
	// That nobody is left to be asked is told by the ladder, whoever's change it was.
	i := slices.IndexFunc(entries, func(entry Entry) bool {
		return entry.Kind != EntryUnanswered && slices.Contains(OwnerTold(), entry.Kind)
	})
	if i < 0 {
		return "", false
	}
	return entries[i].Kind, true
}

// OwnerTold lists the kinds of changes that a ticket's owner is told of when
// somebody else makes them: after each there is something to do, or nothing any more.
func OwnerTold() []EntryKind {
	return []EntryKind{
		EntryAsked, EntryUnanswered, EntryAnswered, EntryDeclined, EntryAccepted, EntryWithdrawn,
		EntryNotFixed, EntryReopened, EntryClosed, EntryClosedEarly, EntryLeads, EntryClass, EntryUnshelved,
		EntryRecordStage, EntryRecordArchived, EntryRecordMerged,
	}
}

// repeated gives the ticket that the same click has changed before.
func (d *Desk) repeated(ctx context.Context, press Press) (*Ticket, error) {
	t, err := d.pressed(ctx, press.Tenant, press.Key)
	if err == nil && t.ID != press.ID {
		return nil, &Error{Kind: Invalid, Message: "error.item_unknown"}
	}
	return t, err
}

// late looks at a click on a card that is not of the newest version, and at a
// command: done where the same one has been served; an error where a person has
// changed the ticket since the card; neither where only Handrail itself has, or
// where something came that nobody's click is about.
func (d *Desk) late(ctx context.Context, tx Tx, t *Ticket, press Press) (done bool, err error) {
	if id, ok, err := tx.Pressed(ctx, t.Tenant, press.Key); err != nil || ok && id == t.ID {
		return ok, err
	}
	if press.Version == 0 {
		return false, nil
	}
	since := t.Version - press.Version
	entries, err := tx.History(ctx, t.ID, 0, int(min(max(since, 1), 20))*2)
	if err != nil {
		return false, err
	}
	own := Handrail(t.Tenant).Person
	for _, entry := range entries {
		if entry.Version > press.Version && entry.By.ID != own.ID && !entry.aside() {
			return false, &Error{Kind: Stale, Message: "error.stale", Args: map[string]any{
				"Ticket": t.String(), "By": entry.By.Name, "At": entry.At,
			}}
		}
	}
	if since < 0 {
		return false, &Error{Kind: Invalid, Message: "error.item_unknown"}
	}
	return false, nil
}

func (d *Desk) pressed(ctx context.Context, tenant, key string) (*Ticket, error) {
	id, ok, err := d.Store.Pressed(ctx, tenant, key)
	if err != nil {
		return nil, fmt.Errorf("find a repeated click: %w", err)
	}
	if !ok {
		return nil, ErrRepeated
	}
	return d.Store.Ticket(ctx, id)
}

func (d *Desk) change(t *Ticket, by Actor) *Change {
	return &Change{Ticket: t, By: by, At: d.now(), Policy: d.Policy, Guard: d.Guard}
}

// now gives the time as every store keeps it, in whole microseconds: a clock's
// due time stays the same when it is worked out again from stored times.
func (d *Desk) now() time.Time { return d.Now().UTC().Truncate(time.Microsecond) }

// keyed gives the entries with the click's key on the first.
func (c *Change) keyed(key string) []Entry {
	entries := c.Entries()
	if len(entries) > 0 && key != "" {
		entries[0].Key = key
	}
	return entries
}
