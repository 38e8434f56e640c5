package bot

import (
	"slices"
	"strings"

	"handrail/internal/ticket"
)

// oneLine puts a text of people on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// climbed tells what an escalation's climbs have brought, as plain text: who was
// skipped, who is asked instead, and until when that waits.
func (s speech) climbed(climbs []ticket.Climb) string {
	var said []string
	skipped := false
	for i, climb := range climbs {
		if climb.Kind.Asks() && i+1 < len(climbs) && climbs[i+1].Kind.Missed() {
			continue // it came to nothing, as the next one says
		}
		switch climb.Kind {
		case ticket.ClimbSkipped:
			said, skipped = append(said, s.unasked(climb)), true
			continue
		case ticket.ClimbNoPlace:
			said, skipped = append(said, s.unreached(climb)), true
			continue
		default:
		}
		if skipped {
			said = append(said, s.say("climbed.instead", args{"Whom": s.asked(climb)}))
		}
		if climb.At.After(s.now) {
			said = append(said, s.say("climbed.waits", args{"Whom": s.asked(climb), "At": s.when(climb.At)}))
		}
	}
	return strings.Join(said, " ")
}

// asked says who is asked with a climb.
func (s speech) asked(climb ticket.Climb) string {
	level := s.say("choice.level." + string(climb.Level))
	switch {
	case climb.Kind == ticket.ClimbMail:
		return s.say("climbed.whom.mail", args{"Mail": strings.Join(climb.Mail, ", ")})
	case climb.Person == nil:
		return s.say("climbed.whom.place", args{"Level": level})
	case climb.Kind == ticket.ClimbInPerson:
		return s.say("climbed.whom.in_person", args{"Name": s.nameOrLead(climb.Person.Name), "Level": level})
	case climb.For != nil:
		return s.say("climbed.whom.stand_in", args{"Name": s.nameOrLead(climb.Person.Name), "For": climb.For.Name, "Level": level})
	}
	return s.say("climbed.whom.person", args{"Name": s.nameOrLead(climb.Person.Name), "Level": level})
}

// unasked says that somebody is not asked, and why.
func (s speech) unasked(climb ticket.Climb) string {
	if climb.Person == nil {
		return s.unreached(climb)
	}
	return s.say("climbed.skipped", args{"Name": climb.Person.Name, "Why": s.say("refused.person." + climb.Why)})
}

// unreached says that the conversation of a level cannot be reached, and why.
func (s speech) unreached(climb ticket.Climb) string {
	return s.say("climbed.no_place", args{
		"Level": s.say("choice.level." + string(climb.Level)), "Why": s.say("refused.place." + climb.Why),
	})
}

// trail tells whom an escalation has tried, and when, as plain text.
func (s speech) trail(e ticket.Escalation) string {
	var tried, missed []string
	for i, climb := range e.Climbs {
		switch {
		case climb.Kind == ticket.ClimbSkipped:
			missed = append(missed, s.unasked(climb))
		case climb.Kind == ticket.ClimbNoPlace:
			missed = append(missed, s.unreached(climb))
		case climb.Kind == ticket.ClimbReminded, climb.Kind == ticket.ClimbHolder:
			tried = append(tried, s.say("climbed.trail.again", args{"At": s.when(climb.At)}))
		case !climb.Kind.Asks(), i+1 < len(e.Climbs) && e.Climbs[i+1].Kind.Missed():
		default:
			tried = append(tried, s.say("climbed.trail.asked", args{"Whom": s.asked(climb), "At": s.when(climb.At)}))
		}
	}
	var said []string
	if len(tried) > 0 {
		said = append(said, s.say("climbed.trail", args{"Tried": s.upTo(tried, ", ")}))
	}
	return strings.Join(append(said, slices.Compact(missed)...), " ")
}
