package tickettest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"handrail/internal/ticket"
)

var _ ticket.Records = (*Records)(nil)

// RecordModel is what [Records] calls its kind of record.
const RecordModel = "helpdesk.ticket"

// Records is a [ticket.Records] in memory. It keeps what the port promises: what
// comes again with the same key is done once. It is safe for concurrent use.
type Records struct {
	// Now is its clock.
	Now func() time.Time
	// Before is asked before each call is done, and After before it is answered, as if the
	// answer were lost; nil for no trouble. The call is the method's name in lower case.
	Before, After func(ctx context.Context, call, key string) error

	mu       sync.Mutex
	records  []*kept
	messages []ticket.RecordMessage
	files    []keptFile
}

// kept is a record, which may have been deleted.
type kept struct {
	ticket.RecordState
	gone bool
}

type keptFile struct {
	key     string
	record  int64
	name    string
	content []byte
}

// NewRecords gives an empty system of record.
func NewRecords(now func() time.Time) *Records { return &Records{Now: now} }

// do does a call with the troubles that the test wants.
func (r *Records) do(ctx context.Context, call, key string, work func() error) error {
	if r.Before != nil {
		if err := r.Before(ctx, call, key); err != nil {
			return err
		}
	}
	r.mu.Lock()
	err := work()
	r.mu.Unlock()
	if err == nil && r.After != nil {
		err = r.After(ctx, call, key)
	}
	return err
}

func (r *Records) now() time.Time { return r.Now().UTC().Truncate(time.Second) }

func (r *Records) named(ref ticket.RecordRef) (*kept, error) {
	i := slices.IndexFunc(r.records, func(record *kept) bool {
		return !record.gone && record.Model == ref.Model && record.Number == ref.Number
	})
	if i < 0 {
		return nil, &ticket.RecordError{Why: ticket.RecordGone, Cause: fmt.Errorf("tickettest: there is no %s %d", ref.Model, ref.Number)}
	}
	return r.records[i], nil
}

// Self is whom Handrail's own work counts as.
func Self() ticket.RecordPerson { return ticket.RecordPerson{Number: 2, Name: "Handrail"} }

// add makes a record.
func (r *Records) add(key string, by ticket.RecordPerson) *kept {
	number := int64(len(r.records) + 1)
	record := &kept{RecordState: ticket.RecordState{
		RecordRef: ticket.RecordRef{
			Model: RecordModel, Number: number, Label: fmt.Sprintf("HT%05d", number),
			URL: fmt.Sprintf("https://odoo.example/mail/view?model=%s&res_id=%d", RecordModel, number),
		},
		Key: key, CreatedAt: r.now(), WrittenAt: r.now(), CreatedBy: by, WrittenBy: by,
	}}
	r.records = append(r.records, record)
	return record
}

// Put makes the record of a ticket unless one is there under the key.
func (r *Records) Put(ctx context.Context, key string, values ticket.RecordValues) (ref ticket.RecordRef, err error) {
	err = r.do(ctx, "put", key, func() error {
		i := slices.IndexFunc(r.records, func(record *kept) bool { return record.Key == key && !record.gone })
		if i < 0 {
			record := r.add(key, Self())
			write(record, values)
			i = len(r.records) - 1
		}
		ref = r.records[i].RecordRef
		return nil
	})
	return ref, err
}

