package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

const (
	// mostFound is how many articles a card shows, and mostLooked among how many the best are chosen.
	mostFound  = 5
	mostLooked = 50
	// libraryPatience is how long Odoo's part of a search is waited for.
	libraryPatience = 2 * time.Second
	// longestFind is how much of what somebody looks for is kept.
	longestFind = 300
	// foundLine is how much of an article is shown, and foundText how much of a page of
	// Odoo its button takes along: a card of five has to be one that Teams takes.
	foundLine = 200
	foundText = 400
)

// find answers "find words" and "find T-1 words" with what was found. Without words
// it looks for those of the ticket's title.
func (b *Bot) find(ctx context.Context, t *turn, rest string) error {
	job := ticket.FindArticles{Place: t.place(), Words: rest}
	if first, words, _ := strings.Cut(strings.TrimSpace(rest), " "); first != "" && fieldsOf(first).isTicket() {
		number, _ := ticket.ParseNumber(strings.Trim(first, ",.:;"))
		job.Number, job.Words = number, words
	}
	return b.lookFor(ctx, t, job)
}

// fieldsOf gives the first word of a text as commands are read.
func fieldsOf(text string) word {
	for _, w := range fields(text) {
		return w
	}
	return word{}
}

// lookFor leaves a search to a job, once it is known what to look for.
func (b *Bot) lookFor(ctx context.Context, t *turn, job ticket.FindArticles) error {
	if job.Number != 0 {
		current, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
		if err != nil {
			return err
		}
		if strings.TrimSpace(job.Words) == "" {
			job.Words = current.Title
		}
	}
	// What is looked for stands in the queue and on the card.
	job.Words = b.cut(b.masked(ticket.Clean(job.Words)), longestFind)
	if strings.TrimSpace(job.Words) == "" {
		return b.say(ctx, t, t.say("find.what"))
	}
	return b.later(ctx, job)
}

// articleFind looks for the words of the card's input, or for those of the ticket.
func (b *Bot) articleFind(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	job := ticket.FindArticles{Place: t.place(), Number: v.ticket(t.actor.Tenant).Number, Words: v.text(ticket.FieldWords)}
	live, err := b.store.Shows(ctx, t.place(), action.Card)
	if err != nil {
		return reply{}, err
	}
	if !live {
		job.Replaces = action.Card
	}
	if err := b.lookFor(ctx, t, job); err != nil {
		return reply{}, err
	}
	return reply{text: t.say("find.below"), settled: !live}, nil
}

// FindArticles does the job of looking for articles: Handrail's own are shown at
// once, and Odoo's when they come, or that they have not come.
func (b *Bot) FindArticles(ctx context.Context, job ticket.FindArticles) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	words := ticket.SearchWords(job.Words)
	own, err := b.store.ArticlesWith(ctx, job.Tenant, words, mostLooked)
	if err != nil {
		return err
	}
	l := lookup{speech: b.catalog.in(address.Locale, address.Zone, b.now()), job: job, words: words, own: own}
	if job.Number != 0 {
		l.ticket, err = b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
		if err != nil {
			return err
		}
	}
	l.asking = b.desk.Library != nil && len(words) > 0
	message, err := b.lookupCard(l)
	if err != nil {
		return err
	}
	activity, err := b.showFound(ctx, address, job.Replaces, message)
	if err != nil || !l.asking || activity == "" {
		return b.delivered(ctx, address, err)
	}
	l.asking = false
	l.pages, l.silent = b.askLibrary(ctx, words)
	if message, err = b.lookupCard(l); err != nil {
		return err
	}
	// The rest is another job's: done again, this one would show it all a second time.
	return b.later(ctx, ticket.Say{Place: job.Place, Card: message.Card, Summary: message.Summary, Replaces: activity})
}

// showFound puts what was found in the place of what was found before, or sends it.
func (b *Bot) showFound(ctx context.Context, address ticket.Address, replaces string, message teams.Message) (activity string, err error) {
	if replaces != "" {
		err := b.chat.Update(ctx, reference(address), replaces, message)
		if teams.KindOf(err) != teams.Gone {
			return replaces, err
		}
	}
	return b.chat.Send(ctx, reference(address), message)
}

// askLibrary gives Odoo's pages, or that it has not answered in time.
func (b *Bot) askLibrary(ctx context.Context, words []string) (pages []ticket.Found, silent bool) {
	ctx, cancel := context.WithTimeout(ctx, libraryPatience)
	defer cancel()
	pages, err := b.desk.Library.Search(ctx, words, mostFound)
	if err != nil {
		logs.From(ctx).WarnContext(ctx, "Odoo has not answered a search", "error", err)
		return nil, true
	}
	return pages, false
}

// lookup is a search and what it has found so far.
type lookup struct {
	speech
	job   ticket.FindArticles
	words []string
	// ticket is the one for which a solution is looked for; nil for none.
	ticket *ticket.Ticket
	own    []ticket.Article
	pages  []ticket.Found
	// asking tells that Odoo is being asked, and silent that it has not answered.
	asking, silent bool
}

