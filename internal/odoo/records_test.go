package odoo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
	"handrail/internal/ticket"
)

// office is an Odoo with one kind of record, as the suite of [odoo.Records] sees it:
// the fake, or the rig, which has the same people.
type office struct {
	kind     odoo.Kind
	settings odoo.Settings
	model    string
	// config is that of a user.
	config func(u odootest.User) odoo.Config
	keys   *atomic.Int64
	run    int64
}

func (o office) client(t *testing.T, u odootest.User) *odoo.Client {
	t.Helper()
	client, err := odoo.New(o.config(u))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (o office) records(t *testing.T) *odoo.Records {
	t.Helper()
	return odoo.NewRecords(o.client(t, odootest.Bot()), o.settings)
}

// key is one that no other ticket has.
func (o office) key() string { return fmt.Sprintf("%s-%d-%d", o.kind, o.run, o.keys.Add(1)) }

// put makes the record of a ticket.
func (o office) put(t *testing.T, r *odoo.Records, values ticket.RecordValues) ticket.RecordRef {
	t.Helper()
	if values.Title == nil {
		values.Title = new("VPN is down")
	}
	ref, err := r.Put(t.Context(), o.key(), values)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// read reads a record as an administrator sees it.
func (o office) read(t *testing.T, model string, id int64, fields ...string) odoo.Record {
	t.Helper()
	record, ok, err := o.client(t, odootest.Admin()).Read(t.Context(), model, id, fields...)
	if err != nil || !ok {
		t.Fatalf("%s %d: %t, %v", model, id, ok, err)
	}
	return record
}

// write changes a record as somebody in Odoo does.
func (o office) write(t *testing.T, id int64, values odoo.Values) {
	t.Helper()
	if err := o.client(t, odootest.Anna()).Write(t.Context(), o.model, values, id); err != nil {
		t.Fatal(err)
	}
}

// say writes a message as a contact does, by mail or in the portal.
func (o office) say(t *testing.T, id, author int64, html string, public bool, files ...int64) {
	t.Helper()
	subtype := "mail.mt_note"
	if public {
		subtype = "mail.mt_comment"
	}
	args := map[string]any{"body": html, "message_type": "comment", "subtype_xmlid": subtype, "author_id": author, "attachment_ids": files}
	if v, err := o.client(t, odootest.Bot()).Version(t.Context()); err != nil || v.Major >= 17 {
		args["body_is_html"] = true
	}
	err := o.client(t, odootest.Anna()).Call(t.Context(), odoo.Call{Model: o.model, Method: "message_post", IDs: []int64{id}, Args: args}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// since gives the messages after an id that are on a record.
func since(t *testing.T, r *odoo.Records, after int64, ref ticket.RecordRef) []ticket.RecordMessage {
	t.Helper()
	var all []ticket.RecordMessage
	for {
		page, err := r.Messages(t.Context(), after, 200)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return all
		}
		for _, m := range page {
			if m.Number <= after {
				t.Fatalf("message %d came after %d", m.Number, after)
			}
			if after = m.Number; m.Record.Number == ref.Number {
				all = append(all, m)
			}
		}
	}
}

// newest gives the newest message, so that a test reads only what comes after it.
func newest(t *testing.T, r *odoo.Records) ticket.RecordMark {
	t.Helper()
	mark, err := r.Newest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

// offices are the kinds of records in the versions that differ.
func offices(t *testing.T) map[string]office {
	t.Helper()
	all := make(map[string]office)
	for kind, setup := range map[odoo.Kind]odootest.Setup{
		odoo.Helpdesk: {Helpdesk: odootest.Enterprise}, odoo.Community: {Helpdesk: odootest.Community}, odoo.Project: {},
	} {
		for _, version := range []int{14, 18, 19} {
			setup.Version = version
			all[fmt.Sprintf("%s on %d", kind, version)] = fake(t, kind, odootest.New(t, setup))
		}
	}
	return all
}

// fake is an office in the fake.
func fake(t *testing.T, kind odoo.Kind, server *odootest.Server) office {
	t.Helper()
	o := office{kind: kind, model: "helpdesk.ticket", keys: new(atomic.Int64), run: 1, config: func(u odootest.User) odoo.Config {
		return odoo.Config{URL: server.URL, Database: odootest.Database, Key: u.Key(), Login: u.Login(), HTTP: &http.Client{Timeout: 10 * time.Second}}
	}}
	if kind == odoo.Project {
		o.model = "project.task"
	}
	return o
}

func TestTicketsAreKeptInEveryKindOfOdoo(t *testing.T) {
	t.Parallel()
	for name, o := range offices(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keepTickets(t, o)
		})
	}
}

// keepTickets is the suite.
func keepTickets(t *testing.T, o office) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, office){
		"a ticket has one record, whoever repeats it":                   putsOnce,
		"a record says what the ticket says":                            saysWhatTheTicketSays,
		"a record is changed, and what is not named stays":              changesWhatIsNamed,
		"a step has a stage, and a stage stands for steps":              mapsSteps,
		"a class has a priority and a tag, and people's tags stay":      mapsClasses,
		"an owner without a user is told of":                            findsOwners,
		"a customer is found by mail or name, else in the text":         findsCustomers,
		"a text for the customer reaches them, from who wrote it":       postsToTheCustomer,
		"a note is inside, signed where its author has no user":         postsNotes,
		"a file hangs on the record once, and goes with a message":      attachesFiles,
		"what the customer writes is read, and ours is known":           readsMessages,
		"a customer shows the files of their own ticket only":           showsOwnImagesOnly,
		"pages of changes lose none and repeat none":                    pagesChanges,
		"archived records change, too, and those of other teams do not": leavesOtherTeamsOut,
		"a record that was deleted is gone":                             tellsOfTheGone,
		"a record is found by what people call it":                      findsByLabel,
		"records are counted by Odoo as they are read":                  countsRecords,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, o)
		})
	}
}

