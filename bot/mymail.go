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

// forgetMail takes back the address that a person has given.
const forgetMail = "forget"

// LearnMail does the job of asking Teams for the mail address of a person. One who
// left meanwhile, or whom Teams tells nothing of, is asked for another day: all
// that is lost is that Odoo does not know whose their tickets are.
func (b *Bot) LearnMail(ctx context.Context, job ticket.LearnMail) error {
	address, known, err := b.store.Address(ctx, job.Place)
	if err != nil {
		return err
	}
	if !known || address.Refused != "" {
		return b.desk.MailLearnt(ctx, job, "", "", true)
	}
	member, err := b.chat.Member(ctx, reference(address), job.Person.ID)
	if refused, ok := errors.AsType[*teams.Error](err); ok && refused.Temporary() {
		return putOff(refused, err)
	}
	if err != nil {
		logs.From(ctx).InfoContext(ctx, "Teams does not tell the mail address of a person", "person", job.Person.ID, "error", err)
	}
	return b.desk.MailLearnt(ctx, job, member.Email, member.UserPrincipalName, err != nil)
}

// myMail answers "my mail", "my mail ana@contoso.com" and "my mail forget".
func (b *Bot) myMail(ctx context.Context, t *turn, rest string) error {
	if b.desk.Records == nil {
		return b.say(ctx, t, t.say("mail.no_records"))
	}
	typed := strings.TrimPrefix(strings.Trim(rest, "<>\"' .,;"), "mailto:")
	var who ticket.Acquaintance
	var err error
	switch {
	case typed == "":
		who, _, err = b.store.Person(ctx, t.actor.Tenant, t.actor.ID)
	case strings.EqualFold(typed, forgetMail):
		who, err = b.desk.SayMail(ctx, t.actor, "")
	default:
		who, err = b.desk.SayMail(ctx, t.actor, typed)
	}
	if err != nil {
		return err
	}
	mails := who.Mails()
	switch {
	case len(mails) == 0:
		return b.say(ctx, t, t.say("mail.unknown"))
	case who.OwnMail == "":
		return b.say(ctx, t, t.say("mail.learnt", args{"Mail": cards.Escape(mails[0])}))
	default:
		return b.say(ctx, t, t.say("mail.own", args{"Mail": cards.Escape(mails[0])}))
	}
}
