package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of texts; stored words. Their buttons name as the item the reader, and for
// the customer the occasion: "dev", "customer/update".
const (
	verbDraftChoose  = "draft.choose"  // which text, and those that were sent
	verbDraftOpen    = "draft.open"    // the form
	verbDraftKeep    = "draft.save"    // keeps what was typed and leaves the form
	verbDraftPreview = "draft.preview" // keeps it and shows the whole
	verbDraftSend    = "draft.send"    // it goes, or has gone
	verbDraftMail    = "draft.mail"    // it goes by mail
	verbDraftRecord  = "draft.record"  // it goes in the customer's ticket
	verbDraftCopy    = "draft.copy"    // the bare text, to be copied
	verbDraftSee     = "draft.see"     // a text that was sent
)

// subject says which text is meant.
type subject struct {
	reader ticket.TextReader
	kind   ticket.TextKind
}

func (s subject) item() string {
	if s.reader == ticket.ForCustomer {
		return string(s.reader) + "/" + string(s.kind)
	}
	return string(s.reader)
}

// text is what the text is called.
func (s speech) text(about subject) string {
	if about.reader == ticket.ForCustomer {
		return s.say("text.of_kind", args{"Kind": s.say("text.kind." + string(about.kind))})
	}
	return s.say("text." + string(about.reader))
}

// subjectOf reads which text a button means; false for none.
func subjectOf(v values) (subject, bool) {
	reader, kind, _ := strings.Cut(v.text("item"), "/")
	about := subject{ticket.TextReader(reader), ticket.TextKind(kind)}
	switch about.reader {
	case ticket.ForCustomer:
		return about, slices.Contains(ticket.TextKinds(), about.kind)
	case ticket.ForDev, ticket.ForManagement:
		return about, kind == ""
	default:
		return about, false
	}
}

// textOf gives the text that is the evidence of an item.
func textOf(item ticket.ItemID) subject {
	for _, kind := range ticket.TextKinds() {
		if kind.Item() == item {
			return subject{ticket.ForCustomer, kind}
		}
	}
	return updateText()
}

// updateText is the text that keeps the customer informed.
func updateText() subject { return subject{ticket.ForCustomer, ticket.TextUpdate} }

// errNoText is the answer to a button that means no text.
var errNoText = &ticket.Error{Kind: ticket.Invalid, Message: "error.item_unknown"}

// writing is a text on its way from its form to its reader.
type writing struct {
	subject
	t *ticket.Ticket
	// stored is the text in work; of a new one it has no id.
	stored ticket.Draft
	inWork bool
	// composed are the parts as the facts fill them now.
	composed map[ticket.PartID]string
	// files are those of the ticket.
	files []ticket.Attachment
	// whose is the id of the person whose message the form is; empty for a form
	// that stands on another card.
	whose string
}

// writing reads which text the values mean, and what there is of it. Only who may
// change the ticket writes its texts.
func (b *Bot) writing(ctx context.Context, t *turn, v values) (*writing, error) {
	about, ok := subjectOf(v)
	if !ok {
		return nil, errNoText
	}
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return nil, err
	}
	w, err := b.inWork(ctx, current, about, t.speech, t.actor.Person)
	if err != nil {
		return nil, err
	}
	w.whose = v.text("whose")
	return w, nil
}

// inWork reads what there is of a text of the ticket. It is composed on the clock of
// who reads it now, for whom its owner signs.
func (b *Bot) inWork(ctx context.Context, t *ticket.Ticket, about subject, reading speech, by ticket.Person) (*writing, error) {
	w := &writing{subject: about, t: t}
	var err error
	if w.stored, w.inWork, err = b.store.Draft(ctx, t.ID, about.reader, about.kind); err != nil {
		return nil, err
	}
	if !w.inWork {
		w.stored = ticket.Draft{ID: t.ID, Reader: about.reader, Kind: about.kind}
		w.stored.Language = "en"
		if logs, ok := t.Fact(ticket.FactLogs); ok && about.reader != ticket.ForCustomer {
			w.stored.Files = logs.Files
		}
	}
	if w.files, err = b.filesOf(ctx, t); err != nil {
		return nil, err
	}
	if t.Owner != nil {
		by = *t.Owner
	}
	w.composed = w.within(b, b.compose(b.catalog.in(w.stored.Language, reading.zone.String(), reading.now), t, w.stored, by))
	return w, nil
}

