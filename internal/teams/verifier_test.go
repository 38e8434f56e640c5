package teams_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
)

func TestEachInboundCheckIsRefusedByItself(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		spoil  spoil
		check  string
		status int
	}{
		"nothing wrong":                   {both(), "", 200},
		"no header":                       {finished(func(string) string { return "" }), "bearer", 401},
		"another scheme":                  {finished(func(h string) string { return "Basic" + h[6:] }), "bearer", 401},
		"the token alone":                 {finished(func(h string) string { return h[7:] }), "bearer", 401},
		"no token":                        {finished(func(string) string { return "Bearer " }), "bearer", 401},
		"a huge token":                    {claim("x", strings.Repeat("x", 20_000)), "bearer", 401},
		"two parts":                       {finished(func(h string) string { return h[:strings.LastIndex(h, ".")] }), "token", 401},
		"four parts":                      {finished(func(h string) string { return h + ".x" }), "token", 401},
		"not base64":                      {finished(func(string) string { return "Bearer ä.ö.ü" }), "token", 401},
		"not JSON":                        {finished(func(string) string { return "Bearer YQ.YQ.YQ" }), "token", 401},
		"claims of wrong types":           {claim("exp", "tomorrow"), "token", 401},
		"an issuer that is no string":     {claim("iss", []string{"https://api.botframework.com"}), "token", 401},
		"an audience that is an object":   {claim("aud", map[string]any{"a": botID}), "token", 401},
		"no algorithm":                    {head("alg", nil), "algorithm", 401},
		"the algorithm none":              {unsigned("none"), "algorithm", 401},
		"another algorithm":               {head("alg", "PS256"), "algorithm", 401},
		"an HMAC with the public key":     {hmacWithPublicKey, "algorithm", 401},
		"another issuer":                  {claim("iss", "https://sts.windows.net/x/"), "issuer", 401},
		"no issuer":                       {claim("iss", nil), "issuer", 401},
		"another bot":                     {claim("aud", "other"), "audience", 401},
		"no audience":                     {claim("aud", nil), "audience", 401},
		"an empty audience":               {claim("aud", []string{}), "audience", 401},
		"several audiences, one of us":    {claim("aud", []string{"other", botID}), "", 200},
		"no expiry":                       {claim("exp", nil), "expiry", 401},
		"an expiry of null":               {claim("exp", json.RawMessage("null")), "expiry", 401},
		"expired by more than the skew":   {claim("exp", now.Add(-5*time.Minute).Unix()), "expiry", 401},
		"expired within the skew":         {claim("exp", now.Add(-5*time.Minute+time.Second).Unix()), "", 200},
		"not yet valid":                   {claim("nbf", now.Add(5*time.Minute+time.Second).Unix()), "not-before", 401},
		"not yet valid, within the skew":  {claim("nbf", now.Add(5*time.Minute).Unix()), "", 200},
		"without nbf":                     {claim("nbf", nil), "", 200},
		"times with fractions":            {claim("exp", float64(now.Unix())+0.5), "", 200},
		"a key that is unknown":           {head("kid", "k9"), "key", 401},
		"no key id":                       {head("kid", nil), "key", 401},
		"a key not for signatures":        {publishedFor("enc"), "key", 401},
		"signed by another key":           {signed("RS256", "k2", crypto.SHA256), "signature", 401},
		"signed with another hash":        {signed("RS256", "k1", crypto.SHA512), "signature", 401},
		"RS384":                           {signed("RS384", "k1", crypto.SHA384), "", 200},
		"RS512":                           {signed("RS512", "k1", crypto.SHA512), "", 200},
		"no signature":                    {unsigned("RS256"), "signature", 401},
		"claims changed after signing":    {finished(forgeClaims), "signature", 401},
		"critical extensions":             {both(head("crit", []string{"x"}), head("x", 1)), "signature", 401},
		"a key for other channels":        {endorsed("webchat"), "endorsement", 403},
		"a key for no channel":            {endorsed(), "endorsement", 403},
		"another channel":                 {channel("emulator"), "endorsement", 403},
		"no channel":                      {channel(""), "endorsement", 403},
		"a key and an activity of none":   {both(channel(""), endorsed("")), "endorsement", 403},
		"no serviceurl claim":             {claim("serviceurl", nil), "serviceurl", 403},
		"neither claim nor serviceUrl":    {service("", ""), "serviceurl", 403},
		"a serviceUrl of another's token": {service(serviceURL, "https://smba.trafficmanager.net/amer/"), "serviceurl", 403},
		"case and a slash apart":          {service(serviceURL, "https://SMBA.trafficmanager.net/EMEA"), "", 200},
		"a host that is not ours":         {service("https://evil.example/", "https://evil.example/"), "service-host", 403},
		"plain http":                      {service("http://smba.trafficmanager.net/", "http://smba.trafficmanager.net/"), "service-host", 403},
		"another tenant":                  {tenants("other", "other"), "tenant", 403},
		"another tenant in channelData":   {tenants(tenantID, "other"), "tenant", 403},
		"another conversation's tenant":   {tenants("other", tenantID), "tenant", 403},
		"no tenant":                       {tenants("", ""), "tenant", 403},
		"the tenant in channelData only":  {tenants("", strings.ToUpper(tenantID)), "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := newIssuer(now)
			in := newInbound(now)
			test.spoil(in, is)
			check, status := in.verify(t.Context(), t, newVerifier(t, is))
			if check != test.check || status != test.status {
				t.Errorf("refused by %q with %d, want %q with %d", check, status, test.check, test.status)
			}
		})
	}
}

