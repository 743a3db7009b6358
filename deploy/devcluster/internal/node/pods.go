package node

import (
	"context"
	"fmt"
	"os"
	"sync"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/podrun"
)

// pods holds a worker for each Pod on the node.
type pods struct {
	tools podrun.Tools
	node  string

	mutex   sync.Mutex
	workers map[types.UID]*podrun.Worker
	byName  map[types.NamespacedName]*podrun.Worker
	working sync.WaitGroup
	stopped bool
}

func newPods(tools podrun.Tools, node string) *pods {
	return &pods{
		tools: tools, node: node,
		workers: map[types.UID]*podrun.Worker{},
		byName:  map[types.NamespacedName]*podrun.Worker{},
	}
}

// watch gives each Pod of the node to its worker until the context ends.
func (p *pods) watch(ctx context.Context) error {
	factory := informers.NewSharedInformerFactoryWithOptions(p.tools.Client, 0, onlyPods("spec.nodeName", p.node))
	informer := factory.Core().V1().Pods().Informer()
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { p.see(ctx, object.(*v1.Pod)) },
		UpdateFunc: func(_, object any) { p.see(ctx, object.(*v1.Pod)) },
		DeleteFunc: func(object any) { p.lose(object) },
	})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	if cache.WaitForCacheSync(ctx.Done(), registration.HasSynced) {
		p.sweep()
	}
	return nil
}

func (p *pods) see(ctx context.Context, pod *v1.Pod) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if worker, ok := p.workers[pod.UID]; ok {
		worker.Update(pod)
		return
	}
	if p.stopped {
		return
	}
	worker := podrun.New(p.tools, pod)
	name := types.NamespacedName{Namespace: pod.Namespace, Name: pod.Name}
	p.workers[pod.UID], p.byName[name] = worker, worker
	p.working.Go(func() {
		// The work goes on while the node stops: it has statuses to write.
		worker.Run(context.WithoutCancel(ctx))
		p.mutex.Lock()
		defer p.mutex.Unlock()
		delete(p.workers, pod.UID)
		if p.byName[name] == worker {
			delete(p.byName, name)
		}
	})
}

func (p *pods) lose(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if worker, ok := p.workers[object.(*v1.Pod).UID]; ok {
		worker.Gone()
	}
}

// stop ends all Pods and waits for them.
func (p *pods) stop() {
	p.mutex.Lock()
	p.stopped = true
	for _, worker := range p.workers {
		worker.Stop()
	}
	p.mutex.Unlock()
	p.working.Wait()
}

// find returns the worker of a Pod.
func (p *pods) find(namespace, name string) (*podrun.Worker, bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	worker, ok := p.byName[types.NamespacedName{Namespace: namespace, Name: name}]
	return worker, ok
}

// sweep removes the folders of Pods that went while the node was down.
func (p *pods) sweep() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	folders, err := os.ReadDir(p.tools.Dir.Pods())
	if err != nil {
		klog.ErrorS(err, "Look for folders of Pods that are gone")
	}
	for _, folder := range folders {
		if _, ok := p.workers[types.UID(folder.Name())]; ok {
			continue
		}
		if err := p.tools.Dir.Pod(folder.Name()).Remove(); err != nil {
			klog.ErrorS(err, "Remove the folder of a Pod that is gone")
		}
	}
}

// log finds a container's log for the node's endpoint.
func (p *pods) log(namespace, pod, container string, previous bool) (path string, running func() bool, err error) {
	worker, ok := p.find(namespace, pod)
	if !ok {
		return "", nil, fmt.Errorf("pod %q does not exist on this node", namespace+"/"+pod)
	}
	return worker.Log(container, previous)
}
