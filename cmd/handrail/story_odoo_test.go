package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/odoo/odootest"
	"handrail/internal/store/storetest"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// odooHook is the secret of the hook in stories.
const odooHook = "0123456789abcdef0123456789abcdef"

// onEachWithOdoo tells a story on each kind of database in a world with an Odoo.
func onEachWithOdoo(t *testing.T, story func(t *testing.T, w *world, odoo *odootest.Server)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		w := newWorld(t, database)
		odoo := odootest.New(t, odootest.Setup{Helpdesk: odootest.Enterprise, Clock: w.clock.Now})
		w.odoo = odoo
		w.environ["ODOO_URL"], w.environ["ODOO_DB"], w.environ["ODOO_API_KEY"] = odoo.URL, odootest.Database, odootest.Bot().Key()
		w.environ["ODOO_WEBHOOK_SECRET"] = odooHook
		w.start()
		for w.settle(); !w.polling(); w.polled() {
			t.Log("Odoo has not told yet how far it has come")
		}
		story(t, w, odoo)
	})
}

// polling tells whether it is known where polling begins.
func (w *world) polling() (begun bool) {
	w.t.Helper()
	err := w.desk().Store.InTx(w.t.Context(), func(tx ticket.Tx) error {
		p, err := tx.LockPolling(w.t.Context())
		begun = p.From != nil
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return begun
}

// polled lets the time pass until Odoo was asked what is new, and waits until all that
// follows is done.
func (w *world) polled() {
	w.t.Helper()
	w.settle()
	w.clock.Advance(21 * time.Second)
	w.settle()
}

// opensInOdoo has somebody open a ticket in Odoo, which becomes one here.
func opensInOdoo(odoo *odootest.Server, by odootest.User, title string) int64 {
	return odoo.Create(by, "helpdesk.ticket", odootest.Row{
		"name": title, "description": "<p>Since <b>Monday</b>, error 4711</p>", "partner_id": odootest.Carla().Partner(),
	})
}

// hints posts to the hook, as Odoo does, and gives the status of the answer.
func (w *world) hints(secret, body string) int {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.handrail.url+"/odoo/"+secret, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = response.Body.Close() // there is nothing in it
	return response.StatusCode
}

// tickets counts the tickets that there are here.
func (w *world) tickets() int {
	w.t.Helper()
	page, err := w.desk().Store.Tickets(w.t.Context(), ticket.Query{Tenant: w.Tenant(), Limit: 1})
	if err != nil {
		w.t.Fatal(err)
	}
	return page.Total
}

// cardsWith gives the cards of a conversation that have all the words.
func cardsWith(chat *teamstest.Conversation, words ...string) []*teamstest.Card {
	return slices.DeleteFunc(chat.Cards(), func(card *teamstest.Card) bool {
		return slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(card.Text(), word) })
	})
}

func TestStoryATicketOpenedInOdooIsTakenAndAnsweredInTeams(t *testing.T) {
	onEachWithOdoo(t, func(t *testing.T, w *world, odoo *odootest.Server) {
		ana, desk := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		desk.Says(ana, "follow all")
		record := opensInOdoo(odoo, odootest.Ben(), "Invoices cannot be posted")
		w.polled()
		glance := desk.ExpectCard("T-1", "Invoices cannot be posted", "nobody")
		glance.Press(ana, "Take")
		card := desk.Says(ana, "show T-1").ExpectCard("T-1 ·", "Ticket logged")
		says(t, texts(card), "Since Monday, error 4711", "Ana Lima", "Carla Customer")

		odoo.Say(odootest.Carla(), "helpdesk.ticket", record, "<p>It is <b>still</b> broken &lt;b&gt;</p>", true)
		w.polled()
		message := desk.ExpectCard("Carla Customer", "wrote in Odoo", "It is still broken")
		says(t, strings.Join(desk.Texts(), "\n")+message.Text(), "Ana Lima")
		says(t, texts(card.Reload()), "The customer wrote")
		form := message.Press(ana, "Answer")
		held := form.Press(ana, "Send", map[string]string{"words": "It will be fixed by 5 pm today."})
		says(t, texts(held), "5 pm")
		if typed := filled(held)["words"]; typed != "It will be fixed by 5 pm today." {
			t.Errorf("the form comes back with %q", typed)
		}
		says(t, held.Press(ana, "Send", map[string]string{"words": "We look into it and write again tomorrow."}).Text(), "The customer was answered")
		w.settle()
		says(t, message.Reload().Text(), "The customer was answered")
		saysNot(t, texts(card.Reload()), "The customer wrote")
		if told := w.stored(1).CustomerToldAt; told == nil {
			t.Error("the customer's clock does not run")
		}
		says(t, historyOf(ana, card), "wrote in Odoo", "opened it in Odoo as")
	})
}

