package teams

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"net/http"
	"sync"

	"github.com/lestrrat-go/jwx/v3/jws"
)

// signedTokens bounds the memory for signatures; past it they are checked anew.
const signedTokens = 1000

// signatures remembers which key a token's signature was checked with: Teams
// sends one token with many activities, and the check is the dearest of all.
// It says nothing about a token but that: whether its key and its claims still
// stand is asked at each activity. It holds no tokens, only their hashes.
type signatures struct {
	mu    sync.Mutex
	valid map[[sha256.Size]byte]*rsa.PublicKey
}

func (s *signatures) check(t token, key *rsa.PublicKey) error {
	hash := sha256.Sum256(t.raw)
	s.mu.Lock()
	known := s.valid[hash]
	s.mu.Unlock()
	// The keys of a new fetch are others, even where they are equal.
	if known == key {
		return nil
	}
	// The fast form takes no critical extensions and no detached payload, which
	// the connector does not send; jws.Verify would let them pass.
	if _, err := jws.VerifyCompactFast(key, t.raw, t.algorithm); err != nil {
		return err //nolint:wrapcheck // nobody reads it: a refusal says what failed and no more
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.valid) >= signedTokens {
		clear(s.valid)
	}
	s.valid[hash] = key
	return nil
}

// checkSignature finds the key that the token names and checks the signature.
func (v *Verifier) checkSignature(ctx context.Context, t token) (signingKey, *Refusal) {
	key, err := v.keys.find(ctx, t.keyID)
	if errors.Is(err, errNoKeys) {
		return signingKey{}, &Refusal{Check: CheckKeys, Status: http.StatusServiceUnavailable, Detail: shorten(err.Error())}
	}
	if err != nil {
		return signingKey{}, unproven(CheckKey, t.keyID)
	}
	if err := v.signatures.check(t, key.public); err != nil {
		return signingKey{}, unproven(CheckSignature, "")
	}
	return key, nil
}
