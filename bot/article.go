package bot

import (
	"context"
	"errors"
	"time"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of articles; stored words.
const (
	verbArticleOpen = "article.open" // the form
	verbArticleSave = "article.save"
	verbArticleFind = "article.find" // looks for words
	verbArticleUse  = "article.use"  // takes a solution over
	verbArticleRead = "article.read" // the whole
)

// shelveAgain is when an article is put into Odoo again that was busy.
const shelveAgain = 30 * time.Second

// article answers "article T-1" with the form, as a message of its own.
func (b *Bot) article(ctx context.Context, t *turn, rest string) error {
	id, ok := t.ticketIn(rest)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "article"}))
	}
	f, err := b.articleForm(ctx, t, id)
	if err != nil {
		return err
	}
	f.ownMessage, f.skips, f.others = true, false, nil
	form, err := b.openForm(f)(ctx, t, ticketValues(id), teams.Action{})
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, form.card, t.say("form.article.heading"))
}

// articleOpen shows the form in the place of the ticket's card.
func (b *Bot) articleOpen(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	f, err := b.articleForm(ctx, t, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	return b.openForm(f)(ctx, t, v, action)
}

// articleSave keeps the article. Whatever is wrong with it, the form comes back.
func (b *Bot) articleSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	f, err := b.articleForm(ctx, t, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	live, err := b.store.Shows(ctx, t.place(), action.Card)
	if err != nil {
		return reply{}, err
	}
	if !live {
		f.ownMessage, f.skips, f.others = true, false, nil
	}
	r, err := b.saveForm(f)(ctx, t, v, action)
	if err != nil || r.form || live {
		return r, err
	}
	number := v.ticket(t.actor.Tenant).String()
	sentence := t.say("notice.article_kept", args{"Ticket": number})
	card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: number}))
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, sentence)
}

// articleForm is the form of the article of a ticket: as it was written, or filled
// from the ticket's facts.
func (b *Bot) articleForm(ctx context.Context, t *turn, id ticket.ID) (form, error) {
	current, err := b.store.Ticket(ctx, id)
	if err != nil {
		return form{}, err
	}
	article, written, err := b.store.Article(ctx, id)
	if err != nil {
		return form{}, err
	}
	body, intro := article.ArticleBody, t.say("form.article.intro")
	if written {
		intro = b.shelfLine(t.speech, article) + " " + intro
	} else {
		body = current.PreparedArticle(b.guard)
	}
	f := form{
		name: "article", heading: titled("form.article.heading"),
		intro:  func(speech, *ticket.Ticket, ticket.Item) string { return intro },
		fields: func(speech, *ticket.Ticket, ticket.Item) []field { return b.articleFields(body) },
		save: func(_ speech, c *ticket.Change, _ ticket.Item, v values) error {
			return c.WriteArticle(ticket.ArticleBody{
				Title: v.text(ticket.FieldTitle), Symptom: v.text(ticket.FieldSymptom), Cause: v.text(ticket.FieldCause),
				Area: v.text(ticket.FieldArea), Means: v.text(ticket.FieldMeans), Solution: v.text(ticket.FieldSolution),
				Verification: v.text(ticket.FieldVerification),
			})
		},
	}
	if item, _ := ticket.FindItem(ticket.ItemKnowledge); current.State == ticket.Open && current.Step == item.Step {
		elsewhere := b.button(t.speech, "button.article_elsewhere", "item"+suffixOpen, b.data(current, item.ID))
		elsewhere.Bare, elsewhere.Secondary = true, true
		f.skips, f.others = true, []cards.Button{elsewhere}
	}
	return f, nil
}

// articleFields are those of an article's form. What the ticket says may be longer
// than a part may be.
func (b *Bot) articleFields(body ticket.ArticleBody) []field {
	lines := func(id, words string, limit int) field {
		return field{id: id, kind: cards.FieldLines, limit: limit, value: b.cut(words, limit)}
	}
	symptom, cause := lines(ticket.FieldSymptom, body.Symptom, ticket.MaxSymptom), lines(ticket.FieldCause, body.Cause, ticket.MaxArticleCause)
	symptom.label, symptom.required, cause.label = "label.symptom", true, "label.article_cause"
	solution := lines(ticket.FieldSolution, body.Solution, ticket.MaxSolution)
	solution.label, solution.required = "label.article_solution", true
	verification := lines(ticket.FieldVerification, body.Verification, ticket.MaxVerification)
	verification.label = "label.verification"
	return []field{
		{id: ticket.FieldTitle, label: "label.article_title", required: true, limit: ticket.MaxTitle, value: body.Title},
		symptom,
		{
			id: ticket.FieldArea, kind: cards.FieldChoiceCompact, label: "label.area", required: true, group: "area",
			choices: ticket.Areas(), value: body.Area,
		},
		cause,
		{
			id: ticket.FieldMeans, kind: cards.FieldChoice, label: "label.solution", required: true, group: "solution",
			choices: ticket.Means(), value: body.Means,
		},
		solution, verification,
	}
}

