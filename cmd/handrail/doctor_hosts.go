package main

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"

	"handrail/internal/teams"
)

// hosts asks each host that Handrail sends to, or fetches files from, for any
// answer: its name is found, and its certificate is trusted.
func (d *doctor) hosts(ctx context.Context) []finding {
	cloud, err := d.cfg.cloud()
	if err != nil {
		return one(stateFault, reason(err)+".", "Check BOT_CLOUD.")
	}
	service := slices.Clone(cloud.ServiceHosts)
	if len(d.cfg.BotServiceHosts) == 0 && cloud.DefaultServiceURL != "" {
		service = append(service, hostOf(cloud.DefaultServiceURL))
	}
	var names, domains []string
	variable := map[string]string{}
	for of, hosts := range map[string]teams.Hosts{"BOT_SERVICE_HOSTS": service, "BOT_FILE_HOSTS": cloud.FileHosts} {
		for _, host := range hosts {
			if strings.HasPrefix(host, ".") {
				domains = append(domains, host)
			} else if variable[host] == "" {
				names = append(names, host)
				variable[host] = of
			}
		}
	}
	slices.Sort(names)
	slices.Sort(domains)
	results := make([]finding, len(names))
	var all sync.WaitGroup
	for i, host := range names {
		all.Go(func() { results[i] = d.host(ctx, host, variable[host]) })
	}
	all.Wait()
	found := slices.DeleteFunc(results, func(f finding) bool { return f.State == stateOK })
	if len(found) == 0 && len(names) > 0 {
		found = []finding{{State: stateOK, Found: "There is an answer from " + strings.Join(names, ", ") + "."}}
	}
	if len(domains) > 0 {
		found = append(found, finding{State: stateSkipped, Found: "Not asked, as they are domains with hosts that Teams names: " +
			strings.Join(domains, ", ") + ". Let this machine reach all of them by HTTPS."})
	}
	return found
}

// host asks one host; any answer will do. A host on this machine is a test's or the
// Playground's, which may speak HTTP.
func (d *doctor) host(ctx context.Context, host, variable string) finding {
	scheme := "https://"
	name, _, err := net.SplitHostPort(host)
	if err == nil && isLoopback(strings.Trim(name, "[]")) {
		scheme = "http://"
	}
	if _, err := d.get(ctx, scheme+host+"/"); err != nil {
		found, do := unreached(host, variable, err)
		return finding{State: stateFault, Found: found, Do: do}
	}
	return finding{State: stateOK}
}