func TestStoryWhatIsChangedInOdooIsChangedHere(t *testing.T) {
	onEachWithOdoo(t, func(t *testing.T, w *world, odoo *odootest.Server) {
		ana, ben := w.Person("Ana Lima"), w.Person("Ben Okoro")
		chat, bens := w.Personal("Ana Lima"), w.Personal("Ben Okoro")
		bens.Says(ben, "my mail ben@rig.example")
		record := opensInOdoo(odoo, odootest.Anna(), "Invoices cannot be posted")
		w.polled()
		chat.Says(ana, "take T-1")
		card := chat.ExpectCard("T-1 ·", "Step 1")
		w.settle()

		odoo.Write(odootest.Anna(), "helpdesk.ticket", record, odootest.Row{"name": "Nothing can be posted", "priority": "3"})
		w.polled()
		says(t, texts(card.Reload()), "Nothing can be posted", "Anna Engineer: Set in Odoo")
		chat.ExpectText("Anna Engineer", "has made T-1", "Expedite")
		w.settle()
		tags := odoo.Rows("helpdesk.tag")
		at := slices.IndexFunc(tags, func(tag odootest.Row) bool { return tag["name"] == "Expedite" })
		if row := w.only("Nothing can be posted"); at < 0 || !slices.Equal(row["tag_ids"].([]int64), []int64{tags[at]["id"].(int64)}) {
			t.Errorf("its tags are %v of %v", row["tag_ids"], tags)
		}

		odoo.Write(odootest.Anna(), "helpdesk.ticket", record, odootest.Row{"user_id": odootest.Anna().ID()})
		w.polled()
		says(t, texts(card.Reload()), "In Odoo this is Anna Engineer", "whom I do not know in Teams")
		odoo.Write(odootest.Anna(), "helpdesk.ticket", record, odootest.Row{"user_id": odootest.Ben().ID(), "stage_id": int64(2)})
		w.polled()
		bens.ExpectCard("T-1", "Nothing can be posted")
		now := w.stored(1)
		if now.Owner == nil || now.Owner.ID != ben.ID || now.Step == ticket.Reception {
			t.Errorf("it is %v's, in %s", now.Owner, now.Step)
		}
		says(t, historyOf(ana, card), "moved it in Odoo: Reception")
		if strings.Contains(texts(card.Reload()), "In Odoo this is") {
			t.Error("that it was somebody else's is still said")
		}

		odoo.Write(odootest.Anna(), "helpdesk.ticket", record, odootest.Row{"stage_id": int64(4)})
		w.polled()
		if now = w.stored(1); now.State != ticket.Closed || !strings.Contains(now.ClosedEarly, "Closed in Odoo by Anna Engineer") {
			t.Errorf("it is %s: %s", now.State, now.ClosedEarly)
		}
		odoo.Say(odootest.Carla(), "helpdesk.ticket", record, "<p>It happens again</p>", true)
		w.polled()
		message := bens.ExpectCard("Carla Customer", "wrote in Odoo", "The ticket is closed")
		message.Press(ben, "Reopen").Press(ben, "Save", map[string]string{"reason": "It happens again"})
		if now = w.stored(1); now.State != ticket.Open {
			t.Errorf("it is %s", now.State)
		}
		odoo.Write(odootest.Anna(), "helpdesk.ticket", record, odootest.Row{"active": false})
		w.polled()
		says(t, historyOf(ana, card), "archived in Odoo")
	})
}

func TestStoryWhatACustomerMaySendIsShownAsTheyWroteIt(t *testing.T) {
	onEachWithOdoo(t, func(t *testing.T, w *world, odoo *odootest.Server) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		record := opensInOdoo(odoo, odootest.Ben(), "Invoices cannot be posted")
		w.polled()
		chat.Says(ana, "take T-1")
		chat.ExpectCard("T-1 ·", "Step 1")
		for _, c := range []struct{ html, want string }{
			{"<p>Hi<script>alert(1)</script> **there** [x](http://evil.example)</p>", `\*\*there\*\* \[x\](http://evil.example)`},
			{"<table><tr><td>Invoice</td><td>119.00</td></tr><tr><td>Paid</td><td>no</td></tr></table>", "119.00"},
			{"<p>Thank you</p><blockquote type=\"cite\">On Monday the desk wrote: quoted before</blockquote>", "Thank you"},
		} {
			odoo.Say(odootest.Carla(), "helpdesk.ticket", record, c.html, true)
			w.polled()
			card := chat.ExpectCard("wrote in Odoo", c.want)
			saysNot(t, card.Text(), "alert(1)", "quoted before", "<td>")
		}
		odoo.Say(odootest.Carla(), "helpdesk.ticket", record, "<p>"+strings.Repeat("a long word and ", 60_000)+"</p>", true)
		w.polled()
		says(t, chat.ExpectCard("wrote in Odoo", "a long word and").Text(), "The whole message is in Odoo")

		file := odoo.Create(odootest.Admin(), "ir.attachment", odootest.Row{
			"name": "../error.txt", "datas": base64.StdEncoding.EncodeToString([]byte("line 1")), "res_model": "helpdesk.ticket", "res_id": record,
		})
		odoo.Say(odootest.Carla(), "helpdesk.ticket", record, "", true, file)
		w.polled()
		chat.ExpectCard("wrote in Odoo", "only files", "error.txt")
		files, err := w.desk().Store.Attachments(t.Context(), ticket.ID{Tenant: w.Tenant(), Number: 1})
		if err != nil || len(files) != 1 || files[0].Name != "error.txt" || files[0].Size != 6 {
			t.Errorf("the files are %+v (%v)", files, err)
		}
	})
}

