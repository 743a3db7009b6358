package podrun

import (
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
)

func TestWhatIsDueFollowsFromTheContainers(t *testing.T) {
	for name, test := range map[string]struct {
		policy     v1.RestartPolicy
		init, main []v1.ContainerState
		want       string
	}{
		"all start together":                   {v1.RestartPolicyNever, nil, states(waiting(), waiting()), "ab"},
		"what runs is left alone":              {v1.RestartPolicyNever, nil, states(running(), waiting()), "b"},
		"what ended is left alone":             {v1.RestartPolicyNever, nil, states(exited(1), exited(0)), ""},
		"what failed starts again":             {v1.RestartPolicyOnFailure, nil, states(exited(1), exited(0)), "a"},
		"the first init container is first":    {v1.RestartPolicyNever, states(waiting(), waiting()), states(waiting()), "a"},
		"the next one follows its success":     {v1.RestartPolicyNever, states(exited(0), waiting()), states(waiting()), "b"},
		"none follows one that runs":           {v1.RestartPolicyNever, states(running(), waiting()), states(waiting()), ""},
		"none follows one that failed":         {v1.RestartPolicyNever, states(exited(1), waiting()), states(waiting()), ""},
		"one that failed may be tried again":   {v1.RestartPolicyAlways, states(exited(1), waiting()), states(waiting()), "a"},
		"the others follow all init successes": {v1.RestartPolicyNever, states(exited(0)), states(waiting()), "a"},
	} {
		t.Run(name, func(t *testing.T) {
			pod, records := podOf(test.policy, test.init, test.main)
			start, _ := records.due(pod, noon)
			var got string
			for _, r := range start {
				got += r.spec.Name
			}
			if got != test.want {
				t.Errorf("%q, not %q", got, test.want)
			}
		})
	}
}

func TestARestartIsHeldBackLongerEachTime(t *testing.T) {
	pod, records := podOf(v1.RestartPolicyAlways, nil, states(waiting()))
	r := records.main[0]
	now := noon
	for attempt, want := range []time.Duration{0, 10, 20, 40, 80, 160, 300, 300} {
		r.start("id", now)
		if r.status.RestartCount != int32(attempt) {
			t.Fatalf("attempt %d is counted as %d", attempt, r.status.RestartCount)
		}
		r.end(pod, *endedAt(now))
		start, again := records.due(pod, now)
		if want == 0 {
			if len(start) != 1 {
				t.Error("the first restart has to wait")
			}
			continue
		}
		r.holdBack(pod, now)
		if r.status.State.Waiting == nil || r.status.State.Waiting.Reason != "CrashLoopBackOff" || r.status.LastTerminationState.Terminated == nil {
			t.Errorf("attempt %d: %+v", attempt, r.status)
		}
		if held := again.Sub(now); held != want*time.Second {
			t.Errorf("attempt %d is followed after %s, not %d s", attempt, held, want)
		}
		now = again
	}
	if heldBack(longestDelay, goodRun) != 0 {
		t.Error("a good run does not begin anew")
	}
}

func endedAt(at time.Time) *v1.ContainerStateTerminated {
	how := exited(1).Terminated
	how.StartedAt.Time, how.FinishedAt.Time = at, at
	return how
}
