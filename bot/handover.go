package bot

import (
	"context"
	"slices"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// How many tickets the card of a handover shows, and how many numbers and
// sentences the answer to whoever hands over lists.
const (
	shownTickets = 8
	listed       = 20
)

// request is what stands behind the command "handover".
type request struct {
	numbers []int64
	// whom is the name of a person who is not mentioned.
	whom string
	// note are the words that are neither a ticket nor a person.
	note string
}

// readRequest reads "T-1, T-3 to @Kofi please call them", in any order.
func readRequest(rest string, mentions []teams.Mention) request {
	for _, m := range mentions {
		rest = strings.Replace(rest, "@"+m.Name, " ", 1)
	}
	var r request
	var words []string
	read := strings.FieldsFunc(rest, func(c rune) bool { return c == ' ' || c == ',' || c == '\n' || c == '\t' || c == ';' })
	plainly := func(word string) string { return strings.ToLower(strings.Trim(word, `.:!?/"'()“”„‘’«»`)) }
	for i := 0; i < len(read); i++ {
		plain := plainly(read[i])
		if plain == "t" && i+1 < len(read) && isNumber(plainly(read[i+1])) { // "T 1"
			i++
			plain = plainly(read[i])
		}
		switch number, ok := ticket.ParseNumber(plain); {
		case ok:
			r.numbers = append(r.numbers, number)
		case len(words) == 0 && slices.Contains([]string{"", "to", "and", "&", "all", "my", "mine", "ticket", "tickets", "everything"}, plain):
		default:
			words = append(words, read[i])
		}
	}
	if len(mentions) > 0 {
		r.note = strings.Join(words, " ")
	} else {
		r.whom = strings.TrimPrefix(strings.Join(words, " "), "@")
	}
	return r
}

// handover answers "handover @name" and "handover T-1 T-3 @name".
func (b *Bot) handover(ctx context.Context, t *turn, rest string) error {
	mentions := t.Mentions()
	if len(mentions) > 1 {
		return b.say(ctx, t, t.say("notice.handover_one"))
	}
	asked := readRequest(rest, mentions)
	var to ticket.Person
	switch {
	case len(mentions) == 1:
		to = person(mentions[0].ID, mentions[0].ObjectID, mentions[0].Name)
	case asked.whom != "":
		found, err := b.personNamed(ctx, t, asked.whom)
		if err != nil || found == nil {
			return err
		}
		to = *found
	case t.namesBot():
		return b.say(ctx, t, t.say("notice.handover_bot"))
	default:
		return b.offerHandover(ctx, t, asked)
	}
	_, err := b.desk.HandOver(ctx, t.actor, ticket.Handover{
		Numbers: asked.numbers, To: to, Note: asked.note, Key: t.key("message"), Place: t.place(),
	}, func(handed *ticket.HandedOver) []ticket.Task {
		return []ticket.Task{{Job: ticket.Say{Place: t.place(), Text: cards.Escape(t.handed(handed))}}}
	})
	return err
}

// namesBot tells whether a message names the bot besides calling it.
func (t *turn) namesBot() bool {
	calls := 0
	for _, e := range t.Entities {
		if e.Type == "mention" && strings.HasPrefix(e.Mentioned.ID, "28:") {
			calls++
		}
	}
	return calls > 1 || calls == 1 && t.address.Kind == ticket.Personal
}

// personNamed finds the person whom a name or a part of it means. Where that is
// nobody or several it says so.
func (b *Bot) personNamed(ctx context.Context, t *turn, name string) (*ticket.Person, error) {
	found, err := b.named(ctx, t, name)
	if err != nil {
		return nil, err
	}
	short := cards.Escape(cards.Shorten(b.masked(name), 60))
	switch len(found) {
	case 0:
		return nil, b.say(ctx, t, t.say("notice.nobody_named", args{"Name": short}))
	case 1:
		return &found[0], nil
	}
	var names []string
	for _, who := range found[:min(len(found), listed)] {
		names = append(names, cards.Escape(who.Name))
	}
	return nil, b.say(ctx, t, t.say("notice.several_named", args{"Name": short, "Names": strings.Join(names, ", ")}))
}

// named gives the people whom a name or a part of it may mean: one where it is
// the whole name of somebody.
func (b *Bot) named(ctx context.Context, t *turn, name string) ([]ticket.Person, error) {
	known, err := b.store.People(ctx, t.actor.Tenant, b.now().Add(-ticket.Acquainted), 1000)
	if err != nil {
		return nil, err
	}
	var found []ticket.Person
	for _, who := range known {
		if strings.EqualFold(who.Name, name) {
			return []ticket.Person{who.Person}, nil
		}
		if resemblesName(name, who.Name) {
			found = append(found, who.Person)
		}
	}
	return found, nil
}

// resemblesName tells whether every word begins a word of the name.
func resemblesName(words, name string) bool {
	parts := strings.Fields(strings.ToLower(name))
	for word := range strings.FieldsSeq(strings.ToLower(words)) {
		if !slices.ContainsFunc(parts, func(part string) bool { return strings.HasPrefix(part, word) }) {
			return false
		}
	}
	return true
}

// handed says to whoever hands over what has gone and what stays.
func (t *turn) handed(handed *ticket.HandedOver) string {
	name := handed.To.Name
	var said []string
	if len(handed.Went) == 0 {
		said = append(said, t.say("notice.handed_nothing"))
	} else {
		var numbers []string
		for _, went := range handed.Went {
			numbers = append(numbers, went.String())
		}
		said = append(said, t.say("notice.handed", args{"Count": len(numbers), "Tickets": t.upTo(numbers, ", "), "Name": name}))
		if handed.Told {
			said = append(said, t.say("notice.handed_told", args{"Count": len(numbers)}))
		}
		if handed.Away != nil {
			said = append(said, t.say("notice.handed_away", args{"Name": name, "Until": t.when(handed.Away.Until)}))
		}
	}
	var stays []string
	for _, why := range handed.Stayed {
		sentence, _ := t.fault(why)
		stays = append(stays, sentence)
	}
	if len(stays) > 0 {
		said = append(said, t.upTo(stays, " "))
	}
	if handed.Rest > 0 {
		said = append(said, t.say("notice.handed_rest", args{"Count": handed.Rest, "Limit": ticket.MaxHandover}))
	}
	return strings.Join(said, " ")
}

// upTo lists as much as people read.
func (s speech) upTo(all []string, between string) string {
	if len(all) <= listed {
		return strings.Join(all, between)
	}
	return strings.Join(all[:listed], between) + " " + s.say("notice.and_more", args{"Count": len(all) - listed})
}

// offerHandover answers a handover to nobody with a form.
func (b *Bot) offerHandover(ctx context.Context, t *turn, asked request) error {
	data := cards.Data{Whose: t.actor.ID, Key: t.key("handover")}
	var numbers []string
	for _, number := range asked.numbers {
		numbers = append(numbers, ticket.Number(number))
	}
	data.Tickets = strings.Join(numbers, ",")
	card, err := b.handoverForm(ctx, t, data, nil, nil, nil)
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("form.handover.heading"))
}