// within gives what was composed as far as it goes into the text besides what was
// written: whatever a ticket says, its text can be kept.
func (w *writing) within(b *Bot, composed map[ticket.PartID]string) map[ticket.PartID]string {
	var parts []ticket.PartID
	room := w.stored.Limit()
	for _, part := range ticket.Parts(w.reader, w.kind) {
		words, written := w.stored.Parts[part]
		if written && !slices.Contains(w.stored.Composed, part) {
			room -= utf8.RuneCountInString(words) + paragraph
		} else if composed[part] != "" {
			parts = append(parts, part)
		}
	}
	options := w.stored.Options
	if fact, ok := w.t.Fact(ticket.FactOptions); ok && !w.inWork {
		options = fact.Options
	}
	for _, option := range options {
		room -= utf8.RuneCountInString(option.Words) + utf8.RuneCountInString(option.Consequence)
	}
	slices.SortFunc(parts, func(x, y ticket.PartID) int { return cmp.Compare(len(composed[x]), len(composed[y])) })
	for i, part := range parts {
		share := min(max(room/(len(parts)-i)-paragraph, 1), ticket.MaxPart) // the short ones leave theirs to the long ones
		composed[part] = b.cut(composed[part], share)
		room -= utf8.RuneCountInString(composed[part]) + paragraph
	}
	return composed
}

// paragraph is the length of what stands between two parts of a text.
const paragraph = 2

// draft gives the text as its form shows it first: what was written, and for the
// rest what the facts say now.
func (w *writing) draft() ticket.Draft {
	d := w.stored
	d.Parts = map[ticket.PartID]string{}
	for _, part := range ticket.Parts(w.reader, w.kind) {
		words, written := w.stored.Parts[part]
		if !written || slices.Contains(w.stored.Composed, part) {
			words = w.composed[part]
		}
		d.Parts[part] = words
	}
	if options, ok := w.t.Fact(ticket.FactOptions); ok && !w.inWork {
		d.Options = options.Options
	}
	return d
}

// data is what a button of the text carries. Its key is that of this very text: the
// next one counts its versions anew, and may say the same.
func (w *writing) data() cards.Data {
	key := []string{w.t.String(), strconv.FormatInt(w.t.Version, 10), w.item()}
	for _, n := range []int64{int64(w.stored.DraftID), w.stored.Version} {
		key = append(key, strconv.FormatInt(n, 10))
	}
	return cards.Data{
		Ticket: w.t.String(), Item: w.item(), Version: w.stored.Version, Whose: w.whose, Key: strings.Join(key, "."),
	}
}

// cancel is what leaves the text: it stays in work as it was kept.
func (w *writing) cancel() cards.Data {
	if w.whose != "" {
		return cards.Data{Verb: verbFormCancel, Ticket: w.t.String(), Whose: w.whose}
	}
	return cards.Data{Verb: verbTicketShow, Ticket: w.t.String()}
}

