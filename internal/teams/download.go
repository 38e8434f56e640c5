package teams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// mostRedirects is how often a file may be somewhere else.
const mostRedirects = 5

// DownloaderConfig is what a [Downloader] needs.
type DownloaderConfig struct {
	// Tokens gives the bot's tokens.
	Tokens *TokenSource
	// ServiceHosts are the only hosts that a token is sent to, and FileHosts those
	// that files are fetched from without one.
	ServiceHosts, FileHosts Hosts
	// HTTP makes the requests. Its time-out is the longest that a whole file may take.
	HTTP *http.Client
	// Largest is the size, in bytes, above which a file is not begun with.
	Largest int64
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Observe, when set, hears of every file: how opening it failed ("" when it
	// did not) and how long that took.
	Observe func(op string, failure ErrorKind, took time.Duration)
}

// Downloader fetches the files of messages. It goes to hosts of its lists only,
// over https, wherever a server points; only on the loopback, where it is listed,
// over http. A file of a personal chat has an address that lets in whoever has
// it, and is asked for without the bot's token; a pasted picture with it ("Send
// and receive files through the bot", Microsoft). It stores nothing, and its
// errors name no address.
type Downloader struct {
	cfg  DownloaderConfig
	http *http.Client
}

// NewDownloader checks the configuration and returns a Downloader.
func NewDownloader(cfg DownloaderConfig) (*Downloader, error) {
	client, err := withoutRedirects(cfg.HTTP)
	if err != nil {
		return nil, err
	}
	if cfg.Tokens == nil {
		return nil, errors.New("teams: a downloader needs a source of tokens")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Downloader{cfg: cfg, http: client}, nil
}

// Open gives the content of a file, which the caller closes. What goes wrong
// there, and what goes wrong later while it is read, is an [Error].
func (d *Downloader) Open(ctx context.Context, f File) (io.ReadCloser, error) {
	began := d.cfg.Now()
	body, err := d.open(ctx, f)
	if d.cfg.Observe != nil {
		d.cfg.Observe("download", KindOf(err), d.cfg.Now().Sub(began))
	}
	if err != nil {
		return nil, fmt.Errorf("teams: download: %w", err)
	}
	return body, nil
}

func (d *Downloader) open(ctx context.Context, f File) (io.ReadCloser, error) {
	target, err := url.Parse(f.URL)
	if err != nil {
		return nil, &Error{Op: "download", Kind: WrongHost, Err: errors.New("the address is no URL")}
	}
	for hop := range mostRedirects + 1 {
		resp, token, err := d.get(ctx, f, target, hop)
		if err != nil {
			return nil, err
		}
		switch resp.StatusCode {
		case http.StatusOK:
			return d.body(resp)
		case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
			_ = resp.Body.Close() // nothing of it is read
			if target, err = target.Parse(resp.Header.Get("Location")); err != nil {
				return nil, &Error{Op: "download", Status: resp.StatusCode, Kind: WrongHost, Err: errors.New("it is redirected to no URL")}
			}
		default:
			refused := d.refusal(f, resp)
			if refused.Kind == Unauthorized {
				// It may have been withdrawn before its time: the next attempt gets a new one.
				d.cfg.Tokens.Drop(token)
			}
			return nil, refused
		}
	}
	return nil, &Error{Op: "download", Kind: Refused, Err: errors.New("it is redirected again and again")}
}

// get makes one request. The bot's token goes with it to attachments on the
// connector, and nowhere else, wherever the connector then points.
func (d *Downloader) get(ctx context.Context, f File, target *url.URL, hop int) (resp *http.Response, token string, err error) {
	// Only the host is looked at: the rest may have characters that a service URL must not have.
	host := (&url.URL{Scheme: target.Scheme, User: target.User, Host: target.Host}).String()
	withToken := f.Kind == FileOnConnector && isAttachment(target) && d.cfg.ServiceHosts.Check(host) == nil
	if !withToken && (d.cfg.FileHosts.Check(host) != nil || f.Kind != FileDownload && hop == 0) {
		return nil, "", &Error{Op: "download", Kind: WrongHost, Err: errors.New("no file is fetched from its host or path, or it is not https")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, "", &Error{Op: "download", Kind: Refused, Err: errors.New("the address is no URL")}
	}
	// The bytes are to be those of the file, whatever the way compresses.
	req.Header.Set("Accept-Encoding", "identity")
	if withToken {
		if token, err = d.cfg.Tokens.Token(ctx); err != nil {
			return nil, "", err
		}
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if resp, err = d.http.Do(req); err != nil {
		return nil, "", &Error{Op: "download", Kind: Busy, Err: withoutAddress(err)}
	}
	return resp, token, nil
}

// isAttachment tells whether an address of the connector is that of an attachment
// ("Get Attachment" of the Bot Connector API). With the bot's token any other one
// gives what the bot may see and the sender of the message perhaps not, such as
// the members of a conversation.
func isAttachment(address *url.URL) bool {
	plain := !strings.ContainsAny(address.Path, `%\`) && !slices.Contains(strings.Split(address.Path, "/"), "..")
	return plain && strings.Contains(address.Path, "/v3/attachments/")
}

// withoutAddress gives the cause of a request that failed. What the standard
// library says of a bad redirect quotes the address, which may be a secret, too.
func withoutAddress(err error) error {
	plain := plainNetworkError(err)
	if _, network := errors.AsType[net.Error](plain); network || errors.Is(plain, io.EOF) || errors.Is(plain, context.Canceled) {
		return plain
	}
	return errors.New("the answer cannot be read")
}

// body gives the body of a file, unless it says that it is too large.
func (d *Downloader) body(resp *http.Response) (io.ReadCloser, error) {
	if d.cfg.Largest > 0 && resp.ContentLength > d.cfg.Largest {
		_ = resp.Body.Close() // nothing of it is read
		return nil, &Error{Op: "download", Status: resp.StatusCode, Kind: TooBig}
	}
	return content{resp.Body}, nil
}

// refusal reads an answer that is no file. Of a file's own address 401 and 403
// mean that its time is over ("Send and receive files through the bot", Microsoft).
func (d *Downloader) refusal(f File, resp *http.Response) *Error {
	defer func() { _ = resp.Body.Close() }() // nothing of it is read
	e := &Error{Op: "download", Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header.Get("Retry-After"), d.cfg.Now())}
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests:
		e.Kind = Throttled
	case (status == http.StatusUnauthorized || status == http.StatusForbidden) && f.Kind == FileDownload:
		e.Kind = Expired
	case status == http.StatusUnauthorized:
		e.Kind = Unauthorized
	case status == http.StatusNotFound, status == http.StatusGone:
		e.Kind = Gone
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout, status == http.StatusPreconditionFailed:
		e.Kind = Busy
	default:
		e.Kind = Refused
	}
	return e
}

// content is the body of a file, whose faults are an [Error], too.
type content struct{ io.ReadCloser }

// Read reads on. A file that breaks off, or that takes too long, may come
// whole the next time.
func (c content) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err //nolint:wrapcheck // io.EOF is looked for as it is
	}
	return n, &Error{Op: "download", Kind: Busy, Err: withoutAddress(err)}
}
