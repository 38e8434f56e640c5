package bot

import (
	"time"

	"handrail/cards"
	"handrail/internal/ticket"
)

// The lengths of a snooze; stored words.
const (
	snoozeHalfHour = "30m"
	snoozeHour     = "1h"
	snoozeTwo      = "2h"
	snoozeFour     = "4h"
	snoozeMorning  = "morning" // tomorrow at nine on the reader's clock
)

// snoozeForm puts the reminders of a clock off. It is about a clock, whose
// stored word the button carries in the place of an item.
func snoozeForm() form {
	return form{
		name:    "snooze",
		heading: titled("form.snooze.heading"),
		intro:   titled("form.snooze.intro"),
		ofClock: true,
		fields: func(s speech, _ *ticket.Ticket, _ ticket.Item) []field {
			choices := []string{snoozeHalfHour, snoozeHour, snoozeTwo, snoozeFour}
			if until := s.until(snoozeMorning); until.Sub(s.now) <= ticket.LongestSnooze {
				choices = append(choices, snoozeMorning)
			}
			return []field{
				{
					id: ticket.FieldUntil, kind: cards.FieldChoice, label: "label.snooze", required: true,
					group: "snooze", choices: choices, value: snoozeHour,
				},
				reasonField(),
			}
		},
		save: func(s speech, c *ticket.Change, clock ticket.Item, v values) error {
			return c.Snooze(ticket.ClockKind(clock.ID), s.until(v.text(ticket.FieldUntil)), v.text(ticket.FieldReason))
		},
	}
}

// until gives the end of a snooze; zero for no choice. The morning is that of
// the calendar, whether the night has an hour more or less.
func (s speech) until(choice string) time.Time {
	switch choice {
	case snoozeHalfHour:
		return s.now.Add(30 * time.Minute)
	case snoozeHour:
		return s.now.Add(time.Hour)
	case snoozeTwo:
		return s.now.Add(2 * time.Hour)
	case snoozeFour:
		return s.now.Add(4 * time.Hour)
	case snoozeMorning:
		today := s.now.In(s.zone)
		return time.Date(today.Year(), today.Month(), today.Day()+1, morningHour, 0, 0, 0, s.zone)
	}
	return time.Time{}
}