func TestStoryWhatHappenedWhileOdooWasAwayIsToldOnceItIsBack(t *testing.T) {
	onEachWithOdoo(t, func(t *testing.T, w *world, odoo *odootest.Server) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		record := opensInOdoo(odoo, odootest.Ben(), "Invoices cannot be posted")
		w.polled()
		chat.Says(ana, "take T-1")
		chat.ExpectCard("T-1 ·", "Step 1")
		odoo.Down()
		for range 12 { // six minutes
			w.clock.Advance(30 * time.Second)
			w.rest()
		}
		odoo.Say(odootest.Carla(), "helpdesk.ticket", record, "<p>Any news?</p>", true)
		odoo.Write(odootest.Anna(), "helpdesk.ticket", record, odootest.Row{"name": "Nothing can be posted"})
		odoo.Resume()
		w.clock.Advance(time.Minute)
		w.polled()
		chat.ExpectCard("wrote in Odoo", "Any news?")
		if now := w.stored(1); now.Title != "Nothing can be posted" {
			t.Errorf("it is %q", now.Title)
		}
		if lines := w.diary.find("Odoo does not say what is new"); len(lines) != 1 {
			t.Errorf("the log says %q", lines)
		}
		for range 9 { // all that is read once more says nothing new
			w.polled()
		}
		if cards := cardsWith(chat, "Any news?"); len(cards) != 1 {
			t.Errorf("the message is shown %d times", len(cards))
		}
		before := odoo.Calls("helpdesk.ticket/search_read") + odoo.Calls("mail.message/search_read")
		for range 3 { // a minute
			w.polled()
		}
		if asked := odoo.Calls("helpdesk.ticket/search_read") + odoo.Calls("mail.message/search_read") - before; asked > 9 {
			t.Errorf("at rest Odoo is asked %d times a minute", asked)
		}
	})
}

func TestStoryTicketsOfABurstInOdooAreHereOnceThoughHandrailIsKilled(t *testing.T) {
	onEachWithOdoo(t, func(t *testing.T, w *world, odoo *odootest.Server) {
		const burst = 210 // more than are read at once
		for i := range burst {
			opensInOdoo(odoo, odootest.Ben(), fmt.Sprint("Trouble ", i))
		}
		odoo.Hang()
		w.clock.Advance(21 * time.Second)
		w.isAt("record.poll running")
		w.handrail.kill()
		odoo.Resume()
		w.start()
		w.start() // and another process beside it
		w.clock.Advance(time.Minute)
		for range 4 { // the leap may have cut a poll short, whose place is free a minute later
			w.polled()
		}
		if got := w.tickets(); got != burst {
			t.Errorf("there are %d tickets, want %d", got, burst)
		}
	})
}

func TestStoryAHookHasOdooAskedAtOnceAndAStormWithAWrongSecretDoesNothing(t *testing.T) {
	onEachWithOdoo(t, func(t *testing.T, w *world, odoo *odootest.Server) {
		opensInOdoo(odoo, odootest.Ben(), "Invoices cannot be posted")
		before := odoo.Calls("helpdesk.ticket/search_read")
		for range 200 {
			if status := w.hints(strings.Repeat("x", 32), `{"_model":"helpdesk.ticket","_id":1}`); status != http.StatusNotFound {
				t.Fatalf("a wrong secret is answered with %d", status)
			}
		}
		w.rest()
		if got := odoo.Calls("helpdesk.ticket/search_read"); got != before {
			t.Errorf("Odoo was asked %d times", got-before)
		}
		for range 20 {
			if status := w.hints(odooHook, `{"_model":"helpdesk.ticket","_id":1,"name":"a lie"}`); status != http.StatusNoContent {
				t.Fatalf("a hint is answered with %d", status)
			}
		}
		w.clock.Advance(3 * time.Second)
		w.settle()
		if now := w.stored(1); now.Title != "Invoices cannot be posted" {
			t.Errorf("it is %q", now.Title)
		}
		if w.hints(odooHook, "hello") != http.StatusBadRequest {
			t.Error("nonsense is taken")
		}
		if lines := w.diary.find(odooHook); len(lines) > 0 {
			t.Errorf("the log has the secret: %q", lines)
		}
	})
}
