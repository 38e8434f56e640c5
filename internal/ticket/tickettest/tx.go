package tickettest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"handrail/internal/ticket"
)

// state is all that is stored. Its tickets, slices and their elements are never
// changed in place, so that a shallow clone is a snapshot.
type state struct {
	tickets map[ticket.ID]*ticket.Ticket
	// history is by ticket, oldest line first.
	history map[ticket.ID][]ticket.Entry
	keys    map[clickKey]ticket.ID
	// numbers is the last number given in each tenant.
	numbers  map[string]int64
	welcomed map[ticket.Place]bool
	// addresses are in the order in which they were last learnt.
	addresses []ticket.Address
	people    map[personKey]ticket.Acquaintance
	absences  map[personKey]ticket.Absence
	posts     []ticket.Post
	lastPost  int64
	forms     []ticket.OpenForm
	tasks     []ticket.Task
	settings  map[string]string
	follows   []ticket.Follow
	quiets    []ticket.Quiet
	held      []ticket.HeldNotice
	boards    map[ticket.Place]ticket.Board
	// downloads are by digest.
	downloads map[string]ticket.Download
	routes    []ticket.Route
	drafts    []ticket.Draft
	lastDraft ticket.DraftID
	articles  map[ticket.ID]ticket.Article
	// attachments are in the order in which they came.
	attachments    []ticket.Attachment
	lastAttachment int64
	// contents are by tenant and digest.
	contents map[clickKey][]byte
	records  map[ticket.ID]ticket.Record
	lastLine int64
	polling  ticket.Polling
	// messages are by their numbers, and attended those that something was done about.
	messages map[int64]ticket.RecordMessage
	attended map[int64]bool
}

type clickKey struct{ tenant, key string }

type personKey struct{ tenant, id string }

func newState() *state {
	return &state{
		tickets:  map[ticket.ID]*ticket.Ticket{},
		history:  map[ticket.ID][]ticket.Entry{},
		keys:     map[clickKey]ticket.ID{},
		numbers:  map[string]int64{},
		welcomed: map[ticket.Place]bool{},
		settings: map[string]string{},
		people:   map[personKey]ticket.Acquaintance{},
		absences: map[personKey]ticket.Absence{},
		boards:   map[ticket.Place]ticket.Board{}, downloads: map[string]ticket.Download{},
		contents: map[clickKey][]byte{}, records: map[ticket.ID]ticket.Record{},
		articles: map[ticket.ID]ticket.Article{},
		messages: map[int64]ticket.RecordMessage{}, attended: map[int64]bool{},
	}
}

func (s *state) clone() *state {
	return &state{
		tickets: maps.Clone(s.tickets), history: maps.Clone(s.history), keys: maps.Clone(s.keys),
		numbers: maps.Clone(s.numbers), welcomed: maps.Clone(s.welcomed),
		addresses: slices.Clone(s.addresses), posts: slices.Clone(s.posts),
		people: maps.Clone(s.people), absences: maps.Clone(s.absences),
		lastPost: s.lastPost, forms: slices.Clone(s.forms), tasks: slices.Clone(s.tasks), settings: maps.Clone(s.settings),
		follows: slices.Clone(s.follows), quiets: slices.Clone(s.quiets), held: slices.Clone(s.held),
		boards: maps.Clone(s.boards), downloads: maps.Clone(s.downloads),
		routes: slices.Clone(s.routes), drafts: slices.Clone(s.drafts), lastDraft: s.lastDraft,
		attachments: s.attachments, lastAttachment: s.lastAttachment, contents: maps.Clone(s.contents),
		records: maps.Clone(s.records), lastLine: s.lastLine,
		articles: maps.Clone(s.articles),
		polling:  s.polling, messages: maps.Clone(s.messages), attended: maps.Clone(s.attended),
	}
}

// tx writes to a state that nobody else sees.
type tx struct {
	reader
	store *Store
}

// Lock gives the newest state of a ticket. Transactions run one after the
// other, so that it is held without more ado.
func (x *tx) Lock(ctx context.Context, id ticket.ID) (*ticket.Ticket, error) {
	return x.Ticket(ctx, id)
}

// Create stores a new ticket, and gives it its number and version 1.
func (x *tx) Create(_ context.Context, t *ticket.Ticket, entries ...ticket.Entry) error {
	number := x.numbers[t.Tenant] + 1
	id := ticket.ID{Tenant: t.Tenant, Number: number}
	if err := x.write(id, 1, entries); err != nil {
		return err
	}
	x.numbers[t.Tenant] = number
	t.ID, t.Version = id, 1
	x.tickets[id] = Clone(t)
	return nil
}

