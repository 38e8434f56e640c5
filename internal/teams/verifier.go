package teams

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/infracloudio/msbotbuilder-go/connector/auth"
	"github.com/infracloudio/msbotbuilder-go/schema"
	"github.com/lestrrat-go/jwx/v3/jwa"
)

const (
	// skew is how far clocks may be apart (Bot Framework authentication,
	// connector to bot: "industry-standard clock-skew is 5 minutes").
	skew = 5 * time.Minute
	// maxToken is far above the size of a connector's token.
	maxToken = 16 << 10
)

// The checks that an inbound activity has to pass, as refusals name them.
const (
	CheckBearer      = "bearer"       // an Authorization header with one bearer token
	CheckToken       = "token"        // three parts, a header and claims that can be read
	CheckAlgorithm   = "algorithm"    // RS256, RS384 or RS512
	CheckIssuer      = "issuer"       // the cloud's issuer
	CheckAudience    = "audience"     // this bot
	CheckExpiry      = "expiry"       // exp is there and not past
	CheckNotBefore   = "not-before"   // nbf, if there, is not to come
	CheckKeys        = "keys"         // the issuer's keys can be had at all
	CheckKey         = "key"          // the token names one of them
	CheckSignature   = "signature"    // and is signed with it
	CheckEndorsement = "endorsement"  // the key may sign for the activity's channel
	CheckServiceURL  = "serviceurl"   // the token was made for the activity's serviceUrl
	CheckServiceHost = "service-host" // whose host is on the list
	CheckTenant      = "tenant"       // every tenant that the activity names may use the bot
	CheckRemote      = "remote"       // local mode: the caller is on this machine
)

// Refusal says which check an inbound activity did not pass. It is for the log
// and for counters; the caller is told no more than the status.
type Refusal struct {
	// Check is one of the Check constants.
	Check string
	// Status is 401 when it is not proven who calls, 403 when it is and the
	// activity is still not for this bot, and 503 when there was no proving it
	// because the issuer's keys could not be fetched: then Teams may try again.
	Status int
	// Detail is what was found instead, cut short. It is never a token.
	Detail string
}

// Error names the check.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return "teams: inbound check failed: " + r.Check
	}
	return "teams: inbound check failed: " + r.Check + ": " + r.Detail
}

func unproven(check, detail string) *Refusal {
	return &Refusal{Check: check, Status: http.StatusUnauthorized, Detail: shorten(detail)}
}

func forbidden(check, detail string) *Refusal {
	return &Refusal{Check: check, Status: http.StatusForbidden, Detail: shorten(detail)}
}

func shorten(s string) string {
	const longest = 200
	if len(s) > longest {
		s = s[:longest]
	}
	return strings.ToValidUTF8(s, "")
}

// VerifierConfig is what a [Verifier] needs to know. Every field is required
// but Now and Tenants.
type VerifierConfig struct {
	// BotID is the bot's app id: the audience of the tokens.
	BotID string
	// Cloud names the issuer, its metadata and the hosts of the connector.
	Cloud Cloud
	// Tenants may use the bot. An empty list means nobody.
	Tenants []string
	// AnyTenant lets every tenant in, whatever Tenants says.
	AnyTenant bool
	// Client fetches the keys.
	Client *http.Client
	// Now is the time; nil means time.Now.
	Now func() time.Time
}

// Verifier proves that an activity comes from the Bot Connector and is for this
// bot. It takes the place of the library's token check, by its interface.
type Verifier struct {
	botID     string
	issuer    string
	hosts     Hosts
	tenants   []string
	anyTenant bool
	now       func() time.Time
	keys      *keyring
	// signatures are those that were checked before.
	signatures signatures
}

var (
	_ auth.TokenValidator = (*Verifier)(nil)
	_ auth.TokenValidator = LocalVerifier{}
)

// NewVerifier returns a Verifier without keys; the first activity fetches them.
func NewVerifier(cfg VerifierConfig) *Verifier {
	now := cfg.Now
	if now == nil {
		now = time.Now
	}
	return &Verifier{
		botID:      cfg.BotID,
		issuer:     cfg.Cloud.Issuer,
		hosts:      cfg.Cloud.ServiceHosts,
		tenants:    cfg.Tenants,
		anyTenant:  cfg.AnyTenant,
		now:        now,
		keys:       &keyring{metadataURL: cfg.Cloud.MetadataURL, client: cfg.Client, now: now},
		signatures: signatures{valid: map[[sha256.Size]byte]*rsa.PublicKey{}},
	}
}

// Warm fetches the keys, so that the first turn after a start need not wait.
func (v *Verifier) Warm(ctx context.Context) error {
	if err := v.keys.await(ctx); err != nil {
		return fmt.Errorf("teams: %w", err)
	}
	if v.keys.known.Load() == nil {
		return fmt.Errorf("teams: %w", errNoKeys)
	}
	return nil
}

// AuthenticateRequest checks the Authorization header of an activity. Its error
// is a [*Refusal]. The credentials and the channel service are the library's
// and not used: the Verifier knows its bot and its cloud.
//
// What anyone could have written is checked before the signature, in the order
// of its price; what only a signed token may learn comes after it.
func (v *Verifier) AuthenticateRequest(
	ctx context.Context, activity schema.Activity, header string, _ auth.CredentialProvider, _ string,
) (auth.ClaimsIdentity, error) {
	token, refusal := readToken(header)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := v.checkClaims(token.claims); refusal != nil {
		return nil, refusal
	}
	key, refusal := v.checkSignature(ctx, token)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := v.checkActivity(activity, token.claims, key); refusal != nil {
		return nil, refusal
	}
	return auth.NewClaimIdentity(map[string]any{
		auth.IssuerClaim:     token.claims.Issuer,
		auth.AudienceClaim:   v.botID,
		auth.ServiceURLClaim: token.claims.ServiceURL,
	}, true), nil
}

