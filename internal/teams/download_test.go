package teams_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/teams"
	"handrail/internal/teams/teamstest"
)

const large = 1 << 20

// downloads gives a downloader that goes to the fake Teams and to more hosts.
func downloads(t *testing.T, patience time.Duration, hosts ...string) (*teams.Downloader, wire) {
	t.Helper()
	w := connect(t)
	client := &http.Client{Timeout: patience, Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	d, err := teams.NewDownloader(teams.DownloaderConfig{
		Tokens: w.tokens, ServiceHosts: teams.Hosts{w.fake.Host()}, FileHosts: append(teams.Hosts{w.fake.Host()}, hosts...),
		HTTP: client, Largest: large,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, w
}

// read gives what is read of a file, and how that ends.
func read(t *testing.T, d *teams.Downloader, f teams.File) (string, error) {
	t.Helper()
	body, err := d.Open(t.Context(), f)
	if err != nil {
		return "", err
	}
	defer func() { _ = body.Close() }()
	content, err := io.ReadAll(body)
	return string(content), err
}

func download(f *teamstest.File) teams.File {
	return teams.File{Name: "a.log", Kind: teams.FileDownload, URL: f.Address()}
}

func picture(f *teamstest.File) teams.File {
	return teams.File{Name: "a.png", Kind: teams.FileOnConnector, URL: f.Address(), Picture: true}
}

func TestAFileIsFetchedWithoutAndAPictureWithTheToken(t *testing.T) {
	t.Parallel()
	d, w := downloads(t, time.Minute)
	content := strings.Repeat("0123456789", 50_000)
	for name, f := range map[string]teams.File{"file": download(w.fake.File("a.log", content)), "picture": picture(w.fake.Picture(content))} {
		if got, err := read(t, d, f); err != nil || got != content {
			t.Errorf("the %s has %d bytes: %v", name, len(got), err)
		}
	}
}

func TestARefusedFileSaysWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	d, w := downloads(t, time.Minute)
	for _, c := range []struct {
		file func(*teamstest.File) teams.File
		at   int
		want teams.ErrorKind
	}{
		{download, 401, teams.Expired},
		{download, 403, teams.Expired},
		{download, 404, teams.Gone},
		{download, 410, teams.Gone},
		{download, 429, teams.Throttled},
		{download, 500, teams.Busy},
		{download, 503, teams.Busy},
		{download, 204, teams.Refused},
		{download, 206, teams.Refused},
		{download, 400, teams.Refused},
		{picture, 401, teams.Unauthorized},
		{picture, 403, teams.Refused},
		{picture, 404, teams.Gone},
	} {
		f := w.fake.File("a.log", "x")
		if c.file(f).Kind == teams.FileOnConnector {
			f = w.fake.Picture("x")
		}
		_, err := read(t, d, c.file(f.Refused(c.at, -1)))
		if teams.KindOf(err) != c.want {
			t.Errorf("%d is %v, want %s", c.at, err, c.want)
		}
		if strings.Contains(fmt.Sprint(err), "secret") || strings.Contains(fmt.Sprint(err), f.Address()) {
			t.Errorf("the error tells the address: %v", err)
		}
	}
}

func TestATokenThatThePictureRefusesIsNotShownAgain(t *testing.T) {
	t.Parallel()
	d, w := downloads(t, time.Minute)
	f := w.fake.Picture("x").Refused(401, 1)
	before, _ := w.tokens.Token(t.Context())
	if _, err := read(t, d, picture(f)); teams.KindOf(err) != teams.Unauthorized {
		t.Fatal(err)
	}
	if after, _ := w.tokens.Token(t.Context()); after == before {
		t.Error("the token is kept")
	}
	if got, err := read(t, d, picture(f)); err != nil || got != "x" {
		t.Errorf("then it is %q: %v", got, err)
	}
}

func TestOnlyListedHostsAreGoneTo(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Host + " " + r.Header.Get("Authorization")
		_, _ = io.WriteString(w, "internal")
	}))
	t.Cleanup(other.Close)
	d, w := downloads(t, time.Minute)
	for _, f := range []teams.File{
		{Kind: teams.FileDownload, URL: other.URL},
		{Kind: teams.FileOnConnector, URL: other.URL},
		{Kind: teams.FileDownload, URL: "http://contoso.sharepoint.com/x"},
		{Kind: teams.FileDownload, URL: "file:///etc/passwd"},
		{Kind: teams.FileDownload, URL: "http://user:password@" + w.fake.Host() + "/x"},
		{Kind: teams.FileDownload, URL: "http://169.254.169.254/metadata"},
		{Kind: teams.FileDownload, URL: "::"},
		{Kind: teams.FileDownload},
		download(w.fake.File("a", "x").Moved(other.URL)),
		download(w.fake.File("a", "x").Moved("http://contoso.sharepoint.com/x")),
		download(w.fake.File("a", "x").Moved("//evil.example/x")),
		download(w.fake.File("a", "x").Moved("data:text/plain,x")),
		picture(w.fake.Picture("x").Moved(other.URL)),
	} {
		if _, err := read(t, d, f); teams.KindOf(err) != teams.WrongHost {
			t.Errorf("%s ends with %v", f.URL, err)
		}
	}
	_, err := read(t, d, download(w.fake.File("a", "x").Moved("http://[::1]:secret")))
	if teams.KindOf(err) != teams.Busy || strings.Contains(err.Error(), "secret") {
		t.Errorf("a redirect to nowhere ends with %v", err)
	}
	select {
	case host := <-asked:
		t.Errorf("%s was asked", host)
	default:
	}
}

