package ticket

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mostDigest is how many characters a note has in which several lines stand.
const mostDigest = 8000

// Recorded tells whether a line belongs into the ticket's record: what an engineer
// has to know who reads the ticket there. That somebody was reminded, could not be
// reached or was away is nobody's business but the desk's.
func (e Entry) Recorded() bool {
	if e.FromRecord() {
		return false // it happened there
	}
	switch e.Kind {
	case EntryReminded, EntryRang, EntrySnoozed, EntryRetimed, EntryUnreached, EntryReached, EntryAway, EntryBack,
		EntryClimbed, EntryTold, EntryFact, EntryTallied, EntryShelved, EntryUnshelved,
		EntryRecorded, EntryRecordWaits, EntryRecordMended, EntryRecordGone, EntryRecordArchived, EntryRecordMerged, EntryRecordAnew:
		return false
	case EntryDone:
		item, ok := FindItem(ItemID(e.Subject))
		return !ok || !item.Automatic // the record says those by itself
	default:
		return true
	}
}

// ToCustomer tells whether a line is a message that goes to the customer through
// the ticket's record.
func (e Entry) ToCustomer() bool { return e.letter() && e.To == ByTicket }

// letter tells whether a line has what the customer was told, in whatever way.
func (e Entry) letter() bool {
	if e.Note == "" {
		return false
	}
	item, ok := FindItem(ItemID(e.Subject))
	return e.Kind == EntryCustomerTold || e.Kind == EntryDone && ok && item.TellsCustomer
}

// sameChange is how many lines, of all tickets, lie at most between two of one change:
// they are stored together, and others come between only from those who store just then.
const sameChange = 200

// repeats tells whether the words of an item that was done stand in the letter to the
// customer that did it: whoever reads the record has just read them.
func (s *sending) repeats(ctx context.Context, line Entry) (bool, error) {
	if line.Kind != EntryDone || line.Note == "" || line.letter() {
		return false, nil
	}
	near, err := s.Store.HistoryAfter(ctx, s.t.ID, line.ID-sameChange, sameChange)
	return slices.ContainsFunc(near, func(e Entry) bool {
		return e.Version == line.Version && e.letter() && strings.Contains(e.Note, line.Note)
	}), err
}

// customerMail gives where the customer gets mail; empty where nobody has said it.
func (t *Ticket) customerMail() string {
	fact, _ := t.Fact(FactAddress)
	return fact.Words
}

// lines brings the lines of the history that the record lacks, in their order. Each is
// noted when the record has it: one that comes again, because it was not noted, is
// known there by its key.
func (s *sending) lines(ctx context.Context) error {
	for {
		lines, err := s.Store.HistoryAfter(ctx, s.t.ID, s.r.Sent, linesAtOnce)
		if err != nil || len(lines) == 0 {
			return err
		}
		for len(lines) > 0 {
			some := s.together(lines)
			if err := s.post(ctx, some); err != nil {
				return err
			}
			if lines = lines[len(some):]; some[0].At.Before(s.r.Live) {
				lines = nil // what goes together hangs on where the reading began: here, as after a lost answer
			}
			if s.now().Sub(s.begun) > recordTurn {
				return nil // see finish
			}
		}
	}
}

// together gives the lines at the beginning that become one note: those of before the
// record was, as far as they fit, else one; with those that need not be there.
func (s *sending) together(lines []Entry) []Entry {
	length, notes := 0, 0
	for i, line := range lines {
		if !line.Recorded() {
			continue
		}
		old := line.At.Before(s.r.Live)
		length += utf8.RuneCountInString(line.Note) + 200
		if notes > 0 && (!old || length > mostDigest) {
			return lines[:i]
		}
		notes++
		if !old && i+1 < len(lines) && lines[i+1].Recorded() {
			return lines[:i+1]
		}
		if !old {
			length = mostDigest // nothing goes with it but what need not be there
		}
	}
	return lines
}

// post brings lines as one message, and notes that they are there.
func (s *sending) post(ctx context.Context, lines []Entry) error {
	last := lines[len(lines)-1]
	wanted := slices.DeleteFunc(slices.Clone(lines), func(line Entry) bool { return !line.Recorded() })
	landed := func(r *Record) { r.Sent, r.Through, r.Trouble.Tries = last.ID, last.At, 0 }
	if len(wanted) == 0 {
		return s.save(ctx, landed)
	}
	message, err := s.message(ctx, wanted)
	if err != nil {
		return err
	}
	if err := s.write(ctx, wanted[0], message); err != nil {
		return err
	}
	i := slices.IndexFunc(wanted, Entry.documents)
	if i < 0 {
		return s.save(ctx, landed)
	}
	return s.tell(ctx, landed, nil, func(c *Change) { c.note(EntryRecorded, wanted[i].Subject, "", s.r.Ref.Label, "") })
}

// write writes a message. That one to the customer is under way is noted before: they
// get a mail of it, so that it must not be written while an earlier attempt may still
// be under way, which is waited for.
func (s *sending) write(ctx context.Context, line Entry, message RecordPost) error {
	post := func() error {
		_, err := s.Records.Post(ctx, s.r.Ref, message)
		return err
	}
	if !message.Customer {
		return s.call(ctx, post)
	}
	if err := s.gate.pass(s.now()); err != nil {
		return err
	}
	before := s.r.Trouble.Began
	if s.r.Trouble.Line == line.ID {
		message.Tried = before
	}
	if err := s.save(ctx, func(r *Record) { r.Trouble.Line, r.Trouble.Began = line.ID, s.now() }); err != nil {
		return err
	}
	err := s.ask(ctx, post)
	if message.Tried.IsZero() {
		return s.heard(ctx, err)
	}
	if failure, ok := errors.AsType[*RecordError](err); ok && failure.Untried {
		// The earlier attempt is still the last one, and nobody else has to wait.
		return errors.Join(err, s.save(ctx, func(r *Record) { r.Trouble.Began = before }))
	}
	return s.heard(ctx, err)
}

