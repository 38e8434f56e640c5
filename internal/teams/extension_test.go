package teams_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/teams"
)

// quoted gives the message that an invoke with this value is about.
func quoted(t *testing.T, message string) *teams.Quoted {
	t.Helper()
	d, ok := decode(t, `{"type":"invoke","name":"composeExtension/fetchTask","value":{"commandId":"c","messagePayload":`+message+`}}`).Dialog()
	if !ok || !d.Extension || d.Submitted || d.Command != "c" {
		t.Fatalf("the step is %+v, %t", d, ok)
	}
	return d.Message
}

func TestAMessageIsReadAsThePlaygroundSendsIt(t *testing.T) {
	t.Parallel()
	d, ok := decode(t, recorded(t, "invoke-composeExtension-fetchTask-message-personal")).Dialog()
	want := &teams.Quoted{
		ID: "1795429557616", Text: "Echo: for action", // by the bot itself
		At: time.Date(2026, 11, 23, 10, 25, 57, 616_000_000, time.UTC),
	}
	if diff := cmp.Diff(want, d.Message); diff != "" || !ok || d.Command != "" {
		t.Errorf("%+v, %t\n%s", d, ok, diff)
	}
	d, ok = decode(t, recorded(t, "invoke-composeExtension-submitAction-personal")).Dialog()
	if !ok || !d.Submitted || !d.Extension || d.Command != "createTicket" || d.Message != nil || !strings.Contains(string(d.Data), "me value") {
		t.Errorf("%+v, %t", d, ok)
	}
}

func TestWhateverAMessageLacksIsEmpty(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		`{}`, `{"id":5,"from":"x","body":[],"attachments":{},"createdDateTime":true}`, `{"from":null,"body":null,"attachments":null}`,
		`{"attachments":[null,5,{"contentType":"application/vnd.microsoft.card.adaptive","content":"no json"}]}`,
		`{"deleted":true,"body":{"contentType":"html","content":"<p>gone</p>"}}`,
	} {
		if diff := cmp.Diff(&teams.Quoted{}, quoted(t, message)); diff != "" {
			t.Errorf("%s:\n%s", message, diff)
		}
	}
	for _, value := range []string{`null`, `"x"`, `[]`} {
		if d, ok := decode(t, `{"type":"invoke","name":"composeExtension/fetchTask","value":`+value+`}`).Dialog(); ok {
			t.Errorf("%s is read as %+v", value, d)
		}
	}
	if d, ok := decode(t, `{"type":"invoke","name":"composeExtension/query","value":{}}`).Dialog(); ok {
		t.Errorf("a query is read as %+v", d)
	}
}

func TestTheMarkupOfAMessageIsReadAsPlainText(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`<p>One</p><p>Two</p>`:                                                                                         "One\nTwo",
		`<div>One<br>Two<br/><br/><br/>Three</div>`:                                                                    "One\nTwo\n\nThree",
		`a  <b>bold</b>&nbsp;and <i>it</i>.`:                                                                           "a bold and it.",
		`<at id="0">Ana Lima</at> look`:                                                                                "Ana Lima look",
		`<ul><li>one</li><li>two</li></ul>after`:                                                                       "- one\n- two\nafter",
		`<blockquote><p>quoted</p></blockquote><p>answer</p>`:                                                          "> quoted\nanswer",
		`<table><tr><td>a</td><td><p>b</p></td></tr><tr><td>c</td><td>d</td></tr></table>`:                             "a | b\nc | d",
		"<codeblock class=\"Go\"><code>if x {<br>  y()\n}</code></codeblock>done":                                      "if x {\n  y()\n}\ndone",
		`<a href="https://x.example/a">here</a> <a href="https://x.example">https://x.example/</a>`:                    "here (https://x.example/a) https://x.example/",
		`<a href="javascript:alert(1)">here</a>`:                                                                       "here",
		`<emoji id="smile" alt="🙂" title="Smile"></emoji> ok`:                                                          "🙂 ok",
		`<img itemtype="http://schema.skype.com/Emoji" src="https://statics.teams.cdn.office.net/x" alt="😀"> fine`:     "😀 fine",
		`<script>alert(1)</script><style>p{}</style><p onclick="x()">safe &lt;b&gt;</p><iframe src="x">inner</iframe>`: "safe <b>",
		`<p>open <b>never closed`:                                                                                      "open never closed",
		`</p></blockquote></pre></table>still`:                                                                         "still",
		strings.Repeat("<blockquote>", 9000) + "deep":                                                                  "> deep",
		`plain text with < and > and & in it`:                                                                          "plain text with < and > and & in it",
		`<attachment id="1"></attachment><p>text</p>`:                                                                  "text",
	} {
		body, err := json.Marshal(map[string]any{"body": map[string]any{"contentType": "html", "content": content}})
		if err != nil {
			t.Fatal(err)
		}
		if got := quoted(t, string(body)).Text; got != want {
			t.Errorf("%.80s\nreads as %q\nwant     %q", content, got, want)
		}
	}
	if got := quoted(t, `{"body":{"contentType":"text","content":"a <b> c\n d"}}`).Text; got != "a <b> c\n d" {
		t.Errorf("plain text reads as %q", got)
	}
}

func TestOfTheFilesOfAMessageThoseAreGivenThatTheBotMayHave(t *testing.T) {
	t.Parallel()
	q := quoted(t, `{"body":{"contentType":"html","content":"<img src='https://smba.example/amer/v3/attachments/1/views/original'>`+
		`<img src='https://graph.microsoft.com/v1.0/chats/1/messages/2/hostedContents/3/$value'><img src='data:image/png;base64,AAAA'>`+
		`<img src='https://smba.example/amer/v3/conversations/x/members'>"},"attachments":[`+
		`{"contentType":"reference","contentUrl":"https://contoso.sharepoint.com/a.log","name":"a.log"},`+
		`{"contentType":"image/*","contentUrl":"https://smba.example/amer/v3/attachments/1/views/original"},`+
		`{"contentType":"image/png","contentUrl":"https://eu-api.asm.skype.com/v1/objects/0/views/imgo"},`+
		`{"contentType":"messageReference","id":"5","content":"{}"},{"contentType":"reference","contentUrl":"http://x.example/b.log","name":"b.log"}]}`)
	want := []teams.File{
		{Name: "a.log", Kind: teams.FileLink, URL: "https://contoso.sharepoint.com/a.log"},
		{Name: "picture.png", Kind: teams.FileOnConnector, URL: "https://smba.example/amer/v3/attachments/1/views/original", Picture: true},
	}
	if diff := cmp.Diff(want, q.Files); diff != "" || q.Pictures != 3 {
		t.Errorf("%d pictures stay\n%s", q.Pictures, diff)
	}
}
