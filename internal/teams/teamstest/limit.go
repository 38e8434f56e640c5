package teamstest

import "time"

// limit is one of the published rate limits.
type limit struct {
	calls int
	per   time.Duration
}

// sendLimits and readLimits are per bot and conversation ("Optimize your bot
// with rate limiting in Teams").
func sendLimits() []limit {
	return []limit{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}, {1800, time.Hour}}
}

func readLimits() []limit {
	return []limit{{14, time.Second}, {16, 2 * time.Second}, {120, 30 * time.Second}, {3600, time.Hour}}
}

// tooMany says whether one call more at now breaks a limit, and otherwise
// notes it.
func tooMany(calls *[]time.Time, limits []limit, now time.Time) bool {
	for _, l := range limits {
		n := 0
		for _, at := range *calls {
			if now.Sub(at) < l.per {
				n++
			}
		}
		if n >= l.calls {
			return true
		}
	}
	*calls = append(*calls, now)
	return false
}
