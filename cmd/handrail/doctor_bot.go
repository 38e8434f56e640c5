package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/teams"
	"handrail/internal/web"
)

// token signs the bot in.
func (d *doctor) token(ctx context.Context) []finding {
	wire, err := newWire(d.cfg, d.client, web.NewMetrics(), teams.Limits{})
	if err == nil {
		err = wire.check(ctx)
	}
	if err == nil {
		return one(stateOK, "Microsoft gives a token for the bot "+d.cfg.BotID+".", "")
	}
	refused, ok := errors.AsType[*teams.Error](err)
	if !ok {
		return one(stateFault, "The bot cannot sign in: "+reason(err)+".", "Check BOT_TYPE, BOT_ID, BOT_PASSWORD and BOT_TENANT_ID.")
	}
	host := d.tokenHost()
	switch {
	case refused.Status == 0 && d.cfg.BotType == managedIdentity:
		return one(stateFault, "The address that gives managed identities their tokens does not answer: "+reason(refused.Err)+".",
			"Run Handrail on the Azure machine or container that has the identity, or set BOT_TYPE=SingleTenant with BOT_PASSWORD.")
	case refused.Status == 0:
		found, do := unreached(host, "BOT_TOKEN_URL and BOT_CLOUD", refused.Err)
		return one(stateFault, found, do)
	case refused.SubCode != "":
		return []finding{signInFault(refused.SubCode, "BOT_ID", "BOT_PASSWORD", "BOT_TENANT_ID")}
	case refused.Kind == teams.Broken:
		return one(stateFault, host+" answers, but not with a token: it is no login service of Microsoft.", "Check BOT_TOKEN_URL, or unset it.")
	case refused.Temporary():
		return []finding{busyFinding(refused.Status)}
	}
	return one(stateFault, host+" refuses to sign the bot in, with status "+strconv.Itoa(refused.Status)+".",
		"Check BOT_ID, BOT_PASSWORD, BOT_TENANT_ID and BOT_TYPE.")
}

// tokenHost is where the bot signs in.
func (d *doctor) tokenHost() string {
	if d.cfg.BotTokenURL != "" {
		return hostOf(d.cfg.BotTokenURL)
	}
	cloud, err := d.cfg.cloud()
	if err != nil || d.cfg.BotType == managedIdentity {
		return "the service for managed identities"
	}
	return hostOf(cloud.LoginURL)
}

// signInFault says what a code of the login service means ("Microsoft Entra
// authentication and authorization error codes"), by the variables with the id, the
// secret and the tenant of whoever signs in. What it does not know it leaves to
// Microsoft's page.
func signInFault(code, id, secret, tenant string) finding {
	number := strings.TrimPrefix(code, "AADSTS")
	grade := stateFault
	var found, do string
	switch number {
	case "7000215":
		found = "The secret in " + secret + " is wrong."
		do = "Copy the Value of a client secret of the registration into it, not its Secret ID; " +
			"where the Value is not shown any more, make a new one."
	case "7000222":
		found = "The secret in " + secret + " has expired."
		do = "Make a new client secret for the registration (Certificates & secrets), and put its Value into " + secret + "."
	case "7000218", "900144", "90014":
		found = "Something is missing in the request to sign in: " + secret + " may be empty."
		do = "Set " + secret + " to the Value of a client secret."
	case "700016", "7000229", "500014", "7000112":
		found = "The application in " + id + " is not known in the tenant in " + tenant + ", or is switched off there."
		do = "Check both in the portal: App registrations shows the application (client) id and the directory (tenant) id; " +
			"Enterprise applications, whether sign-in is on."
	case "90002", "900023", "9002313", "900021":
		found = "There is no tenant with the id in " + tenant + "."
		do = "Copy the directory (tenant) id from the registration's overview. For another cloud than the public one set BOT_CLOUD, too."
	case "500011", "1002012", "70011":
		found = "The tenant does not know what the token is for: it is of another cloud."
		do = "Set BOT_CLOUD to the cloud of the tenant, and unset BOT_TOKEN_URL."
	case "53003", "530035", "53011":
		found = "A rule of the tenant (conditional access) forbids this sign-in."
		do = "Ask an administrator of the tenant to let the application sign in from here."
	case "90033", "50196", "90025":
		grade, found = stateWarning, "The login service is busy, or has seen too many sign-ins."
		do = "Run it again in a few minutes."
	default:
		found = "The login service refuses the sign-in."
		do = "Look the code up: https://login.microsoftonline.com/error?code=" + number + ", and check " + id + ", " + secret + " and " + tenant + "."
	}
	return finding{State: grade, Found: strings.TrimSuffix(found, ".") + " (" + code + ").", Do: do}
}

