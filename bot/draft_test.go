package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// open opens the form of a text by its command.
func (h *house) open(who someone, about string) shown {
	h.t.Helper()
	h.says(who, "draft T-1 "+about)
	return h.chat.last()
}

// preview gives a text as it is composed, as its reader would see it.
func (h *house) preview(about string) shown {
	h.t.Helper()
	form := h.open(ana, about)
	return h.press(ana, form, "Preview", nil).card
}

// findings says what the guard and the parts find wrong with a text that nobody has changed.
func (h *house) findings(about subject) []ticket.Finding {
	h.t.Helper()
	w, err := h.bot.inWork(h.ctx(), h.ticket(1), about, h.bot.catalog.in("en", h.zone, h.now), ticket.Person{Name: ana.name})
	if err != nil {
		h.t.Fatal(err)
	}
	return w.draft().Findings(h.bot.guard)
}

func TestWhatIsComposedForTheCustomerPassesTheGuardInEveryStep(t *testing.T) {
	t.Parallel()
	for _, kind := range ticket.TextKinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			p := newWay(h)
			p.words = "The tax table was corrected."
			for _, step := range []string{"Initial response", "Diagnosis", "Resolution", "Communication", "Follow-up"} {
				p.to(step)
				if found := h.findings(subject{ticket.ForCustomer, kind}); len(found) > 0 {
					t.Errorf("in %s: %+v", step, found)
				}
			}
		})
	}
}

func TestTheUpdateSaysWhereItStands(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h).to("Diagnosis")
	h.open(ana, "customer").expect("Update for the customer")
	status := func() string { return text(h.open(ana, "update").inputs()["text_current_status"]["value"]) }
	for step, want := range map[string]string{"still looking into it": "the cause is not clear"} {
		if got := status(); !strings.Contains(got, step) || !strings.Contains(got, want) {
			t.Errorf("in Diagnosis it says %q", got)
		}
	}
	p.form("Likely root cause", map[string]string{"choice": "code", "words": "A rounding error."})
	if got := status(); got != "We have found the likely cause." {
		t.Errorf("with a cause it says %q", got)
	}
	// What a person writes for the customer stands until something is done.
	h.pass(time.Minute)
	form := h.open(ana, "update")
	h.press(ana, form, "Preview", map[string]string{"text_current_status": "We know which table it is."})
	h.pass(time.Minute)
	if got := status(); got != "We know which table it is." {
		t.Errorf("what was written is %q", got)
	}
	if fact := h.ticket(1).Gathered[ticket.FactStatus]; fact.Words != "We know which table it is." || fact.Source.Reader != ticket.ForCustomer || fact.Source.By.ID != ana.id {
		t.Errorf("the fact is %+v", fact)
	}
	h.press(ana, h.press(ana, h.open(ana, "update"), "Preview", nil).card, "I sent it", map[string]string{"way": "mail"})
	if got := status(); got != "We know which table it is." {
		t.Errorf("in the next update it is %q", got)
	}
	p.card = h.chat.message(p.card.id)
	p.form("Review logs and monitoring", map[string]string{"words": "The table has two rows too many."})
	if got := status(); got != "We have found the likely cause." {
		t.Errorf("when something has been done since it is %q", got)
	}
	if facts := h.ticket(1).Gathered; len(facts) != 1 {
		t.Errorf("sentences that nobody wrote are facts: %+v", facts)
	}
}