// shelfLine says who wrote an article and where it stands.
func (b *Bot) shelfLine(s speech, a ticket.Article) string {
	line := s.markdown("article.by", args{"By": a.By.Name, "When": s.when(a.At)})
	switch {
	case a.Shelf.Trouble != "":
		line += " " + s.say("shelf."+a.Shelf.Trouble)
	case a.Shelf.Ref.URL != "":
		line += " " + s.say("article.in_odoo", args{"URL": a.Shelf.Ref.URL})
	}
	return line
}

// PutArticle does the job of bringing an article into Odoo's knowledge base. One
// that cannot stand there stays in Handrail's own store, and the ticket's owner
// hears why. A later version has a job of its own.
func (b *Bot) PutArticle(ctx context.Context, job ticket.PutArticle) error {
	if b.desk.Library == nil {
		return nil
	}
	id := ticket.ID{Tenant: job.Tenant, Number: job.Number}
	article, ok, err := b.store.Article(ctx, id)
	if err != nil || !ok || article.Version != job.Version || article.Shelf.Version == article.Version {
		return err
	}
	t, err := b.store.Ticket(ctx, id)
	if err != nil {
		return err
	}
	shelf, err := b.desk.Library.Put(ctx, t.RecordKey(), b.libraryPage(article), article.Shelf)
	if failed, ok := errors.AsType[*ticket.RecordError](err); ok {
		if failed.Why == ticket.RecordBusy {
			return &ticket.Postponed{After: max(failed.After, shelveAgain), Cause: err}
		}
		logs.From(ctx).WarnContext(ctx, "an article could not be put into Odoo", "ticket", t.String(), "error", err)
		shelf = article.Shelf
		shelf.Trouble = string(failed.Why)
	} else if err != nil {
		return err
	}
	if shelf.Ref.Model == "" && shelf.Trouble == "" {
		return nil // there is no knowledge base
	}
	return b.desk.Shelved(ctx, article, shelf)
}

// libraryPage gives an article as it stands in Odoo, in the desk's language.
func (b *Bot) libraryPage(a ticket.Article) ticket.LibraryPage {
	s := b.catalog.in("", "", b.now())
	page := ticket.LibraryPage{
		Title:  a.Title,
		Source: s.say("article.source", args{"Ticket": a.String(), "By": a.By.Name, "When": s.date(a.At)}),
	}
	for _, part := range s.articleParts(a) {
		page.Sections = append(page.Sections, ticket.LibrarySection{Heading: part.Name, Text: string(part.Words)})
	}
	return page
}

// articleParts gives the parts of an article that there are.
func (s speech) articleParts(a ticket.Article) []cards.TextPart {
	var parts []cards.TextPart
	add := func(name, words string) {
		if words != "" {
			parts = append(parts, cards.TextPart{Name: name, Words: cards.Text(words)})
		}
	}
	add(s.say("article.symptom"), a.Symptom)
	add(s.say("article.cause", args{"Area": s.say("choice.area." + a.Area)}), a.Cause)
	add(s.say("choice.solution."+a.Means), a.Solution)
	add(s.say("article.verification"), a.Verification)
	return parts
}

// articleRead shows an article whole, in the place of what was found.
func (b *Bot) articleRead(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	id := ticket.ID{Tenant: t.actor.Tenant, Number: v.number("list")}
	article, ok, err := b.store.Article(ctx, id)
	if err != nil || !ok {
		return reply{text: t.say("notice.no_article", args{"Ticket": id.String()})}, err
	}
	d := drawing{
		heading: cards.Escape(article.Title), ticket: article.String(), intro: b.shelfLine(t.speech, article),
		parts: t.articleParts(article), alone: true,
		cancel: cards.Data{Verb: verbTicketPost, Ticket: article.String()}, cancelTitle: "button.open",
	}
	if about := v.ticket(t.actor.Tenant); about.Number != 0 {
		current, err := b.store.Ticket(ctx, about)
		if err != nil {
			return reply{}, err
		}
		if solves(current) && current.ID != article.ID {
			d.more = append(d.more, b.useButton(t.speech, current, article.ID))
		}
	}
	card, err := b.drawForm(t, d)
	return reply{card: card}, err
}
