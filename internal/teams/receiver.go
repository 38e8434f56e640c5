package teams

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/infracloudio/msbotbuilder-go/connector/auth"
	"github.com/infracloudio/msbotbuilder-go/core"
	"github.com/infracloudio/msbotbuilder-go/core/activity"
	"github.com/infracloudio/msbotbuilder-go/schema"

	"handrail/internal/logs"
)

// Handler answers activities that were found to be genuine.
type Handler interface {
	// Turn handles one activity of any type. Only the answer to an invoke is
	// sent; whatever else the bot has to say goes out through the connector. An
	// activity that it does not know is no error.
	Turn(ctx context.Context, a *Activity) (Answer, error)
}

// Validator proves who sent an activity: the library's interface, which
// [Verifier] and [LocalVerifier] satisfy.
type Validator = auth.TokenValidator

// Request is an HTTP request to the bot, as far as the wire is concerned.
type Request struct {
	// Authorization is the header of that name.
	Authorization string
	// RemoteAddr is the address and port of the caller.
	RemoteAddr string
	// Body is the whole body. Its size is the host's to limit.
	Body []byte
}

// Response is what the host answers with. The body is JSON.
type Response struct {
	Status int
	Body   []byte
	// Kind is the activity's type for counters: one of the known types, "other",
	// or "" when the body was no activity.
	Kind string
	// Refused names the check that the request did not pass, for counters.
	Refused string
}

// ReceiverConfig is what a [Receiver] needs.
type ReceiverConfig struct {
	// BotID is the bot's app id, empty in local mode.
	BotID string
	// Validator lets activities in: a [*Verifier] or a [LocalVerifier].
	Validator Validator
	// Handler answers them.
	Handler Handler
	// Failure gives the sentence that a person reads when the handler failed,
	// in the person's language; nil means an English one.
	Failure func(a *Activity) string
}

// Receiver takes activities in: it decodes, checks and dispatches them.
type Receiver struct {
	adapter *core.BotFrameworkAdapter
	handler Handler
	failure func(a *Activity) string
}

// NewReceiver returns a Receiver on the library's adapter, with our token check
// in it and a client that sends nothing: what a turn says goes out as jobs.
func NewReceiver(cfg ReceiverConfig) *Receiver {
	failure := cfg.Failure
	if failure == nil {
		failure = func(*Activity) string { return "Something went wrong. Please try again in a moment." }
	}
	return &Receiver{
		adapter: &core.BotFrameworkAdapter{
			AdapterSetting: core.AdapterSetting{
				AppID:              cfg.BotID,
				CredentialProvider: auth.SimpleCredentialProvider{AppID: cfg.BotID},
			},
			TokenValidator: cfg.Validator,
			Client:         silentClient{},
		},
		handler: cfg.Handler,
		failure: failure,
	}
}

// remoteKey carries Request.RemoteAddr to a validator, for which the library's
// interface has no place.
type remoteKey struct{}

// Receive handles one request. It always has an answer.
func (r *Receiver) Receive(ctx context.Context, req Request) Response {
	a, err := Decode(req.Body)
	if err != nil {
		return undecoded(ctx, err)
	}
	ctx = context.WithValue(ctx, remoteKey{}, req.RemoteAddr)
	_, err = r.adapter.AuthenticateRequest(ctx, a.Activity, req.Authorization, r.adapter.CredentialProvider, r.adapter.ChannelService)
	if err != nil {
		return refused(ctx, a, req, err)
	}
	ctx = logs.With(ctx,
		slog.String("activity", a.ID), slog.String("type", string(a.Type)),
		slog.String("tenant", a.Tenant()), slog.String("conversation", a.Conversation.ID))
	answer, err := r.dispatch(ctx, a)
	if err != nil {
		return r.failed(ctx, a, err)
	}
	if a.Type != schema.Invoke {
		return respond(http.StatusOK, struct{}{}, a)
	}
	response, err := answer.response(a.Name)
	if err != nil {
		return r.failed(ctx, a, err)
	}
	response.Kind = kind(a)
	return response
}

