package podrun

import v1 "k8s.io/api/core/v1"

// phase follows from the containers as a kubelet derives it; final says that the
// Pod was ended from outside, so that no container runs again.
func (r records) phase(pod *v1.Pod, final bool) v1.PodPhase {
	var waiting, running, failed int
	for _, c := range r.init {
		if c.succeeded() {
			continue
		}
		if final || c.status.State.Terminated != nil && !c.restarts(pod) {
			return v1.PodFailed
		}
		return v1.PodPending
	}
	for _, c := range r.main {
		switch {
		case c.running():
			running++
		case !c.ran():
			waiting++
		case !c.succeeded():
			failed++
		}
	}
	switch {
	case final && failed+waiting+running > 0:
		return v1.PodFailed
	case final:
		return v1.PodSucceeded
	case waiting > 0:
		return v1.PodPending
	case running > 0 || r.anyRestarts(pod):
		return v1.PodRunning
	case failed > 0:
		return v1.PodFailed
	}
	return v1.PodSucceeded
}

// anyRestarts says whether a container that does not run will run again.
func (r records) anyRestarts(pod *v1.Pod) bool {
	for _, c := range r.main {
		if c.status.State.Waiting != nil || c.restarts(pod) {
			return true
		}
	}
	return false
}

// isFinal says whether a phase is never left.
func isFinal(phase v1.PodPhase) bool {
	return phase == v1.PodSucceeded || phase == v1.PodFailed
}
