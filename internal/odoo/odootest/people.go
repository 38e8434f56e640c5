package odootest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// User is somebody who may sign in.
type User struct {
	id, partner int64
	login, key  string
}

// ID is the user's number, and Partner that of their contact.
func (u User) ID() int64 { return u.id }

// Partner is the number of the user's contact, the author of what they write.
func (u User) Partner() int64 { return u.partner }

// Login is the name under which the user signs in; it is their address, too.
func (u User) Login() string { return u.login }

// Key is the user's API key.
func (u User) Key() string { return u.key }

// The users, with the ids of the rig.
func users() []User {
	return []User{
		{2, 3, "admin@rig.example", "key-of-the-admin"},
		{5, 6, "teamsbot@rig.example", "key-of-the-bot"},
		{6, 7, "low@rig.example", "key-of-low"},
		{7, 8, "anna@rig.example", "key-of-anna"},
		{8, 9, "ben@rig.example", "key-of-ben"},
		{9, 11, "carla@customer.example", ""},
	}
}

// Admin may do everything.
func Admin() User { return users()[0] }

// Bot is the user of Handrail. It may make contacts, and delete no tickets.
func Bot() User { return users()[1] }

// Low sees no tickets, and reads tasks.
func Low() User { return users()[2] }

// Anna is an engineer, who may make no contacts.
func Anna() User { return users()[3] }

// Ben is an engineer as Anna is.
func Ben() User { return users()[4] }

// Carla is a customer, of the contact "Customer Ltd"; she has no key.
func Carla() User { return users()[5] }

func (s *Server) byKey(key string) *User {
	for _, u := range users() {
		if key != "" && u.key == key && !s.expired[u.login] {
			return &u
		}
	}
	return nil
}

// Row is a record: many2one fields are int64 (0 for none), many2many []int64, times
// are texts with microseconds, all else is as in JSON.
type Row map[string]any

// Rows gives the records of a model, archived ones too, by id.
func (s *Server) Rows(model string) []Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[model]
	if t == nil {
		return nil
	}
	rows := make([]Row, 0, len(t.rows))
	for _, id := range t.ids() {
		rows = append(rows, maps.Clone(t.rows[id]))
	}
	return rows
}

// Row gives a record; nil where there is none.
func (s *Server) Row(model string, id int64) Row {
	for _, row := range s.Rows(model) {
		if row["id"] == id {
			return row
		}
	}
	return nil
}

// Create makes a record as a user does at the screen, and gives its id.
func (s *Server) Create(by User, model string, values Row) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.create(&by, s.tables[model], values)
}

// Write changes a record as a user does at the screen.
func (s *Server) Write(by User, model string, id int64, values Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(&by, s.tables[model], []int64{id}, values)
}

// Delete takes a record away, and its external identifier with it.
func (s *Server) Delete(model string, id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unlink(s.tables[model], []int64{id})
}

// Say writes a message on a record as somebody does at the screen or in the portal:
// one that the customer sees, or a note. It gives the message's id.
func (s *Server) Say(by User, model string, record int64, html string, public bool, files ...int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	subtype := "mail.mt_note"
	if public {
		subtype = "mail.mt_comment"
	}
	return s.post(&by, s.tables[model], record, message{body: html, kind: "comment", subtype: subtype, attachments: files})
}

// Calls counts the calls of a method of a model that were let in, such as
// "helpdesk.ticket/load".
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Down makes every request end as at a proxy whose Odoo is away, until [Server.Resume].
func (s *Server) Down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down, s.page = http.StatusBadGateway, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
}

// Stranger makes another program answer in the place of Odoo, until [Server.Resume].
func (s *Server) Stranger() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down, s.page = http.StatusOK, "<!doctype html><title>Welcome</title>"
}

// Hang makes every request that comes wait, until [Server.Resume].
func (s *Server) Hang() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hang == nil {
		s.hang = make(chan struct{})
	}
}

// Resume ends Down, Stranger and Hang; what waited is done now.
func (s *Server) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = 0
	if s.hang != nil {
		close(s.hang)
		s.hang = nil
	}
}

// Expire makes a user's key worthless.
func (s *Server) Expire(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expired[u.login] = true
}

// Rename gives the database another name.
func (s *Server) Rename(database string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.database = database
}

// Upgrade makes the server one of another version.
func (s *Server) Upgrade(version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version = version
}

// Deny takes rights from a user: "create", "read", "write" or "unlink" on a model.
func (s *Server) Deny(u User, model string, operations ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, operation := range operations {
		s.denied[u.login+" "+model+" "+operation] = true
	}
}

// Require gives a model a text field of its own that has to be filled.
func (s *Server) Require(model, field, label string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[model]
	t.fields[field] = column{kind: "char", label: label, required: true}
}

// Remove takes a field from a model.
func (s *Server) Remove(model, field string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tables[model].fields, field)
}

// may tells whether a user has a right on a model. The rules are the rig's.
func (s *Server) may(u *User, model, operation string) bool {
	if s.denied[u.login+" "+model+" "+operation] {
		return false
	}
	if u.login == Admin().login {
		return true
	}
	switch {
	case model == "ir.model.data" || model == "ir.model":
		return false
	case operation == "read":
		return u.login != Low().login || !strings.HasPrefix(model, "helpdesk.")
	case model == "mail.message", model == "ir.attachment", model == "knowledge.article", model == "document.page":
		return true
	case model == "res.partner":
		return u.login == Bot().login && operation != "unlink"
	case strings.HasPrefix(model, "helpdesk.ticket") && model != "helpdesk.ticket.stage" && model != "helpdesk.ticket.team",
		model == "project.task", model == "helpdesk.tag", model == "project.tags":
		return u.login != Low().login && (operation != "unlink" || model != "helpdesk.ticket")
	}
	return false
}

// stamp is the time of a change; no two changes have the same.
func (s *Server) stamp() string {
	now := s.clock().UTC().Truncate(time.Microsecond)
	if !now.After(s.last) {
		now = s.last.Add(time.Microsecond)
	}
	s.last = now
	return now.Format("2006-01-02 15:04:05.000000")
}

// ids gives the ids of a table in order.
func (t *table) ids() []int64 {
	ids := make([]int64, 0, len(t.rows))
	for id := range t.rows {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
