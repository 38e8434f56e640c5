package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// buildProgram builds the program.
func buildProgram(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "handrail")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".")
	if output, err := build.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, output)
	}
	return binary
}

// program is a running Handrail in a process of its own.
type program struct {
	b      *testing.B
	cmd    *exec.Cmd
	addr   string
	stderr bytes.Buffer
	client *http.Client
}

// startProgram starts the program on a free port and returns once it is ready.
func startProgram(b *testing.B, binary string, env []string) *program {
	b.Helper()
	p := &program{b: b, client: &http.Client{Timeout: 10 * time.Second}}
	// The end of the benchmark stops it in good order, not the end of a context.
	p.cmd = exec.CommandContext(context.WithoutCancel(b.Context()), binary)
	p.cmd.Env = append(append(os.Environ(), "HANDRAIL_ADDR=127.0.0.1:0", "HANDRAIL_LOG=error"), env...)
	p.cmd.Stderr = &p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.stop)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_, p.addr, _ = strings.Cut(line, "http://")
	p.addr, _, _ = strings.Cut(p.addr, "/")
	if err != nil || p.addr == "" {
		b.Fatalf("the program did not start: %v: %s", err, &p.stderr)
	}
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-again.C {
		status, body := p.get("/readyz")
		switch {
		case status == http.StatusOK:
			return p
		case time.Now().After(deadline):
			b.Fatalf("the program is not ready after a minute: %s", body)
		}
	}
}

// stop has the program end, and fails the benchmark if it does not do so well.
func (p *program) stop() {
	if p.cmd.ProcessState != nil {
		return
	}
	p.client.CloseIdleConnections()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.b.Errorf("stop the program: %v", err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.b.Errorf("the program ended badly: %v", err)
	}
	if p.stderr.Len() > 0 {
		p.b.Errorf("the program complained: %.2000s", &p.stderr)
	}
}

func (p *program) get(path string) (status int, body string) {
	p.b.Helper()
	response, err := p.client.Get("http://" + p.addr + path)
	if err != nil {
		p.b.Fatalf("%s: %v: %s", path, err, &p.stderr)
	}
	defer func() { _ = response.Body.Close() }()
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		p.b.Fatalf("%s: %v", path, err)
	}
	return response.StatusCode, text.String()
}

// usage is what the program has used since it started, by its own metrics.
type usage struct {
	cpu, resident, allocations, bytes, refreshed float64
}

func (p *program) usage() usage {
	p.b.Helper()
	_, text := p.get("/metrics")
	return usage{
		cpu:         metric(p.b, text, "process_cpu_seconds_total"),
		resident:    metric(p.b, text, "process_resident_memory_bytes"),
		allocations: metric(p.b, text, "go_memstats_mallocs_total"),
		bytes:       metric(p.b, text, "go_memstats_alloc_bytes_total"),
		refreshed:   metric(p.b, text, `handrail_job_seconds_count{kind="card.refresh",outcome="done"}`),
	}
}

// metric reads one value of the text format of Prometheus; 0 where the series
// has not begun.
func metric(b *testing.B, text, name string) float64 {
	b.Helper()
	_, rest, found := strings.Cut("\n"+text, "\n"+name+" ")
	if !found {
		return 0
	}
	written, _, _ := strings.Cut(rest, "\n")
	value, err := strconv.ParseFloat(written, 64)
	if err != nil {
		b.Fatal(fmt.Errorf("the metric %s: %w", name, err))
	}
	return value
}

// settle waits until so many refreshing jobs have been done, and gives the usage then.
func (p *program) settle(jobs int) usage {
	p.b.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(5 * time.Minute)
	for {
		used := p.usage()
		switch {
		case int(used.refreshed) >= jobs:
			return used
		case time.Now().After(deadline):
			p.b.Fatalf("%d of %d jobs are done after five minutes: %s", int(used.refreshed), jobs, &p.stderr)
		}
		<-tick.C
	}
}
