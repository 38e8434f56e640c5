package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

func addPost(t *testing.T, db *store.DB, post ticket.Post) ticket.Post {
	t.Helper()
	inTx(t, db, func(tx ticket.Tx) error { return tx.AddPost(t.Context(), &post) })
	return post
}

func TestPostsAreKeptOldestFirstUntilTheyAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "one"))
		place := ticket.Place{Tenant: "contoso", Conversation: "c", Thread: "1700"}
		first := addPost(t, db, ticket.Post{Place: place, Number: made.Number})
		second := addPost(t, db, ticket.Post{Place: place, Number: made.Number, Activity: "a-2", Shown: 1, Held: morning})
		third := addPost(t, db, ticket.Post{Place: place, Number: made.Number})

		first.Activity, first.Shown, first.Thread = "a-1", 7, "1701"
		inTx(t, db, func(tx ticket.Tx) error { return tx.SavePost(t.Context(), first) })
		inTx(t, db, func(tx ticket.Tx) error { return tx.ForgetPost(t.Context(), third.ID) })
		posts, err := db.Posts(t.Context(), made.ID)
		ok(t, err)
		equal(t, posts, []ticket.Post{first, second})

		got, known, err := db.Post(t.Context(), "contoso", second.ID)
		ok(t, err)
		equal(t, known, true)
		equal(t, got, second)
		_, known, err = db.Post(t.Context(), "contoso", third.ID)
		ok(t, err)
		equal(t, known, false)
		err = db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.SavePost(t.Context(), third) })
		wantKind(t, err, ticket.NotFound)
	})
}

func TestAMessageIsStoredOnceAndShowsTheTicketThatWasAddedLast(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		one, two := create(t, db, fresh("contoso", "one")), create(t, db, fresh("contoso", "two"))
		message := ticket.Post{Place: ticket.Place{Tenant: "contoso", Conversation: "c"}, Number: one.Number, Activity: "a", Shown: 3}
		first := addPost(t, db, message)
		message.Number, message.Shown = two.Number, 0
		second := addPost(t, db, message)
		equal(t, second.ID, first.ID)
		posts, err := db.Posts(t.Context(), one.ID)
		ok(t, err)
		equal(t, len(posts), 0)
		posts, err = db.Posts(t.Context(), two.ID)
		ok(t, err)
		equal(t, posts, []ticket.Post{second})
	})
}

func TestAPostOfAnUnknownTicketIsRefused(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		err := db.InTx(t.Context(), func(tx ticket.Tx) error {
			return tx.AddPost(t.Context(), &ticket.Post{Place: ticket.Place{Tenant: "contoso", Conversation: "c"}, Number: 9})
		})
		wantKind(t, err, ticket.NotFound)
	})
}

func TestAPostIsHeldByOneWorkerAtATime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there := database.Open(t, nil), database.Open(t, nil)
		made := create(t, here, fresh("contoso", "one"))
		place := ticket.Place{Tenant: "contoso", Conversation: "c"}
		old := addPost(t, here, ticket.Post{Place: place, Number: made.Number, Activity: "old", Shown: 4})
		older := addPost(t, here, ticket.Post{Place: place, Number: made.Number, Activity: "older"})
		addPost(t, here, ticket.Post{Place: place, Number: made.Number, Activity: "new", Shown: 5})
		addPost(t, here, ticket.Post{Place: place, Number: made.Number})

		posts, err := here.Posts(t.Context(), made.ID)
		ok(t, err)
		wish := func(id ticket.ID, now, until time.Time) ticket.Hold {
			hold := ticket.Hold{ID: id, Version: 5, Now: now, Until: until}
			for _, post := range posts {
				hold.Posts = append(hold.Posts, post.ID)
			}
			return hold
		}
		until := morning.Add(time.Minute)
		held := make([][]ticket.Post, 8)
		var holding sync.WaitGroup
		for i := range held {
			db := here
			if i%2 == 1 {
				db = there
			}
			holding.Go(func() {
				err := db.InTx(t.Context(), func(tx ticket.Tx) error {
					var err error
					held[i], err = tx.HoldPosts(t.Context(), wish(made.ID, morning, until))
					return err
				})
				if err != nil {
					t.Errorf("hold: %v", err)
				}
			})
		}
		holding.Wait()
		old.Held, older.Held = until, until
		workers := 0
		for _, posts := range held {
			if len(posts) > 0 {
				workers++
				equal(t, posts, []ticket.Post{old, older})
			}
		}
		equal(t, workers, 1)

		inTx(t, here, func(tx ticket.Tx) error {
			posts, err := tx.HoldPosts(t.Context(), wish(made.ID, until.Add(-time.Microsecond), until))
			equal(t, len(posts), 0)
			return err
		})
		inTx(t, here, func(tx ticket.Tx) error {
			posts, err := tx.HoldPosts(t.Context(), wish(made.ID, until, until.Add(time.Minute)))
			equal(t, len(posts), 2)
			return err
		})
	})
}

