package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/component"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/node"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/process"
)

// run starts the cluster's parts and keeps them until the context ends, or one
// of them does. Deferred calls take the cluster down in the reverse order.
func run(ctx context.Context, c component.Cluster, options Options, began time.Time) error {
	fmt.Fprintln(os.Stderr, node.Warning)
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)

	admin, err := kubernetes.NewForConfig(c.ClientWith(c.Tokens[datadir.Admin]))
	if err != nil {
		return fmt.Errorf("make the administrator's client: %w", err)
	}
	control := controlPlane{fail: fail}
	defer control.stop()
	if err := control.start(ctx, c, admin, options.CRDs); err != nil {
		return ended(ctx, err)
	}
	guard, err := process.StartGuard(c.Dir.Pods())
	if err != nil {
		return err
	}
	defer guard.Stop()
	n, err := node.Start(ctx, c, options.PodPath, guard, fail)
	if err != nil {
		return ended(ctx, err)
	}
	defer n.Stop()
	if err := announce(c, began); err != nil {
		return err
	}
	defer os.Remove(c.Dir.Ready())
	<-ctx.Done()
	return ended(ctx, nil)
}

// ended tells a stop that was asked for, which is no error, from a part's end,
// which explains the error that came of it.
func ended(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if cause == nil {
		return err
	}
	if errors.Is(cause, context.Canceled) {
		return nil
	}
	return cause
}
