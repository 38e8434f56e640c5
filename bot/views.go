package bot

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// evidenceLine is how much of an item's evidence stands on the ticket's card.
const evidenceLine = 140

// button makes a button that every card can carry.
func (b *Bot) button(s speech, title, verb string, data cards.Data) cards.Button {
	data.Verb = verb
	return cards.Button{Title: s.say(title), Verb: verb, Data: data, Dialog: b.dialogs[verb]}
}

// ticketReply shows the ticket to the person of the turn, with a notice where
// their click has changed nothing.
func (b *Bot) ticketReply(ctx context.Context, t *turn, current *ticket.Ticket, notice string) (reply, error) {
	charge, err := b.charge(ctx, current)
	if err != nil {
		return reply{}, err
	}
	files, err := b.filesOf(ctx, current)
	if err != nil {
		return reply{}, err
	}
	record, err := b.recordOf(ctx, current)
	if err != nil {
		return reply{}, err
	}
	there, err := b.ownerThere(ctx, t.speech, current, record)
	if err != nil {
		return reply{}, err
	}
	links, err := b.linksOf(ctx, current)
	if err != nil {
		return reply{}, err
	}
	who := viewer{Actor: charge.Acting(t.actor, current), charge: charge, files: files, record: record, there: there, links: links}
	card, err := b.ticketCard(t.speech, current, notice, who, t.address.Kind)
	return reply{card: card, notice: notice}, err
}

// liveCard gives the message that everybody in a conversation sees: in a chat
// of one the person's own view, elsewhere the one for anyone; where tickets are
// followed the ticket at one glance.
func (b *Bot) liveCard(ctx context.Context, t *ticket.Ticket, c ticket.Copy) (teams.Message, error) {
	s := b.catalog.in(c.Address.Locale, c.Address.Zone, b.now())
	if c.Purpose == ticket.PurposeStatus {
		card, err := b.statusCard(s, t)
		return teams.Message{Card: card, Summary: b.fallback(s, t)}, err
	}
	if c.Purpose == ticket.PurposeEscalation {
		card, err := b.escalationCard(ctx, s, t, c.Subject, "")
		return teams.Message{Card: card, Summary: b.fallback(s, t)}, err
	}
	if c.Purpose == ticket.PurposeMessage {
		whom, err := b.answering(ctx, t, c.Address)
		if err != nil {
			return teams.Message{}, err
		}
		card, err := b.messageCard(ctx, s, t, int64(c.Subject), "", whom)
		return teams.Message{Card: card, Summary: b.fallback(s, t)}, err
	}
	charge, err := b.charge(ctx, t)
	if err != nil {
		return teams.Message{}, err
	}
	files, err := b.filesOf(ctx, t)
	if err != nil {
		return teams.Message{}, err
	}
	record, err := b.recordOf(ctx, t)
	if err != nil {
		return teams.Message{}, err
	}
	who := viewer{anyone: !b.local, Actor: ticket.Actor{Tenant: t.Tenant, Lead: b.local}}
	if c.Address.Kind == ticket.Personal {
		who = viewer{Actor: ticket.Actor{Person: c.Address.Person, Tenant: t.Tenant, Lead: b.local || b.leads(c.Address.Person)}}
	}
	if who.there, err = b.ownerThere(ctx, s, t, record); err != nil {
		return teams.Message{}, err
	}
	if who.links, err = b.linksOf(ctx, t); err != nil {
		return teams.Message{}, err
	}
	who.Actor, who.charge, who.files, who.record = charge.Acting(who.Actor, t), charge, files, record
	card, err := b.ticketCard(s, t, "", who, c.Address.Kind)
	return teams.Message{Card: card, Summary: b.fallback(s, t)}, err
}

func (b *Bot) fallback(s speech, t *ticket.Ticket) string {
	owner := s.say("list.unowned")
	if t.Owner != nil {
		owner = t.Owner.Name
	}
	return s.say("ticket.fallback", args{
		"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120), "Step": s.say("step." + string(t.Step)), "Owner": owner,
	})
}

