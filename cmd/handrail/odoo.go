package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"handrail/internal/logs"
	"handrail/internal/odoo"
	"handrail/internal/ticket"
	"handrail/internal/web"
)

// odooFaults looks at how tickets are kept in Odoo, as far as that can be seen
// without asking it.
func (c Config) odooFaults(environ map[string]string) []string {
	given := func(name string) bool { return strings.TrimSpace(environ[name]) != "" || environ[name+"_FILE"] != "" }
	var missing []string
	parts := []string{"ODOO_URL", "ODOO_DB", "ODOO_API_KEY"}
	for _, name := range parts {
		if !given(name) {
			missing = append(missing, name)
		}
	}
	var faults []string
	if len(missing) > 0 && len(missing) < len(parts) {
		faults = append(faults, strings.Join(missing, " and ")+" not set: tickets in Odoo need "+strings.Join(parts, ", "))
	}
	address, err := url.Parse(c.OdooURL)
	if c.OdooURL != "" && (err != nil || !isSafeURL(c.OdooURL) || address.RawQuery != "" || address.Fragment != "") {
		faults = append(faults, "ODOO_URL is not an address that can be trusted with the key: set one such as https://odoo.example.com "+
			"(http:// only on the loopback), without a user, password or query in it")
	}
	if !slices.Contains(odoo.Kinds(), odoo.Kind(c.OdooModel)) {
		faults = append(faults, fmt.Sprintf("ODOO_MODEL is %q: set auto, helpdesk, community or project", c.OdooModel))
	}
	if _, err := odoo.ParseStages(c.OdooStages); err != nil {
		faults = append(faults, "ODOO_STAGES: "+err.Error()+"; set reception=New,diagnosis=In Progress,closed=Solved "+
			"or the like, stages by name or id")
	}
	if _, err := odoo.ParseTags(c.OdooTags); err != nil {
		faults = append(faults, "ODOO_TAGS: "+err.Error()+"; set expedite=Urgent,standard= or the like, or none")
	}
	return append(faults, c.hookFaults()...)
}

// hookFaults looks at the secret of the hook.
func (c Config) hookFaults() []string {
	var faults []string
	if c.OdooHook != "" && !hookSecret.MatchString(string(c.OdooHook)) {
		faults = append(faults, "ODOO_WEBHOOK_SECRET is no good secret: set 32 letters and digits or more, such as those of openssl rand -hex 24")
	}
	if c.OdooHook != "" && c.OdooURL == "" {
		faults = append(faults, "ODOO_WEBHOOK_SECRET is set without ODOO_URL: set that, too, or unset the secret")
	}
	return faults
}

// hookSecret is what a secret has to be that stands in an address: long, and without
// what an address spells in another way.
var hookSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{32,}$`)

// playground is the tenant of whoever writes in the Agents Playground.
const playground = "00000000-0000-0000-0000-0000000000001"

// recordTenant gives the tenant in which tickets are made of what is opened in Odoo;
// empty where nobody has said which, which is logged.
func (c Config) recordTenant(ctx context.Context, logger *slog.Logger) string {
	switch {
	case c.Local() && len(c.Tenants) == 0:
		return playground
	case c.BotTenantID != "":
		return c.BotTenantID
	case len(c.Tenants) > 0:
		return c.Tenants[0]
	case c.OdooURL != "":
		logger.WarnContext(ctx, "what is opened in Odoo becomes no ticket here: set BOT_TENANT_ID or HANDRAIL_TENANTS to say in which tenant")
	}
	return ""
}

// newHook builds the route by which Odoo hints that something is new; nil for none.
func newHook(cfg Config, desk *ticket.Desk) *web.Hook {
	if cfg.OdooHook == "" || desk.Records == nil {
		return nil
	}
	return &web.Hook{Secret: string(cfg.OdooHook), Take: func(ctx context.Context, body []byte) (bool, error) {
		hint, ok := odoo.ReadHint(body)
		if !ok {
			return false, nil
		}
		logs.From(ctx).DebugContext(ctx, "odoo: something has happened there", "model", hint.Model, "record", hint.Record)
		return true, desk.HintRecords(ctx)
	}}
}

// odooTimeout bounds one call of Odoo: a file of 25 MB takes that long on a slow line.
const odooTimeout = 90 * time.Second

// newRecords builds what keeps tickets in Odoo; nil where the configuration names none.
// Nothing is asked of Odoo yet, so that Handrail starts while it is down.
func newRecords(cfg Config, client *http.Client, metrics *web.Metrics, now func() time.Time) (*odoo.Records, error) {
	if cfg.OdooURL == "" {
		return nil, nil //nolint:nilnil // no Odoo is an answer
	}
	patient := *client
	patient.Timeout = odooTimeout
	speaker, err := odoo.New(odoo.Config{
		URL: cfg.OdooURL, Database: cfg.OdooDatabase, Key: string(cfg.OdooKey), Login: cfg.OdooLogin, HTTP: &patient,
		Calls: cfg.OdooConnections, Now: now,
		Observe: func(_ string, failure odoo.ErrorKind, took time.Duration) {
			metrics.Outbound("odoo", cmp.Or(string(failure), "ok"), took)
		},
	})
	if err != nil {
		return nil, err
	}
	settings, err := cfg.odooSettings()
	if err != nil {
		return nil, err
	}
	return odoo.NewRecords(speaker, settings), nil
}

// odooSettings says how tickets are kept in Odoo.
func (c Config) odooSettings() (odoo.Settings, error) {
	stages, err := odoo.ParseStages(c.OdooStages)
	if err != nil {
		return odoo.Settings{}, err
	}
	tags, err := odoo.ParseTags(c.OdooTags)
	return odoo.Settings{
		Kind: odoo.Kind(c.OdooModel), Team: c.OdooTeam, Project: c.OdooProject, Stages: stages, Tags: tags, CreateContacts: c.OdooCreateContacts,
	}, err
}

// checkOdoo looks at the Odoo of the records, in the background of the start, and logs a
// line for each fault: Handrail runs meanwhile, and what cannot go to Odoo waits.
func checkOdoo(ctx context.Context, records *odoo.Records, logger *slog.Logger) {
	if records == nil {
		return
	}
	for _, c := range records.Checks(ctx) {
		if c.Fault != "" && ctx.Err() == nil {
			logger.WarnContext(ctx, "odoo is not as tickets need it",
				slog.String("check", c.Name), slog.String("fault", c.Fault), slog.String("do", c.Do))
		}
	}
}