func TestATextForTheCustomerGoesFromItsDraftToTheEvidence(t *testing.T) {
	t.Parallel()
	for title, send := range map[string]func(h *house, card shown, title string, inputs map[string]string) shown{
		"Action.Execute": func(h *house, card shown, title string, inputs map[string]string) shown {
			return h.press(ana, card, title, inputs).card
		},
		"Action.Submit": func(h *house, card shown, title string, inputs map[string]string) shown {
			h.submit(ana, card, title, inputs)
			return h.chat.last()
		},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			live := newWay(h).to("Initial response").card
			form := send(h, live, "Acknowledge", nil).expect("Acknowledgement for the customer", "nothing goes out before")
			preview := send(h, form, "Preview", map[string]string{"text_questions": "Since when do you see it?"}).
				expect("Preview: Acknowledgement", "thank you for telling us about", "Since when do you see it?")
			if preview.says("Acknowledge the issue") {
				t.Error("the customer would read the names of the parts")
			}
			send(h, preview, "I sent it", map[string]string{"way": "mail", "note": "To their hotline"})
			got := h.ticket(1)
			if mark := got.Marks[ticket.ItemAcknowledge]; mark.Choice != "mail" || !strings.Contains(mark.Words, "You will hear from us by") {
				t.Errorf("the evidence is %+v", mark)
			}
			if got.CustomerToldAt == nil || got.Marks[ticket.ItemExpectations].State != ticket.Done || got.Marks[ticket.ItemClarify].Words != "Since when do you see it?" {
				t.Errorf("the ticket is %+v", got)
			}
			texts, err := h.store.Texts(h.ctx(), got.ID, 9)
			if err != nil || len(texts) != 1 || texts[0].Way != "mail" || texts[0].Note != "To their hotline" || texts[0].By.ID != ana.id ||
				texts[0].Whole != got.Marks[ticket.ItemAcknowledge].Words {
				t.Fatalf("the texts are %+v, %v", texts, err)
			}
			list := h.open(ana, "").expect("Texts of T-1", "Sent by Ana Ng", "By mail", "Suggested now")
			h.press(ana, list, "See", nil).card.expect("Sent: Acknowledgement for the customer", "Since when do you see it?", "To their hotline")
		})
	}
}

func TestAFindingHoldsATextUntilItIsMendedOrOverruled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	told := h.ticket(1).CustomerToldAt
	form := h.open(ana, "update")
	preview := h.press(ana, form, "Preview", map[string]string{"text_next_steps": "It will be fixed by 5 pm.", "text_contact": ""}).card.
		expect("“by 5 pm”", "promises a time for the fix", "“We will update you by 5 pm”", "how the customer reaches you")
	held := h.press(ana, preview, "I sent it", map[string]string{"way": "mail", "note": "Kept"}).card.expect("“by 5 pm”")
	if got := held.inputs(); text(got["way"]["value"]) != "mail" || text(got["note"]["value"]) != "Kept" {
		t.Errorf("what was filled in is gone: %v", got)
	}
	if !h.ticket(1).CustomerToldAt.Equal(*told) {
		t.Fatal("a held text was taken for sent")
	}
	form = h.press(ana, held, "Edit", nil).card.expect("A draft of Ana Ng")
	preview = h.press(ana, form, "Preview", map[string]string{"text_next_steps": "Next, we will test it. Password: kX9#mm21"}).card.
		expect("••••", "take it out")
	if preview.says("kX9#mm21") || preview.inputs()[ticket.FieldOverride] != nil {
		t.Error("a secret is shown, or may go for a reason")
	}
	data := preview.merged(preview.button("I sent it"), map[string]string{"way": "mail"})
	data[ticket.FieldOverride] = "They know it."
	h.execute(ana, preview.id, verbDraftSend, data).card.expect("take it out")
	form = h.press(ana, preview, "Edit", nil).card
	preview = h.press(ana, form, "Preview", map[string]string{"text_next_steps": "Next, we will test it."}).card.expect("how the customer reaches you")
	h.pass(time.Minute)
	sent := h.press(ana, preview, "I sent it", map[string]string{"way": "phone", "override": "They have our number."}).card.expect("noted as sent")
	h.press(ana, h.seen(ana, h.shownAgain(sent)), "History", nil).card.expect("in spite of a missing part", "They have our number.")
	if !h.ticket(1).CustomerToldAt.Equal(h.now) {
		t.Error("the customer's clock does not run anew")
	}
}

// shownAgain has the ticket shown by the button of a notice.
func (h *house) shownAgain(notice shown) shown {
	h.t.Helper()
	h.press(ana, notice, "Show ticket", nil)
	return h.chat.last()
}

func TestTwoPeopleAtOneDraftLoseNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	mine, hers := h.open(ana, "dev"), h.open(lena, "dev")
	h.press(lena, hers, "Keep for later", map[string]string{"text_effort": "Two days, says Lena"}).card.expect("The draft is kept")
	both := h.press(ana, mine, "Preview", map[string]string{"text_effort": "One day, says Ana"}).card.
		expect("Lena Lead changed this draft at", "Lena Lead wrote: Two days, says Lena")
	if got := text(both.inputs()["text_effort"]["value"]); got != "One day, says Ana" {
		t.Errorf("what Ana typed comes back as %q", got)
	}
	if got := h.ticket(1).Gathered[ticket.FactEffort]; got.Source.By.ID != lena.id {
		t.Errorf("the fact is %+v", got)
	}
	h.press(ana, both, "Preview", nil).card.expect("One day, says Ana")
	if got := h.ticket(1).Gathered[ticket.FactEffort]; got.Words != "One day, says Ana" {
		t.Errorf("the fact is %+v", got)
	}
	// The same click again is no other person.
	data := both.merged(both.button("Preview"), nil)
	h.execute(ana, both.id, verbDraftPreview, data).card.expect("Preview:", "One day, says Ana")
}

func TestATextThatIsTooLongComesBackWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	h.large = true
	long := strings.Repeat("log line ", 2223)[:20_000]
	form := h.press(ana, h.open(ana, "dev"), "Preview", map[string]string{"text_logs": long, "text_effort": "A day"}).card.
		expect(fmt.Sprintf("at most %d characters; this has %d", ticket.MaxPart, len(strings.TrimSpace(long))))
	if got := form.inputs(); text(got["text_logs"]["value"]) != long || text(got["text_effort"]["value"]) != "A day" {
		t.Error("what was typed is not what comes back")
	}
	if _, kept, err := h.store.Draft(h.ctx(), h.ticket(1).ID, ticket.ForDev, ""); kept || err != nil {
		t.Errorf("a bad draft was kept (%v)", err)
	}
	// A text for a customer has a limit as a whole, too.
	part := strings.Repeat("word ", 500)
	h.press(ana, h.open(ana, "update"), "Preview", map[string]string{"text_current_status": part, "text_next_steps": part + "more"}).card.
		expect("at most 4000 characters in all")
}

func TestATextForManagementNamesAChoice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	form := h.open(ana, "management").expect("Text for management", "Still missing: Options (two at least, each with what follows), Recommendation, Decision needed (what, who decides, and by when).")
	form = h.press(ana, form, "Preview", map[string]string{
		"option_1": "Roll back", "option_2": "", "consequence_2": "Invoices wait", "date": "2026-11-20", "decider": "Maria",
	}).card.expect("Write what follows from this option.", "Write the option to which this belongs.", "That date has passed")
	if got := form.inputs(); text(got["consequence_2"]["value"]) != "Invoices wait" || text(got["date"]["value"]) != "2026-11-20" {
		t.Errorf("what was typed comes back as %v", got)
	}
	preview := h.press(ana, form, "Preview", map[string]string{
		"consequence_1": "20 minutes without service", "option_2": "Repair forward", "date": "2026-11-24", "time": "12:00",
		"text_recommendation": "Roll back: the data is safe.", "text_decision": "May we roll back?",
	}).card.expect("Situation", "Option 1:", "Roll back → 20 minutes without service", "Decides: **Maria**, by Tue 24 Nov, 12:00")
	if preview.says("Still missing") {
		t.Errorf("something is missing: %s", preview.raw)
	}
	got, _, err := h.store.Draft(h.ctx(), h.ticket(1).ID, ticket.ForManagement, "")
	if err != nil || got.DecideBy == nil || got.DecideBy.Format(time.RFC3339) != "2026-11-24T11:00:00Z" {
		t.Errorf("the decision is needed by %v (%v)", got.DecideBy, err)
	}
	// Who reads it elsewhere reads it on their clock.
	h.zone = "Asia/Ho_Chi_Minh"
	h.press(ana, preview, "Edit", nil).card.expect("draft of Ana Ng")
	again := h.press(ana, h.press(ana, preview, "Edit", nil).card, "Preview", nil).card
	again.expect("by Tue 24 Nov, 18:00")
	if facts := h.ticket(1).Gathered; len(facts[ticket.FactOptions].Options) != 2 || facts[ticket.FactRecommendation].Words == "" {
		t.Errorf("the facts are %+v", facts)
	}
}