// Save stores a ticket if nobody has stored it since it was read.
func (x *tx) Save(_ context.Context, t *ticket.Ticket, entries ...ticket.Entry) error {
	old, ok := x.tickets[t.ID]
	if !ok {
		return ticket.ErrNotFound(t.Number)
	}
	if old.Version != t.Version {
		last := x.history[t.ID][len(x.history[t.ID])-1]
		return &ticket.Error{Kind: ticket.Stale, Message: "error.stale", Args: map[string]any{
			"Ticket": t.String(), "By": last.By.Name, "At": last.At,
		}}
	}
	if err := x.write(t.ID, t.Version+1, entries); err != nil {
		return err
	}
	t.Version++
	x.tickets[t.ID] = Clone(t)
	return nil
}

// write adds the lines of one change to the history.
func (x *tx) write(id ticket.ID, version int64, entries []ticket.Entry) error {
	if len(entries) == 0 {
		return errors.New("tickettest: a change without history")
	}
	for _, entry := range entries {
		if entry.Version != version {
			return fmt.Errorf("tickettest: a history line of version %d in a change to %d", entry.Version, version)
		}
		if entry.Key == "" {
			continue
		}
		key := clickKey{id.Tenant, entry.Key}
		if _, repeated := x.keys[key]; repeated {
			return ticket.ErrRepeated
		}
		x.keys[key] = id
	}
	entries = slices.Clone(entries)
	for i := range entries {
		x.lastLine++
		entries[i].ID = x.lastLine
	}
	x.history[id] = slices.Concat(x.history[id], entries)
	return nil
}

// Later records the tasks.
func (x *tx) Later(_ context.Context, tasks ...ticket.Task) error {
	x.tasks = append(x.tasks, tasks...)
	return nil
}

// Learn stores what is now known of a place.
func (x *tx) Learn(_ context.Context, address ticket.Address) error {
	x.addresses = slices.DeleteFunc(x.addresses, func(old ticket.Address) bool { return old.Place == address.Place })
	x.addresses = append(x.addresses, address)
	return nil
}

// Refuse notes that nothing can be sent to a place, and tells whether that is news.
func (x *tx) Refuse(_ context.Context, place ticket.Place, why ticket.Refusal) (bool, error) {
	for i, known := range x.addresses {
		if known.Place == place && known.Refused != string(why) {
			x.addresses[i].Refused = string(why)
			return true, nil
		}
	}
	return false, nil
}

// Forget removes what is known of places.
func (x *tx) Forget(_ context.Context, places ...ticket.Place) error {
	x.addresses = slices.DeleteFunc(x.addresses, func(known ticket.Address) bool { return slices.Contains(places, known.Place) })
	return nil
}

// Set stores a value under a name.
func (x *tx) Set(_ context.Context, name, value string) error {
	x.settings[name] = value
	return nil
}

// Retime stores when a ticket's next clock is due, and nothing else.
func (x *tx) Retime(_ context.Context, t *ticket.Ticket) error {
	if old, ok := x.tickets[t.ID]; ok && old.Version == t.Version {
		retimed := Clone(old)
		retimed.NextDue = copied(t.NextDue)
		x.tickets[t.ID] = retimed
	}
	return nil
}

// Meet stores what is now known of a person. What is left empty stays as it was known before.
func (x *tx) Meet(_ context.Context, who ticket.Acquaintance) error {
	key := personKey{who.Tenant, who.ID}
	old := x.people[key]
	who.Name, who.ObjectID = cmp.Or(who.Name, old.Name), cmp.Or(who.ObjectID, old.ObjectID)
	who.Locale, who.Zone = cmp.Or(who.Locale, old.Locale), cmp.Or(who.Zone, old.Zone)
	who.Mail, who.SignIn, who.OwnMail, who.MailDue = old.Mail, old.SignIn, old.OwnMail, old.MailDue
	x.people[key] = who
	return nil
}

// LearnMail stores what the organisation says of a person's addresses.
func (x *tx) LearnMail(_ context.Context, who ticket.Acquaintance) error {
	key := personKey{who.Tenant, who.ID}
	if known, ok := x.people[key]; ok {
		known.Mail, known.SignIn, known.MailDue = strings.ToLower(who.Mail), strings.ToLower(who.SignIn), who.MailDue
		x.people[key] = known
	}
	return nil
}

// SayMail stores the address that a person has given.
func (x *tx) SayMail(_ context.Context, who ticket.Acquaintance) error {
	key := personKey{who.Tenant, who.ID}
	if known, ok := x.people[key]; ok {
		known.OwnMail = strings.ToLower(who.OwnMail)
		x.people[key] = known
	}
	return nil
}

// SaveAbsence stores the absence of a person in place of an earlier one.
func (x *tx) SaveAbsence(_ context.Context, absence ticket.Absence) error {
	x.absences[personKey{absence.Tenant, absence.Person.ID}] = absence
	return nil
}

