package odoo

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMailsAreReadAsTheirWritersMeantThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, html, want string }{
		{"plain text", "Hello\nthere", "Hello\nthere"},
		{"paragraphs", "<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree"},
		{"space of any kind is one", "<p>  a\n\t b <b> c</b>d</p>", "a b cd"},
		{"entities once", "<p>&amp;lt;b&amp;gt; &lt;b&gt; &eacute;&nbsp;x</p>", "&lt;b&gt; <b> é x"},
		{"scripts", "<p>a</p><script>alert('<p>x</p>')</script><style>p{}</style><p onclick=x>b</p>", "a\n\nb"},
		{"what is not shown", `<div style="display: none">preview</div>a<img src="https://t.example/pixel.gif">`, "a"},
		{"fillers and turned letters", "a\u200b\u00adb <span>\u202egnp.exe\u202c</span>", "ab gnp.exe"},
		{"lists", "<p>Do:</p><ul><li>one</li><li>two<ol><li>first</li><li>second</li></ol></li></ul><p>Done.</p>", "Do:\n- one\n- two\n  1. first\n  2. second\n\nDone."},
		{
			"a table", "<table><tr><th>Host</th><th>State</th></tr><tr><td><p>a</p></td><td>up &amp; well</td></tr><tr><td></td><td>x</td></tr></table>after",
			"Host | State\na | up & well\nx\nafter",
		},
		{"a table that places things", "<table><tr><td><p>One</p><p>Two</p></td><td>side</td></tr></table>", "One\n\nTwo\nside"},
		{"a table that was not ended", "<table><tr><td>a<td>b<tr><td>c", "a | b\nc"},
		{"tables in tables", "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>", "a | b"},
		{"links", `<a href="https://a.example/x">here</a>, <a href="https://a.example/">a.example</a>, <a href="javascript:alert(1)">bad</a>, <a href="mailto:a@b.example">Ana</a>`, "here (https://a.example/x), a.example, bad, Ana (a@b.example)"},
		{"logs", "<pre>a  b\n  c</pre><p>d</p>", "a  b\n  c\n\nd"},
		{"rules", "a<hr>b", "a\n---\nb"},
		{"images with words", `<img alt="chart" src="/web/image/7">`, "[chart]"},
		{"Outlook's paragraph a line", `<p class="MsoNormal">a</p><p class="MsoNormal">b</p><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">c</p>`, "a\nb\n\nc"},

		{"a quote that Odoo marked", `<p>Yes.</p><blockquote data-o-mail-quote="1"><p>Is it?</p><div><div>x</div></div></blockquote>`, "Yes."},
		{"Gmail", `<div dir="ltr">Yes.</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon Ana wrote:</div><blockquote>Is it?</blockquote></div>`, "Yes."},
		{"Outlook on the web", `<div>Yes.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Ana</div><div>Is it?</div>`, "Yes."},
		{
			"Outlook for Windows", `<p class="MsoNormal">Yes.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>From: Ana</p></div></div><p>Is it?</p>`,
			"Yes.",
		},
		{"Apple Mail", `<div>Yes.</div><blockquote type="cite"><div>Is it?</div></blockquote>`, "Yes."},
		{"Thunderbird", `Yes.<div class="moz-cite-prefix">Ana wrote:</div><blockquote type="cite">Is it?</blockquote>`, "Yes."},
		{"a mail of plain text", "<pre>Yes.\n\nOn 3 Nov 2026 at 10:12, Ana wrote:\n> Is it?\n> Really?\n</pre>", "Yes."},
		{"answers between the quotes stay", "<pre>&gt; Is it?\nYes.\n&gt; Really?\nNo.</pre>", "> Is it?\nYes.\n> Really?\nNo."},
		{"a quote of their own stays", "<p>It says:</p><blockquote>disk full</blockquote>", "It says:\n\ndisk full"},
		{"nothing but a quote is forwarded", `<div class="gmail_quote">Forwarded: the order</div>`, "Forwarded: the order"},
		{"a mark without an end", `a<span data-o-mail-quote="1">quote`, "a"},
		{"a mark on what has no end", `<p>a</p><br data-o-mail-quote="1"><p>b</p>`, "a\n\nb"},
		{"nothing", "<p><br></p>", ""},
		{"half a tag", "a <b", "a"},
	} {
		if got := plain(c.html).text; got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestImagesInATextAreAttachments(t *testing.T) {
	t.Parallel()
	got := plain(`<img src="/web/image/12?access_token=x"><img src="https://odoo.example/web/content/13/a.png"><img src="/web/image/14-abc/x">
		<img src="data:image/png;base64,AAAA"><img src="cid:1"><img src="/web/image/res.partner/5/image">`).images
	if diff := cmp.Diff([]int64{12, 13, 14}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTextOfPeopleIsDataInHTML(t *testing.T) {
	t.Parallel()
	got := markup("<script>alert(1)</script> & \"x\"\r\n  two  spaces\n\n\n\nEnd\x00 \xff")
	want := "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;x&#34;<br>&nbsp;&nbsp;two&nbsp; spaces</p><p>End �</p>"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTextComesBackAsItWent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z<>&"'#;/=\p{L}]{1,8}`)
		line := rapid.Custom(func(t *rapid.T) string {
			return strings.Repeat(" ", rapid.IntRange(0, 4).Draw(t, "indent")) + strings.Join(rapid.SliceOfN(word, 1, 5).Draw(t, "words"), strings.Repeat(" ", rapid.IntRange(1, 3).Draw(t, "gap")))
		})
		part := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(line, 1, 4).Draw(t, "lines"), "\n") })
		text := "a " + strings.Join(rapid.SliceOfN(part, 1, 4).Draw(t, "parts"), "\n\n")
		if got := plain(markup(text)).whole; got != text {
			t.Fatalf("went  %q\ncame %q\nas   %s", text, got, markup(text))
		}
	})
}

