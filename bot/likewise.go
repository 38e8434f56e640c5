package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of the offer to do on followers what was done on their leader; stored words.
const (
	verbLikewise    = "likewise.save"
	verbNotLikewise = "likewise.leave"
)

// fieldLikewise is the field with the numbers of the followers that were chosen.
const fieldLikewise = "likewise"

// mostLikewise is how many followers an offer names.
const mostLikewise = 10

// likewise is what may be done on the followers of a ticket.
type likewise struct {
	ticket.OfferLikewise
	leader *ticket.Ticket
	// sent is the text that went to the leader's customer.
	sent ticket.Draft
	// for whom it may be done, each in its own words.
	own []ownWords
	// more counts those that are not named.
	more int
}

// ownWords are those of one follower.
type ownWords struct {
	t *ticket.Ticket
	// job is what is to be done.
	job ticket.DoLikewise
	// foreign is the name of somebody else in the words, for which it is not offered.
	foreign string
}

// OfferLikewise does the job of offering it, where it was done on the leader.
func (b *Bot) OfferLikewise(ctx context.Context, job ticket.OfferLikewise) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	l, err := b.likewise(ctx, s, job, ticket.Person{})
	if err != nil || len(l.own) == 0 {
		return err
	}
	card, err := b.drawLikewise(s, l, "")
	if err != nil {
		return err
	}
	return b.later(ctx, ticket.Say{Place: job.Place, Card: card, Summary: l.heading(s)})
}

