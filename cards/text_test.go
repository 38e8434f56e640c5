package cards

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscapedTextReadsAsItWasTyped(t *testing.T) {
	t.Parallel()
	const joiner = "\u2060"
	for name, c := range map[string]struct{ typed, want string }{
		"nothing": {"", ""},
		"plain words": {
			"The button Post fails - since 9.30 (all sites), 100 % of users + more.",
			"The button Post fails - since 9.30 (all sites), 100 % of users + more.",
		},
		"emphasis":                     {"*a* _b_ ~~c~~ `d`", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\`d\\`"},
		"a link":                       {"](http://x)", `\](http://x)`},
		"a whole link and an image":    {"[a](b) ![c](d)", `\[a\](b) !\[c\](d)`},
		"an autolink":                  {"<http://x>", `\<` + joiner + `http://x\>`},
		"a mention":                    {"<at>everyone</at>", `\<` + joiner + `at\>everyone\<` + joiner + `/at\>`},
		"a mention hidden in signs":    {"<\u202eat\x00>x", `\<` + joiner + `at\>x`},
		"a mention as entities":        {"&lt;at&gt; a & b; &#60; R&D", `\&lt;at\&gt; a & b; \&#60; R&D`},
		"a date macro":                 {"{{DATE(2017-02-14T06:08:39Z, SHORT)}} {a}", "{" + joiner + "{DATE(2017-02-14T06:08:39Z, SHORT)}} {a}"},
		"three braces":                 {"{{{TIME()", "{" + joiner + "{" + joiner + "{TIME()"},
		"a mark of the templates":      {"${title}", "${title}"},
		"a backslash":                  {`C:\temp \* \\`, `C:\\temp \\\* \\\\`},
		"a table":                      {"a|b", `a\|b`},
		"a heading":                    {"# a # b", `\# a # b`},
		"lists":                        {"- a\n+ b\n* c\n1. d\n12) e", "\\- a\n\n\\+ b\n\n\\* c\n\n1\\. d\n\n12\\) e"},
		"a number is no list":          {"12 users", "12 users"},
		"a quote":                      {"> a", `\> a`},
		"a line below a heading":       {"a\n===\n---", "a\n\n\\===\n\n\\---"},
		"a block of code":              {"    a\n\tb", strings.Repeat("\u00a0", 4) + "a\n\n" + strings.Repeat("\u00a0", 4) + "b"},
		"an indented list":             {"  - a", "\u00a0\u00a0\\- a"},
		"line breaks of every kind":    {"a\r\nb\rc\u2028d\n\n\ne", "a\n\nb\n\nc\n\nd\n\ne"},
		"control signs":                {"a\x00\x1b[31mb\u0085\ufeff", `a\[31mb`},
		"turned writing":               {"abc\u202etxt.exe\u2066\u2069", "abctxt.exe"},
		"writing from right to left":   {"שלום عليكم", "שלום عليكم"},
		"signs of several code points": {"👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301", "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301"},
		"what is no UTF-8":             {"a\xff*", "a\ufffd\\*"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Escape(c.typed); strings.ToValidUTF8(got, "\ufffd") != c.want {
				t.Errorf("Escape(%q)\n is %q\nnot %q", c.typed, got, c.want)
			}
		})
	}
}

// FuzzEscapeLeavesNoMark looks for what would take effect in Markdown.
func FuzzEscapeLeavesNoMark(f *testing.F) {
	for _, s := range []string{sampleHostile, "\\[", "\\\\*", "{{{{", "a\n    - b", "\r\r", "&#x3c;at>", strings.Repeat("[", 5000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Escape(s)
		for _, found := range []string{"<at", "</at", "{{", "\u202e", "\x00", "\t"} {
			if strings.Contains(out, found) {
				t.Errorf("Escape(%q) holds %q", s, found)
			}
		}
		escaped := false
		for _, r := range out {
			switch {
			case escaped:
				escaped = false
			case r == '\\':
				escaped = true
			case strings.ContainsRune("*_~`[]<>|", r):
				t.Fatalf("%q stands free in Escape(%q) = %q", r, s, out)
			}
		}
		if escaped {
			t.Errorf("Escape(%q) ends in an open backslash: it would escape our own words", s)
		}
		for line := range strings.SplitSeq(out, "\n") {
			if line != "" && strings.ContainsRune("#+-=> ", rune(line[0])) {
				t.Errorf("a line of Escape(%q) begins with %q", s, line[:1])
			}
		}
	})
}

func TestShortenCutsBetweenWordsAndNeverInsideASign(t *testing.T) {
	t.Parallel()
	const family = "👩‍👩‍👧‍👦"
	for _, c := range []struct {
		text  string
		runes int
		want  string
	}{
		{"short", 5, "short"},
		{"", 5, ""},
		{"Invoices cannot be posted", 20, "Invoices cannot be…"},
		{"Invoices cannot be posted", 19, "Invoices cannot be…"},
		{"Überweisungsauftrag", 10, "Überweisu…"},
		{"abc" + family, 7, "abc…"},
		{"abcde\u0301", 5, "abcd…"},
		{"abcde\u0301f", 6, "abcd…"},
		{"ab👍🏽cdef", 4, "ab…"},
		{"ab🇻🇳cdef", 4, "ab…"},
		{family + family, 3, "…"},
		{"abc", 1, "…"},
		{"abc", 0, "…"},
		{"abc", -1, "…"},
		{"a\xff\xfeb", 3, "a\ufffd…"},
	} {
		if got := Shorten(c.text, c.runes); got != c.want {
			t.Errorf("Shorten(%q, %d) = %q, want %q", c.text, c.runes, got, c.want)
		}
	}
}

func FuzzShortenIsNeverLonger(f *testing.F) {
	f.Add("Invoices cannot be posted", 10)
	f.Fuzz(func(t *testing.T, s string, runes int) {
		got := Shorten(s, runes)
		if n := utf8.RuneCountInString(got); n > max(runes, 1) {
			t.Errorf("Shorten(%q, %d) has %d runes", s, runes, n)
		}
	})
}

func TestTheNameOfAMentionNeedsNoEscape(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ana Lima":                        "Ana Lima",
		"Kofi *the lead* <at>Mensah</at>": "Kofi the lead at Mensah /at",
		"<>":                              "",
		"O'Brien-Núñez":                   "O'Brien-Núñez",
	} {
		if got := plainName(name); got != want {
			t.Errorf("plainName(%q) = %q, want %q", name, got, want)
		}
	}
}