// tenants asks for each tenant whether it is there, and looks whether the people
// of the bot's own may use it.
func (d *doctor) tenants(ctx context.Context) []finding {
	var found []finding
	if d.cfg.BotTenantID != "" && !slices.ContainsFunc(d.cfg.Tenants, func(t string) bool { return strings.EqualFold(t, d.cfg.BotTenantID) }) {
		found = append(found, finding{
			State: stateWarning, Found: "The people of the bot's own tenant may not use it: HANDRAIL_TENANTS leaves BOT_TENANT_ID out.",
			Do: "Add BOT_TENANT_ID to HANDRAIL_TENANTS, unless that is meant.",
		})
	}
	login, own, ok := d.login()
	if !ok {
		return append(found, finding{State: stateSkipped, Found: "Not looked up: BOT_TOKEN_URL does not say where tenants are known."})
	}
	known := []string(nil)
	for _, tenant := range slices.Compact(slices.Sorted(slices.Values(append(own, d.cfg.Tenants...)))) {
		if bad := d.tenant(ctx, login, tenant); bad.State != "" {
			found = append(found, bad)
		} else {
			known = append(known, tenant)
		}
	}
	if len(known) > 0 {
		found = append(found, finding{State: stateOK, Found: "Microsoft knows the tenant " + strings.Join(known, " and ") + "."})
	}
	return found
}

// login gives the address of the login service without a tenant, and the bot's own
// tenant where it has one.
func (d *doctor) login() (address string, own []string, ok bool) {
	if d.cfg.BotTenantID != "" {
		own = []string{d.cfg.BotTenantID}
	}
	if d.cfg.BotTokenURL == "" {
		cloud, err := d.cfg.cloud()
		return cloud.LoginURL, own, err == nil
	}
	before, found := strings.CutSuffix(d.cfg.BotTokenURL, "/oauth2/v2.0/token")
	at := strings.LastIndex(before, "/")
	if !found || at < 0 {
		return "", own, false
	}
	return before[:at], own, true
}

// tenant gives what is wrong with a tenant; the zero finding for nothing.
func (d *doctor) tenant(ctx context.Context, login, tenant string) finding {
	answer, err := d.get(ctx, login+"/"+url.PathEscape(tenant)+"/v2.0/.well-known/openid-configuration")
	if err != nil {
		found, do := unreached(hostOf(login), "BOT_CLOUD", err)
		return finding{State: stateFault, Found: found, Do: do}
	}
	switch {
	case answer.status == http.StatusOK:
		return finding{}
	case answer.busy():
		return busyFinding(answer.status)
	}
	variable := "HANDRAIL_TENANTS"
	if strings.EqualFold(tenant, d.cfg.BotTenantID) {
		variable = "BOT_TENANT_ID"
	}
	return finding{State: stateFault, Found: "Microsoft knows no tenant " + strconv.Quote(tenant) + " (" + variable + ").",
		Do: "Copy the directory (tenant) id from the overview of Microsoft Entra ID in the portal."}
}

// keys fetches the keys that messages from Teams are checked with.
func (d *doctor) keys(ctx context.Context) []finding {
	cloud, err := d.cfg.cloud()
	if err != nil {
		return one(stateFault, reason(err)+".", "Check BOT_CLOUD.")
	}
	var metadata struct {
		KeysURL string `json:"jwks_uri"`
	}
	if bad := d.document(ctx, cloud.MetadataURL, &metadata); bad.State != "" {
		return []finding{bad}
	}
	var keys struct {
		Keys []any `json:"keys"`
	}
	if bad := d.document(ctx, metadata.KeysURL, &keys); bad.State != "" {
		return []finding{bad}
	}
	if len(keys.Keys) == 0 {
		return one(stateFault, hostOf(metadata.KeysURL)+" publishes no keys, so that every message from Teams is refused.",
			"Check BOT_OPENID_METADATA_URL, or unset it.")
	}
	return one(stateOK, "The keys that messages from Teams are checked with are there.", "")
}

// document reads a JSON document; the finding is zero where it could be read.
func (d *doctor) document(ctx context.Context, address string, into any) finding {
	answer, err := d.get(ctx, address)
	if err != nil {
		found, do := unreached(hostOf(address), "BOT_OPENID_METADATA_URL and BOT_CLOUD", err)
		return finding{State: stateFault, Found: found, Do: do}
	}
	if answer.status == http.StatusOK && json.Unmarshal(answer.body, into) == nil {
		return finding{}
	}
	return finding{State: stateFault, Found: hostOf(address) + " does not give the keys that messages from Teams are checked with" +
		status(answer.status) + ".", Do: "Check BOT_OPENID_METADATA_URL, or unset it; else run it again in a few minutes."}
}
