package teams

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrorKind says what a caller can do about a call that failed. It is a plain
// word, fit for a log line or a metric's label.
type ErrorKind string

// The kinds of failure. A caller decides by them and never by a status or a
// code.
const (
	Throttled        ErrorKind = "throttled"         // too many calls: come back after RetryAfter
	Busy             ErrorKind = "busy"              // Teams or the network hiccuped: try again later
	Gone             ErrorKind = "gone"              // the message is not there any more: post a new one
	ConversationGone ErrorKind = "conversation_gone" // the conversation is not there any more
	Blocked          ErrorKind = "blocked"           // the person or the chat blocked the bot
	NotInRoster      ErrorKind = "not_in_roster"     // the bot is no member of the conversation
	NotInstalled     ErrorKind = "not_installed"     // the app is not installed for this person or team
	Disabled         ErrorKind = "disabled"          // an administrator switched the bot off
	NoPermission     ErrorKind = "no_permission"     // the app lacks a permission
	WrongHost        ErrorKind = "wrong_host"        // not the service host of this cloud or conversation
	TooBig           ErrorKind = "too_big"           // the message is larger than Teams takes
	Unauthorized     ErrorKind = "unauthorized"      // the bot's credentials or registration are wrong
	Refused          ErrorKind = "refused"           // any other no: the same call will not do better later
	Broken           ErrorKind = "broken"            // Teams failed on its side: not to be repeated blindly
	Expired          ErrorKind = "expired"           // the address of a file is good no longer: ask for it anew
)

// Error is a failed call to Teams or to the token endpoint. Its text is for
// logs; people are told something of ours.
type Error struct {
	// Op names the call: "send", "update", "token".
	Op string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Code is the error code of the answer, such as ConversationNotFound.
	Code string
	// SubCode refines a Code, such as MessageWritesBlocked.
	SubCode string
	// Detail is the beginning of the server's own words.
	Detail string
	// Kind says what to do about it.
	Kind ErrorKind
	// RetryAfter is how long to wait before the next attempt, 0 when Teams
	// did not say.
	RetryAfter time.Duration
	// Err is the cause, when the failure is not an answer of the server.
	Err error

	// unanswered is true when the request went out and no answer came.
	unanswered bool
}

// Error describes the failure for a log.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "teams: %s: %s", e.Op, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": status %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", e.Code)
	}
	if e.SubCode != "" {
		fmt.Fprintf(&b, "/%s", e.SubCode)
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

// Unanswered says whether err is that of a call to which no answer came: it may
// have been done, or may still be.
func Unanswered(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.unanswered
}

// Temporary says whether the same call may succeed later.
func (e *Error) Temporary() bool { return e.Kind == Throttled || e.Kind == Busy }

// KindOf returns the kind of the first [Error] in err's chain, or "" when
// there is none.
func KindOf(err error) ErrorKind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// longestRetryAfter bounds what a server may ask of us, so that a mistaken
// header does not silence a conversation for days.
const longestRetryAfter = time.Hour

// longestDetail is how many bytes of the server's words an Error keeps.
const longestDetail = 200

// answerError turns an answer that is no success into an Error. The body is
// the bounded beginning of the answer.
func answerError(op string, resp *http.Response, body []byte, now time.Time) *Error {
	e := &Error{Op: op, Status: resp.StatusCode}
	var answer struct {
		Error struct {
			Code     string          `json:"code"`
			Message  string          `json:"message"`
			SubCode  string          `json:"subCode"`
			InnerRaw json.RawMessage `json:"innerHttpError"`
		} `json:"error"`
		SubCode string `json:"subCode"`
	}
	// An answer that is not JSON (a proxy's page) has no code to find.
	if json.Unmarshal(body, &answer) == nil {
		e.Code = clip(answer.Error.Code)
		e.Detail = clip(answer.Error.Message)
		e.SubCode = clip(answer.Error.SubCode + answer.SubCode)
		if e.SubCode == "" && strings.Contains(string(body), "MessageWritesBlocked") {
			// Some answers carry the sub-code inside the message or in
			// innerHttpError.
			e.SubCode = "MessageWritesBlocked"
		}
	}
	e.Kind = kindOfAnswer(e.Status, e.Code, e.SubCode)
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), now)
	return e
}

// kindOfAnswer reads a status and code as Microsoft's table of status codes
// for bots does ("Status codes from bot conversational APIs").
func kindOfAnswer(status int, code, subCode string) ErrorKind {
	switch status {
	case http.StatusTooManyRequests:
		return Throttled
	case http.StatusPreconditionFailed, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return Busy
	case http.StatusRequestEntityTooLarge:
		return TooBig
	case http.StatusUnauthorized:
		return Unauthorized
	case http.StatusForbidden:
		return kindOfForbidden(code, subCode)
	case http.StatusNotFound:
		return kindOfNotFound(code)
	}
	if status >= 500 {
		return Broken
	}
	return Refused
}

func kindOfForbidden(code, subCode string) ErrorKind {
	if subCode == "MessageWritesBlocked" {
		return Blocked
	}
	switch code {
	case "ConversationBlockedByUser", "MessageWritesBlocked":
		return Blocked
	case "BotNotInConversationRoster":
		return NotInRoster
	case "BotDisabledByAdmin":
		return Disabled
	case "ForbiddenOperationException":
		return NotInstalled
	case "NotEnoughPermissions":
		return NoPermission
	case "InvalidBotApiHost":
		return WrongHost
	}
	return Refused
}

func kindOfNotFound(code string) ErrorKind {
	switch code {
	case "ActivityNotFoundInConversation":
		return Gone
	case "ConversationNotFound":
		return ConversationGone
	}
	return Refused
}

// retryAfter reads the header in both its forms, seconds and a date.
func retryAfter(header string, now time.Time) time.Duration {
	if header == "" {
		return 0
	}
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(header, 64); err == nil {
		// Compared before the conversion: a huge number overflows a Duration.
		if seconds > longestRetryAfter.Seconds() {
			return longestRetryAfter
		}
		wait = time.Duration(seconds * float64(time.Second))
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