// EndAbsence forgets the absence of a person.
func (x *tx) EndAbsence(_ context.Context, tenant, person string) error {
	delete(x.absences, personKey{tenant, person})
	return nil
}

// Welcome tells whether the place has not been welcomed before.
func (x *tx) Welcome(_ context.Context, place ticket.Place) (bool, error) {
	first := !x.welcomed[place]
	x.welcomed[place] = true
	return first, nil
}

// AddPost stores a post; a message that is stored already keeps its post and
// shows the ticket from now on.
func (x *tx) AddPost(_ context.Context, post *ticket.Post) error {
	for i, old := range x.posts {
		if post.Activity != "" && old.Activity == post.Activity && old.Place == post.Place {
			post.ID = old.ID
			x.posts[i] = *post
			return nil
		}
	}
	x.lastPost++
	post.ID = x.lastPost
	x.posts = append(x.posts, *post)
	return nil
}

// SavePost stores what was sent; a post that was forgotten meanwhile stays so.
func (x *tx) SavePost(_ context.Context, post ticket.Post) error {
	for i, old := range x.posts {
		if old.ID == post.ID {
			post.Noticed = old.Noticed
			x.posts[i] = post
		}
	}
	return nil
}

// HoldPosts holds the posts of the wish that nobody else needs.
func (x *tx) HoldPosts(_ context.Context, hold ticket.Hold) ([]ticket.Post, error) {
	var held []ticket.Post
	for i, post := range x.posts {
		filled := slices.ContainsFunc(x.forms, func(form ticket.OpenForm) bool {
			return form.Tenant == post.Tenant && form.Conversation == post.Conversation && form.Activity == post.Activity && form.Until.After(hold.Now)
		})
		if !slices.Contains(hold.Posts, post.ID) || post.Tenant != hold.Tenant || post.Number != hold.Number || post.Activity == "" ||
			post.Shown >= hold.Version || post.Held.After(hold.Now) || filled {
			continue
		}
		x.posts[i].Held = hold.Until
		held = append(held, x.posts[i])
	}
	return held, nil
}

// OpenForm notes that a form is open.
func (x *tx) OpenForm(ctx context.Context, form ticket.OpenForm) error {
	if _, err := x.CloseForm(ctx, form); err != nil {
		return err
	}
	x.forms = append(x.forms, form)
	return nil
}

// CloseForm ends a person's form on a message.
func (x *tx) CloseForm(_ context.Context, closed ticket.OpenForm) (bool, error) {
	before := len(x.forms)
	x.forms = slices.DeleteFunc(x.forms, func(form ticket.OpenForm) bool {
		return form.Tenant == closed.Tenant && form.Conversation == closed.Conversation && form.Activity == closed.Activity && form.Person == closed.Person
	})
	return len(x.forms) < before, nil
}

// ForgetPost removes a post whose message is gone.
func (x *tx) ForgetPost(_ context.Context, id int64) error {
	x.posts = slices.DeleteFunc(x.posts, func(post ticket.Post) bool { return post.ID == id })
	return nil
}

// Clone gives a copy of a ticket that shares nothing with it.
func Clone(t *ticket.Ticket) *ticket.Ticket {
	c := *t
	c.Users, c.DueAt, c.DueSince = copied(t.Users), copied(t.DueAt), copied(t.DueSince)
	c.Override, c.Owner = copied(t.Override), copied(t.Owner)
	c.AcknowledgedAt, c.CustomerToldAt = copied(t.AcknowledgedAt), copied(t.CustomerToldAt)
	c.ResolvedAt, c.ClosedAt, c.StatusAt = copied(t.ResolvedAt), copied(t.ClosedAt), copied(t.StatusAt)
	c.Origin = copied(t.Origin)
	c.Gathered, c.CustomerWroteAt = maps.Clone(t.Gathered), copied(t.CustomerWroteAt)
	c.Marks, c.Reminded = maps.Clone(t.Marks), maps.Clone(t.Reminded)
	c.NextDue, c.Snoozes, c.Unreached = copied(t.NextDue), maps.Clone(t.Snoozes), slices.Clone(t.Unreached)
	c.Following = copied(t.Following)
	c.Escalations = slices.Clone(t.Escalations)
	for i, e := range c.Escalations {
		e.Reasons, e.EndedBy, e.EndedAt = slices.Clone(e.Reasons), copied(e.EndedBy), copied(e.EndedAt)
		e.Climbs, e.Questions, e.Options = slices.Clone(e.Climbs), slices.Clone(e.Questions), slices.Clone(e.Options)
		e.AcceptedBy, e.AcceptedAt, e.FirstAnswerAt = copied(e.AcceptedBy), copied(e.AcceptedAt), copied(e.FirstAnswerAt)
		c.Escalations[i] = e
	}
	return &c
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
