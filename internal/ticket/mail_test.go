package ticket_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"handrail/internal/ticket"
)

// lookAlike is contoso.com with a Cyrillic letter.
const lookAlike = "ops@c\u043entoso.com"

func TestAMailAddressIsOneAddressAndNothingElse(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"ops@contoso.com": "ops@contoso.com", "  a.b+c@Mail.Contoso.co.uk\n": "a.b+c@Mail.Contoso.co.uk", "o'neil@contoso.com": "o'neil@contoso.com",
	} {
		if got, err := ticket.CheckAddress(typed); err != nil || got != want {
			t.Errorf("%q is read as %q (%v)", typed, got, err)
		}
	}
	for _, typed := range []string{
		"", "ops", "ops@", "@contoso.com", "ops@localhost", "ops@[127.0.0.1]", "ops@contoso..com", "ops@-contoso.com", "ops@contoso.com.",
		"Ops <ops@contoso.com>", "<ops@contoso.com>", "ops@contoso.com (Ops)", `"ops"@contoso.com`, `"a b"@contoso.com`,
		"ops@contoso.com, dev@contoso.com", "ops@contoso.com;dev@contoso.com", "ops@contoso.com dev@contoso.com",
		"ops@contoso.com\r\nBcc: evil@example.net", "ops@contoso.com\x00", "ops\u202e@contoso.com", lookAlike, "öps@contoso.com",
		"ceo@contoso.com <evil@example.net>", "mailto:ops@contoso.com",
		strings.Repeat("a", 65) + "@contoso.com", "a@" + strings.Repeat("contoso.", 32) + "com",
	} {
		got, err := ticket.CheckAddress(typed)
		if err == nil {
			t.Errorf("%q is read as %q", typed, got)
		} else if ticket.KindOf(err) != ticket.Invalid || !strings.Contains(err.Error(), "error.mail_unclear") {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestASubjectIsOneLineAndNotTooLong(t *testing.T) {
	t.Parallel()
	if got := ticket.SubjectLine(" T-1:\r\n\tNo \u202elog-in \n"); got != "T-1: No log-in" {
		t.Errorf("the subject is %q", got)
	}
	full := strings.Repeat("ü", 200)
	if got := ticket.SubjectLine(full); got != full {
		t.Errorf("what fits is kept, got %q", got)
	}
	if got := ticket.SubjectLine(full + "ü"); utf8.RuneCountInString(got) != 200 || !strings.HasSuffix(got, "ü…") {
		t.Errorf("the subject is %q", got)
	}
}

// aMail is a mail of the first ticket.
func (d *desk) aMail() ticket.SendMail {
	d.tb.Helper()
	t := d.open(ana, withUsers("12"))
	d.store.TakeTasks()
	return ticket.SendMail{
		Tenant: t.Tenant, Number: t.Number, Key: "escalation 1", To: []string{"ops@contoso.com", "dev@contoso.com"},
		Subject: "T-1:\nplease decide", Text: "Please",
	}
}

func TestAMailIsNotedOnceWithWhatFollows(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mail := d.aMail()
	follows := ticket.RefreshCards{Tenant: mail.Tenant, Number: mail.Number}
	for range 2 {
		if err := d.Mailed(t.Context(), mail, "", follows); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Mailed(t.Context(), mail, ticket.MailLate, follows); err != nil {
		t.Fatal(err)
	}
	entries, err := d.store.History(t.Context(), ticket.ID{Tenant: mail.Tenant, Number: mail.Number}, 0, 9)
	if err != nil || len(entries) < 2 {
		t.Fatal(entries, err)
	}
	got := entries[0]
	if got.Kind != ticket.EntryMailed || got.To != "ops@contoso.com, dev@contoso.com" || got.Note != "T-1: please decide" ||
		got.By.ID != "handrail" || entries[1].Kind == ticket.EntryMailed {
		t.Errorf("the history has %+v", entries[:2])
	}
	if tasks := d.store.TakeTasks(); len(tasks) != 1 {
		t.Errorf("it is followed by %+v", tasks)
	}
	if _, done, err := d.store.Pressed(t.Context(), mail.Tenant, mail.HistoryKey()); err != nil || !done {
		t.Errorf("the mail is not known again (%v)", err)
	}
}

func TestAMailThatNeverGoesIsNotedWithTheReason(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mail := d.aMail()
	if err := d.Mailed(t.Context(), mail, ticket.MailRecipient); err != nil {
		t.Fatal(err)
	}
	entries, err := d.store.History(t.Context(), ticket.ID{Tenant: mail.Tenant, Number: mail.Number}, 0, 1)
	if err != nil || entries[0].Kind != ticket.EntryMailRefused || entries[0].Subject != "recipient" {
		t.Errorf("the history has %+v (%v)", entries, err)
	}
	mail.Number = 99
	if err := d.Mailed(t.Context(), mail, ticket.MailRecipient); err != nil {
		t.Errorf("a mail of no ticket: %v", err)
	}
}

func TestAMailIsStoredWithoutWhatItLacks(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(ticket.SendMail{Tenant: "a", Number: 1, Key: "k", To: []string{"b@c.de"}, Subject: "s", Text: "t"})
	const want = `{"tenant":"a","number":1,"key":"k","to":["b@c.de"],"subject":"s","text":"t"}`
	if err != nil || string(got) != want {
		t.Errorf("stored as %s (%v)", got, err)
	}
}
