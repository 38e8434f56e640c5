package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// MaxLinked is how many tickets can follow one.
const MaxLinked = 100

// FieldLink is the field of a form with the number of the ticket to follow.
const FieldLink = "link"

// Linked is what became of a link between two tickets.
type Linked struct {
	Follower, Leader *Ticket
	// Along are the numbers of the tickets that followed the follower, and now follow
	// its leader as well.
	Along []int64
	// Already tells that it follows that one anyway, so that nothing changed.
	Already bool
}

// errLinksMoved tells that somebody linked one of the tickets while they were locked.
var errLinksMoved = errors.New("the links have changed meanwhile")

// mostLinkTries is how often it is tried to lock tickets whose links change.
const mostLinkTries = 5

// Link makes a ticket follow another one: the same trouble is worked on once. There
// is one level: where the other one follows a third, the ticket follows that, and
// what followed the ticket goes along. Linked again to the same one, it changes nothing.
//
// Who may change the follower may link it; the leader's owner is told. A closed ticket
// may follow, and counts nothing until it is opened again.
func (d *Desk) Link(ctx context.Context, by Actor, press Press, to int64) (Linked, error) {
	return d.linking(ctx, press, func(tx Tx, l *Linked) error { return d.link(ctx, tx, by, press, to, l) })
}

// Unlink ends that a ticket follows another one. It stands alone again where it is by
// itself. Who may change one of the two may do so.
func (d *Desk) Unlink(ctx context.Context, by Actor, press Press) (Linked, error) {
	return d.linking(ctx, press, func(tx Tx, l *Linked) error { return d.unlink(ctx, tx, by, press, l) })
}

// linking changes links in one transaction, again where they have changed meanwhile.
func (d *Desk) linking(ctx context.Context, press Press, how func(tx Tx, l *Linked) error) (Linked, error) {
	var l Linked
	var err error
	for range mostLinkTries {
		err = d.Store.InTx(ctx, func(tx Tx) error {
			l = Linked{}
			return how(tx, &l)
		})
		if !errors.Is(err, errLinksMoved) {
			break
		}
	}
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, errLinksMoved):
		return Linked{}, &Error{Kind: Stale, Message: "error.link_busy", Args: map[string]any{"Ticket": press.String()}}
	case errors.Is(err, ErrRepeated):
		t, err := d.repeated(ctx, press)
		return Linked{Follower: t}, err
	case KindOf(err) == Internal:
		return Linked{}, fmt.Errorf("change the links of %s: %w", press.ID, err)
	}
	return l, err
}

func (d *Desk) link(ctx context.Context, tx Tx, by Actor, press Press, to int64, l *Linked) error {
	held, err := lockLinks(ctx, tx, by.Tenant, press.ID, to)
	if err != nil {
		return err
	}
	t := held.of[press.Number]
	if err := d.timely(ctx, tx, t, press); err != nil {
		return err
	}
	leader := held.of[to]
	if leader.Leader != 0 {
		leader = held.of[leader.Leader]
	}
	l.Follower, l.Leader = t, leader
	if l.Already = t.Leader == leader.Number; l.Already {
		return nil
	}
	if err := d.linkable(ctx, tx, by, held, t, to, leader); err != nil {
		return err
	}
	// What followed the ticket goes along, and is kept before the leader counts.
	key := press.Key
	for _, follower := range append([]*Ticket{t}, held.followers...) {
		if err := d.followed(ctx, tx, by, follower, leader, press, key); err != nil {
			return err
		}
		if key = ""; follower != t {
			l.Along = append(l.Along, follower.Number)
		}
	}
	return d.recount(ctx, tx, by, leader, func(c *Change) {
		for _, follower := range append([]*Ticket{t}, held.followers...) {
			c.note(EntryLeads, "", "", follower.String(), follower.Title)
		}
	})
}

// followed has a locked ticket follow the leader from now on.
func (d *Desk) followed(ctx context.Context, tx Tx, by Actor, t, leader *Ticket, press Press, key string) error {
	was, c := *t, d.change(t, by)
	from := ""
	if t.Leader != 0 {
		from = Number(t.Leader)
	}
	t.Leader = leader.Number
	c.note(EntryLinked, "", from, leader.String(), leader.Title)
	c.count(nil)
	return d.keepLink(ctx, tx, c, &was, press, key)
}

// recount has a locked ticket count anew those that follow it, with what the history says of that.
func (d *Desk) recount(ctx context.Context, tx Tx, by Actor, leader *Ticket, say func(c *Change)) error {
	followers, err := tx.LinkedTo(ctx, leader.ID)
	if err != nil {
		return err
	}
	was, c := *leader, d.change(leader, by)
	say(c)
	c.count(followers)
	return d.keepLink(ctx, tx, c, &was, Press{}, "")
}

