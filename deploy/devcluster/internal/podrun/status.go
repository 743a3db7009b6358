package podrun

import (
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/runspec"
)

// verdict is what is known about a Pod beyond its containers.
type verdict struct {
	// final says that the Pod was ended from outside and nothing of it runs.
	final bool
	// exceeded says that it was ended for its activeDeadlineSeconds.
	exceeded bool
}

// statusOf is the status that a Pod should have. It begins with the one it has,
// so that what others have written stays.
func (r records) statusOf(pod *v1.Pod, v verdict, now time.Time) v1.PodStatus {
	status := *pod.Status.DeepCopy()
	if status.StartTime == nil {
		status.StartTime = &metav1.Time{Time: now}
	}
	status.ObservedGeneration = pod.Generation
	status.HostIP, status.HostIPs = runspec.Address, []v1.HostIP{{IP: runspec.Address}}
	status.PodIP, status.PodIPs = runspec.Address, []v1.PodIP{{IP: runspec.Address}}
	if !isFinal(status.Phase) {
		status.Phase = r.phase(pod, v.final)
		if v.final && v.exceeded {
			status.Phase = v1.PodFailed
			status.Reason = "DeadlineExceeded"
			status.Message = "Pod was active on the node longer than the specified deadline"
		}
	}
	status.InitContainerStatuses = statusesOf(r.init, (*record).succeeded)
	status.ContainerStatuses = statusesOf(r.main, (*record).running)
	r.setConditions(pod, &status, now)
	return status
}

// statusesOf renders the containers' statuses. There are no probes here: a
// container is ready while it runs, and an init container when it has succeeded.
func statusesOf(all []*record, ready func(*record) bool) []v1.ContainerStatus {
	var statuses []v1.ContainerStatus
	for _, r := range all {
		status := *r.status.DeepCopy()
		status.Ready = ready(r)
		status.Started = ptr.To(r.running())
		if status.ContainerID != "" {
			status.ImageID = status.Image
		}
		statuses = append(statuses, status)
	}
	return statuses
}
