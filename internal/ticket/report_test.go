package ticket_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

func TestAReportTellsTheHalfAndTheNineInTen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		minutes           []int
		median, ninetieth int
	}{
		"one":                   {[]int{7}, 7, 7},
		"two":                   {[]int{9, 7}, 7, 9},
		"three":                 {[]int{9, 1, 7}, 7, 9},
		"ten":                   {[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 100}, 5, 9},
		"eleven":                {[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100}, 6, 10},
		"the same many times":   {[]int{3, 3, 3, 3, 80}, 3, 80},
		"less than a minute":    {[]int{0, 0, 0}, 0, 0},
		"in no order at all":    {[]int{50, 10, 40, 20, 30}, 30, 50},
		"nineteen short, 1 not": {append(make([]int, 19), 60), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			by := ana
			for _, minutes := range c.minutes {
				opened := d.open(by, opening(""))
				at := opened.OpenedAt.Add(time.Duration(minutes) * time.Minute)
				opened.AcknowledgedAt = &at
				d.write(func(ctx context.Context, tx ticket.Tx) error {
					return tx.Save(ctx, opened, ticket.Entry{Version: opened.Version + 1})
				})
			}
			report, err := d.Report(t.Context(), by.Tenant, ticket.Period{To: d.now.Add(1000 * time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			want := ticket.Times{
				Count: len(c.minutes), Median: time.Duration(c.median) * time.Minute, Ninetieth: time.Duration(c.ninetieth) * time.Minute,
			}
			if diff := cmp.Diff(want, report.All.Acknowledge); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(report.All.Acknowledge, report.Classes[0].Acknowledge); diff != "" || report.All.Opened != len(c.minutes) {
				t.Error(report.All.Opened, diff)
			}
		})
	}
}

func TestALinkIsGoodForAWhile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	period := ticket.Period{From: morning, To: morning.Add(time.Hour)}
	secret, err := d.OfferDownload(t.Context(), "desk", period)
	if err != nil || len(secret) < 26 {
		t.Fatal(secret, err)
	}
	found := func(secret string) bool {
		got, ok, err := d.Download(t.Context(), secret)
		if err != nil || ok && (got.Tenant != "desk" || got.Period != period || got.Digest == secret) {
			t.Fatal(got, err)
		}
		return ok
	}
	if !found(secret) || found(secret[1:]) || found("") {
		t.Error("a link leads where it should not")
	}
	d.now = d.now.Add(ticket.DownloadAge - time.Second)
	if !found(secret) {
		t.Error("a link has ended too early")
	}
	d.now = d.now.Add(time.Second)
	if found(secret) {
		t.Error("a link has not ended")
	}
}
