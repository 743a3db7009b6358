package podrun

import (
	"reflect"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAStatusKeepsWhatOthersWroteAndWhenThingsChanged(t *testing.T) {
	pod, records := podOf(v1.RestartPolicyNever, nil, states(running()))
	pod.Status.QOSClass = v1.PodQOSBurstable
	pod.Status.Conditions = []v1.PodCondition{{Type: v1.DisruptionTarget, Status: v1.ConditionTrue}}

	first := records.statusOf(pod, verdict{}, noon)
	pod.Status = first
	second := records.statusOf(pod, verdict{}, noon.Add(time.Hour))

	if !reflect.DeepEqual(first, second) {
		t.Errorf("nothing happened, and the status went from\n%+v to\n%+v", first, second)
	}
	if first.QOSClass != v1.PodQOSBurstable || first.Conditions[0].Type != v1.DisruptionTarget {
		t.Errorf("others' fields are lost: %+v", first)
	}
}

func TestConditionsSayWhatIsMissing(t *testing.T) {
	for name, test := range map[string]struct {
		init, main                []v1.ContainerState
		initialized, ready, whose string
	}{
		"in init":   {states(running()), states(waiting()), "ContainersNotInitialized", "ContainersNotReady", "containers with unready status: [a]"},
		"one waits": {nil, states(running(), waiting()), "", "ContainersNotReady", "containers with unready status: [b]"},
		"all run":   {states(exited(0)), states(running()), "", "", ""},
		"done":      {nil, states(exited(0)), "", "PodCompleted", ""},
		"failed":    {nil, states(exited(1)), "", "PodFailed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			pod, records := podOf(v1.RestartPolicyNever, test.init, test.main)
			status := records.statusOf(pod, verdict{}, noon)
			got := map[v1.PodConditionType]v1.PodCondition{}
			for _, condition := range status.Conditions {
				got[condition.Type] = condition
			}
			if got[v1.PodInitialized].Reason != test.initialized || got[v1.PodReady].Reason != test.ready || got[v1.PodReady].Message != test.whose {
				t.Errorf("%+v", status.Conditions)
			}
			if (got[v1.PodReady].Status == v1.ConditionTrue) != (test.ready == "") {
				t.Errorf("%+v", got[v1.PodReady])
			}
		})
	}
}

func TestADeadlineFailsThePodWhateverItsContainersSay(t *testing.T) {
	pod, records := podOf(v1.RestartPolicyAlways, nil, states(exited(0)))
	status := records.statusOf(pod, verdict{final: true, exceeded: true}, noon)
	if status.Phase != v1.PodFailed || status.Reason != "DeadlineExceeded" {
		t.Errorf("%s, %s", status.Phase, status.Reason)
	}
}

func TestWhatRanUnderAnEarlierNodeHasEnded(t *testing.T) {
	pod := &v1.Pod{Spec: v1.PodSpec{RestartPolicy: v1.RestartPolicyAlways, Containers: []v1.Container{{Name: "a"}, {Name: "b"}}}}
	pod.Status.ContainerStatuses = []v1.ContainerStatus{{
		Name: "a", RestartCount: 4, ContainerID: "process://1",
		State: v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: metav1.NewTime(noon)}},
	}}

	records := recall(pod, noon.Add(time.Minute))

	end := records.main[0].status.State.Terminated
	if end == nil || end.ExitCode != 137 || end.ContainerID != "process://1" || records.main[0].attempt() != 5 {
		t.Errorf("%+v", records.main[0].status)
	}
	if records.main[1].attempt() != 0 || records.main[1].status.State.Waiting == nil {
		t.Errorf("%+v", records.main[1].status)
	}
}
