package odoo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// longestAnswer bounds the bytes read of an answer: an attachment of 25 MB has 34 MB in base64.
const longestAnswer = 64 << 20

const (
	// json2Since is the version of Odoo that has JSON-2.
	json2Since = 19
	// askAgain is how long the server's version is believed.
	askAgain = 10 * time.Minute

	defaultCalls  = 4
	defaultSettle = 2 * time.Minute
)

// Config is what a [Client] needs.
type Config struct {
	// URL is where Odoo is: https, or http on this machine.
	URL string
	// Database is the name of its database.
	Database string
	// Key is an API key of the bot's user. It goes to URL and nowhere else.
	Key string
	// Login is the bot's user, which servers before 19 need besides the key.
	Login string
	// HTTP makes the requests; it needs a time-out.
	HTTP *http.Client
	// Calls is how many calls are under way at once; 4 when it is 0. The others wait. Odoo
	// answers with two to four processes as a rule, and people need them, too.
	Calls int
	// Settle is how long Odoo may still be at work on a call that it has not answered;
	// two minutes when it is 0, which is where Odoo ends a request (limit_time_real).
	Settle time.Duration
	// Now is the clock; time.Now when it is nil.
	Now func() time.Time
	// Observe, when set, hears of every request: what it was, how it failed ("" when
	// it did not) and how long it took.
	Observe func(op string, failure ErrorKind, took time.Duration)
}

// Client calls methods of Odoo's models. It asks the server once which protocol
// it speaks, and again after a server of another version has answered. It is safe
// for concurrent use.
type Client struct {
	cfg  Config
	base *url.URL
	http *http.Client

	// free holds a place for each call that may be under way.
	free chan struct{}

	mu   sync.Mutex
	wire wire
	// asked is when the server said which version it is.
	asked time.Time
	// pause is until when Odoo, or its proxy, asked to be left alone.
	pause time.Time
}

// Version is that of a server.
type Version struct {
	// Major and Minor are the numbers of "17.0".
	Major, Minor int
	// Text is the version as the server writes it, such as "saas~18.3+e".
	Text string
}

// JSON2 tells whether the server has the newer protocol.
func (v Version) JSON2() bool { return v.Major >= json2Since }

// Call is one call of a method.
type Call struct {
	Model, Method string
	// IDs are the records of a method of records; nil for a method of the model.
	IDs []int64
	// Args are the arguments by name.
	Args map[string]any
	// Context is Odoo's context: language, time zone, whether archived records count.
	Context map[string]any
}

func (c Call) op() string { return c.Model + "/" + c.Method }

// wire is one of the two protocols.
type wire interface {
	call(ctx context.Context, call Call, result any) error
	version() Version
	// user is the number of the key's user, 0 where the protocol does not tell.
	user() int64
}

// New checks the configuration and returns a Client. It asks the server nothing.
func New(cfg Config) (*Client, error) {
	base, err := address(cfg.URL)
	switch {
	case err != nil:
		return nil, err
	case cfg.Database == "" || cfg.Key == "":
		return nil, errors.New("odoo: the database and the key are needed, too")
	case cfg.HTTP == nil || cfg.HTTP.Timeout == 0:
		return nil, errors.New("odoo: the HTTP client needs a time-out")
	case cfg.Calls < 0 || cfg.Settle < 0:
		return nil, errors.New("odoo: a number of calls and a time to settle are not negative")
	}
	cfg.Calls = cmp.Or(cfg.Calls, defaultCalls)
	cfg.Settle = cmp.Or(cfg.Settle, defaultSettle)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	client := *cfg.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key goes nowhere else
	return &Client{cfg: cfg, base: base, http: &client, free: make(chan struct{}, cfg.Calls)}, nil
}

