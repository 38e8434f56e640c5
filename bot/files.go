package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of the files of a ticket; stored words.
const (
	verbAttachOpen  = "attach.open"  // asks again for which ticket files are
	verbAttachSave  = "attach.save"  // says for which
	verbAttachLater = "attach.later" // says it another time
	verbFilesShow   = "files.show"
	verbFilesRemove = "files.remove" // asks whether the file is to go
	verbFilesDrop   = "files.drop"   // and removes it
)

// filesPage is how many files a card lists at once.
const filesPage = 8

// whichTicket is the question for which ticket the files of a message are.
type whichTicket struct {
	message, whose string
	// names says how the files are called, and title what was written with them.
	names, title string
	problem      string
	typed        values
	faults       ticket.Faults
}

// whichTicketCard asks for which ticket files are: one of the person's own, the
// newest first, another one, or a new one.
func (b *Bot) whichTicketCard(ctx context.Context, t *turn, asked whichTicket) (json.RawMessage, error) {
	page, err := b.store.Tickets(ctx, ticket.Query{Tenant: t.actor.Tenant, Open: true, Owner: t.actor.ID, Limit: 200})
	if err != nil {
		return nil, err
	}
	d := drawing{
		heading: t.say("attach.which"), intro: t.markdown("attach.which.intro", args{"Names": asked.names}),
		problem: asked.problem, faults: asked.faults,
		title: "button.attach", cancelTitle: "button.later",
		save:   cards.Data{Verb: verbAttachSave, Message: asked.message, Whose: asked.whose, Title: asked.title},
		cancel: cards.Data{Verb: verbAttachLater, Message: asked.message, Whose: asked.whose, Title: asked.title},
	}
	if own := newest(page.Tickets); len(own) > 0 {
		choose := field{id: ticket.FieldChoice, kind: cards.FieldChoice, label: "label.own_ticket"}
		for _, one := range own {
			title := t.say("ticket.fallback.short", args{"Ticket": one.String(), "Title": cards.Shorten(b.masked(one.Title), 80)})
			choose.people = append(choose.people, cards.Choice{Title: cards.Text(title), Value: one.String()})
		}
		d.fields = append(d.fields, choose)
	}
	d.fields = append(d.fields, field{id: ticket.FieldWords, limit: 20, label: "label.other_ticket", sample: "placeholder.ticket"})
	d.wrong(t.speech, asked.typed, nil)
	open := b.button(t.speech, "button.new", verbIntakeOpen, cards.Data{Title: cards.Shorten(asked.title, ticket.MaxTitle), Message: asked.message})
	open.Bare = true
	d.other = &open
	return b.drawForm(t, d)
}

// mostOwn is how many of a person's tickets are offered.
const mostOwn = 6

// newest gives the tickets that were changed last.
func newest(tickets []*ticket.Ticket) []*ticket.Ticket {
	byTime := slices.SortedFunc(slices.Values(tickets), func(a, b *ticket.Ticket) int {
		return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.Number, a.Number))
	})
	return byTime[:min(len(byTime), mostOwn)]
}

// asks reads the question again from the values of its card.
func (b *Bot) asks(ctx context.Context, t *turn, v values) (whichTicket, error) {
	loose, err := b.desk.Loose(ctx, t.place(), v.text("message"))
	if err == nil && len(loose) == 0 {
		err = &ticket.Error{Kind: ticket.Unmet, Message: "error.attach_gone"}
	}
	return whichTicket{message: v.text("message"), whose: v.text("whose"), names: t.names(loose), title: v.text("extra")}, err
}

