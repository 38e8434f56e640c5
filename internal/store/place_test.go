package store_test

import (
	"sync"
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

func learn(t *testing.T, db *store.DB, address ticket.Address) {
	t.Helper()
	inTx(t, db, func(tx ticket.Tx) error { return tx.Learn(t.Context(), address) })
}

func TestTheNewestAddressOfAPlaceWins(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		place := ticket.Place{Tenant: "contoso", Conversation: "19:channel", Thread: "1700"}
		_, known, err := db.Address(t.Context(), place)
		ok(t, err)
		equal(t, known, false)

		first := ticket.Address{
			Place: place, Kind: ticket.Channel, ServiceURL: "https://old", BotID: "28:bot", BotName: "Handrail", Person: ana,
			Team: "19:team", Channel: "19:channel", Locale: "en-US", Zone: "Europe/Berlin", Refused: "BotNotInConversationRoster",
		}
		learn(t, db, first)
		got, _, err := db.Address(t.Context(), place)
		ok(t, err)
		equal(t, got, first)

		learn(t, db, ticket.Address{Place: place, ServiceURL: "https://new", Locale: "vi-VN"})
		want := first
		want.ServiceURL, want.Locale, want.Refused = "https://new", "vi-VN", ""
		got, _, err = db.Address(t.Context(), place)
		ok(t, err)
		equal(t, got, want)

		_, known, err = db.Address(t.Context(), ticket.Place{Tenant: "contoso", Conversation: "19:channel"})
		ok(t, err)
		equal(t, known, false)
	})
}

func TestAPersonIsReachedInTheNewestPersonalConversation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := morning
		db := database.Open(t, func() time.Time { return now })
		at := func(conversation string, kind ticket.PlaceKind, person ticket.Person) {
			now = now.Add(time.Second)
			learn(t, db, ticket.Address{Place: ticket.Place{Tenant: "contoso", Conversation: conversation}, Kind: kind, Person: person})
		}
		at("old", ticket.Personal, ana)
		at("new", ticket.Personal, ana)
		at("group", ticket.Group, ana)
		at("ben", ticket.Personal, ben)
		for _, id := range []string{ana.ID, ana.ObjectID} {
			got, known, err := db.PersonalAddress(t.Context(), "contoso", id)
			ok(t, err)
			equal(t, known, true)
			equal(t, got.Conversation, "new")
		}
		for _, id := range []string{"29:nobody", ""} {
			_, known, err := db.PersonalAddress(t.Context(), "contoso", id)
			ok(t, err)
			equal(t, known, false)
		}
	})
}

func TestAPlaceIsWelcomedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		place := ticket.Place{Tenant: "contoso", Conversation: "c"}
		var mu sync.Mutex
		var welcoming sync.WaitGroup
		welcomes := 0
		for range 4 {
			db := database.Open(t, nil)
			welcoming.Go(func() {
				err := db.InTx(t.Context(), func(tx ticket.Tx) error {
					first, err := tx.Welcome(t.Context(), place)
					if first {
						mu.Lock()
						defer mu.Unlock()
						welcomes++
					}
					return err
				})
				if err != nil {
					t.Errorf("welcome: %v", err)
				}
			})
		}
		welcoming.Wait()
		equal(t, welcomes, 1)
		inTx(t, database.Open(t, nil), func(tx ticket.Tx) error {
			first, err := tx.Welcome(t.Context(), ticket.Place{Tenant: "contoso", Conversation: "another"})
			equal(t, first, true)
			return err
		})
	})
}