// lookupCard draws what was found.
func (b *Bot) lookupCard(l lookup) (teams.Message, error) {
	view := cards.Lookup{Words: l.speech.words(), Heading: l.say("find.heading"), Subtitle: cards.Text(l.job.Words)}
	if l.ticket != nil {
		view.Heading = l.say("find.heading.ticket", args{"Ticket": l.ticket.String()})
	}
	for _, match := range ticket.Best(l.own, l.pages, l.words, mostFound) {
		view.Rows = append(view.Rows, b.foundRow(l, match))
	}
	switch {
	case l.asking:
		view.Note = l.say("find.asking")
	case l.silent:
		view.Note = l.say("find.silent")
	}
	switch {
	case len(l.words) == 0:
		view.Empty = l.say("find.no_words")
	case len(view.Rows) == 0 && !l.asking:
		view.Empty = l.say("find.nothing")
	}
	if !l.asking { // while it is, the card is still edited, and what is being typed would be lost
		view.Ask = &cards.LookupAsk{Label: l.say("label.find"), Value: view.Subtitle, Limit: longestFind}
		view.Buttons = []cards.Button{b.button(l.speech, "button.find_again", verbArticleFind, cards.Data{Ticket: l.number()})}
	}
	card, err := b.cards.Lookup(view)
	return teams.Message{Card: card, Summary: view.Heading}, err
}

// number names the ticket for which a solution is looked for.
func (l lookup) number() string {
	if l.ticket == nil {
		return ""
	}
	return l.ticket.String()
}

// solves tells whether a solution of the ticket can still be taken over from elsewhere.
func solves(t *ticket.Ticket) bool {
	return t != nil && t.State == ticket.Open && !ticket.Resolution.Before(t.Step)
}

// useButton takes the solution of an article over for a ticket.
func (b *Bot) useButton(s speech, current *ticket.Ticket, article ticket.ID) cards.Button {
	data := b.data(current, ticket.ItemSolution)
	data.List = strconv.FormatInt(article.Number, 10)
	button := b.button(s, "button.use", verbArticleUse, data)
	button.Bare = true
	return button
}

func (b *Bot) foundRow(l lookup, match ticket.Match) cards.LookupRow {
	if match.Article == nil {
		return b.pageRow(l, *match.Page)
	}
	a := match.Article
	where := []string{"Handrail", a.String(), l.date(a.At)}
	if a.Shelf.Ref.URL != "" {
		where = append(where, l.say("find.also"))
	}
	if a.Means != "" {
		where = append(where, l.say("choice.solution."+a.Means))
	}
	row := cards.LookupRow{
		Title: cards.Text(b.masked(a.Title)), Detail: strings.Join(where, " · "), Text: cards.Text(b.cut(b.masked(oneLine(a.Solution)), foundLine)),
		URL: a.Shelf.Ref.URL, Open: l.say("button.in_odoo"),
	}
	if solves(l.ticket) && a.ID != l.ticket.ID {
		row.Buttons = append(row.Buttons, b.useButton(l.speech, l.ticket, a.ID))
		row.URL = "" // on a phone two buttons stand beside each other, and the whole article has the link
	}
	read := cards.Data{Ticket: l.number(), List: strconv.FormatInt(a.Number, 10)}
	row.Buttons = append(row.Buttons, b.button(l.speech, "button.read", verbArticleRead, read))
	return row
}

func (b *Bot) pageRow(l lookup, page ticket.Found) cards.LookupRow {
	text := b.masked(page.Text)
	row := cards.LookupRow{
		Title: cards.Text(cards.Shorten(b.masked(page.Title), ticket.MaxTitle)), Detail: "Odoo · " + l.date(page.At),
		Text: cards.Text(b.cut(oneLine(text), foundLine)), URL: page.Ref.URL, Open: l.say("button.in_odoo"),
	}
	if solves(l.ticket) {
		words := strings.TrimSpace(b.cut(text, foundText)) + "\n\n" + cards.Shorten(b.masked(page.Title), ticket.MaxTitle) + " " + page.Ref.URL
		data := b.data(l.ticket, ticket.ItemSolution)
		data.Title = strings.TrimSpace(words)
		row.Buttons = append(row.Buttons, b.button(l.speech, "button.use", verbArticleUse, data))
	}
	return row
}

// articleUse takes a solution over: in Resolution into the form of the solution,
// before it as a fact, which fills that form later.
func (b *Bot) articleUse(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	words := v.text("extra")
	if number := v.number("list"); number != 0 {
		article, ok, err := b.store.Article(ctx, ticket.ID{Tenant: t.actor.Tenant, Number: number})
		if err != nil || !ok {
			return reply{text: t.say("notice.no_article", args{"Ticket": ticket.Number(number)})}, err
		}
		words = article.Solution + "\n\n" + t.say("article.known", args{"Title": article.Title, "Ticket": article.String()})
	}
	words = b.cut(ticket.Clean(words), ticket.MaxEvidence)
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	if current.Step == ticket.Resolution {
		f := itemForm()
		drawn := f.fields
		f.fields = func(s speech, current *ticket.Ticket, item ticket.Item) []field {
			filled := drawn(s, current, item)
			for i := range filled {
				if filled[i].id == ticket.FieldWords {
					filled[i].value = words
				}
			}
			return filled
		}
		return b.openForm(f)(ctx, t, v, action)
	}
	press := v.press(t.actor.Tenant, action.Verb, t.actor.Person)
	press.Version = 0 // what was found is as good for the ticket as it is now
	changed, err := b.desk.Change(ctx, t.actor, press, func(c *ticket.Change) error { return c.Adopt(words) })
	if err != nil {
		return reply{}, err
	}
	kept := t.say("notice.adopted", args{"Ticket": changed.String()})
	card, err := b.noticeCard(t.speech, kept, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: changed.String()}))
	return reply{card: card}, err
}
