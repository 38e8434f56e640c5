package bot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// recordKeeping gives a house with Odoo.
func recordKeeping(t *testing.T) (*house, *tickettest.Records) {
	t.Helper()
	h := newHouse(t)
	odoo := tickettest.NewRecords(func() time.Time { return h.now })
	h.bot.desk.Records = odoo
	if err := h.bot.desk.Start(h.ctx()); err != nil {
		t.Fatal(err)
	}
	return h, odoo
}

// troubled has every call fail.
func troubled(why ticket.RecordTrouble, what string) func(context.Context, string, string) error {
	return func(context.Context, string, string) error {
		return &ticket.RecordError{Why: why, What: what, Cause: errors.New("trouble")}
	}
}

func TestTheCardSaysWhereTheTicketIsInOdoo(t *testing.T) {
	t.Parallel()
	h, odoo := recordKeeping(t)
	odoo.Before = troubled(ticket.RecordBusy, "")
	h.opened(ana, nil).expect("queued for Odoo")
	h.pass(time.Minute)
	if card := h.seen(ana, h.chat.card(0)); card.says("Waiting for Odoo") {
		t.Error("a minute is told as a trouble")
	}
	for range 30 {
		h.pass(10 * time.Second)
	}
	h.seen(ana, h.chat.card(0)).expect("Waiting for Odoo since", "because Odoo does not answer", "Nothing is lost")
	odoo.Before = nil
	for range 30 {
		h.pass(10 * time.Second)
	}
	card := h.seen(ana, h.chat.card(0)).expect("[Odoo HT00001](https://odoo.example/mail/view?model=helpdesk.ticket&res_id=1)", "logged in Odoo as HT00001")
	if card.says("Waiting for Odoo") {
		t.Error("the card still speaks of the trouble")
	}
}

func TestNotesOfARecordAreTheHistorysOwnSentences(t *testing.T) {
	t.Parallel()
	h, odoo := recordKeeping(t)
	card := h.opened(ana, map[string]string{"details": "token=ghp_0123456789abcdefghijABCDEFGHIJ012345 leaked"})
	h.press(ana, card, "Next step", nil)
	var notes []string
	for _, m := range odoo.On(1) {
		notes = append(notes, m.Text)
	}
	want := []string{
		"Ana Ng, 23 Nov 2026 10:00 UTC: opened the ticket, T-1 in Handrail",
		"Ana Ng, 23 Nov 2026 10:00 UTC: took the ticket",
		"Ana Ng, 23 Nov 2026 10:00 UTC: Reception → Initial response",
	}
	if strings.Join(notes, "\n") != strings.Join(want, "\n") {
		t.Errorf("the notes are\n%s", strings.Join(notes, "\n"))
	}
	if details := odoo.All()[0].Details; strings.Contains(details, "ghp_0123") {
		t.Errorf("the details are %q", details)
	}
}

func TestATextForTheCustomerGoesIntoTheirTicket(t *testing.T) {
	t.Parallel()
	h, odoo := recordKeeping(t)
	card := h.opened(ana, nil)
	h.press(ana, card, "Next step", nil)
	h.says(ana, "draft T-1 acknowledgement")
	preview := h.press(ana, h.chat.last(), "Preview", nil).card.expect("Press In the ticket")
	if ways, _ := preview.inputs()["way"]["choices"].([]any); len(ways) != 3 {
		t.Error("the ticket is among the ways that people go themselves")
	}
	h.press(ana, preview, "In the ticket", nil).card.expect("T-1")
	messages := odoo.On(1)
	told := 0
	for _, m := range messages {
		if m.Customer {
			told++
			if !strings.Contains(m.Text, "thank you for telling us") || m.From.Name != ana.name {
				t.Errorf("the customer gets %+v", m)
			}
		}
	}
	if got := h.ticket(1); told != 1 || got.Marks[ticket.ItemAcknowledge].Choice != ticket.ByTicket || got.AcknowledgedAt == nil {
		t.Errorf("the customer was told %d times, and the ticket is %+v", told, got.Marks)
	}
	h.bot.desk.Records = nil
	h.execute(ana, preview.id, verbDraftRecord, map[string]any{"ticket": "T-1", "item": "customer/update"}).card.expect("not of this ticket")
}

func TestTheOwnerIsToldOnceWhatIsToBeMended(t *testing.T) {
	t.Parallel()
	h, odoo := recordKeeping(t)
	odoo.Before = troubled(ticket.RecordRule, "x_site")
	card := h.opened(ana, nil)
	for range 2 {
		h.opened(ana, nil)
	}
	h.pass(3 * time.Hour)
	told := 0
	for _, m := range h.chat.posts {
		if strings.Contains(m.message.Text, "a required field in Odoo stands against it (x\\_site)") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the owner was told %d times", told)
	}
	h.seen(ana, h.chat.message(card.id)).expect("because a rule or a required field in Odoo stands against it (x\\_site)")
	h.says(ben, "odoo")
	if text := h.chat.lastText(); !strings.Contains(text, "3 tickets wait for Odoo: T-1, T-2, T-3.") || !strings.Contains(text, "give the field a default") {
		t.Errorf("odoo says %q", text)
	}
	h.says(ana, "odoo T-2")
	card = h.chat.last().expect("T-2 in Odoo", "Next try")
	odoo.Before = nil
	h.press(ana, card, "Try again", nil)
	h.says(ana, "odoo T-2")
	h.chat.last().expect("T-2 is in Odoo as HT0000")
}

