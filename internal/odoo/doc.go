// Package odoo speaks to an Odoo server: by JSON-2 where the server knows it
// (19 and later), else by JSON-RPC (14 to 18). It turns Odoo's ways of saying no
// into typed errors, its times and empty values into ours, and refuses calls that
// Odoo would take for something else. Records, notes and files are made by external
// identifiers, so that making them twice makes them once. The client repeats no
// call: its caller is a job that comes back.
package odoo
