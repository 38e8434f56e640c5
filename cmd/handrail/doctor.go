package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// checkPatience bounds one check of the doctor. They run side by side, so that the
// whole command takes little more.
const checkPatience = 10 * time.Second

// lastWords is how long a check may take, after its time is over, to say what it was waiting for.
const lastWords = time.Second

// state says how what was looked at is; a stable word.
type state string

// The states, from good to bad.
const (
	stateSkipped state = "skipped" // it was not looked at, and what was found says why
	stateOK      state = "ok"
	stateWarning state = "warning" // it works, but somebody should know
	stateFault   state = "fault"   // it does not work
)

// finding is one thing that was found. Its words are for whoever runs Handrail,
// and have no secret in them.
type finding struct {
	// Check is the stable name of the check.
	Check string `json:"check"`
	State state  `json:"state"`
	// Found says what was found, and Do what to do next.
	Found string `json:"found"`
	Do    string `json:"do,omitempty"`
}

// examinationForm is the number of the form of the JSON: it grows when something
// in it is taken away or means something else.
const examinationForm = 1

// examination is what the doctor found, as JSON.
type examination struct {
	Form     int       `json:"form"`
	State    state     `json:"state"`
	Faults   int       `json:"faults"`
	Warnings int       `json:"warnings"`
	Findings []finding `json:"findings"`
}

// doctorCommand looks at everything that Handrail needs.
type doctorCommand struct {
	JSON bool `help:"Print what was found as one JSON document." name:"json"`
}

// Run is called by kong. Faults make the command fail; warnings do not.
func (c doctorCommand) Run(ctx context.Context, p *process) error {
	found := newDoctor(p.environ, os.ReadFile).examine(ctx)
	if err := c.print(p, found); err != nil {
		return err
	}
	if found.Faults > 0 {
		return errFound
	}
	return nil
}

func (c doctorCommand) print(p *process, found examination) error {
	if c.JSON {
		encoder := json.NewEncoder(p.stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(found); err != nil {
			return fmt.Errorf("write to standard output: %w", err)
		}
		return nil
	}
	return p.say("%s", found)
}

// String writes a line for each finding, and below it what to do.
func (e examination) String() string {
	var b strings.Builder
	width := 0
	for _, f := range e.Findings {
		width = max(width, len(f.Check))
	}
	for _, f := range e.Findings {
		fmt.Fprintf(&b, "%-8s  %-*s  %s\n", cmp.Or(map[state]string{stateSkipped: "-"}[f.State], string(f.State)), width, f.Check, f.Found)
		if f.Do != "" {
			fmt.Fprintf(&b, "%-8s  %-*s  %s\n", "", width, "", "Do: "+f.Do)
		}
	}
	if e.Faults+e.Warnings == 0 {
		b.WriteString("All is well.")
	} else {
		fmt.Fprintf(&b, "%s, %s.", plural(e.Faults, "fault"), plural(e.Warnings, "warning"))
	}
	return b.String()
}

// plural writes "1 fault" and "2 faults".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// span writes a time in whole hours, or minutes where it is short.
func span(d time.Duration) string {
	if d >= 2*time.Hour {
		return plural(int(d.Round(time.Hour)/time.Hour), "hour")
	}
	return plural(int(d.Round(time.Minute)/time.Minute), "minute")
}

// doctor looks at a configuration and at all that it names. It changes nothing but
// what a check says, and may look while Handrail runs.
type doctor struct {
	cfg      Config
	warnings []string
	faults   Faults
	// secrets are never printed.
	secrets []string
	client  *http.Client
	// clock is that of a test; nil for the machine's.
	clock func() time.Time
	// patience bounds each check.
	patience time.Duration
}

// newDoctor reads the configuration, and what can be used of one with faults.
func newDoctor(environ map[string]string, readFile func(string) ([]byte, error)) *doctor {
	d := &doctor{client: newClient(), patience: checkPatience}
	d.cfg, d.warnings, d.faults = readConfig(environ, readFile)
	values, _ := collect(environ, readFile)
	for _, v := range variables() {
		if v.secret {
			d.secrets = append(d.secrets, secretsIn(values[v.name])...)
		}
	}
	d.client.Timeout = checkPatience
	return d
}

func (d *doctor) now() time.Time {
	if d.clock != nil {
		return d.clock()
	}
	return time.Now()
}

// check is one thing to look at.
type check struct {
	name string
	// needs begin the names of the variables that the check cannot do without.
	needs []string
	// unused says why the check is not applicable; empty where it is.
	unused string
	look   func(ctx context.Context) []finding
}

func (d *doctor) checks() []check {
	local := ""
	if d.cfg.Local() {
		local = "Not applicable in local mode: BOT_ID is not set."
	}
	return []check{
		{name: "configuration", look: func(context.Context) []finding { return d.configuration() }},
		{name: "database", needs: []string{"DATABASE_URL"}, look: d.database},
		{name: "service", needs: []string{"HANDRAIL_ADDR"}, look: d.service},
		{name: "token", needs: []string{"BOT_"}, unused: local, look: d.token},
		{name: "tenant", needs: []string{"BOT_", "HANDRAIL_TENANTS"}, unused: local, look: d.tenants},
		{name: "clock", needs: []string{"BOT_", "ODOO_URL"}, unused: d.clockless(), look: d.clocks},
		{name: "keys", needs: []string{"BOT_"}, unused: local, look: d.keys},
		{name: "hosts", needs: []string{"BOT_"}, unused: local, look: d.hosts},
		{name: "package", needs: []string{"BOT_ID", "HANDRAIL_URL"}, unused: local, look: func(context.Context) []finding { return d.appPackage() }},
		{name: "site", needs: []string{"HANDRAIL_URL"}, unused: d.siteless(), look: d.site},
		{name: "mail", needs: []string{"SMTP_", "OUTLOOK_"}, unused: d.mailless(), look: d.mail},
		{name: "odoo", needs: []string{"ODOO_"}, unused: d.odooless(), look: d.odooFindings},
	}
}

// examine makes all checks side by side and gives what they found, in their order.
func (d *doctor) examine(ctx context.Context) examination {
	checks := d.checks()
	results := make([][]finding, len(checks))
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() { results[i] = d.bounded(ctx, c) })
	}
	all.Wait()
	found := examination{Form: examinationForm, State: stateOK, Findings: []finding{}}
	for i, c := range checks {
		for _, f := range results[i] {
			f.Check = cmp.Or(f.Check, c.name)
			f.Found, f.Do = d.masked(f.Found), d.masked(f.Do)
			found.Findings = append(found.Findings, f)
			switch f.State {
			case stateFault:
				found.Faults++
			case stateWarning:
				found.Warnings++
			case stateOK, stateSkipped:
			}
		}
	}
	switch {
	case found.Faults > 0:
		found.State = stateFault
	case found.Warnings > 0:
		found.State = stateWarning
	}
	return found
}

