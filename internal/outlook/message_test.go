package outlook_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"handrail/internal/outlook"
	"handrail/internal/outlook/outlooktest"
	"handrail/internal/ticket"
)

// arrives sends a mail and gives it as it arrived.
func arrives(t *testing.T, mail ticket.Mail) outlooktest.Mail {
	t.Helper()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS())
	if err := at(s, nil).Send(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	return s.Only(t)
}

func TestASubjectStaysInItsHeader(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ subject, want string }{
		"a line break":            {"T-1 is\r\nBcc: evil@example.net\r\n\r\nA body", "T-1 is Bcc: evil@example.net A body"},
		"a line break in Unicode": {"T-1\u2028Bcc: evil@example.net\u0085X: y", "T-1 Bcc: evil@example.netX: y"},
		"an encoded word":         {"=?utf-8?q?x=0D=0ABcc:_evil@example.net?=", "x\r\nBcc: evil@example.net"},
		"emoji":                   {"T-1 🚑 brennt – Überlauf", "T-1 🚑 brennt – Überlauf"},
		"a turned line":           {"T-1 \u202egpj.exe\u202c", "T-1 gpj.exe"},
		"nothing":                 {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mail := aMail()
			mail.Subject = c.subject
			got := arrives(t, mail)
			if got.Subject != c.want {
				t.Errorf("the subject is %q", got.Subject)
			}
			if len(got.Header["Bcc"])+len(got.Header["X"]) > 0 || strings.Join(got.To, " ") != "ops@contoso.com" || got.Text != aMail().Text {
				t.Errorf("the subject got out of its header: %s", got.Raw)
			}
		})
	}
}

func TestALongSubjectIsCut(t *testing.T) {
	t.Parallel()
	mail := aMail()
	mail.Subject = strings.Repeat("Ünd so weiter ", 1000)
	got := arrives(t, mail)
	if n := utf8.RuneCountInString(got.Subject); n > 200 || !strings.HasSuffix(got.Subject, "…") {
		t.Errorf("the subject has %d characters", n)
	}
	shortLines(t, got)
}

func TestATextArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a line of 10,000 characters": strings.Repeat("0123456789", 1000),
		"20,000 lines":                strings.Repeat("ngày mai\n", 19_999) + "hết",
		"dots and From":               "From here on\n.\n..\n.x\nQUIT",
		"emoji":                       "👩🏽‍🚒 =41 🇻🇳",
		"markup":                      "<b>bold</b> =?utf-8?q?x?= --boundary",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mail := aMail()
			mail.Text = text
			got := arrives(t, mail)
			if got.Text != text {
				t.Errorf("arrived: %.200q", got.Text)
			}
			shortLines(t, got)
			if kind := got.Header.Get("Content-Type"); !strings.EqualFold(kind, "text/plain; charset=UTF-8") {
				t.Errorf("it is %s", kind)
			}
		})
	}
}

func TestWhatNoMailMayHoldIsLeftOut(t *testing.T) {
	t.Parallel()
	mail := aMail()
	mail.Text = "a\x00b\x1b[31m\xffc\r\nd\re"
	if got := arrives(t, mail); got.Text != "ab[31m\uFFFDc\nd\ne" {
		t.Errorf("arrived: %q", got.Text)
	}
}

// shortLines fails the test for lines that a mail server may cut (RFC 5322,
// section 2.1.1), and for bytes beyond ASCII.
func shortLines(t *testing.T, mail outlooktest.Mail) {
	t.Helper()
	for line := range strings.SplitSeq(mail.Raw, "\n") {
		if line = strings.TrimSuffix(line, "\r"); len(line) > 78 {
			t.Errorf("a line of %d bytes: %.100q", len(line), line)
			return
		}
	}
	if strings.ContainsFunc(mail.Raw, func(r rune) bool { return r > 0x7e }) {
		t.Error("the message has bytes that a mail server may not take")
	}
}

func TestAMailThatIsSentAgainCanBeKnownAgain(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS())
	c := at(s, nil)
	other := aMail()
	other.Key = "tenant-1 escalation 2\r\nX: y"
	for _, mail := range []ticket.Mail{aMail(), aMail(), other} {
		if err := c.Send(t.Context(), mail); err != nil {
			t.Fatal(err)
		}
	}
	mails := s.Mails()
	id := func(i int) string { return mails[i].Header.Get("Message-Id") }
	if id(0) != id(1) || id(0) == id(2) {
		t.Errorf("the ids are %q, %q and %q", id(0), id(1), id(2))
	}
	for i := range mails {
		if !strings.HasPrefix(id(i), "<handrail.") || !strings.HasSuffix(id(i), "@example.com>") || strings.ContainsAny(id(i), " \r\n") {
			t.Errorf("the id is %q", id(i))
		}
	}
}

func TestAMailSaysThatNoPersonWroteIt(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS())
	monday := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	c := at(s, func(cfg *outlook.SMTPConfig) { cfg.Now = func() time.Time { return monday } })
	mail := aMail()
	mail.ReplyTo = "ana@contoso.com"
	if err := c.Send(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	got := s.Only(t).Header
	if at, err := got.Date(); err != nil || !at.Equal(monday) {
		t.Errorf("it is of %v (%v)", at, err)
	}
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "From": `"Handrail" <handrail@example.com>`, "Reply-To": "<ana@contoso.com>",
		"To": "<ops@contoso.com>", "User-Agent": "", "X-Mailer": "",
	} {
		if got.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Get(name), want)
		}
	}
}

func TestAnAddressThatIsMoreThanOneIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS())
	c := at(s, nil)
	for _, to := range [][]string{nil, {""}, {"a@contoso.com, b@contoso.com"}, {"ops@contoso.com", "x@y.zz\r\nBcc: evil@example.net"}} {
		mail := aMail()
		mail.To = to
		refused(t, c.Send(t.Context(), mail), ticket.MailRecipient)
	}
	mail := aMail()
	mail.ReplyTo = "Ana <ana@contoso.com>"
	refused(t, c.Send(t.Context(), mail), ticket.MailContent)
	if got := s.Mails(); len(got) > 0 {
		t.Errorf("arrived: %+v", got)
	}
}
