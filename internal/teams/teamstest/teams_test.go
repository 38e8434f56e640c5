package teamstest_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
)

func TestAConversationReadsAloud(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]teamstest.Option{
		"as in Teams":          nil,
		"as in the Playground": {teamstest.WithPlaygroundIDs(), teamstest.WithoutTokens()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, _ := newEcho(t, options...)
			ana := fake.Person("Ana Lima")
			for _, chat := range []*teamstest.Conversation{
				fake.Personal("Ana Lima"), fake.GroupChat("Desk", "Ana Lima", "Kofi"), fake.Channel("Support", "Ana Lima"),
			} {
				chat.Says(ana, "hello")
				chat.ExpectText("hello")
				chat.Says(ana, "card T-1")
				card := chat.ExpectCard("T-1", "Count 1", "one line", "Note", "Urgent")
				chat.ExpectNoMore()

				counted := card.Press(ana, "Count", map[string]string{"note": "!"})
				if counted.Said != "" || !strings.Contains(counted.Text(), "Count 1!") {
					t.Errorf("the press showed %q", counted.Text())
				}
				if again := counted.PressAgain(); !strings.Contains(again.Text(), "Count 1!") {
					t.Errorf("the same press showed %q", again.Text())
				}
				if kofi := fake.Person("Kofi"); !strings.Contains(card.View(kofi).Text(), "T-1") {
					t.Error("another person sees what the press answered")
				}
				if said := card.Press(ana, "Folded").Said; said != "You wrote typed before" {
					t.Errorf("the bot said %q", said)
				}
				card.Submit(ana, "Say")
				card.Expect("submitted")
				if seen := card.View(ana).Text(); !strings.Contains(seen, "submitted") || card.Edits() != 1 {
					t.Errorf("after the edit Ana sees %q", seen)
				}
				answer := card.Raw(ana, "forged", map[string]any{"ticket": "x"})
				if answer.Status != 200 || answer.Code != 400 || answer.Card != nil {
					t.Errorf("the forged press got %+v", answer)
				}
				chat.Delete(card)
				if cards := chat.Cards(); len(cards) != 0 {
					t.Errorf("%d cards are left", len(cards))
				}
			}
		})
	}
}

func TestActivitiesAreShapedAsTeamsShapesThem(t *testing.T) {
	t.Parallel()
	fake, bot := newEcho(t)
	ana, support := fake.Person("Ana"), fake.Channel("Support", "Ana")
	thread := support.Says(ana, "hi")
	a := bot.last()
	conversation := a["conversation"].(map[string]any)
	if want := support.ID() + ";messageid=" + thread.ThreadID(); conversation["id"] != want || thread.ID() != want || a["id"] != thread.ThreadID() {
		t.Errorf("the first message of a thread has the id %v in %v, want %s", a["id"], conversation["id"], want)
	}
	if a["text"] != "<at>Handrail</at>&nbsp;hi" {
		t.Errorf("the text is %q", a["text"])
	}
	kofi := fake.Person("Kofi Annan")
	thread.Says(ana, "assign T-1 @Kofi Annan", kofi)
	if a := bot.last(); a["text"] != "<at>Handrail</at>&nbsp;assign T-1 <at>Kofi Annan</at>" || len(a["entities"].([]any)) != 3 {
		t.Errorf("the mention is %q with %v", a["text"], a["entities"])
	}
	if fake.Person("Kofi") != kofi {
		t.Error("the first name means somebody else")
	}
	thread.Says(ana, "again")
	if a := bot.last(); a["id"] == thread.ThreadID() {
		t.Error("the second message has the id of the first")
	}
	fake.Install(ana, fake.Personal("Ana"))
	if a := bot.last(); a["type"] != "installationUpdate" || a["action"] != "add" {
		t.Errorf("the last activity is %v", a)
	}
}

func TestTheTokensOfTheConnectorCheckOut(t *testing.T) {
	t.Parallel()
	fake, bot := newEcho(t)
	ana, chat := fake.Person("Ana"), fake.Personal("Ana")
	chat.Says(ana, "one")
	fake.RotateKeys()
	chat.Says(ana, "two")
	keys := published(t, fake)
	if err := verify(keys, bot.headers[0]); err == nil {
		t.Error("the key is published still after the rotation")
	}
	if err := verify(keys, bot.headers[1]); err != nil {
		t.Error(err)
	}
	fake.DeliverForged(chat.Activity("message", ana), func(token *teamstest.Token) { token.Rogue = true })
	if err := verify(keys, bot.headers[2]); err == nil {
		t.Error("a rogue signature checks out")
	}
}

