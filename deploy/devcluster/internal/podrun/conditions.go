package podrun

import (
	"fmt"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

// setConditions sets Initialized, ContainersReady and Ready.
func (r records) setConditions(pod *v1.Pod, status *v1.PodStatus, now time.Time) {
	set := func(kind v1.PodConditionType, reason, message string) {
		condition := v1.PodCondition{Type: kind, Status: v1.ConditionTrue, ObservedGeneration: pod.Generation}
		if reason != "" {
			condition.Status, condition.Reason, condition.Message = v1.ConditionFalse, reason, message
		}
		setCondition(status, condition, now)
	}
	reason, message := lacking("ContainersNotInitialized", "incomplete", r.init, (*record).succeeded)
	set(v1.PodInitialized, reason, message)

	switch status.Phase {
	case v1.PodSucceeded:
		reason, message = "PodCompleted", ""
	case v1.PodFailed:
		reason, message = "PodFailed", ""
	default:
		reason, message = lacking("ContainersNotReady", "unready", r.main, (*record).running)
	}
	set(v1.ContainersReady, reason, message)
	if reason == "" {
		reason, message = closedGates(pod, status)
	}
	set(v1.PodReady, reason, message)
}

// lacking says which containers are not there yet; no reason when all are.
func lacking(reason, what string, all []*record, there func(*record) bool) (string, string) {
	var names []string
	for _, r := range all {
		if !there(r) {
			names = append(names, r.spec.Name)
		}
	}
	if len(names) == 0 {
		return "", ""
	}
	return reason, fmt.Sprintf("containers with %s status: [%s]", what, strings.Join(names, " "))
}

// closedGates says which of the Pod's readiness gates someone has yet to open.
func closedGates(pod *v1.Pod, status *v1.PodStatus) (string, string) {
	for _, gate := range pod.Spec.ReadinessGates {
		_, condition := podutil.GetPodCondition(status, gate.ConditionType)
		if condition == nil || condition.Status != v1.ConditionTrue {
			return "ReadinessGatesNotReady", fmt.Sprintf("the status of pod readiness gate %q is not \"True\"", gate.ConditionType)
		}
	}
	return "", ""
}

// setCondition keeps the time of a condition's last change where nothing changes.
func setCondition(status *v1.PodStatus, condition v1.PodCondition, now time.Time) {
	condition.LastTransitionTime = metav1.NewTime(now)
	index, old := podutil.GetPodCondition(status, condition.Type)
	if old == nil {
		status.Conditions = append(status.Conditions, condition)
		return
	}
	if old.Status == condition.Status {
		condition.LastTransitionTime = old.LastTransitionTime
	}
	status.Conditions[index] = condition
}
