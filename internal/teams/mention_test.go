package teams_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/teams"
)

// written returns a message to the bot 28:bot, called Hand Rail.
func written(tb testing.TB, text string, entities ...map[string]any) *teams.Activity {
	tb.Helper()
	body, err := json.Marshal(map[string]any{
		"type": "message", "text": text, "entities": entities,
		"conversation": map[string]any{"id": "c"}, "recipient": map[string]any{"id": "28:bot", "name": "Hand Rail"},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return decode(tb, string(body))
}

func mention(id, name, text string) map[string]any {
	return map[string]any{"type": "mention", "text": text, "mentioned": map[string]any{"id": id, "name": name}}
}

func TestCommandIsWhatThePersonTyped(t *testing.T) {
	t.Parallel()
	bot := mention("28:bot", "Hand Rail", "<at>Hand Rail</at>")
	ana := mention("29:ana", "Ana & Co", "<at>Ana &amp; Co</at>")
	for name, test := range map[string]struct {
		activity *teams.Activity
		want     string
	}{
		"the bot's mention in front":         {written(t, "<at>Hand Rail</at> show T-1", bot), "show T-1"},
		"at the end, with a hard space":      {written(t, "show T-1&nbsp;<at>Hand Rail</at>&nbsp;", bot), "show T-1"},
		"twice":                              {written(t, "<at>Hand Rail</at> help <at>Hand Rail</at>", bot, bot), "help"},
		"quoted in another way":              {written(t, "<at>Hand Rail</at> help", mention("28:bot", "Hand Rail", `<at id="0">`)), "help"},
		"without a text":                     {written(t, "<at>Hand Rail</at> help", mention("28:bot", "Hand Rail", "")), "help"},
		"without the prefix of bots":         {written(t, "<at>Hand Rail</at> help", mention("bot", "Hand Rail", "<at>Hand Rail</at>")), "help"},
		"by the words of the entity only":    {written(t, "Hand Rail rocks", bot), "Hand Rail rocks"},
		"another person stays, as a name":    {written(t, "<at>Hand Rail</at> assign T-1 <at>Ana &amp; Co</at>", bot, ana), "assign T-1 @Ana & Co"},
		"without any mention":                {written(t, "  help  "), "help"},
		"only the bot's mention":             {written(t, "<at>Hand Rail</at>", bot), ""},
		"HTML entities":                      {written(t, "new a &lt;b&gt; &amp; &quot;c&quot;&#39;s&nbsp;d"), `new a <b> & "c"'s d`},
		"an entity is turned once":           {written(t, "&amp;lt;"), "&lt;"},
		"typed tags stay":                    {written(t, "new &lt;at&gt;everyone&lt;/at&gt; <b>x</b> <"), "new <at>everyone</at> <b>x</b> <"},
		"line breaks":                        {written(t, "new a\r\nb\rc<br>d<br/>e<BR />f\ng"), "new a\nb\nc\nd\ne\nf\ng"},
		"invisible and control characters":   {written(t, "\ufeffhe\u200blp\u0007\u001b[0m"), "help[0m"},
		"emoji, right to left, tabs":         {written(t, "new 👩‍🚒\tשלום"), "new 👩‍🚒\tשלום"},
		"hard spaces within":                 {written(t, "my\u00a0tickets"), "my tickets"},
		"an entity of another kind":          {written(t, "help", map[string]any{"type": "quotedReply"}), "help"},
		"a mention of nobody":                {written(t, "<at></at> help", mention("", "", "")), "<at></at> help"},
		"only the first of two equal quotes": {written(t, "<at>X</at> <at>X</at>", mention("28:bot", "X", "<at>X</at>")), "<at>X</at>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.activity.Command(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestInTheFormatXMLParagraphsAreLines(t *testing.T) {
	t.Parallel()
	body := `{"type":"message","textFormat":"%","conversation":{"id":"c"},"text":"<div><p>new a</p><p class=\"x\">b</p></div>"}`
	if got := decode(t, strings.Replace(body, "%", "xml", 1)).Command(); got != "new a\n\nb" {
		t.Errorf("xml: %q", got)
	}
	if got := decode(t, strings.Replace(body, "%", "plain", 1)).Command(); got != `<div><p>new a</p><p class="x">b</p></div>` {
		t.Errorf("plain: %q", got)
	}
}

func TestAVeryLongTextOfBracketsIsReadInOnePass(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("<", 1<<20)
	if got := written(t, text).Command(); got != text {
		t.Error("the text changed")
	}
}

func TestMentionsAreThePeople(t *testing.T) {
	t.Parallel()
	a := written(t, "x",
		mention("28:bot", "Hand Rail", "<at>Hand Rail</at>"),
		mention("bot", "Hand Rail", "<at>Hand Rail</at>"),
		mention("29:ana", "Ana", "<at>Ana</at>"),
		mention("28:other", "Other bot", "<at>Other bot</at>"),
		mention("19:chan@thread.tacv2", "General", "<at>General</at>"),
		mention("29:ana", "Ana", "<at>Ana</at>"),
		mention("user-id-1", "", "<at>Bo &amp; Co</at>"),
		mention("", "Nobody", "<at>Nobody</at>"),
		map[string]any{"type": "mention", "mentioned": map[string]any{"id": "tag-1", "name": "Team A", "mentionType": "Tag"}},
		map[string]any{"type": "mention", "mentioned": map[string]any{"id": "29:cy", "name": "Cy", "aadObjectId": "oid", "mentionType": "person"}},
	)
	want := []teams.Mention{{ID: "29:ana", Name: "Ana"}, {ID: "user-id-1", Name: "Bo & Co"}, {ID: "29:cy", ObjectID: "oid", Name: "Cy"}}
	if diff := cmp.Diff(want, a.Mentions()); diff != "" {
		t.Error(diff)
	}
}

func TestTheCopyInHTMLIsNoFile(t *testing.T) {
	t.Parallel()
	a := decode(t, `{"type":"message","conversation":{"id":"c"},"attachments":[
		{"contentType":"text/html","content":"<div><b>x</b></div>"},
		{"contentType":"text/html","content":5},
		{"contentType":"image/png","contentUrl":"https://smba.trafficmanager.net/x","name":"a.png"}]}`)
	if got := a.HTML(); got != "<div><b>x</b></div>" {
		t.Errorf("HTML %q", got)
	}
	if files := a.Files(); len(files) != 1 || files[0].URL != "https://smba.trafficmanager.net/x" || len(a.Attachments) != 3 {
		t.Errorf("files %+v", files)
	}
	if decode(t, `{"type":"typing"}`).HTML() != "" {
		t.Error("HTML out of nothing")
	}
}
