package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/odoo/odootest"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// withOdoo prepares a world with an Odoo that has a helpdesk.
func withOdoo(w *world) {
	w.odoo = odootest.New(w.t, odootest.Setup{Version: 19, Helpdesk: odootest.Enterprise})
	w.environ["ODOO_URL"], w.environ["ODOO_DB"], w.environ["ODOO_API_KEY"] = w.odoo.URL, odootest.Database, odootest.Bot().Key()
}

// records is a system of record that is there, and is asked by jobs only.
type records struct{ ticket.Records }

// recording gives the desk of the story as a process with Odoo has it: what it changes
// leaves jobs for Odoo.
func (w *world) recording() *ticket.Desk {
	w.t.Helper()
	w.desk().Records = records{}
	return w.desk()
}

// inOdoo gives the tickets that are in Odoo by their names.
func (w *world) inOdoo() map[string][]odootest.Row {
	found := map[string][]odootest.Row{}
	for _, row := range w.odoo.Rows("helpdesk.ticket") {
		name := fmt.Sprint(row["name"])
		found[name] = append(found[name], row)
	}
	return found
}

// only gives the one ticket in Odoo with the name.
func (w *world) only(name string) odootest.Row {
	w.t.Helper()
	found := w.inOdoo()[name]
	if len(found) != 1 {
		w.t.Fatalf("%q is in Odoo %d times", name, len(found))
	}
	return found[0]
}

var tags = regexp.MustCompile(`<[^>]*>`)

// thread gives what stands on a ticket in Odoo, oldest first: what the customer sees
// begins with "customer: ".
func (w *world) thread(row odootest.Row) []string {
	var texts []string
	for _, m := range w.odoo.Rows("mail.message") {
		if m["model"] != "helpdesk.ticket" || m["res_id"] != row["id"] || m["body"] == "" || m["body"] == false {
			continue
		}
		body := strings.NewReplacer("<br>", "\n", "<br/>", "\n", "</p><p>", "\n\n").Replace(fmt.Sprint(m["body"]))
		text := strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(body, "")))
		if subtype := w.odoo.Row("mail.message.subtype", m["subtype_id"].(int64)); subtype != nil && subtype["internal"] != true {
			text = "customer: " + text
		}
		texts = append(texts, text)
	}
	return texts
}

// ordered fails the story unless each of the words stands in a line of its own, in
// their order, and nowhere else.
func ordered(t *testing.T, lines []string, words ...string) {
	t.Helper()
	last := -1
	for _, word := range words {
		var at []int
		for i, line := range lines {
			if strings.Contains(line, word) {
				at = append(at, i)
			}
		}
		if len(at) != 1 || at[0] <= last {
			t.Errorf("%q stands in the lines %v, want one after line %d, of:\n%s", word, at, last, strings.Join(lines, "\n"))
			return
		}
		last = at[0]
	}
}

