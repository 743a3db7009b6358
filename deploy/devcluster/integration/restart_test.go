package integration

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
)

func TestAfterKillNothingRunsAndAfterAStartAllIsThere(t *testing.T) {
	t.Setenv("AMBIENT_HOME", t.TempDir()) // the mark by which leftovers are found
	dir := t.TempDir()
	c := own(t, dir)
	n := c.namespace(t)
	n.configMap("kept", map[string]string{"a": "1"})
	once := n.run(shell("sleep 999 & wait"))
	always := shell("sleep 998 & setsid sleep 997 & wait")
	always.Spec.RestartPolicy = v1.RestartPolicyAlways
	always = n.run(always)
	n.untilPhase(once, v1.PodRunning)
	n.untilPhase(always, v1.PodRunning)
	mark := os.Getenv("AMBIENT_HOME")
	// devcluster, guard, etcd, API server, controllers, two shells, three sleeps
	n.await(5*time.Second, "ten processes", func() bool { return len(processes(mark)) == 10 })

	c.stop(syscall.SIGKILL)
	n.await(3*time.Second, "no process", func() bool { return len(processes(mark)) == 0 })

	c = own(t, dir)
	n.cluster = c
	_, err := c.CoreV1().ConfigMaps(n.name).Get(ctx, "kept", getOptions)
	must(t, err)
	if end := terminated(n.untilPhase(once, v1.PodFailed)); end.ExitCode != 137 || !strings.Contains(end.Message, "node was restarted") {
		t.Errorf("ended as %+v", end)
	}
	n.until(always, "its second run", func(p *v1.Pod) bool {
		return p.Status.Phase == v1.PodRunning && p.Status.ContainerStatuses[0].RestartCount == 1 && p.Status.ContainerStatuses[0].Ready
	})
}

func TestAStopEndsEverythingInOrder(t *testing.T) {
	t.Setenv("AMBIENT_HOME", t.TempDir())
	dir := t.TempDir()
	c := own(t, dir)
	n := c.namespace(t)
	pod := n.run(shell("trap '' TERM; while :; do sleep 0.1; done"))
	n.untilPhase(pod, v1.PodRunning)

	began := time.Now()
	if code := c.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d:\n%s", code, c.output)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	if left := processes(os.Getenv("AMBIENT_HOME")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if c.readyPID() != 0 {
		t.Error("it still says that it is ready")
	}
}

func TestAStartIsRefusedInOneSentence(t *testing.T) {
	n := inNamespace(t)
	for name, args := range map[string]struct {
		dir  string
		port int
		says string
	}{
		"the folder is in use": {n.dir, freePort(), "another devcluster runs"},
		"the port is taken":    {t.TempDir(), n.port, "is taken"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := command(args.dir, args.port)
			output, _ := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(output), args.says) || bytes.Count(output, []byte("\n")) != 1 {
				t.Errorf("exit code %d: %s", cmd.ProcessState.ExitCode(), output)
			}
		})
	}
}

func TestAComponentsEndEndsTheClusterAndIsExplained(t *testing.T) {
	for _, component := range []string{"etcd", "kube-apiserver", "kube-controller-manager"} {
		t.Run(component, func(t *testing.T) {
			mark := t.TempDir()
			t.Setenv("AMBIENT_HOME", mark)
			c := own(t, t.TempDir())
			n := c.namespace(t)
			n.untilPhase(n.run(shell("sleep 60")), v1.PodRunning)
			for pid, line := range processes(mark) {
				if strings.Contains(line, " "+component+" ") {
					must(t, syscall.Kill(pid, syscall.SIGKILL))
				}
			}
			_ = c.cmd.Wait()
			if code := c.cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(c.output.String(), component+" ended unexpectedly (signal: killed)") {
				t.Errorf("exit code %d: %s", code, c.output)
			}
			if left := processes(mark); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

func TestAllFilesAreTheOwnersAlone(t *testing.T) {
	n := inNamespace(t)
	must(t, filepath.WalkDir(n.dir, func(path string, entry os.DirEntry, err error) error {
		if path == filepath.Join(n.dir, "pods") {
			return filepath.SkipDir // what Pods write, below a folder that is closed
		}
		if err != nil {
			return nil // gone meanwhile
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %s", path, info.Mode())
		}
		return nil
	}))
}

// processes are the living processes with the mark in their environment, but for this one.
func processes(mark string) map[int]string {
	found := map[int]string{}
	environments, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environments {
		content, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(content, []byte("AMBIENT_HOME="+mark+"\x00")) {
			continue
		}
		folder := filepath.Dir(path)
		if pid := atoi(filepath.Base(folder)); pid != os.Getpid() {
			line, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
			found[pid] = strings.ReplaceAll(string(line), "\x00", " ")
		}
	}
	return found
}
