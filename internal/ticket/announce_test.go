package ticket_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

func announce(t *ticket.Ticket) ticket.Task {
	return ticket.Task{Job: ticket.Announce{Tenant: t.Tenant, Number: t.Number, Version: t.Version}}
}

// room makes the desk know a group chat and gives its place.
func (d *desk) room(name string) ticket.Place {
	d.tb.Helper()
	place := ticket.Place{Tenant: "desk", Conversation: "19:" + name}
	err := d.store.InTx(d.tb.Context(), func(tx ticket.Tx) error {
		return tx.Learn(d.tb.Context(), ticket.Address{Place: place, Kind: ticket.Group})
	})
	if err != nil {
		d.tb.Fatal(err)
	}
	return place
}

func (d *desk) follows(place ticket.Place, number int64, class ticket.Class) {
	d.tb.Helper()
	if err := d.Follow(d.tb.Context(), ticket.Follow{Place: place, Number: number, Class: class, By: ana.Person}); err != nil {
		d.tb.Fatal(err)
	}
}

// news does the announcements that are left, and lists by place what comes of
// them: a card or the kinds of events of a note.
func (d *desk) news() map[string][]string {
	d.tb.Helper()
	heard, left := map[string][]string{}, d.store.TakeTasks()
	for _, task := range left {
		job, ok := task.Job.(ticket.Announce)
		if !ok {
			continue
		}
		for range 2 { // the second time tells nobody anything
			if err := d.Announce(d.tb.Context(), job); err != nil {
				d.tb.Fatal(err)
			}
		}
	}
	for _, task := range append(left, d.store.TakeTasks()...) {
		switch job := task.Job.(type) {
		case ticket.PostCard:
			post, ok, err := d.store.Post(d.tb.Context(), job.Tenant, job.Post)
			if err != nil || !ok {
				d.tb.Fatalf("the post %+v (%v, %v)", post, ok, err)
			}
			if post.Purpose != ticket.PurposeStatus {
				continue
			}
			heard[post.Conversation] = append(heard[post.Conversation], "card")
			post.Activity = fmt.Sprint("sent ", post.ID)
			if err := d.Posted(d.tb.Context(), post); err != nil {
				d.tb.Fatal(err)
			}
		case ticket.TellNews:
			for _, event := range job.Events {
				heard[job.Conversation] = append(heard[job.Conversation], string(event.Kind))
			}
		case ticket.Summarize:
			heard[job.Conversation] = append(heard[job.Conversation], "later "+task.At.Format("15:04"))
		}
	}
	d.store.TakeTasks()
	return heard
}

