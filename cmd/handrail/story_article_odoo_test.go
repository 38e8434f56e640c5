package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"handrail/internal/odoo/odootest"
	"handrail/internal/ticket"
)

// articlesIn gives the pages of an Odoo whose title has the word.
func articlesIn(server *odootest.Server, word string) []odootest.Row {
	return slices.DeleteFunc(server.Rows("knowledge.article"), func(row odootest.Row) bool {
		name, _ := row["name"].(string)
		return !strings.Contains(name, word)
	})
}

// articleNotes gives the lines that say in Odoo, on the one ticket, what was written.
func (w *world) articleNotes() []string {
	w.t.Helper()
	rows := w.odoo.Rows("helpdesk.ticket")
	if len(rows) != 1 {
		w.t.Fatalf("there are %d tickets in Odoo", len(rows))
	}
	return slices.DeleteFunc(w.thread(rows[0]), func(text string) bool { return !strings.Contains(text, "wrote the article") })
}

func TestStoryAnArticleIsInOdooOnceAfterItWasAway(t *testing.T) {
	prepare := func(w *world) {
		server := odootest.New(w.t, odootest.Setup{Version: 19, Helpdesk: odootest.Enterprise, Knowledge: odootest.Enterprise})
		w.odoo = server
		w.environ["ODOO_URL"], w.environ["ODOO_DB"] = server.URL, odootest.Database
		w.environ["ODOO_API_KEY"], w.environ["ODOO_ARTICLES"] = odootest.Bot().Key(), "it handbook"
	}
	onEachWith(t, prepare, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.FollowUp, ana)
		w.settle()
		w.odoo.Down()
		sheet := shows(ana, chat, "T-1").Press(ana, "To do: Knowledge base entry")
		sheet.Press(ana, "Save", form{"title": "Tax lines <b>", "solution": "Round & post"})
		w.rest()
		w.odoo.Resume()
		w.settle()
		pages := articlesIn(w.odoo, "Tax lines")
		if len(pages) != 1 || pages[0]["parent_id"] != int64(1) || pages[0]["name"] != "Tax lines <b>" {
			t.Fatalf("the pages are %v", pages)
		}
		says(t, fmt.Sprint(pages[0]["body"]), "Since Monday, error 4711", "Round &amp; post", "From ticket T-1 of Handrail")
		notes := w.articleNotes()
		if len(notes) != 1 || !strings.HasPrefix(notes[0], "Ana Lima, ") { // which is internal
			t.Fatalf("the notes of the article are %q", notes)
		}
		says(t, notes[0], "Tax lines <b>”\n\nTax lines <b>\n\n", "Since Monday, error 4711", "Round & post")

		chat.Says(ana, "article T-1").ExpectCard("Article", "It stands").Press(ana, "Save", form{"solution": "Round the sum"})
		w.settle()
		if pages = articlesIn(w.odoo, "Tax lines"); len(pages) != 1 || !strings.Contains(fmt.Sprint(pages[0]["body"]), "Round the sum") {
			t.Errorf("the pages are %v", pages)
		}
		if notes = w.articleNotes(); len(notes) != 2 || !strings.Contains(notes[1], "Round the sum") {
			t.Errorf("the notes of the article are %q", notes)
		}
		chat.Says(ana, "find token tax")
		w.settle()
		chat.ExpectCard("Look for", "Tax lines", "also in Odoo", "Reset the VPN token", "Open the portal")
	})
}
