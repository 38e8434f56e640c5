package outlook

import (
	"context"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"

	"handrail/internal/ticket"
)

// Config is what both ways to send have in common.
type Config struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Observe is told of every attempt, for the metrics: the kind of its failure,
	// or "" when it succeeded. Nil for nobody.
	Observe func(failure ErrorKind, took time.Duration)
}

// Client sends mails from one address.
type Client struct {
	from    string
	way     way
	now     func() time.Time
	observe func(failure ErrorKind, took time.Duration)
}

var _ ticket.Mailer = (*Client)(nil)

// way is how a message leaves: by SMTP or by Graph.
type way interface {
	// deliver hands the message over.
	deliver(ctx context.Context, message *gomail.Msg) *Error
	// signIn goes as far as one can without a message. It tells whether there is a
	// doubt that messages may be sent.
	signIn(ctx context.Context) (doubt bool, failure *Error)
}

func newClient(cfg Config, from string, by way) *Client {
	c := &Client{from: from, way: by, now: cfg.Now, observe: cfg.Observe}
	if c.now == nil {
		c.now = time.Now
	}
	if c.observe == nil {
		c.observe = func(ErrorKind, time.Duration) {}
	}
	return c
}

// busy is how soon a mail is tried again where nobody said when.
const busy = 30 * time.Second

// Send sends one mail. Its error is a [*ticket.Postponed] or a
// [*ticket.MailRefused], with the [*Error] as the cause of both.
func (c *Client) Send(ctx context.Context, mail ticket.Mail) error {
	start := c.now()
	message, failure := c.compose(mail, start)
	if failure == nil {
		failure = c.way.deliver(ctx, message)
	}
	if failure == nil {
		c.observe("", c.now().Sub(start))
		return nil
	}
	c.observe(failure.Kind, c.now().Sub(start))
	err := fmt.Errorf("outlook: send mail %q: %w", mail.Key, failure)
	switch failure.Kind {
	case Throttled, Busy:
		return &ticket.Postponed{After: max(failure.RetryAfter, busy), Turn: failure.RetryAfter > 0, Cause: err}
	case Recipient:
		return &ticket.MailRefused{Why: ticket.MailRecipient, Cause: err}
	case Content:
		return &ticket.MailRefused{Why: ticket.MailContent, Cause: err}
	default:
		return &ticket.MailRefused{Why: ticket.MailSetup, Cause: err}
	}
}

// SignIn signs in as for a mail, and sends none. With doubt the sign-in says
// nothing of the right to send, which Graph gives in two ways. Its error is an [*Error].
func (c *Client) SignIn(ctx context.Context) (doubt bool, err error) {
	doubt, failure := c.way.signIn(ctx)
	if failure != nil {
		return false, fmt.Errorf("outlook: sign in: %w", failure)
	}
	return doubt, nil
}
