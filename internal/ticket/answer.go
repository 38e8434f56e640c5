package ticket

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Escalating says to whom a ticket is escalated, and why.
type Escalating struct {
	Level   Level
	Reasons []Reason
	// Ask is what is asked of them, in a few words.
	Ask string
	// Text is the draft that is sent; 0 where the ask is all.
	Text DraftID
	// Options are what management chooses from.
	Options []Option
	// Alone tells that the owner asks by themselves: nobody gets a card.
	Alone bool
}

// Escalate hands a question to a level. A ticket in Diagnosis waits there for the
// answer; no later step can be completed without it. Unless the owner asks by
// themselves, somebody has to stand behind the level.
func (c *Change) Escalate(to Escalating) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	t := c.Ticket
	if open, ok := t.Escalation(); ok {
		return unmet("error.escalation_open", map[string]any{"Level": string(open.Level)})
	}
	to.Ask = Clean(to.Ask)
	if faults := to.check(); len(faults) > 0 {
		return faults
	}
	if _, ok, err := c.routed(to.Level); err != nil || !ok && !to.Alone {
		if err == nil {
			err = Faults{fault(FieldLevel, "error.route_none", map[string]any{"Level": string(to.Level)})}
		}
		return err
	}
	t.Escalations = append(slices.Clone(t.Escalations), Escalation{
		Level: to.Level, Reasons: slices.Clone(to.Reasons), Ask: to.Ask, By: c.By.Person, At: c.At,
		Text: to.Text, Options: slices.Clone(to.Options), Alone: to.Alone,
	})
	if t.Step == Diagnosis {
		c.unmark(ItemDecide)
	}
	c.note(EntryEscalated, joinReasons(to.Reasons), "", string(to.Level), to.Ask)
	return nil
}

func (e Escalating) check() Faults {
	var faults Faults
	if len(e.Reasons) == 0 {
		faults = append(faults, fault(FieldReasons, "error.reasons_required", nil))
	}
	for _, reason := range e.Reasons {
		if !slices.Contains(Reasons(), reason) {
			faults = append(faults, fault(FieldReasons, "error.choice_unknown", nil))
		}
	}
	if !slices.Contains(Levels(), e.Level) {
		faults = append(faults, fault(FieldLevel, "error.level_unknown", nil))
	}
	return append(faults, check(Item{}, Evidence{Words: e.Ask})...)
}

func joinReasons(reasons []Reason) string {
	words := make([]string, len(reasons))
	for i, reason := range reasons {
		words[i] = string(reason)
	}
	return joinWords(words)
}

// joinWords puts words into one field of the history.
func joinWords(words []string) string { return strings.Join(words, ",") }

// routed gives who stands behind a level. A change that knows no routes takes
// it that somebody does.
func (c *Change) routed(level Level) (Route, bool, error) {
	if c.route == nil {
		return Route{Level: level}, true, nil
	}
	return c.route(level)
}

// Accept takes an escalation on: it climbs no more, and whoever took it owes the answer.
func (c *Change) Accept(number int) error {
	e, err := c.answering(number)
	if err != nil {
		return err
	}
	if by := e.AcceptedBy; by != nil && by.same(c.By.Person) {
		return &Error{Kind: Invalid, Message: "error.unchanged", Args: map[string]any{"Ticket": c.Ticket.String()}}
	} else if by != nil {
		return taken(*e)
	}
	by, at := c.By.Person, c.At
	e.AcceptedBy, e.AcceptedAt = &by, &at
	c.answered(e)
	c.note(EntryAccepted, strconv.Itoa(number), string(e.Level), by.Name, "")
	return nil
}

// Ask asks the owner for what has to be known before the answer; here is where
// it was asked. The escalation climbs no more until the owner has replied.
func (c *Change) Ask(number int, words string, here Place) error {
	e, err := c.answering(number)
	if err != nil {
		return err
	}
	if open, ok := e.Question(); ok {
		return &Error{Kind: Stale, Message: "error.question_open", Args: map[string]any{"By": open.By.Name, "At": open.At}}
	}
	words = Clean(words)
	if faults := check(Item{}, Evidence{Words: words}); len(faults) > 0 {
		return faults
	}
	e.Questions = append(slices.Clone(e.Questions), Question{By: c.By.Person, At: c.At, Words: words, Place: here})
	c.answered(e)
	c.note(EntryAsked, strconv.Itoa(number), string(e.Level), "", words)
	return nil
}

