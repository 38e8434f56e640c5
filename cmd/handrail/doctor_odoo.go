package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/odoo"
)

// odooExaminer looks at the desk in Odoo with a client that has signed in: the
// model, its fields and stages, the rights, and whether a ticket can be made.
type odooExaminer func(ctx context.Context, cfg Config, client *odoo.Client) []finding

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
	user, err := client.Me(ctx)
	if err != nil {
		return []finding{d.odooFault(err)}
	}
	found := one(stateOK, fmt.Sprintf("Odoo %s lets Handrail in as %s (%s).", version.Text, user.Name, user.Login), "")
	return append(found, d.odoo(ctx, d.cfg, client)...)
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
			"Before Odoo 19, ODOO_LOGIN has to be the key's user."
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

// examineOdoo looks at the desk in Odoo: the model, the team and its stages, the
// rights, and whether a ticket can be made.
func examineOdoo(ctx context.Context, cfg Config, client *odoo.Client) []finding {
	settings, err := cfg.odooSettings()
	if err != nil {
		return one(stateFault, err.Error()+".", "Check ODOO_STAGES and ODOO_TAGS.")
	}
	var found []finding
	for _, c := range odoo.NewRecords(client, settings).Checks(ctx) {
		if slices.Contains([]string{"address", "version", "database", "key"}, c.Name) && c.OK {
			continue // told already
		}
		f := finding{State: stateOK, Found: sentence(cmp.Or(c.Fault, c.Found)), Do: sentence(c.Do)}
		if c.Fault != "" && c.OK {
			f.State = stateWarning
		} else if !c.OK {
			f.State = stateFault
		}
		found = append(found, f)
	}
	return found
}

// sentence begins a text with a capital letter and ends it with a full stop; names of variables stay.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
