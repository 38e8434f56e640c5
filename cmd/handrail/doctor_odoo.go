package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/odoo"
)

// odooless says why Odoo is not looked at; empty where it is.
func (d *doctor) odooless() string {
	if d.cfg.OdooURL == "" {
		return "Not applicable: ODOO_URL is not set, so that tickets are kept by Handrail alone."
	}
	return ""
}

// odooFindings looks at Odoo: the server, the user of the key, and the desk.
func (d *doctor) odooFindings(ctx context.Context) []finding {
	client, err := odoo.New(odoo.Config{
		URL: d.cfg.OdooURL, Database: d.cfg.OdooDatabase, Key: string(d.cfg.OdooKey), Login: d.cfg.OdooLogin,
		HTTP: d.client, Calls: d.cfg.OdooConnections, Now: d.now,
	})
	if err != nil {
		return one(stateFault, reason(err)+".", "Check ODOO_URL, ODOO_DB and ODOO_API_KEY.")
	}
	version, err := client.Version(ctx)
	if err != nil {
		return []finding{d.odooFault(err)}
	}
	if !version.JSON2() && d.cfg.OdooLogin == "" {
		return one(stateFault, "Odoo "+version.Text+" asks for the user beside the key.",
			"Set ODOO_LOGIN to the login of the user whose key is in ODOO_API_KEY.")
	}
	user, err := client.Me(ctx)
	if err != nil {
		return []finding{d.odooFault(err)}
	}
	found := one(stateOK, fmt.Sprintf("Odoo %s lets Handrail in as %s (%s).", version.Text, user.Name, user.Login), "")
	settings, err := d.cfg.odooSettings()
	if err != nil {
		return append(found, finding{State: stateFault, Found: sentence(reason(err)), Do: "Check ODOO_STAGES and ODOO_TAGS."})
	}
	return append(found, deskFindings(odoo.NewRecords(client, settings).Checks(ctx))...)
}

// deskFindings gives what was found of the desk in Odoo: the model, the team, its
// stages, the rights, and whether a ticket can be made. Whether Odoo answers has
// been said.
func deskFindings(checks []odoo.Check) []finding {
	var found []finding
	for _, c := range checks {
		f := finding{Check: "odoo." + c.Name, State: stateOK, Found: sentence(c.Name + ": " + c.Found)}
		switch {
		case c.Fault != "" && c.OK:
			f.State, f.Found, f.Do = stateWarning, sentence(c.Fault), sentence(c.Do)
		case c.Fault != "" || !c.OK:
			f.State, f.Found, f.Do = stateFault, sentence(c.Fault), sentence(c.Do)
		case slices.Contains([]string{"address", "version", "database", "key"}, c.Name):
			continue
		}
		found = append(found, f)
	}
	return found
}

// sentence makes a sentence of words that are none yet. A variable stays as it is.
func sentence(words string) string {
	words = strings.TrimSuffix(strings.TrimSpace(words), ".")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

// odooFault says why Odoo cannot be used at all.
func (d *doctor) odooFault(err error) finding {
	f := finding{State: stateFault}
	host := hostOf(d.cfg.OdooURL)
	failure, ok := errors.AsType[*odoo.Error](err)
	if !ok {
		f.Found, f.Do = unreached(host, "ODOO_URL", err)
		return f
	}
	switch failure.Kind {
	case odoo.Unauthorized:
		f.Found = "Odoo refuses the key: it is wrong, was taken back, or has expired."
		f.Do = "Make a new API key in Odoo, in the preferences of the bot's user (Account Security), and put it into ODOO_API_KEY. " +
			"Keys of plain users live 90 days at most; an administrator can make one without end. " +
			"Where ODOO_LOGIN is set it has to be the key's user."
	case odoo.WrongDatabase:
		f.Found = "Odoo has no database " + strconv.Quote(d.cfg.OdooDatabase) + "."
		f.Do = "Set ODOO_DB to the name of the database, as the page /web/database/selector or whoever runs Odoo tells it."
	case odoo.NotOdoo:
		f.Found = host + " answers, but not as Odoo's API" + status(failure.Status) + ": it may be a web page, or a proxy."
		f.Do = "Set ODOO_URL to the address of Odoo itself, such as https://odoo.example.com, without a path; " +
			"the database in ODOO_DB has to be there, too."
	case odoo.Access:
		f.Found = "The user of the key may not read its own name in Odoo."
		f.Do = "Make the user in Odoo an internal user, and put a key of it into ODOO_API_KEY."
	case odoo.Busy:
		if failure.Status == 0 && failure.Err != nil {
			f.Found, f.Do = unreached(host, "ODOO_URL", failure.Err)
			return f
		}
		f.Found = host + " is busy or being restarted" + status(failure.Status) + "."
		f.Do = "Run it again in a few minutes; nothing is lost, as Handrail tries again by itself."
	default:
		f.Found = "Odoo refuses to say who the user of the key is" + status(failure.Status) + "."
		f.Do = "Look into the log of Odoo, and check ODOO_URL, ODOO_DB and ODOO_API_KEY."
	}
	return f
}

func status(code int) string {
	if code == 0 {
		return ""
	}
	return " (status " + strconv.Itoa(code) + ")"
}
