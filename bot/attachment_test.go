package bot

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// disk is where the files of the tests are, by their addresses.
type disk map[string]func() (io.ReadCloser, error)

func (d disk) Open(_ context.Context, file teams.File) (io.ReadCloser, error) {
	open, ok := d[file.URL]
	if !ok {
		return nil, &teams.Error{Op: "download", Kind: teams.Gone, Status: 404}
	}
	return open()
}

// has puts a file onto the disk.
func (d disk) has(address, content string) {
	d[address] = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
}

// fails makes a file one that cannot be opened.
func (d disk) fails(address string, kind teams.ErrorKind) {
	d[address] = func() (io.ReadCloser, error) { return nil, &teams.Error{Op: "download", Kind: kind} }
}

const (
	png      = "\x89PNG\r\n\x1a\n and a picture"
	fileURL  = "https://contoso-my.sharepoint.com/x?tempauth=secret"
	otherURL = "https://contoso-my.sharepoint.com/y?tempauth=secret"
	imageURL = "https://smba.example/emea/v3/attachments/1/views/original"
)

func sentFile(name, address string) map[string]any {
	return map[string]any{
		"contentType": "application/vnd.microsoft.teams.file.download.info", "name": name, "contentUrl": "https://contoso.sharepoint.com/" + name,
		"content": map[string]any{"downloadUrl": address, "uniqueId": "u", "fileType": "log"},
	}
}

func sentPicture(address string) map[string]any {
	return map[string]any{"contentType": "image/*", "contentUrl": address}
}

// sends has a person send files with a text, and everything done that follows.
func (h *house) sends(who someone, text string, files ...map[string]any) {
	h.t.Helper()
	h.turn(h.message(who, text, files...))
	h.work()
}

func (h *house) message(who someone, text string, files ...map[string]any) *teams.Activity {
	h.t.Helper()
	attachments := []any{map[string]any{"contentType": "text/html", "content": "<p>" + text + "</p>"}}
	for _, file := range files {
		attachments = append(attachments, file)
	}
	return h.activity("message", who, map[string]any{"text": text, "attachments": attachments})
}

// files gives the names of a ticket's attachments.
func (h *house) files(number int64) []string {
	h.t.Helper()
	found, err := h.store.Attachments(h.ctx(), ticket.ID{Tenant: h.tenant, Number: number})
	if err != nil {
		h.t.Fatal(err)
	}
	var names []string
	for _, a := range found {
		names = append(names, a.Name)
	}
	return names
}

func (h *house) wantFiles(number int64, want ...string) {
	h.t.Helper()
	if got := h.files(number); !slices.Equal(got, want) {
		h.t.Errorf("T-%d has the files %q, want %q", number, got, want)
	}
}

func TestAFileGoesToTheTicketThatIsNamed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"T-2", "attach T-2", "attach 2", "T-2 here is the log of this morning", "please put it on #2 thanks a lot"} {
		h := newHouse(t)
		h.opened(ana, nil)
		h.opened(ana, nil)
		h.disk.has(fileURL, "some log")
		h.sends(ana, text, sentFile("../../posting.log", fileURL))
		h.wantFiles(2, "posting.log")
		if got := h.chat.lastText(); !strings.Contains(got, "Attaching **posting.log** to T-2") {
			t.Errorf("%q is answered with %q", text, got)
		}
	}
}

func TestAFileGoesToTheOneTicketThatIsShownHere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.disk.has(imageURL, png)
	h.sends(ben, "", sentPicture(imageURL))
	h.wantFiles(1, "picture.png")
	if text := h.chat.message(card.id).text(); !strings.Contains(text, "picture.png") {
		t.Errorf("the card says %s", text)
	}
}

func TestATextWithFilesThatIsACommandIsAnsweredToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, map[string]string{"take": "false"})
	h.disk.has(fileURL, "some log")
	h.sends(ben, "take T-1", sentFile("a.log", fileURL))
	h.wantFiles(1, "a.log")
	if owner := h.ticket(1).Owner; owner == nil || owner.ID != ben.id {
		t.Errorf("the owner is %v", owner)
	}
}

