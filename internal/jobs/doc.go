// Package jobs works off what a transaction has left for later: it runs River's
// client on the process's database and hands each job to the function that was
// registered for its kind. A job may come twice and on any process; that this
// is harmless is up to the function.
//
// It knows neither what jobs do nor where they are stored: the functions come
// from whoever wires the process, the client from package store.
package jobs
