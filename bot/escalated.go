package bot

import (
	"strconv"
	"strings"

	"handrail/cards"
	"handrail/internal/ticket"
)

// hasIt says on one line of a list who has the open escalation of a ticket, or
// for whom it waits; empty where none is open.
func (b *Bot) hasIt(s speech, t *ticket.Ticket) string {
	e, open := t.Escalation()
	if !open {
		return ""
	}
	turn, asked := e.Turn()
	level := e.Level
	if asked {
		level = turn.Level
	}
	with := args{"Level": s.say("choice.level." + string(level))}
	question, questioned := e.Question()
	due, climbs := t.ClimbsAt(e, b.desk.Policy)
	switch {
	case questioned:
		with["Name"] = question.By.Name
		return s.markdown("board.question", with)
	case e.AcceptedBy != nil && e.AcceptedAt != nil:
		with["Name"], with["At"] = e.AcceptedBy.Name, s.when(*e.AcceptedAt)
		return s.markdown("board.with", with)
	case e.Alone:
		return s.say("board.asks_alone", with)
	case !climbs && asked:
		return s.say("board.unanswered", with)
	}
	line := s.say("board.waits", with)
	if turn.Person != nil {
		with["Name"] = turn.Person.Name
		line = s.markdown("board.asked", with)
	}
	if climbs {
		line += ", " + s.say("board.climbs", args{"At": s.when(due)})
	}
	return line
}

// escalations puts the figures of the escalations of a period into words.
func (s speech) escalations(f ticket.EscalationFigures) cards.ReportSection {
	var reasons, levels, outcomes []string
	count := func(id string, n int) string { return s.say("report.counted", args{"What": s.say(id), "Count": n}) }
	for _, c := range f.Reasons {
		reasons = append(reasons, count("choice.reason."+string(c.Kind), c.Count))
	}
	for _, c := range f.Levels {
		levels = append(levels, count("choice.level."+string(c.Kind), c.Count))
	}
	for _, c := range f.Outcomes {
		outcomes = append(outcomes, count("outcome."+outcomeWord(c.Kind), c.Count))
	}
	line := func(id string, values []string) cards.ReportLine {
		return cards.ReportLine{Name: s.say(id), Value: strings.Join(values, ", ")}
	}
	return cards.ReportSection{Heading: s.say("report.escalations"), Lines: []cards.ReportLine{
		{Name: s.say("report.sent"), Value: strconv.Itoa(f.Sent)},
		line("report.reasons", reasons),
		line("report.levels", levels),
		{Name: s.say("report.answered"), Value: s.times(f.Answer)},
		{Name: s.say("report.climbed"), Value: s.say("report.climbs", args{"Climbed": f.Climbed, "Sent": f.Sent, "Climbs": f.Climbs})},
		line("report.outcomes", outcomes),
	}}
}

// outcomeWord gives the word of an outcome in the catalog; that of one which is open is its own.
func outcomeWord(o ticket.Outcome) string {
	if o == "" {
		return "open"
	}
	return string(o)
}