func putsOnce(t *testing.T, o office) {
	r, key := o.records(t), o.key()
	refs := make([]ticket.RecordRef, 5)
	var group sync.WaitGroup
	for i := range refs {
		group.Go(func() {
			for {
				ref, err := r.Put(t.Context(), key, ticket.RecordValues{Title: new(fmt.Sprintf("Try %d", i))})
				if failed, ok := errors.AsType[*ticket.RecordError](err); ok && failed.Why == ticket.RecordBusy {
					continue // two that meet: one has to come again
				}
				if err != nil {
					t.Error(err)
				}
				refs[i] = ref
				return
			}
		})
	}
	group.Wait()
	for _, ref := range refs {
		if ref != refs[0] || ref.Model != o.model || ref.Number == 0 || ref.Label == "" || !strings.Contains(ref.URL, "/mail/view?") {
			t.Errorf("got %+v and %+v", ref, refs[0])
		}
	}
	state, err := r.Record(t.Context(), refs[0])
	if err != nil || state.Key != key {
		t.Errorf("the record is of the ticket %q, want %q: %v", state.Key, key, err)
	}
}

func saysWhatTheTicketSays(t *testing.T, o office) {
	r := o.records(t)
	before := time.Now().Add(-time.Minute)
	ref := o.put(t, r, ticket.RecordValues{
		Title: new("Invoices <b>"), Details: new("Nobody can <script>print</script> & send.\n\n  at line 1\n    at line 2"),
		Customer: &ticket.RecordPerson{Mail: "Carla@Customer.example"}, Owner: &ticket.RecordPerson{Mail: "ANNA@rig.example"},
		Class: new(ticket.Expedite), Standing: &ticket.Standing{Step: ticket.Diagnosis, State: ticket.Open},
	})
	got, err := r.Record(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if got.CreatedAt.Before(before) || got.WrittenAt.Before(before) || got.CreatedBy.Number != odootest.Bot().ID() || got.WrittenBy.Number != odootest.Bot().ID() {
		t.Errorf("made at %s by %+v, written at %s by %+v", got.CreatedAt, got.CreatedBy, got.WrittenAt, got.WrittenBy)
	}
	want := ticket.RecordState{
		RecordRef: ref, Key: got.Key, Title: "Invoices <b>", Details: "Nobody can <script>print</script> & send.\n\n  at line 1\n    at line 2",
		Customer: ticket.RecordPerson{Number: odootest.Carla().Partner(), Name: "Carla Customer", Mail: "carla@customer.example"},
		Owner:    ticket.RecordPerson{Number: odootest.Anna().ID(), Name: "Anna Engineer", Mail: "anna@rig.example"},
		Class:    ticket.Expedite, Stage: "In Progress",
		Steps:     ticket.Steps()[1:],
		CreatedAt: got.CreatedAt, WrittenAt: got.WrittenAt, CreatedBy: got.CreatedBy, WrittenBy: got.WrittenBy,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the record (-want +got):\n%s", diff)
	}
}

func changesWhatIsNamed(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{
		Details: new("First."), Customer: &ticket.RecordPerson{Mail: "carla@customer.example"}, Owner: &ticket.RecordPerson{Mail: "anna@rig.example"},
		Class: new(ticket.Priority),
	})
	was, err := r.Record(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Update(t.Context(), ref, ticket.RecordValues{Title: new("Another")})
	if err != nil {
		t.Fatal(err)
	}
	want := was
	want.Title, want.WrittenAt = "Another", got.WrittenAt
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("only the title changes (-want +got):\n%s", diff)
	}
	got, err = r.Update(t.Context(), ref, ticket.RecordValues{Details: new("Second."), Owner: &ticket.RecordPerson{}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Details != "Second." || got.Owner != (ticket.RecordPerson{}) || got.Customer != was.Customer || len(got.Notes) > 0 {
		t.Errorf("got %+v", got)
	}
}

func mapsSteps(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{Standing: &ticket.Standing{Step: ticket.Reception, State: ticket.Open}})
	stands := func(want string, steps []ticket.Step, closed bool, got ticket.RecordState, err error) {
		t.Helper()
		if err != nil || got.Stage != want || got.Closed != closed || !cmp.Equal(steps, got.Steps) {
			t.Errorf("want %s %v, closed %t; got %s %v, closed %t, %v", want, steps, closed, got.Stage, got.Steps, got.Closed, err)
		}
	}
	to := func(step ticket.Step, state ticket.State) (ticket.RecordState, error) {
		return r.Update(t.Context(), ref, ticket.RecordValues{Standing: &ticket.Standing{Step: step, State: state}})
	}
	work := ticket.Steps()[1:]
	got, err := r.Record(t.Context(), ref)
	stands("New", []ticket.Step{ticket.Reception}, false, got, err)
	got, err = to(ticket.Resolution, ticket.Open)
	stands("In Progress", work, false, got, err)
	got, err = to(ticket.TrendAnalysis, ticket.Closed)
	stands("Solved", nil, true, got, err)
	got, err = to(ticket.Diagnosis, ticket.Open)
	stands("In Progress", work, false, got, err)
	hold, _ := o.client(t, odootest.Admin()).Search(t.Context(), odoo.Query{
		Model: stageModel(o.kind), Fields: []string{"name"}, Domain: odoo.Domain{odoo.Term("name", "=", "On Hold")}, Limit: 1,
	})
	if len(hold) == 1 {
		o.write(t, ref.Number, odoo.Values{"stage_id": odoo.ID(hold[0].Number("id"))})
		got, err = r.Record(t.Context(), ref)
		stands("On Hold", nil, false, got, err)
	}
}

func stageModel(kind odoo.Kind) string {
	return map[odoo.Kind]string{odoo.Helpdesk: "helpdesk.stage", odoo.Community: "helpdesk.ticket.stage", odoo.Project: "project.task.type"}[kind]
}

func mapsClasses(t *testing.T, o office) {
	tags := map[odoo.Kind]string{odoo.Helpdesk: "helpdesk.tag", odoo.Community: "helpdesk.ticket.tag", odoo.Project: "project.tags"}[o.kind]
	vpn, err := o.client(t, odootest.Admin()).Load(t.Context(), tags, "handrail.test-tag-"+string(o.kind), odoo.Values{"name": "people's own of " + string(o.kind)})
	if err != nil {
		t.Fatal(err)
	}
	for class, name := range map[string]string{"expedite": "Expedite", "fixed": "Fixed deadline", "priority": "Priority", "standard": "Standard"} {
		id := "handrail.tag-" + strings.ReplaceAll(tags, ".", "-") + "-" + class // the bot may not make tags of tasks
		if _, err := o.client(t, odootest.Admin()).Load(t.Context(), tags, id, odoo.Values{"name": name}); err != nil {
			t.Fatal(err)
		}
	}
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{Class: new(ticket.Fixed)})
	o.write(t, ref.Number, odoo.Values{"tag_ids": [][]any{{4, vpn}}})
	for _, class := range ticket.Classes() {
		got, err := r.Update(t.Context(), ref, ticket.RecordValues{Class: new(class)})
		if err != nil {
			t.Fatal(err)
		}
		has := o.read(t, o.model, ref.Number, "tag_ids").Links("tag_ids")
		if len(got.Notes) > 0 || len(has) != 2 || has[0] != vpn && has[1] != vpn {
			t.Errorf("%s: tags %v, notes %v", class, has, got.Notes)
		}
		if got.Class != class {
			t.Errorf("%s is read as %s", class, got.Class)
		}
	}
}

