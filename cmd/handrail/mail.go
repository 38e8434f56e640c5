package main

import (
	"net/http"
	"strings"
	"time"

	"handrail/internal/outlook"
	"handrail/internal/ticket"
	"handrail/internal/web"
)

// mailFaults looks at how mails are sent: in one way, or not at all.
func (c Config) mailFaults(environ map[string]string) []string {
	given := func(name string) bool { return strings.TrimSpace(environ[name]) != "" || environ[name+"_FILE"] != "" }
	var missing []string
	parts := []string{"OUTLOOK_SENDER", "OUTLOOK_TENANT_ID", "OUTLOOK_CLIENT_ID", "OUTLOOK_CLIENT_SECRET"}
	for _, name := range parts {
		if !given(name) {
			missing = append(missing, name)
		}
	}
	var faults []string
	graph := len(missing) < len(parts)
	if graph && given("SMTP_URL") {
		faults = append(faults, "SMTP_URL and OUTLOOK_… are both set: unset SMTP_URL to send mails by Microsoft Graph, or all OUTLOOK_… "+
			"to send them by the mail server")
	} else if graph && len(missing) > 0 {
		faults = append(faults, strings.Join(missing, " and ")+" not set: mails by Microsoft Graph need "+strings.Join(parts, ", "))
	}
	if _, err := ticket.CheckAddress(c.OutlookSender); err != nil && c.OutlookSender != "" {
		faults = append(faults, "OUTLOOK_SENDER is no mail address: set that of the mailbox to send from, such as handrail@contoso.com")
	}
	if _, err := outlook.ParseServer(string(c.SMTP)); err != nil && c.SMTP != "" {
		faults = append(faults, "SMTP_URL is not understood: "+err.Error()+"; set smtp://user:password@host:587?from=handrail@contoso.com, "+
			"or smtps:// for TLS from the first byte, with special characters of user and password percent-encoded")
	}
	return faults
}

// newMailer builds what sends mails; nil where the configuration names no way.
func newMailer(cfg Config, client *http.Client, metrics *web.Metrics, now func() time.Time) (ticket.Mailer, error) {
	common := outlook.Config{Now: now, Observe: func(failure outlook.ErrorKind, took time.Duration) {
		outcome := string(failure)
		if outcome == "" {
			outcome = "ok"
		}
		metrics.Outbound("mail", outcome, took)
	}}
	switch {
	case cfg.SMTP != "":
		server, err := outlook.ParseServer(string(cfg.SMTP))
		if err != nil {
			return nil, err
		}
		return outlook.NewSMTP(outlook.SMTPConfig{Config: common, Server: server}), nil
	case cfg.OutlookSender != "":
		cloud, err := outlook.CloudByName(cfg.BotCloud)
		if err != nil {
			return nil, err
		}
		return outlook.NewGraph(outlook.GraphConfig{
			Config: common, Cloud: cloud, Sender: cfg.OutlookSender,
			Tenant: cfg.OutlookTenantID, ClientID: cfg.OutlookClientID, Secret: string(cfg.OutlookClientSecret), HTTP: client,
		})
	}
	return nil, nil //nolint:nilnil // no mail is an answer
}
