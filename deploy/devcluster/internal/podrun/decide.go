package podrun

import (
	"time"

	v1 "k8s.io/api/core/v1"
)

// due returns the containers to start now; where some have to wait, again is
// when to ask next, and zero where only an event can change the answer.
//
// Init containers run one after the other, each until it succeeds; then the
// others run at the same time.
func (r records) due(pod *v1.Pod, now time.Time) (start []*record, again time.Time) {
	for _, c := range r.init {
		if !c.succeeded() {
			return dueOf(pod, []*record{c}, now)
		}
	}
	return dueOf(pod, r.main, now)
}

func dueOf(pod *v1.Pod, candidates []*record, now time.Time) (start []*record, again time.Time) {
	for _, c := range candidates {
		switch {
		case c.running():
		case c.status.State.Terminated != nil && !c.restarts(pod):
		case now.Before(c.notBefore):
			again = sooner(again, c.notBefore)
		default:
			start = append(start, c)
		}
	}
	return start, again
}

// sooner is the earlier of two times, of which zero means never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
