package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/odoo/odootest"
	"handrail/internal/outlook/outlooktest"
	"handrail/internal/store/storetest"
	"handrail/internal/teams/teamstest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// patient is a set-up in which everything is well, until a test breaks it.
type patient struct {
	t       *testing.T
	teams   *teamstest.Teams
	odoo    *odootest.Server
	environ map[string]string
	// treat changes the doctor before it looks.
	treat func(d *doctor)
	// names are what the golden text has in the place of what differs from run to run.
	names map[string]string
}

// sound makes a set-up with a database, Teams, Odoo and a mail server.
func sound(t *testing.T) *patient {
	t.Helper()
	database := storetest.SQLite(t)
	p := &patient{t: t, teams: teamstest.New(t), odoo: odootest.New(t, odootest.Setup{Version: 19, Helpdesk: odootest.Enterprise}), environ: map[string]string{}, names: map[string]string{}}
	mails := outlooktest.NewServer(t, outlooktest.WithUser("handrail@contoso.com", "hunter2-of-the-server"))
	maps.Copy(p.environ, p.teams.Env())
	maps.Copy(p.environ, map[string]string{
		"HANDRAIL_ADDR": free(t), "HANDRAIL_DATA": database.Dir, "HANDRAIL_LEADS": p.teams.Person(lead).ObjectID,
		"SMTP_URL": "smtp://handrail%40contoso.com:hunter2-of-the-server@" + mails.Address,
		"ODOO_URL": p.odoo.URL, "ODOO_DB": odootest.Database, "ODOO_API_KEY": odootest.Bot().Key(),
	})
	p.called("DATA", database.Dir)
	p.called("ADDR", p.environ["HANDRAIL_ADDR"])
	p.called("TEAMS", p.teams.Host())
	p.called("MAIL", mails.Address)
	p.called("ODOO", hostOf(p.odoo.URL))
	return p
}

// called gives something that differs from run to run a name.
func (p *patient) called(name, value string) { p.names[value] = name }

// free gives an address on which nothing listens.
func free(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// execute runs a statement in the embedded database.
func (p *patient) execute(statements ...string) {
	p.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.environ["HANDRAIL_DATA"], "handrail.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if _, err := db.ExecContext(p.t.Context(), statement); err != nil {
			p.t.Fatal(err)
		}
	}
}

// examined lets the doctor look. Whatever it says has no secret in it.
func (p *patient) examined() examination {
	p.t.Helper()
	d := newDoctor(p.environ, os.ReadFile)
	if p.treat != nil {
		p.treat(d)
	}
	found := d.examine(p.t.Context())
	said, err := json.Marshal(found)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, secret := range []string{teamstest.Password, "hunter2", "geheim", p.environ["ODOO_API_KEY"], "key-of-the-bot"} {
		if secret != "" && bytes.Contains(said, []byte(secret)) {
			p.t.Errorf("the doctor tells the secret %q: %s", secret, said)
		}
	}
	return found
}

// numbers are what differs from one version to the next.
var (
	numbers = regexp.MustCompile(`(version|knows|SQLite) [0-9.]*[0-9]|[0-9]+ migrations?`)
	number  = regexp.MustCompile(`[0-9][0-9.]*`)
)

// golden gives what the doctor says, with names in the place of what differs. Of a
// set-up with something wrong it leaves out what is well.
func (p *patient) golden(found examination) string {
	if found.Faults+found.Warnings > 0 {
		found.Findings = slices.DeleteFunc(found.Findings, func(f finding) bool { return f.State == stateOK })
	}
	text := numbers.ReplaceAllStringFunc(found.String()+"\n", func(s string) string {
		return number.ReplaceAllString(s, "N")
	})
	for _, value := range slices.SortedFunc(maps.Keys(p.names), func(a, b string) int { return len(b) - len(a) }) {
		text = strings.ReplaceAll(text, value, p.names[value])
	}
	return text
}

