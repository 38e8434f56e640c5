package bot

import (
	"handrail/cards"
	"handrail/internal/ticket"
)

// The choices of the decision in Diagnosis.
const (
	decideFix      = "fix"
	decideEscalate = "escalate"
	decideAlone    = "alone" // the owner asks by themselves
)

// levelSuggested leaves the level to the reasons.
const levelSuggested = "suggested"

func decideForm() form {
	return form{
		name: "decide",
		heading: func(s speech, t *ticket.Ticket, _ ticket.Item) string {
			if len(t.Escalations) > 0 {
				return s.say("form.decide.heading.answered")
			}
			return s.say("form.decide.heading")
		},
		intro: func(s speech, t *ticket.Ticket, _ ticket.Item) string {
			if answer := answerLine(s, t); answer != "" {
				return answer
			}
			return s.say("form.decide.intro")
		},
		fields: func(speech, *ticket.Ticket, ticket.Item) []field {
			reasons := make([]string, 0, 4)
			for _, reason := range ticket.Reasons() {
				reasons = append(reasons, string(reason))
			}
			levels := []string{levelSuggested}
			for _, level := range ticket.Levels() {
				levels = append(levels, string(level))
			}
			return []field{
				{
					id: ticket.FieldChoice, kind: cards.FieldChoice, label: "label.decide", required: true,
					group: "decide", choices: []string{decideFix, decideEscalate, decideAlone},
				},
				{id: ticket.FieldWords, kind: cards.FieldLines, label: "label.decide_words", required: true, limit: ticket.MaxEvidence},
				{id: ticket.FieldReasons, kind: cards.FieldChoices, label: "label.reasons", group: "reason", choices: reasons},
				{id: ticket.FieldLevel, kind: cards.FieldChoiceCompact, label: "label.level", group: "level", choices: levels, value: levelSuggested},
			}
		},
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			if err := c.Deciding(); err != nil {
				return err // there is nothing to decide now, or not for this person
			}
			words := v.text(ticket.FieldWords)
			switch v.text(ticket.FieldChoice) {
			case decideFix:
				return c.Fix(words)
			case decideAlone:
				return c.Escalate(v.escalating(c.Ticket))
			}
			return ticket.Faults{{Kind: ticket.Invalid, Message: "error.choice_unknown", Field: ticket.FieldChoice}}
		},
	}
}

// replyForm answers the question of somebody who was asked.
func replyForm() form {
	return form{
		name:    "reply",
		heading: titled("form.reply.heading"),
		intro: func(s speech, t *ticket.Ticket, _ ticket.Item) string {
			if open, waiting := t.Escalation(); waiting {
				if q, asked := open.Question(); asked {
					return s.markdown("form.reply.asked", args{"By": q.By.Name, "Question": cards.Shorten(q.Words, mostAsked)})
				}
			}
			return s.say("form.reply.intro")
		},
		title: "button.send",
		fields: func(speech, *ticket.Ticket, ticket.Item) []field {
			return []field{{id: ticket.FieldWords, kind: cards.FieldLines, label: "label.reply", required: true, limit: ticket.MaxEvidence}}
		},
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			return c.Reply(c.Ticket.OpenEscalation(), v.text(ticket.FieldWords))
		},
	}
}

func answerForm() form {
	return form{
		name: "answer",
		heading: func(s speech, t *ticket.Ticket, _ ticket.Item) string {
			if len(t.Escalations) == 0 {
				return s.say("button.answer")
			}
			// A form that comes back may be about one which has ended meanwhile.
			last := t.Escalations[len(t.Escalations)-1]
			return s.say("form.answer.heading", args{"Level": s.say("choice.level." + string(last.Level))})
		},
		intro: titled("form.answer.intro"),
		fields: func(speech, *ticket.Ticket, ticket.Item) []field {
			return []field{{id: ticket.FieldWords, kind: cards.FieldLines, label: "label.answer", required: true, limit: ticket.MaxEvidence}}
		},
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			return c.Answer(v.text(ticket.FieldWords))
		},
	}
}