func TestWhoeverHasNoSignedTokenLearnsNothingOfTenantsAndHosts(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	in := newInbound(time.Now())
	everything := both(tenants("other", "other"), channel("emulator"), service("https://evil.example/", "https://evil.example/"))
	both(everything, signed("RS256", "k2", crypto.SHA256))(in, is)
	if check, status := in.verify(t.Context(), t, newVerifier(t, is)); status != 401 {
		t.Errorf("refused by %q with %d", check, status)
	}
}

func TestWithoutTenantsNobodyIsLetInAndWithAnyTenantEverybody(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	in := newInbound(time.Now())
	none := newVerifier(t, is, func(cfg *teams.VerifierConfig) { cfg.Tenants = nil })
	if check, _ := in.verify(t.Context(), t, none); check != "tenant" {
		t.Errorf("refused by %q", check)
	}
	open := newVerifier(t, is, func(cfg *teams.VerifierConfig) { cfg.Tenants, cfg.AnyTenant = nil, true })
	if check, _ := in.verify(t.Context(), t, open); check != "" {
		t.Errorf("refused by %q", check)
	}
}

func TestAVerifierWithoutABotLetsNobodyIn(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	v := newVerifier(t, is, func(cfg *teams.VerifierConfig) { cfg.BotID = "" })
	for _, audience := range []any{"", []string{""}, nil} {
		in := newInbound(time.Now())
		in.claims["aud"] = audience
		if check, _ := in.verify(t.Context(), t, v); check != "audience" {
			t.Errorf("audience %v: refused by %q", audience, check)
		}
	}
}

func TestARefusalNeverHoldsTheToken(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	v := newVerifier(t, is)
	base := newInbound(time.Now())
	for claim, value := range map[string]any{"iss": strings.Repeat("i", 5000), "aud": strings.Repeat("é", 5000), "exp": 1, "nbf": 1 << 40} {
		in := *base
		in.claims = maps.Clone(base.claims)
		in.claims[claim] = value
		header := in.authorization(t)
		_, err := v.AuthenticateRequest(t.Context(), in.activity, header, nil, "")
		var refusal *teams.Refusal
		if !errors.As(err, &refusal) || len(refusal.Detail) > 200 || strings.Contains(err.Error(), header[7:40]) {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

func TestATokenThatWasLetInIsStillChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		later func(*issuer, *inbound)
		check string
	}{
		"nothing has changed":     {func(*issuer, *inbound) {}, ""},
		"it has expired":          {func(is *issuer, _ *inbound) { is.clock.advance(2 * time.Hour) }, "expiry"},
		"another serviceUrl":      {func(_ *issuer, in *inbound) { in.activity.ServiceURL = "https://smba.trafficmanager.net/amer/" }, "serviceurl"},
		"another tenant":          {func(_ *issuer, in *inbound) { in.activity.Conversation.TenantID = "other" }, "tenant"},
		"another channel":         {func(_ *issuer, in *inbound) { in.activity.ChannelID = "emulator" }, "endorsement"},
		"its key was withdrawn":   {func(is *issuer, _ *inbound) { is.withdraw("k1"); is.publish("k2") }, "key"},
		"its key has a new value": {func(is *issuer, _ *inbound) { is.publish("k2"); is.change("k1", "n", is.keys["k2"]["n"]) }, "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := newIssuer(time.Now())
			v := newVerifier(t, is)
			in := newInbound(is.clock.now())
			header := in.authorization(t)
			verify := func() string {
				_, err := v.AuthenticateRequest(t.Context(), in.activity, header, nil, "")
				if refusal, ok := errors.AsType[*teams.Refusal](err); ok {
					return refusal.Check
				}
				return ""
			}
			if check := verify(); check != "" {
				t.Fatalf("at first refused by %q", check)
			}
			test.later(is, in)
			// A key that is not known has them fetched anew.
			is.clock.advance(2 * time.Minute)
			signedBy(t, is, "forged").verify(t.Context(), t, v)
			if check := verify(); check != test.check {
				t.Errorf("then refused by %q, want %q", check, test.check)
			}
		})
	}
}

func TestLocalModeTakesWhatComesFromThisMachineAndGoesBackToIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		remote, serviceURL string
		check              string
	}{
		"IPv4":                       {"127.0.0.1:50000", "http://127.0.0.1:56150/_connector", ""},
		"IPv6":                       {"[::1]:50000", "http://localhost:56150/_connector", ""},
		"IPv4 in IPv6":               {"[::ffff:127.0.0.1]:50000", "http://[::1]:56150", ""},
		"another machine":            {"10.0.0.5:50000", "http://127.0.0.1:56150", teams.CheckRemote},
		"no address":                 {"", "http://127.0.0.1:56150", teams.CheckRemote},
		"a name for an address":      {"localhost:50000", "http://127.0.0.1:56150", teams.CheckRemote},
		"answers to another machine": {"127.0.0.1:50000", "https://smba.trafficmanager.net/teams/", teams.CheckServiceHost},
		"answers to nowhere":         {"127.0.0.1:50000", "", teams.CheckServiceHost},
		"answers to a look-alike":    {"127.0.0.1:50000", "http://localhost.evil.example/", teams.CheckServiceHost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			turns := &recorder{}
			response, _ := receiveBy(t, teams.LocalVerifier{}, turns, teams.Request{
				RemoteAddr: test.remote,
				Body:       []byte(`{"type":"message","conversation":{"id":"c"},"serviceUrl":"` + test.serviceURL + `"}`),
			})
			welcome := test.check == ""
			if response.Refused != test.check || (response.Status == 200) != welcome || (len(turns.seen()) == 1) != welcome {
				t.Errorf("%+v", response)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	is := newIssuer(time.Now())
	v := newVerifier(b, is)
	in := newInbound(time.Now())
	header := in.authorization(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.AuthenticateRequest(b.Context(), in.activity, header, nil, ""); err != nil {
			b.Fatal(err)
		}
	}
}