// attachOpen asks again for which ticket files are.
func (b *Bot) attachOpen(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if !v.isOf(t.actor) {
		return reply{text: t.say("attach.not_yours")}, nil
	}
	asked, err := b.asks(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	card, err := b.whichTicketCard(ctx, t, asked)
	return reply{card: card, form: true}, err
}

// attachSave attaches files to the ticket that was chosen or written.
func (b *Bot) attachSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if !v.isOf(t.actor) {
		return reply{text: t.say("attach.not_yours")}, nil
	}
	asked, err := b.asks(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	written := strings.TrimSpace(v.text(ticket.FieldWords))
	if written == "" {
		written = v.text(ticket.FieldChoice)
	}
	number, ok := ticket.ParseNumber(written)
	if !ok {
		err = ticket.Faults{{Kind: ticket.Invalid, Message: "error.ticket_unclear", Field: ticket.FieldWords}}
	} else {
		_, err = b.desk.Claim(ctx, ticket.ID{Tenant: t.actor.Tenant, Number: number}, t.place(), asked.message)
	}
	if err == nil {
		sentence := t.say("attach.attached", args{"Names": asked.names, "Ticket": ticket.Number(number)})
		card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: ticket.Number(number)}))
		if err != nil {
			return reply{}, err
		}
		return b.settle(ctx, t, action, card, sentence)
	}
	asked.typed = v
	if !errors.As(err, &asked.faults) {
		if asked.problem, ok = t.fault(err); !ok {
			return reply{}, err
		}
	}
	card, err := b.whichTicketCard(ctx, t, asked)
	return reply{card: card, form: true}, err
}

// attachLater keeps the files of a message for no ticket, for some days.
func (b *Bot) attachLater(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if !v.isOf(t.actor) {
		return reply{text: t.say("attach.not_yours")}, nil
	}
	asked, err := b.asks(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	again := b.button(t.speech, "button.attach", verbAttachOpen, cards.Data{Message: asked.message, Whose: asked.whose, Title: asked.title})
	sentence := t.say("attach.later", args{"Names": asked.names, "Count": int(ticket.LooseFor.Hours()) / 24})
	card, err := b.noticeCard(t.speech, sentence, again)
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, sentence)
}

// filesShow lists the files of a ticket, with a link to each.
func (b *Bot) filesShow(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	id, page := v.ticket(t.actor.Tenant), int(min(max(v.number("page"), 0), 100_000))
	if !action.Replaces {
		return reply{settled: true}, b.later(ctx, ticket.PostFiles{Place: t.place(), Number: id.Number, Page: page, For: t.actor.Person})
	}
	card, _, err := b.filesCard(ctx, t.speech, id, t.actor, filesView{page: page, escalation: v.text("item")})
	return reply{card: card}, err
}

// PostFiles does the job of sending the list of a ticket's files.
func (b *Bot) PostFiles(ctx context.Context, job ticket.PostFiles) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	actor := ticket.Actor{Person: job.For, Tenant: job.Tenant, Lead: b.local || b.leads(job.For)}
	card, summary, err := b.filesCard(ctx, s, ticket.ID{Tenant: job.Tenant, Number: job.Number}, actor, filesView{page: job.Page})
	if err != nil {
		return err
	}
	_, err = b.chat.Send(ctx, reference(address), teams.Message{Card: card, Summary: summary})
	return b.delivered(ctx, address, err)
}

// filesView says which part of a list of files is shown.
type filesView struct {
	page int
	// escalation is the number of the escalation to whose card it leads back; empty
	// for the ticket's.
	escalation string
}

