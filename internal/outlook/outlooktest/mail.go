// Package outlooktest has, for tests, what package outlook talks with: an SMTP
// server and Microsoft Graph with its login service. Both are real servers on the
// loopback that keep what they get and fail when they are told to. They know only
// as much of the protocols as sending a mail takes.
package outlooktest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// Mail is a mail that arrived, as a mail program shows it.
type Mail struct {
	// From and To are those of the envelope; Graph has none.
	From string
	To   []string
	// Header is as it came, and Subject is decoded.
	Header  mail.Header
	Subject string
	Text    string
	// Raw is the whole message as it came.
	Raw string
}

// read takes a message apart.
func read(raw []byte) (Mail, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, fmt.Errorf("outlooktest: read a message: %w", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return Mail{}, fmt.Errorf("outlooktest: read a subject: %w", err)
	}
	body := message.Body
	if strings.EqualFold(message.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return Mail{}, fmt.Errorf("outlooktest: read a text: %w", err)
	}
	return Mail{
		Header: message.Header, Subject: subject, Raw: string(raw),
		Text: strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"),
	}, nil
}

// box keeps the mails that arrived.
type box struct {
	mu    sync.Mutex
	mails []Mail
}

func (b *box) put(m Mail) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = append(b.mails, m)
}

// Mails gives the mails that arrived, in their order.
func (b *box) Mails() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Mail(nil), b.mails...)
}

// Only gives the one mail that arrived, and fails the test where there is none or
// there are several.
func (b *box) Only(tb testing.TB) Mail {
	tb.Helper()
	mails := b.Mails()
	if len(mails) != 1 {
		tb.Fatalf("%d mails arrived, want one: %+v", len(mails), mails)
	}
	return mails[0]
}
