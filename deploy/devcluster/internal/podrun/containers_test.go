package podrun

import (
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// podOf is a Pod with the restart policy, and its records in the states given.
func podOf(policy v1.RestartPolicy, init, main []v1.ContainerState) (*v1.Pod, records) {
	pod := &v1.Pod{Spec: v1.PodSpec{RestartPolicy: policy}}
	return pod, records{init: inStates(init), main: inStates(main)}
}

func inStates(states []v1.ContainerState) []*record {
	var all []*record
	for i, state := range states {
		name := string(rune('a' + i))
		all = append(all, &record{
			spec:   &v1.Container{Name: name},
			status: v1.ContainerStatus{Name: name, State: state},
		})
	}
	return all
}

func states(all ...v1.ContainerState) []v1.ContainerState { return all }

func waiting() v1.ContainerState {
	return v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: "ContainerCreating"}}
}

func running() v1.ContainerState {
	return v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: metav1.NewTime(noon)}}
}

func exited(code int32) v1.ContainerState {
	return v1.ContainerState{Terminated: &v1.ContainerStateTerminated{ExitCode: code, StartedAt: metav1.NewTime(noon), FinishedAt: metav1.NewTime(noon)}}
}
