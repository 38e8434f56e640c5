package odootest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Harm says what a proxy does to how many of a thousand requests. The rest goes through.
type Harm struct {
	// DropRequests never arrive, and DropAnswers arrive and are never answered: either
	// way the connection ends.
	DropRequests, DropAnswers int
	// Late arrive when whoever asked has given up, after some other requests.
	Late int
	// Repeat arrive twice, at the same time, and RepeatLater once more, after some other requests.
	Repeat, RepeatLater int
	// Cut are answered with half an answer, and BadGateway with an error page although they arrived.
	Cut, BadGateway int
}

// Rough is a network on a bad day: of ten requests three come to harm.
func Rough() Harm {
	return Harm{DropRequests: 40, DropAnswers: 60, Late: 40, Repeat: 40, RepeatLater: 40, Cut: 50, BadGateway: 30}
}

// Proxy passes requests on to a server and harms some of them, by chance from a seed.
type Proxy struct {
	// URL is its address.
	URL string

	host   string
	harm   Harm
	client *http.Client

	mu     sync.Mutex
	chance *rand.Rand
	// held are the requests that arrive later.
	held  []*http.Request
	done  map[string]int
	later sync.WaitGroup
}

// NewProxy starts a proxy before the server at an address. It ends with the test.
func NewProxy(tb testing.TB, target string, seed uint64, harm Harm) *Proxy {
	tb.Helper()
	p := &Proxy{
		host: strings.TrimPrefix(target, "http://"), harm: harm, client: &http.Client{Timeout: time.Minute}, done: map[string]int{},
		chance: rand.New(rand.NewPCG(seed, seed)), //nolint:gosec // the same seed harms the same
	}
	server := httptest.NewServer(p)
	p.URL = server.URL
	tb.Cleanup(func() {
		server.Close()
		p.later.Wait()
	})
	return p
}

// Harmed tells how often each harm was done, by its name.
func (p *Proxy) Harmed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprint(p.done)
}

// Flush lets all arrive that was held back, and waits for it.
func (p *Proxy) Flush() {
	p.mu.Lock()
	held := p.held
	p.held = nil
	p.mu.Unlock()
	for _, request := range held {
		p.forget(request)
	}
	p.later.Wait()
}

// forget passes a request on and forgets the answer.
func (p *Proxy) forget(request *http.Request) {
	p.later.Go(func() {
		if response, err := p.client.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
	})
}

// draw says what becomes of a request, and gives the one that arrives now of those held back.
func (p *Proxy) draw() (harm string, late *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.held) > 0 && p.chance.IntN(4) == 0 {
		i := p.chance.IntN(len(p.held))
		late = p.held[i]
		p.held = append(p.held[:i], p.held[i+1:]...)
	}
	n := p.chance.IntN(1000)
	for _, one := range []struct {
		name string
		of   int
	}{
		{"dropped request", p.harm.DropRequests},
		{"dropped answer", p.harm.DropAnswers},
		{"late", p.harm.Late},
		{"repeated", p.harm.Repeat},
		{"repeated later", p.harm.RepeatLater},
		{"cut", p.harm.Cut},
		{"bad gateway", p.harm.BadGateway},
	} {
		if n -= one.of; n < 0 {
			p.done[one.name]++
			return one.name, late
		}
	}
	p.done["unharmed"]++
	return "", late
}

// copied is a request as it goes on to the server.
func (p *Proxy) copied(ctx context.Context, r *http.Request, body []byte) *http.Request {
	forward := r.Clone(ctx)
	forward.URL.Scheme, forward.URL.Host, forward.Host, forward.RequestURI = "http", p.host, "", ""
	forward.Body, forward.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return forward
}

// ServeHTTP passes a request on, or not.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	ctx := context.WithoutCancel(r.Context()) // it arrives whether or not who asked still waits
	again := func() *http.Request { return p.copied(ctx, r, body) }
	harm, late := p.draw()
	if late != nil {
		p.forget(late)
	}
	switch harm {
	case "late", "repeated later":
		p.mu.Lock()
		p.held = append(p.held, again())
		p.mu.Unlock()
	case "repeated":
		p.forget(again())
	}
	if harm == "late" || harm == "dropped request" {
		panic(http.ErrAbortHandler)
	}
	response, err := p.client.Do(again())
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	answer, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || harm == "dropped answer" {
		panic(http.ErrAbortHandler)
	}
	if harm == "bad gateway" {
		http.Error(w, "<html>502 Bad Gateway</html>", http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", response.Header.Get("Content-Type"))
	w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
	w.WriteHeader(response.StatusCode)
	if harm == "cut" {
		_, _ = w.Write(answer[:len(answer)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(answer)
}
