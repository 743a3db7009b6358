package cluster

import (
	"context"
	"errors"
	"slices"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/component"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/process"
)

// patience is how long each component may take to end when asked.
const patience = 2500 * time.Millisecond

// controlPlane is the components that run.
type controlPlane struct {
	// fail takes the cluster down, and says why.
	fail    context.CancelCauseFunc
	stopped []chan struct{}
	running []*process.Child
}

// start starts the components and waits until they serve. The controller manager
// comes after the API server is ready: it would give up soon.
func (p *controlPlane) start(ctx context.Context, c component.Cluster, admin *kubernetes.Clientset, crds string) error {
	for _, part := range component.All {
		flags, err := part.Prepare(c)
		if err != nil {
			return err
		}
		child, err := process.StartChild(part.Name, flags, string(c.Dir), c.Dir.Log(part.Name))
		if err != nil {
			return err
		}
		p.keep(child)
		if part.Name == component.APIServer.Name {
			if err := awaitAPI(ctx, admin); err != nil {
				return err
			}
			if err := applyDefinitions(ctx, admin, crds); err != nil {
				return err
			}
		}
	}
	return awaitDefaults(ctx, admin)
}

// keep takes the cluster down when the child ends before it is told to.
func (p *controlPlane) keep(child *process.Child) {
	stopped := make(chan struct{})
	p.running, p.stopped = append(p.running, child), append(p.stopped, stopped)
	go func() {
		select {
		case <-stopped:
		case <-child.Done():
			p.fail(errors.New(child.Obituary()))
		}
	}()
}

// stop ends the components in the reverse order: an API server without its etcd
// does not end when it is asked to.
func (p *controlPlane) stop() {
	for i, child := range slices.Backward(p.running) {
		close(p.stopped[i])
		child.Stop(patience)
	}
}
