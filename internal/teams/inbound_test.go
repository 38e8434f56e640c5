package teams_test

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/infracloudio/msbotbuilder-go/schema"

	"handrail/internal/logs"
	"handrail/internal/teams"
)

const (
	botID      = "bbbbbbbb-0000-4000-8000-000000000001"
	tenantID   = "aaaaaaaa-0000-4000-8000-000000000001"
	serviceURL = "https://smba.trafficmanager.net/emea/"
)

// inbound is a call of the bot that passes every check until a test spoils it.
type inbound struct {
	header   map[string]any
	claims   map[string]any
	activity schema.Activity
	sign     func(signed []byte) []byte
	// finish may change the whole Authorization header.
	finish func(header string) string
}

func newInbound(now time.Time) *inbound {
	return &inbound{
		header: map[string]any{"alg": "RS256", "kid": "k1", "typ": "JWT"},
		claims: map[string]any{
			"iss": "https://api.botframework.com", "aud": botID, "serviceurl": serviceURL,
			"nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		},
		activity: schema.Activity{
			Type: schema.Message, ChannelID: "msteams", ServiceURL: serviceURL,
			Conversation: schema.ConversationAccount{ID: "a:1", TenantID: tenantID},
			ChannelData:  map[string]any{"tenant": map[string]any{"id": tenantID}},
		},
		sign:   signWith("k1", crypto.SHA256),
		finish: func(header string) string { return header },
	}
}

func (in *inbound) authorization(tb testing.TB) string {
	tb.Helper()
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			tb.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	signed := part(in.header) + "." + part(in.claims)
	return in.finish("Bearer " + signed + "." + base64.RawURLEncoding.EncodeToString(in.sign([]byte(signed))))
}

// quiet keeps expected warnings out of the output of the tests.
func quiet(ctx context.Context) context.Context {
	return logs.Into(ctx, slog.New(slog.DiscardHandler))
}

// verify returns the check that the call does not pass, or "".
func (in *inbound) verify(ctx context.Context, tb testing.TB, v *teams.Verifier) (string, int) {
	tb.Helper()
	identity, err := v.AuthenticateRequest(quiet(ctx), in.activity, in.authorization(tb), nil, "")
	if refusal, ok := errors.AsType[*teams.Refusal](err); ok {
		if identity != nil {
			tb.Error("a refusal with an identity")
		}
		return refusal.Check, refusal.Status
	}
	if err != nil {
		tb.Fatalf("not a refusal: %v", err)
	}
	if !identity.IsAuthenticated() || identity.GetClaimValue("serviceurl") == "" {
		tb.Error("accepted without an identity")
	}
	return "", http.StatusOK
}

func newVerifier(tb testing.TB, issuer *issuer, change ...func(*teams.VerifierConfig)) *teams.Verifier {
	tb.Helper()
	cloud, err := teams.CloudByName("public")
	if err != nil {
		tb.Fatal(err)
	}
	cfg := teams.VerifierConfig{
		BotID: botID, Cloud: cloud, Tenants: []string{tenantID},
		Client: &http.Client{Transport: issuer, Timeout: time.Minute}, Now: issuer.clock.now,
	}
	for _, f := range change {
		f(&cfg)
	}
	return teams.NewVerifier(cfg)
}

// spoil makes one thing wrong with a call, or with the key that it is signed by.
type spoil func(*inbound, *issuer)

func both(spoils ...spoil) spoil {
	return func(in *inbound, is *issuer) {
		for _, s := range spoils {
			s(in, is)
		}
	}
}

// claim sets a claim of the token, or takes it out.
func claim(name string, value any) spoil {
	return func(in *inbound, _ *issuer) { set(in.claims, name, value) }
}

// head sets a field of the token's header, or takes it out.
func head(name string, value any) spoil {
	return func(in *inbound, _ *issuer) { set(in.header, name, value) }
}

func set(fields map[string]any, name string, value any) {
	fields[name] = value
	if value == nil {
		delete(fields, name)
	}
}

// finished changes the finished Authorization header.
func finished(change func(header string) string) spoil {
	return func(in *inbound, _ *issuer) { in.finish = change }
}

func signed(algorithm, kid string, hash crypto.Hash) spoil {
	return func(in *inbound, _ *issuer) {
		in.header["alg"] = algorithm
		in.sign = signWith(kid, hash)
	}
}

func unsigned(algorithm string) spoil {
	return func(in *inbound, _ *issuer) {
		in.header["alg"] = algorithm
		in.sign = func([]byte) []byte { return nil }
	}
}

// hmacWithPublicKey is the old trick: the public key, which all know, as the
// secret of an HMAC.
func hmacWithPublicKey(in *inbound, _ *issuer) {
	in.header["alg"] = "HS256"
	in.sign = func(content []byte) []byte {
		mac := hmac.New(sha256.New, issuerKeys()["k1"].N.Bytes())
		mac.Write(content)
		return mac.Sum(nil)
	}
}

// forgeClaims puts other claims into a signed token.
func forgeClaims(header string) string {
	parts := strings.Split(header, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		panic(err)
	}
	forged := strings.Replace(string(raw), `"exp":`, `"x":1,"exp":`, 1)
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(forged))
	return strings.Join(parts, ".")
}

// endorsed publishes the key for other channels.
func endorsed(channels ...string) spoil {
	return func(_ *inbound, is *issuer) { is.change("k1", "endorsements", channels) }
}

// publishedFor publishes the key for another use, beside one for signatures.
func publishedFor(use string) spoil {
	return func(_ *inbound, is *issuer) {
		is.publish("k2")
		is.change("k1", "use", use)
	}
}

func channel(id string) spoil {
	return func(in *inbound, _ *issuer) { in.activity.ChannelID = id }
}

// service sets the serviceUrl that the token was made for, and the activity's.
func service(claimed, actual string) spoil {
	return func(in *inbound, _ *issuer) {
		in.claims["serviceurl"] = claimed
		in.activity.ServiceURL = actual
	}
}

func tenants(conversation, channelData string) spoil {
	return func(in *inbound, _ *issuer) {
		in.activity.Conversation.TenantID = conversation
		in.activity.ChannelData = map[string]any{"tenant": map[string]any{"id": channelData}}
	}
}

// signWith returns a signer with one of the issuer's private keys.
func signWith(kid string, hash crypto.Hash) func([]byte) []byte {
	return func(content []byte) []byte {
		digest := hash.New()
		digest.Write(content)
		signature, err := rsa.SignPKCS1v15(rand.Reader, issuerKeys()[kid], hash, digest.Sum(nil))
		if err != nil {
			panic(err)
		}
		return signature
	}
}
