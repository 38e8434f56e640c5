package teams_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/infracloudio/msbotbuilder-go/connector/auth"
	"github.com/infracloudio/msbotbuilder-go/schema"

	"handrail/internal/logs"
	"handrail/internal/teams"
)

// recorder is a handler that keeps what it was given.
type recorder struct {
	answer teams.Answer
	err    error

	mu         sync.Mutex
	activities []*teams.Activity
}

func (r *recorder) Turn(_ context.Context, a *teams.Activity) (teams.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.activities = append(r.activities, a)
	return r.answer, r.err
}

func (r *recorder) seen() []*teams.Activity {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.activities
}

// openDoor lets every activity in.
type openDoor struct{}

func (openDoor) AuthenticateRequest(context.Context, schema.Activity, string, auth.CredentialProvider, string) (auth.ClaimsIdentity, error) {
	return auth.NewClaimIdentity(nil, true), nil
}

// receive gives one body to a receiver that lets everything in, and returns its
// response with the lines that it logged.
func receive(t *testing.T, handler teams.Handler, body string) (teams.Response, string) {
	t.Helper()
	return receiveBy(t, openDoor{}, handler, teams.Request{Body: []byte(body)})
}

func receiveBy(t *testing.T, validator auth.TokenValidator, handler teams.Handler, req teams.Request) (teams.Response, string) {
	t.Helper()
	var lines bytes.Buffer
	ctx := logs.Into(t.Context(), slog.New(slog.NewTextHandler(&lines, nil)))
	receiver := teams.NewReceiver(teams.ReceiverConfig{BotID: botID, Validator: validator, Handler: handler})
	response := receiver.Receive(ctx, req)
	if len(response.Body) > 0 && !json.Valid(response.Body) {
		t.Errorf("the answer is not JSON: %s", response.Body)
	}
	return response, lines.String()
}

const (
	invokeBody  = `{"type":"invoke","name":"adaptiveCard/action","conversation":{"id":"c"},"value":{"action":{"verb":"a"}}}`
	messageBody = `{"type":"message","text":"help","conversation":{"id":"c"}}`
)

func TestEveryTypeReachesTheHandlerAndNoneFails(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "activities", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	bodies := []string{
		`{"type":"messageUpdate","conversation":{"id":"c"},"channelData":{"eventType":"editMessage"}}`,
		`{"type":"messageDelete","conversation":{"id":"c"}}`, `{"type":"typing"}`, `{"type":"somethingNew"}`,
		`{"type":"event","name":"application/vnd.microsoft.readReceipt","value":"not an object"}`,
		`{"type":"conversationUpdate","channelData":{"eventType":"channelShared"}}`, `{"type":"conversationUpdate"}`,
	}
	for _, file := range files {
		bodies = append(bodies, recorded(t, strings.TrimSuffix(filepath.Base(file), ".json")))
	}
	for _, body := range bodies {
		turns := &recorder{answer: teams.NoAnswer()}
		response, lines := receive(t, turns, body)
		if response.Status != 200 || len(turns.seen()) != 1 || lines != "" {
			t.Errorf("%s: %d %s, %d turns, log %q", body, response.Status, response.Body, len(turns.seen()), lines)
		}
	}
}

func TestACounterKnowsTheTypesOnly(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		messageBody: "message", invokeBody: "invoke", `{"type":"typing"}`: "typing", `{"type":"x1"}`: "other", `{`: "",
	} {
		if response, _ := receive(t, &recorder{}, body); response.Kind != want {
			t.Errorf("%s: %q", body, response.Kind)
		}
	}
}

// typed is the body of an answer to a card action.
func typed(status int, kind, value string) string {
	return fmt.Sprintf(`{"statusCode":%d,"type":"application/vnd.microsoft.%s","value":%s}`, status, kind, value)
}

// failed is an error in an answer.
func failed(code, message string) string {
	return fmt.Sprintf(`{"code":%q,"message":%q}`, code, message)
}

