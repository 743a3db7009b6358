package podrun

import (
	"os"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/container"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/podlog"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/process"
)

// A kubelet's bounds for a container's last words.
const (
	longestWords    = 4096
	longestFallback = 2048
	fallbackLines   = 80
)

// collect notes the containers that have ended.
func (w *Worker) collect(pod *v1.Pod) {
	for r, running := range w.running {
		if !running.Ended() {
			continue
		}
		delete(w.running, r)
		exit := running.Exit()
		reason := "Completed"
		if exit.Code != 0 {
			reason = "Error"
		}
		r.end(pod, v1.ContainerStateTerminated{
			ExitCode:    exit.Code,
			Signal:      exit.Signal,
			Reason:      reason,
			Message:     w.lastWords(r, exit),
			StartedAt:   r.status.State.Running.StartedAt,
			FinishedAt:  metav1.NewTime(exit.At),
			ContainerID: r.status.ContainerID,
		})
		if len(w.running) == 0 {
			process.KillStrays(w.dir.Home())
		}
	}
}

// lastWords is what the container left in its termination log or, where its spec
// says so and it failed, printed last.
func (w *Worker) lastWords(r *record, exit container.Exit) string {
	content, err := os.ReadFile(w.dir.TerminationLog(r.spec.Name))
	if err == nil && len(content) > 0 {
		return string(content[:min(len(content), longestWords)])
	}
	if exit.Code == 0 || r.spec.TerminationMessagePolicy != v1.TerminationMessageFallbackToLogsOnError {
		return ""
	}
	words, err := podlog.LastWords(w.dir.Log(r.spec.Name, r.status.RestartCount), fallbackLines, longestFallback)
	if err != nil {
		return err.Error()
	}
	return words
}

// forget removes what the run before the last has printed, and the last words of
// the last one, before the next run begins.
func (w *Worker) forget(r *record) {
	_ = os.Remove(w.dir.TerminationLog(r.spec.Name)) // it may have left none
	if old := w.dir.Log(r.spec.Name, r.attempt()-2); r.attempt() >= 2 {
		_ = os.Remove(old)
		_ = os.Remove(old + ".1")
	}
}
