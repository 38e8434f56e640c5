package bot

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/ticket"
)

// mostDrafted is how much of a text comes back with its form, in [cards.Units]: a
// part that is five times too long, and much of the others.
const mostDrafted = 30_000

// hintOfOther is how much of what somebody else wrote stands below a field.
const hintOfOther = 400

// drawDraft draws the form of a text. With a failure it comes back with all that
// was typed and with what is wrong.
func (b *Bot) drawDraft(t *turn, w *writing, typed values, failure error) (json.RawMessage, error) {
	s, shown := t.speech, w.draft()
	d := drawing{
		heading: s.text(w.subject), ticket: b.shortName(s, w.t), intro: s.say("form.draft.intro"), title: "button.preview", most: mostDrafted,
		fields: b.draftFields(s, w, shown, keptByOther(failure)), save: w.data(), cancel: w.cancel(),
	}
	if w.inWork {
		d.intro = s.markdown("form.draft.kept", args{"By": w.stored.By.Name, "When": s.when(w.stored.At)})
	}
	if missing := shown.Missing(); len(missing) > 0 {
		d.intro += " " + s.say("form.draft.missing", args{"Parts": s.partNames(missing)})
	}
	d.save.Verb, d.save.Composed = verbDraftPreview, b.composedMark(w, shown)
	keep := d.save
	keep.Verb = verbDraftKeep
	d.more = []cards.Button{b.button(s, "button.keep", keep.Verb, keep)}
	if w.reader == ticket.ForCustomer {
		d.more = append(d.more, b.toldAlready(s, w))
	}
	texts := b.button(s, "button.texts", verbDraftChoose, cards.Data{Ticket: w.t.String(), Whose: w.whose})
	texts.Bare = true
	d.more = append(d.more, texts)
	for i := range d.more {
		d.more[i].Secondary = true
	}
	if typed != nil {
		d.save.Composed, d.more[0].Data.Composed = typed.text("composed"), typed.text("composed")
	}
	d.wrong(s, typed, failure)
	return b.drawForm(t, d)
}

// shortName gives the number of a ticket and its title.
func (b *Bot) shortName(s speech, t *ticket.Ticket) string {
	return s.say("ticket.fallback.short", args{"Ticket": t.String(), "Title": cards.Shorten(b.masked(t.Title), 120)})
}

// toldAlready leads to where is written down what the customer was told elsewhere.
func (b *Bot) toldAlready(s speech, w *writing) cards.Button {
	told := b.button(s, "button.told", "customer"+suffixOpen, b.data(w.t, ""))
	if item, ok := ticket.FindItem(w.kind.Item()); ok && item.Step == w.t.Step {
		told = b.button(s, "button.told", "item"+suffixOpen, b.data(w.t, item.ID))
	}
	told.Bare = true
	return told
}

// draftFields are the fields of a text: one for each part, and what belongs to a
// choice and a decision. Secrets are masked; what is left as it stands keeps them.
func (b *Bot) draftFields(s speech, w *writing, d ticket.Draft, changed bool) []field {
	var fields []field
	for _, part := range ticket.Parts(w.reader, w.kind) {
		if part == ticket.PartOptions {
			fields = append(fields, b.optionFields(s, d)...)
			continue
		}
		f := field{
			id: ticket.PartField(part), kind: cards.FieldLines, title: s.say("part." + string(part)),
			limit: ticket.MaxPart, value: b.masked(d.Part(part)),
		}
		switch {
		case changed && w.inWork:
			f.hint = s.markdown("form.draft.changed", args{
				"By": w.stored.By.Name, "Words": cards.Shorten(strings.Join(strings.Fields(f.value), " "), hintOfOther),
			})
		case f.value == "":
			f.hint = s.say("ask." + string(part))
		default:
			f.hint = b.sourceLine(s, w, part)
		}
		fields = append(fields, f)
		if part == ticket.PartDecision {
			fields = append(fields, b.deciderFields(s, d)...)
		}
	}
	if choose, ok := fileField(w.files, d.Files); ok && w.reader != ticket.ForCustomer {
		choose.label = "label.text_files"
		fields = append(fields, choose)
	}
	return fields
}

