package odootest

import (
	"crypto/sha1" //nolint:gosec // as Odoo does
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/mail"
	"slices"
	"strings"
)

// The kinds of messages, with the ids of the rig.
const (
	subtypeComment = 1
	subtypeNote    = 2
	subtypeCreated = 4
	subtypeStage   = 5
)

// message is what is posted.
type message struct {
	body, kind, subtype, id string
	author                  int64
	from                    string
	partners, attachments   []int64
}

// posted is message_post.
func (s *Server) posted(c call, t *table) any {
	ids := c.ids()
	if len(ids) != 1 {
		raisef(500, errValue, "Expected singleton: %s()", t.model)
	}
	m := message{
		body: text(c.args["body"]), kind: text(c.args["message_type"]), subtype: text(c.args["subtype_xmlid"]), id: text(c.args["message_id"]),
		author: int64(number(c.args["author_id"])), from: text(c.args["email_from"]),
		partners: numbers(c.args["partner_ids"]), attachments: numbers(c.args["attachment_ids"]),
	}
	// Those before 17 take HTML as it is.
	if s.version >= 17 && c.args["body_is_html"] != true && m.body != "" {
		m.body = "<p>" + html.EscapeString(m.body) + "</p>"
	}
	s.exists(t.model, ids...)
	s.right(c.user, t, "write")
	s.exists("res.partner", append(slices.Clone(m.partners), m.author)...)
	s.exists("ir.attachment", m.attachments...)
	id := s.post(c.user, t, ids[0], m)
	if s.version < 19 {
		return id
	}
	return []int64{id}
}

// post writes a message on a record.
func (s *Server) post(u *User, t *table, record int64, m message) int64 {
	values := Row{
		"model": t.model, "res_id": record, "body": cleaned(m.body), "message_type": m.kind, "message_id": m.id, "author_id": m.author,
		"email_from": m.from, "partner_ids": m.partners, "attachment_ids": m.attachments, "notified_partner_ids": slices.Clone(m.partners),
		"subtype_id": s.external[m.subtype].id,
	}
	if m.kind == "" {
		values["message_type"] = "notification"
	}
	if values["subtype_id"] == int64(0) {
		values["subtype_id"] = int64(subtypeNote)
	}
	if m.subtype == "mail.mt_comment" {
		followers, _ := t.rows[record]["message_partner_ids"].([]int64)
		for _, partner := range followers {
			if partner != cmpOr(m.author, u.partner) && !slices.Contains(m.partners, partner) {
				values["notified_partner_ids"] = append(idsOf(values["notified_partner_ids"]), partner)
			}
		}
	}
	return s.create(u, s.tables["mail.message"], values)
}

func cmpOr(a, b int64) int64 {
	if a != 0 {
		return a
	}
	return b
}

// messageDefaults fills a message that is made by load or by post.
func messageDefaults(s *Server, u *User, row Row) {
	if empty(row["author_id"]) && empty(row["email_from"]) {
		row["author_id"] = u.partner
	}
	if author, _ := row["author_id"].(int64); author != 0 && empty(row["email_from"]) {
		partner := s.tables["res.partner"].rows[author]
		row["email_from"] = fmt.Sprintf("%q <%s>", text(partner["name"]), text(partner["email"]))
	}
	if empty(row["message_id"]) {
		s.counter++
		row["message_id"] = fmt.Sprintf("<%015d.openerp-%v-%s@vm>", s.counter, row["res_id"], text(row["model"]))
	}
	if empty(row["date"]) {
		row["date"] = s.stamp()
	}
	if empty(row["message_type"]) {
		row["message_type"] = "comment"
	}
	if row["is_internal"] == nil {
		row["is_internal"] = false
	}
}

// attachmentDefaults does what Odoo does with a file: it counts and sums it, and
// takes away a media type that a browser would run.
func attachmentDefaults(s *Server, u *User, row Row) {
	if model := text(row["res_model"]); model != "" && !s.may(u, model, "read") {
		raisef(403, "odoo.exceptions.AccessError", "Sorry, you are not allowed to access this document.")
	}
	data, err := base64.StdEncoding.DecodeString(text(row["datas"]))
	if err != nil {
		data, row["datas"] = nil, ""
	}
	row["type"], row["file_size"], row["checksum"] = "binary", int64(len(data)), ""
	if len(data) > 0 {
		sum := sha1.Sum(data) //nolint:gosec // as Odoo does
		row["checksum"] = hex.EncodeToString(sum[:])
	}
	switch kind := text(row["mimetype"]); {
	case strings.Contains(kind, "html"), strings.Contains(kind, "svg"), strings.Contains(kind, "javascript"):
		row["mimetype"] = "text/plain"
	case kind == "" && strings.HasSuffix(text(row["name"]), ".txt"):
		row["mimetype"] = "text/plain"
	case kind == "":
		row["mimetype"] = "application/octet-stream"
	}
}

// track writes the message about a change of tracked fields: it has no body.
func (s *Server) track(u *User, t *table, row, before Row) {
	subtype, internal := int64(0), true
	for _, field := range t.tracked {
		if fmt.Sprint(row[field]) == fmt.Sprint(before[field]) || empty(row[field]) && empty(before[field]) {
			continue
		}
		if subtype == 0 {
			subtype = subtypeNote
		}
		if field == "stage_id" {
			subtype, internal = subtypeStage, false
		}
	}
	if subtype != 0 {
		s.create(u, s.tables["mail.message"], Row{
			"model": t.model, "res_id": row["id"], "body": "", "message_type": "notification", "subtype_id": subtype, "is_internal": internal,
		})
	}
}

// created writes the message about a new record, and assigned that to its new owner.
func (s *Server) created(u *User, t *table, row Row, words string) {
	s.create(u, s.tables["mail.message"], Row{
		"model": t.model, "res_id": row["id"], "body": `<div summary="o_mail_notification"><p>` + words + `</p></div>`,
		"message_type": "notification", "subtype_id": int64(subtypeCreated),
	})
}

func (s *Server) assigned(u *User, t *table, row Row, users []int64) {
	for _, id := range users {
		owner := s.tables["res.users"].rows[id]
		if owner == nil || id == u.id {
			continue
		}
		partner, _ := owner["partner_id"].(int64)
		s.create(u, s.tables["mail.message"], Row{
			"model": t.model, "res_id": row["id"], "body": "<span>You have been assigned to the " + t.label + " " + text(row["name"]) + ".</span>",
			"message_type": "user_notification", "subtype_id": int64(subtypeNote), "is_internal": true, "notified_partner_ids": []int64{partner},
		})
	}
}

// contact is find_or_create of contacts: "Name" <address>, or an address.
func (s *Server) contact(u *User, given string) int64 {
	t := s.tables["res.partner"]
	name, address := given, given
	if parsed, err := mail.ParseAddress(given); err == nil {
		name, address = parsed.Name, parsed.Address
	}
	for _, id := range t.ids() {
		if strings.EqualFold(text(t.rows[id]["email"]), address) {
			return id
		}
	}
	s.right(u, t, "create")
	if name == "" {
		name = address
	}
	return s.create(u, t, Row{"name": name, "email": address})
}
