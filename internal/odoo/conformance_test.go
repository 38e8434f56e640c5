package odoo_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
)

// world is an Odoo that the suite runs against: the fake, or the rig, which has the same ids.
type world struct {
	config func(u odootest.User) odoo.Config
	refs   *atomic.Int64
	run    int64
}

func (w world) client(t *testing.T, u odootest.User) *odoo.Client {
	t.Helper()
	client, err := odoo.New(w.config(u))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// ref is an external identifier that nobody else has.
func (w world) ref() string { return fmt.Sprintf("handrail.t%d-%d", w.run, w.refs.Add(1)) }

func (w world) bot(t *testing.T) *odoo.Client {
	t.Helper()
	return w.client(t, odootest.Bot())
}

// ticket makes a ticket of the customer.
func (w world) ticket(t *testing.T) int64 {
	t.Helper()
	id, err := w.bot(t).Load(t.Context(), "helpdesk.ticket", w.ref(), odoo.Values{"name": "VPN", "partner_id": odoo.ID(11)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w world) read(t *testing.T, model string, id int64, fields ...string) odoo.Record {
	t.Helper()
	record, ok, err := w.client(t, odootest.Admin()).Read(t.Context(), model, id, fields...)
	if err != nil || !ok {
		t.Fatalf("%s %d: %t, %v", model, id, ok, err)
	}
	return record
}

func (w world) messages(t *testing.T, model string, id int64) []odoo.Record {
	t.Helper()
	found, err := w.bot(t).Search(t.Context(), odoo.Query{
		Model: "mail.message", Domain: odoo.Domain{odoo.Term("model", "=", model), odoo.Term("res_id", "=", id)}, Order: "id asc",
		Fields: []string{"body", "message_type", "subtype_id", "author_id", "message_id", "notified_partner_ids", "attachment_ids", "is_internal", "date"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestTheFakeDoesWhatOdooDoes runs the suite that a real Odoo passes, too, on the fake.
func TestTheFakeDoesWhatOdooDoes(t *testing.T) {
	t.Parallel()
	for _, version := range []int{18, 19} {
		t.Run(fmt.Sprintf("as %d", version), func(t *testing.T) {
			t.Parallel()
			server := odootest.New(t, odootest.Setup{Version: version, Helpdesk: odootest.Enterprise, Knowledge: odootest.Enterprise})
			conform(t, world{refs: new(atomic.Int64), run: 1, config: func(u odootest.User) odoo.Config {
				return odoo.Config{
					URL: server.URL, Database: odootest.Database, Key: u.Key(), Login: u.Login(), HTTP: &http.Client{Timeout: 10 * time.Second},
				}
			}})
		})
	}
}

// conform is the suite.
func conform(t *testing.T, w world) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, world){
		"the key's user is known":                                knowsTheUser,
		"fields are described, and a model may be missing":       describes,
		"rights are told beforehand":                             tellsRights,
		"a load makes one record, whoever repeats it":            loadsOnce,
		"loads at the same time make one record":                 loadsAtOnce,
		"a load finds an archived record, and no deleted one":    loadsArchived,
		"a load reads each kind of value":                        loadsValues,
		"a load names the field that is wrong":                   refusesLoads,
		"a load without the right is refused":                    refusesLoadsWithoutRight,
		"a record is written, and what is wrong refused":         writes,
		"changes show in the thread":                             tracks,
		"a note is there once":                                   notesOnce,
		"a comment reaches the customer, once":                   commentsOnce,
		"a later double of a comment is taken away":              removesDoubles,
		"a post on a record that is gone is told":                postsOnNothing,
		"a file is there once, and comes back":                   files,
		"conditions find what they should":                       searches,
		"a cursor at a shown time loses nothing":                 seesTheSameSecond,
		"counts agree with what is there":                        counts,
		"a task has nobody unless it is told":                    makesTasks,
		"articles are written, found, and not written by anyone": writesArticles,
		"a wrong key and a wrong database are told apart":        tellsWrongKeys,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, w)
		})
	}
}

func knowsTheUser(t *testing.T, w world) {
	me, err := w.bot(t).Me(t.Context())
	if err != nil || me.ID != 5 || me.Partner != 6 || me.Login != "teamsbot@rig.example" || me.Name != "Teams Bot" {
		t.Errorf("%+v, %v", me, err)
	}
}

func describes(t *testing.T, w world) {
	fields, err := w.bot(t).Fields(t.Context(), "helpdesk.ticket")
	if err != nil {
		t.Fatal(err)
	}
	if f := fields["name"]; f.Type != "char" || !f.Required {
		t.Errorf("%+v", f)
	}
	if f := fields["stage_id"]; f.Type != "many2one" || f.Relation != "helpdesk.stage" || f.ReadOnly {
		t.Errorf("%+v", f)
	}
	if f := fields["priority"]; f.Type != "selection" || len(f.Selection) != 4 || f.Selection[3][0] != "3" {
		t.Errorf("%+v", f)
	}
	if f := fields["ticket_ref"]; !f.ReadOnly {
		t.Errorf("%+v", f)
	}
	if _, err := w.bot(t).Fields(t.Context(), "helpdesk.nothing"); odoo.KindOf(err) != odoo.NoModel {
		t.Error(err)
	}
}

func tellsRights(t *testing.T, w world) {
	for _, one := range []struct {
		user             odootest.User
		model, operation string
		want             bool
	}{
		{odootest.Bot(), "helpdesk.ticket", "create", true}, {odootest.Bot(), "helpdesk.ticket", "unlink", false},
		{odootest.Low(), "helpdesk.ticket", "read", false}, {odootest.Low(), "project.task", "read", true},
		{odootest.Low(), "project.task", "create", false}, {odootest.Bot(), "res.partner", "create", true},
		{odootest.Anna(), "res.partner", "create", false},
	} {
		may, err := w.client(t, one.user).May(t.Context(), one.model, one.operation)
		if err != nil || may != one.want {
			t.Errorf("%s may %s %s: %t, %v", one.user.Login(), one.operation, one.model, may, err)
		}
	}
}

func loadsOnce(t *testing.T, w world) {
	for model, values := range map[string]odoo.Values{
		"helpdesk.ticket": {"name": "First"}, "project.task": {"name": "First", "project_id": odoo.ID(1)},
		"res.partner": {"name": "First"}, "knowledge.article": {"name": "First"},
	} {
		ref, c := w.ref(), w.bot(t)
		first, err := c.Load(t.Context(), model, ref, values)
		if err != nil {
			t.Fatalf("%s: %v", model, err)
		}
		values["name"] = "Second"
		second, err := c.Load(t.Context(), model, ref, values)
		if err != nil || second != first {
			t.Errorf("%s: %d after %d, %v", model, second, first, err)
		}
		if name := w.read(t, model, first, "name").Text("name"); name != "First" {
			t.Errorf("%s: the record became %q", model, name)
		}
		if names, err := c.Identifiers(t.Context(), model, first); err != nil || names[first] != ref {
			t.Errorf("%s: %v, %v", model, names, err)
		}
		if _, err := c.Load(t.Context(), "helpdesk.tag", ref, odoo.Values{"name": ref}); odoo.KindOf(err) != odoo.Refused {
			t.Errorf("a record of another model: %v", err)
		}
	}
}

func loadsAtOnce(t *testing.T, w world) {
	cfg := w.config(odootest.Bot())
	cfg.Calls = 8
	c, err := odoo.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ref := w.ref()
	var mu sync.Mutex
	var all sync.WaitGroup
	ids := map[int64]bool{}
	for range 8 {
		all.Go(func() {
			for {
				id, err := c.Load(t.Context(), "helpdesk.ticket", ref, odoo.Values{"name": "Race " + ref})
				if odoo.KindOf(err) == odoo.Busy {
					continue
				}
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				ids[id] = true
				mu.Unlock()
				return
			}
		})
	}
	all.Wait()
	found, err := c.Search(t.Context(), odoo.Query{Model: "helpdesk.ticket", Domain: odoo.Domain{odoo.Term("name", "=", "Race "+ref)}, Fields: []string{"name"}})
	if err != nil || len(found) != 1 || len(ids) != 1 {
		t.Errorf("%d tickets, ids %v, %v", len(found), ids, err)
	}
}

func loadsArchived(t *testing.T, w world) {
	ref, c := w.ref(), w.bot(t)
	first, err := c.Load(t.Context(), "helpdesk.ticket", ref, odoo.Values{"name": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), "helpdesk.ticket", odoo.Values{"active": false}, first); err != nil {
		t.Fatal(err)
	}
	if again, err := c.Load(t.Context(), "helpdesk.ticket", ref, odoo.Values{"name": "x"}); err != nil || again != first {
		t.Errorf("archived: %d after %d, %v", again, first, err)
	}
	admin := w.client(t, odootest.Admin())
	if err := admin.Call(t.Context(), odoo.Call{Model: "helpdesk.ticket", Method: "unlink", IDs: []int64{first}}, nil); err != nil {
		t.Fatal(err)
	}
	if again, err := c.Load(t.Context(), "helpdesk.ticket", ref, odoo.Values{"name": "x"}); err != nil || again == first {
		t.Errorf("deleted: %d after %d, %v", again, first, err)
	}
}

func loadsValues(t *testing.T, w world) {
	c := w.bot(t)
	id, err := c.Load(t.Context(), "helpdesk.ticket", w.ref(), odoo.Values{
		"name": "T <b> & \u202e😀\x00", "description": `<p>a<script>x</script> <b onclick="a">b</b></p>plain & <x>y</x>`,
		"tag_ids": odoo.IDs{1, 2}, "priority": "2", "user_id": odoo.ID(0), "partner_id": odoo.ID(11),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := w.read(t, "helpdesk.ticket", id, "name", "description", "tag_ids", "priority", "user_id", "partner_id", "team_id", "stage_id", "active", "partner_email")
	tags := r.Links("tag_ids")
	slices.Sort(tags)
	partner, name := r.Link("partner_id")
	team, _ := r.Link("team_id")
	stage, _ := r.Link("stage_id")
	user, _ := r.Link("user_id")
	if r.Text("name") != "T <b> & \u202e😀" || r.Text("description") != "<p>a <b>b</b></p>plain &amp; y" || fmt.Sprint(tags) != "[1 2]" ||
		r.Text("priority") != "2" || partner != 11 || name != "Customer Ltd, Carla Customer" || r.Text("partner_email") != "carla@customer.example" ||
		team != 1 || stage != 1 || user != 0 || !r.Truth("active") {
		t.Errorf("%s", r)
	}
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
	task, err := c.Load(t.Context(), "project.task", w.ref(), odoo.Values{"name": "x", "project_id": odoo.ID(1), "date_deadline": at, "active": false})
	if err != nil {
		t.Fatal(err)
	}
	read := w.read(t, "project.task", task, "date_deadline", "active")
	if due, ok := read.Time("date_deadline"); !ok || !due.Equal(at) || read.Truth("active") {
		t.Errorf("%s", read)
	}
	empty, err := c.Load(t.Context(), "helpdesk.ticket", w.ref(), odoo.Values{"name": "x", "priority": nil, "team_id": odoo.ID(0), "tag_ids": odoo.IDs{}})
	if err != nil {
		t.Fatal(err)
	}
	if r := w.read(t, "helpdesk.ticket", empty, "priority", "team_id"); r.Text("priority") != "" || string(r["team_id"]) != "false" {
		t.Errorf("what is empty has a default: %s", r)
	}
	label, err := c.Load(t.Context(), "helpdesk.ticket", w.ref(), odoo.Values{"name": "x", "priority": "High priority", "description": "plain"})
	if err != nil {
		t.Fatal(err)
	}
	if r := w.read(t, "helpdesk.ticket", label, "priority", "description"); r.Text("priority") != "2" || r.Text("description") != "<p>plain</p>" {
		t.Errorf("%s", r)
	}
}

func refusesLoads(t *testing.T, w world) {
	c := w.bot(t)
	for _, one := range []struct {
		values odoo.Values
		kind   odoo.ErrorKind
		field  string
	}{
		{odoo.Values{"description": "x"}, odoo.Validation, "name"},
		{odoo.Values{"name": "x", "user_id": odoo.ID(99999)}, odoo.Validation, "user_id"},
		{odoo.Values{"name": "x", "tag_ids": odoo.IDs{1, 99999}}, odoo.Validation, "tag_ids"},
		{odoo.Values{"name": "x", "priority": "9"}, odoo.Validation, "priority"},
		{odoo.Values{"name": "x", "close_date": "2026-01-02T03:04:05Z"}, odoo.Validation, "close_date"},
		{odoo.Values{"name": "x", "zzz": "1"}, odoo.UnknownField, ""},
	} {
		_, err := c.Load(t.Context(), "helpdesk.ticket", w.ref(), one.values)
		if odoo.KindOf(err) != one.kind || failure(t, err).Field != one.field {
			t.Errorf("%v: %v", one.values, err)
		}
	}
}

func refusesLoadsWithoutRight(t *testing.T, w world) {
	for model, values := range map[string]odoo.Values{
		"helpdesk.ticket": {"name": "x"}, "project.task": {"name": "x", "project_id": odoo.ID(1)}, "res.partner": {"name": "x"},
	} {
		if _, err := w.client(t, odootest.Low()).Load(t.Context(), model, w.ref(), values); odoo.KindOf(err) != odoo.Access {
			t.Errorf("%s: %v", model, err)
		}
	}
}

func writes(t *testing.T, w world) {
	c, id := w.bot(t), w.ticket(t)
	for _, one := range []struct {
		values odoo.Values
		id     int64
		kind   odoo.ErrorKind
	}{
		{odoo.Values{"priority": "3", "user_id": odoo.ID(7), "tag_ids": odoo.IDs{3}, "description": "<p>x<script>y</script></p>"}, id, ""},
		{odoo.Values{"priority": "1"}, 999999, odoo.Missing},
		{odoo.Values{"stage_id": odoo.ID(99999)}, id, odoo.Missing},
		{odoo.Values{"zzz": 1}, id, odoo.UnknownField},
		{odoo.Values{"priority": "9"}, id, odoo.Validation},
		{odoo.Values{"name": nil}, id, odoo.Validation},
	} {
		if err := c.Write(t.Context(), "helpdesk.ticket", one.values, one.id); odoo.KindOf(err) != one.kind {
			t.Errorf("%v: %v", one.values, err)
		}
	}
	r := w.read(t, "helpdesk.ticket", id, "priority", "user_id", "tag_ids", "description")
	if owner, _ := r.Link("user_id"); r.Text("priority") != "3" || owner != 7 || fmt.Sprint(r.Links("tag_ids")) != "[3]" || r.Text("description") != "<p>x</p>" {
		t.Errorf("%s", r)
	}
	if err := w.client(t, odootest.Low()).Write(t.Context(), "helpdesk.ticket", odoo.Values{"priority": "1"}, id); odoo.KindOf(err) != odoo.Access {
		t.Error(err)
	}
	if _, err := c.Create(t.Context(), "helpdesk.ticket", odoo.Values{"description": "x"}); odoo.KindOf(err) != odoo.Validation {
		t.Error(err)
	}
	if _, ok, err := c.Read(t.Context(), "helpdesk.ticket", 999999, "name"); ok || err != nil {
		t.Error(ok, err)
	}
}
