package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
)

// longestPage bounds what is read of an answer.
const longestPage = 1 << 20

// page is an answer to a question.
type page struct {
	status int
	header http.Header
	body   []byte
}

// busy tells whether the server may answer better later.
func (p page) busy() bool { return p.status >= 500 || p.status == http.StatusTooManyRequests }

// get asks an address without following where it points.
func (d *doctor) get(ctx context.Context, address string) (page, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return page{}, fmt.Errorf("ask %s: %w", address, err)
	}
	client := *d.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(request)
	if err != nil {
		return page{}, err //nolint:wrapcheck // the caller reads the cause
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, longestPage))
	if err != nil {
		return page{}, err //nolint:wrapcheck // as above
	}
	return page{answer.StatusCode, answer.Header, body}, nil
}

// busyFinding says that a login service may do better later.
func busyFinding(status int) finding {
	return finding{
		State: stateWarning, Found: "The login service is busy (" + strconv.Itoa(status) + ").", Do: "Run it again in a few minutes.",
	}
}

// unreached says in plain words why no answer came from a host, and what to do.
// The variable is the one that names the host; empty for none.
func unreached(host, variable string, err error) (found, do string) {
	check := ""
	if variable != "" {
		check = " Check " + variable + "."
	}
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
		return "The name " + host + " is not found.", "Check the DNS of this machine." + check
	case errors.As(err, &certificate):
		return "The certificate of " + host + " is not trusted: " + certificateFault(certificate.Err) + ".",
			"If a proxy stands between, add its authority to those of this machine (SSL_CERT_FILE); else have the certificate renewed." + check
	case errors.As(err, &record):
		return host + " answers, but does not speak TLS.", "Check the port, and what stands between." + check
	case errors.Is(err, syscall.ECONNREFUSED):
		return host + " refuses the connection: nothing listens there.", "Check that it runs, and the port." + check
	case isTimeout(err):
		return host + " does not answer in time.", "Let this machine reach it: look at the firewall and at HTTPS_PROXY." + check
	}
	return host + " cannot be reached: " + reason(err) + ".", "Let this machine reach it: look at the firewall and at HTTPS_PROXY." + check
}

func isTimeout(err error) bool {
	network, ok := errors.AsType[net.Error](err)
	return ok && network.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// certificateFault says what is wrong with a certificate.
func certificateFault(err error) string {
	var unknown x509.UnknownAuthorityError
	var other x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		return "nobody that this machine trusts vouches for it"
	case errors.As(err, &other):
		return "it is for another name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its time is over, or the clock of this machine is wrong"
	}
	return reason(err)
}

// reason gives the cause of a failed request without its address, which has been
// said or may hold what nobody should see.
func reason(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return strings.TrimSuffix(strings.ReplaceAll(err.Error(), "\n", "; "), ".")
}

// hostOf gives the host of an address, with its port where it has one.
func hostOf(address string) string {
	if parsed, err := url.Parse(address); err == nil && parsed.Host != "" {
		return parsed.Host
	}
	return address
}

// secretsIn gives what must not be printed of a secret: all of it, and where it is
// an address, its password in each way of writing.
func secretsIn(value string) []string {
	var secrets []string
	keep := func(secret string) {
		if len(secret) > 3 { // "***" in the place of every "a" tells more than it hides
			secrets = append(secrets, secret)
		}
	}
	parsed, err := url.Parse(value)
	if err != nil || parsed.Host == "" {
		keep(value)
		return secrets
	}
	keep(value)
	if password, set := parsed.User.Password(); set {
		keep(password)
		keep(url.QueryEscape(password))
		keep(url.PathEscape(password))
	}
	for name, values := range parsed.Query() {
		if strings.Contains(strings.ToLower(name), "password") {
			for _, secret := range values {
				keep(secret)
				keep(url.QueryEscape(secret))
			}
		}
	}
	return secrets
}
