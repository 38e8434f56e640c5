package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"handrail/internal/jobs"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

// victimOf is the variable by which the test tells its child on which database to work.
const victimOf = "HANDRAIL_TEST_VICTIM"

func TestTheJobOfAKilledProcessIsDoneByAnother(t *testing.T) {
	t.Parallel()
	if place := os.Getenv(victimOf); place != "" {
		victim(t, place)
		return
	}
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		clock := lateWatch()
		later(t, database.Open(t, clock.Now), refresh(1))

		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+strings.Split(t.Name(), "/")[0]+"$")
		child.Env = append(os.Environ(), victimOf+"="+database.URL+" "+database.Dir)
		output, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(output).ReadString('\n'); line != "working\n" {
			t.Fatalf("the other process says %q (%v)", line, err)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it says that the process was killed

		clock.Advance(time.Minute) // the dead process no longer leads
		clock.run(t)               // and the job is due a little after it was taken over
		start(t, database, clock, 0, func(context.Context, ticket.RefreshCards) error { return nil }).want(t, jobs.Done)
	})
}

// lateWatch gives a clock that runs an hour behind the machine's, by which River
// sees at once that a job is stuck.
func lateWatch() *watch {
	clock := newWatch()
	clock.Advance(-time.Hour)
	return clock
}

// victim takes a job, says so, and waits to be killed.
func victim(t *testing.T, place string) {
	t.Helper()
	url, dir, _ := strings.Cut(place, " ")
	start(t, storetest.Database{URL: url, Dir: dir}, lateWatch(), 0, func(context.Context, ticket.RefreshCards) error {
		fmt.Fprintln(os.Stdout, "working")
		select {}
	})
	<-t.Context().Done()
}
