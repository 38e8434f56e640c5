package odoo

import "encoding/json"

// Hint is what a webhook of Odoo says: something has happened to a record. Nothing of it
// is believed, as nobody signs it; the record is read.
type Hint struct {
	Model  string `json:"_model"`
	Record int64  `json:"_id"`
}

// ReadHint reads the body of a webhook, as a server action of the state "webhook" sends
// it; false for anything else.
func ReadHint(body []byte) (Hint, bool) {
	var hint Hint
	err := json.Unmarshal(body, &hint)
	return hint, err == nil && hint.Model != "" && hint.Record > 0
}
