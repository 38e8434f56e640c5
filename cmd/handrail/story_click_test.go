package main

import (
	"net/http"
	"strings"
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

func TestStoryALateClickChangesNothingAndSaysWhoWasFaster(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima", lead)
		w.ticketIn(ticket.Reception, ana)
		card := shows(ana, chat, "T-1")
		late := clickOf(t, card.View(ana), "Next step")
		moves(ana, card, "Step 2 of 7")
		w.settle()
		before := w.stored(1).Version
		answer := late.by(t, w.Person(lead))
		says(t, answer.Text(), "Ana Lima changed this at", "your click changed nothing", "Step 2 of 7")
		if after := w.stored(1).Version; after != before {
			t.Errorf("the late click changed version %d to %d", before, after)
		}
	})
}

func TestStoryAClickThatComesAgainIsServedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())

		// Teams delivers a click again, with a new id of the activity.
		moved := card.Press(ana, "Next step")
		again := moved.PressAgain()
		says(t, again.Text(), "Step 2 of 7")
		saysNot(t, again.Text(), "your click changed nothing")
		card.Expect("Step 2 of 7")
		saved := evidence(ana, card, "Acknowledge").Press(ana, "Save", form{"choice": "mail", "words": "We have it"})
		says(t, saved.PressAgain().Text(), "We have it")
		w.settle()

		// A message comes again, with the id that it had.
		for _, text := range []string{"new Printers are silent", "take T-1"} {
			message := chat.Activity("message", ana)
			message["text"] = text
			for range 2 {
				if d := w.Deliver(message); d.Status != http.StatusOK {
					t.Errorf("%q is answered %d", text, d.Status)
				}
			}
		}
		w.settle()
		for _, form := range chat.Cards() {
			if answered := form.View(ana); len(filled(answered)) > 0 {
				form.Press(ana, "Open ticket", invoices())
			}
		}
		w.settle()
		page, err := w.desk().Store.Tickets(t.Context(), ticket.Query{Tenant: w.Tenant(), Limit: 10})
		if err != nil || page.Total != 2 {
			t.Errorf("there are %d tickets (%v), want two: one form was answered twice", page.Total, err)
		}
		if version := w.stored(1).Version; version != 3 {
			t.Errorf("T-1 is at version %d, want 3: opened, moved, acknowledged", version)
		}
	})
}

func TestStoryOfTwoPeopleWhoPressAtOnceOneWins(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, lena, chat := w.Person("Ana Lima"), w.Person(lead), w.GroupChat("Desk", "Ana Lima", lead)
		w.ticketIn(ticket.Reception, ana)
		click := clickOf(t, shows(ana, chat, "T-1").View(ana), "Next step")
		w.settle()
		before := w.stored(1).Version
		var anas, lenas teamstest.Answer
		together(
			func() { anas = click.card.Raw(ana, click.verb, click.data) },
			func() { lenas = click.card.Raw(lena, click.verb, click.data) },
		)
		winner, loser := "Ana Lima", lenas
		if anas.Card == nil || lenas.Card == nil {
			t.Fatalf("the answers are %+v and %+v, want two cards", anas, lenas)
		}
		if version(anas.Card) != version(lenas.Card) {
			t.Errorf("they see the versions %d and %d", version(anas.Card), version(lenas.Card))
		}
		entries, err := w.desk().Store.History(t.Context(), w.stored(1).ID, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if entries[0].By.ID == lena.ID {
			winner, loser = lead, anas
		}
		says(t, loser.Card.Text(), winner+" changed this at", "Step 2 of 7")
		if after := w.stored(1).Version; after != before+1 {
			t.Errorf("the two clicks changed version %d to %d", before, after)
		}
	})
}

func TestStoryAStrangersClickChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, chat := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.GroupChat("Desk", "Ana Lima", "Kofi Annan", lead)
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		before := w.stored(1).Version
		saysNot(t, strings.Join(card.View(kofi).Buttons(), ", "), "Edit", "Close early")
		anas := card.View(ana)
		for _, button := range []string{"To do: Try to reproduce", "Edit", "Change the class of service", "Close early", "Skip rest", "To do: Decide: fix or escalate"} {
			says(t, clickOf(t, anas, button).by(t, kofi).Text(), "T-1 belongs to Ana Lima. Only they, their stand-in or a lead can change it.", "Step 3 of 7")
		}
		forged := clickOf(t, anas, "Edit")
		forged.verb = "close.save"
		answer := forged.with("reason", "I do not like it").by(t, kofi)
		says(t, answer.Text(), "belongs to Ana Lima", "I do not like it")
		says(t, clickOf(t, card, "History").by(t, kofi).Text(), "History of T-1")
		if after := w.stored(1).Version; after != before {
			t.Errorf("a stranger changed version %d to %d", before, after)
		}
		// A lead may.
		card.Press(w.Person(lead), "Edit").Press(w.Person(lead), "Save", form{"details": "Lena knows more"})
		card.Expect("Lena knows more")
	})
}

