package bot

import (
	"context"
	"strconv"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// draft answers "draft T-1 dev" with the form of the text, and "draft T-1" with
// what there is to choose from.
func (b *Bot) draft(ctx context.Context, t *turn, rest string) error {
	id, ok := t.ticketIn(rest)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "draft"}))
	}
	current, err := b.store.Ticket(ctx, id)
	if err != nil {
		return err
	}
	v := ticketValues(id)
	v.set("whose", t.actor.ID)
	about, ok := textNamed(fields(rest), current)
	var r reply
	switch {
	case !ok:
		r, err = b.draftChoose(ctx, t, v, teams.Action{})
	case about.reader == ticket.ForStatus:
		return b.status(ctx, t, id.String())
	default:
		v.set("item", about.item())
		r, err = b.draftOpen(ctx, t, v, teams.Action{})
	}
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, r.card, t.say("texts.heading", args{"Ticket": id.String()}))
}

// textNamed gives the text that the words name; false where they name none. A
// text for the customer is the one that is due, where no other is named.
func textNamed(words []word, t *ticket.Ticket) (subject, bool) {
	found := subject{kind: t.KindFor()}
	for _, w := range words {
		switch w.text {
		case "customer", "client", "user":
			found.reader = ticket.ForCustomer
		case "dev", "infra", "developer", "developers", "engineers", "engineer", "senior", "security":
			found.reader = ticket.ForDev
		case "management", "manager", "managers":
			found.reader = ticket.ForManagement
		case "status":
			found.reader = ticket.ForStatus
		}
		if kind, ok := kindNamed(w.text); ok {
			found.kind = kind
			if found.reader == "" {
				found.reader = ticket.ForCustomer
			}
		}
	}
	return found, found.reader != ""
}

func kindNamed(word string) (ticket.TextKind, bool) {
	word = strings.NewReplacer("-", "", "_", "").Replace(word)
	for _, kind := range ticket.TextKinds() {
		name := strings.ReplaceAll(string(kind), "_", "")
		if len(word) >= 3 && strings.HasPrefix(name, word) {
			return kind, true
		}
	}
	return "", false
}

// mostTexts is how many texts that were sent are offered to be seen.
const mostTexts = 8

// draftChoose shows which texts there are to write, the one that is due first, and
// those that were sent.
func (b *Bot) draftChoose(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	sent, err := b.store.Texts(ctx, current.ID, mostTexts+1)
	if err != nil {
		return reply{}, err
	}
	view := cards.Digest{
		Words: t.words(), Heading: t.say("texts.heading", args{"Ticket": current.String()}), Subtitle: t.say("texts.intro"),
	}
	if actor, err := b.desk.Acting(ctx, t.actor, current); err != nil {
		return reply{}, err
	} else if current.State == ticket.Open && current.MayChange(actor) {
		if view.Lines, err = b.textsToWrite(ctx, t, current, v.text("whose")); err != nil {
			return reply{}, err
		}
	}
	for i, text := range sent {
		if i == mostTexts {
			view.More = t.say("texts.more")
			break
		}
		view.Lines = append(view.Lines, b.sentLine(t, text, v.text("whose")))
	}
	back := cards.Data{Verb: verbTicketShow, Ticket: current.String()}
	if whose := v.text("whose"); whose != "" {
		back = cards.Data{Verb: verbFormCancel, Ticket: current.String(), Whose: whose}
	}
	view.Buttons = []cards.Button{b.button(t.speech, "button.back", back.Verb, back)}
	card, err := b.cards.Digest(view)
	return reply{card: card}, err
}

// textsToWrite lists the texts of an open ticket, the one that is due first.
func (b *Bot) textsToWrite(ctx context.Context, t *turn, current *ticket.Ticket, whose string) ([]cards.DigestLine, error) {
	due := subject{ticket.ForCustomer, current.KindFor()}
	all := []subject{due}
	for _, kind := range ticket.TextKinds() {
		if kind != due.kind {
			all = append(all, subject{ticket.ForCustomer, kind})
		}
	}
	all = append(all, subject{reader: ticket.ForDev}, subject{reader: ticket.ForManagement})
	var lines []cards.DigestLine
	for i, about := range all {
		line := cards.DigestLine{What: "**" + t.text(about) + "**"}
		kept, inWork, err := b.store.Draft(ctx, current.ID, about.reader, about.kind)
		switch {
		case err != nil:
			return nil, err
		case inWork:
			line.Detail = t.markdown("texts.in_work", args{"By": kept.By.Name, "When": t.when(kept.At)})
		case i == 0:
			line.Detail = t.say("texts.suggested")
		}
		open := b.button(t.speech, "button.write", verbDraftOpen, cards.Data{Ticket: current.String(), Item: about.item(), Whose: whose})
		line.Button = &open
		lines = append(lines, line)
	}
	status := b.button(t.speech, "button.write", "status"+suffixOpen, b.data(current, ""))
	return append(lines, cards.DigestLine{What: "**" + t.say("text.status") + "**", Button: &status}), nil
}

// sentLine shows who sent a text, when and how.
func (b *Bot) sentLine(t *turn, text ticket.Draft, whose string) cards.DigestLine {
	see := b.button(t.speech, "button.see", verbDraftSee, cards.Data{
		Ticket: text.String(), Item: strconv.FormatInt(int64(text.DraftID), 10), Whose: whose,
	})
	return cards.DigestLine{What: t.text(subject{text.Reader, text.Kind}), Detail: t.sentBy(text), Button: &see}
}

func (s speech) sentBy(text ticket.Draft) string {
	with := args{"By": text.By.Name, "When": s.when(*text.SentAt)}
	if text.Way == "" {
		return s.markdown("texts.sent", with)
	}
	with["Way"] = s.say("choice.way." + text.Way)
	return s.markdown("texts.sent.way", with)
}
