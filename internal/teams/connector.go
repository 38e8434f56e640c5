package teams

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/infracloudio/msbotbuilder-go/core"
	"github.com/infracloudio/msbotbuilder-go/core/activity"
	"github.com/infracloudio/msbotbuilder-go/schema"
)

// ConnectorConfig is what a [Connector] needs.
type ConnectorConfig struct {
	// BotID is the bot's application id; it stands in for a bot that a
	// Reference does not name.
	BotID string
	// Tokens gives the bot's tokens.
	Tokens *TokenSource
	// Hosts are the only hosts that a token is sent to.
	Hosts Hosts
	// HTTP makes the requests; it needs a time-out.
	HTTP *http.Client
	// Now is the clock of the rate limits; time.Now when nil.
	Now func() time.Time
	// Limits are the rates to keep to; DefaultLimits when zero.
	Limits Limits
	// Observe, when set, hears of every request: what it was, how it failed
	// ("" when it did not) and how long it took.
	Observe func(op string, failure ErrorKind, took time.Duration)
}

// Connector speaks to Teams: it sends, edits and deletes the bot's messages,
// reads members and opens conversations. Calls for one conversation go out in
// the order in which they were made, one after the other; different
// conversations do not wait for each other. It keeps to the [Limits] and does
// not repeat a failed call: its caller is a job that comes back.
type Connector struct {
	cfg    ConnectorConfig
	http   *http.Client
	lanes  lanes
	meters meters
}

const (
	// longestAnswer bounds the bytes read of an answer; a page of 500 members
	// has about 200 KB.
	longestAnswer = 4 << 20
	// longestRefusal bounds the bytes read of an answer that is an error.
	longestRefusal = 64 << 10
)

