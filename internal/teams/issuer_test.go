package teams_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"
)

// issuerKeys are the private keys of the tests, made once: making them is slow.
var issuerKeys = sync.OnceValue(func() map[string]*rsa.PrivateKey {
	keys := map[string]*rsa.PrivateKey{}
	for _, kid := range []string{"k1", "k2"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[kid] = key
	}
	return keys
})

// manualClock stands still until it is moved.
type manualClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *manualClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *manualClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// issuer answers for login.botframework.com, as the transport of a client.
type issuer struct {
	clock *manualClock

	mu       sync.Mutex
	document map[string]any // the metadata
	keys     map[string]map[string]any
	metadata int // requests
	failing  bool
	gate     chan struct{} // while set, requests wait for it to be closed
}

// newIssuer returns an issuer that publishes k1, endorsed for Teams.
func newIssuer(now time.Time) *issuer {
	is := &issuer{
		clock:    &manualClock{at: now},
		document: map[string]any{"issuer": "https://api.botframework.com", "jwks_uri": "https://login.botframework.com/v1/.well-known/keys"},
		keys:     map[string]map[string]any{},
	}
	is.publish("k1")
	return is
}

func (is *issuer) publish(kid string) {
	is.mu.Lock()
	defer is.mu.Unlock()
	public := issuerKeys()[kid].PublicKey
	is.keys[kid] = map[string]any{
		"kty": "RSA", "use": "sig", "kid": kid, "endorsements": []string{"webchat", "msteams"},
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}
}

func (is *issuer) withdraw(kid string) {
	is.mu.Lock()
	defer is.mu.Unlock()
	delete(is.keys, kid)
}

// change changes a field of a published key.
func (is *issuer) change(kid, field string, value any) {
	is.mu.Lock()
	defer is.mu.Unlock()
	is.keys[kid][field] = value
}

func (is *issuer) fail(failing bool) {
	is.mu.Lock()
	defer is.mu.Unlock()
	is.failing = failing
}

// hold makes requests wait until the function that it returns is called.
func (is *issuer) hold() (release func()) {
	is.mu.Lock()
	defer is.mu.Unlock()
	gate := make(chan struct{})
	is.gate = gate
	return func() {
		is.mu.Lock()
		defer is.mu.Unlock()
		is.gate = nil
		close(gate)
	}
}

func (is *issuer) fetches() int {
	is.mu.Lock()
	defer is.mu.Unlock()
	return is.metadata
}

// RoundTrip answers a request for the metadata or for the keys.
func (is *issuer) RoundTrip(request *http.Request) (*http.Response, error) {
	is.mu.Lock()
	isMetadata := strings.HasSuffix(request.URL.Path, "/openidconfiguration")
	if isMetadata {
		is.metadata++
	}
	gate := is.gate
	is.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
	is.mu.Lock()
	defer is.mu.Unlock()
	if is.failing {
		return nil, errors.New("connection refused")
	}
	var document any = is.document
	if !isMetadata {
		keys := []any{map[string]any{"kty": "new kind"}, "not a key"}
		for _, key := range is.keys {
			keys = append(keys, key)
		}
		document = map[string]any{"keys": keys}
	}
	body, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Body: io.NopCloser(bytes.NewReader(body)), Request: request}, nil
}
