package bot

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs that belong to a ticket and to no form of it; stored words.
const (
	verbTicketShow     = "ticket.show"     // the card again, in place of a form or a list
	verbTicketPost     = "ticket.post"     // the live card as a new message
	verbTicketTake     = "ticket.take"     //
	verbTicketComplete = "ticket.complete" // the present step is done
	verbTicketHistory  = "ticket.history"
	verbListShow       = "list.show"
	verbHelpShow       = "help.show"
	verbHandoverOpen   = "handover.open"
	verbHandoverSave   = "handover.save"
	verbFormCancel     = "form.cancel" // a form that is a message of its own
	verbReportShow     = "report.show"
	verbAwaySave       = "away.save"
	verbAwayBack       = "away.back"
	verbRouteOpen      = "route.open"
	verbRouteSave      = "route.save"

	suffixOpen = ".open"
	suffixSave = ".save"
)

// verb answers one kind of button, in whichever way the click came.
type verb func(ctx context.Context, t *turn, v values, action teams.Action) (reply, error)

// reply is what the person who pressed gets to see.
type reply struct {
	// card takes the place of the card that was pressed, for this person.
	card []byte
	// text is said instead of a card.
	text string
	// form tells that the card is a form to fill in.
	form bool
	// notice is the sentence on a ticket's card that says why nothing changed.
	notice string
	// settled tells that everybody's card is taken care of by a job: whoever
	// submitted a message needs no other answer.
	settled bool
}

func (b *Bot) allVerbs() map[string]verb {
	verbs := map[string]verb{
		verbIntakeOpen:     b.intakeOpen,
		verbIntakeSave:     b.intakeSave,
		verbIntakeCancel:   b.intakeCancel,
		verbTicketShow:     b.ticketShow,
		verbTicketPost:     b.ticketPost,
		verbTicketTake:     b.ticketTake,
		verbTicketComplete: b.ticketComplete,
		verbTicketHistory:  b.ticketHistory,
		verbTicketOriginal: b.ticketOriginal,
		verbListShow:       b.listShow,
		verbHelpShow:       b.helpShow,
		verbHandoverOpen:   b.handoverOpen,
		verbHandoverSave:   b.handoverSave,
		verbFormCancel:     b.formCancel,
		verbFollowEnd:      b.followEnd,
		verbQuietEnd:       b.quietEnd,
		verbReportShow:     b.reportShow,
		verbAwaySave:       b.awaySave,
		verbAwayBack:       b.awayBack,
		verbRouteOpen:      b.routeOpen,
		verbRouteSave:      b.routeSave,
		verbAttachOpen:     b.attachOpen,
		verbAttachSave:     b.attachSave,
		verbAttachLater:    b.attachLater,
		verbFilesShow:      b.filesShow,
		verbFilesRemove:    b.filesRemove,
		verbFilesDrop:      b.filesDrop,
	}
	verbs[verbRecordRetry], verbs[verbRecordRenew] = b.recordRetry, b.recordRenew
	for name, f := range b.forms {
		verbs[name+suffixOpen] = b.openForm(f)
		verbs[name+suffixSave] = b.saveForm(f)
	}
	verbs[verbEscalationAccept], verbs[verbEscalationShow], verbs[verbEscalationText] = b.escalationAccept, b.escalationShow, b.escalationWhole
	verbs[verbEscalateOpen], verbs[verbEscalateSave] = b.escalateOpen, b.escalateSave
	verbs["decide"+suffixSave] = b.decideSave // which leads on
	for _, a := range answerings() {
		verbs[a.name+suffixOpen], verbs[a.name+suffixSave] = b.answerOpen(a), b.answerSave(a)
	}
	verbs["status"+suffixSave] = b.statusSave // which says where it went
	maps.Copy(verbs, map[string]verb{
		verbDraftChoose: b.draftChoose, verbDraftOpen: b.draftOpen, verbDraftKeep: b.draftKeep, verbDraftPreview: b.draftPreview,
		verbDraftSend: b.draftSend, verbDraftMail: b.draftSend, verbDraftRecord: b.draftSend, verbDraftCopy: b.draftCopy, verbDraftSee: b.draftSee,
	})
	verbs["handback"+suffixSave] = b.handbackSave
	verbs["link"+suffixSave], verbs[verbUnlink], verbs[verbLinkShow] = b.linkSave, b.unlinkPress, b.linkShow
	verbs[verbLikewise], verbs[verbNotLikewise] = b.likewiseSave, b.likewiseLeave
	maps.Copy(verbs, map[string]verb{
		verbArticleOpen: b.articleOpen, verbArticleSave: b.articleSave, verbArticleFind: b.articleFind,
		verbArticleUse: b.articleUse, verbArticleRead: b.articleRead,
	})
	verbs[verbMessageShow], verbs[verbAnswerOpen], verbs[verbAnswerSave] = b.messageShow, b.answerMessageOpen, b.answerMessageSave
	return verbs
}

