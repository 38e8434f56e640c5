package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Domain is a search condition in Odoo's notation. What people wrote is only ever
// a value in it.
type Domain []any

// Term is one condition of a [Domain].
func Term(field, operator string, value any) []any { return []any{field, operator, value} }

// Record is a record as it was read.
type Record map[string]json.RawMessage

// Query says what is searched for, and what is read of it.
type Query struct {
	Model  string
	Domain Domain
	Fields []string
	// Order is such as "id asc"; empty for the model's own.
	Order         string
	Limit, Offset int
	// Archived finds archived records, too.
	Archived bool
}

// Search reads the records that a query finds.
func (c *Client) Search(ctx context.Context, q Query) ([]Record, error) {
	if q.Domain == nil {
		q.Domain = Domain{}
	}
	args := map[string]any{"domain": q.Domain, "fields": q.Fields}
	if q.Order != "" {
		args["order"] = q.Order
	}
	if q.Limit > 0 {
		args["limit"] = q.Limit
	}
	if q.Offset > 0 {
		args["offset"] = q.Offset
	}
	var records []Record
	err := c.Call(ctx, Call{Model: q.Model, Method: "search_read", Args: args, Context: archived(q.Archived)}, &records)
	return records, err
}

func archived(too bool) map[string]any {
	if !too {
		return nil
	}
	return map[string]any{"active_test": false}
}

// Read reads a record, archived ones too; false where it is gone.
func (c *Client) Read(ctx context.Context, model string, id int64, fields ...string) (Record, bool, error) {
	records, err := c.Search(ctx, Query{Model: model, Domain: Domain{Term("id", "=", id)}, Fields: fields, Limit: 1, Archived: true})
	if err != nil || len(records) == 0 {
		return nil, false, err
	}
	return records[0], true, nil
}

// Create makes a record and gives its id. Odoo goes on with it when the caller
// has given up: after an error that is [Unanswered] the record may be there.
// [Client.Load] makes records that may not be there twice.
func (c *Client) Create(ctx context.Context, model string, values Values) (int64, error) {
	op := model + "/create"
	if err := values.check(op); err != nil {
		return 0, err
	}
	var answer json.RawMessage
	err := c.Call(ctx, Call{Model: model, Method: "create", Args: map[string]any{"vals_list": []any{values.written()}}}, &answer)
	if err != nil {
		return 0, err
	}
	return oneID(op, answer)
}

// oneID reads the id that a call gave: in a list, or bare as some methods of 14 do.
func oneID(op string, answer json.RawMessage) (int64, error) {
	var id int64
	if json.Unmarshal(answer, &id) == nil && id > 0 {
		return id, nil
	}
	var ids []int64
	if json.Unmarshal(answer, &ids) == nil && len(ids) == 1 && ids[0] > 0 {
		return ids[0], nil
	}
	return 0, &Error{Op: op, Kind: NotOdoo, Err: errors.New("it gave no id")}
}

// errNoIDs refuses what Odoo answers with "true" while it changes nothing.
var errNoIDs = errors.New("a call on records without the ids of records")

// Write changes records. A name of blanks, which Odoo takes, is refused.
func (c *Client) Write(ctx context.Context, model string, values Values, ids ...int64) error {
	op := model + "/write"
	if len(ids) == 0 || slices.Min(ids) < 1 {
		return &Error{Op: op, Kind: Refused, Err: errNoIDs}
	}
	if err := values.check(op); err != nil {
		return err
	}
	return c.Call(ctx, Call{Model: model, Method: "write", IDs: ids, Args: map[string]any{"vals": values.written()}}, nil)
}

// Text gives a field as text; empty for one that is empty, which Odoo calls false.
func (r Record) Text(field string) string {
	var text string
	_ = json.Unmarshal(r[field], &text)
	return text
}

// Number gives a field as a whole number; 0 for one that is empty.
func (r Record) Number(field string) int64 {
	var number int64
	_ = json.Unmarshal(r[field], &number)
	return number
}

// Truth gives a field that is true or false.
func (r Record) Truth(field string) bool {
	var truth bool
	_ = json.Unmarshal(r[field], &truth)
	return truth
}

// Time gives a field that is a time; false for one that is empty. Odoo sends
// whole seconds.
func (r Record) Time(field string) (time.Time, bool) {
	at, err := time.Parse(stampLayout, r.Text(field))
	return at, err == nil
}

// Link gives the id and the name of the record that a field points to; 0 where it
// points to none.
func (r Record) Link(field string) (id int64, name string) {
	var pair []json.RawMessage
	if json.Unmarshal(r[field], &pair) != nil || len(pair) == 0 {
		return 0, ""
	}
	_ = json.Unmarshal(pair[0], &id)
	if len(pair) > 1 {
		_ = json.Unmarshal(pair[1], &name)
	}
	return id, name
}

// Links gives the ids of the records that a field points to.
func (r Record) Links(field string) []int64 {
	var ids []int64
	_ = json.Unmarshal(r[field], &ids)
	return ids
}