// Reply answers the question that waits for the owner, and has whoever asked it told.
func (c *Change) Reply(number int, words string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	if number == 0 {
		return unmet("error.question_none", nil)
	}
	e, err := c.ofOpen(number)
	if err != nil {
		return err
	}
	if _, ok := e.Question(); !ok {
		return unmet("error.question_none", nil)
	}
	words = Clean(words)
	if faults := check(Item{}, Evidence{Words: words}); len(faults) > 0 {
		return faults
	}
	by, at := c.By.Person, c.At
	e.Questions = slices.Clone(e.Questions)
	last := len(e.Questions) - 1
	q := &e.Questions[last]
	q.Answer, q.AnsweredBy, q.AnsweredAt = words, &by, &at
	c.note(EntryReplied, strconv.Itoa(number), string(e.Level), q.By.Name, words)
	c.Then(TellReply{Tenant: c.Ticket.Tenant, Number: c.Ticket.Number, Escalation: number, Question: last + 1})
	return nil
}

// Decline gives an escalation back unanswered, with the reason.
func (c *Change) Decline(number int, reason string) error {
	if _, err := c.answering(number); err != nil {
		return err
	}
	reason, faults := needReason(reason, nil)
	if len(faults) > 0 {
		return faults
	}
	e := c.escalation(number)
	e.Declined = reason
	c.endEscalation(e, EntryDeclined, reason)
	return nil
}

// Reassign hands an escalation on to another person, or with none to another
// level. It climbs from there.
func (c *Change) Reassign(number int, to *Person, level Level, reason string) error {
	e, err := c.answering(number)
	if err != nil {
		return err
	}
	reason, faults := needNote(reason, nil)
	climb := Climb{Kind: ClimbReassign, Level: level, Person: to, Why: reason}
	turn, _ := e.Turn()
	switch {
	case to != nil:
		if climb.Level = e.Level; turn.Level != "" {
			climb.Level = turn.Level
		}
		if c.isAsker(e, *to) {
			faults = append(faults, fault(FieldPerson, "error.reassign_asker", map[string]any{"Name": to.Name}))
		}
	case level == turn.Level || !slices.Contains(Levels(), level):
		faults = append(faults, fault(FieldPerson, "error.person_required", nil))
	default:
		route, ok, err := c.routed(level)
		if err != nil {
			return err
		}
		if !ok {
			faults = append(faults, fault(FieldLevel, "error.route_none", map[string]any{"Level": string(level)}))
		} else if first := slices.IndexFunc(route.People, func(p Person) bool { return !c.isAsker(e, p) }); first >= 0 {
			climb.Person = &route.People[first]
		}
	}
	if len(faults) > 0 {
		return faults
	}
	e.AcceptedBy, e.AcceptedAt = nil, nil
	c.answered(e)
	c.climb(number, climb)
	c.entries[len(c.entries)-1].Kind = EntryReassigned
	return nil
}

// Decide chooses one of an escalation's options, with a comment that may be empty.
// The words of the option are the answer.
func (c *Change) Decide(number, option int, comment string) error {
	e, err := c.answering(number)
	if err != nil {
		return err
	}
	comment = Clean(comment)
	var faults Faults
	if option < 1 || option > len(e.Options) {
		faults = append(faults, fault(FieldOption, "error.option_required", nil))
	}
	if n := utf8.RuneCountInString(comment); n > MaxEvidence {
		faults = append(faults, fault(FieldWords, "error.evidence_long", map[string]any{"Limit": MaxEvidence, "Length": n}))
	}
	if len(faults) > 0 {
		return faults
	}
	e.Chosen, e.Answer = option, e.Options[option-1].Words
	if comment != "" {
		e.Answer += "\n" + comment
	}
	c.endEscalation(e, EntryAnswered, e.Answer)
	return nil
}

// Result gives the answer of those who were asked: the ticket comes back to its owner.
func (c *Change) Result(number int, words string) error {
	if _, err := c.answering(number); err != nil {
		return err
	}
	return c.Answer(words)
}

// Answer records the answer to the open escalation: the ticket comes back to its
// owner. Those who were asked may, and the owner for what they were told elsewhere.
func (c *Change) Answer(words string) error {
	number := c.Ticket.openEscalation() + 1
	if err := c.escalated(); err != nil {
		if number == 0 || c.Ticket.State == Closed {
			return err
		}
		if _, mayNot := c.answering(number); mayNot != nil {
			return err
		}
	}
	words = Clean(words)
	if faults := check(Item{}, Evidence{Words: words}); len(faults) > 0 {
		return faults
	}
	e := c.escalation(number)
	e.Answer = words
	c.endEscalation(e, EntryAnswered, words)
	return nil
}

// Withdraw ends the open escalation without an answer, with the reason.
func (c *Change) Withdraw(reason string) error {
	if err := c.escalated(); err != nil {
		return err
	}
	reason, faults := needReason(reason, nil)
	if len(faults) > 0 {
		return faults
	}
	c.withdraw(reason)
	return nil
}

