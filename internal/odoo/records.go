package odoo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"handrail/internal/logs"
	"handrail/internal/ticket"
)

// module is the first part of the external identifiers of what Handrail makes. No
// such module has to be installed.
const module = "handrail."

// Records keeps tickets in Odoo: as tickets of one of the helpdesks or as tasks,
// whatever is there. It implements [ticket.Records] and is safe for concurrent use.
type Records struct {
	client   *Client
	settings Settings
	now      func() time.Time

	// finding is held by whoever looks at or finds out known, which is nil while nothing is.
	finding chan struct{}
	known   *layout

	usersByMail             *memory[string, person]
	usersByID, partnersByID *memory[int64, person]
	customers               *memory[string, int64]
	keys                    *memory[int64, string]
	subtypes                *memory[int64, bool]
}

var _ ticket.Records = (*Records)(nil)

// NewRecords returns Records that ask Odoo nothing before they are used.
func NewRecords(client *Client, settings Settings) *Records {
	return &Records{
		client: client, settings: settings, now: client.cfg.Now, finding: make(chan struct{}, 1),
		usersByMail: newMemory[string, person](), usersByID: newMemory[int64, person](), partnersByID: newMemory[int64, person](),
		customers: newMemory[string, int64](), keys: newMemory[int64, string](), subtypes: newMemory[int64, bool](),
	}
}

// Put makes the record of a ticket, once.
func (r *Records) Put(ctx context.Context, key string, values ticket.RecordValues) (ref ticket.RecordRef, err error) {
	err = r.with(ctx, func(l *layout) error {
		wanted, _, err := r.values(ctx, l, values, nil)
		if err != nil {
			return err
		}
		wanted[l.desk] = ID(l.team)
		if _, ok := wanted[l.owners]; l.owners != "" && !ok {
			wanted[l.owners] = IDs{} // else Odoo gives a task to its maker
		}
		if _, ok := wanted[l.details]; l.needed && !ok {
			wanted[l.details] = markup(deref(values.Title))
		}
		id, err := r.client.Load(ctx, l.model, module+key, wanted)
		if err != nil {
			return err
		}
		r.keys.put(id, key, r.now())
		read := Record{}
		if l.number != "" {
			if read, _, err = r.client.Read(ctx, l.model, id, l.number); err != nil {
				return err
			}
		}
		ref = r.ref(l, id, read)
		return nil
	})
	return ref, err
}

// Record gives a record as it is now.
func (r *Records) Record(ctx context.Context, ref ticket.RecordRef) (state ticket.RecordState, err error) {
	err = r.with(ctx, func(l *layout) error {
		state, err = r.state(ctx, l, ref)
		return err
	})
	return state, err
}

// Update changes a record. A user or contact whom Odoo does not know is left out,
// and told of in the notes.
func (r *Records) Update(ctx context.Context, ref ticket.RecordRef, values ticket.RecordValues) (state ticket.RecordState, err error) {
	err = r.with(ctx, func(l *layout) error {
		if err := l.keeps(ref); err != nil {
			return err
		}
		before, ok, err := r.client.Read(ctx, l.model, ref.Number, slices.DeleteFunc([]string{l.details, l.state}, empty)...)
		if err != nil {
			return err
		}
		if !ok {
			return gone(l.model)
		}
		wanted, notes, err := r.values(ctx, l, values, before)
		if err != nil {
			return err
		}
		if len(wanted) > 0 {
			if err := r.client.Write(ctx, l.model, wanted, ref.Number); err != nil {
				return r.explained(ctx, l, ref, err)
			}
		}
		state, err = r.state(ctx, l, ref)
		state.Notes = notes
		return err
	})
	return state, err
}

// Changed gives the records of the team that changed at or after a time, in the order
// of their times and ids. Odoo sorts by fractions of a second that it does not show,
// so that the last second of a page is read once more, by ids.
func (r *Records) Changed(ctx context.Context, since time.Time, after int64, limit int) (states []ticket.RecordState, err error) {
	since = since.UTC().Truncate(time.Second)
	err = r.with(ctx, func(l *layout) error {
		ours := Domain{"|", Term(l.desk, "=", l.team), Term("create_uid", "=", l.me.ID)}
		later := Stamp(since.Add(time.Second))
		q := Query{
			Model: l.model, Fields: l.mapping.fields(), Order: "write_date, id", Limit: limit, Archived: true,
			Domain: append(Domain{
				"&", "|", Term("write_date", ">=", later), "&", Term("write_date", ">=", Stamp(since)), Term("id", ">", after),
			}, ours...),
		}
		rows, err := r.client.Search(ctx, q)
		if err != nil {
			return err
		}
		if limit > 0 && len(rows) >= limit {
			if rows, err = r.wholeSecond(ctx, q, ours, rows, since, after); err != nil {
				return err
			}
		}
		slices.SortStableFunc(rows, func(a, b Record) int {
			at, _ := a.Time("write_date")
			bt, _ := b.Time("write_date")
			if c := at.Compare(bt); c != 0 {
				return c
			}
			return int(a.Number("id") - b.Number("id"))
		})
		states, err = r.states(ctx, l, rows)
		return err
	})
	return states, err
}