func findsOwners(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{Owner: &ticket.RecordPerson{Name: "Anna", Mail: "anna@rig.example"}})
	for _, who := range []ticket.RecordPerson{
		{Name: "Zoe", Mail: "zoe@elsewhere.example"}, {Name: "Carla", Mail: "carla@customer.example"}, // a user of the portal owns nothing
		{Name: "Anyone", Mail: "%@rig.example"}, {Name: "No mail"},
	} {
		got, err := r.Update(t.Context(), ref, ticket.RecordValues{Title: new("Owned by " + who.Name), Owner: &who})
		if err != nil || got.Title != "Owned by "+who.Name || got.Owner.Number != 0 || !cmp.Equal(got.Notes, []ticket.RecordNote{ticket.RecordOwnerUnknown}) {
			t.Errorf("%s: %+v, %v", who.Name, got, err)
		}
	}
	got, err := r.Update(t.Context(), ref, ticket.RecordValues{Owner: &ticket.RecordPerson{Number: odootest.Ben().ID()}})
	if err != nil || got.Owner.Mail != "ben@rig.example" || len(got.Notes) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func findsCustomers(t *testing.T, o office) {
	r := o.records(t)
	for name, who := range map[string]ticket.RecordPerson{
		"Carla Customer": {Name: "Carla <carla@customer.example>"},
		"Customer Ltd":   {Name: "customer ltd"},
	} {
		ref := o.put(t, r, ticket.RecordValues{Customer: &who, Details: new("Help")})
		if got, err := r.Record(t.Context(), ref); err != nil || got.Customer.Name != name || got.Details != "Help" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	ref := o.put(t, r, ticket.RecordValues{Customer: &ticket.RecordPerson{Name: "Stranger & <Sons>"}, Details: new("Help")})
	got, err := r.Record(t.Context(), ref)
	if err != nil || got.Customer.Number != 0 || got.Details != "Help" {
		t.Errorf("%+v, %v", got, err)
	}
	if text := o.read(t, o.model, ref.Number, "description").Text("description"); !strings.Contains(text, "Stranger &amp; &lt;Sons&gt;") {
		t.Errorf("the customer's name is in the text: %s", text)
	}
	got, err = r.Update(t.Context(), ref, ticket.RecordValues{Customer: &ticket.RecordPerson{Name: "Another"}})
	if err != nil || got.Details != "Help" || !cmp.Equal(got.Notes, []ticket.RecordNote{ticket.RecordCustomerUnknown}) {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = r.Update(t.Context(), ref, ticket.RecordValues{Customer: &ticket.RecordPerson{Name: "Customer Ltd"}})
	text := o.read(t, o.model, ref.Number, "description").Text("description")
	if err != nil || got.Customer.Name != "Customer Ltd" || got.Details != "Help" || len(got.Notes) > 0 || strings.Contains(text, "Another") {
		t.Errorf("%+v, %v, %s", got, err, text)
	}
}

func postsToTheCustomer(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{Customer: &ticket.RecordPerson{Mail: "carla@customer.example"}})
	mark := newest(t, r)
	post := ticket.RecordPost{
		Key: o.key(), Customer: true, Text: "Dear Carla,\n\n<b>we</b> are at it.\nAnna", From: ticket.RecordPerson{Name: "Anna", Mail: "anna@rig.example"},
	}
	first, err := r.Post(t.Context(), ref, post)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := r.Post(t.Context(), ref, post); err != nil || second != first {
		t.Errorf("posted again it is %d, want %d: %v", second, first, err)
	}
	got := since(t, r, mark.Message, ref)
	if len(got) != 1 {
		t.Fatalf("got %d messages: %+v", len(got), got)
	}
	m := got[0]
	if m.Number != first || m.Key != post.Key || !m.Customer || m.FromCustomer || m.Text != post.Text || m.From.Mail != "anna@rig.example" || m.At.IsZero() {
		t.Errorf("got %+v", m)
	}
	if to := o.read(t, "mail.message", first, "partner_ids").Links("partner_ids"); !cmp.Equal(to, []int64{odootest.Carla().Partner()}) {
		t.Errorf("it goes to %v", to)
	}
}

func postsNotes(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{})
	mark := newest(t, r)
	for _, post := range []ticket.RecordPost{
		{Key: o.key(), Text: "Restarted the gateway.", From: ticket.RecordPerson{Name: "Zoe", Mail: "zoe@elsewhere.example"}},
		{Key: o.key(), Text: "Done by Handrail."},
		{Key: o.key(), Text: "It runs again.\n\nKind regards\nZoe", From: ticket.RecordPerson{Name: "Zoe"}},
		{Key: o.key(), Text: "Zoe, 10:42: took the ticket", From: ticket.RecordPerson{Name: "Zoe"}},
	} {
		if _, err := r.Post(t.Context(), ref, post); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Post(t.Context(), ref, post); err != nil {
			t.Fatal(err)
		}
	}
	got := since(t, r, mark.Message, ref)
	if len(got) != 4 || got[0].Customer || got[1].Customer {
		t.Fatalf("got %+v", got)
	}
	if strings.Contains(got[2].Text+got[3].Text, "— Zoe") {
		t.Errorf("what names its author is signed: %+v", got[2:])
	}
	if got[0].Text != "Restarted the gateway.\n\n— Zoe" || got[0].From.Number != odootest.Bot().Partner() || got[1].Text != "Done by Handrail." {
		t.Errorf("got %+v", got)
	}
}

