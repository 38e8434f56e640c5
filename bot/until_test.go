package bot

import (
	"strings"
	"testing"
	"time"
)

func TestTheEndOfAnAbsenceIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	hanoi, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, berlin) // a Monday
	for _, test := range []struct {
		text string
		now  time.Time
		want string // in UTC
		rest string
	}{
		{"until Monday", noon, "2026-11-30T08:00:00Z", ""},
		{"tue", noon, "2026-11-24T08:00:00Z", ""},
		{"until next Sunday", noon, "2026-11-29T08:00:00Z", ""},
		{"until tomorrow", noon, "2026-11-24T08:00:00Z", ""},
		{"until today 15:30", noon, "2026-11-23T14:30:00Z", ""},
		{"until 15:30", noon, "2026-11-23T14:30:00Z", ""},
		{"until Monday 9:00", noon, "2026-11-30T08:00:00Z", ""},
		{"Monday at 2 pm", noon, "2026-11-30T13:00:00Z", ""},
		{"Monday, 2pm Kofi Annan", noon, "2026-11-30T13:00:00Z", "Kofi Annan"},
		{"Kofi until Friday, 12am", noon, "2026-11-26T23:00:00Z", "Kofi"},
		{"2026-12-01", noon, "2026-12-01T08:00:00Z", ""},
		{"2026-12-01 14.30", noon, "2026-12-01T13:30:00Z", ""},
		{"1 Dec", noon, "2026-12-01T08:00:00Z", ""},
		{"the 1st of December 2026", noon, "2026-12-01T08:00:00Z", ""},
		{"Dec 1st 7:15", noon, "2026-12-01T06:15:00Z", ""},
		{"1. Dec. 2026 at 10", noon, "2026-12-01T09:00:00Z", ""},
		{"01.12.2026", noon, "2026-12-01T08:00:00Z", ""},
		{"01.12.", noon, "2026-12-01T08:00:00Z", ""},
		{"2 January", noon, "2027-01-02T08:00:00Z", ""},
		{"Mon", time.Date(2026, 11, 22, 23, 30, 0, 0, berlin), "2026-11-23T08:00:00Z", ""},
		{"tomorrow", time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC).In(berlin), "2026-11-24T08:00:00Z", ""},
		{"tomorrow", time.Date(2026, 11, 23, 17, 30, 0, 0, time.UTC).In(hanoi), "2026-11-25T02:00:00Z", ""},
		// Over the changes to and from daylight-saving time nine o'clock stays nine o'clock.
		{"Monday", time.Date(2026, 10, 23, 12, 0, 0, 0, berlin), "2026-10-26T08:00:00Z", ""},
		{"Sunday", time.Date(2026, 10, 23, 12, 0, 0, 0, berlin), "2026-10-25T08:00:00Z", ""},
		{"Friday", time.Date(2026, 10, 22, 12, 0, 0, 0, berlin), "2026-10-23T07:00:00Z", ""},
		{"Monday", time.Date(2027, 3, 26, 12, 0, 0, 0, berlin), "2027-03-29T07:00:00Z", ""},
		{"Sunday 2:30", time.Date(2027, 3, 26, 12, 0, 0, 0, berlin), "2027-03-28T01:30:00Z", ""}, // an hour that is left out
		// What is in no calendar is long past, and what names no day is none.
		{"31.11.2026", noon, "0001-01-01T08:06:32Z", ""},
		{"", noon, "", ""},
		{"soon", noon, "", "soon"},
		{"12/01/2026", noon, "", "12/01/2026"},
		{"25:00", noon, "", "25:00"},
		{"until the end", noon, "", "end"},
	} {
		at, rest, ok := until(strings.Fields(test.text), test.now)
		got := ""
		if ok {
			got = at.UTC().Format(time.RFC3339)
		}
		if got != test.want || strings.Join(rest, " ") != test.rest {
			t.Errorf("%q is %q, the rest %q; want %q and %q", test.text, got, rest, test.want, test.rest)
		}
	}
}
