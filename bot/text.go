package bot

import (
	"encoding/json"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/ticket"
)

// composition makes a text from what is known of a ticket.
type composition struct {
	speech
	t      *ticket.Ticket
	policy ticket.Policy
	// by is who writes it.
	by ticket.Person
	// cut shortens words of people.
	cut func(words string, runes int) string
}

// compose gives the parts of a text as the facts fill them, in the tone of its
// reader. A part that no fact fills is left out.
func (b *Bot) compose(s speech, t *ticket.Ticket, d ticket.Draft, by ticket.Person) map[ticket.PartID]string {
	c := composition{speech: s, t: t, policy: b.desk.Policy, by: by, cut: b.cut}
	var parts map[ticket.PartID]string
	switch d.Reader {
	case ticket.ForCustomer:
		parts = c.forCustomer(d.Kind)
	case ticket.ForDev:
		parts = c.forDev()
	case ticket.ForManagement:
		parts = c.forManagement()
	case ticket.ForStatus:
	}
	for part, words := range parts {
		if words == "" {
			delete(parts, part)
		}
	}
	return parts
}

// written gives what a person wrote down of a fact, as evidence or in a text;
// empty where nobody has.
func (c composition) written(id ticket.FactID) string {
	fact, ok := c.t.Fact(id)
	if !ok || fact.Source.Item == "" && fact.Source.Reader == "" {
		return ""
	}
	return fact.Words
}

// chosen gives a fact with the choice that its evidence names before it.
func (c composition) chosen(id ticket.FactID) string {
	fact, ok := c.t.Fact(id)
	mark := c.t.Marks[fact.Source.Item]
	item, known := ticket.FindItem(fact.Source.Item)
	if !ok || !known || mark.Choice == "" {
		return c.written(id)
	}
	gap := " "
	if strings.Contains(fact.Words, "\n") {
		gap = "\n" // a list begins on a line of its own
	}
	return c.say("choice."+choiceGroup(item)+"."+mark.Choice) + "." + gap + fact.Words
}

// since is the day of the ticket on the writer's clock: nobody knows the reader's.
func (c composition) since() string { return c.date(c.t.OpenedAt) }

// forCustomer fills the five parts of the kind: professional, empathetic and
// clear. No sentence says when it will be fixed.
func (c composition) forCustomer(kind ticket.TextKind) map[ticket.PartID]string {
	with := args{"Title": strings.TrimRight(c.t.Title, ".!? "), "Ticket": c.t.String(), "By": c.by.Name}
	parts := map[ticket.PartID]string{}
	for _, part := range kind.Parts() {
		parts[ticket.PartID(part)] = c.customerPart(kind, part, with)
	}
	if kind == ticket.TextAcknowledgement {
		parts[ticket.PartQuestions] = c.written(ticket.FactQuestions)
	}
	return parts
}

func (c composition) customerPart(kind ticket.TextKind, part ticket.CustomerPart, with args) string {
	switch part {
	case ticket.PartAcknowledge:
		return c.say("text."+string(kind)+".acknowledge", with)
	case ticket.PartStatus:
		return c.customerStatus(kind, with)
	case ticket.PartNextSteps:
		return c.customerNext(kind, with)
	case ticket.PartExpectations:
		if kind == ticket.TextFollowUp {
			return c.say("text.follow_up.expectations", with)
		}
		heard, runs := c.t.HeardBy(c.policy, c.now)
		if !runs {
			return c.say("text.expectations.open", with)
		}
		// Rounded down: a little early is as good as promised.
		with["At"] = c.date(heard.Truncate(time.Hour))
		return c.say("text.expectations", with)
	case ticket.PartContact:
		if kind == ticket.TextClosing {
			return c.say("text.closing.contact", with)
		}
		return c.say("text.contact", with)
	}
	return ""
}

// customerStatus says where it stands: what somebody wrote for the customer, as
// long as nothing has been done since, else what the steps tell.
func (c composition) customerStatus(kind ticket.TextKind, with args) string {
	if words, ok := c.fresh(ticket.FactStatus); ok && kind == ticket.TextUpdate {
		return words
	}
	switch solution := c.written(ticket.FactSolution); {
	case kind == ticket.TextResolution && solution != "":
		with["Solution"] = solution
		return c.say("text.resolution.solution", with)
	case kind != ticket.TextUpdate:
		return c.say("text."+string(kind)+".current_status", with)
	}
	return c.say("text.update.current_status."+c.stage(), with)
}

func (c composition) customerNext(kind ticket.TextKind, with args) string {
	switch words, ok := c.fresh(ticket.FactNextSteps); {
	case kind != ticket.TextUpdate:
		return c.say("text."+string(kind)+".next_steps", with)
	case ok:
		return words
	}
	return c.say("text.update.next_steps."+c.stage(), with)
}

// fresh gives a fact that nothing has overtaken: no item was dealt with after it.
func (c composition) fresh(id ticket.FactID) (string, bool) {
	fact, ok := c.t.Fact(id)
	if !ok {
		return "", false
	}
	for _, mark := range c.t.Marks {
		if mark.At.After(fact.Source.At) {
			return "", false
		}
	}
	return fact.Words, true
}

// stage says how far the work is, as far as a customer cares.
func (c composition) stage() string {
	_, waiting := c.t.Escalation()
	area := c.t.Area()
	switch {
	case waiting:
		return "asked"
	case ticket.Resolution.Before(c.t.Step):
		return "solved"
	case c.t.Step == ticket.Resolution:
		return "solving"
	case area != "" && area != ticket.CauseUnknown:
		return "found"
	}
	return "looking"
}