func TestAnHourThatTheClocksShowTwiceStaysTheSame(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	read := func() string {
		got, _, err := h.store.Draft(h.ctx(), h.ticket(1).ID, ticket.ForManagement, "")
		if err != nil || got.DecideBy == nil {
			t.Fatalf("%v, %v", got.DecideBy, err)
		}
		return got.DecideBy.Format(time.RFC3339)
	}
	for typed, instants := range map[string][]string{
		"2027-03-28 02:30": {"2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"}, // does not exist in Berlin
		"2027-10-31 02:30": {"2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"}, // comes twice
	} {
		date, clock, _ := strings.Cut(typed, " ")
		form := h.open(ana, "management")
		preview := h.press(ana, form, "Preview", map[string]string{"date": date, "time": clock}).card
		got := read()
		if !slices.Contains(instants, got) {
			t.Errorf("%s is %s", typed, got)
		}
		h.press(ana, h.press(ana, preview, "Edit", nil).card, "Preview", nil)
		if again := read(); again != got {
			t.Errorf("kept again, %s is %s and was %s", typed, again, got)
		}
	}
	// Of the hour that comes twice, each stays what somebody on another clock meant.
	for _, clock := range []string{"00:30", "01:30"} {
		h.zone = "UTC"
		h.press(ana, h.open(ana, "management"), "Preview", map[string]string{"date": "2027-10-31", "time": clock})
		h.zone = "Europe/Berlin"
		form := h.open(ana, "management")
		if got := text(form.inputs()["time"]["value"]); got != "02:30" {
			t.Errorf("%s is shown as %s", clock, got)
		}
		h.press(ana, form, "Preview", nil)
		if got := read(); got != "2027-10-31T"+clock+":00Z" {
			t.Errorf("%s became %s", clock, got)
		}
	}
}

func TestASecretInALogIsMaskedInTheTextAndStaysInTheDraft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h).to("Diagnosis")
	p.form("Review logs and monitoring", map[string]string{"words": "At 9:40: refused, password=kX9#mm21 for sync"})
	form := h.open(ana, "dev").expect("Text for engineers")
	if strings.Contains(string(form.raw), "kX9#mm21") {
		t.Error("the form shows the secret to everybody")
	}
	logs := text(form.inputs()["text_logs"]["value"])
	preview := h.press(ana, form, "Preview", map[string]string{"text_logs": logs + "\nSeen twice."}).card.expect("Seen twice.", "••••")
	if strings.Contains(string(preview.raw), "kX9#mm21") {
		t.Error("the preview shows the secret")
	}
	got, _, err := h.store.Draft(h.ctx(), h.ticket(1).ID, ticket.ForDev, "")
	if err != nil || !strings.Contains(got.Part(ticket.PartLogs), "kX9#mm21") || h.ticket(1).Gathered[ticket.FactLogs].Words != got.Part(ticket.PartLogs) {
		t.Errorf("the draft is %+v, the facts %+v (%v)", got, h.ticket(1).Gathered, err)
	}
	h.press(ana, preview, "As a message", nil)
	if said := h.chat.lastText(); !strings.Contains(said, "ERROR LOGS AND SCREENSHOTS") || strings.Contains(said, "kX9#mm21") {
		t.Errorf("the message is %q", said)
	}
}

