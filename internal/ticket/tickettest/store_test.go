package tickettest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

var (
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	room = ticket.Place{Tenant: "desk", Conversation: "19:room"}
)

// write runs the work in a transaction that must be kept.
func write(tb testing.TB, s *tickettest.Store, work func(ctx context.Context, tx ticket.Tx) error) {
	tb.Helper()
	ctx := tb.Context()
	if err := s.InTx(ctx, func(tx ticket.Tx) error { return work(ctx, tx) }); err != nil {
		tb.Fatal(err)
	}
}

// create stores a ticket of the class and gives it as it was stored.
func create(tb testing.TB, s *tickettest.Store, class ticket.Class, key string) *ticket.Ticket {
	tb.Helper()
	t := &ticket.Ticket{ID: ticket.ID{Tenant: "desk"}, Derived: class, OpenedAt: noon, State: ticket.Open}
	write(tb, s, func(ctx context.Context, tx ticket.Tx) error {
		return tx.Create(ctx, t, ticket.Entry{Version: 1, Kind: ticket.EntryOpened, Key: key})
	})
	return t
}

func TestWhatATransactionWroteIsKeptWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := tickettest.NewStore()
	first := create(t, s, ticket.Standard, "k1")
	failed := errors.New("failed")
	everything := func(tx ticket.Tx) error {
		ctx := t.Context()
		tk, err := tx.Lock(ctx, first.ID)
		if err != nil {
			return err
		}
		tk.Title = "Changed"
		_, err = tx.Welcome(ctx, room)
		return errors.Join(err,
			tx.Save(ctx, tk, ticket.Entry{Version: 2, Key: "k2"}),
			tx.Create(ctx, &ticket.Ticket{ID: ticket.ID{Tenant: "desk"}}, ticket.Entry{Version: 1, Key: "k3"}),
			tx.Later(ctx, ticket.Task{Job: ticket.RefreshCards{}}),
			tx.Learn(ctx, ticket.Address{Place: room}),
			tx.AddPost(ctx, &ticket.Post{Place: room, Number: 1}),
		)
	}
	if err := s.InTx(t.Context(), func(tx ticket.Tx) error { return errors.Join(everything(tx), failed) }); !errors.Is(err, failed) {
		t.Fatal(err)
	}
	ctx := t.Context()
	again, err := s.Ticket(ctx, first.ID)
	if diff := cmp.Diff(first, again); diff != "" || err != nil {
		t.Error(diff, err)
	}
	lines, _ := s.History(ctx, first.ID, 0, 10)
	_, pressed, _ := s.Pressed(ctx, "desk", "k2")
	_, known, _ := s.Address(ctx, room)
	posts, _ := s.Posts(ctx, first.ID)
	page, _ := s.Tickets(ctx, ticket.Query{Tenant: "desk", Limit: 10})
	if len(lines) != 1 || pressed || known || len(posts)+len(s.Tasks()) > 0 || page.Total != 1 {
		t.Error("something of the failed transaction was kept")
	}
	if err := s.InTx(ctx, everything); err != nil {
		t.Fatal(err)
	}
	if page, _ := s.Tickets(ctx, ticket.Query{Tenant: "desk", Limit: 10}); page.Total != 2 || len(s.TakeTasks()) != 1 || len(s.Tasks()) != 0 {
		t.Error("the same transaction without the failure was not kept")
	}
}

func TestAKeyIsStoredOnceInATenant(t *testing.T) {
	t.Parallel()
	s := tickettest.NewStore()
	first := create(t, s, ticket.Standard, "k1")
	err := s.InTx(t.Context(), func(tx ticket.Tx) error {
		return tx.Create(t.Context(), &ticket.Ticket{ID: ticket.ID{Tenant: "desk"}}, ticket.Entry{Version: 1, Key: "k1"})
	})
	if !errors.Is(err, ticket.ErrRepeated) {
		t.Errorf("a key twice: %v", err)
	}
	write(t, s, func(ctx context.Context, tx ticket.Tx) error {
		return tx.Create(ctx, &ticket.Ticket{ID: ticket.ID{Tenant: "elsewhere"}}, ticket.Entry{Version: 1, Key: "k1"})
	})
	if id, ok, err := s.Pressed(t.Context(), "desk", "k1"); !ok || id != first.ID || err != nil {
		t.Errorf("%v %t %v", id, ok, err)
	}
	create(t, s, ticket.Standard, "")
	create(t, s, ticket.Standard, "")
	if _, ok, _ := s.Pressed(t.Context(), "desk", ""); ok {
		t.Error("no key was pressed, and a ticket is found")
	}
}

