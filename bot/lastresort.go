package bot

import (
	"context"
	"strconv"
	"strings"

	"handrail/internal/ticket"
)

// MailEscalation does the job of writing to the addresses of the last resort. An
// escalation that somebody has dealt with meanwhile needs no mail. The mail is a
// job of its own with a key: however often it is left, it goes once.
func (b *Bot) MailEscalation(ctx context.Context, job ticket.MailEscalation) error {
	t, e, err := b.escalation(ctx, job.Tenant, job.Number, job.Escalation)
	if err != nil || e == nil || !e.Open() || e.AcceptedBy != nil {
		return err
	}
	address, _, err := b.anywhere(ctx, t)
	if err != nil {
		return err
	}
	// Nothing is known of whoever reads the mail: it has the clock and the language
	// of the people who work on the ticket.
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	text, err := b.escalationText(ctx, s, *e, t.Tenant)
	if err != nil {
		return err
	}
	level := s.say("choice.level." + string(e.Level))
	return b.later(ctx, ticket.SendMail{
		Tenant: t.Tenant, Number: t.Number, Key: "escalation " + strconv.Itoa(job.Escalation), To: job.To, Text: b.escalationMail(s, t, *e, text),
		Subject: s.say("escalation.mail.subject", args{
			"Ticket": t.String(), "Title": b.masked(t.Title), "By": e.By.Name, "Level": level,
		}),
	})
}

// escalationMail writes the mail: who asks, for what and why, the
// text that was sent, how the ticket stands, who was asked before, and how to answer.
func (b *Bot) escalationMail(s speech, t *ticket.Ticket, e ticket.Escalation, text string) string {
	owner := s.say("list.unowned")
	if t.Owner != nil {
		owner = t.Owner.Name
	}
	reasons := make([]string, len(e.Reasons))
	for i, reason := range e.Reasons {
		reasons[i] = s.say("choice.reason." + string(reason))
	}
	with := args{
		"Ticket": t.String(), "Title": t.Title, "Customer": t.Customer, "By": e.By.Name, "Owner": owner,
		"Level": s.say("choice.level." + string(e.Level)), "Class": s.say("class." + string(t.Class())),
		"Number": t.Step.Number(), "Step": s.say("step." + string(t.Step)), "Opened": s.date(t.OpenedAt),
	}
	parts := []string{
		s.say("escalation.mail.intro", with),
		headed(s.say("escalation.mail.ask"), e.Ask),
		headed(s.say("escalation.mail.why"), strings.Join(reasons, "\n")),
	}
	parts = append(parts, text,
		headed(s.say("escalation.mail.ticket"), s.say("escalation.mail.facts", with)),
		headed(s.say("escalation.mail.tried"), s.trail(e)),
		headed(s.say("escalation.mail.answer"), s.say("escalation.mail.how", with)),
		s.say("escalation.mail.zone", args{"Zone": s.zone.String()}),
	)
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return b.masked(strings.Join(said, "\n\n"))
}

// escalationText gives the text that was sent with an escalation, in its parts;
// where there is none, the options are all there is besides the ask.
func (b *Bot) escalationText(ctx context.Context, s speech, e ticket.Escalation, tenant string) (string, error) {
	if e.Text == 0 {
		return headed(s.say("escalation.mail.options"), s.options(e)), nil
	}
	draft, err := b.store.Text(ctx, tenant, e.Text)
	if err != nil {
		return "", err
	}
	return b.plainText(s, draft), nil
}

// options lists what management chooses from, as plain text.
func (s speech) options(e ticket.Escalation) string {
	var lines []string
	for i, option := range e.Options {
		lines = append(lines, s.say("escalation.mail.option", args{"Number": i + 1, "Words": option.Words, "Consequence": option.Consequence}))
	}
	return strings.Join(lines, "\n")
}

// headed puts a heading above a part of a mail; a part that says nothing is left out.
func headed(heading, words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(heading) + "\n" + words
}
