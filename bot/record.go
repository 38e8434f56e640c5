package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of a ticket's record; stored words.
const (
	verbRecordRetry = "record.retry" // tries again what waits
	verbRecordRenew = "record.renew" // has a new one made
)

// tellAgain is how long a person who was told of a trouble with Odoo is not told of
// the same with another ticket.
const tellAgain = 24 * time.Hour

// SendRecord does the job of bringing a ticket to its record, in the bot's words.
func (b *Bot) SendRecord(ctx context.Context, job ticket.SendRecord) error {
	return b.desk.SendRecord(ctx, job, recordWords{b})
}

// recordWords puts into words what goes to Odoo, which has one reader for all: in
// English, plain, on the clock of UTC.
type recordWords struct{ bot *Bot }

func (w recordWords) speech() speech { return w.bot.catalog.in("", "", w.bot.now()) }

// Note gives the note that a line of the history becomes.
func (w recordWords) Note(t *ticket.Ticket, e ticket.Entry) string {
	s := w.speech()
	id, with := s.history(e)
	what := s.say(id, with)
	if e.Kind == ticket.EntryOpened {
		what = s.say("record.note.opened", args{"Ticket": t.String()})
	}
	note := s.say("record.note", args{"Who": e.By.Name, "When": e.At.UTC().Format("2 Jan 2006 15:04"), "What": what})
	if e.Note != "" && e.Kind != ticket.EntryOpened {
		note += "\n\n" + e.Note
	}
	return note
}

// Unfiled says that Odoo did not take a file.
func (w recordWords) Unfiled(name string) string {
	return w.speech().say("record.unfiled", args{"Name": name})
}

// recordOf gives what is known of the ticket's record; nil without Odoo.
func (b *Bot) recordOf(ctx context.Context, t *ticket.Ticket) (*ticket.Record, error) {
	if b.desk.Records == nil {
		return nil, nil //nolint:nilnil // no Odoo is an answer
	}
	r, _, err := b.store.Record(ctx, t.ID)
	return &r, err
}

// recordLine says in a few words where the ticket is in Odoo.
func (s speech) recordLine(r *ticket.Record) string {
	switch {
	case r == nil:
		return ""
	case !r.Made():
		return " · " + s.say("record.queued")
	}
	return " · " + s.recordLink(*r)
}

// recordLink names a record, as a link where its address is known.
func (s speech) recordLink(r ticket.Record) string {
	name := "Odoo " + cards.Escape(recordName(r))
	if !strings.HasPrefix(r.Ref.URL, "http") || strings.ContainsAny(r.Ref.URL, " ()<>\\") {
		return name
	}
	return "[" + name + "](" + r.Ref.URL + ")"
}

// recordName is what people call a record.
func recordName(r ticket.Record) string {
	if r.Ref.Label != "" {
		return r.Ref.Label
	}
	return "#" + strconv.FormatInt(r.Ref.Number, 10)
}

// recordItem says of an item of the checklist what Odoo has of it.
func (s speech) recordItem(r *ticket.Record, item ticket.ItemID, mark ticket.Mark) string {
	switch {
	case r == nil || mark.State != ticket.Done:
	case item == ticket.ItemLog && r.Made():
		return " · " + s.say("record.logged", args{"Record": cards.Escape(recordName(*r))})
	case item == ticket.ItemLog, (item == ticket.ItemDocument || item == ticket.ItemProgress) && r.Through.Before(mark.At):
		return " · " + s.say("record.queued")
	case item == ticket.ItemDocument || item == ticket.ItemProgress:
		return " · " + s.say("record.landed")
	}
	return ""
}

// recordTrouble says what holds the record up; empty where all goes well.
func (s speech) recordTrouble(r *ticket.Record, t *ticket.Ticket) string {
	switch {
	case r == nil || !r.Trouble.Shown:
		return ""
	case r.Trouble.Why == ticket.RecordGone:
		return s.say("record.gone", args{"Ticket": t.String()})
	}
	return s.markdown("record.waits", args{
		"Since": s.when(r.Trouble.Since), "Why": s.recordWhy(r.Trouble.Why, r.Trouble.What), "Ticket": t.String(),
	})
}

// recordOwner says whose the ticket is in Odoo where that is nobody who is known here.
func (s speech) recordOwner(r *ticket.Record, t *ticket.Ticket) string {
	if r == nil || !r.Base.Owner.Stranger || t.State == ticket.Closed {
		return ""
	}
	return s.markdown("record.owner", args{"Name": r.Base.Owner.Called()})
}

// recordWhy says why something does not get to Odoo, and what it is about.
func (s speech) recordWhy(why ticket.RecordTrouble, what string) string {
	text := s.say("record.why." + string(why))
	if what == "" {
		return text
	}
	return s.say("record.what", args{"Why": text, "What": cards.Shorten(what, 120)})
}