// speaks has a person write so many lines of status on a ticket.
func (w *world) speaks(t *ticket.Ticket, who *teamstest.Person, from, to int) {
	w.t.Helper()
	for i := from; i < to; i++ {
		_, err := w.recording().Change(w.t.Context(), w.actor(who), ticket.Press{ID: t.ID}, func(c *ticket.Change) error {
			return c.WriteStatus(fmt.Sprintf("Line %d.", i))
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) named(title string, who *teamstest.Person) *ticket.Ticket {
	w.t.Helper()
	in := ticket.Intake{Title: title, Customer: "Contoso", Details: "Since Monday", Users: "12"}
	t, err := w.recording().Open(w.t.Context(), w.actor(who), ticket.Opening{Intake: in, Take: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return t
}

func TestStoryAWholeTicketIsInOdooOnceAndInOrder(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		w.settle()
		card.Expect("Odoo ", "/mail/view?model=helpdesk.ticket&res_id=", "logged in Odoo as")
		moves(ana, card, "Step 2 of 7")
		preview := chat.Says(ana, "draft T-1 acknowledgement").ExpectCard("for the customer").Press(ana, "Preview")
		preview.Press(ana, "In the ticket")
		w.settle()
		w.recording()
		current := w.stored(1)
		for current.State != ticket.Closed {
			_, err := w.recording().Change(t.Context(), w.actor(ana), ticket.Press{ID: current.ID}, func(c *ticket.Change) error {
				for _, item := range c.Ticket.Missing() {
					evidence := ticket.Evidence{Words: "evidence of " + string(item.ID)}
					if len(item.Choices) > 0 {
						evidence.Choice = item.Choices[0]
					}
					tick := func() error { return c.Tick(item.ID, evidence) }
					if item.ID == ticket.ItemDecide {
						tick = func() error { return c.Fix("evidence of decide") }
					}
					if err := tick(); err != nil {
						return err
					}
				}
				return c.Complete(c.Ticket.Step)
			})
			if err != nil {
				t.Fatal(err)
			}
			current = w.stored(1)
		}
		w.settle()
		row := w.only("Invoices cannot be posted")
		ordered(t, w.thread(row), "opened the ticket, T-1 in Handrail", "took the ticket", "Reception → Initial response",
			"thank you for telling us", "evidence of reproduce", "evidence of cause", "evidence of decide", "Diagnosis → Resolution",
			"evidence of solution", "evidence of document", "evidence of inform", "evidence of knowledge", "evidence of category", "closed the ticket")
		if stage := w.odoo.Row("helpdesk.stage", row["stage_id"].(int64)); stage["fold"] != true {
			t.Errorf("the ticket in Odoo is in %v", stage)
		}
		chat.Says(ana, "show T-1").ExpectCard("T-1 ·", "Odoo ")
	})
}

func TestStoryOdooIsDownInTheMidstOfABurst(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		const many = 12
		var all []*ticket.Ticket
		for i := range many {
			all = append(all, w.named(fmt.Sprint("Trouble ", i), ana))
			w.speaks(all[i], ana, 0, 2)
			if i == many/2 {
				w.odoo.Down()
			}
		}
		for range 30 {
			w.clock.Advance(10 * time.Second)
			w.rest()
		}
		waiting := chat.Says(ana, "odoo")
		waiting.ExpectText("tickets wait for Odoo", "Odoo does not answer")
		for _, one := range all {
			w.speaks(one, ana, 2, 5)
		}
		w.rest()
		w.odoo.Resume()
		w.settle()
		for i := range all {
			ordered(t, w.thread(w.only(fmt.Sprint("Trouble ", i))), "opened the ticket", "Line 0.", "Line 1.", "Line 2.", "Line 3.", "Line 4.")
		}
		chat.Says(ana, "odoo").ExpectText("Odoo has everything.")
	})
}

func TestStoryTwoProcessesBringEveryLineOnce(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		w.start()
		ana := w.Person("Ana Lima")
		const many = 15
		for i := range many {
			w.speaks(w.named(fmt.Sprint("Trouble ", i), ana), ana, 0, 4)
		}
		w.settle()
		for i := range many {
			ordered(t, w.thread(w.only(fmt.Sprint("Trouble ", i))), "opened the ticket", "Line 0.", "Line 1.", "Line 2.", "Line 3.")
		}
	})
}

// passage lets requests through to an Odoo until it is shut; the one that is under way
// then is done there, and never answered.
type passage struct {
	*httptest.Server
	left atomic.Int64
	shut chan struct{}
}

// through puts a passage before the Odoo of the story.
func (w *world) through(requests int64) *passage {
	w.t.Helper()
	target, err := url.Parse(w.odoo.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	p := &passage{shut: make(chan struct{})}
	p.left.Store(requests)
	proxy := httputil.NewSingleHostReverseProxy(target)
	p.Server = httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		switch left := p.left.Add(-1); {
		case left > 0:
			proxy.ServeHTTP(answer, r)
		case left == 0:
			proxy.ServeHTTP(httptest.NewRecorder(), r) // Odoo does it
			close(p.shut)
			panic(http.ErrAbortHandler)
		default:
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		}
	}))
	w.t.Cleanup(p.Close)
	return p
}

// allSent waits until Odoo has everything. In a story that began a while ago River takes
// every job for one of the dead, so that nothing of the queue tells when one has ended.
func (w *world) allSent() {
	w.t.Helper()
	w.waits("brings everything to Odoo", func([]string, time.Time) bool {
		waiting, err := w.desk().Store.RecordsWait(w.t.Context(), ticket.ID{}, 1)
		return err == nil && len(waiting) == 0
	})
	w.settle()
}

func TestStoryHandrailIsKilledBetweenTwoLines(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		w.settle()
		// The first requests ask what there is in Odoo; then comes the record, then its lines.
		for i, requests := range []int64{8, 10, 12, 14} {
			w.handrail.end()
			p := w.through(requests)
			w.environ["ODOO_URL"] = p.URL
			w.start()
			one := w.named(fmt.Sprint("Trouble ", i), ana)
			w.speaks(one, ana, 0, 5)
			select {
			case <-p.shut:
			case <-time.After(20 * time.Second):
				t.Fatal("Odoo was not asked that often")
			}
			w.handrail.kill()
			w.clock.Advance(90 * time.Second)
			w.environ["ODOO_URL"] = w.odoo.URL
			w.start()
			w.allSent()
			ordered(t, w.thread(w.only(fmt.Sprint("Trouble ", i))), "opened the ticket", "Line 0.", "Line 1.", "Line 2.", "Line 3.", "Line 4.")
		}
	})
}

