package node

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"
	"k8s.io/component-helpers/apimachinery/lease"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"
)

const (
	leaseSeconds = 40
	leaseRenewal = 10 * time.Second
	// statusRenewal also brings the Node back after someone has deleted it.
	statusRenewal = time.Minute
)

// register brings the Node object to what it should be; controllers write to it
// at the same time.
func register(ctx context.Context, client kubernetes.Interface, name string, kubeletPort int) error {
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		return ensureNode(ctx, client, name, kubeletPort)
	})
	if err != nil {
		return fmt.Errorf("register the node: %w", err)
	}
	return nil
}

func ensureNode(ctx context.Context, client kubernetes.Interface, name string, kubeletPort int) error {
	nodes := client.CoreV1().Nodes()
	node, err := nodes.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		node, err = nodes.Create(ctx, &v1.Node{ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: labelsOf(name), Annotations: annotations,
		}}, metav1.CreateOptions{})
	}
	if err != nil {
		return err
	}
	status := statusOf(name, kubeletPort)
	for i := range status.Conditions {
		keepTransition(&status.Conditions[i], node.Status.Conditions)
	}
	// A patch says nothing of the taints, which controllers may have changed by now:
	// an update would look like a change of them, and a node is not allowed that.
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = nodes.PatchStatus(ctx, name, patch)
	return err
}

// keepTransition keeps since when a condition has been what it is.
func keepTransition(condition *v1.NodeCondition, known []v1.NodeCondition) {
	for _, old := range known {
		if old.Type == condition.Type && old.Status == condition.Status {
			condition.LastTransitionTime = old.LastTransitionTime
		}
	}
}

// heartbeat keeps the Node ready until the context ends.
func heartbeat(ctx context.Context, client kubernetes.Interface, name string, kubeletPort int) {
	go lease.NewController(clock.RealClock{}, client, name, leaseSeconds, nil, leaseRenewal,
		name, v1.NamespaceNodeLease, nil).Run(ctx)
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		if err := register(ctx, client, name, kubeletPort); err != nil && ctx.Err() == nil {
			klog.ErrorS(err, "Heartbeat of the node")
		}
	}, statusRenewal)
}
