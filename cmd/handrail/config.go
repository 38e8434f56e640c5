package main

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// The types of bot registration, as BOT_TYPE names them.
const (
	singleTenant    = "SingleTenant"
	multiTenant     = "MultiTenant"
	managedIdentity = "UserAssignedMSI"
)

// Config is everything that the environment decides. The want tag says what a
// variable takes, and is what a fault tells the person who set it.
type Config struct {
	Addr string `env:"HANDRAIL_ADDR" envDefault:"127.0.0.1:3978"`
	// URL is where people's browsers reach the bot; empty for nowhere, and in
	// local mode for the address that it listens on.
	URL      string      `env:"HANDRAIL_URL"`
	Database DatabaseURL `env:"DATABASE_URL" file:"yes"`
	// Data is the directory of the embedded database, used while Database is empty.
	Data string     `env:"HANDRAIL_DATA" envDefault:".handrail-data"`
	Log  slog.Level `env:"HANDRAIL_LOG"  envDefault:"info"           want:"debug, info, warn or error"`

	// BotID is the bot's application id. Without it the bot runs in local mode.
	BotID       string `env:"BOT_ID"`
	BotPassword Secret `env:"BOT_PASSWORD"  file:"yes"`
	BotTenantID string `env:"BOT_TENANT_ID"`
	BotType     string `env:"BOT_TYPE"      envDefault:"SingleTenant"`
	BotCloud    string `env:"BOT_CLOUD"     envDefault:"public"`
	// The next four replace the cloud's own values where they are set.
	BotOpenIDMetadataURL string   `env:"BOT_OPENID_METADATA_URL"`
	BotTokenURL          string   `env:"BOT_TOKEN_URL"`
	BotServiceHosts      []string `env:"BOT_SERVICE_HOSTS"`
	BotFileHosts         []string `env:"BOT_FILE_HOSTS"`

	// Dialogs says whether forms open as dialogs; see [Config.dialogs].
	Dialogs string `env:"HANDRAIL_DIALOGS" envDefault:"auto"`
	// Tenants are the Entra tenants whose people may use the bot; local mode
	// asks nobody for theirs.
	Tenants []string `env:"HANDRAIL_TENANTS"`
	// Leads are the Entra object ids of the people who may override.
	Leads []string `env:"HANDRAIL_LEADS"`
	// HouseNames are names, hosts and domains that no customer should read.
	HouseNames []string `env:"HANDRAIL_HOUSE_NAMES"`

	// Mails go by an SMTP server, or by Microsoft Graph from a mailbox; without
	// either, none go.
	SMTP                Secret `env:"SMTP_URL"              file:"yes"`
	OutlookSender       string `env:"OUTLOOK_SENDER"`
	OutlookTenantID     string `env:"OUTLOOK_TENANT_ID"`
	OutlookClientID     string `env:"OUTLOOK_CLIENT_ID"`
	OutlookClientSecret Secret `env:"OUTLOOK_CLIENT_SECRET" file:"yes"`

	// Tickets are kept in Odoo, too, where the first three are set. Which model,
	// team, stages and tags is found out where nothing is set.
	OdooURL            string   `env:"ODOO_URL"`
	OdooDatabase       string   `env:"ODOO_DB"`
	OdooKey            Secret   `env:"ODOO_API_KEY"         file:"yes"`
	OdooLogin          string   `env:"ODOO_LOGIN"`
	OdooModel          string   `env:"ODOO_MODEL"           envDefault:"auto"`
	OdooTeam           string   `env:"ODOO_TEAM"`
	OdooProject        string   `env:"ODOO_PROJECT"`
	OdooStages         []string `env:"ODOO_STAGES"`
	OdooTags           []string `env:"ODOO_TAGS"`
	OdooCreateContacts bool     `env:"ODOO_CREATE_CONTACTS" envDefault:"false" want:"true or false"`
	// OdooArticles is the page below which articles stand, by name or id.
	OdooArticles string `env:"ODOO_ARTICLES"`
	// OdooHook is what the path ends in at which Odoo tells that something happened there;
	// empty for no such route.
	OdooHook Secret `env:"ODOO_WEBHOOK_SECRET" file:"yes"`
	// OdooConnections is how many calls to Odoo are under way at once.
	OdooConnections int `env:"ODOO_CONNECTIONS" envDefault:"4" want:"a whole number of calls at once, for example 4"`

	// A ticket with more users affected than ExpediteAbove is Expedite; one
	// with at least PriorityFrom is Priority.
	ExpediteAbove int `env:"HANDRAIL_EXPEDITE_ABOVE" envDefault:"25" want:"a whole number of users, for example 25"`
	PriorityFrom  int `env:"HANDRAIL_PRIORITY_FROM"  envDefault:"5"  want:"a whole number of users, for example 5"`
	// How long a new ticket of a class waits for its acknowledgement before
	// the owner is nudged.
	AcknowledgeExpedite time.Duration `env:"HANDRAIL_ACKNOWLEDGE_EXPEDITE" envDefault:"15m" want:"a time such as 15m"`
	AcknowledgeFixed    time.Duration `env:"HANDRAIL_ACKNOWLEDGE_FIXED"    envDefault:"1h"  want:"a time such as 1h"`
	AcknowledgePriority time.Duration `env:"HANDRAIL_ACKNOWLEDGE_PRIORITY" envDefault:"1h"  want:"a time such as 1h"`
	AcknowledgeStandard time.Duration `env:"HANDRAIL_ACKNOWLEDGE_STANDARD" envDefault:"4h"  want:"a time such as 4h"`

	ClimbExpedite time.Duration `env:"HANDRAIL_CLIMB_EXPEDITE" envDefault:"15m" want:"a time such as 15m"`
	ClimbFixed    time.Duration `env:"HANDRAIL_CLIMB_FIXED"    envDefault:"1h"  want:"a time such as 1h"`
	ClimbPriority time.Duration `env:"HANDRAIL_CLIMB_PRIORITY" envDefault:"1h"  want:"a time such as 1h"`
	ClimbStandard time.Duration `env:"HANDRAIL_CLIMB_STANDARD" envDefault:"4h"  want:"a time such as 4h"`
	// CustomerUpdate is the longest time between two messages to a customer.
	CustomerUpdate time.Duration `env:"HANDRAIL_CUSTOMER_UPDATE" envDefault:"24h" want:"a time such as 24h"`
}