// filesCard draws a page of a ticket's files, newest first.
func (b *Bot) filesCard(
	ctx context.Context, s speech, id ticket.ID, by ticket.Actor, shows filesView,
) (card json.RawMessage, summary string, err error) {
	current, err := b.store.Ticket(ctx, id)
	if err != nil {
		return nil, "", err
	}
	files, err := b.store.Attachments(ctx, id)
	if err != nil {
		return nil, "", err
	}
	actor, err := b.desk.Acting(ctx, by, current)
	if err != nil {
		return nil, "", err
	}
	number := current.String()
	view := cards.Files{
		Words: s.words(), Heading: s.say("files.heading", args{"Ticket": number}), Title: cards.Text(cards.Shorten(b.masked(current.Title), 120)),
		Note: s.say("files.note"),
	}
	if b.site == nil || b.site() == "" {
		view.Note = s.say("files.no_site")
	}
	if len(files) == 0 {
		view.Note, view.Empty = "", s.say("files.empty", args{"Ticket": number})
	}
	page := shows.page
	for i := len(files) - 1 - page*filesPage; i >= 0 && len(view.Rows) < filesPage; i-- {
		row, err := b.fileRow(ctx, s, current, files[i], actor)
		if err != nil {
			return nil, "", err
		}
		view.Rows = append(view.Rows, row)
	}
	back := verbTicketShow
	if shows.escalation != "" {
		back = verbEscalationShow
	}
	view.Buttons = []cards.Button{b.button(s, "button.back", back, cards.Data{Ticket: number, Item: shows.escalation})}
	turns := func(title string, page int) {
		data := cards.Data{Ticket: number, Item: shows.escalation, Page: page}
		view.Buttons = append(view.Buttons, b.button(s, title, verbFilesShow, data))
	}
	if page > 0 {
		turns("button.newer", page-1)
	}
	if len(files) > (page+1)*filesPage {
		turns("button.older", page+1)
	}
	card, err = b.cards.Files(view)
	return card, view.Heading, err
}

// fileRow is a file on the list, with a link that is good for a while.
func (b *Bot) fileRow(ctx context.Context, s speech, t *ticket.Ticket, a ticket.Attachment, by ticket.Actor) (cards.FileRow, error) {
	detail := []string{s.typeName(a)}
	if a.Link == "" {
		detail = append(detail, s.size(a.Size))
	}
	detail = append(detail, s.say("ticket.by", args{"Who": cards.Escape(a.By.Name), "When": s.when(a.At)}))
	row := cards.FileRow{Name: cards.Text(a.Name), Detail: strings.Join(detail, " · "), URL: a.Link, Get: s.say("button.open")}
	if a.Link == "" && b.site != nil && b.site() != "" {
		secret, err := b.desk.OfferAttachment(ctx, a)
		if err != nil {
			return row, err
		}
		row.URL, row.Get = b.site()+"/files/"+secret, s.say("button.get")
	}
	if a.RemovableBy(by, t) {
		data := b.data(t, "")
		data.File = a.ID
		remove := b.button(s, "button.remove", verbFilesRemove, data)
		row.Remove = &remove
	}
	return row, nil
}

// filesRemove asks whether a file is to go.
func (b *Bot) filesRemove(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	a, ok, err := b.store.Attachment(ctx, t.actor.Tenant, v.number("file"))
	if err != nil {
		return reply{}, err
	}
	if !ok || a.Number != current.Number {
		return reply{}, &ticket.Error{Kind: ticket.Stale, Message: "error.file_unknown"}
	}
	data := b.data(current, "")
	data.File = a.ID
	card, err := b.noticeCard(t.speech, t.say("files.remove", args{"Name": a.Name, "Ticket": current.String()}),
		b.button(t.speech, "button.remove", verbFilesDrop, data),
		b.button(t.speech, "button.back", verbFilesShow, cards.Data{Ticket: current.String()}))
	return reply{card: card}, err
}

// filesDrop removes a file from its ticket.
func (b *Bot) filesDrop(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	press := v.press(t.actor.Tenant, action.Verb, t.actor.Person)
	changed, err := b.desk.Detach(ctx, t.actor, press, v.number("file"))
	if err != nil {
		return reply{}, err
	}
	if !action.Replaces {
		return reply{settled: true}, b.later(ctx, ticket.PostFiles{Place: t.place(), Number: changed.Number, For: t.actor.Person})
	}
	card, _, err := b.filesCard(ctx, t.speech, changed.ID, t.actor, filesView{})
	return reply{card: card}, err
}