// wholeSecond puts in the place of the rows of the last second those with the first ids.
func (r *Records) wholeSecond(ctx context.Context, q Query, ours Domain, rows []Record, since time.Time, after int64) ([]Record, error) {
	last, _ := rows[len(rows)-1].Time("write_date")
	kept := slices.DeleteFunc(rows, func(row Record) bool { at, _ := row.Time("write_date"); return !at.Before(last) })
	q.Domain = append(Domain{"&", "&", Term("write_date", ">=", Stamp(last)), Term("write_date", "<", Stamp(last.Add(time.Second)))}, ours...)
	if last.Equal(since) {
		q.Domain = append(Domain{"&", Term("id", ">", after)}, q.Domain...)
	}
	q.Order, q.Limit = "id", q.Limit-len(kept)
	more, err := r.client.Search(ctx, q)
	return append(kept, more...), err
}

// Content writes the content of a file.
func (r *Records) Content(ctx context.Context, file int64, to io.Writer) error {
	found, err := r.client.Download(ctx, file)
	if err != nil {
		return trouble(err)
	}
	if _, err := to.Write(found.Data); err != nil {
		return fmt.Errorf("odoo: write %q: %w", found.Name, err)
	}
	return nil
}

// Attach hangs a file on a record, once.
func (r *Records) Attach(ctx context.Context, ref ticket.RecordRef, key string, file ticket.RecordFile) (int64, error) {
	var content bounded
	if err := file.Content(ctx, &content); err != nil {
		return 0, fmt.Errorf("odoo: read %q: %w", file.Name, err)
	}
	id, err := r.client.Attach(ctx, File{
		Ref: module + key, Model: ref.Model, Record: ref.Number, Name: file.Name, Type: file.Type, Data: content.data,
	})
	return id, trouble(err)
}

// bounded keeps what is written, up to what Odoo takes.
type bounded struct{ data []byte }

func (b *bounded) Write(p []byte) (int, error) {
	if len(b.data)+len(p) > LargestFile {
		return 0, errTooLong
	}
	b.data = append(b.data, p...)
	return len(p), nil
}

// ref names a record; read has its number.
func (r *Records) ref(l *layout, id int64, read Record) ticket.RecordRef {
	label := fmt.Sprintf("#%d", id)
	if number := read.Text(l.number); number != "" && number != "/" {
		label = number
		if l.kind == Helpdesk { // "00012" alone says little
			label = "#" + number
		}
	}
	return ticket.RecordRef{Model: l.model, Number: id, Label: label, URL: r.client.Link(l.model, id)}
}

// keeps refuses a record of another kind: somebody has changed how tickets are kept.
func (l *layout) keeps(ref ticket.RecordRef) error {
	if ref.Model == l.model {
		return nil
	}
	return &errSetup{what: ref.Model, why: fmt.Sprintf("the ticket is a %s, and tickets are kept as %s now", ref.Model, l.model)}
}

func gone(model string) error { return &Error{Op: model + "/search_read", Kind: Missing} }

// explained tells a record that is gone from another that the values point to.
func (r *Records) explained(ctx context.Context, l *layout, ref ticket.RecordRef, err error) error {
	if KindOf(err) != Missing {
		return err
	}
	if _, ok, failed := r.client.Read(ctx, l.model, ref.Number, "name"); failed != nil || !ok {
		return err
	}
	r.forget(l) // a stage, team or tag was deleted
	return &ticket.RecordError{Why: ticket.RecordSetup, What: l.model, Cause: err}
}

func empty(s string) bool { return s == "" }

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// values are what Odoo is told of a ticket. Before is the record as it is; nil for a new one.
func (r *Records) values(ctx context.Context, l *layout, v ticket.RecordValues, before Record) (Values, []ticket.RecordNote, error) {
	wanted := Values{}
	var notes []ticket.RecordNote
	if v.Title != nil {
		wanted["name"] = *v.Title
	}
	if known, err := r.setCustomer(ctx, l, wanted, v, before); err != nil {
		return nil, nil, err
	} else if !known {
		notes = append(notes, ticket.RecordCustomerUnknown)
	}
	if v.Owner != nil {
		known, err := r.setOwner(ctx, l, wanted, *v.Owner)
		if err != nil {
			return nil, nil, err
		}
		if !known {
			notes = append(notes, ticket.RecordOwnerUnknown)
		}
	}
	if v.Class != nil {
		wanted["priority"] = l.priority(*v.Class)
		tagged, err := r.setTag(ctx, l, wanted, *v.Class, before == nil)
		if err != nil {
			return nil, nil, err
		}
		if !tagged {
			notes = append(notes, ticket.RecordTagMissing)
		}
	}
	if v.Standing != nil {
		wanted[l.stage] = ID(l.path.stageOf(*v.Standing))
		switch ended := slices.Contains(l.ended, before.Text(l.state)); {
		case l.state == "":
		case v.Standing.State == ticket.Closed:
			wanted[l.state] = l.done
		case ended: // another state than these says something that a person has set
			wanted[l.state] = l.open
		}
	}
	return wanted, notes, nil
}