// NewConnector checks the configuration and returns a Connector.
func NewConnector(cfg ConnectorConfig) (*Connector, error) {
	client, err := withoutRedirects(cfg.HTTP)
	if err != nil {
		return nil, err
	}
	if cfg.Tokens == nil {
		return nil, errors.New("teams: a connector needs a source of tokens")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Limits.Send == nil && cfg.Limits.Read == nil && cfg.Limits.Tenant == nil {
		wait := cfg.Limits.MaxWait
		cfg.Limits = DefaultLimits()
		if wait != 0 {
			cfg.Limits.MaxWait = wait
		}
	}
	return &Connector{
		cfg:    cfg,
		http:   client,
		lanes:  lanes{byKey: map[string]*lane{}},
		meters: meters{now: cfg.Now, byKey: map[meterKey]*meter{}},
	}, nil
}

// Send posts a message and returns its id. An empty id without an error means
// that the message was posted but Teams gave no id for it (a 202, or an
// activity that it split): it must not be sent again and cannot be edited.
func (c *Connector) Send(ctx context.Context, ref Reference, m Message) (id string, err error) {
	if err := errors.Join(ref.check(), m.check()); err != nil {
		return "", fmt.Errorf("teams: send to %s: %w", ref, err)
	}
	turn := activity.HandlerFuncs{OnMessageFunc: func(turn *activity.TurnContext) (schema.Activity, error) {
		return turn.SendActivity(m.fill)
	}}
	e := c.exchange(ctx, "send", ref, m)
	err = c.inTurn(ctx, "send", ref, func() error {
		return e.adapter().ProactiveMessage(ctx, e.escaped(), turn)
	})
	return e.id, wrap("send to", ref, err)
}

// Update replaces a message of the bot. A message that is not there any more,
// and one that never had an id, is an error of kind Gone: post a new one.
func (c *Connector) Update(ctx context.Context, ref Reference, id string, m Message) error {
	if id == "" {
		return fmt.Errorf("teams: update in %s: %w", ref, &Error{Op: "update", Kind: Gone})
	}
	if err := errors.Join(ref.check(), checkID("message", id), m.check()); err != nil {
		return fmt.Errorf("teams: update in %s: %w", ref, err)
	}
	e := c.exchange(ctx, "update", ref, m)
	e.messageID = id
	a := activity.ApplyConversationReference(schema.Activity{Type: schema.Message, ID: url.PathEscape(id)}, e.escaped(), false)
	if err := m.fill(&a); err != nil {
		return fmt.Errorf("teams: update in %s: %w", ref, err)
	}
	return wrap("update in", ref, c.inTurn(ctx, "update", ref, func() error {
		return e.adapter().UpdateActivity(ctx, a)
	}))
}

// Delete takes a message of the bot back.
func (c *Connector) Delete(ctx context.Context, ref Reference, id string) error {
	if err := errors.Join(ref.check(), checkID("message", id)); err != nil {
		return fmt.Errorf("teams: delete in %s: %w", ref, err)
	}
	e := c.exchange(ctx, "delete", ref, Message{})
	return wrap("delete in", ref, c.inTurn(ctx, "delete", ref, func() error {
		return e.adapter().DeleteActivity(ctx, url.PathEscape(id), e.escaped())
	}))
}

// inTurn runs a call that changes a conversation when its turn comes.
func (c *Connector) inTurn(ctx context.Context, op string, ref Reference, call func() error) error {
	demands := c.demands("send", ref.Tenant, ref.Root(), c.cfg.Limits.Send)
	if err := c.queue(ctx, op, ref, demands); err != nil {
		return err
	}
	key := ref.Tenant + " " + ref.Conversation.ID
	if err := c.lanes.enter(ctx, key); err != nil {
		c.meters.leave(demands)
		return &Error{Op: op, Kind: Busy, Err: err}
	}
	defer c.lanes.leave(key)
	return c.pass(ctx, op, demands, call)
}

// read runs a call that reads of a conversation when the limits allow it.
func (c *Connector) read(ctx context.Context, op string, ref Reference, call func() error) error {
	demands := c.demands("read", ref.Tenant, ref.Root(), c.cfg.Limits.Read)
	if err := c.queue(ctx, op, ref, demands); err != nil {
		return err
	}
	return c.pass(ctx, op, demands, call)
}

// queue lets a call wait for the limits. The token comes first: calls that
// waited for one together after their turn would go out together, too.
func (c *Connector) queue(ctx context.Context, op string, ref Reference, demands []demand) error {
	target, err := address(ref.ServiceURL)
	if err != nil {
		return err
	}
	if err := c.allowed(op, target); err != nil {
		return err
	}
	began := c.cfg.Now()
	if _, err := c.cfg.Tokens.Token(ctx); err != nil {
		c.observe(op, err, began)
		return err
	}
	return c.meters.queue(op, demands)
}

// pass runs a queued call when the limits allow it, and remembers a server's
// wish to be left alone for a while.
func (c *Connector) pass(ctx context.Context, op string, demands []demand, call func() error) error {
	booked, err := c.meters.pass(ctx, op, demands)
	if err != nil {
		if KindOf(err) == "" {
			err = &Error{Op: op, Kind: Busy, Err: err}
		}
		return err
	}
	err = call()
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == Throttled {
		c.meters.refused(booked, e.RetryAfter, demands[0], demands[1])
	}
	return err
}

// demands counts a call by its chat or channel and by its tenant. Microsoft's
// "thread" in the limits is a conversation, and the threads of a channel share it.
func (c *Connector) demands(what, tenant, root string, windows []Window) []demand {
	return []demand{
		{meterKey{what, tenant, root}, windows, c.cfg.Limits.MaxWait},
		{meterKey{"tenant", tenant, ""}, c.cfg.Limits.Tenant, c.cfg.Limits.MaxTenantWait},
	}
}

func (c *Connector) exchange(ctx context.Context, op string, ref Reference, m Message) *exchange {
	ref.Bot = c.bot(ref)
	return &exchange{connector: c, ctx: ctx, op: op, ref: ref, message: m}
}

// bot returns the account that the bot acts as.
func (c *Connector) bot(ref Reference) schema.ChannelAccount {
	if ref.Bot.ID == "" && c.cfg.BotID != "" {
		ref.Bot.ID = "28:" + c.cfg.BotID
	}
	return ref.Bot
}

// exchange is one call through the library: the connector client that its
// adapter is given, which puts our activity on the wire and catches the id.
// It holds ctx because the library's interface has no place for it.
type exchange struct {
	connector *Connector
	ctx       context.Context
	op        string
	ref       Reference
	messageID string
	message   Message

	id string
}

func (e *exchange) adapter() *core.BotFrameworkAdapter {
	return &core.BotFrameworkAdapter{Client: e}
}

// escaped returns the reference with its conversation id escaped, since the
// library puts it into a path as it is and cleans that path: an id with a
// slash or dots in it would lead elsewhere.
func (e *exchange) escaped() schema.ConversationReference {
	ref := e.ref.ConversationReference
	ref.ActivityID = ""
	ref.Conversation.ID = url.PathEscape(ref.Conversation.ID)
	return ref
}

// Post sends a new activity.
func (e *exchange) Post(target url.URL, a schema.Activity) error {
	var answer schema.ResourceResponse
	err := e.do(http.MethodPost, target, e.body(a), &answer)
	e.id = answer.ID
	return err
}

// Put replaces an activity.
func (e *exchange) Put(target url.URL, a schema.Activity) error {
	a.ID = e.messageID
	return e.do(http.MethodPut, target, e.body(a), nil)
}

// Delete deletes an activity.
func (e *exchange) Delete(target url.URL, _ schema.Activity) error {
	return e.do(http.MethodDelete, target, nil, nil)
}

func (e *exchange) body(a schema.Activity) any {
	return newOutgoing(a, &e.ref.Conversation, e.message)
}

func (e *exchange) do(method string, target url.URL, body, answer any) error {
	// The library's path is made of escaped ids.
	path, err := url.PathUnescape(target.Path)
	if err != nil {
		return fmt.Errorf("path: %w", err)
	}
	target.RawPath, target.Path = target.Path, path
	return e.connector.do(e.ctx, e.op, method, &target, body, answer)
}

// do makes one request, with the bot's token, and decodes a successful answer
// into answer unless that is nil.
func (c *Connector) do(ctx context.Context, op, method string, target *url.URL, body, answer any) error {
	if err := c.allowed(op, target); err != nil {
		return err
	}
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
	}
	began := c.cfg.Now()
	token, err := c.attempt(ctx, op, method, target.String(), payload, answer)
	if KindOf(err) == Unauthorized && c.cfg.Tokens.Drop(token) {
		// The token may have been withdrawn before its time. Nothing was
		// done, so the call is made again, with a new one.
		_, err = c.attempt(ctx, op, method, target.String(), payload, answer)
	}
	c.observe(op, err, began)
	return err
}

