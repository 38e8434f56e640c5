package ticket

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
)

// Mail is a message in plain text to people outside of Teams.
type Mail struct {
	// Key names the mail: one that is sent again with the same key can be known
	// as the same.
	Key string
	// To are the addresses of those who get it: all of them or nobody.
	To            []string
	Subject, Text string
	// ReplyTo is where answers go; empty for the sender.
	ReplyTo string
}

// maxSubject is how many characters of a subject are kept: no mail program shows more.
const maxSubject = 200

// SubjectLine makes the subject of a mail of any text: one line, not too long.
func SubjectLine(text string) string {
	subject := []rune(line(text))
	if len(subject) > maxSubject {
		return strings.TrimSpace(string(subject[:maxSubject-1])) + "…"
	}
	return string(subject)
}

// MailRefusal says why a mail will never go; a stored word.
type MailRefusal string

// The reasons for which a mail does not go.
const (
	MailOff       MailRefusal = "off"       // no mail is set up
	MailSetup     MailRefusal = "setup"     // the mail system does not let Handrail send
	MailRecipient MailRefusal = "recipient" // it does not take an address
	MailContent   MailRefusal = "content"   // it does not take the message
	MailLate      MailRefusal = "late"      // it was busy for as long as the mail could wait
)

// MailRefusals lists the reasons, so that a catalog can be checked for them.
func MailRefusals() []MailRefusal {
	return []MailRefusal{MailOff, MailSetup, MailRecipient, MailContent, MailLate}
}

// MailRefused is the error of a mail that will not do better later.
type MailRefused struct {
	Why   MailRefusal
	Cause error
}

// Error says why, for the log.
func (m *MailRefused) Error() string { return fmt.Sprintf("mail refused (%s): %v", m.Why, m.Cause) }

// Unwrap gives the cause.
func (m *MailRefused) Unwrap() error { return m.Cause }

// maxLocalPart bounds what stands before the @ (RFC 5321, section 4.5.3.1.1).
const maxLocalPart = 64

// CheckAddress reads the mail address that a person typed: one address and
// nothing around it, of the kind that every mail server takes.
func CheckAddress(typed string) (string, error) {
	address, unclear := readAddress(typed)
	if unclear != nil {
		return "", unclear
	}
	return address, nil
}

func readAddress(typed string) (string, *Error) {
	typed = strings.TrimSpace(typed)
	unclear := fault(FieldMail, "error.mail_unclear", map[string]any{"Typed": shortened(typed)})
	if typed == "" || len(typed) > MaxMail {
		return "", unclear
	}
	// What is read differs from what was typed where a name, a comment or
	// quotation marks hide the address.
	read, err := mail.ParseAddress(typed)
	if err != nil || read.Address != typed {
		return "", unclear
	}
	local, domain, _ := strings.Cut(typed, "@")
	if len(local) > maxLocalPart || strings.ContainsFunc(local, isBeyondASCII) || !isDomain(domain) {
		return "", unclear
	}
	return typed, nil
}

// isBeyondASCII tells characters that look like others, or turn the line around.
func isBeyondASCII(r rune) bool { return r <= ' ' || r >= 0x7f }

// isDomain tells whether it is the name of a host with a domain.
func isDomain(name string) bool {
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(labels) > 1
}

// SendMail sends a mail about a ticket, once for each key.
type SendMail struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
	// Key names the mail among those of the ticket.
	Key     string   `json:"key"`
	To      []string `json:"to"`
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
	// ReplyTo is where answers go; empty for the sender.
	ReplyTo string `json:"reply_to,omitempty"`
	// Place is where it was asked for and is told when it does not go; zero for
	// where the ticket's owner is told.
	Place Place `json:"place,omitzero"`
	// Until is how long it may wait for a mail system that is busy; zero for ever.
	Until time.Time `json:"until,omitzero"`
}

// Kind gives the stored word of the job.
func (SendMail) Kind() string { return "mail.send" }

// HistoryKey is the history's key of what became of the mail: it is not sent again.
func (m SendMail) HistoryKey() string {
	return strings.Join([]string{"mail", Number(m.Number), m.Key}, " ")
}

// Mailed notes that a mail was sent, or with a reason that it was not and never
// will be, and has done what follows from that. Noted again it changes nothing.
func (d *Desk) Mailed(ctx context.Context, job SendMail, refused MailRefusal, then ...Job) error {
	id := ID{Tenant: job.Tenant, Number: job.Number}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		t, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		c := d.change(t, Handrail(job.Tenant))
		kind := EntryMailed
		if refused != "" {
			kind = EntryMailRefused
		}
		c.note(kind, string(refused), "", strings.Join(job.To, ", "), SubjectLine(job.Subject))
		c.Then(then...)
		t.settle(d.Policy)
		if err := tx.Save(ctx, t, c.keyed(job.HistoryKey())...); err != nil {
			return err
		}
		return tx.Later(ctx, append(c.tasks, d.recordTasks(t, c.entries)...)...)
	})
	if err != nil && !errors.Is(err, ErrRepeated) && KindOf(err) != NotFound {
		return fmt.Errorf("note a mail of %s: %w", id, err)
	}
	return nil
}
