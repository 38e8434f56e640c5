package odootest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func priorities() [][]any {
	return [][]any{{"0", "Low priority"}, {"1", "Medium priority"}, {"2", "High priority"}, {"3", "Urgent"}}
}

// fields reads "name:char:Subject:required" and "stage_id:many2one>helpdesk.stage:Stage".
func fields(lines ...string) map[string]column {
	all := map[string]column{
		"id":          {kind: "integer", label: "ID", readonly: true},
		"create_date": {kind: "datetime", label: "Created on", readonly: true},
		"write_date":  {kind: "datetime", label: "Last Updated on", readonly: true},
		"create_uid":  {kind: "many2one", label: "Created by", relation: "res.users", readonly: true},
		"write_uid":   {kind: "many2one", label: "Last Updated by", relation: "res.users", readonly: true},
	}
	for _, line := range lines {
		parts := strings.Split(line, ":")
		kind, relation, _ := strings.Cut(parts[1], ">")
		c := column{kind: kind, relation: relation, label: parts[2]}
		c.required, c.readonly = slices.Contains(parts, "required"), slices.Contains(parts, "readonly")
		all[parts[0]] = c
	}
	return all
}

func (t *table) choice(field string, choices [][]any) {
	c := t.fields[field]
	c.choices = choices
	t.fields[field] = c
}

func (t *table) computed(field, kind, label, relation string, value func(s *Server, row Row) any) {
	t.fields[field] = column{kind: kind, label: label, relation: relation, readonly: true, value: value}
}

func (s *Server) add(model, label, order string, lines ...string) *table {
	t := &table{model: model, label: label, order: order, fields: fields(lines...), rows: map[int64]Row{}}
	s.tables[model] = t
	return t
}

// insert stores a record that the server has from the start.
func (t *table) insert(id int64, row Row) {
	whole := Row{"id": id, "create_date": "2026-01-01 00:00:00.000000", "write_date": "2026-01-01 00:00:00.000000", "create_uid": int64(2),
		"write_uid": int64(2)}
	if _, has := t.fields["active"]; has {
		whole["active"] = true
	}
	maps.Copy(whole, row)
	t.rows[id] = whole
	t.last = max(t.last, id)
}

// seed fills the server as the rig is filled.
func (s *Server) seed() {
	s.seedPeople()
	s.seedMail()
	switch s.setup.Helpdesk {
	case Enterprise:
		s.seedEnterprise()
	case Community:
		s.seedCommunity()
	}
	s.seedProject()
	switch s.setup.Knowledge {
	case Enterprise:
		s.seedArticles()
	case Community:
		s.seedPages()
	}
}

func (s *Server) seedPeople() {
	partners := s.add("res.partner", "Contact", "name, id", "name:char:Name", "email:char:Email", "phone:char:Phone",
		"parent_id:many2one>res.partner:Related Company", "active:boolean:Active", "is_company:boolean:Is a Company")
	partners.computed("email_normalized", "char", "Normalized Email", "", func(_ *Server,
		row Row) any {
		return strings.ToLower(text(row["email"]))
	})
	partners.computed("user_ids", "one2many", "Users", "res.users", func(s *Server, row Row) any {
		var ids []int64
		for _, id := range s.tables["res.users"].ids() {
			if s.tables["res.users"].rows[id]["partner_id"] == row["id"] {
				ids = append(ids, id)
			}
		}
		return ids
	})
	partners.computed("partner_share", "boolean", "Share Partner", "", func(s *Server, row Row) any {
		for _, user := range s.tables["res.users"].rows {
			if user["partner_id"] == row["id"] && user["share"] != true {
				return false
			}
		}
		return true
	})
	accounts := s.add("res.users", "User", "name, login", "login:char:Login:required", "partner_id:many2one>res.partner:Related Partner:required",
		"active:boolean:Active", "share:boolean:Share User:readonly")
	of := func(field string) func(*Server, Row) any {
		return func(s *Server, row Row) any {
			partner, _ := row["partner_id"].(int64)
			return s.tables["res.partner"].rows[partner][field]
		}
	}
	accounts.computed("name", "char", "Name", "", of("name"))
	accounts.computed("email", "char", "Email", "", of("email"))
	accounts.computed("email_normalized", "char", "Normalized Email", "", func(s *Server,
		row Row) any {
		return strings.ToLower(text(of("email")(s, row)))
	})
	partners.insert(1, Row{"name": "Rig Ltd", "is_company": true})
	partners.insert(10, Row{"name": "Customer Ltd", "email": "office@customer.example", "is_company": true})
	names := map[int64]string{2: "Administrator", 5: "Teams Bot", 6: "Low User", 7: "Anna Engineer", 8: "Ben Engineer", 9: "Carla Customer"}
	for _, u := range users() {
		row := Row{"name": names[u.id], "email": u.login}
		if u.key == "" {
			row["parent_id"] = int64(10)
		}
		partners.insert(u.partner, row)
		accounts.insert(u.id, Row{"login": u.login, "partner_id": u.partner, "share": u.key == ""})
	}
}

