package ticket

import (
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Change is one person's change of one ticket at one moment. Its methods are
// the only way to change a ticket: each checks the person's right and the
// rules, changes the ticket and writes the history. A method that returns an
// error has changed nothing.
type Change struct {
	Ticket *Ticket
	By     Actor
	At     time.Time
	Policy Policy
	// Guard reads what the change says to the customer.
	Guard Guard
	// Anyway is why words go to the customer although the guard holds them back;
	// empty where nobody has said so.
	Anyway string
	// From is where the change was asked for; zero where that does not matter. What
	// everybody in a conversation was asked, they can answer there.
	From Place
	// message is the one whose button was pressed for the change; empty for a command.
	message string

	entries []Entry
	tasks   []Task
	// texts are kept with the change.
	texts []*Draft
	// written gives the ticket's article, and article is the one to be kept.
	written func() (Article, bool, error)
	article *Article
	// here is told of the change where nobody follows the ticket.
	here *Place
	// route tells who stands behind a level; nil where nobody can be asked.
	route func(Level) (Route, bool, error)
	// climbs has the open escalation go on to the next one.
	climbs bool
	// renews has the ticket get a new record.
	renews bool
	// files are the ticket's attachments, and dropped those that it loses.
	files, dropped []Attachment
}

// Then has jobs done with the change, if it is kept.
func (c *Change) Then(jobs ...Job) {
	for _, job := range jobs {
		c.tasks = append(c.tasks, Task{Job: job})
	}
}

// Entries gives the history lines of what was changed so far.
func (c *Change) Entries() []Entry { return slices.Clone(c.entries) }

func (c *Change) note(kind EntryKind, subject, from, to, note string) {
	c.entries = append(c.entries, Entry{
		Version: c.Ticket.Version + 1, At: c.At, By: c.By.Person,
		Kind: kind, Subject: subject, From: from, To: to, Note: note,
	})
}

// Allowed is nil where the actor may change the open ticket.
func (c *Change) Allowed() error {
	if t := c.Ticket; t.State == Closed {
		return unmet("error.already_closed", map[string]any{"Ticket": t.String()})
	}
	return c.entitled()
}

// entitled is nil where the actor may change the ticket, open or closed.
func (c *Change) entitled() error {
	t := c.Ticket
	switch {
	case t.MayChange(c.By):
		return nil
	case t.Owner == nil:
		return forbidden("error.unowned", map[string]any{"Ticket": t.String()})
	default:
		return forbidden("error.not_owner", map[string]any{"Ticket": t.String(), "Owner": t.Owner.Name})
	}
}

// Take makes the actor the owner of an open ticket that has none.
func (c *Change) Take() error {
	t := c.Ticket
	switch {
	case t.State == Closed:
		return unmet("error.already_closed", map[string]any{"Ticket": t.String()})
	case t.OwnedBy(c.By.Person):
		return &Error{Kind: Invalid, Message: "error.unchanged", Args: map[string]any{"Ticket": t.String()}}
	case t.Owner != nil:
		return forbidden("error.already_owned", map[string]any{"Ticket": t.String(), "Owner": t.Owner.Name})
	}
	c.own(EntryTaken, c.By.Person, "", "")
	return nil
}

// Assign gives the ticket to another person. One that nobody owns is assigned
// by a lead; anyone else can only take it.
func (c *Change) Assign(to Person) error { return c.give(EntryAssigned, to, "") }

// HandOver gives the ticket to another person as [Change.Assign] does, with a
// word to them, which may be empty.
func (c *Change) HandOver(to Person, note string) error { return c.give(EntryHandedOver, to, note) }

func (c *Change) give(kind EntryKind, to Person, note string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	t := c.Ticket
	if to.ID == "" {
		return fault(FieldPerson, "error.person_required", nil)
	}
	if t.OwnedBy(to) {
		return &Error{Kind: Invalid, Message: "error.already_owned", Args: map[string]any{"Ticket": t.String(), "Owner": t.Owner.Name}}
	}
	from := ""
	if t.Owner != nil {
		from = t.Owner.Name
	}
	c.own(kind, to, from, note)
	return nil
}

func (c *Change) own(kind EntryKind, to Person, from, note string) {
	if old := c.Ticket.Owner; old != nil {
		c.Ticket.Unreached = slices.DeleteFunc(slices.Clone(c.Ticket.Unreached), func(u Unreached) bool { return u.about(Place{}, *old) })
	}
	c.Ticket.Owner, c.Ticket.OwnerAway = &to, false
	c.note(kind, "", from, to.Name, note)
	if _, marked := c.Ticket.Marks[ItemOwner]; marked {
		c.set(ItemOwner, Done, Evidence{Words: to.Name})
	} else {
		c.mark(ItemOwner, Done, Evidence{Words: to.Name})
	}
}

// Edit replaces the facts of the intake; the class is derived again.
func (c *Change) Edit(facts Facts) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	t, before := c.Ticket, len(c.entries)
	edit := func(field, from, to string) {
		if from != to {
			c.note(EntryEdited, field, from, to, "")
		}
	}
	edit(FieldTitle, t.Title, facts.Title)
	edit(FieldCustomer, t.Customer, facts.Customer)
	edit(FieldDetails, t.Details, facts.Details)
	edit(FieldUsers, number(t.Users), number(facts.Users))
	edit(FieldDate, instant(t.DueAt), instant(facts.DueAt))
	if len(c.entries) == before {
		return &Error{Kind: Invalid, Message: "error.unchanged", Args: map[string]any{"Ticket": t.String()}}
	}
	c.take(facts)
	return nil
}

