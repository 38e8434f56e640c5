package outlook_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"handrail/internal/outlook"
	"handrail/internal/outlook/outlooktest"
)

func TestASignInAtAServerSendsNothing(t *testing.T) {
	t.Parallel()
	s := outlooktest.NewServer(t, outlooktest.WithSTARTTLS(), outlooktest.WithUser("handrail", password))
	in := at(s, func(cfg *outlook.SMTPConfig) { cfg.User, cfg.Password = "handrail", password })
	if doubt, err := in.SignIn(t.Context()); err != nil || doubt {
		t.Errorf("it ends with %v, %v", doubt, err)
	}
	if mails := s.Mails(); len(mails) != 0 {
		t.Errorf("mails were sent: %v", mails)
	}
	out := at(s, func(cfg *outlook.SMTPConfig) { cfg.User, cfg.Password = "handrail", password+"x" })
	_, err := out.SignIn(t.Context())
	if failure := cause(t, err); failure.Kind != outlook.Setup || failure.Status != 535 {
		t.Errorf("a wrong password ends with %v", err)
	}
}

func TestASignInAtGraphTellsWhetherTheTokenNamesTheRight(t *testing.T) {
	t.Parallel()
	token := func(claims any) func(http.ResponseWriter) {
		payload, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(map[string]any{
			"token_type": "Bearer", "expires_in": 3599, "access_token": "e30." + base64.RawURLEncoding.EncodeToString(payload) + ".c2ln",
		})
		if err != nil {
			t.Fatal(err)
		}
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body)
		}
	}
	for name, c := range map[string]struct {
		login func(http.ResponseWriter)
		doubt bool
	}{
		"a token that cannot be read":    {nil, false},
		"a token with the right":         {token(map[string]any{"roles": []string{"User.Read.All", "Mail.Send"}}), false},
		"a token with another right":     {token(map[string]any{"roles": []string{"User.Read.All"}}), true},
		"a token without a right":        {token(map[string]any{"aud": "graph"}), true},
		"a token that is no JSON at all": {token("x"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := outlooktest.NewGraph(t)
			if c.login != nil {
				g.NextLogin(c.login)
			}
			doubt, err := by(t, g, nil).SignIn(t.Context())
			if err != nil || doubt != c.doubt {
				t.Errorf("it ends with %v, %v, want %v", doubt, err, c.doubt)
			}
			if mails := g.Mails(); len(mails) != 0 {
				t.Errorf("mails were sent: %v", mails)
			}
		})
	}
	g := outlooktest.NewGraph(t)
	_, err := by(t, g, func(cfg *outlook.GraphConfig) { cfg.Secret = "wrong" }).SignIn(t.Context())
	if failure := cause(t, err); failure.Kind != outlook.Setup || failure.Code != "AADSTS7000215" {
		t.Errorf("a wrong secret ends with %v", err)
	}
}