func write(record *kept, values ticket.RecordValues) {
	set(&record.Title, values.Title)
	set(&record.Details, values.Details)
	set(&record.Customer, values.Customer)
	set(&record.Owner, values.Owner)
	set(&record.Class, values.Class)
	if s := values.Standing; s != nil {
		record.Stage, record.Steps, record.Closed = string(s.Step), []ticket.Step{s.Step}, s.State == ticket.Closed
	}
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// Record gives a record as it is now.
func (r *Records) Record(ctx context.Context, ref ticket.RecordRef) (state ticket.RecordState, err error) {
	err = r.do(ctx, "record", "", func() error {
		record, err := r.named(ref)
		if err == nil {
			state = record.RecordState
		}
		return err
	})
	return state, err
}

// Update changes what the values name.
func (r *Records) Update(ctx context.Context, ref ticket.RecordRef, values ticket.RecordValues) (state ticket.RecordState, err error) {
	err = r.do(ctx, "update", "", func() error {
		record, err := r.named(ref)
		if err != nil {
			return err
		}
		write(record, values)
		record.WrittenAt, record.WrittenBy = r.now(), Self()
		state = record.RecordState
		return nil
	})
	return state, err
}

// Attach stores a file with a record under a key.
func (r *Records) Attach(ctx context.Context, ref ticket.RecordRef, key string, file ticket.RecordFile) (id int64, err error) {
	var content bytes.Buffer
	if err := file.Content(ctx, &content); err != nil {
		return 0, err
	}
	err = r.do(ctx, "attach", key, func() error {
		if _, err := r.named(ref); err != nil {
			return err
		}
		i := slices.IndexFunc(r.files, func(known keptFile) bool { return known.key == key && known.record == ref.Number })
		if i < 0 {
			r.files = append(r.files, keptFile{key: key, record: ref.Number, name: file.Name, content: content.Bytes()})
			i = len(r.files) - 1
		}
		id = int64(i + 1)
		return nil
	})
	return id, err
}

// Post writes a message on a record under its key.
func (r *Records) Post(ctx context.Context, ref ticket.RecordRef, post ticket.RecordPost) (number int64, err error) {
	err = r.do(ctx, "post", post.Key, func() error {
		record, err := r.named(ref)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(r.messages, func(m ticket.RecordMessage) bool { return m.Key == post.Key && m.Record == record.RecordRef })
		if i >= 0 {
			number = r.messages[i].Number
			return nil
		}
		number = r.hear(ticket.RecordMessage{Record: record.RecordRef, From: post.From, Key: post.Key, Customer: post.Customer, Text: post.Text}, post.Files)
		return nil
	})
	return number, err
}

func (r *Records) hear(m ticket.RecordMessage, files []int64) int64 {
	m.Number, m.At = int64(len(r.messages)+1), r.now()
	for _, id := range files {
		m.Files = append(m.Files, ticket.RecordedFile{Number: id, Name: r.files[id-1].name, Size: int64(len(r.files[id-1].content))})
	}
	r.messages = append(r.messages, m)
	return m.Number
}

// Changed gives the records that changed at or after a time, oldest first.
func (r *Records) Changed(ctx context.Context, since time.Time, after int64, limit int) (changed []ticket.RecordState, err error) {
	err = r.do(ctx, "changed", "", func() error {
		for _, record := range r.records {
			later := record.WrittenAt.Compare(since.UTC().Truncate(time.Second))
			if !record.gone && (later > 0 || later == 0 && record.Number > after) {
				changed = append(changed, record.RecordState)
			}
		}
		slices.SortFunc(changed, func(a, b ticket.RecordState) int {
			return cmp.Or(a.WrittenAt.Compare(b.WrittenAt), cmp.Compare(a.Number, b.Number))
		})
		changed = cut(changed, 0, limit)
		return nil
	})
	return changed, err
}

// Messages gives the messages with ids after the given one.
func (r *Records) Messages(ctx context.Context, after int64, limit int) (messages []ticket.RecordMessage, err error) {
	err = r.do(ctx, "messages", "", func() error {
		messages = cut(slices.DeleteFunc(slices.Clone(r.messages), func(m ticket.RecordMessage) bool { return m.Number <= after }), 0, limit)
		return nil
	})
	return messages, err
}

// Content writes the content of a file of a message.
func (r *Records) Content(ctx context.Context, file int64, to io.Writer) error {
	return r.do(ctx, "content", "", func() error {
		if file < 1 || file > int64(len(r.files)) {
			return &ticket.RecordError{Why: ticket.RecordGone, Cause: errors.New("tickettest: there is no such file")}
		}
		_, err := to.Write(r.files[file-1].content)
		return err
	})
}

// All gives the records as they are, those that were deleted left out.
func (r *Records) All() []ticket.RecordState {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []ticket.RecordState
	for _, record := range r.records {
		if !record.gone {
			all = append(all, record.RecordState)
		}
	}
	return all
}

// On gives the messages on a record, oldest first.
func (r *Records) On(number int64) []ticket.RecordMessage {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.messages), func(m ticket.RecordMessage) bool { return m.Record.Number != number })
}

// Newest tells how far the system has come.
func (r *Records) Newest(ctx context.Context) (mark ticket.RecordMark, err error) {
	err = r.do(ctx, "newest", "", func() error {
		mark = ticket.RecordMark{Record: int64(len(r.records)), Message: int64(len(r.messages))}
		for _, record := range r.records {
			if record.WrittenAt.After(mark.WrittenAt) {
				mark.WrittenAt = record.WrittenAt
			}
		}
		return nil
	})
	return mark, err
}

// Find gives the record that people call by the label.
func (r *Records) Find(ctx context.Context, label string) (state ticket.RecordState, err error) {
	err = r.do(ctx, "find", label, func() error {
		for _, record := range r.records {
			if record.Label == label && !record.gone {
				state = record.RecordState
				return nil
			}
		}
		return &ticket.RecordError{Why: ticket.RecordGone, Cause: fmt.Errorf("tickettest: there is no %s", label)}
	})
	return state, err
}

// Open makes a record as somebody there does, and gives it.
func (r *Records) Open(by ticket.RecordPerson, values ticket.RecordValues) ticket.RecordRef {
	r.mu.Lock()
	defer r.mu.Unlock()
	record := r.add("", by)
	write(record, values)
	return record.RecordRef
}

// Change changes a record as somebody there does.
func (r *Records) Change(by ticket.RecordPerson, number int64, how func(*ticket.RecordState)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	record := r.records[number-1]
	how(&record.RecordState)
	record.WrittenAt, record.WrittenBy = r.now(), by
}

// Say has somebody there write a message on a record, and gives its number.
func (r *Records) Say(number int64, message ticket.RecordMessage, files map[string]string) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	message.Record = r.records[number-1].RecordRef
	var ids []int64
	for name, content := range files {
		r.files = append(r.files, keptFile{record: number, name: name, content: []byte(content)})
		ids = append(ids, int64(len(r.files)))
	}
	return r.hear(message, ids)
}

// Delete has somebody there delete a record.
func (r *Records) Delete(number int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records[number-1].gone = true
}
