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

// routeEnds are the words that take everybody from behind a level.
func routeEnds() []string { return []string{"off", "end", "none", "stop"} }

// levelNamed gives the level that a word means.
func levelNamed(word string) (ticket.Level, bool) {
	switch word {
	case "seniors":
		return ticket.Senior, true
	case "developers", "developer", "engineering":
		return ticket.Dev, true
	case "infrastructure", "ops":
		return ticket.Infra, true
	case "manager", "managers":
		return ticket.Management, true
	}
	level := ticket.Level(word)
	return level, slices.Contains(ticket.Levels(), level)
}

// bearsRoute takes "route dev here @Kofi", and not "route to the server is down".
func bearsRoute(rest []word) bool {
	if len(rest) == 0 {
		return true
	}
	_, known := levelNamed(rest[0].text)
	return known && (len(rest) == 1 || slices.Contains(append(routeEnds(), "here", "mail"), rest[1].text) || rest[1].isMention())
}

// routing is what stands behind the command "route": what is nil stays as it is.
type routing struct {
	level ticket.Level
	ends  bool
	here  bool
	mail  *string
	// unread are words that mean nothing here.
	unread []string
}

// readRouting reads "dev here @Ana @Kofi mail dev@contoso.com".
func readRouting(rest string, mentions []teams.Mention) routing {
	for _, m := range mentions {
		rest = strings.ReplaceAll(rest, "@"+m.Name, " ") // somebody named twice is one mention
	}
	var r routing
	read := strings.Fields(rest)
	for i := 0; i < len(read); i++ {
		plain := strings.ToLower(strings.Trim(read[i], ".,;:"))
		level, known := levelNamed(plain)
		switch {
		case known && r.level == "":
			r.level = level
		case plain == "here":
			r.here = true
		case plain == "mail" && i+1 < len(read):
			i++
			mail := strings.Trim(read[i], ",;<>")
			if slices.Contains(routeEnds(), strings.ToLower(mail)) {
				mail = ""
			}
			r.mail = &mail
		case slices.Contains(routeEnds(), plain):
			r.ends = true
		case plain != "" && plain != "and" && plain != "then":
			r.unread = append(r.unread, read[i])
		}
	}
	return r
}

// route answers "route dev here @Ana @Kofi mail dev@contoso.com", "route dev off",
// "route dev" with a form, and "routes" with who stands behind each level.
func (b *Bot) route(ctx context.Context, t *turn, rest string) error {
	mentions := t.Mentions()
	asked := readRouting(rest, mentions)
	switch {
	case asked.level == "":
		return b.sendRoutes(ctx, t)
	case len(asked.unread) > 0:
		return b.say(ctx, t, t.markdown("route.unread", args{"Text": cards.Shorten(b.masked(strings.Join(asked.unread, " ")), 80)}))
	case asked.ends:
		return b.endRoute(ctx, t, asked.level)
	case !asked.here && asked.mail == nil && len(mentions) == 0:
		return b.offerRoute(ctx, t, asked.level)
	}
	route, known, err := b.store.Route(ctx, t.actor.Tenant, asked.level)
	if err != nil {
		return err
	}
	route.Level = asked.level
	if asked.here || !known {
		route.Place = t.root()
	}
	if asked.mail != nil {
		route.Mail = *asked.mail
	}
	if len(mentions) > 0 {
		route.People = nil
	}
	for _, m := range mentions {
		route.People = append(route.People, person(m.ID, m.ObjectID, m.Name))
	}
	said, err := b.setRoute(ctx, t, route)
	if err != nil {
		return err
	}
	return b.later(ctx, b.orInPerson(ctx, t, ticket.Say{Place: t.place(), Text: cards.Escape(said)}))
}

// root is the conversation of the turn without its thread: an escalation in a
// channel begins a thread of its own.
func (t *turn) root() ticket.Place {
	place := t.place()
	place.Thread = ""
	return place
}

// setRoute puts people behind a level and says what that means.
func (b *Bot) setRoute(ctx context.Context, t *turn, route ticket.Route) (string, error) {
	route, err := b.desk.SetRoute(ctx, t.actor, route)
	if err != nil {
		return "", err
	}
	if route.Place == t.root() && t.address.Thread != "" {
		address := t.address
		address.Thread = ""
		if err := b.store.InTx(ctx, func(tx ticket.Tx) error { return tx.Learn(ctx, address) }); err != nil {
			return "", err
		}
	}
	said := []string{t.say("route.set", args{"Level": t.level(route.Level), "People": t.inOrder(route)})}
	warnings, err := b.routeWarnings(ctx, t, route)
	return strings.Join(append(said, warnings...), " "), err
}

