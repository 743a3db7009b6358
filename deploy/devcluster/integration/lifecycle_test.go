package integration

import (
	"os"
	"strings"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func TestAnEndIsReportedAsAKubeletReportsIt(t *testing.T) {
	for name, test := range map[string]struct {
		change         func(*v1.Pod)
		code           int32
		reason, speaks string
	}{
		"exit code":  {func(p *v1.Pod) { script(p, "exit 3") }, 3, "Error", ""},
		"signal":     {func(p *v1.Pod) { script(p, "kill -9 $$$$") }, 137, "Error", ""},
		"message":    {func(p *v1.Pod) { script(p, "echo why > /dev/termination-log; exit 1") }, 1, "Error", "why\n"},
		"last lines": {func(p *v1.Pod) { script(p, "echo some; echo words >&2; exit 1"); fallback(p) }, 1, "Error", "words"},
		"no program": {func(p *v1.Pod) { p.Spec.Containers[0].Command = []string{"no-such-program"} }, 128, "StartError", "executable file not found"},
	} {
		t.Run(name, func(t *testing.T) {
			n := inNamespace(t)
			pod := shell("")
			test.change(pod)
			end := terminated(n.untilPhase(n.run(pod), v1.PodFailed))
			if end.ExitCode != test.code || end.Reason != test.reason || !strings.Contains(end.Message, test.speaks) {
				t.Errorf("ended as %+v", end)
			}
		})
	}
}

func TestAContainerWithoutACommandSaysThatThereIsNoImage(t *testing.T) {
	n := inNamespace(t)
	pod := shell("")
	pod.Spec.Containers[0].Command = nil
	n.until(n.run(pod), "ImageInspectError", func(p *v1.Pod) bool { return waitingReason(p) == "ImageInspectError" })
}

func TestAFailedContainerIsRestartedAtOnceAndThenHeldBack(t *testing.T) {
	n := inNamespace(t)
	pod := shell("echo run; exit 1")
	pod.Spec.RestartPolicy = v1.RestartPolicyAlways
	pod = n.run(pod)

	now := n.until(pod, "CrashLoopBackOff", func(p *v1.Pod) bool { return waitingReason(p) == "CrashLoopBackOff" })

	status := now.Status.ContainerStatuses[0]
	if status.RestartCount != 1 || status.LastTerminationState.Terminated.ExitCode != 1 || now.Status.Phase != v1.PodRunning {
		t.Errorf("%s: %+v", now.Status.Phase, status)
	}
	wants(t, n.logs(pod, v1.PodLogOptions{Previous: true}), "run")
}

func TestOnFailureRunsUntilItSucceeds(t *testing.T) {
	n := inNamespace(t)
	pod := shell("test -e ran && exit 0; touch ran; exit 1")
	pod.Spec.RestartPolicy = v1.RestartPolicyOnFailure
	now := n.untilPhase(n.run(pod), v1.PodSucceeded)
	if now.Status.ContainerStatuses[0].RestartCount != 1 {
		t.Errorf("%+v", now.Status.ContainerStatuses[0])
	}
}

func TestADeletedPodMayEndInItsGracePeriod(t *testing.T) {
	for name, test := range map[string]struct {
		script   string
		grace    int64
		min, max time.Duration
	}{
		"it ends":     {"trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done", 10, 0, 3 * time.Second},
		"it does not": {"trap '' TERM; echo up; while :; do sleep 0.1; done", 2, 2 * time.Second, 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			n := inNamespace(t)
			pod := n.run(shell(test.script))
			n.untilPhase(pod, v1.PodRunning)
			n.await(5*time.Second, "its first line", func() bool { return n.logs(pod, v1.PodLogOptions{}) != "" })
			began := time.Now()
			must(t, n.CoreV1().Pods(n.name).Delete(ctx, pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &test.grace}))
			n.await(20*time.Second, "its end", func() bool {
				_, err := n.CoreV1().Pods(n.name).Get(ctx, pod.Name, metav1.GetOptions{})
				return apierrors.IsNotFound(err)
			})
			if took := time.Since(began); took < test.min || took > test.max {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestAPodThatIsActiveTooLongFails(t *testing.T) {
	n := inNamespace(t)
	pod := shell("sleep 60")
	pod.Spec.ActiveDeadlineSeconds = ptr.To[int64](1)
	began := time.Now()
	now := n.untilPhase(n.run(pod), v1.PodFailed)
	if took := time.Since(began); took < time.Second {
		t.Errorf("it was ended after %s", took)
	}
	if now.Status.Reason != "DeadlineExceeded" || terminated(now).ExitCode != 143 {
		t.Errorf("%+v", now.Status)
	}
}

func TestNothingOutlivesThePod(t *testing.T) {
	n := inNamespace(t)
	pod := n.run(shell("sleep 60 & echo $!; setsid sh -c 'echo $$$$; exec sleep 60' & sleep 0.5"))
	n.untilPhase(pod, v1.PodSucceeded)
	pids := strings.Fields(n.logs(pod, v1.PodLogOptions{}))
	if len(pids) != 2 {
		t.Fatalf("the log is %q", pids)
	}
	for _, pid := range pids {
		if content, err := os.ReadFile("/proc/" + pid + "/cmdline"); err == nil && strings.Contains(string(content), "sleep") {
			t.Errorf("process %s still runs", pid)
		}
	}
}

func TestAPodForAnotherNodeStaysPendingAndSaysWhy(t *testing.T) {
	n := inNamespace(t)
	pod := shell("true")
	pod.Spec.NodeSelector = map[string]string{"gpu": "yes"}
	n.until(n.run(pod), "Unschedulable", func(p *v1.Pod) bool {
		return len(p.Status.Conditions) > 0 && p.Status.Conditions[0].Reason == v1.PodReasonUnschedulable
	})
}

func script(p *v1.Pod, text string) { p.Spec.Containers[0].Command[2] = text }

func fallback(p *v1.Pod) {
	p.Spec.Containers[0].TerminationMessagePolicy = v1.TerminationMessageFallbackToLogsOnError
}
