package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// files is a file system by names, for secrets.
type files map[string]string

func (f files) read(name string) ([]byte, error) {
	content, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(content), nil
}

// registered is the smallest environment of a bot that Teams can reach.
func registered(more map[string]string) map[string]string {
	environ := map[string]string{"BOT_ID": "bot-1", "BOT_PASSWORD": "hunter2", "BOT_TENANT_ID": "tenant-1"}
	maps.Copy(environ, more)
	return environ
}

// inOdoo gives the settings of a Handrail with an Odoo.
func inOdoo(more map[string]string) map[string]string {
	environ := map[string]string{"ODOO_URL": "https://odoo.example", "ODOO_DB": "prod", "ODOO_API_KEY": "hunter2"}
	maps.Copy(environ, more)
	return environ
}

// local gives what an environment of local mode differs in from a registered one.
func local(addr string) map[string]string {
	return map[string]string{"HANDRAIL_ADDR": addr, "BOT_PASSWORD": "", "BOT_TENANT_ID": ""}
}

func TestWithoutAnyVariableItIsLocalModeWithTheDefaults(t *testing.T) {
	t.Parallel()
	got, warnings, err := LoadConfig(nil, files{}.read)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("error %v, warnings %v", err, warnings)
	}
	want := Config{
		Addr: "127.0.0.1:3978", Data: ".handrail-data", Log: slog.LevelInfo, Dialogs: "auto", BotType: "SingleTenant", BotCloud: "public",
		OdooModel: "auto", OdooConnections: 4, ExpediteAbove: 25, PriorityFrom: 5,
		AcknowledgeExpedite: 15 * time.Minute, AcknowledgeFixed: time.Hour, AcknowledgePriority: time.Hour,
		AcknowledgeStandard: 4 * time.Hour, ClimbExpedite: 15 * time.Minute, ClimbFixed: time.Hour, ClimbPriority: time.Hour,
		ClimbStandard: 4 * time.Hour, CustomerUpdate: 24 * time.Hour,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	if !got.Local() {
		t.Error("without BOT_ID it must be local mode")
	}
}

