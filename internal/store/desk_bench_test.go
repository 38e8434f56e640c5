package store_test

import (
	"crypto/rand"
	"syscall"
	"testing"
	"time"

	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// BenchmarkChange is one click after another on tickets of eight people at once.
func BenchmarkChange(b *testing.B) {
	b.Run("Postgres", func(b *testing.B) { benchmarkChange(b, storetest.Postgres(b)) })
	b.Run("SQLite", func(b *testing.B) { benchmarkChange(b, storetest.SQLite(b)) })
}

func benchmarkChange(b *testing.B, database storetest.Database) {
	b.Helper()
	db := database.Open(b, nil)
	desk := &ticket.Desk{Store: db, Policy: ticket.DefaultPolicy(), Now: time.Now, Guard: tickettest.Guard{}}
	b.ReportAllocs()
	b.SetParallelism(4)
	before := processTime(b)
	b.ResetTimer()
	b.RunParallel(func(clicks *testing.PB) {
		by := ticket.Actor{Tenant: "contoso", Person: ticket.Person{ID: "29:ana", Name: "Ana Lima"}}
		t, err := desk.Open(b.Context(), by, ticket.Opening{
			Intake: ticket.Intake{Title: "Invoices cannot be posted", Customer: "Northwind", Details: "Since this morning.", Users: "12"},
			Take:   true, Key: rand.Text(),
		})
		classes := []ticket.Class{ticket.Expedite, ticket.Standard}
		for i := 0; err == nil && clicks.Next(); i++ {
			press := ticket.Press{ID: t.ID, Version: t.Version, Key: rand.Text()}
			t, err = desk.Change(b.Context(), by, press, func(c *ticket.Change) error {
				return c.OverrideClass(classes[i%2], "The customer says so.")
			})
		}
		if err != nil {
			b.Error(err)
		}
	})
	b.ReportMetric(float64((processTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// processTime is the CPU time that this process has used: what a change costs
// it, without the database's own process and without waiting for the disk.
func processTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
