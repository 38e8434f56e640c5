package bot

import (
	"context"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// What goes to a stand-in; values of a choice.
const (
	awayReminders = "reminders"
	awayTickets   = "tickets"
)

// nobody is the choice of no stand-in.
const nobody = "nobody"

// away answers "away until Monday" and "away until Monday @name".
func (b *Bot) away(ctx context.Context, t *turn, rest string) error {
	mentions := t.Mentions()
	for _, m := range mentions {
		rest = strings.Replace(rest, "@"+m.Name, " ", 1)
	}
	now, err := b.onTheirClock(ctx, t)
	if err != nil {
		return err
	}
	at, name, ok := until(strings.Fields(rest), now)
	var standIn *ticket.Person
	switch {
	case !ok:
		return b.say(ctx, t, t.say("notice.away_when"))
	case len(mentions) > 1:
		return b.say(ctx, t, t.say("notice.away_one"))
	case len(mentions) == 1:
		who := person(mentions[0].ID, mentions[0].ObjectID, mentions[0].Name)
		standIn = &who
	case len(name) > 0:
		if standIn, err = b.personNamed(ctx, t, strings.TrimPrefix(strings.Join(name, " "), "@")); err != nil || standIn == nil {
			return err
		}
	}
	card, err := b.awayCard(ctx, t, ticket.Absence{Tenant: t.actor.Tenant, Person: t.actor.Person, Until: at, StandIn: standIn}, nil, nil)
	if err != nil {
		return err
	}
	_, err = b.desk.Away(ctx, t.actor, t.place(), at, standIn, func(ticket.Absence) []ticket.Task {
		return []ticket.Task{{Job: ticket.Say{Place: t.place(), Card: card, Summary: t.say("form.away.heading", args{"Until": t.when(at)})}}}
	})
	return err
}

// onTheirClock gives the time on the clock of the person of the turn: that of
// the activity, else the one that they were last seen with.
func (b *Bot) onTheirClock(ctx context.Context, t *turn) (time.Time, error) {
	if t.Timezone() != "" {
		return t.now.In(t.zone), nil
	}
	known, _, err := b.store.Person(ctx, t.actor.Tenant, t.actor.ID)
	if err == nil {
		t.zone = b.catalog.zone(known.Zone)
	}
	return t.now.In(t.zone), err
}

// back answers "back".
func (b *Bot) back(ctx context.Context, t *turn) error {
	_, err := b.desk.Back(ctx, t.actor, func(was bool) []ticket.Task {
		return []ticket.Task{{Job: ticket.Say{Place: t.place(), Text: t.welcomeBack(was)}}}
	})
	return err
}

func (s speech) welcomeBack(was bool) string {
	if was {
		return s.say("notice.back")
	}
	return s.say("notice.not_away")
}

// awayBack does the same by a button.
func (b *Bot) awayBack(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if !v.isOf(t.actor) {
		return reply{text: t.say("notice.not_yours", args{"Command": "back"})}, nil
	}
	was, err := b.desk.Back(ctx, t.actor, nil)
	if err != nil {
		return reply{}, err
	}
	sentence := t.welcomeBack(was)
	card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.mine", verbListShow, cards.Data{List: listMine}))
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, sentence)
}

// awaySave takes the stand-in, and hands the tickets over if that is asked for.
func (b *Bot) awaySave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if !v.isOf(t.actor) {
		return reply{text: t.say("notice.not_yours", args{"Command": "away"})}, nil
	}
	absence, known, err := b.store.Absence(ctx, t.actor.Tenant, t.actor.ID)
	if err != nil {
		return reply{}, err
	}
	if !known || !absence.Lasts(b.now()) {
		return reply{text: t.say("notice.not_away")}, nil
	}
	standIn, err := b.standIn(ctx, t, v)
	if err != nil {
		return reply{}, err
	}
	said, failure := b.leave(ctx, t, v, action, absence, standIn)
	if failure != nil {
		if ticket.KindOf(failure) == ticket.Internal {
			return reply{}, failure
		}
		card, err := b.awayCard(ctx, t, absence, v, failure)
		return reply{card: card, form: true}, err
	}
	back := b.button(t.speech, "button.back_again", verbAwayBack, cards.Data{Whose: t.actor.ID})
	card, err := b.noticeCard(t.speech, strings.Join(said, " "), back)
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, strings.Join(said, " "))
}