// likewise reads what may be done on which followers by a person.
func (b *Bot) likewise(ctx context.Context, s speech, job ticket.OfferLikewise, by ticket.Person) (*likewise, error) {
	l := &likewise{OfferLikewise: job}
	var err error
	if l.leader, err = b.store.Ticket(ctx, ticket.ID{Tenant: job.Tenant, Number: job.Number}); err != nil {
		return nil, err
	}
	if job.What == ticket.LikewiseText {
		if l.sent, err = b.store.Text(ctx, job.Tenant, job.Text); err != nil {
			return nil, err
		}
		if l.sent.ID != l.leader.ID || l.sent.SentAt == nil || l.sent.Reader != ticket.ForCustomer {
			return nil, errNoText
		}
	}
	followers, err := b.store.LinkedTo(ctx, l.leader.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range followers {
		switch {
		case !job.What.Meets(t):
		case len(l.own) == mostLikewise:
			l.more++
		default:
			others := slices.DeleteFunc(append(slices.Clone(followers), l.leader), func(other *ticket.Ticket) bool { return other.ID == t.ID })
			l.own = append(l.own, b.ownWords(s, l, t, others, by))
		}
	}
	return l, nil
}

// ownWords puts what was done on the leader into the words of a follower.
func (b *Bot) ownWords(s speech, l *likewise, t *ticket.Ticket, others []*ticket.Ticket, by ticket.Person) ownWords {
	own := ownWords{t: t, job: ticket.DoLikewise{
		Tenant: t.Tenant, Number: t.Number, Leader: l.leader.Number, Key: l.key() + " " + t.String(), What: l.What, By: by, Place: l.Place,
	}}
	with := args{"Leader": l.leader.String(), "Reason": cards.Shorten(l.leader.ClosedEarly, ticket.MaxReason/2)}
	said := ""
	switch l.What {
	case ticket.LikewiseStatus:
		own.job.Words = ticket.Own(l.leader.StatusText, l.leader, t)
		said = own.job.Words
	case ticket.LikewiseSolution, ticket.LikewiseVerification:
		mark := l.leader.Marks[l.What.Item()]
		own.job.Words, own.job.Choice = ticket.Own(mark.Words, l.leader, t), mark.Choice
		said = own.job.Words
	case ticket.LikewiseClose:
		own.job.Words = strings.TrimSpace(s.say("likewise.reason.close", with))
	case ticket.LikewiseReopen:
		with["Reason"] = ""
		own.job.Words = strings.TrimSpace(s.say("likewise.reason.reopen", with))
	case ticket.LikewiseText:
		b.ownText(s, l, &own)
		text := ticket.Draft{Reader: ticket.ForCustomer, Kind: l.sent.Kind, DraftBody: own.job.Body}
		said = text.Text()
	}
	own.foreign, _ = ticket.Foreign(said, t, others)
	return own
}

// ownText makes the text for the customer of a follower: what was composed for the
// leader's is composed of the follower's facts, as the leader stands, and what a person
// has written is put into the follower's words.
func (b *Bot) ownText(s speech, l *likewise, own *ownWords) {
	stands := *own.t
	stands.State, stands.Step, stands.Marks = l.leader.State, l.leader.Step, l.leader.Marks
	stands.Escalations, stands.Gathered = l.leader.Escalations, l.leader.Gathered
	by := l.sent.By
	if own.t.Owner != nil {
		by = *own.t.Owner
	}
	writing := b.catalog.in(l.sent.Language, s.zone.String(), s.now)
	composed := b.compose(writing, &stands, l.sent, by)
	body := ticket.DraftBody{Parts: map[ticket.PartID]string{}, Language: l.sent.Language}
	for _, part := range ticket.Parts(ticket.ForCustomer, l.sent.Kind) {
		words := l.sent.Part(part)
		if slices.Contains(l.sent.Composed, part) && composed[part] != "" {
			words = composed[part]
		}
		body.Parts[part] = ticket.Own(words, l.leader, own.t)
	}
	own.job.Text, own.job.Body = l.sent.Kind, body
	own.job.Subject = writing.say("text.subject", args{"Title": b.masked(own.t.Title), "Ticket": own.t.String()})
	address, known := own.t.Fact(ticket.FactAddress)
	switch {
	case l.sent.Way == ticket.ByTicket && b.desk.Records != nil:
		own.job.Way = ticket.ByTicket
	case l.sent.Way == ticket.ByMail && b.mails() && known && address.Words != "":
		own.job.Way = ticket.ByMail
	}
}

// key names the offer.
func (l *likewise) key() string {
	return strings.Join([]string{"likewise", l.leader.String(), strconv.FormatInt(l.Version, 10), l.item()}, " ")
}

// item is what the offer's buttons name: what is offered, and the text that it is about.
func (l *likewise) item() string {
	if l.What != ticket.LikewiseText {
		return string(l.What)
	}
	return string(l.What) + "/" + strconv.FormatInt(int64(l.Text), 10)
}

func (l *likewise) heading(s speech) string {
	with := args{"Ticket": l.leader.String()}
	if l.What == ticket.LikewiseText {
		with["Text"] = s.text(subject{ticket.ForCustomer, l.sent.Kind})
	}
	return s.say("likewise.heading."+string(l.What), with)
}

// intro says what choosing does.
func (l *likewise) intro(s speech) string {
	switch l.What {
	case ticket.LikewiseText:
		return s.say("likewise.intro.text")
	case ticket.LikewiseClose:
		return s.say("likewise.intro.close")
	case ticket.LikewiseReopen:
		return s.say("likewise.intro.reopen")
	default:
		return s.say("likewise.intro")
	}
}

// drawLikewise draws the offer with the own words of each follower, and what is wrong
// with what was chosen.
func (b *Bot) drawLikewise(s speech, l *likewise, problem string) (json.RawMessage, error) {
	data := cards.Data{Ticket: l.leader.String(), Version: l.Version, Item: l.item(), Key: l.key()}
	d := drawing{
		heading: l.heading(s), ticket: b.shortName(s, l.leader), intro: l.intro(s), title: "button.likewise", cancelTitle: "button.not_likewise",
		problem: problem, save: data, cancel: data,
	}
	d.save.Verb, d.cancel.Verb = verbLikewise, verbNotLikewise
	if l.more > 0 {
		d.intro += " " + s.say("likewise.more", args{"Count": l.more})
	}
	choose := field{id: fieldLikewise, kind: cards.FieldChoices, label: "label.likewise", required: true}
	for _, own := range l.own {
		if own.foreign == "" {
			choice := cards.Choice{Title: cards.Text(b.followerName(s, own.t)), Value: strconv.FormatInt(own.t.Number, 10)}
			choose.people = append(choose.people, choice)
		}
	}
	if d.fields = []field{choose}; len(choose.people) == 0 {
		d.fields, d.alone = nil, true
	}
	return fitting(mostOfPart, func(most int) (json.RawMessage, error) {
		d.parts = nil
		for _, own := range l.own {
			d.parts = append(d.parts, b.likewisePart(s, l, own, most))
		}
		return b.drawForm(&turn{speech: s}, d)
	})
}

// followerName gives a follower's number and its customer.
func (b *Bot) followerName(s speech, t *ticket.Ticket) string {
	return s.say("linked.one", args{"Ticket": t.String(), "Customer": cards.Shorten(b.masked(t.Customer), 60)})
}

// likewisePart shows what would be done on a follower.
func (b *Bot) likewisePart(s speech, l *likewise, own ownWords, most int) cards.TextPart {
	words := own.job.Words
	if l.What == ticket.LikewiseText {
		text := ticket.Draft{Reader: ticket.ForCustomer, Kind: own.job.Text, DraftBody: own.job.Body}
		words = text.Text()
	}
	part := cards.TextPart{Name: cards.Escape(b.followerName(s, own.t)), Words: cards.Text(cards.Shorten(b.masked(words), most))}
	switch {
	case own.foreign != "":
		part.Detail = s.markdown("likewise.names", args{"Name": own.foreign, "Ticket": own.t.String()})
	case l.What == ticket.LikewiseText && own.job.Way == "":
		part.Detail = s.say("likewise.draft", args{"Ticket": own.t.String()})
	}
	return part
}

// offered reads the offer whose button was pressed, for who may change the leader.
func (b *Bot) offered(ctx context.Context, t *turn, v values) (*likewise, error) {
	what, text, _ := strings.Cut(v.text("item"), "/")
	number, _ := strconv.ParseInt(text, 10, 64)
	offer := ticket.OfferLikewise{
		Place: t.place(), Number: v.ticket(t.actor.Tenant).Number, Version: v.number("version"),
		What: ticket.Likewise(what), Text: ticket.DraftID(number),
	}
	if !slices.Contains(ticket.Likewises(), offer.What) {
		return nil, errNoText
	}
	l, err := b.likewise(ctx, t.speech, offer, t.actor.Person)
	if err != nil {
		return nil, err
	}
	try, err := b.desk.Trial(ctx, t.actor, l.leader)
	if err == nil {
		err = try.Linkable()
	}
	return l, err
}

// likewiseSave leaves to jobs what was chosen.
func (b *Bot) likewiseSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	l, err := b.offered(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	chosen := v.ids(fieldLikewise)
	var tasks []ticket.Task
	var names []string
	for _, own := range l.own {
		if slices.Contains(chosen, own.t.Number) && own.foreign == "" {
			tasks, names = append(tasks, ticket.Task{Job: own.job}), append(names, own.t.String())
		}
	}
	// Whatever follows no longer, or is closed by now, is looked at by its job, which says so.
	for _, number := range chosen {
		if !slices.ContainsFunc(l.own, func(own ownWords) bool { return own.t.Number == number }) {
			gone := ticket.DoLikewise{
				Tenant: t.actor.Tenant, Number: number, Leader: l.leader.Number, What: l.What, By: t.actor.Person, Place: t.place(),
			}
			tasks, names = append(tasks, ticket.Task{Job: gone}), append(names, ticket.Number(number))
		}
	}
	if len(tasks) == 0 {
		card, err := b.drawLikewise(t.speech, l, t.say("likewise.none"))
		return reply{card: card, form: true}, err
	}
	if err := b.store.InTx(ctx, func(tx ticket.Tx) error { return tx.Later(ctx, tasks...) }); err != nil {
		return reply{}, err
	}
	return b.settleLikewise(ctx, t, l, action, t.say("likewise.done", args{"Tickets": strings.Join(names, ", ")}))
}

// likewiseLeave puts a notice in the place of the offer.
func (b *Bot) likewiseLeave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	l, err := b.offered(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	return b.settleLikewise(ctx, t, l, action, t.say("likewise.left", args{"Ticket": l.leader.String()}))
}

func (b *Bot) settleLikewise(ctx context.Context, t *turn, l *likewise, action teams.Action, sentence string) (reply, error) {
	card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: l.leader.String()}))
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, sentence)
}