func attachesFiles(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{})
	mark := newest(t, r)
	content := bytes.Repeat([]byte{0, 1, 2, 250}, 1000)
	file := ticket.RecordFile{Name: "screen.bin", Type: "application/octet-stream", Size: int64(len(content)), Content: func(_ context.Context, to io.Writer) error {
		for part := content; len(part) > 0; part = part[min(len(part), 999):] {
			if _, err := to.Write(part[:min(len(part), 999)]); err != nil {
				return err
			}
		}
		return nil
	}}
	key := o.key()
	id, err := r.Attach(t.Context(), ref, key, file)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.Attach(t.Context(), ref, key, file); err != nil || again != id {
		t.Errorf("attached again it is %d, want %d: %v", again, id, err)
	}
	if _, err := r.Post(t.Context(), ref, ticket.RecordPost{Key: o.key(), Text: "See the file.", Files: []int64{id}}); err != nil {
		t.Fatal(err)
	}
	got := since(t, r, mark.Message, ref)
	if len(got) != 1 || len(got[0].Files) != 1 || got[0].Files[0] != (ticket.RecordedFile{Number: id, Name: "screen.bin", Type: "application/octet-stream", Size: 4000}) {
		t.Fatalf("got %+v", got)
	}
	var read bytes.Buffer
	if err := r.Content(t.Context(), id, &read); err != nil || !bytes.Equal(read.Bytes(), content) {
		t.Errorf("read %d bytes: %v", read.Len(), err)
	}
}