func (s *Server) seedMail() {
	subtypes := s.add("mail.message.subtype", "Message subtypes", "id", "name:char:Message Type:required", "internal:boolean:Internal Only")
	subtypes.insert(subtypeComment, Row{"name": "Discussions", "internal": false})
	subtypes.insert(subtypeNote, Row{"name": "Note", "internal": true})
	subtypes.insert(subtypeCreated, Row{"name": "Ticket Created", "internal": false})
	subtypes.insert(subtypeStage, Row{"name": "Stage Changed", "internal": false})
	s.external["mail.mt_comment"] = externalID{model: "mail.message.subtype", id: subtypeComment}
	s.external["mail.mt_note"] = externalID{model: "mail.message.subtype", id: subtypeNote}

	messages := s.add("mail.message", "Message", "id desc", "body:html:Contents", "model:char:Related Document Model",
		"res_id:many2one_reference:Related Document ID", "message_type:selection:Type:required", "subtype_id:many2one>mail.message.subtype:Subtype",
		"message_id:char:Message-Id", "author_id:many2one>res.partner:Author", "email_from:char:From", "date:datetime:Date",
		"is_internal:boolean:Employee Only", "attachment_ids:many2many>ir.attachment:Attachments", "partner_ids:many2many>res.partner:Recipients",
		"notified_partner_ids:many2many>res.partner:Partners with Need Action", "parent_id:many2one>mail.message:Parent Message",
		"subject:char:Subject")
	messages.choice("message_type", [][]any{
		{"email", "Incoming Email"}, {"comment", "Comment"}, {"notification", "System notification"}, {"user_notification",
			"User Specific Notification"},
	})
	messages.defaults = messageDefaults
	files := s.add("ir.attachment", "Attachment", "id desc", "name:char:Name:required", "datas:binary:File Content (base64)",
		"res_model:char:Resource Model", "res_id:many2one_reference:Resource ID", "type:selection:Type:required", "mimetype:char:Mime Type",
		"file_size:integer:File Size:readonly", "checksum:char:Checksum/SHA1:readonly", "url:char:Url")
	files.choice("type", [][]any{{"url", "URL"}, {"binary", "File"}})
	files.defaults = attachmentDefaults
}

// stages inserts the four stages of the rig, from an id on.
func stages(t *table, from int64, of string, ids []int64, closed string) {
	for i, name := range []string{"New", "In Progress", "On Hold", "Solved"} {
		t.insert(from+int64(i), Row{"name": name, "sequence": int64(i + 1), closed: i == 3, of: ids})
	}
}