// handoverOpen shows the form for one ticket, if the person may hand it over.
func (b *Bot) handoverOpen(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	current, err := b.store.Ticket(ctx, v.ticket(t.actor.Tenant))
	if err != nil {
		return reply{}, err
	}
	actor, err := b.desk.Acting(ctx, t.actor, current)
	if err != nil {
		return reply{}, err
	}
	try := &ticket.Change{Ticket: current, By: actor, At: b.now(), Policy: b.desk.Policy, Guard: b.guard}
	if err := try.Allowed(); err != nil {
		return reply{}, err
	}
	card, err := b.handoverForm(ctx, t, b.data(current, ""), current, nil, nil)
	if err == nil && action.Replaces {
		err = b.desk.Filling(ctx, t.form(action))
	}
	return reply{card: card, form: true}, err
}

// handoverSave hands over what the form is about: one ticket, chosen ones, or
// all of the person's own.
func (b *Bot) handoverSave(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	if !v.isOf(t.actor) {
		return reply{text: t.say("notice.not_yours", args{"Command": "handover"})}, nil
	}
	var current *ticket.Ticket
	asked := ticket.Handover{Note: v.text(ticket.FieldNote), Key: v.press(t.actor.Tenant, action.Verb, t.actor.Person).Key, Place: t.place()}
	if id := v.ticket(t.actor.Tenant); id.Number != 0 {
		var err error
		if current, err = b.store.Ticket(ctx, id); err != nil {
			return reply{}, err
		}
		asked.Numbers = []int64{id.Number}
	}
	if action.Replaces {
		asked.Form = t.form(action)
	}
	for _, written := range v.list("tickets") {
		if number, ok := ticket.ParseNumber(written); ok {
			asked.Numbers = append(asked.Numbers, number)
		}
	}
	to, _, err := b.store.Person(ctx, t.actor.Tenant, v.text(ticket.FieldPerson))
	if err != nil {
		return reply{}, err
	}
	asked.To = to.Person
	handed, err := b.desk.HandOver(ctx, t.actor, asked, nil)
	if err != nil {
		if kind := ticket.KindOf(err); kind == ticket.Internal {
			return reply{}, err
		}
		card, failure := b.handoverForm(ctx, t, v.handover(t.actor), current, v, err)
		return reply{card: card, form: true}, failure
	}
	sentence := t.handed(handed)
	if handed.Repeated {
		sentence = t.say("notice.handed_before")
	}
	if current == nil {
		card, err := b.noticeCard(t.speech, sentence, b.button(t.speech, "button.mine", verbListShow, cards.Data{List: listMine}))
		if err != nil {
			return reply{}, err
		}
		return b.settle(ctx, t, action, card, sentence)
	}
	if current, err = b.store.Ticket(ctx, current.ID); err != nil {
		return reply{}, err
	}
	if handed.Repeated {
		sentence = ""
	}
	return b.ticketReply(ctx, t, current, sentence)
}

