package ticket

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Fields of the forms of a text.
const (
	FieldDecider = "decider"
	FieldWay     = "way"
)

// PartField names the field of a form in which a part is written.
func PartField(part PartID) string { return "text_" + string(part) }

// OptionFields name the fields of a form in which the option with the number,
// from 1, and its consequence are written.
func OptionFields(number int) (words, consequence string) {
	digit := string(rune('0' + number))
	return "option_" + digit, "consequence_" + digit
}

// DecideBy reads by when a decision is needed, as typed: a day, with a time or
// until its end, on the clock of a zone. Nil where nothing was typed.
func DecideBy(date, clock string, zone *time.Location, now time.Time) (*time.Time, Faults) {
	at, bad := Intake{Date: date, Time: clock, Zone: zone}.due(now)
	if bad != nil {
		return nil, Faults{bad}
	}
	return at, nil
}

// Clean gives the text without what no text needs.
func (b DraftBody) Clean() DraftBody {
	parts := make(map[PartID]string, len(b.Parts))
	for id, words := range b.Parts {
		parts[id] = Clean(words)
	}
	b.Parts, b.Decider = parts, line(b.Decider)
	b.Options = slices.Clone(b.Options)
	for i, option := range b.Options {
		b.Options[i] = Option{Words: Clean(option.Words), Consequence: Clean(option.Consequence)}
	}
	return b
}

// Chosen gives the options that say something.
func (b DraftBody) Chosen() []Option {
	var options []Option
	for _, option := range b.Options {
		if option != (Option{}) {
			options = append(options, option)
		}
	}
	return options
}

// Check gives the faults of what was written; nil for a text that can be kept. It
// may still miss parts.
func (d Draft) Check() Faults {
	var faults Faults
	long := func(field, message, words string, limit int) {
		if n := utf8.RuneCountInString(words); n > limit {
			faults = append(faults, fault(field, message, map[string]any{"Limit": limit, "Length": n}))
		}
	}
	for _, part := range Parts(d.Reader, d.Kind) {
		long(PartField(part), "error.part_long", d.Part(part), MaxPart)
	}
	for i, option := range d.Options {
		words, consequence := OptionFields(i + 1)
		long(words, "error.option_long", option.Words, MaxOption)
		long(consequence, "error.option_long", option.Consequence, MaxOption)
		switch {
		case option == (Option{}):
		case option.Words == "":
			faults = append(faults, fault(words, "error.option_words", nil))
		case option.Consequence == "":
			faults = append(faults, fault(consequence, "error.consequence_required", nil))
		}
	}
	long(FieldDecider, "error.customer_long", d.Decider, MaxCustomer)
	if n, limit := d.length(), d.Limit(); len(faults) == 0 && n > limit {
		faults = append(faults, fault(PartField(d.longest()), "error.text_long", map[string]any{"Limit": limit, "Length": n}))
	}
	return faults
}

// Limit gives how many characters the whole text may have: one for the customer as
// many as the evidence that it becomes.
func (d Draft) Limit() int {
	if d.Reader == ForCustomer {
		return MaxEvidence
	}
	return MaxText
}

// Exceeds tells whether a part has more characters than the given number.
func (d Draft) Exceeds(characters int) bool {
	return slices.ContainsFunc(Parts(d.Reader, d.Kind), func(part PartID) bool { return utf8.RuneCountInString(d.Part(part)) > characters })
}

// length counts the characters of the whole text.
func (d Draft) length() int {
	n := utf8.RuneCountInString(d.Text())
	for _, option := range d.Options {
		n += utf8.RuneCountInString(option.Words) + utf8.RuneCountInString(option.Consequence)
	}
	return n
}

// longest gives the part with the most to cut.
func (d Draft) longest() PartID {
	return slices.MaxFunc(Parts(d.Reader, d.Kind), func(a, b PartID) int { return cmp.Compare(len(d.Part(a)), len(d.Part(b))) })
}

// Missing lists the parts without which the text cannot go, in their order. The
// options have to be two, so that there is a choice, and the decision needs who
// takes it and by when.
func (d Draft) Missing() []PartID {
	return slices.DeleteFunc(Parts(d.Reader, d.Kind), func(part PartID) bool {
		switch part {
		case PartOptions:
			return len(d.Chosen()) >= MinOptions
		case PartDecision:
			return d.Part(part) != "" && d.Decider != "" && d.DecideBy != nil
		default:
			return !part.Required() || d.Part(part) != ""
		}
	})
}

