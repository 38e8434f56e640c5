// Package odootest has an Odoo in memory that is spoken to as the real one, by
// JSON-2 as 19 and by JSON-RPC as 14, 18 and 19, and a proxy that harms what goes
// through it. What the Odoo does was seen on real servers of 14 and 19 (the
// recordings of the odoo package, and the conformance tests, which run against
// both); what was not seen it refuses. Its ids, users and keys are few and fixed.
//
// It has no translations, no computed portal, sends no mail, and cleans HTML
// only of what tests put there. Between two requests nothing happens in it.
package odootest
