package odoo

import (
	"slices"

	"handrail/internal/ticket"
)

// mapping says how a kind of record is built: the names that its fields and those
// of its neighbours have. This file is the only one that knows them.
type mapping struct {
	kind Kind
	// model is the record's, and mark a field that it has in this kind only; empty
	// where the model alone tells.
	model, mark string
	// number is the field with what people call the record; empty for its id.
	number string
	// desk is the field with the team or project, deskModel what it points to, and
	// setting the variable that names one.
	desk, deskModel, setting string
	// stage is the field with the stage, stageModel what it points to, stageDesks the field of
	// a stage with the teams that have it, and shared tells that one without teams belongs to all.
	stage, stageModel, stageDesks string
	shared                        bool
	// closed is the field of a stage that says that work has ended there.
	closed string
	// state is a field beside the stage that says whether work has ended, done and open the
	// values to write, and ended all that stand for an end.
	state, done, open string
	ended             []string
	// owner is the field with the user in charge, and owners one in its place with several.
	owner, owners  string
	tags, tagModel string
	// details is the field with the description, and needed tells that it may not be empty.
	details string
	needed  bool
	// priorities are the values of the classes; where two have one value, a tag tells them
	// apart. Whatever is below is the value of the last class.
	priorities map[ticket.Class]int64
}

// mappings lists the kinds in the order in which they are looked for.
func mappings() []mapping {
	four := map[ticket.Class]int64{ticket.Expedite: 3, ticket.Fixed: 2, ticket.Priority: 1, ticket.Standard: 0}
	return []mapping{
		{ // Odoo Enterprise: a folded stage ends the work.
			kind: Helpdesk, model: "helpdesk.ticket", mark: "ticket_ref", number: "ticket_ref",
			desk: "team_id", deskModel: "helpdesk.team", setting: "ODOO_TEAM",
			stage: "stage_id", stageModel: "helpdesk.stage", stageDesks: "team_ids", closed: "fold",
			owner: "user_id", tags: "tag_ids", tagModel: "helpdesk.tag", details: "description", priorities: four,
		},
		{ // OCA helpdesk_mgmt: tickets are of priority 1 unless somebody says otherwise.
			kind: Community, model: "helpdesk.ticket", mark: "number", number: "number",
			desk: "team_id", deskModel: "helpdesk.ticket.team", setting: "ODOO_TEAM",
			stage: "stage_id", stageModel: "helpdesk.ticket.stage", stageDesks: "team_ids", shared: true, closed: "closed",
			owner: "user_id", tags: "tag_ids", tagModel: "helpdesk.ticket.tag", details: "description", needed: true,
			priorities: map[ticket.Class]int64{ticket.Expedite: 3, ticket.Fixed: 2, ticket.Priority: 2, ticket.Standard: 1},
		},
		{ // Tasks: since 17 the state ends the work, before it a folded stage; since 15 they have several users.
			kind: Project, model: "project.task",
			desk: "project_id", deskModel: "project.project", setting: "ODOO_PROJECT",
			stage: "stage_id", stageModel: "project.task.type", stageDesks: "project_ids", closed: "fold",
			state: "state", done: "1_done", open: "01_in_progress", ended: []string{"1_done", "1_canceled"},
			owner: "user_id", owners: "user_ids", tags: "tag_ids", tagModel: "project.tags", details: "description", priorities: four,
		},
	}
}

// fitted is the mapping without what the model does not have in this version of Odoo.
func (m mapping) fitted(fields map[string]Field) mapping {
	there := func(name string) bool { _, ok := fields[name]; return ok }
	if !there(m.state) {
		m.state = ""
	}
	if there(m.owners) {
		m.owner = ""
	} else {
		m.owners = ""
	}
	for _, field := range []*string{&m.number, &m.tags} {
		if !there(*field) {
			*field = ""
		}
	}
	return m
}

// fields are what is read of a record.
func (m mapping) fields() []string {
	all := []string{
		"name", m.details, "partner_id", "priority", m.stage, m.desk, "active", "create_date", "write_date", "create_uid", "write_uid",
		m.number, m.state, m.owner, m.owners, m.tags,
	}
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// filled are the fields that Handrail fills when it makes a record.
func (m mapping) filled() []string {
	return slices.DeleteFunc([]string{"name", m.details, "partner_id", "priority", m.stage, m.desk, m.state, m.owner, m.owners, m.tags},
		func(name string) bool { return name == "" })
}

// stageWords are names of stages that Odoo's apps come with, in lower case.
func stageWords() (began, working, ended []string) {
	return []string{"new", "inbox", "open", "to do", "todo", "backlog", "draft", "neu", "nouveau", "nuevo", "mới"},
		[]string{"in progress", "in bearbeitung", "en cours", "en progreso", "en curso", "doing", "đang tiến hành", "đang thực hiện"},
		[]string{"solved", "done", "closed", "resolved", "gelöst", "erledigt", "résolu", "terminé", "resuelto", "hecho", "đã giải quyết", "hoàn tất"}
}
