package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// offerRoute answers "route dev" with a form.
func (b *Bot) offerRoute(ctx context.Context, t *turn, level ticket.Level) error {
	card, err := b.routeForm(ctx, t, cards.Data{Item: string(level), Whose: t.actor.ID, Key: t.key("route")}, nil, nil)
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("form.route.heading", args{"Level": t.level(level)}))
}

// routeOpen sends the form of a level from the card that lists them.
func (b *Bot) routeOpen(ctx context.Context, t *turn, v values, _ teams.Action) (reply, error) {
	level, known := levelNamed(v.text("item"))
	if !known {
		return reply{text: t.say("notice.old_card")}, nil
	}
	return reply{text: t.say("notice.form_below")}, b.offerRoute(ctx, t, level)
}

// routeForm asks who stands behind a level: the names in their order, and one
// more from those whom the bot knows.
func (b *Bot) routeForm(ctx context.Context, t *turn, data cards.Data, typed values, failure error) (json.RawMessage, error) {
	level, _ := levelNamed(data.Item)
	if !t.actor.Lead {
		return nil, &ticket.Error{Kind: ticket.Forbidden, Message: "error.route_leads"}
	}
	route, known, err := b.store.Route(ctx, t.actor.Tenant, level)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(route.People))
	for i, who := range route.People {
		names[i] = who.Name
	}
	people, err := b.everybody(ctx, t)
	if err != nil {
		return nil, err
	}
	more := personField("label.route_more", people)
	more.required = false
	here := field{id: routeHere, kind: cards.FieldToggle, label: "label.route_here", heading: "label.route_where", value: "true"}
	if known && route.Place != t.root() {
		here.value = "false"
	}
	d := drawing{
		heading: t.say("form.route.heading", args{"Level": t.level(level)}), intro: t.say("form.route.intro"),
		fields: []field{
			{
				id: ticket.FieldPeople, kind: cards.FieldLines, label: "label.route_people", sample: "placeholder.route_people",
				value: strings.Join(names, "\n"), limit: maxNames,
			},
			more,
			{
				id: ticket.FieldMail, kind: cards.FieldText, label: "label.route_mail", sample: "placeholder.mail",
				value: route.Mail, limit: ticket.MaxMail,
			},
			here,
		},
		save: data, cancel: cards.Data{Verb: verbFormCancel, Whose: data.Whose},
	}
	d.save.Verb = verbRouteSave
	if d.wrong(t.speech, typed, failure); d.typed[ticket.FieldPerson] != "" {
		d.fields[1].kind = cards.FieldChoiceCompact // some clients show the value of a filtered choice, not its title
	}
	return b.drawForm(t, d)
}

// routeHere is the toggle that has a level asked in the conversation of the form,
// and maxNames how long the list of names may be.
const (
	routeHere = "here"
	maxNames  = 1000
)

// everybody lists the people whom the bot knows, the person of the turn among them.
func (b *Bot) everybody(ctx context.Context, t *turn) ([]cards.Choice, error) {
	people, err := b.people(ctx, t)
	return append(people, cards.Choice{Title: cards.Text(t.actor.Name), Value: t.actor.ID}), err
}

// routeSave puts the people of the form behind the level.
func (b *Bot) routeSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if !v.isOf(t.actor) {
		return reply{text: t.say("notice.not_yours", args{"Command": "route"})}, nil
	}
	level, _ := levelNamed(v.text("item"))
	said, failure := b.routeTyped(ctx, t, level, v)
	if failure != nil {
		if kind := ticket.KindOf(failure); kind == ticket.Internal || kind == ticket.Forbidden {
			if sentence, ok := t.fault(failure); ok {
				return reply{text: sentence}, nil
			}
			return reply{}, failure
		}
		card, err := b.routeForm(ctx, t, cards.Data{Item: string(level), Whose: v.text("whose"), Key: v.once()}, v, failure)
		return reply{card: card, form: true}, err
	}
	card, err := b.noticeCard(t.speech, said)
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, said)
}