// sourceLine says who told the fact that a part is made of, when and where; empty
// for a part that is no fact.
func (b *Bot) sourceLine(s speech, w *writing, part ticket.PartID) string {
	fact, known := w.t.Fact(ticket.FactID(part))
	source := fact.Source
	if !known || fact.Words == "" || source.By.Name == "" {
		return ""
	}
	with := args{"By": source.By.Name, "When": s.when(source.At)}
	id := "source.intake"
	switch {
	case source.Item != "":
		id, with["Item"] = "source.item", s.say("item."+string(source.Item))
	case source.Reader != "":
		id = "source.text"
	}
	said := s.markdown(id, with)
	if files := s.evidenceFiles(ticket.Mark{Evidence: ticket.Evidence{Files: fact.Files}}, w.files); files != "" {
		said += " · " + files
	}
	return said
}

// optionFields have room for one option more than there are, and for three at least.
func (b *Bot) optionFields(s speech, d ticket.Draft) []field {
	var fields []field
	for i := range min(max(3, len(d.Options)+1), ticket.MaxOptions) {
		var option ticket.Option
		if i < len(d.Options) {
			option = d.Options[i]
		}
		words, consequence := ticket.OptionFields(i + 1)
		number := args{"Number": i + 1}
		fields = append(fields,
			field{id: words, title: s.say("label.option", number), limit: ticket.MaxOption, value: b.masked(option.Words)},
			field{id: consequence, title: s.say("label.consequence", number), limit: ticket.MaxOption, value: b.masked(option.Consequence)})
		if i == 0 && len(d.Options) < ticket.MinOptions {
			fields[0].hint = s.say("ask.options")
		}
	}
	return fields
}

func (b *Bot) deciderFields(s speech, d ticket.Draft) []field {
	date, clock := decideBy(d.DecideBy, s.zone)
	return []field{
		{id: ticket.FieldDecider, label: "label.decider", limit: ticket.MaxCustomer, value: b.masked(d.Decider)},
		{id: ticket.FieldDate, kind: cards.FieldDate, label: "label.decide_date", value: date},
		{id: ticket.FieldTime, kind: cards.FieldTime, title: s.say("label.decide_time", args{"Zone": s.zone.String()}), value: clock},
	}
}

// decideBy gives an instant as the fields of a form show it, on the clock of a zone.
func decideBy(at *time.Time, zone *time.Location) (date, clock string) {
	if at == nil {
		return "", ""
	}
	return at.In(zone).Format(time.DateOnly), at.In(zone).Format("15:04")
}

// typed gives the text as it was typed into its form. What it does not show as it
// is, the text keeps: secrets, and an hour that the clocks show twice.
func (w *writing) typed(b *Bot, t *turn, v values) (ticket.Draft, ticket.Faults) {
	shown := w.draft()
	d := w.stored
	d.Version = v.number("version")
	d.Parts, d.Composed, d.Options = map[ticket.PartID]string{}, nil, nil
	marks := strings.Split(v.text("composed"), ",")
	for _, part := range ticket.Parts(w.reader, w.kind) {
		if part == ticket.PartOptions {
			continue
		}
		words := v.text(ticket.PartField(part))
		if slices.Contains(marks, composedAs(part, words)) {
			d.Composed = append(d.Composed, part)
		}
		d.Parts[part] = b.unmasked(words, shown.Parts[part])
	}
	if w.reader != ticket.ForCustomer {
		d.Files = v.ids(ticket.FieldFiles)
	}
	if w.reader != ticket.ForManagement {
		return d, nil
	}
	for i := range ticket.MaxOptions {
		words, consequence := ticket.OptionFields(i + 1)
		var was ticket.Option
		if i < len(shown.Options) {
			was = shown.Options[i]
		}
		d.Options = append(d.Options, ticket.Option{
			Words: b.unmasked(v.text(words), was.Words), Consequence: b.unmasked(v.text(consequence), was.Consequence),
		})
	}
	d.Decider = b.unmasked(v.text(ticket.FieldDecider), shown.Decider)
	date, clock := decideBy(shown.DecideBy, t.zone)
	if v.text(ticket.FieldDate) == date && v.text(ticket.FieldTime) == clock {
		return d, nil
	}
	var faults ticket.Faults
	d.DecideBy, faults = ticket.DecideBy(v.text(ticket.FieldDate), v.text(ticket.FieldTime), t.zone, t.now)
	return d, faults
}

