package store_test

import (
	"context"
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

// full gives a ticket with something in every field, hostile where it can be.
func full() *ticket.Ticket {
	at := func(minutes int) *time.Time {
		t := morning.Add(time.Duration(minutes) * time.Minute)
		return &t
	}
	users, owner := 1_000_000, ticket.Person{ID: "29:ben", Name: `Robert'); DROP TABLE tickets;--`, ObjectID: "0b0b"}
	return &ticket.Ticket{
		ID:       ticket.ID{Tenant: "contoso"},
		Title:    "\"Quotes\" 'apostrophes' \\u0000 ${title} ? @name <at>everyone</at> ](http://x)",
		Customer: "Łódź 客户 🧯👩‍🚒 مرحبا", Details: strings.Repeat("ä", 5000), Users: &users,
		DueAt: at(600), DueSince: at(0), Derived: ticket.Fixed, Because: ticket.BecauseDate,
		Override: &ticket.Override{Class: ticket.Expedite, Reason: "the board asks", By: ana, At: morning},
		Step:     ticket.TrendAnalysis, State: ticket.Closed, Owner: &owner, OpenedBy: ana, OpenedAt: morning,
		AcknowledgedAt: at(1), CustomerToldAt: at(2), CustomerWroteAt: at(7), ResolvedAt: at(3), ClosedAt: at(4), ClosedEarly: "duplicate", UpdatedAt: *at(4),
		Marks: map[ticket.ItemID]ticket.Mark{
			ticket.ItemCause: {State: ticket.Done, Evidence: ticket.Evidence{Choice: "code", Words: "line 1\nline 2 \"'\\"}, By: ana, At: morning},
			ticket.ItemLogs:  {State: ticket.Skipped, Evidence: ticket.Evidence{Words: "none"}, By: ben, At: morning},
		},
		Escalations: []ticket.Escalation{{
			Level: ticket.Dev, Reasons: []ticket.Reason{ticket.BeyondKnowledge}, Ask: "why?", By: ana, At: morning,
			Answer: "because", EndedBy: &owner, EndedAt: at(5),
		}},
		Reminded: map[ticket.ClockKind]time.Time{ticket.ClockCustomer: morning},
		NextDue:  at(600), Breaches: 3,
		Snoozes: map[ticket.ClockKind]ticket.Snooze{
			ticket.ClockCustomer: {Due: morning, Until: *at(90), Reason: "They are at lunch.", By: ana},
		},
		Unreached: []ticket.Unreached{{
			Place:  ticket.Place{Tenant: "contoso", Conversation: "19:desk"},
			Person: ben, Why: ticket.NotInstalled, Since: morning,
		}},
	}
}

func TestATicketIsReadAsItWasStored(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for _, made := range []*ticket.Ticket{full(), fresh("contoso", "nearly empty")} {
			create(t, db, made)
			got, err := db.Ticket(t.Context(), made.ID)
			ok(t, err)
			equal(t, got, made)

			made.Title, made.Users, made.DueAt, made.Owner, made.Override = "changed", nil, nil, nil, nil
			made.State, made.ClosedAt, made.ClosedEarly, made.Escalations = ticket.Open, nil, "", nil
			made.NextDue, made.Breaches, made.Snoozes, made.Unreached = nil, 0, nil, nil
			inTx(t, db, func(tx ticket.Tx) error { return tx.Save(t.Context(), made, line(2, "")) })
			equal(t, made.Version, int64(2))
			got, err = db.Ticket(t.Context(), made.ID)
			ok(t, err)
			equal(t, got, made)
		}
	})
}

func TestTimesAreKeptInUTCAndWholeMicroseconds(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := fresh("contoso", "times")
		made.OpenedAt = time.Date(2026, 10, 25, 2, 30, 0, 987654321, time.FixedZone("CEST", 2*60*60))
		create(t, db, made)
		got, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got.OpenedAt, time.Date(2026, 10, 25, 0, 30, 0, 987654000, time.UTC))
		equal(t, got.OpenedAt.Location().String(), "UTC")
	})
}

