package bot

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// The periods of a report that have a name; stored words in its buttons. Any
// other is a number of days.
const (
	spanThisWeek  = "this_week"
	spanLastWeek  = "last_week"
	spanThisMonth = "this_month"
	spanLastMonth = "last_month"

	usualSpan = "30"
	// mostDays is the longest period that can be asked for.
	mostDays = 366
)

// spanOf gives the stored word for a period as people write it: "7", "90 days",
// "last month"; false for anything else.
func spanOf(written string) (string, bool) {
	switch written {
	case "":
		return usualSpan, true
	case "this week", "last week", "this month", "last month":
		return strings.ReplaceAll(written, " ", "_"), true
	case spanThisWeek, spanLastWeek, spanThisMonth, spanLastMonth:
		return written, true
	}
	number := strings.TrimPrefix(written, "last ")
	for _, unit := range []string{" days", " day", "d"} {
		number = strings.TrimSuffix(number, unit)
	}
	days, err := strconv.Atoi(number)
	return strconv.Itoa(days), err == nil && days >= 1 && days <= mostDays
}

// period gives the period that a span means now, on the reader's calendar.
func (s speech) period(span string) ticket.Period {
	now := s.now.In(s.zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.zone)
	week := today.AddDate(0, 0, -(int(now.Weekday())+6)%7) // Monday
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, s.zone)
	switch span {
	case spanThisWeek:
		return ticket.Period{From: week, To: now}
	case spanLastWeek:
		return ticket.Period{From: week.AddDate(0, 0, -7), To: week}
	case spanThisMonth:
		return ticket.Period{From: month, To: now}
	case spanLastMonth:
		return ticket.Period{From: month.AddDate(0, -1, 0), To: month}
	}
	days, err := strconv.Atoi(span)
	if err != nil {
		days, _ = strconv.Atoi(usualSpan)
	}
	return ticket.Period{From: now.AddDate(0, 0, -days), To: now}
}

// report answers "report". The card is drawn when it is sent, so that its link
// to a file is stored nowhere.
func (b *Bot) report(ctx context.Context, t *turn, rest string) error {
	if joined(fields(rest)) == spanOdoo {
		return b.later(ctx, ticket.PostComparison{Place: t.place()})
	}
	span, _ := spanOf(joined(fields(rest)))
	return b.later(ctx, ticket.PostReport{Place: t.place(), Span: span})
}

// PostReport does the job of sending a report.
func (b *Bot) PostReport(ctx context.Context, job ticket.PostReport) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	card, summary, err := b.reportCard(ctx, b.catalog.in(address.Locale, address.Zone, b.now()), job.Tenant, job.Span)
	if err != nil {
		return err
	}
	_, err = b.chat.Send(ctx, reference(address), teams.Message{Card: card, Summary: summary})
	return b.delivered(ctx, address, err)
}

// reportShow draws the report anew, of the period of the button.
func (b *Bot) reportShow(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	span, ok := spanOf(v.text("span"))
	if !ok {
		span = usualSpan
	}
	if !action.Replaces {
		return reply{settled: true}, b.later(ctx, ticket.PostReport{Place: t.place(), Span: span})
	}
	card, _, err := b.reportCard(ctx, t.speech, t.actor.Tenant, span)
	return reply{card: card}, err
}