// Text gives the parts of a text, one below the other: so a customer reads it.
func (d Draft) Text() string {
	var paragraphs []string
	for _, part := range Parts(d.Reader, d.Kind) {
		if words := d.Part(part); words != "" {
			paragraphs = append(paragraphs, words)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// Findings lists what a text for a customer must not say, and the parts that it
// misses: those that nothing was written in.
func (d Draft) Findings(guard Guard) []Finding {
	text := d.Text()
	findings := guard.Check(CustomerText{Text: text, Language: d.Language})
	for _, part := range d.Missing() {
		reason := "guard.missing_part." + string(part)
		findings = append(findings, Finding{
			Kind: FoundMissingPart, Start: len(text), End: len(text), Part: CustomerPart(part), Language: cmp.Or(d.Language, "en"),
			Reason: reason, Better: reason + ".better",
		})
	}
	return findings
}

// Keep keeps a text in work, with the facts that were written in it. A text that
// somebody else has kept meanwhile is left alone, and so are the facts.
func (c *Change) Keep(draft *Draft, facts map[FactID]Fact) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	draft.DraftBody = draft.DraftBody.Clean()
	if faults := append(draft.Check(), c.checkFiles(Evidence{Files: draft.Files})...); len(faults) > 0 {
		return faults
	}
	draft.Options, draft.By, draft.At = draft.Chosen(), c.By.Person, c.At
	c.texts = append(c.texts, draft)
	for _, id := range FactIDs() {
		if fact, told := facts[id]; told {
			fact.Source.Reader = draft.Reader
			if err := c.Gather(id, fact); err != nil {
				return err
			}
		}
	}
	return nil
}

// Send marks a text for engineers or for management as sent, which escalating does.
func (c *Change) Send(draft *Draft) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	if faults := draft.Check(); len(faults) > 0 {
		return faults
	}
	if missing := draft.Missing(); len(missing) > 0 {
		return unmet("error.parts_missing", map[string]any{"Parts": words(missing)})
	}
	c.sent(draft)
	return nil
}

func (c *Change) sent(draft *Draft) {
	at := c.At
	draft.By, draft.At, draft.SentAt = c.By.Person, c.At, &at
	c.texts = append(c.texts, draft)
}

// SendToCustomer records that a text went to the customer, in which way, and what
// its sender says about that. It is the evidence of the step's item, and the
// customer's clock runs anew.
func (c *Change) SendToCustomer(draft *Draft, way, note string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	faults := draft.Check()
	if !slices.Contains(Ways(), way) {
		faults = append(faults, fault(FieldWay, "error.choice_unknown", nil))
	}
	if note, faults = needNote(note, faults); len(faults) > 0 {
		return faults
	}
	if err := c.passed(draft.Findings(c.Guard), c.Anyway); err != nil {
		return err
	}
	draft.Whole, draft.Way, draft.Note = draft.Text(), way, note
	c.sent(draft)
	t := c.Ticket
	item, ok := FindItem(draft.Kind.Item())
	if ok && item.Step == t.Step && t.Marks[item.ID].State != Done {
		c.mark(item.ID, Done, Evidence{Choice: way, Words: draft.Whole})
	} else {
		c.note(EntryCustomerTold, "", "", way, draft.Whole)
	}
	c.told()
	if draft.Kind == TextAcknowledgement && t.Step == InitialResponse {
		c.also(ItemExpectations, draft.Part(PartID(PartExpectations)))
		c.also(ItemClarify, draft.Part(PartQuestions))
	}
	return nil
}

// MailToCustomer sends the text to the customer by mail, which is remembered as
// their address, and records that. The subject is made by the caller; of a mail
// that does not go the place is told.
func (c *Change) MailToCustomer(draft *Draft, to, subject, note string, place Place) error {
	address, err := CheckAddress(to)
	if err != nil {
		return err
	}
	if err := c.SendToCustomer(draft, ByMail, note); err != nil {
		return err
	}
	c.Then(SendMail{
		Tenant: c.Ticket.Tenant, Number: c.Ticket.Number, Key: "text " + strconv.FormatInt(int64(draft.DraftID), 10),
		To: []string{address}, Subject: subject, Text: draft.Whole, Place: place,
	})
	return c.Gather(FactAddress, Fact{Words: address, Source: Source{Reader: ForCustomer}})
}

// also ticks an item that the text has done besides, unless it is dealt with.
func (c *Change) also(id ItemID, evidence string) {
	if _, marked := c.Ticket.Marks[id]; !marked && evidence != "" {
		c.mark(id, Done, Evidence{Words: evidence})
	}
}

// Item gives the item of the checklist that a text of the kind is the evidence
// of; empty for none.
func (k TextKind) Item() ItemID {
	switch k {
	case TextAcknowledgement:
		return ItemAcknowledge
	case TextResolution:
		return ItemInform
	case TextClosing:
		return ItemCloseOut
	default:
		return ""
	}
}

// KindFor gives the kind of text that the customer should get next.
func (t *Ticket) KindFor() TextKind {
	switch {
	case t.Step.Before(Diagnosis) && t.AcknowledgedAt == nil:
		return TextAcknowledgement
	case t.Step == Communication:
		return TextResolution
	case t.Step == FollowUp && t.Marks[ItemConfirm].State == "":
		return TextFollowUp
	case t.Step == FollowUp || t.Step == TrendAnalysis:
		return TextClosing
	default:
		return TextUpdate
	}
}

// HeardBy gives until when a customer who is told something now hears from the
// desk again; false where its clock does not run.
func (t *Ticket) HeardBy(p Policy, now time.Time) (time.Time, bool) {
	return now.Add(p.CustomerUpdate), t.State == Open && t.Step.Before(TrendAnalysis)
}

func words(parts []PartID) []string {
	list := make([]string, len(parts))
	for i, part := range parts {
		list[i] = string(part)
	}
	return list
}

// same tells whether two texts are stored as the same.
func same(a, b DraftBody) bool {
	one, err := json.Marshal(a)
	other, failure := json.Marshal(b)
	return err == nil && failure == nil && bytes.Equal(one, other)
}

// keepText stores a text. The same person may store the same text twice, as a
// click may come twice.
func keepText(ctx context.Context, tx Tx, draft *Draft) error {
	err := tx.SaveDraft(ctx, draft)
	if !errors.Is(err, ErrDraftStale) {
		return err
	}
	now, inWork, failure := tx.Draft(ctx, draft.ID, draft.Reader, draft.Kind)
	switch {
	case failure != nil:
		return failure
	case !inWork:
		return &Error{Kind: Stale, Message: "error.draft_sent"}
	case now.By.ID == draft.By.ID && draft.SentAt == nil && same(now.DraftBody, draft.DraftBody):
		*draft = now
		return nil
	}
	return &Error{Kind: Stale, Message: "error.draft_changed", Args: map[string]any{"Who": now.By.Name, "At": now.At}}
}
