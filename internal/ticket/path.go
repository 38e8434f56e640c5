package ticket

import (
	"maps"
	"slices"
)

// Complete ends the present step and moves the ticket to the next one; after
// the last it closes the ticket. The gate is passed only when every item of the
// step is done or skipped, and after Diagnosis no escalation waits for its answer.
func (c *Change) Complete(step Step) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	t := c.Ticket
	if step != t.Step {
		return &Error{Kind: Stale, Message: "error.item_other_step", Args: map[string]any{"Step": string(t.Step)}}
	}
	if missing := t.Missing(); len(missing) > 0 {
		ids := make([]string, len(missing))
		for i, item := range missing {
			ids[i] = string(item.ID)
		}
		return unmet("error.gate", map[string]any{"Items": ids})
	}
	if open, waits := t.Escalation(); waits && Diagnosis.Before(step) {
		return unmet("error.escalation_waits", map[string]any{"Level": string(open.Level)})
	}
	if step == Resolution {
		at := c.At
		t.ResolvedAt = &at
	}
	next, ok := step.Next()
	if !ok {
		c.end()
		c.note(EntryClosed, "", string(step), "", "")
		return nil
	}
	t.Step = next
	c.note(EntryStep, "", string(step), string(next), "")
	return nil
}

// NotFixed takes a ticket from a later step back to Diagnosis: what was found
// out about the cause and all that came after it has to be done again.
func (c *Change) NotFixed(reason string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	t := c.Ticket
	if !Diagnosis.Before(t.Step) {
		return unmet("error.step_too_early", nil)
	}
	reason, faults := needReason(reason, nil)
	if len(faults) > 0 {
		return faults
	}
	c.note(EntryNotFixed, "", string(t.Step), string(Diagnosis), reason)
	c.rediagnose()
	return nil
}

// Reopen opens a closed ticket again, in Diagnosis, or in the step in which it
// was closed early. The owner, a lead, or whoever opened it may.
func (c *Change) Reopen(reason string) error {
	t := c.Ticket
	if t.State != Closed {
		return unmet("error.not_closed", map[string]any{"Ticket": t.String()})
	}
	if !t.MayChange(c.By) && t.OpenedBy.ID != c.By.ID {
		return forbidden("error.not_owner", map[string]any{"Ticket": t.String(), "Owner": t.ownerName()})
	}
	reason, faults := needReason(reason, nil)
	if len(faults) > 0 {
		return faults
	}
	if t.ClosedEarly == "" {
		c.rediagnose()
	}
	if t.CustomerToldAt != nil {
		// Whoever has it opened again has just been heard: the clock starts anew.
		at := c.At
		t.CustomerToldAt = &at
	}
	t.State, t.ClosedAt, t.ClosedEarly = Open, nil, ""
	c.note(EntryReopened, "", "", string(t.Step), reason)
	return nil
}

func (t *Ticket) ownerName() string {
	if t.Owner == nil {
		return t.OpenedBy.Name
	}
	return t.Owner.Name
}

// rediagnose puts the ticket back into Diagnosis. Marks of it are kept where
// what they say stays true.
func (c *Change) rediagnose() {
	t := c.Ticket
	t.Step, t.ResolvedAt = Diagnosis, nil
	t.Marks = maps.Clone(t.Marks)
	maps.DeleteFunc(t.Marks, func(id ItemID, _ Mark) bool {
		item, ok := FindItem(id)
		return !ok || Diagnosis.Before(item.Step) || id == ItemCause || id == ItemDecide
	})
}

// CloseEarly closes a ticket before its last step, with the reason: opened by
// mistake, a duplicate, withdrawn by the customer.
func (c *Change) CloseEarly(reason string) error {
	if err := c.Allowed(); err != nil {
		return err
	}
	reason, faults := needReason(reason, nil)
	if len(faults) > 0 {
		return faults
	}
	c.withdraw(reason)
	c.Ticket.ClosedEarly = reason
	c.end()
	c.note(EntryClosedEarly, "", string(c.Ticket.Step), "", reason)
	return nil
}

func (c *Change) end() {
	at := c.At
	c.Ticket.State, c.Ticket.ClosedAt = Closed, &at
}

// Fix takes the decision of Diagnosis to fix the trouble at the desk. The
// likely cause has to be known, unless an escalation has brought an answer.
func (c *Change) Fix(words string) error {
	if err := c.Deciding(); err != nil {
		return err
	}
	if !c.Ticket.fixable() {
		return unmet("error.cause_required", nil)
	}
	words = Clean(words)
	if faults := check(Item{}, Evidence{Words: words}); len(faults) > 0 {
		return faults
	}
	c.mark(ItemDecide, Done, Evidence{Choice: "fix", Words: words})
	c.entries[len(c.entries)-1].Kind = EntryDecided
	return nil
}

// fixable tells whether enough is known of the cause to decide to fix.
func (t *Ticket) fixable() bool {
	answered := slices.ContainsFunc(t.Escalations, func(e Escalation) bool { return e.Answer != "" })
	area := t.Area()
	return area != "" && (area != CauseUnknown || answered)
}

// Deciding is nil where the decision of Diagnosis can be taken.
func (c *Change) Deciding() error {
	if err := c.Allowed(); err != nil {
		return err
	}
	t := c.Ticket
	if t.Step != Diagnosis {
		return &Error{Kind: Stale, Message: "error.item_other_step", Args: map[string]any{"Step": string(t.Step)}}
	}
	if open, ok := t.Escalation(); ok {
		return unmet("error.escalation_open", map[string]any{"Level": string(open.Level)})
	}
	return nil
}
