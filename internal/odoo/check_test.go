package odoo_test

import (
	"strings"
	"testing"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
)

// checksOf gives the checks by name, the fault where there is one.
func checksOf(t *testing.T, o office, u odootest.User) map[string]odoo.Check {
	t.Helper()
	all := make(map[string]odoo.Check)
	for _, c := range odoo.NewRecords(o.client(t, u), o.settings).Checks(t.Context()) {
		if before, ok := all[c.Name]; !ok || before.Fault == "" {
			all[c.Name] = c
		}
		if c.OK == (c.Fault != "") && c.Do == "" || !c.OK && c.Do == "" {
			t.Errorf("a fault says what to do: %+v", c)
		}
	}
	return all
}

func TestAGoodOdooPassesEveryCheckAndKeepsNothingOfThem(t *testing.T) {
	t.Parallel()
	for name, o := range offices(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := newest(t, o.records(t))
			for _, c := range checksOf(t, o, odootest.Bot()) {
				if !c.OK || c.Fault != "" {
					t.Errorf("%+v", c)
				}
			}
			if after := newest(t, o.records(t)); after != before {
				t.Errorf("the checks left something: %+v, then %+v", before, after)
			}
		})
	}
}

func TestEachFaultOfTheSetupIsNamedWithWhatToDo(t *testing.T) {
	t.Parallel()
	bot := odootest.Bot()
	for _, c := range []struct {
		name     string
		spoil    func(s *odootest.Server)
		settings odoo.Settings
		as       odootest.User
		check    string
		says, do string
	}{
		{name: "it is down", spoil: (*odootest.Server).Down, check: "address", says: "does not answer", do: "ODOO_URL"},
		{name: "it is something else", spoil: (*odootest.Server).Stranger, check: "address", says: "not Odoo", do: "ODOO_URL"},
		{name: "the database was renamed", spoil: func(s *odootest.Server) { s.Rename("other") }, check: "database", says: "no such database", do: "ODOO_DB"},
		{name: "the key has expired", spoil: func(s *odootest.Server) { s.Expire(bot) }, check: "key", says: "refuses the key", do: "ODOO_API_KEY"},
		{name: "no such app", settings: odoo.Settings{Kind: odoo.Community}, check: "model", says: "community", do: "ODOO_MODEL"},
		{name: "no such team", settings: odoo.Settings{Team: "Sales"}, check: "team", says: `ODOO_TEAM is "Sales"; there are IT Support (1)`, do: "ODOO_TEAM"},
		{name: "two teams", spoil: func(s *odootest.Server) {
			s.Create(odootest.Admin(), "helpdesk.team", odootest.Row{"name": "Second"})
		}, check: "team", says: "IT Support (1), Second (2)", do: "ODOO_TEAM"},
		{
			name: "no such stage", settings: odoo.Settings{Stages: map[string]string{"closed": "Done"}}, check: "stages",
			says: `no stage "Done", there are New, In Progress`, do: "ODOO_STAGES",
		},
		{name: "no right", as: odootest.Low(), check: "team", says: "lacks the right read on helpdesk.team", do: "group"},
		{name: "no right to write", spoil: func(s *odootest.Server) { s.Deny(bot, "helpdesk.ticket", "write") }, check: "rights", says: "change tickets", do: "group"},
		{name: "no right to make contacts", spoil: func(s *odootest.Server) { s.Deny(bot, "res.partner", "create") }, settings: odoo.Settings{CreateContacts: true}, check: "rights", says: "make contacts", do: "group"},
		{name: "no right to make tags", spoil: func(s *odootest.Server) { s.Deny(bot, "helpdesk.tag", "create") }, check: "tags", says: "make the tags", do: "ODOO_TAGS"},
		{
			name: "a required field", spoil: func(s *odootest.Server) { s.Require("helpdesk.ticket", "x_site", "Site") },
			check: "trial", says: "x_site (Site)", do: "default",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := odootest.New(t, odootest.Setup{Helpdesk: odootest.Enterprise})
			o := fake(t, odoo.Helpdesk, server)
			o.settings = c.settings
			if c.spoil != nil {
				c.spoil(server)
			}
			as := c.as
			if as.Login() == "" {
				as = bot
			}
			got := checksOf(t, o, as)[c.check]
			if !strings.Contains(got.Fault, c.says) || !strings.Contains(got.Do, c.do) {
				t.Errorf("got %+v, want %q and to do with %q", got, c.says, c.do)
			}
			if text := got.Fault + got.Do; strings.Contains(text, as.Key()) || strings.Contains(text, "Traceback") {
				t.Errorf("it tells a secret or a traceback: %s", text)
			}
		})
	}
}