// Local tells whether the bot runs in local mode: without a registration, on
// the loopback only.
func (c Config) Local() bool { return c.BotID == "" }

// Faults are all that is wrong with the configuration, one sentence each.
type Faults []string

// Error lists the faults, one a line.
func (f Faults) Error() string {
	return "the configuration cannot be used:\n  - " + strings.Join(f, "\n  - ")
}

// LoadConfig reads the configuration from the environment, and secrets from
// files where a variable such as BOT_PASSWORD_FILE names one. Its warnings are
// for things that are probably mistakes. An error is [Faults], all at once.
func LoadConfig(environ map[string]string, readFile func(string) ([]byte, error)) (Config, []string, error) {
	c, warnings, faults := readConfig(environ, readFile)
	if len(faults) > 0 {
		return Config{}, warnings, faults
	}
	return c, warnings, nil
}

// readConfig is [LoadConfig], except that what could be read of a configuration
// with faults is given, too.
func readConfig(environ map[string]string, readFile func(string) ([]byte, error)) (Config, []string, Faults) {
	values, faults := collect(environ, readFile)
	var c Config
	err := env.ParseWithOptions(&c, env.Options{Environment: values})
	faults = append(faults, parseFaults(err, values)...)
	c = c.normalised()
	faults = append(faults, c.faults(environ, values)...)
	return c, warnings(c, environ), faults
}

// variable is one variable of the environment that Config has a field for.
type variable struct {
	name, field, want string
	secret            bool
}

// variables lists what Config reads.
func variables() []variable {
	var all []variable
	for field := range reflect.TypeFor[Config]().Fields() {
		all = append(all, variable{
			name: field.Tag.Get("env"), field: field.Name, want: field.Tag.Get("want"), secret: field.Tag.Get("file") != "",
		})
	}
	return all
}

// collect takes the variables that Config reads, without the space around them
// and with the content of files in their places.
func collect(environ map[string]string, readFile func(string) ([]byte, error)) (map[string]string, []string) {
	values, faults := make(map[string]string), []string(nil)
	for _, v := range variables() {
		value := environ[v.name]
		if !v.secret {
			value = strings.TrimSpace(value)
		}
		if file := environ[v.name+"_FILE"]; v.secret && file != "" {
			if value != "" {
				faults = append(faults, fmt.Sprintf("%s and %s_FILE are both set: set one of them", v.name, v.name))
				continue
			}
			content, err := readFile(file)
			if err != nil {
				faults = append(faults, fmt.Sprintf("%s_FILE: the file cannot be read: %v", v.name, err))
				continue
			}
			// Editors and echo end a file with a line break; it is not part of the secret.
			if value = strings.TrimRight(string(content), "\r\n"); value == "" {
				faults = append(faults, fmt.Sprintf("%s_FILE: %s is empty: write the value into it", v.name, file))
			}
		}
		if value != "" {
			values[v.name] = value
		}
	}
	return values, faults
}