func showsOwnImagesOnly(t *testing.T, o office) {
	r := o.records(t)
	ref, other := o.put(t, r, ticket.RecordValues{}), o.put(t, r, ticket.RecordValues{})
	var ids []int64
	for _, on := range []ticket.RecordRef{ref, other} {
		id, err := r.Attach(t.Context(), on, o.key(), ticket.RecordFile{
			Name: "screen.bin", Content: func(_ context.Context, to io.Writer) error { _, err := to.Write([]byte("x")); return err },
		})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	html := fmt.Sprintf(`<p>Look <img src="/web/image/%d"> <img src="/web/image/%d"></p>`, ids[0], ids[1])
	mark := newest(t, r)
	o.say(t, ref.Number, odootest.Carla().Partner(), html, true)
	o.say(t, ref.Number, odootest.Anna().Partner(), html, true)
	got := since(t, r, mark.Message, ref)
	if len(got) != 2 || len(got[0].Files) != 1 || got[0].Files[0].Number != ids[0] || len(got[1].Files) != 2 {
		t.Errorf("a customer who shows a file of another ticket, and somebody who works here: %+v", got)
	}
}

func readsMessages(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{Customer: &ticket.RecordPerson{Mail: "carla@customer.example"}})
	mark := newest(t, r)
	o.say(t, ref.Number, odootest.Carla().Partner(), `<div>It works <b>again</b>.</div><div class="gmail_quote">On Monday Anna wrote: old</div>`, true)
	o.say(t, ref.Number, odootest.Anna().Partner(), "<p>Good.</p>", true)
	o.say(t, ref.Number, odootest.Anna().Partner(), "<p>Inside.</p>", false)
	got := since(t, r, mark.Message, ref)
	type short struct {
		Text, Mail             string
		Customer, FromCustomer bool
	}
	var all []short
	for _, m := range got {
		all = append(all, short{m.Text, m.From.Mail, m.Customer, m.FromCustomer})
		if m.Key != "" || m.Record.Model != o.model || m.Record.Label != ref.Label {
			t.Errorf("got %+v", m)
		}
	}
	want := []short{
		{"It works again.", "carla@customer.example", true, true}, {"Good.", "anna@rig.example", true, false},
		{"Inside.", "anna@rig.example", false, false},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	page, err := r.Messages(t.Context(), mark.Message, 1)
	if err != nil || len(page) != 1 {
		t.Errorf("a page of one has %d: %v", len(page), err)
	}
}

func pagesChanges(t *testing.T, o office) {
	r := o.records(t)
	start := time.Now().Add(-2 * time.Second)
	mine := make(map[int64]int)
	for range 7 {
		mine[o.put(t, r, ticket.RecordValues{}).Number] = 0
	}
	for number := range mine { // in another order
		o.write(t, number, odoo.Values{"name": "Changed"})
	}
	at, after := start, int64(0)
	for {
		page, err := r.Changed(t.Context(), at, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, state := range page {
			if state.WrittenAt.Before(at.Truncate(time.Second)) || state.WrittenAt.Equal(at) && state.Number <= after {
				t.Errorf("%d of %s came after %d of %s", state.Number, state.WrittenAt, after, at)
			}
			at, after = state.WrittenAt, state.Number
			if _, ok := mine[state.Number]; ok {
				mine[state.Number]++
			}
		}
	}
	for number, times := range mine {
		if times != 1 {
			t.Errorf("%d came %d times", number, times)
		}
	}
}

func leavesOtherTeamsOut(t *testing.T, o office) {
	r := o.records(t)
	archived, moved := o.put(t, r, ticket.RecordValues{}), o.put(t, r, ticket.RecordValues{})
	admin := o.client(t, odootest.Admin())
	if err := admin.Write(t.Context(), o.model, odoo.Values{"active": false}, archived.Number); err != nil {
		t.Fatal(err)
	}
	desk, deskModel := "team_id", map[odoo.Kind]string{odoo.Helpdesk: "helpdesk.team", odoo.Community: "helpdesk.ticket.team", odoo.Project: "project.project"}[o.kind]
	if o.kind == odoo.Project {
		desk = "project_id"
	}
	other, err := admin.Load(t.Context(), deskModel, "handrail.test-other-"+string(o.kind), odoo.Values{"name": "Handrail's tests", "active": false}) // so that it is nobody's choice
	if err != nil {
		t.Fatal(err)
	}
	values := odoo.Values{"name": "Not ours", desk: odoo.ID(other)}
	if o.kind == odoo.Community {
		values["description"] = "<p>-</p>"
	}
	foreign, err := admin.Create(t.Context(), o.model, values)
	if err != nil {
		t.Fatal(err)
	}
	mark := newest(t, r)
	o.say(t, archived.Number, odootest.Anna().Partner(), "<p>Still heard.</p>", true)
	if err := admin.Call(t.Context(), odoo.Call{Model: o.model, Method: "message_post", IDs: []int64{foreign}, Args: map[string]any{"body": "Not heard.", "message_type": "comment"}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := admin.Write(t.Context(), o.model, odoo.Values{desk: odoo.ID(other)}, moved.Number); err != nil {
		t.Fatal(err)
	}
	page, err := r.Changed(t.Context(), time.Now().Add(-time.Minute), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[int64]ticket.RecordState)
	for _, state := range page {
		seen[state.Number] = state
	}
	if !seen[archived.Number].Archived || seen[moved.Number].Number == 0 || seen[foreign].Number != 0 {
		t.Errorf("archived: %+v, moved: %+v, foreign: %+v", seen[archived.Number], seen[moved.Number], seen[foreign])
	}
	messages, err := r.Messages(t.Context(), mark.Message, 200)
	if err != nil {
		t.Fatal(err)
	}
	heard := false
	for _, m := range messages {
		heard = heard || m.Text == "Still heard." && m.Record.Number == archived.Number
		if m.Record.Number == foreign {
			t.Errorf("got %+v", m)
		}
	}
	if !heard {
		t.Errorf("got %+v", messages)
	}
}

func tellsOfTheGone(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{})
	if err := o.client(t, odootest.Admin()).Call(t.Context(), odoo.Call{Model: o.model, Method: "unlink", IDs: []int64{ref.Number}}, nil); err != nil {
		t.Fatal(err)
	}
	_, record := r.Record(t.Context(), ref)
	_, update := r.Update(t.Context(), ref, ticket.RecordValues{Title: new("Gone")})
	_, post := r.Post(t.Context(), ref, ticket.RecordPost{Key: o.key(), Customer: true, Text: "Gone"})
	for name, err := range map[string]error{"record": record, "update": update, "post": post} {
		if failed, ok := errors.AsType[*ticket.RecordError](err); !ok || failed.Why != ticket.RecordGone {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func findsByLabel(t *testing.T, o office) {
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{})
	for _, label := range []string{ref.Label, " " + strings.TrimPrefix(ref.Label, "#"), strings.ToLower(ref.Label)} {
		if got, err := r.Find(t.Context(), label); err != nil || got.RecordRef != ref {
			t.Errorf("%q: %+v, %v", label, got.RecordRef, err)
		}
	}
	for _, label := range []string{"%", "99999999", "none", ""} {
		_, err := r.Find(t.Context(), label)
		if failed, ok := errors.AsType[*ticket.RecordError](err); !ok || failed.Why != ticket.RecordGone {
			t.Errorf("%q: got %v", label, err)
		}
	}
}

func countsRecords(t *testing.T, o office) {
	r := o.records(t)
	var numbers []int64
	for _, standing := range []ticket.Standing{
		{Step: ticket.Reception, State: ticket.Open}, {Step: ticket.Diagnosis, State: ticket.Open}, {Step: ticket.Diagnosis, State: ticket.Open},
		{Step: ticket.TrendAnalysis, State: ticket.Closed}, {Step: ticket.Reception, State: ticket.Open},
	} {
		numbers = append(numbers, o.put(t, r, ticket.RecordValues{Standing: &standing}).Number)
	}
	o.write(t, numbers[4], odoo.Values{"active": false})
	totals, err := r.Totals(t.Context(), numbers)
	if err != nil {
		t.Fatal(err)
	}
	states, err := r.States(t.Context(), append(numbers, 1<<30))
	if err != nil || len(states) != len(numbers) {
		t.Fatalf("%d states, %v", len(states), err)
	}
	closed, byStage := 0, map[string]int{}
	for _, state := range states {
		byStage[state.Stage]++
		if state.Closed {
			closed++
		}
		if state.Archived != (state.Number == numbers[4]) {
			t.Errorf("record %d is put away: %t", state.Number, state.Archived)
		}
	}
	counted := map[string]int{}
	for _, stage := range totals.Stages {
		counted[stage.Stage] = stage.Records
	}
	if diff := cmp.Diff(byStage, counted); diff != "" || closed != 1 || totals.Closed != closed || len(counted) < 2 {
		t.Errorf("%d are closed, Odoo counts %+v:\n%s", closed, totals, diff)
	}
}
