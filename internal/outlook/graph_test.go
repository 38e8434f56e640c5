package outlook_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/outlook"
	"handrail/internal/outlook/outlooktest"
	"handrail/internal/ticket"
)

// by makes a client of a Graph.
func by(t *testing.T, g *outlooktest.Graph, change func(*outlook.GraphConfig)) *outlook.Client {
	t.Helper()
	cfg := outlook.GraphConfig{
		Cloud: outlook.Cloud{LoginURL: g.URL, GraphURL: g.URL}, Sender: outlooktest.Mailbox,
		Tenant: outlooktest.Tenant, ClientID: outlooktest.ClientID, Secret: outlooktest.Secret, HTTP: g.HTTP,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := outlook.NewGraph(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAMailGoesByGraphAsItGoesBySMTP(t *testing.T) {
	t.Parallel()
	g := outlooktest.NewGraph(t)
	mail := aMail()
	mail.Subject, mail.Text = "T-1 🚑\r\nBcc: evil@example.net", "Ngày mai\n"+strings.Repeat("x", 10_000)
	if err := by(t, g, nil).Send(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	got := g.Only(t)
	if got.Subject != "T-1 🚑 Bcc: evil@example.net" || got.Text != mail.Text || got.Header.Get("Bcc") != "" {
		t.Errorf("arrived: %q, %.100q", got.Subject, got.Text)
	}
	if got.Header.Get("Auto-Submitted") != "auto-generated" || !strings.HasSuffix(got.Header.Get("Message-Id"), "@contoso.com>") {
		t.Errorf("its headers are %v", got.Header)
	}
}

func TestATokenServesManyMails(t *testing.T) {
	t.Parallel()
	g := outlooktest.NewGraph(t)
	c := by(t, g, nil)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if err := c.Send(t.Context(), aMail()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := g.Tokens(); n != 1 {
		t.Errorf("%d tokens were fetched", n)
	}
}

func TestARefusedTokenIsFetchedAnewOnce(t *testing.T) {
	t.Parallel()
	g := outlooktest.NewGraph(t)
	c := by(t, g, nil)
	if err := c.Send(t.Context(), aMail()); err != nil {
		t.Fatal(err)
	}
	g.Revoke()
	if err := c.Send(t.Context(), aMail()); err != nil {
		t.Fatal(err)
	}
	if n := len(g.Mails()); n != 2 {
		t.Errorf("%d mails arrived", n)
	}
	before := g.Tokens()
	unauthorized := outlooktest.Refusal(http.StatusUnauthorized, "InvalidAuthenticationToken")
	g.Next(unauthorized, unauthorized)
	refused(t, c.Send(t.Context(), aMail()), ticket.MailSetup)
	if n := g.Tokens() - before; n != 1 {
		t.Errorf("%d tokens were fetched, want one", n)
	}
}

func TestARefusalOfGraphIsForGoodOrForNow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		code   string
		why    ticket.MailRefusal // empty: it goes later
	}{
		{http.StatusBadRequest, "ErrorInvalidRecipients", ticket.MailRecipient},
		{http.StatusBadRequest, "ErrorMimeContentInvalid", ticket.MailContent},
		{http.StatusRequestEntityTooLarge, "ErrorMessageSizeExceeded", ticket.MailContent},
		{http.StatusForbidden, "ErrorAccessDenied", ticket.MailSetup},
		{http.StatusNotFound, "ErrorInvalidUser", ticket.MailSetup},
		{http.StatusFound, "", ticket.MailSetup},
		{http.StatusTooManyRequests, "ApplicationThrottled", ""},
		{http.StatusInternalServerError, "ErrorInternalServerError", ""},
		{http.StatusServiceUnavailable, "ErrorMailboxStoreUnavailable", ""},
		{http.StatusGatewayTimeout, "", ""},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			g := outlooktest.NewGraph(t)
			g.Next(outlooktest.Refusal(c.status, c.code, "Location", g.URL+"/elsewhere"))
			client := by(t, g, nil)
			err := client.Send(t.Context(), aMail())
			if c.why == "" {
				postponed(t, err)
				err = client.Send(t.Context(), aMail())
				if err != nil {
					t.Errorf("the second time: %v", err)
				}
				return
			}
			if failure := refused(t, err, c.why); failure.Status != c.status || failure.Code != c.code {
				t.Errorf("the failure is %+v", failure)
			}
		})
	}
}

func TestAMailWaitsAsLongAsItIsTold(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "Mon, 23 Nov 2026 10:05:00 GMT": 5 * time.Minute,
		"99999999": time.Hour, "Mon, 23 Nov 2020 10:05:00 GMT": 30 * time.Second, "soon": 30 * time.Second, "-5": 30 * time.Second,
	} {
		g := outlooktest.NewGraph(t)
		g.Next(outlooktest.Refusal(http.StatusTooManyRequests, "ApplicationThrottled", "Retry-After", header))
		c := by(t, g, func(cfg *outlook.GraphConfig) { cfg.Now = func() time.Time { return monday } })
		later := postponed(t, c.Send(t.Context(), aMail()))
		if later.After != want || later.Turn != (want > 30*time.Second) {
			t.Errorf("Retry-After %q: after %s, turn %v", header, later.After, later.Turn)
		}
	}
}

func TestASignInThatFailsTellsNoSecret(t *testing.T) {
	t.Parallel()
	g := outlooktest.NewGraph(t)
	g.NextLogin(
		outlooktest.LoginRefusal(http.StatusUnauthorized, 7000215),
		outlooktest.LoginRefusal(http.StatusServiceUnavailable, 90033),
		outlooktest.LoginRefusal(http.StatusTooManyRequests, 90055),
	)
	c := by(t, g, nil)
	if failure := refused(t, c.Send(t.Context(), aMail()), ticket.MailSetup); failure.Code != "AADSTS7000215" {
		t.Errorf("the failure is %+v", failure)
	}
	postponed(t, c.Send(t.Context(), aMail()))
	postponed(t, c.Send(t.Context(), aMail()))
	if err := c.Send(t.Context(), aMail()); err != nil {
		t.Error(err)
	}
}

func TestAGraphThatIsNotThereIsTriedLater(t *testing.T) {
	t.Parallel()
	g := outlooktest.NewGraph(t)
	c := by(t, g, func(cfg *outlook.GraphConfig) { cfg.LoginURL = "https://127.0.0.1:1" })
	postponed(t, c.Send(t.Context(), aMail()))
	c = by(t, g, func(cfg *outlook.GraphConfig) { cfg.GraphURL = "https://127.0.0.1:1" })
	refused(t, c.Send(t.Context(), aMail()), ticket.MailSetup) // the token is for another Graph
}

func TestAClientWithoutATimeOutIsAFault(t *testing.T) {
	t.Parallel()
	for _, client := range []*http.Client{nil, {}} {
		if _, err := outlook.NewGraph(outlook.GraphConfig{HTTP: client}); err == nil {
			t.Error("it was taken")
		}
	}
}

func TestEveryCloudHasItsGraph(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"public": "https://graph.microsoft.com", "usgov": "https://graph.microsoft.us", "china": "https://microsoftgraph.chinacloudapi.cn",
	} {
		if cloud, err := outlook.CloudByName(name); err != nil || cloud.GraphURL != want || !strings.HasPrefix(cloud.LoginURL, "https://login.") {
			t.Errorf("%s: %+v, %v", name, cloud, err)
		}
	}
	if _, err := outlook.CloudByName("mars"); err == nil {
		t.Error("there is no cloud on mars")
	}
}
