//go:build rig

package odoo_test

import (
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
)

// TestTicketsAreKeptInARealOdoo runs the suite on a server whose place and keys are
// in the environment, with the people of the fake.
func TestTicketsAreKeptInARealOdoo(t *testing.T) {
	t.Parallel()
	for kind, model := range map[odoo.Kind]string{odoo.Helpdesk: "helpdesk.ticket", odoo.Project: "project.task"} {
		o := realOffice(kind, model)
		t.Run(strings.ToLower(string(kind)), func(t *testing.T) {
			t.Parallel()
			keepTickets(t, o)
			for name, c := range checksOf(t, o, odootest.Bot()) {
				if !c.OK {
					t.Errorf("%s: %+v", name, c)
				}
				t.Logf("%s: %+v", name, c)
			}
		})
	}
}

// TestArticlesAreKeptInARealOdoo runs the other suite there.
func TestArticlesAreKeptInARealOdoo(t *testing.T) {
	t.Parallel()
	keepArticles(t, shelf{office: realOffice("knowledge", "knowledge.article"), body: "body"})
}

// realOffice is an office in the real Odoo.
func realOffice(kind odoo.Kind, model string) office {
	keys := map[string]string{
		odootest.Admin().Login(): "ODOO_ADMIN_API_KEY", odootest.Bot().Login(): "ODOO_API_KEY", odootest.Low().Login(): "ODOO_LOW_API_KEY",
		odootest.Anna().Login(): "ODOO_ENG1_API_KEY", odootest.Ben().Login(): "ODOO_ENG2_API_KEY",
	}
	return office{
		kind: kind, model: model, keys: new(atomic.Int64), run: time.Now().UnixMilli(),
		settings: odoo.Settings{Kind: kind, Team: os.Getenv("ODOO_TEAM_ID"), Project: os.Getenv("ODOO_PROJECT_ID")},
		config: func(u odootest.User) odoo.Config {
			return odoo.Config{
				URL: os.Getenv("ODOO_URL"), Database: os.Getenv("ODOO_DB"), Key: os.Getenv(keys[u.Login()]), Login: u.Login(),
				HTTP: &http.Client{Timeout: 60 * time.Second},
			}
		},
	}
}