func TestANewRecordIsMadeOfATicketWhoseRecordWasDeleted(t *testing.T) {
	t.Parallel()
	h, odoo := recordKeeping(t)
	card := h.opened(ana, nil)
	odoo.Delete(1)
	h.press(ana, card, "Next step", nil)
	h.seen(ana, h.chat.card(0)).expect("The record in Odoo was deleted")
	if text := h.chat.lastText(); !strings.Contains(text, "somebody has deleted its record") {
		t.Errorf("the owner reads %q", text)
	}
	h.pass(time.Minute)
	h.says(ana, "odoo T-1")
	h.press(ana, h.chat.last().expect("HT00001"), "New record", nil)
	if n := len(odoo.On(2)); n != 1 {
		t.Errorf("the new record has %d notes, want the history in one", n)
	}
	h.says(ana, "odoo T-1")
	h.chat.last().expect("T-1 is in Odoo as HT00002")
}

func TestWithoutOdooNothingIsSaidOfIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if card := h.opened(ana, nil); card.says("queued for Odoo") {
		t.Error("the card speaks of Odoo")
	}
	h.says(ana, "odoo T-1")
	if text := h.chat.lastText(); text != "Handrail works without Odoo here." {
		t.Errorf("odoo says %q", text)
	}
}

func TestOdooThatDoesNotAnswerIsNotSaidToHaveEverything(t *testing.T) {
	t.Parallel()
	h, odoo := recordKeeping(t)
	h.opened(ana, nil)
	h.says(ana, "odoo")
	if text := h.chat.lastText(); text != "Odoo has everything." {
		t.Errorf("with an Odoo that answers, odoo says %q", text)
	}
	odoo.Before = troubled(ticket.RecordBusy, "")
	h.tenant = "tenant-2" // what waits there is not ours to see
	h.opened(ana, nil)
	h.pass(time.Minute)
	h.tenant = tenant
	h.says(ana, "odoo")
	want := "No ticket waits for Odoo. But since 11:00 Odoo does not answer. There is nothing to do: it goes on by itself when Odoo answers."
	if text := h.chat.lastText(); text != want {
		t.Errorf("odoo says %q, want %q", text, want)
	}
	odoo.Before = nil
	h.pass(5 * time.Minute)
	h.says(ana, "odoo")
	if text := h.chat.lastText(); text != "Odoo has everything." {
		t.Errorf("when Odoo answers again, odoo says %q", text)
	}
}

func TestWhatIsOnItsWayToOdooIsSaidToBe(t *testing.T) {
	t.Parallel()
	h, _ := recordKeeping(t)
	h.opened(ana, nil)
	h.opened(ana, nil)
	actor := ticket.Actor{Person: ticket.Person{ID: ana.id, Name: ana.name}, Tenant: tenant}
	for number := range int64(2) {
		press := ticket.Press{ID: ticket.ID{Tenant: tenant, Number: number + 1}}
		if _, err := h.bot.desk.Change(h.ctx(), actor, press, func(c *ticket.Change) error { return c.WriteStatus("We look.") }); err != nil {
			t.Fatal(err)
		}
	}
	h.turn(h.activity("message", ana, map[string]any{"text": "odoo"})) // before the jobs are done
	h.work()
	if text := h.chat.lastText(); text != "2 tickets are on their way to Odoo: T-1, T-2." {
		t.Errorf("odoo says %q", text)
	}
	h.says(ana, "odoo")
	if text := h.chat.lastText(); text != "Odoo has everything." {
		t.Errorf("when all is there, odoo says %q", text)
	}
}

func TestEveryTroubleWithOdooIsAPlainSentence(t *testing.T) {
	t.Parallel()
	for _, why := range ticket.RecordTroubles() {
		t.Run(string(why), func(t *testing.T) {
			t.Parallel()
			h, odoo := recordKeeping(t)
			h.opened(ana, nil)
			odoo.Before = func(context.Context, string, string) error {
				cause := errors.New(`odoo: status 415 "<h1>Unsupported Media Type</h1>" Traceback (most recent call last)`)
				return &ticket.RecordError{Why: why, Cause: cause}
			}
			h.press(ana, h.chat.card(0), "Next step", nil)
			h.pass(5 * time.Minute)
			h.says(ana, "odoo T-1")
			h.says(ana, "odoo")
			text := h.chat.lastText()
			if !strings.Contains(text, "One ticket waits for Odoo: T-1.") || !strings.Contains(text, h.bot.catalog.in("", "", h.now).say("record.why."+string(why))) {
				t.Errorf("odoo says %q", text)
			}
			for _, m := range h.chat.posts {
				said, err := json.Marshal(m.message)
				if err != nil || strings.Contains(string(said), "Traceback") || strings.Contains(string(said), "415") || strings.Contains(string(said), "Media") {
					t.Errorf("Ana reads %s", said)
				}
			}
		})
	}
}
