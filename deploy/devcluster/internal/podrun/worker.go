package podrun

import (
	"context"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"k8s.io/client-go/kubernetes"
	events "k8s.io/client-go/tools/record"
	"k8s.io/utils/ptr"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/container"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/runspec"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/volume"
)

// Tools are what the workers of all Pods share.
type Tools struct {
	Client  kubernetes.Interface
	Events  events.EventRecorder
	Builder runspec.Builder
	Filler  volume.Filler
	Guard   container.Guard
	Dir     datadir.Dir
}

// Worker runs one Pod.
type Worker struct {
	tools Tools
	dir   datadir.PodDir
	// since is when the Pod became active: its startTime, but not cut to seconds
	// where this worker has seen it begin.
	since time.Time
	poke  chan struct{}

	mutex    sync.Mutex
	pod      *v1.Pod // the newest that is known
	gone     bool    // the API server no longer has it
	stopping bool    // the node stops
	outputs  map[string]output

	// What follows belongs to the goroutine of Run alone.
	records records
	running map[*record]*container.Running
	ending  *ending
	filled  time.Time // when the volumes were last brought up to date
	// released says that the API server was told that nothing of the Pod runs.
	released bool
}

// New makes the worker of a Pod that is bound to this node.
func New(tools Tools, pod *v1.Pod) *Worker {
	now := time.Now()
	w := &Worker{
		tools:   tools,
		dir:     tools.Dir.Pod(string(pod.UID)),
		since:   ptr.Deref(pod.Status.StartTime, metav1.NewTime(now)).Time,
		poke:    make(chan struct{}, 1),
		pod:     pod,
		outputs: map[string]output{},
		records: recall(pod, now),
		running: map[*record]*container.Running{},
	}
	w.publishOutputs()
	return w
}

// Update tells the worker what the API server has now.
func (w *Worker) Update(pod *v1.Pod) {
	w.mutex.Lock()
	// The watch may bring what is older than this worker's own last write.
	if order, err := resourceversion.CompareResourceVersion(pod.ResourceVersion, w.pod.ResourceVersion); err != nil || order > 0 {
		w.pod = pod
	}
	w.mutex.Unlock()
	w.Poke()
}

// Gone tells the worker that the API server has forgotten the Pod.
func (w *Worker) Gone() {
	w.mutex.Lock()
	w.gone = true
	w.mutex.Unlock()
	w.Poke()
}

// Stop tells the worker that the node stops.
func (w *Worker) Stop() {
	w.mutex.Lock()
	w.stopping = true
	w.mutex.Unlock()
	w.Poke()
}

// Poke has the worker look again.
func (w *Worker) Poke() {
	select {
	case w.poke <- struct{}{}:
	default: // it will look anyway
	}
}

// Run runs the Pod until it is gone, or until the node stops.
func (w *Worker) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-w.poke:
		case <-timer.C:
		}
		again, over := w.step(ctx)
		if over {
			return
		}
		if !again.IsZero() {
			timer.Reset(time.Until(again))
		}
	}
}

// seen is what the worker was told until now.
func (w *Worker) seen() (pod *v1.Pod, gone, stopping bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.pod, w.gone, w.stopping
}
