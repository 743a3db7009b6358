package cluster

import (
	"context"
	"fmt"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/component"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
)

// startup is how long the whole start may take on a slow machine.
const startup = 3 * time.Minute

// awaitAPI waits until the API server calls itself ready.
func awaitAPI(ctx context.Context, admin *kubernetes.Clientset) error {
	return poll(ctx, "the API server", func(ctx context.Context) bool {
		return admin.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() == nil
	})
}

// awaitDefaults waits for what a first `kubectl apply` needs.
func awaitDefaults(ctx context.Context, admin *kubernetes.Clientset) error {
	return poll(ctx, "the default namespace's ServiceAccount", func(ctx context.Context) bool {
		_, err := admin.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		return err == nil
	})
}

func poll(ctx context.Context, what string, done func(context.Context) bool) error {
	err := wait.PollUntilContextTimeout(ctx, 25*time.Millisecond, startup, true,
		func(ctx context.Context) (bool, error) { return done(ctx), nil })
	if err != nil {
		return fmt.Errorf("wait for %s: %w", what, err)
	}
	return nil
}

// announce says, to programs by a file and to people by a line, that the cluster
// can be used. The file begins with this process's id: after a kill -9 it is
// still there, and its process is not.
func announce(c component.Cluster, began time.Time) error {
	address := c.ClientWith("").Host
	if err := datadir.WriteFile(c.Dir.Ready(), fmt.Appendf(nil, "%d %s\n", os.Getpid(), address)); err != nil {
		return err
	}
	fmt.Printf("ready in %.1f s: %s, KUBECONFIG=%s\n", time.Since(began).Seconds(), address, c.Dir.Kubeconfig())
	return nil
}