// address reads where Odoo is. Its errors do not quote it: it may hold a password by mistake.
func address(text string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimRight(strings.TrimSpace(text), "/"))
	switch {
	case err != nil || base.Host == "" || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("odoo: the address is no URL such as https://odoo.example.com")
	case base.User != nil:
		return nil, errors.New("odoo: the address holds a user; the key has a setting of its own")
	case base.Scheme != "https" && (base.Scheme != "http" || !loopback(base.Hostname())):
		return nil, errors.New("odoo: the address has to begin with https: the key would be readable on its way")
	}
	return base, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Version asks the server for its version. It needs no right.
func (c *Client) Version(ctx context.Context) (Version, error) {
	const op = "common.version"
	// Every version up to 19 has it, and a later one may have lost it for /web/version, which came with 15.
	var answer struct {
		Text string `json:"server_version"`
		Info []any  `json:"server_version_info"`
	}
	err := c.rpc(ctx, op, "common", "version", []any{}, &answer)
	if failed, ok := errors.AsType[*Error](err); ok && failed.Status == http.StatusNotFound {
		var later struct {
			Text string `json:"version"`
			Info []any  `json:"version_info"`
		}
		_, body, err := c.send(ctx, op, http.MethodGet, "/web/version", nil, nil)
		if err != nil {
			return Version{}, failed
		}
		if json.Unmarshal(body, &later) != nil {
			return Version{}, failed
		}
		answer.Text, answer.Info = later.Text, later.Info
	} else if err != nil {
		return Version{}, err
	}
	v, ok := versionOf(answer.Info)
	if !ok {
		return Version{}, &Error{Op: op, Kind: NotOdoo}
	}
	v.Text = answer.Text
	return v, nil
}

// versionOf reads [17, 0, 0, "final", 0, ""], of a hosted one ["saas~18", 3, …].
func versionOf(info []any) (v Version, ok bool) {
	if len(info) < 2 {
		return Version{}, false
	}
	minor, _ := info[1].(float64)
	switch major := info[0].(type) {
	case float64:
		v.Major = int(major)
	case string:
		v.Major, _ = strconv.Atoi(strings.TrimPrefix(major, "saas~"))
	}
	v.Minor = int(minor)
	return v, v.Major > 0
}

// Call calls a method and decodes what it gives into result, which may be nil.
func (c *Client) Call(ctx context.Context, call Call, result any) error {
	w, err := c.speak(ctx)
	if err != nil {
		return err
	}
	err = w.call(ctx, call, result)
	if slices.Contains([]ErrorKind{NotOdoo, WrongDatabase, Busy, NoModel, Unauthorized}, KindOf(err)) {
		c.forget(w) // while it was away it may have become another one
	}
	return err
}

// Link is the address at which people see a record. Odoo redirects from it in
// every version, and asks for a login first.
func (c *Client) Link(model string, id int64) string {
	return c.base.String() + "/mail/view?" + url.Values{"model": {model}, "res_id": {strconv.FormatInt(id, 10)}}.Encode()
}

// speak gives the protocol of the server.
func (c *Client) speak(ctx context.Context) (wire, error) {
	now := c.cfg.Now()
	c.mu.Lock()
	w := c.wire
	if now.Sub(c.asked) > askAgain {
		w = nil
	}
	c.mu.Unlock()
	if w != nil {
		return w, nil
	}
	v, err := c.Version(ctx)
	if err != nil {
		return nil, err
	}
	if v.JSON2() {
		w = &json2{client: c, serves: v}
	} else if w, err = c.signIn(ctx, v); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wire, c.asked = w, now
	return w, nil
}

func (c *Client) forget(w wire) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wire == w {
		c.wire = nil
	}
}

// enter waits for a place among the calls that are under way. It refuses at once
// while the server has asked to be left alone.
func (c *Client) enter(ctx context.Context, op string) (leave func(), err error) {
	now := c.cfg.Now()
	c.mu.Lock()
	wait := c.pause.Sub(now)
	c.mu.Unlock()
	if wait > 0 {
		return nil, &Error{Op: op, Kind: Busy, RetryAfter: wait, Err: errPause}
	}
	select {
	case c.free <- struct{}{}:
		return func() { <-c.free }, nil
	case <-ctx.Done():
		return nil, &Error{Op: op, Kind: Busy, Err: ctx.Err()}
	}
}

