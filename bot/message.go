package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of the card of what a customer wrote; stored words.
const (
	verbMessageShow  = "message.show" // the card again, in place of the form
	verbAnswerOpen   = "message.answer.open"
	verbAnswerSave   = "message.answer.save"
	mostOfMessage    = 1500 // characters of a message on its card
	mostOfLine       = 200  // and in one line
	mostOfAnswered   = 600  // and above the form of its answer
	mostToldMessages = 5    // places that are told of a message on a ticket that nobody owns
)

// TellMessage does the job of telling those who work on a ticket of a message in its
// record: of the customer's with a card, once in a place, of a colleague's to the
// customer with a line.
func (b *Bot) TellMessage(ctx context.Context, job ticket.TellMessage) error {
	t, err := b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number})
	if err != nil {
		return err
	}
	m, ok, err := b.store.RecordMessage(ctx, job.Message)
	if err != nil || !ok {
		return err
	}
	places, err := b.messagePlaces(ctx, t)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		logs.From(ctx).InfoContext(ctx, "nobody is told of a message", "ticket", t.String())
	}
	for _, address := range places {
		if m.FromCustomer {
			err = b.desk.ShowMessage(ctx, t.ID, address.Place, m.Number)
		} else {
			err = b.tellAnswered(ctx, t, m, address)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// messagePlaces gives where a message is told: where people work on the ticket, else to
// its owner in person, else where it is followed.
func (b *Bot) messagePlaces(ctx context.Context, t *ticket.Ticket) ([]ticket.Address, error) {
	shared, err := b.workedOnIn(ctx, t.ID)
	if err != nil || len(shared) > 0 {
		return shared[:min(len(shared), 1)], err
	}
	if t.Owner != nil {
		address, ok, err := b.tellingPlace(ctx, t, t.Owner)
		if err != nil || !ok {
			return nil, err
		}
		return []ticket.Address{address}, nil
	}
	followers, err := b.store.Followers(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	var places []ticket.Address
	for _, f := range followers {
		known := slices.ContainsFunc(places, func(a ticket.Address) bool { return a.Place == f.Place })
		if known || f.Refused != "" || !f.Wants(t) || len(places) == mostToldMessages {
			continue
		}
		address, ok, err := b.store.Address(ctx, f.Place)
		if err != nil {
			return nil, err
		}
		if ok {
			places = append(places, address)
		}
	}
	return places, nil
}

// tellAnswered says in one line what a colleague wrote to the customer.
func (b *Bot) tellAnswered(ctx context.Context, t *ticket.Ticket, m ticket.RecordMessage, address ticket.Address) error {
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	return b.later(ctx, ticket.Say{Place: address.Place, Text: s.markdown("message.told", args{
		"Who": writer(m), "Ticket": t.String(), "Words": b.messageWords(s, m, mostOfLine),
	})})
}

// writer gives the name of who wrote a message.
func writer(m ticket.RecordMessage) string {
	return strings.Join(strings.Fields(ticket.Clean(cmp.Or(m.From.Name, m.From.Mail, "Odoo"))), " ")
}

// messageWords gives the beginning of a message on one line.
func (b *Bot) messageWords(s speech, m ticket.RecordMessage, most int) string {
	words := strings.Join(strings.Fields(b.masked(m.Text)), " ")
	return cards.Shorten(cmp.Or(words, s.say("message.files_only")), most)
}

// messageLine is the message that the card of what a customer wrote begins as. It
// mentions whoever looks after the ticket, as the edit that makes it a card notifies nobody.
func (b *Bot) messageLine(ctx context.Context, s speech, t *ticket.Ticket, c ticket.Copy) (teams.Message, error) {
	m, ok, err := b.store.RecordMessage(ctx, int64(c.Subject))
	if err != nil || !ok {
		return teams.Message{}, errors.Join(err, errNoMessage)
	}
	line := teams.Message{Text: s.markdown("message.line", args{
		"Who": writer(m), "Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120), "Words": b.messageWords(s, m, mostOfLine),
	})}
	whom, err := b.answering(ctx, t, c.Address)
	if whom != nil {
		mention := teams.Mention{ID: whom.ID, Name: whom.Name}
		line.Mentions, line.Text = []teams.Mention{mention}, mention.Markup()+", "+line.Text
	}
	return line, err
}

// answering gives whom a message calls in a place: who looks after the ticket, where
// others read it, too.
func (b *Bot) answering(ctx context.Context, t *ticket.Ticket, address ticket.Address) (*ticket.Person, error) {
	if address.Kind == ticket.Personal {
		return nil, nil //nolint:nilnil // nobody is called
	}
	charge, err := b.charge(ctx, t)
	if err == nil && charge.Person == nil && t.State == ticket.Closed {
		return t.Owner, nil
	}
	return charge.Person, err
}

// errNoMessage is the answer to a button that means no message.
var errNoMessage = &ticket.Error{Kind: ticket.Invalid, Message: "error.item_unknown"}

// messageCard draws what a customer wrote, with what became of it.
func (b *Bot) messageCard(
	ctx context.Context, s speech, t *ticket.Ticket, number int64, notice string, whom *ticket.Person,
) (json.RawMessage, error) {
	m, ok, err := b.store.RecordMessage(ctx, number)
	if err != nil || !ok {
		return nil, errors.Join(err, errNoMessage)
	}
	r, _, err := b.store.Record(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	masked := t.Masked(b.guard)
	view := cards.Message{
		Words: s.words(), Notice: cards.Text(notice), Wrote: s.markdown("message.wrote", args{"Who": writer(m), "When": s.when(m.At)}),
		Number: t.String(), Customer: cards.Text(masked.Customer), Title: cards.Text(cards.Shorten(masked.Title, 120)),
		Fallback: s.say("message.fallback", args{"Who": writer(m), "Ticket": t.String(), "Title": cards.Shorten(masked.Title, 120)}),
	}
	files := make([]ticket.Attachment, len(m.Files))
	for i, file := range m.Files {
		files[i].Name = file.Name
	}
	view.Files = s.filesLine(files)
	b.messageState(s, t, m, &view)
	if whom != nil && !view.Settled {
		view.Mention = &cards.Mention{ID: whom.ID, Name: whom.Name}
	}
	text := b.masked(m.Text)
	return fitting(mostOfMessage, func(most int) (json.RawMessage, error) {
		view.Text = cards.Text(cmp.Or(cards.Shorten(text, most), s.say("message.files_only")))
		if len([]rune(text)) > most || strings.HasSuffix(text, "…") && len([]rune(m.Text)) >= ticket.MaxHeard {
			view.More = s.say("message.more", args{"Record": s.recordLink(r)})
		}
		return b.cards.Message(view)
	})
}

// messageState says whether a message waits for its answer, and offers what can be done.
func (b *Bot) messageState(s speech, t *ticket.Ticket, m ticket.RecordMessage, view *cards.Message) {
	data := messageData(t, m.Number)
	switch {
	case t.Answered(m) && t.CustomerToldAt != nil:
		view.State, view.Settled = s.say("message.answered", args{"When": s.when(*t.CustomerToldAt)}), true
	case t.Answered(m):
		view.State, view.Settled = s.say("message.settled"), true
	case t.State == ticket.Closed:
		view.State = s.say("message.closed")
		view.Buttons = append(view.Buttons, b.button(s, "button.reopen", "reopen"+suffixOpen, b.data(t, "")))
	default:
		view.State = s.say("message.waits")
		view.Buttons = append(view.Buttons, b.button(s, "button.answer_customer", verbAnswerOpen, data))
	}
	view.Buttons = append(view.Buttons, b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: t.String()}))
}

// messageOver tells whether a post shows a message that needs nothing any more: it stays
// as it is from now on.
func (b *Bot) messageOver(ctx context.Context, t *ticket.Ticket, post ticket.Post) (bool, error) {
	if post.Purpose != ticket.PurposeMessage {
		return false, nil
	}
	m, ok, err := b.store.RecordMessage(ctx, int64(post.Subject))
	return err == nil && (!ok || t.Answered(m)), err
}

// messageData is what a button of the card carries.
func messageData(t *ticket.Ticket, number int64) cards.Data {
	item := strconv.FormatInt(number, 10)
	return cards.Data{
		Ticket: t.String(), Version: t.Version, Item: item, Key: t.String() + ".m" + item + "." + strconv.FormatInt(t.Version, 10),
	}
}

// messageOf reads which message of which ticket a button means. Nobody sees one of
// another tenant.
func (b *Bot) messageOf(ctx context.Context, t *turn, v values) (*ticket.Ticket, ticket.RecordMessage, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return nil, ticket.RecordMessage{}, err
	}
	m, ok, err := b.store.RecordMessage(ctx, v.number("item"))
	if err != nil {
		return nil, m, err
	}
	shown, err := b.store.Posts(ctx, current.ID)
	if err != nil {
		return nil, m, err
	}
	theirs := slices.ContainsFunc(shown, func(p ticket.Post) bool {
		return p.Purpose == ticket.PurposeMessage && int64(p.Subject) == m.Number
	})
	r, recorded, err := b.store.Record(ctx, current.ID)
	if err == nil && (!ok || !theirs && (!recorded || r.Ref.Model != m.Record.Model || r.Ref.Number != m.Record.Number)) {
		err = errNoMessage
	}
	return current, m, err
}

// messageReply shows the card of the message to the person of the turn.
func (b *Bot) messageReply(ctx context.Context, t *turn, current *ticket.Ticket, number int64, failure error) (reply, error) {
	sentence := ""
	if failure != nil {
		said, ok := t.fault(failure)
		if !ok {
			return reply{}, failure
		}
		if sentence = said; isLate(failure) {
			late, _ := late(failure)
			sentence = t.late("notice.late", late)
		}
	}
	card, err := b.messageCard(ctx, t.speech, current, number, sentence, nil)
	return reply{card: card, notice: sentence}, err
}

func isLate(failure error) bool {
	_, ok := late(failure)
	return ok
}

func (b *Bot) messageShow(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, m, err := b.messageOf(ctx, t, v)
	if err == nil && action.Replaces && !action.Refresh {
		err = b.desk.Filled(ctx, current.ID, t.form(action))
	}
	if err != nil {
		return reply{}, err
	}
	return b.messageReply(ctx, t, current, m.Number, nil)
}

// answerMessageOpen shows the form of the answer, to whoever may write it.
func (b *Bot) answerMessageOpen(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, m, err := b.messageOf(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	try, err := b.desk.Trial(ctx, t.actor, current)
	if err != nil {
		return reply{}, err
	}
	if err := try.Allowed(); err != nil {
		return b.messageReply(ctx, t, current, m.Number, err)
	}
	card, err := b.messageForm(t, current, m, nil, nil)
	if err == nil && action.Replaces {
		err = b.desk.Filling(ctx, t.form(action))
	}
	return reply{card: card, form: true}, err
}

// answerMessageSave sends the answer to the customer, unless the guard holds it. Whatever
// is wrong, the form comes back with what was typed.
func (b *Bot) answerMessageSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, m, err := b.messageOf(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	press := v.press(t.actor.Tenant, action.Verb, t.actor.Person)
	press.Place = t.place()
	if action.Replaces {
		press.Form = t.form(action)
	}
	changed, failure := b.desk.Change(ctx, t.actor, press, func(c *ticket.Change) error {
		c.Anyway = v.text(ticket.FieldOverride)
		return c.TellCustomer(ticket.ByTicket, v.text(ticket.FieldWords))
	})
	if changed != nil {
		current = changed
	}
	if failure == nil {
		r, err := b.messageReply(ctx, t, current, m.Number, nil)
		r.settled = !action.Replaces && b.isCard(ctx, t, action)
		return r, err
	}
	if ticket.KindOf(failure) == ticket.Internal {
		return reply{}, failure
	}
	card, err := b.messageForm(t, current, m, v, failure)
	return reply{card: card, form: true}, err
}

// messageForm draws the form of the answer to a message.
func (b *Bot) messageForm(t *turn, current *ticket.Ticket, m ticket.RecordMessage, typed values, failure error) (json.RawMessage, error) {
	d := drawing{
		heading: t.say("form.message.answer.heading"), title: "button.send", ticket: b.shortName(t.speech, current),
		intro: t.markdown("form.message.answer.intro", args{
			"Who": writer(m), "When": t.when(m.At), "Words": b.messageWords(t.speech, m, mostOfAnswered),
		}) + "\n\n" + t.say("form.message.answer.sends"),
		fields: []field{{id: ticket.FieldWords, kind: cards.FieldLines, label: "label.message_answer", required: true, limit: ticket.MaxEvidence}},
		save:   messageData(current, m.Number), cancel: messageData(current, m.Number),
	}
	d.save.Verb, d.cancel.Verb = verbAnswerSave, verbMessageShow
	d.wrong(t.speech, typed, failure)
	return b.drawForm(t, d)
}

// wroteLine says since when the customer waits for an answer; empty where they do not.
func (b *Bot) wroteLine(s speech, t *ticket.Ticket) string {
	if t.CustomerWroteAt == nil {
		return ""
	}
	return s.say("ticket.wrote", args{"Ago": s.span(s.now.Sub(*t.CustomerWroteAt)), "At": s.when(*t.CustomerWroteAt)})
}

// ownerThere names the owner of a ticket's record whom nobody knows here: nobody is
// assigned then. Empty where there is none.
func (b *Bot) ownerThere(ctx context.Context, s speech, t *ticket.Ticket, r *ticket.Record) (string, error) {
	if r == nil || !r.Made() || r.Base.Owner == (ticket.RecordPerson{}) {
		return "", nil
	}
	if t.Owner != nil && strings.EqualFold(t.Owner.Name, r.Base.Owner.Name) {
		return "", nil
	}
	_, known, err := b.store.PersonByMail(ctx, t.Tenant, strings.ToLower(r.Base.Owner.Mail))
	if known || err != nil {
		return "", err
	}
	return " · " + s.markdown("ticket.owner_there", args{"Who": r.Base.Owner.Called()}), nil
}