func (d *desk) wantNews(what string, want map[string][]string) {
	d.tb.Helper()
	if diff := cmp.Diff(want, d.news()); diff != "" {
		d.tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhoFollowsIsToldWhatTheyFollow(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.follows(d.room("all"), 0, "")
	d.follows(d.room("expedite"), 0, ticket.Expedite)
	d.follows(d.room("priority"), 0, ticket.Priority)
	d.room("none")
	press := ticket.Press{ID: d.open(ana, opening("")).ID}
	d.follows(d.room("one"), 1, "")
	d.wantNews("a new ticket that is no Expedite", map[string][]string{})
	class := func(class ticket.Class) func() {
		return func() {
			d.change(ana, press, func(c *ticket.Change) error { return c.OverrideClass(class, "So.") })
		}
	}
	class(ticket.Standard)()
	d.wantNews("its class", map[string][]string{"19:all": {"card"}, "19:one": {"card"}, "19:priority": {"card"}})
	d.change(ana, press, func(c *ticket.Change) error { return c.Complete(ticket.Reception) })
	d.wantNews("a step", map[string][]string{})
	class(ticket.Expedite)()
	d.wantNews("its class again", map[string][]string{
		"19:all": {"class"}, "19:one": {"class"}, "19:priority": {"class"}, "19:expedite": {"card"},
	})
	class(ticket.Standard)()
	d.wantNews("a class that nobody follows any more", map[string][]string{
		"19:all": {"class"}, "19:one": {"class"}, "19:priority": {"class"}, "19:expedite": {"class"},
	})
	d.change(ana, press, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
	d.wantNews("its end", map[string][]string{"19:all": {"closed_early"}, "19:one": {"closed_early"}})
	d.change(ana, press, func(c *ticket.Change) error { return c.Reopen("None after all.") })
	d.wantNews("opened again", map[string][]string{"19:all": {"reopened"}, "19:one": {"reopened"}})
}

func TestFollowingTwiceAndBesideTheLiveCardMakesOneCard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.follows(thread, 0, ticket.Expedite)
	room := d.room("both")
	d.follows(room, 0, "")
	o := opening("")
	o.Users, o.Activity = "31", "live"
	first := d.open(ana, o)
	d.follows(room, 1, "")
	d.wantNews("a new Expedite", map[string][]string{"19:both": {"card"}}) // it was opened in the thread
	d.change(ana, ticket.Press{ID: first.ID}, func(c *ticket.Change) error { return c.OverrideClass(ticket.Fixed, "So.") })
	d.wantNews("its class", map[string][]string{"19:both": {"class"}, "19:room": {"class"}})
}

func TestChangesAreToldTogetherWhicheverJobComesFirst(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	room := d.room("all")
	d.follows(room, 0, "")
	o := opening("")
	o.Users = "31"
	press := ticket.Press{ID: d.open(ana, o).ID}
	d.wantNews("a new Expedite", map[string][]string{"19:all": {"card"}})
	d.change(ana, press, func(c *ticket.Change) error { return c.OverrideClass(ticket.Fixed, "So.") })
	d.change(ana, press, func(c *ticket.Change) error { return c.OverrideClass(ticket.Priority, "So.") })
	got := d.change(ana, press, func(c *ticket.Change) error { return c.WriteStatus("Being looked at.") })
	if err := d.Announce(t.Context(), ticket.Announce{Tenant: "desk", Number: 1, Version: got.Version}); err != nil {
		t.Fatal(err)
	}
	d.wantNews("all of it", map[string][]string{"19:all": {"class", "status"}})
}

func TestAPlaceThatRefusesIsLeftOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	refusing := d.learn(bo.Person, "blocked")
	d.follows(refusing, 0, "")
	d.follows(ticket.Place{Tenant: "desk", Conversation: "19:unknown"}, 0, "")
	d.follows(d.room("all"), 0, "")
	o := opening("")
	o.Users = "31"
	d.open(ana, o)
	d.wantNews("a new Expedite", map[string][]string{"19:all": {"card"}})
}

func TestAStatusThatNobodyFollowsIsToldWhereItWasWritten(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	here := d.room("here")
	id := d.open(ana, opening("")).ID
	d.store.TakeTasks()
	write := func(words string) (*ticket.Ticket, ticket.Told) {
		got, told, err := d.WriteStatus(t.Context(), ana, ticket.Press{ID: id}, words, here)
		if err != nil {
			t.Fatal(err)
		}
		return got, told
	}
	if got, told := write("  Being looked at.\u202e "); got.StatusText != "Being looked at." || got.StatusAt == nil || told != (ticket.Told{}) {
		t.Errorf("%q at %v, told %+v", got.StatusText, got.StatusAt, told)
	}
	d.wantNews("the first", map[string][]string{"19:here": {"card"}})
	write("Nearly done.")
	d.wantNews("the second", map[string][]string{"19:here": {"status"}})
	d.follows(d.room("all"), 0, "")
	if _, told := write("Done."); told != (ticket.Told{Places: 1}) {
		t.Errorf("told %+v", told)
	}
	d.wantNews("one that somebody follows", map[string][]string{"19:all": {"card"}})
	_, _, err := d.WriteStatus(t.Context(), ana, ticket.Press{ID: id}, " \n ", here)
	wantSaid(t, err, "words: error.status_required")
	_, _, err = d.WriteStatus(t.Context(), ana, ticket.Press{ID: id}, strings.Repeat("x", ticket.MaxStatus+1), here)
	wantSaid(t, err, "words: error.status_long")
	_, _, err = d.WriteStatus(t.Context(), bo, ticket.Press{ID: id}, "Mine.", here)
	wantSaid(t, err, "error.not_owner")
}

func TestUnfollowingEndsItAndForgetsTheCards(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	room := d.room("room")
	d.follows(room, 0, "")
	o := opening("")
	o.Users = "31"
	first := d.open(ana, o)
	second := d.open(ana, o)
	d.news()
	d.follows(room, 1, "")
	d.follows(room, 0, ticket.Priority)
	ended, left, err := d.Unfollow(t.Context(), room, func(f ticket.Follow) bool { return f.Class == ticket.Priority })
	if err != nil || len(ended) != 1 || len(left) != 1 || left[0].Number != 1 {
		t.Fatalf("ended %+v, left %+v (%v)", ended, left, err)
	}
	for id, want := range map[ticket.ID]int{first.ID: 2, second.ID: 1} { // each has its live card
		if posts, err := d.store.Posts(t.Context(), id); len(posts) != want || err != nil {
			t.Errorf("%s has %d posts (%v), want %d", id, len(posts), err, want)
		}
	}
	if _, _, err := d.Unfollow(t.Context(), room, func(ticket.Follow) bool { return true }); err != nil {
		t.Fatal(err)
	}
	d.change(ana, ticket.Press{ID: first.ID}, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
	d.wantNews("after that", map[string][]string{})
	err = d.Follow(t.Context(), ticket.Follow{Place: room, Number: 99})
	wantSaid(t, err, "error.not_found")
}

func TestQuietHoursHoldBackWhatIsNoExpedite(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	room := d.room("room")
	d.follows(room, 0, "")
	if err := d.SetQuiet(t.Context(), room, &ticket.Quiet{From: 20 * 60, To: 7 * 60, Zone: "UTC"}); err != nil {
		t.Fatal(err)
	}
	d.now = time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)
	press := ticket.Press{ID: d.open(ana, opening("")).ID}
	class := func(class ticket.Class) {
		d.change(ana, press, func(c *ticket.Change) error { return c.OverrideClass(class, "So.") })
	}
	class(ticket.Fixed)
	d.wantNews("the first", map[string][]string{"19:room": {"later 07:00"}})
	class(ticket.Standard)
	d.wantNews("the next", map[string][]string{}) // a summary is on its way
	d.now = time.Date(2026, 3, 3, 6, 59, 30, 0, time.UTC)
	class(ticket.Fixed)
	d.wantNews("one that the summary may just miss", map[string][]string{"19:room": {"later 07:00"}})
	class(ticket.Expedite)
	d.wantNews("an Expedite", map[string][]string{"19:room": {"card"}})
	d.now = d.now.Add(time.Hour)
	class(ticket.Standard)
	d.wantNews("in the morning", map[string][]string{"19:room": {"class"}})

	until, err := d.QuietUntil(t.Context(), room, ticket.Standard)
	if !until.IsZero() || err != nil {
		t.Errorf("in the morning it is quiet until %v (%v)", until, err)
	}
}

func TestHoursThatAreChangedMoveTheSummary(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	room := d.room("room")
	set := func(quiet *ticket.Quiet) []ticket.Task {
		t.Helper()
		if err := d.SetQuiet(t.Context(), room, quiet); err != nil {
			t.Fatal(err)
		}
		return d.store.TakeTasks()
	}
	d.now = time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)
	if tasks := set(&ticket.Quiet{From: 20 * 60, To: 7 * 60, Zone: "UTC"}); len(tasks) > 0 {
		t.Errorf("nothing was held back, and there are %v", tasks)
	}
	reminded := d.open(ana, opening(""))
	d.store.TakeTasks()
	held, err := d.HoldReminder(t.Context(), reminded, room, ticket.ClockDateHalf)
	if !held || err != nil {
		t.Fatal(held, err)
	}
	job := ticket.Summarize{Place: room}
	for _, c := range []struct {
		quiet *ticket.Quiet
		want  time.Time
	}{
		{&ticket.Quiet{From: 20 * 60, To: 9 * 60, Zone: "UTC"}, time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)},
		{&ticket.Quiet{From: 1 * 60, To: 9 * 60, Zone: "UTC"}, time.Time{}},
		{nil, time.Time{}},
	} {
		d.store.TakeTasks()
		if diff := cmp.Diff([]ticket.Task{{Job: job, At: c.want}}, set(c.quiet)); diff != "" {
			t.Error(diff)
		}
	}
	held, err = d.HoldReminder(t.Context(), reminded, room, ticket.ClockDateHalf)
	if held || err != nil {
		t.Error("without quiet hours it is held back", err)
	}
}

