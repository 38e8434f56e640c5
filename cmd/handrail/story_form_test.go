package main

import (
	"maps"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

func TestStoryABadIntakeComesBackWithAllThatWasTyped(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		chat.Says(ana, "new")
		sheet := chat.ExpectCard("New ticket")
		save := clickOf(t, sheet, "Open ticket")
		for _, c := range []struct {
			typed form
			wrong string
		}{
			{form{"users": "lots"}, "“lots” is no number of users"},
			{form{"users": "−3"}, "is no number of users"},
			{form{"users": "-3"}, "is no number of users"},
			{form{"users": "1e9"}, "is no number of users"},
			{form{"users": "12.5"}, "is no number of users"},
			{form{"users": "1000000001"}, "users are believed"},
			{form{"users": "99999999999999999999"}, "users are believed"},
			{form{"users": ""}, "Give the number of affected users or a fixed date"},
			{form{"date": "2037-11-22"}, "That date has passed"},
			{form{"date": "soon"}, "“soon” is no date"},
			{form{"date": "2999-01-01"}, "is no date"},
			{form{"time": "14:00"}, "Choose the date as well"},
			{form{"date": "2037-12-24", "time": "2 pm"}, "“2 pm” is no time"},
			{form{"title": strings.Repeat("x", 5000)}, "at most 200 characters; this has 5000"},
			{form{"title": "   \t\n "}, "Write what is wrong"},
			{form{"title": "\u202e\u2066\u200b"}, "Write what is wrong"},
			{form{"customer": " "}, "Write who the customer is"},
			{form{"customer": strings.Repeat("ü", 200)}, "at most 120 characters; this has 200"},
			{form{"details": ""}, "Write what happens"},
			{form{"details": strings.Repeat("d", 5000)}, "at most 4000 characters; these have 5000"},
			{form{"title": "", "customer": "", "details": "", "users": "", "date": ""}, "Give the number of affected users or a fixed date"},
		} {
			typed := form{"title": "Invoices cannot be posted", "take": "false"}
			maps.Copy(typed, invoices())
			maps.Copy(typed, c.typed)
			bad := save
			for name, value := range typed {
				bad = bad.with(name, value)
			}
			answer := bad.by(t, ana)
			says(t, answer.Text(), c.wrong, "nothing you typed is lost")
			for name, value := range typed {
				if got := filled(answer)[name]; got != value && (value != "" || got != nil) {
					t.Errorf("%s: the form has %v, but %q was typed", c.wrong, got, value)
				}
			}
		}
		odd := save
		for _, name := range []string{"title", "customer", "details", "users", "date", "time", "take", "key"} {
			odd = odd.with(name, map[string]any{"a": []any{nil}})
		}
		says(t, odd.by(t, ana).Text(), "Write what is wrong")
		if page, err := w.desk().Store.Tickets(t.Context(), ticket.Query{Tenant: w.Tenant(), Limit: 1}); err != nil || page.Total != 0 {
			t.Errorf("%d tickets were opened (%v)", page.Total, err)
		}
		// What was wrong once can be mended in the form that came back.
		wrong := sheet.Press(ana, "Open ticket", form{"title": "Invoices", "customer": "Contoso", "details": "Error", "users": "many"})
		wrong.Press(ana, "Open ticket", form{"users": " 12 "})
		sheet.Expect("T-1 · Contoso", "12 users are affected")
	})
}

