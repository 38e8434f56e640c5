package bot

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

func TestATicketIsOpenedByTheFormAndShownInItsPlace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil).expect("T-1", "Invoices cannot be posted", "Contoso Ltd", "Priority because 12 users are affected (5 to 25)", "Ana Ng")
	if opened := h.ticket(1); opened.Owner.ID != ana.id || len(h.chat.posts) != 1 {
		t.Errorf("%+v is shown by %d messages", opened, len(h.chat.posts))
	}
	again := h.press(ana, card, "Next step", nil).card.expect("Initial response")
	h.chat.message(card.id).expect("Initial response")
	if again.id != card.id {
		t.Error("another message was pressed")
	}
}

func TestAFormSubmittedAsAMessageBecomesTheLiveCard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "new Mail is slow")
	form := h.chat.last()
	h.submit(ana, form, form.first(), map[string]string{"customer": "", "details": "Very", "users": "lots"})
	form = h.chat.message(form.id).expect("Write who the customer is.", "“lots” is no number of users.")
	if got := text(form.inputs()["details"]["value"]); got != "Very" {
		t.Errorf("the form comes back with %q", got)
	}
	h.submit(ana, form, form.first(), map[string]string{"customer": "Contoso", "users": "3"})
	card := h.chat.message(form.id).expect("T-1", "Mail is slow")
	h.submit(ana, card, "Next step", nil)
	card = h.chat.message(form.id).expect("Initial response")
	if len(h.chat.posts) != 1 {
		t.Errorf("there are %d messages", len(h.chat.posts))
	}

	// A form of the ticket is a message of its own, which ends as a notice.
	h.submit(ana, card, "Acknowledge receipt", nil)
	item := h.chat.last().expect("Acknowledge receipt")
	h.submit(ana, item, "Save", map[string]string{"words": "We have it."})
	item = h.chat.message(item.id).expect("Choose one of the options.")
	h.submit(ana, item, "Save", map[string]string{"choice": "mail"})
	h.chat.message(item.id).expect("T-1 is saved.")
	h.chat.message(form.id).expect("By mail: We have it.")
	h.submit(ana, card, "History", nil)
	h.chat.last().expect("History of T-1", "Acknowledge receipt: By mail")
}

func TestExecuteAndSubmitChangeTheSame(t *testing.T) {
	t.Parallel()
	run := func(press func(h *house, card shown, title string, inputs map[string]string) shown) *ticket.Ticket {
		h := newHouse(t)
		card := h.opened(ana, nil)
		live := func() shown { return h.chat.message(card.id) }
		press(h, live(), "Next step", nil)
		form := press(h, live(), "Acknowledge receipt", nil)
		press(h, form, "Save", map[string]string{"choice": "phone", "words": "Called.", "expectations": "true"})
		form = press(h, live(), "Skip rest", nil)
		press(h, form, "Save", map[string]string{"reason": "Nothing to ask."})
		press(h, live(), "Next step", nil)
		form = press(h, live(), "Change the class of service", nil)
		press(h, form, "Save", map[string]string{"class": "expedite", "reason": "The chief asks."})
		return h.ticket(1)
	}
	executed := run(func(h *house, card shown, title string, inputs map[string]string) shown {
		return h.press(ana, card, title, inputs).card
	})
	submitted := run(func(h *house, card shown, title string, inputs map[string]string) shown {
		h.submit(ana, card, title, inputs)
		return h.chat.last()
	})
	if executed.Step != ticket.Diagnosis || executed.Class() != ticket.Expedite || executed.Marks[ticket.ItemClarify].State != ticket.Skipped {
		t.Errorf("the ticket is %+v", executed)
	}
	if submitted.Version != executed.Version || submitted.Step != executed.Step || submitted.Class() != executed.Class() || len(submitted.Marks) != len(executed.Marks) {
		t.Errorf("by submit the ticket is %+v, by execute %+v", submitted, executed)
	}
}

func TestALateClickChangesNothingAndSaysWhoWasFaster(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old := h.opened(ana, nil)
	h.press(ana, old, "Next step", nil)
	version := h.ticket(1).Version
	// Another person's click on the card as it was.
	h.press(lena, old, "Next step", nil).card.expect("Ana Ng changed this at 11:00; your click changed nothing.", "Initial response")
	h.submit(lena, old, "Next step", nil)
	if said := h.chat.lastText(); !strings.Contains(said, "Ana Ng changed this") {
		t.Errorf("the bot says %q", said)
	}
	if got := h.ticket(1).Version; got != version {
		t.Errorf("the version went from %d to %d", version, got)
	}
	// The same click again is the same click.
	got := h.press(ana, old, "Next step", nil).card
	if got.says("changed nothing") || h.ticket(1).Version != version {
		t.Errorf("a double click is answered with %s", got.raw)
	}
}