func TestTheUpdateIsReadyWhenItsClockRings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.conversation, h.kind = "a:ana", "personal"
	newWay(h).to("Diagnosis")
	h.pass(23 * time.Hour)
	reminder := h.chat.last().expect("The customer is due a word", "The update is ready as a draft", "We are still looking into it")
	preview := h.press(ana, h.press(ana, reminder, "Update", nil).card, "Preview", nil).card
	h.press(ana, preview, "I sent it", map[string]string{"way": "ticket"}).card.expect("noted as sent")
	h.pass(2 * time.Hour)
	if n := h.ticket(1).Breaches; n != 0 {
		t.Errorf("%d promises were broken", n)
	}
}

func TestOnlyWhoMayChangeTheTicketWritesItsTexts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	form := h.open(ana, "update")
	preview := h.press(ana, form, "Preview", nil).card
	for _, c := range []struct {
		card  shown
		title string
		more  map[string]string
	}{{form, "Preview", nil}, {form, "Keep for later", nil}, {preview, "I sent it", map[string]string{"way": "mail"}}, {preview, "As a message", nil}, {preview, "Edit", nil}} {
		got := h.press(ben, c.card, c.title, c.more)
		if !strings.Contains(got.text, "belongs to Ana Ng") && !got.card.says("belongs to Ana Ng") {
			t.Errorf("%s is answered with %q %s", c.title, got.text, got.card.raw)
		}
	}
	if texts, err := h.store.Texts(h.ctx(), h.ticket(1).ID, 9); len(texts) > 0 || err != nil {
		t.Errorf("there are %d texts (%v)", len(texts), err)
	}
	h.says(ben, "draft T-1 dev")
	if said := h.chat.lastText(); !strings.Contains(said, "belongs to Ana Ng") {
		t.Errorf("Ben is told %q", said)
	}
	list := h.open(ben, "")
	if list.offers("Write") {
		t.Error("Ben may write")
	}
}

func TestAForgedTextIsRefusedKindly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	newWay(h).to("Diagnosis")
	preview := h.press(ana, h.open(ana, "update"), "Preview", nil).card
	h.press(ana, preview, "I sent it", map[string]string{"way": "mail"})
	h.opened(ana, nil) // T-2, which has no text
	for _, item := range []string{"", "customer", "customer/x", "dev/update", "status", "1", "99", "x"} {
		for _, verb := range []string{verbDraftOpen, verbDraftPreview, verbDraftKeep, verbDraftSend, verbDraftCopy, verbDraftSee} {
			got := h.execute(ana, preview.id, verb, map[string]any{"ticket": "T-2", "item": item, "version": 1})
			if !got.card.says("That button is not of this ticket.") {
				t.Errorf("%s of %q is answered with %s", verb, item, got.card.raw)
			}
		}
	}
	// A text that was sent is not sent again by its old preview.
	h.press(ana, preview, "I sent it", map[string]string{"way": "phone"}).card.expect("This text has been sent already.")
}

func TestATextForTheCustomerGoesByMailWhereMailIsSetUp(t *testing.T) {
	t.Parallel()
	h, post := mailing(t)
	h.says(ana, "draft T-1 acknowledgement")
	preview := h.press(ana, h.chat.last(), "Preview", nil).card.expect("Press By mail")
	bad := h.press(ana, preview, "By mail", map[string]string{"mail": "Contoso <help@contoso.com>"}).card
	if got := text(bad.inputs()["mail"]["value"]); got != "Contoso <help@contoso.com>" || len(post.sent) > 0 {
		t.Errorf("the address comes back as %q", got)
	}
	h.press(ana, bad, "By mail", map[string]string{"mail": "help@contoso.com"}).card.expect("noted as sent")
	if len(post.sent) != 1 || post.sent[0].Subject != "Invoices cannot be posted (T-1)" || !strings.Contains(post.sent[0].Text, "thank you for telling us") {
		t.Errorf("sent: %+v", post.sent)
	}
	if got := h.ticket(1); got.Gathered[ticket.FactAddress].Words != "help@contoso.com" || got.CustomerToldAt == nil {
		t.Errorf("the ticket is %+v", got)
	}
	h.bot.mailer = nil
	h.execute(ana, preview.id, verbDraftMail, map[string]any{"ticket": "T-1", "item": "customer/update"}).card.expect("not of this ticket")
}
