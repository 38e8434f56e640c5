package jobs

import (
	"testing"
	"time"
)

func TestAJobThatIsPostponedAgainAndAgainWaitsLonger(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		after    time.Duration
		metadata string
		want     time.Duration
	}{
		{5 * time.Second, `{}`, 5 * time.Second},
		{5 * time.Second, `{"snoozes": 1}`, 10 * time.Second},
		{5 * time.Second, `{"snoozes": 3}`, 40 * time.Second},
		{5 * time.Second, `{"snoozes": 900}`, longestWait},
		{time.Hour, `{"snoozes": 2}`, time.Hour},
		{0, `{"snoozes": 4}`, 0},
		{time.Second, `no JSON`, time.Second},
	} {
		if got := wait(c.after, []byte(c.metadata)); got != c.want {
			t.Errorf("after %s with %s it waits %s, want %s", c.after, c.metadata, got, c.want)
		}
	}
}