func (b *Bot) ticketCard(s speech, t *ticket.Ticket, notice string, who viewer, kind ticket.PlaceKind) (json.RawMessage, error) {
	written := t
	t = t.Masked(b.guard)
	who.originals = len(originals(written, t)) > 0
	class, changes := t.Class(), who.changes(t)
	view := cards.Ticket{
		Words: s.words(), Notice: cards.Text(notice),
		Number: t.String(), Customer: cards.Text(t.Customer), Title: cards.Text(t.Title),
		Class: s.say("class." + string(class)), ClassKey: string(class), ClassWhy: b.classWhy(s, t),
		StepCount: s.say("ticket.step", args{"Number": t.Step.Number()}), StepNumber: t.Step.Number(), StepName: s.say("step." + string(t.Step)),
		Owner: b.ownerLine(s, t, who.charge) + who.there + s.recordLine(who.record) + s.originLine(t), Closed: b.closedLine(s, t),
		Details: cards.Text(cards.Shorten(t.Details, 400)),
		Speak:   b.speak(s, t), Fallback: b.fallback(s, t),
	}
	if t.State == ticket.Open {
		for _, item := range ticket.Checklist(t.Step) {
			row := b.itemRow(s, t, item, who.files)
			row.Detail += s.recordItem(who.record, item.ID, t.Marks[item.ID])
			if !changes {
				row.Open = nil
			}
			view.Items = append(view.Items, row)
		}
		view.Missing, view.MissingIntro = b.missing(s, t)
		if view.Missing == "" {
			view.Missing = b.goesOn(s, t, changes)
		}
	}
	if t.State == ticket.Open && changes {
		press := b.button(s, "form.class.heading", "class"+suffixOpen, b.data(t, ""))
		view.ClassOpen = &press
	}
	if view.Files = s.filesLine(who.files); view.Files != "" {
		open := b.button(s, "button.files", verbFilesShow, cards.Data{Ticket: t.String()})
		view.FilesOpen = &open
	}
	b.showLinks(s, t, who.links, &view)
	view.Clock, view.Late = b.clockLine(s, t)
	view.Wrote = b.wroteLine(s, t)
	view.Attention = paragraphs(b.attention(s, t), s.recordTrouble(who.record, t), s.recordOwner(who.record, t))
	view.Escalation = b.escalationLine(s, t)
	view.Buttons = b.ticketButtons(s, t, who)
	view.ReadOnly = !changes && t.Owner != nil
	view.Refresh = b.refresh(s, t, who.charge, kind)
	return b.cards.Ticket(view)
}

func (b *Bot) classWhy(s speech, t *ticket.Ticket) string {
	with := args{"Class": s.say("class." + string(t.Derived)), "Above": b.desk.Policy.ExpediteAbove, "From": b.desk.Policy.PriorityFrom, "Count": 0}
	users, dueAt := t.Affected(), t.DueAt
	if users != nil {
		with["Count"] = *users
	}
	if due, _ := t.FixedDate(); due != nil {
		dueAt, with["Date"] = due, s.when(*due)
	}
	if t.Override != nil {
		return s.markdown(string(ticket.BecauseOverride), args{
			"Class": s.say("class." + string(t.Override.Class)), "By": t.Override.By.Name,
			"Reason": cards.Shorten(t.Override.Reason, evidenceLine), "Derived": with["Class"],
		})
	}
	why := s.say(string(t.Because), with)
	if users == nil && dueAt == nil {
		why = s.say("class.because.unknown", with) // it came from Odoo, where nobody was asked
	}
	return s.whyLinked(t, why, with["Date"])
}

// charge tells who looks after an open ticket.
func (b *Bot) charge(ctx context.Context, t *ticket.Ticket) (ticket.Charge, error) {
	if t.Owner == nil || t.State == ticket.Closed {
		return ticket.Charge{}, nil
	}
	if !t.OwnerAway {
		return ticket.Charge{Person: t.Owner}, nil
	}
	return b.desk.InCharge(ctx, t.Tenant, *t.Owner)
}