// take puts the facts on the ticket and derives its class.
func (c *Change) take(facts Facts) {
	t, old := c.Ticket, c.Ticket.Class()
	t.Title, t.Customer, t.Details, t.Users = facts.Title, facts.Customer, facts.Details, facts.Users
	if instant(t.DueAt) != instant(facts.DueAt) {
		t.DueAt, t.DueSince = facts.DueAt, nil
		if facts.DueAt != nil {
			since := c.At
			t.DueSince = &since
		}
	}
	c.derive()
	if now := t.Class(); old != "" && now != old {
		c.reclass(old, "")
	}
}

// reclass writes down that the class in force is another one.
func (c *Change) reclass(old Class, note string) {
	now := string(c.Ticket.Class())
	c.note(EntryClass, "", string(old), now, note)
	if _, marked := c.Ticket.Marks[ItemClass]; marked {
		c.set(ItemClass, Done, Evidence{Choice: now})
	}
}

// OverrideClass sets the class of service against the rule, with a reason. The
// derived class with a reason ends the override.
func (c *Change) OverrideClass(class Class, reason string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	var faults Faults
	if !class.Valid() {
		faults = append(faults, fault(FieldClass, "error.class_unknown", nil))
	}
	reason, faults = needReason(reason, faults)
	if len(faults) > 0 {
		return faults
	}
	t := c.Ticket
	old := t.Class()
	if class == old && (t.Override == nil || class != t.Derived) {
		return Faults{fault(FieldClass, "error.unchanged", map[string]any{"Ticket": t.String()})}
	}
	t.Override = &Override{Class: class, Reason: reason, By: c.By.Person, At: c.At}
	if class == t.Derived {
		t.Override = nil
	}
	c.reclass(old, reason)
	return nil
}

// Tick marks an item as done, with its evidence. Ticking it again replaces the
// evidence; the history keeps both.
func (c *Change) Tick(id ItemID, evidence Evidence) error {
	item, err := c.Item(id)
	if err != nil {
		return err
	}
	evidence.Words = Clean(evidence.Words)
	if faults := append(check(item, evidence), c.checkFiles(evidence)...); len(faults) > 0 {
		return faults
	}
	if item.TellsCustomer {
		if err := c.guarded(CustomerText{Text: evidence.Words}, c.Anyway); err != nil {
			return err
		}
	}
	told := c.Ticket.Marks[id].State == Done
	c.mark(id, Done, evidence)
	if item.TellsCustomer && !told {
		c.told()
	}
	if id == ItemCause && !c.Ticket.fixable() {
		delete(c.Ticket.Marks, ItemDecide) // the decision to fix stood on the cause
	}
	return nil
}

// Skip marks an item as skipped, with the reason.
func (c *Change) Skip(id ItemID, reason string) error {
	item, err := c.Item(id)
	if err != nil {
		return err
	}
	if item.Required {
		return unmet("error.required_item", map[string]any{"Item": string(id)})
	}
	reason, faults := needReason(reason, nil)
	if len(faults) > 0 {
		return faults
	}
	c.mark(id, Skipped, Evidence{Words: reason})
	return nil
}

// SkipRest skips every open item of the present step that may be skipped, with one reason.
func (c *Change) SkipRest(reason string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	items := c.Ticket.Skippable()
	if len(items) == 0 {
		return unmet("error.nothing_to_skip", nil)
	}
	reason, faults := needReason(reason, nil)
	if len(faults) > 0 {
		return faults
	}
	for _, item := range items {
		c.mark(item.ID, Skipped, Evidence{Words: reason})
	}
	return nil
}

