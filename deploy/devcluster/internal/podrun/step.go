package podrun

import (
	"context"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/util/pod"
	"k8s.io/utils/ptr"
)

// retry is when to try again what the API server or the disk refused.
const retry = time.Second

// patience is how long the API server may take to answer all that one step asks.
const patience = 5 * time.Second

// step looks at all that is known and does all that can be done now. It returns
// when to look again, and whether the worker's work is over.
func (w *Worker) step(ctx context.Context) (again time.Time, over bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pod, gone, stopping := w.seen()
	now := time.Now()
	w.collect(pod)
	w.considerEnding(pod, gone, stopping, now)
	switch {
	case w.ending != nil:
		again = w.enforce(now)
	case !isFinal(pod.Status.Phase):
		again = w.advance(ctx, pod, now)
	}
	w.publishOutputs()
	if gone {
		if len(w.running) > 0 {
			return again, false
		}
		w.remove(pod)
		return again, true
	}
	err := w.report(ctx, pod, now)
	ended := len(w.running) == 0
	if err == nil && ended && pod.DeletionTimestamp != nil && !w.released {
		err = w.release(ctx, pod)
		w.released = err == nil
	}
	if err != nil {
		klog.ErrorS(err, "Tell the API server about a Pod", "pod", klog.KObj(pod))
		again = sooner(again, now.Add(retry))
	}
	// A node that stops waits for processes, and not for an API server that may
	// be what failed.
	return again, ended && stopping
}

// report writes the status where it differs from the one that the API server has.
func (w *Worker) report(ctx context.Context, p *v1.Pod, now time.Time) error {
	status := w.records.statusOf(p, w.verdict(), now)
	written, _, unchanged, err := pod.PatchPodStatus(ctx, w.tools.Client, p.Namespace, p.Name, p.UID, p.Status, status)
	if unchanged || err != nil {
		return err
	}
	w.Update(written)
	return nil
}

// release tells the API server that nothing of a deleted Pod runs any more.
func (w *Worker) release(ctx context.Context, pod *v1.Pod) error {
	err := w.tools.Client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
		GracePeriodSeconds: ptr.To[int64](0),
		Preconditions:      metav1.NewUIDPreconditions(string(pod.UID)),
	})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return nil // it is gone, or another has its name
	}
	return err
}

// remove removes what a Pod that is gone has left on disk.
func (w *Worker) remove(pod *v1.Pod) {
	w.tools.Filler.Forget(pod)
	if err := w.dir.Remove(); err != nil {
		klog.ErrorS(err, "Remove the folder of a Pod", "pod", klog.KObj(pod))
	}
}
