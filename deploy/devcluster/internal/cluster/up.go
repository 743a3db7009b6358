package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/component"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/node"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/pki"
)

// Up runs a cluster until the context ends, and returns when all of it has ended.
func Up(ctx context.Context, options Options) error {
	began := time.Now()
	dir, err := datadir.Open(options.DataDir)
	if err != nil {
		return err
	}
	lock, err := dir.Lock()
	if errors.Is(err, datadir.ErrInUse) {
		return inUse(options.DataDir)
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := os.Remove(dir.Ready()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("take back the readiness of an earlier run: %w", err)
	}
	if !free(options.Port) {
		return portTaken(options.Port)
	}
	c, err := describe(dir, options.Port)
	if err != nil {
		return err
	}
	return run(ctx, c, options, began)
}

// describe makes the keys, tokens and the kubeconfig where they are missing.
func describe(dir datadir.Dir, port int) (component.Cluster, error) {
	keys, err := pki.Ensure(dir.PKI(), node.Name)
	if err != nil {
		return component.Cluster{}, err
	}
	tokens, err := dir.Tokens()
	if err != nil {
		return component.Cluster{}, err
	}
	c := component.Cluster{Dir: dir, PKI: keys, Tokens: tokens, Port: port}
	return c, component.WriteKubeconfig(dir.Kubeconfig(), c.ClientWith(tokens[datadir.Admin]))
}

// free says whether the port can be had. The API server of a devcluster that was
// killed a moment ago may still be about to let go of it.
func free(port int) bool {
	for end := time.Now().Add(time.Second); ; time.Sleep(50 * time.Millisecond) {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			l.Close()
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}