func (s *Server) seedEnterprise() {
	stage := s.add("helpdesk.stage", "Helpdesk Stage", "sequence, id", "name:char:Name:required", "sequence:integer:Sequence",
		"fold:boolean:Folded in Kanban",
		"active:boolean:Active", "team_ids:many2many>helpdesk.team:Helpdesk Teams")
	stages(stage, 1, "team_ids", []int64{1}, "fold")
	s.add("helpdesk.team", "Helpdesk Team", "id", "name:char:Name:required", "active:boolean:Active", "sequence:integer:Sequence",
		"stage_ids:many2many>helpdesk.stage:Stages", "member_ids:many2many>res.users:Team Members").
		insert(1, Row{"name": "IT Support", "stage_ids": []int64{1, 2, 3, 4}, "member_ids": []int64{7, 8}})
	tags := s.add("helpdesk.tag", "Helpdesk Tags", "name", "name:char:Name:required", "color:integer:Color")
	for i, name := range []string{"vpn", "hardware", "access"} {
		tags.insert(int64(i+1), Row{"name": name})
	}
	kinds := s.add("helpdesk.ticket.type", "Helpdesk Ticket Type", "id", "name:char:Name:required", "sequence:integer:Sequence")
	kinds.insert(1, Row{"name": "Question"})
	kinds.insert(2, Row{"name": "Issue"})
	t := s.add("helpdesk.ticket", "Helpdesk Ticket", "priority desc, id desc", "name:char:Subject:required",
		"ticket_ref:char:Ticket IDs Sequence:readonly",
		"description:html:Description", "active:boolean:Active", "team_id:many2one>helpdesk.team:Helpdesk Team",
		"stage_id:many2one>helpdesk.stage:Stage",
		"user_id:many2one>res.users:Assigned to", "partner_id:many2one>res.partner:Customer", "partner_name:char:Customer Name",
		"partner_email:char:Customer Email", "priority:selection:Priority", "tag_ids:many2many>helpdesk.tag:Tags",
		"ticket_type_id:many2one>helpdesk.ticket.type:Type", "kanban_state:selection:Kanban State:required",
		"close_date:datetime:Close date:readonly",
		"assign_date:datetime:First assignment date:readonly", "message_partner_ids:many2many>res.partner:Followers (Partners)")
	t.choice("priority", priorities())
	t.choice("kanban_state", [][]any{{"normal", "Grey"}, {"done", "Green"}, {"blocked", "Red"}})
	t.computed("fold", "boolean", "Folded", "", closedBy("fold"))
	t.tracked = []string{"stage_id", "user_id", "team_id", "priority", "partner_id", "ticket_type_id", "name"}
	t.defaults = func(s *Server, u *User, row Row) {
		fallback(row, "team_id", int64(1))
		fallback(row, "priority", "0")
		fallback(row, "kanban_state", "normal")
		s.ticketDefaults(u, row, "team_id")
		row["ticket_ref"] = fmt.Sprintf("%05d", t.last+1)
	}
	s.threads(t, "Helpdesk Ticket created", "fold", "close_date")
}

func (s *Server) seedCommunity() {
	stage := s.add("helpdesk.ticket.stage", "Helpdesk Ticket Stage", "sequence, id", "name:char:Stage Name:required", "sequence:integer:Sequence",
		"closed:boolean:Closed", "active:boolean:Active", "team_ids:many2many>helpdesk.ticket.team:Helpdesk Teams")
	stages(stage, 1, "team_ids", nil, "closed")
	s.add("helpdesk.ticket.team", "Helpdesk Ticket Team", "sequence, id", "name:char:Name:required", "active:boolean:Active",
		"sequence:integer:Sequence",
		"user_ids:many2many>res.users:Members").insert(1, Row{"name": "IT Support", "user_ids": []int64{7, 8}})
	tags := s.add("helpdesk.ticket.tag", "Helpdesk Ticket Tag", "id", "name:char:Name:required", "color:integer:Color", "active:boolean:Active")
	tags.insert(1, Row{"name": "vpn"})
	s.add("helpdesk.ticket.category", "Helpdesk Ticket Category", "id", "name:char:Name:required", "active:boolean:Active").insert(1,
		Row{"name": "Network"})
	t := s.add("helpdesk.ticket", "Helpdesk Ticket", "priority desc, id desc", "name:char:Title:required", "number:char:Ticket number:readonly",
		"description:html:Description:required", "active:boolean:Active", "team_id:many2one>helpdesk.ticket.team:Team",
		"stage_id:many2one>helpdesk.ticket.stage:Stage", "user_id:many2one>res.users:Assigned user", "partner_id:many2one>res.partner:Contact",
		"partner_name:char:Partner Name", "partner_email:char:Email", "priority:selection:Priority", "tag_ids:many2many>helpdesk.ticket.tag:Tags",
		"category_id:many2one>helpdesk.ticket.category:Category", "closed_date:datetime:Closed Date", "assigned_date:datetime:Assigned Date",
		"last_stage_update:datetime:Last Stage Update", "message_partner_ids:many2many>res.partner:Followers (Partners)")
	t.choice("priority", [][]any{{"0", "Low"}, {"1", "Medium"}, {"2", "High"}, {"3", "Very High"}})
	t.computed("closed", "boolean", "Closed", "", closedBy("closed"))
	t.tracked = []string{"stage_id", "user_id"}
	t.defaults = func(s *Server, u *User, row Row) {
		fallback(row, "priority", "1")
		s.ticketDefaults(u, row, "")
		row["number"] = fmt.Sprintf("HT%05d", t.last+1)
	}
	s.threads(t, "Helpdesk Ticket created", "closed", "closed_date")
}