// checkClaims checks who issued the token, for whom and for when.
func (v *Verifier) checkClaims(c claims) *Refusal {
	if c.Issuer != v.issuer {
		return unproven(CheckIssuer, c.Issuer)
	}
	isBot := func(id string) bool { return id != "" && strings.EqualFold(id, v.botID) }
	if !slices.ContainsFunc(c.Audience, isBot) {
		return unproven(CheckAudience, strings.Join(c.Audience, " "))
	}
	now, leeway := float64(v.now().Unix()), skew.Seconds()
	if c.Expires == nil || now-leeway >= *c.Expires {
		return unproven(CheckExpiry, "")
	}
	if c.NotBefore != nil && now+leeway < *c.NotBefore {
		return unproven(CheckNotBefore, "")
	}
	return nil
}

// checkActivity checks that the signed token is for this very activity and that
// the activity is for this bot.
func (v *Verifier) checkActivity(activity schema.Activity, c claims, key signingKey) *Refusal {
	if !key.endorses(activity.ChannelID) {
		return forbidden(CheckEndorsement, activity.ChannelID)
	}
	if c.ServiceURL == "" || !sameServiceURL(c.ServiceURL, activity.ServiceURL) {
		return forbidden(CheckServiceURL, activity.ServiceURL)
	}
	if err := v.hosts.Check(activity.ServiceURL); err != nil {
		return forbidden(CheckServiceHost, err.Error())
	}
	if v.anyTenant {
		return nil
	}
	tenants := tenantsOf(activity)
	if len(tenants) == 0 {
		return forbidden(CheckTenant, "the activity names none")
	}
	for _, tenant := range tenants {
		if !slices.ContainsFunc(v.tenants, func(t string) bool { return strings.EqualFold(t, tenant) }) {
			return forbidden(CheckTenant, tenant)
		}
	}
	return nil
}

// sameServiceURL compares as Microsoft's SDKs do that compare loosely: without
// regard to case and to a final slash.
func sameServiceURL(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/"))
}

// tenantsOf returns the tenants that an activity names: of its conversation and
// of its channel data.
func tenantsOf(activity schema.Activity) []string {
	var tenants []string
	if id := activity.Conversation.TenantID; id != "" {
		tenants = append(tenants, id)
	}
	if data, ok := activity.ChannelData["tenant"].(map[string]any); ok {
		if id, ok := data["id"].(string); ok && id != "" && !slices.Contains(tenants, id) {
			tenants = append(tenants, id)
		}
	}
	return tenants
}

// token is a bearer token that was read and not yet believed.
type token struct {
	raw       []byte
	keyID     string
	algorithm jwa.SignatureAlgorithm
	claims    claims
}

// claims are the claims of a connector's token that are checked.
type claims struct {
	Issuer     string   `json:"iss"`
	Audience   audience `json:"aud"`
	Expires    *float64 `json:"exp"`
	NotBefore  *float64 `json:"nbf"`
	ServiceURL string   `json:"serviceurl"`
}

// audience is one string or several (RFC 7519, 4.1.3).
type audience []string

// UnmarshalJSON reads either form.
func (a *audience) UnmarshalJSON(raw []byte) error {
	several := []string{""}
	err := json.Unmarshal(raw, &several[0])
	if err != nil {
		err = json.Unmarshal(raw, &several)
	}
	if err != nil {
		return fmt.Errorf("teams: audience: %w", err)
	}
	*a = several
	return nil
}

// readToken takes the token out of an Authorization header and apart.
func readToken(header string) (token, *Refusal) {
	scheme, raw, _ := strings.Cut(strings.TrimSpace(header), " ")
	if !strings.EqualFold(scheme, "Bearer") || raw == "" || len(raw) > maxToken {
		return token{}, unproven(CheckBearer, "")
	}
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return token{}, unproven(CheckToken, "")
	}
	var head struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	t := token{raw: []byte(raw)}
	if !readPart(parts[0], &head) || !readPart(parts[1], &t.claims) {
		return token{}, unproven(CheckToken, "")
	}
	// Never the token's own choice among all algorithms: "none", or an HMAC keyed
	// with the public key, would pass for a signature.
	switch head.Algorithm {
	case "RS256":
		t.algorithm = jwa.RS256()
	case "RS384":
		t.algorithm = jwa.RS384()
	case "RS512":
		t.algorithm = jwa.RS512()
	default:
		return token{}, unproven(CheckAlgorithm, head.Algorithm)
	}
	t.keyID = head.KeyID
	return t, nil
}

// readPart decodes the header or the claims of a token.
func readPart(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// LocalVerifier is the check of local mode, without a bot id and without tokens:
// it lets in what comes from this machine and is to be answered on this machine.
type LocalVerifier struct{}

// AuthenticateRequest looks at the caller's address, which the [Receiver] puts
// into ctx, and at the activity's serviceUrl. Its error is a [*Refusal].
func (LocalVerifier) AuthenticateRequest(
	ctx context.Context, activity schema.Activity, _ string, _ auth.CredentialProvider, _ string,
) (auth.ClaimsIdentity, error) {
	remote, _ := ctx.Value(remoteKey{}).(string)
	caller, err := netip.ParseAddrPort(remote)
	if err != nil || !caller.Addr().IsLoopback() {
		return nil, forbidden(CheckRemote, remote)
	}
	if err := LoopbackHosts().Check(activity.ServiceURL); err != nil {
		return nil, forbidden(CheckServiceHost, err.Error())
	}
	return auth.NewClaimIdentity(map[string]any{auth.ServiceURLClaim: activity.ServiceURL}, true), nil
}
