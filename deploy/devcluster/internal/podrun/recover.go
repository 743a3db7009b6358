package podrun

import (
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

// recall makes the records of a Pod that this process sees for the first time.
// What its status calls running ran under an earlier process of this node, and
// has ended with it.
func recall(pod *v1.Pod, now time.Time) records {
	reason := "ContainerCreating"
	if len(pod.Spec.InitContainers) > 0 {
		reason = "PodInitializing"
	}
	return records{
		init: recallAll(pod, pod.Spec.InitContainers, pod.Status.InitContainerStatuses, "ContainerCreating", now),
		main: recallAll(pod, pod.Spec.Containers, pod.Status.ContainerStatuses, reason, now),
	}
}

func recallAll(pod *v1.Pod, specs []v1.Container, known []v1.ContainerStatus, reason string, now time.Time) []*record {
	var all []*record
	for i := range specs {
		r := &record{spec: &specs[i], status: podutil.GetExistingContainerStatus(known, specs[i].Name)}
		all = append(all, r)
		if r.status.Name == "" {
			r.status.Name, r.status.Image = r.spec.Name, r.spec.Image
			r.wait(reason, "")
			continue
		}
		if running := r.status.State.Running; running != nil {
			r.end(pod, v1.ContainerStateTerminated{
				ExitCode:    137,
				Signal:      9,
				Reason:      "Error",
				Message:     "the node was restarted, and the container's process ended with it",
				StartedAt:   running.StartedAt,
				FinishedAt:  metav1.NewTime(now),
				ContainerID: r.status.ContainerID,
			})
		}
	}
	return all
}
