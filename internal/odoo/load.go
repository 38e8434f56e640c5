package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

// external is what an external identifier may be made of here: a module, which need
// not be installed, and a name. Odoo itself refuses only blanks in it.
var external = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[A-Za-z0-9_.-]{1,120}$`)

var errExternal = errors.New("the external identifier is not like handrail.T-1")

// Load makes a record with an external identifier, or finds the one that has it,
// and gives its id. It may be called as often as one likes, also at the same time
// and after calls to which no answer came: Odoo keeps external identifiers unique
// (ir_model_data), and of calls that meet one succeeds and the others are [Busy].
// A record that is there already is left as it is, whatever the values.
//
// It is the method that Odoo's own import uses, with "mode: update" and
// "noupdate: true". Seen on 19 by JSON-2 and JSON-RPC, for helpdesk.ticket,
// project.task, res.partner, knowledge.article, ir.attachment and mail.message:
//
//   - The user needs the right to create the record and none on ir.model.data. Who
//     knows the identifier is given the id, even without a right on the record.
//   - It does what create does: defaults, cleaning of HTML (plain text is parsed as
//     HTML, so it has to be escaped), the message "created", the mail to the assignee.
//   - An archived record is found. A deleted one has lost its identifier: the same
//     call makes a new one, so whoever has the id must not call again.
//   - An identifier of a record of another model is refused.
//   - A choice may be given by its word or by its label; a many2one or many2many id
//     that does not exist is a [Validation] that names the field, in Create it is [Missing].
//   - A field that is empty is empty afterwards; one that is left out has its default.
//     But a task without user_ids is assigned to its maker, as with create.
//   - Times are read in the user's time zone; so this sends UTC as the zone.
//   - An empty name is refused, one of blanks is not (here it is). A megabyte of HTML takes a second.
//   - A field that is unknown is an exception as in create; all other faults come as
//     messages and have no exception's name.
func (c *Client) Load(ctx context.Context, model, identifier string, values Values) (int64, error) {
	op := model + "/load"
	if !external.MatchString(identifier) {
		return 0, &Error{Op: op, Kind: Refused, Err: errExternal}
	}
	if err := values.check(op); err != nil {
		return 0, err
	}
	fields, row := values.row()
	fields, row = append([]string{"id"}, fields...), append([]any{identifier}, row...)
	var answer struct {
		IDs      json.RawMessage `json:"ids"` // false where it failed
		Messages []complaint     `json:"messages"`
	}
	err := c.Call(ctx, Call{
		Model: model, Method: "load", Args: map[string]any{"fields": fields, "data": [][]any{row}},
		Context: map[string]any{"mode": "update", "noupdate": true, "tz": "UTC"},
	}, &answer)
	if err != nil {
		return 0, err
	}
	for _, complaint := range answer.Messages {
		if complaint.Type == "error" {
			return 0, c.refusal(ctx, model, complaint)
		}
	}
	return oneID(op, answer.IDs)
}

// complaint is what load finds wrong.
type complaint struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Field   string `json:"field"`
}

// refusal makes an [Error] of a complaint. Where it names no field there are only
// words, Odoo's or Postgres's, which may be in any language.
func (c *Client) refusal(ctx context.Context, model string, said complaint) *Error {
	field, _, _ := strings.Cut(said.Field, "/")
	e := &Error{Op: model + "/load", Kind: said.kind(), Field: field, Detail: c.kept(said.Message)}
	if e.Kind == Validation && e.Field == "" {
		if may, err := c.May(ctx, model, "create"); err == nil && !may {
			e.Kind = Access
		}
	}
	return e
}

func (said complaint) kind() ErrorKind {
	if said.Field != "" {
		return Validation
	}
	text := strings.ToLower(said.Message)
	for _, words := range []struct {
		kind  ErrorKind
		these []string
	}{
		// "could not serialize access due to concurrent update", of Postgres in the
		// languages of Latin letters, and its word for two that insert the same identifier.
		{Busy, []string{"serializ", "serialis", "sérialis", "deadlock", "ir_model_data_module_name_uniq"}},
		{Missing, []string{"does not exist or has been deleted"}},
		{Access, []string{"not allowed to", "security restrictions", "doesn't have 'create' access"}},
		{Refused, []string{"found record of different model", "unknown error during import"}},
	} {
		for _, part := range words.these {
			if strings.Contains(text, part) {
				return words.kind
			}
		}
	}
	return Validation
}

// Identifiers gives the external identifiers of records, by id; "" for one that has none.
func (c *Client) Identifiers(ctx context.Context, model string, ids ...int64) (map[int64]string, error) {
	if len(ids) == 0 {
		return map[int64]string{}, nil
	}
	var found map[int64]string
	err := c.Call(ctx, Call{Model: model, Method: "get_external_id", IDs: ids}, &found)
	return found, err
}