// orInPerson has an answer said in the chat with the person where the
// conversation takes none: that a route's place does not is what they must know.
func (b *Bot) orInPerson(ctx context.Context, t *turn, say ticket.Say) ticket.Say {
	chat, known, err := b.store.PersonalAddress(ctx, t.actor.Tenant, t.actor.ID)
	if err == nil && known && chat.Place != t.place() {
		say.Else = &ticket.Say{Place: chat.Place, Text: t.say("route.refused") + " " + say.Text}
	}
	return say
}

// endRoute takes everybody from behind a level.
func (b *Bot) endRoute(ctx context.Context, t *turn, level ticket.Level) error {
	had, err := b.desk.EndRoute(ctx, t.actor, level)
	if err != nil {
		return err
	}
	id := "route.ended"
	if !had {
		id = "route.nobody"
	}
	return b.say(ctx, t, t.say(id, args{"Level": t.level(level)}))
}

// level names a level.
func (s speech) level(level ticket.Level) string { return s.say("choice.level." + string(level)) }

// inOrder names who stands behind a level, in the order in which they are asked.
func (s speech) inOrder(route ticket.Route) string {
	if len(route.People) == 0 {
		return s.say("route.everybody")
	}
	names := make([]string, len(route.People))
	for i, who := range route.People {
		names[i] = who.Name
	}
	return strings.Join(names, ", "+s.say("route.then")+" ")
}

// routeWarnings say what stands in the way of asking behind a level.
func (b *Bot) routeWarnings(ctx context.Context, t *turn, route ticket.Route) ([]string, error) {
	var warnings []string
	address, known, err := b.store.Address(ctx, route.Place)
	if err != nil {
		return nil, err
	}
	reachable := known && address.Refused == ""
	if !reachable && route.Place != t.root() {
		warnings = append(warnings, t.say("route.warn.place"))
	}
	var lost []string
	for _, who := range route.People {
		chat, known, err := b.store.PersonalAddress(ctx, route.Tenant, who.ID)
		if err != nil {
			return nil, err
		}
		if known && chat.Refused != "" {
			lost = append(lost, who.Name)
		}
	}
	if len(lost) > 0 {
		warnings = append(warnings, t.say("route.warn.people", args{"People": strings.Join(lost, ", ")}))
	}
	if route.Mail != "" && !b.desk.Mails {
		warnings = append(warnings, t.say("route.warn.mail", args{"Mail": route.Mail}))
	}
	return warnings, nil
}

// sendRoutes answers "routes".
func (b *Bot) sendRoutes(ctx context.Context, t *turn) error {
	card, err := b.routesCard(ctx, t)
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("routes.heading"))
}

// routesCard says who stands behind each level, where, and what is amiss.
func (b *Bot) routesCard(ctx context.Context, t *turn) (json.RawMessage, error) {
	routes, err := b.store.Routes(ctx, t.actor.Tenant)
	if err != nil {
		return nil, err
	}
	view := cards.Digest{Words: t.words(), Heading: t.say("routes.heading"), Subtitle: t.say("routes.intro")}
	for _, level := range ticket.Levels() {
		line := cards.DigestLine{What: t.say("routes.level", args{"Level": t.level(level), "People": t.say("routes.nobody")})}
		line.Detail = t.say("routes.nobody.why", args{"Word": string(level)})
		if i := slices.IndexFunc(routes, func(r ticket.Route) bool { return r.Level == level }); i >= 0 {
			if line, err = b.routeLine(ctx, t, routes[i]); err != nil {
				return nil, err
			}
		}
		if t.actor.Lead {
			set := b.button(t.speech, "button.set", verbRouteOpen, cards.Data{Item: string(level)})
			line.Button = &set
		}
		view.Lines = append(view.Lines, line)
	}
	return b.cards.Digest(view)
}

func (b *Bot) routeLine(ctx context.Context, t *turn, route ticket.Route) (cards.DigestLine, error) {
	line := cards.DigestLine{What: t.markdown("routes.level", args{"Level": t.level(route.Level), "People": t.inOrder(route)})}
	address, _, err := b.store.Address(ctx, route.Place)
	if err != nil {
		return line, err
	}
	where := t.say("routes.here")
	switch {
	case route.Place == t.root():
	case address.Kind == ticket.Personal:
		where = t.markdown("routes.personal", args{"Name": address.Person.Name})
	case address.Kind == ticket.Channel:
		where = t.say("routes.channel")
	default:
		where = t.say("routes.group")
	}
	details := []string{where}
	if route.Mail != "" {
		details = append(details, cards.Escape(route.Mail))
	}
	details = append(details, t.markdown("ticket.by", args{"Who": route.By.Name, "When": t.when(route.At)}))
	line.Detail = strings.Join(details, " · ")
	warnings, err := b.routeWarnings(ctx, t, route)
	for _, warning := range warnings {
		line.Detail += "\n\n**⚠** " + cards.Escape(warning)
	}
	return line, err
}
