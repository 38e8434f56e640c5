package odoo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
)

func tracks(t *testing.T, w world) {
	id, anna := w.ticket(t), w.client(t, odootest.Anna())
	for _, values := range []odoo.Values{
		{"stage_id": odoo.ID(2)}, {"user_id": odoo.ID(7)}, {"priority": "3", "name": "N"}, {"description": "<p>z</p>"}, {"user_id": odoo.ID(8), "stage_id": odoo.ID(4)},
	} {
		if err := anna.Write(t.Context(), "helpdesk.ticket", values, id); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	for _, m := range w.messages(t, "helpdesk.ticket", id) {
		author, _ := m.Link("author_id")
		_, subtype := m.Link("subtype_id")
		if m.Text("message_type") == "notification" {
			seen = append(seen, fmt.Sprintf("%d %s, internal %t, empty %t", author, subtype, m.Truth("is_internal"), m.Text("body") == ""))
		}
	}
	want := []string{
		"6 Ticket Created, internal false, empty false", "8 Stage Changed, internal false, empty true", "8 Note, internal true, empty true",
		"8 Note, internal true, empty true", "8 Stage Changed, internal false, empty true",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("%q", seen)
	}
	if r := w.read(t, "helpdesk.ticket", id, "close_date", "fold", "write_uid"); !r.Truth("fold") || r.Text("close_date") == "" {
		t.Errorf("%s", r)
	}
}

func notesOnce(t *testing.T, w world) {
	id, c := w.ticket(t), w.bot(t)
	file, err := c.Attach(t.Context(), odoo.File{Ref: w.ref(), Model: "helpdesk.ticket", Record: id, Name: "log.txt", Data: []byte("hi")})
	if err != nil {
		t.Fatal(err)
	}
	p := odoo.Post{
		Model: "helpdesk.ticket", Record: id, Ref: w.ref(), HTML: "<p>a<script>b</script> <b>c</b></p>", Author: 8, Attachments: odoo.IDs{file},
	}
	first, err := c.Post(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := c.Post(t.Context(), p); err != nil || second != first {
		t.Errorf("%d after %d, %v", second, first, err)
	}
	posted := w.posted(t, id, p.Ref)
	if len(posted) != 1 {
		t.Fatalf("%d notes", len(posted))
	}
	author, _ := posted[0].Link("author_id")
	_, subtype := posted[0].Link("subtype_id")
	if author != 8 || subtype != "Note" || posted[0].Text("body") != "<p>a <b>c</b></p>" || fmt.Sprint(posted[0].Links("attachment_ids")) != fmt.Sprint([]int64{file}) ||
		posted[0].Text("message_type") != "comment" || len(posted[0].Links("notified_partner_ids")) != 0 {
		t.Errorf("%s", posted[0])
	}
}

// posted gives the messages with a ref on a ticket.
func (w world) posted(t *testing.T, id int64, ref string) []odoo.Record {
	t.Helper()
	var found []odoo.Record
	for _, m := range w.messages(t, "helpdesk.ticket", id) {
		if have, ok := odoo.Ref(m.Text("message_id")); ok && have == ref {
			found = append(found, m)
		}
	}
	return found
}

func commentsOnce(t *testing.T, w world) {
	id, c := w.ticket(t), w.bot(t)
	p := odoo.Post{Model: "helpdesk.ticket", Record: id, Ref: w.ref(), HTML: "<p>Hello <b>Carla</b></p>", Public: true, Author: 8}
	first, err := c.Post(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	p.Tried = time.Now()
	if second, err := c.Post(t.Context(), p); err != nil || second != first {
		t.Errorf("%d after %d, %v", second, first, err)
	}
	posted := w.posted(t, id, p.Ref)
	if len(posted) != 1 {
		t.Fatalf("%d comments", len(posted))
	}
	_, subtype := posted[0].Link("subtype_id")
	if subtype != "Discussions" || posted[0].Text("body") != p.HTML || !slices.Contains(posted[0].Links("notified_partner_ids"), 11) {
		t.Errorf("%s", posted[0])
	}
	p.Ref = w.ref()
	if _, err := c.Post(t.Context(), p); odoo.KindOf(err) != odoo.Busy || failure(t, err).RetryAfter <= 0 {
		t.Errorf("posted again too early: %v", err)
	}
	p.Tried = time.Now().Add(-time.Hour)
	if _, err := c.Post(t.Context(), p); err != nil || len(w.posted(t, id, p.Ref)) != 1 {
		t.Errorf("%v", err)
	}
	note := odoo.Post{Model: "helpdesk.ticket", Record: id, Ref: w.ref(), HTML: "<p>see</p>", Recipients: odoo.IDs{9}}
	if _, err := c.Post(t.Context(), note); err != nil {
		t.Fatal(err)
	}
	if told := w.posted(t, id, note.Ref); len(told) != 1 || !slices.Equal(told[0].Links("notified_partner_ids"), []int64{9}) {
		t.Errorf("%s", told)
	}
}

func removesDoubles(t *testing.T, w world) {
	id, c, ref := w.ticket(t), w.bot(t), w.ref()
	for range 3 {
		args := map[string]any{
			"body": "<p>x</p>", "body_is_html": true, "message_id": odoo.MessageID(ref), "message_type": "comment", "subtype_xmlid": "mail.mt_comment",
		}
		if err := c.Call(t.Context(), odoo.Call{Model: "helpdesk.ticket", Method: "message_post", IDs: []int64{id}, Args: args}, nil); err != nil {
			t.Fatal(err)
		}
	}
	before := w.posted(t, id, ref)
	first, err := c.Posted(t.Context(), "helpdesk.ticket", id, ref)
	if after := w.posted(t, id, ref); err != nil || len(before) != 3 || len(after) != 1 || after[0].Number("id") != before[0].Number("id") || first != before[0].Number("id") {
		t.Errorf("%d, then %d, %v", len(before), len(after), err)
	}
}

func postsOnNothing(t *testing.T, w world) {
	for _, public := range []bool{false, true} {
		p := odoo.Post{Model: "helpdesk.ticket", Record: 999999, Ref: w.ref(), HTML: "<p>x</p>", Public: public}
		if _, err := w.bot(t).Post(t.Context(), p); odoo.KindOf(err) != odoo.Missing {
			t.Errorf("public %t: %v", public, err)
		}
		p.Record = w.ticket(t)
		if _, err := w.client(t, odootest.Low()).Post(t.Context(), p); odoo.KindOf(err) != odoo.Access {
			t.Errorf("public %t, without right: %v", public, err)
		}
	}
	p := odoo.Post{Model: "helpdesk.ticket", Record: w.ticket(t), Ref: w.ref(), HTML: "<p>x</p>", Public: true, Author: 99999}
	if _, err := w.bot(t).Post(t.Context(), p); odoo.KindOf(err) != odoo.Missing {
		t.Error(err)
	}
}

func files(t *testing.T, w world) {
	id, c := w.ticket(t), w.bot(t)
	data := []byte(strings.Repeat("a line\n", 30_000))
	f := odoo.File{Ref: w.ref(), Model: "helpdesk.ticket", Record: id, Name: "<log> \"1\".txt", Type: "text/plain", Data: data}
	first, err := c.Attach(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := c.Attach(t.Context(), f); err != nil || second != first {
		t.Errorf("%d after %d, %v", second, first, err)
	}
	back, err := c.Download(t.Context(), first)
	if err != nil || string(back.Data) != string(data) || back.Name != f.Name || back.Type != "text/plain" || back.Record != id || back.Model != f.Model {
		t.Errorf("%d bytes of %q, %q on %s %d, %v", len(back.Data), back.Name, back.Type, back.Model, back.Record, err)
	}
	page, err := c.Attach(t.Context(), odoo.File{Ref: w.ref(), Model: f.Model, Record: id, Name: "x.html", Type: "text/html", Data: []byte("<script>1</script>")})
	if err != nil {
		t.Fatal(err)
	}
	if back, err := c.Download(t.Context(), page); err != nil || back.Type != "text/plain" {
		t.Errorf("%q, %v", back.Type, err)
	}
	if _, err := c.Download(t.Context(), 999999); odoo.KindOf(err) != odoo.Missing {
		t.Error(err)
	}
	f.Ref = w.ref()
	if _, err := w.client(t, odootest.Low()).Attach(t.Context(), f); odoo.KindOf(err) != odoo.Access {
		t.Error(err)
	}
	if _, err := w.client(t, odootest.Low()).Download(t.Context(), first); err == nil {
		t.Error("a file of a ticket that the user may not see")
	}
}
