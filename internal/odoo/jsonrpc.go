package odoo

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
)

// jsonrpc is the protocol of the servers before 19. The status is always 200,
// and the exception's name tells what went wrong.
type jsonrpc struct {
	client *Client
	serves Version
	number int64
}

func (j *jsonrpc) version() Version { return j.serves }

func (j *jsonrpc) user() int64 { return j.number }

// signIn finds the number of the bot's user, which every call has to name.
func (c *Client) signIn(ctx context.Context, v Version) (wire, error) {
	const op = "common.authenticate"
	if c.cfg.Login == "" {
		return nil, &Error{Op: op, Kind: Unauthorized, Detail: "Odoo " + v.Text + " needs the login of the key's user"}
	}
	var user any // a number, or false
	if err := c.rpc(ctx, op, "common", "authenticate", []any{c.cfg.Database, c.cfg.Login, c.cfg.Key, map[string]any{}}, &user); err != nil {
		return nil, err
	}
	number, ok := user.(float64)
	if !ok || number < 1 {
		return nil, &Error{Op: op, Kind: Unauthorized, Detail: "the login or the key is wrong"}
	}
	return &jsonrpc{client: c, serves: v, number: int64(number)}, nil
}

func (j *jsonrpc) call(ctx context.Context, call Call, result any) error {
	positional, named := []any{}, maps.Clone(call.Args)
	if named == nil {
		named = map[string]any{}
	}
	switch {
	case call.IDs != nil:
		positional = append(positional, call.IDs)
	case call.Method == "create":
		// Odoo looks at the first positional argument for how to answer.
		positional = append(positional, named["vals_list"])
		delete(named, "vals_list")
	}
	if len(call.Context) > 0 {
		named["context"] = call.Context
	}
	cfg := j.client.cfg
	return j.client.rpc(ctx, call.op(), "object", "execute_kw",
		[]any{cfg.Database, j.number, cfg.Key, call.Model, call.Method, positional, named}, result)
}

// rpc calls a method of one of the server's services.
func (c *Client) rpc(ctx context.Context, op, service, method string, args []any, result any) error {
	status, answer, err := c.post(ctx, op, "/jsonrpc", nil, map[string]any{
		"jsonrpc": "2.0", "method": "call", "id": 1,
		"params": map[string]any{"service": service, "method": method, "args": args},
	})
	if err != nil {
		return err
	}
	if status == http.StatusNotFound {
		return &Error{Op: op, Kind: NotOdoo, Status: status}
	}
	var envelope struct {
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Data fault `json:"data"`
		} `json:"error"`
	}
	if err := json.Unmarshal(answer, &envelope); err != nil || envelope.Result == nil && envelope.Error == nil {
		return &Error{Op: op, Kind: NotOdoo} // its words stay out: an echo would hold the key
	}
	if failed := envelope.Error; failed != nil {
		return c.failure(op, 0, failed.Data)
	}
	return decode(op, envelope.Result, result)
}