// keepLink stores the change of one of the tickets.
func (d *Desk) keepLink(ctx context.Context, tx Tx, c *Change, was *Ticket, press Press, key string) error {
	c.Ticket.UpdatedAt = c.At
	if press.ID == c.Ticket.ID && press.Form.Activity != "" {
		if _, err := tx.CloseForm(ctx, press.Form); err != nil {
			return err
		}
	}
	return d.keep(ctx, tx, c, was, key)
}

// timely is nil where a click is not too late; [ErrRepeated] for one that was served before.
func (d *Desk) timely(ctx context.Context, tx Tx, t *Ticket, press Press) error {
	if press.Version == t.Version {
		return nil
	}
	done, err := d.late(ctx, tx, t, press)
	if done {
		return ErrRepeated
	}
	return err
}

// linkable is nil where the ticket may be linked to the leader of the one that was named.
func (d *Desk) linkable(ctx context.Context, tx Tx, by Actor, held *heldLinks, t *Ticket, to int64, leader *Ticket) error {
	actor, err := d.acting(ctx, tx, by, t)
	if err != nil {
		return err
	}
	if err := d.change(t, actor).entitled(); err != nil {
		return err
	}
	with := map[string]any{"Ticket": t.String(), "Leader": leader.String()}
	switch {
	case leader == t:
		with["Leader"] = Number(to)
		return linkFault("error.link_ring", with)
	case t.Leader != 0:
		with["Leader"] = Number(t.Leader)
		return linkFault("error.link_other", with)
	case leader.State == Closed:
		return linkFault("error.link_closed", with)
	}
	others := 0
	if leader.Following != nil {
		others = leader.Following.Tickets
	}
	if others+1+len(held.followers) > MaxLinked {
		with["Limit"] = MaxLinked
		return linkFault("error.link_many", with)
	}
	return nil
}

func linkFault(message string, with map[string]any) error {
	return Faults{fault(FieldLink, message, with)}
}

func (d *Desk) unlink(ctx context.Context, tx Tx, by Actor, press Press, l *Linked) error {
	if press.Tenant != by.Tenant {
		return ErrNotFound(press.Number)
	}
	before, err := tx.Ticket(ctx, press.ID)
	if err != nil {
		return err
	}
	numbers := []int64{press.Number}
	if before.Leader != 0 {
		numbers = append(numbers, before.Leader)
	}
	of, err := lockAll(ctx, tx, press.Tenant, numbers)
	if err != nil {
		return err
	}
	t := of[press.Number]
	if err := d.timely(ctx, tx, t, press); err != nil {
		return err
	}
	if t.Leader != before.Leader {
		return errLinksMoved
	}
	if t.Leader == 0 {
		return unmet("error.link_none", map[string]any{"Ticket": t.String()})
	}
	leader := of[t.Leader]
	if err := d.partable(ctx, tx, by, t, leader); err != nil {
		return err
	}
	l.Follower, l.Leader = t, leader
	was, c := *t, d.change(t, by)
	t.Leader = 0
	c.note(EntryUnlinked, "", leader.String(), "", leader.Title)
	c.derive()
	if err := d.keepLink(ctx, tx, c, &was, press, press.Key); err != nil {
		return err
	}
	return d.recount(ctx, tx, by, leader, func(c *Change) { c.note(EntryParted, "", t.String(), "", t.Title) })
}

// partable is nil where the actor may change one of the two tickets.
func (d *Desk) partable(ctx context.Context, tx Tx, by Actor, t, leader *Ticket) error {
	actor, err := d.acting(ctx, tx, by, t)
	if err != nil {
		return err
	}
	refused := d.change(t, actor).entitled()
	if refused == nil {
		return nil
	}
	if actor, err = d.acting(ctx, tx, by, leader); err != nil {
		return err
	}
	if leader.MayChange(actor) {
		return nil
	}
	return refused
}

// heldLinks are tickets that are locked to be linked.
type heldLinks struct {
	of map[int64]*Ticket
	// followers are those that follow the ticket which is linked.
	followers []*Ticket
}