// handover gives what the buttons of a form carried, for the form that comes back.
func (v values) handover(by ticket.Actor) cards.Data {
	data := cards.Data{Key: v.once(), Tickets: v.text("tickets"), Whose: v.text("whose")}
	if id := v.ticket(by.Tenant); id.Number != 0 {
		data.Ticket, data.Version = id.String(), v.number("version")
	}
	return data
}

// handoverForm draws the form, with what was typed and what is wrong with it.
func (b *Bot) handoverForm(ctx context.Context, t *turn, data cards.Data, current *ticket.Ticket, typed values, failure error) ([]byte, error) {
	people, err := b.people(ctx, t)
	if err != nil {
		return nil, err
	}
	d := drawing{
		heading: t.say("form.handover.heading"), intro: t.say("form.handover.intro"), title: "button.handover",
		fields: []field{personField("label.to_whom", people), noteField()}, save: data, cancel: data,
	}
	d.save.Verb, d.cancel.Verb = verbHandoverSave, verbFormCancel
	switch {
	case current != nil:
		d.ticket = t.say("ticket.fallback.short", args{"Ticket": current.String(), "Title": cards.Shorten(b.masked(current.Title), 120)})
		d.cancel = cards.Data{Verb: verbTicketShow, Ticket: current.String()}
	case data.Tickets != "":
		d.ticket = t.upTo(strings.Split(data.Tickets, ","), ", ")
	default:
		d.ticket = t.say("form.handover.all")
	}
	if d.wrong(t.speech, typed, failure); d.typed[ticket.FieldPerson] != "" {
		d.fields[0].kind = cards.FieldChoiceCompact // some clients show the value of a filtered choice, not its title
	}
	return b.drawForm(t, d)
}

// personField asks for one of the people whom the bot knows.
func personField(label string, people []cards.Choice) field {
	return field{
		id: ticket.FieldPerson, kind: cards.FieldChoiceFiltered, label: label, sample: "placeholder.person", required: true, people: people,
	}
}

func noteField() field {
	return field{id: ticket.FieldNote, kind: cards.FieldLines, label: "label.note", limit: ticket.MaxReason}
}

// people lists those among whom a person can choose somebody else.
func (b *Bot) people(ctx context.Context, t *turn) ([]cards.Choice, error) {
	known, err := b.store.People(ctx, t.actor.Tenant, b.now().Add(-ticket.Acquainted), ticket.MaxChoices+1)
	if err != nil {
		return nil, err
	}
	var choices []cards.Choice
	for _, who := range known {
		if who.ID != t.actor.ID && len(choices) < ticket.MaxChoices {
			choices = append(choices, cards.Choice{Title: cards.Text(who.Name), Value: who.ID})
		}
	}
	return choices, nil
}