func TestFilesGoToTheTicketThatIsOpenedWithTheirMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.disk.has(fileURL, "some log")
	h.disk.has(imageURL, png)
	h.sends(ana, "new Printer prints blank pages", sentFile("a.log", fileURL), sentPicture(imageURL))
	form := h.chat.last()
	if !strings.Contains(form.text(), "a.log, picture.png** will be attached") {
		t.Errorf("the form says %s", form.text())
	}
	refused := h.press(ana, form, form.first(), nil).card
	h.press(ana, refused, refused.first(), map[string]string{"customer": "Contoso", "details": "Since Monday", "users": "3"})
	h.wantFiles(1)
	h.wantFiles(2, "a.log", "picture.png")
	if got := h.ticket(2).Files; got != 2 {
		t.Errorf("the ticket counts %d files", got)
	}
}

func TestWhoeverSendsAFileOfNoTicketIsAskedForOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.opened(ana, map[string]string{"title": "Printer"})
	h.disk.has(fileURL, "some log")
	h.sends(ana, "here is the log", sentFile("a.log", fileURL))
	ask := h.chat.last().valid()
	for _, want := range []string{"For which ticket?", "a.log", "T-1 · Invoices", "T-2 · Printer", "Another ticket's number"} {
		if !strings.Contains(string(ask.raw), want) {
			t.Errorf("%q is not in %s", want, ask.raw)
		}
	}
	if got := h.press(ben, ask, "Attach", map[string]string{"choice": "T-1"}); !strings.Contains(got.text, "Somebody else") {
		t.Errorf("another person gets %+v", got)
	}
	again := h.press(ana, ask, "Attach", map[string]string{"words": "the first"}).card
	if !strings.Contains(again.text(), "write its number") || !strings.Contains(string(again.raw), "the first") {
		t.Errorf("what is no ticket is answered with %s", again.raw)
	}
	again = h.press(ana, again, "Attach", map[string]string{"words": "T-99"}).card
	if !strings.Contains(again.text(), "T-99") {
		t.Errorf("what is no ticket is answered with %s", again.raw)
	}
	h.press(ana, again, "Attach", map[string]string{"choice": "T-1", "words": ""})
	h.wantFiles(1, "a.log")
	// A second press of the old card finds nothing left.
	if got := h.press(ana, ask, "Attach", map[string]string{"choice": "T-2"}); !strings.Contains(got.card.text(), "on a ticket already") {
		t.Errorf("a second press is answered with %+v", got)
	}
	h.wantFiles(2)
}

func TestFilesThatNobodyClaimsAreAskedForAgainAndRemovedInTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.disk.has(fileURL, "some log")
	h.sends(ana, "", sentFile("a.log", fileURL))
	notice := h.press(ana, h.chat.last(), "Later", nil).card
	if !strings.Contains(notice.text(), "kept for 7 days") {
		t.Errorf("it says %s", notice.text())
	}
	ask := h.press(ana, notice, "Attach", nil).card
	if !strings.Contains(ask.text(), "For which ticket?") {
		t.Errorf("it says %s", ask.text())
	}
	h.pass(ticket.LooseFor - time.Minute)
	if h.store.Contents() != 1 {
		t.Fatal("the file is gone before its time")
	}
	h.pass(time.Minute)
	if h.store.Contents() != 0 {
		t.Error("the file is kept for ever")
	}
	h.opened(ana, nil)
	if got := h.press(ana, ask, "Attach", map[string]string{"words": "T-1"}); !strings.Contains(got.card.text(), "nobody said which") {
		t.Errorf("it is answered with %+v", got)
	}
}

func TestAClosedTicketTakesNoFilesAndNothingIsLost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.press(ana, h.press(ana, h.opened(ana, nil), "Close early", nil).card, "Save", map[string]string{"reason": "A duplicate"})
	h.opened(ana, nil)
	h.disk.has(fileURL, "some log")
	h.sends(ana, "T-1", sentFile("a.log", fileURL))
	ask := h.chat.last()
	if !strings.Contains(ask.text(), "T-1 is closed") {
		t.Errorf("it says %s", ask.text())
	}
	h.press(ana, ask, "Attach", map[string]string{"choice": "T-2"})
	h.wantFiles(1)
	h.wantFiles(2, "a.log")
}

