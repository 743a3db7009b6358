package integration

import (
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"
)

func TestAContainerGetsTheEnvironmentOfItsSpecAndNoMore(t *testing.T) {
	n := inNamespace(t)
	n.secret("s", map[string]string{"key": "from-secret"})
	n.configMap("c", map[string]string{"a": "1", "b": "2"})
	pod := shell("env; echo 'args $(GREETING)'")
	pod.Labels = map[string]string{"app": "shop"}
	main := &pod.Spec.Containers[0]
	main.EnvFrom = []v1.EnvFromSource{{Prefix: "C_", ConfigMapRef: &v1.ConfigMapEnvSource{LocalObjectReference: v1.LocalObjectReference{Name: "c"}}}}
	main.Resources.Limits = v1.ResourceList{v1.ResourceMemory: resource.MustParse("64Mi")}
	main.Env = []v1.EnvVar{
		{Name: "WHO", Value: "world"},
		{Name: "GREETING", Value: "hello-$(WHO)-$(UNKNOWN)-$$(WHO)"},
		{Name: "SECRET", ValueFrom: &v1.EnvVarSource{SecretKeyRef: secretKey("s", "key", false)}},
		{Name: "ABSENT", ValueFrom: &v1.EnvVarSource{SecretKeyRef: secretKey("s", "other", true)}},
		{Name: "LABEL", ValueFrom: &v1.EnvVarSource{FieldRef: &v1.ObjectFieldSelector{FieldPath: "metadata.labels['app']"}}},
		{Name: "NODE", ValueFrom: &v1.EnvVarSource{FieldRef: &v1.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
		{Name: "MEMORY", ValueFrom: &v1.EnvVarSource{ResourceFieldRef: &v1.ResourceFieldSelector{Resource: "limits.memory", Divisor: resource.MustParse("1Mi")}}},
	}
	t.Setenv("LEAK", "1") // of devcluster's own environment nothing comes through

	log := n.finished(pod)

	wants(t, log, "WHO=world", "GREETING=hello-world-$(UNKNOWN)-$(WHO)", "args hello-world-$(UNKNOWN)-$(WHO)",
		"SECRET=from-secret", "LABEL=shop", "NODE=local", "MEMORY=64", "C_a=1", "C_b=2", "KUBERNETES_SERVICE_HOST=127.0.0.1")
	for _, name := range []string{"ABSENT=", "LEAK=", "DEVCLUSTER_BIN="} {
		if strings.Contains(log, name) {
			t.Errorf("%s should not be in:\n%s", name, log)
		}
	}
}

func TestAContainerWaitsForASecretAndSaysSo(t *testing.T) {
	n := inNamespace(t)
	pod := shell("echo $KEY")
	pod.Spec.Containers[0].Env = []v1.EnvVar{{Name: "KEY", ValueFrom: &v1.EnvVarSource{SecretKeyRef: secretKey("late", "key", false)}}}
	pod = n.run(pod)

	waiting := n.until(pod, "CreateContainerConfigError", func(p *v1.Pod) bool { return waitingReason(p) == "CreateContainerConfigError" })
	if message := waiting.Status.ContainerStatuses[0].State.Waiting.Message; !strings.Contains(message, `"late" not found`) {
		t.Errorf("the message does not name the Secret: %s", message)
	}
	n.secret("late", map[string]string{"key": "now"})

	n.untilPhase(pod, v1.PodSucceeded)
	wants(t, n.logs(pod, v1.PodLogOptions{}), "now")
}

func secretKey(name, key string, optional bool) *v1.SecretKeySelector {
	return &v1.SecretKeySelector{LocalObjectReference: v1.LocalObjectReference{Name: name}, Key: key, Optional: ptr.To(optional)}
}

func waitingReason(p *v1.Pod) string {
	if len(p.Status.ContainerStatuses) == 0 || p.Status.ContainerStatuses[0].State.Waiting == nil {
		return ""
	}
	return p.Status.ContainerStatuses[0].State.Waiting.Reason
}