func TestLongTextsAreCutAndSaySo(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é<b ", longestText/4)
	if got := plain(markup(long)).whole; !strings.HasSuffix(got, cutMark) || len(got) > longestText || len(got) < longestText/2 {
		t.Errorf("%d bytes came back, ending in %q", len(got), got[len(got)-20:])
	}
	if got := plain("<p>" + strings.Repeat("x ", longestText) + "</p>").text; !strings.HasSuffix(got, "\n"+cutMark) || len(got) > longestText {
		t.Errorf("%d bytes came, ending in %q", len(got), got[len(got)-20:])
	}
}

func TestHostilePagesTakeNoTime(t *testing.T) {
	t.Parallel()
	for name, unit := range map[string]string{
		"depth": "<div>", "cells": "<table><tr><td>", "cells without tables": "<td>", "lists": "<ul><li>", "links": `<a href="https://x.example">`,
		"quotes": `<div class="gmail_quote">`, "hidden": `<div style="display:none">`, "ends": "</td></tr></table>", "attributes": `<p a="1" b='2'`, "lines": "<br>\n&gt;",
		"marks": "&#", "pre": "<pre>\n ",
	} {
		began := time.Now()
		plain(strings.Repeat(unit, 2<<20/len(unit)) + "end")
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: %s", name, took)
		} else {
			t.Logf("%s: %s", name, took)
		}
	}
}

func FuzzReadingNeverFails(f *testing.F) {
	f.Add("<table><tr><td>a</table></td>")
	f.Add(`<a href="x"><td></a><pre></ul><li>`)
	f.Fuzz(func(_ *testing.T, html string) { plain(html) })
}

func TestOfVeryManyImagesTheFirstAreToldOf(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&page, `<img src="/web/image/%d"><img src="/web/image/%d">`, i+1, i+1)
	}
	got := plain(page.String()).images
	if len(got) != 100 || got[0] != 1 || got[99] != 100 {
		t.Errorf("got %d images: %v", len(got), got)
	}
}
