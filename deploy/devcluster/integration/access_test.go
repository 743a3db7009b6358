package integration

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func TestOnlyTheAdministratorStartsWithRights(t *testing.T) {
	n := inNamespace(t)
	for user, may := range map[string]bool{"admin": true, "alice": false, "bob": false, "carol": false} {
		_, err := n.token(user).CoreV1().Secrets(n.name).List(ctx, metav1.ListOptions{})
		if may && err != nil || !may && !apierrors.IsForbidden(err) {
			t.Errorf("%s: %v", user, err)
		}
	}
	if _, err := n.with("").CoreV1().Namespaces().List(ctx, metav1.ListOptions{}); !apierrors.IsUnauthorized(err) {
		t.Errorf("without a token: %v", err)
	}
	response, err := insecure().Get("https://127.0.0.1:" + strconv.Itoa(n.port) + "/readyz")
	must(t, err)
	if response.StatusCode != http.StatusOK {
		t.Errorf("/readyz without a token: %s", response.Status)
	}
}

func TestARestrictedNamespaceRefusesAPrivilegedPod(t *testing.T) {
	n := inNamespace(t)
	space, err := n.CoreV1().Namespaces().Get(ctx, n.name, getOptions)
	must(t, err)
	space.Labels["pod-security.kubernetes.io/enforce"] = "restricted"
	_, err = n.CoreV1().Namespaces().Update(ctx, space, metav1.UpdateOptions{})
	must(t, err)
	pod := shell("true")
	pod.Spec.Containers[0].SecurityContext = &v1.SecurityContext{Privileged: ptr.To(true)}

	// The admission plugin sees the label a moment later, by its watch.
	n.await(5*time.Second, "a refusal", func() bool {
		_, err = n.CoreV1().Pods(n.name).Create(ctx, pod, metav1.CreateOptions{})
		return apierrors.IsForbidden(err)
	})
}

func TestAQuotaRefusesWhatIsOverIt(t *testing.T) {
	n := inNamespace(t)
	quota, err := n.CoreV1().ResourceQuotas(n.name).Create(ctx, &v1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "q"},
		Spec:       v1.ResourceQuotaSpec{Hard: v1.ResourceList{v1.ResourcePods: resource.MustParse("1")}},
	}, metav1.CreateOptions{})
	must(t, err)
	n.await(5*time.Second, "the quota's status", func() bool {
		quota, err = n.CoreV1().ResourceQuotas(n.name).Get(ctx, "q", getOptions)
		return err == nil && len(quota.Status.Hard) > 0
	})
	n.run(shell("sleep 30"))

	_, err = n.CoreV1().Pods(n.name).Create(ctx, shell("true"), metav1.CreateOptions{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("a second Pod: %v", err)
	}
}
