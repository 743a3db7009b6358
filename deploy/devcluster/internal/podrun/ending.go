package podrun

import (
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// stopGrace is the longest that a Pod may take to end when the whole node stops.
const stopGrace = 3 * time.Second

// ending is an end from outside, against which no container starts.
type ending struct {
	killAt time.Time
	asked  bool
	// exceeded says that the reason is the Pod's activeDeadlineSeconds.
	exceeded bool
	// stopping says that the reason is the node's stop: the Pod may go on after it.
	stopping bool
}

// considerEnding begins an ending where there is a reason, and hastens one where
// another reason leaves less time.
func (w *Worker) considerEnding(pod *v1.Pod, gone, stopping bool, now time.Time) {
	grace := seconds(ptr.Deref(pod.Spec.TerminationGracePeriodSeconds, v1.DefaultTerminationGracePeriodSeconds))
	consider := func(e ending) {
		switch {
		case w.ending == nil:
			w.ending = &e
		case e.killAt.Before(w.ending.killAt):
			w.ending.killAt = e.killAt
		}
		if !e.stopping {
			w.ending.stopping = false
		}
	}
	if deadline := w.deadline(pod); !deadline.IsZero() && !now.Before(deadline) && !isFinal(w.records.phase(pod, false)) {
		consider(ending{killAt: now.Add(grace), exceeded: true})
	}
	if pod.DeletionTimestamp != nil {
		consider(ending{killAt: now.Add(seconds(ptr.Deref(pod.DeletionGracePeriodSeconds, 0)))})
	}
	if stopping {
		consider(ending{killAt: now.Add(min(grace, stopGrace)), stopping: true})
	}
	if gone {
		consider(ending{killAt: now})
	}
}

// enforce asks what runs to end, and kills it when its time is over.
func (w *Worker) enforce(now time.Time) (again time.Time) {
	if len(w.running) == 0 {
		return time.Time{}
	}
	if !now.Before(w.ending.killAt) {
		for _, running := range w.running {
			running.Kill()
		}
		return time.Time{} // the containers' ends wake the worker
	}
	if !w.ending.asked {
		w.ending.asked = true
		for _, running := range w.running {
			running.Terminate()
		}
	}
	return w.ending.killAt
}

func (w *Worker) verdict() verdict {
	if w.ending == nil || w.ending.stopping || len(w.running) > 0 {
		return verdict{}
	}
	return verdict{final: true, exceeded: w.ending.exceeded}
}

// deadline is when the Pod has been active for too long; zero where it may run for ever.
func (w *Worker) deadline(pod *v1.Pod) time.Time {
	if pod.Spec.ActiveDeadlineSeconds == nil {
		return time.Time{}
	}
	return w.since.Add(seconds(*pod.Spec.ActiveDeadlineSeconds))
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }
