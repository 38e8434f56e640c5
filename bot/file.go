package bot

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"handrail/internal/ticket"
)

// filePage is how many tickets are read at once for a file: a long one takes
// little memory, and no connection of the database for long.
const filePage = 1000

// File is a report as CSV (RFC 4180), a line for each ticket to which something
// happened in the period.
type File struct {
	Name string
	bot  *Bot
	of   ticket.Download
}

// File gives the file that a link leads to; false where the link is unknown or
// has ended.
func (b *Bot) File(ctx context.Context, secret string) (*File, bool, error) {
	of, ok, err := b.desk.Download(ctx, secret)
	if err != nil || !ok || of.Attachment != 0 {
		return nil, false, err
	}
	const day = "2006-01-02"
	if of.Comparison {
		return &File{Name: "differences-" + b.now().UTC().Format(day) + ".csv", bot: b, of: of}, true, nil
	}
	return &File{Name: "tickets-" + of.From.Format(day) + "-to-" + of.To.Format(day) + ".csv", bot: b, of: of}, true, nil
}

// Write writes the file. It begins with a byte order mark, without which Excel
// takes UTF-8 for something else.
func (f *File) Write(ctx context.Context, to io.Writer) error {
	if f.of.Comparison {
		return f.writeComparison(ctx, to)
	}
	s := f.bot.catalog.in("", "", f.bot.now())
	buffered := bufio.NewWriter(to)
	lines := csv.NewWriter(buffered)
	lines.UseCRLF = true
	_, _ = buffered.WriteString("\ufeff") // what goes wrong is told by Flush
	_ = lines.Write([]string{
		"Number", "Title", "Customer", "Class", "Step", "State", "Owner",
		"Opened (UTC)", "Acknowledged (UTC)", "Resolved (UTC)", "Closed (UTC)", "Users", "Breaches",
		"Escalations", "Climbs",
	})
	for after := int64(0); ; {
		page, err := f.bot.store.Lines(ctx, f.of.Tenant, f.of.Period, after, filePage)
		if err != nil {
			return err
		}
		for _, line := range page {
			line.Title, line.Customer = f.bot.masked(line.Title), f.bot.masked(line.Customer)
			_ = lines.Write(s.cells(line))
			after = line.Number
		}
		lines.Flush()
		if err := lines.Error(); err != nil {
			return fmt.Errorf("bot: write a report: %w", err)
		}
		if len(page) < filePage {
			break
		}
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("bot: write a report: %w", err)
	}
	return nil
}

// cells gives the cells of a ticket.
func (s speech) cells(line ticket.Line) []string {
	users := ""
	if line.Users != nil {
		users = strconv.Itoa(*line.Users)
	}
	return []string{
		ticket.Number(line.Number), harmless(line.Title), harmless(line.Customer),
		s.say("class." + string(line.Class)), s.say("step." + string(line.Step)), string(line.State), harmless(line.Owner),
		stamp(&line.OpenedAt), stamp(line.AcknowledgedAt), stamp(line.ResolvedAt), stamp(line.ClosedAt),
		users, strconv.Itoa(line.Breaches), strconv.Itoa(line.Escalations), strconv.Itoa(line.Climbs),
	}
}

// harmless gives a text of a person that no spreadsheet takes for a formula
// (OWASP, "CSV Injection").
func harmless(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}

// stamp gives a time as spreadsheets read it.
func stamp(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.DateTime)
}