func TestAFormComesBackWithWhatWasTypedWhateverIsWrong(t *testing.T) {
	t.Parallel()
	typed := map[string]string{"choice": "mail", "words": "We **have** it, ${title} {{DATE(2020)}}."}
	for name, test := range map[string]struct {
		who     someone
		change  func(h *house, live shown)
		inputs  map[string]string
		problem string
	}{
		"a fault":       {ana, nil, map[string]string{"choice": "pigeon"}, "Choose one of the options."},
		"not the owner": {ben, nil, nil, "T-1 belongs to Ana Ng."},
		"somebody was faster": {
			ana, func(h *house, live shown) {
				form := h.press(lena, live, "Change the class of service", nil).card
				h.press(lena, form, "Save", map[string]string{"class": "standard", "reason": "x"})
			}, nil, "Lena Lead changed T-1 at 11:00. What you typed is still here",
		},
		"another step": {
			ana, func(h *house, live shown) {
				form := h.press(ana, live, "Acknowledge receipt", nil).card
				live = h.press(ana, form, "Save", map[string]string{"choice": "mail", "words": "a"}).card
				form = h.press(ana, live, "Skip rest", nil).card
				live = h.press(ana, form, "Save", map[string]string{"reason": "a"}).card
				h.press(ana, live, "Next step", nil)
			}, nil, "Ana Ng changed T-1",
		},
		"closed meanwhile": {
			ana, func(h *house, live shown) {
				form := h.press(ana, live, "Close early", nil).card
				h.press(ana, form, "Save", map[string]string{"reason": "a"})
			}, nil, "T-1 has been closed meanwhile",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			live := h.press(ana, h.opened(ana, nil), "Next step", nil).card
			form := h.press(ana, live, "Acknowledge receipt", nil).card
			if test.change != nil {
				test.change(h, live)
			}
			version := h.ticket(1).Version
			inputs := maps.Clone(typed)
			maps.Copy(inputs, test.inputs)
			back := h.press(test.who, form, "Save", inputs).card.expect(test.problem)
			for id, value := range inputs {
				if got := text(back.inputs()[id]["value"]); got != value {
					t.Errorf("%s comes back as %q, want %q", id, got, value)
				}
			}
			if got := h.ticket(1).Version; got != version {
				t.Errorf("the version went from %d to %d", version, got)
			}
		})
	}
}

func TestAFormOvertakenCanBeSavedAtTheSecondTry(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	live := h.press(ana, h.opened(ana, nil), "Next step", nil).card
	form := h.press(ana, live, "Acknowledge receipt", nil).card
	other := h.press(lena, live, "Change the class of service", nil).card
	h.press(lena, other, "Save", map[string]string{"class": "standard", "reason": "x"})
	back := h.press(ana, form, "Save", map[string]string{"choice": "mail", "words": "We have it."}).card
	h.press(ana, back, "Save", nil).card.expect("By mail: We have it.")
}

func TestWhatIsTypedInASecondWindowIsNotTakenForADoubleClick(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	live := h.press(ana, h.opened(ana, nil), "Next step", nil).card
	form := h.press(ana, live, "Acknowledge receipt", nil).card
	h.press(ana, form, "Save", map[string]string{"choice": "mail", "words": "First."})
	back := h.press(ana, form, "Save", map[string]string{"choice": "mail", "words": "Second."}).card.expect("Ana Ng changed T-1")
	if got := text(back.inputs()["words"]["value"]); got != "Second." {
		t.Errorf("the form comes back with %q", got)
	}
}

func TestAForgedClickIsAnsweredAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.press(ana, h.opened(ana, nil), "Next step", nil).card
	version := h.ticket(1).Version
	for name, test := range map[string]struct {
		who  someone
		verb string
		data map[string]any
		want string
	}{
		"no verb":                    {ana, "", nil, "This card is from an older Handrail."},
		"an unknown verb":            {ana, "ticket.delete", map[string]any{"ticket": "T-1"}, "This card is from an older Handrail."},
		"no such ticket":             {ana, "ticket.take", map[string]any{"ticket": "T-99", "version": 1}, "There is no ticket T-99 here."},
		"no ticket":                  {ana, "ticket.complete", nil, "There is no ticket T-0 here."},
		"a ticket of a wrong type":   {ana, "item.open", map[string]any{"ticket": []string{"T-1"}}, "There is no ticket T-0 here."},
		"no version":                 {lena, "ticket.complete", map[string]any{"ticket": "T-1", "item": "initial_response"}, "Ana Ng changed this at 11:00"},
		"a version in words":         {ana, "item.save", map[string]any{"ticket": "T-1", "version": "lots", "item": "clarify", "words": "x"}, "Ana Ng changed T-1 at 11:00."},
		"a version to come":          {ana, "ticket.complete", map[string]any{"ticket": "T-1", "version": 99, "item": "initial_response"}, "That button is not of this ticket."},
		"an unmet step":              {ana, "ticket.complete", map[string]any{"ticket": "T-1", "version": version, "item": "initial_response"}, "Still missing: acknowledge receipt to the customer"},
		"a step to come":             {ana, "ticket.complete", map[string]any{"ticket": "T-1", "version": version, "item": "trend_analysis"}, "The ticket is in Initial response now"},
		"an unknown item":            {ana, "item.save", map[string]any{"ticket": "T-1", "version": version, "item": "x", "words": "x"}, "That button is not of this ticket."},
		"an unknown item's form":     {ana, "item.open", map[string]any{"ticket": "T-1", "item": "x"}, "That button is not of this ticket."},
		"no item":                    {ana, "skip.save", map[string]any{"ticket": "T-1", "version": version, "reason": "x"}, "That button is not of this ticket."},
		"an item of another step":    {ana, "item.open", map[string]any{"ticket": "T-1", "item": "cause"}, "The ticket is in Initial response now"},
		"the item of the decision":   {ana, "item.open", map[string]any{"ticket": "T-1", "item": "decide"}, "The ticket is in Initial response now"},
		"an item that ticks itself":  {ana, "item.open", map[string]any{"ticket": "T-1", "item": "log"}, "The ticket is in Initial response now"},
		"skipping what must be done": {ana, "skip.open", map[string]any{"ticket": "T-1", "item": "acknowledge"}, "cannot be skipped"},
		"another's form":             {ben, "edit.open", map[string]any{"ticket": "T-1"}, "T-1 belongs to Ana Ng."},
		"a decision too early":       {ana, "decide.open", map[string]any{"ticket": "T-1"}, "The ticket is in Initial response now"},
		"no escalation to answer":    {ana, "answer.open", map[string]any{"ticket": "T-1"}, "No escalation is open on this ticket."},
		"no escalation to withdraw":  {ana, "withdraw.open", map[string]any{"ticket": "T-1"}, "No escalation is open on this ticket."},
		"an answer to nothing":       {ana, "answer.save", map[string]any{"ticket": "T-1", "version": version, "words": "x"}, "No escalation is open on this ticket."},
		"back too early":             {ana, "not_fixed.open", map[string]any{"ticket": "T-1"}, "The ticket is not past Diagnosis yet."},
		"reopening what is open":     {ana, "reopen.open", map[string]any{"ticket": "T-1"}, "T-1 is open already."},
		"taking what has an owner":   {ben, "ticket.take", map[string]any{"ticket": "T-1", "version": version}, "T-1 already belongs to Ana Ng."},
		"a page far away":            {ana, "ticket.history", map[string]any{"ticket": "T-1", "page": 1e9}, "Nothing older."},
		"a page below the first":     {ana, "list.show", map[string]any{"list": "mine", "page": -5}, "1 open ticket"},
		"a list nobody knows":        {ana, "list.show", map[string]any{"list": "x", "page": 7, "filter": "%' OR 1=1 --"}, "The board is below."},
		"a period nobody knows":      {ana, "report.show", map[string]any{"span": "-1e9"}, "Report: 30 days"},
	} {
		got := h.execute(test.who, card.id, test.verb, test.data)
		if got.text != "" && !strings.Contains(got.text, test.want) {
			t.Errorf("%s: the bot says %q, want %q", name, got.text, test.want)
		}
		if got.text == "" && !got.card.says(test.want) {
			t.Errorf("%s: the card does not say %q: %s", name, test.want, got.card.raw)
		}
		// The fallback of the button is answered as well, with a message.
		if test.data == nil {
			test.data = map[string]any{}
		}
		test.data["verb"] = test.verb
		before := len(h.chat.calls)
		h.turn(h.activity("message", test.who, map[string]any{"replyToId": card.id + "x", "value": test.data}))
		h.work()
		if len(h.chat.calls) == before {
			t.Errorf("%s: a submitted click is answered with silence", name)
		}
	}
	if got := h.ticket(1); got.Version != version {
		t.Errorf("the version went from %d to %d", version, got.Version)
	}
}

func TestATicketOfAnotherTenantIsNotFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.tenant, h.conversation = "tenant-2", "19:elsewhere@thread.v2"
	for _, title := range []string{"Next step", "Edit", "History"} {
		got := h.press(ana, card, title, nil).card
		if !got.says("There is no ticket T-1 here.") || got.says("Invoices") || got.says("Contoso") {
			t.Errorf("%s shows %s", title, got.raw)
		}
	}
	h.says(ana, "show T-1")
	if said := h.chat.lastText(); !strings.Contains(said, "There is no ticket T-1 here.") {
		t.Errorf("the bot says %q", said)
	}
	h.says(ana, "board")
	h.chat.last().expect("No ticket is open.")
}

func TestAFailureOfTheStoreIsSaidWithAReferenceAndLoggedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	form := h.press(ana, card, "Edit", nil).card
	for _, click := range []struct {
		card  shown
		title string
	}{{card, "Next step"}, {form, "Save"}} {
		h.log.Reset()
		h.store.Break(errors.New("pq: password of handrail at 10.0.0.7 is wrong"))
		button := click.card.button(click.title)
		inputs := map[string]string{}
		if click.title == "Save" {
			inputs["title"] = "Another"
		}
		got := h.execute(ana, card.id, text(button["verb"]), click.card.merged(button, inputs))
		h.store.Break(nil)
		_, behind, found := strings.Cut(got.text, "(reference ")
		reference := strings.TrimSuffix(behind, ")")
		if !found || len(reference) != 8 || strings.Contains(got.text, "pq") || strings.Contains(got.text, "10.0") {
			t.Errorf("the bot says %q", got.text)
		}
		lines := strings.Split(strings.TrimSpace(h.log.String()), "\n")
		if len(lines) != 1 || !strings.Contains(lines[0], reference) || !strings.Contains(lines[0], "10.0.0.7") || !strings.Contains(lines[0], "level=ERROR") {
			t.Errorf("the log has %q", lines)
		}
	}
	if got := h.ticket(1); got.Step != ticket.Reception || got.Title != "Invoices cannot be posted" {
		t.Errorf("the ticket is %+v", got)
	}
	// A command cannot even be answered by a job: the wire says so.
	h.store.Break(errors.New("gone"))
	if _, err := h.bot.Turn(h.ctx(), h.activity("message", ana, map[string]any{"text": "board"})); err == nil {
		t.Error("a command that could not be answered is no error")
	}
}

func TestACancelledFormIsReplacedForEverybody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "new Mail is slow")
	form := h.chat.last()
	h.press(ben, form, "Cancel", nil).card.expect("No ticket was opened.")
	h.chat.message(form.id).expect("No ticket was opened.")
	// Whoever still has the form may open the ticket with it.
	h.press(ana, form, form.first(), map[string]string{"customer": "Contoso", "details": "x", "users": "1"})
	h.chat.message(form.id).expect("T-1")
	// And then a late Cancel takes nobody's card away, nor does a second Save open a second ticket.
	h.press(ben, form, "Cancel", nil).card.expect("T-1 is open.", "Mail is slow")
	again := h.press(ben, form, form.first(), map[string]string{"customer": "Other", "details": "x", "users": "1"}).card
	again.expect("has opened T-1 with this form")
	h.chat.message(form.id).expect("T-1", "Mail is slow")
	total := func() int {
		page, err := h.store.Tickets(h.ctx(), ticket.Query{Tenant: tenant, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return page.Total
	}
	if n := total(); n != 1 {
		t.Errorf("there are %d tickets", n)
	}
	// What the second one meant as another ticket becomes one, with a card of its own.
	again = h.press(ben, again, again.first(), nil).card.expect("These open tickets look alike.")
	h.press(ben, again, again.first(), nil).card.expect("T-2", "Other")
	h.chat.message(form.id).expect("T-1", "Mail is slow")
	if n := total(); n != 2 {
		t.Errorf("there are %d tickets", n)
	}
}

func TestCancelLeavesAFormForTheTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	form := h.press(ana, card, "Edit", nil).card
	h.press(ana, form, "Cancel", nil).card.expect("T-1", "Reception")
	h.submit(ana, card, "Edit", nil)
	form = h.chat.last()
	h.submit(ana, form, "Cancel", nil)
	h.chat.message(form.id).expect("Nothing was changed.")
	h.chat.message(card.id).expect("Reception")
}

func TestTwoWhoPressAtOnceAreServedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, map[string]string{"take": "false"})
	live := h.chat.last()
	h.press(ana, live, "Take", nil).card.expect("Owner **Ana Ng**")
	h.press(ben, live, "Take", nil).card.expect("Ana Ng changed this at 11:00", "Owner **Ana Ng**")
}