// allowed tells whether the token may go to a URL. Only the host is looked at:
// ids in the path have characters that a service URL must not have.
func (c *Connector) allowed(op string, target *url.URL) error {
	host := url.URL{Scheme: target.Scheme, User: target.User, Host: target.Host}
	if err := c.cfg.Hosts.Check(host.String()); err != nil {
		return &Error{Op: op, Kind: WrongHost, Err: err}
	}
	return nil
}

func (c *Connector) observe(op string, err error, began time.Time) {
	if c.cfg.Observe != nil {
		c.cfg.Observe(op, KindOf(err), c.cfg.Now().Sub(began))
	}
}

func (c *Connector) attempt(ctx context.Context, op, method, target string, payload []byte, answer any) (token string, err error) {
	token, err = c.cfg.Tokens.Token(ctx)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(payload))
	if err != nil {
		return "", &Error{Op: op, Kind: Refused, Err: plainNetworkError(err)}
	}
	if payload != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	req.Header.Set("Accept", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		dial, isNet := errors.AsType[*net.OpError](err)
		return token, &Error{Op: op, Kind: Busy, Err: plainNetworkError(err), unanswered: !isNet || dial.Op != "dial"}
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, longestRefusal)) // what came is all there is
		return token, answerError(op, resp, text, c.cfg.Now())
	}
	return token, decodeAnswer(op, resp, answer)
}

// decodeAnswer reads the body of a success. A body that is missing or cut is
// no failure of a send: the message is there, only its id is not known.
func decodeAnswer(op string, resp *http.Response, answer any) error {
	text, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	if answer == nil {
		return nil
	}
	if err == nil && len(bytes.TrimSpace(text)) > 0 {
		err = json.Unmarshal(text, answer)
	}
	if _, sent := answer.(*schema.ResourceResponse); sent || err == nil {
		return nil
	}
	return &Error{Op: op, Status: resp.StatusCode, Kind: Broken, Err: errors.New("the answer cannot be read")}
}

// address joins a service URL and the parts of a path, which are escaped.
func address(serviceURL string, parts ...string) (*url.URL, error) {
	u, err := url.Parse(serviceURL)
	if err != nil {
		return nil, &Error{Op: "address", Kind: WrongHost, Err: plainNetworkError(err)}
	}
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return u.JoinPath(parts...), nil
}

func wrap(what string, ref Reference, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("teams: %s %s: %w", what, ref, err)
}
