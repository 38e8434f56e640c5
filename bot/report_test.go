package bot

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

func TestAPeriodIsOneOfTheReadersCalendar(t *testing.T) {
	t.Parallel()
	const form = "2006-01-02 15:04"
	for _, c := range []struct{ zone, now, span, from, to string }{
		{"UTC", "2026-11-23 10:00", "30", "2026-10-24 10:00", "2026-11-23 10:00"},
		{"UTC", "2026-11-23 10:00", "this_week", "2026-11-23 00:00", "2026-11-23 10:00"},
		{"UTC", "2026-11-22 10:00", "this_week", "2026-11-16 00:00", "2026-11-22 10:00"},
		{"UTC", "2026-11-23 10:00", "last_week", "2026-11-16 00:00", "2026-11-23 00:00"},
		{"UTC", "2026-01-05 10:00", "last_month", "2025-12-01 00:00", "2026-01-01 00:00"},
		{"UTC", "2026-03-31 10:00", "last_month", "2026-02-01 00:00", "2026-03-01 00:00"},
		{"UTC", "2026-03-31 10:00", "this_month", "2026-03-01 00:00", "2026-03-31 10:00"},
		{"Pacific/Auckland", "2026-11-30 12:00", "this_month", "2026-11-30 11:00", "2026-11-30 12:00"},
		{"Europe/Berlin", "2026-03-30 10:00", "7", "2026-03-23 11:00", "2026-03-30 10:00"}, // the clock went forward
		{"UTC", "2026-11-23 10:00", "nonsense", "2026-10-24 10:00", "2026-11-23 10:00"},
	} {
		now, err := time.Parse(form, c.now)
		if err != nil {
			t.Fatal(err)
		}
		got := newWords(t).in("", c.zone, now).period(c.span)
		if from, to := got.From.UTC().Format(form), got.To.UTC().Format(form); from != c.from || to != c.to {
			t.Errorf("%s at %s in %s is from %s to %s, want from %s to %s", c.span, c.now, c.zone, from, to, c.from, c.to)
		}
	}
}

func TestAPeriodIsUnderstoodInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"report": "30", "report 7": "7", "Report 90 days": "90", "report last 14 days": "14", "report 1 day": "1", "report 5d": "5",
		"report this week": "this_week", "report last month": "last_month", "stats last week": "last_week",
		"report 0": "", "report -1": "", "report 367": "", "report of the bug": "", "report 1e2": "", "report is empty": "",
	} {
		got := understand(text)
		if span, _ := spanOf(joined(fields(got.rest))); got.command == "report" && span != want || got.command == "" && want != "" {
			t.Errorf("%q is taken for %+v, %q; want %q", text, got, span, want)
		}
		if want == "" && got.command != "" {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestNoTextOfAPersonIsAFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"": "", "a=b": "a=b", "'=1": "'=1", "Mail - slow": "Mail - slow",
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestAFileHoldsWhatPeopleTypedAsItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	title := `Says "no", ` + "and; stops"
	h.opened(someone{"29:x", "", "@Boss"}, map[string]string{"title": title, "customer": "-5", "users": "3"})
	secret, err := h.bot.desk.OfferDownload(h.ctx(), tenant, ticket.Period{From: h.now, To: h.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	file, ok, err := h.bot.File(h.ctx(), secret)
	if err != nil || !ok || file.Name != "tickets-2026-11-23-to-2026-11-23.csv" {
		t.Fatal(file, ok, err)
	}
	var out bytes.Buffer
	if err := file.Write(h.ctx(), &out); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "\r\n") != 2 {
		t.Errorf("the lines of %q do not end as RFC 4180 says", &out)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
	want := "T-1|" + title + "|'-5|Standard|Reception|open|'@Boss|2026-11-23 10:00:00||||3|0|0|0"
	if err != nil || len(lines) != 2 || strings.Join(lines[1], "|") != want {
		t.Errorf("the file is %q, %v", lines, err)
	}
	if err := file.Write(h.ctx(), broken{}); err == nil {
		t.Error("a reader who has gone is not told of")
	}
}

// broken is a connection that was lost.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("lost") }
