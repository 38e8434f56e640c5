// Package store keeps tickets, their history, places, cards and jobs in
// Postgres or in SQLite, through GORM on both. It implements the ports of the
// domain: one transaction holds a change, its history and the jobs that follow
// from it, which River's tables keep beside ours. It brings a database to the
// version that it knows and refuses one that it cannot serve, with a [Fault]
// that says what to do.
//
// It decides nothing about tickets and does no jobs: package jobs works those
// off with the client that [DB.Queue] gives.
package store
