package outlook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"handrail/internal/ticket"
)

// senderName is who the mails are from, beside the address.
const senderName = "Handrail"

// headerAutoSubmitted tells other programs that no person wrote the mail, so that
// an absence note does not answer it (RFC 3834, section 5).
const headerAutoSubmitted gomail.Header = "Auto-Submitted"

// compose makes the message of a mail: plain text in UTF-8, quoted-printable, in
// which a line may be of any length. Nothing that a person wrote gets out of its
// header: the subject is made one line, and addresses are checked.
func (c *Client) compose(mail ticket.Mail, at time.Time) (*gomail.Msg, *Error) {
	message := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	if err := message.FromFormat(senderName, c.from); err != nil {
		return nil, &Error{Op: "compose", Kind: Setup, Err: errors.New("the sender is no mail address")}
	}
	if len(mail.To) == 0 {
		return nil, &Error{Op: "compose", Kind: Recipient, Err: errors.New("the mail is for nobody")}
	}
	for _, to := range mail.To {
		address, err := ticket.CheckAddress(to)
		if err == nil {
			err = message.AddTo(address)
		}
		if err != nil {
			return nil, &Error{Op: "compose", Kind: Recipient, Err: err}
		}
	}
	if mail.ReplyTo != "" {
		address, err := ticket.CheckAddress(mail.ReplyTo)
		if err == nil {
			err = message.ReplyTo(address)
		}
		if err != nil {
			return nil, &Error{Op: "compose", Kind: Content, Err: err}
		}
	}
	message.Subject(ticket.SubjectLine(mail.Subject))
	message.SetMessageIDWithValue(messageID(mail.Key, c.from))
	message.SetDateWithValue(at)
	message.SetGenHeader(headerAutoSubmitted, "auto-generated")
	message.SetBodyString(gomail.TypeTextPlain, strings.ReplaceAll(ticket.Clean(mail.Text), "\n", "\r\n"))
	return message, nil
}

// messageID is the same for the same key, so that whoever gets a mail twice can
// know it again; many mail systems do so by themselves. The key itself may have
// any characters in it, and says more than a stranger has to know.
func messageID(key, from string) string {
	sum := sha256.Sum256([]byte(key))
	_, domain, _ := strings.Cut(from, "@")
	return "handrail." + hex.EncodeToString(sum[:16]) + "@" + domain
}