func (b *Bot) ownerLine(s speech, t *ticket.Ticket, charge ticket.Charge) string {
	line := s.say("ticket.unowned")
	if t.Owner != nil {
		line = s.say("ticket.owner", args{"Owner": "**" + cards.Escape(t.Owner.Name) + "**"})
	}
	if away := charge.Away; away != nil && charge.Person != nil {
		line += " " + s.markdown("ticket.away.stand_in", args{"Until": s.when(away.Until), "Name": charge.Person.Name})
	} else if away != nil {
		line += " " + s.say("ticket.away", args{"Until": s.when(away.Until)})
	}
	if t.State == ticket.Open {
		line += " · " + s.say("ticket.opened", args{"When": s.when(t.OpenedAt)})
	}
	return line
}

func (b *Bot) closedLine(s speech, t *ticket.Ticket) string {
	switch {
	case t.State != ticket.Closed || t.ClosedAt == nil:
		return ""
	case t.ClosedEarly != "":
		return s.markdown("ticket.closed_early", args{"When": s.when(*t.ClosedAt), "Reason": t.ClosedEarly})
	}
	return s.say("ticket.closed", args{"When": s.when(*t.ClosedAt)})
}

// clockLine says which clock comes next, and whether it is over.
func (b *Bot) clockLine(s speech, t *ticket.Ticket) (line string, late bool) {
	clock, ok := t.NextClock(b.desk.Policy)
	if !ok {
		return "", false
	}
	id := "clock." + string(clock.Kind)
	if late = !clock.Due.After(s.now); late {
		id += ".late"
	}
	line = s.say(id, args{"At": s.when(clock.Due), "In": s.span(clock.Due.Sub(s.now))})
	if until, snoozed := t.SnoozedUntil(clock.Kind, s.now); snoozed {
		line += " · " + s.say("clock.snoozed", args{"Until": s.when(until)})
	}
	return line, late
}

func (b *Bot) itemRow(s speech, t *ticket.Ticket, item ticket.Item, files []ticket.Attachment) cards.TicketItem {
	id := string(item.ID)
	row := cards.TicketItem{Title: s.say("item." + id), Detail: s.say("item."+id+".hint", args{"Ticket": t.String()})}
	mark, marked := t.Marks[item.ID]
	if marked {
		row.Done, row.Skipped = mark.State == ticket.Done, mark.State == ticket.Skipped
		row.Detail = s.say("ticket.by", args{"Who": cards.Escape(mark.By.Name), "When": s.when(mark.At)})
		if evidence := b.evidence(s, item, mark); evidence != "" {
			row.Detail += " · " + evidence
		}
		if names := s.evidenceFiles(mark, files); names != "" {
			row.Detail += " · " + names
		}
	}
	switch {
	case item.ID == ticket.ItemDecide:
		if _, waiting := t.Escalation(); !waiting {
			open := b.button(s, "item."+id, "decide"+suffixOpen, b.data(t, ""))
			row.Open = &open
		}
	case item.ID == ticket.ItemKnowledge:
		open := b.button(s, "item."+id, verbArticleOpen, b.data(t, item.ID))
		row.Open = &open
	case !item.Automatic:
		open := b.button(s, "item."+id, "item"+suffixOpen, b.data(t, item.ID))
		row.Open = &open
	}
	return row
}

// evidence gives an item's evidence on one line.
func (b *Bot) evidence(s speech, item ticket.Item, mark ticket.Mark) string {
	words := cards.Escape(cards.Shorten(strings.Join(strings.Fields(mark.Words), " "), evidenceLine))
	if mark.State == ticket.Skipped {
		return s.say("ticket.skipped", args{"Reason": words})
	}
	choice := ""
	switch {
	case mark.Choice == "":
	case item.ID == ticket.ItemClass:
		choice = s.say("class." + mark.Choice)
	case item.ID == ticket.ItemDecide:
		choice = s.say("decided." + mark.Choice)
	default:
		choice = s.say("choice." + choiceGroup(item) + "." + mark.Choice)
	}
	switch {
	case choice == "":
		return words
	case words == "":
		return choice
	}
	return choice + ": " + words
}

