package web_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/web"
)

// running is a server that listens on a free port of the loopback.
type running struct {
	url  string
	addr string
	stop context.CancelFunc
	done chan error
}

// start runs a server and stops it at the end of the test.
func start(t *testing.T, c web.Config) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	bound := make(chan string, 1)
	c.Addr, c.Listening = "127.0.0.1:0", func(addr string) { bound <- addr }
	server := newServer(t, c)
	r := &running{stop: stop, done: make(chan error, 1)}
	go func() { r.done <- server.Run(ctx) }()
	t.Cleanup(stop)
	select {
	case r.addr = <-bound:
	case err := <-r.done:
		t.Fatalf("the server did not start: %v", err)
	}
	r.url = "http://" + r.addr
	return r
}

// stopped waits for the server's end and returns its error.
func (r *running) stopped(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("the server did not stop")
		return nil
	}
}

// client is a client of its own, so that no test's connections meet another's.
func client(t *testing.T) *http.Client {
	t.Helper()
	transport := new(http.Transport)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// post sends text to the messages route and delivers the status on a channel,
// 0 where the connection broke.
func (r *running) post(t *testing.T, text string) <-chan int {
	t.Helper()
	status, c := make(chan int, 1), client(t)
	go func() {
		response, err := c.Post(r.url+"/api/messages", "application/json", strings.NewReader(text))
		if err != nil {
			status <- 0
			return
		}
		_ = response.Body.Close()
		status <- response.StatusCode
	}()
	return status
}

func TestARunningTurnFinishesWhenTheServerStops(t *testing.T) {
	t.Parallel()
	inside, finish := make(chan struct{}), make(chan struct{})
	host := start(t, web.Config{Receiver: receiver(func(ctx context.Context, _ teams.Request) teams.Response {
		close(inside)
		<-finish
		if ctx.Err() != nil {
			return teams.Response{Status: http.StatusInternalServerError}
		}
		return teams.Response{Status: http.StatusOK}
	})})
	status := host.post(t, "{}")
	<-inside

	host.stop()
	waitUntilClosed(t, host.addr)
	close(finish)

	if got := <-status; got != http.StatusOK {
		t.Errorf("the running turn was answered %d, want 200", got)
	}
	if err := host.stopped(t); err != nil {
		t.Errorf("an orderly stop is no error, got %v", err)
	}
}

// waitUntilClosed dials until nobody takes the connection any more.
func waitUntilClosed(t *testing.T, addr string) {
	t.Helper()
	for range 100_000 {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return
		}
		_ = conn.Close()
	}
	t.Fatal("the server still takes connections")
}

func TestATurnThatDoesNotEndIsCutOffAfterTheGraceTime(t *testing.T) {
	t.Parallel()
	var log lines
	inside := make(chan struct{})
	host := start(t, web.Config{Grace: time.Millisecond, Logger: log.logger(), Receiver: receiver(
		func(ctx context.Context, _ teams.Request) teams.Response {
			close(inside)
			<-ctx.Done()
			return teams.Response{Status: http.StatusServiceUnavailable}
		})})
	status := host.post(t, "{}")
	<-inside

	host.stop()

	if err := host.stopped(t); err != nil {
		t.Errorf("want no error, got %v", err)
	}
	if got := <-status; got != http.StatusServiceUnavailable {
		t.Errorf("the turn was answered %d, want 503: it must be told to end before its connection is closed", got)
	}
	wantText(t, log.String(), []string{"cut off", "requests=1"}, nil)
}

func TestATakenPortIsAClearError(t *testing.T) {
	t.Parallel()
	host := start(t, web.Config{})
	err := newServer(t, web.Config{Addr: host.addr}).Run(t.Context())
	if err == nil {
		t.Fatal("want an error")
	}
	wantText(t, err.Error(), []string{host.addr, "another program listens there", "HANDRAIL_ADDR"}, nil)
}

func TestAnAddressOfAnotherMachineIsAClearError(t *testing.T) {
	t.Parallel()
	for addr, advice := range map[string]string{
		"192.0.2.1:0":  "this machine does not have that address",
		"nonsense":     "host:port",
		"127.0.0.1:-1": "host:port",
	} {
		err := newServer(t, web.Config{Addr: addr}).Run(t.Context())
		if err == nil {
			t.Fatalf("want an error for %s", addr)
		}
		wantText(t, err.Error(), []string{addr, advice}, nil)
	}
}

func TestTenMegabytesAreRefusedAndTheDoorStaysOpen(t *testing.T) {
	t.Parallel()
	host := start(t, web.Config{})
	if got := <-host.post(t, strings.Repeat("x", 10<<20)); got != http.StatusRequestEntityTooLarge {
		t.Errorf("ten megabytes were answered %d, want 413", got)
	}
	if got := <-host.post(t, "{}"); got != http.StatusAccepted {
		t.Errorf("the next activity was answered %d, want 202", got)
	}
}

func TestABodyThatIsCutShortIsAnswered(t *testing.T) {
	t.Parallel()
	host := start(t, web.Config{})
	conn, err := net.Dial("tcp", host.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	head := "POST /api/messages HTTP/1.1\r\nHost: handrail\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{\"type\":"
	if _, err := conn.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 4096)
	n, err := conn.Read(answer)
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, string(answer[:n]), []string{"400 Bad Request"}, nil)
}
