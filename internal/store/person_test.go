package store_test

import (
	"errors"
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

func TestAPersonIsKnownByBothIDsAndTheNewestWins(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		first := ticket.Acquaintance{Person: ana, Tenant: "contoso", Locale: "en-US", Zone: "Europe/Berlin", SeenAt: morning}
		inTx(t, db, func(tx ticket.Tx) error { return tx.Meet(t.Context(), first) })
		// What an activity leaves out stays.
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.Meet(t.Context(), ticket.Acquaintance{
				Person: ticket.Person{ID: ana.ID, Name: "Ana\x00 L. Lima"}, Tenant: "contoso", SeenAt: morning.Add(time.Hour),
			})
		})
		want := first
		want.Name, want.SeenAt = "Ana L. Lima", morning.Add(time.Hour)
		for _, id := range []string{ana.ID, ana.ObjectID} {
			got, known, err := db.Person(t.Context(), "contoso", id)
			ok(t, err)
			equal(t, known, true)
			equal(t, got, want)
		}
		for _, nobody := range []struct{ tenant, id string }{{"contoso", ""}, {"contoso", "29:nobody"}, {"fabrikam", ana.ID}} {
			_, known, err := db.Person(t.Context(), nobody.tenant, nobody.id)
			ok(t, err)
			equal(t, known, false)
		}
	})
}

func TestPeopleAreListedByNameWhileTheyAreSeen(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		inTx(t, db, func(tx ticket.Tx) error {
			for _, who := range []struct {
				tenant, id, name string
				seen             time.Duration
			}{
				{"contoso", "1", "zoe", 0}, {"contoso", "2", "Ana", time.Hour}, {"contoso", "3", "ben", time.Minute},
				{"contoso", "4", "", time.Hour}, {"contoso", "5", "Gone", -time.Second}, {"fabrikam", "6", "Other", time.Hour},
			} {
				met := ticket.Acquaintance{Person: ticket.Person{ID: who.id, Name: who.name}, Tenant: who.tenant, SeenAt: morning.Add(who.seen)}
				if err := tx.Meet(t.Context(), met); err != nil {
					return err
				}
			}
			return nil
		})
		names := func(limit int) (names []string) {
			people, err := db.People(t.Context(), "contoso", morning, limit)
			ok(t, err)
			for _, who := range people {
				names = append(names, who.Name)
			}
			return names
		}
		equal(t, names(10), []string{"Ana", "ben", "zoe"})
		equal(t, names(2), []string{"Ana", "ben"})
		equal(t, len(names(0)), 0)
	})
}

func TestAnAbsenceIsKeptForEachPersonUntilItIsEnded(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		away := ticket.Absence{Tenant: "contoso", Person: ana, Since: morning, Until: morning.Add(72 * time.Hour), StandIn: &ben}
		save := func(absence ticket.Absence) {
			inTx(t, db, func(tx ticket.Tx) error { return tx.SaveAbsence(t.Context(), absence) })
		}
		save(away)
		got, known, err := db.Absence(t.Context(), "contoso", ana.ID)
		ok(t, err)
		equal(t, known, true)
		equal(t, got, away)

		// A ticket that is read tells whether its owner is away.
		owned := fresh("contoso", "one")
		owned.Owner = &ana
		made := create(t, db, owned)
		bens := fresh("contoso", "two")
		bens.Owner = &ben
		there := create(t, db, bens)
		for id, want := range map[ticket.ID]bool{made.ID: true, there.ID: false} {
			read, err := db.Ticket(t.Context(), id)
			ok(t, err)
			equal(t, read.OwnerAway, want)
		}

		away.StandIn, away.Until = nil, morning.Add(time.Hour)
		save(away)
		got, _, err = db.Absence(t.Context(), "contoso", ana.ID)
		ok(t, err)
		equal(t, got, away)
		_, known, err = db.Absence(t.Context(), "fabrikam", ana.ID)
		ok(t, err)
		equal(t, known, false)

		other := away
		other.Person = ben
		save(other)
		inTx(t, db, func(tx ticket.Tx) error { return tx.EndAbsence(t.Context(), "contoso", ana.ID) })
		_, known, err = db.Absence(t.Context(), "contoso", ana.ID)
		ok(t, err)
		equal(t, known, false)
		_, known, err = db.Absence(t.Context(), "contoso", ben.ID)
		ok(t, err)
		equal(t, known, true)
	})
}

func TestAPersonIsFoundByTheirMailAndWhatTheOrganisationSaysGoesFirst(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		due := morning.Add(30 * 24 * time.Hour)
		meet := func(who ticket.Person) ticket.Acquaintance {
			met := ticket.Acquaintance{Person: who, Tenant: "contoso", SeenAt: morning}
			inTx(t, db, func(tx ticket.Tx) error { return tx.Meet(t.Context(), met) })
			return met
		}
		anas, bens := meet(ana), meet(ben)
		anas.Mail, anas.SignIn, anas.MailDue = "Ana.Lima@contoso.com", "alima@contoso.com", due
		bens.OwnMail = "Ben@Other.example"
		inTx(t, db, func(tx ticket.Tx) error {
			// Nothing is stored of somebody who was never met.
			stranger := ticket.Acquaintance{Person: ticket.Person{ID: "29:nobody"}, Tenant: "contoso", Mail: "no@body.example"}
			return errors.Join(tx.LearnMail(t.Context(), anas), tx.SayMail(t.Context(), bens), tx.LearnMail(t.Context(), stranger))
		})
		anas.Mail, bens.OwnMail = "ana.lima@contoso.com", "ben@other.example"
		finds := func(mail string, want ticket.Acquaintance, found bool) {
			t.Helper()
			got, known, err := db.PersonByMail(t.Context(), "contoso", mail)
			ok(t, err)
			equal(t, known, found)
			equal(t, got, want)
		}
		finds("ana.lima@CONTOSO.com", anas, true)
		finds("alima@contoso.com", anas, true)
		finds("ben@OTHER.example", bens, true)
		finds("", ticket.Acquaintance{}, false)
		finds("no@body.example", ticket.Acquaintance{}, false)
		_, known, err := db.PersonByMail(t.Context(), "fabrikam", "ana.lima@contoso.com")
		ok(t, err)
		equal(t, known, false)

		// Met again, they keep their addresses.
		meet(ana)
		finds("alima@contoso.com", anas, true)

		// What somebody says of themselves never hides whom the organisation gives the address.
		bens.OwnMail = "alima@contoso.com"
		bens.SeenAt = morning.Add(time.Hour)
		inTx(t, db, func(tx ticket.Tx) error {
			return errors.Join(tx.Meet(t.Context(), bens), tx.SayMail(t.Context(), bens))
		})
		finds("alima@contoso.com", anas, true)
		equal(t, bens.Mails(), []string{"alima@contoso.com"})
		equal(t, anas.Mails(), []string{"ana.lima@contoso.com", "alima@contoso.com"})
	})
}