func TestEveryVariableIsRead(t *testing.T) {
	t.Parallel()
	got, warnings, err := LoadConfig(map[string]string{
		"HANDRAIL_ADDR": "0.0.0.0:80", "DATABASE_URL": "postgres://h/d", "HANDRAIL_DATA": " /var/lib/handrail ", "HANDRAIL_LOG": "debug",
		"BOT_ID": "bot-1", "BOT_PASSWORD": " hunter2 ", "BOT_TENANT_ID": "tenant-1", "BOT_TYPE": "multitenant", "BOT_CLOUD": "USGov",
		"BOT_OPENID_METADATA_URL": "http://127.0.0.1:9/keys", "BOT_TOKEN_URL": "https://login.example/token",
		"BOT_SERVICE_HOSTS": "smba.example, 127.0.0.1:56150 ,", "BOT_FILE_HOSTS": "files.example", "HANDRAIL_TENANTS": "tenant-1,tenant-2", "HANDRAIL_LEADS": "lead-1",
		"HANDRAIL_HOUSE_NAMES": " Project Falcon, contoso-ops.net,, ", "HANDRAIL_EXPEDITE_ABOVE": "50", "HANDRAIL_PRIORITY_FROM": "10", "HANDRAIL_ACKNOWLEDGE_EXPEDITE": "1m",
		"HANDRAIL_ACKNOWLEDGE_FIXED": "2m", "HANDRAIL_ACKNOWLEDGE_PRIORITY": "3m", "HANDRAIL_ACKNOWLEDGE_STANDARD": "4m",
		"HANDRAIL_CLIMB_EXPEDITE": "5m", "HANDRAIL_CLIMB_FIXED": "6m", "HANDRAIL_CLIMB_PRIORITY": "7m", "HANDRAIL_CLIMB_STANDARD": "8m",
		"HANDRAIL_CUSTOMER_UPDATE": "12h", "OUTLOOK_SENDER": "handrail@contoso.com", "OUTLOOK_TENANT_ID": "tenant-1",
		"OUTLOOK_CLIENT_ID": "app-1", "OUTLOOK_CLIENT_SECRET": "hunter3",
		"ODOO_URL": "https://odoo.example/", "ODOO_DB": "prod", "ODOO_API_KEY": "hunter4", "ODOO_LOGIN": "bot@contoso.com", "ODOO_MODEL": "Project",
		"ODOO_TEAM": "IT", "ODOO_PROJECT": "7", "ODOO_STAGES": "reception=New, closed=Solved", "ODOO_TAGS": "none", "ODOO_CREATE_CONTACTS": "true", "ODOO_ARTICLES": "Handbook",
		"HANDRAIL_DIALOGS": "OFF", "ODOO_CONNECTIONS": "2", "ODOO_WEBHOOK_SECRET": "0123456789abcdef0123456789ABCDEF",
	}, files{}.read)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("error %v, warnings %v", err, warnings)
	}
	want := Config{
		Addr: "0.0.0.0:80", Database: "postgres://h/d", Data: "/var/lib/handrail", Log: slog.LevelDebug,
		BotID: "bot-1", BotPassword: " hunter2 ", BotTenantID: "tenant-1", BotType: "MultiTenant", BotCloud: "usgov",
		BotOpenIDMetadataURL: "http://127.0.0.1:9/keys", BotTokenURL: "https://login.example/token",
		BotServiceHosts: []string{"smba.example", "127.0.0.1:56150"}, BotFileHosts: []string{"files.example"}, Tenants: []string{"tenant-1", "tenant-2"}, Leads: []string{"lead-1"},
		HouseNames:    []string{"Project Falcon", "contoso-ops.net"},
		ExpediteAbove: 50, PriorityFrom: 10, AcknowledgeExpedite: time.Minute, AcknowledgeFixed: 2 * time.Minute,
		AcknowledgePriority: 3 * time.Minute, AcknowledgeStandard: 4 * time.Minute,
		ClimbExpedite: 5 * time.Minute, ClimbFixed: 6 * time.Minute, ClimbPriority: 7 * time.Minute, ClimbStandard: 8 * time.Minute,
		CustomerUpdate: 12 * time.Hour,
		OutlookSender:  "handrail@contoso.com", OutlookTenantID: "tenant-1", OutlookClientID: "app-1", OutlookClientSecret: "hunter3",
		OdooURL: "https://odoo.example", OdooDatabase: "prod", OdooKey: "hunter4", OdooLogin: "bot@contoso.com", OdooModel: "project",
		OdooTeam: "IT", OdooProject: "7", OdooStages: []string{"reception=New", "closed=Solved"}, OdooTags: []string{"none"},
		Dialogs: "off", OdooCreateContacts: true, OdooArticles: "Handbook", OdooConnections: 2, OdooHook: "0123456789abcdef0123456789ABCDEF",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func TestTheTenantOfTheBotMayUseItByDefault(t *testing.T) {
	t.Parallel()
	got, _, err := LoadConfig(registered(nil), files{}.read)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Tenants, []string{"tenant-1"}) {
		t.Errorf("tenants %v, want the bot's own", got.Tenants)
	}
}

func TestSecretsMayComeFromFiles(t *testing.T) {
	t.Parallel()
	environ := registered(map[string]string{"BOT_PASSWORD_FILE": "/run/bot", "DATABASE_URL_FILE": "/run/db", "HANDRAIL_LEADS": "lead-1"})
	delete(environ, "BOT_PASSWORD")
	got, warnings, err := LoadConfig(environ, files{"/run/bot": "hunter2 \r\n", "/run/db": "postgres://h/d\n"}.read)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("error %v, warnings %v", err, warnings)
	}
	if string(got.BotPassword) != "hunter2 " || string(got.Database) != "postgres://h/d" {
		t.Errorf("a secret is the file's content without the line break, got %q and %q", string(got.BotPassword), string(got.Database))
	}
}

func TestAFaultSaysWhatToSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		environ map[string]string
		without string // a variable of registered to leave out
		says    string // empty: no fault
	}{
		{
			name:    "the address has no port",
			environ: map[string]string{"HANDRAIL_ADDR": "localhost"}, says: "HANDRAIL_ADDR is \"localhost\": set host:port",
		},
		{name: "the port is too high", environ: map[string]string{"HANDRAIL_ADDR": "127.0.0.1:65536"}, says: "set host:port"},
		{
			name:    "local mode would be reachable",
			environ: local(":3978"), without: "BOT_ID", says: "set BOT_ID, or listen on 127.0.0.1",
		},
		{name: "local mode on another loopback", environ: local("[::1]:0"), without: "BOT_ID"},
		{name: "local mode on localhost", environ: local("localhost:0"), without: "BOT_ID"},
		{name: "a lost BOT_ID is not local mode", without: "BOT_ID", says: "BOT_ID is not set, but BOT_PASSWORD or BOT_TENANT_ID is"},
		{name: "a registered bot may be reachable", environ: map[string]string{"HANDRAIL_ADDR": ":3978"}},
		{
			name:    "the database is no Postgres",
			environ: map[string]string{"DATABASE_URL": "mysql://u:hunter2@h/d"}, says: "DATABASE_URL is not understood: set postgres://",
		},
		{
			name:    "the database's password has a bad escape",
			environ: map[string]string{"DATABASE_URL": "postgres://u:hunter2%zz@h/d"}, says: "percent-encoded",
		},
		{
			name:    "the level is unknown",
			environ: map[string]string{"HANDRAIL_LOG": "loud"}, says: `HANDRAIL_LOG is "loud": set debug, info, warn or error`,
		},
		{
			name:    "forms open in no known way",
			environ: map[string]string{"HANDRAIL_DIALOGS": "maybe"}, says: `HANDRAIL_DIALOGS is "maybe": set auto, on or off`,
		},
		{name: "the password is missing", without: "BOT_PASSWORD", says: "BOT_PASSWORD is not set: set the client secret"},
		{name: "a managed identity has no password", environ: map[string]string{"BOT_TYPE": "UserAssignedMSI"}, without: "BOT_PASSWORD"},
		{name: "the tenant is missing", without: "BOT_TENANT_ID", says: "BOT_TENANT_ID is not set"},
		{
			name:    "a managed identity has a tenant",
			environ: map[string]string{"BOT_TYPE": "UserAssignedMSI"}, without: "BOT_TENANT_ID", says: "BOT_TENANT_ID is not set",
		},
		{
			name:    "nobody's tenant may use it",
			environ: map[string]string{"BOT_TYPE": "MultiTenant"}, without: "BOT_TENANT_ID", says: "HANDRAIL_TENANTS is not set",
		},
		{name: "the type is unknown", environ: map[string]string{"BOT_TYPE": "Single"}, says: "set SingleTenant, MultiTenant or UserAssignedMSI"},
		{name: "the cloud is unknown", environ: map[string]string{"BOT_CLOUD": "mars"}, says: "set public, usgov or china"},
		{
			name:    "keys would come unprotected",
			environ: map[string]string{"BOT_OPENID_METADATA_URL": "http://keys.example"}, says: "BOT_OPENID_METADATA_URL is not",
		},
		{name: "tokens would come unprotected", environ: map[string]string{"BOT_TOKEN_URL": "http://login.example"}, says: "BOT_TOKEN_URL is not"},
		{
			name:    "an address has a password in it",
			environ: map[string]string{"BOT_TOKEN_URL": "https://u:hunter2@login.example"}, says: "without a user or password",
		},
		{
			name:    "a host is an address",
			environ: map[string]string{"BOT_SERVICE_HOSTS": "https://smba.example"}, says: `BOT_SERVICE_HOSTS has "https://smba.example"`,
		},
		{name: "a host has a path", environ: map[string]string{"BOT_SERVICE_HOSTS": "smba.example/teams"}, says: "BOT_SERVICE_HOSTS has"},
		{
			name:    "a number is a word",
			environ: map[string]string{"HANDRAIL_EXPEDITE_ABOVE": "lots"}, says: `HANDRAIL_EXPEDITE_ABOVE is "lots": set a whole number`,
		},
		{
			name:    "a number is zero",
			environ: map[string]string{"HANDRAIL_PRIORITY_FROM": "0"}, says: "HANDRAIL_PRIORITY_FROM is 0: set a whole number",
		},
		{name: "no ticket would be Priority", environ: map[string]string{"HANDRAIL_PRIORITY_FROM": "26"}, says: "leaves no ticket for Priority"},
		{
			name:    "a time has no unit",
			environ: map[string]string{"HANDRAIL_CUSTOMER_UPDATE": "24"}, says: `HANDRAIL_CUSTOMER_UPDATE is "24": set a time such as 24h`,
		},
		{
			name:    "a time is negative",
			environ: map[string]string{"HANDRAIL_ACKNOWLEDGE_FIXED": "-1h"}, says: "HANDRAIL_ACKNOWLEDGE_FIXED is -1h0m0s: set a time such as 1h",
		},
		{name: "mails go by a server", environ: map[string]string{"SMTP_URL": "smtps://u:hunter2@mail.example?from=desk@contoso.com"}},
		{
			name:    "the mail server is no server",
			environ: map[string]string{"SMTP_URL": "https://u:hunter2@mail.example?from=desk@contoso.com"}, says: "SMTP_URL is not understood",
		},
		{
			name:    "nobody sends the mails",
			environ: map[string]string{"SMTP_URL": "smtp://u:hunter2@mail.example"}, says: "add ?from= and a mail address",
		},
		{
			name:    "the mailbox is not all",
			environ: map[string]string{"OUTLOOK_SENDER": "desk@contoso.com", "OUTLOOK_CLIENT_ID": "app-1"},
			says:    "OUTLOOK_TENANT_ID and OUTLOOK_CLIENT_SECRET not set: mails by Microsoft Graph need",
		},
		{
			name: "the mailbox is a name",
			environ: map[string]string{
				"OUTLOOK_SENDER": "Desk <desk@contoso.com>", "OUTLOOK_TENANT_ID": "t", "OUTLOOK_CLIENT_ID": "a", "OUTLOOK_CLIENT_SECRET": "hunter2",
			},
			says: "OUTLOOK_SENDER is no mail address",
		},
		{
			name: "mails would go in two ways",
			environ: map[string]string{
				"SMTP_URL": "smtp://mail.example?from=desk@contoso.com", "OUTLOOK_SENDER": "desk@contoso.com", "OUTLOOK_TENANT_ID": "t",
				"OUTLOOK_CLIENT_ID": "a", "OUTLOOK_CLIENT_SECRET": "hunter2",
			},
			says: "SMTP_URL and OUTLOOK_… are both set",
		},
		{name: "Odoo is on this machine", environ: inOdoo(map[string]string{"ODOO_URL": "http://127.0.0.1:8069"})},
		{
			name:    "Odoo's key would be readable on its way",
			environ: inOdoo(map[string]string{"ODOO_URL": "http://odoo.example"}), says: "ODOO_URL is not an address that can be trusted with the key",
		},
		{
			name:    "Odoo's address has a password in it",
			environ: inOdoo(map[string]string{"ODOO_URL": "https://u:hunter2@odoo.example"}), says: "without a user, password or query",
		},
		{
			name:    "Odoo is not all",
			environ: map[string]string{"ODOO_URL": "https://odoo.example"}, says: "ODOO_DB and ODOO_API_KEY not set: tickets in Odoo need",
		},
		{name: "Odoo's model is unknown", environ: inOdoo(map[string]string{"ODOO_MODEL": "crm"}), says: `ODOO_MODEL is "crm": set auto, helpdesk,`},
		{name: "a stage is of no step", environ: inOdoo(map[string]string{"ODOO_STAGES": "new=New"}), says: `ODOO_STAGES: "new=New" is not understood`},
		{name: "a tag is of no class", environ: inOdoo(map[string]string{"ODOO_TAGS": "vip=VIP"}), says: `ODOO_TAGS: "vip=VIP" is not understood`},
		{
			name:    "contacts are made perhaps",
			environ: inOdoo(map[string]string{"ODOO_CREATE_CONTACTS": "perhaps"}), says: `ODOO_CREATE_CONTACTS is "perhaps": set true or false`,
		},
		{name: "Odoo's hook has a good secret", environ: inOdoo(map[string]string{"ODOO_WEBHOOK_SECRET": "0123456789abcdef0123456789abcdef"})},
		{
			name:    "Odoo's hook has a short secret",
			environ: inOdoo(map[string]string{"ODOO_WEBHOOK_SECRET": "0123456789abcdef0123456789abcde"}), says: "ODOO_WEBHOOK_SECRET is no good secret",
		},
		{
			name:    "Odoo's hook has a secret that ends early in an address",
			environ: inOdoo(map[string]string{"ODOO_WEBHOOK_SECRET": "0123456789abcdef/0123456789abcdef"}), says: "ODOO_WEBHOOK_SECRET is no good secret",
		},
		{
			name:    "Odoo's hook is there without Odoo",
			environ: map[string]string{"ODOO_WEBHOOK_SECRET": "0123456789abcdef0123456789abcdef"}, says: "set without ODOO_URL",
		},
		{name: "Odoo is called by nobody", environ: inOdoo(map[string]string{"ODOO_CONNECTIONS": "0"}), says: "ODOO_CONNECTIONS is 0: set a whole number of calls"},
		{name: "a secret is there twice", environ: map[string]string{"BOT_PASSWORD_FILE": "/run/bot"}, says: "both set"},
		{
			name:    "a secret's file is missing",
			environ: map[string]string{"BOT_PASSWORD_FILE": "/run/none"}, without: "BOT_PASSWORD", says: "BOT_PASSWORD_FILE: the file cannot be read",
		},
		{
			name:    "a secret's file is empty",
			environ: map[string]string{"BOT_PASSWORD_FILE": "/run/empty"}, without: "BOT_PASSWORD", says: "/run/empty is empty",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			environ := registered(c.environ)
			delete(environ, c.without)
			_, _, err := LoadConfig(environ, files{"/run/bot": "x", "/run/empty": "\n"}.read)
			if c.says == "" {
				if err != nil {
					t.Errorf("want no fault, got %v", err)
				}
				return
			}
			var faults Faults
			if !errors.As(err, &faults) || len(faults) != 1 || !strings.Contains(faults[0], c.says) {
				t.Fatalf("want one fault that says %q, got %v", c.says, err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a fault must not tell a secret: %v", err)
			}
		})
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, _, err := LoadConfig(map[string]string{
		"BOT_ID": "bot-1", "HANDRAIL_ADDR": "here", "HANDRAIL_LOG": "loud", "HANDRAIL_EXPEDITE_ABOVE": "lots", "BOT_CLOUD": "mars",
	}, files{}.read)
	if err == nil {
		t.Fatal("want faults")
	}
	for _, name := range []string{"HANDRAIL_ADDR", "HANDRAIL_LOG", "HANDRAIL_EXPEDITE_ABOVE", "BOT_CLOUD", "BOT_PASSWORD", "BOT_TENANT_ID"} {
		if !strings.Contains(err.Error(), "\n  - "+name) {
			t.Errorf("%v\nlacks a line for %s", err, name)
		}
	}
}