// press answers a click: one function for a verb, whether it came as
// adaptiveCard/action or as a message with a value.
func (b *Bot) press(ctx context.Context, t *turn, action teams.Action) (teams.Answer, error) {
	v := decodeValues(action.Data)
	do, ok := b.verbs[action.Verb]
	if !ok {
		return b.answer(ctx, t, v, action, reply{text: t.say("notice.old_card")})
	}
	r, err := do(ctx, t, v, action)
	if err != nil {
		r, err = b.explain(ctx, t, v, err)
	}
	if err != nil {
		r = reply{text: trouble(ctx, t.speech, err)}
	}
	return b.answer(ctx, t, v, action, r)
}

// explain turns a domain error into what the person sees: the ticket as it is,
// with the reason why nothing changed.
func (b *Bot) explain(ctx context.Context, t *turn, v values, failure error) (reply, error) {
	sentence, ok := t.fault(failure)
	if !ok {
		return reply{}, failure
	}
	if late, ok := late(failure); ok {
		sentence = t.late("notice.late", late)
	}
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if ticket.KindOf(err) == ticket.NotFound {
		card, err := b.noticeCard(t.speech, sentence)
		return reply{card: card, notice: sentence}, err
	}
	if err != nil {
		return reply{}, err
	}
	return b.ticketReply(ctx, t, current, sentence)
}

// answer gives the reply in the way in which the click came. An
// adaptiveCard/action is answered with a card. A submitted message cannot be:
// what is new is sent, and a form that has done its work becomes a notice.
func (b *Bot) answer(ctx context.Context, t *turn, v values, action teams.Action, r reply) (teams.Answer, error) {
	if action.Replaces {
		if r.card != nil {
			return teams.CardAnswer(r.card), nil
		}
		return teams.TextAnswer(r.text), nil
	}
	ofForm := isOfForm(action.Verb)
	switch {
	case r.settled:
		return teams.Answer{}, nil
	case r.text != "":
		return teams.Answer{}, b.say(ctx, t, cards.Escape(r.text))
	case r.form:
		say := ticket.Say{Place: t.place(), Card: r.card, Summary: t.say("notice.form_below")}
		if ofForm {
			say.Replaces = action.Card
		}
		return teams.Answer{}, b.later(ctx, say)
	case r.notice != "":
		return teams.Answer{}, b.say(ctx, t, cards.Escape(r.notice))
	case ofForm && v.ticket(t.actor.Tenant).Number == 0:
		return teams.Answer{}, b.later(ctx, ticket.Say{Place: t.place(), Card: r.card, Summary: t.say("button.help"), Replaces: action.Card})
	case ofForm:
		live, err := b.retireForm(ctx, t, v, action)
		if err != nil || !live || action.Verb != verbTicketShow {
			return teams.Answer{}, err
		}
		// A client that knows no Execute asks for the person's own view of a live card.
	}
	return teams.Answer{}, b.sendCard(ctx, t, r.card, "")
}

// isOfForm tells whether a verb is that of a form's button, which stands in the
// place of the form.
func isOfForm(verb string) bool {
	return strings.HasSuffix(verb, suffixSave) ||
		slices.Contains([]string{verbTicketShow, verbDraftPreview, verbDraftSend, verbDraftMail, verbDraftRecord}, verb)
}

// settle puts a card in the place of a message that has done its work, for
// everybody: what a click is answered with stands only until the client reads
// the message again.
func (b *Bot) settle(ctx context.Context, t *turn, action teams.Action, card []byte, summary string) (reply, error) {
	if t.dialog != nil {
		return reply{text: summary}, nil // the message has opened the dialog, and stays
	}
	live, err := b.store.Shows(ctx, t.place(), action.Card)
	if err != nil || live {
		return reply{card: card}, err // a forged click must not take a ticket's card from everybody
	}
	err = b.later(ctx, ticket.Say{Place: t.place(), Card: card, Summary: summary, Replaces: action.Card})
	return reply{card: card, settled: true}, err
}

// formCancel puts a notice in the place of a form that is a message of its own.
func (b *Bot) formCancel(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	command, about := "handover", v.ticket(t.actor.Tenant)
	var again []cards.Button
	if about.Number != 0 {
		command = "status"
		again = append(again, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: about.String()}))
	}
	if !v.isOf(t.actor) {
		return reply{text: t.say("notice.not_yours", args{"Command": command})}, nil
	}
	sentence := t.say("notice.cancelled")
	card, err := b.noticeCard(t.speech, sentence, again...)
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, sentence)
}

