package outlook

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	gomail "github.com/wneessen/go-mail"
)

// Cloud is where a Microsoft cloud has its login service and Graph.
type Cloud struct {
	LoginURL, GraphURL string
}

// CloudByName gives the cloud that BOT_CLOUD names ("National cloud deployments"
// of Microsoft Graph).
func CloudByName(name string) (Cloud, error) {
	switch name {
	case "public":
		return Cloud{LoginURL: cloud.AzurePublic.ActiveDirectoryAuthorityHost, GraphURL: "https://graph.microsoft.com"}, nil
	case "usgov":
		return Cloud{LoginURL: cloud.AzureGovernment.ActiveDirectoryAuthorityHost, GraphURL: "https://graph.microsoft.us"}, nil
	case "china":
		return Cloud{LoginURL: cloud.AzureChina.ActiveDirectoryAuthorityHost, GraphURL: "https://microsoftgraph.chinacloudapi.cn"}, nil
	}
	return Cloud{}, fmt.Errorf("outlook: unknown cloud %q", name)
}

// GraphConfig says how mails go by Microsoft Graph.
type GraphConfig struct {
	Config
	Cloud
	// Sender is the mailbox that mails are sent from.
	Sender string
	// Tenant, ClientID and Secret are those of the app registration that may send
	// from it.
	Tenant, ClientID, Secret string
	// HTTP makes the requests; it needs a time-out.
	HTTP *http.Client
}

// String names the mailbox without the secret.
func (c GraphConfig) String() string { return c.Sender }

// GoString is [GraphConfig.String] for "%#v".
func (c GraphConfig) GoString() string { return c.String() }

// NewGraph makes a client that sends by Microsoft Graph. It signs in with the
// first mail.
func NewGraph(cfg GraphConfig) (*Client, error) {
	if cfg.HTTP == nil || cfg.HTTP.Timeout <= 0 {
		return nil, errors.New("outlook: an HTTP client with a time-out is needed")
	}
	own := *cfg.HTTP
	// A token is never sent on to where a server points.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	cfg.HTTP = &own
	g := &graph{cfg: cfg}
	first, err := g.begin()
	if err != nil {
		return nil, err
	}
	g.session = first
	client := newClient(cfg.Config, cfg.Sender, g)
	g.now = client.now
	return client, nil
}

// graph is the way by Microsoft Graph.
type graph struct {
	cfg GraphConfig
	now func() time.Time

	mu      sync.Mutex
	session *session
}

// session keeps a token until it ends.
type session struct {
	pipeline   runtime.Pipeline
	credential azcore.TokenCredential
}

// begin begins a session, which fetches its token when it needs one.
func (g *graph) begin() (*session, error) {
	options := azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: g.cfg.LoginURL},
		Transport: g.cfg.HTTP,
		// What fails is tried again as a job, which holds nobody up meanwhile.
		Retry:     policy.RetryOptions{MaxRetries: -1},
		Telemetry: policy.TelemetryOptions{Disabled: true},
	}
	credential, err := azidentity.NewClientSecretCredential(g.cfg.Tenant, g.cfg.ClientID, g.cfg.Secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		return nil, fmt.Errorf("outlook: sign in as %s in tenant %s: %w", g.cfg.ClientID, g.cfg.Tenant, err)
	}
	bearer := runtime.NewBearerTokenPolicy(credential, []string{g.cfg.GraphURL + "/.default"}, nil)
	return &session{runtime.NewPipeline("", "", runtime.PipelineOptions{PerRetry: []policy.Policy{bearer}}, &options), credential}, nil
}

// signIn fetches a token. One of Entra lists the rights that an administrator has
// given to the app registration ("Access token claims reference"); Exchange may
// give the right to send from one mailbox without a word of it there.
func (g *graph) signIn(ctx context.Context) (doubt bool, failure *Error) {
	token, err := g.current().credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{g.cfg.GraphURL + "/.default"}})
	if err != nil {
		return false, g.requestError(err)
	}
	var claims struct {
		Roles []string `json:"roles"`
	}
	parts := strings.Split(token.Token, ".")
	if len(parts) != 3 {
		return false, nil
	}
	payload, unread := base64.RawURLEncoding.DecodeString(parts[1])
	if unread == nil {
		unread = json.Unmarshal(payload, &claims)
	}
	// A token need not be one that can be read.
	return unread == nil && !slices.Contains(claims.Roles, "Mail.Send"), nil
}

// current gives the session that mails go by.
func (g *graph) current() *session {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.session
}

