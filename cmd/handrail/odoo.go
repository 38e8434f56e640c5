package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"handrail/internal/odoo"
)

// odooFaults looks at how tickets are kept in Odoo, as far as that can be seen
// without asking it.
func (c Config) odooFaults(environ map[string]string) []string {
	given := func(name string) bool { return strings.TrimSpace(environ[name]) != "" || environ[name+"_FILE"] != "" }
	var missing []string
	parts := []string{"ODOO_URL", "ODOO_DB", "ODOO_API_KEY"}
	for _, name := range parts {
		if !given(name) {
			missing = append(missing, name)
		}
	}
	var faults []string
	if len(missing) > 0 && len(missing) < len(parts) {
		faults = append(faults, strings.Join(missing, " and ")+" not set: tickets in Odoo need "+strings.Join(parts, ", "))
	}
	if address, err := url.Parse(c.OdooURL); c.OdooURL != "" && (err != nil || !isSafeURL(c.OdooURL) || address.RawQuery != "" || address.Fragment != "") {
		faults = append(faults, "ODOO_URL is not an address that can be trusted with the key: set one such as https://odoo.example.com "+
			"(http:// only on the loopback), without a user, password or query in it")
	}
	if !slices.Contains(odoo.Kinds(), odoo.Kind(c.OdooModel)) {
		faults = append(faults, fmt.Sprintf("ODOO_MODEL is %q: set auto, helpdesk, community or project", c.OdooModel))
	}
	if _, err := odoo.ParseStages(c.OdooStages); err != nil {
		faults = append(faults, "ODOO_STAGES: "+err.Error()+"; set reception=New,diagnosis=In Progress,closed=Solved or the like, stages by name or id")
	}
	if _, err := odoo.ParseTags(c.OdooTags); err != nil {
		faults = append(faults, "ODOO_TAGS: "+err.Error()+"; set expedite=Urgent,standard= or the like, or none")
	}
	return faults
}