func TestASaveNeedsTheNewestVersionAndItsHistory(t *testing.T) {
	t.Parallel()
	s := tickettest.NewStore()
	old := create(t, s, ticket.Standard, "")
	newer := tickettest.Clone(old)
	save := func(tk *ticket.Ticket, entries ...ticket.Entry) error {
		return s.InTx(t.Context(), func(tx ticket.Tx) error { return tx.Save(t.Context(), tk, entries...) })
	}
	if err := save(newer, ticket.Entry{Version: 2, By: ticket.Person{Name: "Ana"}, At: noon}); err != nil || newer.Version != 2 {
		t.Fatalf("version %d: %v", newer.Version, err)
	}
	if err := save(old, ticket.Entry{Version: 2}); ticket.KindOf(err) != ticket.Stale || old.Version != 1 {
		t.Errorf("a save of an old version: %v", err)
	}
	if err := save(newer); err == nil {
		t.Error("a save without history is kept")
	}
	if err := save(newer, ticket.Entry{Version: 2}); err == nil {
		t.Error("a save with the history of another version is kept")
	}
	if err := save(&ticket.Ticket{ID: ticket.ID{Tenant: "desk", Number: 9}}, ticket.Entry{Version: 1}); ticket.KindOf(err) != ticket.NotFound {
		t.Errorf("a save of no ticket: %v", err)
	}
}

