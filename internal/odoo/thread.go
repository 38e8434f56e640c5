package odoo

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"handrail/internal/ticket"
)

// Post writes a message on a record. It comes from the user with the mail address of
// whom it is from; where there is none it comes from the bot and is signed with their name.
func (r *Records) Post(ctx context.Context, ref ticket.RecordRef, post ticket.RecordPost) (int64, error) {
	p := Post{
		Model: ref.Model, Record: ref.Number, Ref: module + post.Key, HTML: markup(post.Text), Public: post.Customer,
		Attachments: IDs(post.Files), Tried: post.Tried,
	}
	author, err := r.userByMail(ctx, post.From.Mail)
	if err != nil {
		return 0, trouble(err)
	}
	p.Author = ID(author.partner)
	if p.Author == 0 && post.From.Name != "" && !signed(post.Text, post.From.Name) {
		p.HTML += signature(post.From.Name)
	}
	if p.Public {
		read, ok, err := r.client.Read(ctx, ref.Model, ref.Number, "partner_id")
		if err == nil && !ok {
			err = gone(ref.Model)
		}
		if err != nil {
			return 0, trouble(err)
		}
		if customer, _ := read.Link("partner_id"); customer != 0 {
			p.Recipients = IDs{customer}
		}
		if p.Tried.IsZero() { // looked for all the same: another process may have posted it long ago
			p.Tried = time.Unix(0, 0)
		}
	}
	id, err := r.client.Post(ctx, p)
	return id, trouble(err)
}

// messageFields are what is read of a message.
func messageFields() []string {
	return []string{"model", "res_id", "date", "body", "author_id", "email_from", "message_type", "subtype_id", "message_id", "attachment_ids"}
}

// Messages gives what people wrote on records of the team, and we. What is of no
// concern is left out, but the last that was looked at is given with its number
// only, so that the next call begins after it.
func (r *Records) Messages(ctx context.Context, after int64, limit int) (messages []ticket.RecordMessage, err error) {
	err = r.with(ctx, func(l *layout) error {
		rows, err := r.client.Search(ctx, Query{
			Model: "mail.message", Fields: messageFields(), Order: "id asc", Limit: limit,
			Domain: Domain{Term("model", "=", l.model), Term("id", ">", after), Term("message_type", "in", []string{"comment", "email"})},
		})
		if err != nil || len(rows) == 0 {
			messages = nil
			return err
		}
		last := rows[len(rows)-1].Number("id")
		if messages, err = r.told(ctx, l, rows); err != nil {
			return err
		}
		if n := len(messages); n == 0 || messages[n-1].Number != last {
			messages = append(messages, ticket.RecordMessage{Number: last})
		}
		return nil
	})
	return messages, err
}

// told makes of rows what the port says, with one call each for the records, authors,
// subtypes and files of all of them.
func (r *Records) told(ctx context.Context, l *layout, rows []Record) ([]ticket.RecordMessage, error) {
	refs, err := r.ours(ctx, l, rows)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row Record) bool { _, ok := refs[row.Number("res_id")]; return !ok })
	var authors, subtypes []int64
	for _, row := range rows {
		author, _ := row.Link("author_id")
		subtype, _ := row.Link("subtype_id")
		authors, subtypes = append(authors, author), append(subtypes, subtype)
	}
	people, err := r.partners(ctx, authors)
	if err != nil {
		return nil, err
	}
	public, err := r.public(ctx, subtypes)
	if err != nil {
		return nil, err
	}
	messages := make([]ticket.RecordMessage, len(rows))
	files, images := make([][]int64, len(rows)), make([][]int64, len(rows))
	var all []int64
	for i, row := range rows {
		subtype, _ := row.Link("subtype_id")
		said := plain(row.Text("body"))
		messages[i] = message(row, said.text, public[subtype], people)
		messages[i].Record = refs[row.Number("res_id")]
		files[i], images[i] = row.Links("attachment_ids"), said.images
		all = append(append(all, files[i]...), images[i]...)
	}
	found, err := r.files(ctx, all)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		author, _ := row.Link("author_id")
		who := people[author] // nobody where the bot's user may not read them
		messages[i].Files = chosen(found, files[i], func(file) bool { return true })
		shown := slices.DeleteFunc(images[i], func(id int64) bool { return slices.Contains(files[i], id) })
		messages[i].Files = append(messages[i].Files, chosen(found, shown, func(f file) bool {
			// Whoever does not work here may write the number of any file, of another customer's, too.
			return who.id != 0 && !who.outside || f.model == l.model && f.record == row.Number("res_id")
		})...)
	}
	return messages, nil
}

