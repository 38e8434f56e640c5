package teams

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwk"

	"handrail/internal/logs"
)

const (
	// keysFresh is how long keys are used without asking again. Microsoft says
	// that they change at any time and asks for a daily look at least.
	keysFresh = 24 * time.Hour
	// keysPause is the least time between two fetches, so that forged tokens
	// with made-up key ids cannot turn the bot on Microsoft.
	keysPause = time.Minute
	// keysRetry is the same while there are no keys at all: nothing works then.
	keysRetry = 5 * time.Second
	// keysTimeout ends a fetch of both documents.
	keysTimeout = 10 * time.Second
	// keysMaxBytes is far above the size of either document.
	keysMaxBytes = 1 << 20
)

var (
	errUnknownKey = errors.New("no such signing key")
	errNoKeys     = errors.New("no signing keys could be fetched")
)

// signingKey is a key of the issuer with the channels that it may sign for.
type signingKey struct {
	public       *rsa.PublicKey
	endorsements []string
}

func (k signingKey) endorses(channel string) bool {
	return channel != "" && slices.Contains(k.endorsements, channel)
}

// keySet is what one fetch brought. It never changes.
type keySet struct {
	keys    map[string]signingKey
	fetched time.Time
}

// keyring holds the issuer's keys. A key that is known is found without a lock
// and without waiting; one fetch runs at a time, and what is known stays until
// a fetch succeeds.
type keyring struct {
	metadataURL string
	client      *http.Client
	now         func() time.Time

	known atomic.Pointer[keySet]

	mu      sync.Mutex
	running chan struct{} // closed when the fetch ends; nil while none runs
	tried   time.Time     // when the last fetch began
}

// find returns the key with the id. For an id that is not known it waits for a
// fetch, if one is due or running, or for the end of ctx.
func (r *keyring) find(ctx context.Context, id string) (signingKey, error) {
	if known := r.known.Load(); known != nil {
		if key, ok := known.keys[id]; ok {
			if r.now().Sub(known.fetched) >= keysFresh {
				r.fetch(ctx) // in the background: this turn has its key
			}
			return key, nil
		}
	}
	if err := r.await(ctx); err != nil {
		return signingKey{}, err
	}
	known := r.known.Load()
	if known == nil {
		return signingKey{}, errNoKeys
	}
	key, ok := known.keys[id]
	if !ok {
		return signingKey{}, errUnknownKey
	}
	return key, nil
}

// await waits for the fetch that is running or due, if any.
func (r *keyring) await(ctx context.Context) error {
	done := r.fetch(ctx)
	if done == nil {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", errNoKeys, ctx.Err())
	}
}

// fetch returns a channel that is closed when the running fetch ends. Where none
// runs it begins one, or returns nil when the last one is too recent.
func (r *keyring) fetch(ctx context.Context) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running != nil {
		return r.running
	}
	pause := keysPause
	if r.known.Load() == nil {
		pause = keysRetry
	}
	now := r.now()
	if !r.tried.IsZero() && now.Sub(r.tried) < pause {
		return nil
	}
	done := make(chan struct{})
	r.running, r.tried = done, now
	// Others wait for this fetch, too: it must not end with the turn that began it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysTimeout)
	go func() {
		defer close(done)
		defer cancel()
		r.refresh(ctx)
		r.mu.Lock()
		r.running = nil
		r.mu.Unlock()
	}()
	return done
}

// refresh replaces the keys, or says in the log why it could not.
func (r *keyring) refresh(ctx context.Context) {
	keys, err := r.download(ctx)
	if err != nil {
		logs.From(ctx).WarnContext(ctx, "signing keys not refreshed", slog.Any("error", err))
		return
	}
	r.known.Store(&keySet{keys: keys, fetched: r.now()})
}

// download reads the metadata and the keys that it points to.
func (r *keyring) download(ctx context.Context) (map[string]signingKey, error) {
	var metadata struct {
		KeysURL string `json:"jwks_uri"`
	}
	if err := r.get(ctx, r.metadataURL, &metadata); err != nil {
		return nil, err
	}
	if err := sameOrBetterScheme(r.metadataURL, metadata.KeysURL); err != nil {
		return nil, err
	}
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := r.get(ctx, metadata.KeysURL, &document); err != nil {
		return nil, err
	}
	keys := make(map[string]signingKey, len(document.Keys))
	for _, raw := range document.Keys {
		// A key of a kind that we do not know must not cost us the others.
		if id, key, err := parseKey(raw); err == nil {
			keys[id] = key
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("teams: %s has no RSA signing key", metadata.KeysURL)
	}
	return keys, nil
}

// get reads a JSON document.
func (r *keyring) get(ctx context.Context, address string, document any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("teams: signing keys: %w", err)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return fmt.Errorf("teams: signing keys: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("teams: signing keys: %s answered %s", address, response.Status)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, keysMaxBytes)).Decode(document); err != nil {
		return fmt.Errorf("teams: signing keys: read %s: %w", address, err)
	}
	return nil
}

// parseKey reads one JSON Web Key with the field that Microsoft adds to it.
func parseKey(raw json.RawMessage) (string, signingKey, error) {
	var extra struct {
		ID           string   `json:"kid"`
		Use          string   `json:"use"`
		Endorsements []string `json:"endorsements"`
	}
	if err := json.Unmarshal(raw, &extra); err != nil {
		return "", signingKey{}, fmt.Errorf("teams: signing key: %w", err)
	}
	if extra.ID == "" || extra.Use != "" && extra.Use != "sig" {
		return "", signingKey{}, errors.New("teams: signing key: not for signatures")
	}
	key, err := jwk.ParseKey(raw)
	if err != nil {
		return "", signingKey{}, fmt.Errorf("teams: signing key %q: %w", extra.ID, err)
	}
	var public rsa.PublicKey
	if err := jwk.Export(key, &public); err != nil {
		return "", signingKey{}, fmt.Errorf("teams: signing key %q: %w", extra.ID, err)
	}
	return extra.ID, signingKey{public: &public, endorsements: extra.Endorsements}, nil
}

// sameOrBetterScheme refuses keys over plain http from metadata over https.
func sameOrBetterScheme(metadataURL, keysURL string) error {
	metadata, err := url.Parse(metadataURL)
	if err != nil {
		return fmt.Errorf("teams: signing keys: %w", err)
	}
	keys, err := url.Parse(keysURL)
	if err != nil || keys.Host == "" || keys.Scheme != "https" && keys.Scheme != metadata.Scheme {
		return fmt.Errorf("teams: signing keys: the metadata names no fit jwks_uri: %.200q", keysURL)
	}
	return nil
}
