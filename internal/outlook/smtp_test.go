package outlook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"handrail/internal/outlook"
	"handrail/internal/outlook/outlooktest"
	"handrail/internal/ticket"
)

const password = "hunter2-of-the-server"

// aMail is a mail as an escalation sends it.
func aMail() ticket.Mail {
	return ticket.Mail{
		Key: "tenant-1 escalation 1", To: []string{"ops@contoso.com"},
		Subject: "T-1: a decision is needed", Text: "Invoices cannot be posted.\n\nPlease decide.",
	}
}

// at makes a client of a server as if it were at mail.example.com's address, so
// that it is not on this machine.
func at(s *outlooktest.Server, change func(*outlook.SMTPConfig)) *outlook.Client {
	cfg := outlook.SMTPConfig{
		Server: outlook.Server{Host: outlooktest.Host, Port: 587, From: "handrail@example.com"}, Roots: s.Roots, Dial: s.Dial,
	}
	if change != nil {
		change(&cfg)
	}
	return outlook.NewSMTP(cfg)
}

// refused fails the test unless a mail was refused for good for the reason.
func refused(t *testing.T, err error, want ticket.MailRefusal) outlook.Error {
	t.Helper()
	never, ok := errors.AsType[*ticket.MailRefused](err)
	if !ok || never.Why != want {
		t.Fatalf("the mail ended with %v, want it refused: %s", err, want)
	}
	return cause(t, err)
}

// postponed fails the test unless a mail may go later.
func postponed(t *testing.T, err error) ticket.Postponed {
	t.Helper()
	later, ok := errors.AsType[*ticket.Postponed](err)
	if !ok || later.After <= 0 {
		t.Fatalf("the mail ended with %v, want it postponed", err)
	}
	cause(t, err)
	return *later
}

// cause gives the failure of an error, which tells no secret.
func cause(t *testing.T, err error) outlook.Error {
	t.Helper()
	failure, ok := errors.AsType[*outlook.Error](err)
	if !ok {
		t.Fatalf("%v has no cause of ours", err)
	}
	for _, secret := range []string{password, outlooktest.Secret} {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, failure, failure), secret) {
			t.Errorf("the error tells a secret: %v", err)
		}
	}
	return *failure
}

func TestAMailGoesByAServerThatSpeaksSTARTTLS(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS(), outlooktest.WithUser("handrail", password))
	c := at(s, func(cfg *outlook.SMTPConfig) { cfg.User, cfg.Password = "handrail", password })
	if err := c.Send(t.Context(), aMail()); err != nil {
		t.Fatal(err)
	}
	got := s.Only(t)
	if got.From != "handrail@example.com" || strings.Join(got.To, " ") != "ops@contoso.com" {
		t.Errorf("the envelope is from %q to %q", got.From, got.To)
	}
	if got.Subject != "T-1: a decision is needed" || got.Text != aMail().Text {
		t.Errorf("arrived: %q, %q", got.Subject, got.Text)
	}
}

func TestAMailGoesByAServerThatSpeaksTLSFromTheFirstByte(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithTLS(), outlooktest.WithUser("handrail", password))
	c := at(s, func(cfg *outlook.SMTPConfig) { cfg.TLS, cfg.User, cfg.Password = true, "handrail", password })
	if err := c.Send(t.Context(), aMail()); err != nil {
		t.Fatal(err)
	}
	s.Only(t)
}

func TestAMailGoesUnsecuredOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithUser("handrail", password))
	signIn := func(cfg *outlook.SMTPConfig) { cfg.User, cfg.Password = "handrail", password }
	here := at(s, func(cfg *outlook.SMTPConfig) {
		cfg.Host, cfg.Port, cfg.Dial = "127.0.0.1", s.Port(), nil
		signIn(cfg)
	})
	if err := here.Send(t.Context(), aMail()); err != nil {
		t.Fatal(err)
	}
	failure := refused(t, at(s, signIn).Send(t.Context(), aMail()), ticket.MailSetup)
	if !strings.Contains(failure.Error(), "STARTTLS") {
		t.Errorf("the error does not say what is missing: %v", failure.Error())
	}
	s.Only(t)
}

