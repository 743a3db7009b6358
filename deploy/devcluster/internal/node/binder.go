package node

import (
	"context"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/util/pod"
)

// rebind is how often a Pod that could not be bound is tried again.
const rebind = 5 * time.Second

// binder stands for a scheduler, which has nothing to choose where there is one
// node: each Pod goes to it, unless its nodeSelector asks for another.
type binder struct {
	client kubernetes.Interface
	node   string
}

// run binds Pods until the context ends.
func (b binder) run(ctx context.Context) error {
	factory := informers.NewSharedInformerFactoryWithOptions(b.client, rebind, onlyPods("spec.nodeName", ""))
	informer := factory.Core().V1().Pods().Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { go b.bind(ctx, object.(*v1.Pod)) },
		UpdateFunc: func(_, object any) { go b.bind(ctx, object.(*v1.Pod)) },
	})
	factory.Start(ctx.Done())
	return err
}

func (b binder) bind(ctx context.Context, p *v1.Pod) {
	if p.DeletionTimestamp != nil || len(p.Spec.SchedulingGates) > 0 {
		return
	}
	if !labels.SelectorFromSet(p.Spec.NodeSelector).Matches(labels.Set(labelsOf(b.node))) {
		b.explain(ctx, p)
		return
	}
	err := b.client.CoreV1().Pods(p.Namespace).Bind(ctx, &v1.Binding{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name, UID: p.UID},
		Target:     v1.ObjectReference{Kind: "Node", Name: b.node},
	}, metav1.CreateOptions{})
	// A conflict says that the Pod is bound, or gone.
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) && ctx.Err() == nil {
		klog.ErrorS(err, "Bind a Pod", "pod", klog.KObj(p))
	}
}

// explain says on the Pod why it is bound to no node.
func (b binder) explain(ctx context.Context, p *v1.Pod) {
	status := *p.Status.DeepCopy()
	for _, condition := range status.Conditions {
		if condition.Type == v1.PodScheduled {
			return // it was said before
		}
	}
	status.Conditions = append(status.Conditions, v1.PodCondition{
		Type: v1.PodScheduled, Status: v1.ConditionFalse, Reason: v1.PodReasonUnschedulable,
		Message:            "the only node has not the labels of the Pod's nodeSelector",
		LastTransitionTime: metav1.Now(),
	})
	if _, _, _, err := pod.PatchPodStatus(ctx, b.client, p.Namespace, p.Name, p.UID, p.Status, status); err != nil && ctx.Err() == nil {
		klog.ErrorS(err, "Explain why a Pod is not bound", "pod", klog.KObj(p))
	}
}

// onlyPods narrows an informer to the Pods whose field has the value.
func onlyPods(field, value string) informers.SharedInformerOption {
	return informers.WithTweakListOptions(func(options *metav1.ListOptions) {
		options.FieldSelector = fields.OneTermEqualSelector(field, value).String()
	})
}
