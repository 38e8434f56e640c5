package bot

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// commandCreate is the command of the message extension that opens a ticket, as the
// app's manifest names it.
const commandCreate = "createTicket"

// Limits of what is taken from a message.
const (
	mostSourceFiles = 20
	// mostTitle is how many characters of a message become the title.
	mostTitle = 80
)

// source is what a new ticket takes from the message extension, and from the message
// on which it is used. The form carries it: the message does not come again.
type source struct {
	ticket.Origin
	// Thread is that of the message in a channel.
	Thread string       `json:"thread,omitempty"`
	Files  []sourceFile `json:"files,omitempty"`
	// Pictures is how many of the message's pictures stay in it, and Cut tells that it
	// says more than the ticket's details can.
	Pictures int  `json:"pictures,omitempty"`
	Cut      bool `json:"cut,omitempty"`

	title, details string
}

// sourceFile is a file of the message: to be fetched, or a link.
type sourceFile struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	Link    bool   `json:"link,omitempty"`
	Picture bool   `json:"picture,omitempty"`
}

// sourceOf reads what a step of a dialog takes from a message; nil where no command of
// the message extension has opened it.
func (b *Bot) sourceOf(t *turn, d teams.Dialog, v values) *source {
	if !d.Extension {
		return nil
	}
	if kept, ok := decodeSource(v); ok {
		return kept
	}
	if d.Message == nil || d.Submitted {
		return &source{}
	}
	q := d.Message
	s := &source{
		Origin: ticket.Origin{
			Conversation: t.address.Conversation, Message: cards.Shorten(q.ID, 200), Link: q.Link, Reporter: ticket.Clean(q.Author.Name), At: q.At,
		},
		Thread: threadOf(d), Pictures: q.Pictures,
	}
	for _, file := range q.Files {
		if len(s.Files) < mostSourceFiles && len(file.URL) < 2000 {
			s.Files = append(s.Files, sourceFile{file.Name, file.URL, file.Kind == teams.FileLink, file.Picture})
		}
	}
	s.details = ticket.Clean(q.Text)
	s.title = firstWords(q.Subject, s.details)
	if utf8.RuneCountInString(s.details) > ticket.MaxDetails {
		s.details, s.Cut = cards.Shorten(s.details, ticket.MaxDetails), true
	}
	return s
}

// firstWords gives the title of a ticket: what stands above a message, else how it begins.
func firstWords(subject, text string) string {
	for line := range strings.Lines(subject + "\n" + text) {
		line = strings.Join(strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), ">")), " ")
		if strings.ContainsFunc(line, func(r rune) bool { return r > ' ' && !strings.ContainsRune("-|", r) }) {
			return cards.Shorten(line, mostTitle)
		}
	}
	return ""
}

// decodeSource reads what a form carries; false where it carries nothing.
func decodeSource(v values) (*source, bool) {
	given := v.text("source")
	if given == "" {
		return nil, false
	}
	var s source
	if json.Unmarshal([]byte(given), &s) != nil {
		return nil, false
	}
	s.Files = s.Files[:min(len(s.Files), mostSourceFiles)]
	return &s, true
}

// encoded gives what the form carries.
func (s *source) encoded() string {
	if s == nil {
		return ""
	}
	written, err := json.Marshal(s)
	if err != nil {
		return "" // strings, numbers and times can be written
	}
	return string(written)
}

// told says what comes with the message and what stays in it.
func (s *source) told(reading speech) string {
	var said strings.Builder
	if len(s.Files) > 0 {
		said.WriteString(" " + reading.markdown("form.intake.files", args{"Names": reading.names(s.attachments(reading))}))
	}
	if s.Pictures > 0 {
		said.WriteString(" " + reading.say("form.intake.pictures", args{"Count": s.Pictures}))
	}
	if s.Cut {
		said.WriteString(" " + reading.say("form.intake.cut"))
	}
	return said.String()
}

// attachments gives the files of the message as a ticket gets them. Where pictures stay in
// the message, a link to it is one of them.
func (s *source) attachments(reading speech) []ticket.Attachment {
	var files []ticket.Attachment
	for _, file := range s.Files {
		a := ticket.Attachment{Name: file.Name}
		if file.Link {
			if a.Link = file.URL; !ticket.ValidLink(a.Link) {
				continue
			}
		} else {
			a.Source = ticket.FileSource{Kind: ticket.SourceConnector, URL: file.URL, Picture: file.Picture}
		}
		files = append(files, a)
	}
	if s.Pictures > 0 && ticket.ValidLink(s.Link) {
		files = append(files, ticket.Attachment{Name: reading.say("message.with_pictures", args{"Count": s.Pictures}), Link: s.Link})
	}
	return files
}

