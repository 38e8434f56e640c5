package odoo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// The names that Odoo's mail module gives to the two kinds of messages.
const (
	subtypeComment = "mail.mt_comment"
	subtypeNote    = "mail.mt_note"
)

// firstHTML is the version since which message_post takes a text for plain unless it
// is told otherwise. Those before take HTML as it is.
const firstHTML = 17

// Post is a message on a record.
type Post struct {
	Model  string
	Record int64
	// Ref is the post's own external identifier, such as handrail.T-1.note.5.
	Ref string
	// HTML is what it says. Odoo cleans it of scripts; plain text has to be escaped.
	HTML string
	// Public says that the customer sees it and gets a mail, and so do the followers;
	// else it is an internal note, and only Recipients hear of it.
	Public bool
	// Author is the contact that it comes from; 0 for the user's own.
	Author ID
	// Recipients are contacts that hear of it besides the followers.
	Recipients IDs
	// Attachments are files that hang on the record already.
	Attachments IDs
	// Tried is when the last attempt began that may have been done without an answer;
	// zero for the first attempt.
	Tried time.Time
}

// MessageID is the e-mail identifier of the post with a ref. A message with it is an
// echo of what was posted from here.
func MessageID(ref string) string { return "<" + ref + "@handrail>" }

// Ref gives the ref of the post that a message's identifier names; false where the
// message is somebody else's.
func Ref(messageID string) (string, bool) {
	ref, ok := strings.CutSuffix(strings.TrimPrefix(messageID, "<"), "@handrail>")
	return ref, ok && external.MatchString(ref)
}

// Post writes a message on a record and gives its id.
//
// A note without recipients is made with [Client.Load] as a mail.message, so that it
// is there once however often it is posted. On 19 it reads as one that message_post
// made, but for the subject and the parent message, which a note does not show.
//
// Whoever is to be notified is so by message_post alone, which knows no such thing:
// the message carries its ref as message_id, by which it is looked for before an
// attempt that is not the first. One that is not there is posted again only after
// Config.Settle, as Odoo goes on with a call whose caller has gone; until then the
// error is [Busy] and says how long to wait. What a proxy on the way repeats is
// posted, and mailed, twice: the look after the post takes the later one away, and
// so does [Client.Posted], whenever it is called.
func (c *Client) Post(ctx context.Context, p Post) (int64, error) {
	op := p.Model + "/message_post"
	switch {
	case p.Record < 1:
		return 0, &Error{Op: op, Kind: Refused, Err: errNoIDs}
	case !external.MatchString(p.Ref):
		return 0, &Error{Op: op, Kind: Refused, Err: errExternal}
	case strings.TrimSpace(p.HTML) == "" && len(p.Attachments) == 0:
		return 0, &Error{Op: op, Kind: Validation, Field: "body", Detail: "the message is empty"}
	case !p.Public && len(p.Recipients) == 0:
		return c.Load(ctx, "mail.message", p.Ref, p.note())
	}
	if !p.Tried.IsZero() {
		id, err := c.Posted(ctx, p.Model, p.Record, p.Ref)
		if err != nil || id != 0 {
			return id, err
		}
		if wait := c.cfg.Settle - c.cfg.Now().Sub(p.Tried); wait > 0 {
			return 0, &Error{Op: op, Kind: Busy, RetryAfter: wait, Err: errSettle}
		}
	}
	w, err := c.speak(ctx)
	if err != nil {
		return 0, err
	}
	var answer json.RawMessage
	if err := c.Call(ctx, Call{Model: p.Model, Method: "message_post", IDs: []int64{p.Record}, Args: p.comment(w.version())}, &answer); err != nil {
		return 0, err
	}
	id, err := oneID(op, answer)
	if err != nil {
		return 0, err
	}
	if first, err := c.Posted(ctx, p.Model, p.Record, p.Ref); err == nil {
		id = cmp.Or(first, id) // a look that fails takes nothing back
	}
	return id, nil
}

var errSettle = errors.New("an earlier attempt may still be under way")

// note are the values of an internal note.
func (p Post) note() Values {
	values := Values{
		"model": p.Model, "res_id": p.Record, "body": p.HTML, "message_type": "comment",
		"subtype_id/id": subtypeNote, "message_id": MessageID(p.Ref),
	}
	if p.Author != 0 {
		values["author_id"] = p.Author
	}
	if len(p.Attachments) > 0 {
		values["attachment_ids"] = p.Attachments
	}
	return values
}

// comment are the arguments of message_post.
func (p Post) comment(v Version) map[string]any {
	args := map[string]any{
		"body": clean(p.HTML), "message_id": MessageID(p.Ref), "message_type": "comment", "subtype_xmlid": subtypeNote,
	}
	if p.Public {
		args["subtype_xmlid"] = subtypeComment
	}
	if v.Major >= firstHTML {
		args["body_is_html"] = true
	}
	if p.Author != 0 {
		args["author_id"] = p.Author
	}
	if len(p.Recipients) > 0 {
		args["partner_ids"] = []int64(p.Recipients)
	}
	if len(p.Attachments) > 0 {
		args["attachment_ids"] = []int64(p.Attachments)
	}
	return args
}

// Posted gives the id of the post with a ref on a record, 0 where it is not there.
// Where it is there more than once, the first stays and the others are taken away.
func (c *Client) Posted(ctx context.Context, model string, record int64, ref string) (int64, error) {
	found, err := c.Search(ctx, Query{
		Model: "mail.message", Fields: []string{"id"}, Order: "id asc",
		Domain: Domain{Term("message_id", "=", MessageID(ref)), Term("model", "=", model), Term("res_id", "=", record)},
	})
	if err != nil || len(found) == 0 {
		return 0, err
	}
	if len(found) > 1 {
		later := make([]int64, 0, len(found)-1)
		for _, message := range found[1:] {
			later = append(later, message.Number("id"))
		}
		if err := c.Call(ctx, Call{Model: "mail.message", Method: "unlink", IDs: later}, nil); err != nil && KindOf(err) != Missing {
			return 0, err
		}
	}
	return found[0].Number("id"), nil
}
