package guard

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"handrail/internal/ticket"
)

func TestAFindingHasTheExactWords(t *testing.T) {
	t.Parallel()
	guard := New([]string{"Project Falcon", "Falcon"})
	for _, c := range []struct{ text, words, reason, better string }{
		{"The portal will be back by 5 pm.", "by 5 pm", "guard.fixed_time", "guard.fixed_time.better_time"},
		{"Tomorrow, the queue will look empty.", "Tomorrow", "guard.fixed_time", "guard.fixed_time.better_time"},
		{"The prices will look right on Monday.", "on Monday", "guard.fixed_time", "guard.fixed_time.better_time"},
		{"ETA 16:00", "16:00", "guard.fixed_time", "guard.fixed_time.better"},
		{"It will be fixed within\u00a02\u00a0hours, we hope.", "within\u00a02\u00a0hours", "guard.fixed_time", "guard.fixed_time.better_time"},
		{norm.NFD.String("Ngày mai sẽ sửa xong ạ."), norm.NFD.String("Ngày mai"), "guard.fixed_time", "guard.fixed_time.better_time"},
		{"It\u2019s a user\u200b error.", "user\u200b error", "guard.blame", "guard.blame.better"},
		{"😀 there was a deadlock", "deadlock", "guard.jargon", "guard.jargon.better"},
		{"See http://jira.corp.local/x?y=1.", "http://jira.corp.local/x?y=1", "guard.internal.address", "guard.internal.address.better"},
		{"It is in C:\\Data\\a b\\c.txt, we think.", `C:\Data\a b\c.txt`, "guard.internal.path", "guard.internal.path.better"},
		{"Tracked as OPS-77.", "OPS-77", "guard.internal.number", "guard.internal.number.better"},
		{"Part of project falcon.", "project falcon", "guard.internal.name", "guard.internal.name.better"},
		{"Password: kX9#mm21.", "kX9#mm21", "guard.secret", "guard.secret.better"},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			found := guard.Check(ticket.CustomerText{Text: c.text})
			if len(found) != 1 {
				t.Fatalf("want one finding, got %v", found)
			}
			f := found[0]
			if f.Words != c.words || c.text[f.Start:f.End] != c.words || f.Reason != c.reason || f.Better != c.better {
				t.Errorf("want %q for %s and %s, got %+v", c.words, c.reason, c.better, f)
			}
		})
	}
}

func TestANameIsFoundAsAWholeWordOnly(t *testing.T) {
	t.Parallel()
	guard := New([]string{" ana ", "", "Ngọc"})
	found := guard.Check(ticket.CustomerText{Text: "A banana for ANA and Ngọc."})
	if len(found) != 2 || found[0].Words != "ANA" || found[1].Words != "Ngọc" {
		t.Errorf("got %v", found)
	}
}

func TestTheGraverFindingCoversTheOthers(t *testing.T) {
	t.Parallel()
	guard := New(nil)
	for text, want := range map[string][]string{
		"Connect to postgres://app:s3cr3t@db-prod-03.corp.local/x":                                 {"secret"},
		"It says:\njava.lang.NullPointerException\n\tat a.B.c(B.java:1)\n\tat a.D.e(srv01.java:2)": {"stack_trace"},
		"Caused by: x\n\tat a.B.c(B.java:1)\nThe password is kX9#mm21":                             {"secret", "stack_trace"},
	} {
		if got := verdict(guard.Check(ticket.CustomerText{Text: text})); !slices.Equal(got, want) {
			t.Errorf("%q: want %v, got %v", text, want, got)
		}
	}
}

func TestSecretsAreFoundAloneAndInQuotationsToo(t *testing.T) {
	t.Parallel()
	text := "It will be fixed by 5 pm on srv01.\n> password: kX9#mm21\nUse ghp_abcdefghijklmnopqrstuvwxyz0123456789."
	found := New([]string{"fixed"}).Secrets(text)
	if got := ticket.Masked(text, found); len(found) != 2 ||
		got != "It will be fixed by 5 pm on srv01.\n> password: ••••\nUse ghp_••••." {
		t.Errorf("got %v, masked %q", found, got)
	}
}

func TestWhatWeDoOnADayIsNoPromiseOfTheFix(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"We will swap the cable on Monday.", "On Monday our engineers will unpack the device."} {
		if found := New(nil).Check(ticket.CustomerText{Text: text, Language: "en"}); len(found) > 0 {
			t.Errorf("%q: got %v", text, found)
		}
	}
}

func TestTheCustomersOwnWordsAreLeftAlone(t *testing.T) {
	t.Parallel()
	guard := New(nil)
	const bad = "it will be fixed by 5 pm, user error, deadlock, srv01.internal"
	for _, text := range []string{
		"> " + bad,
		"Hello\n  > " + bad + "\n>" + bad + "\nRegards",
		"You wrote: \"" + bad + "\".",
		"As you said on the phone, “" + bad + "”, we will look.",
		"Anh viết: “" + bad + "”",
		"Thank you.\n\nOn Mon, 2 Dec 2024 at 10:00, Ana <ana@contoso.com> wrote:\n" + bad,
		"Thank you.\n-----Original Message-----\n" + bad,
	} {
		if found := guard.Check(ticket.CustomerText{Text: text, Language: "en"}); len(found) > 0 {
			t.Errorf("%q: got %v", text, found)
		}
	}
	text := "You wrote \"it fails\". It will be fixed by 5 pm."
	if found := guard.Check(ticket.CustomerText{Text: text}); len(found) != 1 {
		t.Errorf("what follows a quotation is ours: got %v", found)
	}
}

