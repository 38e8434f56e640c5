package teams_test

import (
	"testing"

	"handrail/internal/teams"
)

func TestHostsAllowOnlyWhatTheTokenMayBeSentTo(t *testing.T) {
	t.Parallel()
	hosts := teams.Hosts{
		"smba.trafficmanager.net", ".teams.microsoft.com", "Connector.example:8443", "127.0.0.1:3979",
		"localhost", "[::1]:90", "plain.example:443", "kb.example",
	}
	for rawURL, allowed := range map[string]bool{
		"https://smba.trafficmanager.net/teams/":            true,
		"https://SMBA.TrafficManager.net/emea":              true,
		"https://smba.trafficmanager.net:443/emea":          true,
		"https://smba.infra.gcc.teams.microsoft.com/teams":  true,
		"https://connector.example:8443/":                   true,
		"http://127.0.0.1:3979/_connector":                  true,
		"http://localhost:56150/_connector":                 true,
		"https://localhost:56150/_connector":                true,
		"http://[::1]:90/":                                  true,
		"https://plain.example/":                            true,
		"http://smba.trafficmanager.net/teams/":             false,
		"http://connector.example:8443/":                    false,
		"https://smba.trafficmanager.net:8443/":             false,
		"https://smba.trafficmanager.net./":                 false,
		"https://smba.trafficmanager.net:/":                 false,
		"https://evil.smba.trafficmanager.net/":             false,
		"https://trafficmanager.net/":                       false,
		"https://teams.microsoft.com/":                      false,
		"https://.teams.microsoft.com/":                     false,
		"https://a..teams.microsoft.com/":                   false,
		"https://x.teams.microsoft.com:444/":                false,
		"https://evilteams.microsoft.com/":                  false,
		"https://teams.microsoft.com.evil.example/":         false,
		"http://x.teams.microsoft.com/":                     false,
		"https://connector.example/":                        false,
		"https://connector.example:8444/":                   false,
		"http://127.0.0.1:3980/":                            false,
		"http://127.0.0.2/":                                 false,
		"http://2130706433/":                                false,
		"https://user@smba.trafficmanager.net/":             false,
		"https://smba.trafficmanager.net@evil.example/":     false,
		"https://evil.example#@smba.trafficmanager.net/":    false,
		"https://evil.example\\@smba.trafficmanager.net/":   false,
		"https://smba.trafficmanager.net/\\x":               false,
		"https://smba.trafficmanager.net/#x":                false,
		"https://smba.trafficmanager.net/?x=y":              false,
		"https://smba.trafficmanager.net\t/":                false,
		" https://smba.trafficmanager.net/":                 false,
		"https://smba.trafficmanager。net/":                  false,
		"https://ѕmba.trafficmanager.net/":                  false, // a Cyrillic letter
		"https://Kb.example/":                               false, // a Kelvin sign, which is k in lower case
		"https://loca%6chost/":                              false,
		"https://smba.trafficmanager.net%00.evil.example/":  false,
		"https:smba.trafficmanager.net/":                    false,
		"//smba.trafficmanager.net/":                        false,
		"smba.trafficmanager.net":                           false,
		"ftp://smba.trafficmanager.net/":                    false,
		"javascript:alert(1)":                               false,
		"https://":                                          false,
		"":                                                  false,
		"https://[::1%25eth0]:90/":                          false,
		"https://[smba.trafficmanager.net/":                 false,
		"https://smba.trafficmanager.net:notaport/":         false,
		"https://smba.trafficmanager.net:443:443/":          false,
		"https://smba.trafficmanager.net/teams/ with space": false,
	} {
		if err := hosts.Check(rawURL); (err == nil) != allowed {
			t.Errorf("Check(%q) = %v, want allowed: %t", rawURL, err, allowed)
		}
	}
}

func TestAnEmptyListOfHostsAllowsNothing(t *testing.T) {
	t.Parallel()
	for _, rawURL := range []string{"https://smba.trafficmanager.net/teams/", "http://127.0.0.1/", ""} {
		if teams.Hosts(nil).Check(rawURL) == nil {
			t.Errorf("an empty list allows %q", rawURL)
		}
		if (teams.Hosts{""}).Check(rawURL) == nil {
			t.Errorf("an empty entry allows %q", rawURL)
		}
	}
}

func TestEveryCloudAllowsItsOwnConnector(t *testing.T) {
	t.Parallel()
	for name, issuer := range map[string]string{
		"":       "https://api.botframework.com",
		"public": "https://api.botframework.com",
		"USGov":  "https://api.botframework.us",
		"china":  "https://api.botframework.azure.cn",
	} {
		cloud, err := teams.CloudByName(name)
		if err != nil {
			t.Fatal(err)
		}
		if cloud.Issuer != issuer || cloud.Scope != issuer+"/.default" {
			t.Errorf("cloud %q: issuer %q, scope %q", name, cloud.Issuer, cloud.Scope)
		}
		if cloud.DefaultServiceURL != "" && cloud.ServiceHosts.Check(cloud.DefaultServiceURL) != nil {
			t.Errorf("cloud %q does not allow its own %s", name, cloud.DefaultServiceURL)
		}
		for _, rawURL := range []string{cloud.MetadataURL, cloud.LoginURL} {
			if rawURL == "" || rawURL[:8] != "https://" {
				t.Errorf("cloud %q has the URL %q", name, rawURL)
			}
		}
	}
	if _, err := teams.CloudByName("mars"); err == nil {
		t.Error("an unknown cloud is no error")
	}
}

func TestTheGovernmentCloudsOfTeamsAreAllowed(t *testing.T) {
	t.Parallel()
	for name, rawURL := range map[string]string{
		"public": "https://smba.infra.gcc.teams.microsoft.com/teams",
		"usgov":  "https://smba.infra.dod.teams.microsoft.us/teams",
	} {
		cloud, err := teams.CloudByName(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := cloud.ServiceHosts.Check(rawURL); err != nil {
			t.Error(err)
		}
	}
}
