package ticket

import (
	"testing"
	"time"
)

func TestHoursAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"20:00-07:00": "20:00–07:00", "8pm-7am": "20:00–07:00", "20-7": "20:00–07:00", "22:00 – 06:30": "22:00–06:30",
		"from 8 pm to 7 am": "20:00–07:00", "20.00—7.30": "20:00–07:30", "20h00 until 7h15": "20:00–07:15", "8-19": "08:00–19:00",
		"12am-12pm": "00:00–12:00", "18 - 24": "18:00–00:00", "0:00-6": "00:00–06:00", " 20:00-07:00. ": "20:00–07:00", "9P.M.-5A.M.": "21:00–05:00",
	} {
		from, to, err := ParseHours(typed)
		if got := (Quiet{From: from, To: to}).Hours(); got != want || err != nil {
			t.Errorf("%q is %s (%v), want %s", typed, got, err, want)
		}
	}
	for typed, want := range map[string]string{
		"": "error.hours_unclear", "20:00": "error.hours_unclear", "25-7": "error.hours_unclear", "20:60-7": "error.hours_unclear",
		"24:30-7": "error.hours_unclear", "13pm-7am": "error.hours_unclear", "0am-7am": "error.hours_unclear", "evening": "error.hours_unclear",
		"20:00-07:00-08:00": "error.hours_unclear", "７-８": "error.hours_unclear", "-1-7": "error.hours_unclear",
		"20-20": "error.hours_same", "0-24": "error.hours_same", "8pm-20:00": "error.hours_same",
	} {
		_, _, err := ParseHours(typed)
		if fault, ok := err.(*Error); !ok || fault.Message != want { //nolint:errorlint // it is not wrapped
			t.Errorf("%q: %v, want %s", typed, err, want)
		}
	}
}

func TestQuietHoursEndWhenTheClockOfTheirZoneSaysSo(t *testing.T) {
	t.Parallel()
	night, day := Quiet{From: 20 * 60, To: 7 * 60}, Quiet{From: 12 * 60, To: 13*60 + 30}
	gap, twice := Quiet{From: 22 * 60, To: 2*60 + 30}, Quiet{From: 60, To: 2*60 + 30}
	late := Quiet{From: 2*60 + 30, To: 7 * 60}
	const berlin, adelaide = "Europe/Berlin", "Australia/Lord_Howe"
	for name, c := range map[string]struct {
		quiet           Quiet
		zone, now, want string
	}{
		"in the evening":                     {night, berlin, "2026-11-23T19:30:00Z", "2026-11-24T06:00:00Z"},
		"after midnight":                     {night, berlin, "2026-11-24T02:00:00Z", "2026-11-24T06:00:00Z"},
		"at their beginning":                 {night, berlin, "2026-11-23T19:00:00Z", "2026-11-24T06:00:00Z"},
		"before it":                          {night, berlin, "2026-11-23T18:59:59Z", ""},
		"at their end":                       {night, berlin, "2026-11-24T06:00:00Z", ""},
		"at noon":                            {night, berlin, "2026-11-24T11:00:00Z", ""},
		"in the middle of a day":             {day, berlin, "2026-11-23T11:15:00Z", "2026-11-23T12:30:00Z"},
		"and in the night":                   {day, berlin, "2026-11-23T02:15:00Z", ""},
		"in a zone that nobody knows":        {night, "Mars/Olympus", "2026-11-23T20:30:00Z", "2026-11-24T07:00:00Z"},
		"without a zone":                     {night, "", "2026-11-23T19:59:00Z", ""},
		"by the machine's zone":              {night, "Local", "2026-11-23T20:30:00Z", "2026-11-24T07:00:00Z"},
		"in the far east":                    {night, "Pacific/Auckland", "2026-11-23T09:00:00Z", "2026-11-23T18:00:00Z"},
		"the night when the clock leaps":     {night, berlin, "2026-03-28T20:00:00Z", "2026-03-29T05:00:00Z"},
		"the night when it is set back":      {night, berlin, "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z"},
		"an end that the clock leaps over":   {gap, berlin, "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"},
		"and no longer":                      {gap, berlin, "2026-03-29T01:00:00Z", ""},
		"a beginning that it leaps over":     {late, berlin, "2026-03-29T01:00:00Z", "2026-03-29T05:00:00Z"},
		"and not before":                     {late, berlin, "2026-03-29T00:59:59Z", ""},
		"an end that comes twice":            {twice, berlin, "2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z"},
		"and is over after the first":        {twice, berlin, "2026-10-25T00:40:00Z", ""},
		"a leap of half an hour":             {Quiet{From: 0, To: 2*60 + 10}, adelaide, "2026-10-03T14:00:00Z", "2026-10-03T15:30:00Z"},
		"a year's end":                       {night, berlin, "2026-12-31T22:00:00Z", "2027-01-01T06:00:00Z"},
		"the last minute before the evening": {Quiet{From: 1, To: 0}, "UTC", "2026-12-31T23:59:00Z", "2027-01-01T00:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		c.quiet.Zone = c.zone
		got := ""
		if until := c.quiet.Until(now); !until.IsZero() {
			got = until.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s: until %q, want %q", name, got, c.want)
		}
	}
}