func TestAnInvokeIsAnsweredInItsForm(t *testing.T) {
	t.Parallel()
	task := strings.Replace(invokeBody, teams.CardAction, "task/fetch", 1)
	notSupported := typed(400, "error", failed("NotSupported", "This action is not supported."))
	notImplemented := `{"error":` + failed("NotImplemented", "This bot does not answer this invoke.") + `}`
	for name, test := range map[string]struct {
		body   string
		answer teams.Answer
		status int
		want   string
	}{
		"a card":                    {invokeBody, teams.CardAnswer(json.RawMessage(`{"a":1}`)), 200, typed(200, "card.adaptive", `{"a":1}`)},
		"a text":                    {invokeBody, teams.TextAnswer("Done"), 200, typed(200, "activity.message", `"Done"`)},
		"an error":                  {invokeBody, teams.ErrorAnswer(400, "Bad", "No."), 200, typed(400, "error", failed("Bad", "No."))},
		"nothing to show":           {invokeBody, teams.NoAnswer(), 200, typed(200, "activity.message", `""`)},
		"an unknown card action":    {invokeBody, teams.Answer{}, 200, notSupported},
		"an unknown invoke":         {task, teams.Answer{}, 501, notImplemented},
		"another form":              {task, teams.BodyAnswer(200, map[string]any{"task": 1}), 200, `{"task":1}`},
		"another form and status":   {task, teams.BodyAnswer(412, nil), 412, `{}`},
		"a form without a status":   {task, teams.BodyAnswer(0, 1), 200, `1`},
		"nothing to another invoke": {task, teams.NoAnswer(), 200, `{}`},
		"a message has no answer":   {messageBody, teams.TextAnswer("never sent"), 200, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, _ := receive(t, &recorder{answer: test.answer}, test.body)
			if response.Status != test.status || string(response.Body) != test.want {
				t.Errorf("%d %s", response.Status, response.Body)
			}
		})
	}
}

func TestAFailedTurnIsLoggedOnceAndTellsNothing(t *testing.T) {
	t.Parallel()
	again := `{"error":` + failed("ServiceError", "The turn failed.") + `}`
	sorry := failed("ServiceError", "Something went wrong. Please try again in a moment.")
	for name, test := range map[string]struct {
		body   string
		status int
		want   string
	}{
		"a message may come again":    {messageBody, 500, again},
		"an update may come again":    {`{"type":"conversationUpdate"}`, 500, again},
		"a reaction may come again":   {`{"type":"messageReaction"}`, 500, again},
		"a card action has an answer": {invokeBody, 200, typed(500, "error", sorry)},
		"another invoke, too":         {strings.Replace(invokeBody, teams.CardAction, "task/fetch", 1), 500, `{"error":` + sorry + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, lines := receive(t, &recorder{err: errors.New("disk on fire at /secret")}, test.body)
			if response.Status != test.status || string(response.Body) != test.want {
				t.Errorf("%d %s", response.Status, response.Body)
			}
			if !oneLine(lines, "ERROR") || !strings.Contains(lines, `error="disk on fire at /secret"`) {
				t.Errorf("log %q", lines)
			}
		})
	}
}

// oneLine reports whether exactly one line was logged, at the level.
func oneLine(lines, level string) bool {
	return strings.Count(lines, "\n") == 1 && strings.Contains(lines, "level="+level)
}

func TestAnAnswerThatCannotBeWrittenIsAFailedTurn(t *testing.T) {
	t.Parallel()
	response, lines := receive(t, &recorder{answer: teams.BodyAnswer(200, json.RawMessage(`{"broken`))}, invokeBody)
	if response.Status != 200 || !strings.Contains(string(response.Body), `"statusCode":500`) || !oneLine(lines, "ERROR") {
		t.Errorf("%d %s, log %q", response.Status, response.Body, lines)
	}
}