func TestStoryWordsOfPeopleAreShownAsTheyWereTyped(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		// What keeps a client from taking words for its own cannot be seen.
		seen := strings.NewReplacer(`\`, "", "\u2060", "", "\u200b", "")
		for i, title := range []string{
			"](http://x)", "<at>everyone</at>", "${title}", "لا يمكن ترحيل الفواتير", "Printer 👩‍👩‍👧‍👦 is 🇻🇳 down",
			`# {{DATE(2037-11-23)}} **bold** 'quoted" %s`,
		} {
			chat.Says(ana, "new")
			sheet := chat.ExpectCard("New ticket")
			facts := invoices()
			facts["title"], facts["details"] = title, title
			sheet.Press(ana, "Open ticket", facts)
			card := sheet.Expect("Step 1 of 7")
			says(t, seen.Replace(card.Text()), title)
			saysNot(t, texts(card), "<at>", "{{DATE", "**bold**", "\n](http")
			if kept := w.stored(int64(i + 1)).Title; kept != title {
				t.Errorf("the title %q is kept as %q", title, kept)
			}
		}
		chat.Says(ana, "board")
		board := chat.ExpectCard("Board")
		says(t, seen.Replace(board.Text()), "](http://x)", "<at>everyone</at>", "${title}", "لا يمكن ترحيل الفواتير", "👩‍👩‍👧‍👦 is 🇻🇳")
		saysNot(t, texts(board), "<at>", "{{DATE", "**bold**")
	})
}

func TestStoryAFormThatGrewOldKeepsWhatWasTyped(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, lena, chat := w.Person("Ana Lima"), w.Person(lead), w.GroupChat("Desk", "Ana Lima", lead)
		w.ticketIn(ticket.InitialResponse, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		save := clickOf(t, evidence(ana, card, "Acknowledge"), "Save").with("choice", "phone").with("words", "Called them").with("clarify", "true")
		saved := card.Press(lena, "Edit").Press(lena, "Save", form{"details": "Lena knows more"})
		says(t, saved.Text(), "Lena knows more")
		// The message under Ana's form is left alone, or what she types would be gone.
		w.rest()
		saysNot(t, card.Reload().Text(), "Lena knows more")

		again := save.by(t, ana)
		says(t, again.Text(), "Lena Lead changed T-1 at", "What you typed is still here")
		if kept := filled(again); kept["choice"] != "phone" || kept["words"] != "Called them" || kept["clarify"] != "true" {
			t.Errorf("the form keeps %v", kept)
		}
		if w.stored(1).AcknowledgedAt != nil {
			t.Error("the old form was saved")
		}
		again.Press(ana, "Save")
		card.Expect("Called them", "Lena knows more")
	})
}

func TestStoryAFormOfAStepWithBadInputComesBack(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		w.settle()
		long := strings.Repeat("evidence ", 600)
		for button, c := range map[string]struct {
			typed form
			wrong string
		}{
			"To do: Try to reproduce":                   {form{"choice": "", "words": "Tried"}, "Choose one of the options."},
			"To do: Review logs and monitoring":         {form{"words": " \u200b "}, "Write what shows that it is done."},
			"To do: Likely root cause":                  {form{"choice": "code", "words": long}, "At most 4000 characters; this has 5399"},
			"Edit":                                      {form{"users": "-1", "title": "Kept"}, "is no number of users"},
			"Change the class of service":               {form{"class": "expedite", "reason": strings.Repeat("r", 501)}, "at most 500 characters"},
			"Update":                                    {form{"choice": "pigeon", "words": "Coo"}, "Choose one of the options."},
			"Close early":                               {form{"reason": ""}, "Write the reason"},
			"Skip rest":                                 {form{"reason": "\t"}, "Write the reason"},
			"To do: Decide: fix or escalate":            {form{"choice": "alone", "words": "Help", "level": "dev"}, "Choose at least one reason"},
			"To do: Gather information and attachments": {form{"words": ""}, "Write what shows that it is done."},
		} {
			save := clickOf(t, evidence(ana, card, button), "Save")
			for name, value := range c.typed {
				save = save.with(name, value)
			}
			answer := save.by(t, ana)
			says(t, answer.Text(), c.wrong)
			for name, value := range c.typed {
				if got := filled(answer)[name]; got != value && (strings.TrimSpace(value) != "" || got != nil) {
					t.Errorf("%s: the form has %.40v, but %.40q was typed", button, got, value)
				}
			}
			answer.Press(ana, "Cancel")
		}
		if step := w.stored(1); step.Step != ticket.Diagnosis || len(step.Missing()) != 5 {
			t.Errorf("a bad form was saved: %+v", step.Marks)
		}
	})
}