func TestProbableMistakesAreWarnings(t *testing.T) {
	t.Parallel()
	_, warnings, err := LoadConfig(map[string]string{
		"HANDRAIL_LAEDS": "x", "BOT_SOMETHING_ELSE": "x", "PATH": "/bin",
	}, files{}.read)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"BOT_SOMETHING_ELSE is set but nothing reads it",
		"HANDRAIL_LAEDS is set but nothing reads it: did you mean HANDRAIL_LEADS?",
	}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestSecretsPrintMaskedInEveryWay(t *testing.T) {
	t.Parallel()
	c, _, err := LoadConfig(registered(map[string]string{"DATABASE_URL": "postgres://ana:hunter2@h:5432/d"}), files{}.read)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("started", slog.Any("config", c), slog.Any("password", c.BotPassword), slog.Any("database", c.Database))
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	printed := []string{log.String(), string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed = append(printed, fmt.Sprintf(verb, c), fmt.Sprintf(verb, c.BotPassword), fmt.Sprintf(verb, &c))
	}
	for _, text := range printed {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) || !strings.Contains(text, mask) {
			t.Errorf("a secret must print as %s: %s", mask, text)
		}
	}
}

func TestAnAddressOfADatabasePrintsWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for address, want := range map[DatabaseURL]string{
		"":                                   "",
		"postgres://h/d":                     "postgres://h/d",
		"postgres://ana@h/d?sslmode=disable": "postgres://ana@h/d?sslmode=disable",
		"postgresql://ana:hunter2@h:5432/d":  "postgresql://ana:***@h:5432/d",
		"postgres://h/d?password=hunter2&sslpassword=hunter2": "postgres://h/d?password=***&sslpassword=***",
		"host=h password=hunter2":                             "***",
		"postgres://ana:hunter2%zz@h/d":                       "***",
	} {
		if got := fmt.Sprint(address); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFormsOpenAsDialogsWhereTheClientCan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dialogs, id string
		hosts       []string
		want        bool
	}{
		{dialogs: "auto", id: "bot-1", want: true},
		{dialogs: "auto", id: "bot-1", hosts: []string{"smba.example"}, want: true},
		{dialogs: "auto", id: "bot-1", hosts: []string{"smba.example", "127.0.0.1:56150"}},
		{dialogs: "auto", id: "bot-1", hosts: []string{"localhost:56150"}},
		{dialogs: "auto", id: "bot-1", hosts: []string{"[::1]:56150"}},
		{dialogs: "auto"},
		{dialogs: "on", want: true},
		{dialogs: "off", id: "bot-1"},
	} {
		if got := (Config{Dialogs: c.dialogs, BotID: c.id, BotServiceHosts: c.hosts}).dialogs(); got != c.want {
			t.Errorf("%s, bot %q, hosts %q: %t", c.dialogs, c.id, c.hosts, got)
		}
	}
}