// strangerLine begins the description of a ticket whose customer is no contact.
const strangerLine = "Customer, not a contact in Odoo: "

// setCustomer sets contact and description; false where the customer is no contact.
func (r *Records) setCustomer(ctx context.Context, l *layout, wanted Values, v ticket.RecordValues, before Record) (known bool, err error) {
	line, rest := cutStranger(before.Text(l.details))
	old := line
	known = true
	if who := v.Customer; who != nil {
		id, err := r.customer(ctx, *who)
		if err != nil {
			return false, err
		}
		if line = ""; id == 0 && *who != (ticket.RecordPerson{}) {
			line, known = markup(strangerLine+strings.TrimSpace(who.Name+" "+who.Mail)), false
		}
		if id != 0 || before != nil {
			wanted["partner_id"] = ID(id)
		}
	}
	switch {
	case v.Details != nil:
		rest = markup(*v.Details)
	case line == old:
		return known, nil
	}
	if line+rest == "" && l.needed {
		rest = markup("-")
	}
	wanted[l.details] = line + rest
	return known, nil
}

// cutStranger cuts the line that names a customer off a description.
func cutStranger(html string) (line, rest string) {
	if end := strings.Index(html, "</p>"); end >= 0 && strings.HasPrefix(html, "<p>"+strangerLine) {
		return html[:end+len("</p>")], html[end+len("</p>"):]
	}
	return "", html
}

// setOwner sets the user in charge; false where there is none with the mail address.
func (r *Records) setOwner(ctx context.Context, l *layout, wanted Values, who ticket.RecordPerson) (known bool, err error) {
	id := who.Number
	if id == 0 {
		user, err := r.userByMail(ctx, who.Mail)
		if err != nil {
			return false, err
		}
		id = user.id
	}
	if l.owners != "" {
		wanted[l.owners] = IDs{}
		if id != 0 {
			wanted[l.owners] = IDs{id}
		}
	} else {
		wanted[l.owner] = ID(id)
	}
	return id != 0 || who == (ticket.RecordPerson{}), nil
}

// setTag sets the tag of a class and takes those of the others away; the other tags
// are people's. False where the tag is not there and may not be made.
func (r *Records) setTag(ctx context.Context, l *layout, wanted Values, class ticket.Class, fresh bool) (tagged bool, err error) {
	if l.tags == "" {
		return true, nil
	}
	ids, err := r.classTags(ctx, l)
	if err != nil {
		return false, err
	}
	own := ids[class]
	if fresh && own != 0 {
		wanted[l.tags] = IDs{own}
	}
	if !fresh {
		var commands [][]any
		for _, other := range ticket.Classes() {
			if id := ids[other]; id != 0 && id != own {
				commands = append(commands, []any{3, id})
			}
		}
		if own != 0 {
			commands = append(commands, []any{4, own})
		}
		if len(commands) > 0 {
			wanted[l.tags] = commands
		}
	}
	return own != 0 || r.settings.tags()[class] == "", nil
}

// classTags gives the tags of the classes, and makes those that are not there.
func (r *Records) classTags(ctx context.Context, l *layout) (map[ticket.Class]int64, error) {
	l.tagging.Lock()
	defer l.tagging.Unlock()
	if l.classTags != nil {
		return l.classTags, nil
	}
	names := r.settings.tags()
	ids := make(map[ticket.Class]int64)
	found, err := r.client.Search(ctx, Query{Model: l.tagModel, Fields: []string{"name"}, Domain: Domain{Term("name", "in", wantedNames(names))}})
	if err != nil {
		return nil, err
	}
	for class, name := range names {
		if name == "" {
			continue
		}
		if at := slices.IndexFunc(found, func(tag Record) bool { return tag.Text("name") == name }); at >= 0 {
			ids[class] = found[at].Number("id")
			continue
		}
		identifier := fmt.Sprintf("%stag-%s-%s", module, strings.ReplaceAll(l.tagModel, ".", "-"), class)
		id, err := r.client.Load(ctx, l.tagModel, identifier, Values{"name": name})
		if KindOf(err) == Access {
			logs.From(ctx).WarnContext(ctx, "odoo: a tag is not there and may not be made: make it there, or name another in ODOO_TAGS", "tag", name)
			continue
		}
		if err != nil {
			return nil, err
		}
		ids[class] = id
	}
	l.classTags = ids
	return ids, nil
}

func wantedNames(names map[ticket.Class]string) []string {
	var all []string
	for _, class := range ticket.Classes() {
		if names[class] != "" {
			all = append(all, names[class])
		}
	}
	return all
}
