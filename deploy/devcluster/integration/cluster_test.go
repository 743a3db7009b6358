// Package integration tries out a built devcluster with real Pods. It runs where
// DEVCLUSTER_BIN names the binary:
//
//	DEVCLUSTER_BIN=... go test ./integration
package integration

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// cluster is a devcluster under test.
type cluster struct {
	*kubernetes.Clientset
	config *rest.Config
	dir    string
	port   int
	cmd    *exec.Cmd
	output *bytes.Buffer
}

// shared is the cluster of all tests that do not stop it.
var shared = sync.OnceValues(func() (*cluster, error) {
	dir, err := os.MkdirTemp("", "devcluster")
	if err != nil {
		return nil, err
	}
	return up(dir, freePort())
})

func TestMain(m *testing.M) {
	if os.Getenv("DEVCLUSTER_BIN") == "" {
		fmt.Println("skipped: DEVCLUSTER_BIN does not name a devcluster")
		return
	}
	code := m.Run()
	if c, err := shared(); err == nil {
		c.stop(syscall.SIGTERM)
		os.RemoveAll(c.dir)
	}
	os.Exit(code)
}

// up starts a cluster and waits until it is ready.
func up(dir string, port int, more ...string) (*cluster, error) {
	c := &cluster{dir: dir, port: port, output: &bytes.Buffer{}}
	c.cmd = command(dir, port)
	c.cmd.Args = append(c.cmd.Args, more...)
	c.cmd.Stdout, c.cmd.Stderr = c.output, c.output
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	if !eventually(time.Minute, func() bool { return c.readyPID() == c.cmd.Process.Pid }) {
		c.stop(syscall.SIGKILL)
		return nil, fmt.Errorf("not ready within a minute:\n%s", c.output)
	}
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(dir, "kubeconfig"))
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	c.config = config
	c.Clientset, err = kubernetes.NewForConfig(config)
	return c, err
}

func command(dir string, port int) *exec.Cmd {
	return exec.Command(os.Getenv("DEVCLUSTER_BIN"), "up", "--data-dir", dir, "--port", strconv.Itoa(port))
}

// own starts a cluster that the test may stop and start again.
func own(t *testing.T, dir string, more ...string) *cluster {
	t.Helper()
	c, err := up(dir, freePort(), more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.stop(syscall.SIGKILL) })
	return c
}

// stop signals the cluster and returns its exit code when it has ended.
func (c *cluster) stop(signal syscall.Signal) int {
	_ = c.cmd.Process.Signal(signal)
	_ = c.cmd.Wait()
	return c.cmd.ProcessState.ExitCode()
}

func (c *cluster) readyPID() int {
	var pid int
	content, _ := os.ReadFile(filepath.Join(c.dir, "ready"))
	_, _ = fmt.Sscan(string(content), &pid)
	return pid
}

func (c *cluster) token(user string) *kubernetes.Clientset {
	var tokens map[string]string
	readJSON(filepath.Join(c.dir, "tokens.json"), &tokens)
	return c.with(tokens[user])
}

// with is a client that shows another token.
func (c *cluster) with(token string) *kubernetes.Clientset {
	config := rest.AnonymousClientConfig(c.config)
	config.BearerToken = token
	return kubernetes.NewForConfigOrDie(config)
}

func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// eventually asks until the answer is yes or the time is over.
func eventually(within time.Duration, yes func() bool) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if yes() {
			return true
		}
	}
	return yes()
}

var ctx = context.Background()
