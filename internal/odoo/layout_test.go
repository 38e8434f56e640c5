package odoo_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
	"handrail/internal/ticket"
)

func TestAnUpgradeOfOdooIsMetOnTheWay(t *testing.T) {
	t.Parallel()
	server := odootest.New(t, odootest.Setup{Version: 18, Helpdesk: odootest.Enterprise})
	o := fake(t, odoo.Helpdesk, server)
	r := o.records(t)
	ref := o.put(t, r, ticket.RecordValues{Owner: &ticket.RecordPerson{Mail: "anna@rig.example"}})
	server.Upgrade(19)
	server.Remove("helpdesk.ticket", "tag_ids")
	if got, err := r.Update(t.Context(), ref, ticket.RecordValues{Title: new("After"), Class: new(ticket.Expedite)}); err != nil || got.Title != "After" || got.Class != ticket.Expedite {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatOdooRefusesIsToldWithWhatItIsAbout(t *testing.T) {
	t.Parallel()
	bot := odootest.Bot()
	for _, c := range []struct {
		name  string
		spoil func(s *odootest.Server)
		why   ticket.RecordTrouble
		what  string
	}{
		{"it is down", (*odootest.Server).Down, ticket.RecordBusy, ""},
		{"it is something else", (*odootest.Server).Stranger, ticket.RecordStranger, ""},
		{"the key has expired", func(s *odootest.Server) { s.Expire(bot) }, ticket.RecordKeyBad, ""},
		{"the database was renamed", func(s *odootest.Server) { s.Rename("x") }, ticket.RecordDatabase, ""},
		{"a right was withdrawn", func(s *odootest.Server) { s.Deny(bot, "helpdesk.ticket", "create") }, ticket.RecordRights, "helpdesk.ticket (create)"},
		{"a field is required", func(s *odootest.Server) { s.Require("helpdesk.ticket", "x_site", "Site") }, ticket.RecordRule, "x_site"},
		{"there are two teams", func(s *odootest.Server) {
			s.Create(odootest.Admin(), "helpdesk.team", odootest.Row{"name": "Second"})
		}, ticket.RecordSetup, "ODOO_TEAM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := odootest.New(t, odootest.Setup{Helpdesk: odootest.Enterprise})
			o := fake(t, odoo.Helpdesk, server)
			c.spoil(server)
			_, err := o.records(t).Put(t.Context(), o.key(), ticket.RecordValues{Title: new("VPN")})
			failed, ok := errors.AsType[*ticket.RecordError](err)
			if !ok || failed.Why != c.why || failed.What != c.what {
				t.Errorf("got %v about %q, want %s about %q", err, failed.What, c.why, c.what)
			}
		})
	}
}

func TestPollingTakesAHandfulOfCallsHoweverMuchIsThere(t *testing.T) {
	t.Parallel()
	server := odootest.New(t, odootest.Setup{Helpdesk: odootest.Enterprise})
	o := fake(t, odoo.Helpdesk, server)
	for i := range 300 {
		id := server.Create(odootest.Anna(), "helpdesk.ticket", odootest.Row{"name": fmt.Sprint(i), "user_id": odootest.Anna().ID(), "partner_id": odootest.Carla().Partner()})
		server.Say(odootest.Carla(), "helpdesk.ticket", id, "<p>Hello</p>", true)
	}
	r := o.records(t)
	if _, err := r.Changed(t.Context(), time.Now().Add(-time.Hour), 0, 1); err != nil { // what is found out once
		t.Fatal(err)
	}
	before := server.Calls("search_read")
	states, err := r.Changed(t.Context(), time.Now().Add(-time.Hour), 0, 1000)
	if err != nil || len(states) != 300 || states[0].Owner.Mail != "anna@rig.example" {
		t.Fatalf("%d, %v", len(states), err)
	}
	messages, err := r.Messages(t.Context(), 0, 1000)
	if err != nil || len(messages) < 300 {
		t.Fatalf("%d, %v", len(messages), err)
	}
	if calls := server.Calls("search_read") - before; calls > 8 {
		t.Errorf("600 tickets and messages took %d calls", calls)
	}
}

func TestADatabaseInAnotherLanguageHasItsStagesByTheirOrder(t *testing.T) {
	t.Parallel()
	server := odootest.New(t, odootest.Setup{Helpdesk: odootest.Enterprise})
	for id, name := range []string{"Eingang", "Analyse", "Wartend", "Fertig"} {
		server.Write(odootest.Admin(), "helpdesk.stage", int64(id+1), odootest.Row{"name": name})
	}
	o := fake(t, odoo.Helpdesk, server)
	for step, want := range map[ticket.Standing]string{
		{Step: ticket.Reception, State: ticket.Open}: "Eingang", {Step: ticket.Resolution, State: ticket.Open}: "Analyse",
		{Step: ticket.TrendAnalysis, State: ticket.Closed}: "Fertig",
	} {
		ref := o.put(t, o.records(t), ticket.RecordValues{Standing: &step})
		if got, err := o.records(t).Record(t.Context(), ref); err != nil || got.Stage != want {
			t.Errorf("%s: %s, %v, want %s", step.Step, got.Stage, err, want)
		}
	}
	o.settings.Stages = map[string]string{"diagnosis": "analyse", "communication": "3", "closed": "Fertig"}
	for step, want := range map[ticket.Step]string{ticket.Diagnosis: "Analyse", ticket.Resolution: "Analyse", ticket.FollowUp: "Wartend", ticket.Reception: "Eingang"} {
		ref := o.put(t, o.records(t), ticket.RecordValues{Standing: &ticket.Standing{Step: step, State: ticket.Open}})
		if got, err := o.records(t).Record(t.Context(), ref); err != nil || got.Stage != want {
			t.Errorf("%s: %s, %v, want %s", step, got.Stage, err, want)
		}
	}
}

func TestAContactIsMadeOnceWhereThatIsAllowed(t *testing.T) {
	t.Parallel()
	server := odootest.New(t, odootest.Setup{Helpdesk: odootest.Enterprise})
	o := fake(t, odoo.Helpdesk, server)
	o.settings.CreateContacts = true
	before := len(server.Rows("res.partner"))
	for range 3 {
		ref := o.put(t, o.records(t), ticket.RecordValues{Customer: &ticket.RecordPerson{Name: "New Ltd", Mail: "desk@new.example"}})
		if got, err := o.records(t).Record(t.Context(), ref); err != nil || got.Customer.Name != "New Ltd" || got.Customer.Mail != "desk@new.example" {
			t.Errorf("%+v, %v", got.Customer, err)
		}
	}
	if made := len(server.Rows("res.partner")) - before; made != 1 {
		t.Errorf("%d contacts were made", made)
	}
	o.settings.CreateContacts = false
	server.Create(odootest.Admin(), "res.partner", odootest.Row{"name": "New Ltd"})
	ref := o.put(t, o.records(t), ticket.RecordValues{Customer: &ticket.RecordPerson{Name: "New Ltd"}})
	if got, err := o.records(t).Record(t.Context(), ref); err != nil || got.Customer.Number != 0 {
		t.Errorf("of two with one name nobody knows which is meant, and it has %+v, %v", got.Customer, err)
	}
}

func TestOfAMessageItIsToldWhetherItCanBeUnderWay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := serve(t, "19", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/message_post"):
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(http.StatusServiceUnavailable)
		case strings.Contains(r.URL.Path, "mail.message"):
			_, _ = io.WriteString(w, "[]")
		default:
			_, _ = io.WriteString(w, `[{"id":1,"partner_id":false}]`)
		}
	}, func(cfg *odoo.Config) { cfg.Now = func() time.Time { return now } })
	records := odoo.NewRecords(s.client, odoo.Settings{})
	post := ticket.RecordPost{Key: "desk-1-note-1", Customer: true, Text: "We have it."}
	for _, attempt := range []struct {
		name    string
		later   time.Duration
		untried bool
	}{
		{"the proxy gave up, and Odoo may not have", 0, false},
		{"the proxy asked for a pause", time.Second, true},
		{"the first attempt may still be under way", 5 * time.Second, true},
		{"the proxy gave up once more", time.Hour, false},
	} {
		now = now.Add(attempt.later)
		_, err := records.Post(t.Context(), ticket.RecordRef{Model: "helpdesk.ticket", Number: 1}, post)
		failed, ok := errors.AsType[*ticket.RecordError](err)
		if !ok || failed.Why != ticket.RecordBusy || failed.After <= 0 || failed.Untried != attempt.untried {
			t.Errorf("%s: %+v", attempt.name, failed)
		}
		if post.Tried.IsZero() {
			post.Tried = now
		}
	}
}