func TestStoryAFieldThatOdooRequiresIsTold(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.odoo.Require("helpdesk.ticket", "x_site", "Site")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		w.rest()
		chat.ExpectText("does not reach Odoo", "required field in Odoo")
		card.Expect("Waiting for Odoo since", "Nothing is lost")
		sheet := chat.Says(ana, "odoo T-1").ExpectCard("T-1 in Odoo", "Next try")
		w.odoo.Remove("helpdesk.ticket", "x_site")
		sheet.Press(ana, "Try again")
		w.settle()
		card.Expect("logged in Odoo as")
		ordered(t, w.thread(w.only("Invoices cannot be posted")), "opened the ticket", "took the ticket")
	})
}

func TestStoryAKeyThatHasExpiredIsToldOnce(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		w.settle()
		w.odoo.Expire(odootest.Bot())
		moves(ana, card, "Step 2 of 7")
		w.rest()
		chat.ExpectText("does not reach Odoo", "Odoo does not take the API key")
		w.named("Another", ana)
		w.rest()
		chat.ExpectNoMore()
		w.handrail.end()
		w.environ["ODOO_API_KEY"] = odootest.Admin().Key()
		w.start()
		w.settle()
		ordered(t, w.thread(w.only("Invoices cannot be posted")), "opened the ticket", "Reception → Initial response")
		w.only("Another")
	})
}

func TestStoryARecordIsDeletedAndAnotherIsMade(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		w.settle()
		w.odoo.Delete("helpdesk.ticket", w.only("Invoices cannot be posted")["id"].(int64))
		moves(ana, card, "Step 2 of 7")
		w.settle()
		chat.ExpectText("T-1", "somebody has deleted its record")
		card.Expect("The record in Odoo was deleted")
		if left := w.inOdoo(); len(left) != 0 {
			t.Errorf("Odoo has %v", left)
		}
		w.clock.Advance(time.Minute)
		chat.Says(ana, "odoo T-1").ExpectCard("T-1 in Odoo", "Somebody has deleted").Press(ana, "New record")
		w.settle()
		ordered(t, w.thread(w.only("Invoices cannot be posted")), "Reception → Initial response")
	})
}

func TestStoryAnArchivedRecordIsSaidOnce(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		w.settle()
		w.odoo.Write(odootest.Anna(), "helpdesk.ticket", w.only("Invoices cannot be posted")["id"].(int64), odootest.Row{"active": false})
		moves(ana, card, "Step 2 of 7")
		fills(ana, card, "Acknowledge", form{"choice": "mail", "words": "We have it"})
		card.Press(ana, "Skip rest").Press(ana, "Save", form{"reason": "Not needed"})
		moves(ana, card, "Step 3 of 7")
		w.settle()
		entries, err := w.desk().Store.History(t.Context(), w.stored(1).ID, 0, 50)
		if err != nil || count(entries, ticket.EntryRecordArchived) != 1 {
			t.Errorf("that it was archived is said %d times (%v)", count(entries, ticket.EntryRecordArchived), err)
		}
		ordered(t, w.thread(w.only("Invoices cannot be posted")), "Reception → Initial response", "We have it", "Initial response → Diagnosis")
	})
}

func TestStoryFilesAndLongTextsComeWhole(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", form{
			"customer": "Contoso", "details": strings.Repeat("Since Monday <b>4711</b>. ", 150), "users": "12",
		})
		content := strings.Repeat("2037-11-23 10:00:00 ERROR 4711 \x00\xff\r\n", 3_000)
		chat.Sends(ana, "T-1 here is the log", w.File("posting.log", content))
		card.Expect("posting.log")
		text := "It says " + strings.Repeat("nothing at all & <nothing> ", 140) + "to the end."
		w.recording()
		_, err := w.recording().Change(t.Context(), w.actor(ana), ticket.Press{ID: w.stored(1).ID}, func(c *ticket.Change) error {
			return c.TellCustomer(ticket.ByTicket, text)
		})
		if err != nil {
			t.Fatal(err)
		}
		w.settle()
		row := w.only("Invoices cannot be posted")
		thread := w.thread(row)
		ordered(t, thread, "attached posting.log", "customer: It says")
		if !slices.ContainsFunc(thread, func(line string) bool {
			return strings.Contains(line, "to the end.") && strings.Contains(line, "& <nothing>")
		}) {
			t.Errorf("the thread is %q", thread)
		}
		files := 0
		for _, file := range w.odoo.Rows("ir.attachment") {
			if file["res_id"] == row["id"] && file["name"] == "posting.log" {
				files++
			}
		}
		if files != 1 {
			t.Errorf("the file is in Odoo %d times", files)
		}
	})
}

func TestStoryNobodyWaitsForAnOdooThatHangs(t *testing.T) {
	onEachWith(t, withOdoo, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.settle()
		w.odoo.Hang()
		for i := range 10 { // more than may ask at once
			w.named(fmt.Sprint("Trouble ", i), ana)
		}
		began := time.Now()
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		card.Expect("queued for Odoo")
		moves(ana, card, "Step 2 of 7")
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a hanging Odoo held people up for %s", took)
		}
		w.odoo.Resume()
		w.settle()
		card.Expect("Odoo ")
		w.only("Invoices cannot be posted")
	})
}