// chosen gives those of the files that are there and may be shown.
func chosen(found map[int64]file, ids []int64, may func(file) bool) []ticket.RecordedFile {
	var files []ticket.RecordedFile
	for _, id := range ids {
		if f, ok := found[id]; ok && may(f) {
			files = append(files, f.RecordedFile)
		}
	}
	return files
}

// message makes of a row what the port says, without record and files. It is the
// customer's where they see it, and its author is nobody who works here.
func message(row Record, text string, public bool, people map[int64]person) ticket.RecordMessage {
	m := ticket.RecordMessage{Number: row.Number("id"), Text: text, Customer: public}
	m.At, _ = row.Time("date")
	author, name := row.Link("author_id")
	if who := people[author]; who.id != 0 {
		m.From = ticket.RecordPerson{Number: author, Name: who.name, Mail: who.mail}
		m.FromCustomer = public && who.outside
	} else { // whom the bot may not read is rather a customer than a colleague
		m.From.Name, m.From.Mail = nameAndMail(ticket.RecordPerson{Name: row.Text("email_from")})
		m.FromCustomer = public && m.From.Mail != ""
	}
	m.From.Name = cmp.Or(m.From.Name, name)
	if ref, ours := Ref(row.Text("message_id")); ours {
		m.Key, m.FromCustomer = strings.TrimPrefix(ref, module), false
	}
	return m
}

// ours gives the records of messages that are of the team, or of a ticket.
func (r *Records) ours(ctx context.Context, l *layout, rows []Record) (map[int64]ticket.RecordRef, error) {
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row.Number("res_id"))
	}
	slices.Sort(ids)
	fields := slices.DeleteFunc([]string{l.desk, l.number}, empty)
	records, err := r.client.Search(ctx, Query{Model: l.model, Fields: fields, Domain: Domain{Term("id", "in", slices.Compact(ids))}, Archived: true})
	if err != nil {
		return nil, err
	}
	strangers := slices.DeleteFunc(slices.Clone(records), func(one Record) bool { team, _ := one.Link(l.desk); return team == l.team })
	keys, err := r.identifiers(ctx, l.model, strangers)
	if err != nil {
		return nil, err
	}
	refs := make(map[int64]ticket.RecordRef, len(records))
	for _, one := range records {
		id := one.Number("id")
		if team, _ := one.Link(l.desk); team == l.team || keys[id] != "" {
			refs[id] = r.ref(l, id, one)
		}
	}
	return refs, nil
}

// public tells which subtypes of messages a customer sees.
func (r *Records) public(ctx context.Context, ids []int64) (map[int64]bool, error) {
	public := make(map[int64]bool)
	var missing []int64
	for _, id := range ids {
		seen, ok := r.subtypes.get(id, r.now())
		if public[id] = seen; !ok && id != 0 && !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return public, nil
	}
	rows, err := r.client.Search(ctx, Query{Model: "mail.message.subtype", Fields: []string{"internal"}, Domain: Domain{Term("id", "in", missing)}})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		public[row.Number("id")] = !row.Truth("internal")
		r.subtypes.put(row.Number("id"), !row.Truth("internal"), r.now())
	}
	return public, nil
}

// file is one of a message, and the record on which it hangs.
type file struct {
	ticket.RecordedFile
	model  string
	record int64
}

// files describes attachments. One that the bot's user may not read, or that is a link,
// is left out.
func (r *Records) files(ctx context.Context, ids []int64) (map[int64]file, error) {
	if len(ids) == 0 {
		return map[int64]file{}, nil
	}
	rows, err := r.client.Search(ctx, Query{
		Model: "ir.attachment", Fields: []string{"name", "mimetype", "file_size", "res_model", "res_id"},
		Domain: Domain{Term("id", "in", ids), Term("type", "=", "binary")},
	})
	if err != nil {
		return nil, err
	}
	files := make(map[int64]file, len(rows))
	for _, row := range rows {
		files[row.Number("id")] = file{
			RecordedFile: ticket.RecordedFile{
				Number: row.Number("id"), Name: row.Text("name"), Type: row.Text("mimetype"), Size: row.Number("file_size"),
			},
			model: row.Text("res_model"), record: row.Number("res_id"),
		}
	}
	return files, nil
}