// unmasked puts the secrets of the original back where what was typed still has
// their masks.
func (b *Bot) unmasked(typed, original string) string {
	if original == "" {
		return typed
	}
	for _, secret := range b.guard.Secrets(original) {
		typed = strings.Replace(typed, secret.Shown(), secret.Words, 1)
	}
	return typed
}

// facts are the parts that a person wrote and that are facts of the ticket.
func (w *writing) facts(d ticket.Draft) map[ticket.FactID]ticket.Fact {
	facts := map[ticket.FactID]ticket.Fact{}
	for part, words := range d.Parts {
		if id, ok := part.Fact(); ok && ticket.Clean(words) != "" && !slices.Contains(d.Composed, part) {
			facts[id] = ticket.Fact{Words: words}
		}
	}
	if options := d.DraftBody.Clean().Chosen(); len(options) > 0 {
		facts[ticket.FactOptions] = ticket.Fact{Options: options}
	}
	return facts
}

// composedMark says which parts stand as they were composed, so that the form
// tells what a person wrote from what nobody did.
func (b *Bot) composedMark(w *writing, shown ticket.Draft) string {
	var marks []string
	for _, part := range ticket.Parts(w.reader, w.kind) {
		if words := shown.Parts[part]; words != "" && words == w.composed[part] {
			marks = append(marks, composedAs(part, b.masked(words)))
		}
	}
	return strings.Join(marks, ",")
}