func TestTheBoardIsInOrderOfUrgency(t *testing.T) {
	t.Parallel()
	s := tickettest.NewStore()
	for _, class := range []ticket.Class{ticket.Standard, ticket.Priority, ticket.Expedite, ticket.Standard, ticket.Fixed} {
		create(t, s, class, "")
	}
	write(t, s, func(ctx context.Context, tx ticket.Tx) error {
		tk, err := tx.Lock(ctx, ticket.ID{Tenant: "desk", Number: 4})
		if err != nil {
			return err
		}
		tk.Owner, tk.Override = &ticket.Person{ID: "ana"}, &ticket.Override{Class: ticket.Expedite}
		tk.OpenedAt = noon.Add(-time.Hour)
		return tx.Save(ctx, tk, ticket.Entry{Version: 2})
	})
	write(t, s, func(ctx context.Context, tx ticket.Tx) error {
		tk, err := tx.Lock(ctx, ticket.ID{Tenant: "desk", Number: 5})
		if err != nil {
			return err
		}
		tk.State = ticket.Closed
		return tx.Save(ctx, tk, ticket.Entry{Version: 2})
	})
	for _, test := range []struct {
		name  string
		query ticket.Query
		want  []int64
		total int
	}{
		{"all", ticket.Query{Limit: 10}, []int64{4, 3, 5, 2, 1}, 5},
		{"open", ticket.Query{Open: true, Limit: 10}, []int64{4, 3, 2, 1}, 4},
		{"a page", ticket.Query{Skip: 1, Limit: 2}, []int64{3, 5}, 5},
		{"after the last page", ticket.Query{Skip: 9, Limit: 2}, nil, 5},
		{"of an owner", ticket.Query{Owner: "ana", Limit: 10}, []int64{4}, 1},
		{"without owner", ticket.Query{Unowned: true, Limit: 10}, []int64{3, 5, 2, 1}, 4},
	} {
		test.query.Tenant = "desk"
		page, err := s.Tickets(t.Context(), test.query)
		var got []int64
		for _, tk := range page.Tickets {
			got = append(got, tk.Number)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || page.Total != test.total || err != nil {
			t.Errorf("%s: %s, %d in all, %v", test.name, diff, page.Total, err)
		}
	}
	if page, _ := s.Tickets(t.Context(), ticket.Query{Tenant: "elsewhere", Limit: 10}); page.Total != 0 {
		t.Error("another tenant sees the desk's tickets")
	}
}

func TestPlacesPostsAndWelcomes(t *testing.T) {
	t.Parallel()
	s := tickettest.NewStore()
	create(t, s, ticket.Standard, "")
	id := ticket.ID{Tenant: "desk", Number: 1}
	person := ticket.Person{ID: "29:ana", ObjectID: "oid-ana"}
	later := ticket.Address{
		Place: ticket.Place{Tenant: "desk", Conversation: "a:2"}, Kind: ticket.Personal, Person: person, ServiceURL: "https://new",
	}
	write(t, s, func(ctx context.Context, tx ticket.Tx) error {
		earlier := later
		earlier.Conversation = "a:1"
		draft := ticket.Post{Place: room, Number: 1}
		sent := ticket.Post{Place: room, Number: 1, Activity: "m1"}
		again := sent
		err := errors.Join(
			tx.Learn(ctx, earlier), tx.Learn(ctx, ticket.Address{Place: later.Place}), tx.Learn(ctx, later),
			tx.AddPost(ctx, &draft), tx.AddPost(ctx, &sent), tx.AddPost(ctx, &again),
		)
		if draft.ID != 1 || sent.ID != 2 || again.ID != 2 {
			t.Errorf("the posts are %d, %d and %d", draft.ID, sent.ID, again.ID)
		}
		for _, want := range []bool{true, false} {
			if first, err := tx.Welcome(ctx, room); first != want || err != nil {
				t.Errorf("welcomed for the first time: %t, want %t, %v", first, want, err)
			}
		}
		return err
	})
	ctx := t.Context()
	for _, who := range []string{"29:ana", "oid-ana"} {
		if got, ok, err := s.PersonalAddress(ctx, "desk", who); !ok || got != later || err != nil {
			t.Errorf("%s is reached at %+v, %t, %v", who, got, ok, err)
		}
	}
	if _, ok, _ := s.PersonalAddress(ctx, "elsewhere", "29:ana"); ok {
		t.Error("another tenant reaches the person")
	}
	hold := func(version int64, now time.Time) (ids []int64) {
		write(t, s, func(ctx context.Context, tx ticket.Tx) error {
			posts, err := tx.HoldPosts(ctx, ticket.Hold{ID: id, Version: version, Posts: []int64{1, 2}, Now: now, Until: now.Add(time.Minute)})
			for _, post := range posts {
				ids = append(ids, post.ID)
			}
			return err
		})
		return ids
	}
	if diff := cmp.Diff([]int64{2}, hold(1, noon)); diff != "" {
		t.Errorf("only the sent post is drawn again: %s", diff)
	}
	if got := hold(1, noon.Add(30*time.Second)); got != nil {
		t.Errorf("a post that is held is given: %v", got)
	}
	if diff := cmp.Diff([]int64{2}, hold(1, noon.Add(time.Minute))); diff != "" {
		t.Errorf("a post that is no longer held is not given: %s", diff)
	}
	write(t, s, func(ctx context.Context, tx ticket.Tx) error {
		return tx.SavePost(ctx, ticket.Post{ID: 2, Place: room, Number: 1, Activity: "m1", Shown: 1})
	})
	if got := hold(1, noon.Add(time.Hour)); got != nil {
		t.Errorf("a post that shows the version is drawn again: %v", got)
	}
	write(t, s, func(ctx context.Context, tx ticket.Tx) error {
		return errors.Join(tx.ForgetPost(ctx, 2), tx.SavePost(ctx, ticket.Post{ID: 2}))
	})
	if _, ok, _ := s.Post(ctx, "desk", 2); ok {
		t.Error("a forgotten post is found")
	}
	if post, ok, _ := s.Post(ctx, "desk", 1); !ok || post.Place != room {
		t.Errorf("the other post is %+v, %t", post, ok)
	}
}

func TestTransactionsRunOneAfterTheOther(t *testing.T) {
	t.Parallel()
	s := tickettest.NewStore()
	id := create(t, s, ticket.Standard, "").ID
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			err := s.InTx(t.Context(), func(tx ticket.Tx) error {
				tk, err := tx.Lock(t.Context(), id)
				if err != nil {
					return err
				}
				return tx.Save(t.Context(), tk, ticket.Entry{Version: tk.Version + 1})
			})
			if err != nil {
				t.Error(err)
			}
			if _, err := s.Ticket(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if tk, err := s.Ticket(t.Context(), id); err != nil || tk.Version != 21 {
		t.Errorf("version %d, %v", tk.Version, err)
	}
}

func TestWhatIsGivenSharesNothingWithWhatIsStored(t *testing.T) {
	t.Parallel()
	s := tickettest.NewStore()
	users := 3
	tk := &ticket.Ticket{
		ID: ticket.ID{Tenant: "desk"}, Users: &users, Owner: &ticket.Person{ID: "ana"},
		Marks:       map[ticket.ItemID]ticket.Mark{ticket.ItemLog: {State: ticket.Done}},
		Escalations: []ticket.Escalation{{Reasons: []ticket.Reason{ticket.BusinessRisk}}},
	}
	write(t, s, func(ctx context.Context, tx ticket.Tx) error { return tx.Create(ctx, tk, ticket.Entry{Version: 1}) })
	want := tickettest.Clone(tk)
	for range 2 {
		users, tk.Owner.ID, tk.Escalations[0].Reasons[0] = 4, "bo", ticket.NeedsApproval
		*tk.Users = 4
		delete(tk.Marks, ticket.ItemLog)
		got, err := s.Ticket(t.Context(), want.ID)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
		tk = got
	}
}