// missing says in words what the step still needs, and before what; nothing is
// missing where the step is done.
func (b *Bot) missing(s speech, t *ticket.Ticket) (missing, intro string) {
	intro = s.say("ticket.before_closing")
	if next, ok := t.Step.Next(); ok {
		intro = s.say("ticket.before", args{"Step": s.say("step." + string(next))})
	}
	var needs []string
	for _, item := range t.Missing() {
		if open, waiting := t.Escalation(); waiting && item.ID == ticket.ItemDecide {
			needs = append(needs, s.say("missing.answer", args{"Level": s.say("choice.level." + string(open.Level))}))
			continue
		}
		needs = append(needs, s.say("missing."+string(item.ID)))
	}
	if len(needs) == 0 {
		return "", s.say("ticket.ready")
	}
	return strings.Join(needs, ", ") + ".", intro
}

// goesOn says how it goes on when a step is done: by the button, to whoever has it.
func (b *Bot) goesOn(s speech, t *ticket.Ticket, changes bool) string {
	switch _, more := t.Step.Next(); {
	case !changes && t.Owner == nil:
		return ""
	case !changes:
		return s.markdown("ticket.waits", args{"Owner": t.Owner.Name})
	case more:
		return s.say("ticket.press", args{"Button": s.say("button.next")})
	}
	return s.say("ticket.press", args{"Button": s.say("button.close_last")})
}

func (b *Bot) escalationLine(s speech, t *ticket.Ticket) string {
	if len(t.Escalations) == 0 || t.Step != ticket.Diagnosis {
		return ""
	}
	last := t.Escalations[len(t.Escalations)-1]
	if !last.Open() {
		return answerLine(s, t)
	}
	line := s.markdown("ticket.escalated", args{
		"Level": s.say("choice.level." + string(last.Level)), "By": last.By.Name, "When": s.when(last.At),
		"Ask": cards.Shorten(last.Ask, 2*evidenceLine),
	})
	if last.Alone {
		return line
	}
	said := []string{line, b.turnLine(s, t, last)}
	if q, asked := last.Question(); asked {
		said = append(said, s.markdown("ticket.question", args{"By": q.By.Name, "Question": cards.Shorten(q.Words, 2*evidenceLine)}))
	}
	if len(last.Climbs) > 1 {
		said = append(said, s.trail(last))
	}
	return strings.Join(said, "\n\n")
}

// answerLine tells of the answer to the last escalation; empty where there is none.
func answerLine(s speech, t *ticket.Ticket) string {
	if len(t.Escalations) == 0 {
		return ""
	}
	last := t.Escalations[len(t.Escalations)-1]
	level := s.say("choice.level." + string(last.Level))
	switch last.Outcome() {
	case ticket.Declined:
		return s.markdown("ticket.declined", args{
			"By": last.EndedBy.Name, "Level": level, "When": s.when(*last.EndedAt), "Reason": cards.Shorten(last.Declined, 2*evidenceLine),
		})
	case ticket.Decided:
		return s.markdown("ticket.decided", args{
			"By": last.EndedBy.Name, "Level": level, "When": s.when(*last.EndedAt), "Answer": cards.Shorten(last.Answer, 2*evidenceLine),
		})
	case ticket.Answered:
		return s.markdown("ticket.answered", args{
			"Level": level, "When": s.when(*last.EndedAt), "Answer": cards.Shorten(last.Answer, 2*evidenceLine),
		})
	default:
		return ""
	}
}

func (b *Bot) speak(s speech, t *ticket.Ticket) string {
	missing := s.say("ticket.missing_count", args{"Count": len(t.Missing())})
	return s.say("ticket.speak", args{
		"Ticket": t.String(), "Title": cards.Shorten(t.Title, 120), "Class": s.say("class." + string(t.Class())),
		"Number": t.Step.Number(), "Step": s.say("step." + string(t.Step)), "Missing": missing,
	})
}

// data gives what a button on the ticket's card carries: the version of the
// ticket and the key of the click.
func (b *Bot) data(t *ticket.Ticket, item ticket.ItemID) cards.Data {
	return cards.Data{
		Ticket: t.String(), Version: t.Version, Item: string(item),
		Key: t.String() + "." + strconv.FormatInt(t.Version, 10),
	}
}

func (b *Bot) noticeCard(s speech, sentence string, buttons ...cards.Button) (json.RawMessage, error) {
	return b.cards.Notice(cards.Notice{Words: s.words(), Sentence: cards.Text(sentence), Buttons: buttons})
}
