package odoo

import (
	"context"
	"encoding/json"
	"maps"
)

// nowhere is the id of no record: as high as ids go.
const nowhere = ID(1<<31 - 1)

// Try makes a record and has it taken back in the same transaction: the same load
// holds a second record whose field, a many2one among the values, points nowhere, and
// Odoo takes all of a load or nothing. Nothing stays but a gap in the numbers, and no
// mail goes. The error is what is wrong with the first. Seen on 19.
func (c *Client) Try(ctx context.Context, model string, values Values, field string) error {
	op := model + "/load"
	if err := values.check(op); err != nil {
		return err
	}
	broken := maps.Clone(values)
	broken[field] = nowhere
	fields, first := values.row()
	_, second := broken.row()
	var answer struct {
		IDs      json.RawMessage `json:"ids"`
		Messages []struct {
			complaint
			Row int `json:"record"`
		} `json:"messages"`
	}
	err := c.Call(ctx, Call{
		Model: model, Method: "load", Args: map[string]any{"fields": fields, "data": [][]any{first, second}},
		Context: map[string]any{"tz": "UTC"},
	}, &answer)
	if err != nil {
		return err
	}
	for _, one := range answer.Messages {
		if one.Row == 0 && one.Type == "error" {
			return c.refusal(ctx, model, one.complaint)
		}
	}
	var made []int64
	if json.Unmarshal(answer.IDs, &made) == nil && len(made) > 0 {
		// Another Odoo than those that were seen has kept them.
		return c.Write(ctx, model, Values{"active": false}, made...)
	}
	return nil
}