func TestStoryAForgedClickIsAnsweredKindlyAndChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		before := w.stored(1).Version
		old, next, item := "older Handrail", "ticket.complete", "item.save"
		for _, c := range []struct {
			verb string
			data map[string]any
			said string
		}{
			{"ticket.destroy", map[string]any{}, old},
			{"", map[string]any{}, old},
			{"ticket.acknowledge", map[string]any{"id": 1, "v": "0.9"}, old},
			{next, map[string]any{}, "There is no ticket T-0 here"},
			{next, map[string]any{"ticket": "T-99", "version": 1}, "There is no ticket T-99 here"},
			{next, map[string]any{"ticket": "T-1' OR '1'='1", "version": 1}, "There is no ticket"},
			{next, map[string]any{"ticket": map[string]any{"a": 1}, "version": []any{}}, "There is no ticket"},
			{next, map[string]any{"ticket": nil, "version": nil, "item": nil, "key": nil}, "There is no ticket"},
			{next, map[string]any{"ticket": "T-1", "version": before, "item": "trend_analysis"}, "The ticket is in Diagnosis now"},
			{next, map[string]any{"ticket": "T-1", "version": before, "item": "diagnosis"}, "Still missing"},
			{next, map[string]any{"ticket": "T-1", "version": 99, "item": "diagnosis"}, "That button is not of this ticket"},
			{"item.open", map[string]any{"ticket": "T-1", "version": before, "item": "nonsense"}, "That button is not of this ticket"},
			{"item.open", map[string]any{"ticket": "T-1", "version": before, "item": "solution"}, "The ticket is in Diagnosis now"},
			{item, map[string]any{"ticket": "T-1", "version": before, "item": "decide", "words": "x"}, "Use Decide for this."},
			{item, map[string]any{"ticket": "T-1", "version": before, "item": "cause", "choice": "telepathy", "words": "x"}, "Choose one of the options."},
			{item, map[string]any{"ticket": "T-1", "version": before, "item": "log", "words": "x"}, "The ticket is in Diagnosis now"},
			{"skip.save", map[string]any{"ticket": "T-1", "version": before, "item": "cause", "reason": "lazy"}, "cannot be skipped"},
			{"decide.save", map[string]any{"ticket": "T-1", "version": before, "choice": "pray", "words": "x"}, "Choose one of the options."},
			{"decide.save", map[string]any{"ticket": "T-1", "version": before, "choice": "alone", "words": "x", "reasons": "a,b", "level": "moon"}, "Choose"},
			{"class.save", map[string]any{"ticket": "T-1", "version": before, "class": "royal", "reason": "x"}, "Choose one of the classes."},
			{"answer.save", map[string]any{"ticket": "T-1", "version": before, "words": "x"}, "No escalation is open"},
			{"reopen.save", map[string]any{"ticket": "T-1", "version": before, "reason": "x"}, "is open already"},
			{"list.show", map[string]any{"list": "mine", "page": -7}, "1 open ticket"},
			{"list.show", map[string]any{"list": "secrets", "page": -7, "filter": "' OR 1=1 --"}, "The board is below."},
			{"report.show", map[string]any{"span": "../../etc"}, "Report: 30 days"},
			{"ticket.history", map[string]any{"ticket": "T-1", "page": "1e99"}, "History of T-1"},
			{"ticket.history", map[string]any{"ticket": "T-1", "page": 9e15}, "Nothing older"},
		} {
			answer := click{card, c.verb, c.data}.by(t, ana)
			said := answer.Said
			if answer.JSON != nil {
				said = answer.Text()
			}
			says(t, said, c.said)
		}
		if after := w.stored(1).Version; after != before {
			t.Errorf("a forger changed version %d to %d", before, after)
		}
	})
}

func TestStoryNobodySeesTheTicketsOfAnotherTenant(t *testing.T) {
	const other = "aaaaaaaa-0000-4000-8000-000000000002"
	withEnvironment := func(w *world) { w.environ["HANDRAIL_TENANTS"] = w.Tenant() + "," + other }
	onEachWith(t, withEnvironment, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Reception, ana)
		click := clickOf(t, shows(ana, chat, "T-1").View(ana), "Next step")
		w.settle()
		before := w.stored(1).Version
		foreign := chat.Activity("invoke", w.Person("Fremd"))
		foreign["name"] = "adaptiveCard/action"
		foreign["value"] = map[string]any{"action": map[string]any{"type": "Action.Execute", "verb": click.verb, "data": click.data}}
		foreign["conversation"] = map[string]any{"id": chat.ID(), "conversationType": "personal", "tenantId": other}
		foreign["channelData"] = map[string]any{"tenant": map[string]any{"id": other}}
		d := w.Deliver(foreign)
		if d.Status != http.StatusOK {
			t.Errorf("answered %d", d.Status)
		}
		says(t, string(d.Body), "There is no ticket T-1 here")
		saysNot(t, string(d.Body), "Invoices")
		if after := w.stored(1).Version; after != before {
			t.Errorf("a foreigner changed version %d to %d", before, after)
		}
	})
}