func TestAMessageThatComesTwiceBringsItsFilesOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.disk.has(fileURL, "some log")
	message := h.message(ana, "T-1", sentFile("a.log", fileURL))
	h.turn(message)
	h.turn(message)
	h.work()
	said := len(h.chat.posts)
	// Under another id, too.
	h.sends(ana, "T-1", sentFile("a.log", fileURL))
	h.wantFiles(1, "a.log")
	if h.store.Contents() != 1 || len(h.chat.posts) != said+1 {
		t.Errorf("%d contents, %d messages", h.store.Contents(), len(h.chat.posts)-said)
	}
	// By another name it is another file with the same content.
	h.sends(ana, "T-1", sentFile("b.log", fileURL))
	h.wantFiles(1, "a.log", "b.log")
	if h.store.Contents() != 1 {
		t.Errorf("%d contents", h.store.Contents())
	}
}

func TestAFileThatCannotBeFetchedIsToldWithWhatToDo(t *testing.T) {
	t.Parallel()
	for kind, want := range map[teams.ErrorKind]string{
		teams.Expired: "The link to a.log has expired: send the file again.", teams.Gone: "not there any more",
		teams.WrongHost: "may not fetch from", teams.Refused: "its server refused", teams.TooBig: "a.log is larger than 25 MB",
	} {
		h := newHouse(t)
		h.opened(ana, nil)
		h.disk.fails(fileURL, kind)
		h.sends(ana, "T-1", sentFile("a.log", fileURL))
		if got := h.chat.lastText(); !strings.Contains(got, want) {
			t.Errorf("%s is told as %q", kind, got)
		}
		h.wantFiles(1)
		if strings.Contains(h.log.String(), "tempauth") {
			t.Errorf("the log tells the address: %s", h.log.String())
		}
	}
}

func TestContentThatIsNotWhatItSeemsIsToldToo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ content, want string }{
		{"", "is empty"},
		{"<html><script>alert(1)</script>", "sent as a picture but is none"},
		{`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">`, "sent as a picture but is none"},
		{strings.Repeat("x", ticket.MaxFile+1), "sent as a picture but is none"},
		{png + strings.Repeat("x", ticket.MaxFile+1-len(png)), "larger than 25 MB"},
	} {
		h := newHouse(t)
		h.opened(ana, nil)
		h.disk.has(imageURL, c.content)
		h.sends(ana, "T-1", sentPicture(imageURL))
		if got := h.chat.lastText(); !strings.Contains(got, c.want) {
			t.Errorf("%.20q is told as %q", c.content, got)
		}
		h.wantFiles(1)
	}
}

func TestAFileWhoseServerIsBusyIsTriedAgainForHalfAnHour(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.disk.fails(fileURL, teams.Busy)
	h.sends(ana, "T-1", sentFile("a.log", fileURL), sentFile("b.log", otherURL))
	h.pass(10 * time.Minute)
	h.disk.has(fileURL, "some log")
	h.disk[otherURL] = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("half"), brokenOff{})), nil
	}
	h.sends(ana, "T-1", sentFile("b.log", otherURL))
	h.pass(10 * time.Minute)
	h.wantFiles(1, "a.log")
	h.pass(30 * time.Minute)
	h.wantFiles(1, "a.log")
	if got := h.chat.lastText(); !strings.Contains(got, "b.log could not be fetched") {
		t.Errorf("it says %q", got)
	}
}

func TestFilesThatHangLeaveWorkersToOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	var files []map[string]any
	for i := range 6 {
		files = append(files, sentFile(strconv.Itoa(i)+".log", fileURL))
	}
	opened, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	h.disk[fileURL] = func() (io.ReadCloser, error) {
		opened <- struct{}{}
		<-goOn
		return nil, &teams.Error{Op: "download", Kind: teams.Busy}
	}
	h.turn(h.message(ana, "T-1", files...))
	for id := int64(1); id <= 4; id++ {
		go func() { ended <- h.bot.FetchAttachment(h.ctx(), ticket.FetchAttachment{Tenant: h.tenant, ID: id}) }()
		<-opened
	}
	err := h.bot.FetchAttachment(h.ctx(), ticket.FetchAttachment{Tenant: h.tenant, ID: 5})
	if later, ok := errors.AsType[*ticket.Postponed](err); !ok || !later.Turn || later.After > 5*time.Second {
		t.Errorf("the fifth one ends with %v", err)
	}
	close(goOn)
	for range 4 {
		if err := <-ended; err == nil {
			t.Error("a file that is not there was fetched")
		}
	}
	go func() { ended <- h.bot.FetchAttachment(h.ctx(), ticket.FetchAttachment{Tenant: h.tenant, ID: 5}) }()
	<-opened
	if err := <-ended; err == nil {
		t.Error("then it is not tried")
	}
}

