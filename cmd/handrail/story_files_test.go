package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

const pictureOfTheStory = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR and so on"

// linkTo gives the address behind the button of the row of a file.
func linkTo(t *testing.T, w *world, list *teamstest.Card, name string) string {
	t.Helper()
	link := ""
	eachObject(list.JSON, func(row map[string]any) {
		if row["type"] != "ColumnSet" || !strings.Contains(strings.ReplaceAll(fmt.Sprint(row), `\`, ""), name) {
			return
		}
		eachObject(row, func(object map[string]any) {
			if object["type"] == "Action.OpenUrl" {
				link, _ = object["url"].(string)
			}
		})
	})
	path, ours := strings.CutPrefix(link, siteOfTheStory+"/files/")
	if !ours {
		t.Fatalf("the link to %s is %q", name, link)
	}
	return w.handrail.url + "/files/" + path
}

func TestStoryAFileIsSentAndFetchedBackByteForByte(t *testing.T) {
	onEachWith(t, withSite, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		card := shows(ana, chat, "T-1")
		content := strings.Repeat("2037-11-23 10:00:00 ERROR 4711 \x00\xff\r\n", 30_000)
		chat.Sends(ana, "T-1 here is the log", w.File("../../posting service.log", content))
		chat.ExpectText("Attaching **posting service.log** to T-1")
		card.Expect("posting service.log")
		list := card.Press(ana, "Files")
		says(t, list.Text(), "Files of T-1", "posting service.log", "Ana Lima", "File · 1.0 MB")
		link := linkTo(t, w, list, "posting service.log")
		answer, body := gets(t, link)
		if answer.StatusCode != http.StatusOK || body != content || answer.ContentLength != int64(len(content)) {
			t.Fatalf("the file comes back with %d, %d bytes of %d", answer.StatusCode, len(body), len(content))
		}
		for header, want := range map[string]string{
			"Content-Type": "application/octet-stream", "Content-Disposition": `attachment; filename="posting service.log"`,
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store",
		} {
			if got := answer.Header.Get(header); got != want {
				t.Errorf("%s is %q, want %q", header, got, want)
			}
		}
		list.Press(ana, "Back")
		card.Press(ana, "To do: Review logs and monitoring").Press(ana, "Save", form{"files": "1"})
		card.Expect("Ana Lima", "posting service.log")
		says(t, historyOf(ana, card), "attached posting service.log")
		w.clock.Advance(ticket.DownloadAge)
		if answer, _ := gets(t, link); answer.StatusCode != http.StatusNotFound {
			t.Errorf("an old link is answered with %d", answer.StatusCode)
		}
		for _, secret := range []string{"secret-of-the-link", link[strings.LastIndex(link, "/")+1:]} {
			if lines := w.diary.find(secret); len(lines) > 0 {
				t.Errorf("the log tells a secret: %q", lines)
			}
			var told int
			err := w.queue.QueryRowContext(t.Context(), "SELECT count(*) FROM river_job WHERE CAST(args AS text) LIKE '%"+secret+"%'").Scan(&told)
			if err != nil || told != 0 {
				t.Errorf("%d jobs tell a secret: %v", told, err)
			}
		}
	})
}

func TestStoryPicturesGoToTheTicketThatTheyAreOpenedWith(t *testing.T) {
	onEachWith(t, withSite, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		chat.Sends(ana, "new Invoices cannot be posted", w.Picture(pictureOfTheStory))
		card := chat.ExpectCard("New ticket", "picture.png")
		card.Press(ana, "Open ticket", invoices())
		card.Expect("T-1 ·", "picture.png")
		w.settle()
		_, body := gets(t, linkTo(t, w, card.Press(ana, "Files"), "picture.png"))
		if body != pictureOfTheStory {
			t.Errorf("the picture comes back as %q", body)
		}
		// A picture alone goes to the one ticket that is shown here.
		chat.Sends(ana, "", w.Picture(pictureOfTheStory+" another"))
		chat.ExpectText("to T-1", "shown here")
		w.settle()
		if got := w.stored(1).Files; got != 2 {
			t.Errorf("T-1 has %d files", got)
		}
	})
}

func TestStoryWhoeverSendsAFileIsAskedForTheTicket(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.deskOf(ana, "Printer", "Mail is slow")
		chat.Sends(ana, "", w.File("printer.log", "paper jam"))
		ask := chat.ExpectCard("For which ticket?", "printer.log", "T-1 · Printer", "T-2 · Mail is slow")
		w.settle()
		ask.Press(ana, "Attach", form{"choice": "T-1"})
		ask.Expect("printer.log: attached to T-1")
		card := shows(ana, chat, "T-1")
		card.Expect("printer.log")
		says(t, card.Press(ana, "Files").Text(), "HANDRAIL_URL")

		// A channel's file stays where it is.
		thread := w.Channel("Support", "Ana Lima").Sends(ana, "T-2 see the runbook", w.Link("runbook.docx"))
		thread.ExpectText("Attaching **runbook.docx** to T-2")
		list := shows(ana, chat, "T-2").Press(ana, "Files")
		says(t, list.Text(), "runbook.docx", "Link")
		says(t, fmt.Sprint(list.JSON), "https://contoso.sharepoint.com/sites/desk/Shared%20Documents/runbook.docx")
	})
}

func TestStoryBadFilesAreToldWithWhatToDo(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		for _, c := range []struct {
			file *teamstest.File
			want string
		}{
			{w.File("old.log", "x").Refused(http.StatusForbidden, -1), "The link to old.log has expired: send the file again."},
			{w.File("away.log", "x").Moved("http://127.0.0.1:1/x"), "away.log is on a server that I may not fetch from"},
			{w.Picture("<!DOCTYPE html><script>alert(1)</script>"), "was sent as a picture but is none"},
			{w.File("nothing.log", ""), "nothing.log is empty"},
			{w.File("large.log", strings.Repeat("x", ticket.MaxFile+1)), "large.log is larger than 25 MB"},
		} {
			chat.Sends(ana, "T-1", c.file)
			chat.ExpectText("Attaching")
			chat.ExpectText(c.want)
		}
		// What may be better in a while is tried again, and in the end told.
		chat.Sends(ana, "T-1", w.File("slow.log", "it came").Refused(http.StatusServiceUnavailable, 3))
		w.settle()
		short := w.File("short.log", "x").Promising(100)
		chat.Sends(ana, "T-1", short)
		w.settle()
		chat.ExpectText("short.log could not be fetched")
		if n := short.Downloads(); n < 5 {
			t.Errorf("a file that breaks off is tried %d times", n)
		}
		largest := w.File("largest.log", strings.Repeat("x", ticket.MaxFile))
		chat.Sends(ana, "T-1", largest)
		w.settle()
		if got := w.stored(1).Files; got != 2 {
			t.Errorf("T-1 has %d files", got)
		}
	})
}

func TestStoryAMessageWithFilesThatComesTwiceIsOne(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		chat.SendsTwice(ana, "T-1", w.File("a.log", "some log"), w.File("b.log", "some log"))
		w.settle()
		chat.ExpectText("Attaching **a.log, b.log** to T-1")
		chat.ExpectNoMore()
		if got := w.stored(1).Files; got != 2 {
			t.Errorf("T-1 has %d files", got)
		}
		var kept int
		if err := w.queue.QueryRowContext(t.Context(), "SELECT count(*) FROM blobs").Scan(&kept); err != nil || kept != 1 {
			t.Errorf("the content is kept %d times: %v", kept, err)
		}
	})
}

func TestStoryAHandrailThatIsKilledWhileItFetchesGoesOnAfterwards(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		file := w.File("a.log", strings.Repeat("some log\n", 100_000)).Hanging()
		chat.Sends(ana, "T-1", file)
		w.waits("has begun to fetch", func([]string, time.Time) bool { return file.Downloads() == 1 })
		w.handrail.kill()
		file.Mended()
		w.clock.Advance(time.Minute)
		w.start()
		w.settle()
		shows(ana, chat, "T-1").Expect("a.log")
		var left int
		err := w.queue.QueryRowContext(t.Context(), "SELECT count(*) FROM blobs WHERE digest <> ''").Scan(&left)
		if got := w.stored(1).Files; got != 1 || left != 1 || err != nil {
			t.Errorf("T-1 has %d files of %d contents: %v", got, left, err)
		}
	})
}

func TestStoryLocalModeTakesFilesOfThisMachineOnly(t *testing.T) {
	onEachLocal(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.Diagnosis, ana)
		elsewhere := w.File("c.log", "x").Moved("https://contoso.sharepoint.com/x")
		chat.Sends(ana, "T-1", w.File("a.log", "some log"), w.Picture(pictureOfTheStory), elsewhere)
		chat.ExpectText("Attaching **a.log, picture.png, c.log** to T-1")
		chat.ExpectText("c.log is on a server that I may not fetch from")
		w.settle()
		card := shows(ana, chat, "T-1")
		card.Expect("a.log", "picture.png")
		if _, body := gets(t, firstLink(card.Press(ana, "Files"))); body != pictureOfTheStory && body != "some log" {
			t.Errorf("a file comes back as %q", body)
		}
	})
}

// firstLink gives the address behind the first button that leads elsewhere.
func firstLink(card *teamstest.Card) (link string) {
	eachObject(card.JSON, func(object map[string]any) {
		if found, ok := object["url"].(string); ok && link == "" {
			link = found
		}
	})
	return link
}

func TestStoryWhoIsAskedGetsTheFilesOfTheTicket(t *testing.T) {
	onEachWith(t, withSite, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		home, channel := w.reaches(ana), w.Channel("Dev", "Kofi Annan", lead)
		w.routed(channel, ticket.Dev, kofi)
		w.ticketIn(ticket.Diagnosis, ana)
		home.Sends(ana, "T-1 here is the log", w.File("service.log", "ERROR 4711"))
		home.ExpectText("Attaching **service.log** to T-1")
		w.settle()
		w.escalated(ana, helpDev(), impact())
		list := channel.ExpectCard("Help needed", "service.log").Press(kofi, "Files")
		if _, body := gets(t, linkTo(t, w, list, "service.log")); body != "ERROR 4711" {
			t.Errorf("the link gives %q", body)
		}
		says(t, list.Press(kofi, "Back").Text(), "Help needed", "Ana Lima")
	})
}