// webPage answers everything with a page.
func webPage(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!DOCTYPE html><title>Welcome</title>"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// aFile makes a file in a new directory.
func aFile(t *testing.T, name string, content []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheDoctorSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	ahead := func(by time.Duration) func(p *patient) {
		return func(p *patient) {
			p.treat = func(d *doctor) { d.clock = func() time.Time { return time.Now().Add(by) } }
		}
	}
	for name, spoil := range map[string]func(p *patient){
		"all-is-well": func(*patient) {},
		"wrong-password": func(p *patient) {
			p.environ["BOT_PASSWORD"] = "geheim"
		},
		"wrong-bot": func(p *patient) { p.environ["BOT_ID"] = "0a0a0a0a-0000-4000-8000-000000000000" },
		"wrong-tenant": func(p *patient) {
			p.environ["BOT_TENANT_ID"] = "0b0b0b0b-0000-4000-8000-000000000000"
			p.environ["BOT_TOKEN_URL"] = p.teams.LoginURL() + "/0b0b0b0b-0000-4000-8000-000000000000/oauth2/v2.0/token"
		},
		"login-down":     func(p *patient) { p.teams.BreakLogin(true) },
		"keys-broken":    func(p *patient) { p.teams.BreakKeys(true) },
		"bot-id-no-guid": func(p *patient) { p.environ["BOT_ID"] = "handrail" },
		"database-down":  func(p *patient) { p.environ["DATABASE_URL"] = "postgres://u:geheim@127.0.0.1:1/x" },
		"database-damaged": func(p *patient) {
			p.environ["HANDRAIL_DATA"] = filepath.Dir(aFile(p.t, "handrail.db", bytes.Repeat([]byte("no database "), 1000)))
		},
		"database-missing": func(p *patient) {
			p.environ["HANDRAIL_DATA"] = filepath.Join(p.t.TempDir(), "new", "folder")
			p.called("NEW", p.environ["HANDRAIL_DATA"])
		},
		"folder-unwritable": func(p *patient) {
			p.environ["HANDRAIL_DATA"] = filepath.Join(aFile(p.t, "in-the-way", nil), "data")
			p.called("IN-THE-WAY", filepath.Dir(p.environ["HANDRAIL_DATA"]))
		},
		"schema-old": func(p *patient) { p.execute("DELETE FROM handrail_migrations WHERE version_id > 9") },
		"schema-newer": func(p *patient) {
			p.execute("INSERT INTO handrail_migrations (version_id, is_applied) VALUES (9999, true)")
		},
		"schema-foreign": func(p *patient) { p.execute("DROP TABLE handrail_migrations") },
		"queue-late": func(p *patient) {
			p.execute(`INSERT INTO river_job (args, kind, max_attempts, state, priority, queue, scheduled_at, created_at, attempt, finalized_at, attempted_at) VALUES
				('{}', 'card.post', 25, 'available', 1, 'default', datetime('now', '-3 hours'), datetime('now', '-3 hours'), 0, NULL, NULL),
				('{}', 'mail.send', 25, 'discarded', 1, 'default', datetime('now', '-3 hours'), datetime('now', '-3 hours'), 25, datetime('now'), NULL),
				('{}', 'chat.say', 25, 'retryable', 1, 'default', datetime('now', '+3 hours'), datetime('now', '-3 hours'), 7, NULL, NULL),
				('{}', 'clock.ring', 25, 'running', 1, 'default', datetime('now', '-3 hours'), datetime('now', '-3 hours'), 1, NULL, datetime('now', '-3 hours'))`)
		},
		"clock-ten-minutes-ahead":    ahead(10 * time.Minute),
		"clock-three-minutes-behind": ahead(-3 * time.Minute),
		"address-taken": func(p *patient) {
			p.environ["HANDRAIL_ADDR"] = hostOf(webPage(p.t))
			p.called("TAKEN", p.environ["HANDRAIL_ADDR"])
		},
		"site-is-a-web-page": func(p *patient) {
			p.environ["HANDRAIL_URL"] = webPage(p.t)
			p.called("PAGE", hostOf(p.environ["HANDRAIL_URL"]))
		},
		"host-down": func(p *patient) { p.environ["BOT_SERVICE_HOSTS"] += ",127.0.0.1:1,.teams.microsoft.com" },
		"mail-refuses-sign-in": func(p *patient) {
			p.environ["SMTP_URL"] = strings.Replace(p.environ["SMTP_URL"], "hunter2-of-the-server", "geheim", 1)
		},
		"odoo-is-a-web-page": func(p *patient) {
			p.environ["ODOO_URL"] = webPage(p.t)
			p.called("PAGE", hostOf(p.environ["ODOO_URL"]))
		},
		"odoo-is-away":        func(p *patient) { p.odoo.Down() },
		"odoo-wrong-database": func(p *patient) { p.environ["ODOO_DB"] = "production" },
		"odoo-expired-key":    func(p *patient) { p.odoo.Expire(odootest.Bot()) },
		"odoo-missing-right":  func(p *patient) { p.odoo.Deny(odootest.Bot(), "helpdesk.ticket", "create", "write") },
		"odoo-required-field": func(p *patient) { p.odoo.Require("helpdesk.ticket", "x_site", "Site") },
		"odoo-ambiguous-team": func(p *patient) {
			p.odoo.Create(odootest.Admin(), "helpdesk.team", odootest.Row{"name": "Second"})
		},
		"odoo-unknown-team":  func(p *patient) { p.environ["ODOO_TEAM"] = "Sales" },
		"odoo-unknown-stage": func(p *patient) { p.environ["ODOO_STAGES"] = "reception=New,closed=Finished" },
		"odoo-other-model":   func(p *patient) { p.environ["ODOO_MODEL"] = "community" },
		"odoo-18":            func(p *patient) { p.odoo.Upgrade(18); p.environ["ODOO_LOGIN"] = odootest.Bot().Login() },
		"odoo-18-no-login":   func(p *patient) { p.odoo.Upgrade(18) },
		"configuration": func(p *patient) {
			maps.Copy(p.environ, map[string]string{
				"BOT_PASSWORD": "", "BOT_PASSWORD_FILE": "/nowhere/password", "BOT_CLOUD": "mars", "HANDRAIL_ADR": "x",
				"ODOO_API_KEY": "", "HANDRAIL_CLIMB_FIXED": "soon",
			})
		},
		"local-mode": func(p *patient) {
			for name := range p.environ {
				if name != "HANDRAIL_DATA" && name != "HANDRAIL_ADDR" {
					delete(p.environ, name)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := sound(t)
			spoil(p)
			got := p.golden(p.examined())
			path := filepath.Join("testdata", "doctor", name+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the doctor says:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestTheDoctorSaysByItsStatusWhetherThereAreFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		environ map[string]string
		args    []string
		status  int
		said    string
	}{
		{"all is well", nil, nil, exitOK, "All is well."},
		{"a warning", map[string]string{"HANDRAIL_ADR": "x"}, nil, exitOK, "0 faults, 1 warning."},
		{"a fault", map[string]string{"BOT_CLOUD": "mars"}, nil, exitFailed, "1 fault, 0 warnings."},
		{"a wrong option", nil, []string{"--jsn"}, exitMisuse, ""},
		{"a fault as JSON", map[string]string{"BOT_CLOUD": "mars"}, []string{"--json"}, exitFailed, `"faults": 1,`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			environ := map[string]string{"HANDRAIL_ADDR": free(t), "HANDRAIL_DATA": t.TempDir()}
			maps.Copy(environ, c.environ)
			var stdout, stderr bytes.Buffer
			status := run(t.Context(), append([]string{"doctor"}, c.args...), environ, strings.NewReader(""), &stdout, &stderr)
			if status != c.status || !strings.Contains(stdout.String(), c.said) {
				t.Errorf("status %d, want %d and %q:\n%s%s", status, c.status, c.said, &stdout, &stderr)
			}
			if entries, err := os.ReadDir(environ["HANDRAIL_DATA"]); err != nil || len(entries) > 0 {
				t.Errorf("it has left %v in the folder of the database, %v", entries, err)
			}
		})
	}
}

func TestTheJSONOfTheDoctorHasAStableForm(t *testing.T) {
	t.Parallel()
	var stdout bytes.Buffer
	environ := map[string]string{"HANDRAIL_ADDR": free(t), "HANDRAIL_DATA": t.TempDir(), "BOT_CLOUD": "mars"}
	run(t.Context(), []string{"doctor", "--json"}, environ, strings.NewReader(""), &stdout, &stdout)
	var document struct {
		Form     int    `json:"form"`
		State    string `json:"state"`
		Faults   *int   `json:"faults"`
		Warnings *int   `json:"warnings"`
		Findings []struct {
			Check string `json:"check"`
			State string `json:"state"`
			Found string `json:"found"`
			Do    string `json:"do"`
		} `json:"findings"`
	}
	decoder := json.NewDecoder(&stdout)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil || decoder.More() {
		t.Fatal(err)
	}
	if document.Form != 1 || document.State != "fault" || document.Faults == nil || document.Warnings == nil {
		t.Errorf("the document begins with %+v", document)
	}
	var checks []string
	for _, f := range document.Findings {
		checks = append(checks, f.Check)
		if !slices.Contains([]string{"ok", "warning", "fault", "skipped"}, f.State) || f.Found == "" || f.State == "fault" && f.Do == "" {
			t.Errorf("a finding is %+v", f)
		}
	}
	want := []string{
		"configuration", "database", "migrations", "queue", "service", "token", "tenant", "clock", "keys", "hosts", "package", "site", "mail", "odoo",
	}
	if !slices.Equal(checks, want) {
		t.Errorf("the checks are %q, want %q", checks, want)
	}
}

func TestACheckThatHangsDoesNotHoldUpTheDoctor(t *testing.T) {
	t.Parallel()
	p := sound(t)
	p.odoo.Hang()
	t.Cleanup(p.odoo.Resume)
	p.treat = func(d *doctor) { d.patience = 300 * time.Millisecond }
	found := p.examined() // which comes back at all
	at := slices.IndexFunc(found.Findings, func(f finding) bool { return f.Check == "odoo" })
	if f := found.Findings[at]; f.State != stateFault || !strings.Contains(f.Found, "does not answer in time") {
		t.Errorf("of Odoo it says %+v", f)
	}
	d := newDoctor(p.environ, os.ReadFile)
	d.patience = 20 * time.Millisecond
	stuck := make(chan struct{})
	t.Cleanup(func() { close(stuck) })
	deaf := check{name: "deaf", look: func(context.Context) []finding { <-stuck; return nil }}
	if f := d.bounded(t.Context(), deaf)[0]; f.State != stateFault || !strings.Contains(f.Found, "no answer within 20ms") {
		t.Errorf("of a check that never ends it says %+v", f)
	}
}

func TestTheDoctorKnowsACertificateThatNobodyTrusts(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the client that hangs up
	server.StartTLS()
	t.Cleanup(server.Close)
	d := newDoctor(nil, os.ReadFile)
	d.client = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}}
	for host, want := range map[string]string{
		"example.com":             "The certificate of example.com is not trusted: nobody that this machine trusts vouches for it.",
		"smba.trafficmanager.net": "The certificate of smba.trafficmanager.net is not trusted: it is for another name.",
	} {
		if f := d.host(t.Context(), host, "BOT_SERVICE_HOSTS"); f.State != stateFault || f.Found != want || f.Do == "" {
			t.Errorf("of %s it says %+v", host, f)
		}
	}
}

func TestEveryCodeOfTheLoginServiceHasPlainWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"AADSTS7000215": "BOT_PASSWORD", "AADSTS7000222": "expired", "AADSTS700016": "BOT_ID", "AADSTS90002": "BOT_TENANT_ID",
		"AADSTS7000112": "switched off", "AADSTS500011": "another cloud", "AADSTS53003": "conditional access", "AADSTS90033": "busy",
	} {
		f := signInFault(code, "BOT_ID", "BOT_PASSWORD", "BOT_TENANT_ID")
		if (f.State == stateWarning) != (want == "busy") || !strings.Contains(f.Found, want) || !strings.Contains(f.Found, code) || f.Do == "" {
			t.Errorf("of %s it says %+v", code, f)
		}
	}
	if f := signInFault("AADSTS123", "A", "B", "C"); !strings.Contains(f.Do, "https://login.microsoftonline.com/error?code=123") {
		t.Errorf("of a code that it does not know it says %+v", f)
	}
}

func TestSecretsAreFoundInAddresses(t *testing.T) {
	t.Parallel()
	address := "postgres://" + url.UserPassword("u", "ge heim/1").String() + "@h/x?sslpassword=other-one"
	d := &doctor{secrets: secretsIn(address)}
	for _, secret := range []string{"ge heim/1", "ge+heim%2F1", "ge%20heim%2F1", "other-one", address} {
		if got := d.masked("x " + secret + " y"); got != "x *** y" {
			t.Errorf("%q is shown as %q", secret, got)
		}
	}
}