func published(t *testing.T, fake *teamstest.Teams) map[string]*rsa.PublicKey {
	t.Helper()
	get := func(address string, into any) {
		resp, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	var metadata struct {
		KeysURL string `json:"jwks_uri"`
	}
	get(fake.MetadataURL(), &metadata)
	var set struct {
		Keys []struct{ Kid, N, E string }
	}
	get(metadata.KeysURL, &set)
	keys := map[string]*rsa.PublicKey{}
	for _, key := range set.Keys {
		n, _ := base64.RawURLEncoding.DecodeString(key.N)
		e, _ := base64.RawURLEncoding.DecodeString(key.E)
		keys[key.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	}
	return keys
}

func verify(keys map[string]*rsa.PublicKey, header http.Header) error {
	parts := strings.Split(strings.TrimPrefix(header.Get("Authorization"), "Bearer "), ".")
	head, _ := base64.RawURLEncoding.DecodeString(parts[0])
	var named struct{ Kid string }
	if err := json.Unmarshal(head, &named); err != nil {
		return err
	}
	key := keys[named.Kid]
	if key == nil {
		return fmt.Errorf("no key %q", named.Kid)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
}

func TestTheConnectorRefusesAsTeamsDoes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	fake, bot := newEcho(t, teamstest.WithLimits(), teamstest.WithClock(func() time.Time { return now }))
	ana := fake.Person("Ana")
	chat := fake.Personal("Ana")
	a := chat.Activity("message", ana)
	text := map[string]any{"type": "message", "text": "x"}
	status := func(method, id string, body map[string]any) int { return bot.call(method, a, id, body) }

	if got := status("PUT", "1", text); got != 404 {
		t.Errorf("updating nothing: %d", got)
	}
	big := map[string]any{"type": "message", "text": strings.Repeat("x", 60<<10)}
	if got := status("POST", "", big); got != 413 {
		t.Errorf("60 K characters, which are 120 KB: %d", got)
	}
	if got := status("POST", "", map[string]any{"type": "message", "text": "x", "timestamp": "0001-01-01T00:00:00Z"}); got != 400 {
		t.Errorf("a message of the year 1: %d", got)
	}
	both := message(counter("T-1", "1"))
	both["text"] = "with a text"
	if got := status("POST", "", both); got != 202 || len(chat.Cards()) != 1 || len(chat.Texts()) != 1 {
		t.Errorf("a text with a card: %d", got)
	}
	for i := range 3 {
		if got := status("POST", "", text); got != 201 {
			t.Errorf("send %d: %d", i, got)
		}
	}
	if got := status("POST", "", text); got != 429 {
		t.Errorf("the eighth call within a second: %d", got)
	}
	now = now.Add(2 * time.Second)
	if got := status("POST", "", text); got != 201 {
		t.Errorf("later: %d", got)
	}
	fake.Uninstall(ana, chat)
	if got := status("POST", "", text); got != 403 {
		t.Errorf("after the bot was taken out: %d", got)
	}
	bot.token = "stolen"
	if got := status("POST", "", text); got != 401 {
		t.Errorf("with another token: %d", got)
	}
}

// failing is a test that notes how it failed instead of failing.
type failing struct {
	*testing.T
	said string
}

func (f *failing) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	panic(f)
}

func TestAnUnmetExpectationTellsWhatWasSeen(t *testing.T) {
	t.Parallel()
	noted := &failing{T: t}
	fake := teamstest.New(noted, teamstest.WithPatience(time.Millisecond))
	bot := &echo{t: t, fake: fake, token: ""}
	server := httptest.NewServer(bot)
	t.Cleanup(server.Close)
	fake.Connect(server.URL)
	bot.token = bot.login(fake.TokenURL())
	ana, chat := fake.Person("Ana"), fake.Personal("Ana")
	said := func(expect func()) string {
		noted.said = ""
		func() {
			defer func() { _ = recover() }()
			expect()
		}()
		return noted.said
	}
	if got := said(func() { chat.ExpectText("x") }); !strings.Contains(got, `a text with "x" in the chat with Ana`) || !strings.Contains(got, "posted nothing") {
		t.Errorf("got %q", got)
	}
	chat.Says(ana, "hello")
	chat.ExpectText("hello")
	if got := said(func() { chat.ExpectText("hello") }); !strings.Contains(got, "hello") {
		t.Errorf("a text was met twice: %q", got)
	}
	chat.Says(ana, "card T-1")
	card := chat.ExpectCard("T-1")
	for what, test := range map[string]struct {
		expect func()
		want   []string
	}{
		"another card":      {func() { chat.ExpectCard("T-2", "T-3") }, []string{`"T-2" and "T-3"`, "T-1", "Count 1", `"Say"`}},
		"somebody else":     {func() { chat.Says(fake.Person("Kofi"), "hi") }, []string{"Kofi cannot write in the chat with Ana"}},
		"a missing button":  {func() { card.Press(ana, "Close") }, []string{`no button "Close"`, `"Count"`}},
		"a link":            {func() { card.Press(ana, "Open") }, []string{"Action.OpenUrl"}},
		"a missing input":   {func() { card.Press(ana, "Count", map[string]string{"nope": ""}) }, []string{`no input "nope"`}},
		"an empty required": {func() { card.Press(ana, "Count", map[string]string{"note": " "}) }, []string{`wants the input "note"`}},
	} {
		got := said(test.expect)
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q does not say %s", what, got, want)
			}
		}
	}
}
