package jobs_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/riverqueue/river"

	"handrail/internal/jobs"
)

// slowClient is a client that starts when the test lets it.
type slowClient struct {
	start, stopped chan struct{}
}

// Start waits.
func (c slowClient) Start(context.Context) error {
	<-c.start
	return nil
}

// Stopped says whether the client has stopped.
func (c slowClient) Stopped() <-chan struct{} { return c.stopped }

// Schedule does nothing.
func (slowClient) Schedule(context.Context) error { return nil }

func TestTheCheckWaitsForTheStartAndKnowsTheEnd(t *testing.T) {
	t.Parallel()
	client := slowClient{start: make(chan struct{}), stopped: make(chan struct{})}
	runner, err := jobs.New(jobs.Config{
		Open:     func(*river.Config) (jobs.Client, error) { return client, nil },
		Handlers: jobs.NewHandlers(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := runner.Check(gone); err == nil {
		t.Error("ready before the start")
	}
	ran, ready := make(chan error, 1), make(chan error, 1)
	go func() { ran <- runner.Run(t.Context()) }()
	go func() { ready <- runner.Check(t.Context()) }()
	close(client.start)
	if err := <-ready; err != nil {
		t.Errorf("not ready after the start: %v", err)
	}
	close(client.stopped)
	if err := <-ran; err == nil {
		t.Error("a queue that stops by itself is an error")
	}
	if err := runner.Check(t.Context()); err == nil {
		t.Error("ready after the end")
	}
}
