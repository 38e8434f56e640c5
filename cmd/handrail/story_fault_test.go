package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"handrail/internal/store/storetest"
	"handrail/internal/teams"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

func TestStoryAMessageThatTeamsRefusesForNowArrivesOnceAfterAll(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat, group := w.Person("Ana Lima"), w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.ticketIn(ticket.Reception, ana)
		card := shows(ana, group, "T-1")
		for name, fault := range map[string]teamstest.Fault{
			"429": teamstest.Throttled(time.Second), "429 without a time": teamstest.Throttled(0), "412": teamstest.Conflict(),
			"502": teamstest.Failing(502), "503": teamstest.Failing(503), "504": teamstest.Failing(504),
		} {
			before := len(chat.Cards())
			chat.FailNext(1, fault)
			chat.Says(ana, "help")
			w.settle()
			if n := len(chat.Cards()) - before; n != 1 {
				t.Errorf("%s: the message arrived %d times, want once", name, n)
			}
			group.FailNext(1, fault.On(http.MethodPut))
			card.Press(ana, "Edit").Press(ana, "Save", form{"details": "After a " + name})
			w.settle()
			card.Expect("After a " + name)
		}
		// Teams may take a message and give no id for it.
		before := len(chat.Cards())
		chat.FailNext(1, teamstest.WithoutID())
		chat.Says(ana, "show T-1")
		w.settle()
		if n := len(chat.Cards()) - before; n != 1 {
			t.Errorf("a message without an id arrived %d times, want once", n)
		}
	})
}

func TestStoryAMessageThatArrivedInSpiteOfATimeOutMakesOneCard(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Reception, ana)
		chat.FailNext(1, teamstest.TimedOut())
		chat.Says(ana, "show T-1")
		w.settle()
		cards := chat.Cards()
		if len(cards) != 1 {
			t.Fatalf("there are %d cards, want one", len(cards))
		}
		moves(ana, cards[0], "Step 2 of 7")
		fills(ana, cards[0], "Acknowledge", form{"choice": "mail", "words": "We have it"})
	})
}

func TestStoryTheLimitsOfTeamsAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t), teamstest.WithLimits(), teamstest.WithPatience(30*time.Second))
	w.limits = teams.Limits{} // Microsoft's
	w.start()
	ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
	for range 12 {
		chat.Says(ana, "help")
	}
	w.settle()
	if n := len(chat.Cards()); n != 12 {
		t.Errorf("%d messages arrived, want 12", n)
	}
	// What was sent in time may arrive at a busy moment, so a refusal is possible.
	refused := 0
	for _, call := range w.Calls() {
		if call.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused > 2 {
		t.Errorf("Teams had to say %d times that it was too much", refused)
	}
}

func TestStoryWithoutATokenMessagesWait(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.BreakLogin(true)
		if status, body := w.get("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "token") {
			t.Errorf("without a token it is %d: %s", status, body)
		}
		chat.Says(ana, "help")
		w.rest()
		chat.ExpectNoMore()
		w.BreakLogin(false)
		w.settle()
		chat.ExpectCard("What you can write")
		if status, body := w.get("/readyz"); status != http.StatusOK {
			t.Errorf("with a token it is %d: %s", status, body)
		}

		// A token may end before its time.
		w.RevokeTokens()
		chat.Says(ana, "board")
		chat.ExpectCard("No ticket is open")
		w.settle()
		if n := len(chat.Cards()); n != 2 {
			t.Errorf("there are %d cards, want two", n)
		}
	})
}

func TestStoryKeysThatCannotBeHadLetNobodyIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	w.BreakKeys(true)
	w.start()
	ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
	a := chat.Activity("message", ana)
	a["text"] = "help"
	if d := w.Deliver(a); d.Status != http.StatusServiceUnavailable {
		t.Errorf("without keys it is %d", d.Status)
	}
	w.settle()
	chat.ExpectNoMore()
}

// get asks the door.
func (w *world) get(path string) (int, string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.handrail.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		w.t.Fatalf("GET %s: %v", path, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatalf("GET %s: %v", path, err)
	}
	return response.StatusCode, string(body)
}