// TellCustomer records a message to the customer that belongs to no item, such
// as the update every 24 hours, with how it was sent.
func (c *Change) TellCustomer(way, words string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	words = Clean(words)
	if faults := check(Item{Choices: Ways()}, Evidence{Choice: way, Words: words}); len(faults) > 0 {
		return faults
	}
	if err := c.guarded(CustomerText{Text: words}, c.Anyway); err != nil {
		return err
	}
	c.note(EntryCustomerTold, "", "", way, words)
	c.told()
	return nil
}

func (c *Change) told() {
	at := c.At
	c.Ticket.CustomerToldAt, c.Ticket.CustomerWroteAt = &at, nil
	if c.Ticket.AcknowledgedAt == nil {
		c.Ticket.AcknowledgedAt = &at
	}
}

// Item gives an item of the present step that the actor may deal with.
func (c *Change) Item(id ItemID) (Item, error) {
	if err := c.Allowed(); err != nil {
		return Item{}, err
	}
	item, ok := FindItem(id)
	switch {
	case !ok:
		return Item{}, &Error{Kind: Invalid, Message: "error.item_unknown"}
	case item.Step != c.Ticket.Step:
		return Item{}, &Error{Kind: Stale, Message: "error.item_other_step", Args: map[string]any{"Step": string(c.Ticket.Step)}}
	case item.Automatic:
		return Item{}, unmet("error.item_automatic", map[string]any{"Item": string(id)})
	case id == ItemDecide:
		return Item{}, unmet("error.item_decides", nil)
	}
	return item, nil
}

// mark marks an item and writes it down.
func (c *Change) mark(id ItemID, state MarkState, evidence Evidence) {
	kind := EntryDone
	if state == Skipped {
		kind = EntrySkipped
	}
	c.note(kind, string(id), c.Ticket.Marks[id].Choice, evidence.Choice, evidence.Words)
	c.set(id, state, evidence)
}

// set marks an item; alone where another line of the history says the same.
func (c *Change) set(id ItemID, state MarkState, evidence Evidence) {
	c.Ticket.Marks = maps.Clone(c.Ticket.Marks)
	if c.Ticket.Marks == nil {
		c.Ticket.Marks = map[ItemID]Mark{}
	}
	c.Ticket.Marks[id] = Mark{State: state, Evidence: evidence, By: c.By.Person, At: c.At}
}

// unmark takes the mark of an item away.
func (c *Change) unmark(id ItemID) {
	c.Ticket.Marks = maps.Clone(c.Ticket.Marks)
	delete(c.Ticket.Marks, id)
}

// check gives the faults of an item's evidence.
func check(item Item, evidence Evidence) Faults {
	var faults Faults
	chooses := len(item.Choices) > 0 || evidence.Choice != ""
	if chooses && !slices.Contains(item.Choices, evidence.Choice) {
		faults = append(faults, fault(FieldChoice, "error.choice_unknown", nil))
	}
	switch n := utf8.RuneCountInString(evidence.Words); {
	case n == 0 && !item.WordsOptional && len(evidence.Files) == 0:
		faults = append(faults, fault(FieldWords, "error.evidence_required", nil))
	case n > MaxEvidence:
		faults = append(faults, fault(FieldWords, "error.evidence_long", map[string]any{"Limit": MaxEvidence, "Length": n}))
	}
	return faults
}

// checkFiles gives the fault of evidence that names files which the ticket does not have.
func (c *Change) checkFiles(evidence Evidence) Faults {
	for _, id := range evidence.Files {
		if !slices.ContainsFunc(c.files, func(a Attachment) bool { return a.ID == id }) {
			return Faults{fault(FieldFiles, "error.file_unknown", nil)}
		}
	}
	return nil
}

// needReason gives the reason as it is stored, and the faults with those of the reason.
func needReason(reason string, faults Faults) (string, Faults) {
	reason = Clean(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n == 0:
		faults = append(faults, fault(FieldReason, "error.reason_required", nil))
	case n > MaxReason:
		faults = append(faults, fault(FieldReason, "error.reason_long", map[string]any{"Limit": MaxReason, "Length": n}))
	}
	return reason, faults
}

// needNote gives a word to somebody as it is stored, which may be empty, and
// the faults with those of the word.
func needNote(note string, faults Faults) (string, Faults) {
	note = Clean(note)
	if n := utf8.RuneCountInString(note); n > MaxReason {
		faults = append(faults, fault(FieldNote, "error.note_long", map[string]any{"Limit": MaxReason, "Length": n}))
	}
	return note, faults
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func instant(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