func composedAs(part ticket.PartID, words string) string {
	sum := sha256.Sum256([]byte(string(part) + "\x00" + ticket.Clean(words)))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// partNames lists parts that are missing, each with what belongs to it.
func (s speech) partNames(parts []ticket.PartID) string {
	ids := make([]string, len(parts))
	for i, part := range parts {
		ids[i] = string(part)
	}
	return s.list("lack.", ids)
}

// drawPreview draws a text as its reader will see it, with what is wrong with it
// and the way to send it.
func (b *Bot) drawPreview(t *turn, w *writing, typed values, failure error) (json.RawMessage, error) {
	s, text := t.speech, w.stored
	if keptByOther(failure) {
		failure = lateDraft(failure)
	}
	d := drawing{
		heading: s.say("form.preview.heading", args{"Text": s.text(w.subject)}),
		ticket:  b.shortName(s, w.t),
		intro:   s.say("form.preview.parts"), alone: true, cancel: w.cancel(),
	}
	shown := mostOfPart
	edit := b.button(s, "button.edit_text", verbDraftOpen, w.data())
	plain := b.button(s, "button.as_message", verbDraftCopy, w.data())
	edit.Bare, plain.Bare, plain.Secondary = true, true, true
	d.more = []cards.Button{edit, plain}
	if w.reader == ticket.ForCustomer {
		shown = ticket.MaxPart
		d.toCustomer(b, s, w)
		if failure == nil {
			d.hold(text.Findings(b.guard))
		}
	} else {
		d.sending(b, s, w)
		if missing := text.Missing(); len(missing) > 0 && failure == nil {
			d.problem = s.say("form.draft.missing", args{"Parts": s.partNames(missing)})
		}
	}
	problem := d.problem
	d.wrong(s, typed, failure)
	if d.problem == "" {
		d.problem = problem
	}
	asked := d.parts
	return fitting(shown, func(most int) (json.RawMessage, error) {
		d.parts = slices.Concat(asked, b.textBlocks(s, text, most))
		if names := w.fileNames(s); names != "" {
			d.parts = append(d.parts, cards.TextPart{Name: s.say("text.files"), Words: cards.Text(names)})
		}
		return b.drawForm(t, d)
	})
}

// fileNames names the files that go with the text.
func (w *writing) fileNames(s speech) string {
	return s.names(slices.DeleteFunc(slices.Clone(w.files), func(a ticket.Attachment) bool { return !slices.Contains(w.stored.Files, a.ID) }))
}

// toCustomer offers the ways in which a text goes to the customer.
func (d *drawing) toCustomer(b *Bot, s speech, w *writing) {
	d.intro, d.alone, d.title = s.say("form.preview.customer"), false, "button.sent"
	d.save = w.data()
	d.save.Verb = verbDraftSend
	sends := b.mails() || b.desk.Records != nil
	d.fields = []field{
		{id: ticket.FieldWay, kind: cards.FieldChoice, label: "label.sent_way", required: !sends, group: "way", choices: b.ownWays()},
		{id: ticket.FieldNote, kind: cards.FieldText, label: "label.sent_note", limit: ticket.MaxReason},
	}
	if b.mails() {
		d.mail(b, s, w)
	}
	if b.desk.Records != nil {
		d.byRecord(b, s, w)
	}
}

// mail offers to send the text, besides noting that it was sent elsewhere.
func (d *drawing) mail(b *Bot, s speech, w *writing) {
	address, _ := w.t.Fact(ticket.FactAddress)
	d.fields = append([]field{{id: ticket.FieldMail, label: "label.text_mail", value: address.Words, limit: 254}}, d.fields...)
	data := w.data()
	data.Verb = verbDraftMail
	d.intro = s.say("form.preview.mail")
	d.more = append([]cards.Button{b.button(s, "button.by_mail", verbDraftMail, data)}, d.more...)
	d.more[1].Secondary = true // three stand beside each other, at most
}

// ownWays are the ways in which people send a text themselves.
func (b *Bot) ownWays() []string {
	if b.desk.Records == nil {
		return ticket.Ways()
	}
	return slices.DeleteFunc(ticket.Ways(), func(way string) bool { return way == ticket.ByTicket })
}

// byRecord offers first to write the text in the customer's ticket.
func (d *drawing) byRecord(b *Bot, s speech, w *writing) {
	data := w.data()
	data.Verb = verbDraftRecord
	d.intro = s.say("form.preview.record")
	for i := range d.more {
		d.more[i].Secondary = true // what it goes by is the one to press
	}
	d.more = append([]cards.Button{b.button(s, "button.by_record", verbDraftRecord, data)}, d.more...)
}

// hold shows what the guard finds before somebody tries to send it.
func (d *drawing) hold(findings []ticket.Finding) {
	d.findings = findings
	if len(findings) > 0 && !(&ticket.Held{Findings: findings}).Final() {
		d.fields = append(d.fields, field{id: ticket.FieldOverride, kind: cards.FieldLines, label: "label.override", limit: ticket.MaxReason})
	}
}

// keptByOther tells whether a failure is that of a text which somebody else has
// kept meanwhile.
func keptByOther(failure error) bool {
	var e *ticket.Error
	return errors.As(failure, &e) && e.Message == "error.draft_changed"
}

// lateDraft says of a text that somebody else has changed what it means for a preview.
func lateDraft(failure error) error {
	var e *ticket.Error
	if !errors.As(failure, &e) {
		return failure
	}
	return &ticket.Error{Kind: ticket.Invalid, Message: "form.preview.late", Args: e.Args}
}

// drawSent draws a text that was sent, whole, with the way back.
func (b *Bot) drawSent(t *turn, current *ticket.Ticket, text ticket.Draft, back cards.Data) (json.RawMessage, error) {
	s := t.speech
	d := drawing{
		heading: s.say("form.sent.heading", args{"Text": s.text(subject{text.Reader, text.Kind})}), alone: true,
		ticket: b.shortName(s, current),
		intro:  s.sentBy(text), cancelTitle: "button.back",
		cancel: back,
	}
	if text.Note != "" {
		d.intro += " · " + cards.Escape(b.masked(text.Note))
	}
	return fitting(ticket.MaxPart, func(most int) (json.RawMessage, error) {
		d.parts = b.textBlocks(s, text, most)
		return b.drawForm(t, d)
	})
}
