package podrun

import "time"

// The delays of a kubelet: the first restart at once, then 10 s, doubling to
// 5 min, and from the beginning again after a run of 10 min.
const (
	firstDelay   = 10 * time.Second
	longestDelay = 5 * time.Minute
	goodRun      = 10 * time.Minute
)

// heldBack is how long a restart waits after a run.
func heldBack(delay, ran time.Duration) time.Duration {
	if ran >= goodRun {
		return 0
	}
	return delay
}

// nextDelay is how long the restart after this one waits.
func nextDelay(delay time.Duration) time.Duration {
	if delay == 0 {
		return firstDelay
	}
	return min(2*delay, longestDelay)
}
