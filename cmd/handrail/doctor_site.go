package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"handrail/manifest"
)

// health is what Handrail itself answers under /readyz.
type health struct {
	Ready *bool `json:"ready"`
	Parts []struct {
		Name  string `json:"name"`
		Ready bool   `json:"ready"`
		Says  string `json:"says"`
	} `json:"parts"`
}

// ready asks an address whether a Handrail is there; false for something else.
func (d *doctor) ready(ctx context.Context, address string) (health, bool, error) {
	var said health
	answer, err := d.get(ctx, address+"/readyz")
	if err != nil {
		return said, false, err
	}
	return said, json.Unmarshal(answer.body, &said) == nil && said.Ready != nil, nil
}

// service looks whether Handrail runs on this machine, and what it says of itself.
func (d *doctor) service(ctx context.Context) []finding {
	host, port, err := net.SplitHostPort(d.cfg.Addr)
	if err != nil || port == "0" {
		return one(stateSkipped, "Not asked: HANDRAIL_ADDR has no port of its own.", "")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	at := net.JoinHostPort(host, port)
	said, ours, err := d.ready(ctx, "http://"+at)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return one(stateOK, "No Handrail runs here now; "+at+" is free for it.", "")
	case err != nil:
		found, do := unreached(at, "HANDRAIL_ADDR", err)
		return one(stateWarning, found, do)
	case !ours:
		return one(stateFault, "Another program listens on "+at+".", "End it, or set HANDRAIL_ADDR to a free port.")
	case *said.Ready:
		return one(stateOK, "A Handrail runs on "+at+" and is ready.", "")
	}
	var failing []string
	for _, part := range said.Parts {
		if !part.Ready {
			failing = append(failing, part.Name)
		}
	}
	return one(stateFault, "The Handrail on "+at+" says that it is not ready: "+strings.Join(failing, ", ")+".",
		"Do what the checks of the same names say, and look into its log for “not ready”.")
}

// siteless says why the address for browsers is not looked at; empty where it is.
func (d *doctor) siteless() string {
	switch {
	case d.cfg.URL != "":
		return ""
	case d.cfg.Local():
		return "Not applicable in local mode: links lead to this machine."
	}
	return "Not applicable: HANDRAIL_URL is not set, so that reports and files are not offered for download."
}

// site asks the address that people's browsers and Teams use.
func (d *doctor) site(ctx context.Context) []finding {
	_, ours, err := d.ready(ctx, d.cfg.URL)
	host := hostOf(d.cfg.URL)
	switch {
	case err != nil:
		found, do := unreached(host, "HANDRAIL_URL", err)
		return one(stateWarning, found, do+" This machine may be the only one that cannot.")
	case !ours:
		return one(stateWarning, host+" answers, but not as Handrail.",
			"Start Handrail, and let the proxy in front of it pass everything on to HANDRAIL_ADDR.")
	}
	return one(stateOK, "Handrail answers under "+host+".", "")
}

// appPackage looks whether the app package can be made.
func (d *doctor) appPackage() []finding {
	domain := ""
	if parsed, err := url.Parse(d.cfg.URL); err == nil {
		domain = parsed.Hostname()
	}
	params := packageCommand{Release: "1.0.0", Developer: "Handrail", Website: "https://example.com"}.params(d.cfg.BotID)
	if net.ParseIP(domain) == nil && strings.Contains(domain, ".") {
		params.Domain = domain
	}
	if err := manifest.Package(io.Discard, params); err != nil {
		return one(stateFault, "The app package cannot be made: "+reason(err)+".",
			"Set BOT_ID to the application (client) id of the registration, as the portal shows it.")
	}
	return one(stateOK, "The app package can be made: handrail package", "")
}
