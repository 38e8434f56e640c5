package outlook

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"handrail/internal/ticket"
)

// Server is an SMTP server, and who sends by it.
type Server struct {
	Host string
	Port int
	// TLS is spoken from the first byte; without it STARTTLS is required, except
	// on this machine itself.
	TLS bool
	// User and Password sign in; both are empty for a server that asks nobody.
	User, Password string
	// From is the address that mails come from.
	From string
}

// String names the server without the password.
func (s Server) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// GoString is [Server.String] for "%#v".
func (s Server) GoString() string { return s.String() }

// The ports of mail submission (RFC 8314, section 7).
const (
	portStartTLS = 587
	portTLS      = 465
)

// ParseServer reads the address of an SMTP server, such as
// smtp://user:password@mail.example.com:587?from=handrail@example.com, or smtps://
// for TLS from the first byte. Its errors say nothing of what is in the address.
func ParseServer(address string) (Server, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Hostname() == "" || strings.Trim(parsed.Path, "/")+parsed.Fragment != "" {
		return Server{}, errors.New("it is no address of a mail server")
	}
	s := Server{Host: parsed.Hostname(), Port: portStartTLS, User: parsed.User.Username()}
	s.Password, _ = parsed.User.Password()
	switch parsed.Scheme {
	case "smtp":
	case "smtps":
		s.TLS, s.Port = true, portTLS
	default:
		return Server{}, errors.New("it begins with neither smtp:// nor smtps://")
	}
	if text := parsed.Port(); text != "" {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return Server{}, errors.New("its port is no port")
		}
		s.Port = int(port)
	}
	if (s.User == "") != (s.Password == "") {
		return Server{}, errors.New("it has a user without a password, or a password without a user")
	}
	s.From, err = senderOf(parsed.Query(), s.User)
	return s, err
}

// senderOf gives the address that mails come from: the parameter, else the user.
func senderOf(query url.Values, user string) (string, error) {
	from := query.Get("from")
	if query.Del("from"); len(query) > 0 {
		return "", errors.New("it has a parameter other than from")
	}
	sender, err := ticket.CheckAddress(cmp.Or(from, user))
	if err != nil {
		return "", errors.New("it does not say who mails are from: add ?from= and a mail address")
	}
	return sender, nil
}

// isLocal tells whether the server is on this machine, where nobody listens in.
func (s Server) isLocal() bool {
	return s.Host == "localhost" || net.ParseIP(s.Host).IsLoopback()
}

// SMTPConfig says how mails go to an SMTP server.
type SMTPConfig struct {
	Config
	Server
	// Timeout bounds the wait for the connection and sign-in, and then for the
	// message, each; 10 seconds when zero.
	Timeout time.Duration
	// Roots are the certificate authorities to trust; nil for those of the machine.
	Roots *x509.CertPool
	// Dial connects; nil for the network of the machine.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// timeout keeps both waits within the time that a job has.
const timeout = 10 * time.Second

// NewSMTP makes a client that sends by an SMTP server. It connects for each mail.
func NewSMTP(cfg SMTPConfig) *Client {
	if cfg.Timeout == 0 {
		cfg.Timeout = timeout
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{}).DialContext
	}
	return newClient(cfg.Config, cfg.From, &smtp{
		server: cfg.Server, timeout: cfg.Timeout, dial: cfg.Dial,
		tls: &tls.Config{ServerName: cfg.Host, RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12},
	})
}

// smtp is the way by an SMTP server.
type smtp struct {
	server  Server
	timeout time.Duration
	tls     *tls.Config
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

// deliver connects, signs in and hands the message over.
func (s *smtp) deliver(ctx context.Context, message *gomail.Msg) *Error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // closes what go-mail leaves open
	client, err := s.client(ctx)
	if err != nil {
		return &Error{Op: "connect", Kind: Setup, Err: err}
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return connectError(err)
	}
	err = client.SendWithSMTPClient(connection, message)
	// What goes wrong after the server has taken the message is of no account.
	defer func() { _ = client.CloseWithSMTPClient(connection) }()
	if err != nil && !message.IsDelivered() {
		return sendError(err)
	}
	return nil
}

// signIn connects and signs in.
func (s *smtp) signIn(ctx context.Context) (bool, *Error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // closes what go-mail leaves open
	client, err := s.client(ctx)
	if err != nil {
		return false, &Error{Op: "connect", Kind: Setup, Err: err}
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return false, connectError(err)
	}
	// What goes wrong after the sign-in is of no account.
	_ = client.CloseWithSMTPClient(connection)
	return false, nil
}

// client makes go-mail's client for one mail, so that the end of ctx can end its
// connection.
func (s *smtp) client(ctx context.Context) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(s.server.Port), gomail.WithTimeout(s.timeout), gomail.WithTLSConfig(s.tls), gomail.WithoutSMTPUTF8(),
		gomail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			return s.connect(ctx, dialing, network, address)
		}),
	}
	switch {
	case s.server.TLS:
		options = append(options, gomail.WithSSL())
	case s.server.isLocal():
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.server.User != "" {
		options = append(options, gomail.WithUsername(s.server.User), gomail.WithPassword(s.server.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	client, err := gomail.NewClient(s.server.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("set up the client: %w", err)
	}
	return client, nil
}

// connect opens a connection that is closed when ctx ends; go-mail itself looks
// at its ctx no more once it is connected.
func (s *smtp) connect(ctx, dialing context.Context, network, address string) (net.Conn, error) {
	raw, err := s.dial(dialing, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = raw.Close() })
	if !s.server.TLS {
		return raw, nil
	}
	secured := tls.Client(raw, s.tls)
	if err := secured.HandshakeContext(dialing); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return secured, nil
}

// connectError reads a failure before the message. The server's words are left
// out: they may repeat what was sent to sign in.
func connectError(err error) *Error {
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		e := &Error{Op: "connect", Status: answer.Code, Kind: Setup}
		if answer.Code/100 == 4 {
			e.Kind = Busy
		}
		return e
	}
	if isNetwork(err) {
		return &Error{Op: "connect", Kind: Busy, Err: err}
	}
	// No STARTTLS, a certificate that nobody vouches for, no way to sign in.
	return &Error{Op: "connect", Kind: Setup, Err: err}
}

// isNetwork tells a failure of the network from one of those at its ends.
func isNetwork(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// sendError reads the answer to a message (RFC 5321, section 4.2.1: 4 is for now,
// 5 for good). Without an answer nobody knows whether the server has it.
func sendError(err error) *Error {
	answer, ok := errors.AsType[*gomail.SendError](err)
	if !ok || answer.ErrorCode()/100 != 5 {
		e := &Error{Op: "send", Kind: Busy, Err: err}
		if ok {
			e.Status, e.Code, e.Detail, e.Err = answer.ErrorCode(), answer.EnhancedStatusCode(), clip(answer.Error()), nil
		}
		return e
	}
	e := &Error{Op: "send", Kind: Content, Status: answer.ErrorCode(), Code: answer.EnhancedStatusCode(), Detail: clip(answer.Error())}
	switch answer.Reason {
	case gomail.ErrSMTPMailFrom:
		e.Kind = Setup
	case gomail.ErrSMTPRcptTo:
		e.Kind = Recipient
	default:
	}
	return e
}