// parseFaults says in plain words which values could not be understood.
func parseFaults(err error, values map[string]string) []string {
	if err == nil {
		return nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []string{err.Error()}
	}
	var faults []string
	for _, one := range all.Errors {
		var parse env.ParseError
		if !errors.As(one, &parse) {
			faults = append(faults, one.Error())
			continue
		}
		at := slices.IndexFunc(variables(), func(v variable) bool { return v.field == parse.Name })
		v := variables()[at]
		faults = append(faults, fmt.Sprintf("%s is %q: set %s", v.name, values[v.name], v.want))
	}
	return faults
}

// normalised writes words as this program writes them, and fills what follows
// from other values.
func (c Config) normalised() Config {
	for _, word := range []string{singleTenant, multiTenant, managedIdentity} {
		if strings.EqualFold(c.BotType, word) {
			c.BotType = word
		}
	}
	c.BotCloud, c.Dialogs = strings.ToLower(c.BotCloud), strings.ToLower(c.Dialogs)
	c.OdooModel = strings.ToLower(c.OdooModel)
	c.URL, c.OdooURL = strings.TrimRight(c.URL, "/"), strings.TrimRight(c.OdooURL, "/")
	for i, lead := range c.Leads {
		c.Leads[i] = strings.ToLower(lead) // as Teams writes object ids
	}
	for _, list := range []*[]string{&c.BotServiceHosts, &c.BotFileHosts, &c.Tenants, &c.Leads, &c.HouseNames, &c.OdooStages, &c.OdooTags} {
		*list = trim(*list)
	}
	if len(c.Tenants) == 0 && c.BotTenantID != "" {
		c.Tenants = []string{c.BotTenantID}
	}
	return c
}

// trim drops the space around the members of a list, and empty members.
func trim(list []string) []string {
	var kept []string
	for _, member := range list {
		if member = strings.TrimSpace(member); member != "" {
			kept = append(kept, member)
		}
	}
	return kept
}

// faults says what is wrong with values that were understood.
func (c Config) faults(environ, values map[string]string) []string {
	return slices.Concat(c.addressFaults(), c.siteFaults(), c.databaseFaults(), c.botFaults(environ), c.overrideFaults(),
		c.mailFaults(environ), c.odooFaults(environ), c.ruleFaults(values), c.dialogFaults())
}

// addressFaults looks at where to listen: local mode trusts whoever can reach
// it, so only this machine may.
func (c Config) addressFaults() []string {
	host, port, err := net.SplitHostPort(c.Addr)
	if _, notPort := strconv.ParseUint(port, 10, 16); err != nil || notPort != nil {
		return []string{fmt.Sprintf("HANDRAIL_ADDR is %q: set host:port, for example 127.0.0.1:3978", c.Addr)}
	}
	if c.Local() && !isLoopback(host) {
		return []string{fmt.Sprintf("HANDRAIL_ADDR is %q, which others can reach, but without BOT_ID nobody's word is checked: "+
			"set BOT_ID, or listen on 127.0.0.1", c.Addr)}
	}
	return nil
}

// siteFaults looks at the address that goes into links. What is downloaded there
// is not for everybody, so that it has to be encrypted on its way.
func (c Config) siteFaults() []string {
	address, err := url.Parse(c.URL)
	if c.URL == "" || err == nil && isSafeURL(c.URL) && address.RawQuery == "" && address.Fragment == "" {
		return nil
	}
	return []string{"HANDRAIL_URL is not an address for links: set the one under which people's browsers reach Handrail, " +
		"such as https://handrail.example.com (http:// only on the loopback), without a user, password or query in it"}
}

// databaseFaults looks at the form of the address only.
func (c Config) databaseFaults() []string {
	if c.Database == "" {
		return nil
	}
	// The parser's error quotes the address, and so its password: leave it out.
	address, err := url.Parse(string(c.Database))
	if err != nil || !isPostgres(address) || address.Opaque != "" {
		return []string{"DATABASE_URL is not understood: set postgres://user:password@host:5432/name, with special characters " +
			"of the password percent-encoded, or leave it empty for the embedded database in HANDRAIL_DATA"}
	}
	return nil
}