// brokenOff is the rest of a file that never comes.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) {
	return 0, &teams.Error{Op: "download", Kind: teams.Busy, Err: errors.New("the connection broke")}
}

func TestALinkToAChannelsFileIsKeptAsALink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.sends(ana, "T-1", map[string]any{
		"contentType": "reference", "name": "runbook.docx", "contentUrl": "https://contoso.sharepoint.com/sites/desk/runbook.docx",
	}, map[string]any{"contentType": "reference", "name": "evil", "contentUrl": "javascript:alert(1)"}, map[string]any{
		"contentType": "reference", "name": "evil", "contentUrl": "https://user:password@evil.example/x",
	})
	h.wantFiles(1, "runbook.docx")
	h.says(ana, "attach T-1 <https://contoso.sharepoint.com/sites/desk/dump.zip?web=1>, http://plain.example/x javascript:alert(1)")
	h.wantFiles(1, "runbook.docx", "dump.zip")
	list := h.press(ana, h.chat.message(card.id), "Files", nil).card.valid()
	if !strings.Contains(list.text(), "runbook.docx") || !strings.Contains(string(list.raw), "https://contoso.sharepoint.com/sites/desk/runbook.docx") {
		t.Errorf("the list is %s", list.raw)
	}
}

func TestTheListOfFilesHasALinkToEachForAWhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.disk.has(fileURL, "some log")
	h.sends(ben, "T-1", sentFile("a.log", fileURL))
	list := h.press(ana, h.chat.message(card.id), "Files", nil).card.valid()
	if text := list.text(); !strings.Contains(text, "HANDRAIL_URL") || !strings.Contains(text, "Text · 8 bytes") || strings.Contains(string(list.raw), "OpenUrl") {
		t.Errorf("without an address it is %s", list.raw)
	}
	h.site = "https://handrail.example.com"
	list = h.press(ana, h.chat.message(card.id), "Files", nil).card.valid()
	_, secret, _ := strings.Cut(string(list.raw), "https://handrail.example.com/files/")
	secret = secret[:26]
	read := func() string {
		file, ok, err := h.bot.Content(h.ctx(), secret)
		if err != nil || !ok {
			return "gone"
		}
		var b bytes.Buffer
		if err := file.Write(h.ctx(), &b); err != nil || file.Name != "a.log" || file.Size != 8 || file.Type != "text/plain; charset=utf-8" {
			t.Errorf("the file is %+v: %v", file, err)
		}
		return b.String()
	}
	if got := read(); got != "some log" {
		t.Errorf("the file is %q", got)
	}
	if _, ok, _ := h.bot.File(h.ctx(), secret); ok {
		t.Error("a file is taken for a report")
	}
	h.now = h.now.Add(ticket.DownloadAge)
	if got := read(); got != "gone" {
		t.Errorf("after a while the file is %q", got)
	}
}

func TestAFileIsRemovedByWhoMayAndItsNameStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.disk.has(fileURL, "some log")
	h.disk.has(otherURL, "some log")
	h.sends(ben, "T-1", sentFile("a.log", fileURL), sentFile("b.log", otherURL))
	theirs := h.press(someone{"29:x", "", "X"}, h.chat.message(card.id), "Files", nil).card
	if theirs.offers("Remove") {
		t.Error("anybody may remove files")
	}
	list := h.press(ana, h.chat.message(card.id), "Files", nil).card
	ask := h.press(ana, list, "Remove", nil).card
	if !strings.Contains(ask.text(), "b.log") {
		t.Fatalf("it asks %s", ask.text())
	}
	button := ask.button("Remove")
	refused := h.execute(someone{"29:x", "", "X"}, ask.id, text(button["verb"]), ask.merged(button, nil))
	if !strings.Contains(refused.card.text(), "attached by") {
		t.Errorf("somebody else is told %s", refused.card.text())
	}
	h.press(ana, ask, "Remove", nil)
	h.wantFiles(1, "a.log")
	if h.store.Contents() != 1 {
		t.Error("a content is gone that another file has")
	}
	ask = h.press(ben, h.press(ben, h.chat.message(card.id), "Files", nil).card, "Remove", nil).card
	h.press(ben, ask, "Remove", nil)
	h.wantFiles(1)
	if h.store.Contents() != 0 || h.ticket(1).Files != 0 {
		t.Errorf("%d contents are left, %d files", h.store.Contents(), h.ticket(1).Files)
	}
	history := h.press(ana, h.chat.message(card.id), "History", nil).card.text()
	for _, want := range []string{"attached a.log", "removed the file b.log", "SHA-256 "} {
		if !strings.Contains(history, want) {
			t.Errorf("%q is not in %s", want, history)
		}
	}
}

