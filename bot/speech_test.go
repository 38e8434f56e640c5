package bot

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"handrail/internal/ticket"
)

func newWords(t testing.TB) *catalog {
	t.Helper()
	c, err := newCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestATimeIsSaidOnTheReadersClock(t *testing.T) {
	t.Parallel()
	c := newWords(t)
	at := func(s string) time.Time {
		parsed, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, test := range []struct{ now, at, zone, want string }{
		{"2026-11-23T10:00:00Z", "2026-11-23T14:30:00Z", "", "14:30"},
		{"2026-11-23T10:00:00Z", "2026-11-23T14:30:00Z", "Europe/Berlin", "15:30"},
		{"2026-11-23T10:00:00Z", "2026-11-23T14:30:00Z", "Asia/Kolkata", "20:00"},
		{"2026-11-23T10:00:00Z", "2026-11-24T14:30:00Z", "Europe/Berlin", "Tue 24 Nov, 15:30"},
		{"2026-11-23T10:00:00Z", "2026-11-22T14:30:00Z", "Europe/Berlin", "Sun 22 Nov, 15:30"},
		// The day is the reader's.
		{"2026-11-23T23:30:00Z", "2026-11-23T22:30:00Z", "Europe/Berlin", "Mon 23 Nov, 23:30"},
		{"2026-11-23T23:30:00Z", "2026-11-24T05:00:00Z", "Europe/Berlin", "06:00"},
		// Clocks go back on 25 October 2026 and forward on 28 March 2027 in Berlin.
		{"2026-10-24T10:00:00Z", "2026-10-25T00:30:00Z", "Europe/Berlin", "Sun 25 Oct, 02:30"},
		{"2026-10-24T10:00:00Z", "2026-10-25T01:30:00Z", "Europe/Berlin", "Sun 25 Oct, 02:30"},
		{"2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "Europe/Berlin", "03:30"},
		// Another year is named where the weekday would not tell.
		{"2026-11-23T10:00:00Z", "2027-01-01T10:00:00Z", "UTC", "Fri 1 Jan, 10:00"},
		{"2026-11-23T10:00:00Z", "2027-11-23T10:00:00Z", "UTC", "23 Nov 2027, 10:00"},
		{"2026-11-23T10:00:00Z", "2024-02-29T10:00:00Z", "UTC", "29 Feb 2024, 10:00"},
		// Zones that nobody knows.
		{"2026-11-23T10:00:00Z", "2026-11-23T14:30:00Z", "Local", "14:30"},
		{"2026-11-23T10:00:00Z", "2026-11-23T14:30:00Z", "W. Europe Standard Time", "14:30"},
		{"2026-11-23T10:00:00Z", "2026-11-23T14:30:00Z", "../../etc/passwd", "14:30"},
	} {
		if got := c.in("en-US", test.zone, at(test.now)).when(at(test.at)); got != test.want {
			t.Errorf("%s in %q is said as %q at %s, want %q", test.at, test.zone, got, test.now, test.want)
		}
	}
}

func TestALengthOfTimeIsSaidInItsLargestUnit(t *testing.T) {
	t.Parallel()
	s := newWords(t).in("", "", monday())
	for d, want := range map[time.Duration]string{
		0: "less than a minute", 59 * time.Second: "less than a minute", time.Minute: "1 min", 59*time.Minute + 59*time.Second: "59 min",
		time.Hour: "1 h", 89 * time.Minute: "1 h", 90 * time.Minute: "2 h", 24 * time.Hour: "24 h", 47 * time.Hour: "47 h",
		48 * time.Hour: "2 days", 59 * time.Hour: "2 days", 60 * time.Hour: "3 days", 1000 * time.Hour: "42 days",
		-5 * time.Minute: "5 min", -3 * 24 * time.Hour: "3 days",
	} {
		if got := s.span(d); got != want {
			t.Errorf("%s is said as %q, want %q", d, got, want)
		}
	}
}

func TestASentenceIsSaidAsWellAsThereAreWords(t *testing.T) {
	t.Parallel()
	c := newWords(t)
	for _, locale := range []string{"", "en-US", "de-DE", "vi-VN", "no such locale", "x"} {
		s := c.in(locale, "", monday())
		if got := s.say("history.assigned", args{"To": "Ana"}); got != "assigned it to Ana" {
			t.Errorf("in %q it is %q", locale, got)
		}
		if got := s.say("no.such.sentence", args{"To": "Ana"}); got != "no.such.sentence" {
			t.Errorf("in %q a missing sentence is %q", locale, got)
		}
	}
	s := c.in("en", "", monday())
	for count, want := range map[int]string{0: "0 things are missing.", 1: "1 thing is missing.", 2: "2 things are missing."} {
		if got := s.say("ticket.missing_count", args{"Count": count}); got != want {
			t.Errorf("%d: %q, want %q", count, got, want)
		}
	}
	// A sentence without a singular takes a count of one.
	if got := s.say("class.because.date", args{"Count": 1, "Class": "Fixed deadline", "Date": "Friday"}); got != "Fixed deadline because it has to be done by Friday" {
		t.Errorf("it is %q", got)
	}
}

func TestTextsOfPeopleAreEscapedInMarkdown(t *testing.T) {
	t.Parallel()
	s := newWords(t).in("en", "", monday())
	if got, want := s.markdown("history.assigned", args{"To": "[x](http://x)"}), `assigned it to \[x\](http://x)`; got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
}

func TestOnlyErrorsOfTheDomainAreSaid(t *testing.T) {
	t.Parallel()
	s := newWords(t).in("en", "Europe/Berlin", monday())
	for _, test := range []struct {
		err  error
		want string
	}{
		{ticket.ErrNotFound(7), "There is no ticket T-7 here. Write board to see the open ones."},
		{fmt.Errorf("show: %w", ticket.ErrNotFound(7)), "There is no ticket T-7 here. Write board to see the open ones."},
		{&ticket.Error{Message: "error.gate", Args: map[string]any{"Items": []string{"cause", "decide"}}}, "Still missing: record the likely root cause, decide to fix or to escalate."},
		{&ticket.Error{Message: "error.required_item", Args: map[string]any{"Item": "cause"}}, "Likely root cause cannot be skipped: the step is not done without it."},
		{&ticket.Error{Message: "error.item_other_step", Args: map[string]any{"Step": "resolution"}}, "The ticket is in Resolution now; this belongs to another step."},
		{&ticket.Error{Message: "error.stale", Args: map[string]any{"By": "Ana", "Ticket": "T-1", "At": monday()}}, "Ana changed T-1 at 11:00."},
		{ticket.Faults{{Message: "error.title_required"}, {Message: "error.customer_required"}}, "Write what is wrong, in a few words. Write who the customer is."},
		{errors.New("pq: connection refused"), ""},
	} {
		got, ok := s.fault(test.err)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%v is said as %q, want %q", test.err, got, test.want)
		}
	}
}
