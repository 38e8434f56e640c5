package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// How far the clock may be off. Tokens are taken for five minutes more than they
// say, by Handrail and by Microsoft.
const (
	clockWarns = 2 * time.Minute
	clockFails = 5 * time.Minute
)

// odooServer is what Odoo is called.
const odooServer = "Odoo"

// clockServer is a server whose clock is compared with ours.
type clockServer struct{ name, address string }

func (d *doctor) clockServers() []clockServer {
	var servers []clockServer
	if login, _, ok := d.login(); ok && !d.cfg.Local() {
		servers = append(servers, clockServer{"Microsoft's login service", login})
	}
	if d.cfg.OdooURL != "" {
		servers = append(servers, clockServer{odooServer, d.cfg.OdooURL + "/web/version"})
	}
	return servers
}

// clockless says why there is no clock to compare with; empty where there is one.
func (d *doctor) clockless() string {
	if len(d.clockServers()) > 0 {
		return ""
	}
	return "Not applicable: there is no server whose clock could be compared with."
}

// clocks compares the clock of this machine with those of the servers.
func (d *doctor) clocks(ctx context.Context) []finding {
	var found []finding
	for _, server := range d.clockServers() {
		off, err := d.offset(ctx, server.address)
		if err != nil {
			// Why it does not answer is what other checks find out.
			found = append(found, finding{State: stateSkipped, Found: "Not compared with " + server.name + ": " + reason(err) + "."})
			continue
		}
		found = append(found, clockFinding(server.name, off))
	}
	return found
}

// clockFinding judges how far the clock is ahead of a server's.
func clockFinding(name string, off time.Duration) finding {
	f := finding{State: stateOK, Found: "The clock agrees with that of " + name + "."}
	if off.Abs() < clockWarns {
		return f
	}
	way := "ahead of"
	if off < 0 {
		way = "behind"
	}
	f.State, f.Found = stateWarning, fmt.Sprintf("The clock is %s %s that of %s.", span(off.Abs()), way, name)
	f.Do = "Set the clock of this machine by the network (NTP): five minutes off, nobody is let in."
	if off.Abs() >= clockFails {
		f.State, f.Do = stateFault, "Set the clock of this machine by the network (NTP): tokens are refused, and reminders come at the wrong time."
	}
	if name == odooServer {
		f.Do = "Set the clocks of this machine and of Odoo's by the network (NTP): " +
			"of two changes the newer one counts, and this way the wrong one would."
	}
	return f
}

// offset tells how far our clock is ahead of a server's, by the Date of its answer
// (RFC 9110, section 6.6.1), whatever else it answers. It is good to a second and
// the time that the answer takes.
func (d *doctor) offset(ctx context.Context, address string) (time.Duration, error) {
	asked := d.now()
	answer, err := d.get(ctx, address)
	if err != nil {
		return 0, err
	}
	took := d.now().Sub(asked)
	there, err := http.ParseTime(answer.header.Get("Date"))
	if err != nil {
		return 0, fmt.Errorf("the answer has no date: %w", err)
	}
	return asked.Add(took / 2).Sub(there), nil
}