// withdraw ends the open escalation, if there is one.
func (c *Change) withdraw(reason string) {
	if i := c.Ticket.openEscalation(); i >= 0 {
		e := c.escalation(i + 1)
		e.Withdrawn = reason
		c.endEscalation(e, EntryWithdrawn, reason)
	}
}

func (c *Change) escalated() error {
	if err := c.Allowed(); err != nil {
		return err
	}
	if c.Ticket.openEscalation() < 0 {
		return unmet("error.escalation_none", nil)
	}
	return nil
}

// endEscalation ends an escalation whose answer is written already.
func (c *Change) endEscalation(e *Escalation, kind EntryKind, words string) {
	by, at := c.By.Person, c.At
	e.EndedBy, e.EndedAt = &by, &at
	if kind != EntryWithdrawn {
		c.answered(e)
	}
	level := e.Level
	if turn, asked := e.Turn(); asked {
		level = turn.Level
	}
	c.note(kind, string(e.Outcome()), string(level), "", words)
}

// answered notes that somebody has done something about an escalation.
func (c *Change) answered(e *Escalation) {
	if e.FirstAnswerAt == nil {
		at := c.At
		e.FirstAnswerAt = &at
	}
}

// ofOpen gives an escalation to be changed that has not ended.
func (c *Change) ofOpen(number int) (*Escalation, error) {
	t := c.Ticket
	if number < 1 || number > len(t.Escalations) {
		return nil, &Error{Kind: Invalid, Message: "error.item_unknown"}
	}
	if e := t.Escalations[number-1]; !e.Open() {
		return nil, &Error{Kind: Stale, Message: "error.escalation_over", Args: map[string]any{
			"Ticket": t.String(), "By": e.EndedBy.Name, "At": *e.EndedAt, "Outcome": string(e.Outcome()),
		}}
	}
	return c.escalation(number), nil
}

// answering gives an open escalation to be changed that the actor may answer:
// those who stand behind a level that was asked, whoever it was handed on to, and
// leads; where everybody in a conversation was asked, whoever answers there.
func (c *Change) answering(number int) (*Escalation, error) {
	e, err := c.ofOpen(number)
	if err != nil {
		return nil, err
	}
	if c.By.Lead || e.asked(c.By.Person) || e.askedAll(c.From) {
		return e, nil
	}
	var people []string
	for _, level := range e.Levels() {
		route, ok, err := c.routed(level)
		if err != nil {
			return nil, err
		}
		if ok && route.Has(c.By.Person) {
			return e, nil
		}
		for _, who := range route.People {
			people = append(people, who.Name)
		}
	}
	if len(people) == 0 {
		return nil, forbidden("error.escalation_others", map[string]any{"Level": string(e.Level)})
	}
	return nil, forbidden("error.escalation_people", map[string]any{"People": strings.Join(people, ", ")})
}

// askedAll tells whether everybody in the conversation was asked.
func (e Escalation) askedAll(place Place) bool {
	return place.Conversation != "" && slices.ContainsFunc(e.Climbs, func(c Climb) bool {
		return c.Kind.Asks() && c.Person == nil && c.Place.Tenant == place.Tenant && c.Place.Conversation == place.Conversation
	})
}

// asked tells whether it was the person's turn once, or they have taken it on.
func (e Escalation) asked(person Person) bool {
	return e.AcceptedBy != nil && e.AcceptedBy.same(person) ||
		slices.ContainsFunc(e.Climbs, func(c Climb) bool { return c.Kind.Asks() && c.Person != nil && c.Person.same(person) })
}

func taken(e Escalation) *Error {
	return &Error{Kind: Stale, Message: "error.escalation_taken", Args: map[string]any{"By": e.AcceptedBy.Name, "At": *e.AcceptedAt}}
}

// Trial gives a change of a copy of the ticket, which is never kept: it tells
// whether the actor may do something, and what is wrong with it.
func (d *Desk) Trial(ctx context.Context, by Actor, t *Ticket) (*Change, error) {
	actor, err := d.Acting(ctx, by, t)
	if err != nil {
		return nil, err
	}
	draft := *t
	c := d.change(&draft, actor)
	c.route, c.written = routes(ctx, d.Store, t.Tenant), articles(ctx, d.Store, t.ID)
	return c, nil
}

// routes lets a change ask who stands behind a level.
func routes(ctx context.Context, r Reader, tenant string) func(Level) (Route, bool, error) {
	return func(level Level) (Route, bool, error) { return r.Route(ctx, tenant, level) }
}
