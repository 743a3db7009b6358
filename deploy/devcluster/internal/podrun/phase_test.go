package podrun

import (
	"testing"

	v1 "k8s.io/api/core/v1"
)

func TestAPhaseFollowsFromTheContainers(t *testing.T) {
	const (
		always, onFailure, never = v1.RestartPolicyAlways, v1.RestartPolicyOnFailure, v1.RestartPolicyNever
	)
	for name, test := range map[string]struct {
		policy     v1.RestartPolicy
		init, main []v1.ContainerState
		final      bool
		want       v1.PodPhase
	}{
		"nothing has started":               {never, nil, states(waiting()), false, v1.PodPending},
		"one of two has started":            {never, nil, states(waiting(), running()), false, v1.PodPending},
		"all run":                           {never, nil, states(running(), running()), false, v1.PodRunning},
		"one runs, one has failed":          {never, nil, states(running(), exited(1)), false, v1.PodRunning},
		"all have succeeded":                {never, nil, states(exited(0), exited(0)), false, v1.PodSucceeded},
		"one has failed":                    {never, nil, states(exited(0), exited(1)), false, v1.PodFailed},
		"a failure is tried again":          {onFailure, nil, states(exited(1)), false, v1.PodRunning},
		"a success is not":                  {onFailure, nil, states(exited(0)), false, v1.PodSucceeded},
		"a success is, always":              {always, nil, states(exited(0)), false, v1.PodRunning},
		"an init container runs":            {never, states(running()), states(waiting()), false, v1.PodPending},
		"an init container failed":          {never, states(exited(1)), states(waiting()), false, v1.PodFailed},
		"an init container is tried again":  {always, states(exited(1)), states(waiting()), false, v1.PodPending},
		"init containers are done":          {never, states(exited(0)), states(running()), false, v1.PodRunning},
		"ended from outside, after success": {always, nil, states(exited(0)), true, v1.PodSucceeded},
		"ended from outside, killed":        {always, nil, states(exited(143)), true, v1.PodFailed},
		"ended from outside, never started": {always, nil, states(waiting()), true, v1.PodFailed},
		"ended from outside, while in init": {always, states(exited(143)), states(waiting()), true, v1.PodFailed},
	} {
		t.Run(name, func(t *testing.T) {
			pod, records := podOf(test.policy, test.init, test.main)
			if got := records.phase(pod, test.final); got != test.want {
				t.Errorf("%s, not %s", got, test.want)
			}
		})
	}
}
