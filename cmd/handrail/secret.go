package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

// mask is what a secret looks like wherever it is printed.
const mask = "***"

// Secret is a value that prints as ***, in whatever way it is printed: by fmt
// with any verb, by slog, as JSON. string(s) gives the value itself.
type Secret string

// String is the mask, or nothing where the secret is not set.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString is what %#v prints.
func (s Secret) GoString() string { return s.String() }

// Format is what every verb prints; without it %d would show the value.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText is what JSON shows.
func (s Secret) MarshalText() ([]byte, error) { //nolint:unparam // encoding.TextMarshaler has the error
	return []byte(s.String()), nil
}

// LogValue is what slog writes.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// DatabaseURL is the address of a Postgres database. Its password prints as
// ***, and so does the whole of it where it is not understood.
// string(u) gives the address itself.
type DatabaseURL string

// String is the address with its password masked.
func (u DatabaseURL) String() string {
	if u == "" {
		return ""
	}
	address, err := url.Parse(string(u))
	if err != nil || address.Opaque != "" || !isPostgres(address) {
		return mask
	}
	user := ""
	if address.User != nil {
		user = url.User(address.User.Username()).String()
		if _, set := address.User.Password(); set {
			user += ":" + mask
		}
		user += "@"
	}
	text := address.Scheme + "://" + user + address.Host + address.EscapedPath()
	if query := maskQuery(address.Query()); query != "" {
		text += "?" + query
	}
	return text
}

// maskQuery writes the parameters with every password masked: libpq takes
// password and sslpassword as parameters, too.
func maskQuery(query url.Values) string {
	for name := range query {
		if strings.Contains(strings.ToLower(name), "password") {
			query.Set(name, mask)
		}
	}
	return strings.ReplaceAll(query.Encode(), url.QueryEscape(mask), mask)
}

// GoString is what %#v prints.
func (u DatabaseURL) GoString() string { return u.String() }

// Format is what every verb prints.
func (u DatabaseURL) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, u.String()) }

// MarshalText is what JSON shows.
func (u DatabaseURL) MarshalText() ([]byte, error) { //nolint:unparam // encoding.TextMarshaler has the error
	return []byte(u.String()), nil
}

// LogValue is what slog writes.
func (u DatabaseURL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// isPostgres tells whether the address is one that the driver takes.
func isPostgres(address *url.URL) bool {
	return address.Scheme == "postgres" || address.Scheme == "postgresql"
}
