// Package node is the cluster's one node: it binds every Pod to itself, runs it
// as processes, and reports as a kubelet does.
package node

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typed "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"
	"k8s.io/kubernetes/pkg/kubelet/token"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/component"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/kubelet"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/podrun"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/process"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/runspec"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/volume"
)

// Name is the name of the Node.
const Name = "local"

// Node is a running node.
type Node struct {
	pods   *pods
	server *kubelet.Server
	cancel context.CancelFunc
}

// Start starts the node; when it returns, the Node is Ready. The node goes on
// until Stop, and calls fail when it cannot.
func Start(ctx context.Context, cluster component.Cluster, podPath []string, guard *process.Guard, fail func(error)) (*Node, error) {
	// A stop begins with the Pods, so the context that ends is the node's own.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n, err := start(ctx, cluster, podPath, guard)
	if err != nil {
		cancel()
		return nil, err
	}
	n.cancel = cancel
	go func() {
		if err := n.server.Serve(); err != nil {
			fail(err)
		}
	}()
	return n, nil
}

func start(ctx context.Context, cluster component.Cluster, podPath []string, guard *process.Guard) (*Node, error) {
	config := cluster.ClientOf(cluster.PKI.Node)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return pastGraphLag{next} })
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make the node's client: %w", err)
	}
	scheduler, err := kubernetes.NewForConfig(cluster.ClientOf(cluster.PKI.Scheduler))
	if err != nil {
		return nil, fmt.Errorf("make the binder's client: %w", err)
	}
	reader := objects{client}
	pods := newPods(podrun.Tools{
		Client:  client,
		Events:  recorder(client),
		Builder: builder(cluster, reader, podPath),
		Filler:  volume.Filler{Objects: reader, Tokens: token.NewManager(client), Allocatable: capacity()},
		Guard:   guard,
		Dir:     cluster.Dir,
	}, Name)
	server, err := kubelet.Listen(cluster.PKI, pods.log)
	if err != nil {
		return nil, err
	}
	if err := register(ctx, client, Name, server.Port()); err != nil {
		return nil, err
	}
	go heartbeat(ctx, client, Name, server.Port())
	if err := pods.watch(ctx); err != nil {
		return nil, fmt.Errorf("watch the node's Pods: %w", err)
	}
	if err := (binder{scheduler, Name}).run(ctx); err != nil {
		return nil, fmt.Errorf("watch the Pods without a node: %w", err)
	}
	return &Node{pods: pods, server: server}, nil
}

// Stop ends the Pods, then the node.
func (n *Node) Stop() {
	n.pods.stop()
	n.cancel()
	n.server.Close()
}

func builder(cluster component.Cluster, reader runspec.Objects, podPath []string) runspec.Builder {
	inherited := map[string]string{}
	// A mark on every process of one installation, by which its tool finds them.
	if mark, ok := os.LookupEnv("AMBIENT_HOME"); ok {
		inherited["AMBIENT_HOME"] = mark
	}
	return runspec.Builder{
		Objects:     reader,
		Allocatable: capacity(),
		Inherited:   inherited,
		Service: map[string]string{
			"KUBERNETES_SERVICE_HOST": runspec.Address,
			"KUBERNETES_SERVICE_PORT": strconv.Itoa(cluster.Port),
		},
		Path: slices.Concat(podPath, filepath.SplitList(os.Getenv("PATH"))),
	}
}

func recorder(client kubernetes.Interface) record.EventRecorder {
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typed.EventSinkImpl{Interface: client.CoreV1().Events("")})
	return broadcaster.NewRecorder(scheme.Scheme, v1.EventSource{Component: "kubelet", Host: Name})
}
