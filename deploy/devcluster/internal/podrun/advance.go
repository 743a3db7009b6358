package podrun

import (
	"context"
	"errors"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/uuid"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/container"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/runspec"
)

// refresh is how often the volumes follow what they show.
const refresh = time.Minute

// advance starts what is due and returns when to look again.
func (w *Worker) advance(ctx context.Context, pod *v1.Pod, now time.Time) (again time.Time) {
	for _, r := range w.records.all() {
		r.holdBack(pod, now)
	}
	start, again := w.records.due(pod, now)
	if deadline := w.deadline(pod); deadline.After(now) {
		again = sooner(again, deadline)
	}
	if len(start)+len(w.running) == 0 {
		return again
	}
	if !w.fill(ctx, pod, start, now) {
		return sooner(again, now.Add(retry))
	}
	for _, r := range start {
		w.start(ctx, pod, r)
		if !r.running() {
			again = sooner(again, r.notBefore)
		}
	}
	return sooner(again, w.filled.Add(refresh))
}

// fill keeps the volumes up to date and says whether containers can start: they
// need volumes that were whole once, and not the newest content.
func (w *Worker) fill(ctx context.Context, pod *v1.Pod, start []*record, now time.Time) bool {
	if now.Sub(w.filled) < refresh {
		return true
	}
	err := w.tools.Filler.Fill(ctx, pod, w.dir)
	if err == nil {
		w.filled = now
		return true
	}
	w.tools.Events.Event(pod, v1.EventTypeWarning, "FailedMount", err.Error())
	if !w.filled.IsZero() {
		w.filled = now
		return true
	}
	for _, r := range start {
		if !r.ran() {
			r.wait("ContainerCreating", err.Error())
		}
	}
	return false
}

// start starts one container, or notes why it could not be started.
func (w *Worker) start(ctx context.Context, pod *v1.Pod, r *record) {
	now := time.Now()
	spec, err := w.tools.Builder.Build(ctx, pod, r.spec, w.dir)
	if err == nil {
		err = w.dir.Prepare(r.spec.Name)
	}
	if err != nil {
		reason := "CreateContainerConfigError"
		if errors.Is(err, runspec.ErrNoCommand) {
			reason = "ImageInspectError"
		}
		w.tools.Events.Event(pod, v1.EventTypeWarning, "Failed", "Error: "+err.Error())
		r.wait(reason, err.Error())
		r.notBefore = now.Add(retry)
		return
	}
	w.forget(r)
	spec.Log = w.dir.Log(r.spec.Name, r.attempt())
	running, err := container.Start(spec, w.tools.Guard, w.Poke)
	r.start("process://"+string(uuid.NewUUID()), now)
	if err != nil {
		w.tools.Events.Event(pod, v1.EventTypeWarning, "Failed", "Error: "+err.Error())
		r.end(pod, v1.ContainerStateTerminated{
			ExitCode:    128,
			Reason:      "StartError",
			Message:     "failed to start container " + r.spec.Name + ": " + err.Error(),
			StartedAt:   metav1.NewTime(now),
			FinishedAt:  metav1.NewTime(now),
			ContainerID: r.status.ContainerID,
		})
		return
	}
	w.running[r] = running
}
