package ticket

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Quiet are the hours in which a conversation gets nothing new but what is
// about Expedite tickets. They hold for every thread of it.
type Quiet struct {
	Tenant, Conversation string
	// From and To are minutes after midnight. To is on the next day where it is
	// not after From.
	From, To int
	// Zone is the IANA name of where the clock stands that they mean.
	Zone string
	By   Person
	At   time.Time
}

// hoursForm is how people write hours: "20:00-07:00", "8pm – 7am", "from 20 to 7".
var hoursForm = regexp.MustCompile(`(?i)^(?:from\s+)?` + timeForm + `\s*(?:-|–|—|\bto\b|\buntil\b|\btill\b)\s*` + timeForm + `$`)

const timeForm = `(\d{1,2})(?:[:.h](\d{2}))?\s*([ap]\.?m\.?)?`

// ParseHours reads quiet hours as people write them, in minutes after midnight.
func ParseHours(s string) (from, to int, err error) {
	unclear := fault("", "error.hours_unclear", map[string]any{"Typed": shortened(s)})
	match := hoursForm.FindStringSubmatch(strings.Trim(line(s), ".!? "))
	if match == nil {
		return 0, 0, unclear
	}
	from, good := minuteOf(match[1:4])
	to, alsoGood := minuteOf(match[4:7])
	switch {
	case !good || !alsoGood:
		return 0, 0, unclear
	case from == to:
		return 0, 0, fault("", "error.hours_same", nil)
	}
	return from, to, nil
}

// minuteOf gives the minute of the day for an hour, its minutes and "am" or "pm".
func minuteOf(parts []string) (int, bool) {
	hour, err := strconv.Atoi(parts[0])
	minute := 0
	if err == nil && parts[1] != "" {
		minute, err = strconv.Atoi(parts[1])
	}
	if half := strings.ToLower(parts[2]); half != "" {
		if hour < 1 || hour > 12 {
			return 0, false
		}
		hour %= 12
		if half[0] == 'p' {
			hour += 12
		}
	}
	if err != nil || hour > 24 || minute > 59 || hour == 24 && minute > 0 {
		return 0, false
	}
	return (hour%24)*60 + minute, true
}

// Hours writes the hours as people read them, "20:00–07:00".
func (q Quiet) Hours() string {
	return fmt.Sprintf("%02d:%02d–%02d:%02d", q.From/60, q.From%60, q.To/60, q.To%60)
}

// Until gives when the quiet time ends that it is now; zero where it is none.
// On a day on which the clock of the zone is set, the hours are those that it shows.
func (q Quiet) Until(now time.Time) time.Time {
	zone, err := time.LoadLocation(q.Zone)
	if err != nil || q.Zone == "Local" {
		zone = time.UTC
	}
	today := now.In(zone)
	for _, day := range []time.Time{today.AddDate(0, 0, -1), today} {
		start, last := onClock(day, q.From, zone), day
		if q.To <= q.From {
			last = day.AddDate(0, 0, 1)
		}
		if end := onClock(last, q.To, zone); !now.Before(start) && now.Before(end) {
			return end.UTC()
		}
	}
	return time.Time{}
}

// onClock gives the first instant of a day at which the zone's clock shows the
// minute, or would have to: where it leaps over it, the instant of the leap.
func onClock(day time.Time, minute int, zone *time.Location) time.Time {
	face := time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, time.UTC)
	_, before := face.Add(-24 * time.Hour).In(zone).Zone()
	_, after := face.Add(24 * time.Hour).In(zone).Zone()
	first := face.Add(-time.Duration(max(before, after)) * time.Second).In(zone)
	last := face.Add(-time.Duration(min(before, after)) * time.Second).In(zone)
	for _, at := range []time.Time{first, last} {
		if at.Day() == face.Day() && at.Hour() == face.Hour() && at.Minute() == face.Minute() {
			return at
		}
	}
	leap, _ := last.ZoneBounds()
	return leap
}

// SetQuiet sets the quiet hours of a conversation, or ends them where they are
// nil. What was held back there comes when the new hours have it.
func (d *Desk) SetQuiet(ctx context.Context, place Place, quiet *Quiet) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		var until time.Time
		if quiet == nil {
			if err := tx.EndQuiet(ctx, place.Tenant, place.Conversation); err != nil {
				return err
			}
		} else {
			quiet.Tenant, quiet.Conversation, quiet.At = place.Tenant, place.Conversation, d.now()
			until = quiet.Until(quiet.At)
			if err := tx.SetQuiet(ctx, *quiet); err != nil {
				return err
			}
		}
		waiting, err := tx.Waiting(ctx, place.Tenant, place.Conversation)
		if err != nil {
			return err
		}
		tasks := make([]Task, len(waiting))
		for i, place := range waiting {
			tasks[i] = Task{Job: Summarize{Place: place}, At: until}
		}
		return tx.Later(ctx, tasks...)
	})
	if err != nil {
		return fmt.Errorf("set quiet hours: %w", err)
	}
	return nil
}

// QuietUntil gives until when nothing new about a ticket of the class goes to
// the place; zero where it may go now.
func (d *Desk) QuietUntil(ctx context.Context, place Place, class Class) (time.Time, error) {
	if class == Expedite {
		return time.Time{}, nil
	}
	quiet, ok, err := d.Store.Quiet(ctx, place.Tenant, place.Conversation)
	if err != nil || !ok {
		return time.Time{}, err
	}
	return quiet.Until(d.now()), nil
}

// HoldReminder keeps a reminder of a clock for the summary, where the place has
// quiet hours now; false where it may go.
func (d *Desk) HoldReminder(ctx context.Context, t *Ticket, place Place, clock ClockKind) (held bool, err error) {
	until, err := d.QuietUntil(ctx, place, t.Class())
	if err != nil || until.IsZero() {
		return false, err
	}
	event := Event{Kind: EventReminder, To: string(clock)} // of no version: it is no news of the ticket
	err = d.Store.InTx(ctx, func(tx Tx) error {
		if err := tx.Hold(ctx, []HeldNotice{{Place: place, Number: t.Number, Event: event, At: d.now()}}); err != nil {
			return err
		}
		return tx.Later(ctx, Task{Job: Summarize{Place: place}, At: until})
	})
	if err != nil {
		return false, fmt.Errorf("hold back a reminder of %s: %w", t.ID, err)
	}
	return true, nil
}