func TestAReminderThatIsHeldBackHidesNoNews(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	room := d.room("room")
	d.follows(room, 0, "")
	id := d.open(ana, opening("")).ID
	status := func(words string) *ticket.Ticket {
		return d.change(ana, ticket.Press{ID: id}, func(c *ticket.Change) error { return c.WriteStatus(words) })
	}
	status("Being looked at.")
	d.wantNews("the first", map[string][]string{"19:room": {"card"}})
	if err := d.SetQuiet(t.Context(), room, &ticket.Quiet{From: 20 * 60, To: 7 * 60, Zone: "UTC"}); err != nil {
		t.Fatal(err)
	}
	d.now = time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)
	left := status("Nearly done.")
	if held, err := d.HoldReminder(t.Context(), left, room, ticket.ClockDateHalf); !held || err != nil {
		t.Fatal(held, err)
	}
	d.now = d.now.Add(10 * time.Hour) // the job was late
	d.wantNews("in the morning", map[string][]string{"19:room": {"later 07:00", "status"}})
}

func TestAPlaceThatBeginsToFollowHearsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := opening("")
	o.Users, o.Activity = "31", "live"
	press := ticket.Press{ID: d.open(ana, o).ID}
	d.change(ana, press, func(c *ticket.Change) error { return c.OverrideClass(ticket.Fixed, "So.") })
	d.store.TakeTasks()
	d.follows(thread, 0, "")
	d.change(ana, press, func(c *ticket.Change) error { return c.WriteStatus("Being looked at.") })
	d.wantNews("a status", map[string][]string{"19:room": {"status"}})
}

func TestACardThatIsOnItsWayTellsByItself(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.follows(d.room("all"), 0, "")
	o := opening("")
	o.Users = "31"
	opened := d.open(ana, o)
	d.store.TakeTasks()
	changed := d.change(ana, ticket.Press{ID: opened.ID}, func(c *ticket.Change) error { return c.OverrideClass(ticket.Fixed, "So.") })
	for version := opened.Version; version <= changed.Version; version++ {
		if err := d.Announce(t.Context(), ticket.Announce{Tenant: "desk", Number: opened.Number, Version: version}); err != nil {
			t.Fatal(err)
		}
		if version == opened.Version {
			changed = d.change(ana, ticket.Press{ID: opened.ID}, func(c *ticket.Change) error { return c.WriteStatus("Being looked at.") })
		}
	}
	d.wantNews("the card alone", map[string][]string{"19:all": {"card"}})
}
