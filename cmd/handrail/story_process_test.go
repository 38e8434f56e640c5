package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"handrail/internal/store/storetest"
)

// realProcess is a Handrail that runs as a process of its own.
type realProcess struct {
	t       *testing.T
	command *exec.Cmd
	stderr  *bytes.Buffer
}

// startProcess starts the program in a world, and connects Teams to it.
func startProcess(t *testing.T, program string, w *world) *realProcess {
	t.Helper()
	p := &realProcess{t: t, stderr: &bytes.Buffer{}}
	p.command = exec.CommandContext(t.Context(), program)
	p.command.Env = os.Environ()
	for name, value := range w.environ {
		p.command.Env = append(p.command.Env, name+"="+value)
	}
	p.command.Stderr = p.stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	t.Cleanup(func() { p.end(syscall.SIGKILL) })
	said := bufio.NewReader(stdout)
	greeting, err := said.ReadString('\n')
	_, address, found := strings.Cut(strings.TrimSpace(greeting), "listens on ")
	if err != nil || !found {
		p.end(syscall.SIGKILL)
		t.Fatalf("the program says %q (%v): %s", greeting, err, p.stderr)
	}
	w.Connect(address)
	return p
}

// end sends the process a signal and waits for its end. Only the first end counts.
func (p *realProcess) end(signal syscall.Signal) {
	if p.command.ProcessState != nil {
		return
	}
	_ = p.command.Process.Signal(signal) // it may have ended by itself
	_ = p.command.Wait()                 // a process that was killed has failed
}

func TestStoryAProcessThatIsKilledGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "handrail")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "handrail/cmd/handrail").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v: %s", err, out)
	}
	w := newWorld(t, storetest.SQLite(t))
	ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")

	p := startProcess(t, program, w)
	chat.Says(ana, "new Invoices cannot be posted")
	card := chat.ExpectCard("New ticket")
	card.Press(ana, "Open ticket", invoices())
	card = card.Expect("T-1", "Step 1 of 7")
	moves(ana, card, "Step 2 of 7")
	save := clickOf(t, evidence(ana, card, "Acknowledge"), "Save").with("choice", "mail").with("words", "We have it")
	p.end(syscall.SIGKILL)

	// The form that was open is saved, and the process dies with its answer.
	p = startProcess(t, program, w)
	says(t, save.by(t, ana).Text(), "We have it")
	p.end(syscall.SIGKILL)

	p = startProcess(t, program, w)
	says(t, save.by(t, ana).Text(), "We have it")
	answer := clickOf(t, card.View(ana), "Skip rest").by(t, ana)
	says(t, clickOf(t, answer, "Save").with("reason", "Nothing to ask").by(t, ana).Text(), "skipped: Nothing to ask")
	says(t, clickOf(t, card.View(ana), "Next step").by(t, ana).Text(), "Step 3 of 7")
	chat.Says(ana, "board")
	chat.ExpectCard("Board", "1 open ticket", "T-1 · Diagnosis")
	p.end(syscall.SIGTERM)
	if code := p.command.ProcessState.ExitCode(); code != 0 {
		t.Errorf("after SIGTERM it ends with %d: %s", code, p.stderr)
	}
	if strings.Contains(p.stderr.String(), `"level":"ERROR"`) {
		t.Errorf("the log has errors: %s", p.stderr)
	}
}