func TestARedirectToAListedHostIsFollowedWithoutTheToken(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Authorization")
		_, _ = io.WriteString(w, "moved")
	}))
	t.Cleanup(other.Close)
	there, _ := url.Parse(other.URL)
	d, w := downloads(t, time.Minute, there.Host)
	if got, err := read(t, d, picture(w.fake.Picture("x").Moved(other.URL))); err != nil || got != "moved" {
		t.Errorf("it is %q: %v", got, err)
	}
	if token := <-asked; token != "" {
		t.Errorf("the token went there: %q", token)
	}
	// A picture itself is on the connector.
	if _, err := read(t, d, teams.File{Kind: teams.FileOnConnector, URL: other.URL}); teams.KindOf(err) != teams.WrongHost {
		t.Errorf("a picture that is elsewhere ends with %v", err)
	}
	round := w.fake.File("a", "x")
	if _, err := read(t, d, download(round.Moved(round.Address()))); teams.KindOf(err) != teams.Refused {
		t.Errorf("a circle ends with %v", err)
	}
	if n := round.Downloads(); n > 10 {
		t.Errorf("a circle is gone %d times", n)
	}
}

func TestTheTokenOpensNothingButAttachments(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	connector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	t.Cleanup(connector.Close)
	w := connect(t)
	d, err := teams.NewDownloader(teams.DownloaderConfig{
		Tokens: w.tokens, ServiceHosts: teams.Hosts{strings.TrimPrefix(connector.URL, "http://")}, HTTP: &http.Client{Timeout: time.Minute},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"", "/v3/conversations/19:other/members", "/amer/v3/attachments/../conversations/19:other/members",
		"/v3/attachments/%2e%2e/conversations/19:other/members", "/v3/attachments/%252e%252e/conversations/19:other/members",
		`/v3/attachments/..\conversations\19:other\members`, "/v3/conversations/x?/v3/attachments/1", "/v3/conversations/x#/v3/attachments/1",
	} {
		if _, err := read(t, d, teams.File{Kind: teams.FileOnConnector, URL: connector.URL + path}); teams.KindOf(err) != teams.WrongHost {
			t.Errorf("%q ends with %v", path, err)
		}
	}
	if len(asked) > 0 {
		t.Errorf("the connector was asked for %q", <-asked)
	}
	if _, err := read(t, d, teams.File{Kind: teams.FileOnConnector, URL: connector.URL + "/amer/v3/attachments/1/views/original"}); err != nil {
		t.Errorf("an attachment ends with %v", err)
	}
}

func TestAFileThatHangsEndsByTheTimeOut(t *testing.T) {
	t.Parallel()
	d, w := downloads(t, 100*time.Millisecond)
	got, err := read(t, d, download(w.fake.File("a.log", "the beginning").Hanging()))
	if e, ok := errors.AsType[*teams.Error](err); !ok || !e.Temporary() || got != "" && got != "the beginning" {
		t.Errorf("it is %q: %v", got, err)
	}
}

func TestAFileOfAnotherLengthThanPromisedIsNoWholeFile(t *testing.T) {
	t.Parallel()
	d, w := downloads(t, time.Minute)
	if _, err := read(t, d, download(w.fake.File("a.log", "short").Promising(100))); teams.KindOf(err) != teams.Busy {
		t.Errorf("a short one ends with %v", err)
	}
	if _, err := read(t, d, download(w.fake.File("a.log", "x").Promising(large+1))); teams.KindOf(err) != teams.TooBig {
		t.Errorf("a large one ends with %v", err)
	}
}

func TestADownloaderNeedsATimeOutAndTokens(t *testing.T) {
	t.Parallel()
	for _, cfg := range []teams.DownloaderConfig{{}, {HTTP: &http.Client{}}, {HTTP: &http.Client{Timeout: time.Second}}} {
		if _, err := teams.NewDownloader(cfg); err == nil {
			t.Errorf("%+v makes a downloader", cfg)
		}
	}
}

func TestFilesAreKnownByTheirTypes(t *testing.T) {
	t.Parallel()
	a := decode(t, `{"type":"message","conversation":{"id":"c"},"attachments":[
		{"contentType":"text/html","content":"<p>x</p>"},
		{"contentType":"application/vnd.microsoft.card.adaptive","content":{}},
		{"contentType":"application/vnd.microsoft.teams.file.download.info","name":"a.log","contentUrl":"https://s/a.log","content":{"downloadUrl":"https://s/d"}},
		{"contentType":"application/vnd.microsoft.teams.file.download.info","name":"b.log","contentUrl":"https://s/b.log","content":"odd"},
		{"contentType":"reference","contentUrl":"https://s/sites/desk/run%20book.docx"},
		{"contentType":"reference","contentUrl":"http://s/plain"},
		{"contentType":"reference","contentUrl":"javascript:alert(1)"},
		{"contentType":"image/*","contentUrl":"https://c/v3/attachments/1"},
		{"contentType":"image/jpeg","contentUrl":"https://c/v3/attachments/2"},
		{"contentType":"image/gif; x=y","contentUrl":"https://c/v3/attachments/3"},
		{"contentType":"application/pdf","contentUrl":"https://c/v3/attachments/4","name":"c.pdf"},
		{"contentType":"image/png"},
		{"name":"nothing"}]}`)
	want := []teams.File{
		{Name: "a.log", Kind: teams.FileDownload, URL: "https://s/d"},
		{Name: "b.log", Kind: teams.FileLink, URL: "https://s/b.log"},
		{Name: "run book.docx", Kind: teams.FileLink, URL: "https://s/sites/desk/run%20book.docx"},
		{Name: "picture.png", Kind: teams.FileOnConnector, URL: "https://c/v3/attachments/1", Picture: true},
		{Name: "picture.jpg", Kind: teams.FileOnConnector, URL: "https://c/v3/attachments/2", Picture: true},
		{Name: "picture.gif", Kind: teams.FileOnConnector, URL: "https://c/v3/attachments/3", Picture: true},
		{Name: "c.pdf", Kind: teams.FileOnConnector, URL: "https://c/v3/attachments/4"},
	}
	if diff := cmp.Diff(want, a.Files()); diff != "" {
		t.Error(diff)
	}
	if said := fmt.Sprintf("%v %+v %#v", want[0], want, want[0]); strings.Contains(said, "https://s/d") {
		t.Errorf("the address is told: %s", said)
	}
}