func TestTheLanguageIsGuessed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "vi"} {
		wrong, all := 0, 0
		for _, r := range rows(t, language) {
			if len(strings.Fields(r.text)) < 4 {
				continue
			}
			all++
			if got := guess(read(r.text).tokens); got != language {
				wrong++
				t.Logf("%q is taken for %s", r.text, got)
			}
		}
		if wrong*50 > all {
			t.Errorf("%s: %d of %d were guessed wrongly", language, wrong, all)
		}
	}
}

func TestEveryFindingNamesSentencesOfTheCatalog(t *testing.T) {
	t.Parallel()
	guard, ids := New(nil), ticket.GuardMessages()
	for _, language := range []string{"en", "vi"} {
		for _, r := range rows(t, language) {
			for _, f := range guard.Check(ticket.CustomerText{Text: r.text, Kind: r.kind, Language: language}) {
				if !slices.Contains(ids, f.Reason) || !slices.Contains(ids, f.Better) || f.Language != language {
					t.Errorf("%q: %+v", r.text, f)
				}
			}
		}
	}
}

// sound fails the test unless the findings of a text are in order, inside of it,
// and on whole letters.
func sound(t *testing.T, text string, found []ticket.Finding) {
	t.Helper()
	last, valid := 0, utf8.ValidString(text)
	for _, f := range found {
		if f.Start < last || f.End < f.Start || f.End > len(text) || text[f.Start:f.End] != f.Words {
			t.Fatalf("%q: %+v", text, f)
		}
		if f.Kind != ticket.FoundMissingPart && f.Words == "" || valid && !utf8.ValidString(f.Words) {
			t.Fatalf("%q: %+v", text, f)
		}
		last = f.Start
	}
}

func FuzzCheck(f *testing.F) {
	for _, language := range []string{"en", "vi"} {
		for _, r := range rows(f, language) {
			f.Add(r.text)
		}
	}
	guard := New([]string{"falcon"})
	f.Fuzz(func(t *testing.T, text string) {
		for _, language := range []string{"en", "vi", ""} {
			found := guard.Check(ticket.CustomerText{Text: text, Language: language, Kind: ticket.TextUpdate})
			sound(t, text, found)
			for _, f := range found {
				if f.Kind == ticket.FoundSecret && len(f.Words) > 8 && strings.Contains(ticket.Masked(text, []ticket.Finding{f}), f.Words) &&
					strings.Count(text, f.Words) == 1 {
					t.Fatalf("%q is not masked", f.Words)
				}
			}
		}
	})
}

// Each text is made of what makes a bad rule go back again and again: such a rule
// would not come to an end here.
func TestLongTextsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	guard := New([]string{"falcon"})
	for _, piece := range []string{
		"a", " ", "\n", "by 5 pm ", "fixed by ", "> quote\n", "you wrote \"x\" ", "password ", "password=", "key ", "at a.b(c.java:1)\n",
		"eyJ", "://a:", "1.", "1-", "10.0.0.1 ", "a.b.", `C:\a b\`, "AB-1-", "you ", "do anh ", "trước ", "-----BEGIN PRIVATE KEY-----", "\"", "o\u0302\u0301",
		"It will be fixed by 5 pm, and you broke it. ", "Bên em sẽ sửa xong trước 5h chiều mai. ", "  ", "File \"", "\tat ", "A1b2C3d4E5f6G7h8", "db-prod-",
	} {
		t.Run(piece, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat(piece, 1<<18/len(piece))
			found := guard.Check(ticket.CustomerText{Text: text, Kind: ticket.TextUpdate})
			sound(t, text, found)
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	guard := New([]string{"falcon"})
	for _, language := range []string{"en", "vi"} {
		b.Run(language, func(b *testing.B) {
			var all strings.Builder
			for all.Len() < 1<<20 {
				for _, r := range rows(b, language) {
					all.WriteString(r.text + "\n")
				}
			}
			b.SetBytes(int64(all.Len()))
			for b.Loop() {
				guard.Check(ticket.CustomerText{Text: all.String(), Language: language, Kind: ticket.TextUpdate})
			}
		})
	}
}

func BenchmarkCheckOfOneText(b *testing.B) {
	guard := New(nil)
	for _, language := range []string{"en", "vi"} {
		b.Run(language, func(b *testing.B) {
			var text strings.Builder
			for _, r := range rows(b, language) {
				if text.Len() < 2000 && len(r.expected) == 0 {
					text.WriteString(r.text + "\n")
				}
			}
			for b.Loop() {
				guard.Check(ticket.CustomerText{Text: text.String(), Language: language, Kind: ticket.TextUpdate})
			}
		})
	}
}

func BenchmarkSecrets(b *testing.B) {
	guard := New(nil)
	for name, text := range map[string]string{
		"ordinary": "Since this morning invoices cannot be posted: the button is grey and nothing happens on a click. ",
		"ticklish": "The password page opens, but the key “Enter” does nothing and the token of the session is lost. ",
	} {
		text = strings.Repeat(text, 5)[:400]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				guard.Secrets(text)
			}
		})
	}
}