// fallback fills a field that was left out; one that was emptied stays so.
func fallback(row Row, field string, value any) {
	if _, there := row[field]; !there {
		row[field] = value
	}
}

func closedBy(field string) func(*Server, Row) any {
	return func(s *Server, row Row) any {
		stage, _ := row["stage_id"].(int64)
		for _, model := range []string{"helpdesk.stage", "helpdesk.ticket.stage"} {
			if t := s.tables[model]; t != nil && t.rows[stage] != nil {
				return t.rows[stage][field] == true
			}
		}
		return false
	}
}

// ticketDefaults are those of both helpdesks: the first stage, and the contact.
func (s *Server) ticketDefaults(u *User, row Row, team string) {
	if empty(row["stage_id"]) && (team == "" || !empty(row[team])) {
		row["stage_id"] = int64(1)
	}
	name, address := text(row["partner_name"]), text(row["partner_email"])
	if empty(row["partner_id"]) && name != "" && address != "" && s.setup.Helpdesk == Enterprise {
		row["partner_id"] = s.contact(u, fmt.Sprintf("%q <%s>", name, address))
	}
	if partner, _ := row["partner_id"].(int64); partner != 0 {
		row["partner_name"], row["partner_email"] = s.tables["res.partner"].rows[partner]["name"], s.tables["res.partner"].rows[partner]["email"]
	}
}

// threads makes a helpdesk's tickets tell what happens to them, and keeps their dates.
func (s *Server) threads(t *table, words, closed, date string) {
	stageDate := func(s *Server, row Row) {
		if closedBy(closed)(s, row) == true {
			row[date] = s.stamp()
			return
		}
		row[date] = ""
	}
	t.made = func(s *Server, u *User, row Row) {
		row["message_partner_ids"] = slices.Concat([]int64{u.partner}, idsOf(row["partner_id"]))
		stageDate(s, row)
		s.assigned(u, t, row, idsOf(row["user_id"]))
		s.created(u, t, row, words)
	}
	t.changed = func(s *Server, u *User, row, before Row) {
		if row["stage_id"] != before["stage_id"] {
			stageDate(s, row)
		}
		if partner := idsOf(row["partner_id"]); row["partner_id"] != before["partner_id"] && len(partner) == 1 {
			row["message_partner_ids"] = append(idsOf(row["message_partner_ids"]), partner...)
			row["partner_name"], row["partner_email"] = s.tables["res.partner"].rows[partner[0]]["name"],
				s.tables["res.partner"].rows[partner[0]]["email"]
		}
		if row["user_id"] != before["user_id"] {
			s.assigned(u, t, row, idsOf(row["user_id"]))
		}
	}
}

