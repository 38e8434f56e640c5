package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

func TestStoryEachSeesTheButtonsThatAreTheirs(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, lena := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person(lead)
		chat := w.GroupChat("Desk", "Ana Lima", "Kofi Annan", lead)
		w.ticketIn(ticket.InitialResponse, ana)
		card := shows(kofi, chat, "T-1")
		for _, c := range []struct {
			who  *teamstest.Person
			edit bool
		}{{ana, true}, {lena, true}, {kofi, false}} {
			if got := slices.Contains(card.View(c.who).Buttons(), "Edit"); got != c.edit {
				t.Errorf("%s can edit the ticket: %t, want %t", c.who.Name, got, c.edit)
			}
		}
		says(t, strings.Join(card.Reload().Buttons(), ", "), "History", "My view")

		// A press changes the card for everybody, and each has their own again.
		fills(ana, card, "Acknowledge", form{"choice": "mail", "words": "We have it"})
		says(t, card.View(lena).Text(), "We have it")
		card.Press(lena, "Edit").Press(lena, "Cancel")

		// Whoever gets the ticket gets the buttons, and whoever gave it loses them.
		chat.Says(ana, "assign T-1 @Kofi Annan", kofi)
		card.Expect("Kofi Annan")
		card.Press(kofi, "Skip rest").Press(kofi, "Cancel")
		chat.Says(kofi, "show T-1")
		again := chat.ExpectCard("T-1 ·", "Step 2 of 7")
		if slices.Contains(again.View(w.Person("Somebody Else")).Buttons(), "Edit") {
			t.Error("anybody can edit the ticket")
		}
	})
}

func TestStoryInAChatOfOneTheCardIsThePersonsOwn(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		w.ticketIn(ticket.InitialResponse, ana)
		anas, kofis := shows(ana, w.Personal("Ana Lima"), "T-1"), shows(kofi, w.Personal("Kofi Annan"), "T-1")
		says(t, strings.Join(anas.Reload().Buttons(), ", "), "Acknowledge", "Edit")
		saysNot(t, strings.Join(kofis.Reload().Buttons(), ", "), "Acknowledge", "Edit")
		for _, card := range []*teamstest.Card{anas, kofis} {
			if card.Reload().JSON["refresh"] != nil {
				t.Error("a card that only one person sees is refreshed")
			}
		}
	})
}

func TestStoryTwoHandrailsNeverShowAnOlderState(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.start()
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		copies := []*teamstest.Card{shows(ana, chat, "T-1"), shows(ana, w.Personal("Ana Lima"), "T-1"), shows(ana, w.Channel("Support", "Ana Lima"), "T-1")}
		for i := range 12 {
			words := "Try number " + strconv.Itoa(i)
			slow := make(chan struct{})
			chat.FailNext(1, teamstest.Slow(slow).On(http.MethodPut))
			_, err := w.desk().Change(t.Context(), w.actor(ana), ticket.Press{ID: w.stored(1).ID}, func(c *ticket.Change) error {
				return c.OverrideClass([]ticket.Class{ticket.Standard, ticket.Expedite}[i%2], words)
			})
			if err != nil {
				t.Fatal(err)
			}
			close(slow)
		}
		w.settle()
		for _, card := range copies {
			if shown, want := version(card.Reload()), w.stored(1).Version; shown != want {
				t.Errorf("a copy shows version %d, want %d", shown, want)
			}
		}
		neverOlder(t, w)
	})
}

// neverOlder fails the story where a message showed a state and later an older one.
func neverOlder(t *testing.T, w *world) {
	t.Helper()
	shown := map[string]int64{}
	written := regexp.MustCompile(`"version":(\d+)`)
	for _, call := range w.Calls() {
		if call.Method != http.MethodPut || call.Status != http.StatusOK || !json.Valid([]byte(call.Body)) {
			continue
		}
		newest := int64(0)
		for _, match := range written.FindAllStringSubmatch(call.Body, -1) {
			v, _ := strconv.ParseInt(match[1], 10, 64) // digits
			newest = max(newest, v)
		}
		if newest < shown[call.Path] {
			t.Errorf("%s showed version %d and then %d", call.Path, shown[call.Path], newest)
		}
		shown[call.Path] = max(newest, shown[call.Path])
	}
	if len(shown) == 0 {
		t.Error("no card was edited")
	}
}
