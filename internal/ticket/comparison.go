package ticket

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// comparedAtOnce is how many tickets are compared with one question each to the
// store and to the system of record.
const comparedAtOnce = 2000

// RecordCount is how many records stand in a stage, as the system itself counts them.
type RecordCount struct {
	Stage string
	// Steps are those that the stage stands for, and Closed tells that work has ended there.
	Steps   []Step
	Closed  bool
	Records int
}

// RecordTotals are the system's own counts of some records.
type RecordTotals struct {
	Stages []RecordCount
	// Closed is in how many of them work has ended, by the stage or otherwise.
	Closed int
}

// Recorded is a ticket with where its record is, for a comparison.
type Recorded struct {
	Number int64
	Title  string
	Class  Class
	Step   Step
	State  State
	// Ref is zero for a ticket without a record.
	Ref RecordRef
}

// Comparison tells how far Handrail and the system of record agree.
type Comparison struct {
	// Tickets is how many were compared. Closed ones of which no record was ever
	// asked for are left out.
	Tickets int
	// Open and Closed count tickets, and Stages by where they stand there.
	Open, Closed Tally
	Stages       []StageTally
	// Differences are in the order of the tickets.
	Differences []Difference
}

// Tally is a count on both sides.
type Tally struct{ Here, There int }

// StageTally is the count of a stage there and of the steps that it stands for here.
type StageTally struct {
	Stage string
	Tally
}

// DifferenceKind says in what a ticket and its record differ; a stored word.
type DifferenceKind string

// The kinds of differences.
const (
	NotThere    DifferenceKind = "not_there"    // the ticket has no record
	GoneThere   DifferenceKind = "gone_there"   // somebody has deleted it
	ClosedThere DifferenceKind = "closed_there" // and open here
	OpenThere   DifferenceKind = "open_there"   // and closed here
	OtherStage  DifferenceKind = "other_stage"  // in one that does not stand for the ticket's step
	PutAway     DifferenceKind = "put_away"     // archived there and open here
	SharedThere DifferenceKind = "shared_there" // several tickets have one record
)

// DifferenceKinds lists the kinds, so that a catalog can be checked for them.
func DifferenceKinds() []DifferenceKind {
	return []DifferenceKind{NotThere, GoneThere, ClosedThere, OpenThere, OtherStage, PutAway, SharedThere}
}

// Difference is a ticket that is not the same there.
type Difference struct {
	Recorded
	Kind DifferenceKind
	// Stage is where the record stands.
	Stage string
	// With is another ticket that has the same record.
	With int64
}

// Compare compares a tenant's tickets with their records, some thousands at once.
func (d *Desk) Compare(ctx context.Context, tenant string) (Comparison, error) {
	var c comparing
	c.first = map[RecordRef]int64{}
	for after := int64(0); ; {
		page, err := d.Store.Recorded(ctx, tenant, after, comparedAtOnce)
		if err != nil {
			return Comparison{}, err
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].Number
		if err := d.comparePage(ctx, &c, page); err != nil {
			return Comparison{}, fmt.Errorf("compare tickets with their records: %w", err)
		}
	}
	for i := range c.Stages {
		for _, t := range c.standing {
			if c.stands[i].closed == (t.State == Closed) && (t.State == Closed || slices.Contains(c.stands[i].steps, t.Step)) {
				c.Stages[i].Here++
			}
		}
	}
	slices.SortStableFunc(c.Differences, func(a, b Difference) int { return cmp.Compare(a.Number, b.Number) })
	return c.Comparison, nil
}

// comparing is a comparison that is being made.
type comparing struct {
	Comparison
	// stands are what the stages of the comparison stand for.
	stands []standsFor
	// standing are the tickets that were compared.
	standing []Standing
	// first is the first ticket of each record.
	first map[RecordRef]int64
}

type standsFor struct {
	steps  []Step
	closed bool
}

func (d *Desk) comparePage(ctx context.Context, c *comparing, page []Recorded) error {
	var numbers []int64
	for _, t := range page {
		if t.Ref.Number != 0 {
			numbers = append(numbers, t.Ref.Number)
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	totals, states := RecordTotals{}, map[int64]RecordState{}
	if len(numbers) > 0 {
		var err error
		if totals, err = d.Census.Totals(ctx, numbers); err != nil {
			return err
		}
		read, err := d.Census.States(ctx, numbers)
		if err != nil {
			return err
		}
		for _, state := range read {
			states[state.Number] = state
		}
	}
	c.count(totals)
	for _, t := range page {
		c.Tickets++
		c.standing = append(c.standing, Standing{Step: t.Step, State: t.State})
		if t.State == Open {
			c.Open.Here++
		} else {
			c.Closed.Here++
		}
		state, there := states[t.Ref.Number]
		c.compare(t, state, there)
	}
	return nil
}

// count adds the counts of some records to the others.
func (c *comparing) count(totals RecordTotals) {
	all := 0
	for _, one := range totals.Stages {
		all += one.Records
		i := slices.IndexFunc(c.Stages, func(s StageTally) bool { return s.Stage == one.Stage })
		if i < 0 {
			i = len(c.Stages)
			c.Stages = append(c.Stages, StageTally{Stage: one.Stage})
			c.stands = append(c.stands, standsFor{one.Steps, one.Closed})
		}
		c.Stages[i].There += one.Records
	}
	c.Closed.There += totals.Closed
	c.Open.There += all - totals.Closed
}

// compare notes in what a ticket differs from its record.
func (c *comparing) compare(t Recorded, state RecordState, there bool) {
	differs := Difference{Recorded: t, Stage: state.Stage}
	ref := RecordRef{Model: t.Ref.Model, Number: t.Ref.Number}
	other, shared := c.first[ref]
	switch {
	case ref.Number == 0:
		differs.Kind = NotThere
	case shared:
		differs.Kind, differs.With = SharedThere, other
	default:
		c.first[ref] = t.Number
		differs.Kind = t.differs(state, there)
	}
	if differs.Kind != "" {
		c.Differences = append(c.Differences, differs)
	}
}

// differs tells in what a ticket differs from its record, the gravest first; "" for
// in nothing.
func (t Recorded) differs(state RecordState, there bool) DifferenceKind {
	open := t.State == Open
	switch {
	case !there:
		return GoneThere
	case state.Closed && open:
		return ClosedThere
	case state.Archived && open:
		return PutAway
	case !state.Closed && !open:
		return OpenThere
	case open && len(state.Steps) > 0 && !slices.Contains(state.Steps, t.Step):
		return OtherStage
	}
	return ""
}

// PostComparison sends a comparison into a place.
type PostComparison struct{ Place }

// Kind gives the stored word of the job.
func (PostComparison) Kind() string { return "comparison.post" }

// OfferComparison gives the secret of a link to the file of a comparison.
func (d *Desk) OfferComparison(ctx context.Context, tenant string) (secret string, err error) {
	return d.offer(ctx, Download{Tenant: tenant, Comparison: true})
}