// bounded makes a check, as far as the configuration allows it, and gives up
// waiting for one that takes too long.
func (d *doctor) bounded(ctx context.Context, c check) []finding {
	if c.name != "configuration" && d.misconfigured(c.needs) {
		return []finding{{State: stateSkipped, Found: "Not looked at: the configuration that it needs has a fault."}}
	}
	if c.unused != "" {
		return []finding{{State: stateSkipped, Found: c.unused}}
	}
	ctx, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	answer := make(chan []finding, 1)
	go func() { answer <- c.look(ctx) }()
	// A check that ends with its time has something better to say than that.
	grace := time.NewTimer(d.patience + lastWords)
	defer grace.Stop()
	select {
	case found := <-answer:
		return found
	case <-grace.C:
		return []finding{{
			State: stateFault, Found: fmt.Sprintf("There was no answer within %s.", d.patience),
			Do: "Run it again; if it is the same, look at what stands between this machine and what it asks: a firewall, a proxy, the load.",
		}}
	}
}

// misconfigured tells whether a fault of the configuration names a variable that
// begins like one of these.
func (d *doctor) misconfigured(beginnings []string) bool {
	return slices.ContainsFunc(beginnings, func(beginning string) bool {
		return slices.ContainsFunc(d.faults, func(fault string) bool { return strings.Contains(fault, beginning) })
	})
}

// configuration tells what is wrong with the configuration, all at once.
func (d *doctor) configuration() []finding {
	var found []finding
	for _, fault := range d.faults {
		found = append(found, configurationFault(fault))
	}
	for _, warning := range d.warnings {
		if !strings.HasSuffix(warning, "?") {
			warning += "."
		}
		found = append(found, finding{State: stateWarning, Found: warning})
	}
	if len(found) > 0 {
		return found
	}
	mode := "for bot " + d.cfg.BotID
	if d.cfg.Local() {
		mode = "for local mode"
	}
	return []finding{{State: stateOK, Found: "All variables can be used, " + mode + "."}}
}

// configurationFault takes a fault apart into what is wrong and what to set.
func configurationFault(fault string) finding {
	what, set, told := strings.Cut(fault, ": set ")
	named, _, _ := strings.Cut(what, ": ")
	var names []string
	for word := range strings.FieldsSeq(named) {
		if name := strings.Trim(word, ":,."); strings.Contains(name, "_") && name == strings.ToUpper(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if told && len(names) > 0 {
		return finding{State: stateFault, Found: what + ".", Do: names[0] + ": set " + set + "."}
	}
	return finding{State: stateFault, Found: fault + ".", Do: "Correct " + strings.Join(names, " and ") + "."}
}

// masked puts *** in the place of every secret of the configuration.
func (d *doctor) masked(text string) string {
	for _, secret := range d.secrets {
		text = strings.ReplaceAll(text, secret, mask)
	}
	return text
}

// one is a check with a single finding.
func one(s state, found, do string) []finding { return []finding{{State: s, Found: found, Do: do}} }