func TestAPostUnderAnOpenFormIsHeldByNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := morning
		db := database.Open(t, func() time.Time { return now })
		made := create(t, db, fresh("contoso", "one"))
		place := ticket.Place{Tenant: "contoso", Conversation: "c"}
		post := addPost(t, db, ticket.Post{Place: place, Number: made.Number, Activity: "m"})
		held := func() (n int) {
			inTx(t, db, func(tx ticket.Tx) error {
				posts, err := tx.HoldPosts(t.Context(), ticket.Hold{ID: made.ID, Version: 9, Posts: []int64{post.ID}, Now: now, Until: now})
				n = len(posts)
				return err
			})
			return n
		}
		form := ticket.OpenForm{Place: place, Activity: "m", Person: ana.ID, Until: now.Add(time.Minute)}
		bens := form
		bens.Person = ben.ID
		inTx(t, db, func(tx ticket.Tx) error {
			return errors.Join(tx.OpenForm(t.Context(), form), tx.OpenForm(t.Context(), bens))
		})
		equal(t, held(), 0)
		for _, want := range []bool{true, false} {
			inTx(t, db, func(tx ticket.Tx) error {
				closed, err := tx.CloseForm(t.Context(), form)
				equal(t, closed, want)
				return err
			})
			equal(t, held(), 0)
		}
		// Ben has gone to lunch.
		now = now.Add(2 * time.Minute)
		equal(t, held(), 1)
		elsewhere := form
		elsewhere.Activity, elsewhere.Until = "another", now.Add(time.Minute)
		inTx(t, db, func(tx ticket.Tx) error { return tx.OpenForm(t.Context(), elsewhere) })
		equal(t, held(), 1)
	})
}

func TestCopiesComeWithTheirAddresses(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "one"))
		known, unknown := ticket.Place{Tenant: "contoso", Conversation: "c", Thread: "1"}, ticket.Place{Tenant: "contoso", Conversation: "c"}
		address := ticket.Address{Place: known, Kind: ticket.Channel, ServiceURL: "https://here", Locale: "vi-VN", Zone: "Asia/Ho_Chi_Minh", Refused: "blocked"}
		learn(t, db, address)
		first := addPost(t, db, ticket.Post{Place: known, Number: made.Number, Activity: "m", Shown: 1})
		second := addPost(t, db, ticket.Post{Place: unknown, Number: made.Number})
		for activity, want := range map[string]bool{"m": true, "n": false, "": false} {
			shows, err := db.Shows(t.Context(), unknown, activity)
			ok(t, err)
			equal(t, shows, want)
		}
		elsewhere, err := db.Shows(t.Context(), ticket.Place{Tenant: "fabrikam", Conversation: "c"}, "m")
		ok(t, err)
		equal(t, elsewhere, false)
		copies, err := db.Copies(t.Context(), made.ID)
		ok(t, err)
		equal(t, copies, []ticket.Copy{{Post: first, Address: address}, {Post: second}})
	})
}

func TestThePostsOfATicketAreHeldAndNotedAtOnceWithoutADeadlock(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t).Open(t, nil)
	made := create(t, db, fresh("contoso", "one"))
	var ids []int64
	for i := range 40 {
		post := ticket.Post{Place: ticket.Place{Tenant: "contoso", Conversation: fmt.Sprint("c-", i)}, Number: made.Number, Activity: fmt.Sprint("m-", i)}
		inTx(t, db, func(tx ticket.Tx) error { return tx.AddPost(t.Context(), &post) })
		ids = append(ids, post.ID)
		if i%3 == 0 { // which moves the older rows behind the newer ones
			post.Activity += strings.Repeat("x", 500)
			inTx(t, db, func(tx ticket.Tx) error { return tx.SavePost(t.Context(), post) })
		}
	}
	var workers sync.WaitGroup
	for _, work := range []func(tx ticket.Tx, n int) error{
		func(tx ticket.Tx, n int) error {
			now := morning.Add(time.Duration(n) * time.Second)
			_, err := tx.HoldPosts(t.Context(), ticket.Hold{ID: made.ID, Version: 9, Posts: ids, Now: now, Until: now})
			return err
		},
		func(tx ticket.Tx, n int) error { return tx.NotePosts(t.Context(), made.ID, int64(n)) },
	} {
		for worker := range 2 {
			workers.Go(func() {
				for n := range 150 {
					if err := db.InTx(t.Context(), func(tx ticket.Tx) error { return work(tx, 2*n+worker) }); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	workers.Wait()
}