// forDev fills the parts for those who solve it: technical, concise, factual.
func (c composition) forDev() map[ticket.PartID]string {
	logs := c.written(ticket.FactLogs)
	if logs == "" {
		logs = c.written(ticket.FactInformation)
	}
	if cause := c.chosen(ticket.FactCause); cause != "" && !c.has(ticket.FactLogs) {
		logs = strings.TrimSpace(logs + "\n" + c.say("text.dev.cause", args{"Cause": cause}))
	}
	return map[ticket.PartID]string{
		ticket.PartImpact: c.impact(), ticket.PartSteps: c.chosen(ticket.FactSteps), ticket.PartLogs: logs,
		ticket.PartUrgency: c.urgency(), ticket.PartEffort: c.written(ticket.FactEffort),
	}
}

// has tells whether a fact was written in a text, where it stands whole.
func (c composition) has(id ticket.FactID) bool {
	fact, ok := c.t.Fact(id)
	return ok && fact.Source.Reader != ""
}

func (c composition) impact() string {
	if words := c.written(ticket.FactImpact); words != "" {
		return words
	}
	return c.say("text.dev.impact", args{"Title": c.t.Title, "Customer": c.t.Customer, "Affected": c.affected()}) + "\n" + c.t.Details
}

// affected says how many it meets, as far as anybody has counted.
func (c composition) affected() string {
	if c.t.Users == nil {
		return c.say("text.affected.unknown")
	}
	return c.say("status.users", args{"Count": *c.t.Users})
}

func (c composition) urgency() string {
	if words := c.written(ticket.FactUrgency); words != "" {
		return words
	}
	with := args{"Class": c.say("class." + string(c.t.Class())), "Affected": c.affected(), "Since": c.since()}
	if c.t.DueAt == nil {
		return c.say("text.dev.urgency", with)
	}
	with["Date"] = c.date(*c.t.DueAt)
	return c.say("text.dev.urgency.date", with)
}

// forManagement fills the parts for those who decide: in the words of the
// business, with a clear ask. What only a person can judge stays open.
func (c composition) forManagement() map[ticket.PartID]string {
	return map[ticket.PartID]string{
		ticket.PartSituation: c.situation(), ticket.PartBusinessImpact: c.businessImpact(),
		ticket.PartRecommendation: c.written(ticket.FactRecommendation), ticket.PartDecision: c.written(ticket.FactDecision),
	}
}

func (c composition) situation() string {
	if words := c.written(ticket.FactSituation); words != "" {
		return words
	}
	words := c.say("text.management.situation", args{
		"Title": c.t.Title, "Customer": c.t.Customer, "Since": c.since(), "Details": c.cut(c.t.Details, 600),
	})
	if cause := c.written(ticket.FactCause); cause != "" {
		words += "\n" + c.say("text.management.cause", args{"Cause": c.cut(cause, 600)})
	}
	return words
}

func (c composition) businessImpact() string {
	if words := c.written(ticket.FactBusinessImpact); words != "" {
		return words
	}
	with := args{"Customer": c.t.Customer, "Affected": c.affected()}
	if c.t.DueAt == nil {
		return c.say("text.management.business_impact", with)
	}
	with["Date"] = c.date(*c.t.DueAt)
	return c.say("text.management.business_impact.date", with)
}

// mostOfPart is how much of a part a card shows, so that all of them go into one
// message. The whole is kept with the ticket.
const mostOfPart = 1500

// fitting draws a card with a text, of whose parts it shows most at most: less of
// each where the card would be too large for Teams, as the marks of Markdown are
// escaped.
func fitting(most int, draw func(most int) (json.RawMessage, error)) (card json.RawMessage, err error) {
	for range 3 {
		if card, err = draw(most); err == nil {
			break
		}
		most /= 3
	}
	return card, err
}

// textBlocks gives a text as its reader sees it, on whichever card it stands: for
// the customer plain paragraphs, for others the named parts. Secrets are masked.
func (b *Bot) textBlocks(s speech, d ticket.Draft, most int) []cards.TextPart {
	var blocks []cards.TextPart
	show := func(words string) cards.Text { return cards.Text(cards.Shorten(b.masked(words), most)) }
	for _, part := range ticket.Parts(d.Reader, d.Kind) {
		block := cards.TextPart{Words: show(d.Part(part))}
		if d.Reader != ticket.ForCustomer {
			block.Name = s.say("part." + string(part))
		}
		if part == ticket.PartOptions {
			for i, option := range d.Options {
				block.Options = append(block.Options, cards.TextOption{
					Name: s.say("text.option", args{"Number": i + 1}), Words: show(option.Words), Consequence: show(option.Consequence),
				})
			}
		}
		if part == ticket.PartDecision && d.Decider != "" && d.DecideBy != nil {
			block.Detail = s.markdown("text.decide_by", args{"Who": b.masked(d.Decider), "At": s.date(*d.DecideBy)})
		}
		if block.Words != "" || len(block.Options) > 0 || block.Detail != "" {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// plainText gives a text in one piece, to be copied.
func (b *Bot) plainText(s speech, d ticket.Draft) string {
	if d.Reader == ticket.ForCustomer {
		return b.masked(d.Text())
	}
	var lines []string
	for _, block := range b.textBlocks(s, d, ticket.MaxPart) {
		lines = append(lines, strings.ToUpper(block.Name))
		if block.Words != "" {
			lines = append(lines, string(block.Words))
		}
		for _, option := range block.Options {
			lines = append(lines, s.say("text.option.plain", args{
				"Option": option.Name, "Words": string(option.Words), "Consequence": string(option.Consequence),
			}))
		}
		if d.DecideBy != nil && block.Detail != "" {
			lines = append(lines, s.say("text.decide_by.plain", args{"Who": b.masked(d.Decider), "At": s.date(*d.DecideBy)}))
		}
		lines = append(lines, "")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