func TestAServerWithoutAGoodCertificateGetsNoMail(t *testing.T) {
	t.Parallel()
	for _, secured := range []bool{false, true} {
		option := outlooktest.WithSTARTTLS()
		if secured {
			option = outlooktest.WithTLS()
		}
		s := outlooktest.NewServer(t, option)
		c := at(s, func(cfg *outlook.SMTPConfig) { cfg.TLS, cfg.Host = secured, "mail.contoso.net" })
		failure := refused(t, c.Send(t.Context(), aMail()), ticket.MailSetup)
		if !strings.Contains(failure.Error(), "certificate") {
			t.Errorf("the error does not say what is wrong: %v", failure.Error())
		}
		if got := s.Mails(); len(got) > 0 {
			t.Errorf("it got %+v", got)
		}
	}
}

func TestAWrongPasswordIsNotToldToAnybody(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS(), outlooktest.WithUser("handrail", "another"))
	c := at(s, func(cfg *outlook.SMTPConfig) { cfg.User, cfg.Password = "handrail", password })
	// The server repeats the password in its refusal: see Auth.
	if failure := refused(t, c.Send(t.Context(), aMail()), ticket.MailSetup); failure.Status != 535 {
		t.Errorf("the failure is %v", failure.Error())
	}
}

func TestAMailThatIsRefusedForNowGoesLater(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS())
	s.Next(outlooktest.Answer(451, [3]int{4, 7, 1}, "Greylisted"))
	c := at(s, nil)
	postponed(t, c.Send(t.Context(), aMail()))
	if err := c.Send(t.Context(), aMail()); err != nil {
		t.Fatal(err)
	}
	s.Only(t)
}

func TestAMailToAnUnknownAddressIsRefusedForGood(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS())
	// One of two is taken: the mail is for both or nobody.
	s.Next(func() error { return nil }, outlooktest.Answer(550, [3]int{5, 1, 1}, "No such user"))
	mail := aMail()
	mail.To = append(mail.To, "nobody@contoso.com")
	failure := refused(t, at(s, nil).Send(t.Context(), mail), ticket.MailRecipient)
	if failure.Status != 550 || failure.Code != "5.1.1" || !strings.Contains(failure.Detail, "No such user") {
		t.Errorf("the failure is %+v", failure)
	}
	if got := s.Mails(); len(got) > 0 {
		t.Errorf("arrived: %+v", got)
	}
}

func TestASenderWhoMayNotIsASetupToMend(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS(), outlooktest.WithUser("handrail", password))
	refused(t, at(s, nil).Send(t.Context(), aMail()), ticket.MailSetup) // does not sign in
}

func TestAServerThatHangsIsLeft(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	hang := func() error {
		<-released
		return errors.New("too late")
	}
	t.Run("when its time is over", func(t *testing.T) {
		t.Parallel()
		s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS())
		t.Cleanup(func() { close(released) })
		s.Next(hang)
		c := at(s, func(cfg *outlook.SMTPConfig) { cfg.Timeout = 300 * time.Millisecond })
		postponed(t, c.Send(t.Context(), aMail()))
	})
	t.Run("when the job is stopped", func(t *testing.T) {
		t.Parallel()
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		left := make(chan error, 1)
		go func() {
			connection, err := listener.Accept()
			if err != nil {
				left <- err
				return
			}
			defer func() { _ = connection.Close() }()
			said := bufio.NewReader(connection)
			_, err = io.WriteString(connection, "220 example.com\r\n")
			if err == nil {
				_, err = said.ReadString('\n') // EHLO, which gets no answer
			}
			cancel()
			if err == nil {
				_, err = said.ReadByte()
			}
			left <- err
		}()
		c := outlook.NewSMTP(outlook.SMTPConfig{
			Server: outlook.Server{Host: outlooktest.Host, Port: 25, From: "handrail@example.com"},
			Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, listener.Addr().String())
			},
		})
		start := time.Now()
		postponed(t, c.Send(ctx, aMail()))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
		if err := <-left; !errors.Is(err, io.EOF) {
			t.Errorf("the server was not left: %v", err)
		}
	})
}

