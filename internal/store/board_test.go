package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

// numbers gives the numbers of the tickets that a query finds.
func numbers(t *testing.T, db *store.DB, query ticket.Query) string {
	t.Helper()
	query.Tenant, query.Open, query.Limit = "contoso", true, 50
	found, err := db.Overview(t.Context(), query)
	ok(t, err)
	var list []string
	for _, one := range found.Tickets {
		list = append(list, one.String())
	}
	if found.Total() != len(list) {
		t.Errorf("%d tickets are counted, and %q found", found.Total(), list)
	}
	page, err := db.Tickets(t.Context(), query)
	ok(t, err)
	equal(t, page.Total, len(list))
	return strings.Join(list, " ")
}

func TestAnOverviewIsFilteredAlikeEverywhere(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		due := morning.Add(time.Hour)
		for i, change := range []func(*ticket.Ticket){
			func(t *ticket.Ticket) { t.Title, t.Owner = "Rechnung für ÄRZTE", &ana },
			func(t *ticket.Ticket) { t.Customer, t.NextDue = `100% O'Neill_\ "Ltd"`, &due },
			func(t *ticket.Ticket) { t.Title, t.Derived, t.Owner = "Ελλάς Привет", ticket.Expedite, &ben },
			func(t *ticket.Ticket) { t.Title, t.State = "für ärzte", ticket.Closed },
			func(t *ticket.Ticket) { t.Tenant, t.Title = "fabrikam", "für ärzte" },
			func(t *ticket.Ticket) { t.Title, t.Step = strings.Repeat("🧨", 200), ticket.Diagnosis },
		} {
			made := fresh("contoso", fmt.Sprintf("Title %d", i+1))
			change(made)
			create(t, db, made)
		}
		for _, test := range []struct {
			name  string
			query ticket.Query
			want  string
		}{
			{"all, most urgent first", ticket.Query{}, "T-3 T-1 T-2 T-5"},
			{"an owner", ticket.Query{Owner: ana.ID}, "T-1"},
			{"unowned", ticket.Query{Unowned: true}, "T-2 T-5"},
			{"late", ticket.Query{Late: due}, "T-2"},
			{"not late yet", ticket.Query{Late: due.Add(-time.Microsecond)}, ""},
			{"a class", ticket.Query{Class: ticket.Expedite}, "T-3"},
			{"letters beyond ASCII", ticket.Query{Word: "ärzte"}, "T-1"},
			{"large ones", ticket.Query{Word: "FÜR ÄRZTE"}, "T-1"},
			{"other scripts", ticket.Query{Word: "ПРИВЕТ"}, "T-3"},
			{"a number", ticket.Query{Word: "T-2"}, "T-2"},
			{"a percent sign", ticket.Query{Word: "%"}, "T-2"},
			{"an underscore", ticket.Query{Word: "_"}, "T-2"},
			{"a backslash", ticket.Query{Word: `\`}, "T-2"},
			{"quotes", ticket.Query{Word: `"ltd"`}, "T-2"},
			{"an apostrophe", ticket.Query{Word: "o'n"}, "T-2"},
			{"an exclamation mark", ticket.Query{Word: "!"}, ""},
			{"an injection", ticket.Query{Word: "' OR 1=1 --"}, ""},
			{"a NUL", ticket.Query{Word: "\x00title"}, "T-2"},
			{"signs of four bytes", ticket.Query{Word: "🧨🧨"}, "T-5"},
			{"everything at once", ticket.Query{Word: "neill", Late: due, Unowned: true, Class: ticket.Standard}, "T-2"},
		} {
			if got := numbers(t, db, test.query); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		counts, err := db.Counts(t.Context(), ticket.Query{Tenant: "contoso", Open: true})
		ok(t, err)
		equal(t, counts, []ticket.Count{
			{Class: ticket.Expedite, Step: ticket.Reception, Tickets: 1},
			{Class: ticket.Standard, Step: ticket.Reception, Tickets: 2},
			{Class: ticket.Standard, Step: ticket.Diagnosis, Tickets: 1},
		})
	})
}

func TestAnOverviewThatBecameShorterGivesItsLastPage(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for range 5 {
			create(t, db, fresh("contoso", "one"))
		}
		for skip, want := range map[int]int{-1: 0, 0: 0, 2: 2, 4: 4, 6: 4, 1 << 30: 4} {
			found, err := db.Overview(t.Context(), ticket.Query{Tenant: "contoso", Open: true, Skip: skip, Limit: 2})
			ok(t, err)
			equal(t, found.Skip, want)
			equal(t, found.Tickets[0].Number, int64(want+1))
			equal(t, found.Total(), 5)
		}
		found, err := db.Overview(t.Context(), ticket.Query{Tenant: "nobody", Open: true, Skip: 8, Limit: 2})
		ok(t, err)
		equal(t, found, ticket.Overview{})
	})
}

func TestABoardIsTheOnlyOneOfItsPlace(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		place := ticket.Place{Tenant: "contoso", Conversation: "c", Thread: "1"}
		board := ticket.Board{Place: place, View: ticket.View{Owner: &ana, Late: true, Class: ticket.Fixed, Word: `"%`}, Asked: morning}
		inTx(t, db, func(tx ticket.Tx) error {
			_, found, err := tx.LockBoard(t.Context(), place)
			equal(t, found, false)
			ok(t, err)
			return tx.AddBoard(t.Context(), &board)
		})
		equal(t, board.Round, int64(1))
		board.Activity, board.Page, board.Drawn, board.Held, board.Due = "a", 3, morning, morning.Add(time.Minute), true
		inTx(t, db, func(tx ticket.Tx) error { return tx.SaveBoard(t.Context(), board) })
		got, found, err := db.Board(t.Context(), place)
		ok(t, err)
		equal(t, found, true)
		equal(t, got, board)

		next := ticket.Board{Place: place, Asked: morning.Add(time.Hour)}
		inTx(t, db, func(tx ticket.Tx) error { return tx.AddBoard(t.Context(), &next) })
		equal(t, next.Round, int64(2))
		got, _, err = db.Board(t.Context(), place)
		ok(t, err)
		equal(t, got, next)

		inTx(t, db, func(tx ticket.Tx) error { return tx.ForgetBoard(t.Context(), place) })
		_, found, err = db.Board(t.Context(), place)
		ok(t, err)
		equal(t, found, false)
	})
}

func TestBoardsBecomeDueOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		add := func(tenant, conversation string, asked time.Time) {
			inTx(t, db, func(tx ticket.Tx) error {
				return tx.AddBoard(t.Context(), &ticket.Board{Place: ticket.Place{Tenant: tenant, Conversation: conversation}, Asked: asked})
			})
		}
		wait := func(want bool) {
			t.Helper()
			got, err := db.BoardsWait(t.Context(), "contoso", morning)
			ok(t, err)
			equal(t, got, want)
		}
		add("contoso", "old", morning)
		add("fabrikam", "other", morning.Add(time.Hour))
		wait(false)
		add("contoso", "new", morning.Add(time.Microsecond))
		wait(true)
		inTx(t, db, func(tx ticket.Tx) error {
			due, err := tx.BoardsDue(t.Context(), "contoso", morning)
			equal(t, len(due), 1)
			equal(t, due[0].Conversation, "new")
			equal(t, due[0].Due, true)
			return err
		})
		wait(false)
		inTx(t, db, func(tx ticket.Tx) error {
			due, err := tx.BoardsDue(t.Context(), "contoso", morning)
			equal(t, len(due), 0)
			return err
		})
	})
}