// reporterField asks who has told of the trouble.
func reporterField() field {
	return field{id: ticket.FieldReporter, label: "label.reporter", limit: ticket.MaxCustomer}
}

// openIntakeFrom shows the form of a new ticket for the message extension, filled from the
// message on which it is used. A message that has a ticket shows that one.
func (b *Bot) openIntakeFrom(ctx context.Context, t *turn) (reply, error) {
	s := t.dialog.source
	key := s.Key()
	if key != "" {
		id, opened, err := b.store.Pressed(ctx, t.actor.Tenant, key)
		if err != nil {
			return reply{}, err
		}
		if opened {
			return b.openedFrom(ctx, t, id)
		}
	} else {
		key = t.key("open")
	}
	typed := map[string]string{
		ticket.FieldTitle: s.title, ticket.FieldDetails: s.details, ticket.FieldReporter: s.Reporter, fieldTake: "true",
	}
	card, err := b.intakeCard(ctx, t, intakeForm{key: key, source: s, typed: typed})
	return reply{card: card, form: true}, err
}

// openedFrom shows which ticket a message has, with the way to its card.
func (b *Bot) openedFrom(ctx context.Context, t *turn, id ticket.ID) (reply, error) {
	current, err := b.store.Ticket(ctx, id)
	if err != nil {
		return reply{}, err
	}
	d := drawing{
		heading: t.say("form.has_ticket.heading"), ticket: b.shortName(t.speech, current), alone: true,
		intro: t.markdown("form.has_ticket.intro", args{
			"By": current.OpenedBy.Name, "Ticket": current.String(), "When": t.when(current.OpenedAt),
		}) + "\n\n" + cards.Escape(b.fallback(t.speech, current)),
		more: []cards.Button{b.button(t.speech, "button.open", verbTicketPost, cards.Data{Ticket: current.String()})},
	}
	card, err := b.drawForm(t, d)
	return reply{card: card, form: true}, err
}

// intakeSaveFrom opens the ticket of a form that the message extension has asked for.
func (b *Bot) intakeSaveFrom(ctx context.Context, t *turn, opening ticket.Opening, v values) (reply, error) {
	s := t.dialog.source
	place, err := b.landing(ctx, t)
	if err != nil {
		return reply{}, err
	}
	opening.Place, opening.Activity = place, ""
	if s.Message != "" {
		origin := s.Origin
		origin.Reporter = v.text(ticket.FieldReporter)
		opening.Origin = &origin
	}
	back := intakeForm{key: opening.Key, source: s, typed: v.typedIntake()}
	opened, r, err := b.openAsked(ctx, t, v, opening, back)
	if err != nil || opened == nil {
		return r, err
	}
	if opened.OpenedBy.ID != t.actor.ID || !opens(opened, opening.Intake, t.now) {
		back.key, back.problem = againPrefix+t.key("open"), t.say("notice.message_taken", args{"By": opened.OpenedBy.Name, "Ticket": opened.String()})
		card, err := b.intakeCard(ctx, t, back)
		return reply{card: card, form: true}, err
	}
	sent := ticket.Sent{Place: place, Activity: s.Key(), Number: opened.Number, Files: s.attachments(t.speech)}
	if sent.Conversation == "" {
		sent.Place = t.place()
	}
	if err := b.desk.Receive(ctx, t.actor, sent, nil); err != nil && ticket.KindOf(err) != ticket.Unmet {
		return reply{}, err
	}
	return reply{text: t.landed(opened.ID, place)}, nil
}

// opens tells whether a ticket says what was filled in. A form that comes twice does; one
// that was filled in besides does not.
func opens(t *ticket.Ticket, in ticket.Intake, now time.Time) bool {
	facts, err := in.Check(now)
	return err == nil && facts.Title == t.Title && facts.Customer == t.Customer && facts.Details == t.Details
}

// originLine says who has told of a ticket's trouble, and leads to their message; empty for
// a ticket that was opened from none.
func (s speech) originLine(t *ticket.Ticket) string {
	if t.Origin == nil {
		return ""
	}
	line := ""
	if t.Origin.Reporter != "" {
		line = " · " + s.markdown("ticket.reported", args{"Reporter": cards.Shorten(t.Origin.Reporter, 60)})
	}
	if link := t.Origin.Link; link != "" && !strings.ContainsAny(link, " ()<>\\") {
		line += " · [" + s.say("ticket.from_message") + "](" + link + ")"
	}
	return line
}