// TellRecord does the job of telling a ticket's owner what holds its record up, once
// for all their tickets that wait for the same.
func (b *Bot) TellRecord(ctx context.Context, job ticket.TellRecord) error {
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
	if err != nil || t.Owner == nil {
		return err
	}
	setting := strings.Join([]string{"record.told", job.Tenant, t.Owner.ID, string(job.Why)}, " ")
	if job.Why != ticket.RecordGone {
		told, err := b.store.Setting(ctx, setting)
		if err != nil {
			return err
		}
		if at, err := time.Parse(time.RFC3339, told); err == nil && b.now().Before(at.Add(tellAgain)) {
			return nil
		}
	}
	err = b.tellInCharge(ctx, t, ticket.Handrail(job.Tenant).Person, func(s speech) string {
		with := args{
			"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120),
			"Why": s.recordWhy(job.Why, job.What), "Do": s.say("record.do." + string(job.Why)),
		}
		if job.Why == ticket.RecordGone {
			return s.markdown("record.tell.gone", with)
		}
		return s.markdown("record.tell", with)
	})
	if err != nil || job.Why == ticket.RecordGone {
		return err
	}
	return b.store.InTx(ctx, func(tx ticket.Tx) error { return tx.Set(ctx, setting, b.now().UTC().Format(time.RFC3339)) })
}

// odoo answers "odoo T-1" with how the ticket stands in Odoo, and "odoo" with the
// tickets that wait for it.
func (b *Bot) odoo(ctx context.Context, t *turn, rest string) error {
	if b.desk.Records == nil {
		return b.say(ctx, t, t.say("record.none"))
	}
	if label, ok := labelIn(rest); ok {
		return b.bring(ctx, t, label)
	}
	id, ok := t.ticketIn(rest)
	if !ok {
		text, err := b.recordsWaiting(ctx, t)
		if err != nil {
			return err
		}
		return b.say(ctx, t, text)
	}
	current, err := b.store.Ticket(ctx, id)
	if err != nil {
		return err
	}
	view, err := b.recordView(ctx, t.speech, current)
	if err != nil {
		return err
	}
	card, err := b.cards.Notice(view)
	if err != nil {
		return err
	}
	return b.later(ctx, ticket.Say{Place: t.place(), Card: card, Summary: string(view.Sentence)})
}

// recordView tells how a ticket stands in Odoo.
func (b *Bot) recordView(ctx context.Context, s speech, t *ticket.Ticket) (cards.Notice, error) {
	r, _, err := b.store.Record(ctx, t.ID)
	if err != nil {
		return cards.Notice{}, err
	}
	left, err := b.recordLacks(ctx, r, t.ID)
	if err != nil {
		return cards.Notice{}, err
	}
	view := cards.Notice{Words: s.words(), Heading: s.say("record.heading", args{"Ticket": t.String()}), Warning: r.Trouble.Why != ""}
	with := args{"Ticket": t.String(), "Record": recordName(r), "Count": left}
	button := func(title, verb string) { view.Buttons = append(view.Buttons, b.button(s, title, verb, b.data(t, ""))) }
	switch {
	case r.Trouble.Why == ticket.RecordGone:
		view.Sentence = cards.Text(s.say("record.deleted", with))
		button("button.record_renew", verbRecordRenew)
	case r.Trouble.Why != "":
		with["Since"], with["Next"] = s.when(r.Trouble.Since), s.when(r.Trouble.Next)
		with["Why"], with["Do"] = s.recordWhy(r.Trouble.Why, r.Trouble.What), s.say("record.do."+string(r.Trouble.Why))
		view.Sentence = cards.Text(s.say("record.stopped", with))
		button("button.record_retry", verbRecordRetry)
	case !r.Made():
		view.Sentence = cards.Text(s.say("record.unmade", with))
		button("button.record_retry", verbRecordRetry)
	case left > 0:
		view.Sentence = cards.Text(s.say("record.lacks", with))
		button("button.record_retry", verbRecordRetry)
	default:
		view.Sentence = cards.Text(s.say("record.well", with))
	}
	if r.Made() && r.Trouble.Why != ticket.RecordGone {
		view.Heading += s.recordLine(&r)
	}
	button("button.open", verbTicketPost)
	return view, nil
}

// recordRetry tries again at once what waits for Odoo.
func (b *Bot) recordRetry(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	id := v.ticket(t.actor.Tenant)
	if err := b.desk.RetryRecord(ctx, id); err != nil {
		return reply{}, err
	}
	return b.recordDone(ctx, t, id, action)
}

// recordRenew has a new record made of a ticket whose record is gone.
func (b *Bot) recordRenew(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	press := ticket.Press{ID: v.ticket(t.actor.Tenant), Key: v.digest(action.Verb, t.actor.ID), Place: t.place(), Message: action.Card}
	if _, err := b.desk.RenewRecord(ctx, t.actor, press); err != nil {
		return reply{}, err
	}
	return b.recordDone(ctx, t, press.ID, action)
}

func (b *Bot) recordDone(ctx context.Context, t *turn, id ticket.ID, action teams.Action) (reply, error) {
	sentence := t.say("record.retrying", args{"Ticket": id.String()})
	card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: id.String()}))
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, sentence)
}

// paragraphs gives those texts that say something, one below the other.
func paragraphs(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "\n\n")
}
