package teams

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEveryAnswerOfTeamsHasItsKind(t *testing.T) {
	t.Parallel()
	coded := func(code string) string { return fmt.Sprintf(`{"error":{"code":%q,"message":"m"}}`, code) }
	for name, test := range map[string]struct {
		status int
		body   string
		want   ErrorKind
	}{
		"too many requests":               {429, coded("Throttled"), Throttled},
		"a precondition failed":           {412, coded("PreconditionFailed"), Busy},
		"a bad gateway":                   {502, coded("ServiceError"), Busy},
		"an unavailable service":          {503, "", Busy},
		"a gateway time-out":              {504, "<html>", Busy},
		"a server error":                  {500, coded("ServiceError"), Broken},
		"a method that is not there":      {501, "", Broken},
		"a message that is gone":          {404, coded("ActivityNotFoundInConversation"), Gone},
		"a conversation that is gone":     {404, coded("ConversationNotFound"), ConversationGone},
		"a member who is not there":       {404, coded("MemberNotFoundInConversation"), Refused},
		"a page that is not there":        {404, "Cannot GET", Refused},
		"a bot blocked by the user":       {403, coded("ConversationBlockedByUser"), Blocked},
		"blocked writes by sub-code":      {403, `{"error":{"code":"Forbidden","subCode":"MessageWritesBlocked"}}`, Blocked},
		"blocked writes beside the error": {403, `{"error":{"code":"Forbidden"},"subCode":"MessageWritesBlocked"}`, Blocked},
		"blocked writes deep inside":      {403, `{"error":{"code":"Forbidden","innerHttpError":{"body":{"subCode":"MessageWritesBlocked"}}}}`, Blocked},
		"a bot that is no member":         {403, coded("BotNotInConversationRoster"), NotInRoster},
		"a bot switched off":              {403, coded("BotDisabledByAdmin"), Disabled},
		"an app that is not installed":    {403, coded("ForbiddenOperationException"), NotInstalled},
		"a missing permission":            {403, coded("NotEnoughPermissions"), NoPermission},
		"the host of another cloud":       {403, coded("InvalidBotApiHost"), WrongHost},
		"an unnamed no":                   {403, "", Refused},
		"a message that is too big":       {413, coded("MessageSizeTooBig"), TooBig},
		"a bot that is not registered":    {401, coded("BotNotRegistered"), Unauthorized},
		"a bad argument":                  {400, coded("Bad Argument"), Refused},
		"a redirect":                      {302, "", Refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := answerError("send", &http.Response{StatusCode: test.status}, []byte(test.body), time.Now())
			if e.Kind != test.want {
				t.Errorf("kind of %d %s is %q, want %q", test.status, test.body, e.Kind, test.want)
			}
			wantTemporary := test.want == Throttled || test.want == Busy
			if e.Temporary() != wantTemporary {
				t.Errorf("Temporary() is %v for %q", e.Temporary(), e.Kind)
			}
		})
	}
}

func TestRetryAfterIsReadInBothItsFormsAndBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		"0.5":                           500 * time.Millisecond,
		"-3":                            0,
		"soon":                          0,
		"NaN":                           0,
		"1e300":                         time.Hour,
		"999999":                        time.Hour,
		"Mon, 23 Nov 2026 10:00:30 GMT": 30 * time.Second,
		"Mon, 23 Nov 2026 09:00:00 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("Retry-After %q is %s, want %s", header, got, want)
		}
	}
}

func TestAnErrorTellsTheLogWhatHappenedAndKeepsItsCause(t *testing.T) {
	t.Parallel()
	err := error(&Error{Op: "send", Status: 429, Code: "Throttled", Kind: Throttled, RetryAfter: 3 * time.Second, Err: context.DeadlineExceeded})
	want := "teams: send: throttled: status 429 Throttled, retry after 3s: context deadline exceeded"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	wrapped := fmt.Errorf("job: %w", err)
	if KindOf(wrapped) != Throttled || !errors.Is(wrapped, context.DeadlineExceeded) {
		t.Errorf("the kind is %q and the cause is lost: %v", KindOf(wrapped), wrapped)
	}
	if kind := KindOf(errors.New("foreign")); kind != "" {
		t.Errorf("a foreign error has the kind %q", kind)
	}
}

func TestTheServersWordsAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 5000)
	e := answerError("send", &http.Response{StatusCode: 400}, []byte(`{"error":{"code":"`+long+`","message":"`+long+`"}}`), time.Now())
	if len(e.Error()) > 600 {
		t.Errorf("the error has %d bytes", len(e.Error()))
	}
}
