package odoo

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Values are the fields of a record that is written: texts, whole numbers, truths,
// times, an [ID] or [IDs]; nil empties a field. A field that is left out keeps
// Odoo's default, where a nil or an empty text would not: a priority of "" is none.
type Values map[string]any

// ID points to a record; 0 to none.
type ID int64

// MarshalJSON writes the id as Odoo wants it: false for none.
func (id ID) MarshalJSON() ([]byte, error) {
	if id == 0 {
		return []byte("false"), nil
	}
	return strconv.AppendInt(nil, int64(id), 10), nil
}

// IDs point to records and take the place of those that a field pointed to before.
type IDs []int64

// MarshalJSON writes the ids as Odoo wants them: as the command 6, "replace".
func (ids IDs) MarshalJSON() ([]byte, error) {
	return []byte("[[6,0,[" + joined(ids) + "]]]"), nil
}

// check refuses a name of blanks. Odoo takes it, and nobody finds the record again.
func (v Values) check(op string) error {
	if name, ok := v["name"].(string); ok && strings.TrimSpace(name) == "" {
		return &Error{Op: op, Kind: Validation, Field: "name", Detail: "the name is empty"}
	}
	return nil
}

// written are the values as create and write take them.
func (v Values) written() map[string]any {
	written := make(map[string]any, len(v))
	for field, value := range v {
		switch value := value.(type) {
		case nil:
			written[field] = false
		case string:
			written[field] = clean(value)
		case time.Time:
			written[field] = Stamp(value)
		default:
			written[field] = value
		}
	}
	return written
}

// row gives the values as load takes them: the names of the columns, where "/.id"
// says that ids of the database follow, and a text for each. Seen on 19: a number
// in the place of a text is an AttributeError for many2many.
func (v Values) row() (fields []string, row []any) {
	for field := range v {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	for i, field := range fields {
		var text string
		switch value := v[field].(type) {
		case nil:
		case string:
			text = clean(value)
		case bool:
			text = "0"
			if value {
				text = "1"
			}
		case time.Time:
			text = Stamp(value)
		case int:
			text = strconv.Itoa(value)
		case int64:
			text = strconv.FormatInt(value, 10)
		case ID:
			fields[i] += "/.id"
			if value != 0 {
				text = strconv.FormatInt(int64(value), 10)
			}
		case IDs:
			fields[i] += "/.id"
			text = joined(value)
		}
		row = append(row, text)
	}
	return fields, row
}

func joined(ids IDs) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ",")
}

// clean takes out the one character that Postgres cannot store: Odoo answers a
// name that holds it with an error that names nothing.
func clean(text string) string { return strings.ReplaceAll(text, "\x00", "") }

// stampLayout is how Odoo writes times: UTC without saying so.
const stampLayout = "2006-01-02 15:04:05"

// Stamp writes a time as Odoo does.
func Stamp(at time.Time) string { return at.UTC().Format(stampLayout) }