// DoLikewise does the job on one follower, and says where it was asked for what could
// not be done.
func (b *Bot) DoLikewise(ctx context.Context, job ticket.DoLikewise) error {
	failure := b.desk.DoLikewise(ctx, job)
	address, ok, err := b.store.Address(ctx, job.Place)
	switch {
	case err != nil:
		return err
	case !ok && ticket.KindOf(failure) == ticket.Internal:
		return failure
	case !ok:
		return nil // nobody is left to be told
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	number := ticket.Number(job.Number)
	if failure == nil {
		if job.What != ticket.LikewiseText || job.Way != "" {
			return nil
		}
		kept := s.say("likewise.kept", args{"Ticket": number})
		card, err := b.noticeCard(s, kept, b.button(s, "button.open", verbTicketPost, cards.Data{Ticket: number}))
		if err != nil {
			return err
		}
		return b.later(ctx, ticket.Say{Place: job.Place, Card: card, Summary: kept})
	}
	why, readable := s.fault(failure)
	if held, is := errors.AsType[*ticket.Held](failure); is {
		why, readable = s.say("likewise.held", args{"Found": s.list("found.", foundKinds(held)), "Ticket": number}), true
	}
	if !readable {
		return failure
	}
	return b.later(ctx, ticket.Say{Place: job.Place, Text: s.markdown("likewise.out", args{"Ticket": number, "Why": why})})
}

// foundKinds lists what was found in a text, each once.
func foundKinds(held *ticket.Held) []string {
	var kinds []string
	for _, finding := range held.Findings {
		if !slices.Contains(kinds, string(finding.Kind)) {
			kinds = append(kinds, string(finding.Kind))
		}
	}
	return kinds
}