// documents tells whether a line is a note for which the checklist asks.
func (e Entry) documents() bool {
	return e.Kind == EntryDone && (e.Subject == string(ItemDocument) || e.Subject == string(ItemProgress))
}

// message makes the message of lines, and brings their files first.
func (s *sending) message(ctx context.Context, lines []Entry) (RecordPost, error) {
	first := lines[0]
	post := RecordPost{Key: s.r.Key + "-" + strconv.FormatInt(first.ID, 10)}
	if len(lines) == 1 {
		mail, err := s.mailOf(ctx, s.Store, &first.By)
		if err != nil {
			return RecordPost{}, err
		}
		if post.From = (RecordPerson{Name: first.By.Name, Mail: mail}); first.By.ID == Handrail(s.t.Tenant).ID {
			post.From = RecordPerson{}
		}
		// What was said before the record was there has gone in another way.
		post.Customer = first.ToCustomer() && !first.At.Before(s.r.Live)
	}
	if post.Customer {
		post.Text = first.Masked(s.Guard).Note
		return post, nil
	}
	var texts []string
	for _, line := range lines {
		again, err := s.repeats(ctx, line)
		if err != nil {
			return RecordPost{}, err
		}
		if again {
			line.Note = ""
		}
		texts = append(texts, s.words.Note(s.t, line.Masked(s.Guard)))
		if line.Kind != EntryAttached {
			continue
		}
		file, more, err := s.file(ctx, line)
		if err != nil {
			return RecordPost{}, err
		}
		if file != 0 {
			post.Files = append(post.Files, file)
		}
		if more != "" {
			texts = append(texts, more)
		}
	}
	post.Text = strings.Join(texts, "\n\n")
	return post, nil
}

// file brings the file of a line, and gives its id there; for a link, and for a file
// that is not taken, it gives what is said of it. A file that is gone is left out.
func (s *sending) file(ctx context.Context, line Entry) (id int64, more string, err error) {
	attachments, err := s.Store.Attachments(ctx, s.t.ID)
	if err != nil {
		return 0, "", err
	}
	var a Attachment
	for _, known := range attachments { // the last one of that name that was there by then
		if known.Name == line.To && known.Kept() && (a.ID == 0 || !known.At.After(line.At)) {
			a = known
		}
	}
	if a.ID == 0 {
		return 0, "", nil
	}
	if a.Link != "" {
		return 0, a.Link, nil
	}
	err = s.call(ctx, func() (err error) {
		id, err = s.Records.Attach(ctx, s.r.Ref, s.r.Key+"-file-"+strconv.FormatInt(a.ID, 10), RecordFile{
			Name: a.Name, Type: a.Type, Size: a.Size,
			Content: func(ctx context.Context, to io.Writer) error { return s.Store.Content(ctx, a.Tenant, a.Digest, to) },
		})
		return err
	})
	if refused, ok := errors.AsType[*RecordError](err); ok && (refused.Why == RecordRefused || refused.Why == RecordRule) {
		return 0, s.words.Unfiled(a.Name), nil
	}
	return id, "", err
}

// unsaid gives the fields of which the ticket has something else than was last said, and
// the mail address of its owner.
func (s *sending) unsaid(ctx context.Context) ([]RecordField, string, error) {
	mail, err := s.mailOf(ctx, s.Store, s.t.Owner)
	if err != nil {
		return nil, "", err
	}
	return s.r.Unsaid(s.t, mail), mail, nil
}

// fields brings the fields of which the ticket has something else than was last said,
// and was changed later than there.
func (s *sending) fields(ctx context.Context) error {
	fields, _, err := s.unsaid(ctx)
	if err != nil || len(fields) == 0 {
		return err
	}
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	fields, mail, err := s.unsaid(ctx)
	if err != nil || len(fields) == 0 {
		return err // none where what was changed there is newer
	}
	values, err := s.values(ctx, fields)
	if err != nil {
		return err
	}
	var state RecordState
	err = s.call(ctx, func() (err error) {
		state, err = s.Records.Update(ctx, s.r.Ref, values)
		return err
	})
	if err != nil {
		return err
	}
	ref, base := s.r.Ref, s.r.Base
	into, err := s.follow(ctx, ref, state.Into)
	if err != nil {
		return err
	}
	said := func(r *Record) {
		r.see(state, fields)
		for _, field := range fields {
			r.Say(s.t, field, mail, s.now())
		}
		if into.Number != ref.Number {
			r.Ref, r.Base = into.RecordRef, into // what it says is not ours alone
		}
	}
	return s.tell(ctx, said, nil, func(c *Change) {
		switch {
		case into.Number != ref.Number:
			c.note(EntryRecordMerged, "", ref.Label, into.Label, "")
		case state.Archived && !base.Archived:
			c.note(EntryRecordArchived, "", "", ref.Label, "")
		}
	})
}

// follow gives the record into which one was merged in the end, which is itself where it
// was not.
func (s *sending) follow(ctx context.Context, ref RecordRef, number int64) (RecordState, error) {
	into := RecordState{RecordRef: ref}
	for hops := 0; number != 0 && number != into.Number && hops < mostMerges; hops++ {
		err := s.call(ctx, func() (err error) {
			into, err = s.Records.Record(ctx, RecordRef{Model: ref.Model, Number: number})
			return err
		})
		if err != nil {
			return into, err
		}
		number = into.Into
	}
	return into, nil
}
