package odoo

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strings"
	"sync"
	"time"

	"handrail/internal/ticket"
)

// How long people are remembered, and how many.
const (
	peopleFor  = 10 * time.Minute
	peopleMost = 5000
)

// person is a user or a contact as it was read.
type person struct {
	// id is the user's or contact's, and partner the contact of either.
	id, partner int64
	name, mail  string
	// outside tells of a contact that it is nobody who works here.
	outside bool
}

// memory remembers for a while what was read; an absence, too.
type memory[K comparable, V any] struct {
	mu    sync.Mutex
	kept  map[K]V
	until map[K]time.Time
}

func newMemory[K comparable, V any]() *memory[K, V] {
	return &memory[K, V]{kept: make(map[K]V), until: make(map[K]time.Time)}
}

func (m *memory[K, V]) get(key K, now time.Time) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !now.Before(m.until[key]) {
		return value, false
	}
	return m.kept[key], true
}

func (m *memory[K, V]) put(key K, value V, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) >= peopleMost {
		clear(m.kept)
		clear(m.until)
	}
	m.kept[key], m.until[key] = value, now.Add(peopleFor)
}

// userByMail gives the user who works here and has the mail address, as login or
// address; an empty person where there is none.
func (r *Records) userByMail(ctx context.Context, address string) (person, error) {
	address = strings.ToLower(strings.TrimSpace(address))
	if address == "" {
		return person{}, nil
	}
	if found, ok := r.usersByMail.get(address, r.now()); ok {
		return found, nil
	}
	rows, err := r.client.Search(ctx, Query{
		Model: "res.users", Fields: userFields(), Order: "id", Limit: 10,
		Domain: Domain{"&", Term("share", "=", false), "|", Term("login", "=ilike", literal(address)), Term("email", "=ilike", literal(address))},
	})
	if err != nil {
		return person{}, err
	}
	var found person
	for _, row := range rows {
		one := userOf(row)
		// Whose login it is comes before whose address it is.
		if found.id == 0 || strings.EqualFold(row.Text("login"), address) {
			found = one
		}
		if strings.EqualFold(row.Text("login"), address) {
			break
		}
	}
	r.usersByMail.put(address, found, r.now())
	return found, nil
}

func userFields() []string { return []string{"name", "login", "email", "partner_id"} }

func userOf(row Record) person {
	partner, _ := row.Link("partner_id")
	address := row.Text("email")
	if address == "" && strings.Contains(row.Text("login"), "@") {
		address = row.Text("login")
	}
	return person{id: row.Number("id"), partner: partner, name: row.Text("name"), mail: address}
}

// literal keeps the two characters of a text that stand for others in a search.
func literal(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// read gives users or contacts by their ids, with one call for all that are not remembered.
func (r *Records) read(
	ctx context.Context, kept *memory[int64, person], model string, fields []string, of func(Record) person, ids []int64,
) (map[int64]person, error) {
	found := make(map[int64]person, len(ids))
	var missing []int64
	for _, id := range ids {
		if id == 0 {
			continue
		}
		if _, seen := found[id]; seen {
			continue
		}
		one, ok := kept.get(id, r.now())
		if found[id] = one; !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	rows, err := r.client.Search(ctx, Query{Model: model, Domain: Domain{Term("id", "in", missing)}, Fields: fields, Archived: true})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		one := of(row)
		found[one.id] = one
		kept.put(one.id, one, r.now())
	}
	return found, nil
}

func (r *Records) users(ctx context.Context, ids []int64) (map[int64]person, error) {
	return r.read(ctx, r.usersByID, "res.users", userFields(), userOf, ids)
}

func (r *Records) partners(ctx context.Context, ids []int64) (map[int64]person, error) {
	return r.read(ctx, r.partnersByID, "res.partner", []string{"name", "email", "partner_share"}, partnerOf, ids)
}

func partnerOf(row Record) person {
	id := row.Number("id")
	return person{id: id, partner: id, name: row.Text("name"), mail: row.Text("email"), outside: row.Truth("partner_share")}
}

// customer gives the contact of a customer: by mail, else the only one of that name,
// else a new one where that is allowed; 0 for none.
func (r *Records) customer(ctx context.Context, who ticket.RecordPerson) (int64, error) {
	if who.Number != 0 {
		return who.Number, nil
	}
	name, address := nameAndMail(who)
	key := strings.ToLower(cmp.Or(address, name))
	if key == "" {
		return 0, nil
	}
	if id, ok := r.customers.get(key, r.now()); ok && id != 0 {
		return id, nil
	}
	id, err := r.findCustomer(ctx, name, address)
	if err != nil {
		return 0, err
	}
	if id == 0 && r.settings.CreateContacts {
		if id, err = r.newCustomer(ctx, key, name, address); err != nil {
			return 0, err
		}
	}
	r.customers.put(key, id, r.now())
	return id, nil
}

func (r *Records) findCustomer(ctx context.Context, name, address string) (int64, error) {
	if address != "" {
		rows, err := r.client.Search(ctx, Query{
			Model: "res.partner", Domain: Domain{Term("email_normalized", "=", strings.ToLower(address))},
			Fields: []string{"name"}, Order: "id", Limit: 1,
		})
		if err != nil {
			return 0, err
		}
		if len(rows) > 0 {
			return rows[0].Number("id"), nil
		}
	}
	if name == "" {
		return 0, nil
	}
	rows, err := r.client.Search(ctx, Query{
		Model: "res.partner", Fields: []string{"name", "email_normalized"}, Order: "id", Limit: 2,
		Domain: Domain{Term("name", "=ilike", literal(name)), Term("partner_share", "=", true)},
	})
	if err != nil {
		return 0, err
	}
	// Of two with one name nobody knows which is meant, and one with another address is another person.
	if len(rows) != 1 || address != "" && rows[0].Text("email_normalized") != "" {
		return 0, nil
	}
	return rows[0].Number("id"), nil
}

// newCustomer makes a contact, once. Without the right to, there is none.
func (r *Records) newCustomer(ctx context.Context, key, name, address string) (int64, error) {
	values := Values{"name": cmp.Or(name, address)}
	if address != "" {
		values["email"] = address
	}
	sum := sha256.Sum256([]byte(key))
	id, err := r.client.Load(ctx, "res.partner", "handrail.contact-"+hex.EncodeToString(sum[:12]), values)
	if KindOf(err) == Access {
		return 0, nil
	}
	return id, err
}

// nameAndMail reads a customer that may have been written as an address, or as
// "Carla <carla@customer.example>".
func nameAndMail(who ticket.RecordPerson) (name, address string) {
	name, address = strings.TrimSpace(who.Name), strings.TrimSpace(who.Mail)
	if address != "" {
		return name, address
	}
	if parsed, err := mail.ParseAddress(name); err == nil {
		return parsed.Name, parsed.Address
	}
	return name, ""
}