func TestAServerThatIsNotThereIsTriedLater(t *testing.T) {
	t.Parallel()
	c := outlook.NewSMTP(outlook.SMTPConfig{
		Server: outlook.Server{Host: outlooktest.Host, Port: 25, From: "handrail@example.com"},
		Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
		},
	})
	postponed(t, c.Send(t.Context(), aMail()))
}

func TestEveryAttemptIsObserved(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS())
	s.Next(outlooktest.Answer(450, [3]int{4, 2, 1}, "Later"), outlooktest.Answer(550, [3]int{5, 1, 1}, "No"))
	var seen []string
	c := at(s, func(cfg *outlook.SMTPConfig) {
		cfg.Observe = func(failure outlook.ErrorKind, _ time.Duration) { seen = append(seen, string(failure)) }
	})
	for range 3 {
		_ = c.Send(t.Context(), aMail()) // what it says is another test's matter
	}
	if got := strings.Join(seen, ","); got != "busy,recipient," {
		t.Errorf("observed %q", got)
	}
}

func TestTheAddressOfAServerIsRead(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]outlook.Server{
		"smtp://bot%40contoso.com:p%40ss@mail.contoso.com": {
			Host: "mail.contoso.com", Port: 587, User: "bot@contoso.com", Password: "p@ss", From: "bot@contoso.com",
		},
		"smtps://u:p@mail.contoso.com/?from=desk@contoso.com": {
			Host: "mail.contoso.com", Port: 465, TLS: true, User: "u", Password: "p", From: "desk@contoso.com",
		},
		"smtp://[::1]:25?from=desk%2Bbot@contoso.com": {Host: "::1", Port: 25, From: "desk+bot@contoso.com"},
	} {
		got, err := outlook.ParseServer(address)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
	for _, address := range []string{
		"", "mail.contoso.com", "https://mail.contoso.com?from=a@contoso.com", "smtp:mail", "smtp://u:" + password + "@?from=a@contoso.com",
		"smtp://u:" + password + "@mail.contoso.com", "smtp://a%40contoso.com@mail.contoso.com", "smtp://:" + password + "@mail.contoso.com?from=a@contoso.com",
		"smtp://mail.contoso.com:0?from=a@contoso.com", "smtp://mail.contoso.com:x?from=a@contoso.com", "smtp://mail.contoso.com/x?from=a@contoso.com",
		"smtp://mail.contoso.com?from=Desk%20%3Ca@contoso.com%3E", "smtp://mail.contoso.com?from=a@contoso.com&password=" + password,
		"smtp://u:" + password + "%zz@mail.contoso.com?from=a@contoso.com", "smtp://mail.contoso.com?from=a@contoso.com%0d%0aBcc:x@y.zz",
	} {
		got, err := outlook.ParseServer(address)
		if err == nil {
			t.Errorf("%s is read as %+v", address, got)
		} else if strings.Contains(err.Error(), password) {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func TestNoSecretIsPrinted(t *testing.T) {
	t.Parallel()
	server := outlook.Server{Host: "mail.example", Port: 587, User: "u", Password: "hunter2"}
	for _, config := range []any{server, outlook.SMTPConfig{Server: server}, outlook.GraphConfig{Sender: "desk@contoso.example", Secret: "hunter2"}} {
		for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(form, config); strings.Contains(got, "hunter2") {
				t.Errorf("%s of %T gives %s", form, config, got)
			}
		}
	}
}