func TestWordsThatNoDatabaseTakesAreCleaned(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := fresh("contoso", "a\x00b\xffc")
		made.OpenedBy.Name = "An\x00a"
		made.Marks[ticket.ItemLogs] = ticket.Mark{State: ticket.Done, Evidence: ticket.Evidence{Words: `x` + "\x00" + `y\u0000`}}
		create(t, db, made)
		inTx(t, db, func(tx ticket.Tx) error {
			return tx.Later(t.Context(), ticket.Task{Job: ticket.Say{Text: "s\x00t"}})
		})
		got, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got.Title, "ab\uFFFDc")
		equal(t, got.OpenedBy.Name, "Ana")
		equal(t, got.Marks[ticket.ItemLogs].Words, `xy\u0000`)
		done := work(t, db, 1)
		equal(t, done[0].(ticket.Say).Text, "st")
		_, err = db.Ticket(t.Context(), ticket.ID{Tenant: "con\x00toso", Number: 1})
		ok(t, err)
	})
}

func TestEachTenantCountsFromOneAndSeesItsOwn(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for i := range 3 {
			equal(t, create(t, db, fresh("contoso", "ours")).Number, int64(i+1))
		}
		theirs := create(t, db, fresh("fabrikam", "theirs"))
		equal(t, theirs.ID, ticket.ID{Tenant: "fabrikam", Number: 1})
		place := ticket.Place{Tenant: "fabrikam", Conversation: "c"}
		post := ticket.Post{Place: place, Number: 1, Activity: "a"}
		inTx(t, db, func(tx ticket.Tx) error {
			ok(t, tx.AddPost(t.Context(), &post))
			theirs.Title = "changed"
			entry := line(2, "")
			entry.Key = "click"
			ok(t, tx.Save(t.Context(), theirs, entry))
			return tx.Learn(t.Context(), ticket.Address{Place: place, Kind: ticket.Personal, Person: ana})
		})

		_, err := db.Ticket(t.Context(), ticket.ID{Tenant: "fabrikam", Number: 2})
		wantKind(t, err, ticket.NotFound)
		page, err := db.Tickets(t.Context(), ticket.Query{Tenant: "fabrikam", Limit: 10})
		ok(t, err)
		equal(t, page.Total, 1)
		_, found, err := db.Pressed(t.Context(), "contoso", "click")
		ok(t, err)
		equal(t, found, false)
		_, found, err = db.PersonalAddress(t.Context(), "contoso", ana.ID)
		ok(t, err)
		equal(t, found, false)
		_, found, err = db.Address(t.Context(), ticket.Place{Tenant: "contoso", Conversation: "c"})
		ok(t, err)
		equal(t, found, false)
		_, found, err = db.Post(t.Context(), "contoso", post.ID)
		ok(t, err)
		equal(t, found, false)
		posts, err := db.Posts(t.Context(), ticket.ID{Tenant: "contoso", Number: 1})
		ok(t, err)
		equal(t, len(posts), 0)
		lines, err := db.History(t.Context(), ticket.ID{Tenant: "contoso", Number: 1}, 0, 10)
		ok(t, err)
		equal(t, len(lines), 1)
		err = db.InTx(t.Context(), func(tx ticket.Tx) error {
			_, err := tx.Lock(t.Context(), ticket.ID{Tenant: "nobody", Number: 1})
			return err
		})
		wantKind(t, err, ticket.NotFound)
	})
}

func TestASaveOfAnOldVersionIsStaleAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "one"))
		old := *made
		made.Title = "two"
		inTx(t, db, func(tx ticket.Tx) error { return tx.Save(t.Context(), made, line(2, "")) })
		old.Title = "three"
		err := db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.Save(t.Context(), &old, line(2, "")) })
		wantKind(t, err, ticket.Stale)
		if errors.Is(err, ticket.ErrRepeated) {
			t.Error("an old version was taken for a repeated click")
		}
		got, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got, made)
	})
}

func TestAChangeWithoutHistoryIsRefused(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("contoso", "one"))
		made.Title = "two"
		if err := db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.Save(t.Context(), made) }); err == nil {
			t.Error("a save without history was kept")
		}
		if err := db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.Create(t.Context(), fresh("contoso", "x")) }); err == nil {
			t.Error("a ticket without history was kept")
		}
		got, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got.Title, "one")
	})
}

