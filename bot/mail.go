package bot

import (
	"context"
	"errors"
	"strings"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// mails tells whether mails can be sent at all.
func (b *Bot) mails() bool { return b.mailer != nil }

// SendMail does the job of sending a mail about a ticket. What became of it is in
// the history under its key, and it does not go out again. Of a mail that will
// never go, somebody is told who can reach people in another way. Secrets are
// masked in it: a mailbox may have many readers.
//
// A process that is killed between the mail and the history sends it twice, with
// the same Message-ID.
func (b *Bot) SendMail(ctx context.Context, job ticket.SendMail) error {
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
	if err != nil {
		return err
	}
	if _, done, err := b.store.Pressed(ctx, job.Tenant, job.HistoryKey()); err != nil || done {
		return err
	}
	job.Subject, job.Text = b.masked(job.Subject), b.masked(job.Text)
	why, err := b.mail(ctx, job)
	if err != nil {
		return err
	}
	if why == "" {
		return b.desk.Mailed(ctx, job, "")
	}
	say, ok, err := b.unmailed(ctx, t, job, why)
	if err != nil {
		return err
	}
	if !ok {
		logs.From(ctx).WarnContext(ctx, "nobody could be told of a mail that did not go", "ticket", t.String())
		return b.desk.Mailed(ctx, job, why)
	}
	return b.desk.Mailed(ctx, job, why, say)
}

// mail sends the mail of a job, and gives why it will never go; "" for one that
// went. With an error the job comes again.
func (b *Bot) mail(ctx context.Context, job ticket.SendMail) (ticket.MailRefusal, error) {
	if !b.mails() {
		return ticket.MailOff, nil
	}
	err := b.mailer.Send(ctx, ticket.Mail{
		Key: job.Tenant + " " + job.HistoryKey(), To: job.To, Subject: job.Subject, Text: job.Text, ReplyTo: job.ReplyTo,
	})
	if refused, ok := errors.AsType[*ticket.MailRefused](err); ok {
		logs.From(ctx).WarnContext(ctx, "a mail was refused", "ticket", ticket.Number(job.Number), "error", err)
		return refused.Why, nil
	}
	if err != nil && !job.Until.IsZero() && !b.now().Before(job.Until) {
		logs.From(ctx).WarnContext(ctx, "a mail was given up", "ticket", ticket.Number(job.Number), "error", err)
		return ticket.MailLate, nil
	}
	return "", err
}

// unmailed gives the message about a mail that did not go: for whoever asked, or
// for the ticket's owner; false where nobody can be told.
func (b *Bot) unmailed(ctx context.Context, t *ticket.Ticket, job ticket.SendMail, why ticket.MailRefusal) (ticket.Say, bool, error) {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil {
		return ticket.Say{}, false, err
	}
	say := ticket.Say{Place: address.Place}
	called := ""
	if !ok || address.Refused != "" {
		if address, ok, err = b.ownersPlace(ctx, t); err != nil || !ok {
			return ticket.Say{}, false, err
		}
		say.Place = address.Place
		if address.Kind != ticket.Personal && t.Owner != nil {
			say.Mentions = []ticket.Person{*t.Owner}
			called = teams.Mention{ID: t.Owner.ID, Name: t.Owner.Name}.Markup() + ", "
		}
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	reason := "mail.refused." + string(why)
	say.Text = called + s.say("notice.unmailed", args{
		"To": cards.Escape(strings.Join(job.To, ", ")), "Ticket": t.String(), "Subject": cards.Escape(ticket.SubjectLine(job.Subject)),
		"Why": s.say(reason), "Do": s.say(reason + ".do"),
	})
	return say, true, nil
}

// ownersPlace gives where a ticket's owner is told of it: where people work on
// it, else in a chat of their own, which is opened where there is none.
func (b *Bot) ownersPlace(ctx context.Context, t *ticket.Ticket) (ticket.Address, bool, error) {
	shared, err := b.workedOnIn(ctx, t.ID)
	if err != nil {
		return ticket.Address{}, false, err
	}
	if len(shared) > 0 {
		return shared[0], true, nil
	}
	if t.Owner == nil {
		return ticket.Address{}, false, nil
	}
	address, err := b.chatWith(ctx, t, *t.Owner)
	return address, err == nil && address.Refused == "", err
}
