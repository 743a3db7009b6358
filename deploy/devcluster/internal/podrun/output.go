package podrun

import (
	"fmt"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/container"
)

// output is where a container's prints can be read.
type output struct {
	attempt int32
	started bool
	running *container.Running
	waiting string
}

// publishOutputs lets other goroutines read the containers' logs.
func (w *Worker) publishOutputs() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, r := range w.records.all() {
		o := output{attempt: r.status.RestartCount, started: r.running() || r.ran(), running: w.running[r]}
		if r.status.State.Waiting != nil {
			o.waiting = r.status.State.Waiting.Reason
		}
		w.outputs[r.spec.Name] = o
	}
}

// Log finds the log of a container's last run, or of the one before it, and a
// function that says whether more may still be printed to it.
func (w *Worker) Log(container string, previous bool) (path string, running func() bool, err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	o, ok := w.outputs[container]
	switch {
	case !ok:
		return "", nil, fmt.Errorf("container %q is not valid for pod %q", container, w.pod.Name)
	case !o.started:
		return "", nil, fmt.Errorf("container %q in pod %q is waiting to start: %s", container, w.pod.Name, o.waiting)
	}
	ended := func() bool { return false }
	// While a container waits to be restarted, its last run is the previous one.
	if previous {
		if o.waiting == "" {
			o.attempt--
		}
		if o.attempt < 0 {
			return "", nil, fmt.Errorf("previous terminated container %q in pod %q not found", container, w.pod.Name)
		}
		return w.dir.Log(container, o.attempt), ended, nil
	}
	if o.running == nil {
		return w.dir.Log(container, o.attempt), ended, nil
	}
	return w.dir.Log(container, o.attempt), func() bool { return !o.running.Ended() }, nil
}
