package teamstest

import (
	"fmt"
	"net/http"
	"time"
)

// Fault is something that goes wrong at the connector.
type Fault struct {
	// Status and Code are the answer; SubCode refines it. A Status of 0 goes
	// on as usual after Until.
	Status        int
	Code, SubCode string
	// RetryAfter is told with the answer when it is not 0.
	RetryAfter time.Duration
	// Delivered makes the call work before the answer says it did not.
	Delivered bool
	// WithoutBody leaves the body out of the answer, and so the id.
	WithoutBody bool
	// Until, when set, is what the answer waits for.
	Until <-chan struct{}
	// Method limits the fault to requests with this method.
	Method string
}

// On limits the fault to requests with the method: POST for sends, PUT for
// updates.
func (f Fault) On(method string) Fault {
	f.Method = method
	return f
}

// Throttled is too many requests; wait 0 leaves Retry-After out.
func Throttled(wait time.Duration) Fault {
	return Fault{Status: http.StatusTooManyRequests, Code: "Throttled", RetryAfter: wait}
}

// Conflict is a precondition that failed, which Teams asks to repeat.
func Conflict() Fault {
	return Fault{Status: http.StatusPreconditionFailed, Code: "PreconditionFailed"}
}

// Failing is a server error with the status: 500, 502, 503 or 504.
func Failing(status int) Fault { return Fault{Status: status, Code: "ServiceError"} }

// TimedOut is a 504 for a call that worked.
func TimedOut() Fault {
	return Fault{Status: http.StatusGatewayTimeout, Code: "GatewayTimeout", Delivered: true}
}

// WithoutID is a 202 without a body for a message that was posted.
func WithoutID() Fault {
	return Fault{Status: http.StatusAccepted, Delivered: true, WithoutBody: true}
}

// Forbidden is a 403 with a code such as BotDisabledByAdmin.
func Forbidden(code string) Fault { return Fault{Status: http.StatusForbidden, Code: code} }

// WritesBlocked is what a bot hears that was blocked or removed.
func WritesBlocked() Fault {
	return Fault{Status: http.StatusForbidden, Code: "Forbidden", SubCode: "MessageWritesBlocked"}
}

// MessageGone is a message that is not found.
func MessageGone() Fault {
	return Fault{Status: http.StatusNotFound, Code: "ActivityNotFoundInConversation"}
}

// ConversationGone is a conversation that is not found.
func ConversationGone() Fault {
	return Fault{Status: http.StatusNotFound, Code: "ConversationNotFound"}
}

// Oversized is a message that is too big.
func Oversized() Fault {
	return Fault{Status: http.StatusRequestEntityTooLarge, Code: "MessageSizeTooBig"}
}

// Slow answers only when the channel is closed, or the test ends.
func Slow(until <-chan struct{}) Fault { return Fault{Until: until} }

// pending is a fault that waits for its calls.
type pending struct {
	fault Fault
	left  int
	room  string // id; empty: any
}

// FailNext makes the next n calls to the connector meet the fault.
func (t *Teams) FailNext(n int, fault Fault) { t.failNext(n, fault, "") }

// FailNext makes the next n calls about this conversation meet the fault.
func (c *Conversation) FailNext(n int, fault Fault) { c.teams.failNext(n, fault, c.room.id) }

func (t *Teams) failNext(n int, fault Fault, room string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = append(t.faults, &pending{fault: fault, left: n, room: room})
}

// takeFault returns the fault that a call meets. The caller holds mu.
func (t *Teams) takeFault(method, room string) (Fault, bool) {
	for _, p := range t.faults {
		if p.left > 0 && (p.room == "" || p.room == room) && (p.fault.Method == "" || p.fault.Method == method) {
			p.left--
			return p.fault, true
		}
	}
	return Fault{}, false
}

// releaseAll ends the faults that still wait, so that the server can stop.
func (t *Teams) releaseAll() { t.server.CloseClientConnections() }

func (f Fault) write(w http.ResponseWriter) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(f.RetryAfter.Seconds())))
	}
	if f.WithoutBody {
		w.WriteHeader(f.Status)
		return
	}
	refuse(w, f.Status, f.Code, f.SubCode)
}

func refuse(w http.ResponseWriter, status int, code, subCode string) {
	body := map[string]any{"code": code, "message": "teamstest says " + code}
	if subCode != "" {
		body["subCode"] = subCode
	}
	answer(w, status, map[string]any{"error": body})
}
