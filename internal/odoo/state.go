package odoo

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"handrail/internal/ticket"
)

// state reads a record.
func (r *Records) state(ctx context.Context, l *layout, ref ticket.RecordRef) (ticket.RecordState, error) {
	if err := l.keeps(ref); err != nil {
		return ticket.RecordState{}, err
	}
	row, ok, err := r.client.Read(ctx, l.model, ref.Number, l.mapping.fields()...)
	if err != nil {
		return ticket.RecordState{}, err
	}
	if !ok {
		return ticket.RecordState{}, gone(l.model)
	}
	states, err := r.states(ctx, l, []Record{row})
	if err != nil {
		return ticket.RecordState{}, err
	}
	if len(states) == 0 { // of another team, and none of ours: the caller knows better
		return r.stateOf(l, row, "", nil, nil, nil), nil
	}
	return states[0], nil
}

// states makes of rows what the port says, with one call each for the identifiers,
// users, contacts and tags of all of them. Records of another team are left out
// unless they are of a ticket: one that somebody has moved stays ours.
func (r *Records) states(ctx context.Context, l *layout, rows []Record) ([]ticket.RecordState, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	keys, err := r.identifiers(ctx, l.model, rows)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row Record) bool {
		team, _ := row.Link(l.desk)
		return team != l.team && keys[row.Number("id")] == ""
	})
	var owners, customers []int64
	for _, row := range rows {
		owner, _ := l.ownerOf(row)
		customer, _ := row.Link("partner_id")
		maker, _ := row.Link("create_uid")
		writer, _ := row.Link("write_uid")
		owners, customers = append(owners, owner, maker, writer), append(customers, customer)
	}
	users, err := r.users(ctx, owners)
	if err != nil {
		return nil, err
	}
	partners, err := r.partners(ctx, customers)
	if err != nil {
		return nil, err
	}
	var tags map[ticket.Class]int64
	if l.tags != "" {
		if tags, err = r.classTags(ctx, l); err != nil {
			return nil, err
		}
	}
	states := make([]ticket.RecordState, len(rows))
	for i, row := range rows {
		states[i] = r.stateOf(l, row, keys[row.Number("id")], users, partners, tags)
	}
	return states, nil
}

func (r *Records) stateOf(l *layout, row Record, key string, users, partners map[int64]person, tags map[ticket.Class]int64) ticket.RecordState {
	state := ticket.RecordState{
		RecordRef: r.ref(l, row.Number("id"), row), Key: key, Title: row.Text("name"),
		Details: details(row.Text(l.details)), Archived: !row.Truth("active"),
	}
	state.CreatedAt, _ = row.Time("create_date")
	state.WrittenAt, _ = row.Time("write_date")
	owner, name := l.ownerOf(row)
	state.Owner = named(users, owner, name)
	id, name := row.Link("create_uid")
	state.CreatedBy = named(users, id, name)
	id, name = row.Link("write_uid")
	state.WrittenBy = named(users, id, name)
	id, name = row.Link("partner_id")
	state.Customer = named(partners, id, name)
	has := row.Links(l.tags)
	state.Class = l.class(row.Text("priority"), func(class ticket.Class) bool { return tags[class] != 0 && slices.Contains(has, tags[class]) })
	id, name = row.Link(l.stage)
	state.Stage = name
	var known bool
	if state.Steps, state.Closed, known = l.path.stepsOf(id); !known && id != 0 {
		r.renew(l)
	}
	state.Closed = state.Closed || l.state != "" && slices.Contains(l.ended, row.Text(l.state))
	return state
}

// named gives a user or contact; by the name that the record shows where nothing else is known.
func named(known map[int64]person, id int64, name string) ticket.RecordPerson {
	if id == 0 {
		return ticket.RecordPerson{}
	}
	return ticket.RecordPerson{Number: id, Name: cmp.Or(known[id].name, name), Mail: known[id].mail}
}

// renew has the stages read again at the next call, since one is there that nobody
// knows; but not all the time, as it may be another team's.
func (r *Records) renew(l *layout) {
	if r.now().Sub(l.at) > layoutAgain {
		r.forget(l)
	}
}

// ownerOf gives the user in charge; of several the one whom Odoo names first.
func (l *layout) ownerOf(row Record) (id int64, name string) {
	if l.owners == "" {
		return row.Link(l.owner)
	}
	if ids := row.Links(l.owners); len(ids) > 0 {
		return ids[0], ""
	}
	return 0, ""
}

// identifiers gives the keys of the tickets that records are of.
func (r *Records) identifiers(ctx context.Context, model string, rows []Record) (map[int64]string, error) {
	keys := make(map[int64]string, len(rows))
	var missing []int64
	for _, row := range rows {
		id := row.Number("id")
		key, ok := r.keys.get(id, r.now())
		if keys[id] = key; !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return keys, nil
	}
	found, err := r.client.Identifiers(ctx, model, missing...)
	if err != nil {
		return nil, err
	}
	for _, id := range missing {
		key, ours := strings.CutPrefix(found[id], module)
		if !ours {
			key = ""
		}
		keys[id] = key
		r.keys.put(id, key, r.now())
	}
	return keys, nil
}

// details reads a description as plain text, without the line that names a customer.
func details(html string) string {
	text := plain(html).whole
	if rest, ok := strings.CutPrefix(text, strangerLine); ok {
		_, text, _ = strings.Cut(rest, "\n")
	}
	return strings.TrimSpace(text)
}