// standIn gives who was chosen; nil for nobody.
func (b *Bot) standIn(ctx context.Context, t *turn, v values) (*ticket.Person, error) {
	chosen := v.text(ticket.FieldPerson)
	if chosen == nobody || chosen == "" {
		return nil, nil //nolint:nilnil // nobody is an answer
	}
	known, ok, err := b.store.Person(ctx, t.actor.Tenant, chosen)
	if err != nil || ok {
		return &known.Person, err
	}
	// A stand-in who was mentioned need not have written to the bot.
	absence, _, err := b.store.Absence(ctx, t.actor.Tenant, t.actor.ID)
	if err == nil && absence.StandIn != nil && absence.StandIn.ID == chosen {
		return absence.StandIn, nil
	}
	return nil, err
}

// leave hands the tickets over if that was chosen, notes the stand-in, and
// gives the sentences that say so.
func (b *Bot) leave(
	ctx context.Context, t *turn, v values, action teams.Action, absence ticket.Absence, standIn *ticket.Person,
) ([]string, error) {
	said := []string{t.say("notice.away", args{"Until": t.when(absence.Until)})}
	if v.text(ticket.FieldChoice) != awayTickets {
		if _, err := b.desk.Away(ctx, t.actor, t.place(), absence.Until, standIn, nil); err != nil {
			return nil, err
		}
		return append(said, t.standsIn(standIn)), nil
	}
	asked := ticket.Handover{Key: v.press(t.actor.Tenant, action.Verb, t.actor.Person).Key, Place: t.place()}
	if standIn != nil {
		asked.To = *standIn
	}
	handed, err := b.desk.HandOver(ctx, t.actor, asked, nil)
	nothing := ticket.KindOf(err) == ticket.Unmet // they own none
	if err != nil && !nothing {
		return nil, err
	}
	if _, err := b.desk.Away(ctx, t.actor, t.place(), absence.Until, standIn, nil); err != nil {
		return nil, err
	}
	switch {
	case nothing:
	case handed.Repeated:
		said = append(said, t.say("notice.handed_before"))
	default:
		said = append(said, t.handed(handed))
	}
	return append(said, t.standsIn(standIn)), nil
}

// standsIn says where a person's reminders go while they are away.
func (s speech) standsIn(standIn *ticket.Person) string {
	if standIn == nil {
		return s.say("notice.no_stand_in")
	}
	return s.say("notice.stand_in", args{"Name": standIn.Name})
}

// awayCard says until when the person is away and asks who stands in.
func (b *Bot) awayCard(ctx context.Context, t *turn, absence ticket.Absence, typed values, failure error) ([]byte, error) {
	people, err := b.people(ctx, t)
	if err != nil {
		return nil, err
	}
	page, err := b.store.Tickets(ctx, ticket.Query{Tenant: t.actor.Tenant, Open: true, Owner: t.actor.ID, Limit: listed})
	if err != nil {
		return nil, err
	}
	choices := []cards.Choice{{Title: cards.Text(t.say("choice.stand_in.nobody")), Value: nobody}}
	person := personField("label.stand_in", nil)
	person.kind, person.sample, person.required, person.value = cards.FieldChoiceCompact, "", false, nobody
	if stand := absence.StandIn; stand != nil {
		person.value = stand.ID
		choices = append(choices, cards.Choice{Title: cards.Text(stand.Name), Value: stand.ID})
	}
	for _, choice := range people {
		if choice.Value != person.value {
			choices = append(choices, choice)
		}
	}
	person.people = choices
	d := drawing{
		heading: t.say("form.away.heading", args{"Until": t.when(absence.Until)}), intro: t.openTickets(page) + " " + t.say("form.away.intro"),
		fields: []field{person, {
			id: ticket.FieldChoice, kind: cards.FieldChoice, label: "label.away", group: "away",
			choices: []string{awayReminders, awayTickets}, value: awayReminders,
		}},
		save:   cards.Data{Verb: verbAwaySave, Whose: t.actor.ID, Key: t.key("away")},
		cancel: cards.Data{Verb: verbAwayBack, Whose: t.actor.ID}, cancelTitle: "button.back_again",
	}
	if typed != nil {
		d.save.Key = typed.once()
	}
	d.wrong(t.speech, typed, failure)
	return b.drawForm(t, d)
}

// openTickets says which open tickets are the person's.
func (s speech) openTickets(page ticket.Page) string {
	if page.Total == 0 {
		return s.say("form.away.none")
	}
	var numbers []string
	for _, t := range page.Tickets {
		numbers = append(numbers, t.String())
	}
	said := s.say("form.away.tickets", args{"Count": page.Total, "Tickets": strings.Join(numbers, ", ")})
	if more := page.Total - len(numbers); more > 0 {
		said += " " + s.say("notice.and_more", args{"Count": more})
	}
	return said + "."
}
