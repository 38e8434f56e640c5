package bot

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/ticket"
)

// values are the data of a button and what was typed into its card. They come
// from a client and may be anything: a value of a wrong type reads as empty.
type values map[string]json.RawMessage

func decodeValues(data json.RawMessage) values {
	var v values
	if json.Unmarshal(data, &v) != nil || v == nil {
		return values{}
	}
	return v
}

// text gives a value as text: a string as it is, a number or a truth value as
// it is written.
func (v values) text(name string) string {
	raw := v[name]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	switch written := strings.TrimSpace(string(raw)); {
	case written == "", written == "null", written[0] == '{', written[0] == '[':
		return ""
	default:
		return written
	}
}

// number gives a value as a whole number; 0 where it is none.
func (v values) number(name string) int64 {
	n, err := strconv.ParseInt(v.text(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// once gives the key of an intake form. It is ours, so that one too long to be
// ours is none.
func (v values) once() string {
	key := v.text("once")
	if len(key) > 400 {
		return ""
	}
	return key
}

// set gives a value another text.
func (v values) set(name, text string) { v[name] = json.RawMessage(strconv.Quote(text)) }

// truth tells whether a toggle is on.
func (v values) truth(name string) bool { return v.text(name) == "true" }

// list gives the values of a choice of several, which come with commas between.
func (v values) list(name string) []string {
	var list []string
	for one := range strings.SplitSeq(v.text(name), ",") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// ids gives the values of a choice of several that are ids.
func (v values) ids(name string) []int64 {
	var ids []int64
	for _, one := range v.list(name) {
		if id, err := strconv.ParseInt(one, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// ticket gives the ticket that the values name; number 0 where they name none.
func (v values) ticket(tenant string) ticket.ID {
	number, _ := ticket.ParseNumber(v.text("ticket"))
	return ticket.ID{Tenant: tenant, Number: number}
}

// isOf tells whether the card is the actor's, or everybody's.
func (v values) isOf(actor ticket.Actor) bool {
	whose := v.text("whose")
	return whose == "" || whose == actor.ID
}

// press gives the click that the values stand for.
func (v values) press(tenant, verb string, by ticket.Person) ticket.Press {
	press := ticket.Press{ID: v.ticket(tenant), Version: v.number("version")}
	if press.Version <= 0 {
		// A button without a version is older than any; 0 would mean the
		// ticket as it is now.
		press.Version = -1
	}
	if v.text("once") != "" {
		press.Key = v.digest(verb, by.ID)
	}
	return press
}

// digest gives the key of a click: the same for the same button with the same
// inputs, pressed by the same person. Two people who press one button press it
// for themselves, and who types something else means something else.
func (v values) digest(verb, by string) string {
	// The values came from JSON and go back into it, sorted by name.
	data, err := json.Marshal(v)
	if err != nil {
		return "" // a click without a key is held back by its version alone
	}
	sum := sha256.Sum256(slices.Concat([]byte(verb+"\x00"+by+"\x00"), data))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
