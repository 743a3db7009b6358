package integration

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestAFollowedLogComesLineByLineAndEndsWithTheContainer(t *testing.T) {
	n := inNamespace(t)
	pod := n.run(shell("for i in 1 2 3 4; do echo $i; sleep 0.4; done"))
	n.untilPhase(pod, v1.PodRunning)
	stream, err := n.CoreV1().Pods(n.name).GetLogs(pod.Name, &v1.PodLogOptions{Follow: true}).Stream(ctx)
	must(t, err)
	defer stream.Close()

	var at []time.Time
	for lines := bufio.NewScanner(stream); lines.Scan(); {
		at = append(at, time.Now())
	}

	if len(at) != 4 {
		t.Fatalf("%d lines", len(at))
	}
	if gap := at[3].Sub(at[1]); gap < 600*time.Millisecond {
		t.Errorf("the lines came together, within %s", gap)
	}
	if late := time.Since(at[3]); late > 800*time.Millisecond {
		t.Errorf("the stream ended %s after the last line, which was printed 0.4 s before the end", late)
	}
}

func TestALogCanBeAskedForInPart(t *testing.T) {
	n := inNamespace(t)
	pod := shell("echo one; echo two; printf three")
	pod = n.run(pod)
	n.untilPhase(pod, v1.PodSucceeded)

	for want, options := range map[string]v1.PodLogOptions{
		"one\ntwo\nthree\n": {},
		"three\n":           {TailLines: ptr.To[int64](1)},
		"one\n":             {LimitBytes: ptr.To[int64](4)},
	} {
		if got := n.logs(pod, options); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if got := n.logs(pod, v1.PodLogOptions{Timestamps: true}); !regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\dT\S+Z one$`).MatchString(got) {
		t.Errorf("no time in %q", got)
	}
}

func TestKubectlFollowsALog(t *testing.T) {
	n := inNamespace(t)
	pod := n.run(shell("echo a; sleep 1; echo b"))
	n.untilPhase(pod, v1.PodRunning)
	output, err := n.kubectl("logs", "-f", pod.Name).Output()
	must(t, err)
	if string(output) != "a\nb\n" {
		t.Errorf("%q", output)
	}
}

func TestExecIsRefusedWithAReason(t *testing.T) {
	n := inNamespace(t)
	pod := n.run(shell("sleep 30"))
	n.untilPhase(pod, v1.PodRunning)
	output, err := n.kubectl("exec", pod.Name, "--", "true").CombinedOutput()
	if err == nil || !strings.Contains(string(output), "no exec") {
		t.Errorf("%s", output)
	}
}

func TestTheNodeAnswersTheAPIServerAlone(t *testing.T) {
	n := inNamespace(t)
	node, err := n.CoreV1().Nodes().Get(ctx, "local", getOptions)
	must(t, err)
	url := "https://127.0.0.1:" + itoa(node.Status.DaemonEndpoints.KubeletEndpoint.Port) + "/containerLogs/a/b/c"
	response, err := insecure().Get(url)
	if err == nil {
		_, _ = io.Copy(os.Stderr, response.Body)
		t.Fatalf("answered %s to a client without a certificate", response.Status)
	}
	if response, err := insecure(keyPair(t, n.dir, "scheduler")).Get(url); err == nil {
		t.Fatalf("answered %s to another component", response.Status)
	}
	response, err = insecure(keyPair(t, n.dir, "kubelet-client")).Get(url)
	must(t, err)
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("answered %s", response.Status)
	}
}