// lockLinks locks the ticket, the one that it is to follow, that one's leader and what
// follows the ticket: all in the order of their numbers, so that no two of them wait
// for each other. What nobody had read before they were locked is left to the next try.
func lockLinks(ctx context.Context, tx Tx, tenant string, id ID, to int64) (*heldLinks, error) {
	if id.Tenant != tenant {
		return nil, ErrNotFound(id.Number)
	}
	t, err := tx.Ticket(ctx, id)
	if err != nil {
		return nil, err
	}
	if to == id.Number {
		return nil, linkFault("error.link_self", map[string]any{"Ticket": t.String()})
	}
	other, err := tx.Ticket(ctx, ID{Tenant: tenant, Number: to})
	if KindOf(err) == NotFound {
		return nil, linkFault("error.not_found", map[string]any{"Ticket": Number(to)})
	}
	if err != nil {
		return nil, err
	}
	numbers := []int64{id.Number, to}
	if other.Leader != 0 {
		numbers = append(numbers, other.Leader)
	}
	before, err := tx.LinkedTo(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, follower := range before {
		numbers = append(numbers, follower.Number)
	}
	held := &heldLinks{}
	if held.of, err = lockAll(ctx, tx, tenant, numbers); err != nil {
		return nil, err
	}
	now, err := tx.LinkedTo(ctx, id)
	if err != nil {
		return nil, err
	}
	if held.of[to].Leader != other.Leader || !slices.EqualFunc(before, now, func(a, b *Ticket) bool { return a.Number == b.Number }) {
		return nil, errLinksMoved
	}
	for _, follower := range now {
		held.followers = append(held.followers, held.of[follower.Number])
	}
	return held, nil
}

// lockAll locks tickets in the order of their numbers.
func lockAll(ctx context.Context, tx Tx, tenant string, numbers []int64) (map[int64]*Ticket, error) {
	slices.Sort(numbers)
	of := make(map[int64]*Ticket, len(numbers))
	for _, number := range slices.Compact(numbers) {
		t, err := tx.Lock(ctx, ID{Tenant: tenant, Number: number})
		if err != nil {
			return nil, err
		}
		of[number] = t
	}
	return of, nil
}

// ParseLink reads the number of the ticket to follow, as typed into a form.
func ParseLink(typed string) (int64, error) {
	number, ok := ParseNumber(line(typed))
	if !ok {
		return 0, Faults{fault(FieldLink, "error.link_required", nil)}
	}
	return number, nil
}

// Linkable is nil where the actor may link the ticket, open or closed.
func (c *Change) Linkable() error { return c.entitled() }

// CountLinked has a ticket count anew those that follow it, after one of them changed.
type CountLinked struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
}

// ShowLinked brings the cards of those that follow a ticket to its newest state.
type ShowLinked struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
}

// Kind gives the stored word of the job.
func (CountLinked) Kind() string { return "link.count" }

// Kind gives the stored word of the job.
func (ShowLinked) Kind() string { return "link.show" }

// linkTasks gives what a change means for the tickets that are linked with its own:
// they are looked at by jobs of their own, for a turn has locked this one already.
func (c *Change) linkTasks(was *Ticket) []Task {
	t := c.Ticket
	var tasks []Task
	state := t.State != was.State
	if t.Leader != 0 && t.Leader == was.Leader &&
		(state || number(t.Users) != number(was.Users) || instant(t.DueAt) != instant(was.DueAt) || t.Customer != was.Customer) {
		tasks = append(tasks, Task{Job: CountLinked{Tenant: t.Tenant, Number: t.Leader}})
	}
	if t.Following == nil {
		return tasks
	}
	if state && t.State == Open {
		tasks = append(tasks, Task{Job: CountLinked{Tenant: t.Tenant, Number: t.Number}}) // nothing counted while it was closed
	}
	if state || t.Step != was.Step || t.Class() != was.Class() || t.Title != was.Title {
		tasks = append(tasks, Task{Job: ShowLinked{Tenant: t.Tenant, Number: t.Number}})
	}
	return tasks
}

// CountLinked does the job of counting anew. A closed ticket keeps what it had: it
// ends with those that follow it, and nobody needs to hear of another class then.
func (d *Desk) CountLinked(ctx context.Context, job CountLinked) error {
	id := ID(job)
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		followers, err := tx.LinkedTo(ctx, id)
		if err != nil {
			return err
		}
		was, c := *t, d.change(t, Handrail(t.Tenant))
		if t.State == Closed || !c.count(followers) {
			return tx.Later(ctx, Task{Job: RefreshCards(job)})
		}
		tallied := Entry{
			Version: t.Version + 1, At: c.At, By: c.By.Person, Kind: EntryTallied,
			From: number(was.Affected()), To: number(t.Affected()),
		}
		c.entries = slices.Insert(c.entries, 0, tallied)
		return d.keepLink(ctx, tx, c, &was, Press{}, "")
	})
	if err != nil {
		return fmt.Errorf("count what follows %s: %w", id, err)
	}
	return nil
}

// ShowLinked does the job of bringing the cards of those that follow up to date.
func (d *Desk) ShowLinked(ctx context.Context, job ShowLinked) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		followers, err := tx.LinkedTo(ctx, ID(job))
		if err != nil {
			return err
		}
		tasks := make([]Task, len(followers))
		for i, t := range followers {
			tasks[i] = Task{Job: RefreshCards{Tenant: t.Tenant, Number: t.Number}, Many: true}
		}
		return tx.Later(ctx, tasks...)
	})
	if err != nil {
		return fmt.Errorf("show what follows %s: %w", Number(job.Number), err)
	}
	return nil
}
