package ticket

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// DownloadAge is how long the link to a file is good.
const DownloadAge = 15 * time.Minute

// Period is a length of time; To is not a part of it.
type Period struct{ From, To time.Time }

// Report tells how the desk did in a period, and what is open now.
type Report struct {
	Period
	// Open counts the tickets that are open now.
	Open []Count
	// All are the figures of the period, Classes those of each class in which
	// something happened, most urgent first.
	All     Figures
	Classes []Figures
	// Escalations are those that were sent in the period.
	Escalations EscalationFigures
}

// Figures are those of one class, or of all, in a period.
type Figures struct {
	// Class is empty for all.
	Class Class
	// Opened and Closed count tickets, Breaches the promises that were broken
	// on tickets which were opened, acknowledged, resolved or closed in the period.
	Opened, Closed, Breaches int
	// Acknowledge and Resolve are of tickets whose acknowledgement and
	// resolution were in the period, from when they were opened.
	Acknowledge, Resolve Times
}

// Times sums up lengths of time.
type Times struct {
	// Count is how many there are; without any, the others are zero.
	Count int
	// Half of them are no longer than Median, and nine in ten no longer than Ninetieth.
	Median, Ninetieth time.Duration
}

// Moves is what a store counts for a [Report], by class.
type Moves struct {
	Class                    Class
	Opened, Closed, Breaches int
	// Acknowledge and Resolve are how many tickets took how long, in any order.
	Acknowledge, Resolve []Took
}

// Took is how many tickets took how long.
type Took struct {
	Length  time.Duration
	Tickets int
}

// Report gives the figures of a tenant's tickets.
func (d *Desk) Report(ctx context.Context, tenant string, period Period) (Report, error) {
	open, err := d.Store.Counts(ctx, Query{Tenant: tenant, Open: true})
	if err != nil {
		return Report{}, err
	}
	moves, err := d.Store.Moves(ctx, tenant, period)
	if err != nil {
		return Report{}, err
	}
	escalated, err := d.Store.Escalated(ctx, tenant, period)
	if err != nil {
		return Report{}, err
	}
	report := Report{Period: period, Open: open, Escalations: escalationFigures(escalated)}
	var all Moves
	for _, class := range Classes() {
		for _, m := range moves {
			if m.Class != class {
				continue
			}
			report.Classes = append(report.Classes, m.figures())
			all.Opened, all.Closed, all.Breaches = all.Opened+m.Opened, all.Closed+m.Closed, all.Breaches+m.Breaches
			all.Acknowledge = slices.Concat(all.Acknowledge, m.Acknowledge)
			all.Resolve = slices.Concat(all.Resolve, m.Resolve)
		}
	}
	report.All = all.figures()
	return report, nil
}

func (m Moves) figures() Figures {
	return Figures{
		Class: m.Class, Opened: m.Opened, Closed: m.Closed, Breaches: m.Breaches,
		Acknowledge: timesOf(m.Acknowledge), Resolve: timesOf(m.Resolve),
	}
}

func timesOf(all []Took) Times {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b Took) int { return cmp.Compare(a.Length, b.Length) })
	var times Times
	for _, took := range sorted {
		times.Count += took.Tickets
	}
	times.Median, times.Ninetieth = percentile(sorted, times.Count, 50), percentile(sorted, times.Count, 90)
	return times
}

// percentile gives the least length that is no shorter than so many in a
// hundred: the nearest rank, which is a length that really occurred.
func percentile(sorted []Took, count, hundredths int) time.Duration {
	rank := (count*hundredths + 99) / 100
	for _, took := range sorted {
		if rank -= took.Tickets; rank <= 0 {
			return took.Length
		}
	}
	return 0
}

// Line is a ticket in the file of a report.
type Line struct {
	Number          int64
	Title, Customer string
	Class           Class
	Step            Step
	State           State
	Owner           string

	OpenedAt                             time.Time
	AcknowledgedAt, ResolvedAt, ClosedAt *time.Time
	// Users is nil where nobody knows them.
	Users    *int
	Breaches int
	// Escalations is how many there were of the ticket so far, and Climbs how
	// often they went on because nobody answered.
	Escalations, Climbs int
}

// Download is a file that was offered by a link.
type Download struct {
	// Digest is the SHA-256 of the link's secret, which is stored nowhere.
	Digest string
	Tenant string
	// Period is that of a report, and Attachment the id of a file; one of them is there,
	// unless it is a Comparison.
	Period
	Attachment int64
	// Comparison tells that it is what differs from the system of record.
	Comparison bool
	// Until is when the link ends.
	Until time.Time
}

// OfferDownload gives the secret of a link to the file of a report.
func (d *Desk) OfferDownload(ctx context.Context, tenant string, period Period) (secret string, err error) {
	return d.offer(ctx, Download{Tenant: tenant, Period: period})
}

// OfferAttachment gives the secret of a link to an attachment.
func (d *Desk) OfferAttachment(ctx context.Context, a Attachment) (secret string, err error) {
	return d.offer(ctx, Download{Tenant: a.Tenant, Attachment: a.ID})
}

func (d *Desk) offer(ctx context.Context, download Download) (secret string, err error) {
	secret = rand.Text() // at least 128 random bits
	download.Digest, download.Until = digest(secret), d.now().Add(DownloadAge)
	err = d.Store.InTx(ctx, func(tx Tx) error { return tx.AddDownload(ctx, download, d.now()) })
	if err != nil {
		return "", fmt.Errorf("offer a file: %w", err)
	}
	return secret, nil
}

// Download gives the file that a link leads to; false where it is unknown or has ended.
func (d *Desk) Download(ctx context.Context, secret string) (Download, bool, error) {
	download, ok, err := d.Store.Download(ctx, digest(secret))
	if err != nil || !ok || !d.now().Before(download.Until) {
		return Download{}, false, err
	}
	return download, true, nil
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// PostReport sends a report into a place.
type PostReport struct {
	Place
	// Span is the word for the period.
	Span string `json:"span"`
}

// Kind gives the stored word of the job.
func (PostReport) Kind() string { return "report.post" }
