package bot

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// spanOdoo is what a report is asked for by that compares with Odoo.
const spanOdoo = "odoo"

// mostDifferences is how many tickets a card lists; the file has them all.
const mostDifferences = 8

// PostComparison does the job of sending what differs between Handrail and Odoo.
func (b *Bot) PostComparison(ctx context.Context, job ticket.PostComparison) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	message := teams.Message{Text: s.say("compare.no_odoo")}
	if b.desk.Census != nil {
		if message, err = b.comparisonCard(ctx, s, job.Tenant); err != nil {
			return err
		}
	}
	_, err = b.chat.Send(ctx, reference(address), message)
	return b.delivered(ctx, address, err)
}

// comparisonCard compares, and says why it cannot where Odoo does not let it.
func (b *Bot) comparisonCard(ctx context.Context, s speech, tenant string) (teams.Message, error) {
	found, err := b.desk.Compare(ctx, tenant)
	if failed, ok := errors.AsType[*ticket.RecordError](err); ok {
		logs.From(ctx).WarnContext(ctx, "tickets could not be compared with Odoo", "error", err)
		return teams.Message{Text: s.say("compare.trouble." + string(failed.Why))}, nil
	}
	if err != nil {
		return teams.Message{}, err
	}
	view := cards.Lookup{
		Words: s.words(), Heading: s.say("compare.heading"), Subtitle: cards.Text(s.say("compare.agree", args{"Count": found.Tickets})),
		Figures: []cards.ReportLine{s.tally(s.say("compare.open"), found.Open), s.tally(s.say("compare.closed"), found.Closed)},
		Note:    s.say("compare.at", args{"When": s.when(s.now)}),
	}
	for _, stage := range found.Stages {
		view.Figures = append(view.Figures, s.tally(cards.Escape(stage.Stage), stage.Tally))
	}
	if n := len(found.Differences); n > 0 {
		view.Subtitle = cards.Text(s.say("compare.differ", args{"Count": n, "Tickets": found.Tickets}))
		if view.File, view.Note, err = b.offerComparison(ctx, s, tenant); err != nil {
			return teams.Message{}, err
		}
		view.Get = s.say("card.report.download")
		if n > mostDifferences {
			view.Note = s.say("compare.more", args{"Count": n - mostDifferences}) + " " + view.Note
		}
	}
	for _, d := range found.Differences[:min(len(found.Differences), mostDifferences)] {
		view.Rows = append(view.Rows, cards.LookupRow{
			Title:  cards.Text(ticket.Number(d.Number) + " " + cards.Shorten(b.masked(d.Title), 120)),
			Detail: s.markdown("compare."+string(d.Kind), s.about(d)), URL: d.Ref.URL, Open: s.say("button.in_odoo"),
			Buttons: []cards.Button{b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: ticket.Number(d.Number)})},
		})
	}
	card, err := b.cards.Lookup(view)
	return teams.Message{Card: card, Summary: view.Heading}, err
}

// about is what the sentence of a difference mentions.
func (s speech) about(d ticket.Difference) args {
	return args{"Step": s.say("step." + string(d.Step)), "Stage": d.Stage, "With": ticket.Number(d.With), "Ticket": ticket.Number(d.Number)}
}

// tally says a count on both sides.
func (s speech) tally(name string, t ticket.Tally) cards.ReportLine {
	if t.Here == t.There {
		return cards.ReportLine{Name: name, Value: s.say("compare.both", args{"Tickets": t.Here})}
	}
	return cards.ReportLine{Name: name, Value: s.say("compare.tally", args{"Here": t.Here, "There": t.There})}
}

// offerComparison gives the address of the differences as a file and what there is to
// know about it, or else what is missing for one.
func (b *Bot) offerComparison(ctx context.Context, s speech, tenant string) (address, note string, err error) {
	if b.site == nil || b.site() == "" {
		return "", s.say("report.no_site"), nil
	}
	secret, err := b.desk.OfferComparison(ctx, tenant)
	if err != nil {
		return "", "", err
	}
	return b.site() + "/reports/" + secret + ".csv", s.say("report.link"), nil
}

// writeComparison writes what differs now as CSV, with how to mend it.
func (f *File) writeComparison(ctx context.Context, to io.Writer) error {
	s := f.bot.catalog.in("", "", f.bot.now())
	found, err := f.bot.desk.Compare(ctx, f.of.Tenant)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(to)
	lines := csv.NewWriter(buffered)
	lines.UseCRLF = true
	_, _ = buffered.WriteString("\ufeff") // what goes wrong is told by Flush
	_ = lines.Write([]string{"Number", "Title", "Class", "Step", "State", "Difference", "Stage in Odoo", "Record", "Link", "What to do"})
	for _, d := range found.Differences {
		_ = lines.Write([]string{
			ticket.Number(d.Number), harmless(f.bot.masked(d.Title)), s.say("class." + string(d.Class)), s.say("step." + string(d.Step)),
			string(d.State), string(d.Kind), harmless(d.Stage), harmless(d.Ref.Label), d.Ref.URL, s.say("compare."+string(d.Kind), s.about(d)),
		})
	}
	lines.Flush()
	if err := errors.Join(lines.Error(), buffered.Flush()); err != nil {
		return fmt.Errorf("bot: write a comparison: %w", err)
	}
	return nil
}