func TestFilesAreEvidence(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := newWay(h).to("Diagnosis")
	form := h.press(ana, p.card, "Review logs and monitoring", nil).card
	if strings.Contains(string(form.raw), "Files that show it") {
		t.Error("files are offered where there are none")
	}
	h.disk.has(fileURL, "some log")
	// What comes while a form is open takes nothing from whoever fills it in.
	h.sends(ben, "T-1", sentFile("a.log", fileURL))
	h.press(ana, form, "Save", map[string]string{"words": "Nothing stands out"})
	if got := h.ticket(1).Marks[ticket.ItemLogs].Words; got != "Nothing stands out" {
		t.Errorf("the evidence is %q", got)
	}
	h.pass(formOpen)
	form = h.press(ana, h.chat.message(p.card.id), "Review logs and monitoring", nil).card.valid()
	refused := h.press(ana, form, "Save", map[string]string{"words": "", "files": "77"}).card
	if !strings.Contains(refused.text(), "not on the ticket") {
		t.Errorf("a file of nobody is answered with %s", refused.text())
	}
	saved := h.press(ana, refused, "Save", map[string]string{"words": "", "files": "1"}).card
	if !strings.Contains(saved.text(), "a.log") {
		t.Errorf("the card says %s", saved.text())
	}
	if got := h.ticket(1).Marks[ticket.ItemLogs].Files; !slices.Equal(got, []int64{1}) {
		t.Errorf("the evidence has the files %v", got)
	}
}

func TestAClientThatKnowsNoExecuteGetsTheListAsAMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.site = "https://handrail.example.com"
	card := h.opened(ana, nil)
	h.disk.has(fileURL, "some log")
	h.sends(ana, "T-1", sentFile("a.log", fileURL))
	h.submit(ana, h.chat.message(card.id), "Files", nil)
	list := h.chat.last()
	if !strings.Contains(list.text(), "Files of T-1") {
		t.Fatalf("the list is %s", list.text())
	}
	h.submit(ana, list, "Remove", nil)
	h.submit(ana, h.chat.last(), "Remove", nil)
	h.wantFiles(1)
}

func TestAttachWithoutFilesSaysHow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "attach T-1")
	if got := h.chat.lastText(); !strings.Contains(got, "Send the files and write “attach T-1” in the same message, or a link") {
		t.Errorf("it says %q", got)
	}
	h.says(ana, "attach")
	if got := h.chat.lastText(); !strings.Contains(got, "Which ticket?") {
		t.Errorf("it says %q", got)
	}
}

func TestATicketWithManyFilesStaysOneCard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.site = "https://handrail.example.com"
	p := newWay(h).to("Diagnosis")
	var files []map[string]any
	for i := range 60 {
		address := fileURL + strconv.Itoa(i)
		h.disk.has(address, "some log")
		files = append(files, sentFile(strconv.Itoa(i)+strings.Repeat("[*_<", 40)+".log", address))
	}
	h.sends(ana, "T-1", files[:30]...)
	h.sends(ana, "T-1", files[30:]...)
	if got := len(h.files(1)); got != 60 {
		t.Fatalf("T-1 has %d files", got)
	}
	form := h.press(ana, h.chat.message(p.card.id), "Review logs and monitoring", nil).card.valid()
	if n := strings.Count(string(form.raw), ".log"); n != mostOffered {
		t.Errorf("%d files are offered", n)
	}
	h.press(ana, form, "Cancel", nil)
	list := h.press(ana, h.chat.message(p.card.id), "Files", nil).card.valid()
	seen := 0
	for range 10 {
		seen += strings.Count(list.text(), ".log")
		if !list.offers("Older") {
			break
		}
		list = h.press(ana, list, "Older", nil).card.valid()
	}
	if seen != 60 {
		t.Errorf("%d files are listed on all pages", seen)
	}
}