// routeTyped sets the route that was typed into a form.
func (b *Bot) routeTyped(ctx context.Context, t *turn, level ticket.Level, v values) (string, error) {
	route, known, err := b.store.Route(ctx, t.actor.Tenant, level)
	if err != nil {
		return "", err
	}
	before := route.People
	route.Level, route.Mail, route.People = level, v.text(ticket.FieldMail), nil
	if !known || v.truth(routeHere) {
		route.Place = t.root()
	}
	if route.People, err = b.peopleTyped(ctx, t, v.text(ticket.FieldPeople), before); err != nil {
		return "", err
	}
	if chosen := v.text(ticket.FieldPerson); chosen != "" {
		who, ok, err := b.store.Person(ctx, t.actor.Tenant, chosen)
		if err != nil {
			return "", err
		}
		if !ok {
			return "", ticket.Faults{{Kind: ticket.Invalid, Message: "error.person_required", Field: ticket.FieldPerson}}
		}
		route.People = append(route.People, who.Person)
	}
	return b.setRoute(ctx, t, route)
}

// peopleTyped gives the people whose names were typed, one on a line or with commas
// between; "Annan, Kofi" may be one.
func (b *Bot) peopleTyped(ctx context.Context, t *turn, typed string, before []ticket.Person) ([]ticket.Person, error) {
	var people []ticket.Person
	for line := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == '\n' || r == ';' }) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "@")
		names := strings.Split(line, ",")
		found, err := b.named(ctx, t, line)
		if err != nil {
			return nil, err
		}
		if len(found) == 1 || slices.ContainsFunc(before, func(who ticket.Person) bool { return strings.EqualFold(who.Name, line) }) {
			names = []string{line}
		}
		for _, name := range names {
			if name = strings.TrimPrefix(strings.TrimSpace(name), "@"); name == "" {
				continue
			}
			named := func(who ticket.Person) bool { return slices.Contains(people, who) }
			who, err := b.calledSo(ctx, t, name, slices.DeleteFunc(slices.Clone(before), named))
			if err != nil {
				return nil, err
			}
			people = append(people, who)
		}
	}
	return people, nil
}

// behindLevels gives those of a name who stand behind any level: whoever was only
// mentioned has never written to the bot.
func (b *Bot) behindLevels(ctx context.Context, t *turn, name string) ([]ticket.Person, error) {
	routes, err := b.store.Routes(ctx, t.actor.Tenant)
	var found []ticket.Person
	for _, route := range routes {
		for _, who := range route.People {
			if strings.EqualFold(who.Name, name) && !slices.Contains(found, who) {
				found = append(found, who)
			}
		}
	}
	return found, err
}

// calledSo gives the person whom a typed name means: of those who stood behind the
// level and are not named yet, as two may be called the same, or whom the bot knows.
func (b *Bot) calledSo(ctx context.Context, t *turn, name string, before []ticket.Person) (ticket.Person, error) {
	for _, who := range before {
		if strings.EqualFold(who.Name, name) {
			return who, nil
		}
	}
	found, err := b.named(ctx, t, name)
	if err == nil && len(found) == 0 {
		found, err = b.behindLevels(ctx, t, name)
	}
	if err != nil || len(found) == 1 {
		return append(found, ticket.Person{})[0], err
	}
	fault := &ticket.Error{Kind: ticket.Invalid, Field: ticket.FieldPeople, Message: "notice.nobody_named", Args: map[string]any{"Name": name}}
	if len(found) > 1 {
		names := make([]string, min(len(found), listed))
		for i := range names {
			names[i] = found[i].Name
		}
		fault.Message, fault.Args["Names"] = "notice.several_named", strings.Join(names, ", ")
	}
	return ticket.Person{}, ticket.Faults{fault}
}
