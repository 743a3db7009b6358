package integration

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// namespace is a namespace of the shared cluster, in which one test works.
type namespace struct {
	*cluster
	*testing.T
	name string
}

func inNamespace(t *testing.T) namespace {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c.namespace(t)
}

func (c *cluster) namespace(t *testing.T) namespace {
	t.Helper()
	made, err := c.CoreV1().Namespaces().Create(ctx, &v1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"},
	}, metav1.CreateOptions{})
	must(t, err)
	n := namespace{c, t, made.Name}
	// A Pod is admitted only when its ServiceAccount is there.
	n.await(10*time.Second, "the default ServiceAccount", func() bool {
		_, err := c.CoreV1().ServiceAccounts(n.name).Get(ctx, "default", metav1.GetOptions{})
		return err == nil
	})
	return n
}

// shell is a Pod that runs a script once.
func shell(script string) *v1.Pod {
	return &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "p-"},
		Spec: v1.PodSpec{
			RestartPolicy:                 v1.RestartPolicyNever,
			TerminationGracePeriodSeconds: ptr.To[int64](5),
			Containers: []v1.Container{{
				Name: "main", Image: "none", Command: []string{"/bin/sh", "-c", script},
			}},
		},
	}
}

func (n namespace) run(pod *v1.Pod) *v1.Pod {
	n.Helper()
	made, err := n.CoreV1().Pods(n.name).Create(ctx, pod, metav1.CreateOptions{})
	must(n.T, err)
	return made
}

// until waits for a Pod to be as it should.
func (n namespace) until(pod *v1.Pod, what string, yes func(*v1.Pod) bool) *v1.Pod {
	n.Helper()
	var now *v1.Pod
	n.await(20*time.Second, what, func() bool {
		found, err := n.CoreV1().Pods(n.name).Get(ctx, pod.Name, metav1.GetOptions{})
		if err == nil {
			now = found
		}
		return err == nil && yes(now)
	}, &now)
	return now
}

func (n namespace) untilPhase(pod *v1.Pod, phase v1.PodPhase) *v1.Pod {
	n.Helper()
	return n.until(pod, string(phase), func(p *v1.Pod) bool { return p.Status.Phase == phase })
}

// finished runs a Pod to its end and returns its log.
func (n namespace) finished(pod *v1.Pod) string {
	n.Helper()
	pod = n.run(pod)
	n.untilPhase(pod, v1.PodSucceeded)
	return n.logs(pod, v1.PodLogOptions{})
}

func (n namespace) logs(pod *v1.Pod, options v1.PodLogOptions) string {
	n.Helper()
	content, err := n.CoreV1().Pods(n.name).GetLogs(pod.Name, &options).DoRaw(ctx)
	must(n.T, err)
	return string(content)
}

func (n namespace) await(within time.Duration, what string, yes func() bool, last ...any) {
	n.Helper()
	if !eventually(within, yes) {
		seen, _ := json.MarshalIndent(last, "", " ")
		n.Fatalf("waited %s in vain for: %s\n%s", within, what, seen)
	}
}

func (n namespace) secret(name string, data map[string]string) {
	n.Helper()
	_, err := n.CoreV1().Secrets(n.name).Create(ctx, &v1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: data,
	}, metav1.CreateOptions{})
	must(n.T, err)
}

func (n namespace) configMap(name string, data map[string]string) {
	n.Helper()
	_, err := n.CoreV1().ConfigMaps(n.name).Create(ctx, &v1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Data: data,
	}, metav1.CreateOptions{})
	must(n.T, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("the line %q is missing in:\n%s", line, text)
		}
	}
}

func readJSON(path string, into any) {
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		panic(err)
	}
}

func terminated(p *v1.Pod) *v1.ContainerStateTerminated {
	if len(p.Status.ContainerStatuses) == 0 {
		return nil
	}
	return p.Status.ContainerStatuses[0].State.Terminated
}
