package ticket

import "slices"

// Step is one of the seven steps of a ticket; a stored word.
type Step string

// The seven steps, in their order.
const (
	Reception       Step = "reception"
	InitialResponse Step = "initial_response"
	Diagnosis       Step = "diagnosis"
	Resolution      Step = "resolution"
	Communication   Step = "communication"
	FollowUp        Step = "follow_up"
	TrendAnalysis   Step = "trend_analysis"
)

// Steps lists the seven steps in the order in which a ticket goes through them.
func Steps() []Step {
	return []Step{Reception, InitialResponse, Diagnosis, Resolution, Communication, FollowUp, TrendAnalysis}
}

// Number gives the step's place, 1 to 7, or 0 for a word that is no step.
func (s Step) Number() int { return slices.Index(Steps(), s) + 1 }

// Next gives the step after this one; false after the last.
func (s Step) Next() (Step, bool) {
	steps := Steps()
	if n := s.Number(); n >= 1 && n < len(steps) {
		return steps[n], true
	}
	return "", false
}

// Before tells whether this step comes before the other.
func (s Step) Before(other Step) bool { return s.Number() < other.Number() }

// Arrow is one way in which a ticket moves between steps.
type Arrow struct {
	From, To Step
	// Word names what makes the ticket move; empty for completing the step.
	Word string
}

// Arrows lists every way from step to step. The README's drawing is made of it,
// and the property tests hold the ticket to it.
func Arrows() []Arrow {
	var arrows []Arrow
	for _, step := range Steps() {
		if next, ok := step.Next(); ok {
			arrows = append(arrows, Arrow{From: step, To: next})
		}
	}
	for _, step := range []Step{Resolution, Communication, FollowUp, TrendAnalysis} {
		arrows = append(arrows, Arrow{From: step, To: Diagnosis, Word: "not fixed after all"})
	}
	return arrows
}
