package main

import (
	"encoding/csv"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

const siteOfTheStory = "https://handrail.example.com"

func withSite(w *world) { w.environ["HANDRAIL_URL"] = siteOfTheStory + "/" }

// linkOf gives the address of the file on a report, at the Handrail of the story.
func linkOf(t *testing.T, w *world, card *teamstest.Card) string {
	t.Helper()
	link := ""
	eachObject(card.JSON, func(object map[string]any) {
		if object["type"] == "Action.OpenUrl" && object["title"] == "Download as CSV" {
			link, _ = object["url"].(string)
		}
	})
	path, ours := strings.CutPrefix(link, siteOfTheStory+"/reports/")
	if !ours {
		t.Fatalf("the link is %q", link)
	}
	return w.handrail.url + "/reports/" + path
}

// gets gives the answer to a browser.
func gets(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	answer, err := (&http.Client{Timeout: 10 * time.Second}).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestStoryAReportTellsHowTheDeskDid(t *testing.T) {
	onEachWith(t, withSite, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		chat.Says(ana, "report")
		chat.ExpectCard("Report: 30 days", "No ticket is open now.", "0 opened, 0 closed", "none")
		w.ticketIn(ticket.Diagnosis, ana)
		w.clock.Advance(40 * 24 * time.Hour)
		w.deskOf(ana, "Printer", "=1+1")
		card := shows(ana, chat, "T-1")
		card.Press(ana, "Close early").Press(ana, "Save", form{"reason": "A duplicate"})
		w.settle()
		chat.Says(ana, "report")
		report := chat.ExpectCard("Report: 30 days", "2 tickets are open now.", "2 opened, 1 closed")
		says(t, report.Press(ana, "90 days").Text(), "Report: 90 days", "3 opened, 1 closed", "nine in ten within less than a minute")
		chat.Says(ana, "report 7 days")
		chat.ExpectCard("Report: 7 days", "2 opened, 1 closed")
		chat.Says(ana, "report last month")
		chat.ExpectCard("Report: Last month")
	})
}

func TestStoryAReportIsDownloadedByItsLinkForAWhile(t *testing.T) {
	onEachWith(t, withSite, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.deskOf(ana, "Printer", `=HYPERLINK("http://evil.example","x")`, `Ärger, "sehr"`)
		chat.Says(ana, "report")
		link := linkOf(t, w, chat.ExpectCard("Report: 30 days"))
		answer, body := gets(t, link)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("the file is answered with %d: %s", answer.StatusCode, body)
		}
		for header, want := range map[string]string{
			"Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "no-referrer", "Content-Disposition": "attachment; filename=tickets-2037-10-24-to-2037-11-23.csv",
		} {
			if got := answer.Header.Get(header); got != want {
				t.Errorf("%s is %q, want %q", header, got, want)
			}
		}
		sheet, found := strings.CutPrefix(body, "\ufeff")
		lines, err := csv.NewReader(strings.NewReader(sheet)).ReadAll()
		if err != nil || !found || len(lines) != 4 {
			t.Fatalf("the file is %q: %v", body, err)
		}
		if got := lines[2][:6]; strings.Join(got, "|") != `T-2|'=HYPERLINK("http://evil.example","x")|Contoso|Priority|Diagnosis|open` {
			t.Errorf("the second ticket is %q", got)
		}
		if lines[3][1] != `Ärger, "sehr"` || lines[3][11] != "30" || !strings.HasPrefix(lines[3][7], "2037-11-23 10:0") {
			t.Errorf("the third ticket is %q", lines[3])
		}

		secret := regexp.MustCompile(`[A-Z2-7]{26}`).FindString(link)
		for name, address := range map[string]string{
			"another secret":   strings.Replace(link, secret, strings.Repeat("A", 26), 1),
			"no secret":        strings.Replace(link, secret, "", 1),
			"a part of one":    strings.Replace(link, secret, secret[:25], 1),
			"another ending":   strings.TrimSuffix(link, ".csv"),
			"something behind": link + "/x",
		} {
			answer, body := gets(t, address)
			if answer.StatusCode != http.StatusNotFound || strings.Contains(body, "T-1") {
				t.Errorf("%s is answered with %d: %s", name, answer.StatusCode, body)
			}
		}
		w.clock.Advance(15 * time.Minute)
		if answer, body := gets(t, link); answer.StatusCode != http.StatusNotFound || strings.Contains(body, "T-1") {
			t.Errorf("an old link is answered with %d: %s", answer.StatusCode, body)
		}
		if lines := w.diary.find(secret); len(lines) > 0 {
			t.Errorf("the log tells the secret: %q", lines)
		}
		if lines := w.diary.find("request answered", "/reports/…"); len(lines) < 6 {
			t.Errorf("the log tells of %d downloads", len(lines))
		}
		var told int
		err = w.queue.QueryRowContext(t.Context(), "SELECT count(*) FROM river_job WHERE CAST(args AS text) LIKE '%"+secret+"%'").Scan(&told)
		if err != nil || told != 0 {
			t.Errorf("%d jobs tell the secret: %v", told, err)
		}
	})
}

func TestStoryWithoutAnAddressAReportSaysWhatIsMissing(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		chat.Says(ana, "report")
		report := chat.ExpectCard("HANDRAIL_URL")
		saysNot(t, strings.Join(report.Buttons(), " "), "Download")
	})
}
