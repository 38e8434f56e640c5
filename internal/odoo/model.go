package odoo

import (
	"context"
	"encoding/json"
)

// Field is what is known of a field of a model.
type Field struct {
	Type     string `json:"type"`
	Label    string `json:"string"`
	Required bool   `json:"required"`
	ReadOnly bool   `json:"readonly"`
	// Relation is the model that it points to.
	Relation string `json:"relation"`
	// Selection are the stored words and labels of a choice.
	Selection [][]any `json:"selection"`
}

// Fields gives the fields of a model by their names, as far as the user may see
// them; an error that is [NoModel] where the server has no such model.
func (c *Client) Fields(ctx context.Context, model string) (map[string]Field, error) {
	var fields map[string]Field
	err := c.Call(ctx, Call{Model: model, Method: "fields_get", Args: map[string]any{
		"attributes": []string{"type", "string", "required", "readonly", "relation", "selection"},
	}}, &fields)
	return fields, err
}

// May tells whether the user may do an operation ("create", "read", "write",
// "unlink") with the records of a model, the rules for single records apart.
func (c *Client) May(ctx context.Context, model, operation string) (bool, error) {
	w, err := c.speak(ctx)
	if err != nil {
		return false, err
	}
	call := Call{Model: model, Method: "has_access", IDs: []int64{}, Args: map[string]any{"operation": operation}}
	if !w.version().JSON2() { // has_access came with 18, which still has the older way
		call = Call{Model: model, Method: "check_access_rights", Args: map[string]any{"operation": operation, "raise_exception": false}}
	}
	var may bool
	err = c.Call(ctx, call, &may)
	return may, err
}

// User is the user whose key is used.
type User struct {
	ID int64
	// Partner is the contact that is the author of what the user writes.
	Partner            ID
	Name, Login, Email string
}

// Me gives the user whose key is used.
func (c *Client) Me(ctx context.Context) (User, error) {
	w, err := c.speak(ctx)
	if err != nil {
		return User{}, err
	}
	id := w.user()
	if id == 0 {
		var session struct {
			User int64 `json:"uid"`
		}
		if err := c.Call(ctx, Call{Model: "res.users", Method: "context_get"}, &session); err != nil {
			return User{}, err
		}
		id = session.User
	}
	found, ok, err := c.Read(ctx, "res.users", id, "name", "login", "email", "partner_id")
	if err != nil {
		return User{}, err
	}
	if !ok {
		return User{}, &Error{Op: "res.users/search_read", Kind: Missing}
	}
	partner, _ := found.Link("partner_id")
	return User{ID: id, Partner: ID(partner), Name: found.Text("name"), Login: found.Text("login"), Email: found.Text("email")}, nil
}

// Group is a number of records that agree in a field.
type Group struct {
	// ID and Name are those of the record that the field points to; for a field that
	// is a choice or a text only Name is set, for an empty one neither.
	ID    int64
	Name  string
	Count int
}

// Count counts the records that a domain finds by the values of a field.
func (c *Client) Count(ctx context.Context, model string, domain Domain, field string) ([]Group, error) {
	w, err := c.speak(ctx)
	if err != nil {
		return nil, err
	}
	if domain == nil {
		domain = Domain{}
	}
	call := Call{Model: model, Method: "formatted_read_group", Args: map[string]any{
		"domain": domain, "groupby": []string{field}, "aggregates": []string{"__count"},
	}}
	if !w.version().JSON2() {
		call.Method, call.Args = "read_group", map[string]any{
			"domain": domain, "groupby": []string{field}, "fields": []string{"__count"}, "lazy": false,
		}
	}
	var rows []Record
	if err := c.Call(ctx, call, &rows); err != nil {
		return nil, err
	}
	groups := make([]Group, len(rows))
	for i, row := range rows {
		groups[i].Count = int(row.Number("__count"))
		groups[i].ID, groups[i].Name = row.Link(field)
		if groups[i].ID == 0 {
			_ = json.Unmarshal(row[field], &groups[i].Name) // false stays ""
		}
	}
	return groups, nil
}