// draftOpen shows the form of a text.
func (b *Bot) draftOpen(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	w, err := b.writing(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	return b.draftForm(ctx, t, w, action)
}

// draftForm shows the form of a text to who may write it.
func (b *Bot) draftForm(ctx context.Context, t *turn, w *writing, action teams.Action) (reply, error) {
	try, err := b.desk.Trial(ctx, t.actor, w.t)
	if err == nil {
		err = try.Allowed()
	}
	if err != nil {
		return reply{}, err
	}
	card, err := b.drawDraft(t, w, nil, nil)
	if err == nil && action.Replaces {
		err = b.desk.Filling(ctx, t.form(action))
	}
	return reply{card: card, form: true}, err
}

// draftKeep keeps what was typed, for later.
func (b *Bot) draftKeep(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	w, r, err := b.keep(ctx, t, v, action)
	if err != nil || w == nil {
		return r, err
	}
	if action.Replaces {
		if err := b.desk.Filled(ctx, w.t.ID, t.form(action)); err != nil {
			return reply{}, err
		}
	}
	kept := t.say("notice.text_kept", args{"Ticket": w.t.String()})
	return b.doneWith(ctx, t, w.t, action, kept, kept)
}

// draftPreview keeps what was typed and shows the whole, as its reader will see it.
func (b *Bot) draftPreview(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	w, r, err := b.keep(ctx, t, v, action)
	if err != nil || w == nil {
		return r, err
	}
	card, err := b.drawPreview(t, w, nil, nil)
	if err == nil && action.Replaces {
		err = b.desk.Filling(ctx, t.form(action))
	}
	return reply{card: card, form: true}, err
}

// keep keeps what was typed as the text in work, and what is a fact of it on the
// ticket. Whatever is wrong, the form comes back in the reply with all that was
// typed, and there is nothing to go on with.
func (b *Bot) keep(ctx context.Context, t *turn, v values, action teams.Action) (*writing, reply, error) {
	w, err := b.writing(ctx, t, v)
	if err != nil {
		return nil, reply{}, err
	}
	changed, err := b.keepTyped(ctx, t, w, v, action)
	if kind := ticket.KindOf(err); err != nil && (kind == ticket.Internal || kind == ticket.NotFound) {
		return nil, reply{}, err
	}
	// It is stored now, or somebody else has kept or sent it since it was read.
	w, failure := b.writing(ctx, t, v)
	switch {
	case failure != nil:
		return nil, reply{}, failure
	case err == nil:
		w.t = changed
		return w, reply{}, nil
	}
	card, failure := b.drawDraft(t, w, v, err)
	return nil, reply{card: card, form: true}, failure
}

// keepTyped stores what was typed, or says all that is wrong with it.
func (b *Bot) keepTyped(ctx context.Context, t *turn, w *writing, v values, action teams.Action) (*ticket.Ticket, error) {
	typed, faults := w.typed(b, t, v)
	typed.DraftBody = typed.DraftBody.Clean()
	if len(faults) > 0 {
		return nil, append(faults, typed.Check()...)
	}
	press := ticket.Press{ID: w.t.ID, Key: v.digest(action.Verb, t.actor.ID), Place: t.place(), Message: action.Card}
	return b.desk.Change(ctx, t.actor, press, func(c *ticket.Change) error {
		if v.number("version") > 0 && !w.inWork {
			return &ticket.Error{Kind: ticket.Stale, Message: "error.draft_sent"}
		}
		return c.Keep(&typed, w.facts(typed))
	})
}

// goes tells whether a text can go in the way that a button means.
func (b *Bot) goes(w *writing, verb string) bool {
	switch verb {
	case verbDraftMail:
		return w.reader == ticket.ForCustomer && b.mails()
	case verbDraftRecord:
		return w.reader == ticket.ForCustomer && b.desk.Records != nil
	default:
		return true
	}
}

// noticeOf gives the sentence about a text that went in the way that a button means.
func noticeOf(verb string) string {
	if verb == verbDraftRecord {
		return "notice.text_goes"
	}
	return "notice.text_sent"
}

// draftSend sends a text, or notes that it was sent.
func (b *Bot) draftSend(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	w, err := b.writing(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	if !b.goes(w, action.Verb) {
		return reply{}, errNoText
	}
	if w.reader != ticket.ForCustomer {
		return b.escalateDraft(ctx, t, w, v, action)
	}
	press := ticket.Press{ID: w.t.ID, Key: v.digest(action.Verb, t.actor.ID), Place: t.place(), Message: action.Card}
	if action.Replaces {
		press.Form = t.form(action)
	}
	text := w.stored
	text.Version = v.number("version")
	changed, err := b.desk.Change(ctx, t.actor, press, func(c *ticket.Change) error {
		if !w.inWork {
			return &ticket.Error{Kind: ticket.Stale, Message: "error.draft_sent"}
		}
		c.Anyway = v.text(ticket.FieldOverride)
		switch action.Verb {
		case verbDraftMail:
			subject := t.say("text.subject", args{"Title": b.masked(c.Ticket.Title), "Ticket": c.Ticket.String()})
			return c.MailToCustomer(&text, v.text(ticket.FieldMail), subject, v.text(ticket.FieldNote), t.place())
		case verbDraftRecord:
			return c.SendToCustomer(&text, ticket.ByTicket, v.text(ticket.FieldNote))
		}
		return c.SendToCustomer(&text, v.text(ticket.FieldWay), v.text(ticket.FieldNote))
	})
	if err == nil {
		sent := t.say(noticeOf(action.Verb), args{"Text": t.text(w.subject), "Ticket": changed.String()})
		return b.doneWith(ctx, t, changed, action, "", sent)
	}
	if kind := ticket.KindOf(err); kind == ticket.Internal || kind == ticket.NotFound || !w.inWork {
		return reply{}, err
	}
	if w, failure := b.writing(ctx, t, v); failure == nil && w.inWork {
		card, failure := b.drawPreview(t, w, v, err)
		return reply{card: card, form: true}, failure
	}
	return reply{}, err
}

// doneWith answers who is done with a text: with the ticket where its card was
// pressed, with what is said on it, else with a notice in the place of the form.
func (b *Bot) doneWith(ctx context.Context, t *turn, current *ticket.Ticket, action teams.Action, onCard, notice string) (reply, error) {
	live, err := b.store.Shows(ctx, t.place(), action.Card)
	if err != nil {
		return reply{}, err
	}
	if live {
		r, err := b.ticketReply(ctx, t, current, onCard)
		r.notice = "" // it has done what was asked for
		return r, err
	}
	card, err := b.noticeCard(t.speech, notice, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: current.String()}))
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, notice)
}

// draftCopy sends the bare text as a message, from which it can be copied.
func (b *Bot) draftCopy(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	w, err := b.writing(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	try, err := b.desk.Trial(ctx, t.actor, w.t)
	if err == nil {
		err = try.Allowed()
	}
	if err == nil {
		err = b.say(ctx, t, cards.Escape(b.plainText(t.speech, w.draft())))
	}
	return reply{text: t.say("notice.text_below")}, err
}

// draftSee shows a text that was sent, whole.
func (b *Bot) draftSee(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	text, err := b.store.Text(ctx, t.actor.Tenant, ticket.DraftID(v.number("item")))
	if ticket.KindOf(err) == ticket.NotFound || err == nil && (text.ID != current.ID || text.SentAt == nil) {
		return reply{}, errNoText
	}
	if err != nil {
		return reply{}, err
	}
	card, err := b.drawSent(t, current, text, cards.Data{Verb: verbDraftChoose, Ticket: current.String(), Whose: v.text("whose")})
	return reply{card: card, form: true}, err
}