func TestTheSentenceOfAFailureIsTheHosts(t *testing.T) {
	t.Parallel()
	receiver := teams.NewReceiver(teams.ReceiverConfig{
		Validator: openDoor{}, Handler: &recorder{err: errors.New("x")},
		Failure: func(a *teams.Activity) string { return "Failure in " + a.Locale },
	})
	response := receiver.Receive(quiet(t.Context()), teams.Request{Body: []byte(strings.Replace(invokeBody, "{", `{"locale":"vi-VN",`, 1))})
	if !strings.Contains(string(response.Body), "Failure in vi-VN") {
		t.Errorf("%s", response.Body)
	}
}

func TestABodyThatIsNoActivityIsABadRequest(t *testing.T) {
	t.Parallel()
	turns := &recorder{}
	response, lines := receive(t, turns, `{"type":"message","conv`)
	want := `{"error":` + failed("BadArgument", "the body is not JSON") + `}`
	if response.Status != 400 || string(response.Body) != want || len(turns.seen()) != 0 {
		t.Errorf("%d %s", response.Status, response.Body)
	}
	if !oneLine(lines, "WARN") {
		t.Errorf("log %q", lines)
	}
}

func TestARefusalIsLoggedWithItsCheckAndAnsweredWithoutIt(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	const unauthorized, forbidden = `{"error":{"code":"Unauthorized","message":""}}`, `{"error":{"code":"Forbidden","message":""}}`
	for check, test := range map[string]struct {
		spoil  spoil
		status int
		want   string
	}{
		"audience":   {claim("aud", "other"), 401, unauthorized},
		"serviceurl": {claim("serviceurl", "https://evil.example/"), 403, forbidden},
		"tenant":     {both(), 403, forbidden},
	} {
		t.Run(check, func(t *testing.T) {
			t.Parallel()
			in := newInbound(is.clock.now())
			test.spoil(in, is)
			turns := &recorder{}
			header := in.authorization(t)
			response, lines := receiveBy(t, newVerifier(t, is), turns, teams.Request{
				Authorization: header, RemoteAddr: "192.0.2.7:1", Body: []byte(signedBody("other")),
			})
			if response.Status != test.status || string(response.Body) != test.want || response.Refused != check {
				t.Errorf("%+v %s", response, response.Body)
			}
			if len(turns.seen()) != 0 {
				t.Error("the handler saw it")
			}
			if !oneLine(lines, "WARN") || !strings.Contains(lines, "check="+check) || strings.Contains(lines, header[7:]) {
				t.Errorf("log %q", lines)
			}
		})
	}
}

// signedBody is the activity that newInbound's token was made for.
func signedBody(tenant string) string {
	return `{"type":"message","text":"help","channelId":"msteams","serviceUrl":"` + serviceURL + `",
		"conversation":{"id":"c"},"channelData":{"tenant":{"id":"` + tenant + `"}}}`
}

func TestASignedActivityReachesTheHandler(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	turns := &recorder{}
	response, lines := receiveBy(t, newVerifier(t, is), turns, teams.Request{
		Authorization: newInbound(is.clock.now()).authorization(t),
		Body:          []byte(signedBody(tenantID)),
	})
	if response.Status != 200 || len(turns.seen()) != 1 || turns.seen()[0].Command() != "help" || lines != "" {
		t.Errorf("%+v, log %q", response, lines)
	}
}

// doubtful refuses without saying why.
type doubtful struct{}

func (doubtful) AuthenticateRequest(context.Context, schema.Activity, string, auth.CredentialProvider, string) (auth.ClaimsIdentity, error) {
	return nil, errors.New("no")
}

func TestAnyErrorOfAValidatorIsARefusal(t *testing.T) {
	t.Parallel()
	turns := &recorder{}
	response, _ := receiveBy(t, doubtful{}, turns, teams.Request{Body: []byte(messageBody)})
	if response.Status != 401 || len(turns.seen()) != 0 {
		t.Errorf("%+v", response)
	}
}
