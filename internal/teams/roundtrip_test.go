package teams_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/infracloudio/msbotbuilder-go/schema"

	"handrail/internal/teams"
	"handrail/internal/teams/teamstest"
)

// counting is a bot that uses both directions of the wire: it answers a
// message with a card, and a press with the next card.
type counting struct{ wire }

func (c counting) Turn(ctx context.Context, a *teams.Activity) (teams.Answer, error) {
	if a.Type == schema.Message {
		conversation, thread := a.ConversationRoot()
		ref := teams.NewReference(teams.Target{
			ServiceURL: a.ServiceURL, Tenant: a.Tenant(), Conversation: conversation, Thread: thread,
			BotID: a.Recipient.ID, UserID: a.From.ID,
		})
		_, err := c.Send(ctx, ref, button(a.Command()))
		return teams.NoAnswer(), err
	}
	if action, ok := a.Action(); ok {
		return teams.CardAnswer(button("pressed " + action.Verb).Card), nil
	}
	return teams.NoAnswer(), nil
}

func button(text string) teams.Message {
	m := card(text)
	m.Card = json.RawMessage(strings.TrimSuffix(string(m.Card), "}") +
		`,"actions":[{"type":"Action.Execute","title":"Press","verb":"press"}]}`)
	return m
}

func TestWhatTeamsSendsGetsItsAnswerBack(t *testing.T) {
	t.Parallel()
	w := connect(t, teamstest.WithLimits())
	cloud, err := teams.CloudByName("public")
	if err != nil {
		t.Fatal(err)
	}
	cloud.MetadataURL, cloud.ServiceHosts = w.fake.MetadataURL(), teams.Hosts{w.fake.Host()}
	receiver := teams.NewReceiver(teams.ReceiverConfig{
		BotID: teamstest.BotID, Handler: counting{w},
		Validator: teams.NewVerifier(teams.VerifierConfig{
			BotID: teamstest.BotID, Cloud: cloud, Tenants: []string{w.fake.Tenant()},
			Client: &http.Client{Timeout: 10 * time.Second},
		}),
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		response := receiver.Receive(quiet(r.Context()), teams.Request{
			Authorization: r.Header.Get("Authorization"), RemoteAddr: r.RemoteAddr, Body: body,
		})
		w.WriteHeader(response.Status)
		_, _ = w.Write(response.Body)
	}))
	t.Cleanup(server.Close)
	w.fake.Connect(server.URL)

	ana := w.fake.Person("Ana Lima")
	for _, place := range []*teamstest.Conversation{w.fake.Personal("Ana"), w.fake.GroupChat("Desk", "Ana"), w.fake.Channel("Support", "Ana")} {
		here := place.Says(ana, "new Invoices")
		pressed := here.ExpectCard("new Invoices").Press(ana, "Press")
		if !strings.HasPrefix(pressed.Text(), "pressed press") {
			t.Errorf("the press showed %q", pressed.Text())
		}
		here.ExpectNoMore()
	}
	forged := w.fake.DeliverForged(w.fake.Personal("Ana").Activity("message", ana), func(token *teamstest.Token) { token.Rogue = true })
	if forged.Status != http.StatusUnauthorized {
		t.Errorf("a forged call got %d", forged.Status)
	}
}