func TestTicketsComeByClassThenOldestFirstInPages(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		add := func(title string, class ticket.Class, minute int, change func(*ticket.Ticket)) {
			made := fresh("contoso", title)
			made.Derived, made.OpenedAt = class, morning.Add(time.Duration(minute)*time.Minute)
			if change != nil {
				change(made)
			}
			create(t, db, made)
		}
		owned := func(t *ticket.Ticket) { t.Owner = &ana }
		add("standard", ticket.Standard, 0, nil)
		add("younger priority", ticket.Priority, 9, owned)
		add("older priority", ticket.Priority, 1, nil)
		add("fixed", ticket.Fixed, 5, owned)
		add("lifted", ticket.Standard, 8, func(t *ticket.Ticket) {
			t.Override = &ticket.Override{Class: ticket.Expedite, Reason: "r", By: ana, At: morning}
		})
		add("closed", ticket.Expedite, 2, func(t *ticket.Ticket) { t.State = ticket.Closed })

		for query, want := range map[ticket.Query][]string{
			{}:                               {"closed", "lifted", "fixed", "older priority", "younger priority", "standard"},
			{Open: true}:                     {"lifted", "fixed", "older priority", "younger priority", "standard"},
			{Open: true, Owner: ana.ID}:      {"fixed", "younger priority"},
			{Open: true, Unowned: true}:      {"lifted", "older priority", "standard"},
			{Open: true, Owner: "29:nobody"}: nil,
		} {
			query.Tenant = "contoso"
			for skip := 0; skip <= len(want)+1; skip += 2 {
				query.Skip, query.Limit = skip, 2
				page, err := db.Tickets(t.Context(), query)
				ok(t, err)
				equal(t, page.Total, len(want))
				var titles []string
				for _, found := range page.Tickets {
					titles = append(titles, found.Title)
				}
				from, to := min(skip, len(want)), min(skip+2, len(want))
				equal(t, fmt.Sprint(titles), fmt.Sprint(want[from:to]))
			}
		}
	})
}

func TestOfManyWhoPressTheSameVersionOneWins(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there := database.Open(t, nil), database.Open(t, nil)
		made := create(t, here, fresh("contoso", "one"))
		var pressing sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			db := here
			if i%2 == 1 {
				db = there
			}
			pressing.Go(func() { results[i] = press(t.Context(), db, made.ID, 1, fmt.Sprint("by ", i)) })
		}
		pressing.Wait()
		won := 0
		for _, err := range results {
			switch {
			case err == nil:
				won++
			case ticket.KindOf(err) != ticket.Stale:
				t.Errorf("a loser got %v", err)
			}
		}
		equal(t, won, 1)
		lines, err := here.History(t.Context(), made.ID, 0, 100)
		ok(t, err)
		equal(t, len(lines), 2)
	})
}

func TestChangesOfManyAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there := database.Open(t, nil), database.Open(t, nil)
		made := create(t, here, fresh("contoso", ""))
		var changing sync.WaitGroup
		for i := range 20 {
			db := here
			if i%2 == 1 {
				db = there
			}
			changing.Go(func() {
				if err := press(t.Context(), db, made.ID, 0, "x"); err != nil {
					t.Errorf("change %d: %v", i, err)
				}
				create(t, db, fresh("fabrikam", "another"))
			})
		}
		changing.Wait()
		got, err := there.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, got.Title, strings.Repeat("x", 20))
		equal(t, got.Version, int64(21))
		page, err := here.Tickets(t.Context(), ticket.Query{Tenant: "fabrikam", Limit: 1})
		ok(t, err)
		equal(t, page.Total, 20)
	})
}

// press adds words to a ticket's title; version 0 is whatever it has.
func press(ctx context.Context, db *store.DB, id ticket.ID, version int64, words string) error {
	return db.InTx(ctx, func(tx ticket.Tx) error {
		locked, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && locked.Version != version {
			return &ticket.Error{Kind: ticket.Stale, Message: "error.stale"}
		}
		locked.Title += words
		return tx.Save(ctx, locked, line(locked.Version+1, words))
	})
}
