package odoo

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ErrorKind says what a caller can do about a call that failed. It is a plain
// word, fit for a log line or a metric's label.
type ErrorKind string

// The kinds of failure. A caller decides by them and never by a status or a name.
const (
	Busy          ErrorKind = "busy"           // Odoo, its proxy or the network hiccuped: try again later
	Unauthorized  ErrorKind = "unauthorized"   // the key is wrong, was withdrawn, or has expired
	WrongDatabase ErrorKind = "wrong_database" // there is no database of that name
	Access        ErrorKind = "access"         // the user lacks a right
	Missing       ErrorKind = "missing"        // the record is gone
	NoModel       ErrorKind = "no_model"       // the model or the method does not exist: an app is not installed
	Validation    ErrorKind = "validation"     // a required value or a rule of Odoo stands against it
	UnknownField  ErrorKind = "unknown_field"  // the model has no such field
	NotOdoo       ErrorKind = "not_odoo"       // whatever answers there is not Odoo's API
	Refused       ErrorKind = "refused"        // any other no: the same call will not do better later
)

// Error is a failed call. Its text is for logs and never holds the key or a
// traceback; people are told something of ours.
type Error struct {
	// Op names the call: "helpdesk.ticket/create".
	Op   string
	Kind ErrorKind
	// Status is the HTTP status; 0 when no answer came.
	Status int
	// Name is the exception that Odoo names, such as odoo.exceptions.AccessError.
	Name string
	// Detail is the beginning of Odoo's own words. They may be in any language and
	// may name records and people.
	Detail string
	// Field is the field that Odoo finds fault with, where it says so.
	Field string
	// RetryAfter is how long to wait before the next attempt, 0 when nobody said.
	RetryAfter time.Duration
	// Err is the cause, where no answer came.
	Err error

	// unanswered is true when the request went out and no answer came.
	unanswered bool
}

// Error describes the failure for a log.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "odoo: %s: %s", e.Op, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": status %d", e.Status)
	}
	if e.Name != "" {
		fmt.Fprintf(&b, " %s", e.Name)
	}
	if e.Field != "" {
		fmt.Fprintf(&b, " field %s", e.Field)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, " %q", e.Detail)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Temporary says whether the same call may succeed later.
func (e *Error) Temporary() bool { return e.Kind == Busy }

// Setup says whether somebody has to mend the set-up of Odoo or of the bot before
// the same call can succeed.
func (e *Error) Setup() bool {
	return slices.Contains([]ErrorKind{Unauthorized, WrongDatabase, Access, NoModel, UnknownField, NotOdoo}, e.Kind)
}

// Unanswered says whether err is that of a call to which no answer came, or that
// of a proxy in place of Odoo: it may have been done, or may still be. A record
// has to be looked for before it is created again.
func Unanswered(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.unanswered
}

// KindOf returns the kind of the first [Error] in err's chain, or "" when there is none.
func KindOf(err error) ErrorKind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// longestDetail is how many characters of Odoo's words an Error keeps.
const longestDetail = 300

// fault is how both protocols tell of an exception.
type fault struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// failure makes an exception of Odoo an [Error]. Odoo's words are cut, and lose the
// key if they quote it. Its traceback is not even read.
func (c *Client) failure(op string, status int, f fault) *Error {
	return &Error{
		Op: op, Kind: f.kind(status, c.cfg.Database), Status: status, Name: c.kept(f.Name), Detail: c.kept(f.Message),
	}
}

// kept is what may be kept of Odoo's words.
func (c *Client) kept(words string) string {
	return shortened(strings.ReplaceAll(words, c.cfg.Key, "***"))
}

// kind decides by the exception's name: statuses differ between protocols and
// versions. Seen on 14 and 19.
func (f fault) kind(status int, database string) ErrorKind {
	switch f.Name[strings.LastIndex(f.Name, ".")+1:] {
	case "AccessDenied", "Unauthorized", "SessionExpiredException":
		return Unauthorized
	case "OperationalError":
		// Postgres says in the language of its machine that a database does not exist, but names it.
		if _, reason, ok := strings.Cut(f.Message, "FATAL"); ok && strings.Contains(reason, database) {
			return WrongDatabase
		}
		return Busy
	case "AccessError", "Forbidden":
		return Access
	case "MissingError":
		return Missing
	case "NotFound":
		return NoModel
	case "ValidationError", "UserError", "RedirectWarning", "IntegrityError",
		"NotNullViolation", "UniqueViolation", "CheckViolation", "ForeignKeyViolation":
		return f.unless(Validation)
	case "ValueError", "AttributeError":
		return f.unless(Refused) // an error in the code of Odoo or of a module has these names, too
	case "SerializationFailure", "TransactionRollbackError", "DeadlockDetected", "LockNotAvailable", "QueryCanceled",
		"InterfaceError", "PoolError", "ServiceUnavailable", "TooManyRequests":
		return Busy
	}
	if busy(status) {
		return Busy
	}
	return Refused
}

// unless tells by Odoo's words, which are always English here, what the names of
// general exceptions hide: JSON-RPC says with a UserError that a model is not there.
func (f fault) unless(kind ErrorKind) ErrorKind {
	for begin, meant := range map[string]ErrorKind{
		"Object ": NoModel, "The method ": NoModel, "Invalid field": UnknownField, "Wrong value for": Validation,
	} {
		if strings.HasPrefix(f.Message, begin) && (begin != "Object " || strings.HasSuffix(strings.TrimSpace(f.Message), "doesn't exist")) {
			return meant
		}
	}
	return kind
}

// busy tells the statuses of a server or proxy that is down or overloaded.
func busy(status int) bool {
	return status > http.StatusInternalServerError || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

func shortened(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > longestDetail {
		return string(runes[:longestDetail]) + "…"
	}
	return string(runes)
}
