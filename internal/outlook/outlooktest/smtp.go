package outlooktest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Host is the name that the certificate of a [Server] is for.
const Host = "example.com"

// Server is an SMTP server.
type Server struct {
	box
	// Address is where it listens.
	Address string
	// Roots trust its certificate.
	Roots *x509.CertPool

	user, password string
	server         *smtp.Server

	answersMu sync.Mutex
	answers   []func() error
}

// Option changes a [Server] before it begins.
type Option func(*setup)

type setup struct {
	starttls, tls  bool
	user, password string
}

// WithSTARTTLS has the server offer STARTTLS.
func WithSTARTTLS() Option { return func(s *setup) { s.starttls = true } }

// WithTLS has the server speak TLS from the first byte.
func WithTLS() Option { return func(s *setup) { s.tls = true } }

// WithUser lets only one user send.
func WithUser(user, password string) Option {
	return func(s *setup) { s.user, s.password = user, password }
}

// NewServer starts a server, which ends with the test.
func NewServer(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	var o setup
	for _, option := range options {
		option(&o)
	}
	certificate, roots := certificate()
	s := &Server{Roots: roots, user: o.user, password: o.password}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }))
	s.server.Domain, s.server.AllowInsecureAuth = Host, true
	s.server.ErrorLog = log.New(io.Discard, "", 0) // of clients that go away, as some do on purpose
	s.server.MaxLineLength = 1000                  // RFC 5321, section 4.5.3.1.6
	secured := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	if o.starttls {
		s.server.TLSConfig = secured
	}
	listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s.Address = listener.Addr().String()
	if o.tls {
		listener = tls.NewListener(listener, secured)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.server.Serve(listener) // until it is closed
	}()
	tb.Cleanup(func() {
		// What is left of them is no test's matter. A server that has not begun yet
		// does not know its listener.
		_ = s.server.Close()
		_ = listener.Close()
		<-served
	})
	return s
}

// certificate gives that of httptest, which is for [Host].
func certificate() (tls.Certificate, *x509.CertPool) {
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.TLS.Certificates[0], roots
}

// Port is where it listens on the loopback.
func (s *Server) Port() int {
	_, text, _ := net.SplitHostPort(s.Address)
	port, _ := strconv.Atoi(text) // a listener has a port
	return port
}

// Dial connects to the server, whatever the address.
func (s *Server) Dial(ctx context.Context, network, _ string) (net.Conn, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, network, s.Address)
	if err != nil {
		return nil, fmt.Errorf("outlooktest: dial: %w", err)
	}
	return connection, nil
}

// Next says what the next recipients are answered with, one after the other; nil
// takes them. An answer may wait for something first.
func (s *Server) Next(answers ...func() error) {
	s.answersMu.Lock()
	defer s.answersMu.Unlock()
	s.answers = append(s.answers, answers...)
}

func (s *Server) next() func() error {
	s.answersMu.Lock()
	defer s.answersMu.Unlock()
	if len(s.answers) == 0 {
		return func() error { return nil }
	}
	first := s.answers[0]
	s.answers = s.answers[1:]
	return first
}

// Answer is an answer of SMTP, such as 550, 5.1.1, "No such user".
func Answer(code int, enhanced [3]int, words string) func() error {
	return func() error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode(enhanced), Message: words}
	}
}

// session is one connection of a client.
type session struct {
	server   *Server
	signedIn bool
	mail     Mail
}

// AuthMechanisms lists the ways to sign in.
func (s *session) AuthMechanisms() []string {
	if s.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth lets a client sign in. Its refusal repeats what was sent, as some servers do.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != s.server.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "No such user with " + password}
		}
		s.signedIn = true
		return nil
	}), nil
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.user != "" && !s.signedIn {
		return smtp.ErrAuthRequired
	}
	s.mail = Mail{From: from}
	return nil
}

// Rcpt adds a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.server.next()(); err != nil {
		return err
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

// Data takes the message.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("outlooktest: read a message: %w", err)
	}
	received, err := read(raw)
	if err != nil {
		return errors.Join(err, &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()})
	}
	received.From, received.To = s.mail.From, s.mail.To
	s.server.put(received)
	return nil
}

// Reset forgets a mail that was begun.
func (s *session) Reset() { s.mail = Mail{} }

// Logout ends the session.
func (s *session) Logout() error { return nil }
