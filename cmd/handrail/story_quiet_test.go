package main

import (
	"strconv"
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// until moves the clock of the story to a time of the next day or this one, in UTC.
func (w *world) until(hour, minute int) {
	w.t.Helper()
	now := w.clock.Now().UTC()
	at := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, time.UTC)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	w.passes(at.Sub(now))
}

// quiets has a person set the quiet hours of their conversation.
func quiets(who *teamstest.Person, chat *teamstest.Conversation, hours, said string) {
	chat.Says(who, "quiet "+hours)
	chat.ExpectText(said)
}

const afterTheNight = "What happened in the quiet hours"

func TestStoryQuietHoursBringOneSummaryInTheMorning(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		chat, loud := w.GroupChat("All", "Kofi Annan"), w.GroupChat("Loud", "Kofi Annan")
		follow(kofi, chat, "")
		follow(kofi, loud, "")
		quiets(kofi, chat, "8pm - 7:30 am", "20:00–07:30 (UTC time)")
		first := w.ticketIn(ticket.Diagnosis, ana)
		second := w.ticketIn(ticket.Reception, ana)
		w.classOf(first.Number, ana, ticket.Fixed)
		card := chat.ExpectCard("T-1 · Contoso", "Fixed deadline")
		before := len(chat.Texts())

		w.until(21, 0)
		w.changes(first.Number, ana, func(c *ticket.Change) error {
			return c.Escalate(ticket.Escalating{Level: ticket.Management, Reasons: []ticket.Reason{ticket.NeedsApproval}, Ask: "May we roll back?", Alone: true})
		})
		w.classOf(second.Number, ana, ticket.Standard)
		loud.ExpectText("T-1", "escalated to Management")
		card.Expect("the answer of Management") // edits go on in silence
		w.until(2, 0)
		w.changes(first.Number, ana, func(c *ticket.Change) error { return c.Answer("Yes, do.") })
		w.classOf(second.Number, ana, ticket.Expedite)
		chat.ExpectCard("T-2 · Contoso", "Expedite")
		w.classOf(second.Number, ana, ticket.Priority)
		if got := chat.Texts(); len(got) != before {
			t.Errorf("in the night it is said: %q", got[before:])
		}
		w.handrail.end()
		w.start()
		w.until(7, 29)
		counted(t, chat, afterTheNight, 0)
		w.until(7, 31)
		summary := chat.ExpectCard(afterTheNight, "2 tickets",
			"T-1** Invoices cannot be posted: Management answered: Yes, do.", "Fixed deadline · Diagnosis · Ana Lima",
			"T-2** Invoices cannot be posted: now Priority (12 users)")
		summary.Press(kofi, "Show")
		chat.ExpectCard("T-1 · Contoso", "Step 3 of 7")
		w.passes(24 * time.Hour)
		counted(t, chat, afterTheNight, 1)
		counted(t, loud, afterTheNight, 0)
	})
}

func TestStoryQuietHoursHoldRemindersAndCanBeEnded(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chat := w.reaches(ana)
		chat.Says(ana, "quiet")
		chat.ExpectText("There are no quiet hours here.")
		quiets(ana, chat, "off", "There are no quiet hours here.")
		quiets(ana, chat, "25-7", "I cannot read “25-7” as hours.")
		quiets(ana, chat, "5-6", "05:00–06:00")
		quiets(ana, chat, "00:00-23:59", "00:00–23:59 (UTC time)")
		w.opens(ana, chat, "Invoices cannot be posted", invoices())
		w.passes(2 * time.Hour)
		counted(t, chat, unacknowledged, 0)
		w.opens(ana, chat, "Nobody can log in", outage())
		w.passes(20 * time.Minute)
		counted(t, chat, unacknowledged, 1) // an Expedite disturbs the quiet
		chat.Says(ana, "following").ExpectCard("Quiet hours: 00:00–23:59", "No ticket is followed here.").Press(ana, "End")
		chat.ExpectCard(afterTheNight, "1 ticket", "T-1** Invoices cannot be posted: reminder: acknowledgement")
		chat.Says(ana, "quiet")
		chat.ExpectText("There are no quiet hours here.")
		w.passes(24 * time.Hour)
		counted(t, chat, afterTheNight, 1)
	})
}

func TestStoryALongNightIsSummedUpShortly(t *testing.T) {
	const many = 13
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chat := follow(ana, w.Channel("Support", "Ana Lima"), "")
		quiets(ana, chat, "00:00-23:59", "00:00–23:59")
		for range many {
			w.ticketIn(ticket.Reception, ana)
		}
		for number := range int64(many) {
			w.classOf(number+1, ana, ticket.Standard)
		}
		chat.Says(ana, "unfollow")
		chat.ExpectText("I no longer post here")
		follow(ana, chat, "T-1")
		for number := range int64(many - 1) {
			chat.Says(ana, "follow T-"+strconv.FormatInt(number+2, 10))
			chat.ExpectText("I post here what happens to")
		}
		chat.Says(ana, "unfollow T-3")
		chat.ExpectText("I no longer post here what happens to", "T-3")
		quiets(ana, chat, "off", "There are no quiet hours here any more.")
		summary := chat.ExpectCard(afterTheNight, "12 tickets", "T-1** ", "T-11** ", "and 2 more")
		saysNot(t, summary.Text(), "T-3**", "T-12**")
	})
}