// retireForm puts a notice in the place of a form that was a message of its own;
// a live card stays.
func (b *Bot) retireForm(ctx context.Context, t *turn, v values, action teams.Action) (live bool, err error) {
	id := v.ticket(t.actor.Tenant)
	live, err = b.store.Shows(ctx, t.place(), action.Card)
	if err != nil || live {
		return live, err
	}
	sentence := t.say("notice.saved", args{"Ticket": id.String()})
	if action.Verb == verbTicketShow {
		sentence = t.say("notice.cancelled")
	}
	card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: id.String()}))
	if err != nil {
		return false, err
	}
	return false, b.later(ctx, ticket.Say{Place: t.place(), Card: card, Summary: sentence, Replaces: action.Card})
}

// openForm shows a form, if the person may fill it in.
func (b *Bot) openForm(f form) verb {
	return func(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
		current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
		if err != nil {
			return reply{}, err
		}
		item := f.subject(v)
		// Saved empty, on a copy, a form has faults at most: anything else would
		// stand in its way whatever is typed into it.
		try, err := b.desk.Trial(ctx, t.actor, current)
		if err != nil {
			return reply{}, err
		}
		try.From = t.place()
		var faults ticket.Faults
		if err := f.save(t.speech, try, item, values{}); err != nil && !errors.As(err, &faults) {
			return reply{}, err
		}
		card, err := b.formCard(ctx, t, f, current, item, nil, nil)
		if err == nil && action.Replaces {
			err = b.desk.Filling(ctx, t.form(action))
		}
		return reply{card: card, form: true}, err
	}
}

// formOpen is how long a form counts as being filled in. Longer than that,
// nobody's view of the card is kept waiting for it.
const formOpen = 5 * time.Minute

// form is the form that the person of the turn fills in on the pressed message.
func (t *turn) form(action teams.Action) ticket.OpenForm {
	return ticket.OpenForm{Place: t.place(), Activity: action.Card, Person: t.actor.ID, Until: t.now.Add(formOpen)}
}

// saveForm does what a form asks for. Whatever is wrong with it, the form comes
// back with all that was typed.
func (b *Bot) saveForm(f form) verb {
	return func(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
		item := f.subject(v)
		return b.saveWith(f, func(press ticket.Press) (*ticket.Ticket, error) {
			return b.desk.Change(ctx, t.actor, press, func(c *ticket.Change) error {
				c.Anyway = v.text(ticket.FieldOverride)
				return f.save(t.speech, c, item, v)
			})
		})(ctx, t, v, action)
	}
}

// saveWith does what a form asks for in a way of its own.
func (b *Bot) saveWith(f form, save func(press ticket.Press) (*ticket.Ticket, error)) verb {
	return func(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
		item := f.subject(v)
		press := v.press(t.actor.Tenant, action.Verb, t.actor.Person)
		press.Place = t.place()
		if action.Replaces {
			press.Form = t.form(action)
		}
		changed, err := save(press)
		if err == nil {
			return b.ticketReply(ctx, t, changed, "")
		}
		kind := ticket.KindOf(err)
		if kind == ticket.Internal || kind == ticket.NotFound || f.ofItem && item.ID == "" {
			return reply{}, err
		}
		current, failure := b.store.Ticket(ctx, press.ID)
		if failure != nil {
			return reply{}, failure
		}
		card, failure := b.formCard(ctx, t, f, current, item, v, err)
		return reply{card: card, form: true}, failure
	}
}

func (b *Bot) ticketTake(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	return b.change(ctx, t, v, action, (*ticket.Change).Take)
}

func (b *Bot) ticketComplete(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	return b.change(ctx, t, v, action, func(c *ticket.Change) error {
		return c.Complete(ticket.Step(v.text("item")))
	})
}

func (b *Bot) change(ctx context.Context, t *turn, v values, action teams.Action, how func(*ticket.Change) error) (reply, error) {
	press := v.press(t.actor.Tenant, action.Verb, t.actor.Person)
	press.Place = t.place()
	changed, err := b.desk.Change(ctx, t.actor, press, how)
	if err != nil {
		return reply{}, err
	}
	r, err := b.ticketReply(ctx, t, changed, "")
	r.settled = true // the live card was pressed, and its job brings it up to date
	return r, err
}

// ticketShow gives the ticket's card in place of what was pressed.
func (b *Bot) ticketShow(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err == nil && action.Replaces && !action.Refresh {
		// It may be a form that was left.
		err = b.desk.Filled(ctx, current.ID, t.form(action))
	}
	if err != nil {
		return reply{}, err
	}
	return b.ticketReply(ctx, t, current, "")
}

// ticketPost has the live card sent as a new message.
func (b *Bot) ticketPost(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	if t.outside {
		return b.showOutside(ctx, t, v.ticket(t.actor.Tenant))
	}
	shown, err := b.desk.Show(ctx, v.ticket(t.actor.Tenant), t.place())
	if err != nil {
		return reply{}, err
	}
	return reply{text: t.say("notice.shown_below", args{"Ticket": shown.String()})}, nil
}