// renew gives a session with a new token in the place of one whose token was
// refused. The SDK keeps a token for its time, whatever Graph says of it.
func (g *graph) renew(refused *session) (*session, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.session != refused {
		return g.session, nil // somebody has renewed it already
	}
	next, err := g.begin()
	if err == nil {
		g.session = next
	}
	return next, err
}

// deliver has Graph send the message as it is, with all its headers, and keep it
// among the sent items of the mailbox ("Send messages with MIME content").
func (g *graph) deliver(ctx context.Context, message *gomail.Msg) *Error {
	var mime bytes.Buffer
	if _, err := message.WriteTo(&mime); err != nil {
		return &Error{Op: "compose", Kind: Content, Err: err}
	}
	body := base64.StdEncoding.AppendEncode(nil, mime.Bytes())
	session := g.current()
	failure := g.post(ctx, session, body)
	if failure == nil || failure.Op != opSend || failure.Status != http.StatusUnauthorized {
		return failure
	}
	session, err := g.renew(session)
	if err != nil {
		return &Error{Op: opToken, Kind: Setup, Err: err}
	}
	return g.post(ctx, session, body)
}

// The steps that an [Error] of Graph names.
const (
	opSend  = "send"
	opToken = "token"
)

// post makes one request.
func (g *graph) post(ctx context.Context, s *session, body []byte) *Error {
	address := g.cfg.GraphURL + "/v1.0/users/" + url.PathEscape(g.cfg.Sender) + "/sendMail"
	request, err := runtime.NewRequest(ctx, http.MethodPost, address)
	if err == nil {
		err = request.SetBody(streaming.NopCloser(bytes.NewReader(body)), "text/plain")
	}
	if err != nil {
		return &Error{Op: opSend, Kind: Setup, Err: errors.New("the address of Graph is no URL")}
	}
	response, err := s.pipeline.Do(request)
	if err != nil {
		return g.requestError(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusAccepted {
		return nil
	}
	return g.answerError(response)
}

// requestError reads the failure of a request without an answer of Graph: the
// sign-in failed, or the network. Of the login service's answer it keeps the
// codes only: its text may repeat what was sent.
func (g *graph) requestError(err error) *Error {
	refused, ok := errors.AsType[*azidentity.AuthenticationFailedError](err)
	switch {
	case !ok:
		if wrapped, isURL := errors.AsType[*url.Error](err); isURL {
			err = wrapped.Err
		}
		return &Error{Op: opSend, Kind: Busy, Err: err}
	case refused.RawResponse == nil:
		return &Error{Op: opToken, Kind: Busy, Err: errors.New("the login service gives no answer")}
	}
	var answer struct {
		Codes []int `json:"error_codes"`
	}
	e := g.newError(opToken, refused.RawResponse)
	// An answer that is not JSON (a proxy's page) has no code to find.
	if body, err := runtime.Payload(refused.RawResponse); err == nil && json.Unmarshal(body, &answer) == nil && len(answer.Codes) > 0 {
		e.Code = "AADSTS" + strconv.Itoa(answer.Codes[0])
	}
	if e.Kind == "" {
		e.Kind = Setup
	}
	return e
}

// longestAnswer bounds the bytes read of a refusal.
const longestAnswer = 64 << 10

// answerError reads a refusal of Graph ("Microsoft Graph error responses").
func (g *graph) answerError(response *http.Response) *Error {
	e := g.newError(opSend, response)
	var answer struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err == nil && json.Unmarshal(body, &answer) == nil {
		e.Code, e.Detail = clip(answer.Error.Code), clip(answer.Error.Message)
	}
	switch {
	case e.Kind != "":
	case strings.EqualFold(e.Code, "ErrorInvalidRecipients"):
		e.Kind = Recipient
	case response.StatusCode == http.StatusBadRequest, response.StatusCode == http.StatusRequestEntityTooLarge:
		e.Kind = Content
	default:
		// 401, 403, 404 and what should not be: a token, a right or a mailbox is missing.
		e.Kind = Setup
	}
	return e
}

// newError begins the error of an answer; its kind is empty where it will be the
// same answer next time.
func (g *graph) newError(op string, response *http.Response) *Error {
	e := &Error{Op: op, Status: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"), g.now())}
	switch {
	case e.Status == http.StatusTooManyRequests:
		e.Kind = Throttled
	case e.Status >= http.StatusInternalServerError, e.Status == http.StatusRequestTimeout:
		e.Kind = Busy
	}
	return e
}