// botFaults looks at the bot's registration, as far as its type asks for it.
func (c Config) botFaults(environ map[string]string) []string {
	var faults []string
	if !slices.Contains([]string{singleTenant, multiTenant, managedIdentity}, c.BotType) {
		faults = append(faults, fmt.Sprintf("BOT_TYPE is %q: set SingleTenant, MultiTenant or UserAssignedMSI", c.BotType))
	}
	if !slices.Contains([]string{"public", "usgov", "china"}, c.BotCloud) {
		faults = append(faults, fmt.Sprintf("BOT_CLOUD is %q: set public, usgov or china", c.BotCloud))
	}
	if c.Local() {
		if c.BotPassword != "" || c.BotTenantID != "" {
			faults = append(faults, "BOT_ID is not set, but BOT_PASSWORD or BOT_TENANT_ID is: set BOT_ID to the application id, "+
				"or unset them for local mode")
		}
		return faults
	}
	// A file that could not be read is a fault already.
	if environ["BOT_PASSWORD"] == "" && environ["BOT_PASSWORD_FILE"] == "" && c.BotType != managedIdentity {
		faults = append(faults, "BOT_PASSWORD is not set: set the client secret of BOT_ID's registration, or BOT_PASSWORD_FILE "+
			"to a file with it (only BOT_TYPE=UserAssignedMSI needs none)")
	}
	if c.BotTenantID == "" && c.BotType != multiTenant {
		faults = append(faults, "BOT_TENANT_ID is not set: set the Entra tenant id of the registration (BOT_TYPE="+c.BotType+" needs it)")
	}
	if len(c.Tenants) == 0 && c.BotType == multiTenant {
		faults = append(faults, "HANDRAIL_TENANTS is not set: set the Entra tenant ids whose people may use the bot, with commas between")
	}
	return faults
}

// overrideFaults looks at what replaces the cloud's addresses: our keys come
// from there and our tokens go there.
func (c Config) overrideFaults() []string {
	var faults []string
	for name, value := range map[string]string{"BOT_OPENID_METADATA_URL": c.BotOpenIDMetadataURL, "BOT_TOKEN_URL": c.BotTokenURL} {
		if value != "" && !isSafeURL(value) {
			faults = append(faults, name+" is not an address that can be trusted: set one that begins with https:// "+
				"(http:// only on the loopback), without a user or password in it")
		}
	}
	for name, hosts := range map[string][]string{"BOT_SERVICE_HOSTS": c.BotServiceHosts, "BOT_FILE_HOSTS": c.BotFileHosts} {
		for _, host := range hosts {
			if address, err := url.Parse("https://" + host); err != nil || address.Host != host || address.Hostname() == "" {
				faults = append(faults, fmt.Sprintf("%s has %q: set hosts such as smba.trafficmanager.net or "+
					"127.0.0.1:56150, with commas between and without https://", name, host))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// ruleFaults looks at the numbers and times of the desk's rules. One that was
// not understood is zero and has been told of already.
func (c Config) ruleFaults(values map[string]string) []string {
	var faults []string
	for _, v := range variables() {
		switch value := reflect.ValueOf(c).FieldByName(v.field).Interface().(type) {
		case int:
			if given, err := strconv.Atoi(values[v.name]); err == nil && given < 1 {
				faults = append(faults, fmt.Sprintf("%s is %d: set %s", v.name, value, v.want))
			}
		case time.Duration:
			if given, err := time.ParseDuration(values[v.name]); err == nil && given <= 0 {
				faults = append(faults, fmt.Sprintf("%s is %s: set %s", v.name, value, v.want))
			}
		}
	}
	if c.ExpediteAbove > 0 && c.PriorityFrom > c.ExpediteAbove {
		faults = append(faults, fmt.Sprintf("HANDRAIL_PRIORITY_FROM is %d and HANDRAIL_EXPEDITE_ABOVE is %d, which leaves no "+
			"ticket for Priority: set the first no higher than the second", c.PriorityFrom, c.ExpediteAbove))
	}
	return faults
}

// isLoopback tells whether a host to listen on is this machine only.
func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// isSafeURL tells whether keys and tokens may be asked for at an address.
func isSafeURL(text string) bool {
	address, err := url.Parse(text)
	if err != nil || address.Hostname() == "" || address.User != nil {
		return false
	}
	return address.Scheme == "https" || address.Scheme == "http" && isLoopback(address.Hostname())
}

// warnings names variables that look like ours but are not read, and settings
// that have no effect.
func warnings(c Config, environ map[string]string) []string {
	var known []string
	for _, v := range variables() {
		known = append(known, v.name)
		if v.secret {
			known = append(known, v.name+"_FILE")
		}
	}
	var warnings []string
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		prefix, _, cut := strings.Cut(name, "_")
		ours := cut && slices.Contains([]string{"HANDRAIL", "BOT", "OUTLOOK", "SMTP", "ODOO"}, prefix)
		if !ours || slices.Contains(known, name) {
			continue
		}
		warning := name + " is set but nothing reads it"
		if near := nearest(name, known); near != "" {
			warning += ": did you mean " + near + "?"
		}
		warnings = append(warnings, warning)
	}
	if !c.Local() && len(c.Leads) == 0 {
		warnings = append(warnings, "HANDRAIL_LEADS is not set: nobody can move a ticket whose owner is away, and nobody is told of breaches")
	}
	return warnings
}

// nearest is the known name that takes the fewest changes, at most three.
func nearest(name string, known []string) string {
	best, least := "", 4
	for _, candidate := range known {
		if d := distance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace between two names
// (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
