package teamstest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"sync"
	"time"
)

// Issuer is the issuer of the connector's tokens in the public cloud.
const Issuer = "https://api.botframework.com"

// keys makes the process's signing keys once, because making them is slow:
// two that take turns, and one that is never published.
var keys = sync.OnceValue(func() []*rsa.PrivateKey {
	made := make([]*rsa.PrivateKey, 3)
	for i := range made {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		made[i] = key
	}
	return made
})

// signer is what the connector signs with, and what it publishes of it.
type signer struct {
	generation   int
	endorsements []string
	fetches      int
	broken       bool
}

func newSigner() signer { return signer{endorsements: []string{"msteams"}} }

func (s signer) kid() string          { return fmt.Sprintf("key-%d", s.generation) }
func (s signer) key() *rsa.PrivateKey { return keys()[s.generation%2] }

// RotateKeys makes the connector sign with a new key and publish only that.
func (t *Teams) RotateKeys() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signer.generation++
}

// Endorse sets the channels that the published keys are endorsed for; none
// takes the list away.
func (t *Teams) Endorse(channels ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signer.endorsements = channels
}

// BreakKeys makes the key document fail, or mends it.
func (t *Teams) BreakKeys(broken bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signer.broken = broken
}

// KeyRequests returns how often the key document was fetched.
func (t *Teams) KeyRequests() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.signer.fetches
}

func (t *Teams) serveMetadata(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer":                                Issuer,
		"authorization_endpoint":                "https://invalid.botframework.com",
		"jwks_uri":                              t.server.URL + "/openid/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (t *Teams) serveKeys(w http.ResponseWriter, _ *http.Request) {
	t.mu.Lock()
	t.signer.fetches++
	s := t.signer
	t.mu.Unlock()
	if s.broken {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	public := s.key().PublicKey
	key := map[string]any{
		"kty": "RSA", "use": "sig", "kid": s.kid(), "x5t": s.kid(),
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}
	if s.endorsements != nil {
		key["endorsements"] = s.endorsements
	}
	answer(w, http.StatusOK, map[string]any{"keys": []any{key}})
}

// Token describes the token of a forged delivery, before it is signed.
type Token struct {
	// Header and Claims are those of a good token, to be changed.
	Header, Claims map[string]any
	// Rogue signs with a key that is not published, under the published name.
	Rogue bool
}

// sign returns the value of the Authorization header.
func (t *Teams) sign(serviceURL string, change func(*Token)) string {
	t.mu.Lock()
	s := t.signer
	t.mu.Unlock()
	now := t.now()
	token := &Token{
		Header: map[string]any{"typ": "JWT", "alg": "RS256", "kid": s.kid(), "x5t": s.kid()},
		Claims: map[string]any{
			"iss": Issuer, "aud": BotID, "serviceurl": serviceURL,
			"nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		},
	}
	if change != nil {
		change(token)
	}
	key := s.key()
	if token.Rogue {
		key = keys()[2]
	}
	unsigned := segment(token.Header) + "." + segment(token.Claims)
	sum := sha256.Sum256([]byte(unsigned))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.t.Errorf("teamstest: sign a token: %v", err)
	}
	return "Bearer " + unsigned + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func segment(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a test put something into a token that is not JSON
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// The client may have gone; the test will say so itself.
	_ = json.NewEncoder(w).Encode(body)
}