// dispatch gives the activity to the handler: through the library's adapter for
// the types that it knows, directly for the others.
func (r *Receiver) dispatch(ctx context.Context, a *Activity) (Answer, error) {
	var answer Answer
	var failure error
	turn := func(*activity.TurnContext) (schema.Activity, error) {
		answer, failure = r.handler.Turn(ctx, a)
		return schema.Activity{}, failure
	}
	switch a.Type {
	case schema.Message, schema.Invoke, schema.ConversationUpdate:
		err := r.adapter.ProcessActivity(ctx, a.Activity, activity.HandlerFuncs{
			OnMessageFunc: turn, OnInvokeFunc: turn, OnConversationUpdateFunc: turn,
		})
		if failure == nil && err != nil {
			return Answer{}, fmt.Errorf("teams: process the activity: %w", err)
		}
		return answer, failure // without the library's words around it
	default:
		return r.handler.Turn(ctx, a)
	}
}

// failed logs the handler's error, once, and answers without a word of it: an
// invoke with a sentence for the person, anything else with a status at which
// Teams may send it again.
func (r *Receiver) failed(ctx context.Context, a *Activity, err error) Response {
	logs.From(ctx).ErrorContext(ctx, "turn failed", slog.Any("error", err))
	if a.Type == schema.Invoke {
		if response, err := failedInvoke(a.Name, r.failure(a)).response(a.Name); err == nil {
			response.Kind = kind(a)
			return response
		}
	}
	return respond(http.StatusInternalServerError, failureBody{failure{Code: "ServiceError", Message: "The turn failed."}}, a)
}

// undecoded answers a body that is not an activity.
func undecoded(ctx context.Context, err error) Response {
	logs.From(ctx).WarnContext(ctx, "activity not understood", slog.Any("error", err))
	reason := "the body is not an activity"
	if bad, ok := errors.AsType[*DecodeError](err); ok {
		reason = bad.Reason
	}
	return respond(http.StatusBadRequest, failureBody{failure{Code: "BadArgument", Message: reason}}, nil)
}

// refused logs which check failed and tells the caller nothing but the status.
func refused(ctx context.Context, a *Activity, req Request, err error) Response {
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok {
		refusal = unproven(CheckToken, err.Error())
	}
	logs.From(ctx).WarnContext(ctx, "activity refused",
		slog.String("check", refusal.Check), slog.String("detail", refusal.Detail), slog.Int("status", refusal.Status),
		slog.String("remote", req.RemoteAddr), slog.String("activity", shorten(a.ID)), slog.String("type", shorten(string(a.Type))))
	response := respond(refusal.Status, failureBody{failure{Code: http.StatusText(refusal.Status)}}, a)
	response.Refused = refusal.Check
	return response
}

// respond writes a body that is always encodable.
func respond(status int, body any, a *Activity) Response {
	encoded, err := json.Marshal(body)
	if err != nil {
		encoded = []byte("{}")
	}
	response := Response{Status: status, Body: encoded}
	if a != nil {
		response.Kind = kind(a)
	}
	return response
}

// kind returns the activity's type if it is a known one, so that nobody can
// make a counter grow without end.
func kind(a *Activity) string {
	switch a.Type {
	case schema.Message, schema.Invoke, schema.ConversationUpdate, schema.InstallationUpdate, schema.MsgReaction,
		schema.MessageUpdate, schema.MessageDelete, schema.Event, schema.Typing, schema.EndOfConversation:
		return string(a.Type)
	default:
		return "other"
	}
}

// silentClient is the connector client of the inbound adapter. The library
// sends whatever a handler returns, even an empty activity; ours return nothing
// and say what they have to say with jobs.
type silentClient struct{}

var errSilent = errors.New("teams: a turn does not send; it leaves a job")

// Post drops the empty activity of a turn and refuses any other.
func (silentClient) Post(_ url.URL, a schema.Activity) error {
	if a.Type == "" {
		return nil
	}
	return errSilent
}

// Put refuses: a turn updates nothing itself.
func (silentClient) Put(url.URL, schema.Activity) error { return errSilent }

// Delete refuses: a turn deletes nothing itself.
func (silentClient) Delete(url.URL, schema.Activity) error { return errSilent }
