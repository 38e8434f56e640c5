package ticket

import "time"

// Snooze has a clock that has rung ring again later.
type Snooze struct {
	// Due is that of the clock: one that has moved since is not snoozed.
	Due    time.Time `json:"due"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     Person    `json:"by"`
}
