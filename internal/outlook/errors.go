package outlook

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrorKind says what can be done about a mail that did not go. It is a plain
// word, fit for a log line or a metric's label.
type ErrorKind string

// The kinds of failure.
const (
	Throttled ErrorKind = "throttled" // too many mails: come back after RetryAfter
	Busy      ErrorKind = "busy"      // the mail system or the network hiccuped: try again later
	Setup     ErrorKind = "setup"     // it does not let us send: the sign-in, the sender or its certificate is wrong
	Recipient ErrorKind = "recipient" // it does not take an address
	Content   ErrorKind = "content"   // it does not take the message
)

// Error is a failed step of sending a mail. Its text is for logs; people are told
// something of ours.
type Error struct {
	// Op names the step: "compose", "connect", "send", "token".
	Op string
	// Kind says what to do about it.
	Kind ErrorKind
	// Status is that of SMTP or HTTP; 0 when no answer came.
	Status int
	// Code refines the status: "5.1.1" of SMTP, "ErrorAccessDenied" of Graph,
	// "AADSTS7000215" of the login service.
	Code string
	// Detail is the beginning of the server's own words.
	Detail string
	// RetryAfter is how long to wait before the next attempt; 0 when nobody said.
	RetryAfter time.Duration
	// Err is the cause, when the failure is not an answer of the server.
	Err error
}

// Error describes the failure for a log.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Op, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": status %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", e.Code)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, " %q", e.Detail)
	}
	if e.RetryAfter != 0 {
		fmt.Fprintf(&b, ", retry after %s", e.RetryAfter)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

const (
	// longestRetryAfter bounds what a server may ask of us, so that a mistaken
	// header does not hold a mail back for days.
	longestRetryAfter = time.Hour
	// longestDetail is how many bytes of a server's words an Error keeps.
	longestDetail = 200
)

// retryAfter reads the header in both its forms, seconds and a date.
func retryAfter(header string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestRetryAfter)
}

func clip(s string) string {
	if len(s) <= longestDetail {
		return s
	}
	return strings.ToValidUTF8(s[:longestDetail], "")
}
