// Package podrun runs one Pod: it starts the containers in order, restarts them
// as the Pod's policy says, ends them, and writes the Pod's status.
package podrun

import (
	"fmt"
	"slices"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

// record is what is known about one container. Its status is in the API's own
// form, so that after a restart of the node the API tells all of it.
type record struct {
	spec   *v1.Container
	status v1.ContainerStatus
	// notBefore holds back the next start.
	notBefore time.Time
	// delay is how long the start after the next failure is held back.
	delay time.Duration
}

// records are the containers of a Pod.
type records struct{ init, main []*record }

func (r records) all() []*record {
	return slices.Concat(r.init, r.main)
}

func (r *record) running() bool { return r.status.State.Running != nil }

// succeeded says whether the last run ended well.
func (r *record) succeeded() bool {
	return r.status.State.Terminated != nil && r.status.State.Terminated.ExitCode == 0
}

// ran says whether there has been a run before.
func (r *record) ran() bool {
	return r.status.State.Terminated != nil || r.status.LastTerminationState.Terminated != nil
}

// attempt is the number of the next run, counted from 0.
func (r *record) attempt() int32 {
	if r.ran() {
		return r.status.RestartCount + 1
	}
	return r.status.RestartCount
}

// wait notes why the container does not run yet.
func (r *record) wait(reason, message string) {
	if r.status.State.Terminated != nil {
		r.status.LastTerminationState = r.status.State
	}
	r.status.State = v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: reason, Message: message}}
}

// start notes a run that has begun.
func (r *record) start(id string, now time.Time) {
	attempt := r.attempt()
	if r.status.State.Terminated != nil {
		r.status.LastTerminationState = r.status.State
	}
	r.status.RestartCount = attempt
	r.status.ContainerID = id
	r.status.State = v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: metav1.NewTime(now)}}
}

// end notes a run that has ended and, where the policy wants another one, when
// that may begin.
func (r *record) end(pod *v1.Pod, how v1.ContainerStateTerminated) {
	r.status.State = v1.ContainerState{Terminated: &how}
	if !r.restarts(pod) {
		return
	}
	held := heldBack(r.delay, how.FinishedAt.Sub(how.StartedAt.Time))
	r.delay = nextDelay(held)
	r.notBefore = how.FinishedAt.Add(held)
}

// restarts says whether the container that has ended is to run again.
func (r *record) restarts(pod *v1.Pod) bool {
	ended := r.status.State.Terminated
	return ended != nil && podutil.ContainerShouldRestart(*r.spec, pod.Spec, ended.ExitCode)
}

// holdBack shows a container that has to wait for its restart as waiting.
func (r *record) holdBack(pod *v1.Pod, now time.Time) {
	if !r.restarts(pod) || !now.Before(r.notBefore) {
		return
	}
	held := r.notBefore.Sub(r.status.State.Terminated.FinishedAt.Time)
	r.wait("CrashLoopBackOff", fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)",
		held, r.spec.Name, pod.Name, pod.Namespace, pod.UID))
}
