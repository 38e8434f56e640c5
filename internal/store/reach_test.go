package store_test

import (
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

func TestARefusalIsNewsOnceAndTouchesNothingElse(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		place := ticket.Place{Tenant: "contoso", Conversation: "a:ana"}
		address := ticket.Address{Place: place, Kind: ticket.Personal, ServiceURL: "https://new", Person: ana, Zone: "Asia/Tokyo"}
		learn(t, db, address)
		refuse := func(place ticket.Place, why ticket.Refusal) (news bool) {
			inTx(t, db, func(tx ticket.Tx) (err error) {
				news, err = tx.Refuse(t.Context(), place, why)
				return err
			})
			return news
		}
		equal(t, refuse(place, ticket.Blocked), true)
		equal(t, refuse(place, ticket.Blocked), false)
		equal(t, refuse(place, ticket.Disabled), true)
		equal(t, refuse(ticket.Place{Tenant: "fabrikam", Conversation: "a:ana"}, ticket.Blocked), false)
		address.Refused = string(ticket.Disabled)
		got, _, err := db.Address(t.Context(), place)
		ok(t, err)
		equal(t, got, address)
		learn(t, db, ticket.Address{Place: place, ServiceURL: "https://newer"})
		equal(t, refuse(place, ticket.Blocked), true)
	})
}

func TestAForgottenPlaceIsNotKnown(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		first, second := ticket.NoChat("contoso", ana.ID), ticket.NoChat("contoso", ben.ID)
		learn(t, db, ticket.Address{Place: first, Kind: ticket.Personal, Person: ana, Refused: string(ticket.NotInstalled)})
		learn(t, db, ticket.Address{Place: second, Kind: ticket.Personal, Person: ben})
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.Forget(t.Context(), first, ticket.NoChat("fabrikam", ben.ID), ticket.NoChat("contoso", "nobody"))
		})
		_, known, err := db.PersonalAddress(t.Context(), "contoso", ana.ID)
		ok(t, err)
		equal(t, known, false)
		_, known, err = db.PersonalAddress(t.Context(), "contoso", ben.ID)
		ok(t, err)
		equal(t, known, true)
	})
}

func TestTheOpenTicketsOfAPlaceComeAPageAtATime(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		place := ticket.Place{Tenant: "contoso", Conversation: "19:desk"}
		for i := range 5 {
			made := fresh("contoso", "shown")
			if i == 1 {
				made.State = ticket.Closed
			}
			create(t, db, made)
			addPost(t, db, ticket.Post{Place: place, Number: made.Number, Activity: string(rune('a' + i))})
		}
		addPost(t, db, ticket.Post{Place: place, Number: 1, Activity: "another copy"})
		elsewhere, unsent := create(t, db, fresh("contoso", "elsewhere")), create(t, db, fresh("contoso", "unsent"))
		addPost(t, db, ticket.Post{Place: ticket.Place{Tenant: "contoso", Conversation: "19:desk", Thread: "1"}, Number: elsewhere.Number, Activity: "t"})
		addPost(t, db, ticket.Post{Place: place, Number: unsent.Number})
		var numbers []int64
		for after := int64(0); ; after = numbers[len(numbers)-1] {
			page, err := db.ShownIn(t.Context(), place, after, 3)
			ok(t, err)
			if numbers = append(numbers, page...); len(page) < 3 {
				break
			}
		}
		equal(t, numbers, []int64{1, 3, 4, 5})
	})
}

func TestOpenTicketsOfAllTenantsAreWalkedThroughInOrder(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for _, tenant := range []string{"fabrikam", "contoso", "fabrikam", "contoso", "adatum"} {
			create(t, db, fresh(tenant, "open"))
		}
		closed := fresh("contoso", "closed")
		closed.State = ticket.Closed
		create(t, db, closed)
		var walked []ticket.ID
		after := ticket.ID{}
		for {
			page, err := db.OpenAfter(t.Context(), after, 2)
			ok(t, err)
			if len(page) == 0 {
				break
			}
			for _, found := range page {
				walked = append(walked, found.ID)
			}
			after = walked[len(walked)-1]
		}
		equal(t, walked, []ticket.ID{
			{Tenant: "adatum", Number: 1}, {Tenant: "contoso", Number: 1}, {Tenant: "contoso", Number: 2},
			{Tenant: "fabrikam", Number: 1}, {Tenant: "fabrikam", Number: 2},
		})
	})
}

func TestTicketsOfWhichSomebodyCannotBeToldAreFound(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		create(t, db, fresh("contoso", "all are told"))
		marked := fresh("contoso", "one is not")
		marked.Unreached = []ticket.Unreached{{Person: ana, Why: ticket.Blocked, Since: morning}}
		create(t, db, marked)
		create(t, db, fresh("fabrikam", "another tenant"))
		page, err := db.Tickets(t.Context(), ticket.Query{Tenant: "contoso", Open: true, Unreached: true, Limit: 10})
		ok(t, err)
		equal(t, page.Total, 1)
		equal(t, page.Tickets[0], marked)
	})
}

func TestASettingIsWhatWasStoredLast(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for _, value := range []string{"1h", "2h"} {
			inTx(t, db, func(tx ticket.Tx) error { return tx.Set(t.Context(), "times", value) })
			got, err := db.Setting(t.Context(), "times")
			ok(t, err)
			equal(t, got, value)
		}
		got, err := db.Setting(t.Context(), "another")
		ok(t, err)
		equal(t, got, "")
	})
}

func TestRetimingATicketChangesNothingElse(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "from before"))
		due := morning.Add(time.Hour)
		retimed := *made
		retimed.NextDue, retimed.Title = &due, "something else"
		inTx(t, db, func(tx ticket.Tx) error { return tx.Retime(t.Context(), &retimed) })
		got, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		want := *made
		want.NextDue = &due
		equal(t, got, &want)

		old := *got
		old.Version--
		old.NextDue = nil
		inTx(t, db, func(tx ticket.Tx) error { return tx.Retime(t.Context(), &old) })
		got, err = db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got, &want)
	})
}
