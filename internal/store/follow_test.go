package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// known makes the database know a conversation and gives its place.
func known(t *testing.T, db *store.DB, conversation, refused string) ticket.Place {
	t.Helper()
	place := ticket.Place{Tenant: "contoso", Conversation: conversation}
	learn(t, db, ticket.Address{Place: place, Kind: ticket.Group, ServiceURL: "https://here", Refused: refused})
	return place
}

func follow(t *testing.T, db *store.DB, follow ticket.Follow) ticket.Follow {
	t.Helper()
	follow.By, follow.At = ana, morning
	inTx(t, db, func(tx ticket.Tx) error { return tx.Follow(t.Context(), follow) })
	return follow
}

func TestAPlaceFollowsTicketsByClassInOneWayAndEachTicketOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "one"))
		place, other := known(t, db, "c", "blocked"), known(t, db, "d", "")
		one := follow(t, db, ticket.Follow{Place: place, Number: made.Number})
		follow(t, db, ticket.Follow{Place: place})
		all := follow(t, db, ticket.Follow{Place: place, Class: ticket.Priority})
		elsewhere := follow(t, db, ticket.Follow{Place: other, Number: made.Number})
		follow(t, db, ticket.Follow{Place: other, Number: made.Number + 1})
		follow(t, db, ticket.Follow{Place: ticket.Place{Tenant: "contoso", Conversation: "unknown"}})
		follow(t, db, ticket.Follow{Place: ticket.Place{Tenant: "fabrikam", Conversation: "c"}})

		follows, err := db.Follows(t.Context(), place)
		ok(t, err)
		equal(t, follows, []ticket.Follow{all, one})

		quiet := ticket.Quiet{Tenant: "contoso", Conversation: "d", From: 1200, To: 420, Zone: "Europe/Berlin", By: ben, At: morning}
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.SetQuiet(t.Context(), ticket.Quiet{Tenant: "contoso", Conversation: "d"})
		})
		inTx(t, db, func(tx ticket.Tx) error { return tx.SetQuiet(t.Context(), quiet) })
		stored, has, err := db.Quiet(t.Context(), "contoso", "d")
		ok(t, err)
		equal(t, has, true)
		equal(t, stored, quiet)

		for _, f := range []*ticket.Follow{&all, &one, &elsewhere} {
			f.By, f.At = ticket.Person{}, time.Time{} // which nobody asks for here
		}
		quiet.By, quiet.At = ticket.Person{}, time.Time{}
		followers, err := db.Followers(t.Context(), made.ID)
		ok(t, err)
		equal(t, followers, []ticket.Follower{
			{Follow: all, Refused: "blocked"}, {Follow: one, Refused: "blocked"}, {Follow: elsewhere, Quiet: &quiet},
		})

		inTx(t, db, func(tx ticket.Tx) error { return tx.EndQuiet(t.Context(), "contoso", "d") })
		_, has, err = db.Quiet(t.Context(), "contoso", "d")
		ok(t, err)
		equal(t, has, false)
	})
}

func TestUnfollowingForgetsStatusPostsThatNoFollowIsLeftFor(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		one, two := create(t, db, fresh("contoso", "one")), create(t, db, fresh("contoso", "two"))
		place, other := known(t, db, "c", ""), known(t, db, "d", "")
		follow(t, db, ticket.Follow{Place: place})
		follow(t, db, ticket.Follow{Place: place, Number: one.Number})
		follow(t, db, ticket.Follow{Place: other})
		live := addPost(t, db, ticket.Post{Place: place, Number: two.Number, Activity: "live"})
		status := func(place ticket.Place, number int64) *ticket.Post {
			return &ticket.Post{Place: place, Number: number, Purpose: ticket.PurposeStatus, Noticed: 1}
		}
		kept, gone, elsewhere := status(place, one.Number), status(place, two.Number), status(other, two.Number)
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.AddStatusPosts(t.Context(), []*ticket.Post{gone, elsewhere})
		})
		inTx(t, db, func(tx ticket.Tx) error { return tx.AddStatusPosts(t.Context(), []*ticket.Post{kept}) })
		inTx(t, db, func(tx ticket.Tx) error { return tx.Unfollow(t.Context(), place, []int64{0}) })
		for number, want := range map[int64][]ticket.Post{one.Number: {*kept}, two.Number: {live, *elsewhere}} {
			posts, err := db.Posts(t.Context(), ticket.ID{Tenant: "contoso", Number: number})
			ok(t, err)
			equal(t, posts, want)
		}
		follows, err := db.Follows(t.Context(), place)
		ok(t, err)
		equal(t, len(follows), 1)
	})
}

