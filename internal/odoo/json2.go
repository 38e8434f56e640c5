package odoo

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
)

// json2 is the protocol of Odoo 19 and later: one address for each method, the
// arguments by name, the bare result.
type json2 struct {
	client *Client
	serves Version
}

func (j *json2) version() Version { return j.serves }

// user is not told by the protocol: the key alone says who calls.
func (j *json2) user() int64 { return 0 }

func (j *json2) call(ctx context.Context, call Call, result any) error {
	body := maps.Clone(call.Args)
	if body == nil {
		body = map[string]any{}
	}
	if call.IDs != nil {
		body["ids"] = call.IDs
	}
	if len(call.Context) > 0 {
		body["context"] = call.Context
	}
	header := http.Header{"Authorization": {"bearer " + j.client.cfg.Key}, "X-Odoo-Database": {j.client.cfg.Database}}
	status, answer, err := j.client.post(ctx, call.op(), "/json/2/"+call.Model+"/"+call.Method, header, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		var f fault
		_ = json.Unmarshal(answer, &f) // an answer without a name is decided by its status
		return j.client.failure(call.op(), status, f)
	}
	return decode(call.op(), answer, result)
}

func decode(op string, answer []byte, result any) error {
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(answer, result); err != nil {
		// A value of another kind than asked for: err names kinds and never values.
		return &Error{Op: op, Kind: NotOdoo, Err: err}
	}
	return nil
}