// reportCard draws a report, and says it in a few words.
func (b *Bot) reportCard(ctx context.Context, s speech, tenant, span string) (card json.RawMessage, summary string, err error) {
	period := s.period(span)
	report, err := b.desk.Report(ctx, tenant, period)
	if err != nil {
		return nil, "", err
	}
	view := cards.Report{
		Words: s.words(), Heading: s.say("report.heading", args{"Span": s.spanName(span)}),
		Subtitle: s.say("report.period", args{"From": s.date(period.From), "To": s.date(period.To)}),
	}
	view.File, view.Note, err = b.offerFile(ctx, s, tenant, period)
	if err != nil {
		return nil, "", err
	}
	open := 0
	for _, class := range ticket.Classes() {
		n := 0
		for _, count := range report.Open {
			if count.Class == class {
				n += count.Tickets
			}
		}
		if open += n; n > 0 {
			view.Classes = append(view.Classes, cards.ReportCount{Name: s.say("class." + string(class)), Key: string(class), Count: n})
		}
	}
	for _, step := range ticket.Steps() {
		if n := inStep(report.Open, step); n > 0 {
			view.Steps = append(view.Steps, cards.ReportCount{Name: s.say("step." + string(step)), Count: n})
		}
	}
	view.Open = s.say("report.none_open")
	if open > 0 {
		view.Open = s.say("report.open", args{"Count": open})
	}
	view.Sections = []cards.ReportSection{s.figures(s.say("report.all"), report.All)}
	for _, figures := range report.Classes {
		view.Sections = append(view.Sections, s.figures(s.say("class."+string(figures.Class)), figures))
	}
	if report.Escalations.Sent > 0 {
		view.Sections = append(view.Sections, s.escalations(report.Escalations))
	}
	for i, one := range []string{"7", usualSpan, "90", spanThisWeek, spanLastMonth} {
		button := cards.Button{Title: s.spanName(one), Verb: verbReportShow, Data: cards.Data{Span: one}}
		button.Secondary = i >= 2 // on a phone, two stand beside each other
		view.Buttons = append(view.Buttons, button)
	}
	view.Speak = s.say("report.speak", args{
		"Open": view.Open, "Opened": report.All.Opened, "Closed": report.All.Closed, "Breaches": report.All.Breaches,
	})
	card, err = b.cards.Report(view)
	return card, view.Heading, err
}

// offerFile gives the address of the report as a file and what there is to know
// about it, or else what is missing for one.
func (b *Bot) offerFile(ctx context.Context, s speech, tenant string, period ticket.Period) (address, note string, err error) {
	if b.site == nil || b.site() == "" {
		return "", s.say("report.no_site"), nil
	}
	secret, err := b.desk.OfferDownload(ctx, tenant, period)
	if err != nil {
		return "", "", err
	}
	return b.site() + "/reports/" + secret + ".csv", s.say("report.link"), nil
}

// spanName says a period by its name.
func (s speech) spanName(span string) string {
	switch span {
	case spanThisWeek:
		return s.say("report.this_week")
	case spanLastWeek:
		return s.say("report.last_week")
	case spanThisMonth:
		return s.say("report.this_month")
	case spanLastMonth:
		return s.say("report.last_month")
	}
	days, _ := strconv.Atoi(span)
	return s.say("report.days", args{"Count": days})
}

// figures puts the figures of a class into words.
func (s speech) figures(heading string, f ticket.Figures) cards.ReportSection {
	return cards.ReportSection{Heading: heading, Lines: []cards.ReportLine{
		{Name: s.say("report.tickets"), Value: s.say("report.moved", args{"Opened": f.Opened, "Closed": f.Closed})},
		{Name: s.say("report.acknowledged"), Value: s.times(f.Acknowledge)},
		{Name: s.say("report.resolved"), Value: s.times(f.Resolve)},
		{Name: s.say("report.breaches"), Value: strconv.Itoa(f.Breaches)},
	}}
}

// times puts a median and a ninetieth percentile into words.
func (s speech) times(t ticket.Times) string {
	if t.Count == 0 {
		return s.say("report.no_times")
	}
	median, ninetieth, of := s.span(t.Median), s.span(t.Ninetieth), s.say("report.of", args{"Count": t.Count})
	if median == ninetieth {
		return s.say("report.times.alike", args{"Ninetieth": ninetieth, "Tickets": of})
	}
	return s.say("report.times", args{"Median": median, "Ninetieth": ninetieth, "Tickets": of})
}