func TestAPlaceHasOneStatusPostOfATicketHoweverManyAsk(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there := database.Open(t, nil), database.Open(t, nil)
		made := create(t, here, fresh("contoso", "one"))
		posts := func(n int) []*ticket.Post {
			all := make([]*ticket.Post, n)
			for i := range all {
				place := ticket.Place{Tenant: "contoso", Conversation: fmt.Sprint("c-", i)}
				all[i] = &ticket.Post{Place: place, Number: made.Number, Purpose: ticket.PurposeStatus, Noticed: 1}
			}
			return all
		}
		const some, many = 700, 1200
		inTx(t, here, func(tx ticket.Tx) error { return tx.AddStatusPosts(t.Context(), posts(some)) })
		added := posts(many)
		inTx(t, there, func(tx ticket.Tx) error { return tx.AddStatusPosts(t.Context(), added) })
		for i, post := range added {
			if (post.ID == 0) != (i < some) {
				t.Fatalf("post %d has the id %d", i, post.ID)
			}
		}
		addPost(t, here, ticket.Post{Place: added[0].Place, Number: made.Number, Activity: "live"})
		inTx(t, here, func(tx ticket.Tx) error { return tx.NotePosts(t.Context(), made.ID, 7) })
		inTx(t, here, func(tx ticket.Tx) error { return tx.NotePosts(t.Context(), made.ID, 6) })
		stored, err := here.Posts(t.Context(), made.ID)
		ok(t, err)
		equal(t, len(stored), many+1)
		for _, post := range stored {
			if post.Noticed != 7 {
				t.Fatalf("%+v", post)
			}
		}
		// What is sent later does not take it back.
		sent := stored[0]
		sent.Activity, sent.Noticed = "a", 0
		inTx(t, here, func(tx ticket.Tx) error { return tx.SavePost(t.Context(), sent) })
		got, _, err := here.Post(t.Context(), "contoso", sent.ID)
		ok(t, err)
		equal(t, got.Noticed, int64(7))
	})
}

func TestWhatIsHeldBackIsReleasedOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		place := known(t, db, "c", "")
		thread := ticket.Place{Tenant: "contoso", Conversation: "c", Thread: "1"}
		follow(t, db, ticket.Follow{Place: place})
		notice := func(place ticket.Place, number, version int64, after time.Duration) ticket.HeldNotice {
			event := ticket.Event{Version: version, Kind: ticket.EventStatus, Words: "It\x00 \"stands\""}
			return ticket.HeldNotice{Place: place, Number: number, Event: event, At: morning.Add(after)}
		}
		later, sooner := notice(place, 1, 0, time.Hour), notice(place, 2, 5, time.Minute)
		for _, some := range [][]ticket.HeldNotice{{notice(place, 1, 3, 0), sooner}, {later, notice(thread, 1, 2, 0)}, nil} {
			inTx(t, db, func(tx ticket.Tx) error { return tx.Hold(t.Context(), some) })
		}
		inTx(t, db, func(tx ticket.Tx) error {
			waiting, err := tx.Waiting(t.Context(), "contoso", "c")
			equal(t, waiting, []ticket.Place{place, thread})
			return err
		})
		asks := func(number, told int64, held, waiting bool) {
			t.Helper()
			followers, err := db.Followers(t.Context(), ticket.ID{Tenant: "contoso", Number: number})
			ok(t, err)
			f := followers[0]
			equal(t, []any{f.Told, f.Held, f.Waiting}, []any{told, held, waiting})
		}
		asks(1, 3, true, true)
		asks(9, 0, false, true)
		for _, want := range [][]ticket.HeldNotice{{sooner, later}, {}} {
			for i := range want {
				want[i].Told, want[i].Event.Words = true, "It \"stands\""
			}
			inTx(t, db, func(tx ticket.Tx) error {
				released, err := tx.Release(t.Context(), place)
				equal(t, released, want)
				return err
			})
		}
		asks(1, 3, false, false)
	})
}

func TestAnAnnouncementTakesFewStatementsHoweverManyFollow(t *testing.T) {
	t.Parallel()
	var count traffic
	database := storetest.Postgres(t)
	database.URL = counting(t, database.URL, &count)
	db := database.Open(t, nil)
	desk := &ticket.Desk{Store: db, Policy: ticket.DefaultPolicy(), Now: time.Now, Guard: tickettest.Guard{}}
	by := ticket.Actor{Tenant: "contoso", Person: ana}
	opened, err := desk.Open(t.Context(), by, ticket.Opening{
		Intake: ticket.Intake{Title: "Invoices", Customer: "Northwind", Details: "All of them.", Users: "30"}, Take: true,
	})
	ok(t, err)
	const many = 200
	inTx(t, db, func(tx ticket.Tx) error {
		for i := range many {
			place := ticket.Place{Tenant: "contoso", Conversation: fmt.Sprint("c-", i)}
			err := errors.Join(tx.Learn(t.Context(), ticket.Address{Place: place}), tx.Follow(t.Context(), ticket.Follow{Place: place}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	for what, want := range map[string]int64{"the first time": 9, "again": 9} {
		before := count.statements.Load()
		ok(t, desk.Announce(t.Context(), ticket.Announce{Tenant: "contoso", Number: opened.Number, Version: 1}))
		if n := count.statements.Load() - before; n < 5 || n > want {
			t.Errorf("%s it takes %d statements, want at most %d", what, n, want)
		}
	}
	posts, err := db.Posts(t.Context(), opened.ID)
	ok(t, err)
	equal(t, len(posts), many)
}
