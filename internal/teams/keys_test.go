package teams_test

import (
	"context"
	"crypto"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handrail/internal/teams"
)

// signedBy returns a call that is signed by the key with the id.
func signedBy(tb testing.TB, is *issuer, kid string) *inbound {
	tb.Helper()
	in := newInbound(is.clock.now())
	in.header["kid"] = kid
	if issuerKeys()[kid] != nil {
		in.sign = signWith(kid, crypto.SHA256)
	}
	return in
}

func TestKeysAreFetchedOnceAndKept(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	v := newVerifier(t, is)
	for range 20 {
		if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "" {
			t.Fatalf("refused by %q", check)
		}
	}
	if is.fetches() != 1 {
		t.Errorf("%d fetches", is.fetches())
	}
}

func TestANewKeyOfTheIssuerIsLearntWhenItIsFirstUsed(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	v := newVerifier(t, is)
	signedBy(t, is, "k1").verify(t.Context(), t, v)
	is.publish("k2")
	is.withdraw("k1")
	is.clock.advance(time.Minute)
	if check, _ := signedBy(t, is, "k2").verify(t.Context(), t, v); check != "" {
		t.Errorf("the new key is refused by %q", check)
	}
	if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "key" {
		t.Errorf("the withdrawn key is refused by %q", check)
	}
}

func TestAFloodOfUnknownKeysMakesOneFetchAMinute(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	v := newVerifier(t, is)
	signedBy(t, is, "k1").verify(t.Context(), t, v)
	for minute := range 3 {
		is.clock.advance(time.Minute)
		var wg sync.WaitGroup
		for range 30 {
			wg.Go(func() {
				if check, _ := signedBy(t, is, "forged").verify(t.Context(), t, v); check != "key" {
					t.Errorf("refused by %q", check)
				}
			})
		}
		wg.Wait()
		if want := minute + 2; is.fetches() != want {
			t.Errorf("%d fetches, want %d", is.fetches(), want)
		}
	}
	is.clock.advance(59 * time.Second)
	signedBy(t, is, "forged").verify(t.Context(), t, v)
	if is.fetches() != 4 {
		t.Errorf("a fetch within the minute: %d", is.fetches())
	}
}

func TestOldKeysAreKeptWhenTheFetchFails(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	v := newVerifier(t, is)
	signedBy(t, is, "k1").verify(t.Context(), t, v)
	spoils := map[string]func(){
		"no connection":  func() { is.fail(true) },
		"no keys at all": func() { is.fail(false); is.withdraw("k1") },
		"no jwks_uri":    func() { is.publish("k1"); is.document["jwks_uri"] = 5 },
		"keys over http": func() {
			is.publish("k2")
			is.document["jwks_uri"] = "http://login.botframework.com/v1/.well-known/keys"
		},
		"keys of nowhere": func() { is.document["jwks_uri"] = "https:///keys" },
	}
	for _, name := range []string{"no connection", "no keys at all", "no jwks_uri", "keys over http", "keys of nowhere"} {
		spoils[name]()
		is.clock.advance(time.Minute)
		before := is.fetches()
		if check, status := signedBy(t, is, "k2").verify(t.Context(), t, v); check != "key" || status != 401 {
			t.Errorf("%s: an unknown key is refused by %q with %d", name, check, status)
		}
		if is.fetches() != before+1 {
			t.Errorf("%s: no fetch", name)
		}
		if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "" {
			t.Errorf("%s: the old key is refused by %q", name, check)
		}
	}
}

func TestWithoutAnyKeysTeamsMayTryAgainAndSoDoWe(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	is.fail(true)
	v := newVerifier(t, is)
	for range 5 {
		if check, status := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "keys" || status != 503 {
			t.Errorf("refused by %q with %d", check, status)
		}
	}
	if is.fetches() != 1 {
		t.Errorf("%d fetches", is.fetches())
	}
	if err := v.Warm(quiet(t.Context())); err == nil {
		t.Error("warm without keys")
	}
	is.fail(false)
	is.clock.advance(5 * time.Second)
	if err := v.Warm(quiet(t.Context())); err != nil {
		t.Error(err)
	}
	if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "" {
		t.Errorf("refused by %q", check)
	}
}

func TestTheFirstRequestsShareOneFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := newIssuer(time.Now())
		release := is.hold()
		v := newVerifier(t, is)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "" {
					t.Errorf("refused by %q", check)
				}
			})
		}
		synctest.Wait()
		release()
		wg.Wait()
		if is.fetches() != 1 {
			t.Errorf("%d fetches", is.fetches())
		}
	})
}

func TestASlowIssuerHoldsUpOnlyThoseWhoseKeyIsUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := newIssuer(time.Now())
		v := newVerifier(t, is)
		signedBy(t, is, "k1").verify(t.Context(), t, v)
		is.clock.advance(time.Minute)
		is.publish("k2")
		release := is.hold()
		waiting := make(chan string, 1)
		go func() {
			check, _ := signedBy(t, is, "k2").verify(t.Context(), t, v)
			waiting <- check
		}()
		synctest.Wait()
		if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "" {
			t.Errorf("the known key is refused by %q", check)
		}
		select {
		case <-waiting:
			t.Error("the unknown key did not wait")
		default:
		}
		release()
		if check := <-waiting; check != "" {
			t.Errorf("the new key is refused by %q", check)
		}
	})
}

func TestATurnThatEndsLeavesTheFetchToTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := newIssuer(time.Now())
		v := newVerifier(t, is)
		release := is.hold()
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan int, 1)
		go func() {
			_, status := signedBy(t, is, "k1").verify(ctx, t, v)
			first <- status
		}()
		synctest.Wait()
		cancel()
		if status := <-first; status != 503 {
			t.Errorf("status %d", status)
		}
		release()
		synctest.Wait()
		if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "" || is.fetches() != 1 {
			t.Errorf("refused by %q after %d fetches", check, is.fetches())
		}
	})
}

func TestAnIssuerThatNeverAnswersIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := newIssuer(time.Now())
		v := newVerifier(t, is)
		release := is.hold()
		defer release()
		began := time.Now()
		if check, status := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "keys" || status != 503 {
			t.Errorf("refused by %q with %d", check, status)
		}
		if waited := time.Since(began); waited > 15*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestKeysOfYesterdayAreRefreshedInTheBackground(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := newIssuer(time.Now())
		v := newVerifier(t, is)
		signedBy(t, is, "k1").verify(t.Context(), t, v)
		is.clock.advance(24*time.Hour - time.Second)
		signedBy(t, is, "k1").verify(t.Context(), t, v)
		if is.fetches() != 1 {
			t.Errorf("%d fetches within the day", is.fetches())
		}
		is.clock.advance(time.Second)
		is.withdraw("k1")
		is.publish("k2")
		release := is.hold()
		for range 3 {
			if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "" {
				t.Errorf("refused by %q before the new keys are there", check)
			}
		}
		release()
		synctest.Wait()
		if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "key" || is.fetches() != 2 {
			t.Errorf("refused by %q after %d fetches", check, is.fetches())
		}
	})
}

func TestMetadataOverHTTPMayNameKeysOverHTTP(t *testing.T) {
	t.Parallel()
	is := newIssuer(time.Now())
	is.document["jwks_uri"] = "http://127.0.0.1:9/keys"
	v := newVerifier(t, is, func(cfg *teams.VerifierConfig) { cfg.Cloud.MetadataURL = "http://127.0.0.1:9/openidconfiguration" })
	if check, _ := signedBy(t, is, "k1").verify(t.Context(), t, v); check != "" {
		t.Errorf("refused by %q", check)
	}
}
