package main

import (
	"strings"
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// route gives who stands behind a level.
func (w *world) route(level ticket.Level) (ticket.Route, bool) {
	w.t.Helper()
	route, known, err := w.desk().Store.Route(w.t.Context(), w.Tenant(), level)
	if err != nil {
		w.t.Fatal(err)
	}
	return route, known
}

func TestStoryALeadSaysWhoIsAskedBehindALevel(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, lena := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person(lead)
		channel, home := w.Channel("Dev", "Ana Lima", "Kofi Annan"), w.reaches(lena)
		thread := channel.Says(lena, "route dev here @Kofi Annan @Ana Lima @Kofi Annan mail dev@contoso.com", kofi, ana, kofi)
		thread.ExpectText("Dev team is asked from now on: Kofi Annan, then Ana Lima.", "dev@contoso.com gets nothing, as no mail is configured.")
		route, _ := w.route(ticket.Dev)
		if route.Conversation != channel.Root() || route.Thread != "" || len(route.People) != 2 || route.Mail != "dev@contoso.com" {
			t.Errorf("the route is %+v", route)
		}
		if address, known, err := w.desk().Store.Address(t.Context(), route.Place); err != nil || !known || address.Kind != ticket.Channel {
			t.Errorf("the channel is known: %t, %+v, %v", known, address, err)
		}
		home.Says(lena, "routes").ExpectCard("**Senior engineer**: nobody yet", "A lead writes: route senior here @name",
			"**Dev team**: Kofi Annan, then Ana Lima", "another channel · dev@contoso.com · Lena Lead")
		home.Says(lena, "route dev off")
		home.ExpectText("Nobody stands behind Dev team any more.")
		home.Says(lena, "route dev off")
		home.ExpectText("Nobody stands behind Dev team.")
		if _, known := w.route(ticket.Dev); known {
			t.Error("somebody still stands behind it")
		}
	})
}

func TestStoryARouteIsSetInAForm(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, lena := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person(lead)
		chat := w.GroupChat("Desk", "Ana Lima", "Kofi Annan", lead)
		for _, who := range []*teamstest.Person{ana, kofi} {
			w.reaches(who)
		}
		sheet := chat.Says(lena, "routes").ExpectCard("**Management**: nobody yet")
		sheet.Press(lena, "Set")
		form1 := chat.ExpectCard("Who is asked: Senior engineer")
		again := form1.Press(lena, "Save", form{"people": "kofi\nNobody Known\n", "mail": "senior at contoso"})
		says(t, again.Text(), "I know nobody called “Nobody Known” yet", "kofi", "senior at contoso")
		again = again.Press(lena, "Save", form{"people": "kofi"})
		says(t, again.Text(), "“senior at contoso” is no mail address")
		again.Press(lena, "Save", form{"mail": "senior@contoso.com", "person": ana.ID})
		form1.Expect("Senior engineer is asked from now on: Kofi Annan, then Ana Lima.")
		route, _ := w.route(ticket.Senior)
		if route.Conversation != chat.Root() || len(route.People) != 2 || route.People[0].ID != kofi.ID {
			t.Errorf("the route is %+v", route)
		}
		maria := w.Person("Maria Sol") // who has never written to Handrail
		w.routed(chat, ticket.Management, maria)
		sheet.Press(lena, "Set")
		w.settle()
		chat.ExpectCard("Who is asked: Senior engineer").Press(lena, "Save", form{"people": "Maria Sol"})
		if route, _ = w.route(ticket.Senior); len(route.People) != 1 || route.People[0].ID != maria.ID {
			t.Errorf("the route is %+v", route)
		}
	})
}

func TestStoryOnlyALeadSetsRoutes(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		for _, said := range []string{"route dev here @Ana Lima", "route dev", "route dev off", "route dev mail dev@contoso.com"} {
			chat.Says(ana, said, ana)
			chat.ExpectText("Only leads can say who stands behind a level.")
		}
		sheet := chat.Says(ana, "routes").ExpectCard("**Dev team**: nobody yet")
		if got := sheet.Buttons(); len(got) != 0 {
			t.Errorf("somebody who may not is offered %q", got)
		}
		forged := click{card: sheet, verb: "route.save", data: map[string]any{"verb": "route.save", "item": "dev", "people": "Ana Lima"}}
		says(t, forged.by(t, ana).Said, "Only leads")
		if _, known := w.route(ticket.Dev); known {
			t.Error("somebody stands behind it")
		}
	})
}

func TestStoryALeadIsWarnedOfARouteThatCannotBeWrittenTo(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		lena, kofi := w.Person(lead), w.Person("Kofi Annan")
		home, chat := w.reaches(lena), w.GroupChat("Desk", "Kofi Annan", lead)
		chat.FailNext(1, teamstest.WritesBlocked())
		chat.Says(lena, "route dev here @Kofi Annan", kofi)
		home.ExpectText("I cannot post in the conversation where you wrote this", "Kofi Annan")
		w.settle()
		home.Says(lena, "routes").ExpectCard("**Dev team**: Kofi Annan", "I cannot post in its conversation any more")
	})
}

func TestStoryHostileWordsInARouteStayWords(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		lena := w.Person(lead)
		chat := w.reaches(lena)
		for _, said := range []string{"route dev here mail a@b.c\u202e](http://x)", "route dev here <at>everyone</at>", "route dev mail a@b.example,c@d.example"} {
			before := len(chat.Texts())
			chat.Says(lena, said)
			w.settle()
			answers := strings.Join(chat.Texts()[before:], "\n")
			saysNot(t, answers, "<at>", "\n](http")
			if answers == "" {
				t.Errorf("%q is not answered", said)
			}
		}
		if _, known := w.route(ticket.Dev); known {
			t.Error("a route was set")
		}
	})
}