func (s *Server) seedProject() {
	stage := s.add("project.task.type", "Task Stage", "sequence, id", "name:char:Name:required", "sequence:integer:Sequence", "fold:boolean:Folded",
		"active:boolean:Active", "project_ids:many2many>project.project:Projects")
	stages(stage, 29, "project_ids", []int64{1}, "fold")
	s.add("project.project", "Project", "name, id", "name:char:Name:required", "active:boolean:Active",
		"type_ids:many2many>project.task.type:Tasks Stages").
		insert(1, Row{"name": "Support", "type_ids": []int64{29, 30, 31, 32}})
	s.add("project.tags", "Project Tags", "name", "name:char:Name:required", "color:integer:Color").insert(1, Row{"name": "vpn"})
	t := s.add("project.task", "Task", "priority desc, id desc", "name:char:Title:required", "description:html:Description",
		"active:boolean:Active",
		"project_id:many2one>project.project:Project", "stage_id:many2one>project.task.type:Stage", "user_ids:many2many>res.users:Assignees",
		"partner_id:many2one>res.partner:Customer", "priority:selection:Priority", "state:selection:State:required",
		"tag_ids:many2many>project.tags:Tags",
		"date_deadline:datetime:Deadline", "date_end:datetime:Ending Date", "message_partner_ids:many2many>res.partner:Followers (Partners)")
	t.choice("priority", priorities())
	t.choice("state", [][]any{{"01_in_progress", "In Progress"}, {"1_done", "Done"}, {"1_canceled", "Cancelled"}, {"04_waiting_normal", "Waiting"}})
	t.computed("is_closed", "boolean", "Closed state", "", func(_ *Server, row Row) any { return strings.HasPrefix(text(row["state"]), "1_") })
	t.tracked = []string{"stage_id"}
	t.defaults = func(_ *Server, u *User, row Row) {
		fallback(row, "priority", "0")
		fallback(row, "state", "01_in_progress")
		fallback(row, "user_ids", []int64{u.id})
		if !empty(row["project_id"]) {
			fallback(row, "stage_id", int64(29))
		}
	}
	t.made = func(s *Server, u *User, row Row) {
		row["message_partner_ids"] = slices.Concat([]int64{u.partner}, idsOf(row["partner_id"]))
		s.assigned(u, t, row, idsOf(row["user_ids"]))
		s.created(u, t, row, "A new task has been created in the &quot;Support&quot; project.")
	}
	t.changed = func(s *Server, u *User, row, before Row) {
		if row["stage_id"] != before["stage_id"] {
			row["date_end"] = ""
			if row["stage_id"] == int64(32) {
				row["date_end"] = s.stamp()
			}
		}
		old := idsOf(before["user_ids"])
		s.assigned(u, t, row, slices.DeleteFunc(slices.Clone(idsOf(row["user_ids"])), func(id int64) bool { return slices.Contains(old, id) }))
	}
}

func (s *Server) seedArticles() {
	t := s.add("knowledge.article", "Knowledge Article", "id", "name:char:Title", "body:html:Body", "active:boolean:Active",
		"sequence:integer:Sequence",
		"parent_id:many2one>knowledge.article:Parent Article", "is_published:boolean:Published", "internal_permission:selection:Permission")
	t.choice("internal_permission", [][]any{{"write", "Can edit"}, {"read", "Can read"}, {"none", "No access"}})
	t.computed("article_url", "char", "Article URL", "", func(s *Server, row Row) any {
		return fmt.Sprintf("%s/knowledge/article/%d", s.URL,
			row["id"])
	})
	t.defaults = func(_ *Server, _ *User, row Row) { fallback(row, "internal_permission", "write") }
	t.insert(1, Row{"name": "IT Handbook", "body": "<p>All of IT</p>", "is_published": true, "internal_permission": "write"})
	t.insert(2, Row{"name": "Reset the VPN token", "body": "<p>Open the portal</p>", "parent_id": int64(1), "is_published": true,
		"internal_permission": "write"})
	t.insert(3, Row{"name": "Policy", "body": "<p>Rules</p>", "internal_permission": "read"})
	t.insert(4, Row{"name": "Private", "body": "<p>Mine</p>", "internal_permission": "none"})
}

func (s *Server) seedPages() {
	t := s.add("document.page", "Document Page", "type, name", "name:char:Title:required", "content:html:Content", "active:boolean:Active",
		"parent_id:many2one>document.page:Category", "type:selection:Type", "draft_name:char:Name", "draft_summary:char:Summary")
	t.choice("type", [][]any{{"content", "Content"}, {"category", "Category"}})
	t.computed("backend_url", "char", "Backend URL", "", func(_ *Server, row Row) any {
		return fmt.Sprintf("/web#id=%d&model=document.page&view_type=form", row["id"])
	})
	t.defaults = func(_ *Server, _ *User, row Row) { fallback(row, "type", "content") }
	t.insert(1, Row{"name": "IT", "type": "category"})
	t.insert(2, Row{"name": "Reset VPN token", "type": "content", "content": "<h1>Steps</h1><p>Open portal</p>", "parent_id": int64(1)})
}
