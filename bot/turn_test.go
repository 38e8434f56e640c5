package bot

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

func TestAConversationIsWelcomedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 2 {
		h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
		h.turn(h.activity("conversationUpdate", ana, map[string]any{"membersAdded": []any{map[string]any{"id": "28:bot"}}}))
	}
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "remove"}))
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
	h.work()
	if len(h.chat.posts) != 1 {
		t.Errorf("it was welcomed %d times", len(h.chat.posts))
	}
	welcome := h.chat.last().expect("Hello, I am Handrail")
	if strings.Contains(string(welcome.raw), "Local mode") {
		t.Error("the greeting speaks of the local mode")
	}
	// Every button of it does something.
	for _, title := range welcome.titles() {
		h.press(ben, welcome, title, nil)
	}
	h.conversation = "19:another@thread.v2"
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
	h.work()
	h.chat.last().expect("Hello, I am Handrail")
}

func TestAChannelIsWelcomedOutsideOfThreads(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.kind, h.conversation = "channel", "19:channel@thread.tacv2;messageid=1700000000000"
	h.turn(h.activity("conversationUpdate", ana, map[string]any{"membersAdded": []any{map[string]any{"id": "28:bot"}}}))
	h.work()
	h.chat.last().expect("Hello, I am Handrail")
	if to := h.chat.posts[0].to.Conversation.ID; strings.Contains(to, ";") {
		t.Errorf("the greeting went to %s", to)
	}
}

func TestTheLocalModeIsSaidInTheGreetingAndMakesEverybodyALead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.bot.local = true
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
	h.work()
	h.chat.last().expect("Local mode")
	card := h.opened(ana, nil)
	h.press(ben, card, "Next step", nil).card.expect("Initial response")
}

func TestALeadIsKnownByTheObjectIDHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.bot.desk.Leads = append(h.bot.desk.Leads, "")
	card := h.opened(ana, nil)
	h.press(someone{"29:lena", strings.ToUpper(lena.object), lena.name}, card, "Next step", nil).card.expect("Initial response")
	h.press(someone{"29:nobody", "", "Nobody"}, h.seen(ana, h.chat.message(card.id)), "Edit", nil).card.expect("T-1 belongs to Ana Ng.")
}

func TestAnAddressIsLearntWhereItIsNew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stored := func() time.Time {
		h.turn(h.activity("typing", ana, nil))
		return h.bot.seen.addresses[h.place()].at
	}
	first := stored()
	h.now = h.now.Add(time.Minute)
	if again := stored(); !again.Equal(first) {
		t.Error("what was known was learnt again")
	}
	h.service = "https://smba.example/amer/"
	if again := stored(); !again.Equal(h.now) || h.address().ServiceURL != h.service {
		t.Errorf("the newest service URL is not known: %+v", h.address())
	}
	// Another process may have stored something else meanwhile.
	h.now = h.now.Add(seenFor)
	if again := stored(); !again.Equal(h.now) {
		t.Error("what was known for long is not learnt again")
	}
}

func TestABotThatWasRemovedIsRememberedAsSuch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
	h.turn(h.activity("conversationUpdate", ana, map[string]any{"membersRemoved": []any{map[string]any{"id": "28:bot"}}}))
	if got := h.address(); got.Refused == "" {
		t.Errorf("the address is %+v", got)
	}
	// Another process saw the removal; this one remembers the time before.
	h.turn(h.activity("typing", ana, nil))
	err := h.store.InTx(h.ctx(), func(tx ticket.Tx) error {
		removed := h.address()
		removed.Refused = "the app was removed"
		return tx.Learn(h.ctx(), removed)
	})
	if err != nil {
		t.Fatal(err)
	}
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
	if got := h.address(); got.Refused != "" {
		t.Errorf("the address is %+v", got)
	}
}

func TestActivitiesThatAskForNothingAreNoFault(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, kind := range []string{"typing", "messageReaction", "messageUpdate", "messageDelete", "event", "endOfConversation", "somethingNew"} {
		h.turn(h.activity(kind, ana, map[string]any{"value": []any{1}, "text": "board"}))
	}
	if answer := h.turn(h.activity("invoke", ana, map[string]any{"name": "composeExtension/query"})); answer.Status != 0 {
		t.Errorf("an unknown invoke is answered with %+v", answer)
	}
	h.work()
	if len(h.chat.posts) > 0 {
		t.Errorf("the bot says %+v", h.chat.posts[0].message)
	}
}

func TestCommandsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, map[string]string{"take": "false"})
	h.says(ben, "my tickets")
	h.chat.last().expect("You own no open ticket.")
	h.says(ben, "take t1")
	h.chat.last().expect(`Owner **Ben \[Bold\] \*Okoro\***`)
	h.says(ben, "my tickets")
	h.chat.last().expect("T-1", "1 open ticket")
	h.says(ana, "take T-1")
	if said := h.chat.lastText(); !strings.Contains(said, "already belongs to Ben") {
		t.Errorf("the bot says %q", said)
	}
	h.says(ben, "assign T-1 @Ana Ng", ana)
	if said := h.chat.lastText(); said != "<at>Ana Ng</at>, T-1 Invoices cannot be posted is yours now." {
		t.Errorf("the bot says %q", said)
	}
	if got := h.ticket(1).Owner; got.ID != ana.id || got.ObjectID != ana.object {
		t.Errorf("the owner is %+v", got)
	}
	for text, want := range map[string]string{
		"show":                "Which ticket? Write its number, as in: show T-1",
		"take":                "Which ticket? Write its number, as in: take T-1",
		"assign":              "Which ticket? Write its number, as in: assign T-1",
		"assign T-1":          "To whom? Mention the person, as in: assign T-1 @name",
		"assign T-1 @nobody":  "To whom? Mention the person, as in: assign T-1 @name",
		"show T-99":           "There is no ticket T-99 here. Write board to see the open ones.",
		"T-98":                "There is no ticket T-98 here. Write board to see the open ones.",
		"assign T-97 @Ana Ng": "There is no ticket T-97 here. Write board to see the open ones.",
	} {
		var mentioned []someone
		if strings.Contains(text, "@"+ana.name) {
			mentioned = append(mentioned, ana)
		}
		h.says(ana, text, mentioned...)
		if said := h.chat.lastText(); said != want {
			t.Errorf("%q is answered with %q, want %q", text, said, want)
		}
	}
	h.says(ana, "assign T-1 @Ana Ng @"+ben.name, ana, ben)
	if said := h.chat.lastText(); !strings.HasPrefix(said, "A ticket has one owner.") {
		t.Errorf("the bot says %q", said)
	}
	for _, text := range []string{"T-1", "show #1", "status of T-1", "1", "open t-1?"} {
		h.says(lena, text)
		h.chat.last().expect("Invoices cannot be posted", "Step 1 of 7")
	}
}

func TestAMentionWithoutANameIsAnsweredWithTheID(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.turn(h.activity("message", ana, map[string]any{
		"text": "assign T-1", "entities": []any{map[string]any{"type": "mention", "mentioned": map[string]any{"id": ben.id}}},
	}))
	h.work()
	if said := h.chat.lastText(); !strings.HasPrefix(said, "<at>29:ben</at>, T-1") {
		t.Errorf("the bot says %q", said)
	}
}

func TestAnUnknownMessageIsAnsweredBySomethingUseful(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "boards today")
	h.chat.last().expect("I do not know “boards today”. Did you mean “board”?", "What you can write")
	h.says(ana, "xyzzy")
	h.chat.last().expect("I do not know “xyzzy”.", "What you can write")
	h.says(ana, "list of invoices is empty")
	offer := h.chat.last().expect("Is it a new ticket?")
	h.press(ana, offer, "Open with this", nil)
	form := h.chat.last().expect("New ticket")
	if got := text(form.inputs()["title"]["value"]); got != "list of invoices is empty" {
		t.Errorf("the title is %q", got)
	}
}

func TestAMessageWithoutAnIDIsNotTakenForARepetition(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i, title := range []string{"Mail is slow", "Printers jam"} {
		h.turn(h.activity("message", ana, map[string]any{"text": "new " + title, "id": ""}))
		h.work()
		form := h.chat.last()
		h.press(ana, form, form.first(), map[string]string{"customer": "Contoso", "details": "x", "users": "1"})
		if got := h.ticket(int64(i + 1)); got.Title != title {
			t.Errorf("the ticket is %+v", got)
		}
	}
	// Nor does an id count in another conversation.
	for conversation, title := range map[string]string{"19:a@thread.v2": "Keyboards stick", "19:b@thread.v2": "Screens flicker"} {
		h.conversation = conversation
		h.turn(h.activity("message", ana, map[string]any{"text": "new " + title, "id": "1700000000000"}))
		h.work()
		form := h.chat.last()
		h.press(ana, form, form.first(), map[string]string{"customer": "Contoso", "details": "x", "users": "1"})
	}
	if got := h.ticket(4); got.Number != 4 {
		t.Errorf("the ticket is %+v", got)
	}
}

func TestListsAreTurnedPageByPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range pageSize + 1 {
		h.opened(ana, nil)
	}
	h.says(ana, "my tickets")
	mine := h.chat.last().expect("1 to 8 of 9 open tickets")
	last := h.press(ana, mine, "More", nil).card.expect("9 to 9 of 9")
	h.press(ana, last, "Previous", nil).card.expect("1 to 8 of 9")
	// The page is gone by the time that it is asked for.
	w := way{h: h, who: ana, card: h.execute(ana, "", verbTicketShow, map[string]any{"ticket": "T-9"}).card, words: "x"}
	w.form("Close early", map[string]string{"reason": "A duplicate."})
	gone := h.press(ana, mine, "More", nil).card.expect("8 open tickets", "T-8")
	if gone.says("You own no open ticket.") {
		t.Errorf("the list is %s", gone.raw)
	}
}

func TestTheHistoryIsTurnedPageByPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := newWay(h)
	for i := range 10 {
		class := ticket.Classes()[i%2]
		w.form("Change the class of service", map[string]string{"class": string(class), "reason": "Again."})
	}
	page := h.press(ana, w.card, "History", nil).card.expect("History of T-1", "changed the class")
	page = h.press(ana, page, "Older", nil).card.expect("opened the ticket")
	page = h.press(ana, page, "Newer", nil).card
	h.press(ana, page, "Back", nil).card.expect("Step 1 of 7")
}

func TestTheHistoryIsInTheReadersWords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := newWay(h)
	w.form("Edit", map[string]string{"date": "2026-12-24", "time": "14:00", "title": "Another title"})
	history := h.press(ana, w.card, "History", nil).card
	history.expect("changed the fixed date: nothing → Thu 24 Dec, 14:00", "changed the title: Invoices cannot be posted → Another title")
}
