package teams

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Cloud is one of Microsoft's clouds: who signs what comes in, where the bot
// signs in, and which hosts may receive its token. Each value can be replaced
// before the cloud is used.
type Cloud struct {
	// Issuer is the issuer of the tokens that the Bot Connector sends.
	Issuer string
	// MetadataURL is the OpenID document that names the keys of Issuer.
	MetadataURL string
	// LoginURL is the authority, without a tenant and without a final slash.
	LoginURL string
	// Tenant is where an old multi-tenant bot signs in.
	Tenant string
	// Scope is what the bot asks a token for.
	Scope string
	// ServiceHosts are the hosts of the connector: a serviceUrl on any other
	// host is refused, and the bot's token goes to none but these.
	ServiceHosts Hosts
	// FileHosts are the hosts that people's files are fetched from, without a token.
	FileHosts Hosts
	// DefaultServiceURL is for messages to a conversation that has not written
	// yet. It is empty where Microsoft publishes none.
	DefaultServiceURL string
}

// CloudByName returns the cloud called public, usgov or china. An empty name
// means public.
func CloudByName(name string) (Cloud, error) {
	switch strings.ToLower(name) {
	case "", "public":
		return Cloud{
			Issuer:            "https://api.botframework.com",
			MetadataURL:       "https://login.botframework.com/v1/.well-known/openidconfiguration",
			LoginURL:          "https://login.microsoftonline.com",
			Tenant:            "botframework.com",
			Scope:             "https://api.botframework.com/.default",
			ServiceHosts:      Hosts{"smba.trafficmanager.net", ".teams.microsoft.com", ".botframework.com"},
			FileHosts:         Hosts{".sharepoint.com", ".svc.ms", ".blob.core.windows.net"},
			DefaultServiceURL: "https://smba.trafficmanager.net/teams/",
		}, nil
	case "usgov":
		return Cloud{
			Issuer:            "https://api.botframework.us",
			MetadataURL:       "https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
			LoginURL:          "https://login.microsoftonline.us",
			Tenant:            "MicrosoftServices.onmicrosoft.us",
			Scope:             "https://api.botframework.us/.default",
			ServiceHosts:      Hosts{".teams.microsoft.us", ".botframework.us", ".botframework.azure.us"},
			FileHosts:         Hosts{".sharepoint.us", ".sharepoint-mil.us", ".svc.ms", ".blob.core.usgovcloudapi.net"},
			DefaultServiceURL: "https://smba.infra.gov.teams.microsoft.us/teams",
		}, nil
	case "china":
		// Microsoft publishes no host of the Teams connector for this cloud: it
		// has to be named in the configuration.
		return Cloud{
			Issuer:       "https://api.botframework.azure.cn",
			MetadataURL:  "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration",
			LoginURL:     "https://login.partner.microsoftonline.cn",
			Tenant:       "microsoftservices.partner.onmschina.cn",
			Scope:        "https://api.botframework.azure.cn/.default",
			ServiceHosts: Hosts{".botframework.azure.cn"},
			FileHosts:    Hosts{".sharepoint.cn", ".blob.core.chinacloudapi.cn"},
		}, nil
	}
	return Cloud{}, fmt.Errorf("teams: no cloud %q: it is public, usgov or china", name)
}

// Hosts is a list of the hosts that a serviceUrl may have. An entry is a host,
// a host:port, or a domain that begins with a dot and stands for every host
// below it.
type Hosts []string

// LoopbackHosts are the hosts of a connector on this machine, on any port: all
// that local mode talks to.
func LoopbackHosts() Hosts { return Hosts{"localhost", "127.0.0.1", "::1"} }

// Check returns nil when the URL is one that the bot's token may be sent to:
// https on a host of the list, or plain http on a loopback host of the list.
// Whatever makes two readers of a URL disagree about its host is refused.
func (h Hosts) Check(rawURL string) error {
	host, port, plain, err := splitServiceURL(rawURL)
	if err != nil {
		return fmt.Errorf("teams: service URL %.200q: %w", rawURL, err)
	}
	for _, entry := range h {
		if entryAllows(strings.ToLower(entry), host, port, plain) {
			return nil
		}
	}
	return fmt.Errorf("teams: service URL %.200q: its host is not on the list", rawURL)
}

// splitServiceURL returns the host in lower case and the port ("" for the
// scheme's own) of an absolute URL with nothing unusual in it, and whether it
// is plain http.
func splitServiceURL(rawURL string) (host, port string, plain bool, err error) {
	if strings.ContainsFunc(rawURL, unusual) {
		return "", "", false, errors.New("it has characters that do not belong there")
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", "", false, errors.New("it is not a URL")
	}
	host, port = strings.ToLower(u.Hostname()), u.Port()
	if host == "" || strings.HasPrefix(host, ".") || strings.Contains(host, "..") || strings.HasSuffix(u.Host, ":") {
		return "", "", false, errors.New("it has no proper host")
	}
	switch u.Scheme {
	case "https":
		if port == "443" {
			port = ""
		}
	case "http":
		plain = true
	default:
		return "", "", false, errors.New("it is not https")
	}
	return host, port, plain, nil
}

// unusual reports whether a character does not belong into a service URL: all but
// printable ASCII (letters that look like others, or become others in lower
// case), and what parsers read in different ways.
func unusual(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`\@#?`, r)
}

// entryAllows reports whether one entry of the list stands for the host.
func entryAllows(entry, host, port string, plain bool) bool {
	if strings.HasPrefix(entry, ".") {
		return !plain && port == "" && strings.HasSuffix(host, entry)
	}
	name, want := entry, ""
	if h, p, err := net.SplitHostPort(entry); err == nil {
		name, want = h, p
	}
	name = strings.Trim(name, "[]")
	if name != host || plain && !isLoopback(host) {
		return false
	}
	if want == "" {
		// A connector on this machine has whatever port it found free.
		return port == "" || isLoopback(host)
	}
	return port == want || port == "" && !plain && want == "443"
}

// isLoopback reports whether a host is this machine, by its address or by the
// one name that needs no look-up.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