var errPause = errors.New("odoo asked for a pause")

// slowDown keeps the calls back for as long as the server has asked.
func (c *Client) slowDown(wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := c.cfg.Now().Add(wait); until.After(c.pause) {
		c.pause = until
	}
}

// post sends a request with a body. Whatever is not an answer of Odoo's own is an [Error].
func (c *Client) post(ctx context.Context, op, path string, header http.Header, body any) (status int, answer []byte, err error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return 0, nil, fmt.Errorf("odoo: %s: encode: %w", op, err)
	}
	return c.send(ctx, op, http.MethodPost, path, header, encoded)
}

// send makes a request and gives the answer's status and body.
func (c *Client) send(ctx context.Context, op, method, path string, header http.Header, body []byte) (status int, answer []byte, err error) {
	leave, err := c.enter(ctx, op)
	if err != nil {
		return 0, nil, err
	}
	defer leave()
	began := time.Now()
	defer func() {
		if c.cfg.Observe != nil {
			c.cfg.Observe(op, KindOf(err), time.Since(began))
		}
	}()
	request, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("odoo: %s: %w", op, err)
	}
	maps.Copy(request.Header, header)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, &Error{Op: op, Kind: Busy, Err: withoutURL(err), unanswered: !refusedConnection(err)}
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(response.Body, longestAnswer+1))
	switch {
	case err != nil:
		return 0, nil, &Error{Op: op, Kind: Busy, Status: response.StatusCode, Err: err, unanswered: true}
	case len(answer) > longestAnswer:
		return 0, nil, &Error{Op: op, Kind: Refused, Status: response.StatusCode, Err: errTooLong}
	case !json.Valid(answer) || busy(response.StatusCode):
		failed := foreign(op, response, answer)
		if failed.RetryAfter > 0 {
			c.slowDown(failed.RetryAfter)
		}
		return response.StatusCode, nil, failed
	}
	return response.StatusCode, answer, nil
}

var errTooLong = errors.New("the answer is too long")

// refusedConnection tells that the request never went out.
func refusedConnection(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial"
}

// withoutURL takes the address out of an error: whoever reads the log knows it.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// foreign says what an answer means that is not Odoo's JSON: a proxy's page, a
// redirect, half an answer, or Odoo's page for a database that it does not know.
func foreign(op string, response *http.Response, body []byte) *Error {
	e := &Error{Op: op, Status: response.StatusCode, Kind: NotOdoo}
	page := bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
	switch status := response.StatusCode; {
	case busy(status):
		e.Kind, e.unanswered = Busy, true // the proxy gave up, and Odoo may not have
		e.RetryAfter = retryAfter(response)
	case status == http.StatusInternalServerError:
		// Odoo 14 with several databases answers every error like this, a wrong key, too.
		e.Kind, e.unanswered = Refused, true
	case status == http.StatusRequestEntityTooLarge:
		e.Kind, e.Detail = Refused, "the server takes no body of this size"
	case status == http.StatusUnsupportedMediaType:
		// Odoo's own page (JSON-2, seen on 19): the address is right, and a proxy changes the header.
		e.Kind, e.Detail = Refused, "the server takes no JSON: does a proxy change the header Content-Type?"
	case status == http.StatusNotFound && bytes.Contains(body, []byte("database")):
		e.Kind = WrongDatabase
	case status == http.StatusOK && !page:
		e.Kind, e.unanswered = Busy, true // cut off
	case status >= 300 && status < 400:
		e.Detail = "it redirects to another address"
	}
	return e
}

func retryAfter(response *http.Response) time.Duration {
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds <= 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Hour)
}
